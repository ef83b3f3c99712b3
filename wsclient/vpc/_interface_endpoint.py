"""InterfaceEndpoint: ensure, describe and delete interface endpoints of the WorkSpaces API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, final

from wsclient._core.clock import SYSTEM_TIME
from wsclient._core.errors import ConfigurationError
from wsclient._core.vpc_errors import EndpointLockoutError
from wsclient._generated.partitions import PARTITIONS
from wsclient.endpoints._types import find_partition
from wsclient.policy._policy import Decision
from wsclient.vpc._checks import (
    adoptable,
    check_groups,
    check_private_dns,
    check_vpc,
    choose_subnets,
)
from wsclient.vpc._content import PlanContent
from wsclient.vpc._deletion import DeletionPlan, plan_deletion
from wsclient.vpc._described import DescribedEndpoint, describe_endpoint
from wsclient.vpc._differences import differences, manager_of
from wsclient.vpc._plan import PRICE, EndpointPlan
from wsclient.vpc._reads import read_facts, state_of
from wsclient.vpc._session import Session
from wsclient.vpc._steps import NEW, creation, modification, private_dns
from wsclient.vpc._wish import MAX_TOKEN, TAG, Wish

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wsclient._client.account_guard import Identity
    from wsclient._core.clock import TimeSource
    from wsclient._generated.ec2 import structures as s
    from wsclient.endpoints._types import Reach
    from wsclient.policy._policy import Policy
    from wsclient.vpc._differences import Difference
    from wsclient.vpc._reads import Facts
    from wsclient.vpc._steps import Step
    from wsclient.vpc._wish import Repair
    from wsclient.workspaces._client import WorkSpacesClient

GUARDED: tuple[str, ...] = ("workspaces:DescribeWorkspaceDirectories", "workspaces:DescribeWorkspaces")
"""Actions that the lock-out guard evaluates: without them no program of this client works."""


@final
class InterfaceEndpoint:
    """Interface endpoint (AWS PrivateLink) of the Amazon WorkSpaces API in a VPC: found or created, changed, deleted.

    Every method looks first and returns a plan or a description; only run() of a plan changes anything. All of them
    call EC2 with the client's credentials, TLS policy and proxy, at its public endpoint or as reach= says.
    """

    def __init__(self) -> None:
        """Raise TypeError: there is nothing to create; call ensure(), describe() or delete()."""
        raise TypeError("InterfaceEndpoint has class methods only: ensure(), describe() and delete()")

    @staticmethod
    async def ensure(
        *,
        vpc_id: str,
        subnet_ids: Sequence[str] | Literal["auto"],
        security_group_ids: Sequence[str],
        private_dns: bool,
        client: WorkSpacesClient,
        policy: Policy | None = None,
        tags: Mapping[str, str] | None = None,
        repair: Sequence[Repair] = (),
        endpoint_id: str | None = None,
        clients: Sequence[str] | None = None,
        allow_undecided: bool = False,
        allow_lockout: bool = False,
        reach: Reach | Literal["public"] | None = None,
        time: TimeSource = SYSTEM_TIME,
    ) -> EndpointPlan:
        """Look at the VPC, and plan what makes it have this endpoint. Changes nothing.

        An endpoint of the service that exists in the VPC is adopted: differences are shown, and changed only if repair
        names them. Otherwise one is created, once, however many processes ask.

        Args:
            vpc_id: VPC of the endpoint, owned by the account of the client's credentials.
            subnet_ids: ids of subnets, one in each zone; "auto" takes the private subnet with most free addresses of
                each zone, at least two.
            security_group_ids: groups of the VPC that let TCP 443 in from the clients.
            private_dns: True for the service's usual names to lead to the endpoint, within the VPC. It is switched on
                last, after the endpoint was proven, so that names never lead to an endpoint that does not answer.
            client: WorkSpacesClient whose credentials and settings are used.
            policy: endpoint policy, for example allow_account(...). None creates the endpoint for principals of this
                account only, and leaves the policy of an existing one.
            tags: tags in addition to those that say who made the endpoint.
            repair: parts of an existing endpoint that may be changed: "policy", "subnets", "groups", "private_dns",
                "tags". Default: none.
            endpoint_id: which one to adopt, if the VPC has several.
            clients: IPv4 networks that call the endpoint. Default: the blocks of the VPC.
            allow_undecided: True accepts rules that name prefix lists or groups, whose members are not read.
            allow_lockout: True accepts a policy that denies this caller.
            reach: Reach, how EC2 is called; "public" for its public endpoint from a client of a private one.
            time: clock and sleep.

        Raises PrivateLinkFipsError for a client with FIPS, VpcEndpointError for every mistake, and
        EndpointResolutionError if EC2 must not be called from this client. Nothing is changed then.
        """
        session = Session(client=client, reach=reach)
        session.refuse_fips()
        wish = Wish(
            vpc_id=vpc_id,
            subnet_ids=None if subnet_ids == "auto" else tuple(subnet_ids),
            group_ids=tuple(security_group_ids),
            private_dns=private_dns,
            policy=policy,
            tags=tuple(sorted((tags or {}).items())),
        ).check()
        region = client.endpoint.signing_region
        async with session.ec2() as ec2:
            facts = await read_facts(ec2, wish, region=region, partition=_partition(region))
        caller = await client.whoami()
        check_vpc(facts, wish, caller.account_id)
        check_groups(facts, wish, clients, allow_undecided=allow_undecided)
        existing = adoptable(facts, endpoint_id)
        check_private_dns(facts, wish, existing)
        if not allow_lockout:
            _check_lockout(wish, caller, existing)
        return EndpointPlan(_content(facts, wish, existing, tuple(repair)), session, time)

    @staticmethod
    async def describe(
        endpoint_id: str, *, client: WorkSpacesClient, reach: Reach | Literal["public"] | None = None
    ) -> DescribedEndpoint:
        """Return an endpoint of the WorkSpaces API as EC2 describes it, with its forms for other tools.

        Raises EndpointStateError if it does not exist, EndpointServiceError if it is of another service.
        """
        return await describe_endpoint(Session(client=client, reach=reach), endpoint_id)

    @staticmethod
    async def delete(
        endpoint_id: str,
        *,
        client: WorkSpacesClient,
        adopted: bool = False,
        reach: Reach | Literal["public"] | None = None,
        time: TimeSource = SYSTEM_TIME,
    ) -> DeletionPlan:
        """Look at an endpoint, and plan its deletion; run(confirm=id) repeats the id and deletes it.

        adopted=True is needed for an endpoint that wsclient did not make. Raises VpcEndpointError for one of another
        service, and for one that another service manages.
        """
        return await plan_deletion(Session(client=client, reach=reach), endpoint_id, adopted=adopted, time=time)


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
        base_token=token,
        subnet_ids=subnet_ids,
        existing=existing,
        steps=steps,
        differences=drift,
        repair=repair,
        notes=_notes(facts, existing, repair),
    )


def _new_steps(facts: Facts, wish: Wish, subnet_ids: Sequence[str], token: str) -> tuple[Step, ...]:
    steps = [creation(facts, wish, subnet_ids, token=token, base_token=token)]
    if wish.private_dns:
        steps.append(private_dns(NEW, is_on=True))
    return tuple(steps)


def _changes(
    existing: s.VpcEndpoint, wish: Wish, drift: Sequence[Difference], repair: Sequence[Repair], token: str
) -> tuple[Step, ...]:
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
    if state_of(existing) == "pendingacceptance":
        notes.append("the endpoint waits for the owner of the service to accept it")
    return tuple(notes)


def _check_lockout(wish: Wish, caller: Identity, existing: s.VpcEndpoint | None) -> None:
    """Raise EndpointLockoutError if the policy surely denies this caller an action of every program."""
    if wish.policy is None:
        return
    known = {
        "aws:PrincipalAccount": caller.account_id,
        "aws:PrincipalArn": caller.arn or "",
        "aws:SourceVpc": wish.vpc_id,
    }
    if existing is not None and existing.vpc_endpoint_id:
        known["aws:SourceVpce"] = existing.vpc_endpoint_id
    # With a condition on anything else, such as the organization, the outcome cannot be told from here.
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
