"""Snapshots, restores, migrations, standbys and connections in the emulator, state by state."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.emulator_calls import Members, change, describe, modify, refusal
from tests.support.emulators import Caller
from tests.support.virtual_time import WallClock
from wsclient.errors import ConfigurationError
from wsclient.testing import Emulator, Quotas
from wsclient.types import OperatingSystemName, RunningMode, WorkspaceState


@pytest.fixture
def caller() -> Caller:
    """Give an emulator of its own to each test, in this process, at a standing clock, with two regions."""
    return Caller(Emulator(clock=WallClock(), other_regions=["us-east-1"]))


def snapshots(caller: Caller, workspace_id: str) -> tuple[list[float], list[float]]:
    """Return the times of the snapshots for rebuilding and for restoring."""
    answer: Any = caller.call("DescribeWorkspaceSnapshots", {"WorkspaceId": workspace_id})
    rebuild, restore = answer["RebuildSnapshots"], answer["RestoreSnapshots"]
    return [item["SnapshotTime"] for item in rebuild], [item["SnapshotTime"] for item in restore]


def bundle(caller: Caller, ending: str) -> str:
    """Return the id of AWS's bundle whose name has this ending."""
    bundles: Any = caller.call("DescribeWorkspaceBundles", {"Owner": "AMAZON"})["Bundles"]
    return str(next(item["BundleId"] for item in bundles if item["Name"].endswith(ending)))


def test_snapshots_follow_after_30_minutes_and_12_hours(caller: Caller) -> None:
    """A new WorkSpace has no snapshot and cannot be restored; snapshots follow after 30 minutes and every 12 hours."""
    answer: Any = caller.call(
        "CreateWorkspaces",
        {"Workspaces": [{"DirectoryId": caller.aws.directory_id, "UserName": "a", "BundleId": caller.aws.bundle_id}]},
    )
    workspace_id = answer["PendingRequests"][0]["WorkspaceId"]
    caller.aws.clock.advance(minutes=49)
    assert snapshots(caller, workspace_id) == ([], [])
    assert refusal(caller, "RestoreWorkspace", {"WorkspaceId": workspace_id}) == "OperationNotSupportedException"
    caller.aws.clock.advance(minutes=1)
    first, _ = snapshots(caller, workspace_id)
    caller.aws.clock.advance(hours=11, minutes=59)
    assert snapshots(caller, workspace_id) == (first, first)
    caller.aws.clock.advance(minutes=1)
    assert snapshots(caller, workspace_id) == ([first[0] + 12 * 3600], [first[0] + 12 * 3600])


def test_rebuilt_workspace_has_no_snapshots(caller: Caller) -> None:
    """A rebuilt WorkSpace has no snapshots until its next one: earlier snapshots are discarded."""
    workspace_id = caller.aws.add_workspaces()[0]
    assert change(caller, "RebuildWorkspaces", workspace_id) == []
    caller.aws.clock.advance(minutes=30)
    assert snapshots(caller, workspace_id) == ([], [])
    caller.aws.clock.advance(minutes=30)
    assert len(snapshots(caller, workspace_id)[0]) == 1


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (WorkspaceState.REBOOTING, "OperationInProgressException"),
        (WorkspaceState.SUSPENDED, "OperationNotSupportedException"),
        (WorkspaceState.ADMIN_MAINTENANCE, "OperationNotSupportedException"),
    ],
)
def test_a_workspace_migrates_from_some_states_only(caller: Caller, state: WorkspaceState, code: str) -> None:
    """A WorkSpace in a transitional state, SUSPENDED or ADMIN_MAINTENANCE cannot be migrated."""
    workspace_id = caller.aws.add_workspaces(state=state)[0]
    members = {"SourceWorkspaceId": workspace_id, "BundleId": caller.aws.bundle_id}
    assert refusal(caller, "MigrateWorkspace", members) == code


