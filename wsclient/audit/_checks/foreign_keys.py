"""Evaluation of an endpoint policy for credentials of another account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wsclient.audit._checks.requests import request_for
from wsclient.policy._actions import WITHOUT_RESOURCE
from wsclient.policy._policy import Decision, Evaluation, Policy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wsclient._generated.ec2 import structures as ec2
    from wsclient.audit._facts.records import CheckContext

FOREIGN_ACCOUNT: Final = "000000000000"
"""Account that no customer has."""
ACTIONS: Final = tuple(f"workspaces:{action}" for action in sorted({"DescribeWorkspaces", *WITHOUT_RESOURCE}))
"""Actions that a stranger's keys may use without a resource of this account."""
ABSENT_KEYS: Final = frozenset({"aws:principalorgid", "aws:principalorgpaths"})
"""Keys that a stranger's request lacks, or has with an organization of its own."""


def evaluate_for_foreign_account(policy: Policy, endpoint: ec2.VpcEndpoint, context: CheckContext) -> Evaluation:
    """Return the decision on calls that keys of another account make through an endpoint.

    A condition on a key whose value the stranger may choose, or that is not known here, decides neither way.
    """
    known = {
        "aws:PrincipalAccount": FOREIGN_ACCOUNT,
        "aws:PrincipalArn": _foreign_principal(context),
        "aws:SourceVpce": endpoint.vpc_endpoint_id or "",
        "aws:SourceVpc": endpoint.vpc_id or "",
        "aws:SecureTransport": "true",
        "aws:RequestedRegion": context.site.region,
    }
    return _worst(policy, request_for(policy, known, ABSENT_KEYS), context)


def _foreign_principal(context: CheckContext) -> str:
    return f"arn:{context.partition}:iam::{FOREIGN_ACCOUNT}:user/a-stranger"


def _worst(policy: Policy, request: Mapping[str, str], context: CheckContext) -> Evaluation:
    """Return the evaluation that allows most among those of the actions."""
    evaluations = [
        policy.evaluate(principal=_foreign_principal(context), action=each, context=request) for each in ACTIONS
    ]
    for decision in (Decision.ALLOWED, Decision.UNDETERMINED):
        for evaluation in evaluations:
            if evaluation.decision is decision:
                return evaluation
    return evaluations[0]
