"""Reads the WorkSpaces of one site: lists them, judges them, looks up what that needs and what was asked for.

A chain of stages, each a few pages ahead of the next. A WorkSpace falls out as soon as its answer is False, so that
nothing more is looked up of it.
"""

from __future__ import annotations

from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec

from wsclient._core.dates import http_date
from wsclient._core.fleet_errors import CountedTwiceError
from wsclient.fleet._concurrency import prefetch, rebatch
from wsclient.fleet._inventory.joins import BATCH, Lookups
from wsclient.fleet._rows import InventoryRow, Join
from wsclient.fleet._selection.filters import ANY, asked, listings_of

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
    from datetime import datetime

    from wsclient._core.site import Site
    from wsclient._generated.workspaces import structures as s
    from wsclient.fleet._selection.filters import Listing, ListingFilter
    from wsclient.fleet._selection.predicates import Predicate
    from wsclient.retries._retrying import ThrottleRetry
    from wsclient.workspaces._client import WorkSpacesClient

Entry: TypeAlias = "tuple[InventoryRow, bool | None]"
"""A WorkSpace, and whether it is selected: True, or None where that is not known."""
DEPTHS: Final[Mapping[Join, int]] = {Join.DIRECTORY: 1, Join.BUNDLE: 1, Join.CONNECTION: 3, Join.TAGS: 1}
"""Lists of WorkSpaces for which a lookup is made while the one before them is read."""


class InventoryQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be read: which WorkSpaces, what of them, and whether those too of which where cannot tell."""

    where: Predicate | None = None
    joins: frozenset[Join] = frozenset()
    keeps_unknown: bool = False

    def answer(self, row: InventoryRow) -> bool | None:
        """Tell whether a WorkSpace is selected, as far as it is known by now."""
        return True if self.where is None else self.where.answer(row)

    def needs(self, join: Join, entry: Entry) -> bool:
        """Tell whether a WorkSpace's answer may depend on a lookup."""
        return self.where is not None and entry[1] is None and join in self.where.missing_joins(entry[0])

    def bounds(self, site: Site) -> tuple[ListingFilter, ...]:
        """Return what is to be listed at a site."""
        return (ANY,) if self.where is None else asked(self.where.bounds(site))


class DuplicateSiteDetector:
    """Notices that two sites are one account, in memory that grows with directories, not with WorkSpaces.

    The first WorkSpace that each site shows of a directory is kept. A site that shows another one's first is the same;
    if it is the same, it does: of the two the later one lists the earlier one's first too.
    """

    def __init__(self) -> None:
        self._first: dict[tuple[str, str | None], dict[Site, str | None]] = {}

    def note(self, site: Site, workspace: s.Workspace) -> None:
        """Note a WorkSpace; raises CountedTwiceError when another site has it."""
        firsts = self._first.setdefault((site.region, workspace.directory_id), {})
        firsts.setdefault(site, workspace.workspace_id)
        for other, first in firsts.items():
            if first == workspace.workspace_id and other != site:
                raise CountedTwiceError(
                    f"{other} and {site} are the same account, both have {first}: its WorkSpaces would count twice"
                )


class SiteReader:
    """One reading of one site."""

    def __init__(
        self,
        site: Site,
        client: WorkSpacesClient,
        question: InventoryQuery,
        marks: DuplicateSiteDetector,
        patience: ThrottleRetry,
    ) -> None:
        self.site = site
        self._client = client
        self._question = question
        self._marks = marks
        self._patience = patience
        self._lookups = Lookups(client, patience)
        self.unknown = 0

    def entries(self) -> AsyncGenerator[list[Entry]]:
        """Give what is selected, some at a time, with what was asked for looked up."""
        question, stream = self._question, self._listed()
        for join in Join:
            if question.where is not None and join in question.where.needs:
                stream = self._stage(stream, join, partial(question.needs, join))
        stream = self._settled(stream)
        for join in Join:
            if join in question.joins:
                stream = self._stage(stream, join, partial(_lacks, join))
        return stream

    async def _listed(self) -> AsyncGenerator[list[Entry]]:
        bounds = self._question.bounds(self.site)
        for number, bound in enumerate(bounds):
            for listing in listings_of(bound):
                async with aclosing(self._pages(listing)) as pages:
                    async for page in pages:
                        yield self._judged(page, bounds[:number])

    async def _pages(self, listing: Listing) -> AsyncGenerator[s.DescribeWorkspacesResult]:
        paginator = self._client.describe_workspaces(
            workspace_ids=listing.ids or None,
            directory_id=listing.directory_id,
            user_name=listing.user_name,
            bundle_id=listing.bundle_id,
        )
        async with aclosing(paginator.fetched_through(self._patience.read).pages()) as pages:
            async for page in pages:
                yield page

    def _judged(self, page: s.DescribeWorkspacesResult, listed: Sequence[ListingFilter]) -> list[Entry]:
        """Return what of a page may be selected, as far as that can be told; what was listed already is left out."""
        seen_at, entries = self._time_of(page), list[Entry]()
        for workspace in page.workspaces:
            self._marks.note(self.site, workspace)
            if not any(bound.covers(workspace) for bound in listed):
                row = InventoryRow(site=self.site, workspace=workspace, seen_at=seen_at)
                entries.append((row, self._question.answer(row)))
        return _possible(entries)

    def _time_of(self, page: s.DescribeWorkspacesResult) -> datetime:
        """Return when AWS made an answer; pages are fetched ahead, so that this may be a while ago."""
        date = next((value for name, value in page.metadata.headers if name == "date"), "")
        return http_date(date) or self._patience.time.clock.now()

    def _stage(
        self, stream: AsyncGenerator[list[Entry]], join: Join, is_due: Callable[[Entry], bool]
    ) -> AsyncGenerator[list[Entry]]:
        """Look something up of those for which it is due, and judge these anew."""
        if join is Join.CONNECTION:
            stream = rebatch(stream, is_due, BATCH)
        return prefetch(stream, partial(self._looked_up, join, is_due), DEPTHS[join])

    async def _looked_up(self, join: Join, is_due: Callable[[Entry], bool], entries: list[Entry]) -> list[Entry]:
        due = [number for number, entry in enumerate(entries) if is_due(entry)]
        if not due:
            return entries
        rows = await self._lookups.join(join, [entries[number][0] for number in due])
        for number, row in zip(due, rows, strict=True):
            answer = entries[number][1]
            entries[number] = (row, self._question.answer(row) if answer is None else answer)
        return _possible(entries)

    async def _settled(self, stream: AsyncGenerator[list[Entry]]) -> AsyncGenerator[list[Entry]]:
        """Count those of which it cannot be known whether they are selected; leave them out unless they are wanted."""
        async with aclosing(stream):
            async for entries in stream:
                self.unknown += sum(answer is None for _, answer in entries)
                yield entries if self._question.keeps_unknown else [entry for entry in entries if entry[1]]


def _possible(entries: list[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry[1] is not False]


def _lacks(join: Join, entry: Entry) -> bool:
    return join not in entry[0].joined
