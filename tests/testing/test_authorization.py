"""Authorization in the emulator: policies of users, roles and sessions, and permissions that a call also needs."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import pytest

from tests.support.emulators import Caller, CallFailedError
from wsclient.credentials import Credentials
from wsclient.errors import ConfigurationError
from wsclient.policy import Policy

if TYPE_CHECKING:
    from collections.abc import Mapping

ACCOUNT = "123456789012"
MARY = f"arn:aws:iam::{ACCOUNT}:user/mary"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/caller"
DENIED = "AccessDeniedException"
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def document(*statements: Mapping[str, object]) -> dict[str, object]:
    """Return a policy of these statements."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(*actions: str, resource: object = "*", **more: object) -> dict[str, object]:
    """Return a policy that allows only the given actions."""
    named = [action if ":" in action else f"workspaces:{action}" for action in actions]
    return document({"Effect": "Allow", "Action": named, "Resource": resource, **more})


def as_mary(caller: Caller, *policies: Mapping[str, object]) -> Caller:
    """Return a caller at which the user mary sits, held to policies."""
    return Caller(caller.aws, credentials=caller.aws.add_user("mary", policy=list(policies)))


def arn(kind: str, resource_id: str, account: str = ACCOUNT) -> str:
    """Return a resource's ARN."""
    return f"arn:aws:workspaces:us-west-2:{account}:{kind}/{resource_id}"


def refused(caller: Caller, operation: str, members: Mapping[str, object] | None = None) -> str:
    """Return the words of AccessDeniedException."""
    with pytest.raises(CallFailedError) as error:
        caller.call(operation, members)
    assert error.value.code == DENIED
    return error.value.message


def sts(caller: Caller, operation: str, **members: str) -> ET.Element:
    """Return STS's answer, a success or an error."""
    form = urlencode({"Action": operation, "Version": "2011-06-15", **members})
    return ET.fromstring(caller.form(form.encode()).body)


def text_of(answer: ET.Element, name: str) -> str:
    """Return the text of an element of that name, wherever it is."""
    return next((element.text or "" for element in answer.iter() if element.tag.rpartition("}")[2] == name), "")


def session(caller: Caller, operation: str, **members: str) -> Caller:
    """Return a caller with the credentials that STS gives."""
    answer = sts(caller, operation, **members)
    key, secret, token = (text_of(answer, name) for name in ("AccessKeyId", "SecretAccessKey", "SessionToken"))
    assert token, ET.tostring(answer)
    return Caller(caller.aws, credentials=Credentials(key, secret, token))


def assumed(caller: Caller, **members: str) -> Caller:
    """Return a caller of a session of the role."""
    return session(caller, "AssumeRole", RoleArn=ROLE, RoleSessionName="nightly", **members)


def test_identity_without_policy_may_call_everything() -> None:
    """A user, a role and their sessions are free until a policy is attached."""
    caller = Caller()
    free = Caller(caller.aws, credentials=caller.aws.add_user("free"))
    for item in (caller, free, assumed(caller), session(free, "GetFederationToken", Name="bob")):
        assert "Workspaces" in item.call("DescribeWorkspaces")


def test_attached_policy_denies_with_the_message_of_aws() -> None:
    """A call that no statement allows is denied with AWS's message, and has no effect."""
    mary = as_mary(Caller(), allow("DescribeWorkspaces"))
    assert mary.call("DescribeWorkspaces") == {"Workspaces": []}
    assert refused(mary, "CreateIpGroup", {"GroupName": "g"}) == (
        f"User: {MARY} is not authorized to perform: workspaces:CreateIpGroup on resource: * "
        "because no identity-based policy allows the workspaces:CreateIpGroup action"
    )
    assert Caller(mary.aws).call("DescribeIpGroups") == {"Result": []}


def test_explicit_deny_overrides_an_allow() -> None:
    """An explicit deny in one policy overrides an allow in another."""
    mary = as_mary(
        Caller(), document(EVERYTHING), document({**EVERYTHING, "Effect": "Deny", "Action": "workspaces:D*"})
    )
    assert refused(mary, "DescribeWorkspaces").endswith("with an explicit deny in an identity-based policy")
    mary.call("CreateIpGroup", {"GroupName": "g"})


