"""Settings of directories, clients and pools in the emulator."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.emulator_calls import Members, refusal
from tests.support.emulators import Desk
from wsclient.errors import ConfigurationError
from wsclient.types import WorkspaceType

PNG = "iVBORw0KGgo="
"""What every PNG begins with, in base64."""
URL = "SAML_PROPERTIES_USER_ACCESS_URL"
AUTHORITY = "CERTIFICATE_BASED_AUTH_PROPERTIES_CERTIFICATE_AUTHORITY_ARN"
ARN = "arn:aws:acm-pca:us-west-2:123456789012:authority/a"


@pytest.fixture
def desk() -> Desk:
    """Give an emulator of its own to each test, in this process, at a standing clock."""
    return Desk()


def directory(desk: Desk) -> Members:
    """Return the emulator's first directory."""
    found: Any = desk.call("DescribeWorkspaceDirectories", {"DirectoryIds": [desk.aws.directory_id]})["Directories"]
    return dict(found[0])


def saml(desk: Desk, *, deleted: list[str] | None = None, **properties: str) -> Members:
    """Return the members of a modification of SAML."""
    members: Members = {"ResourceId": desk.aws.directory_id, "SamlProperties": properties}
    return members | ({"PropertiesToDelete": deleted} if deleted else {})


def test_saml_properties_are_set_and_deleted(desk: Desk) -> None:
    """A URL is required while SAML is enabled, and cannot be set and deleted in the same call."""
    assert refusal(desk, "ModifySamlProperties", saml(desk, Status="ENABLED")) == "InvalidParameterValuesException"
    desk.call("ModifySamlProperties", saml(desk, Status="ENABLED", UserAccessUrl="https://idp.example.com"))
    for members in (
        saml(desk, deleted=[URL]),
        saml(desk, deleted=[URL], UserAccessUrl="https://other.example.com"),
    ):
        assert refusal(desk, "ModifySamlProperties", members) == "InvalidParameterValuesException"
    desk.call("ModifySamlProperties", saml(desk, deleted=[URL], Status="DISABLED"))
    assert directory(desk)["SamlProperties"] == {"Status": "DISABLED", "RelayStateParameterName": "RelayState"}


def test_certificate_authentication_needs_an_authority(desk: Desk) -> None:
    """The authority is set, needed while certificates are enabled, and deleted when they are not."""
    desk.call("ModifySamlProperties", saml(desk, Status="ENABLED", UserAccessUrl="https://idp.example.com"))
    operation = "ModifyCertificateBasedAuthProperties"

    def requested(*deleted: str, **properties: str) -> Members:
        members: Members = {"ResourceId": desk.aws.directory_id, "CertificateBasedAuthProperties": properties}
        return members | ({"PropertiesToDelete": list(deleted)} if deleted else {})

    assert refusal(desk, operation, requested(Status="ENABLED")) == "InvalidParameterValuesException"
    desk.call(operation, requested(Status="ENABLED", CertificateAuthorityArn=ARN))
    both = requested(AUTHORITY, CertificateAuthorityArn=ARN)
    assert refusal(desk, operation, both) == "InvalidParameterValuesException"
    desk.call(operation, requested(AUTHORITY, Status="DISABLED"))
    assert directory(desk)["CertificateBasedAuthProperties"] == {"Status": "DISABLED"}


def test_denying_a_device_type_changes_no_other(desk: Desk) -> None:
    """Denying a device type leaves the other types unchanged."""
    before = directory(desk)["WorkspaceAccessProperties"]
    denied = {"DeviceTypeOsx": "DENY"}
    members = {"ResourceId": desk.aws.directory_id, "WorkspaceAccessProperties": denied}
    desk.call("ModifyWorkspaceAccessProperties", members)
    assert directory(desk)["WorkspaceAccessProperties"] == before | denied


def test_duplicate_user_settings_are_rejected(desk: Desk) -> None:
    """Two settings of the same action are rejected."""
    setting = {"Action": "SMART_CARD", "Permission": "ENABLED"}
    members = {"ResourceId": desk.aws.directory_id, "StreamingProperties": {"UserSettings": [setting, setting]}}
    assert refusal(desk, "ModifyStreamingProperties", members) == "InvalidParameterValuesException"


def test_deregistering_a_directory_deletes_its_settings(desk: Desk) -> None:
    """Registered again, a directory has neither the add-in nor the branding nor the properties it had."""
    here = {"ResourceId": desk.aws.directory_id}
    desk.call("CreateConnectClientAddIn", here | {"Name": "calls", "URL": "https://example.com"})
    desk.call("ImportClientBranding", here | {"DeviceTypeOsx": {"Logo": PNG}})
    desk.call("ModifyClientProperties", here | {"ClientProperties": {"ReconnectEnabled": "DISABLED"}})
    desk.call("DeregisterWorkspaceDirectory", {"DirectoryId": desk.aws.directory_id})
    desk.aws.clock.advance(minutes=5)
    desk.call("RegisterWorkspaceDirectory", {"DirectoryId": desk.aws.directory_id})
    assert desk.call("DescribeConnectClientAddIns", here)["AddIns"] == []
    assert desk.call("DescribeClientBranding", here) == {}
    properties: Any = desk.call("DescribeClientProperties", {"ResourceIds": [desk.aws.directory_id]})
    assert properties["ClientPropertiesList"][0]["ClientProperties"]["ReconnectEnabled"] == "ENABLED"


