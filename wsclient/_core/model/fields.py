"""Fields of structures: AWS's name, type without limits, and whether a value is required."""

from __future__ import annotations

from functools import cache
from types import NoneType, UnionType
from typing import Union, get_args, get_origin, get_type_hints

import msgspec


class Field(msgspec.Struct, frozen=True):
    """Field of a structure; name is AWS's, annotation the type without None and limits."""

    name: str
    annotation: object
    required: bool


@cache
def structure_fields(structure: type[msgspec.Struct]) -> tuple[Field, ...]:
    """Return the fields of a structure in AWS's order."""
    hints = get_type_hints(structure)  # without Annotated, at every depth
    return tuple(
        Field(field.encode_name, _without_none(hints[field.name]), field.required)
        for field in msgspec.structs.fields(structure)
    )


def _without_none(annotation: object) -> object:
    if get_origin(annotation) in (Union, UnionType):
        return next(part for part in get_args(annotation) if part is not NoneType)
    return annotation
