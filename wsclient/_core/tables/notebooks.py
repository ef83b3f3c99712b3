"""Registration with IPython: a list of structures or rows, as the last line of a cell, is shown as a table."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Protocol, cast

from wsclient._core.utils import is_list

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class _HtmlFormatter(Protocol):
    """HTML formatter of IPython."""

    type_printers: Mapping[type, object]

    def for_type(self, kind: type, formatter: Callable[[object], str | None]) -> object: ...


class _DisplayFormatter(Protocol):
    formatters: Mapping[str, _HtmlFormatter]


class _Shell(Protocol):
    """Running IPython."""

    display_formatter: _DisplayFormatter | None


def register_lists() -> None:
    """Have a running IPython show lists and tuples as tables, unless something else shows them already."""
    ipython = sys.modules.get("IPython")  # where it runs, it is imported
    shell = cast("_Shell | None", ipython.get_ipython()) if ipython is not None else None
    if shell is None or shell.display_formatter is None:
        return
    formatter = shell.display_formatter.formatters.get("text/html")
    for kind in (list, tuple):
        if formatter is not None and kind not in formatter.type_printers:
            formatter.for_type(kind, list_html)


def list_html(items: object) -> str | None:
    """Return a table of structures or rows of one class, None for anything else, which is then shown as text."""
    from wsclient._core.tables.table import Table  # noqa: PLC0415 - as above
    from wsclient._core.tables.tabular import Tabular  # noqa: PLC0415 - needed for the first table only

    if not is_list(items) or not items:
        return None
    kind = type(items[0])
    if not issubclass(kind, Tabular) or any(type(item) is not kind for item in items):
        return None
    tabular = cast("list[Tabular]", list(items))
    return Table.of(tabular).to_html(f"{len(items):,} {kind.__name__}")
