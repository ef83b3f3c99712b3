"""boto3 script of every WorkSpaces operation that moto supports, run against moto and against the emulator."""

# botocore has no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable

Members = dict[str, Any]  # AWS's names, as boto3 has them
Outcomes = dict[str, object]

REGION = "us-west-2"
OTHER_ACCOUNT = "210987654321"
NO_DIRECTORY = "d-0000000000"
_DIRECTORY = {
    "Alias",
    "CertificateBasedAuthProperties",
    "CustomerUserName",
    "DirectoryId",
    "DirectoryName",
    "DirectoryType",
    "DnsIpAddresses",
    "IamRoleId",
    "RegistrationCode",
    "SamlProperties",
    "SelfservicePermissions",
    "State",
    "SubnetIds",
    "Tenancy",
    "WorkspaceAccessProperties",
    "WorkspaceCreationProperties",
    "WorkspaceSecurityGroupId",
}
_WORKSPACE = {"BundleId", "DirectoryId", "State", "UserName", "WorkspaceId", "WorkspaceProperties"}
_IMAGE = {
    "Created",
    "Description",
    "ErrorDetails",
    "ImageId",
    "Name",
    "OwnerAccountId",
    "RequiredTenancy",
    "State",
    "Updates",
}
"""Members that moto and the emulator both give: a step sees what is beyond them, or lacking."""


@dataclass
class Script:
    """Runs the steps against a service and records each outcome."""

    client: Any
    directory_id: str
    bundle_id: str
    wait: Callable[[], None]

    def __post_init__(self) -> None:
        self.outcomes: Outcomes = {}
        self.operations: set[str] = set()

    def step(self, name: str, operation: str, read: Callable[[Members], object], **members: object) -> Members:
        """Call an operation and record the inspected part of the response, or the error's code."""
        self.operations.add(operation)
        answer: Members = {}
        try:
            answer = getattr(self.client, xform_name(operation))(**members)
        except ClientError as error:
            self.outcomes[name] = f"error {error.response['Error']['Code']}"
        else:
            self.outcomes[name] = read(answer)
        return answer


def content(answer: Members) -> object:
    """Return the names of the members of an answer."""
    return sorted(set(answer) - {"ResponseMetadata"})


def states(member: str) -> Callable[[Members], object]:
    """Return a function that extracts the states of a response's items."""
    return lambda answer: [item["State"] for item in answer[member]]


def codes(answer: Members) -> object:
    """Return the error codes of FailedRequests."""
    return [failure["ErrorCode"] for failure in answer["FailedRequests"]]


def part(member: str) -> Callable[[Members], object]:
    """Return a function that extracts a member of the first directory."""
    return lambda answer: answer["Directories"][0][member]


def of_directories(script: Script) -> None:
    """Register a directory and modify each of its properties."""
    here = {"DirectoryIds": [script.directory_id]}
    describe = "DescribeWorkspaceDirectories"
    script.step("register", "RegisterWorkspaceDirectory", content, DirectoryId=script.directory_id)
    script.step("state at once", describe, states("Directories"), **here)
    script.wait()
    script.step("state", describe, states("Directories"), **here)
    script.step("register again", "RegisterWorkspaceDirectory", content, DirectoryId=script.directory_id)
    script.step("register unknown", "RegisterWorkspaceDirectory", content, DirectoryId=NO_DIRECTORY)
    script.step("members", describe, lambda answer: sorted(_DIRECTORY ^ set(answer["Directories"][0])), **here)
    for member in (
        "DirectoryType",
        "Tenancy",
        "CustomerUserName",
        "SelfservicePermissions",
        "WorkspaceAccessProperties",
        "WorkspaceCreationProperties",
        "SamlProperties",
        "CertificateBasedAuthProperties",
    ):
        script.step(f"default {member}", describe, part(member), **here)
    creation = {"WorkspaceCreationProperties": {"EnableInternetAccess": True}}
    script.step(
        "modify creation", "ModifyWorkspaceCreationProperties", content, ResourceId=script.directory_id, **creation
    )
    script.step("modified creation", describe, part("WorkspaceCreationProperties"), **here)
    script.step("modify unknown", "ModifyWorkspaceCreationProperties", content, ResourceId=NO_DIRECTORY, **creation)
    selfservice = {"SelfservicePermissions": {"RebuildWorkspace": "ENABLED"}}
    script.step(
        "modify selfservice", "ModifySelfservicePermissions", content, ResourceId=script.directory_id, **selfservice
    )
    script.step("modified selfservice", describe, part("SelfservicePermissions"), **here)


