"""Tells what a plain value is in a way that type checkers take: after isinstance alone they do not know the items."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Self, TypeGuard, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


def is_mapping(value: object) -> TypeGuard[Mapping[object, object]]:
    """Tell whether a value is a mapping of whatever."""
    return isinstance(value, Mapping)


def is_list(value: object) -> TypeGuard[Sequence[object]]:
    """Tell whether a value is a list or tuple of whatever; a text is neither."""
    return isinstance(value, list | tuple)


def close_matches(name: str, known: Iterable[str], *, most: int = 3) -> list[str]:
    """Return the known names that are like a misspelt one, the likest first."""
    from difflib import get_close_matches  # noqa: PLC0415 - of no use before a mistake

    return get_close_matches(name, list(known), n=most)


T = TypeVar("T")


def chunked(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Give the items in their order, so many at a time, the last ones perhaps fewer."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


class ShallowCopyMixin:
    """Copies within the process as Python does where nobody says how to pickle."""

    def __copy__(self) -> Self:
        """Return another of the kind with the very same attributes."""
        other = object.__new__(type(self))
        vars(other).update(vars(self))
        return other
