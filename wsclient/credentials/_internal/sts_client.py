"""Calls to AWS STS on the way to credentials: through the same pipeline as every other call."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

import msgspec

from wsclient._core.errors import NoCredentialsError
from wsclient._core.http import Timeout
from wsclient._core.model.structures import Output, Structure
from wsclient._core.protocols import codec_for
from wsclient._pipeline.pipeline import Pipeline
from wsclient._pipeline.user_agent import user_agent
from wsclient.retries._policy import RetryPolicy, RetryQuota
from wsclient.signing._signer import SigV4Signer

if TYPE_CHECKING:
    from collections.abc import Callable

    from wsclient._core.clock import Clock, Random, Sleep
    from wsclient._core.credentials import Credentials, CredentialsProvider
    from wsclient._core.model.operations import Operation
    from wsclient._pipeline.transport.http_transport import HttpTransport
    from wsclient.endpoints._types import Endpoint

InputT = TypeVar("InputT", bound=Structure)
OutputT = TypeVar("OutputT", bound=Output)


class StsRoute(msgspec.Struct, frozen=True, kw_only=True):
    """How STS is reached: where it is, and what carries the requests there."""

    endpoint: Endpoint
    sender: HttpTransport
    retry: RetryPolicy = msgspec.field(default_factory=RetryPolicy)
    timeout: Timeout = msgspec.field(default_factory=Timeout)
    app_id: str | None = None


class StsCaller:
    """Calls STS. The road there is asked for at the first call, since most clients never make one."""

    def __init__(self, road: Callable[[], StsRoute], *, clock: Clock, sleep: Sleep, random: Random) -> None:
        self._road = road
        self._clock = clock
        self._sleep = sleep
        self._random = random
        self._pipeline: Pipeline | None = None

    async def __call__(
        self, operation: Operation[InputT, OutputT], request: InputT, credentials: CredentialsProvider | None
    ) -> OutputT:
        """Return the typed answer of an STS operation, signed with these credentials where it needs a signature."""
        if self._pipeline is None:
            # The road may stand in files.
            self._pipeline = await asyncio.to_thread(self._assembled)
        pipeline = self._pipeline
        if credentials is not None:
            pipeline = msgspec.structs.replace(pipeline, credentials=credentials)
        return await pipeline.call(operation, request)

    def _assembled(self) -> Pipeline:
        from wsclient._generated.sts.operations import SERVICE  # noqa: PLC0415 - most clients never call STS

        road = self._road()
        endpoint = road.endpoint
        return Pipeline(
            service=SERVICE,
            codec=codec_for(SERVICE),
            endpoint=endpoint,
            signer=SigV4Signer(endpoint.signing_name, endpoint.signing_region),
            sender=road.sender,
            credentials=_NOBODY,
            user_agent=user_agent(SERVICE.name, SERVICE.api_version, road.retry.mode, road.app_id),
            retry=road.retry,
            quota=RetryQuota(),
            timeout=road.timeout,
            clock=self._clock,
            sleep=self._sleep,
            random=self._random,
        )


class _NoCredentials:
    """Stands where the credentials of an unsigned call would."""

    async def get_credentials(self) -> Credentials:
        raise NoCredentialsError([("STS", "the call was made without any")])


_NOBODY = _NoCredentials()
