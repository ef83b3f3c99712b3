"""EndpointParameters from a ClientConfig and arguments: for a client's own calls, its STS calls and other services."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, Literal

from wsclient._core.errors import EndpointResolutionError
from wsclient.config._settings import ARGUMENT
from wsclient.endpoints._types import SERVICE_TITLES, EndpointKind, EndpointParameters, ServiceRouting, StsRouting

if TYPE_CHECKING:
    from wsclient.config._client_config import ClientConfig
    from wsclient.config._settings import Setting
    from wsclient.endpoints._private_link import PrivateDns, VpcEndpoint
    from wsclient.endpoints._types import Reach


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
    return _with_configured_url(parameters, None if config is None else config.endpoint_url)


def _with_configured_url(parameters: EndpointParameters, url: Setting[str | None] | None) -> EndpointParameters:
    """Return the parameters with the configured URL of their service, unless they name an endpoint themselves."""
    has_override = parameters.vpc_endpoint or parameters.private_dns or parameters.endpoint_url
    if has_override or url is None or url.value is None:
        return parameters
    return replace(parameters, endpoint_url=url.value, sources={**parameters.sources, "endpoint_url": url.source})


_PUBLIC_KINDS: Final = frozenset(
    {EndpointKind.PUBLIC, EndpointKind.DUALSTACK, EndpointKind.FIPS, EndpointKind.FIPS_DUALSTACK}
)


def side_endpoint_parameters(
    service: str,
    client_parameters: EndpointParameters,
    client_kind: EndpointKind,
    reach: Reach | Literal["public"] | None,
    config: ClientConfig,
) -> EndpointParameters:
    """Return the parameters for a client's calls to another service: "ec2", "ds" or "iam".

    The Reach decides first, then the configured URL of the service, then the client: one of a public endpoint calls the
    public endpoint. Raises EndpointResolutionError for a client of a private or custom endpoint, whose calls must not
    leave for the internet unseen.
    """
    routing = ServiceRouting() if reach == "public" else reach.routing(service) if reach is not None else None
    url: Setting[str | None] = getattr(config, f"{service}_endpoint_url")
    if routing is None and url.value is None and client_kind not in _PUBLIC_KINDS:
        title = SERVICE_TITLES[service]
        raise EndpointResolutionError(
            f"{title} is not called: this client uses a {client_kind} endpoint for Amazon WorkSpaces, and nothing says "
            f'how to reach {title}. Pass reach=Reach({service}=...), or reach="public" to call its public endpoint.'
        )
    parameters = (routing or ServiceRouting()).parameters_for(
        service, client_parameters, f"reach=Reach({service}=ServiceRouting"
    )
    return _with_configured_url(parameters, url)
