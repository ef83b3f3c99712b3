"""From settings to EndpointParameters: where a client's own calls go, and the STS calls beside it."""

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
    """Return what a service's settings and the caller's arguments ask for, with the source of each."""
    url = config.endpoint_url.value
    if (vpc_endpoint or private_dns) and config.endpoint_url.source != ARGUMENT and "-fips" not in (url or ""):
        # A URL out of the environment never overrules where the caller said requests go; one that asks for FIPS is
        # not passed over, but refused with the rest.
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
    beside: EndpointParameters, routing: StsRouting | None, config: ClientConfig | None
) -> EndpointParameters:
    """Return where STS is reached beside a client: by its StsRouting, else by the settings of STS itself.

    config holds the settings of STS: of these only a configured URL counts, the rest is the client's. None where they
    are not known yet.
    """
    asked = (routing or StsRouting()).parameters(beside)
    has_road = asked.vpc_endpoint or asked.private_dns or asked.endpoint_url
    if has_road or config is None or config.endpoint_url.value is None:
        return asked
    sources = {**asked.sources, "endpoint_url": config.endpoint_url.source}
    return replace(asked, endpoint_url=config.endpoint_url.value, sources=sources)
