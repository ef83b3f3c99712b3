"""Short reprs of structures (a few hundred characters), and the base of structs that hide fields.

The repr of a structure always shows the members that identify it: ids, names, states, codes. Long lists become counts,
and further members are counted. Sensitive members are never shown.

rich, and structlog with it, show a msgspec struct by its __rich_repr__, which has every field unless a class that hides
some replaces it, too ("Rich Repr Protocol", https://rich.readthedocs.io/en/stable/pretty.html).
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from itertools import islice
from typing import TYPE_CHECKING, ClassVar, Final, Generic, Protocol, TypeGuard, TypeVar

import msgspec

from wsclient._core.absence import member_value
from wsclient._core.redaction import REDACTED
from wsclient._core.utils import is_list, is_mapping

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

ValueT = TypeVar("ValueT")

MAX_CHARACTERS: Final = (400, 80, 60)
"""Characters of a structure's members: at the top level, nested once, nested deeper."""
MAX_VALUE_CHARACTERS: Final = 60
"""Characters of a string that are shown."""
MAX_ITEMS: Final = (3, 2, 1)
"""Items of a list that are shown, by depth as above."""
_IDENTIFYING_WORDS: Final = {
    **dict.fromkeys(("code", "key", "name", "result", "state", "status", "value"), 2),
    **dict.fromkeys(("arn", "id", "message"), 1),
}
"""Last words of the names of identifying members, with their weights."""


class HasMembers(Protocol):
    """Type of msgspec Structs."""

    __struct_fields__: ClassVar[tuple[str, ...]]


def short_repr(value: object, depth: int = 0) -> str:
    """Return a short repr of a structure, a list or any other value."""
    if _has_members(value):
        return f"{type(value).__name__}({', '.join(_members(value, min(depth, 2)))})"
    if is_list(value):
        return _truncated("[", [short_repr(item, depth + 1) for item in value[: _max_items(depth)]], len(value), "]")
    if is_mapping(value):
        first = islice(value.items(), _max_items(depth))
        return _truncated(
            "{", [f"{_scalar(key)}: {short_repr(item, depth + 1)}" for key, item in first], len(value), "}"
        )
    return _scalar(value)


def shown_members(structure: HasMembers) -> list[tuple[str, object]]:
    """Return the members of a structure, or of a response, that have a value; sensitive ones as [redacted]."""
    shown = [
        (name, REDACTED if _is_sensitive(structure, name) else _token(value) if name == "next_token" else value)
        for name, value in _present_members(structure)
    ]
    metadata = getattr(structure, "metadata", None)
    return [*shown, ("metadata", metadata)] if getattr(metadata, "request_id", None) else shown


def _members(structure: HasMembers, depth: int) -> list[str]:
    """Return the members to show, in order of the model; identifying members are chosen first, then others that fit."""
    present = dict(_present_members(structure))
    shown = dict[str, str]()
    budget = MAX_CHARACTERS[depth]
    for name in _by_relevance(present):
        value = present[name]
        text = f"{name}={_member(structure, name, value, depth)}"
        if shown and len(text) > budget and not (depth == 0 and _relevance(name)):
            if depth > 0 or not is_list(value):
                continue
            text = f"{name}=[… {len(value):,} items]"
        budget -= len(text)
        shown[name] = text
    left_out = len(present) - len(shown)
    more = [f"… {left_out} more"] if left_out else []
    return [*(shown[name] for name in present if name in shown), *more, *_request(structure)]


def _by_relevance(names: Iterable[str]) -> list[str]:
    """Return names by relevance; the first identifying member is usually the structure's own id or name."""
    ranked = sorted(names, key=_relevance, reverse=True)
    first = next((name for name in names if _relevance(name)), None)
    return ranked if first is None else [first, *(name for name in ranked if name != first)]


