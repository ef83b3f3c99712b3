"""Rate limit queue: order, priorities, deadlines, cancellation, other event loops and threads; in virtual time."""

import asyncio
import os
import threading

import pytest

from tests.support.virtual_time import VirtualClock, VirtualTimeLoop, run_in_virtual_time
from wsclient._core.clock import SYSTEM_CLOCK
from wsclient.errors import PaceTimeoutError
from wsclient.pacing import Pace
from wsclient.pacing._queue import BACKGROUND_DELAY, RateLimitQueue
from wsclient.pacing._rate_limits import FixedRateLimit, LearnedRateLimit


def _queue(rate: float = 2, burst: int = 1) -> RateLimitQueue:
    clock = VirtualClock()
    return RateLimitQueue(FixedRateLimit(Pace(rate, burst), clock.monotonic()), clock)


def test_calls_proceed_in_order_at_the_rate() -> None:
    """Calls proceed in order of arrival, one every half second, and none waits longer than that requires."""

    async def main() -> list[tuple[int, float]]:
        queue, went = _queue(), list[tuple[int, float]]()

        async def call(number: int) -> None:
            await queue.acquire()
            went.append((number, asyncio.get_running_loop().time()))

        await asyncio.gather(*(call(number) for number in range(20)))
        assert queue.waiting == 0
        return went

    went = run_in_virtual_time(main())
    assert [number for number, _ in went] == list(range(20))
    assert [at for _, at in went] == pytest.approx([number * 0.5 for number in range(20)], abs=1e-4)


def test_background_calls_yield_for_a_limited_time() -> None:
    """Interactive calls precede background calls, until a background call has waited too long."""

    async def main() -> list[str]:
        queue, went = _queue(rate=1), list[str]()

        async def call(name: str, *, background: bool = False) -> None:
            await queue.acquire(priority="background" if background else "interactive")
            went.append(name)

        await queue.acquire()
        polls = [asyncio.create_task(call(f"poll {number}", background=True)) for number in range(2)]
        await asyncio.sleep(0)
        calls: list[asyncio.Task[None]] = []
        for second in range(60):
            calls.append(asyncio.create_task(call(f"call {second}")))
            await asyncio.sleep(1)
        await asyncio.gather(*polls, *calls)
        return went

    went = run_in_virtual_time(main())
    assert went.index("call 5") < went.index("poll 0")
    assert went.index("poll 0") < went.index("poll 1") < went.index(f"call {BACKGROUND_DELAY + 5:.0f}")
    assert len(went) == 62


def test_wait_beyond_the_deadline_fails_immediately() -> None:
    """With 2 s left, a call that would wait 5 s fails without waiting, and takes no place in the queue."""

    async def main() -> None:
        queue = _queue(rate=1)
        await queue.acquire()
        waiting = [asyncio.create_task(queue.acquire()) for _ in range(4)]
        await asyncio.sleep(0)
        words = r"of 1 calls per second would delay the attempt by 5\.0 s, but only 2\.0 s"
        with pytest.raises(PaceTimeoutError, match=words):
            await queue.acquire(time_left=lambda: 2.0)
        assert asyncio.get_running_loop().time() == 0
        assert queue.waiting == 4
        await queue.acquire(time_left=lambda: 6.0)
        await asyncio.gather(*waiting)

    run_in_virtual_time(main())


def test_cancelled_wait_does_not_delay_other_calls() -> None:
    """Calls cancelled while waiting leave the queue, and the others proceed as if these had never waited."""

    async def main() -> None:
        queue = _queue(rate=1)
        await queue.acquire()
        waiting = [asyncio.create_task(queue.acquire()) for _ in range(10)]
        await asyncio.sleep(0.5)
        for number in (0, 3, 4, 9):
            waiting[number].cancel()
        outcomes = await asyncio.gather(*waiting, return_exceptions=True)
        assert sum(isinstance(outcome, asyncio.CancelledError) for outcome in outcomes) == 4
        assert asyncio.get_running_loop().time() == pytest.approx(6, abs=1e-3)
        assert queue.waiting == 0

    run_in_virtual_time(main())


def test_rising_rate_speeds_up_waiting_calls() -> None:
    """When the learned rate limit rises, calls that already wait proceed faster."""

    async def main() -> float:
        clock = VirtualClock()
        queue = RateLimitQueue(LearnedRateLimit(0.0), clock)
        queue.record_response(sent_at=0.0, throttled=True)

        async def call() -> None:
            at, _ = await queue.acquire()
            await asyncio.sleep(0.01)
            queue.record_response(sent_at=at, throttled=False)

        await asyncio.gather(*(call() for _ in range(200)))
        return clock.monotonic()

    assert run_in_virtual_time(main()) < 15  # at 2 a second it would be 100


def test_call_of_a_stopped_loop_is_overtaken() -> None:
    """Calls of other loops overtake a call whose event loop is stopped; it proceeds when its loop runs again."""
    queue = RateLimitQueue(FixedRateLimit(Pace(50, 1), SYSTEM_CLOCK.monotonic()), SYSTEM_CLOCK)
    stopped, running = asyncio.new_event_loop(), asyncio.new_event_loop()

    async def begin() -> asyncio.Task[tuple[float, bool]]:
        await queue.acquire()
        task = asyncio.create_task(queue.acquire())
        await asyncio.sleep(0)
        return task

    left_behind = stopped.run_until_complete(begin())
    assert queue.waiting == 1
    for _ in range(3):
        running.run_until_complete(queue.acquire())
    assert stopped.run_until_complete(left_behind)[1]
    assert queue.waiting == 0
    stopped.close()
    running.close()


def test_threads_share_one_pacing_queue() -> None:
    """Calls from four threads share one queue and one rate, and each proceeds."""
    queue = RateLimitQueue(FixedRateLimit(Pace(200, 1), SYSTEM_CLOCK.monotonic()), SYSTEM_CLOCK)
    went: list[float] = []

    async def calls() -> None:
        went.extend([(await queue.acquire())[0] for _ in range(5)])

    threads = [threading.Thread(target=asyncio.run, args=(calls(),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(went) == 20
    assert max(went) - min(went) >= 19 / 200 - 1e-3


@pytest.mark.skipif(not hasattr(os, "fork"), reason="fork is of Unix")
@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_forked_child_starts_with_an_empty_queue() -> None:
    """A child begins with an empty queue and an open lock, whatever its parent was doing."""
    loop = VirtualTimeLoop()

    async def begin() -> tuple[RateLimitQueue, asyncio.Task[tuple[float, bool]]]:
        queue = _queue()
        await queue.acquire()
        task = asyncio.create_task(queue.acquire())
        await asyncio.sleep(0)
        return queue, task

    queue, task = loop.run_until_complete(begin())
    with queue._lock:
        child = os.fork()
        if child == 0:
            os._exit(0 if queue.available() is not None and queue.waiting == 0 else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert queue.waiting == 1
    loop.run_until_complete(task)
    loop.close()
