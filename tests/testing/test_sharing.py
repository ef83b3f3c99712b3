"""Sharing between accounts in the emulator, and images: bundles, applications and imports."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.emulator_calls import Members, change, refusal
from tests.support.emulators import Caller
from wsclient.types import OperatingSystemName, RunningMode

OTHER = "210987654321"
THIRD = "333333333333"
KINDS = {"AssociatedResourceTypes": ["APPLICATION"]}


@pytest.fixture
def caller() -> Caller:
    """Give an emulator of its own to each test, in this process, at a standing clock."""
    return Caller()


def new_image(caller: Caller, name: str = "gold", workspace_id: str | None = None) -> str:
    """Make an image of a WorkSpace and wait for it."""
    workspace_id = workspace_id or caller.aws.add_workspaces()[0]
    members = {"Name": name, "Description": name, "WorkspaceId": workspace_id}
    image_id = str(caller.call("CreateWorkspaceImage", members)["ImageId"])
    caller.aws.clock.advance(minutes=45)
    return image_id


def new_bundle(image_id: str, root: str | None = "80", user: str = "50") -> Members:
    """Return the request members of a new bundle."""
    members: Members = {
        "BundleName": "caller",
        "BundleDescription": "caller",
        "ImageId": image_id,
        "ComputeType": {"Name": "STANDARD"},
        "UserStorage": {"Capacity": user},
    }
    return members | ({"RootStorage": {"Capacity": root}} if root else {})


def test_an_account_sees_nothing_of_anothers(caller: Caller) -> None:
    """Images, aliases, links and applications of one account are invisible to another account."""
    other = caller.other(account_id=OTHER)
    image_id = caller.aws.add_image("gold")
    caller.call("CreateConnectionAlias", {"ConnectionString": "desk.example.com"})
    caller.call("CreateAccountLinkInvitation", {"TargetAccountId": THIRD})
    caller.aws.add_application("Office")
    assert other.call("DescribeWorkspaceImages", {"ImageIds": [image_id]})["Images"] == []
    assert other.call("DescribeConnectionAliases")["ConnectionAliases"] == []
    assert other.call("ListAccountLinks")["AccountLinks"] == []
    assert other.call("DescribeApplications")["Applications"] == []


def test_bundle_root_volume_is_at_least_the_images(caller: Caller) -> None:
    """A bundle's root volume is at least the image's, which is also the default."""
    image_id = new_image(caller)
    for root, user in (("80", "10"), ("80", "70"), ("90", "50")):
        assert refusal(caller, "CreateWorkspaceBundle", new_bundle(image_id, root, user)) == (
            "InvalidParameterValuesException"
        )
    made: Any = caller.call("CreateWorkspaceBundle", new_bundle(image_id, None))["WorkspaceBundle"]
    assert (made["RootStorage"], made["UserStorage"]) == ({"Capacity": "80"}, {"Capacity": "50"})
    assert made["Description"] == "caller"


def test_operating_system_is_inherited_from_image_and_bundle(caller: Caller) -> None:
    """The operating system passes from AWS's bundle to the WorkSpace, its image, and a bundle of that image."""
    bundles: Any = caller.call("DescribeWorkspaceBundles", {"Owner": "AMAZON"})["Bundles"]
    ubuntu = next(bundle["BundleId"] for bundle in bundles if "Ubuntu" in bundle["Name"])
    image_id = new_image(caller, workspace_id=caller.aws.add_workspaces(bundle_id=ubuntu)[0])
    made: Any = caller.call("CreateWorkspaceBundle", new_bundle(image_id))["WorkspaceBundle"]
    wanted = {"DirectoryId": caller.aws.directory_id, "UserName": "a", "BundleId": made["BundleId"]}
    answer: Any = caller.call("CreateWorkspaces", {"Workspaces": [wanted]})
    system = answer["PendingRequests"][0]["WorkspaceProperties"]["OperatingSystemName"]
    assert system == OperatingSystemName.UBUNTU_22_04