def test_undecidable_deny_denies(caplog: pytest.LogCaptureFixture) -> None:
    """A deny statement that cannot be evaluated denies the call, and the log gives the reason."""
    caplog.set_level(logging.WARNING, "wsclient.testing")
    strange = {**EVERYTHING, "Effect": "Deny", "Condition": {"NoSuchOperator": {"aws:userid": "x"}}, "Sid": "odd"}
    mary = as_mary(Caller(), document(EVERYTHING), document(strange))
    assert "because no identity-based policy allows" in refused(mary, "DescribeWorkspaces")
    denial = "workspaces:DescribeWorkspaces on * is denied because an identity-based policy could not be evaluated"
    assert denial in caplog.text
    assert "the statement odd may deny it" in caplog.text


def test_undecidable_allow_allows_nothing() -> None:
    """An allow statement that cannot be evaluated allows nothing, and does not affect other allow statements."""
    strange = {**EVERYTHING, "Condition": {"NoSuchOperator": {"aws:userid": "x"}}}
    caller = Caller()
    refused(as_mary(caller, document(strange)), "DescribeWorkspaces")
    as_mary(caller, document(strange), document(EVERYTHING)).call("DescribeWorkspaces")


def test_policy_for_one_workspace_denies_another() -> None:
    """A policy for one WorkSpace denies a call that names two, and neither WorkSpace changes."""
    caller = Caller()
    mine, other = caller.aws.add_workspaces(2)
    mary = as_mary(caller, allow("RebootWorkspaces", resource=arn("workspace", mine)))
    both = {"RebootWorkspaceRequests": [{"WorkspaceId": mine}, {"WorkspaceId": other}]}
    assert f"on resource: {arn('workspace', other)} because" in refused(mary, "RebootWorkspaces", both)
    assert caller.states() == ["AVAILABLE", "AVAILABLE"]
    mary.call("RebootWorkspaces", {"RebootWorkspaceRequests": [{"WorkspaceId": mine}]})
    assert sorted(map(str, caller.states())) == ["AVAILABLE", "REBOOTING"]
    refused(mary, "DescribeWorkspaces")


def test_every_kind_of_resource_must_be_allowed() -> None:
    """AssociateIpGroups needs permission for both the directory and the group."""
    caller = Caller()
    group = str(caller.call("CreateIpGroup", {"GroupName": "g"})["GroupId"])
    request = {"DirectoryId": caller.aws.directory_id, "GroupIds": [group]}
    directory = arn("directory", caller.aws.directory_id)
    half = as_mary(caller, allow("AssociateIpGroups", resource=directory))
    assert arn("workspaceipgroup", group) in refused(half, "AssociateIpGroups", request)
    as_mary(caller, allow("AssociateIpGroups", resource=[directory, arn("workspaceipgroup", group)])).call(
        "AssociateIpGroups", request
    )


def wanted(caller: Caller, user: str, **tags: str) -> dict[str, object]:
    """Return an item of a CreateWorkspaces request."""
    labels = [{"Key": key, "Value": value} for key, value in tags.items()]
    item: dict[str, object] = {
        "DirectoryId": caller.aws.directory_id,
        "UserName": user,
        "BundleId": caller.aws.bundle_id,
    }
    return {**item, "Tags": labels} if labels else item


def test_create_workspaces_needs_create_tags() -> None:
    """CreateWorkspaces needs CreateTags besides; with both, and new WorkSpaces among the resources, it is done."""
    caller = Caller()
    request = {"Workspaces": [wanted(caller, "mary")]}
    only = as_mary(caller, allow("CreateWorkspaces"))
    assert "perform: workspaces:CreateTags on resource: *" in refused(only, "CreateWorkspaces", request)
    named = [arn(kind, "*") for kind in ("directory", "workspace", "workspacebundle")]
    policies = (allow("CreateWorkspaces", resource=named), allow("CreateTags"))
    assert as_mary(caller, *policies).call("CreateWorkspaces", request)["FailedRequests"] == []
    narrow = as_mary(caller, allow("CreateWorkspaces", resource=named[:1]), allow("CreateTags"))
    assert "workspace" in refused(narrow, "CreateWorkspaces", {"Workspaces": [wanted(caller, "bob")]})


