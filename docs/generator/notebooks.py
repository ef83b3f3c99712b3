"""Pages made of notebooks: texts, cells, and the outputs that were committed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, TypedDict

if TYPE_CHECKING:
    from collections.abc import Iterator

FENCE: Final = "````"
"""Longer than any fence within a cell."""


class Output(TypedDict, total=False):
    """Output of a cell: text of a stream, or one result in several media types."""

    text: list[str] | str
    data: dict[str, list[str] | str]


class Cell(TypedDict, total=False):
    """A cell of a notebook, format 4."""

    cell_type: str
    source: list[str] | str
    outputs: list[Output]


def page(text: str) -> str:
    """Return the Markdown of a notebook."""
    cells: list[Cell] = json.loads(text)["cells"]
    return "\n\n".join(part for cell in cells for part in _parts(cell)) + "\n"


def _parts(cell: Cell) -> Iterator[str]:
    source = _joined(cell.get("source", ""))
    if cell.get("cell_type") == "markdown":
        yield source
        return
    yield f"{FENCE}python\n{source}\n{FENCE}"
    for output in cell.get("outputs", []):
        yield _shown(output)


def _shown(output: Output) -> str:
    """Return an output in the richest form that a page can show."""
    data = output.get("data", {})
    if picture := data.get("image/png"):
        return f'<img alt="the plot that the cell draws" src="data:image/png;base64,{_joined(picture).strip()}">'
    if html := data.get("text/html"):
        # A blank line would end the HTML for Markdown.
        lines = (line for line in _joined(html).splitlines() if line.strip())
        return '<div class="cell-output">\n' + "\n".join(lines) + "\n</div>"
    text = _joined(output.get("text") or data.get("text/plain", "")).rstrip()
    return f"{FENCE}text\n{text}\n{FENCE}"


def _joined(text: list[str] | str) -> str:
    return text if isinstance(text, str) else "".join(text)
