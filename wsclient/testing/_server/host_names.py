"""Host name resolution of the emulator: maps a host to the endpoint kind, service and region that AWS gives it.

Loopback addresses and every name outside AWS's domains match all services and regions, like a configured endpoint URL.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from wsclient._core.hosts import is_privatelink_host, parse_vpce_host
from wsclient._core.service_errors import UnknownOperationException
from wsclient._generated.partitions import LISTED, PARTITIONS
from wsclient.endpoints._global_hosts import GLOBAL_HOSTS, HOME_REGIONS
from wsclient.endpoints._types import SERVICE_TITLES, EndpointKind, fips_host_label
from wsclient.testing._state.vpc_endpoints import SERVICES, region_partition

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from wsclient.testing._state.vpc_endpoints import InterfaceEndpoint, VpcEndpoints

_SUFFIXES: Final = frozenset(
    suffix for partition in PARTITIONS for suffix in (partition.dns_suffix, partition.dualstack_dns_suffix)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedHost:
    """Host that a request is sent to, without port, and the endpoint that it names.

    service and region are None for a name outside AWS's domains; endpoint is the VPC endpoint that the request uses.
    """

    host: str
    kind: EndpointKind
    service: str | None = None
    region: str | None = None
    endpoint: InterfaceEndpoint | None = None


EndpointKey = tuple[EndpointKind, str, str]
"""Endpoint kind, service and region of a host name."""


@lru_cache(maxsize=64)
def endpoint_names(regions: frozenset[str]) -> Mapping[str, EndpointKey]:
    """Return all AWS host names of the services in these regions, without those of VPC endpoints."""
    return {
        name: key
        for region in sorted(regions)
        for service in SERVICE_TITLES
        for name, key in _service_names(service, region)
    }


def _service_names(service: str, region: str) -> list[tuple[str, EndpointKey]]:
    partition = region_partition(region)
    if service in GLOBAL_HOSTS:
        home = HOME_REGIONS.get(partition.id, region)
        hosts_by_kind = GLOBAL_HOSTS[service].items()
        return [(host, (kind, service, home)) for (owner, kind), host in hosts_by_kind if owner == partition.id]
    plain, dualstack = f"{region}.{partition.dns_suffix}", f"{region}.{partition.dualstack_dns_suffix}"
    hosts = {
        EndpointKind.FIPS: f"{fips_host_label(service, partition, dualstack=False)}.{plain}",
        EndpointKind.FIPS_DUALSTACK: f"{fips_host_label(service, partition, dualstack=True)}.{dualstack}",
        EndpointKind.DUALSTACK: f"{service}.{dualstack}",
    }
    names = [(host, kind) for kind, host in hosts.items() if region in LISTED[service, kind.value]]
    # Last, so that it wins where the standard and the FIPS name are equal.
    names.append((f"{service}.{plain}", EndpointKind.PUBLIC))
    if service == "workspaces":
        names.append((f"api.{service}.{plain}", EndpointKind.PRIVATE_DNS))
    return [(host, (kind, service, region)) for host, kind in names]


def certified_names(regions: Collection[str]) -> list[str]:
    """Return the host names and wildcards for a certificate of these regions, VPC endpoints included."""
    wildcards = [
        f"*.{prefix}{service}.{region}.vpce.{region_partition(region).dns_suffix}"
        for region in sorted(regions)
        for service in SERVICES
        for prefix in ("", "api.")
        if not prefix or service == "workspaces"
    ]
    return [*endpoint_names(frozenset(regions)), *wildcards]


def find_host(host: str, regions: frozenset[str], endpoints: VpcEndpoints, vpc_id: str | None) -> ServedHost:
    """Return the endpoint for a Host header; vpc_id is the VPC of the caller, or None.

    Raises UnknownOperationException for an AWS host name that the emulator does not serve.
    """
    name = _without_port(host)
    found = resolve(name, regions, endpoints, vpc_id)
    if found is not None:
        return found
    if is_privatelink_host(name) or any(name.endswith(f".{suffix}") for suffix in _SUFFIXES):
        raise UnknownOperationException(
            f"The emulator has no endpoint {name:.120}. Its regions are {', '.join(sorted(regions))}; "
            "add VPC endpoints with Emulator.add_vpc_endpoint."
        )
    return ServedHost(host=name, kind=EndpointKind.CUSTOM)


def signing_regions(service: str, served_host: ServedHost, regions: frozenset[str]) -> frozenset[str]:
    """Return the regions that a call to a host may be signed for; a global service has one for a partition."""
    if served_host.region:
        return frozenset({served_host.region})
    if service in GLOBAL_HOSTS:
        return frozenset(HOME_REGIONS.get(region_partition(region).id, region) for region in regions)
    return regions


def resolve(name: str, regions: frozenset[str], endpoints: VpcEndpoints, vpc_id: str | None) -> ServedHost | None:
    """Resolve an AWS host name as seen from a VPC, or from outside if vpc_id is None; None if DNS has no such name."""
    if is_privatelink_host(name):
        return _resolve_vpc_endpoint(name, endpoints)
    kind, service, region = endpoint_names(regions).get(name, (EndpointKind.CUSTOM, "", ""))
    if kind is EndpointKind.CUSTOM:
        return None
    vpc_endpoint = endpoints.find_with_private_dns(service, region, vpc_id) if kind in _PRIVATE_DNS_KINDS else None
    if vpc_endpoint is not None:
        return ServedHost(
            host=name, kind=EndpointKind.PRIVATE_DNS, service=service, region=region, endpoint=vpc_endpoint
        )
    # The api. name exists only as a private DNS name.
    return (
        None if kind is EndpointKind.PRIVATE_DNS else ServedHost(host=name, kind=kind, service=service, region=region)
    )


_PRIVATE_DNS_KINDS = frozenset({EndpointKind.PUBLIC, EndpointKind.PRIVATE_DNS})
"""Endpoint kinds whose names resolve to a VPC endpoint with private DNS from within its VPC."""


def _resolve_vpc_endpoint(name: str, endpoints: VpcEndpoints) -> ServedHost | None:
    parts = parse_vpce_host(name, _SUFFIXES)
    endpoint = endpoints.find_by_label(parts.id, parts.region) if parts else None
    if parts is None or endpoint is None or endpoint.service != parts.label:
        return None
    if parts.suffix != region_partition(parts.region).dns_suffix or (parts.api_host and parts.label != "workspaces"):
        return None
    service = parts.label.removesuffix("-fips")
    return ServedHost(host=name, kind=EndpointKind.PRIVATELINK, service=service, region=parts.region, endpoint=endpoint)


def _without_port(host: str) -> str:
    name = host.lower()
    # IPv6 addresses are in brackets in a Host header (RFC 3986, 3.2.2).
    if name.startswith("["):
        return name.partition("]")[0].removeprefix("[")
    return name.rpartition(":")[0] if name.count(":") == 1 else name
