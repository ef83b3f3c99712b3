"""VpcEndpoint and PrivateDns: an interface endpoint by its id, or private DNS in the VPC.

Source: "Access an AWS service using an interface VPC endpoint",
https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import Final, cast

from wsclient._core.argument_checks import checked_class
from wsclient._core.errors import EndpointResolutionError
from wsclient._core.hosts import (
    PRIVATE_NETWORKS,
    IPAddress,
    in_networks,
    is_endpoint_id,
    is_host_label,
    is_metadata,
    parse_address,
)
from wsclient._core.value_kinds import BOOL, REJECTED, TEXT, Kind, collection_of, either, instance_of, optional

logger = logging.getLogger("wsclient")

_MAX_VALUE_LENGTH = 80


def format_value(value: object) -> str:
    """Return a setting's value for messages: quoted, and truncated to 80 characters."""
    text = repr(value)
    return text if len(text) <= _MAX_VALUE_LENGTH else f"{text[:_MAX_VALUE_LENGTH]}…"


_PRIVATE_DNS: Final = Kind("a PrivateDns", lambda value: value if isinstance(value, PrivateDns) else REJECTED)
"""The class is defined below."""


@checked_class(
    {"id": TEXT, "api_host": BOOL, "service_name": optional(TEXT), "addresses": optional(_PRIVATE_DNS)},
    error=EndpointResolutionError,
)
@dataclass(frozen=True, slots=True)
class VpcEndpoint:
    """Interface endpoint, by the first label of a DNS name: vpce-0123-abcd, or zonal vpce-0123-abcd-us-west-2a.

    EC2's VpcEndpointId lacks the suffix of the DNS names, and a name without it does not resolve at AWS: take the label
    from the endpoint's DnsEntries, as from_describe() does.
    api_host selects the alternative DNS name, ID.api.workspaces.REGION.vpce.SUFFIX. service_name is EC2's name of the
    endpoint's service (com.amazonaws.us-west-2.workspaces); when it is set, resolve_endpoint rejects an endpoint of
    another service or region. addresses, for example PrivateDns(), restricts the endpoint's DNS name to private
    addresses: the client resolves and checks it before the first request, as it does for private DNS. A malformed
    value raises EndpointResolutionError.
    """

    id: str
    api_host: bool = field(default=False, kw_only=True)
    service_name: str | None = field(default=None, kw_only=True)
    addresses: PrivateDns | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        """Validate the id, which must be usable as the first label of a host name, and the service name."""
        endpoint_id = _as_object(self.id)
        if not isinstance(endpoint_id, str) or not is_endpoint_id(endpoint_id.lower()):
            raise EndpointResolutionError(
                f"{format_value(endpoint_id)} is not an interface endpoint id: expected the first label of a DNS "
                "name of the endpoint, as in vpce-0123456789abcdef0-1a2b3c4d (pass a whole DNS name as endpoint_url)"
            )
        object.__setattr__(self, "id", endpoint_id.lower())
        name = _as_object(self.service_name)
        if name is not None and not (isinstance(name, str) and all(map(is_host_label, name.split(".")))):
            raise EndpointResolutionError(
                f"{format_value(name)} is not a service name: expected com.amazonaws.REGION.SERVICE"
            )

    @property
    def service_label(self) -> str | None:
        """Last part of service_name (workspaces, sts-fips), None if service_name is not set."""
        return self.service_name.rpartition(".")[2] if self.service_name else None

    @property
    def service_region(self) -> str | None:
        """Region in service_name, None if service_name is not set."""
        return self.service_name.rpartition(".")[0].rpartition(".")[2] if self.service_name else None

    @classmethod
    def from_describe(cls, record: Mapping[str, object]) -> VpcEndpoint:
        """Create a VpcEndpoint from one item of EC2's DescribeVpcEndpoints: VpcEndpointId, ServiceName, DnsEntries.

        The regional DNS name is preferred to zonal names. Raises EndpointResolutionError when the item has no DNS
        name that starts with its id, as for a gateway endpoint or a pending one.
        """
        endpoint_id, service_name = (_text(record, key) for key in ("VpcEndpointId", "ServiceName"))
        names = [name for name in _dns_names(record) if name.split(".")[0].startswith(f"{endpoint_id}-")]
        if not names:
            raise EndpointResolutionError(
                f"the record of {format_value(endpoint_id)} has no DNS name that starts with its id: only an interface "
                "endpoint whose State is available has one"
            )
        # A zonal name carries the zone in its first label, so the shortest name is the regional one.
        label, _, rest = min(names, key=len).partition(".")
        return cls(label, api_host=rest.startswith("api."), service_name=service_name.lower())


def _text(record: Mapping[str, object], key: str) -> str:
    value = record.get(key)
    if not isinstance(value, str):
        raise EndpointResolutionError(
            f"{key} in a DescribeVpcEndpoints record must be a string, not {format_value(value)}"
        )
    return value


