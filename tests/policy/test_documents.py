"""Policy documents: rejected documents with the location of the error, and lint findings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from wsclient.errors import ConfigurationError
from wsclient.policy import Effect as PolicyEffect
from wsclient.policy import Policy, Statement, allow_one_workspace

WORKSPACE = "arn:aws:workspaces:us-west-2:123456789012:workspace/ws-f9abcdefg"


def _statement(**more: Any) -> dict[str, Any]:
    members = {"Effect": "Allow", "Principal": "*", "Action": "workspaces:*", "Resource": "*", **more}
    return {name: value for name, value in members.items() if value is not None}


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("{", "the policy is not valid JSON"),
        ("policy.json", "not valid JSON: .*; pass the text of a file, not its path"),
        (Path("policy.json"), "must be a JSON object, not (Posix|Windows)Path; pass its text"),
        ("[]", "the policy must be a JSON object, not list"),
        ({}, "the policy has no Statement"),
        ({"Statement": [], "Staement": []}, "unknown member Staement in the policy: the members are"),
        ({"Statement": [], "Version": "2012-10-18"}, "Version of the policy must be 2012-10-17 or 2008-10-17"),
        ({"Statement": [], "Version": 7}, "Version of the policy must be a string"),
        ({"Statement": ["x"]}, r"Statement\[0\] must be a JSON object"),
        ({"Statement": [_statement(), _statement(Effect="allow")]}, r"Statement\[1\].Effect must be Allow or Deny"),
        ({"Statement": _statement(Action=None)}, r"Statement\[0\]: a policy statement needs one of actions and"),
        ({"Statement": _statement(NotAction="x")}, r"one of actions and not_actions \(got both\)"),
        ({"Statement": _statement(Resource=None)}, r"one of resources and not_resources \(got neither\)"),
        ({"Statement": _statement(Action=[{}])}, r"Statement\[0\].Action must be a string or a list of strings"),
        ({"Statement": _statement(Principal={"AWs": "*"})}, r"unknown member AWs in Statement\[0\].Principal"),
        ({"Statement": _statement(Principal=["*"])}, r"Statement\[0\].Principal must be a JSON object"),
        ({"Statement": _statement(Condition={"Bool": "x"})}, r"Statement\[0\].Condition.Bool must be a JSON object"),
        ({"Statement": _statement(Condition={"Bool": {"k": {}}})}, r"Condition.Bool.k must be a string"),
        ({"Statement": _statement(Sid=7)}, r"Sid of Statement\[0\] must be a string"),
    ],
)
def test_malformed_policy_is_rejected_with_its_place(source: Any, message: str) -> None:
    """A malformed document raises ConfigurationError with the location and the expected content."""
    with pytest.raises(ConfigurationError, match=message):
        Policy.parse(source)


def test_single_statement_and_scalar_values_parse() -> None:
    """A single statement needs no list; numbers and booleans of a condition are texts to IAM."""
    policy = Policy.parse({"Statement": _statement(Condition={"Bool": {"aws:SecureTransport": True}, "N": {"k": 7}})})
    assert policy.version is None
    assert policy.statements[0].conditions == {"Bool": {"aws:SecureTransport": ("true",)}, "N": {"k": ("7",)}}


def test_statements_can_be_constructed() -> None:
    """Statements can be built from values; contradictory members raise ConfigurationError."""
    statement = Statement(
        effect=PolicyEffect.DENY, not_actions=("workspaces:Describe*",), not_resources=(WORKSPACE,), sid="S"
    )
    expected = {"Sid": "S", "Effect": "Deny", "NotAction": "workspaces:Describe*", "NotResource": WORKSPACE}
    assert statement.to_dict() == expected
    with pytest.raises(ConfigurationError, match="one of principals and not_principals"):
        Statement(
            effect=PolicyEffect.DENY, actions=("*",), resources=("*",), principals={"AWS": ("*",)}, not_principals={}
        )


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        (
            {"Action": "workspaces:StopWorkspace"},
            "StopWorkspace is not an action of Amazon WorkSpaces; did you mean",
        ),
        ({"Action": "StopWorkspaces"}, "StopWorkspaces lacks the service prefix: write workspaces:StopWorkspaces"),
        ({"Action": None, "NotAction": "workspaces:Nothing*"}, "NotAction: workspaces:Nothing* is not an action"),
        ({"Resource": "ws-1"}, "'ws-1' is neither * nor an ARN of six parts"),
        (
            {"Resource": "arn:aws:workspaces:us-west-2:123:workspace/x"},
            "the account id 123 must have 12 digits (got 3)",
        ),
        (
            {"Resource": WORKSPACE.replace("workspace/", "workspce/")},
            "workspce is not a resource type of Amazon WorkSpaces; did you mean",
        ),
        (
            {"Action": "workspaces:DescribeWorkspaces", "Resource": WORKSPACE},
            "DescribeWorkspaces have no resource-level permissions, so they stay denied unless",
        ),
        (
            {"Action": "workspaces:AuthorizeIpRules", "Resource": WORKSPACE},
            "AuthorizeIpRules needs a resource of type workspaceipgroup, so it stays denied",
        ),
        (
            {"Action": "workspaces:UpdateRulesOfIpGroup"},
            "UpdateRulesOfIpGroup also needs AuthorizeIpRules and Rev",
        ),
        ({"Action": "workspaces:CreateWorkspaces"}, "CreateWorkspaces also needs CreateTags"),
        ({"Principal": {"AWS": "arn:aws:iam::123456789012:user/*"}}, "contains a wildcard: IAM accepts * alone"),
        ({"Principal": {"AWS": "1234567891011"}}, "the account id 1234567891011 must have 12 digits (got 13)"),
        ({"Principal": None, "NotPrincipal": {"AWS": "123456789012"}}, "with Allow admits every other principal"),
        (
            {"Effect": "Deny", "Principal": None, "NotPrincipal": {"AWS": "arn:aws:iam::123456789012:user/mary"}},
            "lacks the account of its principals, so AWS may deny them too: add 123456789012",
        ),
        (
            {"Condition": {"NullIfExists": {"k": "true"}}},
            "NullIfExists: Null goes with neither IfExists nor a set oper",
        ),
        (
            {"Condition": {"ForAllValues:Null": {"k": "true"}}},
            "Null: Null goes with neither IfExists nor a set operator",
        ),
        ({"Condition": {"StringEqual": {"aws:SourceVpce": "x"}}}, "Condition.StringEqual: unknown condition operator"),
        ({"Condition": {"StringEquals": {"aws:SourceVPCEndpoint": "x"}}}, "unknown global condition key"),
    ],
)
def test_lint_finds_odd_statements(statement: dict[str, Any], message: str) -> None:
    """Each lint finding gives location, problem and likely intention."""
    findings = [
        str(item) for item in Policy.parse({"Version": "2012-10-17", "Statement": _statement(**statement)}).lint()
    ]
    assert any(message in finding for finding in findings), findings


def test_lint_accepts_a_correct_policy() -> None:
    """Operations, permission-only actions, wildcards, other services, paths and tags are all fine."""
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            _statement(Action=["workspaces:Describe*", "workspaces:Stream", "ec2:DescribeVpcs"]),
            _statement(
                Action=["workspaces:StopWorkspaces"],
                Resource=[WORKSPACE, "arn:aws:workspaces:*:*:workspace/*", "arn:aws:s3:::bucket"],
                Condition={"ForAnyValue:StringLikeIfExists": {"aws:PrincipalTag/team": "b*"}, "Bool": {"x:y": "true"}},
            ),
        ],
    }
    assert Policy.parse(policy).lint() == ()


def test_lint_warns_about_the_example_of_aws() -> None:
    """The page's account number has 13 digits and its document no Version."""
    arn = WORKSPACE.replace("123456789012", "1234567891011")
    page = {"Statement": allow_one_workspace(arn).to_dict()["Statement"]}
    found = [str(item) for item in Policy.parse(page).lint()]
    assert any("12 digits (got 13)" in text for text in found)
    assert any(text.startswith("warning: Version: is missing") for text in found)
    assert all(text.startswith("warning") for text in found)
    assert [str(item) for item in Policy.parse({"Statement": []}).lint()][-1].startswith("warning")
