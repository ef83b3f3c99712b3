"""One piece of work for everybody who asks for it at the same moment."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

T = TypeVar("T")


class Flight(Generic[T]):
    """Runs work once for however many wait for it, and lets it finish when those who wait are cancelled.

    Work in flight belongs to the event loop it was started on: another loop starts its own. It should return its
    failures rather than raise them, for nobody may be left to take them.
    """

    def __init__(self) -> None:
        self._task: asyncio.Task[T] | None = None

    def is_under_way(self) -> bool:
        """Tell whether work of the running loop is in flight."""
        task = self._task
        return task is not None and not task.done() and task.get_loop() is asyncio.get_running_loop()

    def started(self, work: Callable[[], Coroutine[object, object, T]]) -> asyncio.Task[T]:
        """Return the work in flight, begun now when there is none. Await it behind asyncio.shield."""
        if self._task is None or not self.is_under_way():
            self._task = asyncio.get_running_loop().create_task(work())
        return self._task
