"""Operations that describe and create WorkSpaces.

Error codes in FailedRequests: ResourceNotFound.Directory, ResourceExists.WorkSpace, ResourceNotFound.Workspace and the
codes about the auto-stop timeout are AWS's. The other codes follow their format, because AWS publishes no list.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from msgspec.structs import replace

from wsclient._core.errors import ServiceError
from wsclient._generated.workspaces import enums
from wsclient._generated.workspaces import operations as ops
from wsclient._generated.workspaces import structures as s
from wsclient._generated.workspaces.errors import InvalidParameterValuesException, ResourceLimitExceededException
from wsclient.testing._operations.common import (
    copy_installations,
    is_auto_stop_timeout,
    is_volume_pair,
    operating_system,
    volume_size_gib,
)
from wsclient.testing._operations.handler import Call, HandlerTable
from wsclient.testing._operations.pagination import paginate
from wsclient.testing._operations.tags import merge_tags, set_tags
from wsclient.testing._state import ids as _ids
from wsclient.testing._state.store import StateChange, WorkspaceRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from wsclient.testing._state.store import Store

operations = HandlerTable()

UNDEFINED_USER = "[undefined]"
"""User name, in lower case, of a WorkSpace without a user; such a WorkSpace is identified by its name."""
_NO_TIMEOUT = {
    enums.RunningMode.ALWAYS_ON: "AutoStopTimeoutIsNotApplicableForAnAlwaysOnWorkspace",
    enums.RunningMode.MANUAL: "AutoStopTimeoutIsNotDefaultForManualWorkspace",
}
"""Error codes of AWS for an auto-stop timeout with a running mode that has no automatic stop."""
_ADDRESSES = ipaddress.ip_network("10.0.0.0/8")


class FailedItemError(Exception):
    """Error of one WorkSpace in a batch, which becomes an entry of FailedRequests."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message


@operations.emulates(ops.DESCRIBE_WORKSPACES)
def describe_workspaces(call: Call, request: s.DescribeWorkspacesRequest) -> s.DescribeWorkspacesResult:
    """List WorkSpaces: all, by id, by directory and user, or by bundle."""
    _check_filters(request)
    page, token = paginate(call, request, _page_source(call, request), limit=request.limit)
    return s.DescribeWorkspacesResult(workspaces=[_described(call, record) for record in page], next_token=token)


def _page_source(
    call: Call, request: s.DescribeWorkspacesRequest
) -> Mapping[str, WorkspaceRecord] | Callable[[str, int], list[tuple[str, WorkspaceRecord]]]:
    """Return the requested WorkSpaces by id; without a filter, a function that returns the WorkSpaces after an id.

    The function reads only one page of the WorkSpaces.
    """
    filters = (request.workspace_ids, request.directory_id, request.bundle_id, request.workspace_name)
    if any(value is not None for value in filters):
        return {record.workspace.workspace_id or "": record for record in _selected(call, request)}
    return lambda after, count: [
        (record.workspace.workspace_id or "", record) for record in call.store.workspaces.after(after, count)
    ]


def _check_filters(request: s.DescribeWorkspacesRequest) -> None:
    filters = [request.workspace_ids, request.directory_id, request.bundle_id]
    if sum(value is not None for value in filters) > 1:
        raise InvalidParameterValuesException("Specify only one of WorkspaceIds, DirectoryId and BundleId.")
    if request.user_name is not None and request.directory_id is None:
        raise InvalidParameterValuesException("UserName requires a DirectoryId.")


def _selected(call: Call, request: s.DescribeWorkspacesRequest) -> Iterator[WorkspaceRecord]:
    user = request.user_name.lower() if request.user_name is not None else None
    records, ids = call.store.workspaces, request.workspace_ids
    for record in records.values() if ids is None else [records[key] for key in dict.fromkeys(ids) if key in records]:
        workspace = record.workspace
        if (
            request.directory_id in (None, workspace.directory_id)
            and request.bundle_id in (None, workspace.bundle_id)
            and request.workspace_name in (None, workspace.workspace_name)
            and user in (None, (workspace.user_name or "").lower())
        ):
            yield record


def _described(call: Call, record: WorkspaceRecord) -> s.Workspace:
    """Return a WorkSpace with the current states of its related WorkSpaces in other regions."""
    workspace, related = record.workspace, list[s.RelatedWorkspaceProperties]()
    for relation in workspace.related_workspaces:
        store = call.store_at(call.store.account_id, relation.region or "")
        related_record = store.workspaces.get(relation.workspace_id or "")
        if related_record is not None:
            related.append(replace(relation, state=related_record.workspace.state))
    if workspace.related_workspaces and not related:
        # The related WorkSpace no longer exists, so this WorkSpace is neither a primary nor a standby any more.
        record.workspace = replace(workspace, related_workspaces=[], standby_workspaces_properties=[])
        return record.workspace
    return replace(workspace, related_workspaces=related)


@operations.emulates(ops.CREATE_WORKSPACES)
def create_workspaces(call: Call, request: s.CreateWorkspacesRequest) -> s.CreateWorkspacesResult:
    """Create up to 25 WorkSpaces. Each item can fail on its own."""
    quota = call.quotas.workspaces
    if quota is not None and len(call.store.workspaces) + len(request.workspaces) > quota:
        raise ResourceLimitExceededException(f"An account can have at most {quota} WorkSpaces in a region.")
    pending: list[s.Workspace] = []
    failed: list[s.FailedCreateWorkspaceRequest] = []
    for item in request.workspaces:
        try:
            pending.append(_create(call, item).workspace)
        except FailedItemError as error:
            failed.append(
                s.FailedCreateWorkspaceRequest(
                    workspace_request=item, error_code=error.code, error_message=error.message
                )
            )
    return s.CreateWorkspacesResult(pending_requests=pending, failed_requests=failed)


