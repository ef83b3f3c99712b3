"""Policies for one account, one organization and reads only, and their formats for other tools."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

import pytest

from wsclient.errors import ConfigurationError
from wsclient.policy import Decision, Policy, allow_account, allow_organization, only_through, read_only

if TYPE_CHECKING:
    from collections.abc import Callable

ACCOUNT = "123456789012"
ORGANIZATION = "o-a1b2c3d4e5"
CALLER = f"arn:aws:iam::{ACCOUNT}:role/desktops"
WRITE, READ = "workspaces:TerminateWorkspaces", "workspaces:DescribeWorkspaces"


def decided(policy: Policy, action: str, **keys: str) -> Decision:
    """Return what a policy says about a call with these condition keys."""
    context = {f"aws:{name}": value for name, value in keys.items()}
    return policy.evaluate(principal=CALLER, action=action, resource="*", context=context).decision


def test_account_policy_allows_principals_of_the_account() -> None:
    """Principals of the account are allowed, those of another account or without the key are denied."""
    policy = allow_account(ACCOUNT)
    assert decided(policy, WRITE, PrincipalAccount=ACCOUNT) is Decision.ALLOWED
    assert decided(policy, READ, PrincipalAccount="210987654321") is Decision.DENIED_BY_DEFAULT
    assert decided(policy, READ) is Decision.DENIED_BY_DEFAULT


def test_organization_policy_allows_principals_of_the_organization() -> None:
    """Principals of the organization pass, those of another do not."""
    policy = allow_organization(ORGANIZATION, actions=[READ])
    assert decided(policy, READ, PrincipalOrgID=ORGANIZATION) is Decision.ALLOWED
    assert decided(policy, WRITE, PrincipalOrgID=ORGANIZATION) is Decision.DENIED_BY_DEFAULT
    assert decided(policy, READ, PrincipalOrgID="o-other12345") is Decision.DENIED_BY_DEFAULT


def test_read_only_policy_allows_reads() -> None:
    """Reads are allowed and changes denied, for an identity and for an endpoint of one account."""
    assert decided(read_only(), READ) is Decision.ALLOWED
    assert decided(read_only(), WRITE) is Decision.DENIED_BY_DEFAULT
    endpoint = read_only(account_id=ACCOUNT)
    assert decided(endpoint, READ, PrincipalAccount=ACCOUNT) is Decision.ALLOWED
    assert decided(endpoint, WRITE, PrincipalAccount=ACCOUNT) is Decision.DENIED_BY_DEFAULT


@pytest.mark.parametrize("policy", [allow_account(ACCOUNT), allow_organization(ORGANIZATION), read_only()])
def test_built_policies_parse_back_and_pass_lint(policy: Policy) -> None:
    """A document parses to an equal policy, and lint finds nothing to say."""
    assert Policy.parse(policy.to_json()) == policy
    assert policy.lint() == ()


@pytest.mark.parametrize(
    "wrong", ["", "12345678901", "1234567890123", "12345678901a", "arn:aws:iam::123456789012:root"]
)
def test_invalid_account_id_is_rejected(wrong: str) -> None:
    """Anything else would match no principal, and lock everyone out."""
    with pytest.raises(ConfigurationError, match="12 digits"):
        allow_account(wrong)


@pytest.mark.parametrize("wrong", ["", "o-", "o-ABC1234567", "r-a1b2", "o-a1b2c3d4e5/ou-1"])
def test_invalid_organization_id_is_rejected(wrong: str) -> None:
    """A root, a unit or a misspelt id is refused."""
    with pytest.raises(ConfigurationError, match="o-a1b2c3d4e5"):
        allow_organization(wrong)


def test_identity_policy_formats_have_the_same_document() -> None:
    """CloudFormation and the AWS CLI get the same document."""
    policy = only_through(vpc_endpoint="vpce-0123")
    (name, resource) = next(iter(json.loads(policy.to_cloudformation("only-through"))["Resources"].items()))
    assert (name, resource["Type"]) == ("onlythrough", "AWS::IAM::ManagedPolicy")
    assert resource["Properties"] == {"ManagedPolicyName": "only-through", "PolicyDocument": policy.to_dict()}
    command = shlex.split(policy.to_aws_cli("only-through"))
    assert command[:3] == ["aws", "iam", "create-policy"]
    assert json.loads(command[-1]) == policy.to_dict()


@pytest.mark.parametrize("form", [Policy.to_cloudformation, Policy.to_aws_cli])
def test_formats_without_endpoint_or_valid_name_are_rejected(form: Callable[[Policy, str], str]) -> None:
    """The policy of an endpoint is only formatted with its endpoint, and a name must be valid in IAM."""
    with pytest.raises(ConfigurationError, match="one of a VPC endpoint"):
        form(allow_account(ACCOUNT), "name")
    for wrong in ("", "a b", "x" * 129, "$(id)"):
        with pytest.raises(ConfigurationError, match="policy name"):
            form(read_only(), wrong)
