"""Constructors that type checkers see: the same members as the fields, with wider types."""

from __future__ import annotations

import ast
from pathlib import Path

import msgspec
import pytest

import wsclient._generated
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
