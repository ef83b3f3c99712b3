"""Spans of calls and attempts; needs opentelemetry-api."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Self

import msgspec
from opentelemetry import context, trace
from opentelemetry.trace import SpanKind, Status, StatusCode

from wsclient._core.clock import SYSTEM_CLOCK
from wsclient._core.errors import ResponseParseError, ServiceError, WsclientError
from wsclient._core.logging import error_name
from wsclient._version import __version__
from wsclient.telemetry._attributes import METHOD, SCHEMA_URL, SCOPE, Attributes, call_attributes, server_attributes

if TYPE_CHECKING:
    from contextvars import Token
    from types import TracebackType

    from opentelemetry.context import Context
    from opentelemetry.propagators.textmap import TextMapPropagator
    from opentelemetry.trace import Span, Tracer, TracerProvider

    from wsclient._core.model.operations import Service
    from wsclient.endpoints._types import Endpoint
    from wsclient.middleware import Answer, Attempt, Next
    from wsclient.telemetry._metrics import Metrics


class Tracing:
    """Factory of call spans, with the tracer, metrics and propagator that they share."""

    def __init__(self, provider: TracerProvider | None, metrics: Metrics, propagator: TextMapPropagator | None) -> None:
        self.tracer: Tracer = trace.get_tracer(SCOPE, __version__, provider, SCHEMA_URL)
        self.metrics = metrics
        self.propagator = propagator

    def call(self, service: Service, endpoint: Endpoint, operation: str) -> CallSpan:
        """Return the instrumentation of one call."""
        return CallSpan(self, endpoint.url, {**call_attributes(service, endpoint), "rpc.method": operation})


class CallSpan:
    """Span of one call, as a context manager: it is the current span during the call, so other spans nest under it."""

    def __init__(self, tracing: Tracing, url: str, attributes: Attributes) -> None:
        self._tracing = tracing
        self._url = url
        self._attributes = attributes
        self._attempts = 0
        self._pace_wait = 0.0
        self._request_id: str | None = None

    def __enter__(self) -> Self:
        self._started = SYSTEM_CLOCK.monotonic()
        name = f"{self._attributes['rpc.service']}.{self._attributes['rpc.method']}"
        self._span = self._tracing.tracer.start_span(name, kind=SpanKind.CLIENT, attributes=self._attributes)
        self._token = _attach(self._span)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        _detach(self._token, error)
        span, metrics = self._span, self._tracing.metrics
        span.set_attribute("wsclient.attempts", self._attempts)
        request_id = (error.request_id if isinstance(error, ServiceError) else None) or self._request_id
        if request_id is not None:
            span.set_attribute("aws.request_id", request_id)
        if self._pace_wait:
            span.set_attribute("wsclient.pace.wait", self._pace_wait)
            metrics.waits.record(self._pace_wait, self._attributes)
        _end(span, error)
        metrics.call_ended(
            SYSTEM_CLOCK.monotonic() - self._started, self._attempts, _with_error_type(self._attributes, error)
        )

    async def attempt(self, attempt: Attempt, proceed: Next) -> Answer:
        """Send an attempt under its own span, and record the response or error on the span."""
        self._attempts += 1
        server = server_attributes(self._url)
        attributes: Attributes = {**server, "http.request.method": METHOD, "url.full": self._url}
        if attempt.number > 1:
            attributes["http.request.resend_count"] = attempt.number - 1
        span = self._tracing.tracer.start_span(METHOD, kind=SpanKind.CLIENT, attributes=attributes)
        started, token, error, response = SYSTEM_CLOCK.monotonic(), _attach(span), None, None
        try:
            response = await proceed(self._with_context(attempt))
        except BaseException as failure:
            error = failure
            raise
        else:
            self._request_id = response.request_id
            return response
        finally:
            _detach(token, error)
            result = _response_attributes(response, error)
            span.set_attributes(result)
            _end(span, error)
            # Metrics leave out the request id and the URL, which would make a series for each call.
            status = {key: value for key, value in result.items() if key == "http.response.status_code"}
            seconds, common = SYSTEM_CLOCK.monotonic() - started, {**server, "http.request.method": METHOD}
            is_throttled = isinstance(error, WsclientError) and error.is_throttling
            self._tracing.metrics.attempt_ended(
                seconds,
                _with_error_type({**common, **status}, error),
                throttled=self._attributes if is_throttled else None,
            )
            error = None  # its traceback refers to this frame; this breaks the reference cycle

    def record_pace_wait(self, seconds: float) -> None:
        """Add the seconds that the call waited for the rate limit before an attempt."""
        self._pace_wait += seconds

    def reconciled(self) -> None:
        """Record that the call's outcome was reconciled by a read."""
        self._span.set_attributes({"wsclient.reconciled": True})

    def _with_context(self, attempt: Attempt) -> Attempt:
        propagator = self._tracing.propagator
        if propagator is None:
            return attempt
        carrier: dict[str, str] = {}
        propagator.inject(carrier)  # pyright: ignore[reportArgumentType] - the default setter's type is too narrow
        return msgspec.structs.replace(attempt, headers=(*attempt.headers, *carrier.items()))


def _with_error_type(attributes: Attributes, error: BaseException | None) -> Attributes:
    return attributes if error is None else {**attributes, "error.type": error_name(error)}


def _response_attributes(response: Answer | None, error: BaseException | None) -> Attributes:
    """Return the status and request id of an attempt's response, successful or not; empty without a response."""
    attributes: Attributes = {}
    source = error if isinstance(error, ServiceError | ResponseParseError) else response
    if source is not None and source.status is not None:
        attributes["http.response.status_code"] = source.status
    request_id = None if isinstance(source, ResponseParseError) or source is None else source.request_id
    if request_id is not None:
        attributes["aws.request_id"] = request_id
    return attributes


def _end(span: Span, error: BaseException | None) -> None:
    """End a span. Of an error it records the type only: a message may quote the request."""
    if error is not None:
        name = error_name(error)
        span.set_attribute("error.type", name)
        span.set_status(Status(StatusCode.ERROR, "cancelled" if isinstance(error, asyncio.CancelledError) else name))
    span.end()


def _attach(span: Span) -> Token[Context]:
    return context.attach(trace.set_span_in_context(span))


def _detach(token: Token[Context], error: BaseException | None) -> None:
    # A coroutine that is closed or garbage collected ends in another context, in which the token is not valid.
    if not isinstance(error, GeneratorExit):
        context.detach(token)
