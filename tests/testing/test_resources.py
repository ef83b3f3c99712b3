"""Directories, bundles, tags, IP groups and STS in the emulator."""

# Reads private state of the emulator.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from typing import Any

import pytest

from tests.support.emulators import CallFailedError, Desk
from wsclient._core.protocols.xml import Element, parse_xml
from wsclient.testing import Quotas
from wsclient.testing._operations.tags import MAX_TAGS

Members = dict[str, Any]  # AWS's names, as JSON has them
QUOTAS = Quotas()


@pytest.fixture
def desk() -> Desk:
    """Give an emulator of its own to each test, in this process, at a standing clock."""
    return Desk()


def refusal(desk: Desk, operation: str, members: Members) -> object:
    """Return the code that a call is refused with."""
    with pytest.raises(CallFailedError) as refused:
        desk.call(operation, members)
    return refused.value.code


def ask_sts(desk: Desk, form: str) -> Element:
    """Return STS's answer to a form."""
    return parse_xml(desk.form(f"Version=2011-06-15&{form}".encode()).body)


def text_of(element: Element, *path: str) -> str:
    """Return the text at a path below an element."""
    for step in path:
        child = element.child(step)
        assert child is not None, f"no {step} in {element.tag}"
        element = child
    return element.text


def directories(desk: Desk, **members: object) -> list[Members]:
    """Return the directories of the first page."""
    found: Any = desk.call("DescribeWorkspaceDirectories", members)["Directories"]
    return list(found)


def rules(count: int) -> list[Members]:
    """Return so many different rules."""
    return [{"ipRule": f"10.0.{number}.0/24"} for number in range(count)]


def rules_of(desk: Desk, group_id: str) -> list[str]:
    """Return the addresses a group lets in."""
    groups: Any = desk.call("DescribeIpGroups", {"GroupIds": [group_id]})["Result"]
    return [rule["ipRule"] for rule in groups[0]["userRules"]]


def new_group(desk: Desk, name: str = "office", **members: object) -> str:
    """Create an IP group and return its id."""
    return str(desk.call("CreateIpGroup", {"GroupName": name, **members})["GroupId"])


def test_directory_registration_follows_the_clock(desk: Desk) -> None:
    """A directory of Directory Service becomes REGISTERED, is refused a second time, and leaves when empty."""
    directory_id = desk.aws.add_directory(registered=False)
    members = {"DirectoryId": directory_id, "Tags": [{"Key": "a", "Value": "b"}]}
    assert desk.call("RegisterWorkspaceDirectory", members)["State"] == "REGISTERING"
    assert (
        refusal(desk, "DeregisterWorkspaceDirectory", {"DirectoryId": directory_id}) == "InvalidResourceStateException"
    )
    assert desk.call("DescribeTags", {"ResourceId": directory_id})["TagList"] == [{"Key": "a", "Value": "b"}]
    desk.aws.clock.advance(minutes=5)
    assert directories(desk, DirectoryIds=[directory_id])[0]["State"] == "REGISTERED"
    assert refusal(desk, "RegisterWorkspaceDirectory", members) == "ResourceAlreadyExistsException"
    desk.call("DeregisterWorkspaceDirectory", {"DirectoryId": directory_id})
    assert directories(desk, DirectoryIds=[directory_id])[0]["State"] == "DEREGISTERING"
    desk.aws.clock.advance(minutes=5)
    assert directories(desk, DirectoryIds=[directory_id]) == []
    assert desk.call("RegisterWorkspaceDirectory", members)["DirectoryId"] == directory_id


def test_directory_with_workspaces_cannot_be_deregistered(desk: Desk) -> None:
    """A directory with WorkSpaces cannot be deregistered."""
    desk.aws.add_workspaces()
    members = {"DirectoryId": desk.aws.directory_id}
    assert refusal(desk, "DeregisterWorkspaceDirectory", members) == "InvalidResourceStateException"


def test_unknown_directories_are_not_found(desk: Desk) -> None:
    """Registering needs an existing directory or a name for a new one, deregistering an existing directory."""
    members = {"DirectoryId": "d-0123456789"}
    assert refusal(desk, "RegisterWorkspaceDirectory", members) == "ResourceNotFoundException"
    assert refusal(desk, "DeregisterWorkspaceDirectory", members) == "ResourceNotFoundException"
    assert refusal(desk, "RegisterWorkspaceDirectory", {}) == "InvalidParameterValuesException"


