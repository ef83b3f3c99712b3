"""Checks that the identity policies of an account decide: who may change WorkSpaces, and from where."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from wsclient.audit._checks.base import OURS, Check, Subject
from wsclient.audit._checks.requests import request_for
from wsclient.audit._model import Reason, Section, Severity, Verdict, failed, passed, unknown
from wsclient.policy._documents import Effect
from wsclient.policy._policy import Decision, Policy
from wsclient.policy._wildcards import matches, string_tokens

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from wsclient.audit._facts.records import CheckContext, Principal
    from wsclient.policy._documents import Statement

CHANGES: Final = (
    "TerminateWorkspaces",
    "RebuildWorkspaces",
    "ModifyWorkspaceAccessProperties",
    "DisassociateIpGroups",
    "DeregisterWorkspaceDirectory",
)
"""Operations that lose WorkSpaces or open them."""
ELSEWHERE: Final = ("aws:SourceVpce", "aws:SourceVpc", "aws:VpcSourceIp")
"""Keys that a request over the internet lacks."""
MAX_NAMED: Final = 20
_SERVICE_PART, _RESOURCE_PART = 2, 5


def decide(principal: Principal, action: str, context: CheckContext, absent: Collection[str] = ()) -> Decision:
    """Return whether the identity policies of a principal, within its boundary, allow an action on any resource.

    A condition on a key that is not known decides neither way, nor does a denial of some resources.
    """
    decision = _decision(principal.policy, principal.arn, action, context, absent)
    if principal.boundary is not None and decision in {Decision.ALLOWED, Decision.UNDETERMINED}:
        limit = _decision(principal.boundary, principal.arn, action, context, absent)
        decision = decision if limit is Decision.ALLOWED else limit
    if principal.unread and decision is not Decision.DENIED_EXPLICITLY:
        return Decision.UNDETERMINED
    return decision


def _decision(policy: Policy, arn: str, action: str, context: CheckContext, absent: Collection[str]) -> Decision:
    known = {
        "aws:PrincipalArn": arn,
        "aws:PrincipalAccount": context.account,
        "aws:RequestedRegion": context.site.region,
    }
    widened = Policy(statements=tuple(_on_any_resource(policy.statements)))
    request = request_for(widened, {key: value for key, value in known.items() if value}, absent)
    return widened.evaluate(principal=arn, action=action, context=request).decision


def _on_any_resource(statements: Iterable[Statement]) -> Iterable[Statement]:
    """Yield the statements with every allowance of some resource of WorkSpaces as one of all resources."""
    for statement in statements:
        if statement.effect is Effect.DENY:
            yield statement
        elif statement.resources is None or any(map(_may_name_workspaces, statement.resources)):
            yield replace(statement, resources=("*",), not_resources=None)


def _may_name_workspaces(pattern: str) -> bool:
    parts = pattern.split(":", _RESOURCE_PART)
    if len(parts) <= _SERVICE_PART or parts[0] != "arn":
        return True
    return matches(string_tokens(parts[_SERVICE_PART]), "workspaces")


def _by_decision(
    principals: Iterable[Principal], actions: Iterable[str], context: CheckContext, absent: Collection[str] = ()
) -> Mapping[Decision, list[str]]:
    """Return the ARNs of the principals that some of the actions are allowed to, and those that cannot be decided."""
    found: dict[Decision, list[str]] = {Decision.ALLOWED: [], Decision.UNDETERMINED: []}
    for principal in principals:
        decisions = {decide(principal, f"workspaces:{each}", context, absent) for each in actions}
        for decision, arns in found.items():
            if decision in decisions:
                arns.append(principal.arn)
                break
    return found


def _administrators(principals: tuple[Principal, ...], context: CheckContext) -> Verdict:
    found = _by_decision(principals, CHANGES, context)
    allowed, undecided = found[Decision.ALLOWED], found[Decision.UNDETERMINED]
    accepted = context.settings.administrators
    if accepted is None:
        text = "administrators= was not given; these may change WorkSpaces, unless the organization denies it"
        return unknown(Reason.DECIDED_ELSEWHERE, f"{text}: {_named(allowed)}", Arn=allowed)
    if outside := [arn for arn in allowed if arn not in accepted]:
        text = "these may change WorkSpaces and are not listed, unless a policy of the organization denies it"
        return failed(f"{text}: {_named(outside)}", Arn=outside)
    if open_ := [arn for arn in undecided if arn not in accepted]:
        text = "conditions, or policies that were not read, decide about"
        return unknown(Reason.DECIDED_ELSEWHERE, f"{text} {_named(open_)}", Arn=open_)
    return passed("listed principals alone may change WorkSpaces and directories", Arn=allowed)


def _only_through(principals: tuple[Principal, ...], context: CheckContext) -> Verdict:
    found = _by_decision(principals, ("DescribeWorkspaces", *CHANGES), context, ELSEWHERE)
    free = [*found[Decision.ALLOWED], *found[Decision.UNDETERMINED]]
    if free:
        text = "identity policies do not close other ways to these; a policy of the organization may"
        return unknown(Reason.DECIDED_ELSEWHERE, f"{text}: {_named(free)}", Arn=free)
    return passed("identity policies deny every user and role the calls that do not come through a VPC endpoint")


def _named(arns: list[str]) -> str:
    more = f" and {len(arns) - MAX_NAMED:,} more" if len(arns) > MAX_NAMED else ""
    return (", ".join(sorted(arns)[:MAX_NAMED]) or "none") + more


CHECKS: Final = (
    Check(
        id="iam.administrators",
        title="Listed principals alone change WorkSpaces and directories",
        why="identities that may rebuild or terminate WorkSpaces, or open directories, can destroy or expose data",
        section=Section.MANAGED_SERVICE,
        subject=Subject.PRINCIPALS,
        severity=Severity.MEDIUM,
        severity_source="CIS level 1",
        same_as=("CIS 2.1",),
        remedy="keep the actions in one role; give others the policy of what they do: plan.policy()",
        judge=_administrators,
        settings=("administrators",),
    ),
    Check(
        id="endpoint.only_through",
        title="IAM closes other ways than the interface endpoint",
        why="stolen credentials work from the internet unless IAM requires the interface endpoint",
        section=Section.INTERFACE_ENDPOINT,
        subject=Subject.PRINCIPALS,
        severity=Severity.LOW,
        severity_source=OURS,
        remedy="attach wsclient.policy.only_through() to the roles",
        judge=_only_through,
    ),
)
