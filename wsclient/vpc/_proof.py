"""Proof that an endpoint works: its names, a signed call through it, and the names of private DNS."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from wsclient._client.operations.workspaces import WorkSpacesOperations
from wsclient._client.other_service_clients import client_parameters, routed_client
from wsclient._core.errors import EndpointResolutionError, ServiceError, TransportError, WsclientError
from wsclient._core.service_errors import AccessDeniedException
from wsclient._generated.ec2 import structures as s
from wsclient.endpoints._private_link import PrivateDns, VpcEndpoint
from wsclient.vpc._reads import permitted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wsclient._client.base_client import BaseClient
    from wsclient._client.operations.ec2 import Ec2Operations
    from wsclient._pipeline.transport.dialer import Dialer

Outcome = Literal["pass", "fail", "not_from_here", "not_requested"]
HTTPS: Final = 443


class ProofPart(msgspec.Struct, frozen=True, kw_only=True):
    """Part of a proof: "pass", "fail", "not_from_here" (decided only on a machine in the VPC) or "not_requested"."""

    outcome: Outcome
    detail: str = ""

    def __str__(self) -> str:
        """Return the outcome, with its detail."""
        return f"{self.outcome} ({self.detail})" if self.detail else self.outcome


NOT_REQUESTED: Final = ProofPart(outcome="not_requested")


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """Proof of an endpoint.

    name: its DNS name resolves to exactly the addresses of its interfaces. path: TLS to it, and one signed
    DescribeWorkspaceDirectories through it. private_dns: the service's usual name resolves to the same addresses.
    """

    name: ProofPart = NOT_REQUESTED
    path: ProofPart = NOT_REQUESTED
    private_dns: ProofPart = NOT_REQUESTED

    def __str__(self) -> str:
        """Return the parts, one a line."""
        return "\n".join(f"{name}: {getattr(self, name)}" for name in self.__struct_fields__)


def vpc_endpoint_of(endpoint: s.VpcEndpoint, cidrs: Sequence[str]) -> VpcEndpoint:
    """Return an endpoint for vpc_endpoint= of a client; its name may resolve to addresses of the VPC only."""
    described = VpcEndpoint.from_describe(endpoint.to_dict())
    return replace(described, addresses=PrivateDns(allowed_cidrs=tuple(cidrs)) if cidrs else None)


async def prove(client: BaseClient, endpoint: s.VpcEndpoint, addresses: frozenset[str], cidrs: Sequence[str]) -> Proof:
    """Prove the name and the path of an endpoint that is available; addresses are those of its interfaces."""
    names = [entry.dns_name or "" for entry in endpoint.dns_entries]
    own = [name for name in names if name.startswith(f"{endpoint.vpc_endpoint_id}-")]
    name = await _resolves(_dialer(client), min(own, key=len, default=""), addresses)
    return Proof(name=name, path=await _answers(client, vpc_endpoint_of(endpoint, cidrs)))


async def prove_private_dns(client: BaseClient, host: str, addresses: frozenset[str]) -> ProofPart:
    """Prove that the service's usual name leads to the endpoint, which only a machine in the VPC can see."""
    part = await _resolves(_dialer(client), host, addresses)
    if part.outcome == "fail":
        detail = f"{part.detail}; from outside the VPC that is as it should be"
        return ProofPart(outcome="not_from_here", detail=detail)
    return part


def _dialer(client: BaseClient) -> Dialer:
    return client._dialer  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - names resolve as for the client's calls


async def interface_addresses(ec2: Ec2Operations, endpoint: s.VpcEndpoint) -> frozenset[str]:
    """Return the addresses of an endpoint's network interfaces."""
    ids = [s.Filter(name="network-interface-id", values=list(endpoint.network_interface_ids))]
    found = await permitted("ec2:DescribeNetworkInterfaces", ec2.describe_network_interfaces(filters=ids).collect())
    return frozenset(each.private_ip_address for each in found if each.private_ip_address)


async def _resolves(dialer: Dialer, host: str, expected: frozenset[str]) -> ProofPart:
    try:
        addresses = frozenset(await dialer.resolve(host, HTTPS))
    except OSError as error:
        return ProofPart(outcome="not_from_here", detail=f"{host} does not resolve here: {error}")
    shown = ", ".join(sorted(addresses))
    if addresses and addresses == expected:
        return ProofPart(outcome="pass", detail=f"{host} is {shown}")
    wanted = ", ".join(sorted(expected))
    return ProofPart(outcome="fail", detail=f"{host} is {shown or 'nothing'}, the endpoint's interfaces are {wanted}")


async def _answers(client: BaseClient, endpoint: VpcEndpoint) -> ProofPart:
    parameters = replace(
        client_parameters(client), vpc_endpoint=endpoint, private_dns=None, endpoint_url=None, use_dualstack=None
    )
    async with routed_client(client, WorkSpacesOperations, parameters) as inside:
        try:
            answer = await inside.describe_workspace_directories(limit=1).first_page()
        except AccessDeniedException as error:
            return ProofPart(outcome="pass", detail=f"the path works; a policy denied the call: {error.message}")
        except ServiceError as error:
            return ProofPart(outcome="fail", detail=str(error))
        except (TransportError, EndpointResolutionError) as error:
            return ProofPart(outcome="not_from_here", detail=str(error))
        except WsclientError as error:
            return ProofPart(outcome="fail", detail=str(error))
    return ProofPart(outcome="pass", detail=f"request id {answer.metadata.request_id}")
