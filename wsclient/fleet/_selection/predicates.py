"""Predicates over WorkSpaces, and their combination by &, | and ~. Pure.

Results follow Kleene's strong three-valued logic: None (unknown) is neither True nor False, and stays None under ~.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, ClassVar, Literal, Never

import msgspec

from wsclient._core.site import Site
from wsclient._core.value_kinds import type_name
from wsclient.fleet._rows import InventoryRow, Join
from wsclient.fleet._selection.filters import ANY, ListingFilter, intersect, union

if TYPE_CHECKING:
    from collections.abc import Callable


NO_JOINS: frozenset[Join] = frozenset()
NO_NAMES: frozenset[str] = frozenset()


class Predicate(msgspec.Struct, frozen=True, kw_only=True):
    """Condition on a WorkSpace, made by the functions of `where` and combined by &, | and ~.

    description is its text, as plans, reports and journals contain it. needs are the joins that its evaluation may
    require.
    """

    description: str
    needs: frozenset[Join] = frozenset()

    def answer(self, row: InventoryRow) -> bool | None:
        """Return True, False, or None if the joins made so far do not decide.

        A result other than None does not change when more joins are made.
        """
        raise NotImplementedError

    def missing_joins(self, row: InventoryRow) -> frozenset[Join]:
        """Return the joins that were not made yet and may still decide the result; empty once it is decided."""
        raise NotImplementedError

    def bounds(self, site: Site, *, opposite: bool = False) -> tuple[ListingFilter, ...]:
        """Return listing filters for the WorkSpaces of a site whose result (or its opposite) may be other than False.

        Each such WorkSpace matches one of the filters; an empty tuple means that the site has no such WorkSpace.
        """
        raise NotImplementedError

    def unknown_sites(self, sites: Collection[Site]) -> frozenset[str]:
        """Return the accounts and regions that the predicate names and none of the sites has."""
        raise NotImplementedError

    def __and__(self, other: Predicate) -> Predicate:
        """Return a predicate that requires both."""
        _require_predicate(other)
        return And(
            description=f"{_operand_text(self, And)} and {_operand_text(other, And)}",
            needs=self.needs | other.needs,
            first=self,
            second=other,
        )

    def __or__(self, other: Predicate) -> Predicate:
        """Return a predicate that requires at least one of both."""
        _require_predicate(other)
        return Or(
            description=f"{_operand_text(self, Or)} or {_operand_text(other, Or)}",
            needs=self.needs | other.needs,
            first=self,
            second=other,
        )

    def __invert__(self) -> Predicate:
        """Return the negation; an unknown result stays unknown."""
        return Not(description=f"not {_operand_text(self, Not)}", needs=self.needs, operand=self)

    def __bool__(self) -> Never:
        """Raise TypeError: `and`, `or` and `not` would silently drop one of the predicates."""
        raise TypeError("combine predicates by &, | and ~: `and`, `or` and `not` would drop one of them")

    def __str__(self) -> str:
        """Return the text of the predicate."""
        return self.description

    def __repr__(self) -> str:
        """Return the text of the predicate, marked as one."""
        return f"<Predicate: {self.description}>"


class RowPredicate(Predicate, frozen=True, kw_only=True):
    """Predicate of one condition on a row.

    condition is evaluated once all joins in needs were made; within is the listing filter for the WorkSpaces whose
    result may be other than False.
    """

    condition: Callable[[InventoryRow], bool | None]
    within: ListingFilter = ANY

    def answer(self, row: InventoryRow) -> bool | None:
        return self.condition(row) if self.needs <= row.joined else None

    def missing_joins(self, row: InventoryRow) -> frozenset[Join]:
        return self.needs - row.joined

    def bounds(self, site: Site, *, opposite: bool = False) -> tuple[ListingFilter, ...]:  # noqa: ARG002 - all alike
        return (ANY,) if opposite else (self.within,)

    def unknown_sites(self, sites: Collection[Site]) -> frozenset[str]:  # noqa: ARG002 - it names none
        return NO_NAMES


class SitePredicate(Predicate, frozen=True, kw_only=True):
    """Predicate on the site of a WorkSpace: its account or region has one of the names."""

    part: Literal["account", "region"]
    names: frozenset[str]

    def answer(self, row: InventoryRow) -> bool:
        return self._matches(row.site)

    def missing_joins(self, row: InventoryRow) -> frozenset[Join]:  # noqa: ARG002 - needs no lookup
        return NO_JOINS

    def bounds(self, site: Site, *, opposite: bool = False) -> tuple[ListingFilter, ...]:
        return (ANY,) if self._matches(site) is not opposite else ()

    def unknown_sites(self, sites: Collection[Site]) -> frozenset[str]:
        return self.names - {self._site_name(site) for site in sites}

    def _matches(self, site: Site) -> bool:
        return self._site_name(site) in self.names

    def _site_name(self, site: Site) -> str:
        return site.account if self.part == "account" else site.region


class BinaryPredicate(Predicate, frozen=True, kw_only=True):
    """Base of And and Or, which differ in the operand result that decides the whole: False for And, True for Or."""

    first: Predicate
    second: Predicate

    decisive: ClassVar[bool]

    def answer(self, row: InventoryRow) -> bool | None:
        first = self.first.answer(row)
        if first is self.decisive:
            return first
        second = self.second.answer(row)
        return second if first is not None or second is self.decisive else None

    def missing_joins(self, row: InventoryRow) -> frozenset[Join]:
        # Once one operand decides, the joins of the other would cost calls for nothing.
        if self.answer(row) is not None:
            return NO_JOINS
        return self.first.missing_joins(row) | self.second.missing_joins(row)

    def bounds(self, site: Site, *, opposite: bool = False) -> tuple[ListingFilter, ...]:
        first, second = (operand.bounds(site, opposite=opposite) for operand in (self.first, self.second))
        # De Morgan: the negation of And is an Or of negations, and the reverse.
        return intersect(first, second) if opposite is self.decisive else union(first, second)

    def unknown_sites(self, sites: Collection[Site]) -> frozenset[str]:
        return self.first.unknown_sites(sites) | self.second.unknown_sites(sites)


class And(BinaryPredicate, frozen=True, kw_only=True):
    """Predicate that requires both operands."""

    decisive = False


class Or(BinaryPredicate, frozen=True, kw_only=True):
    """Predicate that requires at least one of its operands."""

    decisive = True


class Not(Predicate, frozen=True, kw_only=True):
    """Negation of a predicate."""

    operand: Predicate

    def answer(self, row: InventoryRow) -> bool | None:
        result = self.operand.answer(row)
        return None if result is None else not result

    def missing_joins(self, row: InventoryRow) -> frozenset[Join]:
        return self.operand.missing_joins(row)

    def bounds(self, site: Site, *, opposite: bool = False) -> tuple[ListingFilter, ...]:
        return self.operand.bounds(site, opposite=not opposite)

    def unknown_sites(self, sites: Collection[Site]) -> frozenset[str]:
        return self.operand.unknown_sites(sites)


def _require_predicate(operand: object) -> None:
    if not isinstance(operand, Predicate):
        raise TypeError(f"& and | combine predicates of where, such as where.state(…), not {type_name(operand)}")


def _operand_text(predicate: Predicate, combination: type[Predicate]) -> str:
    """Return a predicate's text as an operand: in brackets if it is a combination of another type."""
    needs_brackets = isinstance(predicate, BinaryPredicate) and not isinstance(predicate, combination)
    return f"({predicate.description})" if needs_brackets else predicate.description
