"""Shape and Member: the facts about structures that codecs and validation use, read from their annotations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Union, get_args, get_origin, get_type_hints

import msgspec

from wsclient._core.absence import member_value
from wsclient._core.model.enums import OpenEnum
from wsclient._core.model.structures import Limits, Output, Structure, Wire
from wsclient._core.utils import is_list, is_mapping

NO_LIMITS = Limits()
DEFAULT_WIRE = Wire()


class ShapeKind(Enum):
    """Shape types of AWS's service models (Smithy)."""

    STRING = "String"
    INTEGER = "Integer"
    FLOAT = "Float"
    BOOLEAN = "Boolean"
    TIMESTAMP = "Timestamp"
    BLOB = "Blob"
    LIST = "List"
    MAP = "Map"
    STRUCTURE = "Structure"


_SCALARS: dict[object, ShapeKind] = {
    str: ShapeKind.STRING,
    int: ShapeKind.INTEGER,
    float: ShapeKind.FLOAT,
    bool: ShapeKind.BOOLEAN,
    bytes: ShapeKind.BLOB,
    datetime: ShapeKind.TIMESTAMP,
}


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """Shape of a value: limits of the model, enumeration and its values, key and item of a list or map, its form."""

    kind: ShapeKind
    limits: Limits = NO_LIMITS
    enum: type[OpenEnum] | None = None
    values: tuple[str, ...] = ()
    key: Shape | None = None
    item: Shape | None = None
    structure: type[Structure] | None = None
    wire: Wire = DEFAULT_WIRE


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """Member of a structure: field is its name in Python, name its name in the protocol.

    forgotten says that AWS's model does not say that requests require the member.
    """

    field: str
    name: str
    shape: Shape
    required: bool
    forgotten: bool
    sensitive: bool


@cache
def structure_members(structure_type: type[Structure]) -> tuple[Member, ...]:
    """Return the members of a structure, without the metadata that wsclient adds to responses."""
    hints = get_type_hints(structure_type, include_extras=True)
    own = Output.__struct_fields__ if issubclass(structure_type, Output) else ()
    return tuple(
        Member(
            field=field.name,
            name=field.encode_name,
            shape=_shape_from_annotation(hints[field.name]),
            required=field.required,
            forgotten=field.encode_name in structure_type._forgotten,  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - as below
            sensitive=field.name in structure_type._sensitive,  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the base class's own mark
        )
        for field in msgspec.structs.fields(structure_type)
        if field.name not in own
    )


def _shape_from_annotation(annotation: object, limits: Limits = NO_LIMITS, wire: Wire = DEFAULT_WIRE) -> Shape:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _shape_from_annotation(
            arguments[0],
            next((mark for mark in arguments[1:] if isinstance(mark, Limits)), limits),
            next((mark for mark in arguments[1:] if isinstance(mark, Wire)), wire),
        )
    if origin in (Union, UnionType):
        return _shape_from_annotation(next(part for part in arguments if part is not NoneType), limits, wire)
    if origin in (list, Sequence):
        return Shape(kind=ShapeKind.LIST, limits=limits, item=_shape_from_annotation(arguments[0]), wire=wire)
    if origin in (dict, Mapping):
        return Shape(
            kind=ShapeKind.MAP,
            limits=limits,
            key=_shape_from_annotation(arguments[0]),
            item=_shape_from_annotation(arguments[1]),
            wire=wire,
        )
    return _named_shape(annotation, limits, wire)


def _named_shape(annotation: object, limits: Limits, wire: Wire) -> Shape:
    if isinstance(annotation, type) and issubclass(annotation, Structure):
        return Shape(kind=ShapeKind.STRUCTURE, structure=annotation, wire=wire)
    if isinstance(annotation, type) and issubclass(annotation, OpenEnum):
        values = tuple(member.value for member in annotation)
        return Shape(kind=ShapeKind.STRING, limits=limits, enum=annotation, values=values, wire=wire)
    return Shape(kind=_SCALARS[annotation], limits=limits, wire=wire)


def plain(value: object) -> object:
    """Convert a result to AWS's names and plain values; keep empty lists, as AWS sends them, and omit absent members.

    Times stay datetime and blobs stay bytes, because each protocol encodes them differently.
    """
    if type(value) in _SCALARS:  # first, since most values are scalars
        return value
    if isinstance(value, Structure):
        members = ((member.name, member_value(value, member.field)) for member in structure_members(type(value)))
        return {name: plain(item) for name, item in members if item is not None}
    if is_list(value):
        return [plain(item) for item in value]
    if is_mapping(value):
        return {name: plain(item) for name, item in value.items()}
    return value.value if isinstance(value, Enum) else value
