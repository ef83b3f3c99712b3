"""Time that passes only where somebody waits for it: an event loop on which an hour of waiting takes no time."""

import asyncio
import selectors
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

T = TypeVar("T")

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class _Selector(selectors.DefaultSelector):
    """Waits for nothing that only time would bring: it lets that time pass instead."""

    passed = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        events = super().select(0 if timeout is not None else None)
        if not events and timeout is not None and timeout > 0:
            self.passed += timeout
        return events


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An event loop whose timers fire as soon as nothing else is left to do; for code without sockets or threads."""

    def __init__(self) -> None:
        self._selector_of_time = _Selector()
        super().__init__(self._selector_of_time)

    def time(self) -> float:
        """Return the seconds that have passed on this loop."""
        return self._selector_of_time.passed

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:  # noqa: ASYNC109 - as its base has it
        """Wait for threads as long as they take: they know nothing of this time, in which a limit is up at once."""
        await super().shutdown_default_executor()


class VirtualClock:
    """The clock of a virtual loop: noon when it began, and wrong by as much as a test says."""

    def __init__(self, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self.loop = loop or asyncio.get_running_loop()
        self.ahead = timedelta()

    def now(self) -> datetime:
        """Return the time of day by this clock."""
        return NOON + timedelta(seconds=self.loop.time()) + self.ahead

    def monotonic(self) -> float:
        """Return the seconds that have passed on the loop."""
        return self.loop.time()


def run_in_virtual_time(main: Coroutine[Any, Any, T]) -> T:
    """Run to the end on a loop of its own, in no time."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(main)
