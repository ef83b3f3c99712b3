"""Row, Column and cell types, and the columns of a class."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from functools import cache, partial
from types import NoneType, UnionType
from typing import Final, ParamSpec, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from wsclient._core.absence import member_value
from wsclient._core.tables.tabular import Tabular
from wsclient._core.utils import is_list, is_mapping

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")

REDACTED: Final = "[redacted]"

Cell = str | int | float | bool | datetime | bytes | tuple[str, ...] | None
"""Value of one cell of a table."""


class CellKind(Enum):
    """Type of a column's cells, which determines the column types of data frames."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    FLAG = "flag"
    TIME = "time"
    BYTES = "bytes"
    TEXTS = "texts"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Column:
    """Column of a table: name, type of its cells, and the function that reads the cell of an item."""

    name: str
    kind: CellKind
    read: Callable[[object], Cell] = field(repr=False)
    is_map: bool = False
    """True for a map, whose cell is a tuple of strings "key=value"."""


class Row(Tabular):
    """Base of wsclient's rows, frozen dataclasses or Structs, as in reports and the inventory.

    The fields are the columns, except fields with repr=False. Their annotations are evaluated, so their names must be
    imported at runtime, not only under TYPE_CHECKING. A class may override table_columns().
    """

    __slots__ = ()

    @classmethod
    def table_columns(cls) -> tuple[Column, ...]:
        """Return the columns of a table of these rows."""
        return tuple(_columns(cls))


def columns_of(kind: type[object]) -> tuple[Column, ...]:
    """Return the columns of a structure or row class; raise TypeError for any other class."""
    columns = _COLUMNS_BY_CLASS.get(kind)
    if columns is None:
        if not issubclass(kind, Tabular):
            hint = "; structures are made of boto3's dicts by types.Workspace.from_dict(…)" if kind is dict else ""
            raise TypeError(f"cannot make a table of {kind.__name__}: it is not a structure or Row of wsclient{hint}")
        columns = _COLUMNS_BY_CLASS[kind] = kind.table_columns() if issubclass(kind, Row) else tuple(_columns(kind))
    return columns


_COLUMNS_BY_CLASS: Final[dict[type[object], tuple[Column, ...]]] = {}
"""Cache of the columns by class."""


def columns_within(name: str, kind: type[object]) -> Iterator[Column]:
    """Yield the columns of a nested structure as name.column; all their cells are None if the member is None."""
    for column in columns_of(kind):
        yield Column(f"{name}.{column.name}", column.kind, _reader(name, column.read), column.is_map)


def _cached(function: Callable[_Parameters, _Result]) -> Callable[_Parameters, _Result]:
    """Cache with the function's own signature: mypy takes a class of unhashable instances for unhashable itself."""
    return cast("Callable[_Parameters, _Result]", cache(function))


@_cached
def list_members(row_class: type[Tabular]) -> tuple[str, ...]:
    """Return the members that list the items of a response; empty if the response describes one resource.

    The member with failures counts only if it is the only list.
    """
    lists, other_count = list[str](), 0
    for name, annotation in _annotations(row_class):
        if _is_list(annotation):
            lists.append(name)
        elif name != "next_token":
            other_count += 1
    if other_count > 1:  # a single one is the id of the parent resource; more describe one resource
        return ()
    return tuple(name for name in lists if name != failures_member(row_class)) or tuple(lists)


def failures_member(row_class: type[Tabular]) -> str | None:
    """Return the member that lists the items that failed although the response is HTTP 200, or None."""
    return row_class._failures  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the base class's own mark


def sensitive_members(row_class: type[object]) -> frozenset[str]:
    """Return the sensitive members, which reprs and tables do not show."""
    return getattr(row_class, "_sensitive", frozenset())


def metadata_members(row_class: type[object]) -> frozenset[str]:
    """Return the metadata members that wsclient adds to responses; empty for other classes."""
    return getattr(row_class, "_response_facts", frozenset())


def member_names(row_class: type[object]) -> tuple[str, ...]:
    """Return the names of a Struct's members, in the order of AWS's model."""
    return getattr(row_class, "__struct_fields__", ())


@_cached
def item_columns(row_class: type[Tabular], name: str) -> tuple[Column, ...]:
    """Return the columns of the items of a list member; a list of strings has one column, with the member's name."""
    item = get_args(dict(_annotations(row_class))[name])[0]
    return columns_of(item) if _is_nested(item) else (Column(name, CellKind.TEXT, _text),)


