"""Planning: facts against a wish, checked, and the plan that follows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from wsclient._core.errors import ConfigurationError, EndpointResolutionError, TransportError
from wsclient._core.vpc_errors import EndpointLockoutError
from wsclient._generated.partitions import PARTITIONS
from wsclient.endpoints._types import find_partition
from wsclient.policy._policy import Decision
from wsclient.vpc._checks import adoptable, check_groups, check_private_dns, check_vpc, choose_subnets
from wsclient.vpc._content import PlanContent
from wsclient.vpc._differences import differences, lets_strangers_through, manager_of
from wsclient.vpc._plan import PRICE, EndpointPlan
from wsclient.vpc._reads import read_facts, state_of
from wsclient.vpc._steps import NEW, creation, modification, private_dns
from wsclient.vpc._wish import MAX_TOKEN, TAG, Repair, Wish

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wsclient._client.account_guard import Identity
    from wsclient._core.clock import TimeSource
    from wsclient._generated.ec2 import structures as s
    from wsclient.policy._policy import Policy
    from wsclient.vpc._differences import Difference
    from wsclient.vpc._reads import Facts
    from wsclient.vpc._session import Session
    from wsclient.vpc._steps import EndpointStep

GUARDED: Final = ("workspaces:DescribeWorkspaceDirectories", "workspaces:DescribeWorkspaces")
"""Actions that the lock-out guard evaluates: without them no program of this client works."""


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """Terms of a plan: what may be changed, which endpoint is meant, and what is accepted."""

    repair: tuple[Repair, ...] = ()
    endpoint_id: str | None = None
    clients: tuple[str, ...] | None = None
    allow_undecided: bool = False
    allow_lockout: bool = False


async def plan_endpoint(session: Session, wish: Wish, terms: Terms, time: TimeSource) -> EndpointPlan:
    """Read the network, check the wish, and return the plan. Changes nothing."""
    session.refuse_fips()
    region = session.client.endpoint.signing_region
    async with session.ec2() as ec2:
        caller = await _caller(session)
        facts = await read_facts(
            ec2,
            wish,
            region=region,
            partition=_partition(region),
            caller_account=caller.account_id if caller else None,
        )
    check_vpc(facts, wish)
    check_groups(facts, wish, terms.clients, allow_undecided=terms.allow_undecided)
    existing = adoptable(facts, terms.endpoint_id)
    check_private_dns(facts, wish, existing)
    if not terms.allow_lockout:
        _check_lockout(wish, caller, existing)
    return EndpointPlan(_content(facts, wish, existing, terms.repair), session, time)


async def _caller(session: Session) -> Identity | None:
    """Return whose credentials these are, None where STS cannot be reached, as in a VPC without a way to it."""
    try:
        return await session.client.whoami()
    except (TransportError, EndpointResolutionError):
        return None


def _partition(region: str) -> str:
    return (find_partition(region) or PARTITIONS[0]).id


def _content(facts: Facts, wish: Wish, existing: s.VpcEndpoint | None, repair: tuple[Repair, ...]) -> PlanContent:
    token = wish.token(partition=facts.partition, account_id=facts.account_id, region=facts.region)
    # Subnets that would be chosen matter for a new endpoint only: those of an existing one stay.
    needs_subnets = existing is None or wish.subnet_ids is not None
    subnet_ids = tuple(each.subnet_id or "" for each in choose_subnets(facts, wish)) if needs_subnets else ()
    drift: tuple[Difference, ...] = () if existing is None else differences(existing, wish, subnet_ids)
    steps = (
        _new_steps(facts, wish, subnet_ids, token)
        if existing is None
        else _changes(existing, wish, drift, repair, token)
    )
    return PlanContent(
        wish=wish,
        facts=facts,
        token=token,
        subnet_ids=subnet_ids,
        existing=existing,
        steps=steps,
        differences=drift,
        repair=repair,
        notes=_notes(facts, existing, repair),
    )


def _new_steps(facts: Facts, wish: Wish, subnet_ids: Sequence[str], token: str) -> tuple[EndpointStep, ...]:
    steps = [creation(facts, wish, subnet_ids, token)]
    if wish.private_dns:
        steps.append(private_dns(NEW, is_on=True))
    return tuple(steps)


def _changes(
    existing: s.VpcEndpoint, wish: Wish, drift: Sequence[Difference], repair: Sequence[Repair], token: str
) -> tuple[EndpointStep, ...]:
    endpoint_id = existing.vpc_endpoint_id or ""
    _refuse_managed(existing, repair)
    wanted = [each for each in drift if each.part in repair]
    steps = modification(endpoint_id, wanted, wish, existing)
    mark = token[: MAX_TOKEN // 2]
    # An endpoint that this very wish made: a run that ended before its last step is completed.
    is_own = any(tag.key == TAG and tag.value == mark for tag in existing.tags)
    is_off = any(each.part == "private_dns" for each in drift)
    if is_off and ("private_dns" in repair or (is_own and wish.private_dns)):
        steps.append(private_dns(endpoint_id, is_on=wish.private_dns))
    return tuple(steps)


def _refuse_managed(existing: s.VpcEndpoint, repair: Sequence[Repair]) -> None:
    if existing.requester_managed and repair:
        raise ConfigurationError(
            f"{existing.vpc_endpoint_id} is managed by another AWS service and cannot be changed; pass repair=()"
        )


def _notes(facts: Facts, existing: s.VpcEndpoint | None, repair: Sequence[Repair]) -> tuple[str, ...]:
    dead = [each for each in facts.endpoints if each not in facts.live]
    notes = [f"{each.vpc_endpoint_id} is {state_of(each)} and not counted" for each in dead]
    if existing is None:
        return (*notes, PRICE)
    if repair and (manager := manager_of(existing)) is not None:
        notes.append(f"another tool manages the endpoint ({manager}) and will change it back")
    if lets_strangers_through(existing.policy_document):
        notes.append(
            "the policy of the endpoint lets keys of every account through; policy=allow_account(...) and "
            'repair=["policy"] close it'
        )
    if state_of(existing) == "pendingacceptance":
        notes.append("the endpoint waits for the owner of the service to accept it")
    return tuple(notes)


def _check_lockout(wish: Wish, caller: Identity | None, existing: s.VpcEndpoint | None) -> None:
    """Raise EndpointLockoutError if the policy surely denies this caller an action of every program."""
    if wish.policy is None:
        return
    if caller is None:
        raise EndpointLockoutError(
            "STS cannot be reached, so it is not known whether the endpoint policy denies this caller. Say how to "
            "reach STS (sts=StsRouting(...) of the client), or pass allow_lockout=True",
            action=GUARDED[0],
        )
    known = {
        "aws:PrincipalAccount": caller.account_id,
        "aws:PrincipalArn": caller.arn or "",
        "aws:SourceVpc": wish.vpc_id,
    }
    if existing is not None and existing.vpc_endpoint_id:
        known["aws:SourceVpce"] = existing.vpc_endpoint_id
    # With a condition on anything else, such as the organization, the outcome cannot be determined here.
    is_complete = _condition_keys(wish.policy) <= {key.lower() for key in known}
    for action in GUARDED:
        evaluation = wish.policy.evaluate(
            principal=caller.arn or "", action=action, resource="*", context=known if is_complete else None
        )
        if evaluation.decision in {Decision.DENIED_EXPLICITLY, Decision.DENIED_BY_DEFAULT}:
            raise EndpointLockoutError(
                f"the endpoint policy denies {action} to {caller.arn}, this caller: {evaluation.reason}. Pass "
                "allow_lockout=True if that is intended",
                action=action,
            )


def _condition_keys(policy: Policy) -> set[str]:
    conditions = (keys for statement in policy.statements for keys in statement.conditions.values())
    return {key.lower() for keys in conditions for key in keys}
