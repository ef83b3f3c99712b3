"""Describing, creating and terminating WorkSpaces.

Codes of FailedRequests: ResourceNotFound.Directory, ResourceExists.WorkSpace, ResourceNotFound.Workspace and those
about the time-out are AWS's; the others are formed like them, since AWS publishes no list.
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
"""User name, in lower case, of a WorkSpace that belongs to no user and is known by its own name."""
_NO_TIMEOUT = {
    enums.RunningMode.ALWAYS_ON: "AutoStopTimeoutIsNotApplicableForAnAlwaysOnWorkspace",
    enums.RunningMode.MANUAL: "AutoStopTimeoutIsNotDefaultForManualWorkspace",
}
"""What AWS calls it when a WorkSpace that never stops by itself is asked for with a time for that."""
_ADDRESSES = ipaddress.ip_network("10.0.0.0/8")


class FailedItemError(Exception):
    """Why one WorkSpace of a batch is not created: becomes an entry of FailedRequests."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message


@operations.emulates(ops.DESCRIBE_WORKSPACES)
def describe_workspaces(call: Call, request: s.DescribeWorkspacesRequest) -> s.DescribeWorkspacesResult:
    """List WorkSpaces: all, by id, of a directory or one of its users, or of a bundle."""
    _check_filters(request)
    page, token = paginate(call, request, _following(call, request), limit=request.limit)
    return s.DescribeWorkspacesResult(workspaces=[_described(call, record) for record in page], next_token=token)


def _following(
    call: Call, request: s.DescribeWorkspacesRequest
) -> Mapping[str, WorkspaceRecord] | Callable[[str, int], list[tuple[str, WorkspaceRecord]]]:
    """Return what is asked for: where that is everything, only what comes next is looked at."""
    asked = (request.workspace_ids, request.directory_id, request.bundle_id, request.workspace_name)
    if any(given is not None for given in asked):
        return {record.workspace.workspace_id or "": record for record in _selected(call, request)}
    return lambda after, count: [
        (record.workspace.workspace_id or "", record) for record in call.store.workspaces_after(after, count)
    ]


def _check_filters(request: s.DescribeWorkspacesRequest) -> None:
    filters = [request.workspace_ids, request.directory_id, request.bundle_id]
    if sum(given is not None for given in filters) > 1:
        raise InvalidParameterValuesException("WorkspaceIds, DirectoryId and BundleId exclude one another.")
    if request.user_name is not None and request.directory_id is None:
        raise InvalidParameterValuesException("UserName needs the DirectoryId of its directory.")


def _selected(call: Call, request: s.DescribeWorkspacesRequest) -> Iterator[WorkspaceRecord]:
    user = request.user_name.lower() if request.user_name is not None else None
    kept, ids = call.store.workspaces, request.workspace_ids
    for record in kept.values() if ids is None else [kept[one] for one in dict.fromkeys(ids) if one in kept]:
        workspace = record.workspace
        if (
            request.directory_id in (None, workspace.directory_id)
            and request.bundle_id in (None, workspace.bundle_id)
            and request.workspace_name in (None, workspace.workspace_name)
            and user in (None, (workspace.user_name or "").lower())
        ):
            yield record


def _described(call: Call, record: WorkspaceRecord) -> s.Workspace:
    """Return a WorkSpace with what is known by now of the one it is related to in another region."""
    workspace, related = record.workspace, list[s.RelatedWorkspaceProperties]()
    for other in workspace.related_workspaces:
        found = call.store_at(call.store.account_id, other.region or "").workspaces.get(other.workspace_id or "")
        if found is not None:
            related.append(replace(other, state=found.workspace.state))
    if workspace.related_workspaces and not related:
        # The other one is gone, and with it what tied them.
        record.workspace = replace(workspace, related_workspaces=[], standby_workspaces_properties=[])
        return record.workspace
    return replace(workspace, related_workspaces=related)


