"""What a selection says of a WorkSpace: yes, no, or that it cannot be known. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Never

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

    from wsclient._fleet.rows import InventoryRow, Join


class Predicate(msgspec.Struct, frozen=True, kw_only=True):
    """A question about a WorkSpace, made by the functions of `where` and joined by &, | and ~.

    says is the question in words, needs what must be looked up to answer it. The answer is True, False, or None where
    what was looked up does not tell: None is neither, so ~ of it is None as well, and nothing is done to such a
    WorkSpace (three-valued logic after Kleene).
    """

    says: str
    answer: Callable[[InventoryRow], bool | None]
    needs: frozenset[Join] = frozenset()

    def __and__(self, other: Predicate) -> Predicate:
        """Ask for both."""

        def both(row: InventoryRow) -> bool | None:
            answers = (self.answer(row), other.answer(row))
            return False if False in answers else None if None in answers else True

        return Predicate(says=f"({self.says} and {other.says})", answer=both, needs=self.needs | other.needs)

    def __or__(self, other: Predicate) -> Predicate:
        """Ask for either."""

        def either(row: InventoryRow) -> bool | None:
            answers = (self.answer(row), other.answer(row))
            return True if True in answers else None if None in answers else False

        return Predicate(says=f"({self.says} or {other.says})", answer=either, needs=self.needs | other.needs)

    def __invert__(self) -> Predicate:
        """Ask for the opposite; what is not known stays not known."""

        def opposite(row: InventoryRow) -> bool | None:
            answer = self.answer(row)
            return None if answer is None else not answer

        return Predicate(says=f"not {self.says}", answer=opposite, needs=self.needs)

    def __bool__(self) -> Never:
        """Refuse `and`, `or` and `not`, which would silently drop a part of the question."""
        raise TypeError("join predicates by &, | and ~: `and`, `or` and `not` would drop one of them")

    def __str__(self) -> str:
        """Say it in words."""
        return self.says
