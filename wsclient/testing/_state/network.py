"""Networks of the emulated accounts, as EC2 describes them: VPCs, subnets, routes, gateways and security groups.

Every account has one VPC in a region, with two public subnets, a NAT gateway, and a private subnet for each subnet of
the account's directories. Others are added for tests.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Literal

from wsclient._core.argument_checks import checked_class
from wsclient._core.value_kinds import NAME, one_of, optional
from wsclient.testing._state import ids as _ids
from wsclient.testing._state.argument_kinds import NAMES, NETWORK, whole_range

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wsclient.testing._state.store import Store
    from wsclient.testing._state.vpc_endpoints import InterfaceEndpoint

HTTPS = 443
PORT = whole_range(-1, 65_535, "number")
"""Port of a rule; -1 is every port, or ICMP type."""
BLOCKS_PER_VPC = 16
"""Subnets with 4,096 addresses in each /16 block of an account's own VPC."""
RESERVED_ADDRESSES = 5
"""Addresses of each subnet that AWS reserves. "Subnet CIDR blocks",
https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html"""


@dataclass(frozen=True, slots=True, kw_only=True)
class VpcRecord:
    """VPC of an account in a region, which other accounts may share; hosted_zones are its private DNS zones.

    is_own marks the account's own VPC, which grows with its directories.
    """

    id: str
    account_id: str
    region: str
    cidrs: tuple[str, ...]
    ipv6_cidrs: tuple[str, ...] = ()
    is_default: bool = False
    has_dns_support: bool = True
    has_dns_hostnames: bool = True
    state: str = "available"
    hosted_zones: tuple[str, ...] = ()
    shared_with: tuple[str, ...] = ()
    is_own: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SubnetRecord:
    """Subnet of a VPC, in a zone such as "a"; free_addresses None derives the number from the block."""

    id: str
    vpc_id: str
    cidr: str
    zone: str
    is_public: bool = False
    free_addresses: int | None = None
    outpost_arn: str | None = None
    is_ipv6_only: bool = False


@checked_class({"destination": NETWORK, "target": NAME, "state": one_of("active", "blackhole")})
@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Route of a route table: a destination, IPv4 or IPv6 in CIDR notation, and the id of its target.

    target is "local", or the id of an internet gateway (igw-…), NAT gateway (nat-…), transit gateway (tgw-…), network
    interface (eni-…), peering connection (pcx-…) or egress-only internet gateway (eigw-…). state is "active" or
    "blackhole".
    """

    destination: str
    target: str
    state: Literal["active", "blackhole"] = "active"


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteTableRecord:
    """Route table of a VPC, with the subnets that it is associated with explicitly."""

    id: str
    vpc_id: str
    is_main: bool
    subnet_ids: tuple[str, ...]
    routes: tuple[Route, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NatGatewayRecord:
    """NAT gateway in a subnet; it is public or private."""

    id: str
    vpc_id: str
    subnet_id: str
    state: str = "available"
    is_private: bool = False


@checked_class({"sources": NAMES, "protocol": NAME, "from_port": optional(PORT), "to_port": optional(PORT)})
@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Inbound rule of a security group: a protocol, a range of ports, and its sources.

    protocol "-1" is every protocol, and then ports mean nothing. sources are networks in CIDR notation, IPv4 or IPv6,
    ids of prefix lists (pl-…) or of security groups (sg-…).
    """

    sources: tuple[str, ...]
    protocol: str = "tcp"
    from_port: int | None = 443
    to_port: int | None = 443


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityGroupRecord:
    """Security group of a VPC with its inbound rules."""

    id: str
    vpc_id: str
    name: str
    rules: tuple[Rule, ...] = ()


