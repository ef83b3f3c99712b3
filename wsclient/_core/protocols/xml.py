"""XML parser that builds a plain tree: no document type, no entities, no namespaces, no network.

A document type can make a parser expand entities or fetch files. AWS's responses do not use it, so it is rejected.
"""

from __future__ import annotations

from xml.parsers import expat

import msgspec

MAX_DEPTH = 64
"""Nested elements at most, far above any AWS response."""
MAX_BYTES = 1024 * 1024
"""Bytes of a document by default (1 MiB): parsing stops the event loop, and STS responses have a few KiB."""
MAX_ELEMENTS = 10_000
"""Elements by default: each takes about a microsecond and a hundred times the bytes of its tag."""


class XmlError(ValueError):
    """The bytes are not XML, or XML that AWS services do not send."""


class Element(msgspec.Struct):
    """XML element with its local name."""

    tag: str
    text: str = ""
    children: list[Element] = msgspec.field(default_factory=list["Element"])

    def __repr__(self) -> str:
        """Return the number of children; names and texts may be secrets."""
        return f"<Element with {len(self.children)} children>"

    def __rich_repr__(self) -> list[tuple[str, object]]:
        """Return the same for rich."""
        return [("children", len(self.children))]

    def child(self, tag: str) -> Element | None:
        """Return the first child with this name, or None."""
        return next((child for child in self.children if child.tag == tag), None)

    def child_text(self, tag: str) -> str | None:
        """Return the text of the first child with this name; None if absent or empty."""
        child = self.child(tag)
        return child.text.strip() or None if child else None


def parse_xml(body: bytes, *, max_bytes: int = MAX_BYTES, max_elements: int = MAX_ELEMENTS) -> Element:
    """Return the root element of a document, or raise XmlError."""
    if len(body) > max_bytes:
        raise XmlError(f"XML of {len(body)} bytes, more than {max_bytes}")
    builder = _Builder(max_elements)
    # AWS sends UTF-8. A declaration of another encoding would have Python look up its codecs, which fails untyped.
    parser = expat.ParserCreate("utf-8")
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
    def __init__(self, max_elements: int = MAX_ELEMENTS) -> None:
        self._max_elements = max_elements
        self.root = Element("")
        self._open = [self.root]
        self._texts: list[list[str]] = [[]]
        self._elements = 0

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        if len(self._open) > MAX_DEPTH:
            raise XmlError(f"XML nested deeper than {MAX_DEPTH} elements")
        self._elements += 1
        if self._elements > self._max_elements:
            raise XmlError(f"XML of more than {self._max_elements} elements")
        element = Element(name.rsplit(":", 1)[-1])
        self._open[-1].children.append(element)
        self._open.append(element)
        self._texts.append([])

    def end(self, _name: str) -> None:
        self._open.pop().text = "".join(self._texts.pop())

    def data(self, text: str) -> None:
        # Joined once: a text that grows piece by piece takes time with the square of its size.
        self._texts[-1].append(text)

    def refuse_doctype(self, *_declaration: object) -> None:
        raise XmlError("the XML has a document type, which AWS services do not send")
