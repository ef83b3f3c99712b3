"""EndpointParameters of the other services that a client's features call: STS, EC2, Directory Service and IAM."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, Literal

from wsclient._core.errors import EndpointResolutionError
from wsclient.endpoints._routing import ServiceRouting, StsRouting
from wsclient.endpoints._types import SERVICE_TITLES, EndpointKind

if TYPE_CHECKING:
    from wsclient.config._client_config import ClientConfig
    from wsclient.config._settings import Setting
    from wsclient.endpoints._routing import Reach
    from wsclient.endpoints._types import EndpointParameters


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
