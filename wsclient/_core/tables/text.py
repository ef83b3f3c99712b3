"""Rows as text: CSV that spreadsheets open without running anything, and JSON lines."""

from __future__ import annotations

import csv
import io
from base64 import b64encode
from datetime import datetime
from typing import TYPE_CHECKING, Final

import msgspec

from wsclient._core.dates import iso_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FORMULA_PREFIXES: Final = tuple(
    "=+-@\t\r\n\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}"
)
"""What a spreadsheet takes for the beginning of a formula, or passes over to find one."""


def csv_text(lines: Iterable[Iterable[object]], *, guards_formulas: bool) -> str:
    """Return lines of CSV (RFC 4180).

    What is absent is empty, times are in ISO 8601 and UTC, bytes in base64, and what else is no text is as in JSON.
    Where formulas are guarded against, a text that begins like one gets an apostrophe in front.
    """
    text = io.StringIO(newline="")
    csv.writer(text).writerows([_cell(value, guards_formulas) for value in line] for line in lines)
    return text.getvalue()


def json_lines(rows: Iterable[Mapping[str, object]]) -> bytes:
    """Return a line of JSON for each row, in UTF-8."""
    return msgspec.json.Encoder().encode_lines(rows)


def _cell(value: object, guards: bool) -> str:  # noqa: FBT001 - one caller
    if value is None:
        return ""
    if isinstance(value, datetime):
        return iso_date(value)
    if isinstance(value, bytes):
        return b64encode(value).decode()
    if not isinstance(value, str):
        return msgspec.json.encode(value).decode()
    return f"'{value}" if guards and value.startswith(FORMULA_PREFIXES) else value
