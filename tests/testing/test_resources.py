"""Directories, bundles, tags, IP groups and STS in the emulator."""

# Reads private state of the emulator.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from typing import Any

import pytest

from tests.support.emulators import Caller, CallFailedError
from wsclient._core.protocols.xml import Element, parse_xml
from wsclient.testing import Quotas
from wsclient.testing._operations.tags import MAX_TAGS

Members = dict[str, Any]  # AWS's names, as JSON has them
QUOTAS = Quotas()


@pytest.fixture
def caller() -> Caller:
    """Give an emulator of its own to each test, in this process, at a standing clock."""
    return Caller()


def refusal(caller: Caller, operation: str, members: Members) -> object:
    """Return the code that a call is refused with."""
    with pytest.raises(CallFailedError) as refused:
        caller.call(operation, members)
    return refused.value.code


def ask_sts(caller: Caller, form: str) -> Element:
    """Return STS's answer to a form."""
    return parse_xml(caller.form(f"Version=2011-06-15&{form}".encode()).body)


def text_of(element: Element, *path: str) -> str:
    """Return the text at a path below an element."""
    for step in path:
        child = element.child(step)
        assert child is not None, f"no {step} in {element.tag}"
        element = child
    return element.text


def directories(caller: Caller, **members: object) -> list[Members]:
    """Return the directories of the first page."""
    found: Any = caller.call("DescribeWorkspaceDirectories", members)["Directories"]
    return list(found)


def rules(count: int) -> list[Members]:
    """Return so many different rules."""
    return [{"ipRule": f"10.0.{number}.0/24"} for number in range(count)]


def rules_of(caller: Caller, group_id: str) -> list[str]:
    """Return the addresses a group lets in."""
    groups: Any = caller.call("DescribeIpGroups", {"GroupIds": [group_id]})["Result"]
    return [rule["ipRule"] for rule in groups[0]["userRules"]]


def new_group(caller: Caller, name: str = "office", **members: object) -> str:
    """Create an IP group and return its id."""
    return str(caller.call("CreateIpGroup", {"GroupName": name, **members})["GroupId"])


def test_directory_registration_follows_the_clock(caller: Caller) -> None:
    """A directory of Directory Service becomes REGISTERED, is refused a second time, and leaves when empty."""
    directory_id = caller.aws.add_directory(registered=False)
    members = {"DirectoryId": directory_id, "Tags": [{"Key": "a", "Value": "b"}]}
    assert caller.call("RegisterWorkspaceDirectory", members)["State"] == "REGISTERING"
    assert (
        refusal(caller, "DeregisterWorkspaceDirectory", {"DirectoryId": directory_id})
        == "InvalidResourceStateException"
    )
    assert caller.call("DescribeTags", {"ResourceId": directory_id})["TagList"] == [{"Key": "a", "Value": "b"}]
    caller.aws.clock.advance(minutes=5)
    assert directories(caller, DirectoryIds=[directory_id])[0]["State"] == "REGISTERED"
    assert refusal(caller, "RegisterWorkspaceDirectory", members) == "ResourceAlreadyExistsException"
    caller.call("DeregisterWorkspaceDirectory", {"DirectoryId": directory_id})
    assert directories(caller, DirectoryIds=[directory_id])[0]["State"] == "DEREGISTERING"
    caller.aws.clock.advance(minutes=5)
    assert directories(caller, DirectoryIds=[directory_id]) == []
    assert caller.call("RegisterWorkspaceDirectory", members)["DirectoryId"] == directory_id


def test_directory_with_workspaces_cannot_be_deregistered(caller: Caller) -> None:
    """A directory with WorkSpaces cannot be deregistered."""
    caller.aws.add_workspaces()
    members = {"DirectoryId": caller.aws.directory_id}
    assert refusal(caller, "DeregisterWorkspaceDirectory", members) == "InvalidResourceStateException"


def test_unknown_directories_are_not_found(caller: Caller) -> None:
    """Registering needs an existing directory or a name for a new one, deregistering an existing directory."""
    members = {"DirectoryId": "d-0123456789"}
    assert refusal(caller, "RegisterWorkspaceDirectory", members) == "ResourceNotFoundException"
    assert refusal(caller, "DeregisterWorkspaceDirectory", members) == "ResourceNotFoundException"
    assert refusal(caller, "RegisterWorkspaceDirectory", {}) == "InvalidParameterValuesException"


