"""Fields of a query form: structures, lists and maps as names with dots and numbers.

"AWS Query protocol", https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient._core.model.shapes import DEFAULT_WIRE, Shape, ShapeKind
from wsclient._core.protocols.values import member_shapes
from wsclient._core.utils import is_list, is_mapping

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from wsclient._core.model.structures import Structure
    from wsclient._core.protocols.query_dialects import QueryDialect


def structure_fields(
    prefix: str,
    members: Mapping[object, object] | Mapping[str, object],
    structure_type: type[Structure] | None,
    dialect: QueryDialect,
) -> Iterator[tuple[str, str]]:
    """Yield the form fields of a structure's members; structure_type is None if there is no model."""
    shapes = member_shapes(structure_type)
    for key, member in members.items():
        shape = shapes.get(str(key))
        name = dialect.field_name(str(key), shape)
        yield from _fields(f"{prefix}.{name}" if prefix else name, member, shape, dialect)


def _fields(prefix: str, value: object, shape: Shape | None, dialect: QueryDialect) -> Iterator[tuple[str, str]]:
    if is_mapping(value):
        if shape is not None and shape.kind is ShapeKind.MAP:
            yield from _map_fields(prefix, value, shape, dialect)
        else:
            yield from structure_fields(prefix, value, shape.structure if shape else None, dialect)
    elif is_list(value):
        yield from _list_fields(prefix, value, shape, dialect)
    elif isinstance(value, bool):
        yield prefix, "true" if value else "false"
    elif value is not None:
        yield prefix, str(value)


def _list_fields(
    prefix: str, items: Sequence[object], shape: Shape | None, dialect: QueryDialect
) -> Iterator[tuple[str, str]]:
    wire = shape.wire if shape else DEFAULT_WIRE
    if dialect.is_ec2:
        pass  # the items follow the list's own name, and an empty list cannot be sent
    elif not items:
        yield prefix, ""
    elif wire.flattened and wire.item:
        # A flattened list goes by the name of its items instead of its own.
        outer, dot, _ = prefix.rpartition(".")
        prefix = f"{outer}{dot}{wire.item}"
    elif not wire.flattened:
        prefix = f"{prefix}.{wire.item or 'member'}"
    for number, item in enumerate(items, start=1):
        yield from _fields(f"{prefix}.{number}", item, shape.item if shape else None, dialect)


def _map_fields(
    prefix: str, entries: Mapping[object, object], shape: Shape, dialect: QueryDialect
) -> Iterator[tuple[str, str]]:
    prefix = prefix if shape.wire.flattened else f"{prefix}.entry"
    for number, (key, value) in enumerate(entries.items(), start=1):
        yield from _fields(f"{prefix}.{number}.{shape.wire.key}", key, shape.key, dialect)
        yield from _fields(f"{prefix}.{number}.{shape.wire.value}", value, shape.item, dialect)
