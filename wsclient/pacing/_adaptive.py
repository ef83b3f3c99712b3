"""Rate limit of AWS's adaptive retry mode: a cubic curve (as in TCP CUBIC) that throttling responses cut back.

The numbers are those of botocore 1.44 (botocore/retries/adaptive.py, throttling.py and bucket.py), described in "Retry
behavior", AWS SDKs and Tools Reference Guide
(https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html).
"""

from __future__ import annotations

import math
from typing import Final

from wsclient.pacing._token_bucket import TokenBucket

SCALE: Final = 0.4
"""Steepness of the curve."""
BETA: Final = 0.7
"""Share of the rate that remains after a throttling response."""
SMOOTHING: Final = 0.8
"""Weight of the newest interval in the measured rate."""
INTERVAL: Final = 0.5
"""Seconds over which responses are counted."""
MIN_RATE: Final = 0.5
"""Calls per second that are always allowed."""
MAX_RATE_FACTOR: Final = 2.0
"""Upper bound of the limit, as a multiple of the measured rate: an idle client must not build up a high limit."""


class AdaptiveRateLimit:
    """Rate limit of one client: measures the rate of responses, limits calls after the first throttling response."""

    is_steady = False
    too_fast = None

    def __init__(self, now: float) -> None:
        self.is_on = False
        self.measured_rate = 0.0
        self._interval = float(math.floor(now))
        self._count = 0
        self._peak = 0.0
        self._throttled_at = now
        # Filled before it limits anything, as in botocore: tokens are available when the limit starts.
        self._bucket = TokenBucket(1.0, 1.0, now=now, tokens=0.0)

    @property
    def bucket(self) -> TokenBucket | None:
        """Bucket that calls take tokens from, or None while no limit applies."""
        return self._bucket if self.is_on else None

    def cost(self, *, is_last_attempt: bool) -> float:
        """Return the tokens that an attempt takes: always one."""
        del is_last_attempt
        return 1.0

    def record_response(self, now: float, *, sent_at: float, throttled: bool) -> None:
        """Record a response and compute the new rate."""
        del sent_at  # the curve uses the times of responses only
        self._measure(now)
        if throttled:
            self._peak = min(self.measured_rate, self._bucket.rate) if self.is_on else self.measured_rate
            self._throttled_at = now
            self.is_on = True
            rate = self._peak * BETA
        else:
            rate = SCALE * (now - self._throttled_at - self._seconds_to_peak()) ** 3 + self._peak
        rate = min(rate, MAX_RATE_FACTOR * self.measured_rate)
        self._bucket.change(max(rate, MIN_RATE), max(rate, 1.0), now)

    def _seconds_to_peak(self) -> float:
        """Return the seconds after a throttling response until the curve is back at its peak."""
        return float((self._peak * (1 - BETA) / SCALE) ** (1 / 3))

    def _measure(self, now: float) -> None:
        interval = math.floor(now / INTERVAL) * INTERVAL
        self._count += 1
        if interval > self._interval:
            newest = self._count / (interval - self._interval)
            self.measured_rate = newest * SMOOTHING + self.measured_rate * (1 - SMOOTHING)
            self._count, self._interval = 0, interval
