"""Parsing of URLs, host names and interface endpoint names; Partition.

URLs are parsed strictly, because libraries disagree about malformed ones: what one parses as a path, another parses as
a host. Only the characters of RFC 3986 ("Uniform Resource Identifier (URI): Generic Syntax",
https://www.rfc-editor.org/rfc/rfc3986) are allowed, and no user information, query, fragment or dot segments.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Collection

IPAddress = IPv4Address | IPv6Address

PRIVATE_NETWORKS: Final = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
"""Networks that are not routed on the internet: RFC 1918, RFC 6598 (shared), RFC 4193 (unique local)."""
METADATA_NETWORKS: Final = ("169.254.0.0/16", "fd00:ec2::/32")
"""Link-local addresses, and the IPv6 addresses of EC2 instance services; never addresses of an endpoint."""

MAX_HOST_LENGTH: Final = 253
"""Characters of a host name (RFC 1035, section 2.3.4, without the root's dot)."""

_DEFAULT_PORTS = {"https": 443, "http": 80}
_LAST_PORT = 65535
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_AUTHORITY = re.compile(r"(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<name>[^:\[\]]+))(?::(?P<port>[0-9]{1,5}))?")
_PATH = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*")
_DOT_SEGMENT = re.compile(r"/(?:\.|%2e){1,2}(?:/|$)", re.IGNORECASE)
_ENDPOINT_ID = re.compile(r"vpce-[0-9a-f]+(?:-[0-9a-z]+)*")
_BARE_ID = re.compile(r"vpce-(?:[0-9a-f]{17}|[0-9a-f]{8})")
_ENDPOINT_HOST = r"(?P<id>[^.]+)\.(?P<api>api\.)?(?P<label>[a-z0-9-]+)\.(?P<region>[a-z0-9-]+)\.vpce\.(?P<suffix>.+)"


class Partition(msgspec.Struct, frozen=True, kw_only=True):
    """AWS partition, with its own accounts and DNS suffixes: aws, aws-cn, aws-us-gov and so on.

    regions are the region names that AWS lists; region_pattern is a regular expression that new regions will match.
    """

    id: str
    dns_suffix: str
    dualstack_dns_suffix: str
    region_pattern: str
    regions: frozenset[str]

    def covers(self, region: str) -> bool:
        """Return True if a region belongs to this partition, by name or by pattern."""
        return region in self.regions or re.fullmatch(self.region_pattern, region, re.ASCII) is not None


class Url(msgspec.Struct, frozen=True, kw_only=True):
    """Parts of an endpoint URL: host in lower case without brackets, port None for the scheme's default."""

    scheme: str
    host: str
    port: int | None = None
    path: str = ""

    @property
    def origin(self) -> str:
        """Scheme, host and port, which may be shown; the path may contain a secret."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + (f":{self.port}" if self.port else "")

    def __str__(self) -> str:
        return self.origin + self.path


class VpceHost(msgspec.Struct, frozen=True, kw_only=True):
    """Parts of VPCE[.api].LABEL.REGION.vpce.SUFFIX, the DNS name of an interface VPC endpoint."""

    id: str
    api_host: bool
    label: str
    region: str
    suffix: str


def is_host_label(text: str) -> bool:
    """Return True if text is a lower-case label of a host name (RFC 1123, section 2.1)."""
    return _LABEL.fullmatch(text) is not None


def is_endpoint_id(text: str) -> bool:
    """Return True if text is an interface endpoint's id, with or without its suffix and an Availability Zone."""
    return _ENDPOINT_ID.fullmatch(text) is not None and is_host_label(text)


def bare_endpoint_id(host: str) -> str | None:
    """Return the VpcEndpointId that a host name starts with instead of a DNS label of the endpoint, or None.

    EC2's ids have 17 hexadecimal digits, old ones 8; every DNS name of an endpoint has a suffix after the id
    ("Access an AWS service using an interface VPC endpoint",
    https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html).
    """
    label, _, rest = host.partition(".")
    return label if _BARE_ID.fullmatch(label) and ".vpce." in rest else None


def parse_url(text: str) -> Url:
    """Parse an absolute http or https URL; a PrivateLink name may lack the scheme, as the AWS console shows it.

    Raises ValueError with a reason that does not quote the URL, which may contain a password.
    """
    if not text.isascii() or any(character <= " " or character in '\\"<>^`{|}\x7f' for character in text):
        raise ValueError("contains a character that URLs must escape (write an internationalised name in Punycode)")
    if "?" in text or "#" in text:
        raise ValueError("has a query or a fragment, which an endpoint cannot have")
    scheme, rest = _split_scheme(text)
    authority, slash, path = rest.partition("/")
    host, port = _parse_authority(authority)
    if slash and (_PATH.fullmatch(path) is None or _DOT_SEGMENT.search(f"/{path}")):
        raise ValueError("has a path with a malformed escape or a dot segment")
    return Url(
        scheme=scheme,
        host=host,
        port=None if port == _DEFAULT_PORTS[scheme] else port,
        path=f"/{path}" if path else "",
    )


def _split_scheme(text: str) -> tuple[str, str]:
    scheme, separator, rest = text.partition("://")
    if not separator:
        if is_privatelink_host(text.partition("/")[0].lower()):
            return "https", text
        raise ValueError("has no scheme: write https:// in front")
    if scheme.lower() not in _DEFAULT_PORTS:
        raise ValueError("has a scheme other than https")
    return scheme.lower(), rest


def _parse_authority(authority: str) -> tuple[str, int | None]:
    if "@" in authority:
        raise ValueError("has user information (user:password@), which AWS does not use: remove it")
    match = _AUTHORITY.fullmatch(authority)
    if match is None:
        raise ValueError("has no well-formed host and port")
    port = int(match["port"]) if match["port"] else None
    if port is not None and not 0 < port <= _LAST_PORT:
        raise ValueError(f"has a port outside 1 to {_LAST_PORT}")
    return (_ipv6(match["v6"]) if match["v6"] else host_name(match["name"])), port


def _ipv6(text: str) -> str:
    try:
        return str(IPv6Address(text))
    except ValueError:
        raise ValueError("has a host in brackets that is not an IPv6 address") from None


def host_name(text: str) -> str:
    """Return a host name or IPv4 address in lower case without the final dot; raise ValueError if it is neither.

    A name that ends in a number must be a full IPv4 address: resolvers accept 134744072 and 0x8.8 as 8.8.8.8, so other
    forms could bypass the checks of addresses.
    """
    host = text.lower().removesuffix(".")
    labels = host.split(".")
    if len(host) > MAX_HOST_LENGTH or not all(map(is_host_label, labels)):
        raise ValueError("has a host that is not a well-formed name")
    if re.fullmatch(r"[0-9]+|0x[0-9a-f]*", labels[-1]) and parse_address(host) is None:
        raise ValueError("has a host that is an abbreviated or malformed IPv4 address")
    return host


def parse_address(text: str) -> IPAddress | None:
    """Return an IP address, or None for a name; IPv4-mapped IPv6 addresses (RFC 4291, section 2.5.5.2) become IPv4."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def in_networks(address: IPAddress, networks: Collection[str]) -> bool:
    """Return True if an address is in one of the networks, in CIDR notation."""
    return any(address in ip_network(network) for network in networks)


def is_metadata(address: IPAddress) -> bool:
    """Return True for addresses of EC2 instance services: metadata, credentials, time."""
    return in_networks(address, METADATA_NETWORKS)


def is_loopback(host: str) -> bool:
    """Return True for this machine: localhost and the names below it (RFC 6761, section 6.3), or a loopback address."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_local_host(host: str) -> bool:
    """Return True if a host is loopback, a private address or a single label, so not on the internet."""
    address = parse_address(host)
    if address is not None:
        return not is_metadata(address) and (address.is_loopback or in_networks(address, PRIVATE_NETWORKS))
    return "." not in host


def is_privatelink_host(host: str) -> bool:
    """Return True if a host looks like the name of an interface endpoint, well-formed or not."""
    return host.startswith("vpce-") or ".vpce." in host


def parse_vpce_host(host: str, suffixes: Collection[str]) -> VpceHost | None:
    """Parse the DNS name of an interface endpoint; return None for any name outside the given DNS suffixes."""
    match = re.fullmatch(_ENDPOINT_HOST, host)
    if match is None or match["suffix"] not in suffixes or not is_endpoint_id(match["id"]):
        return None
    return VpceHost(
        id=match["id"],
        api_host=match["api"] is not None,
        label=match["label"],
        region=match["region"],
        suffix=match["suffix"],
    )
