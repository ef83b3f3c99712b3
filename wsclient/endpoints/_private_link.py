"""What a caller says of a private road to AWS: an interface endpoint by its id, or private DNS in the VPC.

Source: "Access an AWS service using an interface VPC endpoint",
https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import TYPE_CHECKING, cast

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

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

logger = logging.getLogger("wsclient")

_SHOWN = 80


def format_value(value: object) -> str:
    """Return a setting's value as messages show it: quoted, and cut when it is long."""
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


@dataclass(frozen=True, slots=True)
class VpcEndpoint:
    """An interface endpoint, by its id: vpce-0123, vpce-0123-abcd, or with a zone vpce-0123-abcd-us-west-2a.

    api_host chooses AWS's other form of the name, ID.api.workspaces.REGION.vpce.SUFFIX. service_name is EC2's
    name of the service behind the endpoint (com.amazonaws.us-west-2.workspaces); when it is known, an endpoint of
    another service or region is refused. addresses, as in PrivateDns(), holds the endpoint's name to private addresses:
    it is looked up and checked before the first request, as private DNS is. A malformed value is an
    EndpointResolutionError.
    """

    id: str
    api_host: bool = field(default=False, kw_only=True)
    service_name: str | None = field(default=None, kw_only=True)
    addresses: PrivateDns | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        """Refuse what cannot be the first label of an endpoint's name."""
        given = _given(self.id)
        if not isinstance(given, str) or not is_endpoint_id(given.lower()):
            raise EndpointResolutionError(
                f"{format_value(given)} is no id of an interface endpoint: expected vpce-0123456789abcdef0, with the "
                "endpoint's suffix and zone if it has them (a whole DNS name goes into endpoint_url)"
            )
        object.__setattr__(self, "id", given.lower())
        name = _given(self.service_name)
        if name is not None and not (isinstance(name, str) and all(map(is_host_label, name.split(".")))):
            raise EndpointResolutionError(
                f"{format_value(name)} is no service name: expected com.amazonaws.REGION.SERVICE"
            )

    @property
    def service_label(self) -> str | None:
        """Return the last part of the service's name (workspaces, sts-fips), None when it is not known."""
        return self.service_name.rpartition(".")[2] if self.service_name else None

    @property
    def service_region(self) -> str | None:
        """Return the region within the service's name, None when it is not known."""
        return self.service_name.rpartition(".")[0].rpartition(".")[2] if self.service_name else None

    @classmethod
    def from_describe(cls, record: Mapping[str, object]) -> VpcEndpoint:
        """Make it from one record of EC2's DescribeVpcEndpoints: VpcEndpointId, ServiceName, DnsEntries.

        The name for the whole region is preferred to those of its zones. Raises EndpointResolutionError when the
        record has no DNS name of its own, as that of a gateway endpoint or of one still pending.
        """
        endpoint_id, service_name = (_text(record, key) for key in ("VpcEndpointId", "ServiceName"))
        names = [name for name in _dns_names(record) if name.split(".")[0].startswith(f"{endpoint_id}-")]
        if not names:
            raise EndpointResolutionError(
                f"the record of {format_value(endpoint_id)} has no DNS name that starts with its id: only an interface "
                "endpoint has one, once its State is available"
            )
        label, _, rest = min(names, key=len).partition(".")
        return cls(label, api_host=rest.startswith("api."), service_name=service_name.lower())


def _text(record: Mapping[str, object], key: str) -> str:
    value = record.get(key)
    if not isinstance(value, str):
        raise EndpointResolutionError(
            f"a record of DescribeVpcEndpoints needs {key}, a string, not {format_value(value)}"
        )
    return value


def _dns_names(record: Mapping[str, object]) -> list[str]:
    entries = record.get("DnsEntries")
    items = _items(entries)
    found = [cast("Mapping[str, object]", item).get("DnsName") for item in items if isinstance(item, Mapping)]
    return [name.lower() for name in found if isinstance(name, str)]