@dataclass(slots=True)
class Network:
    """Networks of all accounts and regions of an emulator, by id.

    public_addresses are those of WorkSpaces, by WorkSpace id. zones are the letters of the zones that a service's
    interface endpoints may use, by service; every other service has them in all zones. taken are the numbers of
    addresses that interfaces of endpoints took, by subnet id.
    """

    vpcs: dict[str, VpcRecord] = field(default_factory=dict[str, VpcRecord])
    subnets: dict[str, SubnetRecord] = field(default_factory=dict[str, SubnetRecord])
    tables: dict[str, RouteTableRecord] = field(default_factory=dict[str, RouteTableRecord])
    nats: dict[str, NatGatewayRecord] = field(default_factory=dict[str, NatGatewayRecord])
    groups: dict[str, SecurityGroupRecord] = field(default_factory=dict[str, SecurityGroupRecord])
    public_addresses: dict[str, str] = field(default_factory=dict[str, str])
    zones: dict[str, str] = field(default_factory=dict[str, str])
    taken: dict[str, int] = field(default_factory=dict[str, int])

    def own_vpc(self, account_id: str, region: str) -> VpcRecord:
        """Return the account's own VPC in a region, created at the first call."""
        mine = (vpc for vpc in self.vpcs.values() if (vpc.account_id, vpc.region) == (account_id, region))
        found = next((vpc for vpc in mine if vpc.is_own), None)
        return found or self._add_own_vpc(account_id, region)

    def adopt(self, store: Store, endpoints: Iterable[InterfaceEndpoint]) -> None:
        """Add what the directories of a store and these endpoints name and no VPC has: subnets, groups, whole VPCs."""
        vpc = self.own_vpc(store.account_id, store.region)
        for record in store.directories.values():
            for number, subnet_id in enumerate(record.directory.subnet_ids):
                if subnet_id not in self.subnets:
                    self._add_private_subnet(vpc.id, subnet_id, "ab"[number % 2])
            group_id = record.directory.workspace_security_group_id
            if group_id and group_id not in self.groups:
                name = f"{record.directory.directory_id}_workspacesMembers"
                self.groups[group_id] = SecurityGroupRecord(id=group_id, vpc_id=vpc.id, name=name)
        for endpoint in endpoints:
            if endpoint.vpc_id not in self.vpcs:
                block = endpoint.addresses[0].rpartition(".")[0].rpartition(".")[0]
                account, region = endpoint.account_id, endpoint.region
                cidrs = (f"{block}.0.0/16",)
                self.add_vpc(VpcRecord(id=endpoint.vpc_id, account_id=account, region=region, cidrs=cidrs))

    def add_vpc(self, vpc: VpcRecord) -> None:
        """Add a VPC, with its main route table and its default security group, whose members reach each other."""
        self.vpcs[vpc.id] = vpc
        local = tuple(Route(destination=cidr, target="local") for cidr in (*vpc.cidrs, *vpc.ipv6_cidrs))
        self.add_table(vpc.id, (), local, is_main=True)
        group_id = _ids.hex_id("sg", 17)
        rule = Rule(sources=(group_id,), protocol="-1", from_port=None, to_port=None)
        self.groups[group_id] = SecurityGroupRecord(id=group_id, vpc_id=vpc.id, name="default", rules=(rule,))

    def add_table(self, vpc_id: str, subnet_ids: Iterable[str], routes: Iterable[Route], *, is_main: bool) -> str:
        """Add a route table and return its id; a subnet has one explicit table, a VPC one main table."""
        subnets = tuple(subnet_ids)
        for table in list(self.tables.values()):
            left = tuple(subnet_id for subnet_id in table.subnet_ids if subnet_id not in subnets)
            still_main = table.is_main and not (is_main and table.vpc_id == vpc_id)
            self.tables[table.id] = replace(table, subnet_ids=left, is_main=still_main)
        table_id = _ids.hex_id("rtb", 17)
        self.tables[table_id] = RouteTableRecord(
            id=table_id, vpc_id=vpc_id, is_main=is_main, subnet_ids=subnets, routes=tuple(routes)
        )
        return table_id

    def default_group(self, vpc_id: str) -> SecurityGroupRecord | None:
        """Return the default security group of a VPC."""
        found = (group for group in self.groups.values() if (group.vpc_id, group.name) == (vpc_id, "default"))
        return next(found, None)

    def lets_https_in(self, group_ids: Iterable[str], address: str) -> bool:
        """Return whether one of the security groups lets HTTPS in from an address; True if none of them is known.

        Rules whose sources are groups or prefix lists count for every address: their members are not emulated.
        """
        groups = [self.groups[each] for each in group_ids if each in self.groups]
        return not groups or any(_allows(rule, address) for group in groups for rule in group.rules)

    def subnets_of(self, vpc_id: str) -> list[SubnetRecord]:
        """Return the subnets of a VPC."""
        return [subnet for subnet in self.subnets.values() if subnet.vpc_id == vpc_id]

    def free_addresses(self, subnet: SubnetRecord) -> int:
        """Return the number of free addresses of a subnet."""
        if subnet.free_addresses is not None:
            return subnet.free_addresses
        return ip_network(subnet.cidr).num_addresses - RESERVED_ADDRESSES

    def take_address(self, subnet_id: str) -> str:
        """Return an address of a subnet that no endpoint has; they are taken from the end of its block."""
        self.taken[subnet_id] = self.taken.get(subnet_id, 0) + 1
        # The last address is the broadcast address.
        return str(ip_network(self.subnets[subnet_id].cidr)[-1 - self.taken[subnet_id]])

    def client_address(self, vpc_id: str) -> str:
        """Return the address of the callers within a VPC."""
        return str(ip_network(self.vpcs[vpc_id].cidrs[0])[20])

    def next_cidr(self, vpc_id: str) -> str:
        """Return an unused /20 block of a VPC; the account's own VPC gets another /16 block when the others are full.

        The blocks of a smaller VPC are sixteenths of it.
        """
        vpc = self.vpcs[vpc_id]
        used = {subnet.cidr for subnet in self.subnets_of(vpc_id)}
        for cidr in vpc.cidrs:
            whole = ip_network(cidr)
            for block in whole.subnets(new_prefix=min(whole.prefixlen + 4, 28)):
                if str(block) not in used:
                    return str(block)
        added = f"10.{len(vpc.cidrs)}.0.0/16"
        self.vpcs[vpc_id] = replace(vpc, cidrs=(*vpc.cidrs, added))
        return f"10.{len(vpc.cidrs)}.0.0/20"

    def _add_own_vpc(self, account_id: str, region: str) -> VpcRecord:
        vpc = VpcRecord(
            id=_ids.hex_id("vpc", 17), account_id=account_id, region=region, cidrs=("10.0.0.0/16",), is_own=True
        )
        self.add_vpc(vpc)
        for number, zone in enumerate("ab"):
            # From the end, so that the addresses of WorkSpaces begin in the first private subnet.
            subnet_id, block = _ids.hex_id("subnet", 17), (BLOCKS_PER_VPC - 1 - number) * 16
            self.subnets[subnet_id] = SubnetRecord(
                id=subnet_id, vpc_id=vpc.id, cidr=f"10.0.{block}.0/20", zone=zone, is_public=True
            )
        public = [subnet.id for subnet in self.subnets_of(vpc.id)]
        local = Route(destination=vpc.cidrs[0], target="local")
        internet = Route(destination="0.0.0.0/0", target=_ids.hex_id("igw", 17))
        self.add_table(vpc.id, public, (local, internet), is_main=False)
        nat = NatGatewayRecord(id=_ids.hex_id("nat", 17), vpc_id=vpc.id, subnet_id=public[0])
        self.nats[nat.id] = nat
        self.add_table(vpc.id, (), (local, Route(destination="0.0.0.0/0", target=nat.id)), is_main=True)
        return vpc

    def _add_private_subnet(self, vpc_id: str, subnet_id: str, zone: str) -> None:
        cidr = self.next_cidr(vpc_id)
        self.subnets[subnet_id] = SubnetRecord(id=subnet_id, vpc_id=vpc_id, cidr=cidr, zone=zone)


def _allows(rule: Rule, address: str) -> bool:
    low, high = rule.from_port, rule.to_port
    is_port = rule.protocol == "-1" or (rule.protocol == "tcp" and (low or 0) <= HTTPS <= (high or 0))
    return is_port and any("/" not in each or _contains(each, address) for each in rule.sources)


def _contains(cidr: str, address: str) -> bool:
    network, caller = ip_network(cidr), ip_address(address)
    return network.version == caller.version and caller in network
