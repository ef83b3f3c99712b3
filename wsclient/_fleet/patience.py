"""Reads that are throttled are made again, for as long as others leave no room: nothing was carried out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from wsclient._clock import SYSTEM_CLOCK, Clock, Random, Sleep, sleep, uniform
from wsclient._errors import WsclientError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

T = TypeVar("T")

FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 30.0
"""Seconds before a read is made again; they double from the first to the longest, a half of each by chance."""
LONGEST_WAIT: Final = 600.0
"""Seconds after which a read that was throttled all the time fails: somebody else has the account to themselves."""


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """Makes reads, and waits out what the client's own retries do not: their quota ends when others use the account."""

    clock: Clock = SYSTEM_CLOCK
    sleep: Sleep = msgspec.field(default=sleep)
    random: Random = msgspec.field(default=uniform)

    async def read(self, call: Callable[[], Awaitable[T]]) -> T:
        """Return what a read answers; raises its throttling error when that was all it answered for ten minutes."""
        begun, pause = self.clock.monotonic(), FIRST_PAUSE
        while True:
            try:
                return await call()
            except WsclientError as error:
                if not error.is_throttling or self.clock.monotonic() - begun >= LONGEST_WAIT:
                    raise
            await self.sleep(pause * (0.5 + self.random() / 2))
            pause = min(2 * pause, LONGEST_PAUSE)
