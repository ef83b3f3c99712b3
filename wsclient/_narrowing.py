"""Tells what a plain value is in a way that type checkers take: after isinstance alone they do not know the items."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeGuard

if TYPE_CHECKING:
    from collections.abc import Sequence


def is_mapping(value: object) -> TypeGuard[Mapping[object, object]]:
    """Tell whether a value is a mapping of whatever."""
    return isinstance(value, Mapping)


def is_list(value: object) -> TypeGuard[Sequence[object]]:
    """Tell whether a value is a list or tuple of whatever; a text is neither."""
    return isinstance(value, list | tuple)
