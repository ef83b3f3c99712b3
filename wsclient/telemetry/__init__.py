"""OpenTelemetry spans and metrics of a client's calls. Needs the extra wsclient[otel].

    ws = wsclient.WorkSpacesClient(telemetry=OpenTelemetry())

Each call has a span of kind CLIENT, with a child span of kind CLIENT for each attempt that is sent. Each page of a
paginated operation is a call. Each read that reconciles a creation with an ambiguous outcome is a call too, under the
span of the creation. A call that fails before it sends a request, for lack of credentials or time, has a span; a
request that fails client-side validation has none. A cancelled call ends its span with error.type CancelledError.

    span of a call      WorkSpaces.DescribeWorkspaces
                        rpc.system (aws-api), rpc.service, rpc.method, cloud.region, server.address, server.port,
                        aws.request_id, error.type; wsclient.attempts, wsclient.pace.wait (seconds),
                        wsclient.reconciled
    span of an attempt  POST
                        http.request.method, http.request.resend_count (from the second on), url.full,
                        http.response.status_code, server.address, server.port, aws.request_id, error.type

    rpc.client.call.duration        histogram, s: calls, with all their attempts and delays
    http.client.request.duration    histogram, s: attempts
    wsclient.call.attempts          histogram, {attempt}: attempts that a call sent
    wsclient.call.pace.wait         histogram, s: time that delayed calls waited for the rate limit
    wsclient.throttles              counter, {response}: throttling responses
    wsclient.retry.quota            gauge, {token}: retry quota left; the minimum if several clients call one endpoint
    http.client.open_connections    up-down counter, {connection}: by http.connection.state, active or idle
    wsclient.connections.waiting    up-down counter, {request}: attempts that wait for a free connection

error.type is AWS's error code, or the name of the error's class. Names and buckets follow "Semantic conventions for AWS
SDK client spans" (https://opentelemetry.io/docs/specs/semconv/cloud-providers/aws-sdk/), "Semantic conventions for RPC
metrics" (https://opentelemetry.io/docs/specs/semconv/rpc/rpc-metrics/), "Semantic conventions for HTTP spans" and "…
for HTTP metrics" (https://opentelemetry.io/docs/specs/semconv/http/). Names that the conventions do not define begin
with wsclient.

Request and response bodies are never recorded, nor are error messages, which may quote them: no WorkSpace ids, no user
names, no keys.
"""

from wsclient._core.public_names import publish
from wsclient.telemetry._opentelemetry import OpenTelemetry

__all__ = [
    "OpenTelemetry",
]

publish(__name__, __all__)
