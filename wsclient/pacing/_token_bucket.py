"""A token bucket as plain arithmetic: whoever holds one hands in the time and does the waiting."""

from __future__ import annotations

ROUNDING = 1e-9
"""What a sum of fractions may lack and still count as a whole token."""


class TokenBucket:
    """Tokens that come in at a rate, in calls a second, up to burst; each call takes one."""

    __slots__ = ("_since", "burst", "rate", "tokens")

    def __init__(self, rate: float, burst: float, *, now: float, tokens: float) -> None:
        self.rate = rate
        self.burst = burst
        self.tokens = tokens
        self._since = now

    def fill(self, now: float) -> None:
        """Let in what came since the last time; a clock that went back brings nothing."""
        if now > self._since:
            self.tokens = min(self.burst, self.tokens + (now - self._since) * self.rate)
            self._since = now

    def take(self, now: float, tokens: float = 1) -> bool:
        """Take so many tokens and say True, or take none and say False where there are fewer."""
        self.fill(now)
        if self.tokens < tokens - ROUNDING:
            return False
        self.tokens -= tokens
        return True

    def seconds_until(self, tokens: float, now: float) -> float:
        """Return the seconds until so many tokens will have come in, 0 when they are there."""
        self.fill(now)
        return max(0.0, (tokens - self.tokens) / self.rate)

    def change(self, rate: float, burst: float, now: float) -> None:
        """Go on with another rate and burst; what is there already stays, up to the new burst."""
        self.fill(now)
        self.rate, self.burst = rate, burst
        self.tokens = min(self.tokens, burst)

    def drain(self, now: float) -> None:
        """Have no tokens, as a service has none that just refused a call."""
        self.fill(now)
        self.tokens = min(self.tokens, 0.0)
