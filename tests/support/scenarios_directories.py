"""Scenarios about directories: registered, set up, protected, branded, and reached by an alias."""

from __future__ import annotations

from tests.support.emulator_stage import FIPSLESS_REGION, Members, ScenarioSuite, Stage
from wsclient.testing import Quotas

SUITE = ScenarioSuite()
NO_DIRECTORY = "d-0000000000"
NO_GROUP = "wsipg-000000000"
PNG = b"\x89PNG\r\n\x1a\n" + b"pixels"


@SUITE.scenario_with(Quotas(directories=2))
def directories_are_registered(t: Stage) -> None:
    """A directory is registered, described and deregistered, by the clock."""
    directory_id, another = t.aws.add_directory(registered=False), t.aws.add_directory(registered=False)
    t.here.error("RegisterWorkspaceDirectory", "ResourceNotFoundException", DirectoryId=NO_DIRECTORY)
    dedicated = {"DirectoryId": directory_id, "Tenancy": "DEDICATED"}
    t.here.error("RegisterWorkspaceDirectory", "InvalidParameterValuesException", **dedicated)
    same = {"DirectoryId": directory_id, "SubnetIds": ["subnet-01234567", "subnet-01234567"]}
    t.here.error("RegisterWorkspaceDirectory", "OperationNotSupportedException", **same)
    t.here.ok("RegisterWorkspaceDirectory", DirectoryId=directory_id, EnableSelfService=True)
    t.here.error("RegisterWorkspaceDirectory", "ResourceAlreadyExistsException", DirectoryId=directory_id)
    t.here.error("RegisterWorkspaceDirectory", "ResourceLimitExceededException", DirectoryId=another)
    t.here.error("DeregisterWorkspaceDirectory", "InvalidResourceStateException", DirectoryId=directory_id)
    t.advance(minutes=5)
    described = t.directory(directory_id)
    seen = (described["State"], described["SelfservicePermissions"]["RebuildWorkspace"])
    t.verify(seen, ("REGISTERED", "ENABLED"), "RegisterWorkspaceDirectory", "DescribeWorkspaceDirectories")
    t.here.ok("DeregisterWorkspaceDirectory", DirectoryId=directory_id)
    t.advance(minutes=5)
    left = t.here.ok("DescribeWorkspaceDirectories")["Directories"]
    t.verify([item["DirectoryId"] for item in left], [t.aws.directory_id], "DeregisterWorkspaceDirectory")
    t.here.error("DeregisterWorkspaceDirectory", "ResourceNotFoundException", DirectoryId=directory_id)
    t.here.error("DescribeWorkspaceDirectories", "InvalidParameterValuesException", NextToken="none of yours")


