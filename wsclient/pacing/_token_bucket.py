"""Token bucket as plain arithmetic: the caller passes the time and does the waiting."""

from __future__ import annotations

ROUNDING = 1e-9
"""Tokens that may be missing through floating-point rounding when a whole token is due."""


class TokenBucket:
    """Token bucket: tokens accrue at rate, in calls per second, up to burst; each call takes one."""

    __slots__ = ("_since", "burst", "rate", "tokens")

    def __init__(self, rate: float, burst: float, *, now: float, tokens: float) -> None:
        self.rate = rate
        self.burst = burst
        self.tokens = tokens
        self._since = now

    def fill(self, now: float) -> None:
        """Add the tokens accrued since the last call; a clock that was set back adds none."""
        if now > self._since:
            self.tokens = min(self.burst, self.tokens + (now - self._since) * self.rate)
            self._since = now

    def take(self, now: float, tokens: float = 1) -> bool:
        """Take tokens and return True, or take none and return False if fewer are available."""
        self.fill(now)
        if self.tokens < tokens - ROUNDING:
            return False
        self.tokens -= tokens
        return True

    def seconds_until(self, tokens: float, now: float) -> float:
        """Return the seconds until this many tokens are available, 0 if they are now."""
        self.fill(now)
        return max(0.0, (tokens - self.tokens) / self.rate)

    def change(self, rate: float, burst: float, now: float) -> None:
        """Change rate and burst; keep the available tokens, up to the new burst."""
        self.fill(now)
        self.rate, self.burst = rate, burst
        self.tokens = min(self.tokens, burst)

    def drain(self, now: float) -> None:
        """Remove all tokens: a service that throttles a call has none left in its own bucket."""
        self.fill(now)
        self.tokens = min(self.tokens, 0.0)
