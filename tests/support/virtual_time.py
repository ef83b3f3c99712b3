"""Virtual time: an event loop on which an hour of waiting takes no real time."""

import asyncio
import selectors
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from wsclient._core.clock import SYSTEM_CLOCK

T = TypeVar("T")

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class _Selector(selectors.DefaultSelector):
    """Selector that advances the virtual time instead of waiting for timers."""

    passed = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        events = super().select(0 if timeout is not None else None)
        if not events and timeout is not None and timeout > 0:
            self.passed += timeout
        return events


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """Event loop whose timers fire when nothing else is ready to run; for code without sockets or threads."""

    def __init__(self) -> None:
        self._selector_of_time = _Selector()
        super().__init__(self._selector_of_time)

    def time(self) -> float:
        """Return the seconds that have passed on this loop."""
        return self._selector_of_time.passed

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:  # noqa: ASYNC109 - as its base has it
        """Wait for threads without a timeout, which would expire at once in virtual time."""
        await super().shutdown_default_executor()


class VirtualClock:
    """Clock of a virtual loop: it starts at noon, with a skew that a test sets."""

    def __init__(self, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self.loop = loop or asyncio.get_running_loop()
        self.ahead = timedelta()

    def now(self) -> datetime:
        """Return the time of day by this clock."""
        return NOON + timedelta(seconds=self.loop.time()) + self.ahead

    def monotonic(self) -> float:
        """Return the seconds that have passed on the loop."""
        return self.loop.time()


@dataclass
class WallClock:
    """Clock whose time of day a test sets, also back; it measures no durations."""

    time: datetime = NOON

    def now(self) -> datetime:
        """Return the time of day."""
        return self.time

    def monotonic(self) -> float:
        """Return no time at all."""
        return 0.0


def stopped_clock() -> WallClock:
    """Return a clock that is stopped at the current second: signatures by the machine's clock are valid by it."""
    return WallClock(SYSTEM_CLOCK.now().replace(microsecond=0))


class SkippingLoop(asyncio.SelectorEventLoop):
    """Event loop in real time from which a test skips seconds; for code with sockets, processes or threads."""

    skipped = 0.0

    def time(self) -> float:
        """Return the machine's seconds, and those that were skipped."""
        return super().time() + self.skipped

    def skip(self, seconds: float) -> None:
        """Let so many seconds pass at once: the timers that are due by then fire."""
        self.skipped += seconds


def skip(seconds: float) -> None:
    """Let so many seconds pass at once on the running SkippingLoop."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, SkippingLoop)
    loop.skip(seconds)


def run_in_skipping_time(main: Coroutine[Any, Any, T]) -> T:
    """Run to the end on a SkippingLoop."""
    with asyncio.Runner(loop_factory=SkippingLoop) as runner:
        return runner.run(main)


def run_in_virtual_time(main: Coroutine[Any, Any, T]) -> T:
    """Run to the end on a loop of its own, in no time."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(main)
