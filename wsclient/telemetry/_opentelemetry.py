"""OpenTelemetry for a client's calls: spans and metrics (extra wsclient[otel]).

    ws = wsclient.WorkSpacesClient(telemetry=OpenTelemetry())

A span a call, kind CLIENT, and under it a span for each attempt that is sent, kind CLIENT too. A page of a listing is a
call; so is each look that settles what became of a creation, under the span of the creation. What fails before anything
is sent, for want of credentials or of time, has its span; what validation refuses is no call and has none. A call that
is cancelled ends its span with error.type CancelledError.

    span of a call      WorkSpaces.DescribeWorkspaces
                        rpc.system (aws-api), rpc.service, rpc.method, cloud.region, server.address, server.port,
                        aws.request_id, error.type; wsclient.attempts, wsclient.pace.wait (seconds),
                        wsclient.reconciled
    span of an attempt  POST
                        http.request.method, http.request.resend_count (from the second on), url.full,
                        http.response.status_code, server.address, server.port, aws.request_id, error.type

    rpc.client.call.duration        histogram, s: calls, with all their attempts and pauses
    http.client.request.duration    histogram, s: attempts
    wsclient.call.attempts          histogram, {attempt}: attempts that a call sent
    wsclient.call.pace.wait         histogram, s: what calls that were held back waited for their turn
    wsclient.throttles              counter, {response}: throttling answers
    wsclient.retry.quota            gauge, {token}: retry quota left; the least where several clients call one endpoint
    http.client.open_connections    up-down counter, {connection}: by http.connection.state, active or idle
    wsclient.connections.waiting    up-down counter, {request}: attempts that wait for a free connection

error.type is AWS's error code, or the name of the error's class. Names and buckets are those of "Semantic conventions
for AWS SDK client spans" (https://opentelemetry.io/docs/specs/semconv/cloud-providers/aws-sdk/), "Semantic conventions
for RPC metrics" (https://opentelemetry.io/docs/specs/semconv/rpc/rpc-metrics/), "Semantic conventions for HTTP spans"
and "… for HTTP metrics" (https://opentelemetry.io/docs/specs/semconv/http/); what they have no name for begins with
wsclient.

Neither what is asked nor what is answered is recorded, nor are the words of errors, which may repeat it: no ids, no
names of users, no keys.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient._core.errors import ConfigurationError

if TYPE_CHECKING:
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.propagators.textmap import TextMapPropagator
    from opentelemetry.trace import TracerProvider

    from wsclient._core.model.operations import Service
    from wsclient._pipeline.instrumentation import CallInstrumentation
    from wsclient._pipeline.transport.http_transport import HttpTransport
    from wsclient.endpoints._types import Endpoint
    from wsclient.retries._policy import RetryQuota

__all__ = ["OpenTelemetry"]


class OpenTelemetry:
    """Takes the calls of clients to OpenTelemetry; telemetry= of a client, and with_options, take it.

    Make one for a meter provider, and share it among clients: a second one's gauges would be taken for the first's.

    Args:
        tracer_provider: where spans go; the global provider unless said.
        meter_provider: where metrics go; the global provider unless said.
        propagator: puts the context of each attempt's span into headers that are sent to AWS, as
            AwsXRayPropagator does with X-Amzn-Trace-Id. None, the default, sends nothing of it.

    Raises ConfigurationError where the extra is not installed.
    """

    def __init__(
        self,
        *,
        tracer_provider: TracerProvider | None = None,
        meter_provider: MeterProvider | None = None,
        propagator: TextMapPropagator | None = None,
    ) -> None:
        try:
            from wsclient.telemetry._metrics import Metrics  # noqa: PLC0415 - as above
            from wsclient.telemetry._spans import Tracing  # noqa: PLC0415 - what needs the extra
        except ModuleNotFoundError as error:
            raise ConfigurationError(
                f"OpenTelemetry: the package {error.name} is missing; install it with: pip install 'wsclient[otel]'"
            ) from None
        self._metrics = Metrics(meter_provider)
        self._tracing = Tracing(tracer_provider, self._metrics, propagator)

    def call(self, service: Service, endpoint: Endpoint, operation: str) -> CallInstrumentation:
        """Return what watches one call; clients call it."""
        return self._tracing.call(service, endpoint, operation)

    def watch(self, service: Service, endpoint: Endpoint, sender: HttpTransport, quota: RetryQuota) -> None:
        """Have gauges show what the calls of a client share, as long as it is there; clients call it."""
        self._metrics.watch(service, endpoint, sender, quota)
