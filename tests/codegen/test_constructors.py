"""Constructors that type checkers see: the same members as the fields, with wider types."""

from __future__ import annotations

import ast
import traceback
from pathlib import Path
from typing import Any

import msgspec
import pytest

import wsclient._generated
from wsclient._core.model.request_parts import RequestPart
from wsclient._core.model.structures import Structure
from wsclient._generated.sts import structures as sts
from wsclient._generated.workspaces import structures as workspaces

FOLDER = Path(wsclient._generated.__file__).parent


def _constructors(service: str) -> dict[str, ast.FunctionDef]:
    """Return the constructors under TYPE_CHECKING by class."""
    module = ast.parse((FOLDER / service / "structures.py").read_text(encoding="utf-8"))
    classes = [node for node in module.body if isinstance(node, ast.ClassDef)]
    nested = [
        (kind.name, node) for kind in classes for block in kind.body if isinstance(block, ast.If) for node in block.body
    ]
    return {name: node for name, node in nested if isinstance(node, ast.FunctionDef)}


def test_a_constructor_takes_exactly_the_fields() -> None:
    """Names, order and what is required are those of the fields; texts, sequences and mappings are what is wider."""
    constructors = _constructors("workspaces")
    assert len(constructors) > 25
    for name, constructor in constructors.items():
        kind: type[Structure] = getattr(workspaces, name)
        arguments = constructor.args
        options = {
            argument.arg: default is None
            for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        }
        assert options == {field.name: field.required for field in msgspec.structs.fields(kind)}
        types = " ".join(ast.unparse(argument.annotation) for argument in arguments.kwonlyargs if argument.annotation)
        assert any(wider in types for wider in ("t.", "Sequence[", "Mapping["))


@pytest.mark.parametrize("module", [workspaces, sts], ids=lambda module: module.__name__)
def test_no_constructor_runs(module: object) -> None:
    """At run time msgspec's own constructor takes the members."""
    kinds = [kind for kind in vars(module).values() if isinstance(kind, type) and issubclass(kind, Structure)]
    assert kinds
    assert not any("__init__" in vars(kind) for kind in kinds)


PARTS = [
    kind
    for module in (workspaces, sts)
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, RequestPart) and kind is not RequestPart
]


@pytest.mark.parametrize("part", PARTS, ids=lambda part: f"{part.__module__}.{part.__name__}")
def test_wrong_construction_of_a_request_part_says_what_to_write(part: type[RequestPart]) -> None:
    """AWS's name leads to the Python name; a missing member is named, and a positional argument is refused."""
    build: Any = part
    name = f"{part.__module__.removeprefix('wsclient.')}.{part.__name__}"
    required = [field.name for field in msgspec.structs.fields(part) if field.required]
    for field, wire_name in zip(part.__struct_fields__, part.__struct_encode_fields__, strict=True):
        if field != wire_name:
            with pytest.raises(TypeError, match=f"^{name} has no member '{wire_name}'; did you mean '{field}'"):
                build(**{wire_name: "x"})
    if required:
        with pytest.raises(TypeError, match=f"^{name} needs {', '.join(f'{each}=' for each in required)}$"):
            build()
    with pytest.raises(TypeError, match=rf"^{name} takes keyword arguments only, such as {name}\("):
        build("x")


def test_traceback_of_a_wrong_construction_hides_its_values() -> None:
    """Values of members may be secrets: the frame of the constructor has none."""
    build: Any = workspaces.Tag
    with pytest.raises(TypeError) as caught:
        build(key="x", name="hunter2")
    frames = [frame for frame, _ in traceback.walk_tb(caught.value.__traceback__)]
    assert frames[-1].f_code.co_name == "__call__"
    assert "hunter2" not in str(frames[-1].f_locals)
    assert caught.value.__context__ is None
