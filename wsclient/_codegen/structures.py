"""Renderer of structures.py: every structure of a service except errors, with its limits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from wsclient._codegen.enums import argument_alias
from wsclient._codegen.facts import PROTOCOLS, SENSITIVE_MEMBERS
from wsclient._codegen.members import ALWAYS_SENT, REQUIRED
from wsclient._codegen.model import shape_name
from wsclient._codegen.names import class_name, member_name, pascal
from wsclient._codegen.text import api_page, header, limits, literal
from wsclient._codegen.wire import ec2_wire_form, wire_form
from wsclient._codegen.words import MEMBERS

if TYPE_CHECKING:
    from collections.abc import Iterator

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
TYPES_FOR_CHECKERS: Final = "\nif TYPE_CHECKING:\n    from wsclient._generated.{} import enums as t"
BASES: Final = ("Input", "Limits", "Output", "Structure", "Timestamp", "TimestampFormat", "Wire")


def render_structures(model: ServiceModel) -> str:
    """Return the text of a service's structures.py."""
    writer = Structures(model)
    names = [class_name(name) for name in model.structures()]
    exported = "".join(f"    {literal(name)},\n" for name in names)
    classes = (writer.structure(name, shape) for name, shape in writer.ordered())
    body = "".join([writer.aliases(), *classes, f"\n\n__all__ = [\n{exported}]\n"])
    return header(model, "Structures") + _imports(model, body) + body


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

    def ordered(self) -> Iterator[tuple[str, Shape]]:
        """Yield the structures by name, each after those of which it holds an empty one."""
        written = set[str]()
        for name in self._model.structures():
            yield from self._with_needed(name, written)

    def _with_needed(self, name: str, written: set[str]) -> Iterator[tuple[str, Shape]]:
        if name in written:
            return
        written.add(name)
        shape = self._shapes[name]
        for member in ALWAYS_SENT.get(name, ()):
            if self._shapes[shape.members[member].shape].type == "structure":
                yield from self._with_needed(shape.members[member].shape, written)
        yield name, shape

    def structure(self, name: str, shape: Shape) -> str:
        """Return the class of a structure."""
        base = self._base(name)
        members = (line for member in shape.members for line in self._documented(name, shape, member))
        body = [*self._marks(name, shape), *members]
        page = self._page(name)
        docstring = f'    """{page}"""\n'
        lines = "".join(f"    {line}\n" for line in body)
        head = f"class {class_name(name)}({base}, frozen=True, kw_only=True):\n"
        return f"\n\n{head}{docstring}{chr(10) if lines else ''}{lines}{self._constructor(name, shape)}"

    def _base(self, name: str) -> str:
        if name in self._model.results:
            return "Output"
        if name not in self._model.inputs:
            return "Structure"
        return "Input" if name in self._model.requests else "RequestPart"

    def _constructor(self, name: str, shape: Shape) -> str:
        """Return the constructor for type checkers, where it takes more than the fields hold; msgspec allows no other.

        It takes the texts of enumerations, and any sequence for a list.
        """
        if name not in self._model.inputs or not any(self._is_wider(name, ref.shape) for ref in shape.members.values()):
            return ""
        types = {member: argument_type(self._model, ref.shape) for member, ref in shape.members.items()}
        parameters = (
            f"{member_name(member)}: {each}{'' if member in shape.required else ' | None = None'}"
            for member, each in types.items()
        )
        return f"\n    if TYPE_CHECKING:\n        def __init__(self, *, {', '.join(parameters)}) -> None: ...\n"

    def _is_wider(self, owner: str, name: str) -> bool:
        """Return whether an argument may be of more types than the field."""
        shape = self._shapes[name]
        if shape.type == "list":
            return owner in self._model.outputs or self._is_wider(owner, shape_name(shape.member))
        return shape.type == "map" or bool(shape.enum)

    def _page(self, name: str) -> str:
        for operation in self._model.document.operations.values():
            if name in {ref.shape for ref in (operation.input, operation.output) if ref}:
                return api_page(self._model, operation.name)
        return api_page(self._model, name)

    def _marks(self, owner: str, shape: Shape) -> list[str]:
        failures = [name for name in shape.members if name.startswith("Failed") and self._is_list(shape.members[name])]
        names = {
            "sensitive": sensitive_members(self._model, shape),
            "dropped": sorted(self._model.dropped.get(owner, ())),
        }
        if owner in self._model.inputs:
            names["forgotten"] = sorted(REQUIRED.get(owner, ()))
        marks = [
            f"_{mark}: ClassVar[frozenset[str]] = frozenset({{{', '.join(map(literal, members))}}})"
            for mark, members in names.items()
            if members
        ]
        return marks + [f"_failures: ClassVar[str | None] = {literal(member_name(name))}" for name in failures]

    def _is_list(self, ref: Ref) -> bool:
        return self._shapes[ref.shape].type == "list"

    def _documented(self, owner: str, shape: Shape, name: str) -> Iterator[str]:
        """Yield a member, and the words that it has."""
        yield self._member(owner, shape, name)
        if words := MEMBERS.get(f"{owner}.{name}"):
            yield f'"""{words}"""'

    def _member(self, owner: str, shape: Shape, name: str) -> str:
        python = member_name(name)
        ref = shape.members[name]
        annotation = self.annotation(ref.shape, outgoing=owner not in self._model.outputs)
        if form := self._member_wire(owner, name, ref):
            annotation = f"Annotated[{annotation}, {form}]"
        wire = f"name={literal(name)}" if pascal(python) != name else ""
        if name in shape.required:
            return f"{python}: {annotation}{f' = field({wire})' if wire else ''}"
        default = self._default(owner, name, ref)
        optional = " | None" if default == "None" else ""
        return f"{python}: {annotation}{optional} = {f'field(default={default}, {wire})' if wire else default}"

    def _default(self, owner: str, name: str, ref: Ref) -> str:
        """Return the value of a member that was left out."""
        if name in ALWAYS_SENT.get(owner, ()):
            if owner in self._model.inputs:
                raise ValueError(f"{owner}.{name} is part of requests, where None says that it is left out")
            return self._stand_in(ref.shape)
        if owner not in self._model.outputs or not self._is_list(ref):
            return "None"
        return "NOT_GIVEN" if owner in self._model.inputs else "NOT_SENT"

    def _stand_in(self, name: str) -> str:
        """Return the value for a shape that AWS always sends; raises ValueError for a number or a time."""
        shape = self._shapes[name]
        if shape.enum:
            return f'{class_name(name)}("")'
        if shape.type == "structure":
            members = (f"{member_name(each)}={self._stand_in(shape.members[each].shape)}" for each in shape.required)
            return f"{class_name(name)}({', '.join(members)})"
        if shape.type != "string":
            raise ValueError(f"{name} is of type {shape.type}, which has no harmless value")
        return '""'


