"""EmulatedNetwork: seeds VPCs, subnets, routes, security groups and directory facts for EC2 and Directory Service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from wsclient._core.argument_checks import checked
from wsclient._core.errors import ConfigurationError
from wsclient._core.value_kinds import (
    ACCOUNT_ID,
    BOOL,
    NAME,
    TEXT_MAP,
    instance_of,
    one_of,
    optional,
    sequence_of,
    whole_number,
)
from wsclient.testing._state import ids as _ids
from wsclient.testing._state.argument_kinds import ADDRESS, NAMES, NETWORK, ZONE, ZONES
from wsclient.testing._state.directory_services import DirectoryServiceRecord
from wsclient.testing._state.emulator_state import EmulatorState
from wsclient.testing._state.network import (
    NatGatewayRecord,
    Route,
    Rule,
    SecurityGroupRecord,
    SubnetRecord,
    VpcRecord,
)
from wsclient.testing._state.vpc_endpoints import SERVICES, PrivateLinkService

if TYPE_CHECKING:
    from wsclient.testing._state.network import Network
    from wsclient.testing._state.vpc_endpoints import InterfaceEndpoint

T = TypeVar("T")

HTTPS_FROM_VPC = (Rule(sources=("10.0.0.0/8",)),)
"""Rules of a new security group: HTTPS from every address that the VPCs of the emulator have."""
RULES = sequence_of(instance_of(Rule, expected=""), "a list of Rule objects")


class EmulatedNetwork:
    """Network of an account in a region, as EC2 describes it: aws.network.

    The account has a VPC of its own, with two public subnets, a NAT gateway and the private subnets of its directories.
    Every method returns the id of what it added, and raises ConfigurationError for an unknown id. Route and Rule
    describe routes and inbound rules.
    """

    def __init__(self, world: EmulatorState, account_id: str, region: str) -> None:
        self._world = world
        self._account_id = account_id
        self._region = region

    @property
    def vpc_id(self) -> str:
        """Id of the account's own VPC."""
        with self._world.lock:
            return self._own().id

    @property
    def private_subnet_ids(self) -> tuple[str, ...]:
        """Ids of the private subnets of the account's own VPC, which its directories use."""
        with self._world.lock:
            vpc = self._own()
            return tuple(subnet.id for subnet in self._network.subnets_of(vpc.id) if not subnet.is_public)

    @property
    def public_subnet_ids(self) -> tuple[str, ...]:
        """Ids of the public subnets of the account's own VPC, whose routes lead to an internet gateway."""
        with self._world.lock:
            vpc = self._own()
            return tuple(subnet.id for subnet in self._network.subnets_of(vpc.id) if subnet.is_public)

    @checked(
        {
            "cidr": NETWORK,
            "ipv6_cidr": optional(NETWORK),
            "is_default": BOOL,
            "dns_support": BOOL,
            "dns_hostnames": BOOL,
            "owner": optional(ACCOUNT_ID),
        }
    )
    def add_vpc(
        self,
        *,
        cidr: str = "10.20.0.0/16",
        ipv6_cidr: str | None = None,
        is_default: bool = False,
        dns_support: bool = True,
        dns_hostnames: bool = True,
        owner: str | None = None,
    ) -> str:
        """Add a VPC. With another account as owner, that account shares it with this one."""
        vpc = VpcRecord(
            id=_ids.hex_id("vpc", 17),
            account_id=owner or self._account_id,
            region=self._region,
            cidrs=(cidr,),
            ipv6_cidrs=(ipv6_cidr,) if ipv6_cidr else (),
            is_default=is_default,
            has_dns_support=dns_support,
            has_dns_hostnames=dns_hostnames,
            shared_with=(self._account_id,) if owner else (),
        )
        with self._world.lock:
            self._network.add_vpc(vpc)
        return vpc.id

    @checked(
        {
            "vpc_id": NAME,
            "dns_support": optional(BOOL),
            "dns_hostnames": optional(BOOL),
            "is_default": optional(BOOL),
            "hosted_zones": optional(NAMES),
        }
    )
    def set_vpc(
        self,
        vpc_id: str,
        *,
        dns_support: bool | None = None,
        dns_hostnames: bool | None = None,
        is_default: bool | None = None,
        hosted_zones: Sequence[str] | None = None,
    ) -> None:
        """Change DNS attributes of a VPC, or the private hosted zones that are associated with it."""
        with self._world.lock:
            vpc = self._find(self._network.vpcs, vpc_id)
            self._network.vpcs[vpc_id] = replace(
                vpc,
                has_dns_support=vpc.has_dns_support if dns_support is None else dns_support,
                has_dns_hostnames=vpc.has_dns_hostnames if dns_hostnames is None else dns_hostnames,
                is_default=vpc.is_default if is_default is None else is_default,
                hosted_zones=vpc.hosted_zones if hosted_zones is None else tuple(hosted_zones),
            )

    @checked(
        {
            "vpc_id": NAME,
            "zone": ZONE,
            "cidr": optional(NETWORK),
            "is_public": BOOL,
            "free_addresses": optional(whole_number(0)),
            "outpost_arn": optional(NAME),
            "ipv6_only": BOOL,
        }
    )
    def add_subnet(
        self,
        vpc_id: str,
        *,
        zone: str = "a",
        cidr: str | None = None,
        is_public: bool = False,
        free_addresses: int | None = None,
        outpost_arn: str | None = None,
        ipv6_only: bool = False,
    ) -> str:
        """Add a subnet in a zone, "a" to "c", with the next free block; its route table is the main one of the VPC."""
        with self._world.lock:
            self._find(self._network.vpcs, vpc_id)
            subnet = SubnetRecord(
                id=_ids.hex_id("subnet", 17),
                vpc_id=vpc_id,
                cidr=cidr or self._network.next_cidr(vpc_id),
                zone=zone,
                is_public=is_public,
                free_addresses=free_addresses,
                outpost_arn=outpost_arn,
                is_ipv6_only=ipv6_only,
            )
            self._network.subnets[subnet.id] = subnet
        return subnet.id

    @checked(
        {
            "vpc_id": NAME,
            "subnet_ids": NAMES,
            "routes": sequence_of(instance_of(Route, expected=""), "a list of Route objects"),
            "is_main": BOOL,
        }
    )
    def add_route_table(
        self, vpc_id: str, *, subnet_ids: Sequence[str] = (), routes: Sequence[Route] = (), is_main: bool = False
    ) -> str:
        """Add a route table with these routes and the local one, for these subnets or as the main table."""
        with self._world.lock:
            vpc = self._find(self._network.vpcs, vpc_id)
            for subnet_id in subnet_ids:
                self._find(self._network.subnets, subnet_id)
            local = tuple(Route(destination=cidr, target="local") for cidr in vpc.cidrs)
            return self._network.add_table(vpc_id, subnet_ids, (*local, *routes), is_main=is_main)

    @checked({"subnet_id": NAME, "state": NAME, "is_private": BOOL})
    def add_nat_gateway(self, subnet_id: str, *, state: str = "available", is_private: bool = False) -> str:
        """Add a NAT gateway in a subnet."""
        with self._world.lock:
            subnet = self._find(self._network.subnets, subnet_id)
            nat = NatGatewayRecord(
                id=_ids.hex_id("nat", 17),
                vpc_id=subnet.vpc_id,
                subnet_id=subnet_id,
                state=state,
                is_private=is_private,
            )
            self._network.nats[nat.id] = nat
        return nat.id

    @checked({"vpc_id": optional(NAME), "rules": RULES, "name": NAME})
    def add_security_group(
        self, vpc_id: str | None = None, *, rules: Sequence[Rule] = HTTPS_FROM_VPC, name: str = "endpoint"
    ) -> str:
        """Add a security group, by default in the account's own VPC and open for HTTPS from 10.0.0.0/8."""
        with self._world.lock:
            vpc_id = self._own().id if vpc_id is None else self._find(self._network.vpcs, vpc_id).id
            group = SecurityGroupRecord(id=_ids.hex_id("sg", 17), vpc_id=vpc_id, name=name, rules=tuple(rules))
            self._network.groups[group.id] = group
        return group.id

    @checked({"group_id": NAME, "rules": RULES})
    def set_rules(self, group_id: str, rules: Sequence[Rule]) -> None:
        """Replace the inbound rules of a security group."""
        with self._world.lock:
            self._own()
            group = self._find(self._network.groups, group_id)
            self._network.groups[group_id] = replace(group, rules=tuple(rules))

    @checked({"workspace_id": NAME, "address": optional(ADDRESS)})
    def set_public_address(self, workspace_id: str, address: str | None) -> None:
        """Give the interface of a WorkSpace a public address; None takes it away."""
        with self._world.lock:
            if address is None:
                self._network.public_addresses.pop(workspace_id, None)
            else:
                self._network.public_addresses[workspace_id] = address

    @checked({"service": one_of(*SERVICES), "zones": ZONES})
    def set_zones(self, service: PrivateLinkService, zones: str) -> None:
        """Set the letters of the zones with endpoints of a service: "abc" at first; without zones it is not offered."""
        with self._world.lock:
            self._network.zones[service] = zones

    @checked(
        {
            "endpoint_id": NAME,
            "state": optional(NAME),
            "last_error": optional(NAME),
            "tags": optional(TEXT_MAP),
            "is_requester_managed": optional(BOOL),
        }
    )
    def set_endpoint(
        self,
        endpoint_id: str,
        *,
        state: str | None = None,
        last_error: str | None = None,
        tags: Mapping[str, str] | None = None,
        is_requester_managed: bool | None = None,
    ) -> None:
        """Change facts of a VPC endpoint that no call changes, such as the state "failed" and its reason."""
        with self._world.lock:
            endpoint: InterfaceEndpoint | None = self._world.endpoints.get(endpoint_id)
            if endpoint is None:
                raise ConfigurationError(f"EmulatedNetwork: unknown VPC endpoint {endpoint_id!r:.60}")
            managed = endpoint.is_requester_managed if is_requester_managed is None else is_requester_managed
            self._world.endpoints.put(
                replace(
                    endpoint,
                    state=state or endpoint.state,
                    change=endpoint.change if state is None else None,
                    last_error=last_error or endpoint.last_error,
                    tags=endpoint.tags if tags is None else dict(tags),
                    is_requester_managed=managed,
                )
            )

    @checked(
        {
            "directory_id": NAME,
            "kind": NAME,
            "radius_status": optional(NAME),
            "radius_protocol": optional(NAME),
            "shares_owner_radius": BOOL,
            "smart_cards": optional(NAME),
        }
    )
    def set_directory(
        self,
        directory_id: str,
        *,
        kind: str = "MicrosoftAD",
        radius_status: str | None = None,
        radius_protocol: str | None = None,
        shares_owner_radius: bool = False,
        smart_cards: str | None = None,
    ) -> None:
        """Set what AWS Directory Service says about a directory, in the words of its API; None for absent members."""
        with self._world.lock:
            self._world.directory_services[directory_id] = DirectoryServiceRecord(
                kind=kind,
                radius_status=radius_status,
                radius_protocol=radius_protocol,
                shares_owner_radius=shares_owner_radius,
                smart_cards=smart_cards,
            )

    @property
    def _network(self) -> Network:
        return self._world.network

    def _own(self) -> VpcRecord:
        store = self._world.store(self._account_id, self._region)
        self._network.adopt(store, self._world.endpoints.all())
        return self._network.own_vpc(self._account_id, self._region)

    def _find(self, records: Mapping[str, T], record_id: str) -> T:
        self._own()
        record = records.get(record_id)
        if record is None:
            raise ConfigurationError(f"EmulatedNetwork: unknown id {record_id!r:.60}")
        return record
