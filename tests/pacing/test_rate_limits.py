"""Token bucket and rate limits in isolation: arithmetic on given times."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsclient.errors import ConfigurationError
from wsclient.pacing import Pace
from wsclient.pacing._rate_limits import FixedRateLimit, LearnedRateLimit
from wsclient.pacing._token_bucket import TokenBucket


@given(
    rate=st.floats(0.1, 100),
    burst=st.integers(1, 20),
    steps=st.lists(st.floats(0, 3), max_size=80),
)
def test_token_bucket_never_exceeds_burst_and_rate(rate: float, burst: int, steps: list[float]) -> None:
    """Between any two moments no more calls go than the burst and what the rate brings in between."""
    bucket = TokenBucket(rate, burst, now=0.0, tokens=burst)
    now, went = 0.0, [0.0]
    went.clear()
    for step in steps:
        now += step
        while bucket.take(now):
            went.append(now)
    for first in range(len(went)):
        for last in range(first, len(went)):
            assert last - first + 1 <= burst + (went[last] - went[first]) * rate + 1e-6


@given(rate=st.floats(0.1, 100), tokens=st.floats(0, 0.999), wanted=st.integers(1, 5))
def test_seconds_until_is_exact(rate: float, tokens: float, wanted: int) -> None:
    """After seconds_until() the tokens can be taken, and just before they cannot."""
    bucket = TokenBucket(rate, 5, now=0.0, tokens=tokens)
    seconds = bucket.seconds_until(wanted, 0.0)
    early = TokenBucket(rate, 5, now=0.0, tokens=tokens)
    assert not early.take(seconds * 0.999, wanted)
    assert bucket.take(seconds, wanted)


def test_clock_step_back_adds_no_tokens() -> None:
    """A step back adds nothing, and what came in stays."""
    bucket = TokenBucket(1, 5, now=100.0, tokens=0.0)
    bucket.fill(102.0)
    bucket.fill(50.0)
    assert bucket.tokens == 2
    bucket.fill(103.0)
    assert bucket.tokens == 3


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"rate": 0}, "Pace.rate must be a positive number of calls per second, not 0"),
        ({"rate": -1.5}, "Pace.rate must be .* not -1.5"),
        ({"rate": float("inf")}, "Pace.rate must be .* not inf"),
        ({"rate": float("nan")}, "Pace.rate must be .* not nan"),
        ({"rate": True}, "Pace.rate must be .* not True"),
        ({"rate": "2"}, "Pace.rate must be .* not '2'"),
        ({"burst": 0}, "Pace.burst must be a whole number of calls, at least 1, not 0"),
        ({"burst": 2.5}, "Pace.burst must be .* not 2.5"),
    ],
)
def test_invalid_pace_is_rejected(settings: dict[str, float], words: str) -> None:
    """A rate or burst that makes no sense is an error that names it."""
    with pytest.raises(ConfigurationError, match=words):
        Pace(**settings)  # type: ignore[arg-type]  # what an untyped caller may give


def test_pace_defaults_to_the_documented_limit() -> None:
    """Pace() is AWS's documented 2 calls per second with a burst of 5; both can be positional."""
    assert Pace() == Pace(2, 5) == Pace(rate=2.0, burst=5)


def test_fixed_limit_is_unchanged_by_throttling() -> None:
    """A throttled response empties a fixed limit, and leaves rate and burst unchanged."""
    limit = FixedRateLimit(Pace(2, 5), 0.0)
    limit.record_response(0.0, sent_at=0.0, throttled=True)
    assert (limit.bucket.rate, limit.bucket.burst, limit.bucket.tokens) == (2, 5, 0)
    assert limit.cost(is_last_attempt=True) == 1


def test_learned_limit_starts_at_the_first_throttling() -> None:
    """Successes alone never limit; a throttled response sets the documented rate with an empty bucket."""
    limit = LearnedRateLimit(0.0)
    for step in range(5):
        limit.record_response(step * 0.1, sent_at=step * 0.1, throttled=False)
    runs_free = limit.bucket is None
    limit.record_response(0.6, sent_at=0.5, throttled=True)
    bucket = limit.bucket
    assert runs_free
    assert bucket is not None
    assert (bucket.rate, bucket.burst, bucket.tokens) == (2, 5, 0)


def test_learned_limit_keeps_most_of_an_observed_high_rate() -> None:
    """After ten seconds at 40 calls a second a throttling answer leaves most of that."""
    limit = LearnedRateLimit(0.0)
    for step in range(400):
        limit.record_response(step * 0.025, sent_at=step * 0.025, throttled=False)
    limit.record_response(10.0, sent_at=9.9, throttled=True)
    assert limit.bucket is not None
    assert 26 < limit.bucket.rate < 30


def test_concurrent_throttling_lowers_the_rate_once() -> None:
    """A burst of throttled calls that were under way together lowers the rate once."""
    limit = LearnedRateLimit(0.0)
    for _ in range(10):
        limit.record_response(0.1, sent_at=0.0, throttled=True)
    assert limit.bucket is not None
    assert limit.bucket.rate == 2
    limit.record_response(1.0, sent_at=0.9, throttled=True)
    lower = limit.bucket.rate
    assert lower < 2
    limit.record_response(1.1, sent_at=0.9, throttled=True)
    assert limit.bucket.rate == lower


def test_learned_rate_has_a_minimum() -> None:
    """However much is throttled, a call every ten seconds is let through."""
    limit = LearnedRateLimit(0.0)
    for step in range(100):
        limit.record_response(step + 0.5, sent_at=step + 0.4, throttled=True)
    assert limit.bucket is not None
    assert limit.bucket.rate == 0.1


def test_learned_rate_rises_only_under_load() -> None:
    """The learned rate rises only under load: a success per minute is no evidence."""
    limit = LearnedRateLimit(0.0)
    limit.record_response(0.1, sent_at=0.0, throttled=True)
    for minute in range(1, 60):
        limit.record_response(minute * 60.0, sent_at=minute * 60 - 0.1, throttled=False)
    assert limit.bucket is not None
    assert limit.bucket.rate == 2


def test_last_attempt_takes_more_tokens_while_the_rate_rises() -> None:
    """While a higher rate is tried, a call's last attempt takes more tokens than an attempt that can be retried."""
    limit = LearnedRateLimit(0.0)
    assert limit.cost(is_last_attempt=True) == 1
    limit.record_response(0.0, sent_at=0.0, throttled=True)
    now = 0.0
    while limit.bucket is not None and limit.bucket.rate == 2:
        now += 0.5
        limit.record_response(now, sent_at=now - 0.1, throttled=False)
    assert limit.bucket is not None
    assert limit.bucket.rate == 4
    assert limit.cost(is_last_attempt=True) == 4
    assert limit.cost(is_last_attempt=False) == 1
