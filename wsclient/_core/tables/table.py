"""Tables of structures: which columns a structure gives, and its cells. HTML and frames are made elsewhere.

The rules, everywhere the same:
- a member is a column of its name; the members of a nested structure are columns too, as in
  workspace_properties.running_mode;
- a list of texts or numbers is one cell, a tuple of texts, and so is a map, of texts "key=value";
- a list of structures is the count of them;
- an enumeration's value is its text, a member that is secret is [redacted] where there is one, and what is absent None;
- the columns follow from the class: a table without rows has the same as one with many.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wsclient._core.tables.columns import (
    Cell,
    CellKind,
    Column,
    Tabular,
    columns_of,
    columns_of_list,
    list_columns,
    listed_items,
    lists_of,
    mapping_reader,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import pandas as pd
    import polars as pl


@dataclass(frozen=True, slots=True)
class Table:
    """Columns, and the items that give a row each."""

    columns: tuple[Column, ...]
    items: Sequence[object]

    @classmethod
    def of(cls, items: Iterable[Tabular], kind: type[Tabular] | None = None) -> Table:
        """Make a table of structures or rows of one class; kind is that class, told where there may be none of them.

        Raises TypeError for items of several classes, and of classes that are neither.
        """
        listed = list(items)
        kinds = {type(item) for item in listed} | ({kind} if kind else set[type[Tabular]]())
        if len(kinds) > 1:
            names = ", ".join(sorted(one.__name__ for one in kinds))
            raise TypeError(f"a table is of one class, and these are several: {names}")
        return cls(columns_of(kinds.pop()) if kinds else (), listed)

    @classmethod
    def of_mappings(cls, rows: Iterable[Mapping[str, Cell]], columns: Mapping[str, CellKind]) -> Table:
        """Make a table of rows that give their cells by name; what a row does not have is None."""
        return cls(tuple(Column(name, kind, mapping_reader(name)) for name, kind in columns.items()), list(rows))

    @classmethod
    def of_pages(cls, pages: Sequence[Tabular]) -> Table:
        """Make a table of what these pages list, or of the pages themselves where they list nothing.

        A page with two lists has a first column, member, that says which one a row is of.
        """
        if not pages:
            return cls((), [])
        kind = type(pages[0])
        names = lists_of(kind)
        if not names:
            return cls.of(pages)
        first, *others = names
        if not others:
            return cls(columns_of_list(kind, first), listed_items(pages, first))
        return cls(list_columns(kind, names), [(name, item) for name in names for item in listed_items(pages, name)])

    def cells(self, column: Column) -> list[Cell]:
        """Return the cells of one column, from the first row to the last."""
        return [column.read(item) for item in self.items]

    def rows(self) -> Iterator[dict[str, Cell]]:
        """Give row after row, its cells by the columns' names."""
        for item in self.items:
            yield {column.name: column.read(item) for column in self.columns}

    def to_html(self, caption: str = "", foot: Iterable[str] = ()) -> str:
        """Return an HTML table: few rows and a count, columns that hold something; caption and foot are plain text."""
        from wsclient._core.tables.html import table_html  # noqa: PLC0415 - of use in notebooks only

        return table_html(self.columns, self.items, caption, foot)

    def to_lines_html(self, caption: str = "") -> str:
        """Return an HTML table of the first item, a line a column that holds something: for one of many columns."""
        from wsclient._core.tables.html import record_html  # noqa: PLC0415 - as above

        return record_html(self.columns, self.items[0], caption)

    def _repr_html_(self) -> str:
        """Return the table for notebooks."""
        return self.to_html()

    def to_pandas(self) -> pd.DataFrame:
        """Return a pandas DataFrame; raises ConfigurationError where pandas is not installed."""
        from wsclient._core.tables.frames import pandas_frame  # noqa: PLC0415 - asked for

        return pandas_frame(self.columns, self.items)

    def to_polars(self) -> pl.DataFrame:
        """Return a polars DataFrame; raises ConfigurationError where polars is not installed."""
        from wsclient._core.tables.frames import polars_frame  # noqa: PLC0415 - asked for

        return polars_frame(self.columns, self.items)
