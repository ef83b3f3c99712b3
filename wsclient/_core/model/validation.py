"""Looks at a request before it is sent, and refuses what can only be a mistake.

Refused are a missing or mistyped member, a list over its limit or under it, and a value under its minimum. Greatest
lengths, patterns and enumeration values are AWS's to judge: AWS raises them without a new model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, cast

import msgspec

from wsclient._core.errors import RequestValidationError
from wsclient._core.model.shapes import Shape, ShapeKind, members_of
from wsclient._core.model.structures import Limits, Structure
from wsclient._core.utils import is_list, is_mapping

if TYPE_CHECKING:
    from collections.abc import Sized

Check = Callable[[object], None]
"""Returns when the value may be sent, raises _Mistake when not."""

SCALARS: Mapping[ShapeKind, tuple[type, ...]] = {
    ShapeKind.STRING: (str,),
    ShapeKind.INTEGER: (int,),
    ShapeKind.FLOAT: (float, int),
    ShapeKind.BLOB: (bytes, bytearray, memoryview),
    ShapeKind.TIMESTAMP: (datetime,),
}
"""What a scalar may be; the first is what a refusal asks for."""
NUMBERS = (int, float)


class _InvalidValue(Exception):  # noqa: N818 - travels inside this module only, collecting the path on its way up
    """What is wrong with a value, and where below the request."""

    def __init__(self, what: str, *, limit: str | None = None, size: float | None = None) -> None:
        self.what = what
        self.limit = limit
        self.size = size
        self.path = ""

    def inside(self, step: str) -> _InvalidValue:
        """Put a step in front of the path."""
        self.path = f"{step}.{self.path}" if self.path and not self.path.startswith("[") else step + self.path
        return self


class _Member(msgspec.Struct, frozen=True):
    name: str
    wire_name: str
    required: bool
    check: Check


def validate(operation: str, request: Structure) -> None:
    """Raise RequestValidationError when a request can only be a mistake; nothing is sent."""
    try:
        _check_members(request)
    except _InvalidValue as mistake:
        raise RequestValidationError(
            f"{operation}: {mistake.path} {mistake.what}; nothing was sent",
            operation=operation,
            path=mistake.path,
            limit=mistake.limit,
            value_size=mistake.size,
        ) from None


def _check_members(structure: Structure) -> None:
    for member in _members(type(structure)):
        value = getattr(structure, member.name)
        if value is None:
            if member.required:
                raise _InvalidValue(f"({member.name}) is required", limit="required").inside(member.wire_name)
            continue
        try:
            member.check(value)
        except _InvalidValue as mistake:
            raise mistake.inside(member.wire_name) from None


@cache
def _members(kind: type[Structure]) -> tuple[_Member, ...]:
    members = members_of(kind)
    return tuple(_Member(member.field, member.name, member.required, _check_of(member.shape)) for member in members)


def _check_of(shape: Shape) -> Check:
    match shape.kind:
        case ShapeKind.LIST:
            return _list_check(_check_of(cast("Shape", shape.item)), shape.limits)
        case ShapeKind.MAP:
            return _map_check(_check_of(cast("Shape", shape.key)), _check_of(cast("Shape", shape.item)))
        case ShapeKind.STRUCTURE:
            return _structure_check(cast("type[Structure]", shape.structure))
        case ShapeKind.BOOLEAN:
            return _bool_check
        case _:
            return _scalar_check(SCALARS[shape.kind], shape.limits.minimum)


def _scalar_check(types: tuple[type, ...], minimum: float | None) -> Check:
    expected = types[0].__name__

    def check(value: object) -> None:
        if not isinstance(value, types) or isinstance(value, bool):
            raise _InvalidValue(f"must be {_a(expected)}, not {_type_name(value)}", limit=expected)
        if minimum is None:
            return
        if isinstance(value, NUMBERS):
            _at_least(minimum, value, "is {}")
        else:  # of the other kinds, the model sets a minimum for texts and blobs alone
            _at_least(minimum, len(cast("Sized", value)), "is {} long")

    return check


def _list_check(item: Check, limits: Limits) -> Check:
    def check(value: object) -> None:
        if not is_list(value):
            hint = ", even with one item" if is_mapping(value) or isinstance(value, str | bytes | Structure) else ""
            raise _InvalidValue(f"must be a list{hint}, not {_type_name(value)}", limit="list")
        if limits.minimum is not None:
            _at_least(limits.minimum, len(value), "has {} items")
        if limits.maximum is not None:
            _at_most(limits.maximum, len(value), "has {} items")
        for index, member in enumerate(value):
            try:
                item(member)
            except _InvalidValue as mistake:
                raise mistake.inside(f"[{index}]") from None

    return check


def _map_check(key: Check, item: Check) -> Check:
    def check(value: object) -> None:
        if not is_mapping(value):
            raise _InvalidValue(f"must be a dict, not {_type_name(value)}", limit="dict")
        for name, member in value.items():
            try:
                key(name)
                item(member)
            except _InvalidValue as mistake:
                raise mistake.inside(f"[{name!r}]") from None

    return check


def _structure_check(kind: type[Structure]) -> Check:
    def check(value: object) -> None:
        if isinstance(value, kind):
            return _check_members(value)
        hint = f" (types.{kind.__name__}.from_dict(…) makes one)" if is_mapping(value) else ""
        raise _InvalidValue(f"must be a types.{kind.__name__}{hint}, not {_type_name(value)}", limit=kind.__name__)

    return check


def _bool_check(value: object) -> None:
    if not isinstance(value, bool):
        raise _InvalidValue(f"must be True or False, not {_type_name(value)}", limit="bool")


def _at_least(minimum: float, size: float, told: str) -> None:
    if size < minimum:
        raise _InvalidValue(f"{told.format(size)}, the least is {minimum:g}", limit=f"at least {minimum:g}", size=size)


def _at_most(maximum: float, size: float, told: str) -> None:
    if size > maximum:
        raise _InvalidValue(f"{told.format(size)}, the limit is {maximum:g}", limit=f"at most {maximum:g}", size=size)


def _type_name(value: object) -> str:
    return _a(type(value).__name__)


def _a(name: str) -> str:
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"
