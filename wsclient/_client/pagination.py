"""Pages of a listing: await one, iterate all, and never go round in circles."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from wsclient._core.errors import PaginationError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Sequence

    import pandas as pd
    import polars as pl

    from wsclient._core.model.structures import Output
    from wsclient._core.tables.table import Table

PageT = TypeVar("PageT")
ItemT = TypeVar("ItemT")


class Paginator(Generic[PageT, ItemT]):
    """A listing that has not been asked for yet.

    Await it (or first_page()) for one page, iterate it for the items of every page, pages() for the pages
    themselves, collect() for a list of everything. An error in the middle of a listing is raised: a part is never
    given out as the whole. Each iteration asks the service anew.
    """

    def __init__(
        self,
        operation: str,
        fetch: Callable[[str | None], Awaitable[PageT]],
        items: Callable[[PageT], Sequence[ItemT]],
        next_token: Callable[[PageT], str | None],
    ) -> None:
        self._operation = operation
        self._fetch = fetch
        self._items = items
        self._next_token = next_token

    def __await__(self) -> Generator[object, None, PageT]:
        """Fetch one page."""
        return self.first_page().__await__()

    def fetched_through(
        self, around: Callable[[Callable[[], Awaitable[PageT]]], Awaitable[PageT]]
    ) -> Paginator[PageT, ItemT]:
        """Return the same listing, in which each page is fetched by this function: for one that waits, or counts."""
        return Paginator(
            self._operation, lambda token: around(lambda: self._fetch(token)), self._items, self._next_token
        )

    async def first_page(self) -> PageT:
        """Fetch one page: the first, or the one after the next_token that was given to the operation."""
        return await self._fetch(None)

    async def pages(self) -> AsyncGenerator[PageT]:
        """Fetch page after page; a page may be empty and still not be the last.

        The next page is fetched while this one is read: one page ahead, whatever the length. Leaving the loop early
        ends that fetch. Raises PaginationError when the service repeats a token, which would go on for ever.
        """
        seen: set[str] = set()
        page = await self._fetch(None)
        while token := self._next_token(page):
            if token in seen:
                yield page
                raise PaginationError(
                    f"{self._operation}: the service repeated a page token after {len(seen) + 1} pages; "
                    "the listing is not complete"
                )
            seen.add(token)
            coming = asyncio.ensure_future(self._fetch(token))
            try:
                yield page
                page = await coming
            finally:
                coming.cancel()
                # One that failed while nobody waited for it any more has nobody to tell.
                coming.add_done_callback(_mark_retrieved)
        yield page

    async def __aiter__(self) -> AsyncGenerator[ItemT]:
        """Fetch page after page and give their items."""
        async with aclosing(self.pages()) as pages:
            async for page in pages:
                for item in self._items(page):
                    yield item

    async def collect(self) -> list[ItemT]:
        """Fetch every page and return all items; for very long listings iterate instead."""
        return [item async for item in self]

    async def to_pandas(self) -> pd.DataFrame:
        """Fetch every page and return a pandas DataFrame of all items; wsclient.tables tells its columns.

        Needs the extra wsclient[pandas], else ConfigurationError.
        """
        return (await self._table()).to_pandas()

    async def to_polars(self) -> pl.DataFrame:
        """Fetch every page and return a polars DataFrame of all items. Needs the extra wsclient[polars]."""
        return (await self._table()).to_polars()

    async def _table(self) -> Table:
        from wsclient._core.tables.table import Table  # noqa: PLC0415 - who asks for a frame loads it

        async with aclosing(self.pages()) as pages:
            return Table.of_pages([cast("Output", page) async for page in pages])

    def _repr_html_(self) -> str:
        """Say it in a notebook; nothing is asked for."""
        from wsclient._core.tables.html import paginator_html  # noqa: PLC0415 - of use in notebooks only

        return paginator_html(self._operation)

    def __repr__(self) -> str:
        """Say what would be listed, and how to get it."""
        return f"<Paginator of {self._operation}: await it for a page, `async for` over it for all items>"


def _mark_retrieved(fetch: asyncio.Future[PageT]) -> None:
    """Take an exception out of a fetch, so that asyncio does not report it as forgotten."""
    if not fetch.cancelled():
        fetch.exception()
