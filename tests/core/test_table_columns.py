"""Columns by name: which, in which order, and one for a key of a map; and lists as tables in a notebook."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import IPython
import pytest
from IPython.core.formatters import DisplayFormatter

from tests.support.parsed_html import SeenHtml
from tests.support.virtual_time import NOON
from wsclient import tables, types
from wsclient._core.tables.notebooks import list_html, register_lists
from wsclient.errors import ConfigurationError
from wsclient.fleet import InventoryRow, Site

if TYPE_CHECKING:
    from collections.abc import Sequence

WORKSPACES = [
    types.Workspace(workspace_id=f"ws-{number:09}", user_name=user, state=types.WorkspaceState.STOPPED)
    for number, user in enumerate(("jane", "john"))
]
SITE = Site(account="main", region="us-west-2")
TAGGED = [
    InventoryRow(site=SITE, workspace=WORKSPACES[0], seen_at=NOON, tags=tags)
    for tags in ({"Team": "red", "a.b=c": "x=y"}, {}, None)
]


def test_columns_are_chosen_and_ordered_by_every_function() -> None:
    """Frames, rows, CSV, JSON lines and HTML have the columns that were named, in that order."""
    names = ["state", "workspace_id"]
    assert list(tables.to_pandas(WORKSPACES, columns=names)) == names
    assert tables.to_polars(WORKSPACES, columns=names).columns == names
    assert list(next(tables.to_rows(WORKSPACES, columns=names))) == names
    assert tables.to_csv(WORKSPACES, columns=names).splitlines()[0] == "state,workspace_id"
    assert tables.to_jsonl(WORKSPACES, columns=names).startswith('{"state":"STOPPED","workspace_id":')
    assert SeenHtml(tables.to_html(WORKSPACES, columns=names)).cells[:2] == names
    assert list(tables.to_pandas([], types.Workspace, columns=names)) == names


def test_a_key_of_a_map_is_a_column_on_request() -> None:
    """tags.KEY has the values of one tag, whatever the key holds; absent ones are missing values."""
    frame = tables.to_pandas(TAGGED, columns=["workspace_id", "tags.Team", "tags.a.b=c", "tags.None"])
    assert list(frame["tags.Team"].fillna("-")) == ["red", "-", "-"]
    assert list(frame["tags.a.b=c"].fillna("-")) == ["x=y", "-", "-"]
    assert frame["tags.None"].isna().all()
    assert str(frame["tags.Team"].dtype) == "string"


@pytest.mark.parametrize(
    ("items", "columns", "words"),
    [
        (WORKSPACES, ["stat"], "the table has no column 'stat'; did you mean 'state'"),
        (WORKSPACES, ["workspace_properties.protocols.WSP"], "no column"),
        (WORKSPACES, "state", r"takes a list of names, not a str; use columns=\['state'\]"),
        (TAGGED, ["Team"], "no column 'Team'"),
    ],
)
def test_unknown_columns_are_refused(items: Sequence[Any], columns: Any, words: str) -> None:
    """A misspelt name, a key of a column that isn't a map, and a str in place of a list are refused."""
    with pytest.raises(ConfigurationError, match=words):
        tables.to_pandas(items, columns=columns)


def test_lists_of_structures_display_as_tables_in_ipython(monkeypatch: pytest.MonkeyPatch) -> None:
    """A running IPython shows a list or tuple of structures or rows as a table, and other lists as before."""
    display: Any = DisplayFormatter()
    monkeypatch.setattr(IPython, "get_ipython", lambda: SimpleNamespace(display_formatter=display))
    register_lists()
    register_lists()
    shown, _ = display.format(WORKSPACES)
    assert "2 Workspace" in SeenHtml(shown["text/html"]).text
    assert "text/html" in display.format(tuple(TAGGED))[0]
    for other in ([], [1, 2], [WORKSPACES[0], 1], [WORKSPACES[0], TAGGED[0]], "text"):
        assert "text/html" not in display.format(other)[0]
    assert list_html([types.Tag(key="k", value="<b>")]) is not None


def test_existing_list_formatter_of_ipython_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """An existing formatter for lists is kept; without IPython, or outside of a session, nothing is registered."""
    display: Any = DisplayFormatter()
    display.formatters["text/html"].for_type(list, lambda _: "mine")
    monkeypatch.setattr(IPython, "get_ipython", lambda: SimpleNamespace(display_formatter=display))
    register_lists()
    assert display.format(WORKSPACES)[0]["text/html"] == "mine"
    monkeypatch.setattr(IPython, "get_ipython", lambda: None)
    register_lists()
