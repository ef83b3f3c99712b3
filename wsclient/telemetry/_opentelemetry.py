"""OpenTelemetry: the public class, which imports opentelemetry on first use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient._core.argument_checks import checked
from wsclient._core.errors import ConfigurationError
from wsclient._core.lazy_imports import OptionalModule
from wsclient._core.model.operations import Service
from wsclient._core.value_kinds import Kind, optional, satisfies
from wsclient._pipeline.instrumentation import CallInstrumentation
from wsclient._pipeline.transport.http_transport import HttpTransport
from wsclient.endpoints._types import Endpoint
from wsclient.retries._policy import RetryQuota

if TYPE_CHECKING:
    from opentelemetry import metrics, trace
    from opentelemetry.propagators import textmap
else:
    metrics = OptionalModule("opentelemetry.metrics")
    textmap = OptionalModule("opentelemetry.propagators.textmap")
    trace = OptionalModule("opentelemetry.trace")


__all__ = ["OpenTelemetry"]


def _has(method: str, expected: str) -> Kind:
    """Return the kind of objects with a method, since OpenTelemetry may not be installed."""
    return satisfies(expected, lambda value: not isinstance(value, type) and callable(getattr(value, method, None)))


class OpenTelemetry:
    """Instrumentation of client calls with OpenTelemetry, for telemetry= of a client and of with_options.

    Create one instance for each meter provider and share it among clients: the gauges of a second instance have the
    same names and attributes, so OpenTelemetry cannot distinguish them.

    Args:
        tracer_provider: provider of spans; the global provider by default.
        meter_provider: provider of metrics; the global provider by default.
        propagator: injects the context of each attempt's span into request headers sent to AWS, as AwsXRayPropagator
            does with X-Amzn-Trace-Id. None, the default, sends no trace headers.

    Raises ConfigurationError if the extra wsclient[otel] is not installed.
    """

    @checked(
        {
            "tracer_provider": optional(_has("get_tracer", "a TracerProvider")),
            "meter_provider": optional(_has("get_meter", "a MeterProvider")),
            "propagator": optional(_has("inject", "a TextMapPropagator")),
        }
    )
    def __init__(
        self,
        *,
        tracer_provider: trace.TracerProvider | None = None,
        meter_provider: metrics.MeterProvider | None = None,
        propagator: textmap.TextMapPropagator | None = None,
    ) -> None:
        try:
            from wsclient.telemetry._metrics import Metrics  # noqa: PLC0415 - needs the extra
            from wsclient.telemetry._spans import Tracing  # noqa: PLC0415 - needs the extra
        except ModuleNotFoundError as error:
            raise ConfigurationError(
                f"OpenTelemetry: the package {error.name} is missing; install it with: pip install 'wsclient[otel]'"
            ) from None
        self._metrics = Metrics(meter_provider)
        self._tracing = Tracing(tracer_provider, self._metrics, propagator)

    def call(self, service: Service, endpoint: Endpoint, operation: str) -> CallInstrumentation:
        """Return the instrumentation of one call; for use by clients."""
        return self._tracing.call(service, endpoint, operation)

    def watch(self, service: Service, endpoint: Endpoint, sender: HttpTransport, quota: RetryQuota) -> None:
        """Report a client's retry quota and connections while its transport exists; for use by clients."""
        self._metrics.watch(service, endpoint, sender, quota)
