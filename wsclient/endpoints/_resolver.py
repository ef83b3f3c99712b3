"""resolve_endpoint: the rules that choose a host, and the conflicts between settings.

Pure and synchronous: no DNS lookup and no request. Amazon WorkSpaces does not support PrivateLink with FIPS
("Infrastructure Security in Amazon WorkSpaces",
https://docs.aws.amazon.com/workspaces/latest/adminguide/infrastructure-security.html), so every combination of the two
raises PrivateLinkFipsError, whichever settings select them. The regions come from
wsclient/_generated/partitions.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wsclient._core.errors import PrivateLinkFipsError
from wsclient._core.hosts import Url, is_privatelink_host, parse_vpce_host
from wsclient._generated.partitions import LISTED, PARTITIONS
from wsclient.endpoints._global_hosts import GLOBAL_HOSTS
from wsclient.endpoints._private_link import PrivateDns, VpcEndpoint, format_value
from wsclient.endpoints._types import (
    SERVICE_TITLES,
    Endpoint,
    EndpointKind,
    EndpointParameters,
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
_AWS_SUFFIXES = _DNS_SUFFIXES | {partition.dualstack_dns_suffix for partition in PARTITIONS}
_KIND_NAMES = {
    EndpointKind.PUBLIC: "public",
    EndpointKind.DUALSTACK: "dual-stack",
    EndpointKind.FIPS: "FIPS",
    EndpointKind.FIPS_DUALSTACK: "FIPS and dual-stack",
}
_OVERRIDES = ("vpc_endpoint", "private_dns", "endpoint_url")


def resolve_endpoint(parameters: EndpointParameters) -> Endpoint:
    """Return the endpoint that the parameters select.

    Raises PrivateLinkFipsError when WorkSpaces parameters combine PrivateLink with FIPS, and EndpointResolutionError
    for malformed or conflicting parameters; the message names the settings and the source of each.
    """
    parsed = parse_parameters(parameters)
    _reject_privatelink_fips(parsed)
    _reject_conflicts(parsed)
    if parsed.uses_privatelink:
        return _privatelink(parsed)
    if parsed.private_dns is not None:
        return _private_dns(parsed, parsed.private_dns)
    return _public(parsed) if parsed.url is None else _custom(parsed, parsed.url)


def _is_fips_host(host: str) -> bool:
    return any(label.endswith("-fips") for label in host.split("."))


def _reject_privatelink_fips(parsed: ParsedParameters) -> None:
    """Raise PrivateLinkFipsError when any settings combine PrivateLink or private DNS with FIPS for WorkSpaces."""
    private = {
        "vpc_endpoint": parsed.vpc_endpoint is not None,
        "private_dns": parsed.private_dns is not None,
        "endpoint_url": parsed.url is not None and is_privatelink_host(parsed.url.host),
    }
    fips = {
        "use_fips": parsed.fips,
        "endpoint_url": parsed.url is not None and _is_fips_host(parsed.url.host),
        "vpc_endpoint": parsed.vpc_endpoint is not None and _is_fips_host(parsed.vpc_endpoint.service_label or ""),
    }
    if parsed.service != "workspaces" or not any(private.values()) or not any(fips.values()):
        return
    names = dict.fromkeys(name for settings in (fips, private) for name, is_set in settings.items() if is_set)
    raise PrivateLinkFipsError(
        f"{PRIVATELINK_FIPS}: {parsed.format_settings(names)}. Choose one: the public FIPS endpoint "
        "(use_fips=True alone), or PrivateLink without FIPS."
    )


def _reject_conflicts(parsed: ParsedParameters) -> None:
    """Raise EndpointResolutionError for two endpoint settings, and for settings without a dual-stack or FIPS form."""
    values = (parsed.vpc_endpoint, parsed.private_dns, parsed.url)
    overrides = [name for name, value in zip(_OVERRIDES, values, strict=True) if value is not None]
    if len(overrides) > 1:
        parsed.reject("more than one setting chooses the endpoint", overrides, "Keep one of them.")
    is_custom = parsed.url is not None and not parsed.uses_privatelink
    if is_custom and parsed.fips:
        parsed.reject(FIPS_AND_CUSTOM, ("use_fips", "endpoint_url"), "Keep one of them.")
    if overrides and parsed.parameters.use_dualstack:
        problem = DUALSTACK_AND_CUSTOM if is_custom else "PrivateLink and private DNS have no dual-stack name"
        parsed.reject(problem, ("use_dualstack", overrides[0]), "Keep one of them.")


def _public(parsed: ParsedParameters) -> Endpoint:
    dualstack = parsed.parameters.use_dualstack is True
    kind = {
        (False, False): EndpointKind.PUBLIC,
        (False, True): EndpointKind.DUALSTACK,
        (True, False): EndpointKind.FIPS,
        (True, True): EndpointKind.FIPS_DUALSTACK,
    }[parsed.fips, dualstack]
    return parsed.endpoint(Url(scheme="https", host=_host(parsed, kind)), kind)


def _private_dns(parsed: ParsedParameters, private_dns: PrivateDns) -> Endpoint:
    prefix = _api_prefix(parsed, "private_dns", api_host=private_dns.api_host)
    host = prefix + _host(parsed, EndpointKind.FIPS if parsed.fips else EndpointKind.PUBLIC)
    return parsed.endpoint(Url(scheme="https", host=host), EndpointKind.PRIVATE_DNS)


def _host(parsed: ParsedParameters, kind: EndpointKind) -> str:
    """Return the service's public host of this kind, or raise EndpointResolutionError if AWS lists none."""
    if parsed.service in GLOBAL_HOSTS:
        return _global_host(parsed, kind)
    _require_listed(parsed, kind)
    dualstack = kind in {EndpointKind.DUALSTACK, EndpointKind.FIPS_DUALSTACK}
    label = fips_host_label(parsed.service, parsed.partition, dualstack=dualstack) if parsed.fips else parsed.service
    suffix = parsed.partition.dualstack_dns_suffix if dualstack else parsed.partition.dns_suffix
    return f"{label}.{parsed.region}.{suffix}"


