"""CSV and JSON lines; the CSV can be guarded against formulas, which spreadsheets would execute."""

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
"""First characters of what spreadsheets execute as a formula, and whitespace that they skip before one."""


def csv_text(lines: Iterable[Iterable[object]], *, guards_formulas: bool) -> str:
    """Return lines of CSV (RFC 4180).

    None is empty, times are ISO 8601 in UTC, bytes base64, and other values that are not strings JSON. With
    guards_formulas, an apostrophe precedes a string that a spreadsheet would execute as a formula.
    """
    text = io.StringIO(newline="")
    csv.writer(text).writerows([_cell(value, guards_formulas) for value in line] for line in lines)
    return text.getvalue()


def json_lines(rows: Iterable[Mapping[str, object] | msgspec.Struct]) -> bytes:
    """Return one line of JSON per row, in UTF-8."""
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
