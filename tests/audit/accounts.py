"""Accounts of the emulator that audits judge: a clean one, and one with a fault for each check that can fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.endpoint_stage import ensure
from wsclient.testing import Route, Rule
from wsclient.types import (
    ClientProperties,
    IpRuleItem,
    SelfservicePermissions,
    Tag,
    WorkspaceAccessProperties,
    WorkspaceCreationProperties,
    WorkspaceProperties,
    WorkspaceRequest,
)

if TYPE_CHECKING:
    from wsclient import WorkSpacesClient
    from wsclient.testing import Emulator

DEVICES = (
    "windows",
    "osx",
    "web",
    "ios",
    "android",
    "chrome_os",
    "zero_client",
    "linux",
    "work_spaces_thin_client",
)
PERMISSIONS = (
    "restart_workspace",
    "increase_volume_size",
    "change_compute_type",
    "switch_running_mode",
    "rebuild_workspace",
)
CUSTOMER_KEY = "alias/desktops"


async def make_clean(aws: Emulator, ws: WorkSpacesClient) -> str:
    """Set up the account as the checks would have it; return the id of its interface endpoint."""
    directory_id = aws.directory_id
    await _access(ws, directory_id, "DENY")
    await _creation(ws, directory_id, faulty=False)
    await _self_service(ws, directory_id, "DISABLED")
    await _clients(ws, directory_id, reconnect="DISABLED", logs="ENABLED")
    group = await ws.create_ip_group(group_name="office", user_rules=[IpRuleItem(ip_rule="203.0.113.0/24")])
    await ws.associate_ip_groups(directory_id=directory_id, group_ids=[group.group_id or ""])
    network = aws.network
    network.set_directory(directory_id, kind="MicrosoftAD", radius_status="Completed", radius_protocol="MS-CHAPv2")
    network.set_rules(await _group(ws, directory_id), [Rule(sources=("10.0.0.0/16",))])
    workspace_id = await _workspace(aws, ws, encrypted=True, protocol="WSP")
    aws.connect_user(workspace_id)
    endpoint = await (await ensure(aws, ws)).run()
    aws.advance(minutes=30)
    return endpoint.id


async def make_faulty(aws: Emulator, ws: WorkSpacesClient) -> None:
    """Give the account every fault that the emulator can show."""
    directory_id, network = aws.directory_id, aws.network
    await _access(ws, directory_id, "ALLOW")
    await _creation(ws, directory_id, faulty=True)
    await _self_service(ws, directory_id, "ENABLED")
    await _clients(ws, directory_id, reconnect="ENABLED", logs="DISABLED")
    network.set_directory(directory_id, kind="ADConnector", radius_status="Failed", radius_protocol="PAP")
    network.set_vpc(network.vpc_id, is_default=True)
    network.add_route_table(
        network.vpc_id,
        subnet_ids=network.private_subnet_ids,
        routes=[Route(destination="0.0.0.0/0", target="igw-12345678")],
    )
    network.set_rules(await _group(ws, directory_id), [Rule(sources=("0.0.0.0/1", "128.0.0.0/1"))])
    workspace_id = await _workspace(aws, ws, encrypted=False, protocol="PCOIP")
    aws.set_workspace_state(workspace_id, "UNHEALTHY")
    network.set_public_address(workspace_id, "52.0.0.5")


async def _access(ws: WorkSpacesClient, directory_id: str, value: str) -> None:
    properties = {f"device_type_{device}": value for device in DEVICES}
    await ws.modify_workspace_access_properties(
        resource_id=directory_id,
        workspace_access_properties=WorkspaceAccessProperties(**properties),  # type: ignore[arg-type]
    )


async def _creation(ws: WorkSpacesClient, directory_id: str, *, faulty: bool) -> None:
    await ws.modify_workspace_creation_properties(
        resource_id=directory_id,
        workspace_creation_properties=WorkspaceCreationProperties(
            enable_internet_access=faulty,
            user_enabled_as_local_administrator=faulty,
            enable_maintenance_mode=not faulty,
        ),
    )


async def _self_service(ws: WorkSpacesClient, directory_id: str, value: str) -> None:
    await ws.modify_selfservice_permissions(
        resource_id=directory_id,
        selfservice_permissions=SelfservicePermissions(**dict.fromkeys(PERMISSIONS, value)),  # type: ignore[arg-type]
    )


async def _clients(ws: WorkSpacesClient, directory_id: str, *, reconnect: str, logs: str) -> None:
    await ws.modify_client_properties(
        resource_id=directory_id,
        client_properties=ClientProperties(reconnect_enabled=reconnect, log_upload_enabled=logs),  # type: ignore[arg-type]
    )


async def _group(ws: WorkSpacesClient, directory_id: str) -> str:
    (described,) = (await ws.describe_workspace_directories(directory_ids=[directory_id])).directories
    return described.workspace_security_group_id or ""


async def _workspace(aws: Emulator, ws: WorkSpacesClient, *, encrypted: bool, protocol: str) -> str:
    bundle = (await ws.describe_workspace_bundles(owner="AMAZON")).bundles[0]
    request = WorkspaceRequest(
        directory_id=aws.directory_id,
        user_name="ann",
        bundle_id=bundle.bundle_id or "",
        user_volume_encryption_enabled=encrypted,
        root_volume_encryption_enabled=encrypted,
        volume_encryption_key=CUSTOMER_KEY if encrypted else None,
        workspace_properties=WorkspaceProperties(protocols=[protocol]),  # type: ignore[list-item]
        tags=[Tag(key="Team", value="desktops")] if encrypted else [],
    )
    output = await ws.create_workspaces(workspaces=[request])
    aws.advance(hours=1)
    return output.pending_requests[0].workspace_id or ""
