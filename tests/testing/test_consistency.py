"""Eventual consistency of the emulator: only lists lag behind creations and deletions."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.emulator_calls import change, create, describe, refusal
from tests.support.emulators import Caller
from tests.support.virtual_time import WallClock
from wsclient._generated.workspaces.enums import WorkspaceType
from wsclient.testing import Durations, Emulator

if TYPE_CHECKING:
    from collections.abc import Callable

LAG = timedelta(seconds=10)
STRING = {"ConnectionString": "desk.example.com"}
OTHER = "210987654321"


def caller(*, appear: timedelta = timedelta(), disappear: timedelta = timedelta()) -> Caller:
    """Return a caller for an emulator with lagging lists and a stopped clock."""
    durations = Durations(appear=appear, disappear=disappear)
    return Caller(Emulator(clock=WallClock(), durations=durations, other_regions=["eu-west-1"]))


def image(at: Caller) -> str:
    """Make an image of a WorkSpace."""
    members = {"Name": "gold", "Description": "d", "WorkspaceId": at.aws.add_workspaces()[0]}
    return str(at.call("CreateWorkspaceImage", members)["ImageId"])


def bundle(at: Caller) -> str:
    """Make a bundle of an image."""
    members: dict[str, Any] = {
        "BundleName": "b",
        "BundleDescription": "d",
        "ImageId": at.aws.add_image("gold"),
        "ComputeType": {"Name": "STANDARD"},
        "UserStorage": {"Capacity": "50"},
    }
    made: Any = at.call("CreateWorkspaceBundle", members)["WorkspaceBundle"]
    return str(made["BundleId"])


def directory(at: Caller) -> str:
    """Register a directory."""
    waiting = at.aws.add_directory(registered=False)
    return str(at.call("RegisterWorkspaceDirectory", {"DirectoryId": waiting})["DirectoryId"])


def pool(at: Caller) -> str:
    """Make a pool."""
    members = {
        "PoolName": "pool",
        "Description": "d",
        "BundleId": at.aws.bundle_id,
        "DirectoryId": at.aws.add_directory(kind=WorkspaceType.POOLS),
        "Capacity": {"DesiredUserSessions": 1},
    }
    made: Any = at.call("CreateWorkspacesPool", members)["WorkspacesPool"]
    return str(made["PoolId"])


def add_in(at: Caller) -> str:
    """Make a directory's add-in."""
    members = {"ResourceId": at.aws.directory_id, "Name": "n", "URL": "https://example.com"}
    return str(at.call("CreateConnectClientAddIn", members)["AddInId"])


def link(at: Caller) -> str:
    """Invite another account."""
    made: Any = at.call("CreateAccountLinkInvitation", {"TargetAccountId": OTHER})["AccountLink"]
    return str(made["AccountLinkId"])


def standby(at: Caller) -> str:
    """Create a standby in this region for a WorkSpace that was created in another region an hour before."""
    elsewhere = at.other(region="eu-west-1")
    members: dict[str, object] = {
        "DirectoryId": at.aws.add_directory(region="eu-west-1"),
        "UserName": "mary",
        "BundleId": next(iter(at.aws._world.amazon_bundles["eu-west-1"])),
    }
    pending: Any = elsewhere.call("CreateWorkspaces", {"Workspaces": [members]})["PendingRequests"]
    at.aws.advance(hours=1)
    requested = {"PrimaryWorkspaceId": pending[0]["WorkspaceId"], "DirectoryId": at.aws.directory_id}
    members = {"PrimaryRegion": "eu-west-1", "StandbyWorkspaces": [requested]}
    made: Any = at.call("CreateStandbyWorkspaces", members)["PendingStandbyRequests"]
    return str(made[0]["WorkspaceId"])


KINDS: list[tuple[Callable[[Caller], str], str, dict[str, object]]] = [
    (lambda at: str(create(at)["PendingRequests"][0]["WorkspaceId"]), "DescribeWorkspaces", {}),
    (standby, "DescribeWorkspaces", {}),
    (image, "DescribeWorkspaceImages", {}),
    (bundle, "DescribeWorkspaceBundles", {}),
    (lambda at: str(at.call("CreateIpGroup", {"GroupName": "g"})["GroupId"]), "DescribeIpGroups", {}),
    (directory, "DescribeWorkspaceDirectories", {}),
    (lambda at: str(at.call("CreateConnectionAlias", STRING)["AliasId"]), "DescribeConnectionAliases", {}),
    (pool, "DescribeWorkspacesPools", {}),
    (add_in, "DescribeConnectClientAddIns", {"ResourceId": ""}),
    (link, "ListAccountLinks", {}),
]


def is_listed(at: Caller, resource_id: str, operation: str, filters: dict[str, object]) -> bool:
    """Return whether a list contains an id."""
    members = dict.fromkeys(filters, at.aws.directory_id)
    return resource_id in str(at.call(operation, members))


