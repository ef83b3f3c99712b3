"""The emulator's time: the real one, and further on whenever a test says so."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from wsclient._core.errors import ConfigurationError

if TYPE_CHECKING:
    from datetime import datetime

    from wsclient._core.clock import Clock


class DrivenClock:
    """A clock that goes with another one, and lets twenty minutes pass in no time.

    advance() lets time pass for the service: WorkSpaces become available, session tokens expire. Clients cannot notice
    and sign by the other clock, so their signatures stay good. skew() is what makes clocks differ: it puts the
    service's clock ahead of its clients' or behind, and their signatures are refused.
    """

    def __init__(self, base: Clock) -> None:
        self._base = base
        self._passed = timedelta()
        self._skew = timedelta()
        self._waiting: dict[asyncio.Event, asyncio.AbstractEventLoop] = {}

    def now(self) -> datetime:
        """Return the emulator's time of day, aware, in UTC."""
        return self.wall() + self._passed

    def wall(self) -> datetime:
        """Return the time of day that answers are dated by: the other clock's, skewed, but never advanced."""
        return self._base.now().astimezone(UTC) + self._skew

    def monotonic(self) -> float:
        """Return seconds that never go back, for measuring durations."""
        return self._base.monotonic() + self._passed.total_seconds()

    @property
    def advanced(self) -> timedelta:
        """How far it was advanced."""
        return self._passed

    @property
    def skewed(self) -> timedelta:
        """How far it is ahead of the other clock besides, or behind."""
        return self._skew

    def put_back(self, advanced: timedelta, skewed: timedelta) -> None:
        """Be as far advanced and as skewed as it once was; only a snapshot takes time back."""
        self._passed, self._skew = advanced, skewed

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Let time pass. Raises ConfigurationError for a step back: what has happened stays happened."""
        step = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        if step < timedelta():
            raise ConfigurationError(
                f"DrivenClock.advance: time only goes forward, not by {step.total_seconds():g} seconds"
            )
        self._passed += step
        for moved, loop in list(self._waiting.items()):
            with suppress(RuntimeError):  # a loop that was closed while somebody waited on it
                loop.call_soon_threadsafe(moved.set)

    async def wait_until(self, due: float) -> None:
        """Wait until monotonic() is so far: by itself, or because the clock was advanced, from whatever thread."""
        moved = asyncio.Event()
        self._waiting[moved] = asyncio.get_running_loop()
        try:
            while (left := due - self.monotonic()) > 0:
                with suppress(TimeoutError):
                    await asyncio.wait_for(moved.wait(), left)
                # Cleared before the next look at the clock, so that no step between the two is missed.
                moved.clear()
        finally:
            del self._waiting[moved]

    def skew(self, *, minutes: float = 0, seconds: float = 0) -> None:
        """Put the service's clock that far ahead of its clients', or behind when negative; nothing puts it right."""
        self._skew = timedelta(minutes=minutes, seconds=seconds)
