"""Whatever is in structures, their HTML shows it as text and stays small, and frames give it back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.parsed_html import SeenHtml
from wsclient import tables, types
from wsclient._core.printable import printable
from wsclient._core.tables.html import MAX_CHARACTERS, MAX_LINE_CHARACTERS, MAX_ROWS

MARKUP = st.lists(
    st.sampled_from(["<", ">", "&", '"', "'", "<!--", "-->", "<b>", "&lt;", "&#60;", "\0", "\n", "a", "é"])
)
TEXTS = st.text(max_size=200) | MARKUP.map("".join)
TIMES = st.datetimes(datetime(1900, 1, 1), datetime(9000, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone
WORKSPACES = st.builds(
    types.Workspace,
    workspace_id=TEXTS,
    user_name=TEXTS,
    state=st.sampled_from(types.WorkspaceState) | TEXTS.map(types.WorkspaceState),
    root_volume_encryption_enabled=st.booleans() | st.none(),
    workspace_properties=st.just(types.WorkspaceProperties())
    | st.builds(
        types.WorkspaceProperties,
        root_volume_size_gib=st.integers(-(2**31), 2**31) | st.none(),
        protocols=st.lists(st.sampled_from(types.Protocol), max_size=3) | st.none(),
    ),
    data_replication_settings=st.none()
    | st.builds(types.DataReplicationSettings, recovery_snapshot_time=TIMES | st.none()),
)
LONG_AND_SHORT = types.Workspace(
    workspace_id="w" * 60, user_name="u", workspace_properties=types.WorkspaceProperties(root_volume_size_gib=80)
)
STYLES = {
    value
    for html in (
        types.DescribeWorkspacesResult(workspaces=[LONG_AND_SHORT])._repr_html_(),
        LONG_AND_SHORT._repr_html_(),
    )
    for _, value in SeenHtml(html).attributes
}


def _as_read(text: str, limit: int = MAX_CHARACTERS) -> str:
    """Return a text as a reader sees it: without control characters, and cut where it is long."""
    text = "".join(each if each in "\n\t\r\u200c\u200d" else printable(each) for each in text)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


@given(st.lists(WORKSPACES, max_size=30), TEXTS)
@settings(max_examples=150)
def test_html_escapes_every_member(workspaces: list[types.Workspace], token: str) -> None:
    """A page's HTML has its own tags and styles only, and is bounded; each cell reads as the text that is in it."""
    page = types.DescribeWorkspacesResult(workspaces=workspaces, next_token=token)
    html = page._repr_html_()
    seen = SeenHtml(html)
    assert seen.tags <= {"div", "strong", "table", "thead", "tbody", "tr", "th", "td", "br"}
    assert {value for _, value in seen.attributes} <= STYLES
    assert seen.open == []
    assert len(html) < 150_000
    for workspace in workspaces[:MAX_ROWS]:
        for text in (workspace.workspace_id, workspace.user_name):
            assert _as_read(text) in {"", *seen.cells}


@given(WORKSPACES)
@settings(max_examples=150)
def test_a_structure_s_html_and_repr_are_bounded(workspace: types.Workspace) -> None:
    """One structure's HTML reads as its members, and its repr is short and on one line."""
    seen = SeenHtml(workspace._repr_html_())
    assert {value for _, value in seen.attributes} <= STYLES
    assert _as_read(workspace.user_name, limit=MAX_LINE_CHARACTERS) in {"", *seen.cells}
    assert len(repr(workspace)) < 1100
    assert "\n" not in repr(workspace)


@given(st.lists(WORKSPACES, max_size=8))
@settings(max_examples=100)
def test_data_frames_hold_the_cells_of_the_rows(workspaces: list[types.Workspace]) -> None:
    """Both libraries hold exactly the rows' cells."""
    rows = list(tables.to_rows(workspaces, types.Workspace))
    polars = tables.to_polars(workspaces, types.Workspace)
    pandas = tables.to_pandas(workspaces, types.Workspace)
    for name in polars.columns:
        expected = [row[name] for row in rows]
        column = cast("list[object]", polars[name].to_list())
        assert [tuple(cast("list[object]", cell)) if isinstance(cell, list) else cell for cell in column] == expected
        missing = pandas[name].isna().tolist()
        assert missing == [cell is None for cell in expected]
        assert [cell for cell, gone in zip(pandas[name], missing, strict=True) if not gone] == [
            cell for cell in expected if cell is not None
        ]
