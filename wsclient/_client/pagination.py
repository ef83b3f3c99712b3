"""Paginator: one page, all pages or all items of a list operation."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Sequence
from contextlib import aclosing
from functools import wraps
from hashlib import blake2b
from typing import TYPE_CHECKING, Final, Generic, TypeVar, cast

from wsclient._core.errors import PaginationError
from wsclient._core.event_loops import mark_retrieved
from wsclient._core.features import PAGINATOR, using
from wsclient._core.lazy_imports import OptionalModule
from wsclient._core.public_names import publish_one
from wsclient._core.unawaited import AsyncOnly, warn_unused

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

    from wsclient._core.model.structures import Output
    from wsclient._core.tables.table import Table
else:
    pd, pl = OptionalModule("pandas"), OptionalModule("polars")

PageT = TypeVar("PageT")
ItemT = TypeVar("ItemT")
MethodT = TypeVar("MethodT", bound="Callable[..., object]")

MAX_EMPTY_PAGES: Final = 10_000
"""Empty pages in a row after which a listing fails.

AWS sets no bound: an operation that filters what it has read for a page returns an empty one, and a token, where none
matches. At 25 items a page, these are 250,000 items without a match, and 83 minutes at WorkSpaces' rate limit.
"""


def _marking_use(method: MethodT) -> MethodT:
    """Return the method with the paginator marked as used at its call: a task may be cancelled before its start."""

    @wraps(method)
    def marked(paginator: Paginator[object, object], *args: object, **options: object) -> object:
        paginator._is_used = True  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - a method of the paginator
        return method(paginator, *args, **options)

    return cast("MethodT", marked)


class Paginator(AsyncOnly, Generic[PageT, ItemT]):
    """Paginator of a list operation; it sends no request until it is awaited or iterated.

    Await it, or first_page(), for one page; iterate it for the items of all pages; iterate pages() for the pages; await
    collect() for a list of all items. An error on any page is raised, so a partial list is never returned as complete.
    Each iteration starts again from the first page. One that is dropped unused warns, as a coroutine that was never
    awaited does.
    """

    _is_awaitable = True

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
        self._is_used = False

    def __await__(self) -> Generator[object, None, PageT]:
        """Fetch one page: the same as first_page()."""
        self._is_used = True
        return self._fetch(None).__await__()

    def fetched_through(
        self, wrapper: Callable[[Callable[[], Awaitable[PageT]]], Awaitable[PageT]]
    ) -> Paginator[PageT, ItemT]:
        """Return a paginator that fetches each page through wrapper(fetch), which may wait, retry or count.

        wrapper is an async function: it gets a function that fetches the page, and returns that page.
        """
        self._is_used = True
        return Paginator(
            self._operation, lambda token: wrapper(lambda: self._fetch(token)), self._items, self._next_token
        )

    @_marking_use
    async def first_page(self) -> PageT:
        """Fetch one page: the first, or the page after the next_token argument of the operation."""
        return await self._fetch(None)

    @_marking_use
    async def pages(self) -> AsyncGenerator[PageT]:
        """Yield the pages; a page may be empty without being the last.

        The next page is fetched while the caller processes the current one: one page ahead, for any number of pages.
        Leaving the loop early cancels that fetch. Raises PaginationError if the service repeats a page token, or after
        10,000 empty pages in a row, because following the tokens would never end.
        """
        seen: set[bytes] = set()
        empty = 0
        page = await self._fetch_listed(None)
        while token := self._next_token(page):
            empty = 0 if self._items(page) else empty + 1
            # Digests, because a faulty server may send tokens of any length, for any number of pages.
            digest = blake2b(token.encode(errors="surrogatepass"), digest_size=16).digest()
            if digest in seen or empty == MAX_EMPTY_PAGES:
                yield page
                problem = f"repeated a page token after {len(seen) + 1:,} pages"
                if digest not in seen:
                    problem = f"returned {empty:,} empty pages in a row and the token of a further one"
                raise PaginationError(f"{self._operation}: the service {problem}; the listing is not complete")
            seen.add(digest)
            next_page = asyncio.ensure_future(self._fetch_listed(token))
            try:
                yield page
                page = await next_page
            finally:
                next_page.cancel()
                next_page.add_done_callback(mark_retrieved)
        yield page

    async def _fetch_listed(self, token: str | None) -> PageT:
        # Around a coroutine and not in the generator, whose consumer shares its context.
        with using(PAGINATOR):
            return await self._fetch(token)

    @_marking_use
    async def __aiter__(self) -> AsyncGenerator[ItemT]:
        """Yield the items of all pages."""
        async with aclosing(self.pages()) as pages:
            async for page in pages:
                for item in self._items(page):
                    yield item

    @_marking_use
    async def collect(self) -> list[ItemT]:
        """Fetch all pages and return their items as a list; iterate instead if they may not fit in memory."""
        return [item async for item in self]

    @_marking_use
    async def to_pandas(self, *, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Fetch all pages and return a pandas DataFrame of all items; wsclient.tables describes its columns.

        columns selects and orders them, by name. Raises ConfigurationError without the extra wsclient[pandas], and for
        an unknown column.
        """
        return (await self._table()).select(columns).to_pandas()

    @_marking_use
    async def to_polars(self, *, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """Fetch all pages and return a polars DataFrame of all items, as to_pandas() does; extra wsclient[polars]."""
        return (await self._table()).select(columns).to_polars()

    async def _table(self) -> Table:
        from wsclient._core.tables.table import Table  # noqa: PLC0415 - needed for data frames only

        async with aclosing(self.pages()) as pages:
            return Table.of_pages([cast("Output", page) async for page in pages])

    def __del__(self) -> None:
        """Warn if the paginator was never used."""
        if not self._is_used:
            warn_unused(f"the Paginator of {self._operation}", "await it for one page, or use async for")

    if not TYPE_CHECKING:  # type checkers report a missing attribute by themselves

        def __getattr__(self, name: str) -> object:
            """Raise AttributeError with the hint to await the paginator."""
            vars(self)["_is_used"] = True  # the error says what to do
            raise AttributeError(f"a Paginator has no {name}: await it for a page, or use async for over its items")

    def _repr_html_(self) -> str:
        """Return HTML for notebooks, without sending a request."""
        from wsclient._core.tables.html import paginator_html  # noqa: PLC0415 - of use in notebooks only

        self._is_used = True
        return paginator_html(self._operation)

    def __repr__(self) -> str:
        """Return the operation, and how to get its items."""
        self._is_used = True
        return f"<Paginator of {self._operation}: await it for one page, `async for` over it for all items>"


publish_one("wsclient", Paginator)