def of_clients(script: Script) -> None:
    """Modify the client properties of a directory."""

    def properties(answer: Members) -> object:
        return [item["ClientProperties"] for item in answer["ClientPropertiesList"]]

    describe, here = "DescribeClientProperties", {"ResourceIds": [script.directory_id]}
    script.step("default client properties", describe, properties, **here)
    reconnect = {"ReconnectEnabled": "DISABLED"}
    script.step(
        "modify client properties",
        "ModifyClientProperties",
        content,
        ResourceId=script.directory_id,
        ClientProperties=reconnect,
    )
    script.step("modified client properties", describe, properties, **here)
    script.step("client properties of unknown", describe, properties, ResourceIds=[NO_DIRECTORY])


def of_workspaces(script: Script) -> str:
    """Create WorkSpaces and describe them; return the id of a WorkSpace."""
    wanted = {"DirectoryId": script.directory_id, "UserName": "mary", "BundleId": script.bundle_id}
    create, describe = "CreateWorkspaces", "DescribeWorkspaces"
    created = script.step("create", create, states("PendingRequests"), Workspaces=[wanted])
    workspace_id = str(created["PendingRequests"][0]["WorkspaceId"])
    script.step("created at once", describe, states("Workspaces"), WorkspaceIds=[workspace_id])
    script.wait()
    script.step("created", describe, states("Workspaces"), WorkspaceIds=[workspace_id])
    script.step(
        "created members",
        describe,
        lambda answer: sorted(_WORKSPACE ^ set(answer["Workspaces"][0])),
        WorkspaceIds=[workspace_id],
    )
    script.step("create in unknown", create, codes, Workspaces=[wanted | {"DirectoryId": NO_DIRECTORY}])
    for mode in ("ALWAYS_ON", "MANUAL"):
        timed = {"RunningMode": mode, "RunningModeAutoStopTimeoutInMinutes": 60}
        item = wanted | {"UserName": mode, "WorkspaceProperties": timed}
        script.step(f"create with a time-out, {mode}", create, codes, Workspaces=[item])
    users = {"DirectoryId": script.directory_id, "UserName": "MARY"}
    script.step("describe by user, other case", describe, lambda answer: len(answer["Workspaces"]), **users)
    script.step("describe by user alone", describe, content, UserName="mary")
    both = {"DirectoryId": script.directory_id, "BundleId": script.bundle_id}
    script.step("describe by two filters", describe, content, **both)
    script.step("create a second for a user", create, codes, Workspaces=[wanted])
    return workspace_id


def of_tags(script: Script, workspace_id: str) -> None:
    """Tag a WorkSpace."""

    def tags(answer: Members) -> object:
        return [(item["Key"], item["Value"]) for item in answer["TagList"]]

    for value in ("1", "2"):
        single = [{"Key": "a", "Value": value}]
        script.step(f"tag {value}", "CreateTags", content, ResourceId=workspace_id, Tags=single)
        script.step(f"tagged {value}", "DescribeTags", tags, ResourceId=workspace_id)
    script.step("tags of unknown", "DescribeTags", tags, ResourceId="ws-000000000")


