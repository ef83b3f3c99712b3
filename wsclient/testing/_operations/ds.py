"""Operations of AWS Directory Service that describe directories.

A directory without facts of its own is a Simple AD or an AD Connector, as its WorkSpaces registration says, without
RADIUS servers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient._generated.ds import enums
from wsclient._generated.ds import errors as e
from wsclient._generated.ds import operations as ops
from wsclient._generated.ds import structures as s
from wsclient._generated.workspaces.enums import WorkspaceDirectoryType
from wsclient.testing._operations.handler import Call, HandlerTable
from wsclient.testing._operations.pagination import paginate
from wsclient.testing._state.directory_services import DirectoryServiceRecord

if TYPE_CHECKING:
    from wsclient.testing._state.store import Store

operations = HandlerTable()

_RADIUS_PORT = 1812


@operations.emulates(ops.DESCRIBE_DIRECTORIES)
def describe_directories(call: Call, request: s.DescribeDirectoriesRequest) -> s.DescribeDirectoriesResult:
    """List directories, registered with WorkSpaces or not."""
    call.network.adopt(call.store, call.endpoints.all())
    ids = directory_ids(call.store)
    for directory_id in request.directory_ids or ():
        if directory_id not in ids:
            raise e.EntityDoesNotExistException(f"Directory {directory_id} does not exist.")
    wanted = {directory_id: directory_id for directory_id in request.directory_ids or ids}
    page, token = paginate(call, request, wanted, limit=request.limit, error_type=e.InvalidNextTokenException)
    found = [_description(call, directory_id) for directory_id in page]
    return s.DescribeDirectoriesResult(directory_descriptions=found, next_token=token)


@operations.emulates(ops.DESCRIBE_CLIENT_AUTHENTICATION_SETTINGS)
def describe_client_authentication_settings(
    call: Call, request: s.DescribeClientAuthenticationSettingsRequest
) -> s.DescribeClientAuthenticationSettingsResult:
    """Return whether smart cards are enabled; Simple AD does not support them."""
    if request.directory_id not in directory_ids(call.store):
        raise e.DirectoryDoesNotExistException(f"Directory {request.directory_id} does not exist.")
    record = _record(call, request.directory_id)
    if record.kind == enums.DirectoryType.SIMPLEAD:
        raise e.UnsupportedOperationException("Client authentication is not supported for this directory.")
    if record.smart_cards is None:
        return s.DescribeClientAuthenticationSettingsResult()
    info = s.ClientAuthenticationSettingInfo(
        type=enums.ClientAuthenticationType.SMARTCARD, status=enums.ClientAuthenticationStatus(record.smart_cards)
    )
    return s.DescribeClientAuthenticationSettingsResult(client_authentication_settings_info=[info])


def directory_ids(store: Store) -> list[str]:
    """Return the ids of the directories that Directory Service has: not those that WorkSpaces manages itself."""
    return [each for each in sorted({*store.directories, *store.unregistered}) if each.startswith("d-")]


def _record(call: Call, directory_id: str) -> DirectoryServiceRecord:
    if (record := call.directory_services.get(directory_id)) is not None:
        return record
    registered = call.store.directories.get(directory_id)
    is_connector = registered is not None and registered.directory.directory_type == WorkspaceDirectoryType.AD_CONNECTOR
    kinds = enums.DirectoryType
    return DirectoryServiceRecord(kind=kinds.ADCONNECTOR if is_connector else kinds.SIMPLEAD)


def _description(call: Call, directory_id: str) -> s.DirectoryDescription:
    record = _record(call, directory_id)
    registered = call.store.directories.get(directory_id)
    status = enums.RadiusStatus(record.radius_status) if record.radius_status else None
    subnet_ids = list(registered.directory.subnet_ids) if registered else []
    settings = None
    if record.radius_protocol is not None:
        settings = s.RadiusSettings(
            radius_servers=["10.0.0.7"],
            radius_port=_RADIUS_PORT,
            authentication_protocol=enums.RadiusAuthenticationProtocol(record.radius_protocol),
        )
    owner = s.OwnerDirectoryDescription(radius_settings=settings, radius_status=status)
    is_own = not record.shares_owner_radius
    return s.DirectoryDescription(
        directory_id=directory_id,
        name="corp.example.com",
        type=enums.DirectoryType(record.kind),
        stage=enums.DirectoryStage.ACTIVE,
        radius_settings=settings if is_own else None,
        radius_status=status if is_own else None,
        owner_directory_description=None if is_own else owner,
        vpc_settings=s.DirectoryVpcSettingsDescription(subnet_ids=subnet_ids) if subnet_ids else None,
    )
