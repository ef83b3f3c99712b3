"""How clients reach an emulator under AWS's own names: VPC endpoints, and clients whose look-ups lead to it."""

from __future__ import annotations

import errno
import os
import socket
from abc import ABC, abstractmethod
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from wsclient._client.base_client import BaseClient, with_dialer
from wsclient._core.hosts import is_privatelink_host, parse_address, parse_url
from wsclient._pipeline.transport.dialer import Dialer, connect
from wsclient.config._client_config import ClientConfig
from wsclient.config._settings import Setting
from wsclient.endpoints._private_link import VpcEndpoint
from wsclient.endpoints._types import EndpointKind
from wsclient.sts import StsClient
from wsclient.testing._server.host_names import resolve
from wsclient.tls._policy import TLSPolicy
from wsclient.workspaces._client import WorkSpacesClient

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Unpack

    from wsclient._client.options import ClientOptions
    from wsclient._core.credentials import Credentials
    from wsclient.testing._server.server import Server
    from wsclient.testing._state.policies import PolicySource
    from wsclient.testing._state.vpc_endpoints import InterfaceEndpoint, PrivateLinkService
    from wsclient.testing._state.world import EmulatorState

HTTPS = 443
AUTO = "auto"
"""In place of a VPC's id: wherever the client's own options say that it is."""
ClientT = TypeVar("ClientT", bound=BaseClient)


class EmulatorClients(ABC):
    """The part of an emulator that stands for the network around it."""

    region: str
    account_id: str
    credentials: Credentials
    _world: EmulatorState

    @abstractmethod
    def _running(self) -> Server:
        """Return the server; raises ConfigurationError when there is none."""

    def add_vpc_endpoint(
        self,
        service: PrivateLinkService = "workspaces",
        *,
        policy: PolicySource | None = None,
        private_dns: bool = False,
        vpc_id: str | None = None,
        region: str | None = None,
        account_id: str | None = None,
    ) -> InterfaceEndpoint:
        """Add an interface endpoint of a VPC, and return its names, ids and addresses.

        policy is what every call through it is held to, by the root user too; without one it allows everything.
        private_dns lets the service's own name lead to it, from within its VPC.
        """
        with self._world.lock:
            return self._world.endpoints.add(
                service,
                region=region or self.region,
                account_id=account_id or self.account_id,
                vpc_id=vpc_id,
                has_private_dns=private_dns,
                policy=policy,
            )

    def set_endpoint_policy(self, endpoint_id: str, policy: PolicySource | None) -> None:
        """Put a policy in the place of the one a VPC endpoint has; None is AWS's default, which allows everything."""
        with self._world.lock:
            self._world.endpoints.set_policy(endpoint_id, policy)

    def client(self, *, vpc: str | None = AUTO, **options: Unpack[ClientOptions]) -> WorkSpacesClient:
        """Return a WorkSpacesClient that calls AWS's own names and reaches this emulator, and can reach nothing else.

        Region, credentials and trust are the emulator's unless said, and nothing is read of the process's environment
        and files. use_fips, use_dualstack, vpc_endpoint and private_dns do what they do with AWS. vpc is the VPC
        that the client is in, None for none; unless said, that of the endpoint it is told to use, or the one that has
        private DNS.
        """
        return self._client(WorkSpacesClient, vpc, options)

    def sts_client(self, *, vpc: str | None = AUTO, **options: Unpack[ClientOptions]) -> StsClient:
        """Return an StsClient that calls AWS's own names and reaches this emulator, as client() does."""
        return self._client(StsClient, vpc, options)

    async def resolve(self, host: str, port: int) -> Sequence[str]:  # noqa: ARG002 - a resolver's arguments
        """Return where a name leads from outside of any VPC: here, for AWS's names in the emulator's regions.

        Raises OSError for every other name, as a resolver does. A URL needs the emulator's port still.
        """
        return self._addresses(host, None)

    def wires(self, vpc_id: str | None = None) -> Dialer:
        """Return what makes connections under AWS's own names and port come here, from within a VPC or from outside."""

        async def resolve(host: str, _port: int) -> Sequence[str]:
            return self._addresses(host, vpc_id)

        return Dialer(resolve, partial(self._dial, vpc_id))

    def _client(self, kind: type[ClientT], vpc: str | None, options: ClientOptions) -> ClientT:
        given: ClientOptions = {"region": self.region, "credentials": self.credentials, **options}
        tls = given.get("tls") or TLSPolicy()
        if isinstance(tls, TLSPolicy) and not (tls.ca_file or tls.ca_data):
            given["tls"] = replace(tls, ca_file=self._running().ca_file)
        if "config" not in given and "profile" not in given:
            given["config"] = ClientConfig(profile=Setting("default"))
        service = kind._service.name  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - every client has one
        return with_dialer(kind, self.wires(self._vpc_for(service, given) if vpc == AUTO else vpc), given)

    def _vpc_for(self, service: str, options: ClientOptions) -> str | None:
        """Return the VPC that a client with these options must be in, None for outside of any."""
        region, endpoint = options.get("region") or self.region, options.get("vpc_endpoint")
        with self._world.lock:
            if options.get("private_dns"):
                return self._world.endpoints.find_vpc(service, region)
            label = endpoint.id if isinstance(endpoint, VpcEndpoint) else endpoint
            if label is None and (url := options.get("endpoint_url")) is not None:
                name = parse_url(url).host
                label = name.partition(".")[0] if is_privatelink_host(name) else None
            found = self._world.endpoints.find_by_label(label, region) if label else None
        return found.vpc_id if found else None

    def _addresses(self, host: str, vpc_id: str | None) -> Sequence[str]:
        if host == "localhost" or parse_address(host) is not None:
            return [host if parse_address(host) else self._listening()[0]]
        with self._world.lock:
            found = resolve(host.lower(), self._world.regions, self._world.endpoints, vpc_id)
        if found is None:
            raise socket.gaierror(socket.EAI_NONAME, os.strerror(errno.ENOENT))
        if found.endpoint is None:
            return [self._listening()[0]]
        zonal = found.endpoint.zonal_dns_names
        is_zonal = found.kind is EndpointKind.PRIVATELINK and host.lower() in zonal
        return [found.endpoint.addresses[zonal.index(host.lower())]] if is_zonal else found.endpoint.addresses

    async def _dial(self, vpc_id: str | None, addresses: Sequence[str], port: int) -> tuple[socket.socket, str]:
        """Connect to the emulator in the place of what has one of these addresses."""
        here, own_port = self._listening()
        with self._world.lock:
            endpoint = self._world.endpoints.find_by_address(addresses[0])
        if endpoint is not None and endpoint.vpc_id != vpc_id:
            raise OSError(errno.EHOSTUNREACH, os.strerror(errno.EHOSTUNREACH))
        target = [here] if endpoint is not None else addresses
        channel, address = await connect(target, own_port if port == HTTPS else port)
        if vpc_id is not None:
            with self._world.lock:
                self._world.arrivals.register(channel, vpc_id)
        return channel, addresses[0] if endpoint is not None else address

    def _listening(self) -> tuple[str, int]:
        url = parse_url(self._running().endpoint_url)
        # localhost may mean another address to who looks it up.
        return "127.0.0.1" if url.host == "localhost" else url.host, url.port or HTTPS
