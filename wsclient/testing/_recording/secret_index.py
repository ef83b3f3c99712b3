"""Search for known values in texts, whatever escapes the texts use, and their replacement."""

from __future__ import annotations

import base64
import re
from collections import defaultdict
from html.entities import html5
from itertools import takewhile
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

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
"""Length of the shortest value, and of the key of the index of short ones."""
_NOTHING: Mapping[str, str] = {}
_ESCAPE = re.compile(
    r"%(?P<percent>[0-9A-Fa-f]{2})|&#0*(?P<decimal>[0-9]{1,7});|&#[xX]0*(?P<hex>[0-9A-Fa-f]{1,6});"
    r"|&(?P<entity>[A-Za-z]{2,8});|\\u(?P<json>[0-9A-Fa-f]{4})|\\x(?P<python>[0-9A-Fa-f]{2})|\\(?P<plain>[\"\\/'])"
    r"|\\(?P<control>[nrtbf])"
)
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


class SecretIndex:
    """Values to replace, found in time linear in the text however many there are."""

    def __init__(self) -> None:
        self._long: defaultdict[str, dict[str, str]] = defaultdict(dict)
        self._short: defaultdict[str, dict[str, str]] = defaultdict(dict)
        self._words = set[str]()
        self._known = set[str]()

    def add_secret(self, value: str, replacement: str) -> bool:
        """Add a secret, also in base64 and hexadecimal; return False if it is too short or known."""
        if len(value) < MIN_SECRET_LENGTH or value in self._known:
            return False
        self._known.add(value)
        encodings = _binary_encodings(value) if len(value) >= _MIN_ANYWHERE_LENGTH else ()
        for form in (spelling for text in (value, *encodings) for spelling in _spellings(text)):
            if len(form) >= _MIN_ANYWHERE_LENGTH:
                self._long[form[:_MIN_ANYWHERE_LENGTH]].setdefault(form, replacement)
            elif len(form) >= _WIDTH and form not in self._short[form[:_WIDTH]]:
                self._short[form[:_WIDTH]][form] = replacement
                self._words.add(form)
        return True

    def add(self, value: str, replacement: str) -> None:
        """Add a value of at least 4 characters that is replaced as a whole, within words too."""
        for form in _spellings(value):
            if len(form) >= _WIDTH:
                self._short[form[:_WIDTH]].setdefault(form, replacement)

    def find(self, text: str) -> Iterator[Span]:
        """Yield the places of the values in a text, the longest of each place."""
        position, end = 0, len(text) - _WIDTH
        while position <= end:
            length, replacement = self._match(text, position)
            if length:
                yield position, position + length, replacement
            position += length or 1

    def _match(self, text: str, at: int) -> tuple[int, str]:
        """Return how much of a value begins at a place of a text, 0 for nothing, and its replacement."""
        longest, replacement = 0, ""
        # Messages may repeat the beginning of a long secret only.
        for value, candidate in self._long.get(text[at : at + _MIN_ANYWHERE_LENGTH], _NOTHING).items():
            pairs = zip(value, text[at : at + len(value)], strict=False)
            length = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
            if length > longest:
                longest, replacement = length, candidate
        for value, candidate in self._short.get(text[at : at + _WIDTH], _NOTHING).items():
            length = len(value)
            is_found = text.startswith(value, at) and (value not in self._words or _is_word(text, at, at + length))
            if is_found and length > longest:
                longest, replacement = length, candidate
        return longest, replacement


def _spellings(value: str) -> set[str]:
    """Return a value as decoded_layers may leave it."""
    forms = {value, value.replace(" ", "+")}
    # UTF-8 read byte by byte is what percent-decoding makes of it.
    forms |= {form.encode(errors="replace").decode("latin-1") for form in forms}
    # A value with escapes of its own is decoded together with those that a text adds to it.
    return forms | {_decode_fully(form) for form in forms}


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
    """Yield a text, then the text with its escapes decoded, again and again until none is left.

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
