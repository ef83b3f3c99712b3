"""Reads of EC2 that plans need: the service, the VPC, its subnets, routes, groups and endpoints."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from wsclient._core.errors import ResponseParseError, ServiceError
from wsclient._core.printable import printable
from wsclient._core.service_errors import AccessDeniedException
from wsclient._core.vpc_errors import EndpointPermissionError, EndpointServiceError, EndpointVpcError
from wsclient._generated.ec2 import enums as t
from wsclient._generated.ec2 import structures as s

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from wsclient._client.operations.ec2 import Ec2Operations
    from wsclient.vpc._spec import EndpointSpec

T = TypeVar("T")

LIVE: Final = frozenset({"pendingacceptance", "pending", "available"})
"""States of endpoints that exist or will; EC2 and its model spell states differently, so they are compared lower-case.
"""
_DENIED: Final = re.compile(r"perform: (?P<action>[a-z0-9-]+:[A-Za-z0-9]+)(?: on resource: (?P<resource>\S+))?")
NOT_FOUND: Final = frozenset({"InvalidVpcEndpointId.NotFound", "InvalidVpcEndpoint.NotFound"})


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """Facts from EC2 about a VPC and the service: read once, judged without further calls.

    subnets are those of the spec, or all of the VPC if they are to be chosen; tables are read only then. endpoints are
    all of the service in the VPC, those that no longer live included.
    """

    region: str
    partition: str
    service: s.ServiceDetail
    vpc: s.Vpc
    has_dns_support: bool
    has_dns_hostnames: bool
    subnets: tuple[s.Subnet, ...]
    tables: tuple[s.RouteTable, ...]
    groups: tuple[s.SecurityGroup, ...]
    endpoints: tuple[s.VpcEndpoint, ...]

    @property
    def account_id(self) -> str:
        """Account that owns the VPC."""
        return self.vpc.owner_id or ""

    @property
    def cidrs(self) -> tuple[str, ...]:
        """IPv4 blocks of the VPC."""
        blocks = [each.cidr_block for each in self.vpc.cidr_block_association_set if each.cidr_block]
        return tuple(blocks) or ((self.vpc.cidr_block,) if self.vpc.cidr_block else ())

    @property
    def live(self) -> tuple[s.VpcEndpoint, ...]:
        """Endpoints that exist or will."""
        return tuple(each for each in self.endpoints if state_of(each) in LIVE)


def state_of(endpoint: s.VpcEndpoint) -> str:
    """Return the state of an endpoint in lower case: the model says Available, EC2 answers available."""
    return str(endpoint.state or "").lower()


def service_name(service: str, region: str) -> str:
    """Return EC2's name of a service in a region."""
    return f"com.amazonaws.{region}.{service}"


async def permitted(action: str, call: Awaitable[T]) -> T:
    """Await a call; raise EndpointPermissionError, with the action, if the caller may not make it."""
    try:
        return await call
    except AccessDeniedException as error:
        raise permission_error(action, error) from error


def permission_error(action: str, error: ServiceError) -> EndpointPermissionError:
    """Return the typed error of a denial: AWS's message names the action, perhaps another one, and the resource."""
    named = _DENIED.search(error.message)
    action = named["action"] if named else action
    also = " Private DNS needs this action in addition." if action.startswith("route53:") else ""
    return EndpointPermissionError(
        f"the caller may not call {action}: {error.message}.{also} Allow it; plan.policy() is the IAM policy that a "
        "plan needs",
        action=action,
        resource=named["resource"] if named else None,
    )


async def read_facts(
    ec2: Ec2Operations, spec: EndpointSpec, *, region: str, partition: str, caller_account: str | None
) -> Facts:
    """Read everything a plan needs. Raises VpcEndpointError for a missing service or VPC, or one of another account."""
    name = service_name(spec.service, region)
    return Facts(
        region=region,
        partition=partition,
        service=await _service(ec2, name),
        # First: in a VPC that another account shares, EC2 denies some of the reads below.
        vpc=await _vpc(ec2, spec.vpc_id, caller_account),
        has_dns_support=await _attribute(ec2, spec.vpc_id, t.VpcAttributeName.ENABLEDNSSUPPORT),
        has_dns_hostnames=await _attribute(ec2, spec.vpc_id, t.VpcAttributeName.ENABLEDNSHOSTNAMES),
        subnets=tuple(await _subnets(ec2, spec)),
        tables=tuple(await _tables(ec2, spec)),
        groups=tuple(await _groups(ec2, spec.group_ids)),
        endpoints=tuple(await find_endpoints(ec2, spec.vpc_id, name)),
    )