def test_directories_are_found_by_id_name_and_kind(caller: Caller) -> None:
    """DescribeWorkspaceDirectories filters by id, name and type; a WorkSpaces-managed directory has a name."""
    members = {"WorkspaceDirectoryName": "pools-one", "WorkspaceType": "POOLS", "UserIdentityType": "CUSTOMER_MANAGED"}
    pools = caller.call("RegisterWorkspaceDirectory", members)["DirectoryId"]
    personal = caller.aws.directory_id

    def found(**filters: object) -> list[object]:
        return [directory["DirectoryId"] for directory in directories(caller, **filters)]

    assert found(WorkspaceDirectoryNames=["pools-one"]) == [pools]
    assert found(Filters=[{"Name": "WORKSPACE_TYPE", "Values": ["PERSONAL"]}]) == [personal]
    assert found(Filters=[{"Name": "USER_IDENTITY_TYPE", "Values": ["CUSTOMER_MANAGED"]}]) == [pools]
    both = {"DirectoryIds": [personal], "WorkspaceDirectoryNames": ["pools-one"]}
    assert refusal(caller, "DescribeWorkspaceDirectories", both) == "InvalidParameterValuesException"


def test_bundles_are_filtered_by_owner_and_id(caller: Caller) -> None:
    """Without an owner only the account's own bundles are listed; ids find any."""
    mine = caller.aws.add_bundle("mine")

    def found(**filters: object) -> set[object]:
        bundles: Any = caller.call("DescribeWorkspaceBundles", filters)["Bundles"]
        return {bundle["BundleId"] for bundle in bundles}

    assert found() == found(Owner=caller.aws.account_id) == {mine}
    assert found(BundleIds=[mine, caller.aws.bundle_id]) == {mine, caller.aws.bundle_id}
    assert found(Owner="210987654321") == set()
    both = {"Owner": "AMAZON", "BundleIds": [mine]}
    assert refusal(caller, "DescribeWorkspaceBundles", both) == "InvalidParameterValuesException"


def test_tags_are_added_replaced_and_deleted(caller: Caller) -> None:
    """A repeated key replaces the value, and deleting an absent key is no error."""
    resource = {"ResourceId": caller.aws.add_bundle("mine")}
    caller.call("CreateTags", resource | {"Tags": [{"Key": "a", "Value": "1"}, {"Key": "b"}]})
    caller.call("CreateTags", resource | {"Tags": [{"Key": "a", "Value": "2"}]})
    caller.call("DeleteTags", resource | {"TagKeys": ["b", "c"]})
    assert caller.call("DescribeTags", resource)["TagList"] == [{"Key": "a", "Value": "2"}]


def test_tags_have_limits_and_need_a_resource(caller: Caller) -> None:
    """A resource has at most 50 tags, none with an aws: key, and AWS's own bundles have none."""
    resource = {"ResourceId": caller.aws.directory_id}
    full = [{"Key": str(number), "Value": ""} for number in range(MAX_TAGS)]
    caller.call("CreateTags", resource | {"Tags": full})
    one_more = resource | {"Tags": [{"Key": "one more", "Value": ""}]}
    assert refusal(caller, "CreateTags", one_more) == "ResourceLimitExceededException"
    reserved = resource | {"Tags": [{"Key": "aws:x", "Value": ""}]}
    assert refusal(caller, "CreateTags", reserved) == "InvalidParameterValuesException"
    for unknown in ("ws-000000000", caller.aws.bundle_id):
        assert refusal(caller, "DescribeTags", {"ResourceId": unknown}) == "ResourceNotFoundException"


def test_rules_of_a_group_are_added_replaced_and_revoked(caller: Caller) -> None:
    """A rule replaces the rule of the same address; UpdateRulesOfIpGroup replaces all rules."""
    group_id = new_group(caller, UserRules=rules(2))
    caller.call("AuthorizeIpRules", {"GroupId": group_id, "UserRules": [{"ipRule": "10.0.1.0/24", "ruleDesc": "x"}]})
    assert rules_of(caller, group_id) == ["10.0.0.0/24", "10.0.1.0/24"]
    caller.call("RevokeIpRules", {"GroupId": group_id, "UserRules": ["10.0.0.0/24", "192.0.2.1"]})
    assert rules_of(caller, group_id) == ["10.0.1.0/24"]
    caller.call("UpdateRulesOfIpGroup", {"GroupId": group_id, "UserRules": [{"ipRule": "192.0.2.1"}]})
    assert rules_of(caller, group_id) == ["192.0.2.1"]


