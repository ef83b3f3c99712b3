"""WorkSpaces Pools, as far as their states and capacity go: AWS ends them on 31 December 2027.

That a pool can be started and stopped in the running mode AUTO_STOP alone, as the API reference has it, is not held: it
names states there that pools do not have, those of a WorkSpace.
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

_LASTING = (WorkspacesPoolState.RUNNING, WorkspacesPoolState.STOPPED)
_TIMEOUTS = s.TimeoutSettings(
    disconnect_timeout_in_seconds=900, idle_disconnect_timeout_in_seconds=0, max_user_duration_in_seconds=57_600
)
"""Time-outs of a pool that is created without any."""


@operations.emulates(ops.CREATE_WORKSPACES_POOL)
def create_workspaces_pool(call: Call, request: s.CreateWorkspacesPoolRequest) -> s.CreateWorkspacesPoolResult:
    """Create a pool in a directory for pools; it is STOPPED in the end."""
    store = call.store
    if any(record.described.pool_name == request.pool_name for record in store.pools.values()):
        raise ResourceAlreadyExistsException(f"A pool named {request.pool_name} exists already.")
    if len(store.pools) >= call.quotas.pools:
        raise ResourceLimitExceededException(f"An account can have at most {call.quotas.pools} pools.")
    _check_parts(store, request.bundle_id, request.directory_id)
    pool_id = _ids.resource_id("wspool")
    tag_new_resource(store, pool_id, request.tags)
    pool = s.WorkspacesPool(
        pool_id=pool_id,
        pool_arn=f"arn:aws:workspaces:{store.region}:{store.account_id}:workspacespool/{pool_id}",
        pool_name=request.pool_name,
        description=request.description,
        created_at=call.now,
        bundle_id=request.bundle_id,
        directory_id=request.directory_id,
        application_settings=_settings(store, request.application_settings),
        timeout_settings=_timeouts(_TIMEOUTS, request.timeout_settings),
        running_mode=request.running_mode or enums.PoolsRunningMode.AUTO_STOP,
    )
    store.pools[pool_id] = record = PoolRecord(described=pool, desired_sessions=request.capacity.desired_user_sessions)
    record.transition(WorkspacesPoolState.CREATING, call.now + call.durations.create_pool, WorkspacesPoolState.STOPPED)
    return s.CreateWorkspacesPoolResult(workspaces_pool=_described(store, record))


@operations.emulates(ops.DESCRIBE_WORKSPACES_POOLS)
def describe_workspaces_pools(call: Call, request: s.DescribeWorkspacesPoolsRequest) -> s.DescribeWorkspacesPoolsResult:
    """List pools: all, by id, or by what their names are or hold."""
    for pool_id in request.pool_ids or ():
        _pool(call.store, pool_id)
    wanted = request.pool_ids
    pools = {
        pool_id: _described(call.store, record)
        for pool_id, record in call.store.pools.items()
        if (wanted is None or pool_id in wanted)
        and all(_matches(record.described.pool_name or "", one) for one in request.filters or ())
    }
    page, token = paginate(call, request, pools, limit=request.limit)
    return s.DescribeWorkspacesPoolsResult(workspaces_pools=page, next_token=token)


def _matches(name: str, wanted: s.DescribeWorkspacesPoolsFilter) -> bool:
    operators = enums.DescribeWorkspacesPoolsFilterOperator
    is_whole = wanted.operator in (operators.EQUALS, operators.NOTEQUALS)
    is_met = name in wanted.values if is_whole else any(value in name for value in wanted.values)
    return is_met == (wanted.operator in (operators.EQUALS, operators.CONTAINS))


@operations.emulates(ops.UPDATE_WORKSPACES_POOL)
def update_workspaces_pool(call: Call, request: s.UpdateWorkspacesPoolRequest) -> s.UpdateWorkspacesPoolResult:
    """Update a pool that is RUNNING or STOPPED; bundle, directory and running mode only when it is STOPPED."""
    record = _idle_pool(call.store, request.pool_id)
    pool = record.described
    needs_stop = (request.bundle_id, request.directory_id, request.running_mode)
    if any(one is not None for one in needs_stop) and pool.state is not WorkspacesPoolState.STOPPED:
        raise InvalidResourceStateException(f"The pool is {pool.state}: stop it first.")
    bundle_id, directory_id = request.bundle_id or pool.bundle_id, request.directory_id or pool.directory_id
    _check_parts(call.store, bundle_id or "", directory_id or "")
    settings = request.application_settings
    record.described = replace(
        pool,
        description=request.description or pool.description,
        bundle_id=bundle_id,
        directory_id=directory_id,
        application_settings=_settings(call.store, settings) if settings else pool.application_settings,
        timeout_settings=_timeouts(pool.timeout_settings or _TIMEOUTS, request.timeout_settings),
        running_mode=request.running_mode or pool.running_mode,
    )
    if request.capacity is not None:
        record.desired_sessions = request.capacity.desired_user_sessions
    return s.UpdateWorkspacesPoolResult(workspaces_pool=_described(call.store, record))


@operations.emulates(ops.START_WORKSPACES_POOL)
def start_workspaces_pool(call: Call, request: s.StartWorkspacesPoolRequest) -> s.StartWorkspacesPoolResult:
    """Start a pool that is STOPPED."""
    record = _idle_pool(call.store, request.pool_id, WorkspacesPoolState.STOPPED)
    record.transition(WorkspacesPoolState.STARTING, call.now + call.durations.start_pool, WorkspacesPoolState.RUNNING)
    return s.StartWorkspacesPoolResult()


@operations.emulates(ops.STOP_WORKSPACES_POOL)
def stop_workspaces_pool(call: Call, request: s.StopWorkspacesPoolRequest) -> s.StopWorkspacesPoolResult:
    """Stop a pool that is RUNNING, and end its sessions."""
    record = _idle_pool(call.store, request.pool_id, WorkspacesPoolState.RUNNING)
    record.transition(WorkspacesPoolState.STOPPING, call.now + call.durations.stop_pool, WorkspacesPoolState.STOPPED)
    for session_id in _sessions(call.store, request.pool_id):
        del call.store.pool_sessions[session_id]
    return s.StopWorkspacesPoolResult()


@operations.emulates(ops.TERMINATE_WORKSPACES_POOL)
def terminate_workspaces_pool(call: Call, request: s.TerminateWorkspacesPoolRequest) -> s.TerminateWorkspacesPoolResult:
    """Terminate a pool that is STOPPED; after a while nothing is left of it."""
    record = _idle_pool(call.store, request.pool_id, WorkspacesPoolState.STOPPED)
    record.transition(WorkspacesPoolState.DELETING, call.now + call.durations.delete_pool, None)
    return s.TerminateWorkspacesPoolResult()


@operations.emulates(ops.DESCRIBE_WORKSPACES_POOL_SESSIONS)
def describe_workspaces_pool_sessions(
    call: Call, request: s.DescribeWorkspacesPoolSessionsRequest
) -> s.DescribeWorkspacesPoolSessionsResult:
    """List the sessions of a pool, perhaps of one user alone."""
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
    """Return a pool in which nothing is under way, and that is in one of the states, if any are named."""
    record = _pool(store, pool_id)
    state = record.described.state
    if state not in _LASTING:
        raise OperationInProgressException(f"The pool is {state}.")
    if states and state not in states:
        raise InvalidResourceStateException(f"The pool is {state}.")
    return record


def _check_parts(store: Store, bundle_id: str, directory_id: str) -> None:
    if bundle_id not in store.bundles:
        raise not_found("bundle", bundle_id)
    directory = usable_directory(store, directory_id).directory
    if directory.workspace_type is not enums.WorkspaceType.POOLS:
        raise OperationNotSupportedException("The directory is for personal WorkSpaces.")


def _settings(store: Store, asked: s.ApplicationSettingsRequest | None) -> s.ApplicationSettingsResponse:
    if asked is None or asked.status is enums.ApplicationSettingsStatusEnum.DISABLED:
        if asked is not None and asked.settings_group is not None:
            raise InvalidParameterValuesException("A SettingsGroup needs the application settings ENABLED.")
        return s.ApplicationSettingsResponse(status=enums.ApplicationSettingsStatusEnum.DISABLED)
    return s.ApplicationSettingsResponse(
        status=asked.status,
        settings_group=asked.settings_group,
        s3_bucket_name=f"wspool-app-settings-{store.region}-{store.account_id}",
    )


def _timeouts(now: s.TimeoutSettings, asked: s.TimeoutSettings | None) -> s.TimeoutSettings:
    def first(one: int | None, other: int | None) -> int | None:
        return other if one is None else one

    given = asked or s.TimeoutSettings()
    return s.TimeoutSettings(
        disconnect_timeout_in_seconds=first(given.disconnect_timeout_in_seconds, now.disconnect_timeout_in_seconds),
        idle_disconnect_timeout_in_seconds=first(
            given.idle_disconnect_timeout_in_seconds, now.idle_disconnect_timeout_in_seconds
        ),
        max_user_duration_in_seconds=first(given.max_user_duration_in_seconds, now.max_user_duration_in_seconds),
    )


def _described(store: Store, record: PoolRecord) -> s.WorkspacesPool:
    """Return a pool with its capacity: what is desired is there when it runs."""
    is_running = record.described.state is WorkspacesPoolState.RUNNING
    active = len(_sessions(store, record.described.pool_id or ""))
    actual = max(record.desired_sessions, active) if is_running else 0
    capacity = s.CapacityStatus(
        available_user_sessions=actual - active,
        desired_user_sessions=record.desired_sessions,
        actual_user_sessions=actual,
        active_user_sessions=active,
    )
    return replace(record.described, capacity_status=capacity)
