"""Directories registered with WorkSpaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from wsclient._generated.workspaces import enums
from wsclient._generated.workspaces import operations as ops
from wsclient._generated.workspaces import structures as s
from wsclient._generated.workspaces.errors import (
    InvalidParameterValuesException,
    InvalidResourceStateException,
    ResourceAlreadyExistsException,
    ResourceNotFoundException,
)
from wsclient.testing import _ids
from wsclient.testing._call import Call, Table
from wsclient.testing._operations.tags import tag_new
from wsclient.testing._pages import page_of
from wsclient.testing._store import DirectoryRecord

if TYPE_CHECKING:
    from wsclient.testing._store import Store

operations = Table()


@operations.emulates(ops.DESCRIBE_WORKSPACE_DIRECTORIES)
def describe_workspace_directories(
    call: Call, request: s.DescribeWorkspaceDirectoriesRequest
) -> s.DescribeWorkspaceDirectoriesResult:
    """List registered directories: all, by id, by name, or filtered by kind."""
    if request.directory_ids is not None and request.workspace_directory_names is not None:
        raise InvalidParameterValuesException("DirectoryIds and WorkspaceDirectoryNames exclude one another.")
    found = {
        directory_id: record.directory
        for directory_id, record in call.store.directories.items()
        if _is_asked_for(record.directory, request)
    }
    page, token = page_of(
        call.store, "DescribeWorkspaceDirectories", found, token=request.next_token, limit=request.limit
    )
    return s.DescribeWorkspaceDirectoriesResult(directories=page, next_token=token)


def _is_asked_for(directory: s.WorkspaceDirectory, request: s.DescribeWorkspaceDirectoriesRequest) -> bool:
    ids, names = request.directory_ids, request.workspace_directory_names
    if ids is not None and directory.directory_id not in ids:
        return False
    if names is not None and directory.workspace_directory_name not in names:
        return False
    return all(_value_of(directory, wanted) in wanted.values for wanted in request.filters or ())


def _value_of(directory: s.WorkspaceDirectory, wanted: s.DescribeWorkspaceDirectoriesFilter) -> str | None:
    if wanted.name is enums.DescribeWorkspaceDirectoriesFilterName.WORKSPACE_TYPE:
        return directory.workspace_type
    return directory.user_identity_type


@operations.emulates(ops.REGISTER_WORKSPACE_DIRECTORY)
def register_workspace_directory(
    call: Call, request: s.RegisterWorkspaceDirectoryRequest
) -> s.RegisterWorkspaceDirectoryResult:
    """Register a directory of AWS Directory Service, or one that WorkSpaces itself keeps."""
    store = call.store
    if request.directory_id is None:
        if request.workspace_directory_name is None:
            raise InvalidParameterValuesException("The request needs a DirectoryId or a WorkspaceDirectoryName.")
        directory_id = _ids.resource_id("wsd")
    else:
        directory_id = request.directory_id
        _check_free(store, directory_id)
    tag_new(store, directory_id, request.tags)
    store.unregistered.discard(directory_id)
    registering, registered = enums.WorkspaceDirectoryState.REGISTERING, enums.WorkspaceDirectoryState.REGISTERED
    directory = replace(new_directory(directory_id, request), state=registering)
    at = call.now + call.durations.register_directory
    store.directories[directory_id] = DirectoryRecord(directory=directory, change=(at, registered))
    return s.RegisterWorkspaceDirectoryResult(directory_id=directory_id, state=registering)


def _check_free(store: Store, directory_id: str) -> None:
    if directory_id in store.directories:
        raise ResourceAlreadyExistsException(f"The directory {directory_id} is already registered.")
    if directory_id not in store.unregistered:
        raise ResourceNotFoundException(
            "The specified directory could not be found in the specified region.", details={"ResourceId": directory_id}
        )


@operations.emulates(ops.DEREGISTER_WORKSPACE_DIRECTORY)
def deregister_workspace_directory(
    call: Call, request: s.DeregisterWorkspaceDirectoryRequest
) -> s.DeregisterWorkspaceDirectoryResult:
    """End a directory's registration; its WorkSpaces must be gone before."""
    record = registered(call.store, request.directory_id)
    if any(kept.workspace.directory_id == request.directory_id for kept in call.store.workspaces.values()):
        raise InvalidResourceStateException("The directory still has WorkSpaces: terminate them first.")
    record.directory = replace(record.directory, state=enums.WorkspaceDirectoryState.DEREGISTERING)
    at = call.now + call.durations.deregister_directory
    record.change = (at, enums.WorkspaceDirectoryState.DEREGISTERED)
    return s.DeregisterWorkspaceDirectoryResult()


def registered(store: Store, directory_id: str) -> DirectoryRecord:
    """Return the REGISTERED directory of that id, or raise the error that says why there is none."""
    record = store.directories.get(directory_id)
    if record is None:
        raise ResourceNotFoundException(
            "The specified directory could not be found in the specified region.", details={"ResourceId": directory_id}
        )
    if record.directory.state is not enums.WorkspaceDirectoryState.REGISTERED:
        raise InvalidResourceStateException(f"The directory is {record.directory.state}.")
    return record


def new_directory(directory_id: str, request: s.RegisterWorkspaceDirectoryRequest) -> s.WorkspaceDirectory:
    """Return a directory as it is described once it is registered."""
    group = _ids.hex_id("sg", 17)
    subnets = list(request.subnet_ids or (_ids.hex_id("subnet", 17), _ids.hex_id("subnet", 17)))
    creation = s.DefaultWorkspaceCreationProperties(
        enable_internet_access=False, user_enabled_as_local_administrator=True, enable_maintenance_mode=True
    )
    return s.WorkspaceDirectory(
        directory_id=directory_id,
        alias=directory_id,
        directory_name="corp.example.com",
        registration_code=_ids.registration_code(),
        subnet_ids=subnets,
        dns_ip_addresses=["10.0.0.2", "10.0.0.3"],
        directory_type=enums.WorkspaceDirectoryType.SIMPLE_AD,
        workspace_security_group_id=group,
        state=enums.WorkspaceDirectoryState.REGISTERED,
        workspace_creation_properties=creation,
        tenancy=request.tenancy or enums.Tenancy.SHARED,
        workspace_directory_name=request.workspace_directory_name,
        workspace_directory_description=request.workspace_directory_description,
        user_identity_type=request.user_identity_type or enums.UserIdentityType.AWS_DIRECTORY_SERVICE,
        workspace_type=request.workspace_type or enums.WorkspaceType.PERSONAL,
        workspace_os_user_mode=request.workspace_os_user_mode,
        microsoft_entra_config=request.microsoft_entra_config,
        active_directory_config=request.active_directory_config,
    )
