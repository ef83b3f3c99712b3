"""Operations of WorkSpaces Pools: states, capacity and sessions. AWS ends WorkSpaces Pools on 31 December 2027.

The API reference allows starting and stopping a pool only in the running mode AUTO_STOP. The emulator does not enforce
this rule, because the reference states it with states of WorkSpaces that pools do not have.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from wsclient._generated.workspaces import enums
from wsclient._generated.workspaces import operations as ops
from wsclient._generated.workspaces import structures as s
from wsclient._generated.workspaces.enums import WorkspacesPoolState
from wsclient._generated.workspaces.errors import (
    InvalidParameterValuesException,
    InvalidResourceStateException,
    OperationInProgressException,
    OperationNotSupportedException,
    ResourceAlreadyExistsException,
    ResourceLimitExceededException,
)
from wsclient.testing._operations.common import not_found, usable_directory
from wsclient.testing._operations.handler import Call, HandlerTable
from wsclient.testing._operations.pagination import paginate
from wsclient.testing._operations.tags import tag_new_resource
from wsclient.testing._state import ids as _ids
from wsclient.testing._state.records import PoolRecord

if TYPE_CHECKING:
    from wsclient.testing._state.store import Store

operations = HandlerTable()

_IDLE_STATES = (WorkspacesPoolState.RUNNING, WorkspacesPoolState.STOPPED)
_DEFAULT_TIMEOUTS = s.TimeoutSettings(
    disconnect_timeout_in_seconds=900, idle_disconnect_timeout_in_seconds=0, max_user_duration_in_seconds=57_600
)
"""Default timeouts of a pool."""
_NO_CAPACITY = s.CapacityStatus(
    available_user_sessions=0, desired_user_sessions=0, actual_user_sessions=0, active_user_sessions=0
)


@operations.emulates(ops.CREATE_WORKSPACES_POOL)
def create_workspaces_pool(call: Call, request: s.CreateWorkspacesPoolRequest) -> s.CreateWorkspacesPoolResult:
    """Create a pool in a directory for pools. The pool is CREATING, then STOPPED."""
    store = call.store
    if any(record.described.pool_name == request.pool_name for record in store.pools.values()):
        raise ResourceAlreadyExistsException(f"A pool named {request.pool_name} already exists.")
    if len(store.pools) >= call.quotas.pools:
        raise ResourceLimitExceededException(f"An account can have at most {call.quotas.pools} pools.")
    _check_bundle_and_directory(store, request.bundle_id, request.directory_id)
    pool_id = _ids.resource_id("wspool")
    tag_new_resource(store, pool_id, request.tags)
    pool = s.WorkspacesPool(
        pool_id=pool_id,
        pool_arn=f"arn:aws:workspaces:{store.region}:{store.account_id}:workspacespool/{pool_id}",
        pool_name=request.pool_name,
        description=request.description,
        state=WorkspacesPoolState.CREATING,
        created_at=call.now,
        capacity_status=_NO_CAPACITY,
        bundle_id=request.bundle_id,
        directory_id=request.directory_id,
        application_settings=_settings(store, request.application_settings),
        timeout_settings=_timeouts(_DEFAULT_TIMEOUTS, request.timeout_settings),
        running_mode=request.running_mode or enums.PoolsRunningMode.AUTO_STOP,
    )
    store.pools[pool_id] = record = PoolRecord(described=pool, desired_sessions=request.capacity.desired_user_sessions)
    record.transition(WorkspacesPoolState.CREATING, call.now + call.durations.create_pool, WorkspacesPoolState.STOPPED)
    return s.CreateWorkspacesPoolResult(workspaces_pool=_described(store, record))


@operations.emulates(ops.DESCRIBE_WORKSPACES_POOLS)
def describe_workspaces_pools(call: Call, request: s.DescribeWorkspacesPoolsRequest) -> s.DescribeWorkspacesPoolsResult:
    """List pools: all, by id, or filtered by name."""
    for pool_id in request.pool_ids or ():
        _pool(call.store, pool_id)
    pool_ids = request.pool_ids
    pools = {
        pool_id: _described(call.store, record)
        for pool_id, record in call.store.pools.items()
        if (pool_ids is None or pool_id in pool_ids)
        and all(_matches(record.described.pool_name or "", item) for item in request.filters or ())
    }
    page, token = paginate(call, request, pools, limit=request.limit)
    return s.DescribeWorkspacesPoolsResult(workspaces_pools=page, next_token=token)


def _matches(name: str, item: s.DescribeWorkspacesPoolsFilter) -> bool:
    operators = enums.DescribeWorkspacesPoolsFilterOperator
    is_exact = item.operator in (operators.EQUALS, operators.NOTEQUALS)
    is_match = name in item.values if is_exact else any(value in name for value in item.values)
    return is_match == (item.operator in (operators.EQUALS, operators.CONTAINS))


@operations.emulates(ops.UPDATE_WORKSPACES_POOL)
def update_workspaces_pool(call: Call, request: s.UpdateWorkspacesPoolRequest) -> s.UpdateWorkspacesPoolResult:
    """Update a RUNNING or STOPPED pool; its bundle, directory and running mode only if it is STOPPED."""
    record = _idle_pool(call.store, request.pool_id)
    pool = record.described
    needs_stop = any(value is not None for value in (request.bundle_id, request.directory_id, request.running_mode))
    if needs_stop and pool.state != WorkspacesPoolState.STOPPED:
        raise InvalidResourceStateException(f"The pool is {pool.state}: stop it first.")
    bundle_id, directory_id = request.bundle_id or pool.bundle_id, request.directory_id or pool.directory_id
    _check_bundle_and_directory(call.store, bundle_id or "", directory_id or "")
    settings = request.application_settings
    record.described = replace(
        pool,
        description=request.description or pool.description,
        bundle_id=bundle_id,
        directory_id=directory_id,
        application_settings=_settings(call.store, settings) if settings else pool.application_settings,
        timeout_settings=_timeouts(pool.timeout_settings or _DEFAULT_TIMEOUTS, request.timeout_settings),
        running_mode=request.running_mode or pool.running_mode,
    )
    if request.capacity is not None:
        record.desired_sessions = request.capacity.desired_user_sessions
    return s.UpdateWorkspacesPoolResult(workspaces_pool=_described(call.store, record))


@operations.emulates(ops.START_WORKSPACES_POOL)
def start_workspaces_pool(call: Call, request: s.StartWorkspacesPoolRequest) -> s.StartWorkspacesPoolResult:
    """Start a STOPPED pool."""
    record = _idle_pool(call.store, request.pool_id, WorkspacesPoolState.STOPPED)
    record.transition(WorkspacesPoolState.STARTING, call.now + call.durations.start_pool, WorkspacesPoolState.RUNNING)
    return s.StartWorkspacesPoolResult()


@operations.emulates(ops.STOP_WORKSPACES_POOL)
def stop_workspaces_pool(call: Call, request: s.StopWorkspacesPoolRequest) -> s.StopWorkspacesPoolResult:
    """Stop a RUNNING pool, and end its sessions."""
    record = _idle_pool(call.store, request.pool_id, WorkspacesPoolState.RUNNING)
    record.transition(WorkspacesPoolState.STOPPING, call.now + call.durations.stop_pool, WorkspacesPoolState.STOPPED)
    for session_id in _sessions(call.store, request.pool_id):
        del call.store.pool_sessions[session_id]
    return s.StopWorkspacesPoolResult()


@operations.emulates(ops.TERMINATE_WORKSPACES_POOL)
def terminate_workspaces_pool(call: Call, request: s.TerminateWorkspacesPoolRequest) -> s.TerminateWorkspacesPoolResult:
    """Terminate a STOPPED pool; after Durations.delete_pool it no longer exists."""
    record = _idle_pool(call.store, request.pool_id, WorkspacesPoolState.STOPPED)
    record.transition(WorkspacesPoolState.DELETING, call.now + call.durations.delete_pool, None)
    return s.TerminateWorkspacesPoolResult()


@operations.emulates(ops.DESCRIBE_WORKSPACES_POOL_SESSIONS)
def describe_workspaces_pool_sessions(
    call: Call, request: s.DescribeWorkspacesPoolSessionsRequest
) -> s.DescribeWorkspacesPoolSessionsResult:
    """List the sessions of a pool, with an optional filter by user."""
    _pool(call.store, request.pool_id)
    sessions = {
        key: session
        for key, session in _sessions(call.store, request.pool_id).items()
        if request.user_id in (None, session.user_id)
    }
    page, token = paginate(call, request, sessions, limit=request.limit)
    return s.DescribeWorkspacesPoolSessionsResult(sessions=page, next_token=token)


@operations.emulates(ops.TERMINATE_WORKSPACES_POOL_SESSION)
def terminate_workspaces_pool_session(
    call: Call, request: s.TerminateWorkspacesPoolSessionRequest
) -> s.TerminateWorkspacesPoolSessionResult:
    """End a session of a pool."""
    if call.store.pool_sessions.pop(request.session_id, None) is None:
        raise not_found("session", request.session_id)
    return s.TerminateWorkspacesPoolSessionResult()


def _sessions(store: Store, pool_id: str) -> dict[str, s.WorkspacesPoolSession]:
    return {key: session for key, session in store.pool_sessions.items() if session.pool_id == pool_id}


def _pool(store: Store, pool_id: str) -> PoolRecord:
    record = store.pools.get(pool_id)
    if record is None:
        raise not_found("pool", pool_id)
    return record


def _idle_pool(store: Store, pool_id: str, *states: WorkspacesPoolState) -> PoolRecord:
    """Return a RUNNING or STOPPED pool, in one of the states if states are specified.

    Raises OperationInProgressException in a transitional state, InvalidResourceStateException in another state.
    """
    record = _pool(store, pool_id)
    state = record.described.state
    if state not in _IDLE_STATES:
        raise OperationInProgressException(f"The pool is {state}.")
    if states and state not in states:
        raise InvalidResourceStateException(f"The pool is {state}.")
    return record


def _check_bundle_and_directory(store: Store, bundle_id: str, directory_id: str) -> None:
    if bundle_id not in store.bundles:
        raise not_found("bundle", bundle_id)
    directory = usable_directory(store, directory_id).directory
    if directory.workspace_type != enums.WorkspaceType.POOLS:
        raise OperationNotSupportedException("The directory is for personal WorkSpaces.")


def _settings(store: Store, requested: s.ApplicationSettingsRequest | None) -> s.ApplicationSettingsResponse:
    if requested is None or requested.status == enums.ApplicationSettingsStatusEnum.DISABLED:
        if requested is not None and requested.settings_group is not None:
            raise InvalidParameterValuesException(
                "A SettingsGroup requires application settings with the status ENABLED."
            )
        return s.ApplicationSettingsResponse(status=enums.ApplicationSettingsStatusEnum.DISABLED)
    return s.ApplicationSettingsResponse(
        status=requested.status,
        settings_group=requested.settings_group,
        s3_bucket_name=f"wspool-app-settings-{store.region}-{store.account_id}",
    )


def _timeouts(current: s.TimeoutSettings, changes: s.TimeoutSettings | None) -> s.TimeoutSettings:
    def merged(new: int | None, old: int | None) -> int | None:
        return old if new is None else new

    new = changes or s.TimeoutSettings()
    return s.TimeoutSettings(
        disconnect_timeout_in_seconds=merged(new.disconnect_timeout_in_seconds, current.disconnect_timeout_in_seconds),
        idle_disconnect_timeout_in_seconds=merged(
            new.idle_disconnect_timeout_in_seconds, current.idle_disconnect_timeout_in_seconds
        ),
        max_user_duration_in_seconds=merged(new.max_user_duration_in_seconds, current.max_user_duration_in_seconds),
    )


def _described(store: Store, record: PoolRecord) -> s.WorkspacesPool:
    """Return a pool with its capacity: the desired sessions if it is RUNNING, none otherwise."""
    is_running = record.described.state == WorkspacesPoolState.RUNNING
    active = len(_sessions(store, record.described.pool_id or ""))
    actual = max(record.desired_sessions, active) if is_running else 0
    capacity = s.CapacityStatus(
        available_user_sessions=actual - active,
        desired_user_sessions=record.desired_sessions,
        actual_user_sessions=actual,
        active_user_sessions=active,
    )
    return replace(record.described, capacity_status=capacity)