def test_copied_image_keeps_applications_within_the_account(caller: Caller) -> None:
    """A copied image keeps its installed applications in the same account, and loses them in another account."""
    workspace_id, office = caller.aws.add_workspaces()[0], caller.aws.add_application("Office")
    caller.call("AssociateWorkspaceApplication", {"WorkspaceId": workspace_id, "ApplicationId": office})
    caller.call("DeployWorkspaceApplications", {"WorkspaceId": workspace_id})
    caller.aws.clock.advance(minutes=30)
    image_id = new_image(caller, workspace_id=workspace_id)
    caller.call(
        "UpdateWorkspaceImagePermission",
        {"ImageId": image_id, "AllowCopyImage": True, "SharedAccountId": OTHER},
    )
    found = []
    for copier in (caller, caller.other(account_id=OTHER)):
        members = {"Name": "copy", "SourceImageId": image_id, "SourceRegion": "us-west-2"}
        copy_id = copier.call("CopyWorkspaceImage", members)["ImageId"]
        copied: Any = copier.call("DescribeImageAssociations", {"ImageId": copy_id, **KINDS})["Associations"]
        found.append([item["AssociatedResourceId"] for item in copied])
    assert found == [[office], []]


def test_new_image_replaces_the_bundles_applications(caller: Caller) -> None:
    """A bundle has the installed applications of its image, and a new image replaces them."""
    workspace_id = caller.aws.add_workspaces()[0]
    office, visio = caller.aws.add_application("Office"), caller.aws.add_application("Visio")
    caller.call("AssociateWorkspaceApplication", {"WorkspaceId": workspace_id, "ApplicationId": office})
    caller.call("DeployWorkspaceApplications", {"WorkspaceId": workspace_id})
    caller.aws.clock.advance(minutes=30)
    caller.call("AssociateWorkspaceApplication", {"WorkspaceId": workspace_id, "ApplicationId": visio})
    with_office, without = new_image(caller, "with", workspace_id), new_image(caller, "without")
    made: Any = caller.call("CreateWorkspaceBundle", new_bundle(with_office))["WorkspaceBundle"]
    bundle_id = made["BundleId"]

    def installed() -> list[object]:
        listed: Any = caller.call("DescribeBundleAssociations", {"BundleId": bundle_id, **KINDS})["Associations"]
        return [item["AssociatedResourceId"] for item in listed]

    assert installed() == [office]
    caller.call("UpdateWorkspaceBundle", {"BundleId": bundle_id, "ImageId": without})
    assert installed() == []


def test_application_associations_filter_by_resource_type(caller: Caller) -> None:
    """DescribeApplicationAssociations lists only the requested resource types of that application."""
    workspace_id = caller.aws.add_workspaces()[0]
    office, visio = caller.aws.add_application("Office"), caller.aws.add_application("Visio")
    for application_id in (office, visio):
        caller.call("AssociateWorkspaceApplication", {"WorkspaceId": workspace_id, "ApplicationId": application_id})
    caller.call("DeployWorkspaceApplications", {"WorkspaceId": workspace_id})
    caller.aws.clock.advance(minutes=30)
    image_id = new_image(caller, workspace_id=workspace_id)

    def users(*kinds: str) -> list[object]:
        members = {"ApplicationId": office, "AssociatedResourceTypes": list(kinds)}
        listed: Any = caller.call("DescribeApplicationAssociations", members)["Associations"]
        return [(item["ApplicationId"], item["AssociatedResourceId"]) for item in listed]

    assert users("IMAGE") == [(office, image_id)]
    assert sorted(map(str, users("IMAGE", "WORKSPACE"))) == sorted(
        [str((office, image_id)), str((office, workspace_id))]
    )
    found: Any = caller.call("DescribeApplications", {"ApplicationIds": [visio]})["Applications"]
    assert [item["Name"] for item in found] == ["Visio"]


