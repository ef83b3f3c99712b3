"""Validation of each endpoint parameter on its own; wsclient/endpoints/_resolver.py checks their combinations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NoReturn

import msgspec

from wsclient._core.errors import EndpointResolutionError
from wsclient._core.hosts import Partition, Url, is_host_label, is_local_host, is_privatelink_host, parse_url
from wsclient._core.utils import close_matches, comment_hint
from wsclient._generated.partitions import PARTITIONS
from wsclient.endpoints._global_hosts import GLOBAL_HOSTS, HOME_REGIONS
from wsclient.endpoints._private_link import PrivateDns, VpcEndpoint, format_value
from wsclient.endpoints._types import SERVICE_TITLES, Endpoint, EndpointKind, EndpointParameters, find_partition

if TYPE_CHECKING:
    from collections.abc import Iterable

MISSING_REGION: Final = "Invalid Configuration: Missing Region"
"""Message of the AWS endpoint rule set for a missing region."""

_REGIONS = frozenset(region for partition in PARTITIONS for region in partition.regions)
_MAX_LABEL_LENGTH = 63
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
    """Well-formed endpoint parameters, their combination not yet checked; None for settings that are not set."""

    parameters: EndpointParameters
    service: str
    region: str
    partition: Partition
    fips: bool
    url: Url | None
    vpc_endpoint: VpcEndpoint | None
    private_dns: PrivateDns | None

    @property
    def uses_privatelink(self) -> bool:
        """True if the parameters name an interface endpoint, by id or by URL."""
        return self.vpc_endpoint is not None or (self.url is not None and is_privatelink_host(self.url.host))

    def format_settings(self, names: Iterable[str]) -> str:
        """Return the settings with their values and sources; a URL without user name, path and query (secrets)."""
        values = {name: getattr(self.parameters, name) for name in names}
        if self.url is not None and "endpoint_url" in values:
            values["endpoint_url"] = self.url.origin
        if self.vpc_endpoint is not None and "vpc_endpoint" in values:
            values["vpc_endpoint"] = self.vpc_endpoint.id
        return " and ".join(
            f"{name}={format_value(value)} ({self.parameters.source(name)})" for name, value in values.items()
        )

    def reject(self, problem: str, names: Iterable[str], remedy: str) -> NoReturn:
        """Raise EndpointResolutionError with the problem, the settings involved and the remedy."""
        raise EndpointResolutionError(f"{problem}: {self.format_settings(names)}. {remedy}")

    def endpoint(self, url: Url, kind: EndpointKind) -> Endpoint:
        """Return the endpoint at a URL, signed for the service and region of the parameters."""
        return Endpoint(
            url=str(url),
            signing_region=self.region,
            signing_name=self.service,
            kind=kind,
            insecure=url.scheme == "http",
        )


def parse_parameters(parameters: EndpointParameters) -> ParsedParameters:
    """Parse the parameters into typed values; raise EndpointResolutionError for a malformed parameter."""
    for name, types in _TYPES.items():
        value: object = getattr(parameters, name)
        if not isinstance(value, types):
            expected = " or ".join("None" if item is type(None) else item.__name__ for item in types)
            raise EndpointResolutionError(
                f"{name} ({parameters.source(name)}) must be {expected}, not {format_value(value)}"
            )
    if parameters.service not in SERVICE_TITLES:
        raise EndpointResolutionError(
            f"unknown service {format_value(parameters.service)}: service must be {' or '.join(SERVICE_TITLES)}"
        )
    region, partition = _region(parameters)
    private_dns = PrivateDns() if parameters.private_dns is True else parameters.private_dns or None
    return ParsedParameters(
        parameters=parameters,
        service=parameters.service,
        region=HOME_REGIONS.get(partition.id, region) if parameters.service in GLOBAL_HOSTS else region,
        partition=partition,
        fips=parameters.use_fips is True,
        url=_url(parameters),
        vpc_endpoint=_vpc_endpoint(parameters),
        private_dns=private_dns,
    )


def _region(parameters: EndpointParameters) -> tuple[str, Partition]:
    region = parameters.region
    if not region:
        source = parameters.sources.get("region", "")
        profile = source if source.startswith("profile ") else "the profile"
        raise EndpointResolutionError(f"{MISSING_REGION}. Pass region=, or set AWS_REGION or the region of {profile}.")
    where = f"region={format_value(region)} ({parameters.source('region')})"
    if not is_host_label(region):
        raise EndpointResolutionError(
            f"{where} is not a region: a region is one lower-case host label{suggest_regions(region)}"
            f"{comment_hint(region)}."
        )
    if region.endswith("-global"):
        raise EndpointResolutionError(
            f"{where} is AWS's pseudo-region for a global endpoint; {SERVICE_TITLES[parameters.service]} is called "
            "regionally. Set region to the region to call."
        )
    if region.startswith("fips-") or region.endswith("-fips"):
        plain = region.removeprefix("fips-").removesuffix("-fips")
        raise EndpointResolutionError(f"{where} is a pseudo-region: set region={plain!r} and use_fips=True.")
    if region not in _REGIONS and not parameters.allow_unlisted:
        raise EndpointResolutionError(
            f"{where} is not a region that AWS lists{suggest_regions(region)}. "
            "For a new region, set allow_unlisted=True."
        )
    # AWS SDKs fall back to the partition aws when no pattern matches; only allow_unlisted lets such a region through.
    return region, find_partition(region) or PARTITIONS[0]


def suggest_regions(region: str, candidates: Iterable[str] = _REGIONS) -> str:
    """Return the region names close to a misspelt one as a question in parentheses, or an empty string."""
    names = close_matches(region.lower()[:_MAX_LABEL_LENGTH], sorted(candidates))
    return f" (did you mean {' or '.join(names)}?)" if names else ""


def _url(parameters: EndpointParameters) -> Url | None:
    if parameters.endpoint_url is None:
        return None
    try:
        url = parse_url(parameters.endpoint_url)
    except ValueError as error:
        where, hint = parameters.source("endpoint_url"), comment_hint(parameters.endpoint_url)
        raise EndpointResolutionError(f"endpoint_url ({where}) {error}{hint}.") from None
    if url.scheme == "http" and not (parameters.allow_http and is_local_host(url.host)):
        raise EndpointResolutionError(
            f"endpoint_url={url.origin!r} ({parameters.source('endpoint_url')}) is http, which is not encrypted: use "
            "https://. allow_http=True permits http to loopback, private addresses and single-label hosts only."
        )
    return url


def _vpc_endpoint(parameters: EndpointParameters) -> VpcEndpoint | None:
    if parameters.vpc_endpoint is None or isinstance(parameters.vpc_endpoint, VpcEndpoint):
        return parameters.vpc_endpoint
    try:
        return VpcEndpoint(parameters.vpc_endpoint)
    except EndpointResolutionError as error:
        raise EndpointResolutionError(f"vpc_endpoint ({parameters.source('vpc_endpoint')}): {error}.") from None