def sensitive_members(model: ServiceModel, shape: Shape) -> list[str]:
    """Return the Python names of the members that are secrets, which neither reprs nor tracebacks show."""
    shapes = model.document.shapes
    return sorted(
        member_name(name)
        for name, ref in shape.members.items()
        if name in SENSITIVE_MEMBERS or shapes[ref.shape].sensitive
    )


def argument_type(model: ServiceModel, name: str, *, structures: str = "") -> str:
    """Return the type of an argument: texts of enumerations too, any sequence or mapping, without limits.

    structures is the prefix of the names of structures.
    """
    shape = model.document.shapes[name]
    if shape.type == "list":
        return f"Sequence[{argument_type(model, shape_name(shape.member), structures=structures)}]"
    if shape.type == "map":
        parts = (argument_type(model, shape_name(ref), structures=structures) for ref in (shape.key, shape.value))
        return f"Mapping[{', '.join(parts)}]"
    if shape.enum:
        return f"t.{argument_alias(name)}"
    return f"{structures}{class_name(name)}" if shape.type == "structure" else SCALARS[shape.type]


def _imports(model: ServiceModel, body: str) -> str:
    """Return the imports of a module with this body."""
    enums = "".join(f"    {class_name(name)},\n" for name in model.enums())
    lines = [
        _import_line("\nfrom collections.abc", body, "Mapping", "Sequence"),
        _import_line("from typing", body, "TYPE_CHECKING", "Annotated", "ClassVar"),
        "\nfrom msgspec import field" if "field(" in body else "",
        f"\nfrom wsclient._generated.{model.name}.enums import (\n{enums})" if enums else "",
        _import_line("from wsclient._core.absence", body, "NOT_GIVEN", "NOT_SENT"),
        _import_line("from wsclient._core.model.request_parts", body, "RequestPart"),
        _import_line("from wsclient._core.model.structures", body, *BASES),
        TYPES_FOR_CHECKERS.format(model.name) if re.search(r"[ \[]t\.", body) else "",
    ]
    return "".join(f"{line}\n" for line in lines if line)


def _import_line(module: str, body: str, *names: str) -> str:
    """Return the import of those names that a module uses, outside of texts; "" if it uses none."""
    used = ", ".join(name for name in names if re.search(rf'(?<![\w."]){name}\b', body))
    return f"{module} import {used}" if used else ""
