"""Reads XML into a plain tree: no document type, no entities, no namespaces, no network.

An XML document can make a parser expand or fetch things; AWS's answers need none of that, so an answer with a
document type is refused before anything in it is read.
"""

from __future__ import annotations

from xml.parsers import expat

import msgspec

MAX_DEPTH = 64


class XmlError(ValueError):
    """The bytes are no XML, or XML of a kind that no AWS service sends."""


class Element(msgspec.Struct):
    """One XML element by its local name."""

    tag: str
    text: str = ""
    children: list[Element] = msgspec.field(default_factory=list["Element"])

    def child(self, tag: str) -> Element | None:
        """Return the first child of that name."""
        return next((child for child in self.children if child.tag == tag), None)

    def child_text(self, tag: str) -> str | None:
        """Return the text of the first child of that name, None when absent or empty."""
        child = self.child(tag)
        return child.text.strip() or None if child else None


def parse_xml(body: bytes) -> Element:
    """Return the root element of a document, or raise XmlError."""
    builder = _Builder()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = builder.refuse_doctype
    try:
        parser.Parse(body, True)  # noqa: FBT003 - expat's own signature
    except expat.ExpatError as error:
        raise XmlError(f"malformed XML, {error}") from None
    return builder.root.children[0]


class _Builder:
    def __init__(self) -> None:
        self.root = Element("")
        self._open = [self.root]

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        if len(self._open) > MAX_DEPTH:
            raise XmlError(f"XML nested deeper than {MAX_DEPTH} elements")
        element = Element(name.rsplit(":", 1)[-1])
        self._open[-1].children.append(element)
        self._open.append(element)

    def end(self, _name: str) -> None:
        self._open.pop()

    def data(self, text: str) -> None:
        self._open[-1].text += text

    def refuse_doctype(self, *_declaration: object) -> None:
        raise XmlError("XML with a document type, which no AWS service sends")
