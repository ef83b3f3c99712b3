"""Pages made of other files of the repository: the examples and the changelog.

The files stay valid on their own; links between them become links between the pages.
"""

from __future__ import annotations

import ast
import re
from pathlib import PurePosixPath
from posixpath import normpath, relpath
from textwrap import dedent
from typing import TYPE_CHECKING, Final

from docs.generator import notebooks

if TYPE_CHECKING:
    from pathlib import Path

LINK: Final = re.compile(r"(?<=\]\()(?![a-z]+:|#)([^)#\s]+)")
"""The target of a Markdown link that leads neither to another site nor to a place on the same page."""
CODE_HAS_A_FENCE: Final = "````"
OF_PROGRAM: Final = "-program.md"
"""How the name of a program's page ends: a text may have the same name."""
UNSEARCHED: Final = '<section data-search-exclude="true" markdown>'
"""Begins a part that the search index leaves out: searches lead to texts, not to programs that use a word."""
COMMAND: Final = re.compile(r" *(?:python|pip|pytest) ")
"""How a paragraph of commands begins in a program's docstring."""
WITHOUT_CONTENTS: Final = "---\nhide: [toc]\n---\n\n"
"""Front matter of a page without headings: its code has the whole width."""
WITHOUT_SIDEBAR: Final = "---\nhide: [navigation]\n---\n\n"
"""Front matter of a page that is the only one of its tab."""


def pages(root: Path) -> dict[str, str]:
    """Return the Markdown of each borrowed page by its path on the site."""
    examples = [path for pattern in ("*.md", "*.py", "*.ipynb") for path in sorted((root / "examples").glob(pattern))]
    sources = [*examples, root / "CHANGELOG.md"]
    homes = {source.relative_to(root).as_posix(): page_path(source.relative_to(root).as_posix()) for source in sources}
    return {
        homes[source.relative_to(root).as_posix()]: _page(source, source.relative_to(root).as_posix(), homes)
        for source in sources
    }


def page_path(source: str) -> str:
    """Return where a source's page is on the site."""
    if source == "CHANGELOG.md":
        return "changelog.md"
    path = PurePosixPath(source)
    return source if path.suffix == ".md" else path.with_name(path.stem + OF_PROGRAM).as_posix()


def _page(source: Path, path: str, homes: dict[str, str]) -> str:
    text = source.read_text(encoding="utf-8")
    if source.suffix == ".py":
        return _program(path, text)
    if source.suffix == ".ipynb":
        return notebooks.page(text)
    return (WITHOUT_SIDEBAR if path == "CHANGELOG.md" else "") + with_links(text, path, homes)


def with_links(text: str, path: str, homes: dict[str, str]) -> str:
    """Return a text with its links leading from page to page; raises ValueError for one that leads off the site."""

    def moved(found: re.Match[str]) -> str:
        target = normpath((PurePosixPath(path).parent / found.group(1)).as_posix())
        if target not in homes:
            raise ValueError(f"{path} links to {found.group(1)}, which is not a page of the site")
        return relpath(homes[target], PurePosixPath(homes[path]).parent.as_posix())

    return LINK.sub(moved, text)


def _program(path: str, text: str) -> str:
    """Return a page with a program's docstring and source."""
    name = PurePosixPath(path).name
    docstring = ast.get_docstring(ast.parse(text)) or ""
    parts = "\n\n".join(
        f"```sh\n{dedent(part)}\n```" if COMMAND.match(part) else part for part in docstring.split("\n\n")
    )
    code = f"{CODE_HAS_A_FENCE}python\n{text}{CODE_HAS_A_FENCE}"
    return f"{WITHOUT_CONTENTS}# {name}\n\n{parts}\n\n{UNSEARCHED}\n\n{code}\n\n</section>\n"