def _global_host(parsed: ParsedParameters, kind: EndpointKind) -> str:
    host = GLOBAL_HOSTS[parsed.service].get((parsed.partition.id, kind))
    if host is None:
        flags = [name for name in ("use_fips", "use_dualstack") if getattr(parsed.parameters, name)]
        parsed.reject(
            f"{SERVICE_TITLES[parsed.service]} has no {_KIND_NAMES[kind]} endpoint in the partition "
            f"{parsed.partition.id}",
            ["region", *flags],
            "Use its public endpoint, or an endpoint_url.",
        )
    return host


def _custom(parsed: ParsedParameters, url: Url) -> Endpoint:
    """Return the endpoint at a custom URL; raise EndpointResolutionError for an AWS host that does not match."""
    label, _, rest = url.host.removeprefix("api.").partition(".")
    service = label.removesuffix("-fips")
    if service in SERVICE_TITLES and any(f".{rest}".endswith(f".{suffix}") for suffix in _AWS_SUFFIXES):
        suffixes = (parsed.partition.dns_suffix, parsed.partition.dualstack_dns_suffix)
        if service != parsed.service or rest not in {f"{parsed.region}.{suffix}" for suffix in suffixes}:
            parsed.reject(
                f"the host is not that of {SERVICE_TITLES[parsed.service]} in the region calls are signed for",
                ("endpoint_url", "region"),
                "Omit endpoint_url: the region alone selects the host.",
            )
        if label != service:
            _require_listed(parsed, EndpointKind.FIPS)
    return parsed.endpoint(url, EndpointKind.CUSTOM)


