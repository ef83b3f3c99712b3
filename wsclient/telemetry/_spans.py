"""A span for each call and for each of its attempts; needs opentelemetry-api."""

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
    """Makes the watches of calls."""

    def __init__(self, provider: TracerProvider | None, metrics: Metrics, propagator: TextMapPropagator | None) -> None:
        self.tracer: Tracer = trace.get_tracer(SCOPE, __version__, provider, SCHEMA_URL)
        self.metrics = metrics
        self.propagator = propagator

    def call(self, service: Service, endpoint: Endpoint, operation: str) -> CallSpan:
        """Return what watches one call."""
        return CallSpan(self, endpoint.url, {**call_attributes(service, endpoint), "rpc.method": operation})


class CallSpan:
    """Watches one call: its span is the current one while it runs, so that what it leads to is found under it."""

    def __init__(self, tracing: Tracing, url: str, attributes: Attributes) -> None:
        self._tracing = tracing
        self._url = url
        self._attributes = attributes
        self._attempts = 0
        self._waited = 0.0
        self._request_id: str | None = None

    def __enter__(self) -> Self:
        self._begun = SYSTEM_CLOCK.monotonic()
        name = f"{self._attributes['rpc.service']}.{self._attributes['rpc.method']}"
        self._span = self._tracing.tracer.start_span(name, kind=SpanKind.CLIENT, attributes=self._attributes)
        self._token = _made_current(self._span)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        _no_longer_current(self._token, error)
        span, metrics = self._span, self._tracing.metrics
        span.set_attribute("wsclient.attempts", self._attempts)
        request_id = (error.request_id if isinstance(error, ServiceError) else None) or self._request_id
        if request_id is not None:
            span.set_attribute("aws.request_id", request_id)
        if self._waited:
            span.set_attribute("wsclient.pace.wait", self._waited)
            metrics.waited.record(self._waited, self._attributes)
        _end(span, error)
        metrics.call_ended(SYSTEM_CLOCK.monotonic() - self._begun, self._attempts, _failed(self._attributes, error))

    async def attempt(self, attempt: Attempt, proceed: Next) -> Answer:
        """Send an attempt under a span of its own, and tell it what came of it."""
        self._attempts += 1
        server = server_attributes(self._url)
        told: Attributes = {**server, "http.request.method": METHOD, "url.full": self._url}
        if attempt.number > 1:
            told["http.request.resend_count"] = attempt.number - 1
        span = self._tracing.tracer.start_span(METHOD, kind=SpanKind.CLIENT, attributes=told)
        begun, token, error, answer = SYSTEM_CLOCK.monotonic(), _made_current(span), None, None
        try:
            answer = await proceed(self._with_context(attempt))
        except BaseException as failure:
            error = failure
            raise
        else:
            self._request_id = answer.request_id
            return answer
        finally:
            _no_longer_current(token, error)
            found = _told_by(answer, error)
            span.set_attributes(found)
            _end(span, error)
            status = {key: value for key, value in found.items() if key == "http.response.status_code"}
            seconds, common = SYSTEM_CLOCK.monotonic() - begun, {**server, "http.request.method": METHOD}
            is_throttled = isinstance(error, WsclientError) and error.is_throttling
            self._tracing.metrics.attempt_ended(
                seconds, _failed({**common, **status}, error), throttled=self._attributes if is_throttled else None
            )
            error = None  # its traceback holds this frame

    def record_pace_wait(self, seconds: float) -> None:
        """Learn how long the call waited for the pace before an attempt."""
        self._waited += seconds

    def reconciled(self) -> None:
        """Learn that what became of the call was found by looking."""
        self._span.set_attributes({"wsclient.reconciled": True})

    def _with_context(self, attempt: Attempt) -> Attempt:
        propagator = self._tracing.propagator
        if propagator is None:
            return attempt
        carrier: dict[str, str] = {}
        propagator.inject(carrier)  # pyright: ignore[reportArgumentType] - its default setter is typed too narrowly
        return msgspec.structs.replace(attempt, headers=(*attempt.headers, *carrier.items()))


def _failed(attributes: Attributes, error: BaseException | None) -> Attributes:
    return attributes if error is None else {**attributes, "error.type": error_name(error)}


def _told_by(answer: Answer | None, error: BaseException | None) -> Attributes:
    """Return the status and the request id of an attempt's answer, good or bad, where there was one."""
    told: Attributes = {}
    by = error if isinstance(error, ServiceError | ResponseParseError) else answer
    if by is not None and by.status is not None:
        told["http.response.status_code"] = by.status
    request_id = None if isinstance(by, ResponseParseError) or by is None else by.request_id
    if request_id is not None:
        told["aws.request_id"] = request_id
    return told


def _end(span: Span, error: BaseException | None) -> None:
    """End a span; of an error it says the type, since words may repeat what was asked."""
    if error is not None:
        what = error_name(error)
        span.set_attribute("error.type", what)
        span.set_status(Status(StatusCode.ERROR, "cancelled" if isinstance(error, asyncio.CancelledError) else what))
    span.end()


def _made_current(span: Span) -> Token[Context]:
    return context.attach(trace.set_span_in_context(span))


def _no_longer_current(token: Token[Context], error: BaseException | None) -> None:
    # A coroutine that is thrown away ends in whatever context that happens in, where the token is good for nothing.
    if not isinstance(error, GeneratorExit):
        context.detach(token)
