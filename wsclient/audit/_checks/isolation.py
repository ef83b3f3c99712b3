"""Checks of the page's "network isolation" that Amazon EC2 decides: VPCs, routes, NAT gateways, security groups."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network, ip_network
from typing import TYPE_CHECKING, Final

from wsclient.audit._checks.base import OURS, Check, Subject, absent
from wsclient.audit._checks.network import covers_everything
from wsclient.audit._model import (
    Outcome,
    Reason,
    Section,
    Severity,
    Verdict,
    failed,
    not_applicable,
    passed,
    proven,
    unknown,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from wsclient._generated.ec2 import structures as ec2
    from wsclient._generated.workspaces import structures as s
    from wsclient.audit._facts.records import CheckContext, WorkspaceFacts

INTERNET_GATEWAY: Final = "igw-"
GATEWAY_ENDPOINT: Final = "vpce-"
LOCAL: Final = "local"
ACTIVE: Final = "active"
INACTIVE: Final = frozenset({"blackhole", "filtered"})
"""States of routes that carry nothing."""
DEFAULTS: Final = frozenset({"0.0.0.0/0", "::/0"})
WIDEST_IPV6: Final = 32
"""Prefix length of the widest public IPv6 block that a security group may name."""
ALL_PROTOCOLS: Final = "-1"
PROTOCOLS: Final = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6"}
"""Names of protocols that a rule may give by number."""
HIDDEN: Final = "the account does not see the subnet's route table: the owner of the shared VPC decides"


def route_table(subnet_id: str, context: CheckContext) -> ec2.RouteTable | None:
    """Return the route table in force for a subnet: the one that names it, or else its VPC's main table.

    None if the account does not see it: of a shared subnet, only a table that names it is certain to be in force.
    """
    tables = [table for table, _ in context.facts.routes]
    for table in tables:
        if any(each.subnet_id == subnet_id for each in table.associations):
            return table
    vpc_id = _vpc_with_own_subnet(subnet_id, context)
    return next((each for each in tables if each.vpc_id == vpc_id and vpc_id and _is_main(each)), None)


def _is_main(table: ec2.RouteTable) -> bool:
    return any(each.main for each in table.associations)


def _vpc_with_own_subnet(subnet_id: str, context: CheckContext) -> str | None:
    """Return the VPC of a subnet that this account owns; a NAT gateway's subnet is known by the gateway alone."""
    subnet = next((subnet for subnet, _ in context.facts.subnets if subnet.subnet_id == subnet_id), None)
    if subnet is not None:
        return subnet.vpc_id if subnet.owner_id in {None, context.account} else None
    return next((nat.vpc_id for nat, _ in context.facts.nats if nat.subnet_id == subnet_id), None)


def _to_internet_gateway(table: ec2.RouteTable) -> list[ec2.Route]:
    return [each for each in table.routes if (each.gateway_id or "").startswith(INTERNET_GATEWAY)]


def leads_to_internet(table: ec2.RouteTable) -> bool | None:
    """Return whether a table has an active route to an internet gateway, whatever its destination; None: not known."""
    states = {each.state for each in _to_internet_gateway(table)}
    if ACTIVE in states:
        return True
    return None if states - INACTIVE else False


def _own_vpc(directory: s.WorkspaceDirectory, context: CheckContext) -> Verdict:
    subnets = {each.subnet_id: each.vpc_id for each, _ in context.facts.subnets}
    vpc_ids = {subnets.get(each) for each in directory.subnet_ids}
    defaults = {item.vpc.vpc_id: item.vpc.is_default for item, _ in context.facts.vpcs if item.vpc.vpc_id in vpc_ids}
    read = {"VpcId": sorted(filter(None, vpc_ids)), "IsDefault": any(defaults.values())}
    if read["IsDefault"]:
        return proven("the directory is in the account's default VPC", **read)
    if not vpc_ids or not vpc_ids <= defaults.keys():
        return unknown(
            Reason.INCOMPLETE, "the directory's subnets or their VPC are not listed", SubnetIds=directory.subnet_ids
        )
    if None in defaults.values():
        return absent("IsDefault")
    return passed("the directory is in a VPC of its own", **read)


