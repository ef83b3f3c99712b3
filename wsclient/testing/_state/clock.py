"""Clock of the emulator: follows a base clock, and tests can advance it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from wsclient._core.argument_checks import checked
from wsclient._core.clock import Clock
from wsclient._core.errors import ConfigurationError
from wsclient.testing._state.argument_kinds import NUMBER

_MARGIN = timedelta(days=365)
"""Time that advance() and skew() leave free before the first and the last time of a datetime."""

_FIRST, _LAST = datetime.min.replace(tzinfo=UTC) + _MARGIN, datetime.max.replace(tzinfo=UTC) - _MARGIN


class DrivenClock:
    """Clock that follows a base clock and can be advanced without waiting.

    advance() moves the service's time forward: WorkSpaces become available, session tokens expire. Clients sign by the
    base clock, which advance() does not move, so their signatures stay valid. skew() sets the service's clock ahead of
    its clients' clocks or behind them: beyond five minutes the service rejects their signatures.
    """

    def __init__(self, base: Clock) -> None:
        self._base = base
        self._advanced = timedelta()
        self._skew = timedelta()
        self._waiters: dict[asyncio.Event, asyncio.AbstractEventLoop] = {}

    def now(self) -> datetime:
        """Return the emulator's current time, timezone-aware, in UTC."""
        return self.wall() + self._advanced

    def wall(self) -> datetime:
        """Return the time of the Date header of responses: the base clock's time plus skew(), without advance()."""
        return self._base.now().astimezone(UTC) + self._skew

    def monotonic(self) -> float:
        """Return seconds that never decrease, for measuring durations; advance() adds to them."""
        return self._base.monotonic() + self._advanced.total_seconds()

    @property
    def advanced(self) -> timedelta:
        """Total time that advance() has added."""
        return self._advanced

    @property
    def skewed(self) -> timedelta:
        """Offset from the base clock that skew() has set; negative if the service's clock is behind."""
        return self._skew

    def put_back(self, advanced: timedelta, skewed: timedelta) -> None:
        """Restore the advance and the skew of a snapshot. Only a snapshot can move the clock back."""
        self._advanced, self._skew = advanced, skewed

    @checked(dict.fromkeys(("days", "hours", "minutes", "seconds"), NUMBER))
    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Advance the clock. Raises ConfigurationError for a negative total: the emulator cannot undo changes."""
        step = _span("advance", days=days, hours=hours, minutes=minutes, seconds=seconds)
        if step < timedelta():
            raise ConfigurationError(
                f"DrivenClock.advance: cannot move the clock back (got {step.total_seconds():g} seconds)"
            )
        if step > _LAST - self.now():
            raise ConfigurationError("DrivenClock.advance: cannot move the clock beyond the year 9998")
        self._advanced += step
        for wakeup, loop in list(self._waiters.items()):
            with suppress(RuntimeError):  # call_soon_threadsafe raises it for an event loop that is closed
                loop.call_soon_threadsafe(wakeup.set)

    async def wait_until(self, due: float) -> None:
        """Wait until monotonic() reaches due. advance() wakes the wait, from any thread."""
        wakeup = asyncio.Event()
        self._waiters[wakeup] = asyncio.get_running_loop()
        try:
            while (remaining := due - self.monotonic()) > 0:
                with suppress(TimeoutError):
                    await asyncio.wait_for(wakeup.wait(), remaining)
                # Clear the event before reading the clock again: an advance() in between sets it again.
                wakeup.clear()
        finally:
            del self._waiters[wakeup]

    @checked(dict.fromkeys(("minutes", "seconds"), NUMBER))
    def skew(self, *, minutes: float = 0, seconds: float = 0) -> None:
        """Set the service's clock ahead of its clients' clocks, or behind them for a negative value.

        The skew replaces an earlier one and stays until the next call; skew() without arguments removes it.
        """
        skew = _span("skew", minutes=minutes, seconds=seconds)
        now = self._base.now().astimezone(UTC)
        if not _FIRST - now <= skew <= _LAST - now - self._advanced:
            raise ConfigurationError("DrivenClock.skew: cannot set the clock outside of the years 2 to 9998")
        self._skew = skew


def _span(method: str, **parts: float) -> timedelta:
    """Return a time span. Raises ConfigurationError for one that a timedelta cannot hold."""
    try:
        return timedelta(**parts)
    except (OverflowError, ValueError):
        raise ConfigurationError(
            f"DrivenClock.{method}: {', '.join(parts)} must be finite numbers of at most 999,999,999 days"
        ) from None
