"""Reports of a fleet show no control or format character that AWS or a journal wrote."""

from __future__ import annotations

import unicodedata

from wsclient.fleet import Site
from wsclient.fleet._actions.requests import ItemError
from wsclient.fleet._report import ItemReport, Outcome, Report

FORGED = "x\nfleet: done 9\x1b[2J\u202e\u2066\u2028\ud800\x85"


def _is_safe(text: str) -> bool:
    return all(unicodedata.category(each) not in {"Cc", "Cf", "Cs", "Zl", "Zp"} for each in text)


def test_texts_of_items_are_printable() -> None:
    """Code, message and key of a failed item forge no line of a report, nor an error made from it."""
    error = ItemError(FORGED, FORGED)
    assert _is_safe(error.code + error.message)
    item = ItemReport(
        site=Site(account="lab", region="us-west-2"),
        key=FORGED,
        directory_id="d",
        user_name=FORGED,
        outcome=Outcome.FAILED,
        code=FORGED,
        message=FORGED,
    )
    assert _is_safe(str(item))
    assert _is_safe(f"{item.code}{item.message}")
    lines = str(Report(action="stop", items=(item,), advice=FORGED, calls=1)).split("\n")
    assert len(lines) == 2
    assert all(map(_is_safe, lines))
