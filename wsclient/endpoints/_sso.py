"""Endpoints of IAM Identity Center: the portal that issues credentials (SSO), and the token service (SSO OIDC).

The rules are those of AWS's endpoint rule sets for the two services; a FIPS or dual-stack setting is never dropped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import msgspec

from wsclient._core.errors import EndpointResolutionError
from wsclient._core.hosts import parse_url
from wsclient._generated.partitions import PARTITIONS
from wsclient.config._settings import SWITCHED_OFF, UNSET, Setting
from wsclient.endpoints._types import find_partition

if TYPE_CHECKING:
    from wsclient.config._settings import SettingResolver

SsoService = Literal["sso", "sso_oidc"]

_LABELS: Final[dict[SsoService, str]] = {"sso": "portal.sso", "sso_oidc": "oidc"}
_GOVCLOUD = "aws-us-gov"


class SsoSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Settings that choose the endpoint of an SSO service, each with its source."""

    use_fips: Setting[bool] = SWITCHED_OFF
    use_dualstack: Setting[bool] = SWITCHED_OFF
    endpoint_url: Setting[str | None] = UNSET

    @classmethod
    def from_lookup(cls, service: SsoService, lookup: SettingResolver) -> SsoSettings:
        """Return the settings of the environment and a profile."""
        return cls(
            use_fips=lookup.boolean("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"),
            use_dualstack=lookup.boolean("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint"),
            endpoint_url=lookup.endpoint_url(service),
        )


def sso_url(service: SsoService, region: str, settings: SsoSettings) -> str:
    """Return the URL of an SSO service in a region, without a slash at its end.

    Raises EndpointResolutionError for a pseudo-region such as aws-global, and for a configured URL that is malformed,
    not https, or contradicts FIPS or dual-stack.
    """
    if settings.endpoint_url.value is not None:
        return _configured_url(service, settings.endpoint_url.value, settings)
    if region.endswith("-global"):
        raise EndpointResolutionError(
            f"sso_region {region!r} is AWS's pseudo-region for a global endpoint; set it to the region of the SSO login"
        )
    partition = find_partition(region) or PARTITIONS[0]
    label, fips, dualstack = _LABELS[service], settings.use_fips.value, settings.use_dualstack.value
    # In AWS GovCloud (US) the standard IPv4 host is the FIPS endpoint.
    if fips and (dualstack or partition.id != _GOVCLOUD):
        label = f"{label}-fips"
    return f"https://{label}.{region}.{partition.dualstack_dns_suffix if dualstack else partition.dns_suffix}"


def _configured_url(service: SsoService, text: str, settings: SsoSettings) -> str:
    where = f"the URL of {service} ({settings.endpoint_url.source})"
    try:
        url = parse_url(text)
    except ValueError as error:
        raise EndpointResolutionError(f"{where} {error}") from None
    if url.scheme != "https":
        # The requests carry a refresh token and a bearer token, which are as good as a password.
        raise EndpointResolutionError(f"{where} must be https")
    for name, flag in (("use_fips", settings.use_fips), ("use_dualstack", settings.use_dualstack)):
        if flag.value:
            raise EndpointResolutionError(
                f"{where} conflicts with {name}=True ({flag.source}): AWS defines no such form of a custom endpoint. "
                "Keep one of them."
            )
    return str(url).rstrip("/")