def list_columns(row_class: type[Tabular], names: Sequence[str]) -> tuple[Column, ...]:
    columns = {column.name: column for name in names for column in item_columns(row_class, name)}
    member = Column("member", CellKind.TEXT, lambda pair: cast("tuple[str, object]", pair)[0])
    return (member, *(Column(column.name, column.kind, _item_reader(column.read)) for column in columns.values()))


def _item_reader(read: Callable[[object], Cell]) -> Callable[[object], Cell]:
    return lambda pair: read(cast("tuple[str, object]", pair)[1])


def listed_items(pages: Sequence[Tabular], name: str) -> list[object]:
    return [item for page in pages for item in getattr(page, name)]


def _columns(row_class: type[object]) -> Iterator[Column]:
    secrets = sensitive_members(row_class)
    has_stand_ins = not issubclass(row_class, Row)
    for name, annotation in _annotations(row_class):
        if name in secrets:
            yield Column(name, CellKind.TEXT, _reader(name, _redacted, has_stand_ins=has_stand_ins))
        elif _is_nested(annotation):
            yield from columns_within(name, cast("type[object]", annotation))
        else:
            cell = _cell_kind(annotation)
            read = _reader(name, _CELLS.get(cell, _identity), has_stand_ins=has_stand_ins)
            yield Column(name, cell, read, _is_map(annotation))


def _annotations(row_class: type[object]) -> list[tuple[str, object]]:
    """Return the members to show and their types, without response metadata."""
    hints = get_type_hints(row_class)
    if dataclasses.is_dataclass(row_class):
        names = [field.name for field in dataclasses.fields(row_class) if field.repr]
    else:
        names = [name for name in member_names(row_class) if name not in metadata_members(row_class)]
    return [(name, _without_none(hints[name])) for name in names]


def _without_none(annotation: object) -> object:
    """Return the type without None."""
    if get_origin(annotation) not in (Union, UnionType):
        return annotation
    parts = [part for part in get_args(annotation) if part is not NoneType]
    return parts[0] if len(parts) == 1 else object


def _is_nested(annotation: object) -> bool:
    return isinstance(annotation, type) and get_origin(annotation) is None and issubclass(annotation, Tabular)


def _is_list(annotation: object) -> bool:
    origin = get_origin(annotation)
    return isinstance(origin, type) and issubclass(origin, Sequence | frozenset)


def _is_map(annotation: object) -> bool:
    origin = get_origin(annotation)
    return isinstance(origin, type) and issubclass(origin, Mapping)


def _cell_kind(annotation: object) -> CellKind:
    if _is_list(annotation):
        return CellKind.COUNT if _is_nested(get_args(annotation)[0]) else CellKind.TEXTS
    if _is_map(annotation):
        return CellKind.TEXTS
    return _SCALARS.get(annotation, CellKind.TEXT)


_SCALARS: Final[dict[object, CellKind]] = {
    bool: CellKind.FLAG,
    int: CellKind.INTEGER,
    float: CellKind.NUMBER,
    datetime: CellKind.TIME,
    bytes: CellKind.BYTES,
}


def _reader(name: str, cell: Callable[[object], Cell], *, has_stand_ins: bool = False) -> Callable[[object], Cell]:
    """Return the function that reads a cell; with has_stand_ins, one for an absent member of a structure is None."""
    get = partial(_value, name=name) if not has_stand_ins else partial(member_value, name=name)

    def read(item: object) -> Cell:
        value = get(item)
        return None if value is None else cell(value)

    return read


def _value(item: object, name: str) -> object:
    return getattr(item, name)


def mapping_reader(name: str) -> Callable[[object], Cell]:
    return lambda row: cast("Mapping[str, Cell]", row).get(name)


def key_reader(column: Column, key: str) -> Callable[[object], Cell]:
    """Return the function that reads the value of one key from the cells of a map."""
    prefix = f"{key}="

    def read(item: object) -> Cell:
        cell = column.read(item)
        texts = cell if isinstance(cell, tuple) else ()
        return next((text.removeprefix(prefix) for text in texts if text.startswith(prefix)), None)

    return read


def _identity(value: object) -> Cell:
    return cast("Cell", value)


def _text(value: object) -> str:
    return str(value.value) if isinstance(value, Enum) else str(value)


def _texts(value: object) -> tuple[str, ...]:
    if is_mapping(value):
        return tuple(f"{_text(key)}={_text(item)}" for key, item in value.items())
    return tuple(map(_text, cast("Iterable[object]", value)))


def _count(value: object) -> int:
    return len(value) if is_list(value) else 0


def _redacted(_: object) -> str:
    return REDACTED


_CELLS: Final[dict[CellKind, Callable[[object], Cell]]] = {
    CellKind.TEXT: _text,
    CellKind.TEXTS: _texts,
    CellKind.COUNT: _count,
}
