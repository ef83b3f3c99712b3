"""Facts about the service's public host: where its name leads from here, and whether it serves this identity."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from wsclient._client.operations.workspaces import WorkSpacesOperations
from wsclient._client.other_service_clients import client_parameters, routed_client
from wsclient._core.errors import ConfigurationError, ServiceError, WsclientError
from wsclient.audit._facts.records import Fact, Problem, PublicProbe, UsualName
from wsclient.audit._model import Reason
from wsclient.endpoints._resolver import resolve_endpoint

if TYPE_CHECKING:
    from wsclient.audit._facts.reader import SiteAccess
    from wsclient.endpoints._types import EndpointParameters
    from wsclient.workspaces._client import WorkSpacesClient

HTTPS: Final = 443


def _public(client: WorkSpacesClient) -> EndpointParameters:
    """Return the parameters of the region's public host, whatever endpoint the client uses."""
    own = client_parameters(client)
    return replace(own, vpc_endpoint=None, private_dns=None, endpoint_url=None)


async def usual_name(client: WorkSpacesClient) -> Fact[UsualName]:
    """Resolve the region's usual host name from here."""
    try:
        host = resolve_endpoint(replace(_public(client), use_fips=None, use_dualstack=None)).host
        addresses = await client._dialer.resolve(host, HTTPS)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - names resolve as for the client's calls
    except (OSError, WsclientError) as error:
        return Fact(problem=Problem(Reason.NOT_REACHED, f"the usual name does not resolve here: {error}"))
    return Fact((UsualName(host, tuple(addresses)),))


async def public_probe(access: SiteAccess) -> Fact[PublicProbe]:
    """Make one read at the region's public host, with the credentials of the audit."""
    try:
        outside = routed_client(access.client, WorkSpacesOperations, _public(access.client))
    except ConfigurationError as error:
        return Fact(problem=Problem(Reason.NOT_REACHED, str(error)))
    host, reader = outside.endpoint.host, access.reader(outside)
    try:
        _, number = await reader.call(
            "DescribeWorkspaceDirectories", lambda: outside.describe_workspace_directories(limit=1).first_page()
        )
    except ServiceError as error:
        return Fact((PublicProbe(host, error.code, error.message, _reached(outside)),))
    except WsclientError as error:
        return Fact(problem=Problem(Reason.NOT_REACHED, f"{host}: {error}"))
    else:
        return Fact((PublicProbe(host, "", "", _reached(outside)),), (number,))
    finally:
        await outside.aclose()


def _reached(client: WorkSpacesOperations) -> str | None:
    """Return the address that the last call reached; None if a proxy carried it or it is not known."""
    connection = client.connection_info()
    return connection.remote_address if connection is not None and client.config.https_proxy.value is None else None
