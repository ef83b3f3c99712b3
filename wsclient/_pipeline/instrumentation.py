"""What telemetry is told of a client's calls, without any of its libraries: the pipeline knows no more of it."""

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
    """Watches one call: entered when it begins, left with its error or without."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...

    async def attempt(self, attempt: Attempt, proceed: Next) -> Answer:
        """Stand around each attempt, as the innermost middleware."""
        ...

    def record_pace_wait(self, seconds: float) -> None:
        """Learn how long the call waited for the pace before an attempt."""
        ...

    def reconciled(self) -> None:
        """Learn that what became of the call was found by looking."""
        ...


class Instrumentation(Protocol):
    """Watches the calls of any number of clients, on any thread and event loop."""

    def call(self, service: Service, endpoint: Endpoint, operation: str) -> CallInstrumentation:
        """Return what watches one call."""
        ...

    def watch(self, service: Service, endpoint: Endpoint, sender: HttpTransport, quota: RetryQuota) -> None:
        """Learn what the calls of a client share; told again, nothing changes, and the sender is not kept alive."""
        ...