PROPERTIES: dict[str, tuple[str, Members]] = {
    "ModifyWorkspaceAccessProperties": (
        "WorkspaceAccessProperties",
        {
            "DeviceTypeWindows": "DENY",
            "DeviceTypeOsx": "DENY",
            "DeviceTypeWeb": "ALLOW",
            "DeviceTypeIos": "DENY",
            "DeviceTypeAndroid": "DENY",
            "DeviceTypeChromeOs": "DENY",
            "DeviceTypeZeroClient": "DENY",
            "DeviceTypeLinux": "ALLOW",
            "DeviceTypeWorkSpacesThinClient": "DENY",
            "AccessEndpointConfig": {
                "AccessEndpoints": [{"AccessEndpointType": "STREAMING_WSP", "VpcEndpointId": "vpce-0123"}],
                "InternetFallbackProtocols": ["PCOIP"],
            },
        },
    ),
    "ModifySamlProperties": (
        "SamlProperties",
        {"Status": "ENABLED", "UserAccessUrl": "https://idp.example.com", "RelayStateParameterName": "Relay"},
    ),
    "ModifyCertificateBasedAuthProperties": (
        "CertificateBasedAuthProperties",
        {"Status": "ENABLED", "CertificateAuthorityArn": "arn:aws:acm-pca:us-west-2:123456789012:authority/a"},
    ),
    "ModifySelfservicePermissions": (
        "SelfservicePermissions",
        {
            "RestartWorkspace": "DISABLED",
            "IncreaseVolumeSize": "ENABLED",
            "ChangeComputeType": "ENABLED",
            "SwitchRunningMode": "ENABLED",
            "RebuildWorkspace": "ENABLED",
            "NestedVirtualization": "ENABLED",
            "EnableEndUserAdvisor": "DISABLED",
        },
    ),
    "ModifyStreamingProperties": (
        "StreamingProperties",
        {
            "StreamingExperiencePreferredProtocol": "UDP",
            "UserSettings": [
                {"Action": "CLIPBOARD_COPY_TO_LOCAL_DEVICE", "Permission": "ENABLED", "MaximumLength": 100}
            ],
            "StorageConnectors": [{"ConnectorType": "HOME_FOLDER", "Status": "ENABLED"}],
            "GlobalAccelerator": {"Mode": "ENABLED_AUTO", "PreferredProtocol": "TCP"},
        },
    ),
    "ModifyWorkspaceCreationProperties": (
        "WorkspaceCreationProperties",
        {
            "EnableInternetAccess": True,
            "DefaultOu": "OU=callers,DC=corp,DC=example,DC=com",
            "CustomSecurityGroupId": "sg-01234567",
            "UserEnabledAsLocalAdministrator": False,
            "EnableMaintenanceMode": False,
            "InstanceIamRoleArn": "arn:aws:iam::123456789012:role/caller",
        },
    ),
}
"""Every member of each kind of property, with a value that no directory begins with."""
REFUSED: dict[str, tuple[str, Members]] = {
    "ModifySamlProperties": (
        "InvalidParameterValuesException",
        {"PropertiesToDelete": ["SAML_PROPERTIES_USER_ACCESS_URL"]},
    ),
    "ModifyCertificateBasedAuthProperties": (
        "InvalidParameterValuesException",
        {"PropertiesToDelete": ["CERTIFICATE_BASED_AUTH_PROPERTIES_CERTIFICATE_AUTHORITY_ARN"]},
    ),
    "ModifyStreamingProperties": (
        "InvalidParameterValuesException",
        {
            "StreamingProperties": {
                "UserSettings": [{"Action": "SMART_CARD", "Permission": "ENABLED", "MaximumLength": 1}]
            }
        },
    ),
    "ModifyWorkspaceCreationProperties": (
        "InvalidParameterValuesException",
        {"WorkspaceCreationProperties": {"DefaultOu": "callers"}},
    ),
    "ModifyWorkspaceAccessProperties": (
        "InvalidParameterCombinationException",
        {
            "WorkspaceAccessProperties": {
                "AccessEndpointConfig": {"AccessEndpoints": [], "InternetFallbackProtocols": ["PCOIP"]}
            }
        },
    ),
}
"""What cannot be, once the properties above are set."""


@SUITE.scenario
def directories_are_set_up(t: Stage) -> None:
    """Every property of a directory is read back as it was written; those not named stay as they were."""
    directory_id, unready = t.aws.directory_id, t.aws.add_directory(registered=False)
    t.here.ok("RegisterWorkspaceDirectory", DirectoryId=unready)
    certificates = PROPERTIES["ModifyCertificateBasedAuthProperties"][1]
    t.here.error(
        "ModifyCertificateBasedAuthProperties",
        "OperationNotSupportedException",
        ResourceId=directory_id,
        CertificateBasedAuthProperties=certificates,
    )
    for operation, (member, values) in PROPERTIES.items():
        t.here.ok(operation, ResourceId=directory_id, **{member: values})
        t.verify(t.directory(directory_id)[member], values, operation)
        t.here.error(operation, "ResourceNotFoundException", ResourceId=NO_DIRECTORY, **{member: values})
        t.here.error(operation, "OperationNotSupportedException", ResourceId=unready, **{member: values})
    t.here.ok(
        "ModifySelfservicePermissions",
        ResourceId=directory_id,
        SelfservicePermissions={"RestartWorkspace": "ENABLED"},
    )
    permissions = t.directory(directory_id)["SelfservicePermissions"]
    assert (permissions["RestartWorkspace"], permissions["RebuildWorkspace"]) == ("ENABLED", "ENABLED")
    for operation, (code, members) in REFUSED.items():
        t.here.error(operation, code, ResourceId=directory_id, **members)
    twice = {"AccessEndpoints": [{"AccessEndpointType": "STREAMING_WSP", "VpcEndpointId": "vpce-0123"}] * 2}
    t.here.error(
        "ModifyWorkspaceAccessProperties",
        "InvalidParameterValuesException",
        ResourceId=directory_id,
        WorkspaceAccessProperties={"AccessEndpointConfig": twice},
    )


