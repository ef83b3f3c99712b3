"""Bounded concurrent async generators: they work ahead of their consumer by a fixed limit, and cancel what is left.

A generator that is closed early leaves no task behind.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import aclosing
from typing import TYPE_CHECKING, Final, TypeVar

from wsclient._core.event_loops import running_loop

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Collection, Coroutine, Iterable

T = TypeVar("T")
ResultT = TypeVar("ResultT")

MAX_HELD_BATCHES: Final = 20
"""Items that rebatch holds back at most, in multiples of the batch size."""


async def prefetch(
    source: AsyncGenerator[T], work: Callable[[T], Coroutine[object, object, ResultT]], depth: int
) -> AsyncGenerator[ResultT]:
    """Yield the results of work for each item in the items' order, while work for the next items runs.

    depth is the number of items in work besides the one whose result is next. The first error, in that order, is
    raised and cancels the rest.
    """
    tasks: deque[asyncio.Task[ResultT]] = deque()
    try:
        async with aclosing(source):
            async for item in source:
                tasks.append(asyncio.create_task(work(item)))
                if len(tasks) > depth:
                    yield await tasks.popleft()
        while tasks:
            yield await tasks.popleft()
    finally:
        await cancel_all(tasks)


async def rebatch(source: AsyncGenerator[list[T]], counts: Callable[[T], bool], size: int) -> AsyncGenerator[list[T]]:
    """Regroup a stream of lists, so that each list contains as many items that count as one call accepts.

    The order of the items is kept. Items that do not count are held back until enough items count, but no more than
    MAX_HELD_BATCHES times the size.
    """
    held: list[T] = []
    counted = 0
    async with aclosing(source):
        async for items in source:
            if not held and sum(map(counts, items)) == size:  # most pages are one batch already
                yield items
                continue
            for item in items:
                held.append(item)
                counted += counts(item)
                if counted == size:
                    yield held
                    held, counted = [], 0
            # Without this bound, a stream with few items that count would be held in memory as a whole.
            if held and (not counted or len(held) >= MAX_HELD_BATCHES * size):
                yield held
                held, counted = [], 0
    if held:
        yield held


async def merge(sources: Iterable[AsyncGenerator[T]], *, max_concurrent: int, max_waiting: int) -> AsyncGenerator[T]:
    """Yield the items of several generators as they arrive; an error of one cancels the others.

    At most max_concurrent generators run at a time, and at most max_waiting items wait for the consumer.
    """
    loop, sources = running_loop(), list(sources)
    if len(sources) == 1:  # as it comes, without a task and a queue between
        async with aclosing(sources[0]) as only:
            async for single in only:
                yield single
        return
    queue: asyncio.Queue[T | _Ended] = asyncio.Queue(max_waiting)
    slots = asyncio.Semaphore(max_concurrent)

    async def run(source: AsyncGenerator[T]) -> None:
        error: Exception | None = None
        try:
            async with slots, aclosing(source):
                async for item in source:
                    await queue.put(item)
        except Exception as raised:  # noqa: BLE001 - the consumer raises it
            error = raised
        await queue.put(_Ended(error))

    tasks = [loop.create_task(run(source)) for source in sources]
    try:
        running = len(tasks)
        while running:
            item = await queue.get()
            if not isinstance(item, _Ended):
                yield item
            elif item.error is not None:
                raise item.error
            else:
                running -= 1
    finally:
        await cancel_all(tasks)


class _Ended:
    """Marker in the queue for the end of a generator, with its error if it failed."""

    def __init__(self, error: Exception | None) -> None:
        self.error = error


async def cancel_all(tasks: Collection[asyncio.Task[ResultT]]) -> None:
    """Cancel tasks and wait until all have ended; their results and errors are discarded."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
