"""EndpointParameters, Endpoint, EndpointKind and StsRouting; the rules are in endpoints/_resolver.py."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum, unique
from typing import TYPE_CHECKING, Final

import msgspec

from wsclient._core.hosts import Partition, parse_url
from wsclient._generated.partitions import PARTITIONS
from wsclient.endpoints._private_link import PrivateDns, VpcEndpoint  # noqa: TC001 - help() reads a Struct's annotations

if TYPE_CHECKING:
    from collections.abc import Mapping


SERVICE_TITLES: Final = {"workspaces": "Amazon WorkSpaces", "sts": "AWS STS"}
"""The services that can be routed, by signing name."""

DEFAULT_SOURCE: Final = "argument"
"""Where a parameter was set whose source nobody named."""

_PLAIN_STS_IS_FIPS = "aws-us-gov"


def find_partition(region: str) -> Partition | None:
    """Return the partition that names a region, or whose pattern it matches, None when there is none."""
    return next((partition for partition in PARTITIONS if partition.covers(region)), None)


def fips_host_label(service: str, partition: Partition, *, dualstack: bool) -> str:
    """Return the first label of a service's FIPS hosts: in GovCloud the plain host of STS is the FIPS one."""
    plain = service == "sts" and partition.id == _PLAIN_STS_IS_FIPS and not dualstack
    return service if plain else f"{service}-fips"


@unique
class EndpointKind(StrEnum):
    """How an endpoint is reached."""

    PUBLIC = "public"
    DUALSTACK = "dualstack"
    FIPS = "fips"
    FIPS_DUALSTACK = "fips_dualstack"
    PRIVATELINK = "privatelink"
    PRIVATE_DNS = "private_dns"
    CUSTOM = "custom"


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """Where calls go, and what they are signed for.

    url has a path only when a custom URL gave one. insecure says that the URL is http: no TLS protects the calls.
    """

    url: str
    signing_region: str
    signing_name: str
    kind: EndpointKind
    insecure: bool = False

    @property
    def host(self) -> str:
        """Return the host alone: no port, and no brackets around an IPv6 address."""
        return parse_url(self.url).host

    @property
    def is_fips(self) -> bool:
        """Tell whether AWS names this host as a FIPS endpoint; False for a custom host, of which nobody knows."""
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

    def explain(self) -> str:
        """Say in a line where calls go and why that host, for logs and for people."""
        fips = "a FIPS endpoint" if self.is_fips else "not a FIPS endpoint"
        plain = "; INSECURE: plain http, no TLS" if self.insecure else ""
        return (
            f"{SERVICE_TITLES[self.signing_name]} calls go to {self.url}: {_REASONS[self.kind]}; {fips}; signed for "
            f"{self.signing_name} in {self.signing_region}{plain}"
        )


_REASONS = {
    EndpointKind.PUBLIC: "the region's public endpoint",
    EndpointKind.DUALSTACK: "the region's public endpoint for IPv4 and IPv6",
    EndpointKind.FIPS: "the region's public FIPS endpoint",
    EndpointKind.FIPS_DUALSTACK: "the region's public FIPS endpoint for IPv4 and IPv6",
    EndpointKind.PRIVATELINK: "an interface endpoint of a VPC, through AWS PrivateLink",
    EndpointKind.PRIVATE_DNS: "the region's name, which must resolve to private addresses (private DNS)",
    EndpointKind.CUSTOM: "the URL that was configured",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointParameters:
    """What was asked for; None means "not said".

    service is "workspaces" or "sts". allow_unlisted lets regions and kinds of endpoint through that AWS does not
    list (new ones); allow_http lets endpoint_url be http where no internet can be in between. sources says for a
    parameter, by its name, where it was set ("AWS_USE_FIPS_ENDPOINT", "profile dev in ~/.aws/config"); what is
    not in it came as an argument.
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
        """Return where a parameter was set."""
        return self.sources.get(name, DEFAULT_SOURCE)


class StsRouting(msgspec.Struct, frozen=True, kw_only=True):
    """Where the STS calls go that make a WorkSpaces client's credentials; None means "as for WorkSpaces".

    Only FIPS, dual-stack, the region and the permissions (allow_unlisted, allow_http) carry over from WorkSpaces:
    a VPC may have an interface endpoint for WorkSpaces and reach STS by another road.
    """

    region: str | None = None
    vpc_endpoint: str | VpcEndpoint | None = None
    private_dns: bool | PrivateDns | None = None
    endpoint_url: str | None = None
    use_fips: bool | None = None
    use_dualstack: bool | None = None

    def parameters(self, workspaces: EndpointParameters) -> EndpointParameters:
        """Return the parameters for STS, given those of the client whose credentials it makes."""
        own = [name for name in self.__struct_fields__ if getattr(self, name) is not None]
        said = {name: f"argument sts=StsRouting({name}=…)" for name in own}
        return replace(
            workspaces,
            service="sts",
            region=workspaces.region if self.region is None else self.region,
            vpc_endpoint=self.vpc_endpoint,
            private_dns=self.private_dns,
            endpoint_url=self.endpoint_url,
            use_fips=workspaces.use_fips if self.use_fips is None else self.use_fips,
            use_dualstack=workspaces.use_dualstack if self.use_dualstack is None else self.use_dualstack,
            sources={**workspaces.sources, **said},
        )
