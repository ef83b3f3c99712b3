"""The same boto3 script against moto and against the emulator: where they differ, and who is right.

The table below is the whole difference: a step that is not in it has the same outcome at both. The judgement goes by
the model that AWS publishes, its API reference and its administration guide.
"""

# botocore has no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from botocore import xform_name
from moto.workspaces.responses import WorkSpacesResponse

from tests.support.moto_script import REGION, Script, client, play
from tests.support.moto_server import moto_directory, moto_server
from wsclient._generated.workspaces.service import SERVICE
from wsclient.testing import Emulator

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Difference:
    """Outcomes of a step at moto and at the emulator, which of them AWS documents, and the reason."""

    moto: object
    emulator: object
    right: str
    why: str


_SELFSERVICE = {
    "RestartWorkspace": "ENABLED",
    "IncreaseVolumeSize": "DISABLED",
    "ChangeComputeType": "DISABLED",
    "SwitchRunningMode": "DISABLED",
    "RebuildWorkspace": "DISABLED",
}
_NEWER_SELFSERVICE = {"NestedVirtualization": "DISABLED", "EnableEndUserAdvisor": "ENABLED"}
_ACCESS = {
    "DeviceTypeWindows": "ALLOW",
    "DeviceTypeOsx": "ALLOW",
    "DeviceTypeWeb": "DENY",
    "DeviceTypeIos": "ALLOW",
    "DeviceTypeAndroid": "ALLOW",
    "DeviceTypeChromeOs": "ALLOW",
    "DeviceTypeZeroClient": "ALLOW",
    "DeviceTypeLinux": "DENY",
}
_CREATION = {"EnableInternetAccess": False, "UserEnabledAsLocalAdministrator": True, "EnableMaintenanceMode": True}
_SAML = {"Status": "DISABLED", "RelayStateParameterName": "RelayState"}
_NOT_FOUND = "error ResourceNotFoundException"
_UNKNOWN = "The model names ResourceNotFoundException for what is not there"
_ASYNCHRONOUS = "The reference calls the operation asynchronous: it returns before the change is made"
_MODIFIES = "Every member is optional and the operation modifies: what is not named is not said to be reset"