def test_unsupported_migrations_are_rejected(caller: Caller) -> None:
    """A Linux WorkSpace, an unknown bundle and a WorkSpace with a pending modification cannot be migrated."""
    linux = caller.aws.add_workspaces(bundle_id=bundle(caller, "Ubuntu 22.04"))[0]
    windows = caller.aws.add_workspaces()[0]
    to_windows = {"SourceWorkspaceId": linux, "BundleId": caller.aws.bundle_id}
    assert refusal(caller, "MigrateWorkspace", to_windows) == "OperationNotSupportedException"
    nowhere = {"SourceWorkspaceId": windows, "BundleId": "wsb-000000000"}
    assert refusal(caller, "MigrateWorkspace", nowhere) == "ResourceNotFoundException"
    modify(caller, windows, UserVolumeSizeGib=100)
    move = {"SourceWorkspaceId": windows, "BundleId": caller.aws.bundle_id}
    assert refusal(caller, "MigrateWorkspace", move) == "OperationInProgressException"


def test_byol_and_public_bundles_do_not_mix(caller: Caller) -> None:
    """A WorkSpace of a public bundle is not migrated to a BYOL bundle."""
    caller.aws.allow_byol()
    draft = {"Ec2ImageId": caller.aws.add_ec2_image(), "IngestionProcess": "BYOL_REGULAR_WSP"}
    named = draft | {"ImageName": "own", "ImageDescription": "own"}
    image_id = caller.call("ImportWorkspaceImage", named)["ImageId"]
    caller.aws.clock.advance(hours=3)
    made: Any = caller.call(
        "CreateWorkspaceBundle",
        {
            "BundleName": "own",
            "BundleDescription": "own",
            "ImageId": image_id,
            "ComputeType": {"Name": "STANDARD"},
            "UserStorage": {"Capacity": "50"},
        },
    )
    own = made["WorkspaceBundle"]["BundleId"]
    move = {"SourceWorkspaceId": caller.aws.add_workspaces()[0], "BundleId": own}
    assert refusal(caller, "MigrateWorkspace", move) == "OperationNotSupportedException"


def test_a_migrated_workspace_keeps_its_user_tags_and_running_mode(caller: Caller) -> None:
    """A migration keeps tags and running mode; the new WorkSpace is PENDING until the old one is removed."""
    workspace_id = caller.aws.add_workspaces(running_mode=RunningMode.AUTO_STOP)[0]
    caller.call("CreateTags", {"ResourceId": workspace_id, "Tags": [{"Key": "team", "Value": "blue"}]})
    target = caller.call(
        "MigrateWorkspace", {"SourceWorkspaceId": workspace_id, "BundleId": bundle(caller, "Power with Windows 10")}
    )["TargetWorkspaceId"]
    assert sorted(caller.states(), key=str) == ["PENDING", "UPDATING"]
    caller.aws.clock.advance(hours=1)
    (after,) = describe(caller)
    assert (after["WorkspaceId"], after["WorkspaceProperties"]["RunningMode"]) == (target, "AUTO_STOP")
    tags = caller.call("DescribeTags", {"ResourceId": target})["TagList"]
    assert tags == [{"Key": "team", "Value": "blue"}]


def test_stopping_ends_the_user_connection(caller: Caller) -> None:
    """Only an AVAILABLE WorkSpace can be connected to; stopping it disconnects, and the time stays known."""
    workspace_id = caller.aws.add_workspaces(running_mode=RunningMode.AUTO_STOP)[0]

    def status() -> Members:
        listed: Any = caller.call("DescribeWorkspacesConnectionStatus")["WorkspacesConnectionStatus"]
        return dict(listed[0])

    caller.aws.connect_user(workspace_id)
    assert status()["ConnectionState"] == "CONNECTED"
    caller.aws.disconnect_user(workspace_id)
    assert status()["ConnectionState"] == "DISCONNECTED"
    caller.aws.connect_user(workspace_id)
    change(caller, "StopWorkspaces", workspace_id)
    with pytest.raises(ConfigurationError, match="STOPPING"):
        caller.aws.connect_user(workspace_id)
    caller.aws.clock.advance(minutes=2)
    change(caller, "StartWorkspaces", workspace_id)
    caller.aws.clock.advance(minutes=2)
    assert (status()["ConnectionState"], "LastKnownUserConnectionTimestamp" in status()) == ("DISCONNECTED", True)
    with pytest.raises(ConfigurationError, match="unknown WorkSpace"):
        caller.aws.connect_user("ws-000000000")