@SUITE.scenario
def directories_stream_by_fips(t: Stage) -> None:
    """The encryption of streaming is the directory's; FIPS needs a region that has it."""
    mode = {"DirectoryId": t.aws.directory_id, "EndpointEncryptionMode": "FIPS_VALIDATED"}
    t.here.ok("ModifyEndpointEncryptionMode", **mode)
    described = t.directory(t.aws.directory_id)["EndpointEncryptionMode"]
    t.verify(described, "FIPS_VALIDATED", "ModifyEndpointEncryptionMode")
    there = {"DirectoryId": t.aws.add_directory(region=FIPSLESS_REGION)}
    t.actor(region=FIPSLESS_REGION).error(
        "ModifyEndpointEncryptionMode", "OperationNotSupportedException", **mode | there
    )
    t.here.error("ModifyEndpointEncryptionMode", "ResourceNotFoundException", **mode | {"DirectoryId": NO_DIRECTORY})


@SUITE.scenario_with(Quotas(ip_groups=1, ip_groups_per_directory=0, rules_per_ip_group=2))
def ip_groups_have_limits(t: Stage) -> None:
    """Groups, rules and groups of a directory are as many as the quotas say."""
    rules = [{"ipRule": f"203.0.113.{number}"} for number in range(3)]
    t.here.error("CreateIpGroup", "ResourceLimitExceededException", GroupName="office", UserRules=rules)
    group_id = t.here.ok("CreateIpGroup", GroupName="office", UserRules=rules[:2])["GroupId"]
    t.here.error("CreateIpGroup", "ResourceLimitExceededException", GroupName="home")
    for operation in ("AuthorizeIpRules", "UpdateRulesOfIpGroup"):
        t.here.error(operation, "ResourceLimitExceededException", GroupId=group_id, UserRules=rules)
    pair = {"DirectoryId": t.aws.directory_id, "GroupIds": [group_id]}
    t.here.error("AssociateIpGroups", "ResourceLimitExceededException", **pair)


