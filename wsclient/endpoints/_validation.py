"""Reads EndpointParameters: each setting checked alone, before wsclient/endpoints/_resolver.py holds them together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NoReturn

import msgspec

from wsclient._core.errors import EndpointResolutionError
from wsclient._core.hosts import Partition, Url, is_host_label, is_local_host, is_privatelink_host, parse_url
from wsclient._core.utils import close_matches
from wsclient._generated.partitions import PARTITIONS
from wsclient.endpoints._private_link import PrivateDns, VpcEndpoint, format_value
from wsclient.endpoints._types import SERVICE_TITLES, Endpoint, EndpointKind, EndpointParameters, find_partition

if TYPE_CHECKING:
    from collections.abc import Iterable

MISSING_REGION: Final = "Invalid Configuration: Missing Region"
"""AWS's words."""

_REGIONS = frozenset(region for partition in PARTITIONS for region in partition.regions)
_LONGEST_LABEL = 63
_TYPES: dict[str, tuple[type, ...]] = {
    "service": (str,),
    "region": (str, type(None)),
    "endpoint_url": (str, type(None)),
    "use_fips": (bool, type(None)),
    "use_dualstack": (bool, type(None)),
    "allow_unlisted": (bool,),
    "allow_http": (bool,),
    "vpc_endpoint": (str, VpcEndpoint, type(None)),
    "private_dns": (bool, PrivateDns, type(None)),
}


class ParsedParameters(msgspec.Struct, frozen=True, kw_only=True):
    """The parameters, each well-formed, not yet held against one another; url and the like None when not said."""

    given: EndpointParameters
    service: str
    region: str
    partition: Partition
    fips: bool
    url: Url | None
    vpc_endpoint: VpcEndpoint | None
    private_dns: PrivateDns | None

    @property
    def uses_privatelink(self) -> bool:
        """Tell whether an interface endpoint was named, by id or by URL."""
        return self.vpc_endpoint is not None or (self.url is not None and is_privatelink_host(self.url.host))

    def named(self, names: Iterable[str]) -> str:
        """Return settings with their values and where each was set; of a URL only what cannot be a secret."""
        values = {name: getattr(self.given, name) for name in names}
        if self.url is not None and "endpoint_url" in values:
            values["endpoint_url"] = self.url.origin
        if self.vpc_endpoint is not None and "vpc_endpoint" in values:
            values["vpc_endpoint"] = self.vpc_endpoint.id
        return " and ".join(
            f"{name}={format_value(value)} ({self.given.source(name)})" for name, value in values.items()
        )

    def refuse(self, why: str, names: Iterable[str], instead: str) -> NoReturn:
        """Raise the refusal: why, which settings, and what to do."""
        raise EndpointResolutionError(f"{why}: {self.named(names)}. {instead}")

    def endpoint(self, url: Url, kind: EndpointKind) -> Endpoint:
        """Return the endpoint at a URL, signed for what was asked."""
        return Endpoint(
            url=str(url),
            signing_region=self.region,
            signing_name=self.service,
            kind=kind,
            insecure=url.scheme == "http",
        )


def parse_parameters(given: EndpointParameters) -> ParsedParameters:
    """Return the parameters as typed values; EndpointResolutionError when one of them is malformed."""
    for name, types in _TYPES.items():
        value: object = getattr(given, name)
        if not isinstance(value, types):
            expected = " or ".join("None" if one is type(None) else one.__name__ for one in types)
            raise EndpointResolutionError(
                f"{name} ({given.source(name)}) must be {expected}, not {format_value(value)}"
            )
    if given.service not in SERVICE_TITLES:
        raise EndpointResolutionError(
            f"service {format_value(given.service)} is not routed here: choose {' or '.join(SERVICE_TITLES)}"
        )
    region, partition = _region(given)
    private_dns = PrivateDns() if given.private_dns is True else given.private_dns or None
    return ParsedParameters(
        given=given,
        service=given.service,
        region=region,
        partition=partition,
        fips=given.use_fips is True,
        url=_url(given),
        vpc_endpoint=_vpc_endpoint(given),
        private_dns=private_dns,
    )


def _region(given: EndpointParameters) -> tuple[str, Partition]:
    region = given.region
    if not region:
        raise EndpointResolutionError(f"{MISSING_REGION}. Pass region=, or set AWS_REGION or the profile's region.")
    where = f"region={format_value(region)} ({given.source('region')})"
    if not is_host_label(region):
        raise EndpointResolutionError(
            f"{where} is no region: a region is one lower-case host label{suggest_regions(region)}."
        )
    if region.endswith("-global"):
        raise EndpointResolutionError(
            f"{where} is no region but AWS's mark for a global endpoint; {SERVICE_TITLES[given.service]} is called regionally."
        )
    if region.startswith("fips-") or region.endswith("-fips"):
        plain = region.removeprefix("fips-").removesuffix("-fips")
        raise EndpointResolutionError(f"{where} is a pseudo-region: say region={plain!r} and use_fips=True.")
    if region not in _REGIONS and not given.allow_unlisted:
        raise EndpointResolutionError(
            f"{where} is no region that AWS names{suggest_regions(region)}. allow_unlisted=True lets a new region through."
        )
    # Where no pattern fits, AWS SDKs take the partition aws; only allow_unlisted lets such a region get here.
    return region, find_partition(region) or PARTITIONS[0]


def suggest_regions(region: str, among: Iterable[str] = _REGIONS) -> str:
    """Return the names nearest to a misspelt one in parentheses, nothing when none is near."""
    names = close_matches(region.lower()[:_LONGEST_LABEL], sorted(among))
    return f" (near it: {', '.join(names)})" if names else ""


def _url(given: EndpointParameters) -> Url | None:
    if given.endpoint_url is None:
        return None
    try:
        url = parse_url(given.endpoint_url)
    except ValueError as error:
        raise EndpointResolutionError(f"endpoint_url ({given.source('endpoint_url')}) {error}.") from None
    if url.scheme == "http" and not (given.allow_http and is_local_host(url.host)):
        raise EndpointResolutionError(
            f"endpoint_url={url.origin!r} ({given.source('endpoint_url')}) is http, which protects nothing: write "
            "https://. allow_http=True permits http to loopback, private addresses and single-label hosts only; "
            f"allow_http={given.allow_http} ({given.source('allow_http')})."
        )
    return url


def _vpc_endpoint(given: EndpointParameters) -> VpcEndpoint | None:
    if given.vpc_endpoint is None or isinstance(given.vpc_endpoint, VpcEndpoint):
        return given.vpc_endpoint
    try:
        return VpcEndpoint(given.vpc_endpoint)
    except EndpointResolutionError as error:
        raise EndpointResolutionError(f"vpc_endpoint ({given.source('vpc_endpoint')}): {error}.") from None
