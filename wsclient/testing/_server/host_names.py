"""The names that the emulator answers under: which endpoint of which service and region a host is.

Loopback, and every name that is none of AWS's, stands for all services and regions at once, as it does for an endpoint
URL that somebody configured.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from wsclient._core.hosts import is_privatelink_host, parse_vpce_host
from wsclient._core.service_errors import UnknownOperationException
from wsclient._generated.partitions import LISTED, PARTITIONS
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
    """What a request was sent to: host without port, and what that is the name of.

    service and region are None where the name is none of AWS's; endpoint is the VPC endpoint that it came through.
    """

    host: str
    kind: EndpointKind
    service: str | None = None
    region: str | None = None
    endpoint: InterfaceEndpoint | None = None


Place = tuple[EndpointKind, str, str]
"""Kind, service and region of a name."""


@lru_cache(maxsize=64)
def names_of(regions: frozenset[str]) -> Mapping[str, Place]:
    """Return every name that AWS has for both services in these regions, but for those of VPC endpoints."""
    return {
        name: place
        for region in sorted(regions)
        for service in SERVICE_TITLES
        for name, place in _names(service, region)
    }


def _names(service: str, region: str) -> list[tuple[str, Place]]:
    partition = region_partition(region)
    plain, dualstack = f"{region}.{partition.dns_suffix}", f"{region}.{partition.dualstack_dns_suffix}"
    hosts = {
        EndpointKind.FIPS: f"{fips_host_label(service, partition, dualstack=False)}.{plain}",
        EndpointKind.FIPS_DUALSTACK: f"{fips_host_label(service, partition, dualstack=True)}.{dualstack}",
        EndpointKind.DUALSTACK: f"{service}.{dualstack}",
    }
    found = [(host, kind) for kind, host in hosts.items() if region in LISTED[service, kind.value]]
    # Last, for where the plain name is the FIPS one it is the plain one.
    found.append((f"{service}.{plain}", EndpointKind.PUBLIC))
    if service == "workspaces":
        found.append((f"api.{service}.{plain}", EndpointKind.PRIVATE_DNS))
    return [(host, (kind, service, region)) for host, kind in found]


def certified_names(regions: Collection[str]) -> list[str]:
    """Return what a certificate must name to be good for all of it, VPC endpoints included."""
    wildcards = [
        f"*.{prefix}{service}.{region}.vpce.{region_partition(region).dns_suffix}"
        for region in sorted(regions)
        for service in SERVICES
        for prefix in ("", "api.")
        if not prefix or service == "workspaces"
    ]
    return [*names_of(frozenset(regions)), *wildcards]


def find_host(host: str, regions: frozenset[str], endpoints: VpcEndpoints, vpc_id: str | None) -> ServedHost:
    """Return what a Host header means, sent from within a VPC or from outside of any.

    Raises UnknownOperationException for a name of AWS that nothing here has.
    """
    name = _without_port(host)
    found = resolve(name, regions, endpoints, vpc_id)
    if found is not None:
        return found
    if is_privatelink_host(name) or any(name.endswith(f".{suffix}") for suffix in _SUFFIXES):
        raise UnknownOperationException(
            f"No endpoint here is named {name:.120}; the regions are {', '.join(sorted(regions))}, and VPC endpoints "
            "are there once Emulator.add_vpc_endpoint has made them."
        )
    return ServedHost(host=name, kind=EndpointKind.CUSTOM)


def resolve(name: str, regions: frozenset[str], endpoints: VpcEndpoints, vpc_id: str | None) -> ServedHost | None:
    """Return what has that name, seen from a VPC or from outside of any; None where DNS would know nothing."""
    if is_privatelink_host(name):
        return _through_endpoint(name, endpoints)
    kind, service, region = names_of(regions).get(name, (EndpointKind.CUSTOM, "", ""))
    if kind is EndpointKind.CUSTOM:
        return None
    inside = endpoints.find_with_private_dns(service, region, vpc_id) if kind in _PRIVATE_NAMES else None
    if inside is not None:
        return ServedHost(host=name, kind=EndpointKind.PRIVATE_DNS, service=service, region=region, endpoint=inside)
    # The api. name is one of private DNS alone.
    return (
        None if kind is EndpointKind.PRIVATE_DNS else ServedHost(host=name, kind=kind, service=service, region=region)
    )


_PRIVATE_NAMES = frozenset({EndpointKind.PUBLIC, EndpointKind.PRIVATE_DNS})
"""Kinds of names that an endpoint with private DNS takes over within its VPC."""


def _through_endpoint(name: str, endpoints: VpcEndpoints) -> ServedHost | None:
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
    if name.startswith("["):
        return name.partition("]")[0].removeprefix("[")
    return name.rpartition(":")[0] if name.count(":") == 1 else name
