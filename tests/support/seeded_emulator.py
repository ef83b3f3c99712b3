"""An emulator with some of everything, and what a client sees of it."""

from __future__ import annotations

from tests.support.emulators import Caller
from tests.support.in_process import client_of
from tests.support.virtual_time import stopped_clock
from wsclient import types
from wsclient.testing import Emulator, Inventory

ACCOUNT = "210987654321"


async def inventory_of(aws: Emulator) -> Inventory:
    """Return what a client sees of an emulator's account."""
    async with client_of(aws) as client:
        return await Inventory.of(client)


def full_emulator() -> Emulator:
    """Return an emulator with some of everything, partly under way."""
    aws = Emulator(region="eu-west-1", account_id=ACCOUNT, clock=stopped_clock())
    caller = Caller(aws, region="eu-west-1")
    first, *_ = aws.add_workspaces(30)
    aws.connect_user(first)
    pools = aws.add_directory(kind=types.WorkspaceType.POOLS)
    aws.add_bundle("ours")
    image = aws.add_image("ours as well")
    aws.add_application("editor")
    other = caller.other(account_id="999999999999")
    caller.call(
        "CreateIpGroup",
        {"GroupName": "office", "UserRules": [{"ipRule": "192.0.2.0/24"}], "Tags": [{"Key": "k", "Value": "v"}]},
    )
    alias = caller.call("CreateConnectionAlias", {"ConnectionString": "desk.example.com"})["AliasId"]
    shared = other.call("CreateConnectionAlias", {"ConnectionString": "shared.example.com"})["AliasId"]
    caller.call(
        "CreateWorkspacesPool",
        {
            "PoolName": "pool",
            "Description": "pool",
            "BundleId": aws.bundle_id,
            "DirectoryId": pools,
            "Capacity": {"DesiredUserSessions": 2},
        },
    )
    aws.clock.advance(minutes=2)
    caller.call("AssociateConnectionAlias", {"AliasId": alias, "ResourceId": aws.directory_id})
    permission = {"SharedAccountId": ACCOUNT, "AllowAssociation": True}
    other.call("UpdateConnectionAliasPermission", {"AliasId": shared, "ConnectionAliasPermission": permission})
    caller.call("CreateTags", {"ResourceId": first, "Tags": [{"Key": "team", "Value": "a"}]})
    caller.call("CopyWorkspaceImage", {"Name": "copy", "SourceImageId": image, "SourceRegion": "eu-west-1"})
    request = {"DirectoryId": aws.directory_id, "UserName": "new", "BundleId": aws.bundle_id}
    caller.call("CreateWorkspaces", {"Workspaces": [request]})
    return aws
