"""Data frames of tables. The types of their columns follow from the table's, never from the values.

A frame of no rows, and one in which nothing is there, has the column types of any other: frames of several days can be
put together. Texts and enumerations are strings, as an enumeration may get values that today's categories lack.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from wsclient._core.errors import ConfigurationError
from wsclient._core.tables.columns import Cell, CellKind

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    import pandas as pd
    import polars as pl

    from wsclient._core.tables.columns import Column

_OF_PANDAS: Final = {
    CellKind.TEXT: "string",
    CellKind.INTEGER: "Int64",
    CellKind.NUMBER: "Float64",
    CellKind.FLAG: "boolean",
    CellKind.TIME: "datetime64[us, UTC]",
    CellKind.BYTES: "object",
    CellKind.TEXTS: "object",
    CellKind.COUNT: "Int64",
}
"""Types that know a missing value; microseconds, as Python's times have, and since nanoseconds end in 2262."""


def pandas_frame(columns: Sequence[Column], items: Sequence[object]) -> pd.DataFrame:
    """Return the table as a pandas DataFrame; a cell of texts is a tuple, which groups, compares and explodes."""
    with requires_extra("pandas"):
        import pandas as pd  # noqa: PLC0415 - the extra is loaded by who asks for it
    series = {column.name: pd.Series(_values(column, items), dtype=_OF_PANDAS[column.kind]) for column in columns}
    return pd.DataFrame(series, index=pd.RangeIndex(len(items)))


def polars_frame(columns: Sequence[Column], items: Sequence[object]) -> pl.DataFrame:
    """Return the table as a polars DataFrame; a cell of texts is a List(String)."""
    with requires_extra("polars"):
        import polars as pl  # noqa: PLC0415 - the extra is loaded by who asks for it
    kinds = {
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
        [pl.Series(column.name, _values(column, items), dtype=kinds[column.kind]) for column in columns]
    )


@contextmanager
def requires_extra(extra: str) -> Generator[None]:
    """Turn a package that cannot be found into a ConfigurationError that names the extra it comes with."""
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
    """Return a time in UTC; one that does not say its zone is in UTC, as all times of AWS are."""
    if not isinstance(cell, datetime):
        return cell
    return cell.replace(tzinfo=UTC) if cell.tzinfo is None else cell.astimezone(UTC)
