"""EndpointParameters, Endpoint and EndpointKind; wsclient/endpoints/_resolver.py has the rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, unique
from typing import Final

import msgspec

from wsclient._core.argument_checks import checked_class
from wsclient._core.errors import EndpointResolutionError
from wsclient._core.hosts import Partition, parse_url
from wsclient._core.value_kinds import BOOL, TEXT, TEXT_MAP, optional
from wsclient._generated.partitions import PARTITIONS
from wsclient.endpoints._private_link import PRIVATE_DNS_KIND, VPC_ENDPOINT_KIND, PrivateDns, VpcEndpoint

SERVICE_TITLES: Final = {
    "workspaces": "Amazon WorkSpaces",
    "sts": "AWS STS",
    "ec2": "Amazon EC2",
    "ds": "AWS Directory Service",
    "iam": "AWS IAM",
}
"""Titles of the supported services, by signing name."""

DEFAULT_SOURCE: Final = "argument"
"""Source of a parameter that EndpointParameters.sources does not contain."""

_STANDARD_HOST_IS_FIPS: Final = frozenset({("sts", "aws-us-gov"), ("ec2", "aws-us-gov")})
"""Services and partitions whose standard IPv4 host is the FIPS endpoint."""


def find_partition(region: str) -> Partition | None:
    """Return the partition that lists a region or whose pattern matches it, or None."""
    return next((partition for partition in PARTITIONS if partition.covers(region)), None)


def partition_id(region: str) -> str:
    """Return the id of a region's partition, as in ARNs; "aws" for a region that no partition covers."""
    partition = find_partition(region)
    return "aws" if partition is None else partition.id


def fips_host_label(service: str, partition: Partition, *, dualstack: bool) -> str:
    """Return the first label of a service's FIPS hosts: "-fips" appended, except for STS and EC2 in GovCloud (IPv4)."""
    is_standard = (service, partition.id) in _STANDARD_HOST_IS_FIPS and not dualstack
    return service if is_standard else f"{service}-fips"


@unique
class EndpointKind(StrEnum):
    """Type of an endpoint: public, public with FIPS or dual-stack, through a VPC, or a custom URL."""

    PUBLIC = "public"
    DUALSTACK = "dualstack"
    FIPS = "fips"
    FIPS_DUALSTACK = "fips_dualstack"
    PRIVATELINK = "privatelink"
    PRIVATE_DNS = "private_dns"
    CUSTOM = "custom"


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """Resolved endpoint: the URL of calls, and the region and service name that they are signed for.

    url has a path only when a custom URL has one. insecure is True for an http URL: TLS does not protect the calls.
    """

    url: str
    signing_region: str
    signing_name: str
    kind: EndpointKind
    insecure: bool = False

    @property
    def host(self) -> str:
        """Host of url, without port and without brackets around an IPv6 address."""
        return parse_url(self.url).host

    @property
    def is_fips(self) -> bool:
        """True if AWS names this host as a FIPS endpoint; False for a custom host outside AWS's domains."""
        if self.kind in {EndpointKind.FIPS, EndpointKind.FIPS_DUALSTACK}:
            return True
        host, partition = self.host, find_partition(self.signing_region) or PARTITIONS[0]
        labels = host.split(".")
        if host.endswith(f".{self.signing_region}.{partition.dualstack_dns_suffix}"):
            return fips_host_label(self.signing_name, partition, dualstack=True) in labels
        if not host.endswith(f".{partition.dns_suffix}"):
            return False
        return bool(
            {fips_host_label(self.signing_name, partition, dualstack=False), f"{self.signing_name}-fips"} & {*labels}
        )

    @property
    def vpc_endpoint_id(self) -> str | None:
        """EC2's id of the interface endpoint in the host's name; None for an endpoint of another kind."""
        if self.kind is not EndpointKind.PRIVATELINK:
            return None
        # vpce-ID-SUFFIX, or vpce-ID-SUFFIX-ZONE for a zonal name.
        return "-".join(self.host.split(".")[0].split("-")[:2])

    def explain(self) -> str:
        """Return one line with the URL of calls and the reason for that host, for logs and for people."""
        fips = "a FIPS endpoint" if self.is_fips else "not a FIPS endpoint"
        insecure = "; INSECURE: plain http, no TLS" if self.insecure else ""
        return (
            f"{SERVICE_TITLES[self.signing_name]} calls go to {self.url}: {_REASONS[self.kind]}; {fips}; signed for "
            f"{self.signing_name} in {self.signing_region}{insecure}"
        )


_REASONS = {
    EndpointKind.PUBLIC: "the region's public endpoint",
    EndpointKind.DUALSTACK: "the region's public endpoint for IPv4 and IPv6",
    EndpointKind.FIPS: "the region's public FIPS endpoint",
    EndpointKind.FIPS_DUALSTACK: "the region's public FIPS endpoint for IPv4 and IPv6",
    EndpointKind.PRIVATELINK: "an interface endpoint of a VPC, through AWS PrivateLink",
    EndpointKind.PRIVATE_DNS: "the region's host, which must resolve to private addresses (private DNS)",
    EndpointKind.CUSTOM: "the configured URL",
}


ROUTING_KINDS: Final = {
    "region": optional(TEXT),
    "vpc_endpoint": optional(VPC_ENDPOINT_KIND),
    "private_dns": optional(PRIVATE_DNS_KIND),
    "endpoint_url": optional(TEXT),
    "use_fips": optional(BOOL),
    "use_dualstack": optional(BOOL),
}
"""Options of EndpointParameters, ServiceRouting and StsRouting."""


@checked_class(
    {**ROUTING_KINDS, "service": TEXT, "allow_unlisted": BOOL, "allow_http": BOOL, "sources": TEXT_MAP},
    error=EndpointResolutionError,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointParameters:
    """Input of resolve_endpoint; None means "not set".

    service is "workspaces", "sts", "ec2", "ds" or "iam". allow_unlisted accepts regions and types of endpoint that AWS
    does not list (new ones). allow_http accepts an http endpoint_url on loopback, private addresses and single-label
    hosts. sources maps a parameter's name to its source ("AWS_USE_FIPS_ENDPOINT", "profile dev in ~/.aws/config"); a
    parameter that it does not contain came as an argument.
    """

    service: str
    region: str | None = None
    use_fips: bool | None = None
    use_dualstack: bool | None = None
    vpc_endpoint: str | VpcEndpoint | None = None
    private_dns: bool | PrivateDns | None = None
    endpoint_url: str | None = None
    allow_unlisted: bool = False
    allow_http: bool = False
    sources: Mapping[str, str] = field(default_factory=dict[str, str], compare=False)

    def source(self, name: str) -> str:
        """Return the source of a parameter: a variable, a profile in a file, or "argument"."""
        return self.sources.get(name, DEFAULT_SOURCE)
