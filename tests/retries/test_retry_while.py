"""retry_while and ThrottleRetry: number of attempts, delays, and outcome."""

import asyncio
import math
from collections.abc import Awaitable, Callable
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.virtual_time import VirtualClock, run_in_virtual_time
from wsclient._core.clock import TimeSource
from wsclient.errors import ConnectError, ThrottlingException, WsclientError
from wsclient.retries._retrying import MAX_BACKOFF, MAX_THROTTLED_SECONDS, ThrottleRetry, retry_while


class Scripted:
    """An attempt with scripted outcomes, and the delays that follow them."""

    def __init__(self, outcomes: list[int | Exception], delays: list[float | None]) -> None:
        self._outcomes = iter(outcomes)
        self._delays = iter(delays)
        self.attempts = 0
        self.slept: list[float] = []
        self.judged: list[tuple[int, int | WsclientError]] = []

    async def attempt(self) -> int:
        """Return or raise the next outcome."""
        self.attempts += 1
        outcome = next(self._outcomes)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def next_delay(self, number: int, outcome: int | WsclientError) -> float | None:
        """Return the next delay."""
        self.judged.append((number, outcome))
        return next(self._delays)

    async def sleep(self, seconds: float) -> None:
        """Record the delay."""
        self.slept.append(seconds)

    async def run(self, attempt: Callable[[], Awaitable[int]] | None = None) -> int:
        """Run the loop."""
        return await retry_while(attempt or self.attempt, next_delay=self.next_delay, sleep=self.sleep)


OUTCOMES = st.one_of(st.integers(), st.builds(ConnectError, st.just("refused")))


@given(
    outcomes=st.lists(OUTCOMES, min_size=1, max_size=8),
    delays=st.lists(st.floats(0, 60), min_size=8, max_size=8),
    is_plain=st.booleans(),
)
def test_each_outcome_is_classified_once_and_the_last_returned(
    outcomes: list[int | Exception], delays: list[float], is_plain: bool
) -> None:
    """Each outcome is judged once, with its attempt's number, and the last is returned or raised."""
    script = Scripted(outcomes, [*delays[: len(outcomes) - 1], None])
    run = script.run((lambda: script.attempt()) if is_plain else None)  # noqa: PLW0108 - no coroutine function
    last = outcomes[-1]
    if isinstance(last, Exception):
        with pytest.raises(ConnectError) as caught:
            asyncio.run(run)
        assert caught.value is last
    else:
        assert asyncio.run(run) == last
    assert script.attempts == len(outcomes)
    assert script.judged == list(enumerate(outcomes, 1))
    assert script.slept == [delay for delay in delays[: len(outcomes) - 1] if delay > 0]


@pytest.mark.parametrize("before", [0, 1, 3])
def test_other_exceptions_end_the_retry_loop(before: int) -> None:
    """An exception that is not a WsclientError is raised unchanged, without a retry."""
    script = Scripted([*range(before), KeyError("bug")], [0.0] * 9)
    with pytest.raises(KeyError):
        asyncio.run(script.run())
    assert len(script.judged) == before


def test_cancelled_pause_ends_the_retry_loop() -> None:
    """Cancellation during a pause makes no further attempt."""
    script = Scripted([1, 2], [1.0, None])

    async def cancelled(_: float) -> None:
        raise asyncio.CancelledError

    script.sleep = cancelled  # type: ignore[method-assign, assignment]
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(script.run())
    assert script.attempts == 1


def test_throttled_reads_end_after_ten_minutes_with_bounded_pauses() -> None:
    """A read that is always throttled fails with AWS's error; every pause is positive and within the maximum."""

    async def scene() -> None:
        clock = VirtualClock()
        slept: list[float] = []

        async def sleep(seconds: float) -> None:
            slept.append(seconds)
            await asyncio.sleep(seconds)

        async def read() -> int:
            raise ThrottlingException("Rate exceeded", code="ThrottlingException", status=400)

        started = clock.monotonic()
        with pytest.raises(ThrottlingException):
            await ThrottleRetry(TimeSource(clock=clock, sleep=sleep, random=lambda: 0.999)).read(read)
        assert MAX_THROTTLED_SECONDS <= clock.monotonic() - started <= MAX_THROTTLED_SECONDS + MAX_BACKOFF
        assert slept == sorted(slept)
        assert 0.5 <= min(slept) <= max(slept) <= MAX_BACKOFF

    run_in_virtual_time(scene())


def test_throttled_read_waits_for_longer_while_others_succeed() -> None:
    """A read among many may wait for its turn for hours: it fails only when none has succeeded for ten minutes."""

    async def scene() -> None:
        clock = VirtualClock()
        retry = ThrottleRetry(TimeSource(clock=clock, sleep=asyncio.sleep, random=lambda: 0.5))

        async def read_after(seconds: float) -> float:
            if clock.monotonic() < seconds:
                raise ThrottlingException("Rate exceeded", code="ThrottlingException", status=400)
            return seconds

        moments = [MAX_THROTTLED_SECONDS * number * 0.9 for number in range(1, 10)]
        assert await asyncio.gather(*[retry.read(partial(read_after, moment)) for moment in moments]) == moments
        with pytest.raises(ThrottlingException):
            await retry.read(partial(read_after, math.inf))

    run_in_virtual_time(scene())
