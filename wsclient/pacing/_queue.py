"""Fair wait queue in front of a rate limit, shared by any number of tasks on any event loop and thread.

First come, first served, except that background calls let interactive calls go first, for up to 30 seconds. Only the
call at the head of the queue waits for the clock; it wakes the next one when it goes, is cancelled or times out. So a
rate change or a cancellation costs one wake-up, whatever the length of the queue.
"""

from __future__ import annotations

import asyncio
import math
import threading
from bisect import insort
from contextlib import suppress
from operator import attrgetter
from typing import TYPE_CHECKING

import msgspec

from wsclient._core.errors import PaceTimeoutError
from wsclient._core.process_id import process_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from wsclient._core.clock import Clock
    from wsclient.pacing._pace import Priority
    from wsclient.pacing._rate_limits import RateLimit

BACKGROUND_DELAY = 30.0
"""Seconds that a background call lets interactive calls go first: a bound, so that it is never starved."""
RECHECK_SECONDS = 0.25
"""Seconds between checks whether the event loop of the call at the head still runs: a stopped loop wakes nobody."""

BUSY_SECONDS = 0.25
"""Seconds that a call at the head may leave its permit unused before calls on other event loops pass it."""

_order = attrgetter("order")


class _Waiter(msgspec.Struct, eq=False):
    """A waiting call, ordered by arrival time, then by number."""

    arrived: float
    number: int
    tokens: float
    loop: asyncio.AbstractEventLoop
    woken: asyncio.Event = msgspec.field(default_factory=asyncio.Event)

    @property
    def order(self) -> tuple[float, int]:
        """Sort key of the queue."""
        return self.arrived, self.number

    def wake(self) -> None:
        """Wake the call, from any thread."""
        with suppress(RuntimeError):  # its event loop is closed, and the call with it
            self.loop.call_soon_threadsafe(self.woken.set)

    async def until_woken(self, seconds: float) -> None:
        """Wait until woken, at most this many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(None if seconds == math.inf else seconds):
                await self.woken.wait()
        self.woken.clear()


class RateLimitQueue:
    """A limit and the calls that wait at it."""

    def __init__(self, limit: RateLimit, clock: Clock) -> None:
        self.limit = limit
        self.throttled = 0
        """Throttling responses so far."""
        self._clock = clock
        self._waiting: list[_Waiter] = []
        self._last_number = 0
        # The call at the head, and since when it could have gone, as calls on other event loops saw it.
        self._due: tuple[_Waiter | None, float] = (None, 0.0)
        self._lock = threading.Lock()
        self._process = process_id()

    @property
    def waiting(self) -> int:
        """Number of waiting calls."""
        return len(self._waiting)

    @property
    def is_unlimited(self) -> bool:
        """True if a call needs no permit: no limit applies and no call waits."""
        return self.limit.bucket is None and not self._waiting

    def now(self) -> float:
        """Return the queue's time, in monotonic seconds."""
        return self._clock.monotonic()

    def available(self) -> float | None:
        """Return the number of calls that could start now, None without a limit."""
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
        """Wait for a permit; return the time of the permit, and whether the call had to wait.

        Raises PaceTimeoutError as soon as the permit is certain to come after the call's deadline.
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
            self._remove(waiter)

    def record_response(self, *, sent_at: float, throttled: bool) -> None:
        """Record a response; if it changes the rate, wake the call at the head to compute its delay anew."""
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
        self._last_number += 1
        arrived = now + (BACKGROUND_DELAY if priority == "background" else 0)
        waiter = _Waiter(arrived, self._last_number, tokens, asyncio.get_running_loop())
        insort(self._waiting, waiter, key=_order)
        return waiter

    def _remove(self, waiter: _Waiter) -> None:
        with self._locked():
            if waiter in self._waiting:
                self._waiting.remove(waiter)
            if self._waiting:
                self._waiting[0].wake()

    def _seconds_to_wait(self, waiter: _Waiter, now: float) -> float:
        """Take the permit and return 0, or return the seconds until the next check."""
        self._skip_stopped_loops()
        self._skip_busy_loop(waiter, now)
        if waiter not in self._waiting:  # dropped while its event loop was stopped; the loop runs again
            insort(self._waiting, waiter, key=_order)
        head = self._waiting[0]
        if head is not waiter:
            return math.inf if head.loop is waiter.loop else RECHECK_SECONDS
        bucket = self.limit.bucket
        if bucket is None or bucket.take(now, waiter.tokens):
            return 0
        return max(bucket.seconds_until(waiter.tokens, now), 1e-6)

    def _skip_stopped_loops(self) -> None:
        """Drop calls at the head whose event loop does not run; they insert themselves again when it does.

        Otherwise a loop that is stopped in a debugger or abandoned would block every other loop of the process.
        """
        while self._waiting and not self._waiting[0].loop.is_running():
            self._waiting.pop(0).wake()

    def _skip_busy_loop(self, waiter: _Waiter, now: float) -> None:
        """Drop the calls of an event loop that runs, but has not used the permit of its call at the head in time.

        Otherwise a loop that is busy with a long computation would hold up every other loop of the process for as long.
        Its calls insert themselves again, in the order of their arrival, as soon as it is free.
        """
        if not self._waiting or self._waiting[0].loop is waiter.loop:
            return
        head, bucket = self._waiting[0], self.limit.bucket
        if bucket is not None and bucket.seconds_until(head.tokens, now) > 0:
            return
        seen, since = self._due
        if seen is not head:
            self._due = (head, now)
        elif now - since >= BUSY_SECONDS:
            dropped = [queued for queued in self._waiting if queued.loop is head.loop]
            self._waiting[:] = [queued for queued in self._waiting if queued.loop is not head.loop]
            for queued in dropped:
                queued.wake()

    def _raise_if_too_late(self, waiter: _Waiter, left: float | None, now: float) -> None:
        # Behind the head of the queue, only a rate that cannot change tells when the permit will come.
        bucket = self.limit.bucket
        if left is None or bucket is None or not (self.limit.is_steady or self._waiting[0] is waiter):
            return
        ahead = sum(queued.tokens for queued in self._waiting if queued.order <= waiter.order)
        seconds = bucket.seconds_until(ahead, now)
        if seconds >= left:
            raise PaceTimeoutError(
                f"the rate limit of {bucket.rate:g} calls per second would delay the attempt by {seconds:.1f} s, but "
                f"only {max(left, 0.0):.1f} s of Timeout.total are left; it was not sent. Raise the timeout, or make "
                "fewer concurrent calls"
            )

    def _locked(self) -> threading.Lock:
        if self._process != process_id():
            # A forked child: the lock may have been held at the fork, and the waiting calls belong to the parent.
            self._process, self._lock, self._waiting = process_id(), threading.Lock(), []
        return self._lock