@pytest.mark.parametrize(("make", "operation", "filters"), KINDS)
def test_new_resources_are_listed_after_the_appear_delay(
    make: Callable[[Caller], str], operation: str, filters: dict[str, object]
) -> None:
    """A new resource is listed after Durations(appear=), and without delay by default."""
    at = caller(appear=LAG)
    made = make(at)
    at.aws.advance(seconds=9)
    assert not is_listed(at, made, operation, filters)
    at.aws.advance(seconds=1)
    assert is_listed(at, made, operation, filters)
    prompt = caller()
    assert is_listed(prompt, make(prompt), operation, filters)


def test_seeded_resources_are_listed_immediately() -> None:
    """Resources added with Emulator.add_… are listed without delay, since they represent older resources."""
    at = caller(appear=LAG)
    create(at)
    added = at.aws.add_workspaces(2)
    assert sorted(workspace["WorkspaceId"] for workspace in describe(at)) == sorted(added)


def test_unlisted_workspace_exists() -> None:
    """A WorkSpace that is not listed yet blocks a second one for its user, and can be tagged."""
    at = caller(appear=LAG)
    made = str(create(at)["PendingRequests"][0]["WorkspaceId"])
    assert create(at)["FailedRequests"][0]["ErrorCode"] == "ResourceExists.WorkSpace"
    at.call("CreateTags", {"ResourceId": made, "Tags": [{"Key": "a", "Value": "b"}]})
    assert at.call("DescribeTags", {"ResourceId": made})["TagList"] == [{"Key": "a", "Value": "b"}]


def test_account_link_appears_for_both_accounts_together() -> None:
    """A new account link is missing from the lists of both accounts."""
    at = caller(appear=LAG)
    link(at)
    other = at.other(account_id=OTHER)
    assert other.call("ListAccountLinks")["AccountLinks"] == []
    at.aws.advance(seconds=10)
    assert len(str(other.call("ListAccountLinks")["AccountLinks"])) > 2


def test_terminated_workspace_stays_listed_for_the_delay() -> None:
    """TERMINATED is described for as long as was set from the moment it ended; its user may have another by then."""
    at = caller(disappear=LAG)
    gone = at.aws.add_workspaces()[0]
    user = describe(at)[0]["UserName"]
    change(at, "TerminateWorkspaces", gone)
    at.aws.advance(minutes=5, seconds=1)
    assert [(workspace["WorkspaceId"], workspace["State"]) for workspace in describe(at)] == [(gone, "TERMINATED")]
    assert change(at, "RebootWorkspaces", gone)[0]["ErrorCode"] == "ResourceNotFound.Workspace"
    assert create(at, UserName=user)["FailedRequests"] == []
    at.aws.advance(seconds=8)
    assert {workspace["State"] for workspace in describe(at)} == {"TERMINATED", "PENDING"}
    at.aws.advance(seconds=1)
    assert [workspace["State"] for workspace in describe(at)] == ["PENDING"]


def test_disappear_delay_starts_at_the_end_of_the_resource() -> None:
    """The disappear delay starts when the resource ended, not when it is next listed."""
    at = caller(disappear=LAG)
    change(at, "TerminateWorkspaces", at.aws.add_workspaces()[0])
    at.aws.advance(hours=1)
    assert describe(at) == []


@pytest.mark.parametrize(
    ("make", "delete", "member", "operation"),
    [
        (lambda at: at.aws.add_bundle("b"), "DeleteWorkspaceBundle", "BundleId", "DescribeWorkspaceBundles"),
        (lambda at: at.aws.add_image("i"), "DeleteWorkspaceImage", "ImageId", "DescribeWorkspaceImages"),
        (
            lambda at: str(at.call("CreateIpGroup", {"GroupName": "g"})["GroupId"]),
            "DeleteIpGroup",
            "GroupId",
            "DescribeIpGroups",
        ),
    ],
)
def test_deleted_resource_stays_listed_for_the_delay(
    make: Callable[[Caller], str], delete: str, member: str, operation: str
) -> None:
    """A deleted resource stays listed for the delay, cannot be used or deleted again, and frees its name."""
    at = caller(disappear=LAG)
    made = make(at)
    at.call(delete, {member: made})
    assert is_listed(at, made, operation, {})
    assert refusal(at, delete, {member: made}) in {"ResourceNotFoundException", "AccessDeniedException"}
    at.aws.advance(seconds=10)
    assert not is_listed(at, made, operation, {})


def test_directory_and_alias_stay_listed_in_their_last_state() -> None:
    """Directories and aliases stay listed in their last state after they ended."""
    at = caller(disappear=LAG)
    at.call("DeregisterWorkspaceDirectory", {"DirectoryId": at.aws.directory_id})
    alias = at.call("CreateConnectionAlias", STRING)["AliasId"]
    at.aws.advance(minutes=1)
    at.call("DeleteConnectionAlias", {"AliasId": alias})
    at.aws.advance(minutes=1, seconds=5)
    aliases: Any = at.call("DescribeConnectionAliases")["ConnectionAliases"]
    assert [item["State"] for item in aliases] == ["DELETING"]
    at.aws.advance(minutes=3)
    directories: Any = at.call("DescribeWorkspaceDirectories")["Directories"]
    assert [item["State"] for item in directories] == ["DEREGISTERED"]
    at.aws.advance(seconds=10)
    assert at.call("DescribeWorkspaceDirectories")["Directories"] == []
