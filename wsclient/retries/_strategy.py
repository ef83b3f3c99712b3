"""Classification, backoff and the retry decision. Pure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import msgspec

from wsclient._core.errors import ServiceError, WsclientError
from wsclient.retries._policy import RETRY_COST, THROTTLING_RETRY_COST, RetryPolicy, RetryQuota

if TYPE_CHECKING:
    from wsclient._core.clock import Random


BASE_DELAY: Final = 0.05
"""Seconds: the longest delay before the second attempt; it doubles with every further one."""
THROTTLING_BASE_DELAY: Final = 1.0
"""Seconds: the same after a throttling answer."""
MAX_DELAY: Final = 20.0
"""Seconds: what doubling never exceeds."""
RETRY_AFTER_SLACK: Final = 5.0
"""Seconds by which the service's own wish (x-amz-retry-after) may lengthen a delay."""

# 2**31 times either base is far beyond MAX_DELAY, and far below what a float can hold.
_LARGEST_EXPONENT = 31


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What to do after a failed attempt: retry in delay seconds, cost tokens having been taken, or stop.

    reason says why, in words fit for a log; delay and cost are 0 when retry is False.
    """

    retry: bool
    reason: str
    delay: float = 0.0
    cost: int = 0


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
