"""Error classification, backoff and the retry decision, as pure functions: callers pass random numbers and times."""

from __future__ import annotations

import math
from typing import Final

import msgspec

from wsclient._core.clock import Random
from wsclient._core.errors import ServiceError, WsclientError
from wsclient.retries._policy import RETRY_COST, THROTTLING_RETRY_COST, RetryPolicy, RetryQuota

BASE_DELAY: Final = 0.05
"""Seconds, the maximum delay before the second attempt; doubled for every further attempt."""
THROTTLING_BASE_DELAY: Final = 1.0
"""Seconds, the same after a throttling response."""
MAX_DELAY: Final = 20.0
"""Seconds, the cap of the doubling."""
RETRY_AFTER_SLACK: Final = 5.0
"""Seconds by which the service's x-amz-retry-after header may lengthen a delay."""

# 2**31 times either base is far beyond MAX_DELAY and does not overflow a float.
_MAX_EXPONENT = 31


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """Decision after a failed attempt: retry in delay seconds, with cost tokens taken from the quota, or stop.

    reason explains the decision and is safe to log; delay and cost are 0 if retry is False.
    """

    retry: bool
    reason: str
    delay: float = 0.0
    cost: int = 0


def is_retryable(error: WsclientError) -> bool:
    """Return True if the error is transient or throttling, so that a retry may succeed."""
    return error.is_transient or error.is_throttling


def backoff_delay(retry_index: int, *, throttling: bool, random: Random, retry_after: float | None = None) -> float:
    """Return the seconds to wait before a retry; retry_index is 0 for a call's first retry.

    Exponential backoff with full jitter: a random share of a bound that doubles from retry to retry, up to MAX_DELAY.
    retry_after, the seconds from the service's x-amz-retry-after, lengthens the delay by RETRY_AFTER_SLACK at most and
    never shortens it. random is called once.
    """
    # Full jitter spreads the retries of many clients ("Exponential Backoff And Jitter", AWS Architecture Blog,
    # https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
    base = THROTTLING_BASE_DELAY if throttling else BASE_DELAY
    delay = random() * min(math.ldexp(base, min(retry_index, _MAX_EXPONENT)), MAX_DELAY)
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
    """Decide whether to retry after attempt number attempt (from 1), which failed with error.

    A decision to retry has taken its cost from the quota; the caller returns the tokens when the call succeeds or the
    retry is never made. safe_to_repeat is True if executing the operation twice does no harm. time_left is the number
    of seconds until the call's deadline, or None.
    """
    obstacle = _reason_not_to_retry(error, attempt=attempt, policy=policy, safe_to_repeat=safe_to_repeat)
    if obstacle is not None:
        return Decision(retry=False, reason=obstacle)
    cost = THROTTLING_RETRY_COST if error.is_throttling else RETRY_COST
    if not quota.take(cost):
        cause = "are throttled: make fewer at once, or set pace=" if error.is_throttling else "fail"
        return Decision(
            retry=False,
            reason=f"the client's retry quota is exhausted ({quota.available} tokens left, {cost} needed), "
            f"because too many of its calls {cause}",
        )
    delay = backoff_delay(attempt - 1, throttling=error.is_throttling, random=random, retry_after=error.retry_after)
    if time_left is not None and delay >= time_left:
        quota.give_back(cost)
        return Decision(
            retry=False,
            reason=f"the next attempt would start in {delay:.3f} s, but the deadline is in {max(time_left, 0.0):.3f} s",
        )
    return Decision(retry=True, reason=_description(error), delay=delay, cost=cost)


def _reason_not_to_retry(
    error: WsclientError, *, attempt: int, policy: RetryPolicy, safe_to_repeat: bool
) -> str | None:
    """Return why the error or the policy forbids a retry, or None if they allow it."""
    if not is_retryable(error):
        return f"{_name(error)} is not retryable"
    if policy.mode == "off":
        return "retries are off"
    if attempt >= policy.attempt_limit:
        return f"{attempt} of {policy.attempt_limit} attempts were made"
    if error.is_ambiguous and not safe_to_repeat and not policy.retry_ambiguous:
        return (
            "the service may have executed the operation, and a retry could execute it twice; check its outcome "
            "first, or allow the retry with RetryPolicy(retry_ambiguous=True)"
        )
    return None


def _description(error: WsclientError) -> str:
    category = "throttled" if error.is_throttling else "transient failure"
    return f"{category}: {_name(error)}"


def _name(error: WsclientError) -> str:
    """Return the name of the error without its message, which is the service's text and may hold request data."""
    if not isinstance(error, ServiceError):
        return type(error).__name__
    return f"{error.code} (HTTP {error.status})" if error.status else error.code
