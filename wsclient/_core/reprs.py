"""Short reprs of structures: what is there, the first of a list and a count, within some hundred characters.

What tells one thing from another is always shown of a structure on its own: ids, names, states, codes. Where the rest
is much, lists become counts and other members are counted. Nothing that is secret is shown.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from itertools import islice
from typing import TYPE_CHECKING, ClassVar, Final, Protocol, TypeGuard

import msgspec

from wsclient._core.utils import is_list, is_mapping

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


MOST_CHARACTERS: Final = (400, 80, 60)
"""How long a structure's members may be together: on its own, in a list or member of another, deeper."""
MOST_OF_VALUE: Final = 60
"""How much of a text is shown."""
MOST_ITEMS: Final = (3, 2, 1)
"""How many items of a list are shown, by depth as above."""
_TELLING: Final = {
    **dict.fromkeys(("code", "key", "name", "result", "state", "status", "value"), 2),
    **dict.fromkeys(("arn", "id", "message"), 1),
}
"""Last words of the members that tell one structure from another, and how much each tells."""


class HasMembers(Protocol):
    """A msgspec Struct."""

    __struct_fields__: tuple[str, ...]


def short_repr(value: object, depth: int = 0) -> str:
    """Return a short repr of a structure, a list or any other value."""
    if _has_members(value):
        return f"{type(value).__name__}({', '.join(_members(value, min(depth, 2)))})"
    if is_list(value):
        return _some("[", [short_repr(item, depth + 1) for item in value[: _most_items(depth)]], len(value), "]")
    if is_mapping(value):
        first = islice(value.items(), _most_items(depth))
        return _some("{", [f"{_scalar(key)}: {short_repr(item, depth + 1)}" for key, item in first], len(value), "}")
    return _scalar(value)


def _members(structure: HasMembers, depth: int) -> list[str]:
    """Return the members to show, in their order: the telling ones are taken first, then what there is room for."""
    there = dict(_present_members(structure))
    shown = dict[str, str]()
    room = MOST_CHARACTERS[depth]
    for name in _by_relevance(there):
        value = there[name]
        text = f"{name}={_member(structure, name, value, depth)}"
        if shown and len(text) > room and not (depth == 0 and _is_identifying(name)):
            if depth > 0 or not is_list(value):
                continue
            text = f"{name}=[… {len(value):,} items]"
        room -= len(text)
        shown[name] = text
    left_out = len(there) - len(shown)
    more = [f"… {left_out} more"] if left_out else []
    return [*(shown[name] for name in there if name in shown), *more, *_request(structure)]


def _by_relevance(names: Iterable[str]) -> list[str]:
    """Return names in the order in which to take members: a structure's own id, or name, is the first that tells."""
    ranked = sorted(names, key=_is_identifying, reverse=True)
    first = next((name for name in names if _is_identifying(name)), None)
    return ranked if first is None else [first, *(name for name in ranked if name != first)]


def _present_members(structure: HasMembers) -> Iterator[tuple[str, object]]:
    """Give the members that are there, without what is known of the request."""
    for name in structure.__struct_fields__:
        value = getattr(structure, name)
        if value is not None and name != "metadata" and value not in ([], (), {}):
            yield name, value


def _request(structure: HasMembers) -> Iterator[str]:
    """Tell which request an answer is of: what support asks for, and no header."""
    metadata = getattr(structure, "metadata", None)
    if request_id := getattr(metadata, "request_id", None):
        yield f"metadata={type(metadata).__name__}(request_id={_scalar(request_id)})"


def _member(structure: HasMembers, name: str, value: object, depth: int) -> str:
    if name in getattr(structure, "_sensitive", ()):
        return "[redacted]"
    if name == "next_token" and isinstance(value, str):
        return f"{value[:8]!r}…"
    return short_repr(value, depth + 1 if _has_members(value) else depth)


def _is_identifying(name: str) -> int:
    return _TELLING.get(name.rpartition("_")[2], 0)


def _has_members(value: object) -> TypeGuard[HasMembers]:
    return hasattr(type(value), "__struct_fields__")


def _most_items(depth: int) -> int:
    return MOST_ITEMS[min(depth, len(MOST_ITEMS) - 1)]


def _some(opening: str, first: Sequence[str], count: int, closing: str) -> str:
    more = [f"… {count - len(first):,} more"] if count > len(first) else []
    return f"{opening}{', '.join([*first, *more])}{closing}"


def _scalar(value: object) -> str:
    """Return the repr of a value: enumerations as their text, times as ISO 8601, no more than the start of a text."""
    if isinstance(value, Enum):
        return _scalar(value.value)
    if isinstance(value, datetime):
        return str(value)
    if isinstance(value, str | bytes | bytearray) and len(value) > MOST_OF_VALUE:
        return f"{value[:MOST_OF_VALUE]!r}…"
    shown = repr(value)
    return shown if len(shown) <= MOST_OF_VALUE else f"{shown[:MOST_OF_VALUE]}…"


class RedactedStruct(msgspec.Struct, frozen=True):
    """A value of which some fields are not shown, as they are secret or long."""

    _hidden_fields: ClassVar[frozenset[str]] = frozenset()
    """Fields that no repr shows."""

    def __repr__(self) -> str:
        """Show the other fields."""
        shown = (
            f"{name}={getattr(self, name)!r}" for name in self.__struct_fields__ if name not in self._hidden_fields
        )
        return f"{type(self).__name__}({', '.join(shown)})"
