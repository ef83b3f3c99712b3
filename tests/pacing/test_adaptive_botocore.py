"""botocore's adaptive mode as oracle: the same responses at the same times give the same rate and tokens."""

from importlib import import_module
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from wsclient.pacing._adaptive import AdaptiveRateLimit

adaptive: Any = import_module("botocore.retries.adaptive")
bucket: Any = import_module("botocore.retries.bucket")
throttling: Any = import_module("botocore.retries.throttling")


class Clock:
    """A clock that both sides go by; waiting lets its time pass."""

    def __init__(self, now: float) -> None:
        self.now = now

    def current_time(self) -> float:
        """Return the time."""
        return self.now


class Detector:
    """Detector that returns whether the test's response is throttled."""

    def is_throttling_error(self, **options: Any) -> bool:
        """Return what the test says."""
        return bool(options["throttled"])


def oracle_at(clock: Clock) -> Any:
    """Return botocore's limiter, wired as botocore's client wires it."""
    return adaptive.ClientRateLimiter(
        rate_adjustor=throttling.CubicCalculator(starting_max_rate=0, start_time=clock.now),
        rate_clocker=adaptive.RateClocker(clock),
        token_bucket=bucket.TokenBucket(max_rate=1, clock=clock),
        throttling_detector=Detector(),
        clock=clock,
    )


@settings(max_examples=200)
@given(
    start=st.floats(0, 1e6),
    answers=st.lists(st.tuples(st.floats(0, 5), st.booleans(), st.booleans()), min_size=1, max_size=60),
)
def test_adaptive_rate_and_tokens_equal_botocores(start: float, answers: list[tuple[float, bool, bool]]) -> None:
    """After any sequence of sendings and answers both allow the same rate and burst, and have the same tokens."""
    clock = Clock(start)
    oracle, ours = oracle_at(clock), AdaptiveRateLimit(start)
    reference = oracle._token_bucket
    for pause, throttled, sends in answers:
        clock.now += pause
        if sends and ours.bucket is not None:
            reference._refill()
            may_go = reference._current_capacity >= 1
            if may_go:
                reference.acquire()
            assert ours.bucket.take(clock.now) is may_go
        oracle.on_receiving_response(throttled=throttled)
        ours.record_response(clock.now, sent_at=clock.now, throttled=throttled)
        assert ours.measured_rate == oracle._rate_clocker.measured_rate
        assert (ours.bucket is not None) is oracle._enabled
        assert ours._bucket.rate == reference.max_rate
        assert ours._bucket.burst == reference.max_capacity
        assert abs(ours._bucket.tokens - reference.available_capacity) < 1e-9


def test_adaptive_delay_equals_botocores() -> None:
    """When the limit is active, the delay equals botocore's sleep."""
    clock = Clock(100.0)
    oracle, ours = oracle_at(clock), AdaptiveRateLimit(100.0)
    for step in range(20):
        clock.now += 0.1
        oracle.on_receiving_response(throttled=step % 7 == 6)
        ours.record_response(clock.now, sent_at=clock.now, throttled=step % 7 == 6)
    assert ours.bucket is not None
    while ours.bucket.take(clock.now):
        oracle._token_bucket.acquire()
    assert ours.bucket.seconds_until(1, clock.now) == oracle._token_bucket._sleep_amount(1)
