"""Lock-out guard: rejects a plan after which the endpoint policy denies the caller's own requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wsclient._core.vpc_errors import EndpointLockoutError
from wsclient.policy._policy import Decision
from wsclient.vpc._described_endpoint import described
from wsclient.vpc._differences import allows_foreign_accounts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wsclient._client.account_guard import Identity
    from wsclient.policy._policy import Policy
    from wsclient.vpc._plan_content import PlanContent

GUARDED: Final = ("workspaces:DescribeWorkspaceDirectories", "workspaces:DescribeWorkspaces")
"""Actions that are evaluated: without them no program of this client works."""
ACCEPT: Final = "or pass allow_lockout=True if that is intended"


def check_lockout(content: PlanContent, caller: Identity | None) -> None:
    """Raise EndpointLockoutError if a policy surely denies this caller an action of every program.

    The policies are the one in the arguments and, if private DNS will send requests to an existing endpoint that keeps
    its policy, that one.
    """
    if content.spec.policy is not None:
        _check(content.spec.policy, "the endpoint policy", f"Change the policy, {ACCEPT}", content, caller)
    kept = _kept_policy(content)
    if kept is not None and content.existing is not None:
        name = f"the policy of {content.existing.vpc_endpoint_id}, to which private DNS would send every request,"
        remedy = f'Pass a policy= that allows it with repair=["policy", "private_dns"], {ACCEPT}'
        _check(kept, name, remedy, content, caller)


def _kept_policy(content: PlanContent) -> Policy | None:
    """Return the policy that an existing endpoint keeps while private DNS is switched on; None if it allows everyone.

    None too for a policy that cannot be parsed: what it denies is not known.
    """
    switches_on = content.spec.private_dns and any(step.name == "private_dns" for step in content.steps)
    is_replaced = content.spec.policy is not None and "policy" in content.repair
    if content.existing is None or not switches_on or is_replaced:
        return None
    if allows_foreign_accounts(content.existing.policy_document):
        return None
    return described(content.existing).policy


def _check(policy: Policy, name: str, remedy: str, content: PlanContent, caller: Identity | None) -> None:
    if caller is None:
        raise EndpointLockoutError(
            f"STS cannot be reached, so it is not known whether {name} denies this caller. Say how to reach STS "
            f"(sts=StsRouting(...) of the client), {ACCEPT}",
            action=GUARDED[0],
        )
    known = _context(content, caller)
    # With a condition on anything else, such as the organization, the outcome cannot be determined here.
    is_complete = _condition_keys(policy) <= {key.lower() for key in known}
    for action in GUARDED:
        evaluation = policy.evaluate(
            principal=caller.arn or "", action=action, resource="*", context=known if is_complete else None
        )
        if evaluation.decision in {Decision.DENIED_EXPLICITLY, Decision.DENIED_BY_DEFAULT}:
            raise EndpointLockoutError(
                f"{name} denies {action} to {caller.arn}, this caller: {evaluation.reason}. {remedy}", action=action
            )


def _context(content: PlanContent, caller: Identity) -> Mapping[str, str]:
    known = {
        "aws:PrincipalAccount": caller.account_id,
        "aws:PrincipalArn": caller.arn or "",
        "aws:SourceVpc": content.spec.vpc_id,
    }
    if content.existing is not None and content.existing.vpc_endpoint_id:
        known["aws:SourceVpce"] = content.existing.vpc_endpoint_id
    return known


def _condition_keys(policy: Policy) -> set[str]:
    conditions = (keys for statement in policy.statements for keys in statement.conditions.values())
    return {key.lower() for keys in conditions for key in keys}
