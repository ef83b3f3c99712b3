"""Operations that change the state of WorkSpaces: start, stop, reboot, rebuild, terminate, maintenance.

The states from which a change is possible are those of the API reference of each operation:
https://docs.aws.amazon.com/workspaces/latest/api/API_Operations.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wsclient._generated.workspaces import operations as ops
from wsclient._generated.workspaces import structures as s
from wsclient._generated.workspaces.enums import RunningMode, TargetWorkspaceState, WorkspaceState
from wsclient._generated.workspaces.errors import InvalidResourceStateException, ResourceNotFoundException
from wsclient.testing._operations.handler import Call, HandlerTable

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import timedelta

    from wsclient.testing._state.store import WorkspaceRecord

operations = HandlerTable()

_STOPPABLE = frozenset({RunningMode.AUTO_STOP, RunningMode.MANUAL})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """State change: the allowed states and running modes, the transitional state and the final state."""

    name: str
    from_states: frozenset[WorkspaceState]
    through: WorkspaceState
    to: WorkspaceState
    modes: frozenset[RunningMode] | None = None


_START = _Change(
    name="started",
    from_states=frozenset({WorkspaceState.STOPPED}),
    through=WorkspaceState.STARTING,
    to=WorkspaceState.AVAILABLE,
    modes=_STOPPABLE,
)
_STOP = _Change(
    name="stopped",
    from_states=frozenset(
        {WorkspaceState.AVAILABLE, WorkspaceState.IMPAIRED, WorkspaceState.UNHEALTHY, WorkspaceState.ERROR}
    ),
    through=WorkspaceState.STOPPING,
    to=WorkspaceState.STOPPED,
    modes=_STOPPABLE,
)
_REBOOT = _Change(
    name="rebooted",
    from_states=frozenset({WorkspaceState.AVAILABLE, WorkspaceState.UNHEALTHY}),
    through=WorkspaceState.REBOOTING,
    to=WorkspaceState.AVAILABLE,
)
_REBUILD = _Change(
    name="rebuilt",
    from_states=frozenset(
        {
            WorkspaceState.AVAILABLE,
            WorkspaceState.ERROR,
            WorkspaceState.UNHEALTHY,
            WorkspaceState.STOPPED,
            WorkspaceState.REBOOTING,
        }
    ),
    through=WorkspaceState.REBUILDING,
    to=WorkspaceState.AVAILABLE,
)
_TERMINATE = _Change(
    name="terminated",
    from_states=frozenset(WorkspaceState) - {WorkspaceState.SUSPENDED},
    through=WorkspaceState.TERMINATING,
    to=WorkspaceState.TERMINATED,
)


@operations.emulates(ops.START_WORKSPACES)
def start_workspaces(call: Call, request: s.StartWorkspacesRequest) -> s.StartWorkspacesResult:
    """Start stopped WorkSpaces."""
    ids = (item.workspace_id for item in request.start_workspace_requests)
    return s.StartWorkspacesResult(failed_requests=_change_all(call, ids, _START, call.durations.start))


@operations.emulates(ops.STOP_WORKSPACES)
def stop_workspaces(call: Call, request: s.StopWorkspacesRequest) -> s.StopWorkspacesResult:
    """Stop running WorkSpaces."""
    ids = (item.workspace_id for item in request.stop_workspace_requests)
    return s.StopWorkspacesResult(failed_requests=_change_all(call, ids, _STOP, call.durations.stop))


@operations.emulates(ops.REBOOT_WORKSPACES)
def reboot_workspaces(call: Call, request: s.RebootWorkspacesRequest) -> s.RebootWorkspacesResult:
    """Reboot WorkSpaces."""
    ids = (item.workspace_id for item in request.reboot_workspace_requests)
    return s.RebootWorkspacesResult(failed_requests=_change_all(call, ids, _REBOOT, call.durations.reboot))


@operations.emulates(ops.REBUILD_WORKSPACES)
def rebuild_workspaces(call: Call, request: s.RebuildWorkspacesRequest) -> s.RebuildWorkspacesResult:
    """Rebuild a WorkSpace from its bundle's image."""
    ids = (item.workspace_id for item in request.rebuild_workspace_requests)
    return s.RebuildWorkspacesResult(failed_requests=_change_all(call, ids, _REBUILD, call.durations.rebuild))


@operations.emulates(ops.TERMINATE_WORKSPACES)
def terminate_workspaces(call: Call, request: s.TerminateWorkspacesRequest) -> s.TerminateWorkspacesResult:
    """Terminate WorkSpaces; after Durations.terminate they no longer exist."""
    ids = (item.workspace_id for item in request.terminate_workspace_requests)
    return s.TerminateWorkspacesResult(failed_requests=_change_all(call, ids, _TERMINATE, call.durations.terminate))


@operations.emulates(ops.MODIFY_WORKSPACE_STATE)
def modify_workspace_state(call: Call, request: s.ModifyWorkspaceStateRequest) -> s.ModifyWorkspaceStateResult:
    """Set a WorkSpace to ADMIN_MAINTENANCE or back to AVAILABLE."""
    record = find_workspace(call, request.workspace_id)
    if record.workspace.state not in (WorkspaceState.AVAILABLE, WorkspaceState.ADMIN_MAINTENANCE):
        raise InvalidResourceStateException(f"The WorkSpace is {record.workspace.state}.")
    is_maintenance = request.workspace_state == TargetWorkspaceState.ADMIN_MAINTENANCE
    state = WorkspaceState.ADMIN_MAINTENANCE if is_maintenance else WorkspaceState.AVAILABLE
    record.set_state(state, call.now)
    return s.ModifyWorkspaceStateResult()


def find_workspace(call: Call, workspace_id: str) -> WorkspaceRecord:
    """Return the WorkSpace of an id. Raises ResourceNotFoundException."""
    record = call.store.workspaces.get(workspace_id)
    if record is None:
        raise ResourceNotFoundException(
            "The specified WorkSpace could not be found.", details={"ResourceId": workspace_id}
        )
    return record


def _change_all(
    call: Call, ids: Iterable[str | None], change: _Change, duration: timedelta
) -> list[s.FailedWorkspaceChangeRequest]:
    """Start a change of each WorkSpace; return the entries of FailedRequests."""
    failures = (_start_change(call, workspace_id or "", change, duration) for workspace_id in ids)
    return [failure for failure in failures if failure is not None]


def _start_change(
    call: Call, workspace_id: str, change: _Change, duration: timedelta
) -> s.FailedWorkspaceChangeRequest | None:
    record = call.store.workspaces.get(workspace_id)
    if record is None:
        return _failure(workspace_id, "ResourceNotFound.Workspace", "The specified WorkSpace could not be found.")
    workspace = record.workspace
    if workspace.state not in change.from_states:
        message = f"A WorkSpace that is {workspace.state} cannot be {change.name}."
        return _failure(workspace_id, "InvalidResourceState.Workspace", message)
    mode = workspace.workspace_properties.running_mode
    if change.modes is not None and mode not in change.modes:
        message = f"A WorkSpace whose running mode is {mode} cannot be {change.name}."
        return _failure(workspace_id, "OperationNotSupported.Workspace", message)
    if workspace.state is not change.through:
        record.transition(change.through, call.now + duration, change.to)
    return None


def _failure(workspace_id: str, code: str, message: str) -> s.FailedWorkspaceChangeRequest:
    return s.FailedWorkspaceChangeRequest(workspace_id=workspace_id, error_code=code, error_message=message)
