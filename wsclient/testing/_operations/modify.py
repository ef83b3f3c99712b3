"""Modification of WorkSpace properties: one property at a time, with minimum times between some modifications.

"Modify a WorkSpace", https://docs.aws.amazon.com/workspaces/latest/adminguide/modify-workspaces.html
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from wsclient._core.absence import is_absent
from wsclient._generated.workspaces import operations as ops
from wsclient._generated.workspaces import structures as s
from wsclient._generated.workspaces.enums import (
    Compute,
    ModificationResourceEnum,
    ModificationStateEnum,
    RunningMode,
    WorkspaceState,
)
from wsclient._generated.workspaces.errors import (
    InvalidParameterValuesException,
    InvalidResourceStateException,
    OperationInProgressException,
    UnsupportedWorkspaceConfigurationException,
)
from wsclient.testing._operations.changes import find_workspace
from wsclient.testing._operations.common import is_auto_stop_timeout, is_volume_pair
from wsclient.testing._operations.handler import Call, HandlerTable
from wsclient.testing._state.store import Modification

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from wsclient.testing._state.store import WorkspaceRecord

operations = HandlerTable()

# Minimum times between two modifications, from "Modify a WorkSpace".
VOLUME_PAUSE = timedelta(hours=6)
LARGER_COMPUTE_PAUSE = timedelta(hours=6)
SMALLER_COMPUTE_PAUSE = timedelta(days=30)
_COMPUTE_BY_SIZE = (
    Compute.VALUE,
    Compute.STANDARD,
    Compute.PERFORMANCE,
    Compute.POWER,
    Compute.POWERPRO,
    Compute.GENERALPURPOSE_4XLARGE,
    Compute.GENERALPURPOSE_8XLARGE,
)
_MODIFIABLE = (WorkspaceState.AVAILABLE, WorkspaceState.STOPPED)
_DEFAULT_TIMEOUT = 60


@operations.emulates(ops.MODIFY_WORKSPACE_PROPERTIES)
def modify_workspace_properties(
    call: Call, request: s.ModifyWorkspacePropertiesRequest
) -> s.ModifyWorkspacePropertiesResult:
    """Modify one property of a WorkSpace; a running mode and its auto-stop timeout count as one."""
    record = find_workspace(call, request.workspace_id)
    requested = request.workspace_properties or s.WorkspaceProperties()
    changed = [
        modify for modify, names in _MODIFIERS.items() if not all(is_absent(getattr(requested, name)) for name in names)
    ]
    if len(changed) + (request.data_replication is not None) != 1:
        raise InvalidParameterValuesException("A call must modify exactly one property of a WorkSpace.")
    if record.workspace.state not in _MODIFIABLE:
        raise InvalidResourceStateException(f"A WorkSpace that is {record.workspace.state} cannot be modified.")
    if record.modification is not None:
        raise OperationInProgressException("Another modification of this WorkSpace is in progress.")
    for modify in changed:
        modify(call, record, requested)
    if request.data_replication is not None:
        settings = s.DataReplicationSettings(data_replication=request.data_replication)
        record.workspace = replace(record.workspace, data_replication_settings=settings)
    return s.ModifyWorkspacePropertiesResult()


def _modify_running_mode(_call: Call, record: WorkspaceRecord, requested: s.WorkspaceProperties) -> None:
    current = _properties(record)
    mode = requested.running_mode or current.running_mode
    timeout = requested.running_mode_auto_stop_timeout_in_minutes
    if timeout is not None and (mode != RunningMode.AUTO_STOP or not is_auto_stop_timeout(timeout)):
        raise InvalidParameterValuesException(
            "An auto-stop timeout requires the running mode AUTO_STOP and must be a multiple of 60 minutes."
        )
    if mode == RunningMode.AUTO_STOP:
        timeout = timeout or current.running_mode_auto_stop_timeout_in_minutes or _DEFAULT_TIMEOUT
    _set_properties(record, replace(current, running_mode=mode, running_mode_auto_stop_timeout_in_minutes=timeout))


def _modify_compute(call: Call, record: WorkspaceRecord, requested: s.WorkspaceProperties) -> None:
    current = _properties(record)
    if current.compute_type_name not in _COMPUTE_BY_SIZE or requested.compute_type_name not in _COMPUTE_BY_SIZE:
        raise UnsupportedWorkspaceConfigurationException(
            "A WorkSpace cannot be changed to or from a graphics compute type."
        )
    before, after = map(_COMPUTE_BY_SIZE.index, (current.compute_type_name, requested.compute_type_name))
    pause = SMALLER_COMPUTE_PAUSE if after < before else LARGER_COMPUTE_PAUSE
    _check_pause(record.compute_changed_at, pause, call.now, "compute type")
    record.compute_changed_at = call.now
    at = call.now + call.durations.change_compute
    # The WorkSpace is UPDATING until the change is complete, and then returns to its current state.
    record.transition(WorkspaceState.UPDATING, at, record.workspace.state or WorkspaceState.AVAILABLE)
    properties = replace(current, compute_type_name=requested.compute_type_name)
    _start(record, Modification(at, ModificationResourceEnum.COMPUTE_TYPE, properties))


def _modify_root_volume(call: Call, record: WorkspaceRecord, requested: s.WorkspaceProperties) -> None:
    properties = replace(_properties(record), root_volume_size_gib=requested.root_volume_size_gib)
    _modify_volume(call, record, ModificationResourceEnum.ROOT_VOLUME, properties)


def _modify_user_volume(call: Call, record: WorkspaceRecord, requested: s.WorkspaceProperties) -> None:
    properties = replace(_properties(record), user_volume_size_gib=requested.user_volume_size_gib)
    _modify_volume(call, record, ModificationResourceEnum.USER_VOLUME, properties)


def _modify_volume(
    call: Call, record: WorkspaceRecord, resource: ModificationResourceEnum, after: s.WorkspaceProperties
) -> None:
    before = _properties(record)
    sizes = (before.root_volume_size_gib, before.user_volume_size_gib)
    root, user = after.root_volume_size_gib or 0, after.user_volume_size_gib or 0
    if root < (sizes[0] or 0) or user < (sizes[1] or 0):
        raise InvalidParameterValuesException("The size of a volume cannot be reduced.")
    if not is_volume_pair(root, user):
        raise InvalidParameterValuesException(
            f"A root volume of {root} GiB with a user volume of {user} GiB is not supported."
        )
    _check_pause(record.volumes_changed_at, VOLUME_PAUSE, call.now, "volumes")
    record.volumes_changed_at = call.now
    _start(record, Modification(call.now + call.durations.change_volume, resource, after))


def _modify_protocols(call: Call, record: WorkspaceRecord, requested: s.WorkspaceProperties) -> None:
    properties = replace(_properties(record), protocols=requested.protocols)
    at = call.now + call.durations.change_protocol
    _start(record, Modification(at, ModificationResourceEnum.PROTOCOL, properties))


def _modify_accelerator(_call: Call, record: WorkspaceRecord, requested: s.WorkspaceProperties) -> None:
    _set_properties(record, replace(_properties(record), global_accelerator=requested.global_accelerator))


def _modify_virtualization(call: Call, record: WorkspaceRecord, requested: s.WorkspaceProperties) -> None:
    properties = replace(_properties(record), nested_virtualization_enabled=requested.nested_virtualization_enabled)
    at = call.now + call.durations.change_compute
    _start(record, Modification(at, ModificationResourceEnum.NESTED_VIRTUALIZATION, properties))


def _reject_operating_system(_call: Call, _record: WorkspaceRecord, _requested: s.WorkspaceProperties) -> None:
    raise InvalidParameterValuesException("The operating system of a WorkSpace cannot be modified.")


_MODIFIERS: Mapping[Callable[[Call, WorkspaceRecord, s.WorkspaceProperties], None], tuple[str, ...]] = {
    _modify_running_mode: ("running_mode", "running_mode_auto_stop_timeout_in_minutes"),
    _modify_compute: ("compute_type_name",),
    _modify_root_volume: ("root_volume_size_gib",),
    _modify_user_volume: ("user_volume_size_gib",),
    _modify_protocols: ("protocols",),
    _modify_accelerator: ("global_accelerator",),
    _modify_virtualization: ("nested_virtualization_enabled",),
    _reject_operating_system: ("operating_system_name",),
}
"""Functions by the members of WorkspaceProperties that they modify. A request can combine members of one entry."""


def _properties(record: WorkspaceRecord) -> s.WorkspaceProperties:
    return record.workspace.workspace_properties


def _set_properties(record: WorkspaceRecord, properties: s.WorkspaceProperties) -> None:
    record.workspace = replace(record.workspace, workspace_properties=properties)


def _start(record: WorkspaceRecord, modification: Modification) -> None:
    state = s.ModificationState(resource=modification.resource, state=ModificationStateEnum.UPDATE_INITIATED)
    record.workspace = replace(record.workspace, modification_states=[state])
    record.modification = modification


def _check_pause(last: datetime | None, pause: timedelta, now: datetime, subject: str) -> None:
    if last is not None and now - last < pause:
        raise InvalidResourceStateException(f"The {subject} of this WorkSpace can be changed only once in {pause}.")