DIFFERENCES = {
    "register": Difference(
        [],
        ["DirectoryId", "State"],
        "emulator",
        "The model's result has both; moto's answer is empty, as the model's was.",
    ),
    "state at once": Difference(
        ["REGISTERED"], ["REGISTERING"], "emulator", f"{_ASYNCHRONOUS}, and REGISTERING exists."
    ),
    "register again": Difference(
        "error InvalidGroup.Duplicate",
        "error ResourceAlreadyExistsException",
        "emulator",
        "moto's error is EC2's, for a second security group; the model names ResourceAlreadyExistsException.",
    ),
    "register unknown": Difference(
        "error EntityDoesNotExistException",
        _NOT_FOUND,
        "emulator",
        f"{_UNKNOWN}; moto's error is the Directory Service's.",
    ),
    "members": Difference(
        [],
        ["DnsIpv6Addresses", "EndpointEncryptionMode", "UserIdentityType", "WorkspaceType", "ipGroupIds"],
        "emulator",
        "The model's directory has them; DescribeWorkspaceDirectories filters by UserIdentityType and WorkspaceType.",
    ),
    "default SelfservicePermissions": Difference(
        _SELFSERVICE,
        _SELFSERVICE | _NEWER_SELFSERVICE,
        "emulator",
        "The reference gives NestedVirtualization and EnableEndUserAdvisor these defaults.",
    ),
    "default WorkspaceAccessProperties": Difference(
        _ACCESS,
        _ACCESS | {"DeviceTypeWorkSpacesThinClient": "ALLOW"},
        "open",
        "The model has the member, and no default of it is documented.",
    ),
    "default WorkspaceCreationProperties": Difference(
        _CREATION | {"DefaultOu": "", "CustomSecurityGroupId": ""},
        _CREATION,
        "emulator",
        "The model's security group has eleven characters at least: none is absent, not empty.",
    ),
    "default SamlProperties": Difference(
        _SAML | {"UserAccessUrl": ""}, _SAML, "emulator", "The model's URL has eight characters at least."
    ),
    "modified creation": Difference(
        {"EnableInternetAccess": True}, _CREATION | {"EnableInternetAccess": True}, "emulator", f"{_MODIFIES}."
    ),
    "modify unknown": Difference("error ValidationException", _NOT_FOUND, "emulator", f"{_UNKNOWN}."),
    "modified selfservice": Difference(
        {"RebuildWorkspace": "ENABLED"},
        _SELFSERVICE | _NEWER_SELFSERVICE | {"RebuildWorkspace": "ENABLED"},
        "emulator",
        f"{_MODIFIES}.",
    ),
    "modified client properties": Difference(
        [{"ReconnectEnabled": "DISABLED"}],
        [{"ReconnectEnabled": "DISABLED", "LogUploadEnabled": "ENABLED"}],
        "emulator",
        f"{_MODIFIES}.",
    ),
    "client properties of unknown": Difference([], _NOT_FOUND, "emulator", f"{_UNKNOWN}."),
    "create": Difference(["AVAILABLE"], ["PENDING"], "emulator", f"{_ASYNCHRONOUS}; moto says so in its source too."),
    "created at once": Difference(["AVAILABLE"], ["PENDING"], "emulator", f"{_ASYNCHRONOUS}: twenty minutes, say."),
    "created members": Difference(
        [],
        [
            "ComputerName",
            "IpAddress",
            "ModificationStates",
            "RelatedWorkspaces",
            "StandbyWorkspacesProperties",
            "SubnetId",
        ],
        "emulator",
        "The model's WorkSpace has them; one that is AVAILABLE has an address, a name and a subnet.",
    ),
    "describe by user, other case": Difference(
        0, 1, "emulator", "User names are Active Directory's, which compares them without regard to case."
    ),
    "create a second for a user": Difference(
        [], ["ResourceExists.WorkSpace"], "emulator", "A user has one WorkSpace in a directory."
    ),
    "tagged 2": Difference(
        [("a", "1"), ("a", "2")], [("a", "2")], "emulator", "A resource has one tag of a key; the new value replaces."
    ),
    "tags of unknown": Difference("error 500", _NOT_FOUND, "emulator", f"{_UNKNOWN}; moto fails."),
    "image": Difference(
        "AVAILABLE", "PENDING", "emulator", "Making an image takes 45 minutes; PENDING is a state of it."
    ),
    "image of a suspended WorkSpace": Difference(
        ["Created", "Description", "ImageId", "Name", "OwnerAccountId", "RequiredTenancy", "State"],
        "error InvalidResourceStateException",
        "emulator",
        "While an image is made of it, a WorkSpace is SUSPENDED; the model names InvalidResourceStateException.",
    ),
    "image members": Difference(
        ["ErrorCode", "ErrorMessage"],
        ["OperatingSystem"],
        "emulator",
        "The model's image has an operating system; error members are for images in ERROR, and moto's are empty.",
    ),
    "share unknown": Difference("error 500", _NOT_FOUND, "emulator", f"{_UNKNOWN}; moto fails."),
    "permissions of unknown": Difference([], _NOT_FOUND, "emulator", f"{_UNKNOWN}."),
    "terminate unknown": Difference(
        ["400"],
        ["ResourceNotFound.Workspace"],
        "emulator",
        "The code of a failed item is AWS's word for it, not an HTTP status.",
    ),
    "terminated at once": Difference(
        False,  # noqa: FBT003 - an outcome
        True,  # noqa: FBT003 - an outcome
        "emulator",
        f"{_ASYNCHRONOUS}; the WorkSpace is TERMINATING.",
    ),
    "deregister unknown": Difference("error 500", _NOT_FOUND, "emulator", f"{_UNKNOWN}; moto fails."),
}
"""Every step in which the two differ."""


@pytest.fixture(scope="module")
def scripts() -> Iterator[tuple[Script, Script]]:
    """Play the script at moto and at the emulator."""
    with moto_server() as url, Emulator(region=REGION) as aws:
        at_moto = client(url.rstrip("/"), "AKIDEXAMPLE", "secret", verify=False)
        keys = aws.credentials
        here = client(aws.endpoint_url, keys.access_key_id, keys.secret_access_key, verify=aws.ca_file)
        yield (
            play(Script(at_moto, moto_directory(url, REGION), "wsb-bh8rsxt14", lambda: None)),
            play(Script(here, aws.add_directory(registered=False), aws.bundle_id, lambda: aws.clock.advance(hours=1))),
        )


def test_differences_from_moto_are_those_of_the_table(scripts: tuple[Script, Script]) -> None:
    """Outcomes differ in exactly the steps of the table."""
    at_moto, here = scripts[0].outcomes, scripts[1].outcomes
    assert at_moto.keys() == here.keys()
    seen = {name: (at_moto[name], here[name]) for name in here if at_moto[name] != here[name]}
    assert seen == {name: (difference.moto, difference.emulator) for name, difference in DIFFERENCES.items()}


def test_comparison_covers_every_operation_of_moto(scripts: tuple[Script, Script]) -> None:
    """The script leaves out no operation that moto answers."""
    answered = {name for name in SERVICE.operations if hasattr(WorkSpacesResponse, xform_name(name))}
    assert scripts[0].operations == scripts[1].operations == answered


def test_every_difference_from_moto_has_a_verdict() -> None:
    """Each difference has a verdict and a reason; no difference has moto right."""
    assert {difference.right for difference in DIFFERENCES.values()} == {"emulator", "open"}
    assert all(difference.why.endswith(".") for difference in DIFFERENCES.values())
