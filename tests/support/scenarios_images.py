"""Emulator scenarios about images and bundles: creation, sharing, copies and imports."""

from __future__ import annotations

from tests.support.emulator_stage import OTHER_ACCOUNT, OTHER_REGION, Members, ScenarioSuite, Stage
from wsclient._generated.workspaces.enums import OperatingSystemName, WorkspaceState
from wsclient.testing import Quotas

SUITE = ScenarioSuite()
NO_IMAGE = "wsi-000000000"
NO_BUNDLE = "wsb-000000000"
AWS_TAG = {"Tags": [{"Key": "aws:own", "Value": ""}]}
LICENSED = {"IngestionProcess": "BYOL_REGULAR_WSP", "ImageName": "own", "ImageDescription": "own license"}
BUILT = {
    "ImageName": "built",
    "ImageDescription": "built",
    "ComputeType": "BASE",
    "Protocol": "DCV",
    "ImageSource": {"Ec2ImportTaskId": "import-ami-0123456789abcdef0"},
    "InfrastructureConfigurationArn": "arn:aws:imagebuilder:us-west-2:123456789012:infrastructure-configuration/a",
    "Platform": "WINDOWS",
    "OsVersion": "Windows_11",
}


def image(t: Stage, image_id: str) -> Members:
    """Return an image's description."""
    found: Members = t.here.ok("DescribeWorkspaceImages", ImageIds=[image_id])["Images"][0]
    return found


@SUITE.scenario_with(Quotas(images=1))
def images_are_made_of_workspaces(t: Stage) -> None:
    """Creating an image takes 45 minutes, with its WorkSpace SUSPENDED; afterwards the image can be deleted."""
    workspace_id = t.aws.add_workspaces()[0]
    draft = {"Name": "gold", "Description": "the gold image", "WorkspaceId": workspace_id}
    t.here.error("CreateWorkspaceImage", "InvalidParameterValuesException", **draft | AWS_TAG)
    image_id = t.here.ok("CreateWorkspaceImage", **draft)["ImageId"]
    during = (image(t, image_id)["State"], t.workspace(workspace_id)["State"])
    t.here.error("CreateWorkspaceImage", "InvalidResourceStateException", **draft)
    t.here.error("DeleteWorkspaceImage", "InvalidResourceStateException", ImageId=image_id)
    t.advance(minutes=45)
    after = (image(t, image_id)["State"], t.workspace(workspace_id)["State"])
    expected = (("PENDING", "SUSPENDED"), ("AVAILABLE", "AVAILABLE"))
    t.verify((during, after), expected, "CreateWorkspaceImage", "DescribeWorkspaceImages")
    t.here.error("CreateWorkspaceImage", "ResourceAlreadyExistsException", **draft)
    t.aws.allow_byol()
    t.here.error(
        "ImportWorkspaceImage", "ResourceLimitExceededException", **LICENSED | {"Ec2ImageId": t.aws.add_ec2_image()}
    )
    t.here.error("ImportCustomWorkspaceImage", "ResourceLimitExceededException", **BUILT)
    t.here.error("CreateWorkspaceImage", "ResourceLimitExceededException", **draft | {"Name": "silver"})
    t.here.error("CreateWorkspaceImage", "ResourceNotFoundException", **draft | {"WorkspaceId": "ws-000000000"})
    t.here.error("DescribeWorkspaceImages", "ValidationException", NextToken="none of yours")
    t.here.ok("DeleteWorkspaceImage", ImageId=image_id)
    t.verify(t.here.ok("DescribeWorkspaceImages")["Images"], [], "DeleteWorkspaceImage")
    t.here.error("DeleteWorkspaceImage", "AccessDeniedException", ImageId=image_id)


