"""Checks of facts against a spec: pure, each mistake a typed refusal before anything is sent.

The rules are those of "Access an AWS service using an interface VPC endpoint",
https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
"""

from __future__ import annotations

from collections import defaultdict
from ipaddress import IPv4Network, collapse_addresses
from typing import TYPE_CHECKING, Final

from wsclient._core.vpc_errors import (
    EndpointPolicyError,
    EndpointServiceError,
    EndpointSubnetsError,
    EndpointVpcError,
    PrivateDnsConflictError,
    SecurityGroupClosedError,
    SeveralEndpointsError,
    SubnetZoneConflictError,
    VpcDnsDisabledError,
    ZoneNotSupportedError,
)
from wsclient._generated.ec2 import structures as s

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from wsclient.vpc._reads import Facts
    from wsclient.vpc._spec import EndpointSpec

HTTPS: Final = 443
MIN_FREE: Final = 2
"""Free addresses that a subnet must have: one for the interface, one so that a replacement can be made first."""
MIN_ZONES: Final = 2
_UNDECIDED: Final = " Rules with prefix lists or groups cannot be decided: allow_undecided=True accepts them."
DNS_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html"


def check_vpc(facts: Facts, spec: EndpointSpec) -> None:
    """Check that the VPC is available, and has DNS if private DNS is wanted."""
    if str(facts.vpc.state or "available").lower() != "available":
        raise EndpointVpcError(
            f"{spec.vpc_id} is {facts.vpc.state}, not available", vpc_id=spec.vpc_id, owner=facts.account_id
        )
    flags = {"enableDnsSupport": facts.has_dns_support, "enableDnsHostnames": facts.has_dns_hostnames}
    missing = [name for name, is_on in flags.items() if not is_on]
    if spec.private_dns and missing:
        raise VpcDnsDisabledError(
            f"private DNS needs {' and '.join(missing)} of {spec.vpc_id}, which are off. wsclient does not change a "
            f"VPC: call ModifyVpcAttribute for each, or pass private_dns=False ({DNS_PAGE})",
            vpc_id=spec.vpc_id,
            attributes=missing,
        )


def check_service(facts: Facts, spec: EndpointSpec) -> None:
    """Check that the service has IPv4 addresses, and names and policies if they are wanted."""
    service = facts.service
    types = [str(each) for each in service.supported_ip_address_types]
    if types and "ipv4" not in types:
        raise EndpointSubnetsError(
            f"{service.service_name} has {', '.join(types)} addresses only, and wsclient creates endpoints with IPv4 "
            "addresses"
        )
    if spec.private_dns and not service.private_dns_name:
        raise EndpointServiceError(
            f"{service.service_name} has no private DNS name in {facts.region}; pass private_dns=False",
            service_name=service.service_name or "",
        )
    if spec.policy is not None and service.vpc_endpoint_policy_supported is False:
        raise EndpointPolicyError(f"{service.service_name} does not support endpoint policies; pass policy=None")


def choose_subnets(facts: Facts, spec: EndpointSpec) -> tuple[s.Subnet, ...]:
    """Return the subnets of the endpoint, one in each zone: those of the spec, checked, or the best private ones."""
    if spec.subnet_ids is None:
        return _automatic_subnets(facts, spec.vpc_id)
    found = {subnet.subnet_id: subnet for subnet in facts.subnets}
    absent = [subnet_id for subnet_id in spec.subnet_ids if subnet_id not in found]
    if absent:
        raise EndpointSubnetsError(f"no such subnets: {', '.join(absent)}", subnet_ids=absent)
    chosen = tuple(found[subnet_id] for subnet_id in dict.fromkeys(spec.subnet_ids))
    for subnet in chosen:
        _check_subnet(facts, spec.vpc_id, subnet)
    by_zone: dict[str, list[str]] = defaultdict(list)
    for subnet in chosen:
        by_zone[zone_of(subnet)].append(subnet.subnet_id or "")
    for zone, subnet_ids in by_zone.items():
        if len(subnet_ids) > 1:
            raise SubnetZoneConflictError(
                f"{' and '.join(subnet_ids)} are in one zone, {zone}: an endpoint has one subnet in a zone. Keep one",
                zone=zone,
                subnet_ids=subnet_ids,
            )
    return chosen


