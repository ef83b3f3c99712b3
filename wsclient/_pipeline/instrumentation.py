"""Protocols that telemetry implements; the pipeline imports no telemetry library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from types import TracebackType

    from wsclient._core.model.operations import Service
    from wsclient._pipeline.transport.http_transport import HttpTransport
    from wsclient.endpoints._types import Endpoint
    from wsclient.middleware import Answer, Attempt, Next
    from wsclient.retries._policy import RetryQuota


class CallInstrumentation(Protocol):
    """Instrumentation of one call: a context manager, entered when the call starts and left with its error or None."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None, /
    ) -> None: ...

    async def attempt(self, attempt: Attempt, proceed: Next) -> Answer:
        """Run one attempt, as the innermost middleware."""
        ...

    def record_pace_wait(self, seconds: float) -> None:
        """Record the seconds that the call waited for the rate limit before an attempt."""
        ...

    def reconciled(self) -> None:
        """Record that the call's ambiguous outcome was reconciled by lookups."""
        ...


class Instrumentation(Protocol):
    """Instrumentation of any number of clients, on any thread and event loop."""

    def call(self, service: Service, endpoint: Endpoint, operation: str) -> CallInstrumentation:
        """Return the instrumentation of one call."""
        ...

    def watch(self, service: Service, endpoint: Endpoint, transport: HttpTransport, quota: RetryQuota, /) -> None:
        """Register the transport and retry quota of a client; idempotent, and the transport is held weakly."""
        ...
