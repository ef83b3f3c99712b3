"""Builder of pipelines: for the calls of a client, and for the STS calls of its credential providers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient._core.clock import SYSTEM_TIME, TimeSource
from wsclient._core.protocols import codec_for
from wsclient._pipeline.clock_skew import ClockSkew
from wsclient._pipeline.lambda_trace import trace_id_reader
from wsclient._pipeline.pipeline import Pipeline
from wsclient._pipeline.user_agent import user_agent
from wsclient.config._client_config import system_environment
from wsclient.retries._policy import RetryPolicy, RetryQuota
from wsclient.signing._signer import SigV4Signer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wsclient._core.credentials import CredentialsProvider
    from wsclient._core.http import Timeout
    from wsclient._core.model.operations import Service
    from wsclient._pipeline.instrumentation import Instrumentation
    from wsclient._pipeline.transport.http_transport import HttpTransport
    from wsclient.endpoints._types import Endpoint
    from wsclient.middleware import Middleware
    from wsclient.pacing._pacer import Pacer
    from wsclient.retries._policy import RetryEvent


def build_pipeline(
    *,
    service: Service,
    endpoint: Endpoint,
    transport: HttpTransport,
    credentials: CredentialsProvider,
    retry: RetryPolicy,
    timeout: Timeout,
    app_id: str | None,
    quota: RetryQuota | None = None,
    skew: ClockSkew | None = None,
    pacer: Pacer | None = None,
    middleware: tuple[Middleware, ...] = (),
    telemetry: Instrumentation | None = None,
    on_retry: Callable[[RetryEvent], None] | None = None,
    time: TimeSource = SYSTEM_TIME,
    environ: Mapping[str, str] | None = None,
) -> Pipeline:
    """Return a pipeline; without quota or skew it gets its own, otherwise it shares the given ones.

    environ, default the process's, has the trace id of AWS Lambda.
    """
    return Pipeline(
        service=service,
        codec=codec_for(service),
        endpoint=endpoint,
        signer=SigV4Signer(endpoint.signing_name, endpoint.signing_region),
        transport=transport,
        credentials=credentials,
        user_agent=user_agent(service.name, service.api_version, retry.mode, app_id, endpoint),
        retry=retry,
        quota=quota or RetryQuota(),
        timeout=timeout,
        pacer=pacer,
        skew=skew or ClockSkew(),
        middleware=middleware,
        telemetry=telemetry,
        on_retry=on_retry,
        time=time,
        trace_id=trace_id_reader(system_environment() if environ is None else environ),
    )