def of_images(script: Script, workspace_id: str) -> None:
    """Make an image and share it."""
    draft = {"Name": "gold", "Description": "gold", "WorkspaceId": workspace_id}
    create, describe = "CreateWorkspaceImage", "DescribeWorkspaceImages"
    made = script.step("image", create, lambda answer: answer["State"], **draft)
    image_id = made["ImageId"]
    script.step("image of a suspended WorkSpace", create, content, **draft | {"Name": "silver"})
    script.wait()
    script.step(
        "made image", describe, lambda answer: [image["State"] for image in answer["Images"]][:1], ImageIds=[image_id]
    )
    script.step(
        "updates of an image",
        describe,
        lambda answer: answer["Images"][0]["Updates"]["UpdateAvailable"],
        ImageIds=[image_id],
    )
    script.step(
        "image members", describe, lambda answer: sorted(_IMAGE ^ set(answer["Images"][0])), ImageIds=[image_id]
    )
    script.step("image of that name", create, content, **draft)
    script.step("image of unknown", create, content, **draft | {"WorkspaceId": "ws-000000000", "Name": "bronze"})
    share = {"ImageId": image_id, "AllowCopyImage": True, "SharedAccountId": OTHER_ACCOUNT}
    permissions = "DescribeWorkspaceImagePermissions"

    def shared(answer: Members) -> object:
        return answer["ImagePermissions"]

    script.step("share", "UpdateWorkspaceImagePermission", content, **share)
    script.step("shared", permissions, shared, ImageId=image_id)
    script.step("unshare", "UpdateWorkspaceImagePermission", content, **share | {"AllowCopyImage": False})
    script.step("unshared", permissions, shared, ImageId=image_id)
    script.step("share unknown", "UpdateWorkspaceImagePermission", content, **share | {"ImageId": "wsi-000000000"})
    script.step("permissions of unknown", permissions, shared, ImageId="wsi-000000000")


def of_the_end(script: Script) -> None:
    """Terminate every WorkSpace and deregister the directory."""
    listed = script.client.describe_workspaces()["Workspaces"]
    ids = [{"WorkspaceId": workspace["WorkspaceId"]} for workspace in listed]
    terminate, deregister = "TerminateWorkspaces", "DeregisterWorkspaceDirectory"
    script.step("terminate unknown", terminate, codes, TerminateWorkspaceRequests=[{"WorkspaceId": "ws-000000000"}])
    script.step("terminate", terminate, codes, TerminateWorkspaceRequests=ids)
    script.step("terminated at once", "DescribeWorkspaces", lambda answer: bool(answer["Workspaces"]))
    script.wait()
    script.step("terminated", "DescribeWorkspaces", states("Workspaces"))
    script.step("deregister unknown", deregister, content, DirectoryId=NO_DIRECTORY)
    script.step("deregister", deregister, content, DirectoryId=script.directory_id)
    script.wait()
    script.step(
        "deregistered", "DescribeWorkspaceDirectories", states("Directories"), DirectoryIds=[script.directory_id]
    )


def play(script: Script) -> Script:
    """Play the whole script."""
    of_directories(script)
    of_clients(script)
    workspace_id = of_workspaces(script)
    of_tags(script, workspace_id)
    of_images(script, workspace_id)
    of_the_end(script)
    return script


def client(url: str, access_key_id: str, secret: str, *, verify: str | bool) -> Any:
    """Return a boto3 client for either service, with the protocol that both support."""
    core = Session()
    model = core.get_component("data_loader").load_service_model("workspaces", "service-2")
    model["metadata"]["protocols"] = ["json"]
    return boto3.Session(botocore_session=core).client(
        "workspaces",
        region_name=REGION,
        endpoint_url=url,
        verify=verify,
        aws_access_key_id=access_key_id,
        aws_secret_access_key=secret,
        config=Config(retries={"total_max_attempts": 1}, ignore_configured_endpoint_urls=True, proxies={}),
    )
