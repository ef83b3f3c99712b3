"""EndpointParameters from a ClientConfig and arguments, for a client's own calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient.config._settings import ARGUMENT
from wsclient.endpoints._types import EndpointParameters

if TYPE_CHECKING:
    from wsclient.config._client_config import ClientConfig
    from wsclient.endpoints._private_link import PrivateDns, VpcEndpoint


def endpoint_parameters(
    service: str,
    config: ClientConfig,
    *,
    vpc_endpoint: str | VpcEndpoint | None = None,
    private_dns: bool | PrivateDns | None = None,
    allow_unlisted: bool = False,
    allow_http: bool = False,
) -> EndpointParameters:
    """Return a service's endpoint parameters from its settings and the caller's arguments, each with its source."""
    url = config.endpoint_url.value
    if (vpc_endpoint or private_dns) and config.endpoint_url.source != ARGUMENT and "-fips" not in (url or ""):
        # An argument takes precedence over a configured URL. A FIPS URL is kept, so that resolve_endpoint rejects the
        # combination with PrivateLink instead of ignoring the FIPS requirement.
        url = None
    return EndpointParameters(
        service=service,
        region=config.region.value,
        use_fips=config.use_fips.value,
        use_dualstack=config.use_dualstack.value,
        vpc_endpoint=vpc_endpoint,
        private_dns=private_dns,
        endpoint_url=url,
        allow_unlisted=allow_unlisted,
        allow_http=allow_http,
        sources={
            "region": config.region.source if config.region.value else f"profile {config.profile.value}",
            "use_fips": config.use_fips.source,
            "use_dualstack": config.use_dualstack.source,
            "endpoint_url": config.endpoint_url.source,
        },
    )
