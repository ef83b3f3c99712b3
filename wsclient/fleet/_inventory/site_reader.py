"""SiteReader: lists the WorkSpaces of one site, evaluates the selection, and makes the lookups it and the joins need.

The stages form a chain, each a few pages ahead of the next one. A WorkSpace is dropped as soon as the selection is
False for it, so that no further lookup is made for it.
"""

from __future__ import annotations

from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec

from wsclient._core.absence import is_absent
from wsclient._core.dates import http_date
from wsclient._core.fleet_errors import DuplicateSiteError
from wsclient._pipeline.clock_skew import MAX_UNPROVEN
from wsclient.fleet._concurrency import prefetch, rebatch
from wsclient.fleet._inventory.joins import BATCH_SIZE, Lookups
from wsclient.fleet._rows import InventoryRow, Join
from wsclient.fleet._selection.filters import ANY, listable, to_listings

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from wsclient._core.site import Site
    from wsclient._generated.workspaces import structures as s
    from wsclient.fleet._selection.filters import Listing, ListingFilter
    from wsclient.fleet._selection.predicates import Predicate
    from wsclient.retries._retrying import ThrottleRetry
    from wsclient.workspaces._client import WorkSpacesClient

Entry: TypeAlias = tuple[InventoryRow, bool | None]
"""Row of a WorkSpace, and the result of the selection: True, or None while or if it is unknown."""
PREFETCH_DEPTHS: Final[Mapping[Join, int]] = {Join.DIRECTORY: 1, Join.BUNDLE: 1, Join.CONNECTION: 3, Join.TAGS: 1}
"""Lists of WorkSpaces for which a lookup runs ahead of the list that is consumed."""
JOIN_STAGES: Final = ((Join.DIRECTORY, Join.BUNDLE, Join.CONNECTION), (Join.TAGS,))
"""Lookups that are made one after the other for a list, with one task for all of a stage."""


class InventoryQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Query of an inventory: the selection, the joins, and whether WorkSpaces with an unknown result are included."""

    where: Predicate | None = None
    joins: frozenset[Join] = frozenset()
    keeps_unknown: bool = False

    def evaluate(self, row: InventoryRow) -> bool | None:
        """Return whether a WorkSpace is selected, None while the joins made so far do not decide."""
        return True if self.where is None else self.where.answer(row)

    def needs_join(self, join: Join, entry: Entry) -> bool:
        """Return whether the result for a WorkSpace may depend on a join that was not made."""
        return self.where is not None and entry[1] is None and join in self.where.missing_joins(entry[0])

    def filters(self, site: Site) -> tuple[ListingFilter, ...]:
        """Return the filters by which a site is listed."""
        return (ANY,) if self.where is None else listable(self.where.bounds(site))


class DuplicateSiteDetector:
    """Detector of two sites that are the same account; its memory grows with directories, not with WorkSpaces.

    It stores the first WorkSpace that each site lists of a directory, and compares each listed WorkSpace with those of
    the other sites. This detects every duplicate: the later one of two equal sites lists the earlier one's first
    WorkSpace too.
    """

    def __init__(self) -> None:
        self._first: dict[tuple[str, str], dict[Site, str]] = {}

    def check(self, site: Site, workspace: s.Workspace) -> None:
        """Check a listed WorkSpace; raises DuplicateSiteError if another site lists it too."""
        if is_absent(workspace.workspace_id):  # two sites may list WorkSpaces without an id
            return
        first_ids = self._first.setdefault((site.region, workspace.directory_id), {})
        first_ids.setdefault(site, workspace.workspace_id)
        for known_site, first_id in first_ids.items():
            if first_id == workspace.workspace_id and known_site != site:
                raise DuplicateSiteError(
                    f"{known_site} and {site} are the same account, since both list {first_id}; its WorkSpaces would "
                    "count twice: remove one of the sites"
                )


class SiteReader:
    """One reading of one site."""

    def __init__(
        self,
        site: Site,
        client: WorkSpacesClient,
        query: InventoryQuery,
        duplicates: DuplicateSiteDetector | None,
        throttle_retry: ThrottleRetry,
    ) -> None:
        self.site = site
        self._client = client
        self._query = query
        self._duplicates = duplicates
        self._throttle_retry = throttle_retry
        self._lookups = Lookups(client, throttle_retry)
        self.unknown = 0

    def entries(self) -> AsyncGenerator[list[Entry]]:
        """Yield the selected WorkSpaces in lists, with the joins of the query made."""
        query, stream = self._query, self._list()
        # Join is ordered by cost: a cheap lookup may decide before an expensive one is made.
        for join in Join:
            if query.where is not None and join in query.where.needs:
                is_due = partial(query.needs_join, join)
                stream = _stage(stream, [join], is_due, partial(self._look_up, join, is_due))
        if query.where is not None:
            stream = self._drop_unknown(stream)
        for stage in JOIN_STAGES:
            joins = [join for join in stage if join in query.joins]
            if joins:
                stream = _stage(stream, joins, _lacks_connection, partial(self._join, joins))
        return stream

    async def _list(self) -> AsyncGenerator[list[Entry]]:
        filters = self._query.filters(self.site)
        for number, listing_filter in enumerate(filters):
            for listing in to_listings(listing_filter):
                previous: frozenset[str] = frozenset()
                async with aclosing(self._pages(listing)) as pages:
                    async for page in pages:
                        yield self._evaluate_page(page, filters[:number], previous)
                        previous = frozenset(workspace.workspace_id for workspace in page.workspaces)

    async def _pages(self, listing: Listing) -> AsyncGenerator[s.DescribeWorkspacesResult]:
        paginator = self._client.describe_workspaces(
            workspace_ids=listing.ids or None,
            directory_id=listing.directory_id,
            user_name=listing.user_name,
            bundle_id=listing.bundle_id,
        )
        async with aclosing(paginator.fetched_through(self._throttle_retry.read).pages()) as pages:
            async for page in pages:
                yield page

    def _evaluate_page(
        self, page: s.DescribeWorkspacesResult, listed: Sequence[ListingFilter], previous: AbstractSet[str]
    ) -> list[Entry]:
        """Return the WorkSpaces of a page that may be selected, without those that an earlier filter has listed.

        previous are the ids on the previous page. If WorkSpaces are created or deleted during the reading, its last
        ones may be on this page again.
        """
        site, seen_at, workspaces = self.site, self._response_time(page), page.workspaces
        if not previous.isdisjoint([workspace.workspace_id for workspace in workspaces]):
            workspaces = [
                item for item in workspaces if is_absent(item.workspace_id) or item.workspace_id not in previous
            ]
        if self._duplicates is not None:
            for workspace in workspaces:
                self._duplicates.check(site, workspace)
        if listed:
            workspaces = [item for item in workspaces if not any(earlier.matches(item) for earlier in listed)]
        rows = [InventoryRow(site=site, workspace=workspace, seen_at=seen_at) for workspace in workspaces]
        if self._query.where is None:
            return [(row, True) for row in rows]
        return _possible([(row, self._query.evaluate(row)) for row in rows])

    def _response_time(self, page: s.DescribeWorkspacesResult) -> datetime:
        """Return the time of a response by AWS's clock: pages are prefetched, so that it may be minutes old."""
        date = next((value for name, value in page.metadata.headers if name == "date"), "")
        response_time = http_date(date)
        # A Date far off would make every WorkSpace look idle for as long.
        now = self._client._shared.skew.service_time(self._throttle_retry.time.clock.now())  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the reader belongs to the client
        is_plausible = response_time is not None and abs(response_time - now) <= MAX_UNPROVEN
        return response_time if response_time is not None and is_plausible else now

    async def _look_up(self, join: Join, is_due: Callable[[Entry], bool], entries: list[Entry]) -> list[Entry]:
        """Make a join for the entries for which it is due, and evaluate those again."""
        due = [number for number, entry in enumerate(entries) if is_due(entry)]
        if not due:
            return entries
        rows = await self._lookups.join(join, [entries[number][0] for number in due])
        for number, row in zip(due, rows, strict=True):
            entries[number] = (row, self._query.evaluate(row))
        return _possible(entries)

    async def _join(self, joins: Sequence[Join], entries: list[Entry]) -> list[Entry]:
        """Make the joins that the entries lack; the selection is decided, and stays."""
        rows = [row for row, _ in entries]
        for join in joins:
            rows = await self._lookups.join(join, rows)
        return [(row, result) for row, (_, result) in zip(rows, entries, strict=True)]

    async def _drop_unknown(self, stream: AsyncGenerator[list[Entry]]) -> AsyncGenerator[list[Entry]]:
        """Count the WorkSpaces with an unknown result, and drop them unless the query keeps them."""
        async with aclosing(stream):
            async for entries in stream:
                self.unknown += sum(result is None for _, result in entries)
                yield entries if self._query.keeps_unknown else [entry for entry in entries if entry[1]]


def _stage(
    stream: AsyncGenerator[list[Entry]],
    joins: Sequence[Join],
    is_due: Callable[[Entry], bool],
    look_up: Callable[[list[Entry]], Coroutine[object, object, list[Entry]]],
) -> AsyncGenerator[list[Entry]]:
    """Add a stage that makes joins ahead of the consumer, for full batches if it looks up connections."""
    if Join.CONNECTION in joins:
        stream = rebatch(stream, is_due, BATCH_SIZE)
    return prefetch(stream, look_up, max(PREFETCH_DEPTHS[join] for join in joins))


def _possible(entries: list[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry[1] is not False]


def _lacks_connection(entry: Entry) -> bool:
    return Join.CONNECTION not in entry[0].joined
