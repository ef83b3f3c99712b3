"""Whether, when and at what price a failed call is made again: AWS's retry modes, as pure decisions.

A failed attempt is repeated only when its error says that a repetition may help, when attempts are left, when
repeating cannot do harm, and when the client's retry quota can pay for it. The numbers are those every AWS
SDK uses ("Retry behavior", AWS SDKs and Tools Reference Guide,
https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html), in the state of botocore 1.44
(botocore/retries/standard.py and quota.py): DEFAULT_MAX_ATTEMPTS, the BASE_DELAY pair, MAX_DELAY,
RETRY_AFTER_SLACK, QUOTA_CAPACITY, RETRY_COST, THROTTLING_RETRY_COST and NO_RETRY_INCREMENT below.

Nothing here waits, draws a random number of its own or reads a clock; wsclient/retries/_retrying.py does the driving.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

import msgspec

from wsclient._core.errors import ConfigurationError

DEFAULT_MAX_ATTEMPTS: Final = 3
"""Attempts a call may make, the first included."""
QUOTA_CAPACITY: Final = 500
"""Tokens a client's retry quota starts with and never exceeds."""
RETRY_COST: Final = 14
"""Tokens a retry takes."""
THROTTLING_RETRY_COST: Final = 5
"""Tokens a retry takes after a throttling answer."""
NO_RETRY_INCREMENT: Final = 1
"""Tokens that a call gives back when its first attempt succeeds."""

RetryMode = Literal["standard", "adaptive", "off"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How a client repeats failed attempts.

    mode is "standard" (AWS's default), "adaptive" (the same, and from the first throttling answer on the client
    limits its own rate by AWS's curve; this stands in for pace="auto") or "off" (one attempt, whatever max_attempts
    says). max_attempts, at least 1, counts the first attempt. retry_ambiguous allows sending again what may already
    have been carried out and would then happen twice, such as CreateWorkspaces. A value that makes no sense is a
    ConfigurationError.
    """

    mode: RetryMode = "standard"
    max_attempts: int = DEFAULT_MAX_ATTEMPTS
    retry_ambiguous: bool = False

    def __post_init__(self) -> None:
        """Refuse what the type checker of an untyped caller did not."""
        if self.mode not in get_args(RetryMode):
            raise ConfigurationError(f"retry mode {self.mode!r} is unknown: use 'standard', 'adaptive' or 'off'")
        # True is an int to Python, and max_attempts=True a slip.
        if type(self.max_attempts) is not int or self.max_attempts < 1:
            raise ConfigurationError(
                f"max_attempts is {self.max_attempts!r}: use a whole number from 1 (no retries) on"
            )
        if type(self.retry_ambiguous) is not bool:
            raise ConfigurationError(f"retry_ambiguous is {self.retry_ambiguous!r}: use True or False")

    @property
    def attempt_limit(self) -> int:
        """Attempts a call may make in this mode, the first included."""
        return 1 if self.mode == "off" else self.max_attempts


class RetryQuota:
    """What keeps a client from adding to the load of a service in trouble: tokens that retries are paid with.

    All calls of a client share one. Retries take tokens, successes give some back, so that a client whose
    calls mostly fail soon stops repeating them. It belongs to no event loop and holds no lock: take and
    give_back never suspend, so calls on one loop cannot come between each other, and calls on successive
    loops neither. It pickles with its state.
    """

    __slots__ = ("_available", "_capacity")

    def __init__(self, capacity: int = QUOTA_CAPACITY) -> None:
        self._capacity = self._available = capacity

    @property
    def capacity(self) -> int:
        """Tokens there are at the start and at most."""
        return self._capacity

    @property
    def available(self) -> int:
        """Tokens left now, from 0 to capacity."""
        return self._available

    def take(self, cost: int) -> bool:
        """Take cost tokens and say True, or take none and say False when fewer are left."""
        if cost > self._available:
            return False
        self._available -= cost
        return True

    def give_back(self, amount: int) -> None:
        """Add amount tokens; what exceeds the capacity is lost."""
        self._available = min(self._capacity, self._available + amount)


class RetryEvent(msgspec.Struct, frozen=True, kw_only=True):
    """What an on_retry callback is told before a wait of delay seconds.

    attempt is the number of the attempt that failed, from 1; quota_left the tokens left once this retry is
    paid.
    """

    operation: str
    attempt: int
    reason: str
    delay: float
    quota_left: int