def test_undeployed_application_is_removed_immediately(caller: Caller) -> None:
    """Disassociating an undeployed application removes it without delay, and so does terminating the WorkSpace."""
    workspace_id, office = caller.aws.add_workspaces()[0], caller.aws.add_application("Office")
    pair = {"WorkspaceId": workspace_id, "ApplicationId": office}
    caller.call("AssociateWorkspaceApplication", pair)
    gone: Any = caller.call("DisassociateWorkspaceApplication", pair)["Association"]
    assert gone["State"] == "REMOVED"
    caller.call("AssociateWorkspaceApplication", pair)
    caller.call("TerminateWorkspaces", {"TerminateWorkspaceRequests": [{"WorkspaceId": workspace_id}]})
    caller.aws.clock.advance(minutes=5)
    users = {"ApplicationId": office, "AssociatedResourceTypes": ["WORKSPACE"]}
    assert caller.call("DescribeApplicationAssociations", users)["Associations"] == []


def test_failed_deployment_is_repeated_with_force(caller: Caller) -> None:
    """A deployment fails if the WorkSpace stops during it; only Force=True repeats the failed change."""
    workspace_id = caller.aws.add_workspaces(running_mode=RunningMode.AUTO_STOP)[0]
    pair = {"WorkspaceId": workspace_id, "ApplicationId": caller.aws.add_application("Office")}

    def deploy(*, is_disturbed: bool = False, **members: object) -> list[Members]:
        caller.call("DeployWorkspaceApplications", {"WorkspaceId": workspace_id, **members})
        if is_disturbed:
            change(caller, "StopWorkspaces", workspace_id)
        caller.aws.clock.advance(minutes=30)
        found: Any = caller.call("DescribeWorkspaceAssociations", {"WorkspaceId": workspace_id, **KINDS})
        change(caller, "StartWorkspaces", workspace_id)
        caller.aws.clock.advance(minutes=2)
        return list(found["Associations"])

    caller.call("AssociateWorkspaceApplication", pair)
    (failed,) = deploy(is_disturbed=True)
    assert (failed["State"], failed["StateReason"]["ErrorCode"]) == ("ERROR", "DeploymentError.WorkspaceUnreachable")
    assert [item["State"] for item in deploy()] == ["ERROR"]
    (done,) = deploy(Force=True)
    assert (done["State"], "StateReason" in done) == ("COMPLETED", False)
    caller.call("DisassociateWorkspaceApplication", pair)
    assert [item["State"] for item in deploy(is_disturbed=True)] == ["ERROR"]
    assert deploy(Force=True) == []


def test_an_import_has_exactly_one_source(caller: Caller) -> None:
    """An import with no source or with two sources is rejected; an existing EC2 image is accepted."""
    caller.aws.allow_byol()
    ami = caller.aws.add_ec2_image()
    draft: Members = {
        "ImageName": "built",
        "ImageDescription": "built",
        "ComputeType": "BASE",
        "Protocol": "PCOIP",
        "InfrastructureConfigurationArn": "arn:aws:imagebuilder:us-west-2:123456789012:infrastructure-configuration/a",
        "Platform": "WINDOWS",
        "OsVersion": "Windows_10",
    }
    two = {"Ec2ImageId": ami, "Ec2ImportTaskId": "import-ami-0123456789abcdef0"}
    for source in ({}, two):
        code = refusal(caller, "ImportCustomWorkspaceImage", draft | {"ImageSource": source})
        assert code == "InvalidParameterValuesException"
    assert "ImageId" in caller.call("ImportCustomWorkspaceImage", draft | {"ImageSource": {"Ec2ImageId": ami}})


@pytest.mark.parametrize("act", ["Accept", "Reject", "Delete"])
def test_repeated_client_token_returns_the_first_response(caller: Caller, act: str) -> None:
    """A repeated client token returns the first response; with a different link it raises ConflictException."""
    other = caller.other(account_id=OTHER)
    created: Any = caller.call("CreateAccountLinkInvitation", {"TargetAccountId": OTHER})["AccountLink"]
    actor = caller if act == "Delete" else other
    members = {"LinkId": created["AccountLinkId"], "ClientToken": "once"}
    first = actor.call(f"{act}AccountLinkInvitation", members)
    assert actor.call(f"{act}AccountLinkInvitation", members) == first
    unlike = members | {"LinkId": "link-000000000"}
    assert refusal(actor, f"{act}AccountLinkInvitation", unlike) == "ConflictException"


