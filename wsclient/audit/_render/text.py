"""Texts from AWS made harmless: control and other unprintable characters are shown as escapes, long texts are cut."""

from __future__ import annotations

from hashlib import sha256
from typing import Final

ELLIPSIS: Final = "…"
_DIGEST: Final = 16


def visible(text: str) -> str:
    r"""Return a text with every unprintable character as an escape, as in \x1b or \u202e.

    Unprintable are control, format (bidirectional controls among them), private and unassigned characters, surrogates,
    and separators other than the space.
    """
    if text.isprintable():
        return text
    return "".join([c if c.isprintable() else _escape(c) for c in text])


def cut(text: str, limit: int) -> str:
    """Return a visible text of at most limit characters, never empty."""
    text = visible(text)
    text = text if len(text) <= limit else text[: limit - 1] + ELLIPSIS
    return text if text.strip() else "(empty)"


def cut_id(text: str, limit: int) -> str:
    """Return an identifier of at most limit characters; a longer one ends in its digest, so that ids stay different."""
    text = visible(text)
    if len(text) <= limit:
        return text
    return f"{text[: limit - _DIGEST - 1]}-{sha256(text.encode(errors='backslashreplace')).hexdigest()[:_DIGEST]}"


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - bytes of an escape