@SUITE.scenario
def images_are_shared_and_copied(t: Stage) -> None:
    """A shared image is visible to the other account and can be copied to any region, until it is unshared."""
    image_id = t.aws.add_image("gold")
    other, far = t.actor(account_id=OTHER_ACCOUNT), t.actor(account_id=OTHER_ACCOUNT, region=OTHER_REGION)
    copy = {"Name": "copy", "SourceImageId": image_id, "SourceRegion": t.aws.region}
    far.error("CopyWorkspaceImage", "ResourceNotFoundException", **copy)
    share = {"ImageId": image_id, "AllowCopyImage": True, "SharedAccountId": OTHER_ACCOUNT}
    t.here.ok("UpdateWorkspaceImagePermission", **share)
    permissions = t.here.ok("DescribeWorkspaceImagePermissions", ImageId=image_id)["ImagePermissions"]
    t.verify(permissions, [{"SharedAccountId": OTHER_ACCOUNT}], "DescribeWorkspaceImagePermissions")
    shared = other.ok("DescribeWorkspaceImages", ImageType="SHARED")["Images"]
    t.verify([item["ImageId"] for item in shared], [image_id], "UpdateWorkspaceImagePermission")
    copy_id = far.ok("CopyWorkspaceImage", **copy)["ImageId"]
    t.advance(minutes=30)
    copied = far.ok("DescribeWorkspaceImages", ImageIds=[copy_id])["Images"][0]
    t.verify(
        (copied["State"], copied["OwnerAccountId"], copied["Description"]),
        ("AVAILABLE", OTHER_ACCOUNT, "gold"),
        "CopyWorkspaceImage",
    )
    far.error("CopyWorkspaceImage", "ResourceAlreadyExistsException", **copy)
    far.error("CopyWorkspaceImage", "InvalidParameterValuesException", **copy | {"SourceRegion": "ap-south-1"})
    t.here.error("DeleteWorkspaceImage", "InvalidResourceStateException", ImageId=image_id)
    t.here.ok("UpdateWorkspaceImagePermission", **share | {"AllowCopyImage": False})
    far.error("CopyWorkspaceImage", "ResourceNotFoundException", **copy | {"Name": "another"})
    own = share | {"SharedAccountId": t.aws.account_id}
    t.here.error("UpdateWorkspaceImagePermission", "InvalidParameterValuesException", **own)
    t.here.error("UpdateWorkspaceImagePermission", "ResourceNotFoundException", **share | {"ImageId": NO_IMAGE})
    t.here.error("DescribeWorkspaceImagePermissions", "ResourceNotFoundException", ImageId=NO_IMAGE)
    wrong = {"ImageId": image_id, "NextToken": "none of yours"}
    t.here.error("DescribeWorkspaceImagePermissions", "InvalidParameterValuesException", **wrong)


@SUITE.scenario_with(Quotas(images=4))
def images_are_updated(t: Stage) -> None:
    """A Windows image is updated into a new image with AWS's latest components; an unfinished image is rejected."""
    windows = t.aws.add_image("gold")
    linux = t.aws.add_image("penguin", operating_system=OperatingSystemName.UBUNTU_22_04)
    draft = {"Name": "newer", "Description": "newer", "SourceImageId": windows}
    image_id = t.here.ok("CreateUpdatedWorkspaceImage", **draft)["ImageId"]
    another = draft | {"Name": "newest"}
    copied = {"Name": "copy", "SourceImageId": image_id, "SourceRegion": t.aws.region}
    t.here.error(
        "CreateUpdatedWorkspaceImage", "InvalidResourceStateException", **another | {"SourceImageId": image_id}
    )
    t.here.error("CopyWorkspaceImage", "ResourceUnavailableException", **copied)
    pending = {"ImageId": image_id, "AllowCopyImage": True, "SharedAccountId": OTHER_ACCOUNT}
    t.here.error("UpdateWorkspaceImagePermission", "ResourceUnavailableException", **pending)
    t.here.error("CreateUpdatedWorkspaceImage", "OperationNotSupportedException", **another | {"SourceImageId": linux})
    t.here.error("CreateUpdatedWorkspaceImage", "ResourceNotFoundException", **another | {"SourceImageId": NO_IMAGE})
    t.here.error("CreateUpdatedWorkspaceImage", "ResourceAlreadyExistsException", **draft)
    t.here.error("CreateUpdatedWorkspaceImage", "InvalidParameterValuesException", **another | AWS_TAG)
    t.advance(minutes=45)
    states = (image(t, image_id)["State"], image(t, windows)["State"])
    t.verify(states, ("AVAILABLE", "AVAILABLE"), "CreateUpdatedWorkspaceImage")
    t.aws.add_image("one more")
    t.here.error("CreateUpdatedWorkspaceImage", "ResourceLimitExceededException", **another)
    t.here.error("CopyWorkspaceImage", "ResourceLimitExceededException", **copied)


