"""Shared one-line calls for tests of emulated WorkSpaces."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.emulators import CallFailedError, Desk

Members = dict[str, Any]  # AWS's names, as JSON has them

CHANGES = {
    "StartWorkspaces": "StartWorkspaceRequests",
    "StopWorkspaces": "StopWorkspaceRequests",
    "RebootWorkspaces": "RebootWorkspaceRequests",
    "RebuildWorkspaces": "RebuildWorkspaceRequests",
    "TerminateWorkspaces": "TerminateWorkspaceRequests",
}
"""The member that lists the WorkSpaces, by operation."""


def describe(desk: Desk, **filters: object) -> list[Members]:
    """Return the WorkSpaces of the first page."""
    found: Any = desk.call("DescribeWorkspaces", filters)["Workspaces"]
    return list(found)


def create(desk: Desk, **members: object) -> Members:
    """Create a WorkSpace and return the response."""
    wanted = {"DirectoryId": desk.aws.directory_id, "UserName": "mary", "BundleId": desk.aws.bundle_id, **members}
    return dict(desk.call("CreateWorkspaces", {"Workspaces": [wanted]}))


def change(desk: Desk, operation: str, workspace_id: str) -> list[Members]:
    """Change a WorkSpace and return FailedRequests."""
    failed: Any = desk.call(operation, {CHANGES[operation]: [{"WorkspaceId": workspace_id}]})["FailedRequests"]
    return list(failed)


def refusal(desk: Desk, operation: str, members: Members) -> object:
    """Return the code that a call is refused with."""
    with pytest.raises(CallFailedError) as refused:
        desk.call(operation, members)
    return refused.value.code


def modify(desk: Desk, workspace_id: str, **properties: object) -> None:
    """Modify properties of a WorkSpace."""
    desk.call("ModifyWorkspaceProperties", {"WorkspaceId": workspace_id, "WorkspaceProperties": properties})


def modify_refusal(desk: Desk, workspace_id: str, **properties: object) -> object:
    """Return the code that a modification is refused with."""
    members = {"WorkspaceId": workspace_id, "WorkspaceProperties": properties}
    return refusal(desk, "ModifyWorkspaceProperties", members)
