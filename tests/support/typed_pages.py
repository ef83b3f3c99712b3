"""The Python of the documentation and examples as modules for type checkers: a page is an async function."""

from __future__ import annotations

import ast
from textwrap import indent
from typing import TYPE_CHECKING, Final

from tests.support.doc_blocks import ROOT, blocks_of, documents

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.doc_blocks import Block

HEAD: Final = """import asyncio

import wsclient
from wsclient import errors, types
from wsclient.testing import Emulator


def given() -> tuple[Emulator, list[types.WorkspaceRequest], list[str], wsclient.WorkSpacesClient]:
    raise NotImplementedError
"""
"""What doc_reader.given_names() gives to short texts."""
PAGE: Final = """

async def page_{}() -> None:
    aws, requests, ids, workspaces = given()
"""
"""Function that holds the blocks of a page, up to one that defines a function anew."""
OPTIONS: Final = "# mypy: allow-redefinition, no-warn-unreachable\n"
"""First line of a page: its blocks give names anew, and show the ends of calls that raise."""
BASIC: Final = "# pyright: basic\n"
"""Next line of a page whose code uses packages without types."""
UNTYPED: Final = ("import boto3", "import httpx2")


def write_pages(folder: Path) -> int:
    """Write every page and the pages' modules of tests to a folder; return the number of blocks."""
    count = 0
    for path in documents():
        blocks = [block for block in blocks_of(path) if block.language == "python"]
        count += len(blocks)
        name = "_".join(path.relative_to(ROOT).with_suffix("").parts).replace("-", "_")
        _write(folder / f"{name}.py", HEAD + _page([block for block in blocks if not block.is_pytest]))
        for block in blocks:
            if block.is_pytest:
                _write(folder / f"test_{name}_{block.line}.py", block.text)
    return count


def _write(path: Path, text: str) -> None:
    is_untyped = any(name in text for name in UNTYPED)
    path.write_text(OPTIONS + (BASIC if is_untyped else "") + text, encoding="utf-8")


def _page(blocks: list[Block]) -> str:
    lines = [PAGE.format(0)]
    defined = set[str]()
    for block in blocks:
        names = _functions(block)
        if names & defined:
            lines.append(PAGE.format(len(lines)))
            defined.clear()
        defined |= names
        lines.append(f"    # {block.where}\n{indent(block.text, '    ')}\n")
    return "".join(lines)


def _functions(block: Block) -> set[str]:
    tree = compile(block.text, block.where, "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return {node.name for node in tree.body if isinstance(node, functions)}
