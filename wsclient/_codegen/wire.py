"""Renderer of the forms of values in the query protocol: names, flattened lists and maps, formats of timestamps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient._codegen.text import literal
from wsclient._core.model.structures import TimestampFormat

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wsclient._codegen.model import Ref, Shape


def ec2_wire_form(name: str, ref: Ref, shapes: Mapping[str, Shape], *, is_output: bool) -> str | None:
    """Return the Wire(...) of a member of EC2, or None where the codec derives its name in the XML or in the form.

    The codec capitalizes a name in requests, and begins it in lower case in responses; lists need no names of items.
    """
    location = _name(ref, shapes)
    if is_output:
        wire = location or name
        return None if wire == name[0].lower() + name[1:] else f"Wire({literal(wire)})"
    return f"Wire({literal(location)})" if location and location[0].upper() + location[1:] != name else None


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


def _name(ref: Ref, shapes: Mapping[str, Shape]) -> str | None:
    return ref.location_name or shapes[ref.shape].location_name
