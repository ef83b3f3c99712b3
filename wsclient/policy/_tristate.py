"""Three-valued logic of policy evaluation: True, False, or None if undetermined."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

Tristate = bool | None
"""True, False, or None if undetermined."""


def all_of(results: Iterable[Tristate]) -> Tristate:
    """Return the conjunction: False if any result is False, else None if any is undetermined, else True."""
    known = list(results)
    return False if False in known else None if None in known else True


def any_of(results: Iterable[Tristate]) -> Tristate:
    """Return the disjunction: True if any result is True, else None if any is undetermined, else False."""
    known = list(results)
    return True if True in known else None if None in known else False


def any_listed(results: Iterable[Tristate]) -> Tristate:
    """Return the disjunction over a policy's list; None for an empty list, which IAM's grammar does not have."""
    known = list(results)
    return any_of(known) if known else None


def negate(result: Tristate) -> Tristate:
    """Return the negation; None stays None."""
    return None if result is None else not result
