"""Fixed and learned rate limits, as plain arithmetic: callers pass the time."""

from __future__ import annotations

import math
from collections import deque
from typing import TYPE_CHECKING, Final, Protocol

from wsclient.pacing._pace import DOCUMENTED_BURST, DOCUMENTED_RATE
from wsclient.pacing._token_bucket import TokenBucket

if TYPE_CHECKING:
    from wsclient.pacing._pace import Pace

MIN_RATE: Final = 0.1
"""Lowest learned rate, in calls per second: the share of one of twenty programs in AWS's documented rate."""
SHARED_RATE: Final = 0.5
"""Calls per second below which a rate that holds is doubled: other programs use the rest of it, and may end."""
MIN_HOLD: Final = 1.0
"""Seconds that a rate is held before a higher one is tried; doubled by each failed increase."""
MAX_HOLD: Final = 60.0
"""Seconds after which a higher rate is tried in any case: AWS may have raised the account's limit."""
CALLS_TO_JUDGE: Final = 3
"""Calls at a rate, at least, before it counts as sustained."""
BURST_ALLOWANCE: Final = 6.0
"""Calls above its rate that a service may accept from saved-up burst. A higher rate must outlast them to be proven, for
MAX_HOLD at most."""
DECREASE_FACTOR: Final = 0.7
"""Factor for a sustained rate that is throttled after all; the same as in AWS's adaptive mode."""
MIN_UTILIZATION: Final = 0.8
"""Share of a rate that calls must use for their success to prove the rate."""


class RateLimit(Protocol):
    """Rate limit of a queue."""

    @property
    def is_steady(self) -> bool:
        """True if the rate never changes, so that the time of a permit can be predicted."""
        ...

    @property
    def bucket(self) -> TokenBucket | None:
        """Bucket that calls take tokens from, or None while no limit applies."""
        ...

    @property
    def too_fast(self) -> float | None:
        """Lowest rate known to be throttled, in calls per second, or None."""
        ...

    def cost(self, *, is_last_attempt: bool) -> float:
        """Return the tokens that an attempt takes."""
        ...

    def record_response(self, now: float, *, sent_at: float, throttled: bool) -> None:
        """Record the response to an attempt that got its permit at sent_at."""
        ...


class FixedRateLimit:
    """Fixed rate limit of a Pace."""

    is_steady = True
    too_fast = None

    def __init__(self, pace: Pace, now: float) -> None:
        self.bucket = TokenBucket(pace.rate, pace.burst, now=now, tokens=pace.burst)

    def cost(self, *, is_last_attempt: bool) -> float:
        """Return the tokens that an attempt takes: always one."""
        del is_last_attempt
        return 1.0

    def record_response(self, now: float, *, sent_at: float, throttled: bool) -> None:
        """Record a response; after throttling, drain the bucket, because the service has no burst left either."""
        del sent_at
        if throttled:
            self.bucket.drain(now)


