"""Work that runs ahead of who reads its results, by no more than was said; closed early, it leaves nothing behind."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import aclosing
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Collection, Coroutine, Iterable

T = TypeVar("T")
ResultT = TypeVar("ResultT")

MOST_HELD: Final = 20
"""Lists' worth of items that wait for the rest of a list."""


async def prefetch(
    source: AsyncGenerator[T], work: Callable[[T], Coroutine[object, object, ResultT]], depth: int
) -> AsyncGenerator[ResultT]:
    """Do the work on each item and give the results in the items' order, that of the next ones while one is read.

    depth is how many are worked on besides the one whose result is next. The first error, in that order, ends it.
    """
    working: deque[asyncio.Task[ResultT]] = deque()
    try:
        async with aclosing(source):
            async for item in source:
                working.append(asyncio.create_task(work(item)))
                if len(working) > depth:
                    yield await working.popleft()
        while working:
            yield await working.popleft()
    finally:
        await cancel_all(working)


async def rebatch(source: AsyncGenerator[list[T]], counts: Callable[[T], bool], size: int) -> AsyncGenerator[list[T]]:
    """Cut a stream of lists anew, so that each list holds as many items that count as a call takes.

    Their order stays. Items that do not count are held back for ones that do, but MOST_HELD times as many at most.
    """
    held: list[T] = []
    counted = 0
    async with aclosing(source):
        async for items in source:
            for item in items:
                held.append(item)
                counted += counts(item)
                if counted == size:
                    yield held
                    held, counted = [], 0
            if held and (not counted or len(held) >= MOST_HELD * size):
                yield held
                held, counted = [], 0
    if held:
        yield held


async def merge(sources: Iterable[AsyncGenerator[T]], *, at_once: int, waiting: int) -> AsyncGenerator[T]:
    """Give what several streams give as it comes; an error of one ends the others.

    No more than at_once are read, and no more than waiting items wait for who reads them here.
    """
    queue: asyncio.Queue[T | _Ended] = asyncio.Queue(waiting)
    places = asyncio.Semaphore(at_once)

    async def run(source: AsyncGenerator[T]) -> None:
        error: Exception | None = None
        try:
            async with places, aclosing(source):
                async for item in source:
                    await queue.put(item)
        except Exception as raised:  # noqa: BLE001 - who reads raises it
            error = raised
        await queue.put(_Ended(error))

    running = [asyncio.create_task(run(source)) for source in sources]
    try:
        left = len(running)
        while left:
            item = await queue.get()
            if not isinstance(item, _Ended):
                yield item
            elif item.error is not None:
                raise item.error
            else:
                left -= 1
    finally:
        await cancel_all(running)


class _Ended:
    """Says that a stream has ended, and how."""

    def __init__(self, error: Exception | None) -> None:
        self.error = error


async def cancel_all(tasks: Collection[asyncio.Task[ResultT]]) -> None:
    """Cancel tasks and wait until they have ended, however they do."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
