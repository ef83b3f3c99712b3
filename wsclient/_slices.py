"""Cuts what is too long for one call of AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

T = TypeVar("T")


def slices(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Give the items in their order, so many at a time, the last ones perhaps fewer."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