def test_directories_are_found_by_id_name_and_kind(desk: Desk) -> None:
    """DescribeWorkspaceDirectories filters by id, name and type; a WorkSpaces-managed directory has a name."""
    members = {"WorkspaceDirectoryName": "pools-one", "WorkspaceType": "POOLS", "UserIdentityType": "CUSTOMER_MANAGED"}
    pools = desk.call("RegisterWorkspaceDirectory", members)["DirectoryId"]
    personal = desk.aws.directory_id

    def found(**filters: object) -> list[object]:
        return [directory["DirectoryId"] for directory in directories(desk, **filters)]

    assert found(WorkspaceDirectoryNames=["pools-one"]) == [pools]
    assert found(Filters=[{"Name": "WORKSPACE_TYPE", "Values": ["PERSONAL"]}]) == [personal]
    assert found(Filters=[{"Name": "USER_IDENTITY_TYPE", "Values": ["CUSTOMER_MANAGED"]}]) == [pools]
    both = {"DirectoryIds": [personal], "WorkspaceDirectoryNames": ["pools-one"]}
    assert refusal(desk, "DescribeWorkspaceDirectories", both) == "InvalidParameterValuesException"


def test_bundles_are_filtered_by_owner_and_id(desk: Desk) -> None:
    """Without an owner only the account's own bundles are listed; ids find any."""
    mine = desk.aws.add_bundle("mine")

    def found(**filters: object) -> set[object]:
        bundles: Any = desk.call("DescribeWorkspaceBundles", filters)["Bundles"]
        return {bundle["BundleId"] for bundle in bundles}

    assert found() == found(Owner=desk.aws.account_id) == {mine}
    assert found(BundleIds=[mine, desk.aws.bundle_id]) == {mine, desk.aws.bundle_id}
    assert found(Owner="210987654321") == set()
    both = {"Owner": "AMAZON", "BundleIds": [mine]}
    assert refusal(desk, "DescribeWorkspaceBundles", both) == "InvalidParameterValuesException"


def test_tags_are_added_replaced_and_deleted(desk: Desk) -> None:
    """A repeated key replaces the value, and deleting an absent key is no error."""
    resource = {"ResourceId": desk.aws.add_bundle("mine")}
    desk.call("CreateTags", resource | {"Tags": [{"Key": "a", "Value": "1"}, {"Key": "b"}]})
    desk.call("CreateTags", resource | {"Tags": [{"Key": "a", "Value": "2"}]})
    desk.call("DeleteTags", resource | {"TagKeys": ["b", "c"]})
    assert desk.call("DescribeTags", resource)["TagList"] == [{"Key": "a", "Value": "2"}]


def test_tags_have_limits_and_need_a_resource(desk: Desk) -> None:
    """A resource has at most 50 tags, none with an aws: key, and AWS's own bundles have none."""
    resource = {"ResourceId": desk.aws.directory_id}
    full = [{"Key": str(number), "Value": ""} for number in range(MAX_TAGS)]
    desk.call("CreateTags", resource | {"Tags": full})
    one_more = resource | {"Tags": [{"Key": "one more", "Value": ""}]}
    assert refusal(desk, "CreateTags", one_more) == "ResourceLimitExceededException"
    reserved = resource | {"Tags": [{"Key": "aws:x", "Value": ""}]}
    assert refusal(desk, "CreateTags", reserved) == "InvalidParameterValuesException"
    for unknown in ("ws-000000000", desk.aws.bundle_id):
        assert refusal(desk, "DescribeTags", {"ResourceId": unknown}) == "ResourceNotFoundException"


def test_rules_of_a_group_are_added_replaced_and_revoked(desk: Desk) -> None:
    """A rule replaces the rule of the same address; UpdateRulesOfIpGroup replaces all rules."""
    group_id = new_group(desk, UserRules=rules(2))
    desk.call("AuthorizeIpRules", {"GroupId": group_id, "UserRules": [{"ipRule": "10.0.1.0/24", "ruleDesc": "x"}]})
    assert rules_of(desk, group_id) == ["10.0.0.0/24", "10.0.1.0/24"]
    desk.call("RevokeIpRules", {"GroupId": group_id, "UserRules": ["10.0.0.0/24", "192.0.2.1"]})
    assert rules_of(desk, group_id) == ["10.0.1.0/24"]
    desk.call("UpdateRulesOfIpGroup", {"GroupId": group_id, "UserRules": [{"ipRule": "192.0.2.1"}]})
    assert rules_of(desk, group_id) == ["192.0.2.1"]