class LearnedRateLimit:
    """Rate limit of pace="auto": no limit before the first throttling response, then a learned rate.

    It starts with the rate that AWS documents (or more, if more calls succeeded recently), and tries a higher rate from
    time to time: double while no throttled rate is known, later the middle between the sustained and the throttled
    rate. A higher rate counts as sustained once it lasted longer than the service's saved-up burst can explain. A
    throttled rate is dropped immediately, and the next increase waits twice as long. A rate that calls do not use
    proves nothing.
    """

    is_steady = False

    def __init__(self, now: float) -> None:
        self.bucket: TokenBucket | None = None
        self.too_fast: float | None = None
        self._sustained = DOCUMENTED_RATE
        self._failed_increases = 0
        self._changed_at = now
        self._success_count = 0
        self._successes = _Successes()

    def cost(self, *, is_last_attempt: bool) -> float:
        """Return the tokens that an attempt takes: more for a call's last one, which must not be throttled again."""
        if self.bucket is None or not is_last_attempt:
            return 1.0
        return max(1.0, min(self.bucket.burst, 2 * self.bucket.rate / self._sustained))

    def record_response(self, now: float, *, sent_at: float, throttled: bool) -> None:
        """Record a response and adjust the rate; ignore attempts that were sent at an earlier rate."""
        if not throttled:
            self._successes.add(now)
        if self.bucket is None:
            if throttled:
                self._sustained = max(self._sustained, DECREASE_FACTOR * self._successes.rate(now, seconds=10))
                self._set_rate(self._sustained, now)
        elif sent_at > self._changed_at:
            if throttled:
                self._decrease(self.bucket.rate, now)
            else:
                self._success_count += 1
                self._try_increase(self.bucket.rate, now)
        # Even if the attempt was sent at an earlier rate: the service has no burst left.
        if throttled and self.bucket is not None:
            self.bucket.drain(now)

    def _decrease(self, rate: float, now: float) -> None:
        self.too_fast = rate
        self._failed_increases += 1
        if rate <= self._sustained:
            # What succeeded in the last five seconds is sustainable, but less than the rate that AWS throttled.
            measured = min(0.95 * rate, self._successes.rate(now, seconds=5))
            self._sustained = max(MIN_RATE, DECREASE_FACTOR * rate, measured)
        self._set_rate(self._sustained, now)

    def _try_increase(self, rate: float, now: float) -> None:
        """Try a higher rate if the present one has been held for long enough."""
        held = now - self._changed_at
        if held < max(self._hold(rate), MIN_HOLD, CALLS_TO_JUDGE / rate):
            return
        if self._success_count < MIN_UTILIZATION * rate * held:
            self._set_rate(rate, now)
            return
        if rate > self._sustained:
            self._sustained = rate
            self._failed_increases = max(0, self._failed_increases - 1)
        if self.too_fast is not None and rate >= self.too_fast:
            self.too_fast = None
        self._set_rate(self._next_rate(rate), now)

    def _hold(self, rate: float) -> float:
        """Return the seconds to hold a rate: until an increase is proven, or before the next one is tried."""
        if rate > self._sustained:
            return min(MAX_HOLD, BURST_ALLOWANCE / (rate - self._sustained))
        return min(MAX_HOLD, math.ldexp(MIN_HOLD, min(self._failed_increases, 10)))

    def _next_rate(self, rate: float) -> float:
        if self.too_fast is not None and self.too_fast > rate * 1.1:
            return (rate + self.too_fast) / 2
        if rate < SHARED_RATE:
            return rate * 2
        if self.too_fast is None:
            return rate * (1.25 if self._failed_increases else 2)
        # The two are within 10 %: exceed the throttled rate, since AWS may have raised the limit.
        return rate * 1.1

    def _set_rate(self, rate: float, now: float) -> None:
        # A burst of a tenth of a second, so that timers that fire late do not lower high rates.
        burst = max(DOCUMENTED_BURST, rate / 10)
        if self.bucket is None:
            self.bucket = TokenBucket(rate, burst, now=now, tokens=0.0)
        else:
            self.bucket.change(rate, burst, now)
        self._changed_at, self._success_count = now, 0


class _Successes:
    """Successful responses of the last ten seconds, counted per half second."""

    _INTERVAL = 0.5
    _MAX_INTERVALS = 20

    def __init__(self) -> None:
        self._counts: deque[tuple[int, int]] = deque(maxlen=self._MAX_INTERVALS)

    def add(self, now: float) -> None:
        interval = int(now / self._INTERVAL)
        last = self._counts.pop() if self._counts and self._counts[-1][0] == interval else (interval, 0)
        self._counts.append((interval, last[1] + 1))

    def rate(self, now: float, *, seconds: float) -> float:
        """Return the successes per second over the last seconds, 10 at most."""
        oldest = int(now / self._INTERVAL) - int(seconds / self._INTERVAL)
        return sum(count for interval, count in self._counts if interval > oldest) / seconds
