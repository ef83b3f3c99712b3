"""Clients of EC2, Directory Service and IAM, made from a WorkSpaces client for the features that need them.

They have the client's credentials, TLS policy, proxy, region and flags, its guards (read_only, expected_account), and
connections of their own; the endpoint of the WorkSpaces client is not inherited.
"""
# This module assembles a client, as BaseClient does.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeVar

from wsclient._client.base_client import BaseClient
from wsclient._client.builder import SharedState, client_pipeline, resolve_parameters
from wsclient._pipeline.transport.factory import TransportFactory
from wsclient._pipeline.transport.http_transport import HttpTransport
from wsclient.endpoints._other_services import side_endpoint_parameters
from wsclient.endpoints._resolver import resolve_endpoint

if TYPE_CHECKING:
    from wsclient._client.client_options import CheckedOptions
    from wsclient.endpoints._routing import Reach
    from wsclient.endpoints._types import EndpointParameters

SideT = TypeVar("SideT", bound=BaseClient)


def side_client(client: BaseClient, operations: type[SideT], reach: Reach | Literal["public"] | None = None) -> SideT:
    """Return a client of another service, for example Ec2Operations, with the settings of a client.

    reach says where the service is called; see side_endpoint_parameters. No network access until the first call. Close
    it before the client. Raises EndpointResolutionError if the service cannot be reached, or must not be, from a client
    with this endpoint.
    """
    own = client_parameters(client)
    parameters = side_endpoint_parameters(operations._service.name, own, client.endpoint.kind, reach, client.config)
    return routed_client(client, operations, parameters)


def client_parameters(client: BaseClient) -> EndpointParameters:
    """Return the endpoint parameters of a client."""
    return resolve_parameters(client._service, client._options, client.config)


def routed_client(client: BaseClient, operations: type[SideT], parameters: EndpointParameters) -> SideT:
    """Return a client of any service at the endpoint of these parameters, with everything else as in a client."""
    side = operations.__new__(operations)
    side._dialer, side._environ, side._has_given_config = client._dialer, client._environ, client._has_given_config
    side._options = options = _side_options(client._options)
    side.config = client.config
    side.endpoint = resolve_endpoint(parameters)
    factory = TransportFactory(
        config=client.config,
        tls=options.get("tls"),
        transport=options.get("transport"),
        max_connections=options.get("max_connections"),
        dialer=client._dialer,
    )
    side._shared = SharedState(transport=HttpTransport(factory.for_endpoint(side.endpoint, parameters)))
    side._closeables = (side._shared.transport,)
    side._provider_context, side._identity = client._provider_context, client._identity
    side._pipeline = client_pipeline(
        operations._service,
        options,
        client.config,
        side.endpoint,
        side._shared,
        side._identity,
        side._provider_context,
    )
    return side


def _side_options(options: CheckedOptions) -> CheckedOptions:
    """Return the options with the learned rate limit: a Pace is that of the WorkSpaces API."""
    is_paced = options.get("pace", "auto") is not None
    return {**options, "pace": "auto"} if is_paced else {**options}
