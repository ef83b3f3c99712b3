"""Tables of structures: pandas and polars data frames, CSV, JSON lines, HTML, and rows of plain values.

    workspaces = await ws.describe_workspaces().collect()
    frame = wsclient.tables.to_pandas(workspaces)
    frame = await ws.describe_workspaces().to_pandas()        # the same
    page.to_polars()                                          # of one page

Each member has a column, with AWS's name in snake_case; a member of a nested structure has a dotted name, for example
workspace_properties.running_mode. A list of strings or numbers is one cell (a tuple in pandas, a List(String) in
polars). A map is one cell too, a list of strings "key=value". A list of structures is replaced by its length. An
enumeration value is a string, a time is in UTC with microseconds, an absent member is a missing value (NA, NaT, null),
and a sensitive member is "[redacted]". Columns and types follow from the class of the structures, never from values.

columns= of every function selects and orders the columns. A map and one of its keys is a column too:
to_pandas(rows, columns=["workspace_id", "state", "tags.Team"]) of an inventory has a column with the values of the tag.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from wsclient._core.lazy_imports import OptionalModule
from wsclient._core.model.structures import Structure
from wsclient._core.public_names import publish
from wsclient._core.tables.columns import Cell, CellKind, Column, Row, columns_of, columns_within
from wsclient._core.tables.table import Table
from wsclient._core.tables.text import csv_text, json_lines

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
else:
    pd, pl = OptionalModule("pandas"), OptionalModule("polars")


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


def to_pandas(
    items: Iterable[Structure | Row], kind: type[Structure | Row] | None = None, *, columns: Sequence[str] | None = None
) -> pd.DataFrame:
    """Return a pandas DataFrame of structures or rows of one class.

    Args:
        items: structures, for example from collect(), or rows of wsclient's reports.
        kind: class of the items, for example types.Workspace; required for the columns of an empty table.
        columns: names of the columns in their order; all by default.

    Raises:
        ConfigurationError: a column is unknown, or pandas is missing; it comes with the extra wsclient[pandas].
        TypeError: the items have different classes, or a class that is not one of wsclient's.
    """
    return Table.of(items, kind).select(columns).to_pandas()


def to_polars(
    items: Iterable[Structure | Row], kind: type[Structure | Row] | None = None, *, columns: Sequence[str] | None = None
) -> pl.DataFrame:
    """Return a polars DataFrame of structures or rows of one class, like to_pandas(); extra wsclient[polars]."""
    return Table.of(items, kind).select(columns).to_polars()


def to_rows(
    items: Iterable[Structure | Row], kind: type[Structure | Row] | None = None, *, columns: Sequence[str] | None = None
) -> Iterator[dict[str, Cell]]:
    """Yield a dict for each structure or row, with the cells by column name, for example for csv.DictWriter."""
    return Table.of(items, kind).select(columns).rows()


def to_csv(
    items: Iterable[Structure | Row],
    kind: type[Structure | Row] | None = None,
    *,
    columns: Sequence[str] | None = None,
    guard_formulas: bool = True,
) -> str:
    """Return structures or rows of one class as CSV (RFC 4180), with a header line of column names.

    Times are in ISO 8601, lists and maps in JSON, absent members are empty. A text that a spreadsheet interprets as a
    formula (it begins with =, +, -, @, a tab or a line break) is prefixed with an apostrophe, because user names, tags
    and error messages are untrusted input (CSV injection). guard_formulas=False disables the prefix, for programs that
    read the file. Write the file with newline="", for example
    Path("stopped.csv").write_text(wsclient.tables.to_csv(report.rows()), newline="").
    """
    table = Table.of(items, kind).select(columns)
    lines = chain([[column.name for column in table.columns]], (row.values() for row in table.rows()))
    return csv_text(lines, guards_formulas=guard_formulas)


def to_jsonl(
    items: Iterable[Structure | Row], kind: type[Structure | Row] | None = None, *, columns: Sequence[str] | None = None
) -> str:
    """Return structures or rows of one class as JSON lines: one object each, with the cells by column name."""
    return json_lines(Table.of(items, kind).select(columns).rows()).decode()


def to_html(
    items: Iterable[Structure | Row],
    kind: type[Structure | Row] | None = None,
    *,
    caption: str = "",
    columns: Sequence[str] | None = None,
) -> str:
    """Return an HTML table of structures or rows of one class: the first 20 rows and the number of further rows.

    Texts are escaped, and truncated if they are long; empty columns are omitted.
    """
    return Table.of(items, kind).select(columns).to_html(caption)


publish(__name__, __all__)
