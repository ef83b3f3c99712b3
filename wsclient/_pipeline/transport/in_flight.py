"""Calls in flight, cancelled when their client closes."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from wsclient._core.errors import ConfigurationError
from wsclient._core.event_loops import current_task, running_loop
from wsclient._core.process_id import process_id

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

T = TypeVar("T")


class _OpenCall:
    """A call in flight and its task; is_cancelled is True once the close of the client has cancelled the task."""

    __slots__ = ("is_cancelled", "process", "task")

    def __init__(self, task: asyncio.Task[object]) -> None:
        self.task = task
        self.process = process_id()
        self.is_cancelled = False

    def cancel(self) -> None:
        if not self.is_cancelled:
            self.is_cancelled = True
            self.task.cancel()


class InFlightCalls:
    """Calls in flight through one transport; cancel_all() cancels each on its own event loop."""

    def __init__(self) -> None:
        self._is_closed = False
        self._calls: set[_OpenCall] = set()

    async def track(self, run: Callable[[], Awaitable[T]], closed_error: Callable[[], Exception]) -> T:
        """Run a call; raise closed_error() if the client closes meanwhile, ConfigurationError if it is closed.

        Any other cancellation passes through, as with asyncio.timeout.
        """
        if self._is_closed:
            raise ConfigurationError("this client is closed; create a new client, or make the call before aclose()")
        task = current_task()
        cancelling, call = task.cancelling(), _OpenCall(task)
        self._calls.add(call)
        try:
            return await run()
        except asyncio.CancelledError as error:
            # Task.cancelling() counts cancel() calls: one more than before is the client's own, two or more include the
            # caller's, which must propagate. This is what asyncio.timeout does.
            if call.is_cancelled and task.cancelling() <= cancelling + 1:
                raise closed_error() from error
            raise
        finally:
            self._calls.discard(call)
            if call.is_cancelled:
                task.uncancel()

    def cancel_all(self) -> None:
        """Cancel every call, on other event loops when they run next; calls of a parent process are left alone.

        Raises ConfigurationError outside an asyncio event loop.
        """
        current_loop, process = running_loop(), process_id()
        self._is_closed = True
        for call in list(self._calls):
            if call.process != process:
                continue
            loop = call.task.get_loop()
            if loop is current_loop:
                self._cancel(call)
            else:
                with suppress(RuntimeError):  # that event loop is closed, and its calls with it
                    loop.call_soon_threadsafe(self._cancel, call)

    def _cancel(self, call: _OpenCall) -> None:
        if call in self._calls:
            call.cancel()
