"""Values of the query protocol on the server's side: members from the fields of a form, and members as XML.

"AWS Query protocol", https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
"AWS EC2 Query protocol", https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html
"""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast
from xml.sax.saxutils import escape

from wsclient._core.model.shapes import Shape, ShapeKind, structure_members
from wsclient._core.protocols.values import member_shapes
from wsclient._core.service_errors import SerializationException

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from wsclient._core.model.structures import Structure
    from wsclient._core.protocols.query_dialects import QueryDialect

_MAX_DIGITS = 6
_INTEGER = re.compile(r"-?[0-9]{1,19}")


@dataclass(frozen=True, slots=True)
class FormReader:
    """Reader of one form, in a dialect of the protocol."""

    form: Mapping[str, str]
    dialect: QueryDialect

    def structure(self, structure_type: type[Structure], prefix: str) -> dict[str, object]:
        """Return the members of a structure whose fields begin with a prefix, with their types."""
        members = (
            (member.name, self._value(member.shape, prefix + self.dialect.field_name(member.name, member.shape)))
            for member in structure_members(structure_type)
        )
        return {name: value for name, value in members if value is not None}

    def _value(self, shape: Shape, key: str) -> object:
        """Return the value of a form key and its subkeys, None if the form does not have it."""
        if shape.structure is not None:
            has_members = any(name.startswith(f"{key}.") for name in self.form)
            return self.structure(shape.structure, f"{key}.") if has_members else None
        if shape.kind is ShapeKind.LIST:
            return self._list(shape, key)
        if shape.kind is ShapeKind.MAP:
            return self._map(shape, key)
        text = self.form.get(key)
        return None if text is None else _parse_scalar(shape.kind, text, key)

    def _list(self, shape: Shape, key: str) -> object:
        """Return the items of a list in the order of their indexes; gaps between indexes are ignored."""
        wire = shape.wire
        if self.dialect.is_ec2 or (wire.flattened and not wire.item):
            item_prefix = f"{key}."
        elif wire.flattened:
            # A flattened list goes by the name of its items instead of its own.
            outer, dot, _ = key.rpartition(".")
            item_prefix = f"{outer}{dot}{wire.item}."
        else:
            item_prefix = f"{key}.{wire.item or 'member'}."
        numbers = self._indexes(item_prefix)
        if not numbers:
            return [] if self.form.get(key) == "" else None
        item = cast("Shape", shape.item)
        return [self._value(item, f"{item_prefix}{number}") for number in numbers]

    def _map(self, shape: Shape, key: str) -> object:
        """Return the entries of a map in the order of their indexes; an entry without a key is ignored."""
        entry_prefix = f"{key}." if shape.wire.flattened else f"{key}.entry."
        prefixes = [f"{entry_prefix}{number}." for number in self._indexes(entry_prefix)]
        item = cast("Shape", shape.item)
        entries = ((self.form.get(f"{prefix}{shape.wire.key}"), prefix) for prefix in prefixes)
        values = {
            name: self._value(item, f"{prefix}{shape.wire.value}") for name, prefix in entries if name is not None
        }
        return values or None

    def _indexes(self, prefix: str) -> list[int]:
        """Return the numbers that follow a prefix in the keys of the form, in ascending order."""
        heads = {name.removeprefix(prefix).split(".", 1)[0] for name in self.form if name.startswith(prefix)}
        return sorted(int(head) for head in heads if head.isascii() and head.isdigit() and len(head) <= _MAX_DIGITS)


def _parse_scalar(shape_kind: ShapeKind, text: str, key: str) -> object:
    readers: dict[ShapeKind, Callable[[str], object]] = {
        ShapeKind.INTEGER: _parse_integer,
        ShapeKind.FLOAT: float,
        ShapeKind.BOOLEAN: {"true": True, "false": False}.__getitem__,
    }
    try:
        return readers.get(shape_kind, str)(text)
    except (ValueError, KeyError):
        raise SerializationException(f"the value of {key} is not of type {shape_kind.value}") from None


def _parse_integer(text: str) -> int:
    # int() also accepts underscores, spaces and digits of other scripts; AWS rejects them.
    if not _INTEGER.fullmatch(text):
        raise ValueError
    return int(text)


@dataclass(frozen=True, slots=True)
class XmlWriter:
    """Writer of values as XML, in a dialect of the protocol."""

    dialect: QueryDialect

    def members(self, members: Mapping[str, object], structure_type: type[Structure] | None) -> str:
        """Return the members of a structure as elements; structure_type is None if there is no model."""
        shapes = member_shapes(structure_type)
        return "".join(self._member(name, member, shapes.get(name)) for name, member in members.items())

    def _member(self, name: str, value: object, shape: Shape | None) -> str:
        tag = self.dialect.element_name(name, shape) if shape else name
        # EC2 has no flattened lists in responses.
        if shape is not None and shape.wire.flattened and not self.dialect.is_ec2:
            return "".join(f"<{tag}>{content}</{tag}>" for content in self._contents(value, shape))
        return f"<{tag}>{self.value(value, shape)}</{tag}>"

    def value(self, value: object, shape: Shape | None = None) -> str:
        """Return a value as the content of an element."""
        if isinstance(value, dict):
            members = cast("dict[str, object]", value)
            if shape is not None and shape.kind is ShapeKind.MAP:
                return "".join(f"<entry>{content}</entry>" for content in self._contents(members, shape))
            return self.members(members, shape.structure if shape else None)
        if isinstance(value, list):
            item, tag = shape.item if shape else None, (shape.wire.item if shape else None) or self.dialect.item
            return "".join(f"<{tag}>{self.value(member, item)}</{tag}>" for member in cast("list[object]", value))
        return _scalar(value)

    def _contents(self, value: object, shape: Shape) -> Iterator[str]:
        """Yield the contents of the elements of a list's items or of a map's entries."""
        if shape.kind is ShapeKind.MAP:
            key, item = shape.wire.key, shape.wire.value
            for name, member in cast("dict[str, object]", value).items():
                yield f"<{key}>{_scalar(name)}</{key}><{item}>{self.value(member, shape.item)}</{item}>"
        else:
            for member in cast("list[object]", value):
                yield self.value(member, shape.item)


def _scalar(value: object) -> str:
    """Return a scalar as text; control characters, which XML 1.0 forbids, are dropped."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, bytes):
        return b64encode(value).decode("ascii")
    return escape("".join(character for character in str(value) if character in "\t\n\r" or character >= " "))
