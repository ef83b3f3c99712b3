"""EndpointParameters from a ClientConfig and arguments: for a client's own calls and for its STS calls."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from wsclient.config._settings import ARGUMENT
from wsclient.endpoints._types import EndpointParameters, StsRouting

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
            "region": config.region.source,
            "use_fips": config.use_fips.source,
            "use_dualstack": config.use_dualstack.source,
            "endpoint_url": config.endpoint_url.source,
        },
    )


def sts_endpoint_parameters(
    client_parameters: EndpointParameters, routing: StsRouting | None, config: ClientConfig | None
) -> EndpointParameters:
    """Return the parameters for a client's STS calls: its StsRouting first, then the configured URL of STS.

    config holds the settings of STS; only its endpoint_url is used, every other setting is the client's. None means
    that the settings of STS have not been read.
    """
    parameters = (routing or StsRouting()).parameters(client_parameters)
    has_override = parameters.vpc_endpoint or parameters.private_dns or parameters.endpoint_url
    if has_override or config is None or config.endpoint_url.value is None:
        return parameters
    sources = {**parameters.sources, "endpoint_url": config.endpoint_url.source}
    return replace(parameters, endpoint_url=config.endpoint_url.value, sources=sources)
