"""The emulator's time: the real one, and further ahead whenever a test says so."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from wsclient._errors import ConfigurationError

if TYPE_CHECKING:
    from datetime import datetime

    from wsclient._clock import Clock


class DrivenClock:
    """A clock that goes with another one and can be moved ahead, so that twenty minutes pass in no time.

    It is a wsclient clock: hand it to a client (clock=aws.clock) and both keep the same time.
    """

    def __init__(self, base: Clock) -> None:
        self._base = base
        self._ahead = timedelta()

    def now(self) -> datetime:
        """Return the emulator's time of day, aware, in UTC."""
        return (self._base.now() + self._ahead).astimezone(UTC)

    def monotonic(self) -> float:
        """Return seconds that never go back, for measuring durations."""
        return self._base.monotonic() + self._ahead.total_seconds()

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Move the clock ahead. Raises ConfigurationError for a step back: what has happened stays happened."""
        step = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        if step < timedelta():
            raise ConfigurationError(
                f"DrivenClock.advance: the clock only goes forward, not by {step.total_seconds()} s"
            )
        self._ahead += step