@operations.emulates(ops.CREATE_WORKSPACES)
def create_workspaces(call: Call, request: s.CreateWorkspacesRequest) -> s.CreateWorkspacesResult:
    """Create up to 25 WorkSpaces; what is wrong with one of them hinders none of the others."""
    quota = call.quotas.workspaces
    if quota is not None and len(call.store.workspaces) + len(request.workspaces) > quota:
        raise ResourceLimitExceededException(f"An account can have at most {quota} WorkSpaces in a region.")
    pending: list[s.Workspace] = []
    failed: list[s.FailedCreateWorkspaceRequest] = []
    for item in request.workspaces:
        try:
            pending.append(_create(call, item).workspace)
        except FailedItemError as refused:
            failed.append(
                s.FailedCreateWorkspaceRequest(
                    workspace_request=item, error_code=refused.code, error_message=refused.message
                )
            )
    return s.CreateWorkspacesResult(pending_requests=pending, failed_requests=failed)


def _create(call: Call, request: s.WorkspaceRequest) -> WorkspaceRecord:
    check_request(call.store, request)
    record = new_workspace(call.store, request)
    encrypted = bool(request.root_volume_encryption_enabled)
    duration = call.durations.create_encrypted_root if encrypted else call.durations.create
    record.change = StateChange(call.now + duration, enums.WorkspaceState.AVAILABLE)
    workspace_id, kind = record.workspace.workspace_id or "", enums.ApplicationAssociatedResourceType.WORKSPACE
    set_tags(call.store, workspace_id, request.tags)
    copy_installations(call.store, request.bundle_id or "", call.store, workspace_id, kind, call.now)
    return record


def check_request(store: Store, request: s.WorkspaceRequest) -> None:
    """Raise FailedItemError where such a WorkSpace cannot be."""
    directory = store.directories.get(request.directory_id or "")
    if directory is None or directory.directory.state is not enums.WorkspaceDirectoryState.REGISTERED:
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
        raise FailedItemError(_NO_TIMEOUT[mode], f"No auto-stop timeout goes with {mode}.")
    if timeout is not None and not is_auto_stop_timeout(timeout):
        raise FailedItemError(
            "InvalidParameterValues.WorkspaceProperties", "An auto-stop timeout goes in steps of 60 minutes."
        )
    if not is_volume_pair(properties.root_volume_size_gib, properties.user_volume_size_gib):
        raise FailedItemError(
            "InvalidParameterValues.WorkspaceProperties", "No WorkSpace has root and user volumes of these sizes."
        )


def _properties(store: Store, request: s.WorkspaceRequest) -> s.WorkspaceProperties:
    """Return the properties asked for, with what the bundle and AWS's defaults add to them."""
    bundle = store.bundles[request.bundle_id or ""]
    asked = request.workspace_properties or s.WorkspaceProperties()
    mode = asked.running_mode or enums.RunningMode.ALWAYS_ON
    timeout = asked.running_mode_auto_stop_timeout_in_minutes
    if timeout is None and mode is enums.RunningMode.AUTO_STOP:
        timeout = 60
    return replace(
        asked,
        running_mode=mode,
        running_mode_auto_stop_timeout_in_minutes=timeout,
        root_volume_size_gib=asked.root_volume_size_gib or volume_size_gib(bundle.root_storage),
        user_volume_size_gib=asked.user_volume_size_gib or volume_size_gib(bundle.user_storage),
        compute_type_name=asked.compute_type_name or (bundle.compute_type and bundle.compute_type.name),
        operating_system_name=asked.operating_system_name or operating_system(store, bundle),
        protocols=asked.protocols or [enums.Protocol.WSP],
    )


def new_workspace(store: Store, request: s.WorkspaceRequest) -> WorkspaceRecord:
    """Put a PENDING WorkSpace into the store, without its tags; the request has been checked."""
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
    store.workspaces[workspace_id] = record = WorkspaceRecord(workspace=workspace, arrived=_arrived(store, workspace))
    return record


def _arrived(store: Store, workspace: s.Workspace) -> s.Workspace:
    directory = store.directories[workspace.directory_id or ""].directory
    store.addresses_given += 1
    return replace(
        workspace,
        ip_address=private_address(store.addresses_given),
        computer_name=f"WSAMZN-{(workspace.workspace_id or '')[-8:].upper()}",
        subnet_id=directory.subnet_ids[0] if directory.subnet_ids else None,
    )


def private_address(number: int) -> str:
    """Return a private address; another number is another one."""
    return str(_ADDRESSES[number + 10])
