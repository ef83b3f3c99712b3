"""Conversion of request values to those of a protocol: members, timestamps, blobs, finite numbers only."""

from __future__ import annotations

import base64
import math
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, cast

from wsclient._core.absence import EPOCH, FrozenEmptyList
from wsclient._core.model.shapes import Shape, structure_members
from wsclient._core.model.structures import Structure, TimestampFormat
from wsclient._core.utils import is_list, is_mapping

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class UnserializableValueError(ValueError):
    """Value that no AWS protocol can represent, with its path in the request; the message does not show the value."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.path = ""

    def inside(self, step: str) -> UnserializableValueError:
        """Prepend a step to the path."""
        self.path = f"{step}.{self.path}" if self.path and not self.path.startswith("[") else step + self.path
        return self

    def __str__(self) -> str:
        """Return the path and the problem."""
        return f"{self.path or 'the request'} {self.problem}"


def members_to_wire(
    members: Mapping[str, object], structure_type: type[Structure] | None, timestamps: TimestampFormat
) -> dict[str, object]:
    """Convert the members of a structure, by AWS's names, to strings, numbers, bools, None, lists and dicts.

    structure_type gives the shapes of known members; None if there is no model. Raises UnserializableValueError.
    """
    shapes = member_shapes(structure_type)
    return {name: _to_wire(member, shapes.get(name), name, timestamps) for name, member in _items(members)}


def encoding_error(
    members: Mapping[str, object], encode: Callable[[object], object]
) -> UnserializableValueError | None:
    """Return the error, with its path, of the first value that an encoder refuses; None if it refuses none alone.

    members are wire values. Encoders report no path: it is looked for after they have failed.
    """
    pending: list[tuple[str, object]] = [("", members)]
    while pending:
        path, value = pending.pop()
        parts: list[tuple[str, object]] = []
        if is_mapping(value):
            parts = [(f"{path}.{name}" if path else str(name), item) for name, item in value.items()]
            scalars = list[object](value)
        elif is_list(value):
            parts, scalars = [(f"{path}[{index}]", item) for index, item in enumerate(value)], []
        else:
            scalars = [value]
        pending += reversed(parts)
        for scalar in scalars:
            problem = _encoding_problem(scalar, encode)
            if problem is not None:
                error = UnserializableValueError(f"has a key that {problem}" if parts else problem)
                error.path = path
                return error
    return None


def _encoding_problem(scalar: object, encode: Callable[[object], object]) -> str | None:
    try:
        encode(scalar)
    except UnicodeEncodeError:
        return "contains a lone surrogate, which UTF-8 cannot encode"
    except (ValueError, OverflowError, TypeError):
        return "is an int that the protocol cannot represent" if isinstance(scalar, int) else "cannot be encoded"
    return None


def structure_to_wire(structure: Structure, timestamps: TimestampFormat) -> dict[str, object]:
    """Convert a structure to its members, as members_to_wire() does, without those that have no value."""
    members: dict[str, object] = {}
    for member in structure_members(type(structure)):
        value = getattr(structure, member.field)
        # An empty list is a value, unless it is the one for a list that was left out.
        if value is not None and not isinstance(value, FrozenEmptyList):
            members[member.name] = _to_wire(value, member.shape, member.name, timestamps)
    return members


@cache
def member_shapes(structure_type: type[Structure] | None) -> Mapping[str, Shape]:
    """Return the shapes of a structure's members, by AWS's names; none without a model."""
    members = structure_members(structure_type) if structure_type else ()
    return {member.name: member.shape for member in members}


def _to_wire(value: object, shape: Shape | None, step: str, timestamps: TimestampFormat) -> object:
    """Convert one value; step is its name or index in the value that contains it."""
    if value is None or value is True or value is False or type(value) is str or type(value) is int:
        return value
    try:
        if isinstance(value, Structure):
            return structure_to_wire(value, timestamps)
        if is_mapping(value):
            return _mapping_to_wire(value, shape, timestamps)
        if is_list(value):
            item = shape.item if shape else None
            return [
                member if type(member) is str else _to_wire(member, item, f"[{index}]", timestamps)
                for index, member in enumerate(value)
            ]
        return _scalar_to_wire(value, (shape.wire.timestamps if shape else None) or timestamps)
    except UnserializableValueError as error:
        raise error.inside(step) from None


def _mapping_to_wire(value: Mapping[object, object], shape: Shape | None, timestamps: TimestampFormat) -> object:
    if shape is not None and shape.structure is not None:
        return members_to_wire(dict(_items(value)), shape.structure, timestamps)
    item = shape.item if shape else None
    return {name: _to_wire(member, item, name, timestamps) for name, member in _items(value)}


def _items(members: Mapping[str, object] | Mapping[object, object]) -> list[tuple[str, object]]:
    items: list[tuple[str, object]] = []
    for key, member in members.items():
        name: object = key.value if isinstance(key, Enum) else key
        if not isinstance(name, str):
            raise UnserializableValueError(f"has a key of type {type(key).__name__}; keys must be strings")
        items.append((str.__str__(name), member))
    return items


def _scalar_to_wire(value: object, timestamps: TimestampFormat) -> object:
    value = value.value if isinstance(value, Enum) else value
    if isinstance(value, str):
        return str.__str__(value)  # a plain string: encoders do not know subclasses
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise UnserializableValueError("is NaN or infinite; AWS accepts finite numbers only")
        return float(value)
    if isinstance(value, datetime):
        return format_timestamp(value, timestamps)
    if isinstance(value, bytes | bytearray | memoryview):
        return base64.b64encode(cast("bytes", value)).decode("ascii")
    raise UnserializableValueError(
        f"is of type {type(value).__name__}; use a string, number, bool, datetime, bytes, list, dict or structure"
    )


def format_timestamp(time: datetime, timestamps: TimestampFormat) -> str | int | float:
    """Format an aware time as a protocol does; raise UnserializableValueError for a time without a time zone.

    "timestampFormat trait", https://smithy.io/2.0/spec/protocol-traits.html
    """
    if time.utcoffset() is None:
        raise UnserializableValueError("is a datetime without a time zone; add one, for example tzinfo=UTC")
    if timestamps is TimestampFormat.EPOCH_SECONDS:
        # In integers, because float seconds are inexact: milliseconds are the precision that AWS reads.
        since = time - EPOCH
        milliseconds = (since.days * 86_400 + since.seconds) * 1000 + since.microseconds // 1000
        return milliseconds / 1000 if milliseconds % 1000 else milliseconds // 1000
    try:
        utc = time.astimezone(UTC)
    except OverflowError:
        raise UnserializableValueError("is a datetime outside the years 1 to 9999 in UTC") from None
    if timestamps is TimestampFormat.HTTP_DATE:
        day, month = _DAYS[utc.weekday()], _MONTHS[utc.month - 1]
        return f"{day}, {utc.day:02} {month} {utc.year:04} {utc:%H:%M:%S} GMT"
    return utc.replace(tzinfo=None).isoformat() + "Z"
