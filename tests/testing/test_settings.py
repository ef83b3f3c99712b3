"""Settings of directories, clients and pools in the emulator."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.emulator_calls import Members, refusal
from tests.support.emulators import Caller
from wsclient.errors import ConfigurationError
from wsclient.types import WorkspaceType

PNG = "iVBORw0KGgo="
"""What every PNG begins with, in base64."""
URL = "SAML_PROPERTIES_USER_ACCESS_URL"
AUTHORITY = "CERTIFICATE_BASED_AUTH_PROPERTIES_CERTIFICATE_AUTHORITY_ARN"
ARN = "arn:aws:acm-pca:us-west-2:123456789012:authority/a"


@pytest.fixture
def caller() -> Caller:
    """Give an emulator of its own to each test, in this process, at a standing clock."""
    return Caller()


def directory(caller: Caller) -> Members:
    """Return the emulator's first directory."""
    found: Any = caller.call("DescribeWorkspaceDirectories", {"DirectoryIds": [caller.aws.directory_id]})["Directories"]
    return dict(found[0])


def saml(caller: Caller, *, deleted: list[str] | None = None, **properties: str) -> Members:
    """Return the members of a modification of SAML."""
    members: Members = {"ResourceId": caller.aws.directory_id, "SamlProperties": properties}
    return members | ({"PropertiesToDelete": deleted} if deleted else {})


def test_saml_properties_are_set_and_deleted(caller: Caller) -> None:
    """A URL is required while SAML is enabled, and cannot be set and deleted in the same call."""
    assert refusal(caller, "ModifySamlProperties", saml(caller, Status="ENABLED")) == "InvalidParameterValuesException"
    caller.call("ModifySamlProperties", saml(caller, Status="ENABLED", UserAccessUrl="https://idp.example.com"))
    for members in (
        saml(caller, deleted=[URL]),
        saml(caller, deleted=[URL], UserAccessUrl="https://other.example.com"),
    ):
        assert refusal(caller, "ModifySamlProperties", members) == "InvalidParameterValuesException"
    caller.call("ModifySamlProperties", saml(caller, deleted=[URL], Status="DISABLED"))
    assert directory(caller)["SamlProperties"] == {"Status": "DISABLED", "RelayStateParameterName": "RelayState"}


def test_certificate_authentication_needs_an_authority(caller: Caller) -> None:
    """The authority is set, needed while certificates are enabled, and deleted when they are not."""
    caller.call("ModifySamlProperties", saml(caller, Status="ENABLED", UserAccessUrl="https://idp.example.com"))
    operation = "ModifyCertificateBasedAuthProperties"

    def requested(*deleted: str, **properties: str) -> Members:
        members: Members = {"ResourceId": caller.aws.directory_id, "CertificateBasedAuthProperties": properties}
        return members | ({"PropertiesToDelete": list(deleted)} if deleted else {})

    assert refusal(caller, operation, requested(Status="ENABLED")) == "InvalidParameterValuesException"
    caller.call(operation, requested(Status="ENABLED", CertificateAuthorityArn=ARN))
    both = requested(AUTHORITY, CertificateAuthorityArn=ARN)
    assert refusal(caller, operation, both) == "InvalidParameterValuesException"
    caller.call(operation, requested(AUTHORITY, Status="DISABLED"))
    assert directory(caller)["CertificateBasedAuthProperties"] == {"Status": "DISABLED"}


def test_denying_a_device_type_changes_no_other(caller: Caller) -> None:
    """Denying a device type leaves the other types unchanged."""
    before = directory(caller)["WorkspaceAccessProperties"]
    denied = {"DeviceTypeOsx": "DENY"}
    members = {"ResourceId": caller.aws.directory_id, "WorkspaceAccessProperties": denied}
    caller.call("ModifyWorkspaceAccessProperties", members)
    assert directory(caller)["WorkspaceAccessProperties"] == before | denied


def test_duplicate_user_settings_are_rejected(caller: Caller) -> None:
    """Two settings of the same action are rejected."""
    setting = {"Action": "SMART_CARD", "Permission": "ENABLED"}
    members = {"ResourceId": caller.aws.directory_id, "StreamingProperties": {"UserSettings": [setting, setting]}}
    assert refusal(caller, "ModifyStreamingProperties", members) == "InvalidParameterValuesException"


def test_deregistering_a_directory_deletes_its_settings(caller: Caller) -> None:
    """Registered again, a directory has neither the add-in nor the branding nor the properties it had."""
    here = {"ResourceId": caller.aws.directory_id}
    caller.call("CreateConnectClientAddIn", here | {"Name": "calls", "URL": "https://example.com"})
    caller.call("ImportClientBranding", here | {"DeviceTypeOsx": {"Logo": PNG}})
    caller.call("ModifyClientProperties", here | {"ClientProperties": {"ReconnectEnabled": "DISABLED"}})
    caller.call("DeregisterWorkspaceDirectory", {"DirectoryId": caller.aws.directory_id})
    caller.aws.clock.advance(minutes=5)
    caller.call("RegisterWorkspaceDirectory", {"DirectoryId": caller.aws.directory_id})
    assert caller.call("DescribeConnectClientAddIns", here)["AddIns"] == []
    assert caller.call("DescribeClientBranding", here) == {}
    properties: Any = caller.call("DescribeClientProperties", {"ResourceIds": [caller.aws.directory_id]})
    assert properties["ClientPropertiesList"][0]["ClientProperties"]["ReconnectEnabled"] == "ENABLED"


