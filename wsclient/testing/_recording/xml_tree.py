"""Texts of a parsed XML tree, and its serialization."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wsclient._core.protocols.xml import Element


def all_texts(element: Element) -> Iterator[str]:
    """Yield the text of an element and of every element in it."""
    yield element.text
    for child in element.children:
        yield from all_texts(child)


def to_xml(element: Element) -> str:
    """Return a tree as an XML document without a declaration."""
    children = "".join(map(to_xml, element.children))
    return f"<{element.tag}>{escape(element.text, {chr(13): '&#13;'})}{children}</{element.tag}>"
