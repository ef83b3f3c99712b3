"""Search for known values in texts, whatever escapes the texts use, and their replacement."""

from __future__ import annotations

import base64
import re
from collections import defaultdict
from html.entities import html5
from itertools import takewhile
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Span: TypeAlias = "tuple[int, int, str]"
"""Start and end of a part of a text, and its replacement."""
MAX_LAYERS = 8
"""Maximum number of escapings inside each other: percent, XML and JSON escapes, in any order."""
MIN_SECRET_LENGTH = 6
"""Minimum length in characters of a value that is searched for: shorter ones are parts of ordinary texts."""
_MIN_ANYWHERE_LENGTH = 16
"""Minimum length of a secret, or of its beginning, that is replaced within words too; shorter ones, such as codes, are
replaced as whole words."""
_WIDTH = 4
"""Length of the key of the index, at most the length of the shortest value."""
_ESCAPE = re.compile(
    r"%(?P<percent>[0-9A-Fa-f]{2})|&#0*(?P<decimal>[0-9]{1,7});|&#[xX]0*(?P<hex>[0-9A-Fa-f]{1,6});"
    r"|&(?P<entity>[A-Za-z]{2,8});|\\u(?P<json>[0-9A-Fa-f]{4})|\\x(?P<python>[0-9A-Fa-f]{2})|\\(?P<plain>[\"\\/'])"
    r"|\\(?P<control>[nrtbf])"
)
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


class SecretIndex:
    """Values to replace, found in time linear in the text however many there are."""

    def __init__(self) -> None:
        self._by_start: defaultdict[str, dict[str, str]] = defaultdict(dict)
        self._secrets: set[str] = set()

    def add_secret(self, value: str, replacement: str) -> bool:
        """Add a secret, also in base64 and hexadecimal; return False if it is too short or known."""
        if len(value) < MIN_SECRET_LENGTH or value in self._secrets:
            return False
        encodings = _binary_encodings(value) if len(value) >= _MIN_ANYWHERE_LENGTH else ()
        for form in (value, *encodings):
            self._secrets |= self._add(form, replacement)
        return True

    def add(self, value: str, replacement: str) -> None:
        """Add a value of at least 4 characters that is replaced as a whole, within words too."""
        self._add(value, replacement)

    def _add(self, value: str, replacement: str) -> set[str]:
        forms = {value, value.replace(" ", "+")}
        # UTF-8 read byte by byte is what percent-decoding makes of it.
        forms |= {form.encode(errors="replace").decode("latin-1") for form in forms}
        # A value with escapes of its own is decoded together with those that a text adds to it.
        forms |= {_decode_fully(form) for form in forms}
        for form in (form for form in forms if len(form) >= _WIDTH):
            self._by_start[form[:_WIDTH]].setdefault(form, replacement)
        return forms

    def find(self, text: str) -> Iterator[Span]:
        """Yield the places of the values in a text, the longest of each place."""
        position, end = 0, len(text) - _WIDTH
        while position <= end:
            candidates = self._by_start.get(text[position : position + _WIDTH])
            length = 1
            if candidates is not None:
                found = {value: self._matching_length(text, position, value) for value in candidates}
                longest = max(found, key=found.__getitem__)
                if found[longest]:
                    length = found[longest]
                    yield position, position + length, candidates[longest]
            position += length

    def _matching_length(self, text: str, at: int, value: str) -> int:
        """Return how much of a value begins at a place of a text, 0 if it is too little."""
        if value in self._secrets and len(value) >= _MIN_ANYWHERE_LENGTH:
            # Messages may repeat the beginning of a long secret only.
            pairs = zip(value, text[at : at + len(value)], strict=False)
            length = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
            return length if length >= _MIN_ANYWHERE_LENGTH else 0
        is_found = text.startswith(value, at) and (value not in self._secrets or _is_word(text, at, at + len(value)))
        return len(value) if is_found else 0


def _is_word(text: str, start: int, end: int) -> bool:
    return not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum())


def _binary_encodings(value: str) -> Iterator[str]:
    """Yield a text in hexadecimal, and the characters of its base64 that no neighbour changes, at each alignment."""
    data = value.encode(errors="replace")
    yield data.hex()
    yield data.hex().upper()
    for offset in range(3):
        first, last = -(-offset * 8 // 6), (offset + len(data)) * 8 // 6
        for altchars in (b"+/", b"-_"):
            yield base64.b64encode(b"\0" * offset + data, altchars).decode()[first:last]


def decoded_layers(text: str) -> Iterator[tuple[str, Sequence[int]]]:
    """Yield a text, then the text with its escapes decoded, again and again until there are none.

    Each comes with the places of its characters in the original text, and the place of its end. A text with more than
    MAX_LAYERS of escapes raises ValueError.
    """
    starts: Sequence[int] = range(len(text) + 1)
    for _ in range(MAX_LAYERS):
        yield text, starts
        decoded, starts = _decode_once(text, starts)
        if decoded == text:
            return
        text = decoded
    raise ValueError("too many layers of escapes")


def _decode_fully(text: str) -> str:
    """Return a text without the escapes that decoded_layers decodes; the text itself if they are too many."""
    try:
        *_, (decoded, _) = decoded_layers(text)
    except ValueError:
        return text
    return decoded


def _decode_once(text: str, starts: Sequence[int]) -> tuple[str, Sequence[int]]:
    pieces, places, last = list[str](), list[int](), 0
    for match in _ESCAPE.finditer(text):
        character = _character(match)
        pieces += text[last : match.start()], character
        places += starts[last : match.start()]
        places += [starts[match.start()]] * len(character)
        last = match.end()
    if not pieces:
        return text, starts
    return "".join((*pieces, text[last:])), [*places, *starts[last:]]


def _character(match: re.Match[str]) -> str:
    kind, digits = str(match.lastgroup), match[str(match.lastgroup)]
    if kind == "plain":
        return digits
    if kind == "control":
        return _CONTROLS[digits]
    if kind == "entity":
        return html5.get(f"{digits};", match[0])
    code = int(digits, 10 if kind == "decimal" else 16)
    return chr(code) if code <= 0x10FFFF else match[0]  # noqa: PLR2004 - the last code point of Unicode


def replace_spans(text: str, spans: Iterable[Span]) -> str:
    """Return a text with parts replaced; parts that overlap are replaced together, by the first replacement."""
    pieces, last = list[str](), 0
    for start, end, replacement in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start >= last and end > start:
            pieces += text[last:start], replacement
        last = max(last, end)
    return "".join((*pieces, text[last:]))
