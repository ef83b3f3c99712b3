"""Row, Column and cell types: which columns a class has."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, ClassVar, Final, Union, cast, get_args, get_origin, get_type_hints

from wsclient._core.utils import is_list, is_mapping

if TYPE_CHECKING:
    from collections.abc import Callable


REDACTED: Final = "[redacted]"

Cell = str | int | float | bool | datetime | bytes | tuple[str, ...] | None
"""What one place of a table holds."""


class CellKind(Enum):
    """What the cells of a column are; a frame's column types follow from it."""

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
    """One column: its name, what its cells are, and how the cell of an item is read."""

    name: str
    kind: CellKind
    read: Callable[[object], Cell] = field(repr=False)


class Tabular:
    """Base of everything that tables show: AWS's structures, and wsclient's own rows.

    The class attributes are named with an underscore, so that no member of an AWS structure can have their names.
    """

    __slots__ = ()

    _sensitive: ClassVar[frozenset[str]] = frozenset()
    """Members that no repr and no table shows."""
    _failures: ClassVar[str | None] = None
    """The member that lists items which failed although the response is HTTP 200."""
    _response_facts: ClassVar[frozenset[str]] = frozenset()
    """Members in which wsclient says how the request went; only responses have them, and they are no columns."""


class Row(Tabular):
    """The base of wsclient's own rows, frozen dataclasses or Structs: of reports and of the inventory.

    Its fields are the columns, by their annotations, so that what these name must be imported, not only under
    TYPE_CHECKING; a field with repr=False is none. A class may as well say its columns itself.
    """

    __slots__ = ()

    @classmethod
    def table_columns(cls) -> tuple[Column, ...]:
        """Return the columns of a table of these rows."""
        return tuple(_columns(cls))


def columns_of(kind: type[object]) -> tuple[Column, ...]:
    """Return the columns of a structure or row class; raises TypeError for another one."""
    known = _KNOWN.get(kind)
    if known is None:
        if not issubclass(kind, Tabular):
            raise TypeError(f"a table is of wsclient's structures or rows, and {kind.__name__} is neither")
        known = _KNOWN[kind] = kind.table_columns() if issubclass(kind, Row) else tuple(_columns(kind))
    return known


_KNOWN: Final[dict[type[object], tuple[Column, ...]]] = {}
"""The columns of classes that have been asked for."""


def columns_within(name: str, kind: type[object]) -> Iterator[Column]:
    """Give the columns of a structure that is a member of another, as name.column; its absence is that of them all."""
    for column in columns_of(kind):
        yield Column(f"{name}.{column.name}", column.kind, _reader(name, column.read))


@cache
def lists_of(kind: type[Tabular]) -> tuple[str, ...]:
    """Return the members that list what an answer is about: none where it is about one thing.

    Where all it lists is failures these are the items; else they are told beside them.
    """
    lists, others = list[str](), 0
    for name, annotation in _annotations(kind):
        if _is_list(annotation):
            lists.append(name)
        elif name != "next_token":
            others += 1
    if others > 1:  # one is the id of what the list belongs to; more are an answer about one thing
        return ()
    return tuple(name for name in lists if name != failures_of(kind)) or tuple(lists)


def failures_of(kind: type[Tabular]) -> str | None:
    """Return the member that lists what failed although the answer is HTTP 200."""
    return kind._failures  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the base class's own mark


def secrets_of(kind: type[object]) -> frozenset[str]:
    """Return the members that nothing shows."""
    return getattr(kind, "_sensitive", frozenset())


def response_facts_of(kind: type[object]) -> frozenset[str]:
    """Return the members that say how a request went: none where the class is not the response of an operation."""
    return getattr(kind, "_response_facts", frozenset())


def members_of(kind: type[object]) -> tuple[str, ...]:
    """Return the names of a Struct's members, in the order of AWS's model."""
    return getattr(kind, "__struct_fields__", ())


@cache
def columns_of_list(kind: type[Tabular], name: str) -> tuple[Column, ...]:
    """Return the columns of what a member of an answer lists; texts are one column of the member's name."""
    item = get_args(dict(_annotations(kind))[name])[0]
    return columns_of(item) if _is_nested(item) else (Column(name, CellKind.TEXT, _text),)


def list_columns(kind: type[Tabular], names: Sequence[str]) -> tuple[Column, ...]:
    columns = {column.name: column for name in names for column in columns_of_list(kind, name)}
    named = Column("member", CellKind.TEXT, lambda pair: cast("tuple[str, object]", pair)[0])
    return (named, *(Column(one.name, one.kind, _of_second(one.read)) for one in columns.values()))


def _of_second(read: Callable[[object], Cell]) -> Callable[[object], Cell]:
    return lambda pair: read(cast("tuple[str, object]", pair)[1])


def listed_items(pages: Sequence[Tabular], name: str) -> list[object]:
    return [item for page in pages for item in getattr(page, name)]


def _columns(kind: type[object]) -> Iterator[Column]:
    secrets = secrets_of(kind)
    for name, annotation in _annotations(kind):
        if name in secrets:
            yield Column(name, CellKind.TEXT, _reader(name, _redacted))
        elif _is_nested(annotation):
            yield from columns_within(name, cast("type[object]", annotation))
        else:
            cell = _kind_of(annotation)
            yield Column(name, cell, _reader(name, _CELLS.get(cell, _identity)))


def _annotations(kind: type[object]) -> list[tuple[str, object]]:
    """Return the members to show with their types, without what wsclient itself adds to an answer."""
    hints = get_type_hints(kind)
    if dataclasses.is_dataclass(kind):
        names = [one.name for one in dataclasses.fields(kind) if one.repr]
    else:
        names = [name for name in members_of(kind) if name not in response_facts_of(kind)]
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


def _kind_of(annotation: object) -> CellKind:
    origin = get_origin(annotation)
    if _is_list(annotation):
        return CellKind.COUNT if _is_nested(get_args(annotation)[0]) else CellKind.TEXTS
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return CellKind.TEXTS
    return _SCALARS.get(annotation, CellKind.TEXT)


_SCALARS: Final[dict[object, CellKind]] = {
    bool: CellKind.FLAG,
    int: CellKind.INTEGER,
    float: CellKind.NUMBER,
    datetime: CellKind.TIME,
    bytes: CellKind.BYTES,
}


def _reader(name: str, cell: Callable[[object], Cell]) -> Callable[[object], Cell]:
    def read(item: object) -> Cell:
        value = getattr(item, name)
        return None if value is None else cell(value)

    return read


def mapping_reader(name: str) -> Callable[[object], Cell]:
    return lambda row: cast("Mapping[str, Cell]", row).get(name)


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
