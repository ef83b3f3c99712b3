"""Retry decisions, exact to the token and the millisecond."""

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from wsclient import retries
from wsclient._core.errors import (
    ConfigurationError,
    ConnectError,
    ConnectionLostError,
    ResponseParseError,
    ServiceError,
    TLSError,
    WsclientError,
)
from wsclient.retries import Decision, RetryPolicy, RetryQuota, backoff_delay, decide, is_retryable

THROTTLED = ServiceError(code="ThrottlingException", status=400)
UNAVAILABLE = ServiceError(code="ServiceUnavailable", status=503)
FAILED = ServiceError(code="InternalFailure", status=500)
REFUSED = ServiceError(code="ValidationException", status=400)
LOST = ConnectionLostError("the connection broke", may_have_been_sent=True)


def _full() -> float:
    return 1.0


def _half() -> float:
    return 0.5


def _decide(
    error: WsclientError,
    *,
    attempt: int = 1,
    policy: RetryPolicy | None = None,
    safe_to_repeat: bool = True,
    quota: RetryQuota | None = None,
    random: Callable[[], float] = _half,
    time_left: float | None = None,
) -> Decision:
    return decide(
        error,
        attempt=attempt,
        policy=policy or RetryPolicy(),
        safe_to_repeat=safe_to_repeat,
        quota=quota or RetryQuota(),
        random=random,
        time_left=time_left,
    )


def test_retry_policy_defaults_to_aws_standard_mode() -> None:
    """The default policy is AWS's standard mode, with three attempts and no retry of ambiguous failures."""
    policy = RetryPolicy()
    assert (policy.mode, policy.max_attempts, policy.retry_ambiguous) == ("standard", 3, False)
    assert policy.attempt_limit == 3


def test_mode_off_means_one_attempt() -> None:
    """Mode off makes one attempt, whatever max_attempts is."""
    assert RetryPolicy(mode="off", max_attempts=5).attempt_limit == 1


def test_retry_policy_pickles() -> None:
    """A policy survives pickling and copying, as everything that is handed between processes must."""
    policy = RetryPolicy(max_attempts=7, retry_ambiguous=True)
    assert pickle.loads(pickle.dumps(policy)) == copy.copy(policy) == policy


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"mode": "legacy"}, "mode must be 'standard', 'adaptive' or 'off', not 'legacy'"),
        ({"mode": []}, "mode must be .*, not a list"),
        ({"max_attempts": 0}, "max_attempts must be a whole number of attempts, at least 1, not 0"),
        ({"max_attempts": -1}, "max_attempts must be .* not -1"),
        ({"max_attempts": 2.5}, "max_attempts must be .* not 2.5"),
        ({"max_attempts": "3"}, "max_attempts must be .* not '3'"),
        ({"max_attempts": True}, "max_attempts must be .* not True"),
        ({"retry_ambiguous": "yes"}, "retry_ambiguous must be True or False, not 'yes'"),
    ],
)
def test_invalid_retry_policy_is_rejected(settings: dict[str, Any], words: str) -> None:
    """An invalid setting raises ConfigurationError with its name when the policy is created."""
    with pytest.raises(ConfigurationError, match=words):
        RetryPolicy(**settings)


@pytest.mark.parametrize(
    ("index", "throttling", "seconds"),
    [
        (0, False, 0.05),
        (1, False, 0.1),
        (2, False, 0.2),
        (8, False, 12.8),
        (9, False, 20.0),
        (0, True, 1.0),
        (4, True, 16.0),
        (5, True, 20.0),
        (5000, True, 20.0),
        (5000, False, 20.0),
    ],
)
def test_delay_bound_doubles_up_to_20_seconds(index: int, throttling: bool, seconds: float) -> None:
    """The longest delay starts at 50 ms, or 1 s when throttled, and doubles to 20 s at most."""
    assert backoff_delay(index, throttling=throttling, random=_full) == pytest.approx(seconds, abs=1e-9)


def test_delay_is_a_random_fraction_of_its_bound() -> None:
    """The delay is a random fraction of its bound, from a single random number."""
    draws = iter([0.25])
    assert backoff_delay(3, throttling=True, random=lambda: next(draws)) == 2.0
    assert list(draws) == []


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [
        (None, 0.5),
        (0.0, 0.5),
        (0.2, 0.5),
        (3.0, 3.0),
        (5.5, 5.5),
        (60.0, 5.5),
        (float("inf"), 5.5),
        (-1.0, 0.5),
        (float("nan"), 0.5),
    ],
)
def test_retry_after_lengthens_a_delay_by_at_most_5_seconds(retry_after: float | None, seconds: float) -> None:
    """Retry-After never shortens a delay and adds at most 5 s; an invalid value is ignored."""
    assert backoff_delay(0, throttling=True, random=_half, retry_after=retry_after) == seconds


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (THROTTLED, True),
        (FAILED, True),
        (LOST, True),
        (ServiceError(code="SomethingNew", status=429), True),
        (ServiceError(code="RequestTimeout", status=400), True),
        (ConnectError("no route"), True),
        (ResponseParseError("HTML"), True),
        (REFUSED, False),
        (TLSError("untrusted"), False),
        (ConnectError("no such name", is_transient=False), False),
        (ConfigurationError("no region"), False),
    ],
)
def test_throttling_and_transient_failures_are_retryable(error: WsclientError, expected: bool) -> None:
    """Only throttling and transient failures are retryable."""
    assert is_retryable(error) is expected