async def _service(ec2: Ec2Operations, name: str) -> s.ServiceDetail:
    try:
        found = await permitted(
            "ec2:DescribeVpcEndpointServices", ec2.describe_vpc_endpoint_services(service_names=[name]).collect()
        )
    except ServiceError as error:
        if error.code != "InvalidServiceName":
            raise
        found = []
    interfaces = [
        detail
        for detail in found
        if detail.service_name == name and any(each.service_type == "Interface" for each in detail.service_type)
    ]
    if len(interfaces) != 1 or (interfaces[0].owner or "amazon") != "amazon":
        raise EndpointServiceError(
            f"EC2 offers no interface endpoint of Amazon's for {name}: the region has none, or the account does not "
            "see it. Endpoints of other services and regions are not made here",
            service_name=name,
        )
    return interfaces[0]


async def _vpc(ec2: Ec2Operations, vpc_id: str, caller_account: str | None) -> s.Vpc:
    try:
        found = await permitted("ec2:DescribeVpcs", ec2.describe_vpcs(vpc_ids=[vpc_id]).collect())
    except ServiceError as error:
        if not error.code.startswith("InvalidVpcI"):
            raise
        found = []
    if not found:
        raise EndpointVpcError(f"the VPC {vpc_id} does not exist in this account and region", vpc_id=vpc_id)
    owner = found[0].owner_id
    if caller_account is not None and owner and owner != caller_account:
        raise EndpointVpcError(
            f"{vpc_id} belongs to account {owner} and is shared with {caller_account}: only its owner can create "
            "endpoints in it. Use credentials of the owner",
            vpc_id=vpc_id,
            owner=owner,
        )
    return found[0]


async def _attribute(ec2: Ec2Operations, vpc_id: str, attribute: t.VpcAttributeName) -> bool:
    answer = await permitted("ec2:DescribeVpcAttribute", ec2.describe_vpc_attribute(attribute=attribute, vpc_id=vpc_id))
    value = answer.enable_dns_support or answer.enable_dns_hostnames
    return bool(value and value.value)


async def _subnets(ec2: Ec2Operations, spec: EndpointSpec) -> Sequence[s.Subnet]:
    if spec.subnet_ids is None:
        vpc = [s.Filter(name="vpc-id", values=[spec.vpc_id])]
        return await permitted("ec2:DescribeSubnets", ec2.describe_subnets(filters=vpc).collect())
    wanted = [s.Filter(name="subnet-id", values=list(dict.fromkeys(spec.subnet_ids)))]
    return await permitted("ec2:DescribeSubnets", ec2.describe_subnets(filters=wanted).collect())


async def _tables(ec2: Ec2Operations, spec: EndpointSpec) -> Sequence[s.RouteTable]:
    if spec.subnet_ids is not None:
        return []
    vpc = [s.Filter(name="vpc-id", values=[spec.vpc_id])]
    return await permitted("ec2:DescribeRouteTables", ec2.describe_route_tables(filters=vpc).collect())


async def _groups(ec2: Ec2Operations, group_ids: Sequence[str]) -> Sequence[s.SecurityGroup]:
    wanted = [s.Filter(name="group-id", values=list(dict.fromkeys(group_ids)))]
    return await permitted("ec2:DescribeSecurityGroups", ec2.describe_security_groups(filters=wanted).collect())


async def find_endpoints(ec2: Ec2Operations, vpc_id: str, name: str) -> Sequence[s.VpcEndpoint]:
    """Return all endpoints of a service in a VPC."""
    filters = [s.Filter(name="vpc-id", values=[vpc_id]), s.Filter(name="service-name", values=[name])]
    found = await permitted("ec2:DescribeVpcEndpoints", ec2.describe_vpc_endpoints(filters=filters).collect())
    _require_own(found, lambda each: (each.vpc_id, each.service_name) == (vpc_id, name))
    return found


async def find_endpoint(ec2: Ec2Operations, endpoint_id: str) -> s.VpcEndpoint | None:
    """Return an endpoint by id, None while EC2 does not find it."""
    try:
        found = await permitted(
            "ec2:DescribeVpcEndpoints", ec2.describe_vpc_endpoints(vpc_endpoint_ids=[endpoint_id]).collect()
        )
    except ServiceError as error:
        if error.code in NOT_FOUND:
            return None
        raise
    _require_own(found, lambda each: each.vpc_endpoint_id == endpoint_id)
    return next(iter(found), None)


def _require_own(found: Sequence[s.VpcEndpoint], is_own: Callable[[s.VpcEndpoint], bool]) -> None:
    """Raise ResponseParseError for an endpoint that the call did not ask about: the response is another call's."""
    for each in found:
        if not is_own(each):
            raise ResponseParseError(
                f"the response describes {printable(each.vpc_endpoint_id or 'an endpoint without an id')[:80]}, which "
                "the call did not ask about: it is another call's"
            )
