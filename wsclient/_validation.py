"""Looks at a request before it is sent, and refuses what can only be a mistake.

Refused are a missing or mistyped member, a list over its limit or under it, and a value under its minimum. Greatest
lengths, patterns and enumeration values are AWS's to judge: AWS raises them without a new model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import cast

from wsclient._errors import RequestValidationError
from wsclient._shapes import Kind, Shape, members_of
from wsclient._structure import Limits, Structure

Check = Callable[[object], None]
"""Returns when the value may be sent, raises _Mistake when not."""

SCALARS: Mapping[Kind, tuple[type, ...]] = {
    Kind.STRING: (str,),
    Kind.INTEGER: (int,),
    Kind.FLOAT: (float, int),
    Kind.BLOB: (bytes, bytearray, memoryview),
    Kind.TIMESTAMP: (datetime,),
}
"""What a scalar may be; the first is what a refusal asks for."""
SIZED = frozenset({Kind.STRING, Kind.BLOB})


class _Mistake(Exception):  # noqa: N818 - travels inside this module only, collecting the path on its way up
    """What is wrong with a value, and where below the request."""

    def __init__(self, what: str, *, limit: str | None = None, size: float | None = None) -> None:
        self.what = what
        self.limit = limit
        self.size = size
        self.path = ""

    def inside(self, step: str) -> _Mistake:
        """Put a step in front of the path."""
        self.path = f"{step}.{self.path}" if self.path and not self.path.startswith("[") else step + self.path
        return self


@dataclass(frozen=True, slots=True)
class _Member:
    name: str
    wire_name: str
    required: bool
    check: Check


def validate(operation: str, request: Structure) -> None:
    """Raise RequestValidationError when a request can only be a mistake; nothing is sent."""
    try:
        _check_members(request)
    except _Mistake as mistake:
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
                raise _Mistake(f"({member.name}) is required", limit="required").inside(member.wire_name)
            continue
        try:
            member.check(value)
        except _Mistake as mistake:
            raise mistake.inside(member.wire_name) from None


@cache
def _members(kind: type[Structure]) -> tuple[_Member, ...]:
    members = members_of(kind)
    return tuple(_Member(member.field, member.name, member.required, _check_of(member.shape)) for member in members)


def _check_of(shape: Shape) -> Check:
    match shape.kind:
        case Kind.LIST:
            return _list_check(_check_of(cast("Shape", shape.item)), shape.limits)
        case Kind.MAP:
            return _map_check(_check_of(cast("Shape", shape.key)), _check_of(cast("Shape", shape.item)))
        case Kind.STRUCTURE:
            return _structure_check(cast("type[Structure]", shape.structure))
        case Kind.BOOLEAN:
            return _bool_check
        case _:
            return _value_check(shape.kind, shape.limits.minimum)


def _value_check(kind: Kind, minimum: float | None) -> Check:
    types, sized = SCALARS[kind], kind in SIZED
    expected = types[0].__name__

    def check(value: object) -> None:
        if not isinstance(value, types) or isinstance(value, bool):
            raise _Mistake(f"must be {_a(expected)}, not {_a(type(value).__name__)}", limit=expected)
        if minimum is None:
            return
        size = len(value) if sized else value  # type: ignore[arg-type]  # sized tells which
        if size < minimum:  # type: ignore[operator]  # a length or a number
            what = f"is {size} long" if sized else f"is {size}"
            raise _Mistake(f"{what}, the least is {minimum:g}", limit=f"at least {minimum:g}", size=size)  # type: ignore[arg-type]

    return check


def _list_check(item: Check, limits: Limits) -> Check:
    def check(value: object) -> None:
        if not isinstance(value, list | tuple):
            hint = ", even with one item" if isinstance(value, str | bytes | Mapping | Structure) else ""
            raise _Mistake(f"must be a list{hint}, not {_a(type(value).__name__)}", limit="list")
        size = len(value)
        if limits.maximum is not None and size > limits.maximum:
            raise _Mistake(
                f"has {size} items, the limit is {limits.maximum:g}", limit=f"at most {limits.maximum:g}", size=size
            )
        if limits.minimum is not None and size < limits.minimum:
            raise _Mistake(
                f"has {size} items, the least is {limits.minimum:g}", limit=f"at least {limits.minimum:g}", size=size
            )
        for index, member in enumerate(value):
            try:
                item(member)
            except _Mistake as mistake:
                raise mistake.inside(f"[{index}]") from None

    return check


def _map_check(key: Check, value: Check) -> Check:
    def check(mapping: object) -> None:
        if not isinstance(mapping, Mapping):
            raise _Mistake(f"must be a dict, not {_a(type(mapping).__name__)}", limit="dict")
        for name, member in mapping.items():
            try:
                key(name)
                value(member)
            except _Mistake as mistake:
                raise mistake.inside(f"[{name!r}]") from None

    return check


def _structure_check(kind: type[Structure]) -> Check:
    def check(value: object) -> None:
        if isinstance(value, kind):
            return _check_members(value)
        hint = f" (types.{kind.__name__}.from_dict(…) makes one)" if isinstance(value, Mapping) else ""
        raise _Mistake(f"must be a types.{kind.__name__}{hint}, not {_a(type(value).__name__)}", limit=kind.__name__)

    return check


def _bool_check(value: object) -> None:
    if not isinstance(value, bool):
        raise _Mistake(f"must be True or False, not {_a(type(value).__name__)}", limit="bool")


def _a(name: str) -> str:
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"
