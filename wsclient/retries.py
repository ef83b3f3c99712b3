"""Whether, when and at what price a failed call is made again: AWS's retry modes, as pure decisions.

A failed attempt is repeated only when its error says that a repetition may help, when attempts are left, when
repeating cannot do harm, and when the client's retry quota can pay for it. The numbers are those every AWS
SDK uses ("Retry behavior", AWS SDKs and Tools Reference Guide,
https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html), in the state of botocore 1.44
(botocore/retries/standard.py and quota.py): DEFAULT_MAX_ATTEMPTS, the BASE_DELAY pair, MAX_DELAY,
RETRY_AFTER_SLACK, QUOTA_CAPACITY, RETRY_COST, THROTTLING_RETRY_COST and NO_RETRY_INCREMENT below.

Nothing here waits, draws a random number of its own or reads a clock; wsclient/_attempts.py does the driving.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

import msgspec

from wsclient._errors import ConfigurationError, ServiceError, WsclientError

if TYPE_CHECKING:
    from wsclient._clock import Random

DEFAULT_MAX_ATTEMPTS: Final = 3
"""Attempts a call may make, the first included."""
BASE_DELAY: Final = 0.05
"""Seconds: the longest delay before the second attempt; it doubles with every further one."""
THROTTLING_BASE_DELAY: Final = 1.0
"""Seconds: the same after a throttling answer."""
MAX_DELAY: Final = 20.0
"""Seconds: what doubling never exceeds."""
RETRY_AFTER_SLACK: Final = 5.0
"""Seconds by which the service's own wish (x-amz-retry-after) may lengthen a delay."""
QUOTA_CAPACITY: Final = 500
"""Tokens a client's retry quota starts with and never exceeds."""
RETRY_COST: Final = 14
"""Tokens a retry takes."""
THROTTLING_RETRY_COST: Final = 5
"""Tokens a retry takes after a throttling answer."""
NO_RETRY_INCREMENT: Final = 1
"""Tokens that a call gives back when its first attempt succeeds."""

# 2**31 times either base is far beyond MAX_DELAY, and far below what a float can hold.
_LARGEST_EXPONENT = 31

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


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What to do after a failed attempt: retry in delay seconds, cost tokens having been taken, or stop.

    reason says why, in words fit for a log; delay and cost are 0 when retry is False.
    """

    retry: bool
    reason: str
    delay: float = 0.0
    cost: int = 0


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


def is_retryable(error: WsclientError) -> bool:
    """Say whether making the attempt again may help, by what the error itself knows."""
    return error.is_transient or error.is_throttling


def backoff_delay(retry_index: int, *, throttling: bool, random: Random, retry_after: float | None = None) -> float:
    """Return the seconds to wait before a retry; retry_index is 0 for a call's first retry.

    The delay is a random share of a bound that doubles from retry to retry up to MAX_DELAY. retry_after, the
    seconds the service asked for, lengthens it by RETRY_AFTER_SLACK at most and never shortens it. One number
    is drawn.
    """
    base = THROTTLING_BASE_DELAY if throttling else BASE_DELAY
    delay = random() * min(math.ldexp(base, min(retry_index, _LARGEST_EXPONENT)), MAX_DELAY)
    if retry_after is None:
        return delay
    return max(delay, min(retry_after, delay + RETRY_AFTER_SLACK))


def decide(
    error: WsclientError,
    *,
    attempt: int,
    policy: RetryPolicy,
    safe_to_repeat: bool,
    quota: RetryQuota,
    random: Random,
    time_left: float | None = None,
) -> Decision:
    """Decide what follows attempt number attempt (from 1), which failed with error.

    A decision to retry has been paid for: its cost was taken from quota, and is to be given back when the
    call succeeds or the retry is never made. time_left is how many seconds the call may still take, None for
    any.
    """
    refusal = _refusal(error, attempt=attempt, policy=policy, safe_to_repeat=safe_to_repeat)
    if refusal is not None:
        return Decision(retry=False, reason=refusal)
    cost = THROTTLING_RETRY_COST if error.is_throttling else RETRY_COST
    if not quota.take(cost):
        return Decision(
            retry=False,
            reason=f"the client's retry quota is used up ({quota.available} left, {cost} needed), "
            "because too many of its calls fail",
        )
    delay = backoff_delay(attempt - 1, throttling=error.is_throttling, random=random, retry_after=error.retry_after)
    if time_left is not None and delay >= time_left:
        quota.give_back(cost)
        return Decision(
            retry=False,
            reason=f"the next attempt would start in {delay:.3f} s, and {max(time_left, 0.0):.3f} s are left",
        )
    return Decision(retry=True, reason=_description(error), delay=delay, cost=cost)


def _refusal(error: WsclientError, *, attempt: int, policy: RetryPolicy, safe_to_repeat: bool) -> str | None:
    """Say why the error or the policy forbids a retry, or None when they allow it."""
    if not is_retryable(error):
        return f"{_name(error)} would come again"
    if policy.mode == "off":
        return "retries are off"
    if attempt >= policy.attempt_limit:
        return f"{attempt} of {policy.attempt_limit} attempts were made"
    if error.is_ambiguous and not safe_to_repeat and not policy.retry_ambiguous:
        return (
            "the operation may have been carried out, and sent twice it could happen twice; look at its "
            "outcome first, or allow it with RetryPolicy(retry_ambiguous=True)"
        )
    return None


def _description(error: WsclientError) -> str:
    kind = "throttled" if error.is_throttling else "transient failure"
    return f"{kind}: {_name(error)}"


def _name(error: WsclientError) -> str:
    """Name the error without its message, which is the service's text."""
    if not isinstance(error, ServiceError):
        return type(error).__name__
    return f"{error.code} (HTTP {error.status})" if error.status else error.code
