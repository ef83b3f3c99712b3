"""Stand-ins for members that AWS left out of a response, and the functions that map them back to None.

Members that AWS always sends have a harmless default instead of None: an empty string, an enumeration value "" or an
empty structure. All code that has to tell a value from an absent one asks this module.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

ValueT = TypeVar("ValueT")

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""Stand-in for a time that AWS's model requires and a response lacks, as in Smithy's client error correction."""


class FrozenEmptyList(list[Any]):
    """Empty list that cannot be changed, since all structures share it."""

    __slots__ = ()

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("the list of a structure that AWS left out cannot be changed; make a list of your own")

    append = extend = insert = __iadd__ = __imul__ = __setitem__ = _refuse


class _NotSent(FrozenEmptyList):
    __slots__ = ()

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle and copy as the shared list itself."""
        return _shared, ("NOT_SENT",)


class _NotGiven(FrozenEmptyList):
    __slots__ = ()

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle and copy as the shared list itself."""
        return _shared, ("NOT_GIVEN",)


def _shared(name: str) -> FrozenEmptyList:
    return NOT_SENT if name == "NOT_SENT" else NOT_GIVEN


NOT_SENT: Final = _NotSent()
"""List of a member that AWS left out; a list that AWS sent empty is another object."""
NOT_GIVEN: Final = _NotGiven()
"""List that was left out of a structure which requests contain, where an empty list is a value of its own."""


def is_absent(value: object) -> bool:
    """Return whether a value stands for one that AWS left out: None, "", an empty structure, a list not sent."""
    if isinstance(value, str):
        return not value
    if isinstance(value, msgspec.Struct):
        return not any(_was_sent(value, name) for name in value.__struct_fields__)
    return value is None or isinstance(value, FrozenEmptyList) or (isinstance(value, datetime) and value == EPOCH)


def present(value: ValueT | None) -> ValueT | None:
    """Return a value, or None if it stands for one that AWS left out."""
    return None if is_absent(value) else value


def member_value(structure: object, name: str) -> object:
    """Return the value of a structure's member, or None if it was left out; the list of a response is always a list."""
    value: object = getattr(structure, name)
    if value is None:  # most members of most structures
        return None
    if isinstance(structure, msgspec.Struct) and name in _never_none(type(structure)):
        # A caller who makes a request gives every required structure, and an empty one is a value.
        is_given = isinstance(value, msgspec.Struct) and name in _required(type(structure))
        return value if is_given else present(value)
    return present(value) if value is NOT_GIVEN else value


def _was_sent(structure: msgspec.Struct, name: str) -> bool:
    """Return whether AWS sent a structure's member: "" is a value where None stands for an absent one."""
    value: object = getattr(structure, name)
    if name in _never_none(type(structure)):
        return not is_absent(value)
    return value is not None and not isinstance(value, FrozenEmptyList)


@cache
def members_with_stand_ins(kind: type[msgspec.Struct]) -> frozenset[str]:
    """Return the members of a structure whose value may stand for one that AWS left out."""
    return _never_none(kind) | {name for name, default in defaults_of(kind) if default is NOT_GIVEN}


@cache
def _never_none(kind: type[msgspec.Struct]) -> frozenset[str]:
    """Return the members of a structure that have a stand-in instead of None."""
    optional = {name for name, default in defaults_of(kind) if default is None or isinstance(default, FrozenEmptyList)}
    return frozenset(kind.__struct_fields__) - optional


@cache
def _required(kind: type[msgspec.Struct]) -> frozenset[str]:
    """Return the members of a structure that have no default."""
    return frozenset(kind.__struct_fields__) - {
        name for name, default in defaults_of(kind) if default is not msgspec.NODEFAULT
    }


def defaults_of(kind: type[msgspec.Struct]) -> Iterator[tuple[str, object]]:
    """Return the names and defaults of a structure's members; msgspec has defaults for the last members only."""
    return zip(reversed(kind.__struct_fields__), reversed(kind.__struct_defaults__), strict=False)
