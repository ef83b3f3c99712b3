"""RetryMode, RetryPolicy, RetryQuota, RetryEvent and their constants.

The numbers are those of every AWS SDK ("Retry behavior", AWS SDKs and Tools Reference Guide,
https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html), as implemented in botocore 1.44
(botocore/retries/standard.py and quota.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

import msgspec

from wsclient._core.argument_checks import checked, checked_class
from wsclient._core.value_kinds import BOOL, one_of, whole_number

DEFAULT_MAX_ATTEMPTS: Final = 3
"""Attempts per call, the first included, unless configured otherwise."""
QUOTA_CAPACITY: Final = 500
"""Tokens of a client's retry quota, at the start and at most."""
RETRY_COST: Final = 14
"""Tokens that a retry takes after a transient failure."""
THROTTLING_RETRY_COST: Final = 5
"""Tokens that a retry takes after a throttling response."""
NO_RETRY_INCREMENT: Final = 1
"""Tokens that a call adds when its first attempt succeeds."""

RetryMode = Literal["standard", "adaptive", "off"]
"""Retry modes of the AWS SDKs, and off: one attempt a call."""


@checked_class(
    {
        "mode": one_of(*get_args(RetryMode)),
        "max_attempts": whole_number(1, "number of attempts"),
        "retry_ambiguous": BOOL,
    }
)
@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """Retry policy of a client.

    mode is "standard" (the default of the AWS SDKs), "adaptive" (standard, plus a client-side rate limit after the
    first throttling response, by AWS's cubic curve; it replaces pace="auto") or "off" (one attempt, regardless of
    max_attempts). max_attempts is a whole number, at least 1 (default 3), and counts the first attempt.
    retry_ambiguous=True (default False) retries an operation that the service may have executed already and would then
    execute twice, such as CreateWorkspaces. Raises ConfigurationError for invalid values.
    """

    mode: RetryMode = "standard"
    max_attempts: int = DEFAULT_MAX_ATTEMPTS
    retry_ambiguous: bool = False

    @property
    def attempt_limit(self) -> int:
        """Attempts per call in this mode, the first included."""
        return 1 if self.mode == "off" else self.max_attempts


class RetryQuota:
    """Retry quota: a token bucket shared by all calls of a client, so that retries do not overload a failing service.

    Retries take tokens and successful calls give some back: a client whose calls mostly fail soon stops retrying. The
    quota needs no lock and belongs to no event loop: take and give_back never suspend, so calls on one event loop
    cannot interleave within them, nor can calls on successive loops. It pickles with its state.
    """

    __slots__ = ("_available", "_capacity")

    @checked({"capacity": whole_number(0, "number of tokens")})
    def __init__(self, capacity: int = QUOTA_CAPACITY) -> None:
        self._capacity = self._available = capacity

    @property
    def capacity(self) -> int:
        """Tokens at the start and at most."""
        return self._capacity

    @property
    def available(self) -> int:
        """Tokens available now, from 0 to capacity."""
        return self._available

    def take(self, cost: int) -> bool:
        """Take cost tokens and return True, or take none and return False if fewer are available."""
        if cost > self._available:
            return False
        self._available -= cost
        return True

    def give_back(self, amount: int) -> None:
        """Add tokens, up to the capacity: successes must not build up credit for a long outage."""
        self._available = min(self._capacity, self._available + amount)


class RetryEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Argument of an on_retry callback, called before the delay of a retry.

    operation is AWS's name; attempt is the number of the failed attempt, from 1; reason describes its failure; delay is
    in seconds; quota_left is the number of tokens after the cost of this retry.
    """

    operation: str
    attempt: int
    reason: str
    delay: float
    quota_left: int