def test_standby_needs_an_available_primary(caller: Caller) -> None:
    """A standby needs an AVAILABLE primary without a standby; a standby cannot have one."""
    there = caller.other(region="us-east-1")
    directory_id = caller.aws.add_directory(region="us-east-1")
    ready = caller.aws.add_workspaces(bundle_id=bundle(caller, "Power with Windows 10"))[0]
    ill = caller.aws.add_workspaces(state=WorkspaceState.UNHEALTHY)[0]

    def ask(*ids: str) -> Members:
        items = [{"PrimaryWorkspaceId": workspace_id, "DirectoryId": directory_id} for workspace_id in ids]
        answer = there.call("CreateStandbyWorkspaces", {"PrimaryRegion": "us-west-2", "StandbyWorkspaces": items})
        return dict(answer)

    answer = ask(ready, ill, ready)
    assert [request["State"] for request in answer["PendingStandbyRequests"]] == ["PENDING"]
    # The primary's bundle id belongs to another region: the standby uses the most similar bundle of its own.
    (standby,) = describe(there)
    bundles: Any = there.call("DescribeWorkspaceBundles", {"BundleIds": [standby["BundleId"]]})["Bundles"]
    assert bundles[0]["ComputeType"] == {"Name": standby["WorkspaceProperties"]["ComputeTypeName"]}
    failed = [request["ErrorCode"] for request in answer["FailedStandbyRequests"]]
    assert failed == ["InvalidResourceState.Workspace", "ResourceExists.WorkSpace"]


def test_removed_primary_releases_its_standby(caller: Caller) -> None:
    """When a primary or its standby is removed, the other is an ordinary WorkSpace."""
    there = caller.other(region="us-east-1")
    item = {
        "PrimaryWorkspaceId": caller.aws.add_workspaces()[0],
        "DirectoryId": caller.aws.add_directory(region="us-east-1"),
    }
    there.call("CreateStandbyWorkspaces", {"PrimaryRegion": "us-west-2", "StandbyWorkspaces": [item]})
    caller.aws.clock.advance(minutes=20)
    assert describe(there)[0]["RelatedWorkspaces"][0]["State"] == "AVAILABLE"
    change(caller, "TerminateWorkspaces", item["PrimaryWorkspaceId"])
    assert describe(there)[0]["RelatedWorkspaces"][0]["State"] == "TERMINATING"
    caller.aws.clock.advance(minutes=5)
    assert describe(there)[0]["RelatedWorkspaces"] == []


def test_default_quotas_are_those_of_aws() -> None:
    """Default quotas are those of AWS's documentation; WorkSpaces are unlimited unless a quota is set."""
    documented = {
        "standby_workspaces": 5,
        "bundles": 50,
        "images": 40,
        "directories": 50,
        "connection_aliases": 20,
        "ip_groups": 100,
        "ip_groups_per_directory": 25,
        "rules_per_ip_group": 10,
    }
    assert {name: getattr(Quotas(), name) for name in documented} == documented
    assert Quotas().workspaces is None
    caller = Caller(Emulator(clock=WallClock(), quotas=Quotas(workspaces=1)))
    wanted = {"DirectoryId": caller.aws.directory_id, "UserName": "a", "BundleId": caller.aws.bundle_id}
    caller.aws.add_workspaces(3)
    assert refusal(caller, "CreateWorkspaces", {"Workspaces": [wanted]}) == "ResourceLimitExceededException"


def test_seeding_an_unserved_region_is_rejected(caller: Caller) -> None:
    """A region that the emulator does not serve is refused by name."""
    with pytest.raises(ConfigurationError, match="eu-west-1"):
        caller.aws.add_directory(region="eu-west-1")
    linux = caller.aws.add_image("penguin", operating_system=OperatingSystemName.UBUNTU_22_04)
    images: Any = caller.call("DescribeWorkspaceImages", {"ImageIds": [linux]})["Images"]
    assert images[0]["OperatingSystem"] == {"Type": "LINUX"}
