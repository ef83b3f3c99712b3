"""HTML of structures, pages and tables: what a reader of a notebook sees."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from tests.support.in_process import client_of
from tests.support.parsed_html import SeenHtml
from tests.support.structures import AT, filled, kinds
from wsclient import tables, types
from wsclient._core.model.structures import ResponseMetadata, attach_metadata
from wsclient.testing import Emulator

if TYPE_CHECKING:
    from wsclient._core.model.structures import Structure

NASTY = "<script>alert('&amp;\"')</script>"
TAGS = {"div", "strong", "table", "thead", "tbody", "tr", "th", "td", "br"}
MOST = 300_000


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
def test_every_structure_renders_escaped_and_bounded(kind: type[Structure]) -> None:
    """Each of the 290 classes, full of markup and of long lists, is well-formed HTML of a few known tags."""
    html = filled(kind, NASTY, items=300)._repr_html_()
    seen = SeenHtml(html)
    assert seen.tags <= TAGS
    assert {name for name, _ in seen.attributes} <= {"style"}
    assert seen.open == []
    assert len(html) < MOST


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
def test_control_characters_are_replaced_in_html(kind: type[Structure]) -> None:
    """Bidirectional controls would show a name as another one: controls are replaced, and joiners stay."""
    html = filled(kind, "a\u202eb\u2066c\x1b[2J\x00\u200c\u200d", items=3)._repr_html_()
    assert not {"\u202e", "\u2066", "\x1b", "\x00"} & set(html)


def test_zero_width_joiners_stay_in_html() -> None:
    """Words of Persian and emoji have joiners, which are format characters too."""
    assert "a\u200cb\u200dc" in types.Workspace(user_name="a\u200cb\u200dc")._repr_html_()


def test_unicode_white_space_becomes_a_space() -> None:
    """The ideographic space of Japanese names is printable, not a control character."""
    assert "山田 太郎" in types.Workspace(user_name="山田\u3000太郎")._repr_html_()


def test_html_of_a_structure_lists_present_members() -> None:
    """A line a member with dots for nested ones, texts as they are, structures of a list each on a line."""
    workspace = types.Workspace(
        workspace_id="ws-1",
        user_name=NASTY,
        state=types.WorkspaceState.STOPPED,
        user_volume_encryption_enabled=True,
        workspace_properties=types.WorkspaceProperties(root_volume_size_gib=80, protocols=[types.Protocol.WSP]),
        modification_states=[types.ModificationState(state=types.ModificationStateEnum.UPDATE_INITIATED)] * 7,
    )
    seen = SeenHtml(workspace._repr_html_())
    pairs = dict(zip(seen.cells[::2], seen.cells[1::2], strict=True))
    assert list(pairs) == [
        "workspace_id",
        "user_name",
        "state",
        "user_volume_encryption_enabled",
        "workspace_properties.root_volume_size_gib",
        "workspace_properties.protocols",
        "modification_states",
    ]
    assert pairs["user_name"] == NASTY
    assert (pairs["user_volume_encryption_enabled"], pairs["workspace_properties.protocols"]) == ("yes", "WSP")
    assert pairs["modification_states"].count("ModificationState(state='UPDATE_INITIATED')") == 5
    assert pairs["modification_states"].endswith("… and 2 more")
    assert "no member has a value" in types.Workspace()._repr_html_()


def test_html_of_a_long_page_shows_20_rows_and_a_count() -> None:
    """Twenty rows, how many more, whether another page follows, and which request this answers."""
    page = attach_metadata(
        types.DescribeWorkspacesResult(
            workspaces=[types.Workspace(workspace_id=f"ws-{number}") for number in range(5000)], next_token="more"
        ),
        ResponseMetadata(request_id="id-1"),
    )
    seen = SeenHtml(page._repr_html_())
    assert seen.rows == 21
    for message in ("workspaces: 5,000", "… and 4,980 more", "next_token: another page follows", "request id id-1"):
        assert message in seen.text
    assert "ws-19" in seen.text
    assert "ws-20" not in seen.text
    assert "the last page" in types.DescribeWorkspacesResult(workspaces=[types.Workspace()])._repr_html_()
    assert "no items" in types.DescribeWorkspacesResult()._repr_html_()


def test_html_omits_empty_columns() -> None:
    """Columns that hold something in any row are shown, though it be below the cut; a count of none is nothing."""
    bare = [types.Workspace(workspace_id=f"ws-{number}") for number in range(30)]
    seen = SeenHtml(tables.to_html([*bare, types.Workspace(workspace_id="ws-x", error_code="E")], caption=NASTY))
    assert seen.cells[:2] == ["workspace_id", "error_code"]
    assert len(seen.cells) == 2 * 21
    assert tables.Table.of(bare)._repr_html_() == tables.to_html(bare)
    assert NASTY in seen.text


def test_html_counts_omitted_columns() -> None:
    """Twenty-four columns, and the count of the others."""
    table = tables.to_html([filled(types.WorkspaceDirectory, "x")])
    assert table.count("<th ") == 24
    assert f"… and {len(tables.columns_of(types.WorkspaceDirectory)) - 24} more columns" in table


def test_html_shows_failures_in_a_second_table() -> None:
    """A creation that failed in part has two tables; one that did not fail has no empty second one."""
    failed = types.FailedCreateWorkspaceRequest(error_code="ResourceExists.WorkSpace", error_message="m")
    pending = types.Workspace(workspace_id="ws-1")
    both = types.CreateWorkspacesResult(failed_requests=[failed], pending_requests=[pending])._repr_html_()
    assert "CreateWorkspacesResult.pending_requests: 1" in both
    assert "CreateWorkspacesResult.failed_requests: 1" in both
    assert "ResourceExists.WorkSpace" in both
    fine = types.CreateWorkspacesResult(pending_requests=[pending])._repr_html_()
    assert "failed_requests" not in fine
    assert "StopWorkspacesResult.failed_requests: 0" in types.StopWorkspacesResult()._repr_html_()


def test_html_of_a_page_shows_scalar_members() -> None:
    """A page's scalar members are shown below its list: image_id below the image permissions."""
    page = types.DescribeWorkspaceImagePermissionsResult(
        image_id=f"wsi-{NASTY}", image_permissions=[types.ImagePermission(shared_account_id="1")]
    )
    assert f"image_id: wsi-{NASTY}" in SeenHtml(page._repr_html_()).text


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (AT, "2026-03-01 12:30:15 UTC"),
        (AT.astimezone(timezone(timedelta(hours=-7))), "2026-03-01 12:30:15 UTC"),
        (AT.replace(tzinfo=None), "2026-03-01 12:30:15"),
        (datetime.min.replace(tzinfo=timezone(timedelta(hours=5))), "0001-01-01T00:00:00+05:00"),
        (datetime(2026, 3, 1, tzinfo=UTC), "2026-03-01 00:00:00 UTC"),
    ],
)
def test_times_are_shown_in_utc(value: datetime, shown: str) -> None:
    """An aware time is shown in UTC; a naive time unchanged."""
    assert SeenHtml(types.Snapshot(snapshot_time=value)._repr_html_()).cells == ["snapshot_time", shown]


def test_html_of_blobs_maps_and_long_texts() -> None:
    """A blob is its size, a map its pairs; a long text is cut, in a table sooner than on a line of its own."""
    branding = types.DefaultClientBrandingAttributes(
        logo_url="u" * 1000, login_message={"en_US": "hi", "de_DE": "hallo"}
    )
    assert SeenHtml(branding._repr_html_()).cells == [
        *("logo_url", f"{'u' * 399}…"),
        *("login_message", "en_US=hi, de_DE=hallo"),
    ]
    assert f"{'u' * 79}…" in SeenHtml(tables.to_html([branding])).cells
    logo = types.DefaultImportClientBrandingAttributes(logo=b"\x00" * 5000)
    assert SeenHtml(logo._repr_html_()).cells == ["logo", "5,000 bytes"]


def test_html_of_a_paginator_makes_no_call() -> None:
    """A paginator's HTML names the operation and the ways to go on; no call is made."""
    aws = Emulator()
    html = client_of(aws).describe_workspaces()._repr_html_()
    assert SeenHtml(html).tags == {"div", "strong"}
    assert "DescribeWorkspaces: no request sent yet" in html
    assert ".to_pandas()" in html
    assert list(aws.calls) == []
