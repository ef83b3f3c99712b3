"""The calls that are on their way, wherever they wait, so that closing their client ends them at once."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from wsclient._core.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

T = TypeVar("T")


class CallCancelledError(Exception):
    """A call that was ended because its client was closed."""


class _OpenCall:
    """A call, and the task that makes it; is_ended says that the task was cancelled for the sake of it."""

    __slots__ = ("is_ended", "loop", "process", "task")

    def __init__(self, task: asyncio.Task[object]) -> None:
        self.task = task
        self.loop = task.get_loop()
        self.process = os.getpid()
        self.is_ended = False

    def end(self) -> None:
        if not self.is_ended:
            self.is_ended = True
            self.task.cancel()


class InFlightCalls:
    """The calls of a sender; end() ends each of them, on the event loop that it belongs to."""

    def __init__(self) -> None:
        self._are_ended = False
        self._open: set[_OpenCall] = set()

    async def track(self, run: Callable[[], Awaitable[T]]) -> T:
        """Await a call that may be ended; raises CallEndedError then, ConfigurationError once the calls are ended.

        A cancellation from elsewhere passes through, as it does through asyncio.timeout.
        """
        if self._are_ended:
            raise ConfigurationError("this client is closed; make a new one, or call it before aclose()")
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a call must be awaited in a task")
        cancelling, call = task.cancelling(), _OpenCall(task)
        self._open.add(call)
        try:
            return await run()
        except asyncio.CancelledError as error:
            if call.is_ended and task.cancelling() <= cancelling + 1:
                raise CallCancelledError from error
            raise
        finally:
            self._open.discard(call)
            if call.is_ended:
                task.uncancel()

    def end(self) -> None:
        """End every call, those of other event loops as soon as they run; a parent process's are its own to end."""
        self._are_ended = True
        here, process = asyncio.get_running_loop(), os.getpid()
        for call in list(self._open):
            if call.process != process:
                continue
            if call.loop is here:
                self._end(call)
            else:
                with suppress(RuntimeError):  # that loop is closed, and its calls with it
                    call.loop.call_soon_threadsafe(self._end, call)

    def _end(self, call: _OpenCall) -> None:
        if call in self._open:
            call.end()
