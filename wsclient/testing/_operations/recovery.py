"""Operations of snapshots, restore, migration and connection status of WorkSpaces.

"Restore a WorkSpace", https://docs.aws.amazon.com/workspaces/latest/adminguide/restore-workspace.html
"Migrate a WorkSpace", https://docs.aws.amazon.com/workspaces/latest/adminguide/migrate-workspaces.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient._generated.workspaces import enums
from wsclient._generated.workspaces import operations as ops
from wsclient._generated.workspaces import structures as s
from wsclient._generated.workspaces.enums import WorkspaceState
from wsclient._generated.workspaces.errors import OperationInProgressException, OperationNotSupportedException
from wsclient.testing._operations.changes import find_workspace
from wsclient.testing._operations.common import is_byol, is_windows, not_found, operating_system
from wsclient.testing._operations.handler import Call, HandlerTable
from wsclient.testing._operations.pagination import paginate
from wsclient.testing._operations.workspaces import new_workspace
from wsclient.testing._state.store import StateChange

if TYPE_CHECKING:
    from datetime import datetime

    from wsclient.testing._state.store import Durations, WorkspaceRecord

operations = HandlerTable()

_RESTORABLE = (WorkspaceState.AVAILABLE, WorkspaceState.ERROR, WorkspaceState.UNHEALTHY, WorkspaceState.STOPPED)
_IDLE_STATES = (*_RESTORABLE, WorkspaceState.IMPAIRED, WorkspaceState.ADMIN_MAINTENANCE, WorkspaceState.SUSPENDED)
_MIGRATABLE = (*_RESTORABLE, WorkspaceState.IMPAIRED)
_CHECKED = (WorkspaceState.AVAILABLE, WorkspaceState.IMPAIRED, WorkspaceState.STOPPED)
"""States in which AWS checks the connection of a WorkSpace; the response omits WorkSpaces in other states."""


@operations.emulates(ops.DESCRIBE_WORKSPACE_SNAPSHOTS)
def describe_workspace_snapshots(
    call: Call, request: s.DescribeWorkspaceSnapshotsRequest
) -> s.DescribeWorkspaceSnapshotsResult:
    """Return the snapshots that a rebuild and a restore would use."""
    record = find_workspace(call, request.workspace_id)
    healthy_until = min(call.now, record.unhealthy_since or call.now)
    return s.DescribeWorkspaceSnapshotsResult(
        rebuild_snapshots=_snapshots(record, call.now, call.durations),
        restore_snapshots=_snapshots(record, healthy_until, call.durations),
    )


def _snapshots(record: WorkspaceRecord, until: datetime, durations: Durations) -> list[s.Snapshot]:
    """Return the last snapshot taken before or at a time, an empty list without one."""
    if record.ready_at is None or record.ready_at + durations.first_snapshot > until:
        return []
    first, interval = record.ready_at + durations.first_snapshot, durations.snapshot_interval
    return [s.Snapshot(snapshot_time=first + (until - first) // interval * interval)]


@operations.emulates(ops.RESTORE_WORKSPACE)
def restore_workspace(call: Call, request: s.RestoreWorkspaceRequest) -> s.RestoreWorkspaceResult:
    """Restore a WorkSpace that is AVAILABLE, ERROR, UNHEALTHY or STOPPED to its last healthy snapshot."""
    record = find_workspace(call, request.workspace_id)
    # The model of RestoreWorkspace has no InvalidResourceStateException.
    if record.workspace.state not in _RESTORABLE:
        raise OperationNotSupportedException(f"A WorkSpace that is {record.workspace.state} cannot be restored.")
    if not _snapshots(record, min(call.now, record.unhealthy_since or call.now), call.durations):
        raise OperationNotSupportedException("The WorkSpace has no snapshot yet.")
    record.transition(WorkspaceState.RESTORING, call.now + call.durations.restore, WorkspaceState.AVAILABLE)
    return s.RestoreWorkspaceResult()


@operations.emulates(ops.MIGRATE_WORKSPACE)
def migrate_workspace(call: Call, request: s.MigrateWorkspaceRequest) -> s.MigrateWorkspaceResult:
    """Create a new WorkSpace for the user from another bundle; the source is UPDATING, then TERMINATED."""
    record = find_workspace(call, request.source_workspace_id)
    _check_source(record)
    _check_bundle(call, record.workspace, request.bundle_id)
    source, at = record.workspace, call.now + call.durations.migrate
    properties = source.workspace_properties
    target = new_workspace(
        call.store,
        s.WorkspaceRequest(
            directory_id=source.directory_id or "",
            user_name=source.user_name or "",
            bundle_id=request.bundle_id,
            volume_encryption_key=source.volume_encryption_key,
            user_volume_encryption_enabled=source.user_volume_encryption_enabled,
            root_volume_encryption_enabled=source.root_volume_encryption_enabled,
            workspace_name=source.workspace_name,
            workspace_properties=s.WorkspaceProperties(
                running_mode=properties.running_mode,
                running_mode_auto_stop_timeout_in_minutes=properties.running_mode_auto_stop_timeout_in_minutes,
                user_volume_size_gib=properties.user_volume_size_gib,
            ),
        ),
    )
    target.change = StateChange(at, WorkspaceState.AVAILABLE)
    record.transition(WorkspaceState.UPDATING, at, WorkspaceState.TERMINATED)
    target_id = target.workspace.workspace_id or ""
    call.store.tags[target_id] = dict(call.store.tags.get(request.source_workspace_id, {}))
    return s.MigrateWorkspaceResult(source_workspace_id=request.source_workspace_id, target_workspace_id=target_id)


def _check_source(record: WorkspaceRecord) -> None:
    workspace = record.workspace
    if record.modification is not None or workspace.state not in _IDLE_STATES:
        raise OperationInProgressException("Another operation on the WorkSpace is in progress.")
    if workspace.state not in _MIGRATABLE:
        raise OperationNotSupportedException(f"A WorkSpace that is {workspace.state} cannot be migrated.")
    properties = workspace.workspace_properties
    if not is_windows(properties.operating_system_name):
        raise OperationNotSupportedException("Linux WorkSpaces cannot be migrated.")


def _check_bundle(call: Call, workspace: s.Workspace, bundle_id: str) -> None:
    bundle = call.store.bundles.get(bundle_id)
    if bundle is None:
        raise not_found("bundle", bundle_id)
    if not is_windows(operating_system(call.store, bundle)):
        raise OperationNotSupportedException("WorkSpaces cannot be migrated to a Linux bundle.")
    if is_byol(call.store, bundle_id) != is_byol(call.store, workspace.bundle_id):
        raise OperationNotSupportedException("WorkSpaces cannot be migrated to or from a BYOL bundle.")


@operations.emulates(ops.DESCRIBE_WORKSPACES_CONNECTION_STATUS)
def describe_workspaces_connection_status(
    call: Call, request: s.DescribeWorkspacesConnectionStatusRequest
) -> s.DescribeWorkspacesConnectionStatusResult:
    """Return the connection status of WorkSpaces that are AVAILABLE, IMPAIRED or STOPPED."""
    records, ids = call.store.workspaces, request.workspace_ids
    selected = records if ids is None else {key: records[key] for key in ids if key in records}
    checked = {key: record for key, record in selected.items() if record.workspace.state in _CHECKED}
    page, token = paginate(call, request, checked)
    statuses = [_status(record, call.now) for record in page]
    return s.DescribeWorkspacesConnectionStatusResult(workspaces_connection_status=statuses, next_token=token)


def _status(record: WorkspaceRecord, now: datetime) -> s.WorkspaceConnectionStatus:
    state = enums.ConnectionState.CONNECTED if record.is_connected else enums.ConnectionState.DISCONNECTED
    if record.workspace.state == WorkspaceState.STOPPED:
        state = enums.ConnectionState.UNKNOWN
    return s.WorkspaceConnectionStatus(
        workspace_id=record.workspace.workspace_id,
        connection_state=state,
        connection_state_check_timestamp=now,
        last_known_user_connection_timestamp=record.last_connected_at,
    )
