"""STS calls of the credential providers, through the same pipeline as every other call."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

import msgspec

from wsclient._core.errors import NoCredentialsError
from wsclient._core.http import Timeout
from wsclient._core.model.structures import Output, Structure
from wsclient._core.tracebacks import without_locals
from wsclient._pipeline.builder import build_pipeline
from wsclient.retries._policy import RetryPolicy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wsclient._core.clock import TimeSource
    from wsclient._core.credentials import Credentials, CredentialsProvider
    from wsclient._core.model.operations import Operation
    from wsclient._pipeline.pipeline import Pipeline
    from wsclient._pipeline.transport.http_transport import HttpTransport
    from wsclient.endpoints._types import Endpoint

InputT = TypeVar("InputT", bound=Structure)
OutputT = TypeVar("OutputT", bound=Output)


class StsRoute(msgspec.Struct, frozen=True, kw_only=True):
    """Endpoint, transport, retry policy and timeouts of STS calls."""

    endpoint: Endpoint
    transport: HttpTransport
    retry: RetryPolicy = msgspec.field(default_factory=RetryPolicy)
    timeout: Timeout = msgspec.field(default_factory=Timeout)
    app_id: str | None = None


class StsCaller:
    """STS client of providers. It builds its pipeline at the first call, because most clients never call STS."""

    def __init__(
        self, route: Callable[[], StsRoute], time: TimeSource, environ: Mapping[str, str] | None = None
    ) -> None:
        self.route = route
        """Function that returns the endpoint and the transport of the calls; it may read files."""
        self._time = time
        self._environ = environ
        self._pipeline: Pipeline | None = None

    @without_locals
    async def __call__(
        self, operation: Operation[InputT, OutputT], request: InputT, credentials: CredentialsProvider | None
    ) -> OutputT:
        """Call an STS operation and return its typed response; credentials sign operations that need a signature."""
        if self._pipeline is None:
            # In a thread, because the route may come from the shared config file.
            self._pipeline = await asyncio.to_thread(self._build_pipeline)
        pipeline = self._pipeline
        if credentials is not None:
            pipeline = msgspec.structs.replace(pipeline, credentials=credentials)
        return await pipeline.call(operation, request)

    def _build_pipeline(self) -> Pipeline:
        from wsclient._generated.sts.service import SERVICE  # noqa: PLC0415 - most clients never call STS

        route = self.route()
        return build_pipeline(
            service=SERVICE,
            endpoint=route.endpoint,
            transport=route.transport,
            credentials=_NO_CREDENTIALS,
            retry=route.retry,
            timeout=route.timeout,
            app_id=route.app_id,
            time=self._time,
            environ=self._environ,
        )


class _NoCredentials:
    """Provider for calls without credentials: operations that need a signature fail."""

    async def get_credentials(self) -> Credentials:
        raise NoCredentialsError([("STS", "the call has no credentials")])


_NO_CREDENTIALS = _NoCredentials()
