"""Fenced blocks of the documentation, in order, with their line numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Final

ROOT: Final = Path(__file__).parents[2]
FENCE: Final = re.compile(
    r"^(?P<indent> *)(?P<fence>`{3,}) ?(?P<language>[\w-]*)(?P<said>[^\n`]*)\n"
    r"(?P<body>.*?)^(?P=indent)(?P=fence) *$",
    re.MULTILINE | re.DOTALL,
)
TITLE: Final = re.compile(r'title="([^"]+)"')
OUTPUT_LANGUAGES: Final = frozenset({"text", "pytb"})


@dataclass(frozen=True, kw_only=True)
class Block:
    """A fenced block: location, language, title if any, and text.

    output is the text of the following block that shows its output; is_error marks a block that shows a failure.
    """

    path: Path
    line: int
    language: str
    title: str | None
    text: str
    output: str | None = None
    is_error: bool = False

    @property
    def where(self) -> str:
        """Say where it is, as editors read it."""
        return f"{self.path.relative_to(ROOT)}:{self.line}"

    @property
    def is_pytest(self) -> bool:
        """Return whether it is a test module."""
        return self.language == "python" and re.search(r"^(async )?def test_", self.text, re.MULTILINE) is not None


def documents() -> list[Path]:
    """Return every text that may have blocks: the site's pages, README, and the examples' texts."""
    pages = sorted((ROOT / "docs" / "pages").rglob("*.md"))
    return [*pages, ROOT / "README.md", *sorted((ROOT / "examples").glob("*.md"))]


def blocks_of(path: Path) -> list[Block]:
    """Return a text's blocks in order; a block that shows an output belongs to the previous block."""
    text = path.read_text(encoding="utf-8")
    found: list[Block] = []
    end = 0
    for match in FENCE.finditer(text):
        language, body = match["language"], dedent(match["body"])
        is_behind = not text[end : match.start()].strip()
        end = match.end()
        if language in OUTPUT_LANGUAGES and is_behind and found and found[-1].language in {"python", "sh"}:
            found[-1] = _with_output(found[-1], body, is_error=language == "pytb")
            continue
        title = TITLE.search(match["said"])
        line = text.count("\n", 0, match.start()) + 1
        found.append(Block(path=path, line=line, language=language, title=title and title[1], text=body))
    return found


def _with_output(block: Block, output: str, *, is_error: bool) -> Block:
    return Block(
        path=block.path,
        line=block.line,
        language=block.language,
        title=block.title,
        text=block.text,
        output=output,
        is_error=is_error,
    )