def test_create_with_tags_needs_create_tags() -> None:
    """CreateIpGroup with tags also needs permission for CreateTags; without tags it does not."""
    mary = as_mary(Caller(), allow("CreateIpGroup"))
    mary.call("CreateIpGroup", {"GroupName": "plain"})
    tagged = {"GroupName": "tagged", "Tags": [{"Key": "a", "Value": "b"}]}
    assert "perform: workspaces:CreateTags" in refused(mary, "CreateIpGroup", tagged)


def test_update_rules_needs_authorize_and_revoke() -> None:
    """UpdateRulesOfIpGroup needs AuthorizeIpRules and RevokeIpRules on the same group."""
    caller = Caller()
    group = str(caller.call("CreateIpGroup", {"GroupName": "g"})["GroupId"])
    request = {"GroupId": group, "UserRules": [{"ipRule": "203.0.113.0/24"}]}
    own = arn("workspaceipgroup", group)
    lacking = as_mary(caller, allow("UpdateRulesOfIpGroup", "AuthorizeIpRules", resource=own))
    assert f"workspaces:RevokeIpRules on resource: {own}" in refused(lacking, "UpdateRulesOfIpGroup", request)
    whole = allow("UpdateRulesOfIpGroup", "AuthorizeIpRules", "RevokeIpRules", resource=own)
    as_mary(caller, whole).call("UpdateRulesOfIpGroup", request)


def test_request_tags_are_evaluated_per_item() -> None:
    """aws:RequestTag is that of each WorkSpace of a batch, and aws:TagKeys names all of its keys."""
    caller = Caller()
    mary = as_mary(
        caller,
        allow("CreateWorkspaces", Condition={"StringEquals": {"aws:RequestTag/team": "blue"}}),
        allow("CreateTags", Condition={"ForAllValues:StringEquals": {"aws:TagKeys": ["team", "cost"]}}),
    )
    blue, red = wanted(caller, "a", team="blue"), wanted(caller, "b", team="red")
    assert "CreateWorkspaces" in refused(mary, "CreateWorkspaces", {"Workspaces": [blue, red]})
    strange = wanted(caller, "c", team="blue", colour="1")
    assert "CreateTags" in refused(mary, "CreateWorkspaces", {"Workspaces": [strange]})
    assert caller.states() == []
    mary.call("CreateWorkspaces", {"Workspaces": [blue, wanted(caller, "d", team="blue", cost="7")]})


def test_tag_keys_condition_applies_to_delete_tags() -> None:
    """aws:TagKeys holds for DeleteTags as well."""
    caller = Caller()
    made = caller.aws.add_workspaces()[0]
    mary = as_mary(caller, allow("DeleteTags", Condition={"ForAllValues:StringEquals": {"aws:TagKeys": ["mine"]}}))
    mary.call("DeleteTags", {"ResourceId": made, "TagKeys": ["mine"]})
    refused(mary, "DeleteTags", {"ResourceId": made, "TagKeys": ["mine", "yours"]})


def test_resource_tag_condition_applies() -> None:
    """aws:ResourceTag lets a team stop its own WorkSpaces alone."""
    caller = Caller()
    mine, other = caller.aws.add_workspaces(2)
    caller.call("CreateTags", {"ResourceId": mine, "Tags": [{"Key": "team", "Value": "blue"}]})
    mary = as_mary(caller, allow("RebootWorkspaces", Condition={"StringEquals": {"aws:ResourceTag/team": "blue"}}))
    mary.call("RebootWorkspaces", {"RebootWorkspaceRequests": [{"WorkspaceId": mine}]})
    refused(mary, "RebootWorkspaces", {"RebootWorkspaceRequests": [{"WorkspaceId": other}]})


def test_shared_image_has_its_owners_arn() -> None:
    """An image that is copied is known by its owner's ARN, and reading images is needed besides."""
    caller = Caller()
    image = caller.aws.add_image("gold")
    other = "210987654321"
    caller.call("UpdateWorkspaceImagePermission", {"ImageId": image, "AllowCopyImage": True, "SharedAccountId": other})
    request = {"Name": "copy", "SourceImageId": image, "SourceRegion": "us-west-2"}

    def copying(owner: str, *more: str) -> Caller:
        policies = [
            allow("CopyWorkspaceImage", resource=arn("workspaceimage", image, owner)),
            allow("GetAccountLink", *more),
        ]
        return Caller(caller.aws, credentials=caller.aws.add_user("mary", account_id=other, policy=policies))

    assert arn("workspaceimage", image) in refused(
        copying(other, "DescribeWorkspaceImages"), "CopyWorkspaceImage", request
    )
    assert "DescribeWorkspaceImages" in refused(copying(ACCOUNT), "CopyWorkspaceImage", request)
    copying(ACCOUNT, "DescribeWorkspaceImages").call("CopyWorkspaceImage", request)
    conditioned = allow("CopyWorkspaceImage", Condition={"StringEquals": {"aws:ResourceAccount": ACCOUNT}})
    keys = caller.aws.add_user("mary", account_id=other, policy=[conditioned, allow("DescribeWorkspaceImages")])
    Caller(caller.aws, credentials=keys).call("CopyWorkspaceImage", {**request, "Name": "again"})