@SUITE.scenario
def images_are_imported(t: Stage) -> None:
    """An account that AWS has enabled for BYOL imports images of EC2, and shares them with such accounts alone."""
    draft = LICENSED | {"Ec2ImageId": t.aws.add_ec2_image()}
    t.here.error("ImportWorkspaceImage", "OperationNotSupportedException", **draft)
    t.aws.allow_byol()
    image_id = t.here.ok("ImportWorkspaceImage", **draft)["ImageId"]
    t.here.error("ImportWorkspaceImage", "ResourceAlreadyExistsException", **draft)
    t.here.error("ImportWorkspaceImage", "ResourceNotFoundException", **draft | {"Ec2ImageId": "ami-00000000"})
    both = {"Applications": ["Microsoft_Office_2016", "Microsoft_Office_2019"]}
    t.here.error("ImportWorkspaceImage", "InvalidParameterValuesException", **draft | both)
    t.advance(hours=3)
    imported = image(t, image_id)
    t.verify((imported["State"], imported["RequiredTenancy"]), ("AVAILABLE", "DEDICATED"), "ImportWorkspaceImage")
    share = {"ImageId": image_id, "AllowCopyImage": True, "SharedAccountId": OTHER_ACCOUNT}
    t.here.error("UpdateWorkspaceImagePermission", "OperationNotSupportedException", **share)
    t.aws.allow_byol(account_id=OTHER_ACCOUNT)
    t.here.ok("UpdateWorkspaceImagePermission", **share)


@SUITE.scenario
def images_are_imported_by_image_builder(t: Stage) -> None:
    """The progress of an import by EC2 Image Builder can be described until it is COMPLETED."""
    draft = BUILT
    t.here.error("ImportCustomWorkspaceImage", "OperationNotSupportedException", **draft)
    t.aws.allow_byol()
    started = t.here.ok("ImportCustomWorkspaceImage", **draft)
    seen: list[tuple[str, int]] = []
    for _ in range(3):
        now = t.here.ok("DescribeCustomWorkspaceImageImport", ImageId=started["ImageId"])
        seen.append((now["State"], now["ProgressPercentage"]))
        t.advance(hours=1.5)
    t.verify(seen[0], (started["State"], 0), "ImportCustomWorkspaceImage")
    t.verify(seen[1:], [("IMAGE_TESTING_GENERALIZATION", 50), ("COMPLETED", 100)], "DescribeCustomWorkspaceImageImport")
    assert image(t, started["ImageId"])["State"] == "AVAILABLE"
    t.here.error("ImportCustomWorkspaceImage", "ResourceAlreadyExistsException", **draft)
    t.here.error("ImportCustomWorkspaceImage", "OperationNotSupportedException", **draft | {"Protocol": "PCOIP"})
    foreign = {"ImageSource": {"Ec2ImageId": "ami-00000000"}}
    t.here.error("ImportCustomWorkspaceImage", "ResourceNotFoundException", **draft | foreign)
    named = {"ImageName": "tagged"} | AWS_TAG
    t.here.error("ImportCustomWorkspaceImage", "InvalidParameterValuesException", **draft | named)
    t.here.error("DescribeCustomWorkspaceImageImport", "ResourceNotFoundException", ImageId=NO_IMAGE)


