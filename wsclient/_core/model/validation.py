"""Client-side validation of requests.

It rejects a missing or mistyped member, a list above its maximum or below its minimum, a value below its minimum, and a
value of an enumeration in lower case. AWS checks maximum lengths, patterns and other enumeration values, because it
extends them without a new model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Final, cast

import msgspec

from wsclient._core.errors import RequestValidationError
from wsclient._core.model.shapes import Shape, ShapeKind, structure_members
from wsclient._core.model.structures import Limits, Structure, public_name
from wsclient._core.utils import is_list, is_mapping, with_article
from wsclient._core.value_kinds import type_name

if TYPE_CHECKING:
    from collections.abc import Sized

    from wsclient._core.model.enums import OpenEnum

Check = Callable[[object], None]
"""Validator of a value: raises _InvalidValue if it must not be sent."""

SCALARS: Mapping[ShapeKind, tuple[type, ...]] = {
    ShapeKind.STRING: (str,),
    ShapeKind.INTEGER: (int,),
    ShapeKind.FLOAT: (float, int),
    ShapeKind.BLOB: (bytes, bytearray, memoryview),
    ShapeKind.TIMESTAMP: (datetime,),
}
"""Accepted Python types of scalars; error messages name the first."""
NUMBERS = (int, float)
_FEW_MEMBERS: Final = 2
_SEPARATORS: Final = str.maketrans("", "", "-_ ")


class _InvalidValue(Exception):  # noqa: N818 - travels inside this module only, collecting the path on its way up
    """Problem of a value, with its path in the request."""

    def __init__(self, problem: str, *, limit: str | None = None, size: float | None = None) -> None:
        self.problem = problem
        self.limit = limit
        self.size = size
        self.path = ""

    def inside(self, step: str) -> _InvalidValue:
        """Prepend a step to the path."""
        self.path = f"{step}.{self.path}" if self.path and not self.path.startswith("[") else step + self.path
        return self


class _Member(msgspec.Struct, frozen=True):
    name: str
    wire_name: str
    required: bool
    check: Check


def validate(operation: str, request: Structure) -> None:
    """Validate a request; raise RequestValidationError for the first invalid member."""
    try:
        _check_members(request)
    except _InvalidValue as error:
        raise RequestValidationError(
            f"{operation}: {error.path} {error.problem}; nothing was sent",
            operation=operation,
            path=error.path,
            limit=error.limit,
            value_size=error.size,
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
        except _InvalidValue as error:
            raise error.inside(member.wire_name) from None


@cache
def _members(structure_type: type[Structure]) -> tuple[_Member, ...]:
    members = structure_members(structure_type)
    return tuple(
        _Member(member.field, member.name, member.required, _validator_for(member.shape)) for member in members
    )


def _validator_for(shape: Shape) -> Check:
    match shape.kind:
        case ShapeKind.LIST:
            return _list_check(cast("Shape", shape.item), shape.limits)
        case ShapeKind.MAP:
            return _map_check(_validator_for(cast("Shape", shape.key)), _validator_for(cast("Shape", shape.item)))
        case ShapeKind.STRUCTURE:
            return _structure_check(cast("type[Structure]", shape.structure))
        case ShapeKind.BOOLEAN:
            return _bool_check
        case _:
            check = _scalar_check(SCALARS[shape.kind], shape.limits.minimum)
            return check if shape.enum is None else _enum_check(check, shape.enum)


def _scalar_check(types: tuple[type, ...], minimum: float | None) -> Check:
    expected = types[0].__name__

    def check(value: object) -> None:
        if not isinstance(value, types) or isinstance(value, bool):
            raise _InvalidValue(f"must be {with_article(expected)}, not {type_name(value)}", limit=expected)
        if minimum is None:
            return
        if isinstance(value, NUMBERS):
            _check_minimum(minimum, value)
        else:  # apart from numbers, the model sets a minimum for strings and blobs only
            unit = "characters" if isinstance(value, str) else "bytes"
            _check_minimum(minimum, len(cast("Sized", value)), unit)

    return check


def _enum_check(check: Check, enum: type[OpenEnum]) -> Check:
    """Return the check that also rejects a value of another case or with other separators; other new values pass."""
    values = frozenset(member.value for member in enum)
    folded = {_folded(value): value for value in values}

    def check_spelling(value: object) -> None:
        check(value)
        if value in values or isinstance(value, enum):
            return
        if found := folded.get(_folded(cast("str", value))):
            raise _InvalidValue(f"must be spelled {found!r}", limit=found)

    return check_spelling


def _folded(value: str) -> str:
    return value.translate(_SEPARATORS).upper()


def _list_check(item_shape: Shape, limits: Limits) -> Check:
    item = _validator_for(item_shape)

    def check(value: object) -> None:
        if not is_list(value):
            raise _InvalidValue(f"must be a list{_list_hint(value, item_shape)}, not {type_name(value)}", limit="list")
        if limits.minimum is not None:
            _check_minimum(limits.minimum, len(value), "items")
        if limits.maximum is not None:
            _check_maximum(limits.maximum, len(value), "items")
        for index, member in enumerate(value):
            try:
                item(member)
            except _InvalidValue as error:
                raise error.inside(f"[{index}]") from None

    return check


def _list_hint(value: object, item: Shape) -> str:
    """Return what to write in place of a value that is not a list."""
    if is_mapping(value) or isinstance(value, str | bytes | Structure):
        example = f", such as [{_example(item.structure)}]" if item.structure else ""
        return f", even with one item{example}"
    return " (use list(…))" if isinstance(value, Iterable) else ""


def _example(structure_type: type[Structure]) -> str:
    """Return how a structure is written: its required members, or its only ones."""
    members = structure_members(structure_type)
    shown = [member.field for member in members if member.required or len(members) <= _FEW_MEMBERS]
    return f"{public_name(structure_type)}({', '.join(f'{name}=…' for name in shown) or '…'})"


def _map_check(key: Check, item: Check) -> Check:
    def check(value: object) -> None:
        if not is_mapping(value):
            raise _InvalidValue(f"must be a dict, not {type_name(value)}", limit="dict")
        for name, member in value.items():
            try:
                key(name)
                item(member)
            except _InvalidValue as error:
                raise error.inside(f"[{name!r}]") from None

    return check


def _structure_check(structure_type: type[Structure]) -> Check:
    def check(value: object) -> None:
        if isinstance(value, structure_type):
            return _check_members(value)
        name = public_name(structure_type)
        hint = f"{name}.from_dict(…)" if is_mapping(value) else _example(structure_type)
        raise _InvalidValue(f"must be a {name} (use {hint}), not {type_name(value)}", limit=structure_type.__name__)

    return check


def _bool_check(value: object) -> None:
    if not isinstance(value, bool):
        raise _InvalidValue(f"must be True or False, not {type_name(value)}", limit="bool")


def _check_minimum(minimum: float, size: float, unit: str = "") -> None:
    if size < minimum:
        limit = f"at least {minimum:g}"
        raise _InvalidValue(f"{_requirement(limit, unit)} (got {size})", limit=limit, size=size)


def _check_maximum(maximum: float, size: float, unit: str) -> None:
    if size > maximum:
        limit = f"at most {maximum:g}"
        raise _InvalidValue(f"{_requirement(limit, unit)} (got {size})", limit=limit, size=size)


def _requirement(limit: str, unit: str) -> str:
    if not unit:
        return f"must be {limit}"
    return f"must have {limit} {unit.removesuffix('s') if limit.endswith(' 1') else unit}"
