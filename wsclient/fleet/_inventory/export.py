"""JSON lines and CSV files of inventory rows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from wsclient._core.tables import text as _table_text
from wsclient.fleet._rows import SOURCES, column_values, to_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wsclient._core.fleet_errors import SiteError
    from wsclient.fleet._rows import InventoryRow

MIN_BATCH_ROWS: Final = 500
"""Rows that are collected for one write; the last list of rows may go beyond."""


class WrittenFile(msgspec.Struct, frozen=True, kw_only=True):
    """Result of a file export: the file, its number of rows, and what is missing from it.

    failed are the errors of sites that were not read completely; unknown is the number of WorkSpaces left out because
    where is unknown for them.
    """

    path: Path
    rows: int
    unknown: int = 0
    failed: tuple[SiteError, ...] = ()

    @property
    def is_whole(self) -> bool:
        """True if every site was read completely."""
        return not self.failed


def json_lines(rows: Sequence[InventoryRow]) -> bytes:
    """Encode each row as a line of JSON, in UTF-8."""
    return _table_text.json_lines(map(to_line, rows))


def csv_head() -> bytes:
    """Encode the header line with the column names."""
    return _table_text.csv_text([[name for name, _, _ in SOURCES]], guards_formulas=False).encode()


def csv_lines(rows: Sequence[InventoryRow], *, guards_formulas: bool) -> bytes:
    """Encode each row as a line of CSV, in UTF-8; see FleetInventory.write_csv for the cells."""
    return _table_text.csv_text(map(column_values, rows), guards_formulas=guards_formulas).encode()
