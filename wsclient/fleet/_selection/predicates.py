"""What a selection says of a WorkSpace: yes, no, or that it cannot be known. Pure.

Answers are those of Kleene's strong three-valued logic: None is neither True nor False, and stays None under ~.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Never

import msgspec

from wsclient.fleet._selection.filters import ANY, ListingFilter, intersect, union

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from wsclient._core.site import Site
    from wsclient.fleet._rows import InventoryRow, Join

NOTHING_LEFT: frozenset[Join] = frozenset()
NONE: frozenset[str] = frozenset()


class Predicate(msgspec.Struct, frozen=True, kw_only=True):
    """A question about a WorkSpace, made by the functions of `where` and joined by &, | and ~.

    says is the question in words, needs what may have to be looked up to answer it.
    """

    says: str
    needs: frozenset[Join] = frozenset()

    def answer(self, row: InventoryRow) -> bool | None:
        """Answer for a WorkSpace: True, False, or None where what was looked up of it does not tell.

        An answer that is not None does not change by looking up more.
        """
        raise NotImplementedError

    def missing_joins(self, row: InventoryRow) -> frozenset[Join]:
        """Return what was not looked up yet and may still decide the answer; nothing where there is one."""
        raise NotImplementedError

    def bounds(self, site: Site, *, opposite: bool = False) -> tuple[ListingFilter, ...]:
        """Return where at a site WorkSpaces are for which the answer (or the opposite one) may be other than False.

        They are within one of the bounds; none at all says that the site has no such WorkSpace.
        """
        raise NotImplementedError

    def unknown_sites(self, sites: Collection[Site]) -> frozenset[str]:
        """Return the accounts and regions that it names and none of the sites has."""
        raise NotImplementedError

    def __and__(self, other: Predicate) -> Predicate:
        """Ask for both."""
        return And(
            says=f"{_part(self, And)} and {_part(other, And)}",
            needs=self.needs | other.needs,
            first=self,
            second=other,
        )

    def __or__(self, other: Predicate) -> Predicate:
        """Ask for either."""
        return Or(
            says=f"{_part(self, Or)} or {_part(other, Or)}",
            needs=self.needs | other.needs,
            first=self,
            second=other,
        )

    def __invert__(self) -> Predicate:
        """Ask for the opposite; what is not known stays not known."""
        return Not(says=f"not {_part(self, Not)}", needs=self.needs, of=self)

    def __bool__(self) -> Never:
        """Refuse `and`, `or` and `not`, which would silently drop a part of the question."""
        raise TypeError("join predicates by &, | and ~: `and`, `or` and `not` would drop one of them")

    def __str__(self) -> str:
        """Say it in words."""
        return self.says

    def __repr__(self) -> str:
        """Say it in words."""
        return f"<Predicate: {self.says}>"


class RowPredicate(Predicate, frozen=True, kw_only=True):
    """A single question.

    of_row answers it once everything it needs was looked up; within says where the WorkSpaces are for which the answer
    may be other than False.
    """

    of_row: Callable[[InventoryRow], bool | None]
    within: ListingFilter = ANY

    def answer(self, row: InventoryRow) -> bool | None:
        return self.of_row(row) if self.needs <= row.joined else None

    def missing_joins(self, row: InventoryRow) -> frozenset[Join]:
        return self.needs - row.joined

    def bounds(self, site: Site, *, opposite: bool = False) -> tuple[ListingFilter, ...]:  # noqa: ARG002 - all alike
        return (ANY,) if opposite else (self.within,)

    def unknown_sites(self, sites: Collection[Site]) -> frozenset[str]:  # noqa: ARG002 - it names none
        return NONE


class SitePredicate(Predicate, frozen=True, kw_only=True):
    """A question about where a WorkSpace is: whether its site's account, or region, has one of these names."""

    part: Literal["account", "region"]
    names: frozenset[str]

    def answer(self, row: InventoryRow) -> bool:
        return self._is_of(row.site)

    def missing_joins(self, row: InventoryRow) -> frozenset[Join]:  # noqa: ARG002 - the answer is always known
        return NOTHING_LEFT

    def bounds(self, site: Site, *, opposite: bool = False) -> tuple[ListingFilter, ...]:
        return (ANY,) if self._is_of(site) is not opposite else ()

    def unknown_sites(self, sites: Collection[Site]) -> frozenset[str]:
        return self.names - {self._name_of(site) for site in sites}

    def _is_of(self, site: Site) -> bool:
        return self._name_of(site) in self.names

    def _name_of(self, site: Site) -> str:
        return site.account if self.part == "account" else site.region


class And(Predicate, frozen=True, kw_only=True):
    """Two questions of which both are to be answered by yes."""

    first: Predicate
    second: Predicate

    def answer(self, row: InventoryRow) -> bool | None:
        first = self.first.answer(row)
        if first is False:
            return False
        second = self.second.answer(row)
        return second if first or second is False else None

    def missing_joins(self, row: InventoryRow) -> frozenset[Join]:
        return (
            NOTHING_LEFT
            if self.answer(row) is not None
            else self.first.missing_joins(row) | self.second.missing_joins(row)
        )

    def bounds(self, site: Site, *, opposite: bool = False) -> tuple[ListingFilter, ...]:
        first, second = (part.bounds(site, opposite=opposite) for part in (self.first, self.second))
        return union(first, second) if opposite else intersect(first, second)

    def unknown_sites(self, sites: Collection[Site]) -> frozenset[str]:
        return self.first.unknown_sites(sites) | self.second.unknown_sites(sites)


class Or(Predicate, frozen=True, kw_only=True):
    """Two questions of which one at least is to be answered by yes."""

    first: Predicate
    second: Predicate

    def answer(self, row: InventoryRow) -> bool | None:
        first = self.first.answer(row)
        if first:
            return True
        second = self.second.answer(row)
        return second if first is False or second else None

    def missing_joins(self, row: InventoryRow) -> frozenset[Join]:
        return (
            NOTHING_LEFT
            if self.answer(row) is not None
            else self.first.missing_joins(row) | self.second.missing_joins(row)
        )

    def bounds(self, site: Site, *, opposite: bool = False) -> tuple[ListingFilter, ...]:
        first, second = (part.bounds(site, opposite=opposite) for part in (self.first, self.second))
        return intersect(first, second) if opposite else union(first, second)

    def unknown_sites(self, sites: Collection[Site]) -> frozenset[str]:
        return self.first.unknown_sites(sites) | self.second.unknown_sites(sites)


class Not(Predicate, frozen=True, kw_only=True):
    """A question that is to be answered by no."""

    of: Predicate

    def answer(self, row: InventoryRow) -> bool | None:
        answer = self.of.answer(row)
        return None if answer is None else not answer

    def missing_joins(self, row: InventoryRow) -> frozenset[Join]:
        return self.of.missing_joins(row)

    def bounds(self, site: Site, *, opposite: bool = False) -> tuple[ListingFilter, ...]:
        return self.of.bounds(site, opposite=not opposite)

    def unknown_sites(self, sites: Collection[Site]) -> frozenset[str]:
        return self.of.unknown_sites(sites)


def _part(question: Predicate, kind: type[Predicate]) -> str:
    """Return a question's words as a part of others joined in one way: in brackets where it is joined in another."""
    is_joined = isinstance(question, And | Or) and not isinstance(question, kind)
    return f"({question.says})" if is_joined else question.says
