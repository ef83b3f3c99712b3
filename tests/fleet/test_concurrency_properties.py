"""Properties of read-ahead streams: no item lost or repeated, order and bounds kept, no leftover tasks."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import aclosing
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.clean_run import turns
from wsclient.fleet._concurrency import MAX_HELD_BATCHES, merge, prefetch, rebatch

T = TypeVar("T")

DELAYS = st.lists(st.integers(0, 4), max_size=20)
"""How many turns of the loop each item takes."""
LISTS = st.lists(st.lists(st.booleans(), max_size=12), max_size=40)
"""Lists of items, of which some count."""


async def _stream(items: list[T], closed: list[bool] | None = None) -> AsyncGenerator[T]:
    try:
        for item in items:
            await turns(1)
            yield item
    finally:
        if closed is not None:
            closed.append(True)


def _run(main: Callable[[], Coroutine[object, object, None]]) -> None:
    async def whole() -> None:
        await main()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(whole())


@given(delays=DELAYS, depth=st.integers(0, 4))
def test_read_ahead_keeps_order_and_concurrency_limit(delays: list[int], depth: int) -> None:
    """Results have the order of the items for any durations, and concurrency stays within the bound."""

    async def main() -> None:
        working, most = 0, 0

        async def work(item: tuple[int, int]) -> int:
            nonlocal working, most
            working += 1
            most = max(most, working)
            await turns(item[1])
            working -= 1
            return item[0]

        results = [number async for number in prefetch(_stream(list(enumerate(delays))), work, depth)]
        assert results == list(range(len(delays)))
        assert most <= depth + 1

    _run(main)


@given(delays=DELAYS, depth=st.integers(0, 4), bad=st.integers(0, 19), read=st.integers(0, 19))
def test_read_ahead_ends_at_the_first_error(delays: list[int], depth: int, bad: int, read: int) -> None:
    """Results before the first error are returned; afterwards no work continues and the source is closed."""

    async def main() -> None:
        closed: list[bool] = []

        async def work(item: tuple[int, int]) -> int:
            await turns(item[1])
            if item[0] >= bad:
                raise ValueError(item[0])
            return item[0]

        results: list[int] = []
        raised: ValueError | None = None
        try:
            async with aclosing(prefetch(_stream(list(enumerate(delays)), closed), work, depth)) as stream:
                async for number in stream:
                    results.append(number)
                    if len(results) > read:
                        break
        except ValueError as error:
            raised = error
        is_bad = bad < len(delays) and bad <= read
        assert len(results) == (bad if is_bad else min(len(delays), read + 1))
        assert raised is None or (is_bad and raised.args == (bad,))
        assert (raised is not None) == is_bad
        assert closed == [True]
        assert results == list(range(len(results)))

    _run(main)


@given(lists=LISTS, size=st.integers(1, 5))
def test_filled_batches_lose_no_item(lists: list[list[bool]], size: int) -> None:
    """Items keep their order; a list holds as many that count as a call takes, unless too many wait with them."""

    async def main() -> None:
        given_items = [(number, counts) for number, counts in enumerate(item for items in lists for item in items)]
        rest = iter(given_items)
        source = [[next(rest) for _ in items] for items in lists]
        found = [items async for items in rebatch(_stream(source), lambda item: item[1], size)]
        assert [item for items in found for item in items] == given_items
        for number, items in enumerate(found):
            counted = sum(counts for _, counts in items)
            assert counted <= size
            is_last = not any(counts for later in found[number + 1 :] for _, counts in later)
            assert counted in {0, size} or is_last or len(items) >= MAX_HELD_BATCHES * size
            assert len(items) < MAX_HELD_BATCHES * size + 12

    _run(main)


@given(sources=st.lists(DELAYS, max_size=6), at_once=st.integers(1, 4), waiting=st.integers(1, 4))
def test_merged_streams_yield_every_item_in_order(sources: list[list[int]], at_once: int, waiting: int) -> None:
    """Each stream's items come once and in its order, whatever the others do."""

    async def main() -> None:
        streams = [_stream([(number, index) for index in range(len(source))]) for number, source in enumerate(sources)]
        found = [item async for item in merge(streams, max_concurrent=at_once, max_waiting=waiting)]
        assert len(found) == sum(map(len, sources))
        for number, each in enumerate(sources):
            assert [index for source, index in found if source == number] == list(range(len(each)))

    _run(main)


@given(at=st.integers(0, 8), remaining=st.integers(0, 4))
def test_merged_streams_end_at_the_first_error(at: int, remaining: int) -> None:
    """An error of a stream is raised after the items before it, and closes the other streams."""

    async def main() -> None:
        closed: list[bool] = []

        async def failing() -> AsyncGenerator[int]:
            for number in range(at):
                yield number
            raise ValueError("broken")

        endless = [_stream(list(range(1000)), closed) for _ in range(remaining)]
        with pytest.raises(ValueError, match="broken"):
            async for _ in merge([failing(), *endless], max_concurrent=5, max_waiting=2):
                pass
        assert len(closed) == remaining

    _run(main)


@given(read=st.integers(1, 10))
def test_leaving_merged_streams_closes_them(read: int) -> None:
    """Leaving early closes all streams."""

    async def main() -> None:
        closed: list[bool] = []
        streams = [_stream(list(range(100)), closed) for _ in range(3)]
        async with aclosing(merge(streams, max_concurrent=2, max_waiting=2)) as items:
            for _ in range(read):
                await anext(items)
        assert len(closed) in {2, 3}

    _run(main)
