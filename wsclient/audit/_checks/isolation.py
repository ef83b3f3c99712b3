"""Checks of the page's "network isolation" that Amazon EC2 decides: VPCs, routes, NAT gateways, security groups."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network, ip_network
from typing import TYPE_CHECKING, Final

from wsclient.audit._checks.base import Check, Subject
from wsclient.audit._checks.network import covers_everything
from wsclient.audit._model import Reason, Section, Severity, Verdict, failed, not_applicable, passed, proven, unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from wsclient._generated.ec2 import structures as ec2
    from wsclient._generated.workspaces import structures as s
    from wsclient.audit._facts.records import Context

INTERNET_GATEWAY: Final = "igw-"
DEFAULTS: Final = ("0.0.0.0/0", "::/0")
WIDEST_IPV6: Final = 32
"""Prefix length of the widest public IPv6 block that a security group may name."""
ALL_PROTOCOLS: Final = "-1"
_HIDDEN: Final = "the account does not see the subnet's route table: the owner of the shared VPC decides"


def route_table(subnet_id: str, context: Context) -> ec2.RouteTable | None:
    """Return the route table in force for a subnet: the one that names it, or else its VPC's main table."""
    vpc_id = next((subnet.vpc_id for subnet, _ in context.facts.subnets if subnet.subnet_id == subnet_id), None)
    tables = [table for table, _ in context.facts.routes]
    explicit = [table for table in tables if any(each.subnet_id == subnet_id for each in table.associations)]
    main = [table for table in tables if table.vpc_id == vpc_id and any(each.main for each in table.associations)]
    return next(iter([*explicit, *main]), None)


def leads_to_internet(table: ec2.RouteTable) -> bool:
    """Return whether a table has an active route to an internet gateway, whatever its destination."""
    return any(
        (route.gateway_id or "").startswith(INTERNET_GATEWAY) and route.state == "active" for route in table.routes
    )


def _own_vpc(directory: s.WorkspaceDirectory, context: Context) -> Verdict:
    vpc_ids = {each.vpc_id for each, _ in context.facts.subnets if each.subnet_id in directory.subnet_ids}
    vpcs = {item.vpc.vpc_id: item.vpc.is_default for item, _ in context.facts.vpcs}
    if not vpc_ids or not vpc_ids <= vpcs.keys():
        return unknown(
            Reason.INCOMPLETE, "the directory's subnets or their VPC are not listed", SubnetIds=directory.subnet_ids
        )
    read = {"VpcId": vpc_ids, "IsDefault": any(vpcs[each] for each in vpc_ids)}
    if read["IsDefault"]:
        return failed("the directory is in the account's default VPC", **read)
    return passed("the directory is in a VPC of its own", **read)


def _private_subnets(directory: s.WorkspaceDirectory, context: Context) -> Verdict:
    if not directory.subnet_ids:
        return unknown(Reason.INCOMPLETE, "the directory has no SubnetIds")
    tables = {subnet_id: route_table(subnet_id, context) for subnet_id in directory.subnet_ids}
    public = [subnet_id for subnet_id, table in tables.items() if table is not None and leads_to_internet(table)]
    read = {
        "SubnetIds": directory.subnet_ids,
        "RouteTableId": {each.route_table_id for each in tables.values() if each},
    }
    if public:
        return failed(f"these subnets have a route to an internet gateway: {', '.join(public)}", **read)
    if None in tables.values():
        return unknown(Reason.DECIDED_ELSEWHERE, _HIDDEN, **read)
    return passed("no subnet of the directory has a route to an internet gateway", **read)


def _nat(directory: s.WorkspaceDirectory, context: Context) -> Verdict:
    verdicts = [_nat_of(subnet_id, context) for subnet_id in directory.subnet_ids]
    for outcome in ("fail", "unknown", "pass"):
        for verdict in verdicts:
            if verdict.outcome == outcome:
                return verdict
    return verdicts[0] if verdicts else unknown(Reason.INCOMPLETE, "the directory has no SubnetIds")


