"""Where calls go: EndpointParameters in, one Endpoint out, or a refusal that says which settings disagree.

    EndpointParameters(service="workspaces", region="us-west-2")            workspaces.us-west-2.amazonaws.com
    … use_dualstack=True                                                    workspaces.us-west-2.api.aws
    … use_fips=True                                                         workspaces-fips.us-west-2.amazonaws.com
    … use_fips=True, use_dualstack=True                                     workspaces-fips.us-west-2.api.aws
    … vpc_endpoint="vpce-0123-abcd"                 vpce-0123-abcd.workspaces.us-west-2.vpce.amazonaws.com
    … private_dns=True                              the public host, which must resolve to private addresses
    … endpoint_url="https://proxy.bank.internal/"   as given; a PrivateLink name in it is PrivateLink

Pure and synchronous: nothing is looked up and nothing is sent. Amazon WorkSpaces knows no PrivateLink with FIPS
("Infrastructure Security in Amazon WorkSpaces",
https://docs.aws.amazon.com/workspaces/latest/adminguide/infrastructure-security.html), so that is refused by
whatever road each was asked for. The regions come from wsclient/_generated/partitions.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wsclient._core.errors import PrivateLinkFipsError
from wsclient._core.hosts import Url, is_privatelink_host, parse_vpce_host
from wsclient._generated.partitions import LISTED, PARTITIONS
from wsclient.endpoints._private_link import PrivateDns, VpcEndpoint, format_value
from wsclient.endpoints._types import (
    SERVICE_TITLES,
    Endpoint,
    EndpointKind,
    EndpointParameters,
    StsRouting,
    fips_host_label,
)
from wsclient.endpoints._validation import parse_parameters

if TYPE_CHECKING:
    from wsclient.endpoints._validation import ParsedParameters

__all__ = [
    "Endpoint",
    "EndpointKind",
    "EndpointParameters",
    "PrivateDns",
    "StsRouting",
    "VpcEndpoint",
    "resolve_endpoint",
]

PRIVATELINK_FIPS: Final = (
    "Amazon WorkSpaces API endpoints with AWS PrivateLink are not supported for Federal Information Processing "
    "Standard (FIPS) Amazon WorkSpaces API endpoints"
)
FIPS_AND_CUSTOM: Final = "Invalid Configuration: FIPS and custom endpoint are not supported"
DUALSTACK_AND_CUSTOM: Final = "Invalid Configuration: Dualstack and custom endpoint are not supported"

_DNS_SUFFIXES = frozenset(partition.dns_suffix for partition in PARTITIONS)
_SUFFIXES = _DNS_SUFFIXES | {partition.dualstack_dns_suffix for partition in PARTITIONS}
_WORDS = {
    EndpointKind.PUBLIC: "public",
    EndpointKind.DUALSTACK: "dual-stack",
    EndpointKind.FIPS: "FIPS",
    EndpointKind.FIPS_DUALSTACK: "FIPS and dual-stack",
}
_ROADS = ("vpc_endpoint", "private_dns", "endpoint_url")


def resolve_endpoint(parameters: EndpointParameters) -> Endpoint:
    """Return the endpoint that fits the parameters.

    Raises PrivateLinkFipsError when PrivateLink and FIPS meet for WorkSpaces, EndpointResolutionError when nothing
    fits otherwise; the message names the settings and where each was set.
    """
    asked = parse_parameters(parameters)
    _refuse_privatelink_fips(asked)
    _refuse_conflicts(asked)
    if asked.uses_privatelink:
        return _privatelink(asked)
    if asked.private_dns is not None:
        return _private_dns(asked, asked.private_dns)
    return _public(asked) if asked.url is None else _custom(asked, asked.url)


def _says_fips(host: str) -> bool:
    return any(label.endswith("-fips") for label in host.split("."))


def _refuse_privatelink_fips(asked: ParsedParameters) -> None:
    """Refuse PrivateLink or private DNS with FIPS for WorkSpaces, however each was said."""
    roads = {
        "vpc_endpoint": asked.vpc_endpoint is not None,
        "private_dns": asked.private_dns is not None,
        "endpoint_url": asked.url is not None and is_privatelink_host(asked.url.host),
    }
    fips = {
        "use_fips": asked.fips,
        "endpoint_url": asked.url is not None and _says_fips(asked.url.host),
        "vpc_endpoint": asked.vpc_endpoint is not None and _says_fips(asked.vpc_endpoint.service_label or ""),
    }
    if asked.service != "workspaces" or not any(roads.values()) or not any(fips.values()):
        return
    names = dict.fromkeys(name for said in (fips, roads) for name, is_said in said.items() if is_said)
    raise PrivateLinkFipsError(
        f"{PRIVATELINK_FIPS}: {asked.named(names)}. Choose one: the public FIPS endpoint (use_fips=True alone), or "
        "PrivateLink without FIPS."
    )


def _refuse_conflicts(asked: ParsedParameters) -> None:
    """Refuse two roads at once, and roads that have no dual-stack or FIPS form."""
    values = (asked.vpc_endpoint, asked.private_dns, asked.url)
    roads = [name for name, value in zip(_ROADS, values, strict=True) if value is not None]
    if len(roads) > 1:
        asked.refuse("two settings say where calls go", roads, "Keep one of them.")
    custom = asked.url is not None and not asked.uses_privatelink
    if custom and asked.fips:
        asked.refuse(FIPS_AND_CUSTOM, ("use_fips", "endpoint_url"), "Keep one of them.")
    if roads and asked.given.use_dualstack:
        why = DUALSTACK_AND_CUSTOM if custom else "PrivateLink and private DNS have no dual-stack name"
        asked.refuse(why, ("use_dualstack", roads[0]), "Keep one of them.")


def _public(asked: ParsedParameters) -> Endpoint:
    dualstack = asked.given.use_dualstack is True
    kind = {
        (False, False): EndpointKind.PUBLIC,
        (False, True): EndpointKind.DUALSTACK,
        (True, False): EndpointKind.FIPS,
        (True, True): EndpointKind.FIPS_DUALSTACK,
    }[asked.fips, dualstack]
    _require_listed(asked, kind)
    label = fips_host_label(asked.service, asked.partition, dualstack=dualstack) if asked.fips else asked.service
    suffix = asked.partition.dualstack_dns_suffix if dualstack else asked.partition.dns_suffix
    return asked.endpoint(Url(scheme="https", host=f"{label}.{asked.region}.{suffix}"), kind)


def _private_dns(asked: ParsedParameters, private_dns: PrivateDns) -> Endpoint:
    _require_listed(asked, EndpointKind.FIPS if asked.fips else EndpointKind.PUBLIC)
    label = fips_host_label(asked.service, asked.partition, dualstack=False) if asked.fips else asked.service
    prefix = _api_prefix(asked, "private_dns", api_host=private_dns.api_host)
    host = f"{prefix}{label}.{asked.region}.{asked.partition.dns_suffix}"
    return asked.endpoint(Url(scheme="https", host=host), EndpointKind.PRIVATE_DNS)


def _custom(asked: ParsedParameters, url: Url) -> Endpoint:
    """Take a URL as given, unless it is an AWS host of these services that cannot be the right one."""
    label, _, rest = url.host.removeprefix("api.").partition(".")
    service = label.removesuffix("-fips")
    if service in SERVICE_TITLES and any(f".{rest}".endswith(f".{suffix}") for suffix in _SUFFIXES):
        suffixes = (asked.partition.dns_suffix, asked.partition.dualstack_dns_suffix)
        if service != asked.service or rest not in {f"{asked.region}.{suffix}" for suffix in suffixes}:
            asked.refuse(
                f"the host is not that of {SERVICE_TITLES[asked.service]} in the region calls are signed for",
                ("endpoint_url", "region"),
                "Leave endpoint_url out: region alone finds the host.",
            )
        if label != service:
            _require_listed(asked, EndpointKind.FIPS)
    return asked.endpoint(url, EndpointKind.CUSTOM)


def _privatelink(asked: ParsedParameters) -> Endpoint:
    if asked.vpc_endpoint is None:
        return _privatelink_url(asked)
    endpoint = asked.vpc_endpoint
    label = endpoint.service_label
    if label is None:
        label = fips_host_label(asked.service, asked.partition, dualstack=False) if asked.fips else asked.service
    _check_privatelink(asked, "vpc_endpoint", label, endpoint.service_region or asked.region)
    prefix = _api_prefix(asked, "vpc_endpoint", api_host=endpoint.api_host)
    host = f"{endpoint.id}.{prefix}{label}.{asked.region}.vpce.{asked.partition.dns_suffix}"
    return asked.endpoint(Url(scheme="https", host=host), EndpointKind.PRIVATELINK)


def _privatelink_url(asked: ParsedParameters) -> Endpoint:
    url = asked.url
    assert url is not None  # noqa: S101 - by_privatelink without vpc_endpoint means a URL; for the type checkers
    parts = parse_vpce_host(url.host, _DNS_SUFFIXES)
    if parts is None:
        asked.refuse(
            "the host looks like PrivateLink and is no interface endpoint's name",
            ("endpoint_url",),
            f"Expected vpce-ID.{asked.service}.{asked.region}.vpce.{asked.partition.dns_suffix}, "
            "as EC2's DescribeVpcEndpoints prints it.",
        )
    if parts.suffix != asked.partition.dns_suffix:
        asked.refuse(
            f"the PrivateLink host is of another partition than {asked.partition.id}",
            ("endpoint_url", "region"),
            f"An endpoint in {asked.region} ends in .vpce.{asked.partition.dns_suffix}.",
        )
    _check_privatelink(asked, "endpoint_url", parts.label, parts.region)
    _api_prefix(asked, "endpoint_url", api_host=parts.api_host)
    return asked.endpoint(url, EndpointKind.PRIVATELINK)


def _check_privatelink(asked: ParsedParameters, name: str, label: str, region: str) -> None:
    """Refuse an interface endpoint of another service or region, and one that is not FIPS where FIPS was asked."""
    if label.removesuffix("-fips") != asked.service:
        asked.refuse(
            f"the interface endpoint is one of {format_value(label)}, not of {SERVICE_TITLES[asked.service]}",
            (name,),
            f"Create an interface endpoint for com.amazonaws.{asked.region}.{asked.service}.",
        )
    if region != asked.region:
        asked.refuse(
            f"the interface endpoint is in {format_value(region)}, and calls would be signed for {asked.region}",
            (name, "region"),
            "Make them the same region.",
        )
    is_fips = label.endswith("-fips")
    if asked.fips and not is_fips and label != fips_host_label(asked.service, asked.partition, dualstack=False):
        asked.refuse(
            f"the interface endpoint is not one of com.amazonaws.{region}.{asked.service}-fips",
            ("use_fips", name),
            "Create an endpoint for that service, or drop use_fips.",
        )
    _require_listed(asked, EndpointKind.FIPS if is_fips or asked.fips else EndpointKind.PUBLIC)


def _api_prefix(asked: ParsedParameters, name: str, *, api_host: bool) -> str:
    if api_host and asked.service != "workspaces":
        asked.refuse(f"{SERVICE_TITLES[asked.service]} has no .api. host", (name,), "Leave that form out.")
    return "api." if api_host else ""


def _require_listed(asked: ParsedParameters, kind: EndpointKind) -> None:
    """Refuse a kind of endpoint that AWS does not list in the region, unless allow_unlisted lets it through."""
    listed = LISTED[asked.service, kind]
    if asked.region in listed or asked.given.allow_unlisted:
        return
    flags = [name for name in ("use_fips", "use_dualstack") if getattr(asked.given, name)]
    asked.refuse(
        f"AWS lists no {_WORDS[kind]} endpoint of {SERVICE_TITLES[asked.service]} in {asked.region}",
        ["region", *flags],
        f"Listed are {', '.join(sorted(listed & asked.partition.regions)) or 'none in this partition'}. "
        "allow_unlisted=True lets it through, should AWS have added one.",
    )