def test_a_group_has_ten_rules_and_a_rule_is_an_ipv4_block(caller: Caller) -> None:
    """Too many rules and invalid addresses are rejected, and no rule of the call is kept."""
    group_id = new_group(caller, UserRules=rules(QUOTAS.rules_per_ip_group))
    more = {"GroupId": group_id, "UserRules": [{"ipRule": "192.0.2.1"}]}
    assert refusal(caller, "AuthorizeIpRules", more) == "ResourceLimitExceededException"
    for wrong in ("everywhere", "10.0.0.0/33", "2001:db8::/32", None):
        members = {"GroupId": group_id, "UserRules": [{"ipRule": "192.0.2.1"}, {"ipRule": wrong}]}
        assert refusal(caller, "UpdateRulesOfIpGroup", members) == "InvalidParameterValuesException"
    assert len(rules_of(caller, group_id)) == QUOTAS.rules_per_ip_group


def test_group_names_are_unique_and_limited(caller: Caller) -> None:
    """A group's name is unique, an account has at most 100 groups, and MaxResults limits a page."""
    new_group(caller)
    assert refusal(caller, "CreateIpGroup", {"GroupName": "office"}) == "ResourceAlreadyExistsException"
    for number in range(QUOTAS.ip_groups - 1):
        new_group(caller, f"group {number}")
    assert refusal(caller, "CreateIpGroup", {"GroupName": "one more"}) == "ResourceLimitExceededException"
    first = caller.call("DescribeIpGroups", {"MaxResults": 7})
    second = caller.call("DescribeIpGroups", {"NextToken": first["NextToken"]})
    assert [len(page["Result"]) for page in (first, second)] == [7, 25]  # type: ignore[arg-type]  # lists, both


def test_directory_has_up_to_25_existing_groups(caller: Caller) -> None:
    """AssociateIpGroups is atomic and idempotent; an associated group cannot be deleted."""
    groups = [new_group(caller, f"group {number}") for number in range(QUOTAS.ip_groups_per_directory + 1)]
    directory = {"DirectoryId": caller.aws.directory_id}
    for too_much in (groups, [groups[0], "wsipg-000000000"]):
        code = refusal(caller, "AssociateIpGroups", directory | {"GroupIds": too_much})
        assert code in {"ResourceLimitExceededException", "ResourceNotFoundException"}
    assert directories(caller)[0]["ipGroupIds"] == []
    for _ in range(2):
        caller.call("AssociateIpGroups", directory | {"GroupIds": groups[:2]})
    assert directories(caller)[0]["ipGroupIds"] == groups[:2]
    assert refusal(caller, "DeleteIpGroup", {"GroupId": groups[0]}) == "ResourceAssociatedException"
    caller.call("DisassociateIpGroups", directory | {"GroupIds": [groups[0], groups[5]]})
    caller.call("DeleteIpGroup", {"GroupId": groups[0]})
    assert refusal(caller, "DeleteIpGroup", {"GroupId": groups[0]}) == "ResourceNotFoundException"


def test_get_caller_identity_of_long_term_keys(caller: Caller) -> None:
    """Long-term keys belong to a user of the emulator's account."""
    identity = ask_sts(caller, "Action=GetCallerIdentity")
    assert text_of(identity, "GetCallerIdentityResult", "Account") == caller.aws.account_id
    assert text_of(identity, "GetCallerIdentityResult", "Arn").endswith(":user/emulator")
    assert text_of(identity, "ResponseMetadata", "RequestId") == caller.aws.calls[-1].request_id


def test_every_call_is_logged_with_what_it_was(caller: Caller) -> None:
    """The log has operation, account, region, request id and the code of a failure, in order."""
    caller.call("DescribeWorkspaces")
    refusal(caller, "DescribeTags", {"ResourceId": "ws-000000000"})
    ask_sts(caller, "Action=GetCallerIdentity")
    log = [(call.service, call.operation, call.account, call.region, call.error) for call in caller.aws.calls]
    assert log == [
        ("workspaces", "DescribeWorkspaces", "123456789012", "us-west-2", None),
        ("workspaces", "DescribeTags", "123456789012", "us-west-2", "ResourceNotFoundException"),
        ("sts", "GetCallerIdentity", "123456789012", "us-west-2", None),
    ]
    assert len({call.request_id for call in caller.aws.calls}) == 3


def test_emulator_reprs_hide_keys(caller: Caller) -> None:
    """Neither the emulator, its clock nor its log shows the keys it has issued."""
    ask_sts(caller, "Action=GetSessionToken")
    shown = repr((caller.aws, caller.aws.credentials, caller.aws.calls, caller.aws._world.keys, caller.aws._world))
    for issued in caller.aws._world.keys.issued.values():
        assert issued.credentials.secret_access_key not in shown
        assert (issued.credentials.session_token or "no token") not in shown
