"""What plans and reports have in common: they are tables, for notebooks and for pandas and polars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from wsclient._tables import Row, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    import polars as pl

RowT = TypeVar("RowT", bound=Row)


class Tabled(Generic[RowT]):
    """Something with rows, and words that begin with a line on the whole."""

    __slots__ = ()

    def rows(self) -> list[RowT]:
        """Return everything as flat rows."""
        raise NotImplementedError

    def _row_type(self) -> type[RowT]:
        raise NotImplementedError

    def _rows_to_show(self) -> Sequence[RowT]:
        """Return the rows that are worth a look first."""
        return self.rows()

    def to_pandas(self) -> pd.DataFrame:
        """Return every row in a pandas DataFrame, its types the same whatever is in it; extra wsclient[pandas]."""
        return Table.of(self.rows(), self._row_type()).to_pandas()

    def to_polars(self) -> pl.DataFrame:
        """Return every row in a polars DataFrame; extra wsclient[polars]."""
        return Table.of(self.rows(), self._row_type()).to_polars()

    def _repr_html_(self) -> str:
        """Return a table of the first rows, with the words around it, for notebooks."""
        first, *others = str(self).splitlines()
        foot = [line for line in others if not line.startswith("  ")]
        return Table.of(self._rows_to_show(), self._row_type()).to_html(first, foot)