def _dns_names(record: Mapping[str, object]) -> list[str]:
    entries = record.get("DnsEntries")
    items = _items(entries)
    names = [cast("Mapping[str, object]", item).get("DnsName") for item in items if isinstance(item, Mapping)]
    return [name.lower() for name in names if isinstance(name, str)]


def _as_object(value: object) -> object:
    """Return the value typed as object: callers without a type checker may pass any type."""
    return value


def _items(values: object) -> tuple[object, ...]:
    """Return the items of a list or tuple, and an empty tuple for any other type."""
    return tuple(cast("Iterable[object]", values)) if isinstance(values, list | tuple) else ()


@checked_class(
    {
        "allowed_cidrs": optional(collection_of(TEXT, "a list of at least one network in CIDR notation")),
        "api_host": BOOL,
    },
    error=EndpointResolutionError,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateDns:
    """Private DNS: the regional host name, used only while it resolves to allowed addresses.

    allowed_cidrs replaces the default networks (RFC 1918, RFC 6598 and RFC 4193), for VPCs that use public ranges
    internally. api_host selects api.workspaces.REGION.SUFFIX, the alternative private name. A malformed network, or
    one that contains every address, raises EndpointResolutionError.
    """

    allowed_cidrs: Collection[str] | None = None
    api_host: bool = False

    def __post_init__(self) -> None:
        """Validate allowed_cidrs, and reject networks that contain every address."""
        if self.allowed_cidrs is None:
            return
        # Kept as a tuple, whatever collection was given: the rule is compared and hashed.
        networks = tuple(str(_network(cidr)) for cidr in self.allowed_cidrs)
        if not networks:
            raise EndpointResolutionError(
                "PrivateDns.allowed_cidrs must be a list of at least one network in CIDR notation. "
                "Omit it to allow the private ranges."
            )
        object.__setattr__(self, "allowed_cidrs", networks)

    def check(self, addresses: Iterable[str]) -> tuple[str, ...]:
        """Return the addresses that a call may connect to, in their order.

        addresses are all that the host name resolved to. Raises EndpointResolutionError when the list is empty, an
        item is not an IP address, an IPv4 address is outside the allowed networks, or every address is. IPv6 addresses
        outside are dropped with a warning when an IPv4 address is allowed, because DNS64 resolvers, which synthesise
        them, are common.
        """
        resolved = [(text, _address(text)) for text in addresses]
        networks = tuple(self.allowed_cidrs or PRIVATE_NETWORKS)
        inside = [(text, address) for text, address in resolved if _is_inside(address, networks)]
        outside = [(text, address) for text, address in resolved if not _is_inside(address, networks)]
        only_ipv6_outside = all(isinstance(address, IPv6Address) for _, address in outside)
        is_tolerable = only_ipv6_outside and any(isinstance(address, IPv4Address) for _, address in inside)
        if not inside or (outside and not is_tolerable):
            raise _address_error(networks, [text for text, _ in outside])
        if outside:
            dropped = ", ".join(text for text, _ in outside)
            logger.warning("private DNS: IPv6 addresses outside the allowed networks are not used: %s", dropped)
        return tuple(text for text, _ in inside)


VPC_ENDPOINT_KIND: Final = either(
    'an interface endpoint id, "vpce-...", or a VpcEndpoint', TEXT, instance_of(VpcEndpoint, expected="")
)
PRIVATE_DNS_KIND: Final = either(
    "True, False or a PrivateDns, such as PrivateDns(allowed_cidrs=[...])", BOOL, _PRIVATE_DNS
)


def _is_inside(address: IPAddress, networks: Collection[str]) -> bool:
    # A host name that resolves to the instance metadata service is an attack, whichever networks the caller allows.
    return in_networks(address, networks) and not is_metadata(address)


def _network(cidr: str) -> IPv4Network | IPv6Network:
    try:
        network = ip_network(cidr)
    except ValueError as error:
        raise EndpointResolutionError(
            f"PrivateDns.allowed_cidrs: {format_value(cidr)} is not a network in CIDR notation ({error})"
        ) from None
    if network.prefixlen == 0:
        raise EndpointResolutionError(
            f"PrivateDns.allowed_cidrs: {cidr} contains every address, so the check would never fail. "
            "List narrower networks."
        )
    return network


def _address(text: str) -> IPAddress:
    address = parse_address(text)
    if address is None:
        raise EndpointResolutionError(f"private DNS: {format_value(text)} is not an IP address")
    return address


def _address_error(networks: tuple[str, ...], outside: list[str]) -> EndpointResolutionError:
    result = f"resolves to {', '.join(outside)}, outside" if outside else "resolves to no address in"
    return EndpointResolutionError(
        f"private_dns: the endpoint's host name {result} {', '.join(networks)}. No request was sent. Enable private "
        "DNS names on the VPC's interface endpoint, run inside that VPC, or list its networks in "
        "PrivateDns(allowed_cidrs=…)."
    )
