"""Layout of the documentation: all pages of the site as plain Markdown files, for any builder.

Written pages are copied, examples and the changelog become pages, the reference is generated, and drawings are put into
the pages as SVG, so that they take on the page's colours.
"""

from __future__ import annotations

import re
import shutil
from html import escape
from typing import TYPE_CHECKING, Final

from docs.generator import audit_checks, borrowed, reference

if TYPE_CHECKING:
    from pathlib import Path

DRAWING: Final = re.compile(r"^!\[([^\]]*)\]\((?:[^)\s]*/)?(\w+\.svg)\)$", re.MULTILINE)
"""A drawing that is a paragraph of its own."""

SEARCH_WEIGHTS: Final = {
    "how-to/testing": 6,
    "how-to/": 4,
    "troubleshooting": 3,
    "install": 3,
    "migration": 3,
    "explanation/": 2,
    "reference/workspaces/": 0.5,
    "reference/": 0.3,
    "examples/": 0.4,
    "changelog": 0.1,
}
FRONT_MATTER: Final = "---\n"


def lay_out(root: Path, target: Path) -> None:
    """Write mkdocs.yml and, below pages, every page and asset of the site into target; root is the checkout.

    Pages of an earlier layout are removed.
    """
    written, pages = root / "docs" / "pages", target / "pages"
    shutil.rmtree(pages, ignore_errors=True)
    shutil.copytree(written, pages)
    shutil.copy(root / "docs" / "mkdocs.yml", target)
    for path in pages.rglob("*.md"):
        name = path.relative_to(pages).as_posix()
        text = path.read_text(encoding="utf-8")
        path.write_text(with_drawings(ranked(text, name), written / "assets"), encoding="utf-8")
    for name, text in {**reference.pages(), **audit_checks.pages(), **borrowed.pages(root)}.items():
        page = pages / name
        if page.exists():
            raise ValueError(f"{name} is both written in docs/pages and generated")
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(ranked(text, name), encoding="utf-8")


def ranked(text: str, name: str) -> str:
    """Return a page with its weight in searches: guides come first, then explanations, then what lists names."""
    weight = next((weight for folder, weight in SEARCH_WEIGHTS.items() if name.startswith(folder)), 1)
    head, body = (
        ("", text) if not text.startswith(FRONT_MATTER) else text.removeprefix(FRONT_MATTER).split(FRONT_MATTER, 1)
    )
    return f"{FRONT_MATTER}{head}search: {{boost: {weight}}}\n{FRONT_MATTER}\n{body.lstrip()}"


def with_drawings(text: str, assets: Path) -> str:
    """Return a page with each drawing of assets as inline SVG, read to screen readers by its alternative text."""
    return DRAWING.sub(lambda found: _inline(found[1], assets / found[2]), text)


def _inline(alt: str, drawing: Path) -> str:
    # A blank line would end the HTML for Markdown.
    lines = (line for line in drawing.read_text(encoding="utf-8").splitlines() if line.strip())
    return f'<div class="drawing" role="img" aria-label="{escape(alt)}">\n' + "\n".join(lines) + "\n</div>"
