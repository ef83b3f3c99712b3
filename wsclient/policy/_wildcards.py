"""Wildcard matcher with a bounded cost: one step per character of the text, whatever the number of wildcards.

A backtracking matcher takes exponential time for patterns such as a*a*a*b. This one keeps the set of reachable pattern
positions as the bits of one integer, so a step costs as much as an addition of integers of the pattern's length.
R. Baeza-Yates and G. H. Gonnet, "A new approach to text searching", Communications of the ACM 35(10), 1992.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Wildcard(Enum):
    """Wildcard of a pattern; those of a section do not match a colon."""

    ONE = "?"
    RUN = "*"
    ONE_IN_SECTION = "? within a section"
    RUN_IN_SECTION = "* within a section"


Token = str | Wildcard
"""One literal character, or a wildcard."""

_STARS: Final = re.compile(r"\*{2,}")
_RUNS = frozenset({Wildcard.RUN, Wildcard.RUN_IN_SECTION})


def string_tokens(text: str) -> list[Token]:
    """Return the tokens of a pattern whose wildcards match any character."""
    return [_ANY.get(character, character) for character in _STARS.sub("*", text)]


def section_tokens(text: str) -> list[Token]:
    """Return the tokens of a pattern whose wildcards match any character but a colon."""
    return [_ANY_IN_SECTION.get(character, character) for character in _STARS.sub("*", text)]


def matches(tokens: Sequence[Token], text: str) -> bool:
    """Return whether the whole text matches."""
    pattern = _merge_runs(tokens)
    # Variables may make a pattern much longer than any text that it matches.
    if sum(token not in _RUNS for token in pattern) > len(text):
        return False
    return bool(_reached(pattern, text) >> len(pattern) & 1)


def matches_start(tokens: Sequence[Token], start: str) -> bool:
    """Return whether any text with this start can match."""
    return _reached(_merge_runs(tokens), start) != 0


def _reached(pattern: Sequence[Token], text: str) -> int:
    """Return the positions that a text reaches: bit n stands for a text that the first n tokens match."""
    bits: dict[Token, int] = {}
    for position, token in enumerate(pattern):
        bits[token] = bits.get(token, 0) | 1 << position
    run, run_in_section = bits.get(Wildcard.RUN, 0), bits.get(Wildcard.RUN_IN_SECTION, 0)
    one, one_in_section = bits.get(Wildcard.ONE, 0), bits.get(Wildcard.ONE_IN_SECTION, 0)
    runs = run | run_in_section
    # A run matches nothing too, so the position after it is reached with it.
    active = 1 | (1 & runs) << 1
    for character in text:
        singles, stays = bits.get(character, 0) | one, run
        if character != ":":
            singles, stays = singles | one_in_section, runs
        active = (active & singles) << 1 | active & stays
        active |= (active & runs) << 1
        if not active:
            break
    return active


def _merge_runs(tokens: Iterable[Token]) -> list[Token]:
    """Return the tokens with one run in place of adjacent ones: _reached() steps over one run only."""
    merged: list[Token] = []
    for token in tokens:
        if merged and token in _RUNS and merged[-1] in _RUNS:
            merged[-1] = Wildcard.RUN if Wildcard.RUN in {token, merged[-1]} else token
        else:
            merged.append(token)
    return merged


_ANY: dict[str, Token] = {"?": Wildcard.ONE, "*": Wildcard.RUN}
_ANY_IN_SECTION: dict[str, Token] = {"?": Wildcard.ONE_IN_SECTION, "*": Wildcard.RUN_IN_SECTION}
