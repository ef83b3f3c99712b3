"""Renderer of the forms of values in the query protocol: names, flattened lists and maps, formats of timestamps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient._codegen.text import literal
from wsclient._core.model.structures import TimestampFormat

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wsclient._codegen.model import Ref, ServiceModel, Shape


def wire_form(ref: Ref, shapes: Mapping[str, Shape], *, is_member: bool) -> str | None:
    """Return the Wire(...) of a reference, or None for the protocol's defaults; a reference's facts beat its shape's.

    is_member is False for keys, values and items: their names are facts of the collection.
    """
    shape = shapes[ref.shape]
    names = {"item": shape.member, "key": shape.key, "value": shape.value}
    facts: dict[str, str | None] = {"name": _name(ref, shapes) if is_member else None}
    facts |= {fact: _name(inner, shapes) for fact, inner in names.items() if inner is not None}
    marks = [f"{fact}={literal(name)}" for fact, name in facts.items() if name]
    if shape.type in {"list", "map"} and (ref.flattened or shape.flattened):
        marks.append("flattened=True")
    if shape.type == "timestamp" and (name := ref.timestamp_format or shape.timestamp_format):
        marks.append(f"timestamps=TimestampFormat.{TimestampFormat(name).name}")
    return f"Wire({', '.join(marks)})" if marks else None


def query_imports(model: ServiceModel) -> str:
    """Return the further names that a service's structures import, each after a comma."""
    shapes = model.document.shapes
    refs = [ref for name in model.inputs | model.outputs for ref in shapes[name].references()]
    forms = [form for ref in refs for form in (wire_form(ref, shapes, is_member=True),) if form]
    formats = ", TimestampFormat" if any("TimestampFormat." in form for form in forms) else ""
    return f"{formats}, Wire" if forms else ""


def _name(ref: Ref, shapes: Mapping[str, Shape]) -> str | None:
    return ref.location_name or shapes[ref.shape].location_name
