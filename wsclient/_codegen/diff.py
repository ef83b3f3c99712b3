"""Differences between two versions of the generated modules, as facts instead of lines."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


COLLECTIONS = frozenset({"__all__", "BY_CODE", "OPERATIONS"})
"""Names of what lists the other facts of a module."""


@lru_cache(maxsize=64)
def module_facts(path: str, text: str) -> Mapping[str, str]:
    """Return the facts of a generated module (classes, members, constants, signatures), by qualified name."""
    return dict(_facts(path.removesuffix(".py").replace("/", "."), ast.parse(text)))


def all_facts(files: Mapping[str, str]) -> dict[str, str]:
    """Return the facts of all generated modules, from a mapping of path to text."""
    return {fact: value for path, text in files.items() for fact, value in module_facts(path, text).items()}


def differences(old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    """Return one line for each fact that was added, removed or changed between two mappings of path to text."""
    before, after = all_facts(old), all_facts(new)
    added = [f"+ {fact} {after[fact]}".rstrip() for fact in after.keys() - before.keys()]
    removed = [f"- {fact} {before[fact]}".rstrip() for fact in before.keys() - after.keys()]
    both = [fact for fact in before.keys() & after.keys() if before[fact] != after[fact]]
    changed = [f"~ {fact} {before[fact]} -> {after[fact]}" for fact in both]
    return sorted([*added, *removed, *changed], key=lambda line: line[2:])


def _facts(prefix: str, module: ast.Module) -> Iterator[tuple[str, str]]:
    for node in module.body:
        if isinstance(node, ast.ClassDef):
            yield f"{prefix}.{node.name}", ""
            for member in node.body:
                yield from _member(f"{prefix}.{node.name}", member)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            yield from _member(prefix, node)


def _member(prefix: str, node: ast.stmt) -> Iterator[tuple[str, str]]:
    match node:
        case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=value) if name not in COLLECTIONS:
            default = f" = {ast.unparse(value)}" if value else ""
            yield f"{prefix}.{name}", f"{ast.unparse(annotation)}{default}"
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if name not in COLLECTIONS:
            yield f"{prefix}.{name}", ast.unparse(value)
        case ast.FunctionDef(name=name, args=args) | ast.AsyncFunctionDef(name=name, args=args):
            # The docstring repeats limits and errors that are facts of structures.py and operations.py.
            yield f"{prefix}.{name}", f"-> {ast.unparse(node.returns)}" if node.returns else ""
            for argument, fallback in zip(args.kwonlyargs, args.kw_defaults, strict=True):
                parts = [ast.unparse(part) for part in (argument.annotation, fallback) if part]
                yield f"{prefix}.{name}({argument.arg})", " = ".join(parts)
        case _:
            pass
