"""pandas and polars data frames of tables. Column types follow from the table's columns, never from the values.

A frame without rows or values has the same column types as any other, so that frames of several days can be
concatenated. Enumerations are strings, not categories, because AWS may add values.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from wsclient._core.dates import as_utc
from wsclient._core.errors import ConfigurationError
from wsclient._core.tables.columns import Cell, CellKind

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    import pandas as pd
    import polars as pl

    from wsclient._core.tables.columns import Column

_PANDAS_TYPES: Final = {
    CellKind.TEXT: "string",
    CellKind.INTEGER: "Int64",
    CellKind.NUMBER: "Float64",
    CellKind.FLAG: "boolean",
    CellKind.TIME: "datetime64[us, UTC]",
    CellKind.BYTES: "object",
    CellKind.TEXTS: "object",
    CellKind.COUNT: "Int64",
}
"""Nullable pandas types; microseconds, as in Python's datetime, because nanoseconds end in 2262."""


def pandas_frame(columns: Sequence[Column], items: Sequence[object]) -> pd.DataFrame:
    """Return the table as a pandas DataFrame; a cell of strings is a tuple, which groupby and explode accept."""
    with requires_extra("pandas"):
        import pandas as pd  # noqa: PLC0415 - an optional extra
    series = {column.name: pd.Series(_values(column, items), dtype=_PANDAS_TYPES[column.kind]) for column in columns}
    return pd.DataFrame(series, index=pd.RangeIndex(len(items)))


def polars_frame(columns: Sequence[Column], items: Sequence[object]) -> pl.DataFrame:
    """Return the table as a polars DataFrame; a cell of several strings is a List(String)."""
    with requires_extra("polars"):
        import polars as pl  # noqa: PLC0415 - an optional extra
    dtypes = {
        CellKind.TEXT: pl.String(),
        CellKind.INTEGER: pl.Int64(),
        CellKind.NUMBER: pl.Float64(),
        CellKind.FLAG: pl.Boolean(),
        CellKind.TIME: pl.Datetime("us", "UTC"),
        CellKind.BYTES: pl.Binary(),
        CellKind.TEXTS: pl.List(pl.String()),
        CellKind.COUNT: pl.Int64(),
    }
    return pl.DataFrame(
        [pl.Series(column.name, _values(column, items), dtype=dtypes[column.kind]) for column in columns]
    )


@contextmanager
def requires_extra(extra: str) -> Generator[None]:
    """Raise ConfigurationError, with the extra to install, if the block imports a missing package."""
    try:
        yield
    except ModuleNotFoundError as error:
        package = (error.name or extra).partition(".")[0]
        raise ConfigurationError(
            f"the package {package} is missing; install it with: pip install 'wsclient[{extra}]'"
        ) from None


def _values(column: Column, items: Sequence[object]) -> list[Cell]:
    cells = [column.read(item) for item in items]
    return [_utc(cell) for cell in cells] if column.kind is CellKind.TIME else cells


def _utc(cell: Cell) -> Cell:
    """Return a time in UTC; a naive time counts as UTC, as all times of AWS are."""
    if not isinstance(cell, datetime):
        return cell
    return cell.replace(tzinfo=UTC) if cell.tzinfo is None else as_utc(cell)
