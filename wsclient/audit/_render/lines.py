"""JSON lines and CSV of a report's rows, a line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient._core.tables.columns import columns_of
from wsclient._core.tables.text import csv_text, json_lines
from wsclient.audit._results import FindingRow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wsclient.audit._results import ReportContent


def json_line_parts(report: ReportContent) -> Iterator[str]:
    """Yield a JSON object for each finding."""
    columns = columns_of(FindingRow)
    for row in report.iter_rows():
        yield json_lines([{column.name: column.read(row) for column in columns}]).decode()


def csv_parts(report: ReportContent, *, guard_formulas: bool) -> Iterator[str]:
    """Yield the header and a line for each finding (RFC 4180)."""
    columns = columns_of(FindingRow)
    yield csv_text([[column.name for column in columns]], guards_formulas=False)
    for row in report.iter_rows():
        yield csv_text([[column.read(row) for column in columns]], guards_formulas=guard_formulas)
