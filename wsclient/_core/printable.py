"""Printable form of texts from responses, for error messages and log lines.

A line break, an escape sequence or a bidirectional control in a message could forge log lines, or change what a
terminal shows.
"""

from __future__ import annotations

REPLACEMENT = "\ufffd"
"""U+FFFD, the replacement character of Unicode."""


def printable(text: str) -> str:
    """Return a text in which every white space is a plain space, and every unprintable character is replaced.

    Unprintable are control and format characters, line and paragraph separators, surrogates, and code points without a
    character (categories Cc, Cf, Zl, Zp, Cs, Co, Cn of Unicode).
    """
    if text.isprintable():
        return text
    text = text.replace("\r\n", " ")
    return "".join([c if c.isprintable() else " " if c.isspace() else REPLACEMENT for c in text])


def printable_or_none(text: str | None) -> str | None:
    """Return printable(text), or None for None."""
    return None if text is None else printable(text)
