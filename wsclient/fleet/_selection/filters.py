"""Filters that AWS can apply while listing WorkSpaces. Pure.

DescribeWorkspaces accepts either ids (25 a call), or a directory (with or without a user name), or a bundle. A
selection that names any of these is read by narrow listings instead of a listing of every WorkSpace.
https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeWorkspaces.html
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final

import msgspec

from wsclient._core.utils import chunked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from wsclient._generated.workspaces import structures as s

Names = frozenset[str] | None
"""Accepted names of one member of a WorkSpace; None accepts any."""
MAX_FILTERS: Final = 16
"""Filters that are kept apart; more are merged into one filter that contains them all."""
MAX_USERS: Final = 25
"""Users that are listed by one call each; for more, the directory is listed."""
MAX_IDS: Final = 25
"""WorkSpace ids that one DescribeWorkspaces call accepts."""


class ListingFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Filter on id, directory, user and bundle, all of which must match; user names are in lower case."""

    ids: Names = None
    directories: Names = None
    users: Names = None
    bundles: Names = None

    @property
    def is_empty(self) -> bool:
        """True if the filter can match no WorkSpace."""
        return any(names is not None and not names for names in _members(self))

    def matches(self, workspace: s.Workspace) -> bool:
        """Return whether the filter matches a WorkSpace."""
        values = (
            workspace.workspace_id,
            workspace.directory_id,
            workspace.user_name.lower(),
            workspace.bundle_id,
        )
        return all(names is None or value in names for names, value in zip(_members(self), values, strict=True))

    def contains(self, candidate: ListingFilter) -> bool:
        """Return whether this filter matches everything that the candidate matches."""
        pairs = zip(_members(self), _members(candidate), strict=True)
        return all(outer is None or (inner is not None and inner <= outer) for outer, inner in pairs)


ANY: Final = ListingFilter()
"""The filter that matches every WorkSpace."""


def intersect(first: Sequence[ListingFilter], second: Sequence[ListingFilter]) -> tuple[ListingFilter, ...]:
    """Return filters that match what both sequences match."""
    return _simplify(_overlap(left, right) for left, right in product(first, second))


def union(first: Sequence[ListingFilter], second: Sequence[ListingFilter]) -> tuple[ListingFilter, ...]:
    """Return filters that match what either sequence matches."""
    return _simplify([*first, *second])


def _simplify(filters: Iterable[ListingFilter]) -> tuple[ListingFilter, ...]:
    """Drop filters that are empty or contained in another; merge too many into one, which may match more."""
    kept: list[ListingFilter] = []
    for candidate in filters:
        if not candidate.is_empty and not any(existing.contains(candidate) for existing in kept):
            kept = [*(existing for existing in kept if not candidate.contains(existing)), candidate]
    # Matching too much is safe, since every listed WorkSpace is evaluated by the predicate as well.
    return tuple(kept) if len(kept) <= MAX_FILTERS else (_merge(kept),)


def _overlap(left: ListingFilter, right: ListingFilter) -> ListingFilter:
    pairs = zip(_members(left), _members(right), strict=True)
    return _filter_from(
        first if second is None else second if first is None else first & second for first, second in pairs
    )


def _merge(filters: Sequence[ListingFilter]) -> ListingFilter:
    return _filter_from(_union(column) for column in zip(*map(_members, filters), strict=True))


def _union(column: Iterable[Names]) -> Names:
    union: set[str] = set()
    for names in column:
        if names is None:
            return None
        union |= names
    return frozenset(union)


def _members(listing_filter: ListingFilter) -> tuple[Names, Names, Names, Names]:
    return listing_filter.ids, listing_filter.directories, listing_filter.users, listing_filter.bundles


def _filter_from(members: Iterable[Names]) -> ListingFilter:
    ids, directories, users, bundles = members
    return ListingFilter(ids=ids, directories=directories, users=users, bundles=bundles)


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """Arguments of one DescribeWorkspaces listing; without any, it lists every WorkSpace."""

    ids: tuple[str, ...] = ()
    directory_id: str | None = None
    user_name: str | None = None
    bundle_id: str | None = None


def listable(filters: Sequence[ListingFilter]) -> tuple[ListingFilter, ...]:
    """Widen filters to those that DescribeWorkspaces supports: ids, directories with or without users, or bundles."""
    return _simplify(map(_listable, filters))


def to_listings(listing_filter: ListingFilter) -> Iterator[Listing]:
    """Yield the listings that together return what a listable filter matches, each WorkSpace once."""
    if listing_filter.ids is not None:
        yield from (Listing(ids=tuple(batch)) for batch in chunked(sorted(listing_filter.ids), MAX_IDS))
    elif listing_filter.directories is not None:
        users: list[str | None] = [None] if listing_filter.users is None else [*sorted(listing_filter.users)]
        directories = sorted(listing_filter.directories)
        yield from (Listing(directory_id=name, user_name=user) for name in directories for user in users)
    elif listing_filter.bundles is not None:
        yield from (Listing(bundle_id=name) for name in sorted(listing_filter.bundles))
    else:
        yield Listing()


def _listable(listing_filter: ListingFilter) -> ListingFilter:
    directories, users, bundles = listing_filter.directories, listing_filter.users, listing_filter.bundles
    if listing_filter.ids is not None:
        return ListingFilter(ids=listing_filter.ids)
    if directories is not None and (bundles is None or len(directories) <= len(bundles)):
        are_few = users is not None and len(users) * len(directories) <= MAX_USERS
        return ListingFilter(directories=directories, users=users if are_few else None)
    return ListingFilter(bundles=bundles)