@pytest.mark.parametrize(
    ("operator", "key", "value"),
    [
        ("StringEquals", "aws:PrincipalArn", MARY),
        ("StringEquals", "aws:PrincipalAccount", ACCOUNT),
        ("StringEquals", "aws:PrincipalType", "User"),
        ("StringEquals", "aws:RequestedRegion", "us-west-2"),
        ("StringEquals", "aws:username", "mary"),
        ("StringLike", "aws:userid", "AIDA*"),
        ("Bool", "aws:SecureTransport", "true"),
        ("Bool", "aws:ViaAWSService", "false"),
        ("IpAddress", "aws:SourceIp", "127.0.0.0/8"),
        ("DateLessThan", "aws:CurrentTime", "2026-03-01T12:30:00Z"),
        ("NumericLessThan", "aws:EpochTime", "1772368200"),
        ("StringLike", "aws:UserAgent", "caller/*"),
        ("Null", "aws:SourceVpce", "true"),
        ("Null", "aws:PrincipalOrgID", "true"),
        ("Null", "aws:MultiFactorAuthPresent", "true"),
    ],
)  # fmt: skip
def test_condition_keys_of_a_call(operator: str, key: str, value: str) -> None:
    """Condition keys have the values of the call, and an unmet condition does not match."""
    caller = Caller()
    headers = {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": "WorkspacesService.DescribeWorkspaces",
        "user-agent": "caller/1",
    }
    met = as_mary(caller, allow("DescribeWorkspaces", Condition={operator: {key: value}}))
    assert met.send(headers, b"{}").status == 200
    unmet = as_mary(
        caller, document(EVERYTHING, {**EVERYTHING, "Effect": "Deny", "Condition": {operator: {key: value}}})
    )
    assert json.loads(unmet.send(headers, b"{}").body)["__type"] == DENIED


def test_current_time_condition_follows_the_emulator_clock() -> None:
    """aws:CurrentTime is the emulator's, which a test advances."""
    until = {"DateLessThan": {"aws:CurrentTime": "2026-03-01T12:30:00Z"}}
    mary = as_mary(Caller(), allow("DescribeWorkspaces", Condition=until))
    mary.call("DescribeWorkspaces")
    mary.aws.advance(minutes=30)
    refused(mary, "DescribeWorkspaces")


def test_role_policy_applies_to_its_sessions() -> None:
    """A role's policy applies to its sessions; messages name the session's ARN, aws:PrincipalArn is the role's."""
    caller = Caller()
    known = {"StringEquals": {"aws:PrincipalArn": ROLE, "aws:PrincipalType": "AssumedRole"}}
    caller.aws.add_role("caller", policy=allow("DescribeWorkspaces", Condition=known))
    nightly = assumed(caller)
    nightly.call("DescribeWorkspaces")
    session_arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/caller/nightly"
    assert refused(nightly, "DescribeIpGroups").startswith(
        f"User: {session_arn} is not authorized to perform: workspaces:D"
    )


def test_a_session_policy_narrows_and_never_widens() -> None:
    """A session may do only what both its role and its session policy allow."""
    caller = Caller()
    caller.aws.add_role("caller", policy=allow("DescribeWorkspaces", "DescribeIpGroups"))
    narrow = assumed(caller, Policy=json.dumps(allow("DescribeWorkspaces", "DescribeTags")))
    narrow.call("DescribeWorkspaces")
    assert "because no session policy allows" in refused(narrow, "DescribeIpGroups")
    assert "because no identity-based policy allows" in refused(
        narrow, "DescribeTags", {"ResourceId": caller.aws.directory_id}
    )


