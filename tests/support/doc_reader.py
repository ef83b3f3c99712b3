"""Executes a documentation page block by block, and compares the output with the page."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import inspect
import io
import json
import re
import time
import tomllib
from configparser import ConfigParser
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import boto3

import wsclient
from tests.support.doc_shell import run_shell
from tests.support.doc_world import BUNDLE, DIRECTORY, WORKSPACES
from wsclient import errors, types

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path
    from types import CodeType

    import pytest

    from tests.support.doc_blocks import Block
    from wsclient.testing import Emulator

ELLIPSIS: Final = "…"
"""Stands in a shown output for what is another each time."""
SCRIPT_OF_BOTO3: Final = "boto3:"
"""Begins the title of a script that is followed by its port: what it changed is undone before the port runs."""


class Reader:
    """Executes one text: its Python blocks share a namespace, its files exist, and its variables are set."""

    def __init__(self, aws: Emulator, home: Path, patch: pytest.MonkeyPatch) -> None:
        self._aws, self._home, self._patch = aws, home, patch
        self._runner = asyncio.Runner()
        self.names: dict[str, Any] = {"__name__": "a_reader", **given_names(aws)}
        self._follow: dict[str, Callable[[Block], str]] = {
            "python": self._python,
            "sh": self._shell,
            "shell": self._shell,
            "ini": self._ini,
            "json": self._json,
            "toml": self._toml,
            "text": lambda _: "",
        }

    def follow(self, block: Block) -> None:
        """Execute a block; raises AssertionError with its location if the result differs from the page."""
        assert block.language in self._follow, f"{block.where}: no reader knows what to do with {block.language!r}"
        try:
            shown = self._follow[block.language](block)
        except Exception as error:
            if not block.is_error:
                error.add_note(f"in {block.where}")
                raise
            shown = _last_line(error)
        else:
            assert not block.is_error, f"{block.where} did not fail as it is shown to"
        if block.output is not None:
            expected = block.output.splitlines()[-1] if block.is_error else block.output
            assert looks_like(shown, expected), f"{block.where} showed\n{shown}\nand not\n{expected}"

    def close(self) -> None:
        """Close what the text left open."""
        for value in list(self.names.values()):
            if isinstance(value, wsclient.WorkSpacesClient | wsclient.StsClient):
                self._runner.run(value.aclose())
        self._runner.close()

    def _python(self, block: Block) -> str:
        if not (block.title or "").startswith(SCRIPT_OF_BOTO3):
            return self._run(block)
        before = self._aws.snapshot()
        shown = self.run_script(block)
        self._aws.restore(before)
        return shown

    def run_script(self, block: Block) -> str:
        """Run a script, of boto3's or wsclient's, against the emulator; return what it printed."""
        with self._patch.context() as patch:
            options = {"endpoint_url": self._aws.endpoint_url, "verify": self._aws.ca_file}
            patch.setattr(boto3, "DEFAULT_SESSION", None)
            patch.setattr(boto3, "client", partial(boto3.client, **options))
            patch.setattr(time, "sleep", lambda seconds: self._aws.advance(seconds=seconds))
            return self._run(block)

    def _run(self, block: Block) -> str:
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        tree = ast.parse(block.text, block.where)
        code: CodeType = compile(tree, block.where, "exec", flags=flags, dont_inherit=True)
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            if code.co_flags & inspect.CO_COROUTINE:
                self._runner.run(self._awaited(code))
            else:
                # Outside of a loop: a program may well have its own asyncio.run.
                exec(code, self.names)
        return printed.getvalue()

    def _awaited(self, code: CodeType) -> Coroutine[Any, Any, None]:
        async def run() -> None:
            # Warnings of tasks and clients left behind are errors: what a block opens, it shows closed.
            await eval(code, self.names)

        return run()

    def _shell(self, block: Block) -> str:
        return run_shell(block.text, aws=self._aws, home=self._home, patch=self._patch)

    def _ini(self, block: Block) -> str:
        ConfigParser().read_string(block.text)
        name = "credentials" if block.title and "credentials" in block.title else "config"
        with (self._home / ".aws" / name).open("a", encoding="utf-8") as file:
            file.write(block.text)
        return ""

    def _json(self, block: Block) -> str:
        json.loads(block.text)
        if block.title:
            (self._home / block.title).write_text(block.text, encoding="utf-8")
        return ""

    def _toml(self, block: Block) -> str:
        tomllib.loads(block.text)
        if block.title:
            (self._home / block.title).write_text(block.text, encoding="utf-8")
        return ""


def given_names(aws: Emulator) -> dict[str, Any]:
    """Return what short texts, such as README, take for granted."""
    request = types.WorkspaceRequest(directory_id=DIRECTORY, user_name="ravi", bundle_id=BUNDLE)
    return {
        "asyncio": asyncio,
        "wsclient": wsclient,
        "errors": errors,
        "types": types,
        "aws": aws,
        "requests": [request],
        "ids": list(WORKSPACES),
        "workspaces": wsclient.WorkSpacesClient(region=aws.region),
    }


def looks_like(shown: str, expected: str) -> bool:
    """Return whether an output matches: an ellipsis matches the rest of its line, an ellipsis line any lines."""
    pattern = "".join(map(_line_pattern, expected.strip().splitlines()))
    tidy = "".join(f"{line.rstrip()}\n" for line in shown.strip().splitlines())
    return re.fullmatch(pattern, tidy) is not None


def _line_pattern(line: str) -> str:
    if line == ELLIPSIS:
        return r"(?:.*\n)*"
    return ".*".join(re.escape(part) for part in line.rstrip().split(ELLIPSIS)) + r"\n"


def _last_line(error: BaseException) -> str:
    kind = type(error)
    return f"{kind.__module__}.{kind.__qualname__}: {error}"