def _nat_of(subnet_id: str, context: Context) -> Verdict:
    table = route_table(subnet_id, context)
    if table is None:
        return unknown(Reason.DECIDED_ELSEWHERE, _HIDDEN, SubnetId=subnet_id)
    default = next((each for each in table.routes if each.destination_cidr_block == DEFAULTS[0]), None)
    read = {"SubnetId": subnet_id, "RouteTableId": table.route_table_id}
    if default is None:
        return not_applicable("the subnet has no route to the internet at all", **read)
    if default.state == "blackhole":
        return failed("the default route leads nowhere", State=default.state, **read)
    if (default.gateway_id or "").startswith(INTERNET_GATEWAY):
        return failed("traffic to the internet leaves without a NAT gateway", GatewayId=default.gateway_id, **read)
    if default.nat_gateway_id is None:
        return unknown(Reason.DECIDED_ELSEWHERE, "another gateway or appliance carries the traffic", **read)
    return _nat_gateway(default.nat_gateway_id, context, read)


def _nat_gateway(nat_id: str, context: Context, read: dict[str, str | None]) -> Verdict:
    nat = next((each for each, _ in context.facts.nats if each.nat_gateway_id == nat_id), None)
    if nat is None:
        return unknown(Reason.INCOMPLETE, "the NAT gateway is not listed", NatGatewayId=nat_id, **read)
    facts = {**read, "NatGatewayId": nat_id, "State": nat.state, "ConnectivityType": nat.connectivity_type}
    if nat.state != "available":
        return failed("the NAT gateway is not available", **facts)
    if nat.connectivity_type == "private":
        return failed("the NAT gateway is private: it does not reach the internet", **facts)
    table = route_table(nat.subnet_id or "", context)
    if table is not None and not leads_to_internet(table):
        return failed("the NAT gateway's subnet has no route to an internet gateway", **facts)
    return passed("traffic to the internet leaves through a NAT gateway", **facts)


@dataclass(frozen=True, slots=True)
class _Sources:
    """Address blocks that may reach one port, and whether prefix lists hide more."""

    blocks: tuple[str, ...]
    has_prefix_list: bool


def port_sources(group: ec2.SecurityGroup) -> Iterator[_Sources]:
    """Yield, for each port at which a rule begins, the sources of all rules that open it."""
    rules = group.ip_permissions
    for rule in rules:
        overlapping = [each for each in rules if _opens(each, rule)]
        yield _Sources(
            tuple(block for each in overlapping for block in _blocks(each)),
            any(each.prefix_list_ids for each in overlapping),
        )


def _opens(rule: ec2.IpPermission, other: ec2.IpPermission) -> bool:
    """Return whether a rule opens the first port of another."""
    if ALL_PROTOCOLS in {rule.ip_protocol, other.ip_protocol}:
        return rule.ip_protocol == ALL_PROTOCOLS
    if rule.ip_protocol != other.ip_protocol:
        return False
    first = other.from_port if other.from_port is not None else -1
    low, high = rule.from_port if rule.from_port is not None else -1, rule.to_port
    return low == -1 or low <= first <= (high if high is not None else first)


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


def _security_groups(directory: s.WorkspaceDirectory, context: Context) -> Verdict:
    properties = directory.workspace_creation_properties
    custom = properties.custom_security_group_id if properties else None
    ids = [each for each in (directory.workspace_security_group_id, custom) if each]
    known = {group.group_id: group for group, _ in context.facts.groups}
    sources = [each for group_id in ids if group_id in known for each in port_sources(known[group_id])]
    for each in sources:
        wide = [block for block in each.blocks if _is_too_wide(block, context.settings.widest_source)]
        if covers_everything(each.blocks) or wide:
            return proven("the internet can reach WorkSpaces", GroupId=ids, CidrIp=wide or each.blocks)
    if not ids or not set(ids) <= known.keys():
        return unknown(Reason.INCOMPLETE, "a security group of the directory is not listed", GroupId=ids)
    if any(each.has_prefix_list for each in sources):
        return unknown(Reason.INCOMPLETE, "a rule names a prefix list, whose entries are not read", GroupId=ids)
    return passed("no rule opens WorkSpaces to the internet", GroupId=ids)


CHECKS: Final = (
    Check(
        id="network.own_vpc",
        title="Directories use a VPC of their own",
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