@SUITE.scenario
def ip_groups_protect_directories(t: Stage) -> None:
    """A group is created with rules, which are added, taken away and replaced; associated, it stays."""
    office, home = {"ipRule": "203.0.113.0/24", "ruleDesc": "office"}, {"ipRule": "198.51.100.7"}
    group_id = t.here.ok("CreateIpGroup", GroupName="office", UserRules=[office])["GroupId"]

    def rules() -> list[Members]:
        found: list[Members] = t.here.ok("DescribeIpGroups", GroupIds=[group_id])["Result"][0]["userRules"]
        return found

    t.verify(rules(), [office], "CreateIpGroup", "DescribeIpGroups")
    t.here.error("CreateIpGroup", "ResourceAlreadyExistsException", GroupName="office")
    t.here.ok("AuthorizeIpRules", GroupId=group_id, UserRules=[home])
    t.verify(rules(), [office, home], "AuthorizeIpRules")
    t.here.ok("RevokeIpRules", GroupId=group_id, UserRules=[office["ipRule"]])
    t.verify(rules(), [home], "RevokeIpRules")
    t.here.ok("UpdateRulesOfIpGroup", GroupId=group_id, UserRules=[office])
    t.verify(rules(), [office], "UpdateRulesOfIpGroup")
    pair = {"DirectoryId": t.aws.directory_id, "GroupIds": [group_id]}
    t.here.ok("AssociateIpGroups", **pair)
    t.verify(t.directory(t.aws.directory_id)["ipGroupIds"], [group_id], "AssociateIpGroups")
    t.here.error("DeleteIpGroup", "ResourceAssociatedException", GroupId=group_id)
    t.here.ok("DisassociateIpGroups", **pair)
    t.verify(t.directory(t.aws.directory_id)["ipGroupIds"], [], "DisassociateIpGroups")
    t.here.ok("DeleteIpGroup", GroupId=group_id)
    t.verify(t.here.ok("DescribeIpGroups")["Result"], [], "DeleteIpGroup")
    ipv6 = [{"ipRule": "2001:db8::/32"}]
    t.here.error("CreateIpGroup", "InvalidParameterValuesException", GroupName="v6", UserRules=ipv6)
    group_id = t.here.ok("CreateIpGroup", GroupName="office")["GroupId"]
    for operation in ("AuthorizeIpRules", "UpdateRulesOfIpGroup"):
        t.here.error(operation, "InvalidParameterValuesException", GroupId=group_id, UserRules=ipv6)
    t.here.ok("DeregisterWorkspaceDirectory", DirectoryId=t.aws.directory_id)
    for operation in ("AssociateIpGroups", "DisassociateIpGroups"):
        t.here.error(operation, "InvalidResourceStateException", **pair)
    t.here.error("DescribeIpGroups", "InvalidParameterValuesException", NextToken="none of yours")
    for operation in ("AuthorizeIpRules", "UpdateRulesOfIpGroup"):
        t.here.error(operation, "ResourceNotFoundException", GroupId=NO_GROUP, UserRules=[home])
    t.here.error("RevokeIpRules", "ResourceNotFoundException", GroupId=NO_GROUP, UserRules=[home["ipRule"]])
    t.here.error("DeleteIpGroup", "ResourceNotFoundException", GroupId=NO_GROUP)
    for operation in ("AssociateIpGroups", "DisassociateIpGroups"):
        nobody = {"DirectoryId": NO_DIRECTORY, "GroupIds": [group_id]}
        t.here.error(operation, "ResourceNotFoundException", **nobody)


@SUITE.scenario
def clients_are_told_what_they_may(t: Stage) -> None:
    """Clients' properties change as far as they are named."""
    directory_id = t.aws.directory_id
    requested = {"ReconnectEnabled": "DISABLED", "ClientExperiencePolicy": "USER_CHOICE"}
    t.here.ok("ModifyClientProperties", ResourceId=directory_id, ClientProperties=requested)
    listed = t.here.ok("DescribeClientProperties", ResourceIds=[directory_id])["ClientPropertiesList"]
    expected = {"ResourceId": directory_id, "ClientProperties": requested | {"LogUploadEnabled": "ENABLED"}}
    t.verify(listed, [expected], "ModifyClientProperties", "DescribeClientProperties")
    t.here.error("DescribeClientProperties", "ResourceNotFoundException", ResourceIds=[NO_DIRECTORY])
    t.here.error(
        "ModifyClientProperties", "ResourceNotFoundException", ResourceId=NO_DIRECTORY, ClientProperties=requested
    )
    unready = t.aws.add_directory(registered=False)
    t.here.ok("RegisterWorkspaceDirectory", DirectoryId=unready)
    t.here.error(
        "ModifyClientProperties", "OperationNotSupportedException", ResourceId=unready, ClientProperties=requested
    )
    wrong = {"ClientExperiencePolicy": "ANY"}
    t.here.error(
        "ModifyClientProperties", "InvalidParameterValuesException", ResourceId=directory_id, ClientProperties=wrong
    )


