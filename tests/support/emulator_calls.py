"""Shared one-line calls for tests of emulated WorkSpaces."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.emulators import Caller, CallFailedError

Members = dict[str, Any]  # AWS's names, as JSON has them

CHANGES = {
    "StartWorkspaces": "StartWorkspaceRequests",
    "StopWorkspaces": "StopWorkspaceRequests",
    "RebootWorkspaces": "RebootWorkspaceRequests",
    "RebuildWorkspaces": "RebuildWorkspaceRequests",
    "TerminateWorkspaces": "TerminateWorkspaceRequests",
}
"""The member that lists the WorkSpaces, by operation."""


def describe(caller: Caller, **filters: object) -> list[Members]:
    """Return the WorkSpaces of the first page."""
    found: Any = caller.call("DescribeWorkspaces", filters)["Workspaces"]
    return list(found)


def create(caller: Caller, **members: object) -> Members:
    """Create a WorkSpace and return the response."""
    wanted = {"DirectoryId": caller.aws.directory_id, "UserName": "mary", "BundleId": caller.aws.bundle_id, **members}
    return dict(caller.call("CreateWorkspaces", {"Workspaces": [wanted]}))


def change(caller: Caller, operation: str, workspace_id: str) -> list[Members]:
    """Change a WorkSpace and return FailedRequests."""
    failed: Any = caller.call(operation, {CHANGES[operation]: [{"WorkspaceId": workspace_id}]})["FailedRequests"]
    return list(failed)


def refusal(caller: Caller, operation: str, members: Members) -> object:
    """Return the code that a call is refused with."""
    with pytest.raises(CallFailedError) as refused:
        caller.call(operation, members)
    return refused.value.code


def modify(caller: Caller, workspace_id: str, **properties: object) -> None:
    """Modify properties of a WorkSpace."""
    caller.call("ModifyWorkspaceProperties", {"WorkspaceId": workspace_id, "WorkspaceProperties": properties})


def modify_refusal(caller: Caller, workspace_id: str, **properties: object) -> object:
    """Return the code that a modification is refused with."""
    members = {"WorkspaceId": workspace_id, "WorkspaceProperties": properties}
    return refusal(caller, "ModifyWorkspaceProperties", members)
