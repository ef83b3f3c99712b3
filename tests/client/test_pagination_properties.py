"""State machine test of pagination: every item once and in order, with any pages and any concurrent readers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from tests.support.clean_run import turns
from tests.support.loop_machine import LoopMachine, pick
from wsclient import Paginator
from wsclient.errors import ConnectionLostError, PaginationError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

PICK = st.integers(0, 1000)


@dataclass(frozen=True)
class Page:
    """Numbered items, perhaps none, and where the next page is."""

    items: list[int]
    token: str | None


@dataclass
class Service:
    """Gives pages after some turns of the loop; at some pages it fails while it is out of order."""

    pages: list[Page]
    delays: list[int]
    is_broken: bool = False
    requested: list[int] = field(default_factory=list[int])

    async def fetch(self, token: str | None) -> Page:
        """Return the page of a token."""
        number = int(token.rpartition("-")[2]) if token else 0
        self.requested.append(number)
        await turns(self.delays[number % len(self.delays)])
        if self.is_broken and number % 2:
            raise ConnectionLostError("cut", may_have_been_sent=True)
        return self.pages[number]


@dataclass(eq=False)
class Reader:
    """Reader of a listing, item by item."""

    iterator: AsyncIterator[int]
    seen: list[int] = field(default_factory=list[int])
    error: Exception | None = None
    is_over: bool = False

    async def read(self, number: int) -> None:
        """Read some more items."""
        try:
            for _ in range(number):
                self.seen.append(await anext(self.iterator))
        except StopAsyncIteration:
            self.is_over = True
        except (PaginationError, ConnectionLostError) as error:
            self.error, self.is_over = error, True


class ListingMachine(LoopMachine):
    """Concurrent readers of one paginator, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.readers: list[Reader] = []

    @initialize(
        sizes=st.lists(st.integers(0, 4), min_size=1, max_size=8),
        delays=st.lists(st.integers(0, 3), min_size=1, max_size=3),
        back_to=st.none() | st.integers(1, 7),
        last_token=st.sampled_from([None, ""]),
    )
    def start(self, sizes: list[int], delays: list[int], back_to: int | None, last_token: str | None) -> None:
        """Make a listing of pages of these sizes; with back_to, the last page leads back to one that was there."""
        starts = [sum(sizes[:number]) for number in range(len(sizes))]
        tokens: list[str | None] = [f"page-{number}" for number in range(1, len(sizes))]
        self.repeats = back_to is not None and back_to < len(sizes)
        tokens.append(f"page-{back_to}" if self.repeats else last_token)
        pages = [
            Page(list(range(start, start + size)), token)
            for start, size, token in zip(starts, sizes, tokens, strict=True)
        ]
        self.service = Service(pages, delays)
        self.items = list(range(sum(sizes)))
        self.listing: Paginator[Page, int] = Paginator(
            "List", self.service.fetch, lambda page: page.items, lambda page: page.token
        )

    @rule()
    def begin(self) -> None:
        """Start a reader: nothing is fetched before the first item is requested."""
        before = len(self.service.requested)
        self.readers.append(Reader(aiter(self.listing)))
        assert len(self.service.requested) == before

    @precondition(lambda self: self._reading())
    @rule(which=PICK, number=st.integers(1, 5))
    def read(self, which: int, number: int) -> None:
        """Read on: no reader has more than the page after the one that it reads."""
        reader = pick(self._reading(), which)
        self.service.requested.clear()
        self.run_here(reader.read(number))
        self._check(reader)
        if not any(other.is_over for other in self.readers):
            read = [self._page_of(other.seen[-1]) if other.seen else -1 for other in self.readers]
            assert max(self.service.requested, default=0) <= max(read) + 1

    @precondition(lambda self: len(self._reading()) > 1)
    @rule(number=st.integers(1, 5))
    def read_at_once(self, number: int) -> None:
        """Have all readers read on at the same time."""

        async def all_read() -> None:
            await asyncio.gather(*(reader.read(number) for reader in self._reading()))

        self.run_here(all_read())
        for reader in self.readers:
            self._check(reader)

    @rule()
    def read_everything(self) -> None:
        """Collect the listing, and its pages: all of it, or an error; never a part."""
        self.service.is_broken = False
        collected = self.run_here(_outcome(self.listing.collect()))
        pages = self.run_here(_outcome(_all(self.listing.pages())))
        if self.repeats:
            assert isinstance(collected, PaginationError)
            assert isinstance(pages, PaginationError)
        else:
            assert collected == self.items
            assert pages == self.service.pages

    @rule()
    def read_the_first_page(self) -> None:
        """Await the listing: one page is fetched."""
        self.service.requested.clear()
        assert self.run_here(self.listing.first_page()) == self.service.pages[0]
        assert self.service.requested == [0]

    @precondition(lambda self: self._reading())
    @rule(which=PICK)
    def give_up(self, which: int) -> None:
        """Leave a listing in the middle."""
        reader = pick(self._reading(), which)
        reader.is_over = True
        self.run_here(_closed(reader.iterator))

    @rule()
    def break_or_mend(self) -> None:
        """Have every other page fail from now on, or no more."""
        self.service.is_broken = not self.service.is_broken

    def finish(self) -> None:
        """Read everything to its end."""
        repr(self.listing)  # no warning for an unread paginator
        for reader in self._reading():
            self.run_here(reader.read(len(self.items) + 1))
            self._check(reader)
        self.run_here(self.loop.shutdown_asyncgens())

    def _check(self, reader: Reader) -> None:
        assert reader.seen == self.items[: len(reader.seen)], "items are in order, each once"
        if isinstance(reader.error, PaginationError):
            assert self.repeats
            assert reader.seen == self.items, "the error comes after what there is"
        elif reader.is_over and reader.error is None and reader in self.readers:
            assert reader.seen == self.items
            assert not self.repeats, "an end was made of a circle"

    def _page_of(self, item: int) -> int:
        return next(number for number, page in enumerate(self.service.pages) if item in page.items)

    def _reading(self) -> list[Reader]:
        self.readers = [reader for reader in self.readers if not reader.is_over]
        return self.readers


async def _outcome(work: object) -> object:
    try:
        return await work  # type: ignore[misc]
    except PaginationError as error:
        return error


async def _all(pages: AsyncIterator[Page]) -> list[Page]:
    return [page async for page in pages]


async def _closed(iterator: AsyncIterator[int]) -> None:
    generator: AsyncGenerator[int, None] = iterator  # type: ignore[assignment]  # it is one
    await generator.aclose()


ListingMachine.TestCase.settings = settings(max_examples=100, stateful_step_count=30)
test_every_item_comes_once_and_in_order = ListingMachine.TestCase