def test_a_group_has_ten_rules_and_a_rule_is_an_ipv4_block(desk: Desk) -> None:
    """Too many rules and invalid addresses are rejected, and no rule of the call is kept."""
    group_id = new_group(desk, UserRules=rules(QUOTAS.rules_per_ip_group))
    more = {"GroupId": group_id, "UserRules": [{"ipRule": "192.0.2.1"}]}
    assert refusal(desk, "AuthorizeIpRules", more) == "ResourceLimitExceededException"
    for wrong in ("everywhere", "10.0.0.0/33", "2001:db8::/32", None):
        members = {"GroupId": group_id, "UserRules": [{"ipRule": "192.0.2.1"}, {"ipRule": wrong}]}
        assert refusal(desk, "UpdateRulesOfIpGroup", members) == "InvalidParameterValuesException"
    assert len(rules_of(desk, group_id)) == QUOTAS.rules_per_ip_group


def test_group_names_are_unique_and_limited(desk: Desk) -> None:
    """A group's name is unique, an account has at most 100 groups, and MaxResults limits a page."""
    new_group(desk)
    assert refusal(desk, "CreateIpGroup", {"GroupName": "office"}) == "ResourceAlreadyExistsException"
    for number in range(QUOTAS.ip_groups - 1):
        new_group(desk, f"group {number}")
    assert refusal(desk, "CreateIpGroup", {"GroupName": "one more"}) == "ResourceLimitExceededException"
    first = desk.call("DescribeIpGroups", {"MaxResults": 7})
    second = desk.call("DescribeIpGroups", {"NextToken": first["NextToken"]})
    assert [len(page["Result"]) for page in (first, second)] == [7, 25]  # type: ignore[arg-type]  # lists, both


def test_directory_has_up_to_25_existing_groups(desk: Desk) -> None:
    """AssociateIpGroups is atomic and idempotent; an associated group cannot be deleted."""
    groups = [new_group(desk, f"group {number}") for number in range(QUOTAS.ip_groups_per_directory + 1)]
    directory = {"DirectoryId": desk.aws.directory_id}
    for too_much in (groups, [groups[0], "wsipg-000000000"]):
        code = refusal(desk, "AssociateIpGroups", directory | {"GroupIds": too_much})
        assert code in {"ResourceLimitExceededException", "ResourceNotFoundException"}
    assert directories(desk)[0]["ipGroupIds"] == []
    for _ in range(2):
        desk.call("AssociateIpGroups", directory | {"GroupIds": groups[:2]})
    assert directories(desk)[0]["ipGroupIds"] == groups[:2]
    assert refusal(desk, "DeleteIpGroup", {"GroupId": groups[0]}) == "ResourceAssociatedException"
    desk.call("DisassociateIpGroups", directory | {"GroupIds": [groups[0], groups[5]]})
    desk.call("DeleteIpGroup", {"GroupId": groups[0]})
    assert refusal(desk, "DeleteIpGroup", {"GroupId": groups[0]}) == "ResourceNotFoundException"


def test_get_caller_identity_of_long_term_keys(desk: Desk) -> None:
    """Long-term keys belong to a user of the emulator's account."""
    identity = ask_sts(desk, "Action=GetCallerIdentity")
    assert text_of(identity, "GetCallerIdentityResult", "Account") == desk.aws.account_id
    assert text_of(identity, "GetCallerIdentityResult", "Arn").endswith(":user/emulator")
    assert text_of(identity, "ResponseMetadata", "RequestId") == desk.aws.calls[-1].request_id


def test_every_call_is_logged_with_what_it_was(desk: Desk) -> None:
    """The log has operation, account, region, request id and the code of a failure, in order."""
    desk.call("DescribeWorkspaces")
    refusal(desk, "DescribeTags", {"ResourceId": "ws-000000000"})
    ask_sts(desk, "Action=GetCallerIdentity")
    log = [(call.service, call.operation, call.account, call.region, call.error) for call in desk.aws.calls]
    assert log == [
        ("workspaces", "DescribeWorkspaces", "123456789012", "us-west-2", None),
        ("workspaces", "DescribeTags", "123456789012", "us-west-2", "ResourceNotFoundException"),
        ("sts", "GetCallerIdentity", "123456789012", "us-west-2", None),
    ]
    assert len({call.request_id for call in desk.aws.calls}) == 3


def test_emulator_reprs_hide_keys(desk: Desk) -> None:
    """Neither the emulator, its clock nor its log shows the keys it has issued."""
    ask_sts(desk, "Action=GetSessionToken")
    shown = repr((desk.aws, desk.aws.credentials, desk.aws.calls, desk.aws._world.keys, desk.aws._world))
    for issued in desk.aws._world.keys.issued.values():
        assert issued.credentials.secret_access_key not in shown
        assert (issued.credentials.session_token or "no token") not in shown
