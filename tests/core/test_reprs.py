"""Short reprs: bounded, telling, honest about what they leave out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.support.structures import AT, filled, kinds
from wsclient import types
from wsclient._core.model.structures import Output, ResponseMetadata, attach_metadata

if TYPE_CHECKING:
    from wsclient._core.model.structures import Structure

MOST = 1100
"""The longest a repr may be; those of common structures stay below half of it."""


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("text", ["ws-0a1b2c3d4", "x" * 5000], ids=["short", "long"])
def test_every_repr_is_short(kind: type[Structure], text: str) -> None:
    """However much is in a structure, its repr is some hundred characters, and begins with the class."""
    shown = repr(filled(kind, text, items=1000))
    assert shown.startswith(f"{kind.__name__}(")
    assert shown.endswith(")")
    assert len(shown) < (MOST if len(text) > 100 else MOST / 2)


def test_repr_always_shows_identifying_members() -> None:
    """Ids, names, states and codes of a structure on its own are in its repr, whatever else is there."""
    shown = repr(filled(types.Workspace, "a-text", items=50))
    for name in ("workspace_id", "directory_id", "user_name", "state", "bundle_id", "error_code", "computer_name"):
        assert f"{name}='a-text'" in shown


def test_repr_of_a_small_structure_is_complete() -> None:
    """Enumerations as texts, times as ISO 8601, nested structures and lists, all in the order of the members."""
    workspace = types.Workspace(
        workspace_id="ws-1",
        state=types.WorkspaceState.STOPPED,
        user_volume_encryption_enabled=False,
        workspace_properties=types.WorkspaceProperties(running_mode=types.RunningMode.MANUAL, root_volume_size_gib=80),
        modification_states=[types.ModificationState(state=types.ModificationStateEnum.UPDATE_INITIATED)],
    )
    assert repr(workspace) == (
        "Workspace(workspace_id='ws-1', state='STOPPED', user_volume_encryption_enabled=False, "
        "workspace_properties=WorkspaceProperties(running_mode='MANUAL', root_volume_size_gib=80), "
        "modification_states=[ModificationState(state='UPDATE_INITIATED')])"
    )
    assert repr(types.Snapshot(snapshot_time=datetime(2026, 3, 1, tzinfo=UTC))) == (
        "Snapshot(snapshot_time=2026-03-01 00:00:00+00:00)"
    )
    assert repr(types.Workspace()) == "Workspace()"


def test_repr_of_a_page_shows_first_items_and_a_count() -> None:
    """Of many items three, each by what tells it from others, then how many more, the token's start, the request."""
    items = [types.Workspace(workspace_id=f"ws-{number}", state=types.WorkspaceState.AVAILABLE) for number in range(25)]
    page = attach_metadata(
        types.DescribeWorkspacesResult(workspaces=items, next_token="token-that-is-long"),
        ResponseMetadata(request_id="id-1", headers=(("a", "b"),)),
    )
    assert repr(page) == (
        "DescribeWorkspacesResult(workspaces=[Workspace(workspace_id='ws-0', state='AVAILABLE'), "
        "Workspace(workspace_id='ws-1', state='AVAILABLE'), Workspace(workspace_id='ws-2', state='AVAILABLE'), "
        "… 22 more], next_token='token-th'…, metadata=ResponseMetadata(request_id='id-1'))"
    )


def test_repr_counts_omitted_members() -> None:
    """A list without room becomes its count, other members a number, a long text ends with an ellipsis."""
    failed = types.FailedCreateWorkspaceRequest(error_code="C" * 40, error_message="m" * 500)
    pending = types.Workspace(workspace_id="ws-123456789", user_name="someone-else")
    result = types.CreateWorkspacesResult(failed_requests=[failed] * 1000, pending_requests=[pending] * 1234)
    assert "… 997 more]" in repr(result)
    assert "pending_requests=[… 1,234 items]" in repr(result)
    assert f"error_message='{'m' * 60}'…" in repr(failed)
    directory = filled(types.WorkspaceDirectory, "x" * 30)
    assert repr(directory).endswith(" more)")
    assert isinstance(directory, types.WorkspaceDirectory)
    assert repr(types.DefaultImportClientBrandingAttributes(logo=b"\x00" * 5000)).endswith("…)")


def test_repr_of_a_map_shows_first_entries() -> None:
    """A map of texts is cut like a list."""
    shown = repr(types.DefaultClientBrandingAttributes(login_message={f"l{number}": "hello" for number in range(9)}))
    assert shown == (
        "DefaultClientBrandingAttributes(login_message={'l0': 'hello', 'l1': 'hello', 'l2': 'hello', … 6 more})"
    )


def test_repr_of_a_handmade_response_has_no_metadata() -> None:
    """An answer that was made in a test has no metadata to show."""
    answer: Output = types.DescribeTagsResult(tag_list=[types.Tag(key="a", value=str(AT.year))])
    assert repr(answer) == "DescribeTagsResult(tag_list=[Tag(key='a', value='2026')])"