def zone_of(subnet: s.Subnet) -> str:
    """Return the id of a subnet's zone, which means the same in every account, or else its name."""
    return subnet.availability_zone_id or subnet.availability_zone or ""


def _check_subnet(facts: Facts, vpc_id: str, subnet: s.Subnet) -> None:
    subnet_id = subnet.subnet_id or ""
    problem = _subnet_problem(vpc_id, subnet)
    if problem is not None:
        raise EndpointSubnetsError(f"{subnet_id} {problem}", subnet_ids=[subnet_id])
    supported = _zones(facts)
    if supported and not {subnet.availability_zone_id, subnet.availability_zone} & set(supported):
        raise ZoneNotSupportedError(
            f"{facts.service.service_name} has no endpoints in the zone {zone_of(subnet)} of {subnet_id}. Use subnets "
            f"in {', '.join(supported)}; names of zones differ between accounts, ids do not",
            subnet_id=subnet_id,
            zone_id=zone_of(subnet),
            supported=supported,
        )


def _zones(facts: Facts) -> tuple[str, ...]:
    return tuple(facts.service.availability_zone_ids or facts.service.availability_zones)


def _subnet_problem(vpc_id: str, subnet: s.Subnet) -> str | None:
    free = subnet.available_ip_address_count
    if subnet.vpc_id != vpc_id:
        return f"is in {subnet.vpc_id}, not in {vpc_id}"
    if subnet.outpost_arn:
        return "is on an Outpost, where interface endpoints do not exist"
    if subnet.ipv6_native:
        return "has IPv6 addresses only, and the endpoint has IPv4 addresses"
    if free is not None and free < MIN_FREE:
        return f"has {free} free addresses; the endpoint needs {MIN_FREE}"
    return None


def _automatic_subnets(facts: Facts, vpc_id: str) -> tuple[s.Subnet, ...]:
    supported, best = set(_zones(facts)), dict[str, s.Subnet]()
    for subnet in sorted(facts.subnets, key=lambda each: each.subnet_id or ""):
        names = {subnet.availability_zone_id, subnet.availability_zone}
        is_usable = _subnet_problem(vpc_id, subnet) is None and (not supported or names & supported)
        current = best.get(zone_of(subnet))
        if is_usable and is_private(facts.tables, subnet) and (current is None or _free(subnet) > _free(current)):
            best[zone_of(subnet)] = subnet
    if len(best) < MIN_ZONES:
        raise EndpointSubnetsError(
            f"{vpc_id} has private subnets with free addresses in {len(best)} zones of the service, and "
            f'subnet_ids="auto" needs {MIN_ZONES}. Add subnets, or pass the ids of the subnets to use',
            subnet_ids=[subnet.subnet_id or "" for subnet in best.values()],
        )
    return tuple(best[zone] for zone in sorted(best))


def _free(subnet: s.Subnet) -> int:
    return subnet.available_ip_address_count or 0


def is_private(tables: Sequence[s.RouteTable], subnet: s.Subnet) -> bool:
    """Return whether no active route of the table in force leads to an internet gateway."""
    explicit = [table for table in tables if any(each.subnet_id == subnet.subnet_id for each in table.associations)]
    main = [table for table in tables if any(each.main for each in table.associations)]
    routes = [route for table in explicit or main for route in table.routes]
    return not any((route.gateway_id or "").startswith("igw-") and route.state != "blackhole" for route in routes)


