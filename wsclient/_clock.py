"""Time and chance, in the one place that may read them; everything else is handed these."""

import asyncio
import random
import time
import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Protocol

Sleep = Callable[[float], Awaitable[None]]
"""Waits that many seconds."""

Random = Callable[[], float]
"""Gives a number at least 0 and below 1."""


class Clock(Protocol):
    """Tells the time of day and the time that only goes forward."""

    def now(self) -> datetime:
        """Return the time of day, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never go back, for measuring durations."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the machine's time of day, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return the machine's monotonic seconds."""
        return time.monotonic()


SYSTEM_CLOCK = SystemClock()
sleep: Sleep = asyncio.sleep
uniform: Random = random.random


def new_id() -> str:
    """Return a UUID that nobody has had before: names an invocation, or a request that AWS shall do only once."""
    return str(uuid.uuid4())
