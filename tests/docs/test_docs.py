"""Every fenced block of the documentation does what it says, against an emulator under AWS's own names."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.doc_blocks import ROOT, Block, blocks_of, documents
from tests.support.doc_reader import Reader, looks_like
from tests.support.doc_world import world

if TYPE_CHECKING:
    from pathlib import Path

BLOCKS = {path.relative_to(ROOT).as_posix(): blocks for path in documents() if (blocks := blocks_of(path))}
README = "README.md"
NAMED = re.compile(r"`((?:tests|wsclient|examples|docs)/[\w./-]*)`")


def _followed(name: str) -> list[Block]:
    """Return the blocks to follow: README's commands are run by .ci/run, and modules of tests by pytest."""
    is_commands = {"sh"} if name == README else set[str]()
    return [block for block in BLOCKS[name] if block.language not in is_commands and not block.is_pytest]


@pytest.mark.parametrize("name", [name for name in BLOCKS if _followed(name)])
def test_documentation_blocks_run_and_match_their_output(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python runs and prints or raises what is shown, commands run, configuration parses, in the order of the text."""
    with world(tmp_path, monkeypatch) as aws:
        reader = Reader(aws, tmp_path, monkeypatch)
        try:
            for block in _followed(name):
                reader.follow(block)
        finally:
            reader.close()


def test_documented_test_modules_pass(tmp_path: Path) -> None:
    """Blocks that are modules of tests pass under pytest with wsclient's plugin, strictly, each by itself."""
    modules = [block for blocks in BLOCKS.values() for block in blocks if block.is_pytest]
    for number, block in enumerate(modules):
        (tmp_path / f"test_shown_{number}.py").write_text(block.text, encoding="utf-8")
    plugin = ["-p", "no:wsclient", "-p", "wsclient.testing.pytest_plugin", "-p", "no:cacheprovider"]
    strict = ["--strict-markers", "-W", "error", "-q", "-c", os.devnull, "--rootdir", str(tmp_path)]
    program = [sys.executable, "-m", "pytest", *plugin, *strict, str(tmp_path)]
    run = subprocess.run(program, capture_output=True, text=True, check=False, timeout=60, cwd=ROOT)
    assert (run.returncode, run.stderr) == (0, ""), run.stdout
    assert modules


def test_readme_blocks_are_run_except_its_two_commands() -> None:
    """The only blocks of README that aren't run here are its two commands, which .ci/run runs."""
    left_out = [block for block in BLOCKS[README] if block not in _followed(README)]
    assert [block.language for block in left_out] == ["sh", "sh"]


def test_python_blocks_are_formatted(tmp_path: Path) -> None:
    """Blocks of the site's pages and the notebook fit the site's width, 88 characters, and read alike."""
    for name, blocks in BLOCKS.items():
        for block in blocks:
            if name.startswith("docs/") and block.language == "python":
                (tmp_path / f"{block.path.stem}_{block.line}.py").write_text(block.text, encoding="utf-8")
    program = [sys.executable, "-m", "ruff", "format", "--isolated", "--no-cache", "--line-length", "88", "--check"]
    program += [str(tmp_path), str(ROOT / "examples" / "notebook.ipynb")]
    run = subprocess.run(program, capture_output=True, text=True, check=False, timeout=60)
    assert run.returncode == 0, run.stdout


def test_file_paths_named_in_texts_exist() -> None:
    """A path of the repository that a text names in code, as proof or to read, is there."""
    named = {path: text for text in documents() for path in NAMED.findall(text.read_text(encoding="utf-8"))}
    missing = {path: text.name for path, text in named.items() if not (ROOT / path).exists()}
    assert len(named) > 10
    assert not missing


@pytest.mark.parametrize(
    ("shown", "expected", "is_same"),
    [
        ("a 1 b\n", "a … b", True),
        ("a\nb", "a", False),
        ("a  \nb\n", "a\nb", True),
        ("a.b", "a…c", False),
        ("axb", "a.b", False),
        ("a\nb\nc\nd", "a\n…\nd", True),
        ("a\nd", "a\n…\nd", True),
        ("a\nb\nc", "a\n…\nd", False),
        ("a\nb", "a…", False),
    ],
)
def test_ellipsis_matches_varying_output(shown: str, expected: str, *, is_same: bool) -> None:
    """Outputs are compared to the letter, but for ellipses and blanks at the ends of lines."""
    assert looks_like(shown, expected) is is_same