def test_a_managed_policy_limits_a_session_by_its_arn() -> None:
    """A session may be limited by managed policies that the emulator has; an unknown policy ARN allows nothing."""
    caller = Caller()
    known = caller.aws.add_policy("readers", allow("DescribeWorkspaces"))
    assert known == f"arn:aws:iam::{ACCOUNT}:policy/readers"
    reader = assumed(caller, **{"PolicyArns.member.1.arn": known})
    reader.call("DescribeWorkspaces")
    refused(reader, "DescribeIpGroups")
    lost = assumed(caller, **{"PolicyArns.member.1.arn": "arn:aws:iam::aws:policy/AmazonWorkSpacesAdmin"})
    assert "no session policy allows" in refused(lost, "DescribeWorkspaces")
    caller.aws.add_policy("arn:aws:iam::aws:policy/AmazonWorkSpacesAdmin", document(EVERYTHING))
    assumed(caller, **{"PolicyArns.member.1.arn": "arn:aws:iam::aws:policy/AmazonWorkSpacesAdmin"}).call(
        "DescribeWorkspaces"
    )


def test_federated_user_is_limited_by_both_policies() -> None:
    """A federated user may do what both the user and the session policy allow; without a session policy, nothing."""
    caller = Caller()
    mary = as_mary(caller, allow("DescribeWorkspaces", "sts:GetFederationToken"))
    value = session(mary, "GetFederationToken", Name="bob", Policy=json.dumps(allow("*")))
    value.call("DescribeWorkspaces")
    refused(value, "DescribeIpGroups")
    empty = session(mary, "GetFederationToken", Name="bob")
    assert "no session policy allows" in refused(empty, "DescribeWorkspaces")


def test_session_tags_become_principal_tags() -> None:
    """Session tags come back as aws:PrincipalTag, in conditions and in variables of resources."""
    caller = Caller()
    mine, other = caller.aws.add_workspaces(2)
    own = arn("workspace", "${aws:PrincipalTag/caller}")
    caller.aws.add_role("caller", policy=allow("RebootWorkspaces", resource=own))
    tagged = assumed(caller, **{"Tags.member.1.Key": "caller", "Tags.member.1.Value": mine})
    tagged.call("RebootWorkspaces", {"RebootWorkspaceRequests": [{"WorkspaceId": mine}]})
    refused(tagged, "RebootWorkspaces", {"RebootWorkspaceRequests": [{"WorkspaceId": other}]})


def test_mfa_conditions_apply() -> None:
    """aws:MultiFactorAuthPresent and aws:MultiFactorAuthAge reflect whether and when a session used an MFA code."""
    caller = Caller()
    recent = {"Bool": {"aws:MultiFactorAuthPresent": "true"}, "NumericLessThan": {"aws:MultiFactorAuthAge": "600"}}
    mary = as_mary(caller, allow("DescribeWorkspaces", Condition=recent))
    device = caller.aws.add_mfa_device()
    refused(session(mary, "GetSessionToken"), "DescribeWorkspaces")
    proven = session(mary, "GetSessionToken", SerialNumber=device.serial_number, TokenCode=device.code())
    proven.call("DescribeWorkspaces")
    caller.aws.advance(minutes=10)
    refused(proven, "DescribeWorkspaces")


def test_root_is_not_limited() -> None:
    """An account's root user is not limited by identity policies."""
    caller = Caller()
    caller.aws.add_user("root", policy=allow("DescribeIpGroups"))
    Caller(caller.aws, credentials=caller.aws.root_credentials).call("DescribeWorkspaces")


def test_get_caller_identity_needs_no_permission() -> None:
    """GetCallerIdentity and GetSessionToken are free, even when denied; AssumeRole is not."""
    caller = Caller()
    nothing = as_mary(caller, document({**EVERYTHING, "Effect": "Deny"}))
    assert text_of(sts(nothing, "GetCallerIdentity"), "Arn") == MARY
    assert text_of(sts(nothing, "GetSessionToken"), "AccessKeyId").startswith("ASIA")
    answer = sts(nothing, "AssumeRole", RoleArn=ROLE, RoleSessionName="nightly")
    assert text_of(answer, "Code") == "AccessDenied"
    assert text_of(answer, "Message") == (
        f"User: {MARY} is not authorized to perform: sts:AssumeRole on resource: {ROLE} "
        "with an explicit deny in an identity-based policy"
    )