def _privatelink(parsed: ParsedParameters) -> Endpoint:
    if parsed.vpc_endpoint is None:
        return _privatelink_url(parsed)
    endpoint = parsed.vpc_endpoint
    label = endpoint.service_label
    if label is None:
        label = fips_host_label(parsed.service, parsed.partition, dualstack=False) if parsed.fips else parsed.service
    _check_privatelink(parsed, "vpc_endpoint", label, endpoint.service_region or parsed.region)
    prefix = _api_prefix(parsed, "vpc_endpoint", api_host=endpoint.api_host)
    host = f"{endpoint.id}.{prefix}{label}.{parsed.region}.vpce.{parsed.partition.dns_suffix}"
    return parsed.endpoint(Url(scheme="https", host=host), EndpointKind.PRIVATELINK)


def _privatelink_url(parsed: ParsedParameters) -> Endpoint:
    url = parsed.url
    assert url is not None  # noqa: S101 - uses_privatelink without vpc_endpoint implies a URL; for the type checkers
    parts = parse_vpce_host(url.host, _DNS_SUFFIXES)
    if parts is None:
        parsed.reject(
            "the host resembles a PrivateLink name but is not an interface endpoint's DNS name",
            ("endpoint_url",),
            f"Expected vpce-ID.{parsed.service}.{parsed.region}.vpce.{parsed.partition.dns_suffix}, "
            "as EC2's DescribeVpcEndpoints prints it.",
        )
    if parts.suffix != parsed.partition.dns_suffix:
        parsed.reject(
            f"the PrivateLink host belongs to a partition other than {parsed.partition.id}",
            ("endpoint_url", "region"),
            f"An endpoint in {parsed.region} ends in .vpce.{parsed.partition.dns_suffix}.",
        )
    _check_privatelink(parsed, "endpoint_url", parts.label, parts.region)
    _api_prefix(parsed, "endpoint_url", api_host=parts.api_host)
    return parsed.endpoint(url, EndpointKind.PRIVATELINK)


def _check_privatelink(parsed: ParsedParameters, name: str, label: str, region: str) -> None:
    """Raise EndpointResolutionError for an interface endpoint of another service or region, or not FIPS if required."""
    if label.removesuffix("-fips") != parsed.service:
        parsed.reject(
            f"the interface endpoint belongs to {format_value(label)}, not to {SERVICE_TITLES[parsed.service]}",
            (name,),
            f"Create an interface endpoint for com.amazonaws.{parsed.region}.{parsed.service}.",
        )
    if region != parsed.region:
        parsed.reject(
            f"the interface endpoint is in {format_value(region)}, but calls would be signed for {parsed.region}",
            (name, "region"),
            "Use the same region for both.",
        )
    is_fips = label.endswith("-fips")
    if parsed.fips and not is_fips and label != fips_host_label(parsed.service, parsed.partition, dualstack=False):
        parsed.reject(
            f"the interface endpoint does not belong to com.amazonaws.{region}.{parsed.service}-fips",
            ("use_fips", name),
            "Create an interface endpoint for that service, or unset use_fips.",
        )
    _require_listed(parsed, EndpointKind.FIPS if is_fips or parsed.fips else EndpointKind.PUBLIC)


def _api_prefix(parsed: ParsedParameters, name: str, *, api_host: bool) -> str:
    if api_host and parsed.service != "workspaces":
        parsed.reject(f"{SERVICE_TITLES[parsed.service]} has no .api. host", (name,), "Use the host without .api.")
    return "api." if api_host else ""


def _require_listed(parsed: ParsedParameters, kind: EndpointKind) -> None:
    """Raise EndpointResolutionError unless AWS lists such an endpoint in the region or allow_unlisted is set."""
    if parsed.service in GLOBAL_HOSTS:
        return
    listed = LISTED[parsed.service, kind]
    if parsed.region in listed or parsed.parameters.allow_unlisted:
        return
    flags = [name for name in ("use_fips", "use_dualstack") if getattr(parsed.parameters, name)]
    parsed.reject(
        f"AWS lists no {_KIND_NAMES[kind]} endpoint of {SERVICE_TITLES[parsed.service]} in {parsed.region}",
        ["region", *flags],
        f"Listed regions: {', '.join(sorted(listed & parsed.partition.regions)) or 'none in this partition'}. "
        "If AWS has added the endpoint since, set allow_unlisted=True.",
    )
