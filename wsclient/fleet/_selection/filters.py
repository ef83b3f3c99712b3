"""Where at a site the WorkSpaces are that a selection may select, and the listings that find them there. Pure.

DescribeWorkspaces takes ids (25 a call), a directory (with or without a user name) or a bundle, one of the three; so a
selection that names some is not paid for by a listing of everything.
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
"""Names of which a WorkSpace has one; None where any will do."""
MOST_BOUNDS: Final = 16
"""Bounds that are kept apart; more become one that holds them all."""
MOST_USERS: Final = 25
"""Users who are asked for one by one; for more the directory is listed."""
MOST_IDS: Final = 25
"""Ids that a call takes."""


class ListingFilter(msgspec.Struct, frozen=True, kw_only=True):
    """WorkSpaces that have one of these ids, directories, users and bundles each; user names are in lower case."""

    ids: Names = None
    directories: Names = None
    users: Names = None
    bundles: Names = None

    @property
    def is_empty(self) -> bool:
        """Whether no WorkSpace can be within it."""
        return any(names is not None and not names for names in _members(self))

    def covers(self, workspace: s.Workspace) -> bool:
        """Tell whether a WorkSpace is within it."""
        told = (
            workspace.workspace_id,
            workspace.directory_id,
            (workspace.user_name or "").lower(),
            workspace.bundle_id,
        )
        return all(names is None or one in names for names, one in zip(_members(self), told, strict=True))

    def holds(self, other: ListingFilter) -> bool:
        """Tell whether all that is within the other is within this one."""
        pairs = zip(_members(self), _members(other), strict=True)
        return all(ours is None or (theirs is not None and theirs <= ours) for ours, theirs in pairs)


ANY: Final = ListingFilter()
"""Every WorkSpace."""


def intersect(first: Sequence[ListingFilter], second: Sequence[ListingFilter]) -> tuple[ListingFilter, ...]:
    """Return bounds of what is within one of the first and one of the second."""
    return _simplest(_overlap(one, other) for one, other in product(first, second))


def union(first: Sequence[ListingFilter], second: Sequence[ListingFilter]) -> tuple[ListingFilter, ...]:
    """Return bounds of what is within one of either."""
    return _simplest([*first, *second])


def _simplest(bounds: Iterable[ListingFilter]) -> tuple[ListingFilter, ...]:
    """Drop what is empty or within another; of too many make one, which may hold more than they do."""
    kept: list[ListingFilter] = []
    for bound in bounds:
        if not bound.is_empty and not any(other.holds(bound) for other in kept):
            kept = [*(other for other in kept if not bound.holds(other)), bound]
    return tuple(kept) if len(kept) <= MOST_BOUNDS else (_hull(kept),)


def _overlap(one: ListingFilter, other: ListingFilter) -> ListingFilter:
    pairs = zip(_members(one), _members(other), strict=True)
    return _bound(ours if theirs is None else theirs if ours is None else ours & theirs for ours, theirs in pairs)


def _hull(bounds: Sequence[ListingFilter]) -> ListingFilter:
    return _bound(_union(column) for column in zip(*map(_members, bounds), strict=True))


def _union(column: Iterable[Names]) -> Names:
    union: set[str] = set()
    for names in column:
        if names is None:
            return None
        union |= names
    return frozenset(union)


def _members(bound: ListingFilter) -> tuple[Names, Names, Names, Names]:
    return bound.ids, bound.directories, bound.users, bound.bundles


def _bound(members: Iterable[Names]) -> ListingFilter:
    ids, directories, users, bundles = members
    return ListingFilter(ids=ids, directories=directories, users=users, bundles=bundles)


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """One question to DescribeWorkspaces; without any of these it is for every WorkSpace."""

    ids: tuple[str, ...] = ()
    directory_id: str | None = None
    user_name: str | None = None
    bundle_id: str | None = None


def asked(bounds: Sequence[ListingFilter]) -> tuple[ListingFilter, ...]:
    """Widen bounds to what DescribeWorkspaces can be asked for: ids, directories with or without users, or bundles."""
    return _simplest(map(_asked, bounds))


def listings_of(bound: ListingFilter) -> Iterator[Listing]:
    """Give the questions whose answers together are what is within a bound that can be asked for, each of it once."""
    if bound.ids is not None:
        ids = sorted(bound.ids)
        yield from (Listing(ids=tuple(some)) for some in chunked(ids, MOST_IDS))
    elif bound.directories is not None:
        users: list[str | None] = [None] if bound.users is None else [*sorted(bound.users)]
        yield from (Listing(directory_id=one, user_name=user) for one in sorted(bound.directories) for user in users)
    elif bound.bundles is not None:
        yield from (Listing(bundle_id=one) for one in sorted(bound.bundles))
    else:
        yield Listing()


def _asked(bound: ListingFilter) -> ListingFilter:
    directories, users, bundles = bound.directories, bound.users, bound.bundles
    if bound.ids is not None:
        return ListingFilter(ids=bound.ids)
    if directories is not None and (bundles is None or len(directories) <= len(bundles)):
        are_few = users is not None and len(users) * len(directories) <= MOST_USERS
        return ListingFilter(directories=directories, users=users if are_few else None)
    return ListingFilter(bundles=bundles)
