"""Event loops that are busy while their call is at the head of a rate limit queue: other calls overtake it."""

import asyncio
import threading
from collections.abc import Callable

from tests.support.virtual_time import VirtualClock, VirtualTimeLoop
from wsclient._core.clock import SYSTEM_CLOCK
from wsclient.pacing import Pace
from wsclient.pacing._queue import BUSY_SECONDS, RECHECK_SECONDS, RateLimitQueue
from wsclient.pacing._rate_limits import FixedRateLimit

RATE = 2


def _beside_a_busy_loop(calls: int, load: Callable[[RateLimitQueue, VirtualTimeLoop], None]) -> RateLimitQueue:
    """Run others in virtual time while another loop, whose calls are at the head of the queue, is busy."""
    running = VirtualTimeLoop()
    clock = VirtualClock(running)
    queue = RateLimitQueue(FixedRateLimit(Pace(RATE, 1), clock.monotonic()), clock)
    is_waiting, may_go_on = threading.Event(), threading.Event()

    async def busy() -> None:
        await queue.acquire()
        waiting = [asyncio.create_task(queue.acquire()) for _ in range(calls)]
        await asyncio.sleep(0)
        is_waiting.set()
        may_go_on.wait(60)  # what an endless computation does to its loop
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    thread = threading.Thread(target=asyncio.run, args=(busy(),))
    thread.start()
    try:
        assert is_waiting.wait(60)
        load(queue, running)
    finally:
        may_go_on.set()
        thread.join()
        running.close()
    return queue


def test_calls_of_other_loops_overtake_a_busy_loop() -> None:
    """Calls of another loop go at the rate, after the busy loop's first call has let its permit pass once."""
    went: list[float] = []

    def others(queue: RateLimitQueue, loop: VirtualTimeLoop) -> None:
        async def call() -> None:
            await queue.acquire()
            went.append(loop.time())

        async def all_calls() -> None:
            await asyncio.gather(*(call() for _ in range(6)))

        loop.run_until_complete(all_calls())

    queue = _beside_a_busy_loop(20, others)
    slack = BUSY_SECONDS + 2 * RECHECK_SECONDS
    assert went == sorted(went)
    assert went[0] <= 1 / RATE + slack
    assert went[-1] <= 6 / RATE + slack + 0.01
    assert queue.waiting == 0


def test_responsive_loop_keeps_its_place() -> None:
    """A call that takes its permit when it is due keeps its place before those of other loops."""
    loop = VirtualTimeLoop()
    clock = VirtualClock(loop)
    queue = RateLimitQueue(FixedRateLimit(Pace(RATE, 1), clock.monotonic()), clock)

    async def main() -> None:
        await queue.acquire()
        first = asyncio.create_task(queue.acquire())
        await asyncio.sleep(0)
        second = asyncio.create_task(queue.acquire())
        assert (await first)[0] < (await second)[0]

    loop.run_until_complete(main())
    loop.close()


def test_overtaken_call_keeps_its_place_in_the_queue() -> None:
    """When the busy loop is free again, its call keeps its place in the queue and gets its permit."""
    queue = RateLimitQueue(FixedRateLimit(Pace(50, 1), SYSTEM_CLOCK.monotonic()), SYSTEM_CLOCK)
    is_waiting, may_go_on = threading.Event(), threading.Event()
    permits: list[tuple[float, bool]] = []

    async def busy() -> None:
        await queue.acquire()
        task = asyncio.create_task(queue.acquire())
        await asyncio.sleep(0)
        is_waiting.set()
        may_go_on.wait(60)
        permits.append(await task)

    thread = threading.Thread(target=asyncio.run, args=(busy(),))
    thread.start()
    assert is_waiting.wait(60)

    async def others() -> None:
        assert queue.waiting == 1
        await queue.acquire()
        may_go_on.set()
        await asyncio.gather(*(queue.acquire() for _ in range(3)))

    asyncio.run(others())
    thread.join()
    assert permits[0][1]
    assert queue.waiting == 0
