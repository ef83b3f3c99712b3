"""HTML of tables, structures and pages, for notebooks: escaped, bounded, and readable on light and dark grounds.

Every text goes through _escaped() or _cell(), which cut it first and escape it last. Colours are the page's own, so
that the same HTML does for every theme; there is no style sheet, as notebooks take those out.
"""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING, Final

from wsclient._core.reprs import short_repr
from wsclient._core.tables.columns import (
    REDACTED,
    CellKind,
    Column,
    Tabular,
    columns_of_list,
    failures_of,
    lists_of,
    members_of,
    response_facts_of,
    secrets_of,
)
from wsclient._core.utils import is_list, is_mapping

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MOST_ROWS: Final = 20
MOST_COLUMNS: Final = 24
MOST_ENTRIES: Final = 100
"""How many members of one structure are shown; none of AWS's has as many."""
MOST_CHARACTERS: Final = 80
"""How long a cell of a table may be."""
MOST_CHARACTERS_ALONE: Final = 400
"""How long a value may be where it has a line to itself."""
MOST_ITEMS: Final = 5
"""How many items of a list within a structure are shown."""

MOST_ON_A_LINE: Final = 40
"""Up to here a cell stays on one line: ids have hyphens, at which a browser would break them."""

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
    """Return a table: the first rows and a count of the rest, and the columns that hold something in any row."""
    held = [column for column in columns if _holds(column, items)]
    shown, rows = held[:MOST_COLUMNS], items[:MOST_ROWS]
    head = "".join(map(_heading, shown))
    body = "".join(_tr("".join(_td(_cell(column.read(item)), column.kind) for column in shown)) for item in rows)
    left_out = [
        f"… and {len(items) - len(rows):,} more" if len(items) > len(rows) else "",
        f"… and {len(held) - len(shown):,} more columns" if len(held) > len(shown) else "",
        "" if items else "nothing is listed",
    ]
    grid = f'<table style="{_TABLE}"><thead>{_tr(head)}</thead><tbody>{body}</tbody></table>' if rows else ""
    return _block(caption, grid, [*(line for line in left_out if line), *foot])


def record_html(columns: Sequence[Column], item: object, caption: str = "") -> str:
    """Return the columns of one item that hold something, one a line."""
    cells = [(column.name, column.read(item)) for column in columns]
    entries = [(name, _cell(cell, MOST_CHARACTERS_ALONE)) for name, cell in cells if cell not in (None, "", ())]
    return _lines(caption, entries, [])


def structure_html(structure: Tabular) -> str:
    """Return the members that are there, one a line; a page as the tables of what it lists, and what follows."""
    if response_facts_of(type(structure)) and lists_of(type(structure)):
        return _page_html(structure)
    foot = _of_request(structure)
    return _entries_html(type(structure).__name__, structure, foot)


def paginator_html(operation: str) -> str:
    """Return what a listing would list, and how to get it; nothing is asked for."""
    ways = "await it for one page, async for over it for every item, await .to_pandas() for a table of everything"
    return _block(f"{operation}: not asked for yet", "", [ways])


def _page_html(page: Tabular) -> str:
    kind = type(page)
    names = [*lists_of(kind)]
    failures = failures_of(kind)
    if failures and failures not in names and getattr(page, failures):
        names.append(failures)
    parts: list[str] = []
    for name in names:
        items: Sequence[object] = getattr(page, name) or ()
        caption = f"{kind.__name__}.{name}: {len(items):,}"
        parts.append(table_html(columns_of_list(kind, name), items, caption))
    return "".join(parts) + _block("", "", [*_page_summary(page, names), *_of_request(page)])


def _page_summary(page: Tabular, names: Sequence[str]) -> Iterator[str]:
    """Tell what else a page holds: whose list it is, and whether another page follows."""
    for name in members_of(type(page)):
        value = getattr(page, name)
        if name in names or name in response_facts_of(type(page)) or is_list(value) or value is None:
            continue
        yield "next_token: another page follows" if name == "next_token" else f"{name}: {_shown(value)}"
    if hasattr(page, "next_token") and not getattr(page, "next_token", None):
        yield "the last page"


