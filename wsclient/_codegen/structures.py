"""Renderer of structures.py: every structure of a service except errors, with its limits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wsclient._codegen.facts import PROTOCOLS, SENSITIVE_MEMBERS
from wsclient._codegen.model import shape_name
from wsclient._codegen.names import class_name, member_name, pascal
from wsclient._codegen.text import api_page, header, limits, literal
from wsclient._codegen.wire import ec2_wire_form, wire_form

if TYPE_CHECKING:
    from wsclient._codegen.model import Ref, ServiceModel, Shape

SCALARS = {
    "string": "str",
    "integer": "int",
    "long": "int",
    "float": "float",
    "double": "float",
    "boolean": "bool",
    "timestamp": "Timestamp",
    "blob": "bytes",
}

_MARKS = {"Timestamp": r"\bTimestamp\b", "TimestampFormat": r"\bTimestampFormat\.", "Wire": r"\bWire\("}
"""Names that a structures.py imports only if its text uses them."""


def render_structures(model: ServiceModel) -> str:
    """Return the text of a service's structures.py."""
    writer = Structures(model)
    names = [class_name(name) for name in model.structures()]
    classes = (writer.structure(name, shape) for name, shape in model.structures().items())
    body = "".join([writer.aliases(), *classes])
    exported = "".join(f"    {literal(name)},\n" for name in names)
    return "".join(
        [
            header(model, "Structures"),
            _imports(model, body),
            body,
            f"\n\n__all__ = [\n{exported}]\n",
        ]
    )


class Structures:
    """Renderer of a model's shapes as annotations and classes."""

    def __init__(self, model: ServiceModel) -> None:
        self._model = model
        self._shapes = model.document.shapes
        self._protocol = PROTOCOLS[model.name]

    def annotation(self, name: str, *, outgoing: bool) -> str:
        """Return the annotation of a shape; with outgoing, a list may be any sequence."""
        shape = self._shapes[name]
        if shape.type in {"list", "map"}:
            return self._collection(shape, outgoing=outgoing)
        if shape.type == "structure" or shape.enum or limits(shape):
            return class_name(name)
        return SCALARS[shape.type]

    def _collection(self, shape: Shape, *, outgoing: bool) -> str:
        bounds = limits(shape)
        if shape.type == "map":
            key = self._inner(shape.key, outgoing=outgoing)
            value = self._inner(shape.value, outgoing=outgoing)
            text = f"dict[{key}, {value}]"
        else:
            item = self._inner(shape.member, outgoing=outgoing)
            text = f"Sequence[{item}]" if outgoing else f"list[{item}]"
        return f"Annotated[{text}, {bounds}]" if bounds else text

    def _inner(self, ref: Ref | None, *, outgoing: bool) -> str:
        """Return the annotation of a key, value or item, whose name is a fact of the collection."""
        annotation = self.annotation(shape_name(ref), outgoing=outgoing)
        return self._with_wire(annotation, ref) if ref else annotation

    def _with_wire(self, annotation: str, ref: Ref) -> str:
        """Return the annotation of a key, value or item, with its form in the query protocol if not the default."""
        wire = wire_form(ref, self._shapes, is_member=False) if self._protocol == "query" else None
        return f"Annotated[{annotation}, {wire}]" if wire else annotation

    def _member_wire(self, owner: str, name: str, ref: Ref) -> str | None:
        if self._protocol == "ec2":
            return ec2_wire_form(name, ref, self._shapes, is_output=owner in self._model.outputs)
        return wire_form(ref, self._shapes, is_member=True) if self._protocol == "query" else None

    def aliases(self) -> str:
        """Return one alias for each scalar shape that has limits in the model."""
        used = self._model.inputs | self._model.outputs
        lines = [
            f"{class_name(name)} = Annotated[{SCALARS[shape.type]}, {limits(shape)}]\n"
            for name, shape in sorted(self._shapes.items())
            if name in used and shape.type in SCALARS and limits(shape)
        ]
        return "\n" + "".join(lines) if lines else ""

    def structure(self, name: str, shape: Shape) -> str:
        """Return the class of a structure."""
        base = "Output" if name in self._model.results else "Structure" if name in self._model.outputs else "Input"
        body = [*self._marks(name, shape), *(self._member(name, shape, member) for member in shape.members)]
        page = self._page(name)
        docstring = f'    """{page}"""\n'
        lines = "".join(f"    {line}\n" for line in body)
        head = f"class {class_name(name)}({base}, frozen=True, kw_only=True):\n"
        return f"\n\n{head}{docstring}{chr(10) if lines else ''}{lines}"

    def _page(self, name: str) -> str:
        for operation in self._model.document.operations.values():
            if name in {ref.shape for ref in (operation.input, operation.output) if ref}:
                return api_page(self._model, operation.name)
        return api_page(self._model, name)

    def _marks(self, owner: str, shape: Shape) -> list[str]:
        required = sorted(member_name(name) for name in shape.required)
        secret = sorted(member_name(name) for name, ref in shape.members.items() if self._is_secret(name, ref))
        failures = [name for name in shape.members if name.startswith("Failed") and self._is_list(shape.members[name])]
        marks = [
            f"_{mark}: ClassVar[frozenset[str]] = frozenset({{{', '.join(map(literal, names))}}})"
            for mark, names in (("required", required), ("sensitive", secret))
            if names
        ]
        if dropped := sorted(self._model.dropped.get(owner, ())):
            marks.append(f"_dropped: ClassVar[frozenset[str]] = frozenset({{{', '.join(map(literal, dropped))}}})")
        return marks + [f"_failures: ClassVar[str | None] = {literal(member_name(name))}" for name in failures]

    def _is_secret(self, name: str, ref: Ref) -> bool:
        return name in SENSITIVE_MEMBERS or self._shapes[ref.shape].sensitive

    def _is_list(self, ref: Ref) -> bool:
        return self._shapes[ref.shape].type == "list"

    def _member(self, owner: str, shape: Shape, name: str) -> str:
        python = member_name(name)
        outgoing = owner not in self._model.outputs
        annotation = self.annotation(shape.members[name].shape, outgoing=outgoing)
        if form := self._member_wire(owner, name, shape.members[name]):
            annotation = f"Annotated[{annotation}, {form}]"
        wire = f"name={literal(name)}" if pascal(python) != name else ""
        if outgoing and name in shape.required:
            return f"{python}: {annotation}{f' = field({wire})' if wire else ''}"
        if owner not in self._model.inputs and self._is_list(shape.members[name]):
            return f"{python}: {annotation} = {f'field(default=[], {wire})' if wire else '[]'}"
        return f"{python}: {annotation} | None = {f'field(default=None, {wire})' if wire else 'None'}"


def _imports(model: ServiceModel, body: str) -> str:
    enums = "".join(f"    {class_name(name)},\n" for name in model.enums())
    from_enums = f"from wsclient._generated.{model.name}.enums import (\n{enums})\n" if enums else ""
    from_msgspec = "\nfrom msgspec import field\n" if "field(" in body else ""
    marks = "".join(f", {name}" for name, use in _MARKS.items() if re.search(use, body))
    return (
        "\nfrom collections.abc import Sequence\nfrom typing import Annotated, ClassVar\n"
        f"{from_msgspec}\n{from_enums}"
        f"from wsclient._core.model.structures import Input, Limits, Output, Structure{marks}\n"
    )
