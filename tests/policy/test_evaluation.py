"""Policy evaluator: cases after the IAM documentation's rules, and properties."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import wsclient
from wsclient.errors import ConfigurationError, PrivateLinkFipsError
from wsclient.policy import Decision, Policy, allow_one_workspace, check_endpoint, only_through

ACCOUNT = "123456789012"
USER = f"arn:aws:iam::{ACCOUNT}:user/mary"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/desktops/nightly"
OTHER = "arn:aws:iam::210987654321:user/bob"
WORKSPACE = f"arn:aws:workspaces:us-west-2:{ACCOUNT}:workspace/ws-f9abcdefg"
STOP = "workspaces:StopWorkspaces"
YES, NO, DENIED, OPEN = Decision.ALLOWED, Decision.DENIED_BY_DEFAULT, Decision.DENIED_EXPLICITLY, Decision.UNDETERMINED


def allow(**more: Any) -> dict[str, Any]:
    """Return a statement that allows everything to everybody, with these members changed."""
    return {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", **more}


def deny(**more: Any) -> dict[str, Any]:
    """Return a statement that denies everything to everybody, with these members changed."""
    return allow(**more) | {"Effect": "Deny"}


def when(operator: str, key: str, *values: str) -> dict[str, Any]:
    """Return a condition."""
    return {operator: {key: list(values)}}


def _decide(
    *statements: dict[str, Any],
    principal: str = USER,
    action: str = STOP,
    resource: str = WORKSPACE,
    context: dict[str, Any] | None = None,
    version: str = "2012-10-17",
) -> Decision:
    policy = Policy.parse({"Version": version, "Statement": list(statements)})
    return policy.evaluate(principal=principal, action=action, resource=resource, context=context).decision


CASES: dict[str, tuple[Decision, list[dict[str, Any]], dict[str, Any]]] = {
    # Allow, deny and default
    "everything is allowed": (YES, [allow()], {}),
    "nothing is said": (NO, [allow(Action="s3:*")], {}),
    "an explicit deny wins": (DENIED, [allow(), deny()], {}),
    "an explicit deny wins, whatever its place": (DENIED, [deny(), allow()], {}),
    "a deny of something else": (YES, [allow(), deny(Action="workspaces:Terminate*")], {}),
    "a deny alone": (DENIED, [deny()], {}),
    # Actions
    "the action by name": (YES, [allow(Action=STOP)], {}),
    "the action in another case": (YES, [allow(Action="WORKSPACES:stopworkspaces")], {}),
    "the action by a wildcard": (YES, [allow(Action="workspaces:Stop*")], {}),
    "the action by a question mark": (YES, [allow(Action="workspaces:StopWorkspace?")], {}),
    "a question mark is one character": (NO, [allow(Action="workspaces:StopWorkspaces?")], {}),
    "another action": (NO, [allow(Action="workspaces:StartWorkspaces")], {}),
    "one of several actions": (YES, [allow(Action=["workspaces:StartWorkspaces", STOP])], {}),
    "all but the action": (NO, [{**allow(), "NotAction": STOP, "Action": None}], {}),
    "all but another action": (YES, [{**allow(), "NotAction": "s3:*", "Action": None}], {}),
    "a dot is no wildcard": (NO, [allow(Action="workspaces.StopWorkspaces")], {}),
    # Resources
    "the resource by name": (YES, [allow(Resource=WORKSPACE)], {}),
    "the resource in another case": (NO, [allow(Resource=WORKSPACE.upper())], {}),
    "the resource by a wildcard": (YES, [allow(Resource="arn:aws:workspaces:*:*:workspace/*")], {}),
    "a wildcard reaches over colons": (YES, [allow(Resource="arn:aws:workspaces:*")], {}),
    "another resource": (NO, [allow(Resource=f"{WORKSPACE}x")], {}),
    "all but the resource": (NO, [{**allow(), "NotResource": WORKSPACE, "Resource": None}], {}),
    "no resource, and one is named": (NO, [allow(Resource=WORKSPACE)], {"resource": "*"}),
    "no resource, and all are": (YES, [allow()], {"resource": "*"}),
    # Principals
    "everybody of AWS": (YES, [allow(Principal={"AWS": "*"})], {}),
    "the principal by ARN": (YES, [allow(Principal={"AWS": USER})], {}),
    "another principal": (NO, [allow(Principal={"AWS": OTHER})], {}),
    "one of several principals": (YES, [allow(Principal={"AWS": [OTHER, USER]})], {}),
    "the principal's account": (YES, [allow(Principal={"AWS": ACCOUNT})], {}),
    "the principal's account by its root": (YES, [allow(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})], {}),
    "another account": (NO, [allow(Principal={"AWS": ACCOUNT})], {"principal": OTHER}),
    "the session's account": (YES, [allow(Principal={"AWS": ACCOUNT})], {"principal": SESSION}),
    "the session's role": (
        YES,
        [allow(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/desktops"})],
        {"principal": SESSION},
    ),
    "the session's role with a path": (
        YES,
        [allow(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/team/blue/desktops"})],
        {"principal": SESSION},
    ),
    "the session itself": (YES, [allow(Principal={"AWS": SESSION})], {"principal": SESSION}),
    "another session of the role": (NO, [allow(Principal={"AWS": f"{SESSION}2"})], {"principal": SESSION}),
    "a user named like the role": (
        NO,
        [allow(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:user/desktops"})],
        {"principal": SESSION},
    ),
    "a role of another name": (
        NO,
        [allow(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/desktops2"})],
        {"principal": SESSION},
    ),
    "a service": (YES, [allow(Principal={"Service": "x.amazonaws.com"})], {"principal": "x.amazonaws.com"}),
    "a service is no user": (NO, [allow(Principal={"Service": "x.amazonaws.com"})], {}),
    "a federated identity": (YES, [allow(Principal={"Federated": "idp"})], {"principal": "idp"}),
    "all but the principal": (NO, [{**allow(), "NotPrincipal": {"AWS": USER}, "Principal": None}], {}),
    "deny to all but the principal and its account": (
        YES,
        [allow(), {**deny(), "NotPrincipal": {"AWS": [USER, ACCOUNT]}, "Principal": None}],
        {},
    ),
    "deny to all but the principal": (
        OPEN,
        [allow(), {**deny(), "NotPrincipal": {"AWS": USER}, "Principal": None}],
        {},
    ),
    "deny to all but another": (DENIED, [allow(), {**deny(), "NotPrincipal": {"AWS": OTHER}, "Principal": None}], {}),
    "a wildcard within a principal": (OPEN, [allow(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:user/*"})], {}),
    "an identity policy has no principal": (YES, [{**allow(), "Principal": None}], {}),
}

C = dict[str, Any]
CONDITIONS: dict[str, tuple[bool | None, str, str, list[str], C | None]] = {
    # Strings
    "equal": (True, "StringEquals", "aws:SourceVpce", ["vpce-1"], {"aws:SourceVpce": "vpce-1"}),
    "equal to one of several": (True, "StringEquals", "k", ["a", "b"], {"k": "b"}),
    "not equal": (False, "StringEquals", "k", ["a"], {"k": "A"}),
    "equal takes no wildcards": (False, "StringEquals", "k", ["a*"], {"k": "ab"}),
    "keys have no case": (True, "StringEquals", "AWS:SOURCEVPCE", ["vpce-1"], {"aws:SourceVpce": "vpce-1"}),
    "equal, ignoring case": (True, "StringEqualsIgnoreCase", "k", ["ABC"], {"k": "abc"}),
    "unequal": (True, "StringNotEquals", "k", ["a"], {"k": "b"}),
    "unequal to none of several": (False, "StringNotEquals", "k", ["a", "b"], {"k": "b"}),
    "unequal, ignoring case": (False, "StringNotEqualsIgnoreCase", "k", ["A"], {"k": "a"}),
    "like": (True, "StringLike", "k", ["a*c?"], {"k": "abbcd"}),
    "like has case": (False, "StringLike", "k", ["A*"], {"k": "ab"}),
    "unlike": (True, "StringNotLike", "k", ["a*"], {"k": "b"}),
    # Keys that are not there
    "a missing key equals nothing": (False, "StringEquals", "k", ["a"], {}),
    "a missing key is unequal": (True, "StringNotEquals", "k", ["a"], {}),
    "a missing key, if it exists": (True, "StringEqualsIfExists", "k", ["a"], {}),
    "a present key, if it exists": (False, "StringEqualsIfExists", "k", ["a"], {"k": "b"}),
    "absent is wanted, and is": (True, "Null", "k", ["true"], {}),
    "absent is wanted, and is not": (False, "Null", "k", ["true"], {"k": "a"}),
    "present is wanted, and is": (True, "Null", "k", ["false"], {"k": "a"}),
    # Numbers, dates, booleans, bytes
    "a number": (True, "NumericEquals", "k", ["10"], {"k": "10.0"}),
    "another number": (True, "NumericNotEquals", "k", ["10"], {"k": "11"}),
    "less": (True, "NumericLessThan", "k", ["10"], {"k": "9"}),
    "not less": (False, "NumericLessThan", "k", ["10"], {"k": "10"}),
    "less or equal": (True, "NumericLessThanEquals", "k", ["10"], {"k": "10"}),
    "greater": (True, "NumericGreaterThan", "k", ["9"], {"k": "10"}),
    "greater or equal": (True, "NumericGreaterThanEquals", "k", ["10"], {"k": "10"}),
    "no number": (None, "NumericEquals", "k", ["ten"], {"k": "10"}),
    "earlier": (True, "DateLessThan", "k", ["2026-01-02T00:00:00Z"], {"k": "2026-01-01T00:00:00Z"}),
    "later": (True, "DateGreaterThan", "k", ["2026-01-01T00:00:00Z"], {"k": "2026-01-02"}),
    "the same time, otherwise written": (True, "DateEquals", "k", ["1767225600"], {"k": "2026-01-01T00:00:00Z"}),
    "another time": (True, "DateNotEquals", "k", ["2026-01-01"], {"k": "2026-01-02"}),
    "not after": (True, "DateLessThanEquals", "k", ["2026-01-01"], {"k": "2026-01-01"}),
    "not before": (False, "DateGreaterThanEquals", "k", ["2026-01-02"], {"k": "2026-01-01"}),
    "no time": (None, "DateEquals", "k", ["soon"], {"k": "2026-01-01"}),
    "a boolean": (True, "Bool", "aws:SecureTransport", ["true"], {"aws:SecureTransport": "True"}),
    "the other boolean": (False, "Bool", "k", ["true"], {"k": "false"}),
    "no boolean": (None, "Bool", "k", ["yes"], {"k": "true"}),
    "the same bytes": (True, "BinaryEquals", "k", ["QUI="], {"k": "QUI="}),
    "no bytes": (None, "BinaryEquals", "k", ["#"], {"k": "QUI="}),
    # Addresses and ARNs
    "an address within": (True, "IpAddress", "aws:SourceIp", ["10.0.0.0/8"], {"aws:SourceIp": "10.1.2.3"}),
    "an address itself": (True, "IpAddress", "aws:SourceIp", ["10.1.2.3"], {"aws:SourceIp": "10.1.2.3"}),
    "an address outside": (False, "IpAddress", "aws:SourceIp", ["10.0.0.0/8"], {"aws:SourceIp": "192.0.2.1"}),
    "an IPv6 address": (True, "IpAddress", "aws:SourceIp", ["2001:db8::/32"], {"aws:SourceIp": "2001:db8::1"}),
    "not an address": (True, "NotIpAddress", "aws:SourceIp", ["10.0.0.0/8"], {"aws:SourceIp": "192.0.2.1"}),
    "no address": (None, "IpAddress", "aws:SourceIp", ["x"], {"aws:SourceIp": "192.0.2.1"}),
    "an ARN": (True, "ArnEquals", "k", [f"arn:aws:iam::{ACCOUNT}:user/*"], {"k": USER}),
    "an ARN's wildcard stops at a colon": (False, "ArnLike", "k", ["arn:aws:*:user/mary"], {"k": USER}),
    "another ARN": (True, "ArnNotLike", "k", ["arn:aws:iam::*:role/*"], {"k": USER}),
    "another ARN still": (True, "ArnNotEquals", "k", [OTHER], {"k": USER}),
    # Several values
    "all of them": (True, "ForAllValues:StringEquals", "k", ["a", "b"], {"k": ["a", "b"]}),
    "not all of them": (False, "ForAllValues:StringEquals", "k", ["a"], {"k": ["a", "b"]}),
    "all of none": (True, "ForAllValues:StringEquals", "k", ["a"], {}),
    "all of an empty list": (True, "ForAllValues:StringEquals", "k", ["a"], {"k": []}),
    "one of them": (True, "ForAnyValue:StringEquals", "k", ["a"], {"k": ["a", "b"]}),
    "none of them": (False, "ForAnyValue:StringEquals", "k", ["c"], {"k": ["a", "b"]}),
    "one of none": (False, "ForAnyValue:StringEquals", "k", ["a"], {}),
    "one that is unequal": (True, "ForAnyValue:StringNotEquals", "k", ["a"], {"k": ["a", "b"]}),
    "all that are unequal": (False, "ForAllValues:StringNotEquals", "k", ["a"], {"k": ["a", "b"]}),
    "several where one is expected": (None, "StringEquals", "k", ["a"], {"k": ["a", "b"]}),
    # Variables
    "a variable": (True, "StringEquals", "k", ["${aws:username}"], {"k": "mary", "aws:username": "mary"}),
    "a variable within": (True, "StringLike", "k", ["home/${aws:username}/*"], {"k": "home/m/x", "aws:username": "m"}),
    "a variable's value is plain": (False, "StringLike", "k", ["${aws:username}"], {"k": "ab", "aws:username": "a*"}),
    "a variable that is missing": (None, "StringEquals", "k", ["${aws:username}"], {"k": "mary"}),
    "a variable with a default": (True, "StringEquals", "k", ["${aws:username, 'nobody'}"], {"k": "nobody"}),
    "an escaped asterisk": (True, "StringLike", "k", ["a${*}"], {"k": "a*"}),
    "an escaped asterisk is no wildcard": (False, "StringLike", "k", ["a${*}"], {"k": "ab"}),
    # Unknown results
    "an unknown operator": (None, "StringSmells", "k", ["a"], {"k": "a"}),
    "an unknown qualifier": (None, "ForMostValues:StringEquals", "k", ["a"], {"k": "a"}),
    "nothing is known": (None, "StringEquals", "k", ["a"], None),
    "nothing is known, not even absence": (None, "Null", "k", ["true"], None),
}


@pytest.mark.parametrize("name", CASES)
def test_evaluator_decides_a_case(name: str) -> None:
    """Effects, actions, resources and principals decide as IAM documents."""
    expected, statements, call = CASES[name]
    cleaned = [{key: value for key, value in statement.items() if value is not None} for statement in statements]
    arguments: dict[str, Any] = {"context": {}, **call}
    assert _decide(*cleaned, **arguments) is expected


@pytest.mark.parametrize("name", CONDITIONS)
def test_condition_decides_a_case(name: str) -> None:
    """A statement applies if its condition holds; a condition that cannot be evaluated gives an unknown result."""
    truth, operator, key, values, context = CONDITIONS[name]
    condition = when(operator, key, *values)
    allowed = _decide(allow(Condition=condition), context=context)
    denied = _decide(allow(), deny(Condition=condition), context=context)
    assert allowed is {True: YES, False: NO, None: OPEN}[truth]
    assert denied is {True: DENIED, False: YES, None: OPEN}[truth]


def test_evaluation_table_covers_every_outcome() -> None:
    """There are at least 110 cases, with every outcome."""
    assert len(CASES) + len(CONDITIONS) >= 110
    assert {expected for expected, _, _ in CASES.values()} == set(Decision)


def test_an_action_needs_its_service_prefix() -> None:
    """DescribeWorkspaces alone matches no statement: it raises instead of being denied."""
    policy = Policy.parse({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": "*"}})
    with pytest.raises(ConfigurationError, match="use the form workspaces:DescribeWorkspaces"):
        policy.evaluate(principal=USER, action="DescribeWorkspaces")


def test_several_conditions_must_all_hold() -> None:
    """Operators and keys are combined by and, values by or; a failed condition decides despite an unknown one."""
    both = {"StringEquals": {"a": "1", "b": "2"}, "Bool": {"c": "true"}}
    assert _decide(allow(Condition=both), context={"a": "1", "b": "2", "c": "true"}) is YES
    assert _decide(allow(Condition=both), context={"a": "1", "b": "x", "c": "true"}) is NO
    open_and_failed = {"StringSmells": {"a": "1"}, "StringEquals": {"b": "2"}}
    assert _decide(allow(Condition=open_and_failed), context={"b": "x"}) is NO
    assert _decide(allow(Condition=open_and_failed), context={"b": "2"}) is OPEN


def test_unknown_deny_matters_only_with_an_allow() -> None:
    """Without an allow, an unknown deny changes nothing: the call is denied in either case."""
    condition = when("StringSmells", "k", "a")
    assert _decide(deny(Condition=condition), context={}) is NO
    assert _decide(allow(), deny(Condition=condition), deny(), context={}) is DENIED


def test_policy_variables_need_version_2012_10_17() -> None:
    """Before 2012-10-17 there were no variables."""
    condition = when("StringEquals", "k", "${aws:username}")
    context = {"k": "${aws:username}", "aws:username": "mary"}
    assert _decide(allow(Condition=condition), context=context, version="2008-10-17") is YES


def test_decision_names_the_deciding_statement() -> None:
    """The result has the deciding statement, and its reason names the Sid."""
    policy = Policy.parse({"Statement": [allow(Sid="Open"), deny(Sid="NoStops", Action=STOP)]})
    answer = policy.evaluate(principal=USER, action=STOP, resource=WORKSPACE, context={})
    assert answer.statement is policy.statements[1]
    assert (answer.reason, answer.is_allowed) == ("the statement NoStops denies it", False)
    other = policy.evaluate(principal=USER, action="workspaces:StartWorkspaces", context={})
    assert (other.reason, other.is_allowed) == ("the statement Open allows it", True)


def test_allow_one_workspace_equals_the_example_of_aws() -> None:
    """allow_one_workspace() allows everybody everything with that WorkSpace, and nothing else."""
    policy = allow_one_workspace(WORKSPACE)
    expected = {"Action": "workspaces:*", "Effect": "Allow", "Resource": WORKSPACE, "Principal": "*"}
    assert policy.to_dict()["Statement"] == [expected]
    for principal in (USER, OTHER, SESSION):
        assert policy.evaluate(principal=principal, action=STOP, resource=WORKSPACE).decision is YES
        assert policy.evaluate(principal=principal, action=STOP, resource=f"{WORKSPACE}2").decision is NO
        assert policy.evaluate(principal=principal, action="workspaces:DescribeWorkspaces").decision is NO
    with pytest.raises(ConfigurationError, match="is not the ARN of a WorkSpace"):
        allow_one_workspace("ws-f9abcdefg")


def test_only_through_denies_calls_outside_the_endpoint() -> None:
    """only_through() denies calls outside the endpoint or VPC, and leaves other calls to other policies."""
    for policy, key, value in (
        (only_through(vpc_endpoint="vpce-0123abcd"), "aws:SourceVpce", "vpce-0123abcd"),
        (only_through(vpc="vpc-0123abcd"), "aws:SourceVpc", "vpc-0123abcd"),
    ):
        assert policy.evaluate(principal=USER, action=STOP, context={key: value}).decision is NO
        assert policy.evaluate(principal=USER, action=STOP, context={key: "vpce-other"}).decision is DENIED
        assert policy.evaluate(principal=USER, action=STOP, context={}).decision is DENIED
    wrongs: list[dict[str, Any]] = [
        {},
        {"vpc": "vpc-1", "vpc_endpoint": "vpce-1"},
        {"vpc": "vpce-1"},
        {"vpc_endpoint": "*"},
    ]
    for wrong in wrongs:
        with pytest.raises(ConfigurationError):
            only_through(**wrong)


def test_endpoint_policy_with_fips_is_rejected() -> None:
    """AWS supports no endpoint policy for FIPS endpoints of WorkSpaces."""
    policy = allow_one_workspace(WORKSPACE)
    parameters: dict[str, Any] = {"service": "workspaces", "region": "us-west-2"}
    private = wsclient.resolve_endpoint(wsclient.EndpointParameters(**parameters, vpc_endpoint="vpce-0123-abcd"))
    assert check_endpoint(policy, private) is policy
    fips = wsclient.resolve_endpoint(wsclient.EndpointParameters(**parameters, use_fips=True))
    with pytest.raises(PrivateLinkFipsError, match="are not supported for Federal Information Processing Standard"):
        check_endpoint(policy, fips)


TEXTS = st.sampled_from(["*", "workspaces:*", STOP, "workspaces:Start*", "s3:*"])
STATEMENTS = st.builds(
    lambda effect, action, resource, principal, condition: {
        "Effect": effect,
        "Action": action,
        "Resource": resource,
        "Principal": principal,
        **({"Condition": condition} if condition else {}),
    },
    st.sampled_from(["Allow", "Deny"]),
    TEXTS,
    st.sampled_from(["*", WORKSPACE, "arn:aws:workspaces:*:*:directory/*"]),
    st.sampled_from(["*", {"AWS": USER}, {"AWS": ACCOUNT}, {"AWS": [OTHER]}]),
    st.none() | st.sampled_from([when("StringEquals", "k", "a"), when("Smells", "k", "a"), when("Null", "k", "true")]),
)


@settings(max_examples=200)
@given(
    statements=st.lists(STATEMENTS, min_size=1, max_size=4),
    denial=STATEMENTS,
    context=st.sampled_from([None, {}, {"k": "a"}]),
)
def test_added_deny_never_allows_more(statements: list[Any], denial: Any, context: Any) -> None:
    """A deny statement added to a policy never allows more calls."""
    before = _decide(*statements, context=context)
    after = _decide(*statements, {**denial, "Effect": "Deny"}, context=context)
    assert before is YES or after is not YES


@settings(max_examples=100)
@given(statements=st.lists(STATEMENTS, min_size=1, max_size=4))
def test_policy_round_trip(statements: list[Any]) -> None:
    """parse() is the inverse of to_dict() and to_json()."""
    policy = Policy.parse({"Version": "2012-10-17", "Id": "x", "Statement": statements})
    assert Policy.parse(policy.to_dict()) == policy == Policy.parse(policy.to_json())
    assert json.loads(policy.to_json()) == policy.to_dict()


@settings(max_examples=100)
@given(statement=STATEMENTS)
def test_unknown_operator_never_allows(statement: dict[str, Any]) -> None:
    """A statement with an unknown operator never allows a call."""
    smelling = {**statement, "Condition": when("StringSmells", "k", "a")}
    assert _decide(smelling, context={"k": "a"}) is not YES
