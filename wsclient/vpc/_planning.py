"""Planning: facts against a spec, checked, and the plan that follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from wsclient._core.errors import EndpointResolutionError, TransportError
from wsclient._core.vpc_errors import VpcEndpointError
from wsclient._generated.partitions import PARTITIONS
from wsclient.endpoints._types import find_partition
from wsclient.vpc._checks import adoptable, check_groups, check_private_dns, check_service, check_vpc, choose_subnets
from wsclient.vpc._differences import allows_foreign_accounts, differences, manager_of
from wsclient.vpc._lockout import check_lockout
from wsclient.vpc._plan import PRICE, EndpointPlan
from wsclient.vpc._plan_content import PlanContent
from wsclient.vpc._reads import read_facts, state_of
from wsclient.vpc._spec import MAX_TOKEN, TAG, EndpointSpec, Repair
from wsclient.vpc._steps import NEW, creation, modification, private_dns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wsclient._client.account_guard import Identity
    from wsclient._core.clock import TimeSource
    from wsclient._generated.ec2 import structures as s
    from wsclient.vpc._differences import Difference
    from wsclient.vpc._reads import Facts
    from wsclient.vpc._session import Session
    from wsclient.vpc._steps import EndpointStep


class PlanOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Options of a plan: the parts that may be changed, the endpoint to adopt, and the risks that are accepted."""

    repair: tuple[Repair, ...] = ()
    endpoint_id: str | None = None
    clients: tuple[str, ...] | None = None
    allow_undecided: bool = False
    allow_lockout: bool = False


async def plan_endpoint(session: Session, spec: EndpointSpec, terms: PlanOptions, time: TimeSource) -> EndpointPlan:
    """Read the network, check the spec, and return the plan. Changes nothing."""
    session.refuse_fips()
    region = session.client.endpoint.signing_region
    async with session.ec2() as ec2:
        caller = await _caller(session)
        facts = await read_facts(
            ec2,
            spec,
            region=region,
            partition=_partition(region),
            caller_account=caller.account_id if caller else None,
        )
    check_service(facts, spec)
    check_vpc(facts, spec)
    check_groups(facts, spec, terms.clients, allow_undecided=terms.allow_undecided)
    existing = adoptable(facts, terms.endpoint_id)
    check_private_dns(facts, spec, existing)
    content = _content(facts, spec, existing, terms.repair)
    if not terms.allow_lockout:
        check_lockout(content, caller)
    return EndpointPlan(content, session, time)


async def _caller(session: Session) -> Identity | None:
    """Return the caller's identity; None where STS cannot be reached, as in a VPC without a route to it."""
    try:
        return await session.client.whoami()
    except (TransportError, EndpointResolutionError):
        return None


def _partition(region: str) -> str:
    return (find_partition(region) or PARTITIONS[0]).id


def _content(
    facts: Facts, spec: EndpointSpec, existing: s.VpcEndpoint | None, repair: tuple[Repair, ...]
) -> PlanContent:
    token = spec.token(partition=facts.partition, account_id=facts.account_id, region=facts.region)
    # Subnets that would be chosen matter for a new endpoint only: those of an existing one stay.
    needs_subnets = existing is None or spec.subnet_ids is not None
    subnet_ids = tuple(each.subnet_id or "" for each in choose_subnets(facts, spec)) if needs_subnets else ()
    drift: tuple[Difference, ...] = () if existing is None else differences(existing, spec, subnet_ids)
    steps = (
        _new_steps(facts, spec, subnet_ids, token)
        if existing is None
        else _changes(existing, spec, drift, repair, token)
    )
    return PlanContent(
        spec=spec,
        facts=facts,
        token=token,
        subnet_ids=subnet_ids,
        existing=existing,
        steps=steps,
        differences=drift,
        repair=repair,
        notes=_notes(facts, existing, repair, subnet_ids),
    )


def _new_steps(facts: Facts, spec: EndpointSpec, subnet_ids: Sequence[str], token: str) -> tuple[EndpointStep, ...]:
    steps = [creation(facts, spec, subnet_ids, token)]
    if spec.private_dns:
        steps.append(private_dns(NEW, is_on=True))
    return tuple(steps)


def _changes(
    existing: s.VpcEndpoint, spec: EndpointSpec, drift: Sequence[Difference], repair: Sequence[Repair], token: str
) -> tuple[EndpointStep, ...]:
    endpoint_id = existing.vpc_endpoint_id or ""
    _refuse_managed(existing, repair)
    wanted = [each for each in drift if each.part in repair]
    steps = modification(endpoint_id, wanted, spec, existing)
    mark = token[: MAX_TOKEN // 2]
    # Created from this spec: a run that ended before its last step is completed.
    is_own = any(tag.key == TAG and tag.value == mark for tag in existing.tags)
    is_off = any(each.part == "private_dns" for each in drift)
    if is_off and ("private_dns" in repair or (is_own and spec.private_dns)):
        steps.append(private_dns(endpoint_id, is_on=spec.private_dns))
    return tuple(steps)


def _refuse_managed(existing: s.VpcEndpoint, repair: Sequence[Repair]) -> None:
    if existing.requester_managed and repair:
        raise VpcEndpointError(
            f"{existing.vpc_endpoint_id} is managed by another AWS service and cannot be changed; pass repair=()"
        )


def _notes(
    facts: Facts, existing: s.VpcEndpoint | None, repair: Sequence[Repair], subnet_ids: Sequence[str]
) -> tuple[str, ...]:
    dead = [each for each in facts.endpoints if each not in facts.live]
    notes = [f"{each.vpc_endpoint_id} is {state_of(each)} and not counted" for each in dead]
    if len(subnet_ids) == 1:
        notes.append("with one subnet, an outage of its zone stops every call through the endpoint")
    if existing is None:
        return (*notes, PRICE)
    if repair and (manager := manager_of(existing)) is not None:
        notes.append(f"another tool manages the endpoint ({manager}) and will change it back")
    if allows_foreign_accounts(existing.policy_document):
        notes.append(
            "the policy of the endpoint lets keys of every account through; policy=allow_account(...) and "
            'repair=["policy"] close it'
        )
    if state_of(existing) == "pendingacceptance":
        notes.append("the endpoint waits for the owner of the service to accept it")
    return tuple(notes)
