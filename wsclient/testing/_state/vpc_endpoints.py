"""Interface VPC endpoints: DNS names, addresses and endpoint policies.

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

PrivateLinkService = Literal["workspaces", "sts", "sts-fips", "ec2", "ds"]
SERVICES: tuple[PrivateLinkService, ...] = ("workspaces", "sts", "sts-fips", "ec2", "ds")
"""Services with interface endpoints. AWS has no interface endpoints for the FIPS endpoints of WorkSpaces."""


def region_partition(region: str) -> Partition:
    """Return the partition of a region; for an unknown region, the first partition (aws)."""
    return find_partition(region) or PARTITIONS[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class InterfaceEndpoint:
    """Interface endpoint of a VPC, in two Availability Zones.

    id is the endpoint's id (vpce-…), dns_label the first label of its DNS name. addresses are the IP addresses of its
    network interfaces, one in each zone; client_address is the source address of the calls that use the endpoint. With
    has_private_dns, the service's default host name resolves to the endpoint within the VPC.
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
        """Regional DNS name of the endpoint."""
        return f"{self.dns_label}.{self._suffix}"

    @property
    def zonal_dns_names(self) -> tuple[str, ...]:
        """DNS name of the endpoint in each zone."""
        return tuple(f"{self.dns_label}-{zone}.{self._suffix}" for zone in self.zones)

    @property
    def zones(self) -> tuple[str, ...]:
        """Availability Zones of the endpoint."""
        return tuple(f"{self.region}{letter}" for letter in "ab")

    @property
    def service_name(self) -> str:
        """Name of the endpoint's service in EC2: com.amazonaws.REGION.SERVICE."""
        return f"com.amazonaws.{self.region}.{self.service}"

    @property
    def _suffix(self) -> str:
        return f"{self.service}.{self.region}.vpce.{region_partition(self.region).dns_suffix}"

    def describe(self) -> dict[str, object]:
        """Return the endpoint in the format of EC2's DescribeVpcEndpoints, for VpcEndpoint.from_describe()."""
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
    """Interface endpoints of an emulator, each with at most one policy."""

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
        """Add an endpoint; without vpc_id, in a new VPC.

        Raises ConfigurationError for an unknown service, an invalid policy, or a second endpoint with private DNS for
        the same service in the same VPC.
        """
        if service not in SERVICES:
            raise ConfigurationError(
                f"no interface endpoint for the service {service!r:.40}; use one of {', '.join(SERVICES)}"
            )
        endpoint_id, vpc = _ids.hex_id("vpce", 17), vpc_id or _ids.hex_id("vpc", 17)
        if has_private_dns and self.find_with_private_dns(service, region, vpc) is not None:
            raise ConfigurationError(
                f"{vpc} already has an endpoint for {service} with private DNS; add this one with private DNS disabled"
            )
        # Networks of different VPCs may overlap: the emulator does not identify a VPC by its network.
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
        """Return the endpoint policies as JSON, by endpoint id."""
        return {endpoint_id: policy.to_json() for endpoint_id, policy in self._policies.items()}

    def restore(self, endpoints: Sequence[InterfaceEndpoint], documents: Mapping[str, str]) -> None:
        """Replace all endpoints and policies."""
        self._endpoints = {endpoint.id: endpoint for endpoint in endpoints}
        self._policies = {endpoint_id: endpoint_policy(text) for endpoint_id, text in documents.items()}

    def set_policy(self, endpoint_id: str, policy: PolicySource | None) -> None:
        """Replace the policy of an endpoint; None sets AWS's default, which allows everything."""
        if endpoint_id not in self._endpoints:
            raise ConfigurationError(f"unknown VPC endpoint {endpoint_id!r:.60}")
        if policy is None:
            self._policies.pop(endpoint_id, None)
        else:
            self._policies[endpoint_id] = endpoint_policy(policy)

    def policy(self, endpoint_id: str) -> Policy | None:
        """Return the policy of an endpoint, None for AWS's default."""
        return self._policies.get(endpoint_id)

    def find_by_label(self, label: str, region: str) -> InterfaceEndpoint | None:
        """Return the endpoint of a DNS label, None if it does not exist.

        The label is the endpoint's id, its regional DNS label or one of its zonal DNS labels.
        """
        for endpoint in self._endpoints.values():
            zonal = (f"{endpoint.dns_label}-{zone}" for zone in endpoint.zones)
            if endpoint.region == region and label in {endpoint.id, endpoint.dns_label, *zonal}:
                return endpoint
        return None

    def find_by_address(self, address: str) -> InterfaceEndpoint | None:
        """Return the endpoint with a network interface at an IP address, None if it does not exist."""
        return next((endpoint for endpoint in self._endpoints.values() if address in endpoint.addresses), None)

    def find_with_private_dns(self, service: str, region: str, vpc_id: str | None) -> InterfaceEndpoint | None:
        """Return the endpoint that a service's default host name resolves to within a VPC.

        Returns None if the name resolves to the public endpoint.
        """
        for endpoint in self._endpoints.values():
            key = (endpoint.service, endpoint.region, endpoint.vpc_id)
            if endpoint.has_private_dns and key == (service, region, vpc_id):
                return endpoint
        return None

    def find_vpc(self, service: str, region: str) -> str | None:
        """Return the first VPC with a private DNS endpoint of a service, None without such a VPC."""
        for endpoint in self._endpoints.values():
            if endpoint.has_private_dns and (endpoint.service, endpoint.region) == (service, region):
                return endpoint.vpc_id
        return None
