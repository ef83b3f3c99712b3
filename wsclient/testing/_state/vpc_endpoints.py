"""Interface endpoints of VPCs: their names and addresses, their policies, and who is inside which VPC.

"Access an AWS service using an interface VPC endpoint",
https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from wsclient._core.errors import ConfigurationError
from wsclient._generated.partitions import PARTITIONS
from wsclient.endpoints._types import find_partition
from wsclient.testing._state import ids as _ids
from wsclient.testing._state.policies import endpoint_policy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wsclient._core.hosts import Partition
    from wsclient.policy._policy import Policy
    from wsclient.testing._state.policies import PolicySource

PrivateLinkService = Literal["workspaces", "sts", "sts-fips"]
SERVICES: tuple[PrivateLinkService, ...] = ("workspaces", "sts", "sts-fips")
"""What can be reached through an interface endpoint; AWS has none for the FIPS endpoints of WorkSpaces."""


def region_partition(region: str) -> Partition:
    """Return the partition of a region; one that nobody knows is taken for the first."""
    return find_partition(region) or PARTITIONS[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class InterfaceEndpoint:
    """An interface endpoint of a VPC, in two Availability Zones.

    id is vpce-…, dns_label the first label of its DNS name; addresses are those of its network interfaces, one in each
    zone, and client_address is where calls through it come from. has_private_dns says that the service's own name leads
    here from within the VPC.
    """

    id: str
    dns_label: str
    service: PrivateLinkService
    region: str
    vpc_id: str
    account_id: str
    addresses: tuple[str, ...]
    client_address: str
    has_private_dns: bool = False

    @property
    def dns_name(self) -> str:
        """The endpoint's own name, for all its zones."""
        return f"{self.dns_label}.{self._suffix}"

    @property
    def zonal_dns_names(self) -> tuple[str, ...]:
        """The name in each zone."""
        return tuple(f"{self.dns_label}-{zone}.{self._suffix}" for zone in self.zones)

    @property
    def zones(self) -> tuple[str, ...]:
        """Its Availability Zones."""
        return tuple(f"{self.region}{letter}" for letter in "ab")

    @property
    def service_name(self) -> str:
        """EC2's name of the service behind it."""
        return f"com.amazonaws.{self.region}.{self.service}"

    @property
    def _suffix(self) -> str:
        return f"{self.service}.{self.region}.vpce.{region_partition(self.region).dns_suffix}"

    def describe(self) -> dict[str, object]:
        """Return its record as EC2's DescribeVpcEndpoints has it, for VpcEndpoint.from_describe()."""
        return {
            "VpcEndpointId": self.id,
            "VpcEndpointType": "Interface",
            "VpcId": self.vpc_id,
            "ServiceName": self.service_name,
            "State": "available",
            "PrivateDnsEnabled": self.has_private_dns,
            "OwnerId": self.account_id,
            "DnsEntries": [{"DnsName": name} for name in (self.dns_name, *self.zonal_dns_names)],
        }


class VpcEndpoints:
    """Every interface endpoint there is, each with one policy or none."""

    def __init__(self) -> None:
        self._endpoints: dict[str, InterfaceEndpoint] = {}
        self._policies: dict[str, Policy] = {}

    def add(
        self,
        service: PrivateLinkService,
        *,
        region: str,
        account_id: str,
        vpc_id: str | None,
        has_private_dns: bool,
        policy: PolicySource | None,
    ) -> InterfaceEndpoint:
        """Add an endpoint, in a VPC of its own unless one is named."""
        if service not in SERVICES:
            raise ConfigurationError(f"there is no interface endpoint for {service!r:.40}: use {', '.join(SERVICES)}")
        endpoint_id, vpc = _ids.hex_id("vpce", 17), vpc_id or _ids.hex_id("vpc", 17)
        if has_private_dns and self.find_with_private_dns(service, region, vpc) is not None:
            raise ConfigurationError(f"{vpc} has an endpoint for {service} with private DNS already: there is only one")
        # Two VPCs may well have the same networks, but nothing is told apart by that here.
        network = f"10.{secrets.randbelow(255)}.{len(self._endpoints) % 256}"
        endpoint = InterfaceEndpoint(
            id=endpoint_id,
            dns_label=f"{endpoint_id}-{secrets.token_hex(4)}",
            service=service,
            region=region,
            vpc_id=vpc,
            account_id=account_id,
            addresses=(f"{network}.10", f"{network}.138"),
            client_address=f"{network}.20",
            has_private_dns=has_private_dns,
        )
        if policy is not None:
            self._policies[endpoint_id] = endpoint_policy(policy)
        self._endpoints[endpoint_id] = endpoint
        return endpoint

    def all(self) -> list[InterfaceEndpoint]:
        """Return every endpoint."""
        return list(self._endpoints.values())

    def documents(self) -> dict[str, str]:
        """Return the endpoints' policies as JSON."""
        return {endpoint_id: policy.to_json() for endpoint_id, policy in self._policies.items()}

    def restore(self, endpoints: Sequence[InterfaceEndpoint], documents: Mapping[str, str]) -> None:
        """Have these endpoints and policies, and no others."""
        self._endpoints = {endpoint.id: endpoint for endpoint in endpoints}
        self._policies = {endpoint_id: endpoint_policy(text) for endpoint_id, text in documents.items()}

    def set_policy(self, endpoint_id: str, policy: PolicySource | None) -> None:
        """Put a policy in the place of the one an endpoint has; None allows everything, as AWS's default does."""
        if endpoint_id not in self._endpoints:
            raise ConfigurationError(f"there is no VPC endpoint {endpoint_id!r:.60}")
        if policy is None:
            self._policies.pop(endpoint_id, None)
        else:
            self._policies[endpoint_id] = endpoint_policy(policy)

    def policy(self, endpoint_id: str) -> Policy | None:
        """Return an endpoint's policy, None for AWS's default."""
        return self._policies.get(endpoint_id)

    def find_by_label(self, label: str, region: str) -> InterfaceEndpoint | None:
        """Return the endpoint whose name begins with that label: its id, its DNS label, or that with a zone."""
        for endpoint in self._endpoints.values():
            zonal = (f"{endpoint.dns_label}-{zone}" for zone in endpoint.zones)
            if endpoint.region == region and label in {endpoint.id, endpoint.dns_label, *zonal}:
                return endpoint
        return None

    def find_by_address(self, address: str) -> InterfaceEndpoint | None:
        """Return the endpoint that has a network interface of that address."""
        return next((one for one in self._endpoints.values() if address in one.addresses), None)

    def find_with_private_dns(self, service: str, region: str, vpc_id: str | None) -> InterfaceEndpoint | None:
        """Return the endpoint that a service's own name leads to from within a VPC, None where it leads outside."""
        for endpoint in self._endpoints.values():
            key = (endpoint.service, endpoint.region, endpoint.vpc_id)
            if endpoint.has_private_dns and key == (service, region, vpc_id):
                return endpoint
        return None

    def find_vpc(self, service: str, region: str) -> str | None:
        """Return the first VPC in which a service's own name leads to an endpoint, None where there is none."""
        for endpoint in self._endpoints.values():
            if endpoint.has_private_dns and (endpoint.service, endpoint.region) == (service, region):
                return endpoint.vpc_id
        return None