@SUITE.scenario_with(Quotas(bundles=1))
def bundles_are_made_of_images(t: Stage) -> None:
    """A bundle is created from an image, updated to another image, and deleted when no WorkSpace uses it."""
    image_id, newer = t.aws.add_image("gold"), t.aws.add_image("newer")
    draft = {
        "BundleName": "caller",
        "BundleDescription": "a caller",
        "ImageId": image_id,
        "ComputeType": {"Name": "STANDARD"},
        "RootStorage": {"Capacity": "80"},
        "UserStorage": {"Capacity": "50"},
    }
    bundle_id = t.here.ok("CreateWorkspaceBundle", **draft)["WorkspaceBundle"]["BundleId"]

    def described() -> Members:
        found: Members = t.here.ok("DescribeWorkspaceBundles", BundleIds=[bundle_id])["Bundles"][0]
        return found

    t.verify(described()["ImageId"], image_id, "CreateWorkspaceBundle", "DescribeWorkspaceBundles")
    t.here.error("DescribeWorkspaceBundles", "InvalidParameterValuesException", BundleIds=[bundle_id], Owner="AMAZON")
    t.here.error("DeleteWorkspaceImage", "ResourceAssociatedException", ImageId=image_id)
    t.here.error("CreateWorkspaceBundle", "ResourceAlreadyExistsException", **draft)
    another = draft | {"BundleName": "another"}
    t.here.error("CreateWorkspaceBundle", "ResourceLimitExceededException", **another)
    t.here.error("CreateWorkspaceBundle", "ResourceNotFoundException", **another | {"ImageId": NO_IMAGE})
    t.here.ok("UpdateWorkspaceBundle", BundleId=bundle_id, ImageId=newer)
    t.verify(described()["ImageId"], newer, "UpdateWorkspaceBundle")
    t.here.error("UpdateWorkspaceBundle", "ResourceNotFoundException", BundleId=NO_BUNDLE, ImageId=newer)
    t.here.error("UpdateWorkspaceBundle", "AccessDeniedException", BundleId=t.aws.bundle_id, ImageId=newer)
    t.here.error("UpdateWorkspaceBundle", "InvalidParameterValuesException", BundleId=bundle_id)
    pending = {"Name": "newest", "Description": "newest", "SourceImageId": newer}
    pending_id = t.here.ok("CreateUpdatedWorkspaceImage", **pending)["ImageId"]
    t.here.error("UpdateWorkspaceBundle", "ResourceUnavailableException", BundleId=bundle_id, ImageId=pending_id)
    workspace_id = t.aws.add_workspaces(bundle_id=bundle_id)[0]
    t.here.error("DeleteWorkspaceBundle", "ResourceAssociatedException", BundleId=bundle_id)
    t.here.error("DeleteWorkspaceBundle", "InvalidParameterValuesException")
    t.here.error("DeleteWorkspaceBundle", "AccessDeniedException", BundleId=t.aws.bundle_id)
    t.aws.set_workspace_state(workspace_id, WorkspaceState.TERMINATED)
    t.here.ok("DeleteWorkspaceBundle", BundleId=bundle_id)
    t.verify(t.here.ok("DescribeWorkspaceBundles")["Bundles"], [], "DeleteWorkspaceBundle")
    t.here.error("DeleteWorkspaceBundle", "ResourceNotFoundException", BundleId=bundle_id)
    wrong = another | {"UserStorage": {"Capacity": "large"}}
    t.here.error("CreateWorkspaceBundle", "InvalidParameterValuesException", **wrong)


@SUITE.scenario
def applications_are_passed_on(t: Stage) -> None:
    """Applications installed on a WorkSpace are in its image, in a bundle of that image, and on its WorkSpaces."""
    workspace_id, office = t.aws.add_workspaces()[0], t.aws.add_application("Office")
    t.here.ok("AssociateWorkspaceApplication", WorkspaceId=workspace_id, ApplicationId=office)
    t.here.ok("DeployWorkspaceApplications", WorkspaceId=workspace_id)
    t.advance(minutes=30)
    image_id = t.here.ok("CreateWorkspaceImage", Name="gold", Description="gold", WorkspaceId=workspace_id)["ImageId"]
    sizes = {"ComputeType": {"Name": "VALUE"}, "UserStorage": {"Capacity": "50"}, "RootStorage": {"Capacity": "80"}}
    draft = {"BundleName": "caller", "BundleDescription": "caller", "ImageId": image_id, **sizes}
    t.here.error("CreateWorkspaceBundle", "ResourceUnavailableException", **draft)
    t.advance(minutes=45)
    bundle_id = t.here.ok("CreateWorkspaceBundle", **draft)["WorkspaceBundle"]["BundleId"]
    kinds = {"AssociatedResourceTypes": ["APPLICATION"]}
    in_image = t.here.ok("DescribeImageAssociations", ImageId=image_id, **kinds)["Associations"]
    in_bundle = t.here.ok("DescribeBundleAssociations", BundleId=bundle_id, **kinds)["Associations"]
    expected = [(office, "COMPLETED")]
    t.verify(
        [(item["AssociatedResourceId"], item["State"]) for item in in_image], expected, "DescribeImageAssociations"
    )
    t.verify(
        [(item["AssociatedResourceId"], item["State"]) for item in in_bundle], expected, "DescribeBundleAssociations"
    )
    wanted = {"DirectoryId": t.aws.directory_id, "UserName": "mary", "BundleId": bundle_id}
    new_id = t.here.ok("CreateWorkspaces", Workspaces=[wanted])["PendingRequests"][0]["WorkspaceId"]
    on_new = t.here.ok("DescribeWorkspaceAssociations", WorkspaceId=new_id, **kinds)["Associations"]
    assert [item["AssociatedResourceId"] for item in on_new] == [office]
    t.here.error("DescribeImageAssociations", "ResourceNotFoundException", ImageId=NO_IMAGE, **kinds)
    t.here.error("DescribeBundleAssociations", "ResourceNotFoundException", BundleId=NO_BUNDLE, **kinds)
