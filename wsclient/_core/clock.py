"""Time and chance, in the one place that may read them; everything else is handed these."""

import asyncio
import os
import time
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


def uniform() -> float:
    """Draw from the system's source of chance, so that processes forked from one another never draw alike."""
    return (int.from_bytes(os.urandom(7)) >> 3) / 2**53


def new_id() -> str:
    """Return a UUID that nobody has had before: names an invocation, or a request that AWS shall do only once.

    Version 4 of RFC 9562, written in a fraction of the time that uuid takes, from the same source of chance.
    """
    text = os.urandom(16).hex()
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"
