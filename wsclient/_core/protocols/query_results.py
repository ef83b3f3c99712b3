"""Values of a query response's XML: structures, lists and maps, with a model or without.

"AWS Query protocol", https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from wsclient._core.dates import parse_time
from wsclient._core.model.shapes import Shape, ShapeKind
from wsclient._core.protocols.values import member_shapes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from wsclient._core.model.structures import Structure
    from wsclient._core.protocols.query_dialects import QueryDialect
    from wsclient._core.protocols.xml import Element

    Scalar = Callable[[Element, Shape], object]


def read_structure(element: Element, structure_type: type[Structure], dialect: QueryDialect) -> dict[str, object]:
    """Return the members of a structure that the model knows, as msgspec.convert(strict=False) takes them."""
    return _Reader(_typed_scalar, dialect).structure(element, structure_type)


def read_raw_structure(
    element: Element, structure_type: type[Structure] | None, dialect: QueryDialect
) -> dict[str, object]:
    """Return all members of a structure, every scalar as a string; structure_type is None if there is no model."""
    return _Reader(_text, dialect, keeps_unknown=True).structure(element, structure_type)


class _Reader:
    """Reader of elements by their shapes: in XML, an empty list and an empty string look the same."""

    def __init__(self, scalar: Scalar, dialect: QueryDialect, *, keeps_unknown: bool = False) -> None:
        self._scalar = scalar
        self._dialect = dialect
        self._keeps_unknown = keeps_unknown

    def structure(self, element: Element, structure_type: type[Structure] | None) -> dict[str, object]:
        found: dict[str, list[Element]] = {}
        for child in element.children:
            found.setdefault(child.tag, []).append(child)
        members: dict[str, object] = {}
        for name, shape in member_shapes(structure_type).items():
            elements = found.pop(self._dialect.element_name(name, shape), None)
            if elements is not None:
                members[name] = self._member(elements, shape)
        if self._keeps_unknown:
            members |= {tag: self._unknown(elements) for tag, elements in found.items() if tag not in members}
        return members

    def _member(self, elements: Sequence[Element], shape: Shape) -> object:
        if shape.kind is ShapeKind.LIST and shape.wire.flattened:
            return self._items(elements, shape)
        if shape.kind is ShapeKind.MAP and shape.wire.flattened:
            return self._map(elements, shape)
        return self._value(elements[-1], shape)

    def _value(self, element: Element, shape: Shape) -> object:
        if shape.kind is ShapeKind.LIST:
            # The items of a flattened list inside a list or map have no element of their own to repeat.
            return self._items([element] if shape.wire.flattened else element.children, shape)
        if shape.kind is ShapeKind.MAP:
            return self._map([element] if shape.wire.flattened else element.children, shape)
        if shape.structure is not None:
            return self.structure(element, shape.structure)
        return self._scalar(element, shape)

    def _items(self, elements: Sequence[Element], shape: Shape) -> list[object]:
        return [self._value(element, cast("Shape", shape.item)) for element in elements]

    def _map(self, entries: Sequence[Element], shape: Shape) -> dict[object, object]:
        values: dict[object, object] = {}
        for entry in entries:
            key, value = entry.child(shape.wire.key), entry.child(shape.wire.value)
            if key is not None and value is not None:
                values[key.text] = self._value(value, cast("Shape", shape.item))
        return values

    def _unknown(self, elements: Sequence[Element]) -> object:
        """Return the value of elements that the model lacks; repeated ones are a flattened list."""
        values = [self._unknown_value(element) for element in elements]
        return values[0] if len(values) == 1 else values

    def _unknown_value(self, element: Element) -> object:
        children = element.children
        if not children:
            return element.text
        if all(child.tag == self._dialect.item for child in children):
            return [self._unknown_value(child) for child in children]
        if all(
            child.tag == "entry" and {part.tag for part in child.children} == {"key", "value"} for child in children
        ):
            pairs = [(_child(entry, "key"), _child(entry, "value")) for entry in children]
            entries = {key.text: self._unknown_value(value) for key, value in pairs}
            # Of equal keys a dict would keep the last only.
            return (
                entries
                if len(entries) == len(pairs)
                else [{"key": key.text, "value": self._unknown_value(value)} for key, value in pairs]
            )
        return self.structure(element, None)


def _text(element: Element, _shape: Shape) -> str:
    return element.text


def _typed_scalar(element: Element, shape: Shape) -> object:
    """Return a scalar for msgspec.convert(strict=False), which reads strings but knows RFC 3339 dates only."""
    if shape.kind is ShapeKind.STRING:
        return element.text
    text = element.text.strip()
    return (parse_time(text) or text) if shape.kind is ShapeKind.TIMESTAMP else text


def _child(element: Element, tag: str) -> Element:
    return cast("Element", element.child(tag))
