"""Clock, sleep and random numbers: the only module that reads time or randomness; everything else receives them."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Protocol

import msgspec

Sleep = Callable[[float], Awaitable[None]]
"""An async function that waits the given number of seconds."""

Random = Callable[[], float]
"""A function that returns a number from 0 up to, but not including, 1."""


class Clock(Protocol):
    """Source of the time of day and of monotonic time."""

    def now(self) -> datetime:
        """Return the time of day, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never decrease, for measuring durations."""
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
    """Return a random number of the operating system, so that forked processes never draw the same sequence."""
    return (int.from_bytes(os.urandom(7)) >> 3) / 2**53


def new_id() -> str:
    """Return a random UUID (RFC 9562, version 4): an invocation id, or an idempotency token.

    Written here because it takes a fraction of the time of uuid.uuid4(), from the same random source.
    """
    text = os.urandom(16).hex()
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"


class TimeSource(msgspec.Struct, frozen=True, kw_only=True):
    """Clock, sleep and random numbers, passed on together so that a test drives all three."""

    clock: Clock = SYSTEM_CLOCK
    sleep: Sleep = msgspec.field(default=sleep)
    random: Random = msgspec.field(default=uniform)


SYSTEM_TIME = TimeSource()
