"""HTML rendering of tables, structures and pages for notebooks: escaped, bounded, for light and dark themes.

All text passes _escaped() or _cell(), which truncate first and escape last: truncating escaped text could cut an
entity. Colours come from the notebook's theme. Styles are inline, because notebooks remove style sheets.
"""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING, Final

from wsclient._core.absence import member_value
from wsclient._core.printable import printable
from wsclient._core.reprs import short_repr
from wsclient._core.tables.columns import (
    REDACTED,
    CellKind,
    Column,
    failures_member,
    item_columns,
    list_members,
    member_names,
    metadata_members,
    sensitive_members,
)
from wsclient._core.tables.tabular import Tabular
from wsclient._core.utils import is_list, is_mapping

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MAX_ROWS: Final = 20
"""Rows of a table that are shown."""
MAX_COLUMNS: Final = 24
"""Columns of a table that are shown."""
MAX_ENTRIES: Final = 100
"""Members of a structure that are shown, more than any AWS structure has."""
_KEPT: Final = "\n\t\r\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
MAX_CHARACTERS: Final = 80
"""Characters of a table cell."""
MAX_LINE_CHARACTERS: Final = 400
"""Characters of a value on a line of its own."""
MAX_ITEMS: Final = 5
"""Items of a list within a structure that are shown."""

MAX_NOWRAP_CHARACTERS: Final = 40
"""Characters up to which a cell does not wrap: a browser would break ids at their hyphens."""

_CELL = "text-align:left;padding:.2em .7em"
_WIDE = f"{_CELL};min-width:20em"
_NARROW = f"{_CELL};white-space:nowrap"
_NUMBER = f"{_NARROW.replace('left', 'right')};font-variant-numeric:tabular-nums"
_HEAD = f"{_NARROW};font-weight:600"
_NUMBERS: Final = (CellKind.INTEGER, CellKind.NUMBER, CellKind.COUNT)
_ROW = "border-bottom:1px solid rgba(128,128,128,.35)"
_TABLE = "border-collapse:collapse;margin:.2em 0"
_QUIET = "opacity:.7;font-size:90%"


def table_html(columns: Sequence[Column], items: Sequence[object], caption: str = "", foot: Iterable[str] = ()) -> str:
    """Return an HTML table: the first rows, a count of the rest, and the columns with a value in any row."""
    filled = [column for column in columns if _has_value(column, items)]
    shown, rows = filled[:MAX_COLUMNS], items[:MAX_ROWS]
    head = "".join(map(_heading, shown))
    body = "".join(_tr("".join(_td(_cell(column.read(item)), column.kind) for column in shown)) for item in rows)
    left_out = [
        f"… and {len(items) - len(rows):,} more" if len(items) > len(rows) else "",
        f"… and {len(filled) - len(shown):,} more columns" if len(filled) > len(shown) else "",
        "" if items else "no items",
    ]
    grid = f'<table style="{_TABLE}"><thead>{_tr(head)}</thead><tbody>{body}</tbody></table>' if rows else ""
    return _block(caption, grid, [*(line for line in left_out if line), *foot])


def record_html(columns: Sequence[Column], item: object, caption: str = "") -> str:
    """Return the columns of one item that have a value, one per line."""
    cells = [(column.name, column.read(item)) for column in columns]
    entries = [(name, _cell(cell, MAX_LINE_CHARACTERS)) for name, cell in cells if cell not in (None, "", ())]
    return _lines(caption, entries, [])


def structure_html(structure: Tabular) -> str:
    """Return the members that have a value, one per line; for a page, the tables of its items and a summary."""
    if metadata_members(type(structure)) and list_members(type(structure)):
        return _page_html(structure)
    foot = _request_summary(structure)
    return _entries_html(type(structure).__name__, structure, foot)


def paginator_html(operation: str) -> str:
    """Return the operation of a paginator and how to iterate it; sends no request."""
    usage = "await it for one page, use async for for all items, await .to_pandas() for a table of all items"
    return _block(f"{operation}: no request sent yet", "", [usage])


def _page_html(page: Tabular) -> str:
    page_type = type(page)
    names = [*list_members(page_type)]
    failures = failures_member(page_type)
    if failures and failures not in names and getattr(page, failures):
        names.append(failures)
    parts: list[str] = []
    for name in names:
        items: Sequence[object] = getattr(page, name) or ()
        caption = f"{page_type.__name__}.{name}: {len(items):,}"
        parts.append(table_html(item_columns(page_type, name), items, caption))
    return "".join(parts) + _block("", "", [*_page_summary(page, names), *_request_summary(page)])


def _page_summary(page: Tabular, names: Sequence[str]) -> Iterator[str]:
    """Yield the other members of a page, and whether another page follows."""
    for name in member_names(type(page)):
        value = member_value(page, name)
        if name in names or name in metadata_members(type(page)) or is_list(value) or value is None:
            continue
        yield "next_token: another page follows" if name == "next_token" else f"{name}: {_shown(value)}"
    if hasattr(page, "next_token") and not getattr(page, "next_token", None):
        yield "the last page"


