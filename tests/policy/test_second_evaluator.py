"""The evaluator compared with a second, naive one on generated policies and requests."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support import naive_policy
from wsclient.policy import Policy

ACCOUNT = "123456789012"
USER = f"arn:aws:iam::{ACCOUNT}:user/mary"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/desk"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/desk/night"
OTHER = "arn:aws:iam::210987654321:user/bob"
WORKSPACE = f"arn:aws:workspaces:us-west-2:{ACCOUNT}:workspace/ws-1"
CALLERS = st.sampled_from(
    [
        USER,
        ROLE,
        SESSION,
        OTHER,
        f"arn:aws:iam::{ACCOUNT}:root",
        f"arn:aws:sts::{ACCOUNT}:federated-user/mary",
        "ec2.amazonaws.com",
        "*",
    ]
)
AWS_NAMES = st.sampled_from(
    [
        "*",
        USER,
        ROLE,
        SESSION,
        OTHER,
        ACCOUNT,
        "210987654321",
        f"arn:aws:iam::{ACCOUNT}:root",
        f"arn:aws:iam::{ACCOUNT}:user/*",
        f"arn:aws:iam::{ACCOUNT}:role/team/desk",
        f"arn:aws:iam::{ACCOUNT}:group/all",
        f"arn:aws:iam::{ACCOUNT}:role/other",
        "AIDAEXAMPLE",
        f"{SESSION}2",
    ]
)


def one_or_more(values: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    """Return a text, or a list of one to three."""
    return values | st.lists(values, min_size=1, max_size=3)


PRINCIPALS = st.just("*") | st.one_of(
    st.fixed_dictionaries({"AWS": one_or_more(AWS_NAMES)}),
    st.fixed_dictionaries({"AWS": one_or_more(AWS_NAMES), "Federated": st.just("accounts.google.com")}),
    st.sampled_from([{"Service": "ec2.amazonaws.com"}, {"Service": "ec2.us-west-2.amazonaws.com"}, {"Service": "*"}]),
    st.sampled_from([{"CanonicalUser": "79a59df9"}, {"Federated": ["accounts.google.com", "www.amazon.com"]}]),
)
ACTIONS = st.sampled_from(
    [
        "*",
        "workspaces:*",
        "workspaces:StopWorkspaces",
        "WORKSPACES:stop*",
        "workspaces:Describe*",
        "s3:*",
        "work*:Stop*",
        "w*Workspaces",
        "workspaces:St??Workspaces",
        "workspaces.StopWorkspaces",
        "workspaces:Create*",
        "workspaces:${aws:username}",
    ]
)
RESOURCES = st.sampled_from(
    [
        "*",
        WORKSPACE,
        "arn:aws:workspaces:*",
        "arn:aws:workspaces:*:*:workspace/*",
        "arn:aws:workspaces:us-*-2:*:workspace/*",
        "arn:aws:workspaces:us-*1",
        "arn:aws:workspaces:*/ws-1",
        "arn:aws:workspaces:us-west-2?123456789012:workspace/ws-1",
        f"arn:aws:workspaces:us-west-2:{ACCOUNT}:workspace/${{aws:username}}",
        "arn:*:us-west-2:*",
        "arn:aws:*:*:*:*",
        "arn*",
        "*:workspace/ws-1",
        "?",
        f"arn:aws:workspaces:${{aws:RequestedRegion}}:{ACCOUNT}:workspace/*",
        WORKSPACE.upper(),
        "arn:aws:s3:::bucket/*",
        f"arn:aws:workspaces:us-west-2:{ACCOUNT}:workspace/ws-${{*}}",
        "${aws:username}",
        "arn:aws:workspaces:us*w*:*:*/*",
    ]
)
OPERATORS = st.builds(
    lambda qualifier, base, suffix: f"{qualifier}{base}{suffix}",
    st.sampled_from(["", "", "", "ForAllValues:", "ForAnyValue:", "ForMostValues:"]),
    st.sampled_from(
        [
            "StringEquals",
            "StringNotEquals",
            "StringLike",
            "StringNotLike",
            "StringEqualsIgnoreCase",
            "Null",
            "Bool",
            "NumericEquals",
            "NumericNotEquals",
            "NumericLessThan",
            "NumericGreaterThanEquals",
            "DateLessThan",
            "DateNotEquals",
            "DateEquals",
            "IpAddress",
            "NotIpAddress",
            "ArnLike",
            "ArnNotEquals",
            "BinaryEquals",
            "Smells",
        ]
    ),
    st.sampled_from(["", "", "IfExists"]),
)
VALUES = st.sampled_from(
    [
        "",
        "a",
        "A",
        "a*",
        "a?c",
        "abc",
        "*",
        "true",
        "False",
        "10",
        "10.0",
        "9",
        "ten",
        "2026",
        "2026-01-01",
        "1767225600",
        "2026-01-01T00:00:00Z",
        "10.0.0.0/8",
        "10.1.2.3",
        "10.1.2.3/8",
        "2001:db8::1",
        "2001:db8::/32",
        "QUI=",
        "QUI",
        "QUJ=",
        "#",
        USER,
        f"arn:aws:iam::{ACCOUNT}:user/*",
        "arn:aws:*:user/mary",
        "arn:aws:iam::*",
        "${aws:username}",
        "${*}",
        "mary",
        "arn:aws:iam::${aws:PrincipalAccount}:user/${aws:username, 'mary'}",
        "${aws:username, 'x'}",
        "${broken",
    ]
)
KEYS = st.sampled_from(["k", "K", "other", "aws:username", "aws:TagKeys"])
CONDITIONS = st.dictionaries(OPERATORS, st.dictionaries(KEYS, one_or_more(VALUES), min_size=1, max_size=1), max_size=2)
CONTEXTS = st.none() | st.dictionaries(
    st.sampled_from(["k", "K", "other", "aws:username", "AWS:PrincipalAccount", "aws:TagKeys", "aws:RequestedRegion"]),
    VALUES | st.just(ACCOUNT) | st.just("mary") | st.lists(VALUES, max_size=3),
    max_size=5,
)


@st.composite
def statements(draw: st.DrawFn) -> dict[str, Any]:
    """Return a statement with any of its elements or their opposites."""
    statement: dict[str, Any] = {"Effect": draw(st.sampled_from(["Allow", "Allow", "Deny"]))}
    statement[draw(st.sampled_from(["Action", "Action", "NotAction"]))] = draw(one_or_more(ACTIONS))
    statement[draw(st.sampled_from(["Resource", "Resource", "NotResource"]))] = draw(one_or_more(RESOURCES))
    principal = draw(st.sampled_from(["", "Principal", "Principal", "NotPrincipal"]))
    if principal:
        statement[principal] = draw(PRINCIPALS)
    condition = draw(CONDITIONS)
    return {**statement, "Condition": condition} if condition else statement


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(
    policy=st.fixed_dictionaries(
        {
            "Version": st.sampled_from(["2012-10-17", "2012-10-17", "2008-10-17"]),
            "Statement": st.lists(statements(), min_size=1, max_size=3),
        }
    ),
    principal=CALLERS,
    action=st.sampled_from(
        ["workspaces:StopWorkspaces", "workspaces:DescribeWorkspaces", "workspaces:Unheard", "s3:Get"]
    ),
    resource=st.sampled_from(
        [WORKSPACE, "*", f"{WORKSPACE}:a:b", "arn:aws:workspaces:us-west-2:1:directory/d-1", "ws-1"]
    ),
    context=CONTEXTS,
)
def test_evaluator_agrees_with_the_reference_evaluator(
    policy: dict[str, Any], principal: str, action: str, resource: str, context: dict[str, Any] | None
) -> None:
    """The package's evaluator and the naive one decide alike on any policy and request."""
    found = Policy.parse(policy).evaluate(principal=principal, action=action, resource=resource, context=context)
    assert found.decision.name == naive_policy.decide(policy, principal, action, resource, context)


