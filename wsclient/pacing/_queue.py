"""Where calls wait for their turn: a limit that any number of tasks share, on any event loop and thread.

First come, first served, except that calls in the background let the others go first, for a while. Only the one at
the head watches the clock; it wakes the next when it goes, is cancelled or times out.
"""

from __future__ import annotations

import asyncio
import math
import os
import threading
from bisect import insort
from contextlib import suppress
from operator import attrgetter
from typing import TYPE_CHECKING

import msgspec

from wsclient._core.errors import PaceTimeoutError

if TYPE_CHECKING:
    from collections.abc import Callable

    from wsclient._core.clock import Clock
    from wsclient.pacing._pace import Priority
    from wsclient.pacing._rate_limits import RateLimit

BACKGROUND_DELAY = 30.0
"""How long a call in the background lets others go first; it never waits for ever."""
RECHECK_SECONDS = 0.25
"""How often a call looks whether the one before it, on another event loop, is still there."""

_place = attrgetter("place")


class _Waiter(msgspec.Struct, eq=False):
    """A call that waits; arrived decides the order, number among those that came at once."""

    arrived: float
    number: int
    tokens: float
    loop: asyncio.AbstractEventLoop
    woken: asyncio.Event = msgspec.field(default_factory=asyncio.Event)

    @property
    def place(self) -> tuple[float, int]:
        """Return what the queue is in order of."""
        return self.arrived, self.number

    def wake(self) -> None:
        """Have it look again, from whatever thread."""
        with suppress(RuntimeError):  # its loop is closed: nobody waits any more
            self.loop.call_soon_threadsafe(self.woken.set)

    async def until_woken(self, seconds: float) -> None:
        """Wait to be woken, for that long at most."""
        with suppress(TimeoutError):
            async with asyncio.timeout(None if seconds == math.inf else seconds):
                await self.woken.wait()
        self.woken.clear()


class RateLimitQueue:
    """A limit and the calls that wait at it."""

    def __init__(self, limit: RateLimit, clock: Clock) -> None:
        self.limit = limit
        self.throttled = 0
        """Throttling answers so far."""
        self._clock = clock
        self._waiting: list[_Waiter] = []
        self._numbers = 0
        self._lock = threading.Lock()
        self._process = os.getpid()

    @property
    def waiting(self) -> int:
        """How many calls wait for their turn."""
        return len(self._waiting)

    @property
    def is_unlimited(self) -> bool:
        """Whether a call may go without asking."""
        return self.limit.bucket is None and not self._waiting

    def now(self) -> float:
        """Return the time that it goes by."""
        return self._clock.monotonic()

    def available(self) -> float | None:
        """Return how many calls could go at once, None for any number."""
        with self._locked():
            bucket = self.limit.bucket
            if bucket is None:
                return None
            bucket.fill(self._clock.monotonic())
            return max(0.0, bucket.tokens)

    async def acquire(
        self,
        *,
        priority: Priority = "interactive",
        is_last_attempt: bool = False,
        time_left: Callable[[], float | None] | None = None,
    ) -> tuple[float, bool]:
        """Wait until a call may go; return the time, and whether it had to wait.

        Raises PaceTimeoutError as soon as it is clear that its turn comes later than the time that is left.
        """
        with self._locked():
            now = self._clock.monotonic()
            tokens = self.limit.cost(is_last_attempt=is_last_attempt)
            if not self._waiting and self._may_go(tokens, now):
                return now, False
            waiter = self._join(now, tokens, priority)
        try:
            while True:
                with self._locked():
                    now = self._clock.monotonic()
                    seconds = self._seconds_to_wait(waiter, now)
                    if seconds == 0:
                        return now, True
                    if time_left is not None:
                        self._raise_if_too_late(waiter, time_left(), now)
                await waiter.until_woken(seconds)
        finally:
            self._leave(waiter)

    def record_response(self, *, sent_at: float, throttled: bool) -> None:
        """Take note of an answer."""
        with self._locked():
            self.throttled += throttled
            before = self._rate() if self._waiting else None
            self.limit.record_response(self._clock.monotonic(), sent_at=sent_at, throttled=throttled)
            if self._waiting and self._rate() != before:
                self._waiting[0].wake()

    def _rate(self) -> float | None:
        return self.limit.bucket.rate if self.limit.bucket else None

    def _may_go(self, tokens: float, now: float) -> bool:
        return self.limit.bucket is None or self.limit.bucket.take(now, tokens)

    def _join(self, now: float, tokens: float, priority: Priority) -> _Waiter:
        self._numbers += 1
        arrived = now + (BACKGROUND_DELAY if priority == "background" else 0)
        waiter = _Waiter(arrived, self._numbers, tokens, asyncio.get_running_loop())
        insort(self._waiting, waiter, key=_place)
        return waiter

    def _leave(self, waiter: _Waiter) -> None:
        with self._locked():
            if waiter in self._waiting:
                self._waiting.remove(waiter)
            if self._waiting:
                self._waiting[0].wake()

    def _seconds_to_wait(self, waiter: _Waiter, now: float) -> float:
        """Return 0 when the turn has come, and is taken; else after how long to look again."""
        self._skip_stopped_loops()
        if waiter not in self._waiting:  # it was set aside itself, and goes on now
            insort(self._waiting, waiter, key=_place)
        head = self._waiting[0]
        if head is not waiter:
            return math.inf if head.loop is waiter.loop else RECHECK_SECONDS
        bucket = self.limit.bucket
        if bucket is None or bucket.take(now, waiter.tokens):
            return 0
        return max(bucket.seconds_until(waiter.tokens, now), 1e-6)

    def _skip_stopped_loops(self) -> None:
        """Let nobody wait for a call whose event loop does not run; it comes back by itself when its loop does."""
        while self._waiting and not self._waiting[0].loop.is_running():
            self._waiting.pop(0).wake()

    def _raise_if_too_late(self, waiter: _Waiter, left: float | None, now: float) -> None:
        bucket = self.limit.bucket
        if left is None or bucket is None or not (self.limit.is_steady or self._waiting[0] is waiter):
            return
        ahead = sum(other.tokens for other in self._waiting if other.place <= waiter.place)
        seconds = bucket.seconds_until(ahead, now)
        if seconds >= left:
            raise PaceTimeoutError(
                f"at {bucket.rate:g} calls a second its turn would come in {seconds:.1f} s, and {max(left, 0.0):.1f} s "
                "of Timeout.total are left; nothing was sent. Allow more time, or make fewer calls at once"
            )

    def _locked(self) -> threading.Lock:
        if self._process != os.getpid():
            # A forked child: the lock may have been held, and whoever waited does so in the parent.
            self._process, self._lock, self._waiting = os.getpid(), threading.Lock(), []
        return self._lock
