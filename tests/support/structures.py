"""Structures with every member in its place, of every class that the models have."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from wsclient import types
from wsclient._core.model.shapes import Shape, ShapeKind, structure_members
from wsclient._core.model.structures import Structure

if TYPE_CHECKING:
    from collections.abc import Iterator

AT = datetime(2026, 3, 1, 12, 30, 15, 250_000, tzinfo=UTC)
_SCALARS = {
    ShapeKind.INTEGER: 42,
    ShapeKind.FLOAT: 0.5,
    ShapeKind.BOOLEAN: True,
    ShapeKind.TIMESTAMP: AT,
    ShapeKind.BLOB: b"\x00" * 5000,
}


def kinds() -> list[type[Structure]]:
    """Return the classes of all structures, of WorkSpaces and of STS."""
    return list(_kinds())


def _kinds() -> Iterator[type[Structure]]:
    for module in (types, types.sts):
        for name in module.__all__:
            kind = getattr(module, name)
            if isinstance(kind, type) and issubclass(kind, Structure):
                yield kind


def filled(kind: type[Structure], text: str, *, items: int = 7, secret: str | None = None) -> Structure:
    """Return a structure in which everything is there: this text where there is one, so many items in each list."""
    return kind(
        **{
            member.field: (secret or text) if member.sensitive else _value(member.shape, text, items, secret)
            for member in structure_members(kind)
        }
    )


def _value(shape: Shape, text: str, items: int, secret: str | None) -> object:
    if shape.structure is not None:
        return filled(shape.structure, text, items=items, secret=secret)
    if shape.kind is ShapeKind.LIST and shape.item is not None:
        return [_value(shape.item, text, items, secret)] * items
    if shape.kind is ShapeKind.MAP:
        return {f"{text}{number}": text for number in range(items)}
    return _SCALARS.get(shape.kind, text)