@settings(max_examples=300)
@given(operator=OPERATORS, wanted=one_or_more(VALUES), context=CONTEXTS, effect=st.sampled_from(["Allow", "Deny"]))
def test_conditions_agree_with_the_reference_evaluator(operator: str, wanted: Any, context: Any, effect: str) -> None:
    """A single condition makes the same difference to both, in an Allow and in a Deny."""
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    statement = {**everything, "Effect": effect, "Condition": {operator: {"k": wanted}}}
    policy = {"Version": "2012-10-17", "Statement": [statement] if effect == "Allow" else [everything, statement]}
    found = Policy.parse(policy).evaluate(principal=USER, action="s3:Get", resource=WORKSPACE, context=context)
    assert found.decision.name == naive_policy.decide(policy, USER, "s3:Get", WORKSPACE, context)


@settings(max_examples=200)
@given(pattern=st.text("ab*?:", max_size=8), text=st.text("ab:", max_size=8))
def test_wildcards_agree_with_the_reference_evaluator(pattern: str, text: str) -> None:
    """StringLike matches what trying every way matches."""
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringLike": {"k": pattern}}}
    policy = Policy.parse({"Version": "2012-10-17", "Statement": statement})
    found = policy.evaluate(principal=USER, action="s3:Get", context={"k": text})
    assert found.is_allowed is naive_policy.glob(naive_policy.free(pattern), text)
