"""Redaction of credentials and sensitive request members in texts that a service returned.

A service may repeat a value escaped: percent-encoded, as in URLs and forms, or with the escapes of JSON and XML, even
several of them on top of each other. So a text is unescaped level by level, and the values are searched at each level.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

REDACTED: Final = "[redacted]"
MIN_FREE_LENGTH: Final = 8
"""Characters of a secret that is also redacted inside a longer word; a shorter one must be a word of its own."""
MIN_CUT_LENGTH: Final = 4
"""Characters of the beginning of a secret that are redacted at the end of a text that was cut."""
_MAX_LEVELS: Final = 6
"""Escapes on top of each other that are undone, such as JSON inside of JSON inside of a form."""
# Compiled at their first use: most programs never redact.
_ESCAPE: Final = (
    r"(?:%[0-9A-Fa-f]{2})+|(?:\\u[0-9A-Fa-f]{4})+|\\x[0-9A-Fa-f]{2}|\\[\"'\\/bfnrt]"
    r"|&#[0-9]{1,7};|&#[xX][0-9A-Fa-f]{1,6};|&(?:amp|lt|gt|quot|apos);"
)
_INCOMPLETE_ESCAPE: Final = r"[\uDC80-\uDCFF]*(?:%[0-9A-Fa-f]?|\\(?:u[0-9A-Fa-f]{0,3}|x[0-9A-Fa-f]?)?|&#?\w{0,7})?\Z"
_SIMPLE: Final = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_ENTITIES: Final = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


class Secrets:
    """Secret values, which repr does not show, and their redaction in texts."""

    __slots__ = ("_values",)

    def __init__(self, values: Iterable[str | None]) -> None:
        own = {value for value in values if value and not value.isspace()}
        # A value may look escaped itself: it is searched unchanged, and unescaped like the text around it. Spaces are
        # plus signs, as forms have them, in values and texts alike.
        forms = {form for value in own for form in (value, *(text for text, _ in _unescaped(value)))}
        self._values = tuple({form.replace(" ", "+") for form in forms if form and not form.isspace()})

    def __repr__(self) -> str:
        """Return the number of values, in all their forms."""
        return f"<{len(self._values)} secrets>"

    def redact(self, text: str, *, is_cut: bool = False) -> str:
        """Return a text with every secret, escaped or not, replaced by [redacted].

        is_cut is True for the beginning of a longer text, which may end within a secret.
        """
        spans = sorted(self._spans(text, is_cut=is_cut)) if self._values else []
        shown, end = list[str](), 0
        for start, stop in spans:
            if start >= end:
                shown += (text[end:start], REDACTED)
            end = max(end, stop)
        return "".join([*shown, text[end:]]) if spans else text

    def redact_bytes(self, body: bytes, *, is_cut: bool) -> bytes:
        """Return a body with every secret replaced by [redacted]."""
        text = body.decode("utf-8", "surrogateescape")
        redacted = self.redact(text, is_cut=is_cut)
        return body if redacted is text else redacted.encode("utf-8", "surrogateescape")

    def _spans(self, text: str, *, is_cut: bool) -> Iterator[tuple[int, int]]:
        """Yield start and end of each secret in the text, unchanged and after unescaping."""
        for unescaped, offsets in _unescaped(text):
            searched = unescaped.replace(" ", "+")
            for value in self._values:
                for start in _occurrences(searched, value):
                    yield offsets[start], offsets[start + len(value)]
                if is_cut and (cut := _cut_start(searched, value)) is not None:
                    yield offsets[cut], len(text)


def _unescaped(text: str) -> Iterator[tuple[str, Sequence[int]]]:
    """Yield a text unchanged, and after undoing each level of escapes, with the place of each character in the text."""
    offsets: Sequence[int] = range(len(text) + 1)
    yield text, offsets
    for _ in range(_MAX_LEVELS):
        if not re.search(_ESCAPE, text):
            return
        text, offsets = _unescape(text, offsets)
        yield text, offsets


def _occurrences(text: str, value: str) -> Iterator[int]:
    """Yield where a secret starts; one that is short, or could be a word, only where it is a whole word."""
    is_whole = len(value) < MIN_FREE_LENGTH or (value.isalpha() and value.islower())
    start = text.find(value)
    while start >= 0:
        end = start + len(value)
        if not is_whole or not (_joins(text, start, value[0]) or _joins(text, end, value[-1], after=True)):
            yield start
        start = text.find(value, start + 1)


def _joins(text: str, index: int, own: str, *, after: bool = False) -> bool:
    """Return whether the character next to an occurrence continues the word at its edge."""
    neighbour = text[index : index + 1] if after else text[max(index - 1, 0) : index]
    return own.isalnum() and (neighbour.isalnum() or neighbour == "_")


def _cut_start(text: str, value: str) -> int | None:
    """Return where the beginning of a secret starts that the end of the text cuts off, or None."""
    text = re.sub(_INCOMPLETE_ESCAPE, "", text)
    for length in range(min(len(value) - 1, len(text)), MIN_CUT_LENGTH - 1, -1):
        if text.endswith(value[:length]):
            return len(text) - length
    return None


def _unescape(text: str, offsets: Sequence[int]) -> tuple[str, Sequence[int]]:
    """Undo one level of escapes; offsets has, for each character and the end, its place in the original text."""
    parts, places, end = list[str](), list[int](), 0
    for match in re.finditer(_ESCAPE, text):
        parts.append(text[end : match.start()])
        places += offsets[end : match.start()]
        place = match.start()
        for character, length in _plain(match[0]):
            parts.append(character)
            places.append(offsets[place])
            place += length
        end = match.end()
    return "".join([*parts, text[end:]]), [*places, *offsets[end:]]


def _plain(escape: str) -> Iterator[tuple[str, int]]:
    """Yield the characters of one run of escapes, each with the length of its escape."""
    if escape[0] == "%":
        for character in bytes.fromhex(escape.replace("%", "")).decode("utf-8", "surrogateescape"):
            yield character, 3 * len(character.encode("utf-8", "surrogateescape"))
    elif escape.startswith("\\u"):
        for character in bytes.fromhex(escape.replace("\\u", "")).decode("utf-16-be", "surrogatepass"):
            yield character, 3 * len(character.encode("utf-16-be", "surrogatepass"))
    elif escape[0] == "&":
        yield _entity(escape[1:-1]), len(escape)
    elif escape[1] == "x":
        yield chr(bytes.fromhex(escape[2:])[0]), len(escape)
    else:
        yield _SIMPLE.get(escape[1], escape[1]), len(escape)


def _entity(name: str) -> str:
    if name[0] != "#":
        return _ENTITIES[name]
    code = int(f"0{name[1:]}", 16) if name[1] in "xX" else int(name[1:])
    return chr(code) if code <= sys.maxunicode else "?"