def test_transient_retry_costs_14_tokens() -> None:
    """A transient failure is repeated after its delay for 14 tokens, and the reason names the failure."""
    quota = RetryQuota()
    decision = _decide(UNAVAILABLE, quota=quota)
    assert decision == Decision(
        retry=True, reason="transient failure: ServiceUnavailable (HTTP 503)", delay=0.025, cost=14
    )
    assert quota.available == 486


def test_throttling_retry_costs_5_tokens() -> None:
    """A throttled call is repeated after the longer delay for 5 tokens."""
    quota = RetryQuota()
    decision = _decide(THROTTLED, attempt=2, quota=quota)
    assert decision == Decision(retry=True, reason="throttled: ThrottlingException (HTTP 400)", delay=1.0, cost=5)
    assert quota.available == 495


def test_transient_and_throttling_code_counts_as_throttling() -> None:
    """PriorRequestNotComplete is on both of AWS's lists; throttling decides its price and its delay."""
    decision = _decide(ServiceError(code="PriorRequestNotComplete"))
    assert (decision.cost, decision.delay) == (5, 0.5)
    assert decision.reason == "throttled: PriorRequestNotComplete"


def test_retry_after_of_an_error_lengthens_the_delay() -> None:
    """retry_after on the error lengthens the delay of the decision."""
    error = ServiceError(code="ThrottlingException", status=400, retry_after=2.0)
    assert _decide(error).delay == 2.0


def test_retry_reason_omits_the_transport_message() -> None:
    """The reason holds the error's kind, never its text."""
    assert _decide(LOST).reason == "transient failure: ConnectionLostError"


@pytest.mark.parametrize(
    ("error", "options", "reason"),
    [
        (REFUSED, {}, "ValidationException (HTTP 400) is not retryable"),
        (TLSError("untrusted"), {}, "TLSError is not retryable"),
        (THROTTLED, {"policy": RetryPolicy(mode="off")}, "retries are off"),
        (THROTTLED, {"attempt": 3}, "3 of 3 attempts were made"),
        (THROTTLED, {"policy": RetryPolicy(max_attempts=1)}, "1 of 1 attempts were made"),
        (LOST, {"safe_to_repeat": False}, "RetryPolicy(retry_ambiguous=True)"),
        (FAILED, {"safe_to_repeat": False}, "a retry could execute it twice"),
        (ResponseParseError("HTML"), {"safe_to_repeat": False}, "may have executed the operation"),
        (THROTTLED, {"time_left": 0.5}, "would start in 0.500 s, but the deadline is in 0.500 s"),
        (THROTTLED, {"time_left": -3.0}, "would start in 0.500 s, but the deadline is in 0.000 s"),
    ],
)
def test_stop_decision_has_a_reason_and_no_cost(error: WsclientError, options: dict[str, Any], reason: str) -> None:
    """A decision against a retry has a reason, and takes no token."""
    quota = RetryQuota()
    decision = _decide(error, quota=quota, **options)
    assert (decision.retry, decision.delay, decision.cost) == (False, 0.0, 0)
    assert reason in decision.reason
    assert quota.available == 500


@pytest.mark.parametrize("error", [THROTTLED, UNAVAILABLE, ConnectError("no route")])
def test_unexecuted_non_idempotent_calls_are_retried(error: WsclientError) -> None:
    """After throttling, 503 or a failed connect nothing was executed, so a creation may be retried."""
    assert _decide(error, safe_to_repeat=False).retry


def test_retry_ambiguous_allows_ambiguous_retries() -> None:
    """retry_ambiguous=True retries calls with an ambiguous outcome."""
    assert _decide(LOST, safe_to_repeat=False, policy=RetryPolicy(retry_ambiguous=True)).retry


def test_delay_within_the_deadline_is_slept() -> None:
    """A delay that ends before the time does is slept."""
    assert _decide(THROTTLED, time_left=0.501).retry


def test_exhausted_quota_draws_no_random_number() -> None:
    """With 13 tokens left a transient failure is not retried, no token is taken and no random number drawn."""
    quota = RetryQuota(13)
    decision = _decide(UNAVAILABLE, quota=quota, random=lambda: pytest.fail("drew a number"))
    assert not decision.retry
    assert "exhausted (13 tokens left, 14 needed)" in decision.reason
    assert quota.available == 13


def test_quota_can_reach_zero() -> None:
    """A retry may reduce the quota to exactly zero."""
    quota = RetryQuota(14)
    assert _decide(UNAVAILABLE, quota=quota).retry
    assert quota.available == 0


def test_quota_never_exceeds_its_capacity() -> None:
    """Returned tokens never raise the quota above its capacity."""
    quota = RetryQuota()
    assert quota.take(5)
    quota.give_back(14)
    assert quota.available == quota.capacity == retries.QUOTA_CAPACITY == 500


def test_a_quota_pickles_with_its_state() -> None:
    """A pickled quota keeps its tokens, and the copy counts independently."""
    quota = RetryQuota()
    quota.take(14)
    twin: RetryQuota = pickle.loads(pickle.dumps(quota))
    assert (twin.available, twin.capacity) == (486, 500)
    quota.take(14)
    assert twin.available == 486