def _given(value: object) -> object:
    """Return a value as callers without a type checker pass it: of any type."""
    return value


def _items(values: object) -> tuple[object, ...]:
    """Return the items of a list or a set, none of anything else."""
    return tuple(cast("Iterable[object]", values)) if isinstance(values, list | tuple | set | frozenset) else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateDns:
    """Private DNS: the region's own name, trusted only while it resolves to addresses inside.

    allowed_cidrs replaces the networks that count as inside (RFC 1918, 6598 and 4193), for networks that use
    public ranges within. api_host asks for api.workspaces.REGION.SUFFIX, AWS's other private name. A malformed
    network, or one that holds every address, is an EndpointResolutionError.
    """

    allowed_cidrs: tuple[str, ...] | None = None
    api_host: bool = False

    def __post_init__(self) -> None:
        """Refuse networks that are none, and those that would let everything pass."""
        if self.allowed_cidrs is None:
            return
        networks = tuple(str(_network(cidr)) for cidr in _items(_given(self.allowed_cidrs)))
        if not networks:
            raise EndpointResolutionError(
                "PrivateDns.allowed_cidrs must be a list of at least one network in CIDR notation, else no address "
                "could pass. Leave it out for the private ranges."
            )
        object.__setattr__(self, "allowed_cidrs", networks)

    def check(self, addresses: Iterable[str]) -> tuple[str, ...]:
        """Return the addresses a call may go to, in their order; all that a name resolved to are given.

        Raises EndpointResolutionError when there are none, one is no address, an IPv4 address lies outside, or
        all lie outside. IPv6 addresses outside are left out, with a warning, when an IPv4 address passes:
        resolvers that synthesise them (DNS64) are common.
        """
        resolved = [(text, _address(text)) for text in addresses]
        networks = self.allowed_cidrs or PRIVATE_NETWORKS
        inside = [(text, address) for text, address in resolved if _is_inside(address, networks)]
        outside = [(text, address) for text, address in resolved if not _is_inside(address, networks)]
        only_ipv6_outside = all(isinstance(address, IPv6Address) for _, address in outside)
        tolerable = only_ipv6_outside and any(isinstance(address, IPv4Address) for _, address in inside)
        if not inside or (outside and not tolerable):
            raise _leaves(networks, [text for text, _ in outside])
        if outside:
            left_out = ", ".join(text for text, _ in outside)
            logger.warning("private DNS: IPv6 addresses outside the allowed networks are not used: %s", left_out)
        return tuple(text for text, _ in inside)


def _is_inside(address: IPAddress, networks: Collection[str]) -> bool:
    # A name that leads to the metadata service is an attack, whatever networks the caller allows.
    return in_networks(address, networks) and not is_metadata(address)


def _network(cidr: object) -> IPv4Network | IPv6Network:
    try:
        if not isinstance(cidr, str):
            raise ValueError("not a string")  # noqa: TRY004, TRY301 - ends in the refusal below, with the others
        network = ip_network(cidr)
    except ValueError as error:
        raise EndpointResolutionError(
            f"PrivateDns.allowed_cidrs: {format_value(cidr)} is no network in CIDR notation ({error})"
        ) from None
    if network.prefixlen == 0:
        raise EndpointResolutionError(f"PrivateDns.allowed_cidrs: {cidr} holds every address, so it checks nothing")
    return network


def _address(text: str) -> IPAddress:
    address = parse_address(text)
    if address is None:
        raise EndpointResolutionError(f"private DNS: {format_value(text)} is no IP address")
    return address


def _leaves(networks: tuple[str, ...], outside: list[str]) -> EndpointResolutionError:
    found = f"resolves to {', '.join(outside)}, outside" if outside else "resolves to no address, so to none in"
    return EndpointResolutionError(
        f"private_dns: the endpoint's name {found} {', '.join(networks)}. Nothing was sent. Enable private DNS names "
        "on the VPC's interface endpoint, run inside that VPC, or name its networks in PrivateDns(allowed_cidrs=…)."
    )
