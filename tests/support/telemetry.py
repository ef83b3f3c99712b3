"""In-memory OpenTelemetry exporters, and helpers to read them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from wsclient.telemetry import OpenTelemetry

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan


@dataclass
class Recording:
    """A tracer provider, a meter provider, and a client's OpenTelemetry that uses them."""

    exporter: InMemorySpanExporter = field(default_factory=InMemorySpanExporter)
    reader: InMemoryMetricReader = field(default_factory=InMemoryMetricReader)
    options: dict[str, Any] = field(default_factory=dict[str, Any])

    def __post_init__(self) -> None:
        """Make the providers."""
        self.tracers = TracerProvider(shutdown_on_exit=False)
        self.tracers.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.meters = MeterProvider([self.reader], shutdown_on_exit=False)
        self.telemetry = OpenTelemetry(tracer_provider=self.tracers, meter_provider=self.meters, **self.options)

    @property
    def spans(self) -> tuple[ReadableSpan, ...]:
        """Every span that ended, in order."""
        return self.exporter.get_finished_spans()

    def calls(self) -> list[ReadableSpan]:
        """Return the spans of calls."""
        return [span for span in self.spans if "rpc.method" in (span.attributes or {})]

    def attempts(self) -> list[ReadableSpan]:
        """Return the spans of attempts."""
        return [span for span in self.spans if span.name == "POST"]

    def metrics(self) -> dict[str, list[Any]]:
        """Return the data points of every instrument, by its name."""
        data = self.reader.get_metrics_data()
        if data is None:
            return {}
        return {
            metric.name: list(metric.data.data_points)
            for resource in data.resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
        }

    def everything(self) -> str:
        """Return all that was recorded, as text."""
        data = self.reader.get_metrics_data()
        return " ".join([*(span.to_json() for span in self.spans), data.to_json() if data else ""])


def facts_of(span: ReadableSpan) -> dict[str, Any]:
    """Return a span's attributes."""
    return dict(span.attributes or {})


def parent_of(span: ReadableSpan) -> int | None:
    """Return the id of a span's parent, None for a root span."""
    return span.parent.span_id if span.parent is not None else None


def id_of(span: ReadableSpan) -> int:
    """Return a span's id."""
    assert span.context is not None
    return int(span.context.span_id)
