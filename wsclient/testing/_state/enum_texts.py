"""Enumeration values in what fills an emulator: a text becomes the member of the enumeration, or an error."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

import msgspec

from wsclient._core.errors import ConfigurationError
from wsclient._core.model.enums import OpenEnum, unknown_value_text
from wsclient._core.model.shapes import structure_members
from wsclient._core.utils import is_list

if TYPE_CHECKING:
    from wsclient._core.model.shapes import Shape
    from wsclient._core.model.structures import Structure

EnumT = TypeVar("EnumT", bound=OpenEnum)
StructureT = TypeVar("StructureT", bound="Structure")


def member_of(enum: type[EnumT], value: object, name: str) -> EnumT:
    """Return the member of an enumeration for itself or its text.

    A value that is new at AWS is accepted as an instance of the enumeration. Raises ConfigurationError for any other
    text, with the closest one, and for a value that is not a string.
    """
    if isinstance(value, enum):
        return value
    if not isinstance(value, str):
        raise ConfigurationError(f"Emulator: {name} must be a {enum.__name__} or its text, not {type(value).__name__}")
    chosen = enum(str(value))
    if chosen.is_unknown:
        raise ConfigurationError(f"Emulator: {unknown_value_text(name, str(value), enum)}")
    return chosen


def with_members(structure: StructureT) -> StructureT:
    """Return a structure whose texts are members of their enumerations, at any depth. Raises ConfigurationError."""
    changes: dict[str, object] = {}
    for member in structure_members(type(structure)):
        value = getattr(structure, member.field, None)
        chosen = value if value is None else _chosen(member.shape, value, f"{type(structure).__name__}.{member.field}")
        if chosen is not value:
            changes[member.field] = chosen
    return msgspec.structs.replace(structure, **changes) if changes else structure


def _chosen(shape: Shape, value: object, name: str) -> object:
    """Return a value, the same object where nothing in it has changed: an absent list is known by its identity."""
    if shape.enum is not None:
        return member_of(shape.enum, value, name)
    if shape.structure is not None:
        return with_members(cast("Structure", value))
    if shape.item is None or not is_list(value):
        return value
    chosen = [_chosen(shape.item, item, name) for item in value]
    has_changed = any(new is not old for new, old in zip(chosen, value, strict=True))
    return chosen if has_changed else cast("object", value)
