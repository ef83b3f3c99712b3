"""Interface VPC endpoints: DNS names, addresses and endpoint policies.

"Access an AWS service using an interface VPC endpoint",
https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from wsclient._core.errors import ConfigurationError
from wsclient._generated.partitions import PARTITIONS
from wsclient.endpoints._types import find_partition
from wsclient.testing._state import ids as _ids
from wsclient.testing._state.policies import endpoint_policy

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    has_private_dns, the service's default host name resolves to the endpoint within the VPC, from private_dns_from on.

    state is EC2's, in lower case; only an endpoint that is available has names. change is the time of the next state,
    and that state ("deleted" removes the endpoint). EC2 does not find the endpoint before listed_from.
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
    private_dns_from: datetime | None = None
    state: str = "available"
    change: tuple[datetime, str] | None = None
    created_at: datetime | None = None
    listed_from: datetime | None = None
    subnet_ids: tuple[str, ...] = ()
    group_ids: tuple[str, ...] = ()
    interface_ids: tuple[str, ...] = ()
    zone_letters: tuple[str, ...] = ("a", "b")
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    last_error: str | None = None
    is_requester_managed: bool = False

    def resolves_privately(self, service: str, region: str, vpc_id: str | None, now: datetime | None) -> bool:
        """Return whether a service's default host name leads to this endpoint within a VPC."""
        is_on = self.has_private_dns and self.state == "available" and (self.service, self.region) == (service, region)
        is_due = self.private_dns_from is None or now is None or self.private_dns_from <= now
        return is_on and is_due and self.vpc_id == vpc_id

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
        return tuple(f"{self.region}{letter}" for letter in self.zone_letters)

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
            "State": self.state,
            "PrivateDnsEnabled": self.has_private_dns,
            "OwnerId": self.account_id,
            "DnsEntries": [{"DnsName": name} for name in (self.dns_name, *self.zonal_dns_names)],
        }


class VpcEndpoints:
    """Interface endpoints of an emulator, each with at most one policy.

    tokens are the ClientTokens of creations, by account, region and token, each with the request and the endpoint's id.
    deleted are the endpoints that a token may still name.
    """

    def __init__(self) -> None:
        self._endpoints: dict[str, InterfaceEndpoint] = {}
        self._policies: dict[str, Policy] = {}
        self.tokens: dict[tuple[str, str, str], tuple[str, str]] = {}
        self.deleted: dict[str, InterfaceEndpoint] = {}
        self._now: datetime | None = None

    def apply_due_changes(self, now: datetime) -> None:
        """Apply the state changes that are due; names follow the time of the last call."""
        self._now = now
        for endpoint in list(self._endpoints.values()):
            if endpoint.change is None or endpoint.change[0] > now:
                continue
            changed = replace(endpoint, state=endpoint.change[1], change=None)
            if changed.state == "deleted":
                del self._endpoints[endpoint.id]
                self._policies.pop(endpoint.id, None)
                self.deleted[endpoint.id] = changed
            else:
                self._endpoints[endpoint.id] = changed

    def put(self, endpoint: InterfaceEndpoint) -> InterfaceEndpoint:
        """Add an endpoint, or replace the one with its id."""
        self._endpoints[endpoint.id] = endpoint
        return endpoint

    def get(self, endpoint_id: str) -> InterfaceEndpoint | None:
        """Return an endpoint by id, None if it does not exist."""
        return self._endpoints.get(endpoint_id)

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

        The label is the endpoint's regional DNS label or one of its zonal DNS labels. The id alone is not a label.
        """
        for endpoint in self._available():
            zonal = (f"{endpoint.dns_label}-{zone}" for zone in endpoint.zones)
            if endpoint.region == region and label in {endpoint.dns_label, *zonal}:
                return endpoint
        return None

    def find_by_address(self, address: str, vpc_id: str | None) -> InterfaceEndpoint | None:
        """Return the endpoint with a network interface at an IP address, None if it does not exist.

        Of VPCs with the same addresses, the caller's own comes first.
        """
        found = [endpoint for endpoint in self._available() if address in endpoint.addresses]
        return next((endpoint for endpoint in found if endpoint.vpc_id == vpc_id), found[0] if found else None)

    def find_with_private_dns(self, service: str, region: str, vpc_id: str | None) -> InterfaceEndpoint | None:
        """Return the endpoint that a service's default host name resolves to within a VPC.

        Returns None if the name resolves to the public endpoint.
        """
        found = (each for each in self._available() if each.resolves_privately(service, region, vpc_id, self._now))
        return next(found, None)

    def find_vpc(self, service: str, region: str) -> str | None:
        """Return the first VPC with a private DNS endpoint of a service, None without such a VPC."""
        for endpoint in self._available():
            if endpoint.resolves_privately(service, region, endpoint.vpc_id, self._now):
                return endpoint.vpc_id
        return None

    def _available(self) -> list[InterfaceEndpoint]:
        return [endpoint for endpoint in self._endpoints.values() if endpoint.state == "available"]
