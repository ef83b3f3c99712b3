"""Names that somebody may have meant who misspelt one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def near(name: str, known: Iterable[str], *, most: int = 3) -> list[str]:
    """Return the known names that are like a misspelt one, the likest first."""
    from difflib import get_close_matches  # noqa: PLC0415 - of no use before a mistake

    return get_close_matches(name, list(known), n=most)
