"""Part of a service's model: some operations, and the shapes that they reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from wsclient._core.utils import is_list

if TYPE_CHECKING:
    from collections.abc import Mapping

JsonObject = dict[str, Any]

NO_RESULT: Final = "NoResult"
"""Name of the empty output that an operation without one gets."""
UNSUPPORTED: Final = {"ec2": ("map", "blob", "flattened", "queryName", "timestampFormat")}
"""Facts of shapes and members that the codec of a protocol does not implement, because no model uses them."""


def cut(
    raw: JsonObject, names: tuple[str, ...], dropped: Mapping[str, tuple[str, ...]], *, protocol: str
) -> tuple[JsonObject, dict[str, tuple[str, ...]]]:
    """Return a model with only the named operations, without documentation, and the members that were dropped.

    Raises ValueError for an operation that the model lacks, and for a shape that the protocol's codec cannot handle.
    """
    shapes: JsonObject = {name: _without_documentation(shape) for name, shape in raw["shapes"].items()}
    operations: JsonObject = {name: _without_documentation(raw["operations"][name]) for name in names}
    for operation in operations.values():
        if "output" not in operation:
            operation["output"] = {"shape": f"{operation['name']}{NO_RESULT}"}
            shapes[operation["output"]["shape"]] = {"type": "structure", "members": {}}
    reached = _reachable(shapes, operations)
    applied = {name: members for name, members in dropped.items() if name in reached}
    for name, members in applied.items():
        for member in members:
            del shapes[name]["members"][member]
    closure = {name: shapes[name] for name in sorted(_reachable(shapes, operations))}
    _check(closure, protocol)
    return {"metadata": raw["metadata"], "operations": operations, "shapes": closure}, applied


def _without_documentation(value: Any) -> Any:  # noqa: ANN401 - JSON of any form
    if isinstance(value, dict):
        items = cast("JsonObject", value)
        # A string is documentation; a dict of that name is a member of a structure.
        return {
            name: _without_documentation(item)
            for name, item in items.items()
            if name != "documentation" or not isinstance(item, str)
        }
    return [_without_documentation(item) for item in value] if is_list(value) else value


def _reachable(shapes: JsonObject, operations: JsonObject) -> set[str]:
    reached: set[str] = set()
    queue = [
        ref["shape"]
        for operation in operations.values()
        for ref in (operation.get("input"), operation.get("output"), *operation.get("errors", ()))
        if ref
    ]
    while queue:
        name = queue.pop()
        if name not in reached:
            reached.add(name)
            queue.extend(ref["shape"] for ref in _references(shapes[name]))
    return reached


def _references(shape: JsonObject) -> list[JsonObject]:
    return [*shape.get("members", {}).values(), *(shape[part] for part in ("member", "key", "value") if part in shape)]


def _check(shapes: JsonObject, protocol: str) -> None:
    for name, shape in shapes.items():
        facts = {shape["type"], *(fact for part in (shape, *_references(shape)) for fact in part)}
        if found := facts.intersection(UNSUPPORTED.get(protocol, ())):
            raise ValueError(f"{name} has {', '.join(sorted(found))}, which the {protocol} codec does not implement")