def test_client_token_is_bound_to_operation_and_account(caller: Caller) -> None:
    """The same token in another operation, or of another account, is another token."""
    other = caller.other(account_id=OTHER)
    members = {"TargetAccountId": OTHER, "ClientToken": "once"}
    created: Any = caller.call("CreateAccountLinkInvitation", members)["AccountLink"]
    accept = {"LinkId": created["AccountLinkId"], "ClientToken": "once"}
    accepted: Any = other.call("AcceptAccountLinkInvitation", accept)["AccountLink"]
    assert accepted["AccountLinkStatus"] == "LINKED"
    back = {"TargetAccountId": "123456789012", "ClientToken": "once"}
    assert refusal(other, "CreateAccountLinkInvitation", back) == "ConflictException"


def test_invitation_alone_is_no_account_link(caller: Caller) -> None:
    """An invitation alone makes no source and no target of an account."""
    caller.call("CreateAccountLinkInvitation", {"TargetAccountId": OTHER})
    for account in (caller, caller.other(account_id=OTHER), caller.other(account_id=THIRD)):
        assert "DedicatedTenancyAccountType" not in account.call("DescribeAccount")


def test_byol_needs_both_of_its_settings(caller: Caller) -> None:
    """BYOL needs both a management network and dedicated support, and dedicated directories need BYOL."""
    caller.aws.allow_byol()
    network = {"DedicatedTenancyManagementCidrRange": "10.1.0.0/16"}
    assert refusal(caller, "ModifyAccount", network) == "InvalidParameterValuesException"
    directory_id = caller.aws.add_directory(registered=False)
    dedicated = {"DirectoryId": directory_id, "Tenancy": "DEDICATED"}
    assert refusal(caller, "RegisterWorkspaceDirectory", dedicated) == "InvalidParameterValuesException"
    caller.call("ModifyAccount", network | {"DedicatedTenancySupport": "ENABLED"})
    caller.aws.clock.advance(minutes=30)
    assert caller.call("RegisterWorkspaceDirectory", dedicated)["State"] == "REGISTERING"


def test_unsharing_an_alias_from_somebody_else_changes_nothing(caller: Caller) -> None:
    """Unsharing an alias from an account without access keeps the existing permission."""
    alias_id = caller.call("CreateConnectionAlias", {"ConnectionString": "desk.example.com"})["AliasId"]
    caller.aws.clock.advance(minutes=1)

    def permit(account: str, *, is_allowed: bool) -> None:
        permission = {"SharedAccountId": account, "AllowAssociation": is_allowed}
        caller.call("UpdateConnectionAliasPermission", {"AliasId": alias_id, "ConnectionAliasPermission": permission})

    permit(OTHER, is_allowed=True)
    permit(THIRD, is_allowed=False)
    permissions = caller.call("DescribeConnectionAliasPermissions", {"AliasId": alias_id})["ConnectionAliasPermissions"]
    assert permissions == [{"SharedAccountId": OTHER, "AllowAssociation": True}]


def test_a_directory_has_one_alias(caller: Caller) -> None:
    """A second alias for a directory is refused, and the directory's alias is found by it."""
    ids = [
        caller.call("CreateConnectionAlias", {"ConnectionString": f"{item}.example.com"})["AliasId"] for item in "ab"
    ]
    caller.aws.clock.advance(minutes=1)
    here = {"ResourceId": caller.aws.directory_id}
    caller.call("AssociateConnectionAlias", {"AliasId": ids[0], **here})
    assert refusal(caller, "AssociateConnectionAlias", {"AliasId": ids[1], **here}) == "ResourceAssociatedException"
    found: Any = caller.call("DescribeConnectionAliases", here)["ConnectionAliases"]
    assert [item["AliasId"] for item in found] == [ids[0]]
    # An alias associated with another directory does not block deregistration.
    caller.call("DeregisterWorkspaceDirectory", {"DirectoryId": caller.aws.add_directory()})
