"""Parses HTML: its tags and attributes, and the texts that a reader sees."""

from __future__ import annotations

from html.parser import HTMLParser


class SeenHtml(HTMLParser):
    """Content of an HTML fragment; texts has the content of each cell, heading and line."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str | None]] = set()
        self.open: list[str] = []
        self.cells: list[str] = []
        self.rows = 0
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag and its attributes."""
        self.tags.add(tag)
        self.attributes.update(attrs)
        self.rows += tag == "tr"
        if tag != "br":
            self.open.append(tag)
        if tag in {"td", "th"}:
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        """Close the open element; another end tag is malformed HTML."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note what a reader sees."""
        self.text += data
        if self.open and self.open[-1] in {"td", "th"}:
            self.cells[-1] += data

    def handle_comment(self, data: str) -> None:
        """Reject comments, which are never generated."""
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        """Refuse declarations."""
        raise AssertionError(decl)

    def handle_pi(self, data: str) -> None:
        """Refuse processing instructions."""
        raise AssertionError(data)
