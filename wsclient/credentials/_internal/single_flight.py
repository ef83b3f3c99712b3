"""Single flight: concurrent callers share one run of the same work, across event loops and threads."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from wsclient._core.event_loops import running_loop
from wsclient._core.process_id import process_id

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

T = TypeVar("T")
PROBE_SECONDS: Final = 1.0
"""Seconds after which a caller of another loop checks that the loop of the shared work still runs."""


class SingleFlight(Generic[T]):
    """One run of work that concurrent callers share; it runs to its end even if every caller is cancelled.

    The work runs on the event loop of the caller who started it. Callers of other loops wait for its result, and start
    the work themselves if that loop ends, stops or is blocked. The work should return an exception rather than raise
    it, because asyncio logs "Task exception was never retrieved" if every caller was cancelled.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process = process_id()
        self._current: _Flight[T] | None = None

    def is_in_flight(self) -> bool:
        """Return whether shared work is in flight, on any loop."""
        return self._current is not None and self._current.is_alive()

    def start(self, work: Callable[[], Coroutine[object, object, T]]) -> asyncio.Task[T]:
        """Return a task for the work in flight, or start the work. Callers must await it through asyncio.shield."""
        loop = running_loop()
        with self._locked():
            flight = self._current
            if flight is None or not flight.is_alive():
                flight = self._current = _Flight(loop)
                is_new = True
            else:
                is_new = False
        if is_new:
            # Outside the lock: a loop with eager tasks runs the work up to its first await here.
            flight.task = loop.create_task(flight.run(work))
            return flight.task
        # asyncio raises RuntimeError for a task of another loop.
        if flight.loop is loop and flight.task is not None:
            return flight.task
        return loop.create_task(self._follow(flight, work))

    def _locked(self) -> threading.Lock:
        if self._process != process_id():
            # A forked child: a thread of the parent, which the child does not have, may have held the lock at the fork.
            self._process, self._lock = process_id(), threading.Lock()
        return self._lock

    async def _follow(self, flight: _Flight[T], work: Callable[[], Coroutine[object, object, T]]) -> T:
        """Return the result of work on another loop, or of this loop's own work if the other loop gives none."""
        finished = asyncio.Event()
        loop = asyncio.get_running_loop()
        flight.outcome.add_done_callback(lambda _: _call_soon(loop, finished.set))
        while not finished.is_set() and flight.is_alive():
            # A loop whose thread is blocked, perhaps until this very caller returns, would never give a result.
            probe = threading.Event()
            _call_soon(flight.loop, probe.set)
            with suppress(TimeoutError):
                await asyncio.wait_for(finished.wait(), PROBE_SECONDS)
            if not probe.is_set():
                flight.is_abandoned = True
        if flight.outcome.done() and not flight.outcome.cancelled():
            return flight.outcome.result()
        flight.is_abandoned = True
        return await asyncio.shield(self.start(work))


class _Flight(Generic[T]):
    """One run of the shared work: its loop, its task, and its outcome for the callers of other loops."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.task: asyncio.Task[T] | None = None
        self.outcome: Future[T] = Future()
        self.is_abandoned = False
        self._process = process_id()

    def is_alive(self) -> bool:
        """Return whether the work may still give a result; after a fork, the parent's loop looks like a running one."""
        is_running = self.loop.is_running() and self._process == process_id() and not self.is_abandoned
        return is_running and not self.outcome.done() and (self.task is None or not self.task.done())

    async def run(self, work: Callable[[], Coroutine[object, object, T]]) -> T:
        """Do the work, and record its outcome; the outcome of cancelled work is cancelled."""
        try:
            result = await work()
        except Exception as error:
            self.outcome.set_exception(error)
            raise
        except BaseException:
            self.outcome.cancel()
            raise
        self.outcome.set_result(result)
        return result


def _call_soon(loop: asyncio.AbstractEventLoop, callback: Callable[[], object]) -> None:
    # RuntimeError: the loop is closed.
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(callback)
