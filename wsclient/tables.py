"""Structures as tables: for pandas, polars, HTML, and as rows of plain values.

    workspaces = await ws.describe_workspaces().collect()
    frame = wsclient.tables.to_pandas(workspaces)
    frame = await ws.describe_workspaces().to_pandas()        # the same
    page.to_polars()                                          # of one page

A column a member, with AWS's names in snake_case; the members of a nested structure have dots in their names, as in
workspace_properties.running_mode. A list of texts or numbers is one cell (a tuple in pandas, a List(String) in
polars), so is a map, of texts "key=value". A list of structures is the count of them. An enumeration's value is a
string, a time is in UTC to the microsecond, what is absent is missing (NA, NaT, null), and a member that is secret is
"[redacted]". The columns and their types follow from the class of the structures, never from the values.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from wsclient._core.tables.columns import Cell, CellKind, Column, Row, columns_of, columns_within
from wsclient._core.tables.table import Table
from wsclient._core.tables.text import csv_text, json_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pandas as pd
    import polars as pl

    from wsclient._core.model.structures import Structure

__all__ = [
    "Cell",
    "CellKind",
    "Column",
    "Row",
    "Table",
    "columns_of",
    "columns_within",
    "to_csv",
    "to_html",
    "to_jsonl",
    "to_pandas",
    "to_polars",
    "to_rows",
]


def to_pandas(items: Iterable[Structure | Row], kind: type[Structure | Row] | None = None) -> pd.DataFrame:
    """Return a pandas DataFrame of structures or rows of one class.

    Args:
        items: the structures, as collect() gives them, or rows of wsclient's reports.
        kind: their class, so that a table without any has its columns too, as in kind=types.Workspace.

    Raises:
        ConfigurationError: pandas is missing; it comes with the extra wsclient[pandas].
        TypeError: the items are of several classes, or of none of wsclient's.
    """
    return Table.of(items, kind).to_pandas()


def to_polars(items: Iterable[Structure | Row], kind: type[Structure | Row] | None = None) -> pl.DataFrame:
    """Return a polars DataFrame of structures or rows of one class; else as to_pandas(), extra wsclient[polars]."""
    return Table.of(items, kind).to_polars()


def to_rows(items: Iterable[Structure | Row], kind: type[Structure | Row] | None = None) -> Iterator[dict[str, Cell]]:
    """Give a dict for each structure or row, its cells by the columns' names: for csv.DictWriter and the like."""
    return Table.of(items, kind).rows()


def to_csv(
    items: Iterable[Structure | Row], kind: type[Structure | Row] | None = None, *, guard_formulas: bool = True
) -> str:
    """Return structures or rows of one class as CSV (RFC 4180), with a line of the columns' names.

    Times are in ISO 8601, lists and maps JSON, what is absent is empty. A text that a spreadsheet would take for a
    formula (it begins with =, +, -, @, a tab or a line break) gets an apostrophe in front, since user names, tags and
    error messages come from outside; guard_formulas=False leaves texts as they are, for programs to read. Write it with
    newline="", as in Path("stopped.csv").write_text(wsclient.tables.to_csv(report.rows()), newline="").
    """
    table = Table.of(items, kind)
    lines = chain([[column.name for column in table.columns]], (row.values() for row in table.rows()))
    return csv_text(lines, guards_formulas=guard_formulas)


def to_jsonl(items: Iterable[Structure | Row], kind: type[Structure | Row] | None = None) -> str:
    """Return structures or rows of one class as JSON lines: an object for each, its cells by the columns' names."""
    return json_lines(Table.of(items, kind).rows()).decode()


def to_html(items: Iterable[Structure | Row], kind: type[Structure | Row] | None = None, *, caption: str = "") -> str:
    """Return an HTML table of structures or rows of one class: the first twenty and a count of the rest.

    Every text is escaped, and cut where it is long; columns in which nothing is are left out.
    """
    return Table.of(items, kind).to_html(caption)
