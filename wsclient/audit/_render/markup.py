"""HTML from functions that escape by default: tag() returns Markup, which is not escaped again."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from wsclient.audit._render.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

EMPTY: Final = "(empty)"
_VOID: Final = frozenset({"meta", "br"})


class Markup(str):
    """HTML that tag() made; every other text is data."""

    __slots__ = ()

    def __add__(self, text: str) -> Markup:
        """Return both, in this order; a text that is not Markup is escaped."""
        return joined((self, text))


def tag(name: str, /, *children: str, **attributes: str | None) -> Markup:
    """Return an element: texts that are not Markup, and the values of attributes, are escaped.

    The attribute class_ is class, aria_label is aria-label; None leaves an attribute out, "" leaves its value out.
    """
    head = open_tag(name, **attributes)
    return head if name in _VOID else Markup(f"{head}{joined(children)}</{name}>")


def open_tag(name: str, /, **attributes: str | None) -> Markup:
    """Return the start tag of an element whose content is yielded in parts."""
    pairs = "".join(
        f" {key.strip('_').replace('_', '-')}" + (f'="{_escaped(value)}"' if value else "")
        for key, value in attributes.items()
        if value is not None
    )
    return Markup(f"<{name}{pairs}>")


def close_tag(name: str) -> Markup:
    """Return the end tag of an element."""
    return Markup(f"</{name}>")


def joined(parts: Iterable[str], separator: str = "") -> Markup:
    """Return parts with a separator between them, each escaped unless it is Markup."""
    return Markup(_inert(separator).join(map(_inert, parts)))


def value(text: str) -> Markup:
    """Return a value from AWS; an empty one is shown as such."""
    return tag("code", text if text.strip() else f"{text}{EMPTY}")


def time(at: datetime) -> Markup:
    """Return a time to the second, in its own time zone, which is UTC for times of AWS."""
    text = at.isoformat(sep=" ", timespec="seconds").replace("+00:00", " UTC")
    return tag("time", text, datetime=at.isoformat(timespec="seconds"))


def _inert(text: str) -> str:
    return text if isinstance(text, Markup) else _escaped(text)


def _escaped(text: str) -> str:
    return escape(visible(text))