def _private_subnets(directory: s.WorkspaceDirectory, context: CheckContext) -> Verdict:
    if not directory.subnet_ids:
        return absent("SubnetIds")
    tables = {subnet_id: route_table(subnet_id, context) for subnet_id in directory.subnet_ids}
    public = [subnet_id for subnet_id, table in tables.items() if table is not None and leads_to_internet(table)]
    read = {
        "SubnetIds": directory.subnet_ids,
        "RouteTableId": {each.route_table_id for each in tables.values() if each},
    }
    if public:
        return failed(f"these subnets have a route to an internet gateway: {', '.join(public)}", **read)
    if None in tables.values():
        return unknown(Reason.DECIDED_ELSEWHERE, HIDDEN, **read)
    if any(leads_to_internet(table) is None for table in tables.values() if table is not None):
        return unknown(Reason.INCOMPLETE, "the state of a route is absent or not known", **read)
    return passed("no subnet of the directory has a route to an internet gateway", **read)


def _nat(directory: s.WorkspaceDirectory, context: CheckContext) -> Verdict:
    verdicts = [_nat_of(subnet_id, context) for subnet_id in directory.subnet_ids]
    for outcome in (Outcome.FAIL, Outcome.UNKNOWN, Outcome.PASS):
        for verdict in verdicts:
            if verdict.outcome is outcome:
                return verdict
    return verdicts[0] if verdicts else absent("SubnetIds")


def _nat_of(subnet_id: str, context: CheckContext) -> Verdict:
    """Judge each route of a subnet by which traffic may leave for the internet; the worst decides."""
    table = route_table(subnet_id, context)
    if table is None:
        return unknown(Reason.DECIDED_ELSEWHERE, HIDDEN, SubnetId=subnet_id)
    read = {"SubnetId": subnet_id, "RouteTableId": table.route_table_id}
    exits = [route for route in table.routes if _leaves(route)]
    verdicts = [_exit(route, context, read) for route in exits]
    for outcome in (Outcome.FAIL, Outcome.UNKNOWN):
        for verdict in verdicts:
            if verdict.outcome is outcome:
                return verdict
    return verdicts[0] if verdicts else not_applicable("the subnet has no route to the internet at all", **read)


def _leaves(route: ec2.Route) -> bool:
    """Return whether a route may lead to the internet: not the local one, nor one to private addresses.

    A prefix list with a gateway endpoint is that of a service of AWS. IPv6 traffic has no NAT: an egress-only internet
    gateway lets nothing in.
    """
    gateway = route.gateway_id or ""
    if gateway == LOCAL or gateway.startswith(GATEWAY_ENDPOINT) or route.egress_only_internet_gateway_id:
        return False
    block = route.destination_cidr_block or route.destination_ipv6_cidr_block
    try:
        return block is None or not ip_network(block, strict=False).is_private
    except ValueError:
        return True


def _exit(route: ec2.Route, context: CheckContext, read: Mapping[str, object]) -> Verdict:
    is_default = DEFAULTS & {route.destination_cidr_block, route.destination_ipv6_cidr_block}
    if route.state == "blackhole":
        if is_default:
            return failed("the default route leads nowhere", State=route.state, **read)
        return passed("a route leads nowhere", State=route.state, **read)
    if route.state != ACTIVE:
        return unknown(Reason.INCOMPLETE, "the state of a route is absent or not known", State=route.state, **read)
    if (route.gateway_id or "").startswith(INTERNET_GATEWAY):
        return failed("traffic to the internet leaves without a NAT gateway", GatewayId=route.gateway_id, **read)
    if route.nat_gateway_id is None:
        return unknown(Reason.DECIDED_ELSEWHERE, "another gateway or appliance carries the traffic", **read)
    return _nat_gateway(route.nat_gateway_id, context, read)


