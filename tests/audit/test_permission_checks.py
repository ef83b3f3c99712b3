"""Checks that identity policies, network interfaces and the public host decide, by each outcome."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from tests.audit.facts import ACCOUNT, Row, context, fact, workspace
from wsclient._generated.iam import structures as iam
from wsclient.audit import CHECKS, AuditSettings, Outcome, Reason
from wsclient.audit._checks.permissions import CHANGES
from wsclient.audit._facts.iam import _principals
from wsclient.audit._facts.records import Fact, Interfaces, Problem, PublicProbe
from wsclient.policy import only_through

PASS, FAIL, NOT_APPLICABLE, UNKNOWN = Outcome
BY_ID = {check.id: check for check in CHECKS}
LOST: Fact[object] = Fact(problem=Problem(Reason.INCOMPLETE, "a page was lost"))
ROLE, USER = f"arn:aws:iam::{ACCOUNT}:role/desktops", f"arn:aws:iam::{ACCOUNT}:user/ann"
ONLY_ROLE = AuditSettings(administrators=(ROLE,))
NOBODY = AuditSettings(administrators=())


def document(*statements: dict[str, object]) -> str:
    """Return a policy document as IAM returns it, URL-encoded."""
    return quote(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))


def allow(action: str = "workspaces:*", resource: str = "*", **condition: str) -> dict[str, object]:
    """Return a statement that allows an action, perhaps under a condition on one key."""
    return {"Effect": "Allow", "Action": action, "Resource": resource} | conditional(condition)


def deny(action: str = "workspaces:*", resource: str = "*", **condition: str) -> dict[str, object]:
    """Return a statement that denies an action."""
    return {"Effect": "Deny", "Action": action, "Resource": resource} | conditional(condition)


def conditional(condition: dict[str, str]) -> dict[str, object]:
    """Return the Condition of a statement."""
    keys = {f"aws:{key}": value for key, value in condition.items()}
    return {"Condition": {"StringEquals": keys}} if keys else {}


def details(**members: object) -> object:
    """Return the principals of an account with these details."""
    return _principals([iam.GetAccountAuthorizationDetailsResponse.from_dict(members)])


def role(*statements: dict[str, object], **members: object) -> object:
    """Return an account with one role that has these statements."""
    inline = [{"PolicyName": "p", "PolicyDocument": document(*statements)}] if statements else []
    return details(RoleDetailList=[{"Arn": ROLE, "RolePolicyList": inline, **members}])


def bounded(boundary: str) -> object:
    """Return an account with one role that may do everything within a boundary."""
    arn = "arn:aws:iam::aws:policy/Boundary"
    versions = [{"Document": boundary, "IsDefaultVersion": True}]
    role_detail = {
        "Arn": ROLE,
        "RolePolicyList": [{"PolicyName": "p", "PolicyDocument": document(allow())}],
        "PermissionsBoundary": {"PermissionsBoundaryArn": arn},
    }
    return details(RoleDetailList=[role_detail], Policies=[{"Arn": arn, "PolicyVersionList": versions}])


ATTACHED = {"AttachedManagedPolicies": [{"PolicyArn": "arn:aws:iam::aws:policy/Admin"}]}
OLD_AND_NEW = [{"Document": document(), "VersionId": "v1"}, {"Document": document(allow()), "IsDefaultVersion": True}]
ADMIN = {"Arn": "arn:aws:iam::aws:policy/Admin", "PolicyVersionList": OLD_AND_NEW}
IN_GROUP = {"Arn": USER, "GroupList": ["ops"]}
OPS = {"GroupName": "ops", "GroupPolicyList": [{"PolicyName": "p", "PolicyDocument": document(allow())}]}
ELSEWHERE, INCOMPLETE = Reason.DECIDED_ELSEWHERE, Reason.INCOMPLETE
ONLY = only_through(vpc_endpoint="vpce-0123").to_dict()["Statement"][0]  # type: ignore[index]
PLACED = workspace(SubnetId="subnet-1", IpAddress="10.0.0.5")
NAME = "iam.administrators"
TABLE = [
    *(Row(NAME, role(allow(f"workspaces:{each}")), FAIL, None, NOBODY) for each in CHANGES),
    Row(NAME, role(allow()), PASS, None, ONLY_ROLE),
    Row(NAME, role(allow()), UNKNOWN, ELSEWHERE),
    Row(NAME, role(), PASS, None, NOBODY),
    Row(NAME, details(), PASS, None, NOBODY),
    Row(NAME, role(allow("workspaces:Describe*")), PASS, None, NOBODY),
    Row(NAME, role(allow("*", "arn:aws:s3:::bucket/*")), PASS, None, NOBODY),
    Row(NAME, role(allow(resource=f"arn:aws:workspaces:eu-west-1:{ACCOUNT}:workspace/ws-1")), FAIL, None, NOBODY),
    Row(NAME, role({"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::b"}), FAIL, None, NOBODY),
    Row(NAME, role(allow(), deny()), PASS, None, NOBODY),
    Row(NAME, role(allow(), deny(resource="arn:aws:workspaces:*:*:workspace/ws-1")), UNKNOWN, ELSEWHERE, NOBODY),
    Row(NAME, role(allow(), deny(SourceIp="10.0.0.1")), UNKNOWN, ELSEWHERE, NOBODY),
    Row(NAME, role(allow(MultiFactorAuthPresent="true")), UNKNOWN, ELSEWHERE, NOBODY),
    Row(NAME, role(allow(MultiFactorAuthPresent="true")), PASS, None, ONLY_ROLE),
    Row(NAME, role(allow(RequestedRegion="us-east-1")), PASS, None, NOBODY),
    Row(NAME, role(allow(RequestedRegion="eu-west-1")), FAIL, None, NOBODY),
    Row(NAME, details(UserDetailList=[IN_GROUP], GroupDetailList=[OPS]), FAIL, None, NOBODY),
    Row(NAME, details(UserDetailList=[IN_GROUP]), UNKNOWN, ELSEWHERE, NOBODY),
    Row(NAME, details(UserDetailList=[{"Arn": USER, **ATTACHED}], Policies=[ADMIN]), FAIL, None, NOBODY),
    Row(NAME, details(UserDetailList=[{"Arn": USER, **ATTACHED}]), UNKNOWN, ELSEWHERE, NOBODY),
    Row(NAME, details(RoleDetailList=[{"Arn": ROLE, **ATTACHED}], Policies=[ADMIN]), FAIL, None, NOBODY),
    Row(NAME, role(RolePolicyList=[{"PolicyName": "p", "PolicyDocument": "{"}]), UNKNOWN, ELSEWHERE, NOBODY),
    Row(NAME, bounded(document(allow())), FAIL, None, NOBODY),
    Row(NAME, bounded(document(allow("s3:*"))), PASS, None, NOBODY),
    Row(NAME, bounded(document(allow(SourceIp="10.0.0.1"))), UNKNOWN, ELSEWHERE, NOBODY),
    Row(NAME, bounded("{"), UNKNOWN, ELSEWHERE, NOBODY),
    Row("endpoint.only_through", role(allow(), ONLY), PASS),
    Row("endpoint.only_through", role(allow(SourceVpce="vpce-1")), PASS),
    Row("endpoint.only_through", role(), PASS),
    Row("endpoint.only_through", role(allow()), UNKNOWN, ELSEWHERE),
    Row("endpoint.only_through", role(allow("workspaces:Describe*")), UNKNOWN, ELSEWHERE),
    Row("endpoint.only_through", role(allow(SourceIp="10.0.0.1")), UNKNOWN, ELSEWHERE),
    Row(
        "network.public_addresses",
        PLACED,
        PASS,
        facts={"interfaces": fact(Interfaces({("subnet-1", "10.0.0.5"): None}))},
    ),
    Row(
        "network.public_addresses",
        PLACED,
        FAIL,
        facts={"interfaces": fact(Interfaces({("subnet-1", "10.0.0.5"): "52.0.0.5"}))},
    ),
    Row(
        "network.public_addresses",
        PLACED,
        FAIL,
        facts={"interfaces": Fact((Interfaces({("subnet-1", "10.0.0.5"): "52.0.0.5"}),), (1,), LOST.problem)},
    ),
    Row(
        "network.public_addresses",
        PLACED,
        UNKNOWN,
        INCOMPLETE,
        facts={"interfaces": Fact((Interfaces({("subnet-1", "10.0.0.5"): None}),), (1,), LOST.problem)},
    ),
    Row(
        "network.public_addresses",
        PLACED,
        UNKNOWN,
        INCOMPLETE,
        facts={"interfaces": fact(Interfaces({("subnet-2", "10.0.0.5"): "52.0.0.5"}))},
    ),
    Row("network.public_addresses", workspace(), UNKNOWN, INCOMPLETE, facts={"interfaces": fact(Interfaces({}))}),
    Row("network.public_addresses", PLACED, UNKNOWN, Reason.NOT_REQUESTED),
    Row("endpoint.enforced", PublicProbe("h", "", ""), FAIL),
    Row("endpoint.enforced", PublicProbe("h", "", "", "52.0.0.1"), FAIL),
    Row("endpoint.enforced", PublicProbe("h", "", "", "10.0.0.1"), UNKNOWN, Reason.NOT_REACHED),
    Row("endpoint.enforced", PublicProbe("h", "X", "an explicit deny", "10.0.0.1"), UNKNOWN, Reason.NOT_REACHED),
    Row(
        "endpoint.enforced",
        PublicProbe("h", "AccessDeniedException", "… with an explicit deny in an identity-based policy"),
        PASS,
    ),
    Row(
        "endpoint.enforced",
        PublicProbe("h", "AccessDeniedException", "no identity-based policy allows it"),
        UNKNOWN,
        INCOMPLETE,
    ),
    Row("endpoint.enforced", PublicProbe("h", "ThrottlingException", "slow down"), UNKNOWN, INCOMPLETE),
]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.check}-{row.outcome}")
def test_each_outcome_of_each_check(row: Row) -> None:
    """The check's finding has the outcome of the table, and the reason where it is unknown."""
    (finding,) = BY_ID[row.check].findings(fact(row.item), context(row.settings, **(row.facts or {})))
    assert (finding.outcome, finding.reason) == (row.outcome, row.reason), finding
    assert finding.message
    assert bool(finding.remedy) == (row.outcome is FAIL)