def _create(call: Call, request: s.WorkspaceRequest) -> WorkspaceRecord:
    check_request(call.store, request)
    record = new_workspace(call.store, request)
    is_encrypted = bool(request.root_volume_encryption_enabled)
    duration = call.durations.create_encrypted_root if is_encrypted else call.durations.create
    record.change = StateChange(call.now + duration, enums.WorkspaceState.AVAILABLE)
    workspace_id, resource_type = record.workspace.workspace_id or "", enums.ApplicationAssociatedResourceType.WORKSPACE
    set_tags(call.store, workspace_id, request.tags)
    copy_installations(call.store, request.bundle_id or "", call.store, workspace_id, resource_type, call.now)
    return record


def check_request(store: Store, request: s.WorkspaceRequest) -> None:
    """Validate the request of a new WorkSpace. Raises FailedItemError."""
    directory = store.directories.get(request.directory_id or "")
    if directory is None or directory.directory.state != enums.WorkspaceDirectoryState.REGISTERED:
        raise FailedItemError(
            "ResourceNotFound.Directory", "The specified directory could not be found in the specified region."
        )
    if (request.bundle_id or "") not in store.bundles:
        raise FailedItemError(
            "ResourceNotFound.Bundle", "The specified bundle could not be found in the specified region."
        )
    if any(_same_user(record.workspace, request) for record in store.workspaces.values()):
        raise FailedItemError("ResourceExists.WorkSpace", "The user already has a WorkSpace in this directory.")
    try:
        merge_tags({}, request.tags or ())
    except ServiceError as error:
        raise FailedItemError(error.code, error.message) from None
    _check_properties(_properties(store, request))


def _same_user(workspace: s.Workspace, request: s.WorkspaceRequest) -> bool:
    if workspace.directory_id != request.directory_id:
        return False
    user = (request.user_name or "").lower()
    if user == UNDEFINED_USER:
        return workspace.workspace_name == request.workspace_name
    return (workspace.user_name or "").lower() == user


def _check_properties(properties: s.WorkspaceProperties) -> None:
    timeout, mode = properties.running_mode_auto_stop_timeout_in_minutes, properties.running_mode
    if timeout is not None and mode is not None and mode in _NO_TIMEOUT:
        raise FailedItemError(_NO_TIMEOUT[mode], f"The running mode {mode} cannot have an auto-stop timeout.")
    if timeout is not None and not is_auto_stop_timeout(timeout):
        raise FailedItemError(
            "InvalidParameterValues.WorkspaceProperties", "An auto-stop timeout must be a multiple of 60 minutes."
        )
    if not is_volume_pair(properties.root_volume_size_gib, properties.user_volume_size_gib):
        raise FailedItemError(
            "InvalidParameterValues.WorkspaceProperties", "These sizes of the root and user volumes are not supported."
        )


def _properties(store: Store, request: s.WorkspaceRequest) -> s.WorkspaceProperties:
    """Return the requested properties, completed by the bundle's properties and AWS's defaults."""
    bundle = store.bundles[request.bundle_id or ""]
    requested = request.workspace_properties or s.WorkspaceProperties()
    mode = requested.running_mode or enums.RunningMode.ALWAYS_ON
    timeout = requested.running_mode_auto_stop_timeout_in_minutes
    if timeout is None and mode == enums.RunningMode.AUTO_STOP:
        timeout = 60
    return replace(
        requested,
        running_mode=mode,
        running_mode_auto_stop_timeout_in_minutes=timeout,
        root_volume_size_gib=requested.root_volume_size_gib or volume_size_gib(bundle.root_storage),
        user_volume_size_gib=requested.user_volume_size_gib or volume_size_gib(bundle.user_storage),
        compute_type_name=requested.compute_type_name or (bundle.compute_type and bundle.compute_type.name),
        operating_system_name=requested.operating_system_name or operating_system(store, bundle),
        protocols=requested.protocols or [enums.Protocol.WSP],
    )


def new_workspace(store: Store, request: s.WorkspaceRequest) -> WorkspaceRecord:
    """Add a PENDING WorkSpace to the store, without its tags. The caller must have validated the request."""
    workspace_id = _ids.resource_id("ws")
    workspace = s.Workspace(
        workspace_id=workspace_id,
        directory_id=request.directory_id,
        user_name=request.user_name,
        state=enums.WorkspaceState.PENDING,
        bundle_id=request.bundle_id,
        volume_encryption_key=request.volume_encryption_key,
        user_volume_encryption_enabled=request.user_volume_encryption_enabled,
        root_volume_encryption_enabled=request.root_volume_encryption_enabled,
        workspace_name=request.workspace_name,
        workspace_properties=_properties(store, request),
    )
    store.workspaces[workspace_id] = record = WorkspaceRecord(workspace=workspace, arrived=_provision(store, workspace))
    return record


def _provision(store: Store, workspace: s.Workspace) -> s.Workspace:
    directory = store.directories[workspace.directory_id or ""].directory
    store.addresses_given += 1
    return replace(
        workspace,
        ip_address=private_address(store.addresses_given),
        computer_name=f"WSAMZN-{(workspace.workspace_id or '')[-8:].upper()}",
        subnet_id=directory.subnet_ids[0] if directory.subnet_ids else None,
    )


def private_address(number: int) -> str:
    """Return a private IP address in 10.0.0.0/8, a different one for each number."""
    # Skip the first addresses: AWS reserves the first four of a subnet, and directories have DNS servers there.
    return str(_ADDRESSES[number + 10])