def _nat_gateway(nat_id: str, context: CheckContext, read: Mapping[str, object]) -> Verdict:
    nat = next((each for each, _ in context.facts.nats if each.nat_gateway_id == nat_id), None)
    if nat is None:
        return unknown(Reason.INCOMPLETE, "the NAT gateway is not listed", NatGatewayId=nat_id, **read)
    facts = {**read, "NatGatewayId": nat_id, "State": nat.state, "ConnectivityType": nat.connectivity_type}
    if nat.state is not None and nat.state != "available":
        return failed("the NAT gateway is not available", **facts)
    if nat.connectivity_type == "private":
        return failed("the NAT gateway is private: it does not reach the internet", **facts)
    if nat.state is None or nat.connectivity_type != "public":
        return unknown(Reason.INCOMPLETE, "a member of the NAT gateway is absent or not known", **facts)
    return _nat_verdict(nat, context, facts)


def _nat_verdict(nat: ec2.NatGateway, context: CheckContext, facts: Mapping[str, object]) -> Verdict:
    """Judge the routes of a NAT gateway's own subnet; a regional gateway has none, and a table that is not read."""
    table = route_table(nat.subnet_id, context) if nat.subnet_id else None
    has_internet_route = leads_to_internet(table) if table is not None else None
    if has_internet_route is None:
        return unknown(Reason.INCOMPLETE, "the route table of the NAT gateway is not visible", **facts)
    if not has_internet_route:
        return failed("the NAT gateway's subnet has no route to an internet gateway", **facts)
    return passed("traffic to the internet leaves through a NAT gateway", **facts)


@dataclass(frozen=True, slots=True)
class _Sources:
    """Address blocks that may reach one port, and whether prefix lists hide more."""

    blocks: tuple[str, ...]
    has_prefix_list: bool


def port_sources(groups: Iterable[ec2.SecurityGroup]) -> Iterator[_Sources]:
    """Yield, for each port at which a rule begins, the sources of all rules of all groups that open it."""
    rules = [rule for group in groups for rule in group.ip_permissions]
    for rule in rules:
        overlapping = [each for each in rules if _opens(each, rule)]
        yield _Sources(
            tuple(block for each in overlapping for block in _blocks(each)),
            any(each.prefix_list_ids for each in overlapping),
        )


def _opens(rule: ec2.IpPermission, second: ec2.IpPermission) -> bool:
    """Return whether a rule opens the first port of a second rule."""
    if ALL_PROTOCOLS in {rule.ip_protocol, second.ip_protocol}:
        return rule.ip_protocol == ALL_PROTOCOLS
    if _protocol(rule) != _protocol(second):
        return False
    first = second.from_port if second.from_port is not None else -1
    low, high = rule.from_port if rule.from_port is not None else -1, rule.to_port
    return low == -1 or low <= first <= (high if high is not None else first)


def _protocol(rule: ec2.IpPermission) -> str:
    return PROTOCOLS.get(rule.ip_protocol or "", rule.ip_protocol or "")


def _blocks(rule: ec2.IpPermission) -> Iterable[str]:
    return [
        *(each.cidr_ip for each in rule.ip_ranges if each.cidr_ip),
        *(each.cidr_ipv6 for each in rule.ipv6_ranges if each.cidr_ipv6),
    ]


def _is_too_wide(block: str, widest: int) -> bool:
    network = ip_network(block, strict=False)
    if network.is_private:
        return False
    return network.prefixlen < (widest if isinstance(network, IPv4Network) else WIDEST_IPV6)


def _opened(sources: _Sources, widest: int) -> Sequence[str]:
    """Return the blocks by which the internet reaches a port; none if it does not."""
    if covers_everything(sources.blocks):
        return sources.blocks
    return [block for block in sources.blocks if _is_too_wide(block, widest)]


def _security_groups(directory: s.WorkspaceDirectory, context: CheckContext) -> Verdict:
    properties = directory.workspace_creation_properties
    custom = properties.custom_security_group_id if properties else None
    ids = [each for each in (directory.workspace_security_group_id, custom) if each]
    known = {group.group_id: group for group, _ in context.facts.groups}
    sources = list(port_sources(known[group_id] for group_id in ids if group_id in known))
    try:
        opened = next(filter(None, (_opened(each, context.settings.widest_source) for each in sources)), None)
    except ValueError:
        return unknown(Reason.INCOMPLETE, "a source of a rule is not an address block", GroupId=ids)
    if opened:
        return proven("the internet can reach WorkSpaces", GroupId=ids, CidrIp=opened)
    if directory.workspace_security_group_id is None:
        return absent("WorkspaceSecurityGroupId")
    if not set(ids) <= known.keys():
        return unknown(Reason.INCOMPLETE, "a security group of the directory is not listed", GroupId=ids)
    if any(each.has_prefix_list for each in sources):
        return unknown(Reason.INCOMPLETE, "a rule names a prefix list, whose entries are not read", GroupId=ids)
    return passed("no rule opens WorkSpaces to the internet", GroupId=ids)


