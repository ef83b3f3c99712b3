"""Listings: one page, all items, all pages, and the ways a listing can go wrong."""

import asyncio
from dataclasses import dataclass, field

import pytest

from wsclient._client.pagination import MAX_EMPTY_PAGES, Paginator
from wsclient._core.errors import PaginationError


@dataclass
class _Page:
    items: list[int]
    token: str | None = None


@dataclass
class _Service:
    pages: dict[str | None, _Page]
    requested: list[str | None] = field(default_factory=list)

    async def fetch(self, token: str | None) -> _Page:
        self.requested.append(token)
        return self.pages[token]

    def listing(self) -> Paginator[_Page, int]:
        return Paginator("List", self.fetch, lambda page: page.items, lambda page: page.token)


def _three() -> _Service:
    return _Service({None: _Page([1, 2], "a"), "a": _Page([], "b"), "b": _Page([3])})


def test_awaiting_gives_one_page() -> None:
    """Awaiting a paginator, or first_page(), fetches one page."""

    async def main() -> None:
        service = _three()
        assert (await service.listing()).items == [1, 2]
        assert (await service.listing().first_page()).items == [1, 2]
        assert service.requested == [None, None]

    asyncio.run(main())


def test_iterating_gives_every_item_of_every_page() -> None:
    """Items come in order, an empty page in the middle does not end the listing."""

    async def main() -> None:
        service = _three()
        assert [item async for item in service.listing()] == [1, 2, 3]
        assert service.requested == [None, "a", "b"]
        assert await service.listing().collect() == [1, 2, 3]
        assert [page.items async for page in service.listing().pages()] == [[1, 2], [], [3]]

    asyncio.run(main())


def test_paginator_can_be_iterated_twice() -> None:
    """One paginator can be iterated twice."""

    async def main() -> None:
        listing = _three().listing()
        assert await listing.collect() == await listing.collect()

    asyncio.run(main())


def test_leaving_at_the_first_item_fetches_one_page() -> None:
    """Leaving the loop at the first item fetches one page."""

    async def main() -> None:
        service = _three()
        async for _ in service.listing():
            break
        assert service.requested == [None]

    asyncio.run(main())


def test_next_page_is_prefetched_while_a_page_is_read() -> None:
    """One page ahead and never more, however long the reader takes."""

    async def main() -> None:
        service = _three()
        requested: list[int] = []
        async for _ in service.listing().pages():
            for _ in range(5):
                await asyncio.sleep(0)
            requested.append(len(service.requested))
        assert requested == [2, 3, 3]

    asyncio.run(main())


def test_error_of_a_prefetched_page_is_raised_after_the_current_page() -> None:
    """Nothing of a page is lost to the next one's failure, and nothing is reported twice."""

    async def main() -> None:
        service = _Service({None: _Page([1, 2], "gone")})
        seen: list[int] = []

        async def read() -> None:
            async for item in service.listing():
                await asyncio.sleep(0)
                seen.append(item)

        with pytest.raises(KeyError):
            await read()
        assert seen == [1, 2]

    asyncio.run(main())


def test_leaving_early_cancels_the_prefetch() -> None:
    """No task outlives the loop, whether the fetch was under way or had failed already."""

    async def main() -> None:
        hung = asyncio.Event()

        async def fetch(token: str | None) -> _Page:
            if token == "hangs":
                hung.set()
                await asyncio.Event().wait()
            if token == "fails":
                raise KeyError(token)
            return _Page([1], following)

        for following in ("hangs", "fails"):
            async for _ in Paginator("List", fetch, lambda page: page.items, lambda page: page.token):
                await (hung.wait() if following == "hangs" else asyncio.sleep(0))
                break
            for _ in range(3):  # asyncio closes a generator that was left in a task of its own
                await asyncio.sleep(0)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(main())


@pytest.mark.parametrize(
    "cycle", [{None: "a", "a": "a"}, {None: "a", "a": "b", "b": "a"}, {None: "a", "a": "b", "b": "c", "c": "b"}]
)
def test_a_repeated_token_ends_the_listing(cycle: dict[str | None, str]) -> None:
    """A repeated page token, on the next page or later, raises PaginationError instead of looping endlessly."""

    async def main() -> None:
        service = _Service({token: _Page([0], answer) for token, answer in cycle.items()})
        with pytest.raises(PaginationError, match="repeated a page token"):
            await service.listing().collect()

    asyncio.run(main())


@pytest.mark.parametrize("has_item", [False, True])
def test_endless_empty_pages_end_the_listing_with_an_error(*, has_item: bool) -> None:
    """10,000 empty pages in a row, each with a new token, end a listing; an item starts the count again."""

    async def fetch(token: str | None) -> _Page:
        number = int(token or "0") + 1
        is_last = number > MAX_EMPTY_PAGES + 1
        return _Page([number] if has_item and number == MAX_EMPTY_PAGES // 2 else [], None if is_last else f"{number}")

    async def main() -> list[int]:
        return await Paginator("List", fetch, lambda page: page.items, lambda page: page.token).collect()

    if has_item:
        assert asyncio.run(main()) == [MAX_EMPTY_PAGES // 2]
    else:
        with pytest.raises(
            PaginationError, match="returned 10,000 empty pages in a row and the token of a further one"
        ):
            asyncio.run(main())


def test_empty_token_ends_the_listing() -> None:
    """An empty token means the same as none."""

    async def main() -> None:
        assert await _Service({None: _Page([1], "")}).listing().collect() == [1]

    asyncio.run(main())


def test_paginator_repr_says_to_await_it() -> None:
    """The repr of a listing that was not awaited says to await it."""
    assert "await it" in repr(_three().listing())