def _request_summary(response: Tabular) -> list[str]:
    """Return the request id, which AWS Support needs, the number of attempts if several, and reconciliation."""
    metadata = getattr(response, "metadata", None)
    if metadata is None:
        return []
    return [
        *([f"request id {metadata.request_id}"] if metadata.request_id else []),
        *([f"{metadata.attempts} attempts"] if metadata.attempts > 1 else []),
        *(["reconciled by lookup after an ambiguous attempt"] if metadata.was_reconciled else []),
    ]


def _entries_html(caption: str, structure: Tabular, foot: Sequence[str]) -> str:
    return _lines(caption, list(_entries(structure)), foot)


def _lines(caption: str, entries: Sequence[tuple[str, str]], foot: Sequence[str]) -> str:
    """Return names and values, which are HTML already, as a table with one line each."""
    shown, more = entries[:MAX_ENTRIES], len(entries) - MAX_ENTRIES
    lines = "".join(_tr(f'<th style="{_HEAD}">{_escaped(name)}</th>{_td(text)}') for name, text in shown)
    foot = [*([f"… and {more:,} more"] if more > 0 else []), *([] if entries else ["no member has a value"]), *foot]
    return _block(caption, f'<table style="{_TABLE}"><tbody>{lines}</tbody></table>' if entries else "", foot)


def _entries(structure: Tabular, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield the members that have a value, with dotted names for nested structures, and their values as HTML."""
    secrets, facts = sensitive_members(type(structure)), metadata_members(type(structure))
    for name in member_names(type(structure)):
        value = member_value(structure, name)
        if value is None or value == [] or name in facts:
            continue
        if name in secrets:
            yield f"{prefix}{name}", _escaped(REDACTED)
        elif isinstance(value, Tabular):
            yield from _entries(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", _value(value)


def _value(value: object) -> str:
    """Return the HTML of a value on a line of its own; a list of structures has one line each."""
    if not is_list(value) or not any(isinstance(item, Tabular) for item in value):
        return _cell(value, MAX_LINE_CHARACTERS)
    lines = [_escaped(short_repr(item), MAX_LINE_CHARACTERS) for item in value[:MAX_ITEMS]]
    more = len(value) - len(lines)
    return "<br>".join([*lines, *([f"… and {more:,} more"] if more else [])])


def _has_value(column: Column, items: Sequence[object]) -> bool:
    """Return True if any row has a value in this column; an empty list and a count of zero are not values."""
    empty = (None, "", (), 0) if column.kind is CellKind.COUNT else (None, "", ())
    return any(column.read(item) not in empty for item in items)


def _cell(value: object, limit: int = MAX_CHARACTERS) -> str:
    return _escaped(_shown(value), limit)


def _shown(value: object) -> str:
    """Return a value as text: times in UTC, booleans as yes or no, blobs as their size, lists with commas."""
    if is_mapping(value):
        return ", ".join(f"{name}={item}" for name, item in value.items())
    if is_list(value):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, bytes):
        return f"{len(value):,} bytes"
    if isinstance(value, datetime):
        return _time(value)
    return "" if value is None else str(value)


def _time(value: datetime) -> str:
    if value.tzinfo is None:
        return value.strftime("%Y-%m-%d %H:%M:%S")
    try:
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except OverflowError:  # a time on the first or last day that datetime supports, outside UTC
        return value.isoformat()


def _escaped(text: str, limit: int = MAX_CHARACTERS) -> str:
    # A bidirectional control would show a name as another one; joiners belong to words of Persian and to emoji.
    if not text.isprintable():
        text = "".join([c if c in _KEPT else printable(c) for c in text[: limit + 1]])
    return escape(text if len(text) <= limit else text[: limit - 1] + "…")


def _tr(html: str) -> str:
    return f'<tr style="{_ROW}">{html}</tr>'


def _td(html: str, kind: CellKind = CellKind.TEXT) -> str:
    style = _NUMBER if kind in _NUMBERS else _NARROW if len(html) <= MAX_NOWRAP_CHARACTERS else _WIDE
    return f'<td style="{style}">{html}</td>'


def _heading(column: Column) -> str:
    """Return a column's heading; the parts of a nested name are on separate lines."""
    style = _HEAD.replace("left", "right") if column.kind in _NUMBERS else _HEAD
    return f'<th style="{style}">{_escaped(column.name).replace(".", ".<br>")}</th>'


def _block(caption: str, grid: str, foot: Sequence[str]) -> str:
    """Return caption, grid and foot as one block; caption and foot are text, the grid is HTML. Wide grids scroll."""
    title = f"<div><strong>{_escaped(caption, MAX_LINE_CHARACTERS)}</strong></div>" if caption else ""
    quiet = f'<div style="{_QUIET}">{" · ".join(map(_escaped, foot))}</div>' if foot else ""
    return f'<div style="overflow-x:auto;margin-bottom:.4em">{title}{grid}{quiet}</div>'