def _of_request(response: Tabular) -> list[str]:
    """Tell what AWS's support asks for, and what was not as usual."""
    metadata = getattr(response, "metadata", None)
    if metadata is None:
        return []
    return [
        *([f"request id {metadata.request_id}"] if metadata.request_id else []),
        *([f"{metadata.attempts} attempts"] if metadata.attempts > 1 else []),
        *(["found by looking, as the answer was lost"] if metadata.was_reconciled else []),
    ]


def _entries_html(caption: str, structure: Tabular, foot: Sequence[str]) -> str:
    return _lines(caption, list(_entries(structure)), foot)


def _lines(caption: str, entries: Sequence[tuple[str, str]], foot: Sequence[str]) -> str:
    """Put names and their values, as HTML, below each other."""
    shown, more = entries[:MOST_ENTRIES], len(entries) - MOST_ENTRIES
    lines = "".join(_tr(f'<th style="{_HEAD}">{_escaped(name)}</th>{_td(text)}') for name, text in shown)
    foot = [*([f"… and {more:,} more"] if more > 0 else []), *([] if entries else ["no member is there"]), *foot]
    return _block(caption, f'<table style="{_TABLE}"><tbody>{lines}</tbody></table>' if entries else "", foot)


def _entries(structure: Tabular, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Give the members that are there, those of nested structures with dots, their values as HTML."""
    secrets, facts = secrets_of(type(structure)), response_facts_of(type(structure))
    for name in members_of(type(structure)):
        value = getattr(structure, name)
        if value is None or value == [] or name in facts:
            continue
        if name in secrets:
            yield f"{prefix}{name}", _escaped(REDACTED)
        elif isinstance(value, Tabular):
            yield from _entries(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", _value(value)


def _value(value: object) -> str:
    """Return a value that has a line to itself; a list of structures as a line each."""
    if not is_list(value) or not any(isinstance(item, Tabular) for item in value):
        return _cell(value, MOST_CHARACTERS_ALONE)
    lines = [_escaped(short_repr(item), MOST_CHARACTERS_ALONE) for item in value[:MOST_ITEMS]]
    more = len(value) - len(lines)
    return "<br>".join([*lines, *([f"… and {more:,} more"] if more else [])])


def _holds(column: Column, items: Sequence[object]) -> bool:
    """Tell whether any row has something there: an empty list and a count of none are nothing."""
    nothing = (None, "", (), 0) if column.kind is CellKind.COUNT else (None, "", ())
    return any(column.read(item) not in nothing for item in items)


def _cell(value: object, most: int = MOST_CHARACTERS) -> str:
    return _escaped(_shown(value), most)


def _shown(value: object) -> str:
    """Return a value as it is read: times in UTC, yes and no, sizes of blobs, lists with commas."""
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
    except OverflowError:  # the first or last day that Python knows, in another zone
        return value.isoformat()


def _escaped(text: str, most: int = MOST_CHARACTERS) -> str:
    return escape(text if len(text) <= most else text[: most - 1] + "…")


def _tr(html: str) -> str:
    return f'<tr style="{_ROW}">{html}</tr>'


def _td(html: str, kind: CellKind = CellKind.TEXT) -> str:
    style = _NUMBER if kind in _NUMBERS else _NARROW if len(html) <= MOST_ON_A_LINE else _WIDE
    return f'<td style="{style}">{html}</td>'


def _heading(column: Column) -> str:
    """Return a column's heading; the name of a nested member stands below that of what it is in."""
    style = _HEAD.replace("left", "right") if column.kind in _NUMBERS else _HEAD
    return f'<th style="{style}">{_escaped(column.name).replace(".", ".<br>")}</th>'


def _block(caption: str, grid: str, foot: Sequence[str]) -> str:
    """Put parts together; caption and foot are texts, the grid is HTML. A wide table scrolls by itself."""
    title = f"<div><strong>{_escaped(caption, MOST_CHARACTERS_ALONE)}</strong></div>" if caption else ""
    quiet = f'<div style="{_QUIET}">{" · ".join(map(_escaped, foot))}</div>' if foot else ""
    return f'<div style="overflow-x:auto;margin-bottom:.4em">{title}{grid}{quiet}</div>'
