"""What says how fast calls may go: a pace that was said, or a rate learnt from throttling answers. No clock inside."""

from __future__ import annotations

import math
from collections import deque
from typing import TYPE_CHECKING, Final, Protocol

from wsclient.pacing._pace import DOCUMENTED_BURST, DOCUMENTED_RATE
from wsclient.pacing._token_bucket import TokenBucket

if TYPE_CHECKING:
    from wsclient.pacing._pace import Pace

MIN_RATE: Final = 0.5
"""Calls a second that are never undercut, however much is throttled."""
SHORTEST_HOLD: Final = 1.0
"""Seconds that a rate is held before a higher one is tried; doubles with each attempt to go higher that failed."""
LONGEST_HOLD: Final = 60.0
"""Seconds after which a higher rate is tried in any case: the account's limit may have been raised."""
CALLS_TO_JUDGE: Final = 3
"""Calls that a rate is judged by at least."""
BURST_ALLOWANCE: Final = 6.0
"""Calls that a service may let through beyond its rate, having saved them up: what a higher rate must outlast."""
DECREASE_FACTOR: Final = 0.7
"""Share of a rate thought good that is left when it turns out not to be."""
MIN_UTILIZATION: Final = 0.8
"""Share of a rate that must have been used for its success to say anything."""


class RateLimit(Protocol):
    """What says how fast calls may go."""

    @property
    def is_steady(self) -> bool:
        """Whether the rate stays what it is, so that a turn can be foretold."""
        ...

    @property
    def bucket(self) -> TokenBucket | None:
        """What calls take tokens of, None while they run free."""
        ...

    @property
    def too_fast(self) -> float | None:
        """The lowest rate that is known to be throttled."""
        ...

    def cost(self, *, is_last_attempt: bool) -> float:
        """Return how many tokens an attempt takes."""
        ...

    def record_response(self, now: float, *, sent_at: float, throttled: bool) -> None:
        """Take note of an answer to a call that was sent at that time."""
        ...


class FixedRateLimit:
    """The limit of a Pace: it never changes."""

    is_steady = True
    too_fast = None

    def __init__(self, pace: Pace, now: float) -> None:
        self.bucket = TokenBucket(pace.rate, pace.burst, now=now, tokens=pace.burst)

    def cost(self, *, is_last_attempt: bool) -> float:
        """Return how many tokens an attempt takes: one, whichever it is."""
        del is_last_attempt
        return 1.0

    def record_response(self, now: float, *, sent_at: float, throttled: bool) -> None:
        """Take note of an answer: a service that throttles has no calls left, so that none are saved up here."""
        del sent_at
        if throttled:
            self.bucket.drain(now)


class LearnedRateLimit:
    """The limit of pace="auto": none before the first throttling answer, then a rate that holds, and looks upward.

    It begins with the rate that AWS documents (with more when more went through lately), and tries a higher one from
    time to time: the double while nothing is known to be too fast, later the middle between what holds and what does
    not. A higher rate counts as good once it went on for longer than a service's savings last; one that is throttled
    is left at once, and the next attempt waits twice as long. Calls that nobody makes prove nothing.
    """

    is_steady = False

    def __init__(self, now: float) -> None:
        self.bucket: TokenBucket | None = None
        self.too_fast: float | None = None
        self._good = DOCUMENTED_RATE
        self._failures = 0
        self._since = now
        self._succeeded = 0
        self._recently = _Successes()

    def cost(self, *, is_last_attempt: bool) -> float:
        """Return how many tokens an attempt takes: a call's last one waits until it is as good as sure."""
        if self.bucket is None or not is_last_attempt:
            return 1.0
        return max(1.0, min(self.bucket.burst, 2 * self.bucket.rate / self._good))

    def record_response(self, now: float, *, sent_at: float, throttled: bool) -> None:
        """Take note of an answer; those to calls sent at an earlier rate say nothing of the present one."""
        if not throttled:
            self._recently.add(now)
        if self.bucket is None:
            if throttled:
                self._good = max(self._good, DECREASE_FACTOR * self._recently.rate(now, seconds=10))
                self._set_rate(self._good, now)
        elif sent_at > self._since:
            if throttled:
                self._decrease(self.bucket.rate, now)
            else:
                self._succeeded += 1
                self._try_increase(self.bucket.rate, now)
        if throttled and self.bucket is not None:
            self.bucket.drain(now)

    def _decrease(self, rate: float, now: float) -> None:
        self.too_fast = rate
        self._failures += 1
        if rate <= self._good:
            went_through = min(0.95 * rate, self._recently.rate(now, seconds=5))
            self._good = max(MIN_RATE, DECREASE_FACTOR * rate, went_through)
        self._set_rate(self._good, now)

    def _try_increase(self, rate: float, now: float) -> None:
        """Try a higher rate once this one has held for long enough."""
        held = now - self._since
        if held < max(self._hold(rate), SHORTEST_HOLD, CALLS_TO_JUDGE / rate):
            return
        if self._succeeded < MIN_UTILIZATION * rate * held:
            self._set_rate(rate, now)
            return
        if rate > self._good:
            self._good = rate
            self._failures = max(0, self._failures - 1)
        if self.too_fast is not None and rate >= self.too_fast:
            self.too_fast = None
        self._set_rate(self._next(rate), now)

    def _hold(self, rate: float) -> float:
        """Return the seconds after which a rate that is thought good is left, or one that is tried is proven."""
        if rate > self._good:
            return BURST_ALLOWANCE / (rate - self._good)
        return min(LONGEST_HOLD, math.ldexp(SHORTEST_HOLD, min(self._failures, 10)))

    def _next(self, rate: float) -> float:
        if self.too_fast is None:
            return rate * (1.25 if self._failures else 2)
        # Once the two are close, a little more than what holds: the limit may have been raised.
        return (rate + self.too_fast) / 2 if self.too_fast > rate * 1.1 else rate * 1.1

    def _set_rate(self, rate: float, now: float) -> None:
        # A tenth of a second's calls at once, so that late timers do not slow high rates down.
        burst = max(DOCUMENTED_BURST, rate / 10)
        if self.bucket is None:
            self.bucket = TokenBucket(rate, burst, now=now, tokens=0.0)
        else:
            self.bucket.change(rate, burst, now)
        self._since, self._succeeded = now, 0


class _Successes:
    """Counts the successes of the last ten seconds, half a second at a time."""

    _INTERVAL = 0.5
    _KEPT = 20

    def __init__(self) -> None:
        self._counts: deque[tuple[int, int]] = deque(maxlen=self._KEPT)

    def add(self, now: float) -> None:
        interval = int(now / self._INTERVAL)
        last = self._counts.pop() if self._counts and self._counts[-1][0] == interval else (interval, 0)
        self._counts.append((interval, last[1] + 1))

    def rate(self, now: float, *, seconds: float) -> float:
        """Return the successes a second over that many last seconds, 10 at most."""
        oldest = int(now / self._INTERVAL) - int(seconds / self._INTERVAL)
        return sum(count for interval, count in self._counts if interval > oldest) / seconds