def test_logo_url_changes_with_the_content(caller: Caller) -> None:
    """A platform's branding is replaced completely, and its logo's URL changes with the content."""
    here = {"ResourceId": caller.aws.directory_id}

    def imported(**attributes: str) -> Members:
        answer: Any = caller.call("ImportClientBranding", here | {"DeviceTypeOsx": attributes})
        return dict(answer["DeviceTypeOsx"])

    first = imported(Logo=PNG, SupportEmail="help@example.com")
    second = imported(Logo=PNG[:-1] + "A")
    assert first["LogoUrl"] != second["LogoUrl"]
    assert set(second) == {"LogoUrl"}


def new_pool(caller: Caller, name: str = "callers", **members: Any) -> str:
    """Create a pool and wait for it."""
    draft = {
        "PoolName": name,
        "Description": "callers",
        "BundleId": caller.aws.bundle_id,
        "DirectoryId": caller.aws.add_directory(kind=WorkspaceType.POOLS),
        "Capacity": {"DesiredUserSessions": 1},
        **members,
    }
    pool: Any = caller.call("CreateWorkspacesPool", draft)["WorkspacesPool"]
    caller.aws.clock.advance(minutes=5)
    return str(pool["PoolId"])


def pools(caller: Caller, **members: Any) -> list[Members]:
    """Return the pools of the first page."""
    found: Any = caller.call("DescribeWorkspacesPools", members)["WorkspacesPools"]
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
def test_pools_are_filtered_by_name(caller: Caller, operator: str, value: str, names: list[str]) -> None:
    """Each filter operator of the model selects the matching pools."""
    for name in ("red", "redder", "blue"):
        new_pool(caller, name)
    wanted = {"Name": "PoolName", "Operator": operator, "Values": [value]}
    assert sorted(pool["PoolName"] for pool in pools(caller, Filters=[wanted])) == names


def test_pool_update_keeps_other_settings(caller: Caller) -> None:
    """An update keeps settings that it does not name; a settings group needs a bucket."""
    settings = {"Status": "ENABLED", "SettingsGroup": "callers"}
    pool_id = new_pool(caller, ApplicationSettings=settings, TimeoutSettings={"DisconnectTimeoutInSeconds": 60})
    caller.call(
        "UpdateWorkspacesPool",
        {
            "PoolId": pool_id,
            "Description": "more",
            "Capacity": {"DesiredUserSessions": 3},
            "TimeoutSettings": {"IdleDisconnectTimeoutInSeconds": 120},
        },
    )
    (pool,) = pools(caller)
    assert (pool["Description"], pool["CapacityStatus"]["DesiredUserSessions"]) == ("more", 3)
    assert pool["ApplicationSettings"].items() >= settings.items()
    assert pool["ApplicationSettings"]["S3BucketName"].startswith("wspool-app-settings-")
    timeouts = pool["TimeoutSettings"]
    assert (timeouts["DisconnectTimeoutInSeconds"], timeouts["IdleDisconnectTimeoutInSeconds"]) == (60, 120)


def test_pool_sessions_end_by_time_or_with_the_pool(caller: Caller) -> None:
    """A pool has as many sessions as its capacity, each for a limited time, and none when it stops."""
    pool_id = new_pool(caller, TimeoutSettings={"MaxUserDurationInSeconds": 600})
    with pytest.raises(ConfigurationError, match="does not exist, is not RUNNING or has no free session"):
        caller.aws.add_pool_session(pool_id, "mary")
    caller.call("StartWorkspacesPool", {"PoolId": pool_id})
    caller.aws.clock.advance(minutes=15)
    caller.aws.add_pool_session(pool_id, "mary")
    with pytest.raises(ConfigurationError, match="does not exist, is not RUNNING or has no free session"):
        caller.aws.add_pool_session(pool_id, "john")
    caller.aws.clock.advance(minutes=10)
    caller.aws.add_pool_session(pool_id, "john")
    caller.call("StopWorkspacesPool", {"PoolId": pool_id})
    assert caller.call("DescribeWorkspacesPoolSessions", {"PoolId": pool_id})["Sessions"] == []


def test_directory_with_a_pool_cannot_be_deregistered(caller: Caller) -> None:
    """The pool must be terminated first."""
    directory_id = caller.aws.add_directory(kind=WorkspaceType.POOLS)
    new_pool(caller, DirectoryId=directory_id)
    members = {"DirectoryId": directory_id}
    assert refusal(caller, "DeregisterWorkspaceDirectory", members) == "InvalidResourceStateException"


def test_forty_images_are_listed_by_page_tokens(caller: Caller) -> None:
    """Forty images come in pages of at most 25, each of them once."""
    added = {caller.aws.add_image(f"image {number}") for number in range(40)}
    first: Any = caller.call("DescribeWorkspaceImages")
    second: Any = caller.call("DescribeWorkspaceImages", {"NextToken": first["NextToken"]})
    seen = [image["ImageId"] for page in (first, second) for image in page["Images"]]
    assert (len(first["Images"]), sorted(seen), "NextToken" in second) == (25, sorted(added), False)