def _present_members(structure: HasMembers) -> Iterator[tuple[str, object]]:
    """Yield the members that have a value, without the response metadata."""
    for name in structure.__struct_fields__:
        value = member_value(structure, name)
        if value is not None and name != "metadata" and value not in ([], (), {}):
            yield name, value


def _request(structure: HasMembers) -> Iterator[str]:
    """Yield the request id of a response, which AWS Support needs, without its headers."""
    metadata = getattr(structure, "metadata", None)
    if request_id := getattr(metadata, "request_id", None):
        yield f"metadata={type(metadata).__name__}(request_id={_scalar(request_id)})"


def _member(structure: HasMembers, name: str, value: object, depth: int) -> str:
    if _is_sensitive(structure, name):
        return REDACTED
    if name == "next_token" and isinstance(value, str):
        return f"{value[:8]!r}…"
    return short_repr(value, depth + 1 if _has_members(value) else depth)


def _is_sensitive(structure: HasMembers, name: str) -> bool:
    return name in getattr(structure, "_sensitive", ())


def _token(value: object) -> object:
    """Return the beginning of a page token, which is long."""
    return f"{value[:8]}…" if isinstance(value, str) else value


def _relevance(name: str) -> int:
    return _IDENTIFYING_WORDS.get(name.rpartition("_")[2], 0)


def _has_members(value: object) -> TypeGuard[HasMembers]:
    return hasattr(type(value), "__struct_fields__")


def _max_items(depth: int) -> int:
    return MAX_ITEMS[min(depth, len(MAX_ITEMS) - 1)]


def _truncated(opening: str, first: Sequence[str], count: int, closing: str) -> str:
    more = [f"… {count - len(first):,} more"] if count > len(first) else []
    return f"{opening}{', '.join([*first, *more])}{closing}"


def _scalar(value: object) -> str:
    """Return the repr of a value: enumerations as their value, times as ISO 8601, long strings truncated."""
    if isinstance(value, Enum):
        return _scalar(value.value)
    if isinstance(value, datetime):
        return str(value)
    if isinstance(value, str | bytes | bytearray) and len(value) > MAX_VALUE_CHARACTERS:
        return f"{value[:MAX_VALUE_CHARACTERS]!r}…"
    shown = repr(value)
    return shown if len(shown) <= MAX_VALUE_CHARACTERS else f"{shown[:MAX_VALUE_CHARACTERS]}…"


class HiddenMembers:
    """Base of dataclasses with eq=False that hide fields, and are equal if all fields are.

    For a dataclass with the generated __eq__, an assertion that fails in pytest shows the values that differ.
    """

    __slots__ = ()
    __dataclass_fields__: ClassVar[dict[str, object]]

    def __eq__(self, other: object) -> bool:
        """Return whether the other object has the same class and equal fields."""
        if not isinstance(other, HiddenMembers) or type(other) is not type(self):
            return NotImplemented
        return self._values() == other._values()

    def __hash__(self) -> int:
        """Return a hash of the fields."""
        return hash(self._values())

    def _values(self) -> tuple[object, ...]:
        return tuple(getattr(self, name) for name in self.__dataclass_fields__)


class RedactedStruct(msgspec.Struct, frozen=True):
    """Base of structs whose repr hides some fields, because they are secret or long."""

    _hidden_fields: ClassVar[frozenset[str]] = frozenset()
    """Fields that the repr does not show."""

    def __repr__(self) -> str:
        """Return the fields that are not hidden."""
        shown = (f"{name}={value!r}" for name, value in self.__rich_repr__())
        return f"{type(self).__name__}({', '.join(shown)})"

    def __rich_repr__(self) -> list[tuple[str, object]]:
        """Return names and values of the fields that are not hidden."""
        return [(name, getattr(self, name)) for name in self.__struct_fields__ if name not in self._hidden_fields]


class Hidden(RedactedStruct, Generic[ValueT], frozen=True):
    """Holder of a secret value, whose repr does not show it."""

    _hidden_fields: ClassVar[frozenset[str]] = frozenset({"value"})

    value: ValueT
