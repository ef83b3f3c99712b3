"""Table: rows under columns, with exports to HTML, pandas and polars.

Rules for all tables:
- a member is a column with its name; the members of a nested structure are columns too, as in
  workspace_properties.running_mode;
- a list of strings or numbers is one cell, a tuple of strings; a map is a tuple of strings "key=value";
- a list of structures is a cell with their count;
- an enumeration is a string, a sensitive member that has a value is [redacted], and an absent member is None;
- the columns follow from the class: a table without rows has the same columns as one with rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wsclient._core.errors import ConfigurationError
from wsclient._core.lazy_imports import OptionalModule
from wsclient._core.tables.columns import (
    Cell,
    CellKind,
    Column,
    columns_of,
    item_columns,
    key_reader,
    list_columns,
    list_members,
    listed_items,
    mapping_reader,
)
from wsclient._core.tables.tabular import Tabular
from wsclient._core.utils import close_matches

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
else:
    pd, pl = OptionalModule("pandas"), OptionalModule("polars")


@dataclass(frozen=True, slots=True)
class Table:
    """Columns, and items with one row each."""

    columns: tuple[Column, ...]
    items: Sequence[object]

    @classmethod
    def of(cls, items: Iterable[Tabular], kind: type[Tabular] | None = None) -> Table:
        """Create a table of structures or rows of one class; kind is that class, needed if items may be empty.

        Raises TypeError for items of several classes, of a class that is neither a structure nor a Row, and for a page.
        """
        if isinstance(items, Tabular):
            name, is_page = type(items).__name__, hasattr(items, "metadata")
            lists = [f"page.{member}" for member in list_members(type(items)) if is_page]
            raise TypeError(f"a table takes a list, not one {name}: pass {' or '.join(lists) or '[item]'}")
        listed = list(items)
        kinds = {type(item) for item in listed} | ({kind} if kind else set[type[Tabular]]())
        if len(kinds) > 1:
            names = ", ".join(sorted(item_class.__name__ for item_class in kinds))
            raise TypeError(f"cannot make one table of items of several classes: {names}")
        return cls(columns_of(kinds.pop()) if kinds else (), listed)

    @classmethod
    def of_mappings(cls, rows: Iterable[Mapping[str, Cell]], columns: Mapping[str, CellKind]) -> Table:
        """Create a table of mappings from column name to cell; missing cells are None."""
        return cls(tuple(Column(name, kind, mapping_reader(name)) for name, kind in columns.items()), list(rows))

    @classmethod
    def of_pages(cls, pages: Sequence[Tabular]) -> Table:
        """Create a table of the items of these pages, or of the pages themselves if they list nothing.

        For pages with two lists, the first column, member, names the list of each row.
        """
        if not pages:
            return cls((), [])
        page_type = type(pages[0])
        names = list_members(page_type)
        if not names:
            return cls.of(pages)
        first, *rest = names
        if not rest:
            return cls(item_columns(page_type, first), listed_items(pages, first))
        return cls(
            list_columns(page_type, names), [(name, item) for name in names for item in listed_items(pages, name)]
        )

    def select(self, names: Sequence[str] | None) -> Table:
        """Return the table with these columns in this order; None for all columns.

        A name of a map's column and one of its keys, as in tags.Team, is a column with the values of that key. Raises
        ConfigurationError for an unknown name.
        """
        if names is None:
            return self
        if isinstance(names, str):
            raise ConfigurationError(f"columns= takes a list of names, not a str; use columns=[{names!r}]")
        by_name = {column.name: column for column in self.columns}
        return Table(tuple(by_name.get(name) or _key_column(name, by_name) for name in names), self.items)

    def cells(self, column: Column) -> list[Cell]:
        """Return the cells of one column, from the first row to the last."""
        return [column.read(item) for item in self.items]

    def rows(self) -> Iterator[dict[str, Cell]]:
        """Yield the rows as dicts from column name to cell."""
        for item in self.items:
            yield {column.name: column.read(item) for column in self.columns}

    def to_html(self, caption: str = "", foot: Iterable[str] = ()) -> str:
        """Return an HTML table: at most 20 rows and a count, columns with values; caption and foot are plain text."""
        from wsclient._core.tables.html import table_html  # noqa: PLC0415 - needed in notebooks only

        return table_html(self.columns, self.items, caption, foot)

    def to_lines_html(self, caption: str = "") -> str:
        """Return an HTML table of the first item with one line per column that has a value."""
        from wsclient._core.tables.html import record_html  # noqa: PLC0415 - as above

        return record_html(self.columns, self.items[0], caption)

    def _repr_html_(self) -> str:
        """Return the HTML table, for notebooks."""
        return self.to_html()

    def to_pandas(self) -> pd.DataFrame:
        """Return a pandas DataFrame; raise ConfigurationError if pandas is not installed."""
        from wsclient._core.tables.frames import pandas_frame  # noqa: PLC0415 - an optional extra

        return pandas_frame(self.columns, self.items)

    def to_polars(self) -> pl.DataFrame:
        """Return a polars DataFrame; raise ConfigurationError if polars is not installed."""
        from wsclient._core.tables.frames import polars_frame  # noqa: PLC0415 - an optional extra

        return polars_frame(self.columns, self.items)


def _key_column(name: str, columns: Mapping[str, Column]) -> Column:
    """Return the column of one key of a map, as in tags.Team; the key may contain dots."""
    for column in columns.values():
        if column.is_map and name.startswith(f"{column.name}."):
            return Column(name, CellKind.TEXT, key_reader(column, name.removeprefix(f"{column.name}.")))
    matches = close_matches(name, columns, most=1)
    hint = f"did you mean {matches[0]!r}?" if matches else f"it has {', '.join(columns)}"
    raise ConfigurationError(f"the table has no column {name!r}; {hint}")