def test_logo_url_changes_with_the_content(desk: Desk) -> None:
    """A platform's branding is replaced completely, and its logo's URL changes with the content."""
    here = {"ResourceId": desk.aws.directory_id}

    def imported(**attributes: str) -> Members:
        answer: Any = desk.call("ImportClientBranding", here | {"DeviceTypeOsx": attributes})
        return dict(answer["DeviceTypeOsx"])

    first = imported(Logo=PNG, SupportEmail="help@example.com")
    second = imported(Logo=PNG[:-1] + "A")
    assert first["LogoUrl"] != second["LogoUrl"]
    assert set(second) == {"LogoUrl"}


def new_pool(desk: Desk, name: str = "desks", **members: Any) -> str:
    """Create a pool and wait for it."""
    draft = {
        "PoolName": name,
        "Description": "desks",
        "BundleId": desk.aws.bundle_id,
        "DirectoryId": desk.aws.add_directory(kind=WorkspaceType.POOLS),
        "Capacity": {"DesiredUserSessions": 1},
        **members,
    }
    pool: Any = desk.call("CreateWorkspacesPool", draft)["WorkspacesPool"]
    desk.aws.clock.advance(minutes=5)
    return str(pool["PoolId"])


def pools(desk: Desk, **members: Any) -> list[Members]:
    """Return the pools of the first page."""
    found: Any = desk.call("DescribeWorkspacesPools", members)["WorkspacesPools"]
    return list(found)


@pytest.mark.parametrize(
    ("operator", "value", "names"),
    [
        ("EQUALS", "blue", ["blue"]),
        ("NOTEQUALS", "blue", ["red", "redder"]),
        ("CONTAINS", "red", ["red", "redder"]),
        ("NOTCONTAINS", "red", ["blue"]),
    ],
)
def test_pools_are_filtered_by_name(desk: Desk, operator: str, value: str, names: list[str]) -> None:
    """Each filter operator of the model selects the matching pools."""
    for name in ("red", "redder", "blue"):
        new_pool(desk, name)
    wanted = {"Name": "PoolName", "Operator": operator, "Values": [value]}
    assert sorted(pool["PoolName"] for pool in pools(desk, Filters=[wanted])) == names


def test_pool_update_keeps_other_settings(desk: Desk) -> None:
    """An update keeps settings that it does not name; a settings group needs a bucket."""
    settings = {"Status": "ENABLED", "SettingsGroup": "desks"}
    pool_id = new_pool(desk, ApplicationSettings=settings, TimeoutSettings={"DisconnectTimeoutInSeconds": 60})
    desk.call(
        "UpdateWorkspacesPool",
        {
            "PoolId": pool_id,
            "Description": "more",
            "Capacity": {"DesiredUserSessions": 3},
            "TimeoutSettings": {"IdleDisconnectTimeoutInSeconds": 120},
        },
    )
    (pool,) = pools(desk)
    assert (pool["Description"], pool["CapacityStatus"]["DesiredUserSessions"]) == ("more", 3)
    assert pool["ApplicationSettings"].items() >= settings.items()
    assert pool["ApplicationSettings"]["S3BucketName"].startswith("wspool-app-settings-")
    timeouts = pool["TimeoutSettings"]
    assert (timeouts["DisconnectTimeoutInSeconds"], timeouts["IdleDisconnectTimeoutInSeconds"]) == (60, 120)


def test_pool_sessions_end_by_time_or_with_the_pool(desk: Desk) -> None:
    """A pool has as many sessions as its capacity, each for a limited time, and none when it stops."""
    pool_id = new_pool(desk, TimeoutSettings={"MaxUserDurationInSeconds": 600})
    with pytest.raises(ConfigurationError, match="does not exist, is not RUNNING or has no free session"):
        desk.aws.add_pool_session(pool_id, "mary")
    desk.call("StartWorkspacesPool", {"PoolId": pool_id})
    desk.aws.clock.advance(minutes=15)
    desk.aws.add_pool_session(pool_id, "mary")
    with pytest.raises(ConfigurationError, match="does not exist, is not RUNNING or has no free session"):
        desk.aws.add_pool_session(pool_id, "john")
    desk.aws.clock.advance(minutes=10)
    desk.aws.add_pool_session(pool_id, "john")
    desk.call("StopWorkspacesPool", {"PoolId": pool_id})
    assert desk.call("DescribeWorkspacesPoolSessions", {"PoolId": pool_id})["Sessions"] == []


def test_directory_with_a_pool_cannot_be_deregistered(desk: Desk) -> None:
    """The pool must be terminated first."""
    directory_id = desk.aws.add_directory(kind=WorkspaceType.POOLS)
    new_pool(desk, DirectoryId=directory_id)
    members = {"DirectoryId": directory_id}
    assert refusal(desk, "DeregisterWorkspaceDirectory", members) == "InvalidResourceStateException"


def test_forty_images_are_listed_by_page_tokens(desk: Desk) -> None:
    """Forty images come in pages of at most 25, each of them once."""
    added = {desk.aws.add_image(f"image {number}") for number in range(40)}
    first: Any = desk.call("DescribeWorkspaceImages")
    second: Any = desk.call("DescribeWorkspaceImages", {"NextToken": first["NextToken"]})
    seen = [image["ImageId"] for page in (first, second) for image in page["Images"]]
    assert (len(first["Images"]), sorted(seen), "NextToken" in second) == (25, sorted(added), False)