def _public_address(item: WorkspaceFacts, context: CheckContext) -> Verdict:
    """Judge the interface that has the WorkSpace's subnet and private address."""
    workspace = item.workspace
    read: dict[str, object] = {"SubnetId": workspace.subnet_id, "IpAddress": workspace.ip_address}
    if not workspace.subnet_id or not workspace.ip_address:
        return unknown(Reason.INCOMPLETE, "the WorkSpace has no SubnetId or IpAddress yet", **read)
    key = (workspace.subnet_id, workspace.ip_address)
    found = next((each.public for each, _ in context.facts.interfaces if key in each.public), None)
    if found is None:
        return unknown(Reason.INCOMPLETE, "no network interface with the WorkSpace's address is listed", **read)
    address = found[key]
    if address is not None:
        return proven("the WorkSpace has a public address", PublicIp=address, **read)
    return passed("the WorkSpace has no public address", **read)


CHECKS: Final = (
    Check(
        id="network.public_addresses",
        title="WorkSpaces have no public address",
        why="a public address makes a WorkSpace a target of scans and attacks from the internet",
        section=Section.NETWORK_ISOLATION,
        subject=Subject.WORKSPACE,
        severity=Severity.MEDIUM,
        severity_source=OURS,
        needs=("interfaces",),
        remedy="DisassociateAddress; never change the interface of a WorkSpace itself",
        judge=_public_address,
    ),
    Check(
        id="network.own_vpc",
        title="Directories use a VPC of their own",
        why="a default VPC has public subnets, and other workloads share its routes and security groups",
        section=Section.NETWORK_ISOLATION,
        subject=Subject.DIRECTORY,
        severity=Severity.MEDIUM,
        severity_source="CIS level 1",
        same_as=("CIS 2.4",),
        needs=("subnets", "vpcs"),
        remedy="a new VPC and directory: WorkSpaces cannot be moved between VPCs",
        judge=_own_vpc,
    ),
    Check(
        id="network.private_subnets",
        title="The subnets are private",
        why="a route to an internet gateway exposes each WorkSpace that gets a public address",
        section=Section.NETWORK_ISOLATION,
        subject=Subject.DIRECTORY,
        severity=Severity.MEDIUM,
        severity_source="Prowler",
        same_as=("CIS 2.4", "Prowler workspaces_vpc_2private_1public_subnets_nat"),
        needs=("subnets", "routes"),
        remedy="ReplaceRoute to a NAT gateway, or new subnets",
        judge=_private_subnets,
    ),
    Check(
        id="network.nat",
        title="Traffic to the internet leaves through a NAT gateway",
        why="a NAT gateway allows outbound connections only; without a working one, updates fail",
        section=Section.NETWORK_ISOLATION,
        subject=Subject.DIRECTORY,
        severity=Severity.MEDIUM,
        severity_source="CIS level 1, Prowler",
        same_as=("CIS 2.5", "Prowler workspaces_vpc_2private_1public_subnets_nat"),
        needs=("subnets", "routes", "nats"),
        remedy="CreateNatGateway in a public subnet, then CreateRoute",
        judge=_nat,
    ),
    Check(
        id="network.security_groups",
        title="The internet cannot reach WorkSpaces",
        why="an open port exposes the WorkSpace's services to attacks from the internet",
        section=Section.NETWORK_ISOLATION,
        subject=Subject.DIRECTORY,
        severity=Severity.HIGH,
        severity_source="Security Hub EC2.18",
        same_as=("CIS 2.15",),
        needs=("groups",),
        remedy="RevokeSecurityGroupIngress; WorkSpaces need ports 80 and 443 from their VPC at most",
        judge=_security_groups,
        settings=("widest_source",),
    ),
)