def test_a_role_that_names_a_user_needs_no_other_permission() -> None:
    """In the same account, a trust policy that names the user is sufficient unless a policy denies the call."""
    caller = Caller()
    mary = as_mary(caller, allow("DescribeWorkspaces"))
    caller.aws.add_role("caller", trusts=[MARY])
    assumed(mary)
    caller.aws.add_role("caller", trusts=[ACCOUNT])
    assert text_of(sts(mary, "AssumeRole", RoleArn=ROLE, RoleSessionName="nightly"), "Code") == "AccessDenied"
    as_mary(caller, allow("sts:AssumeRole", resource=ROLE))
    assumed(mary)
    caller.aws.add_role("caller", trusts=[MARY])
    as_mary(caller, document({**EVERYTHING, "Effect": "Deny"}))
    assert text_of(sts(mary, "AssumeRole", RoleArn=ROLE, RoleSessionName="nightly"), "Code") == "AccessDenied"


def test_trust_policy_may_name_a_role() -> None:
    """A trust policy that names a role lets the sessions of that role in."""
    caller = Caller()
    first = caller.aws.add_role("first")
    caller.aws.add_role("caller", trusts=[first])
    result = session(caller, "AssumeRole", RoleArn=first, RoleSessionName="evening")
    assumed(result).call("DescribeWorkspaces")
    assert text_of(sts(caller, "AssumeRole", RoleArn=ROLE, RoleSessionName="nightly"), "Code") == "AccessDenied"


def test_session_tags_need_their_own_permission() -> None:
    """AssumeRole with tags needs sts:TagSession, with a source identity sts:SetSourceIdentity."""
    mary = as_mary(Caller(), allow("sts:AssumeRole"))
    for members, action in (
        ({"Tags.member.1.Key": "a", "Tags.member.1.Value": "b"}, "sts:TagSession"),
        ({"SourceIdentity": "mary"}, "sts:SetSourceIdentity"),
    ):
        answer = sts(mary, "AssumeRole", RoleArn=ROLE, RoleSessionName="nightly", **members)
        assert f"perform: {action} on resource: {ROLE}" in text_of(answer, "Message")
    named = {"StringEquals": {"sts:RoleSessionName": "nightly"}}
    allowed = as_mary(mary, allow("sts:AssumeRole", "sts:TagSession", Condition=named))
    assumed(allowed, **{"Tags.member.1.Key": "a", "Tags.member.1.Value": "b"})


def test_role_policy_applies_to_instance_credentials() -> None:
    """Credentials of the metadata service are a session of the role of that name."""
    caller = Caller()
    caller.aws.add_role("instance", policy=allow("DescribeIpGroups"))
    keys = caller.aws.instance_metadata()._credentials_document("instance")
    instance = Caller(caller.aws, credentials=Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["Token"]))
    instance.call("DescribeIpGroups")
    refused(instance, "DescribeWorkspaces")


def test_adding_a_user_again_replaces_its_policy() -> None:
    """Adding a user again replaces the policy that its existing keys have."""
    caller = Caller()
    mary = as_mary(caller, allow("DescribeIpGroups"))
    refused(mary, "DescribeWorkspaces")
    caller.aws.add_user("mary", policy=Policy.parse(allow("DescribeWorkspaces")))
    mary.call("DescribeWorkspaces")
    caller.aws.add_user("mary")
    refused(mary, "DescribeIpGroups")


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        (document({**EVERYTHING, "Principal": "*"}), "cannot have a Principal"),
        ("{", "JSON"),
        ({"Version": "2012-10-17", "Statement": {"Effect": "Perhaps", "Action": "*", "Resource": "*"}}, "Effect"),
    ],
)
def test_invalid_policy_is_rejected_when_added(policy: Any, words: str) -> None:
    """An invalid policy raises ConfigurationError, or MalformedPolicyDocument from STS, and adds nothing."""
    caller = Caller()
    for give in (
        lambda: caller.aws.add_user("mary", policy=policy),
        lambda: caller.aws.add_role("caller", policy=policy),
        lambda: caller.aws.add_policy("p", policy),
    ):
        with pytest.raises(ConfigurationError, match=words):
            give()
    assert text_of(
        sts(caller, "AssumeRole", RoleArn=ROLE, RoleSessionName="nightly", Policy=json.dumps(policy)), "Code"
    ) == ("MalformedPolicyDocument")
