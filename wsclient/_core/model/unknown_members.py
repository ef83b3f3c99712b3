"""Unknown members: names in a dict for a structure that the structure does not define, at any depth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from types import NoneType
from typing import TYPE_CHECKING, cast, get_args, get_origin, get_type_hints

import msgspec

from wsclient._core.utils import closest, folded, is_list, is_mapping

if TYPE_CHECKING:
    StructType = type[msgspec.Struct]


def unknown_members(structure: StructType, members: Mapping[str, object], where: str = "") -> Iterator[tuple[str, str]]:
    """Yield the path of each member that a structure does not define, and the closest name that it has, or ""."""
    annotations = _annotations(structure)
    for name, value in members.items():
        path = f"{where}.{name}" if where else str(name)
        if name in annotations:
            yield from _within(annotations[name], value, path)
        else:
            yield path, closest(str(name), annotations) or ""


def misspelt_members(structure: StructType, members: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yield the path and the right name of each member that differs from a known one by case and underscores only.

    AWS ignores members that it does not know: describe_workspaces with directory_id in place of DirectoryId would list
    every WorkSpace. No new member of AWS differs from an existing one in this way.
    """
    for path, match in unknown_members(structure, members):
        if folded(path.rpartition(".")[2]) == folded(match):
            yield path, match


def _within(annotation: object, value: object, path: str) -> Iterator[tuple[str, str]]:
    """Yield the unknown members of the structures in a member's value."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        if is_mapping(value):
            yield from unknown_members(annotation, cast("Mapping[str, object]", value), path)
    elif origin in (list, Sequence):
        for index, item in enumerate(value if is_list(value) else ()):
            yield from _within(arguments[0], item, f"{path}[{index}]")
    elif origin in (dict, Mapping):
        for key, item in value.items() if is_mapping(value) else ():
            yield from _within(arguments[1], item, f"{path}[{key!r}]")
    elif NoneType in arguments:
        yield from _within(next(part for part in arguments if part is not NoneType), value, path)


@cache
def _annotations(structure: StructType) -> Mapping[str, object]:
    """Return the types of a structure's members, without limits, by AWS's names."""
    hints = get_type_hints(structure)
    names = zip(structure.__struct_fields__, structure.__struct_encode_fields__, strict=True)
    return {wire_name: hints[field] for field, wire_name in names}