def check_groups(facts: Facts, spec: EndpointSpec, clients: Sequence[str] | None, *, allow_undecided: bool) -> None:
    """Check that the security groups are of the VPC and let HTTPS in from every network of the clients."""
    found = {group.group_id: group for group in facts.groups}
    wrong = [each for each in spec.group_ids if each not in found or found[each].vpc_id != spec.vpc_id]
    if wrong:
        raise SecurityGroupClosedError(f"{', '.join(wrong)}: no security group of {spec.vpc_id}", group_ids=wrong)
    permissions = [each for group in facts.groups for each in group.ip_permissions if _allows_https(each)]
    missing = uncovered(
        facts.cidrs if clients is None else clients,
        (cidr.cidr_ip or "" for each in permissions for cidr in each.ip_ranges),
    )
    undecided = any(each.prefix_list_ids or each.user_id_group_pairs for each in permissions)
    if missing and not (undecided and allow_undecided):
        rule = f"AuthorizeSecurityGroupIngress GroupId={spec.group_ids[0]} IpProtocol=tcp FromPort=443 ToPort=443"
        raise SecurityGroupClosedError(
            f"no rule of {', '.join(spec.group_ids)} allows TCP 443 from {', '.join(missing)}: calls would time out. "
            f"Add one ({rule} CidrIp={missing[0]}), or name the callers' networks by clients=[...]."
            f"{_UNDECIDED if undecided else ''}",
            group_ids=spec.group_ids,
            missing=missing,
        )


def _allows_https(permission: s.IpPermission) -> bool:
    if permission.ip_protocol == "-1":
        return True
    low, high = permission.from_port, permission.to_port
    return permission.ip_protocol in {"tcp", "6"} and low is not None and high is not None and low <= HTTPS <= high


def uncovered(wanted: Iterable[str], allowed: Iterable[str]) -> tuple[str, ...]:
    """Return the IPv4 networks that are in none of the allowed ones, two halves of a network counting as the whole."""
    merged = list(collapse_addresses(_network(cidr) for cidr in allowed if cidr and ":" not in cidr))
    return tuple(
        cidr for cidr in wanted if ":" not in cidr and not any(_network(cidr).subnet_of(each) for each in merged)
    )


def _network(cidr: str) -> IPv4Network:
    return IPv4Network(cidr, strict=False)


def adoptable(facts: Facts, endpoint_id: str | None) -> s.VpcEndpoint | None:
    """Return the endpoint to adopt, None if one must be created. Raises SeveralEndpointsError for a choice to make."""
    live = facts.live
    if endpoint_id is not None:
        chosen = next((each for each in live if each.vpc_endpoint_id == endpoint_id), None)
        if chosen is None:
            known = ", ".join(each.vpc_endpoint_id or "" for each in live) or "none"
            raise SeveralEndpointsError(
                f"{endpoint_id} is not an endpoint of {facts.service.service_name} in {facts.vpc.vpc_id}; "
                f"there: {known}",
                endpoint_ids=[each.vpc_endpoint_id or "" for each in live],
            )
        return chosen
    if len(live) > 1:
        ids = [each.vpc_endpoint_id or "" for each in live]
        raise SeveralEndpointsError(
            f"{facts.vpc.vpc_id} has {len(ids)} endpoints of {facts.service.service_name}: {', '.join(ids)}. Pass "
            "endpoint_id= to choose one; none is deleted by itself",
            endpoint_ids=ids,
        )
    return live[0] if live else None


def check_private_dns(facts: Facts, spec: EndpointSpec, adopted: s.VpcEndpoint | None) -> None:
    """Check that no other endpoint of the VPC has the private DNS names of the service."""
    own = adopted.vpc_endpoint_id if adopted else None
    conflicting = [each.vpc_endpoint_id for each in facts.live if each.private_dns_enabled]
    conflicting = [each for each in conflicting if each != own]
    if spec.private_dns and conflicting:
        raise PrivateDnsConflictError(
            f"{conflicting[0]} has the private DNS names of {facts.service.service_name} in {spec.vpc_id}, "
            "and AWS allows one endpoint to have them. Choose it by endpoint_id=, or pass private_dns=False",
            vpc_id=spec.vpc_id,
            other_id=conflicting[0],
        )
