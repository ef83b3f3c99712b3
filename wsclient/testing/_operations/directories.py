"""Operations of directories: register, describe and deregister."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from wsclient._generated.workspaces import enums
from wsclient._generated.workspaces import operations as ops
from wsclient._generated.workspaces import structures as s
from wsclient._generated.workspaces.errors import (
    InvalidParameterValuesException,
    InvalidResourceStateException,
    OperationNotSupportedException,
    ResourceAlreadyExistsException,
    ResourceLimitExceededException,
    ResourceNotFoundException,
)
from wsclient.testing._operations.handler import Call, HandlerTable
from wsclient.testing._operations.pagination import paginate
from wsclient.testing._operations.tags import tag_new_resource
from wsclient.testing._state import ids as _ids
from wsclient.testing._state.store import DirectoryRecord

if TYPE_CHECKING:
    from wsclient.testing._state.store import Store

operations = HandlerTable()

_ALLOW, _DENY = enums.AccessPropertyValue.ALLOW, enums.AccessPropertyValue.DENY
_ACCESS = s.WorkspaceAccessProperties(
    device_type_windows=_ALLOW,
    device_type_osx=_ALLOW,
    device_type_web=_DENY,
    device_type_ios=_ALLOW,
    device_type_android=_ALLOW,
    device_type_chrome_os=_ALLOW,
    device_type_zero_client=_ALLOW,
    device_type_linux=_DENY,
    device_type_work_spaces_thin_client=_ALLOW,
)
"""Access properties of a newly registered directory."""


@operations.emulates(ops.DESCRIBE_WORKSPACE_DIRECTORIES)
def describe_workspace_directories(
    call: Call, request: s.DescribeWorkspaceDirectoriesRequest
) -> s.DescribeWorkspaceDirectoriesResult:
    """List directories: all, by id, by name, or filtered by WorkSpace type or identity type."""
    if request.directory_ids is not None and request.workspace_directory_names is not None:
        raise InvalidParameterValuesException("Specify either DirectoryIds or WorkspaceDirectoryNames, not both.")
    directories = {
        directory_id: record.directory
        for directory_id, record in call.store.directories.items()
        if _matches(record.directory, request)
    }
    page, token = paginate(call, request, directories, limit=request.limit)
    return s.DescribeWorkspaceDirectoriesResult(directories=page, next_token=token)


def _matches(directory: s.WorkspaceDirectory, request: s.DescribeWorkspaceDirectoriesRequest) -> bool:
    ids, names = request.directory_ids, request.workspace_directory_names
    if ids is not None and directory.directory_id not in ids:
        return False
    if names is not None and directory.workspace_directory_name not in names:
        return False
    return all(_filter_value(directory, item) in item.values for item in request.filters or ())


def _filter_value(directory: s.WorkspaceDirectory, item: s.DescribeWorkspaceDirectoriesFilter) -> str | None:
    if item.name == enums.DescribeWorkspaceDirectoriesFilterName.WORKSPACE_TYPE:
        return directory.workspace_type
    return directory.user_identity_type


@operations.emulates(ops.REGISTER_WORKSPACE_DIRECTORY)
def register_workspace_directory(
    call: Call, request: s.RegisterWorkspaceDirectoryRequest
) -> s.RegisterWorkspaceDirectoryResult:
    """Register a directory of AWS Directory Service, or create a directory managed by WorkSpaces."""
    store = call.store
    if request.directory_id is None:
        if request.workspace_directory_name is None:
            raise InvalidParameterValuesException("DirectoryId or WorkspaceDirectoryName is required.")
        directory_id = _ids.resource_id("wsd")
    else:
        directory_id = request.directory_id
        _check_unregistered(store, directory_id)
    _check_registration(call, request)
    tag_new_resource(store, directory_id, request.tags)
    store.unregistered.discard(directory_id)
    registering, registered = enums.WorkspaceDirectoryState.REGISTERING, enums.WorkspaceDirectoryState.REGISTERED
    directory = replace(new_directory(store.account_id, directory_id, request), state=registering)
    at = call.now + call.durations.register_directory
    store.directories[directory_id] = DirectoryRecord(directory=directory, change=(at, registered))
    return s.RegisterWorkspaceDirectoryResult(directory_id=directory_id, state=registering)


def _check_registration(call: Call, request: s.RegisterWorkspaceDirectoryRequest) -> None:
    if len(call.store.directories) >= call.quotas.directories:
        raise ResourceLimitExceededException(
            f"An account can have at most {call.quotas.directories} registered directories."
        )
    if request.tenancy == enums.Tenancy.DEDICATED and not call.store.byol.is_enabled:
        raise InvalidParameterValuesException("The account is not enabled for BYOL.")
    subnets = request.subnet_ids or ()
    if len(set(subnets)) != len(subnets):
        raise OperationNotSupportedException("The subnets must be in separate Availability Zones.")


def _check_unregistered(store: Store, directory_id: str) -> None:
    if directory_id in store.directories:
        raise ResourceAlreadyExistsException(f"The directory {directory_id} is already registered.")
    if directory_id not in store.unregistered:
        raise ResourceNotFoundException(
            "The specified directory could not be found in the specified region.",
            details={"ResourceId": directory_id},
        )


@operations.emulates(ops.DEREGISTER_WORKSPACE_DIRECTORY)
def deregister_workspace_directory(
    call: Call, request: s.DeregisterWorkspaceDirectoryRequest
) -> s.DeregisterWorkspaceDirectoryResult:
    """Deregister a directory that has no WorkSpaces, no pools and no connection alias."""
    record = registered_directory(call.store, request.directory_id)
    _check_unused(call, request.directory_id)
    record.directory = replace(record.directory, state=enums.WorkspaceDirectoryState.DEREGISTERING)
    at = call.now + call.durations.deregister_directory
    record.change = (at, enums.WorkspaceDirectoryState.DEREGISTERED)
    return s.DeregisterWorkspaceDirectoryResult()


def _check_unused(call: Call, directory_id: str) -> None:
    if any(record.workspace.directory_id == directory_id for record in call.store.workspaces.values()):
        raise InvalidResourceStateException("The directory still has WorkSpaces: terminate them first.")
    if any(record.described.directory_id == directory_id for record in call.store.pools.values()):
        raise InvalidResourceStateException("The directory still has pools: terminate them first.")
    # An alias that is shared with the account is in the store of its owner.
    aliases = [alias for store in call.stores_in(call.store.region) for alias in store.aliases.values()]
    if any(alias.association is not None and alias.association.resource_id == directory_id for alias in aliases):
        raise InvalidResourceStateException("The directory still has a connection alias: disassociate it first.")


def registered_directory(store: Store, directory_id: str) -> DirectoryRecord:
    """Return the REGISTERED directory of an id.

    Raises ResourceNotFoundException if it does not exist, InvalidResourceStateException in another state.
    """
    record = store.directories.get(directory_id)
    if record is None:
        raise ResourceNotFoundException(
            "The specified directory could not be found in the specified region.",
            details={"ResourceId": directory_id},
        )
    if record.directory.state != enums.WorkspaceDirectoryState.REGISTERED:
        raise InvalidResourceStateException(f"The directory is {record.directory.state}.")
    return record


def new_directory(
    account_id: str, directory_id: str, request: s.RegisterWorkspaceDirectoryRequest
) -> s.WorkspaceDirectory:
    """Return a new directory in the state REGISTERED."""
    group = _ids.hex_id("sg", 17)
    subnets = list(request.subnet_ids or (_ids.hex_id("subnet", 17), _ids.hex_id("subnet", 17)))
    creation = s.DefaultWorkspaceCreationProperties(
        enable_internet_access=False, user_enabled_as_local_administrator=True, enable_maintenance_mode=True
    )
    idc = request.idc_instance_arn
    return s.WorkspaceDirectory(
        directory_id=directory_id,
        alias=directory_id,
        directory_name="corp.example.com",
        registration_code=_ids.registration_code(),
        subnet_ids=subnets,
        dns_ip_addresses=["10.0.0.2", "10.0.0.3"],
        customer_user_name="Administrator",
        iam_role_id=f"arn:aws:iam::{account_id}:role/workspaces_DefaultRole",
        directory_type=enums.WorkspaceDirectoryType.SIMPLE_AD,
        workspace_security_group_id=group,
        state=enums.WorkspaceDirectoryState.REGISTERED,
        workspace_creation_properties=creation,
        workspace_access_properties=_ACCESS,
        selfservice_permissions=_selfservice(request.enable_self_service),
        saml_properties=s.SamlProperties(status=enums.SamlStatusEnum.DISABLED, relay_state_parameter_name="RelayState"),
        certificate_based_auth_properties=s.CertificateBasedAuthProperties(
            status=enums.CertificateBasedAuthStatusEnum.DISABLED
        ),
        endpoint_encryption_mode=enums.EndpointEncryptionMode.STANDARD_TLS,
        tenancy=request.tenancy or enums.Tenancy.SHARED,
        workspace_directory_name=request.workspace_directory_name,
        workspace_directory_description=request.workspace_directory_description,
        user_identity_type=request.user_identity_type or enums.UserIdentityType.AWS_DIRECTORY_SERVICE,
        workspace_type=request.workspace_type or enums.WorkspaceType.PERSONAL,
        workspace_os_user_mode=request.workspace_os_user_mode,
        microsoft_entra_config=request.microsoft_entra_config,
        active_directory_config=request.active_directory_config,
        idc_config=s.IDCConfig(instance_arn=idc) if idc else None,
    )


def _selfservice(is_enabled: bool | None) -> s.SelfservicePermissions:  # noqa: FBT001 - AWS's own flag
    enabled, disabled = enums.ReconnectEnum.ENABLED, enums.ReconnectEnum.DISABLED
    optional = enabled if is_enabled else disabled
    return s.SelfservicePermissions(
        restart_workspace=enabled,
        increase_volume_size=optional,
        change_compute_type=optional,
        switch_running_mode=optional,
        rebuild_workspace=optional,
        nested_virtualization=disabled,
        enable_end_user_advisor=enabled,
    )