@SUITE.scenario
def clients_are_branded(t: Stage) -> None:
    """Branding is imported, seen and deleted a platform at a time."""
    directory_id = t.aws.directory_id
    web = {"SupportEmail": "help@example.com", "LoginMessage": {"en_US": "hello"}}
    ios = {"Logo": PNG, "Logo2x": PNG, "SupportLink": "https://example.com"}
    imported = t.here.ok("ImportClientBranding", ResourceId=directory_id, DeviceTypeWeb=web, DeviceTypeIos=ios)
    described = t.here.ok("DescribeClientBranding", ResourceId=directory_id)
    t.verify(described["DeviceTypeWeb"], web, "ImportClientBranding")
    t.verify(described["DeviceTypeIos"], imported["DeviceTypeIos"], "DescribeClientBranding")
    assert set(described["DeviceTypeIos"]) == {"LogoUrl", "Logo2xUrl", "SupportLink"}
    t.here.ok("DeleteClientBranding", ResourceId=directory_id, Platforms=["DeviceTypeWeb"])
    left = set(t.here.ok("DescribeClientBranding", ResourceId=directory_id)) - {"ResponseMetadata"}
    t.verify(left, {"DeviceTypeIos"}, "DeleteClientBranding")
    for wrong in (
        {},
        {"DeviceTypeWeb": web | {"SupportLink": "https://example.com"}},
        {"DeviceTypeWeb": {"LoginMessage": {"de_DE": "hallo"}}},
        {"DeviceTypeOsx": {"Logo": b"GIF89a"}},
    ):
        t.here.error("ImportClientBranding", "InvalidParameterValuesException", ResourceId=directory_id, **wrong)
    heavy = {"Logo": PNG + bytes(1_400_000)}
    platforms = dict.fromkeys(
        ["DeviceTypeWeb", "DeviceTypeOsx", "DeviceTypeLinux", "DeviceTypeAndroid", "DeviceTypeWindows"], heavy
    )
    t.here.error("ImportClientBranding", "ResourceLimitExceededException", ResourceId=directory_id, **platforms)
    t.here.error("ImportClientBranding", "ResourceNotFoundException", ResourceId=NO_DIRECTORY, DeviceTypeWeb=web)
    t.here.error("DescribeClientBranding", "ResourceNotFoundException", ResourceId=NO_DIRECTORY)
    t.here.error(
        "DeleteClientBranding", "ResourceNotFoundException", ResourceId=NO_DIRECTORY, Platforms=["DeviceTypeWeb"]
    )


@SUITE.scenario
def clients_have_an_add_in(t: Stage) -> None:
    """A directory has one add-in, which can be renamed and deleted."""
    directory_id = t.aws.directory_id
    draft = {"ResourceId": directory_id, "Name": "calls", "URL": "https://example.com/calls"}
    add_in_id = t.here.ok("CreateConnectClientAddIn", **draft)["AddInId"]

    def listed() -> list[Members]:
        found: list[Members] = t.here.ok("DescribeConnectClientAddIns", ResourceId=directory_id)["AddIns"]
        return found

    t.verify(listed(), [draft | {"AddInId": add_in_id}], "CreateConnectClientAddIn", "DescribeConnectClientAddIns")
    t.here.error("CreateConnectClientAddIn", "ResourceAlreadyExistsException", **draft)
    pair = {"ResourceId": directory_id, "AddInId": add_in_id}
    t.here.ok("UpdateConnectClientAddIn", **pair, Name="phone")
    t.verify([item["Name"] for item in listed()], ["phone"], "UpdateConnectClientAddIn")
    t.here.error("UpdateConnectClientAddIn", "InvalidParameterValuesException", **pair)
    t.here.ok("DeleteConnectClientAddIn", **pair)
    t.verify(listed(), [], "DeleteConnectClientAddIn")
    t.here.error("DeleteConnectClientAddIn", "ResourceNotFoundException", **pair)
    t.here.error("UpdateConnectClientAddIn", "ResourceNotFoundException", **pair, Name="phone")
    lost = {"ResourceId": directory_id, "NextToken": "none of yours"}
    t.here.error("DescribeConnectClientAddIns", "InvalidParameterValuesException", **lost)
    t.here.error("DescribeConnectClientAddIns", "ResourceNotFoundException", ResourceId=NO_DIRECTORY)
    t.here.error("CreateConnectClientAddIn", "ResourceNotFoundException", **draft | {"ResourceId": NO_DIRECTORY})
