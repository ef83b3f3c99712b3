"""Clients that reach an emulator under AWS's own host names, and its VPC endpoints."""

from __future__ import annotations

import errno
import os
import socket
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, Unpack, cast

from wsclient._client.base_client import BaseClient, with_dialer
from wsclient._client.client_options import ClientOptions, EmulatorClientOptions
from wsclient._client.option_table import EMULATOR_HINTS, EMULATOR_KINDS
from wsclient._core.argument_checks import checked
from wsclient._core.credentials import Credentials
from wsclient._core.hosts import is_privatelink_host, parse_address, parse_url
from wsclient._core.missing_attributes import ExplainedAttributes
from wsclient._core.value_kinds import BOOL, NAME, TEXT, one_of, optional
from wsclient._pipeline.transport.dialer import Dialer, connect
from wsclient.config._client_config import HOME_VARIABLE, ClientConfig, system_environment
from wsclient.config._settings import Setting
from wsclient.endpoints._private_link import VpcEndpoint
from wsclient.endpoints._types import EndpointKind
from wsclient.sts import StsClient
from wsclient.testing._server.host_names import resolve
from wsclient.testing._state.argument_kinds import PLACE, POLICY
from wsclient.testing._state.emulator_state import EmulatorState
from wsclient.testing._state.policies import PolicySource
from wsclient.testing._state.vpc_endpoints import SERVICES, InterfaceEndpoint, PrivateLinkService
from wsclient.tls._policy import TLSPolicy
from wsclient.workspaces._client import WorkSpacesClient

if TYPE_CHECKING:
    from wsclient.testing._server.server import Server

HTTPS = 443
AUTO = "auto"
"""Instead of a VPC id: derive the VPC from the options of the client."""
ClientT = TypeVar("ClientT", bound=BaseClient)
_KEPT_VARIABLES = frozenset({"COMSPEC", "LANG", "LC_ALL", "PATH", "PATHEXT", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR"})
"""Variables that processes need which a client starts, such as credential_process. None of them leads to a host."""
_NO_HOME = str(Path(os.devnull, "no-home"))


def _process_environment() -> dict[str, str]:
    """Return the environment of an emulator's clients: no variable of AWS or of a proxy, and no AWS files."""
    kept = {name: value for name, value in system_environment().items() if name.upper() in _KEPT_VARIABLES}
    return {**kept, HOME_VARIABLE: _NO_HOME}


class EmulatorClients(ExplainedAttributes, ABC):
    """Network part of Emulator: VPC endpoints, DNS and clients."""

    region: str
    account_id: str
    credentials: Credentials
    _world: EmulatorState

    @abstractmethod
    def _running_server(self) -> Server:
        """Return the running server. Raises ConfigurationError if the emulator is not running."""

    @checked(
        {
            "service": one_of(*SERVICES),
            "policy": optional(POLICY),
            "private_dns": BOOL,
            "vpc_id": optional(NAME),
            **PLACE,
        },
        owner="Emulator.add_vpc_endpoint",
    )
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
        """Add an interface VPC endpoint, and return its DNS names, ids and addresses.

        policy is the endpoint policy; it applies to every call through the endpoint, the root user's too. Without a
        policy the endpoint allows everything. private_dns makes the service's own host name resolve to the endpoint
        from within its VPC.
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

    @checked({"endpoint_id": NAME, "policy": optional(POLICY)}, owner="Emulator.set_endpoint_policy")
    def set_endpoint_policy(self, endpoint_id: str, policy: PolicySource | None) -> None:
        """Replace the policy of a VPC endpoint; None is AWS's default policy, which allows everything."""
        with self._world.lock:
            self._world.endpoints.set_policy(endpoint_id, policy)

    @checked({"vpc": optional(TEXT)}, keywords=EMULATOR_KINDS, hints=EMULATOR_HINTS, owner="Emulator.client")
    def client(self, *, vpc: str | None = AUTO, **options: Unpack[EmulatorClientOptions]) -> WorkSpacesClient:
        """Return a WorkSpacesClient that calls AWS's own host names and connects to this emulator only.

        Region, credentials and trusted certificate authority default to the emulator's. The client reads no environment
        variables of AWS or of proxies and no files of AWS, so it takes no profile. use_fips, use_dualstack,
        vpc_endpoint and private_dns work as with AWS. vpc is the id of the VPC that the client is in, None for outside
        of any VPC; the default is the VPC of the endpoint in the client's options, or the VPC that has private DNS.
        Raises TypeError for a profile, and ConfigurationError if the emulator is not running.
        """
        return self._new_client(WorkSpacesClient, vpc, options)

    @checked({"vpc": optional(TEXT)}, keywords=EMULATOR_KINDS, hints=EMULATOR_HINTS, owner="Emulator.sts_client")
    def sts_client(self, *, vpc: str | None = AUTO, **options: Unpack[EmulatorClientOptions]) -> StsClient:
        """Return an StsClient that calls AWS's own host names and connects to this emulator; see client()."""
        return self._new_client(StsClient, vpc, options)

    async def resolve(self, host: str, port: int) -> Sequence[str]:  # noqa: ARG002 - signature of a resolver
        """Resolve a host name from outside of any VPC: AWS's names in the emulator's regions resolve to the emulator.

        Raises OSError for every other name, as a DNS resolver does. A URL still needs the emulator's port.
        """
        return self._addresses(host, None)

    @checked({"vpc_id": optional(NAME)}, owner="Emulator.dialer")
    def dialer(self, vpc_id: str | None = None) -> Dialer:
        """Return a dialer that connects AWS's names and port 443 to the emulator, as from a VPC (None: outside)."""

        async def resolve(host: str, _port: int) -> Sequence[str]:
            return self._addresses(host, vpc_id)

        return Dialer(resolve, partial(self._dial, vpc_id))

    def _new_client(self, client_type: type[ClientT], vpc: str | None, options: EmulatorClientOptions) -> ClientT:
        client_options = cast("ClientOptions", {**options})
        client_options["region"] = options.get("region") or self.region
        client_options["credentials"] = options.get("credentials") or self.credentials
        tls = client_options.get("tls") or TLSPolicy()
        has_own_connections = client_options.get("transport") is not None
        if not has_own_connections and isinstance(tls, TLSPolicy) and not (tls.ca_file or tls.ca_data):
            client_options["tls"] = replace(tls, ca_file=self._running_server().ca_file)
        if client_options.get("config") is None:
            client_options["config"] = ClientConfig(profile=Setting("default"))
        service = client_type._service.name  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - set by every client class
        dialer = self.dialer(self._client_vpc(service, client_options) if vpc == AUTO else vpc)
        return with_dialer(client_type, dialer, client_options, _process_environment())

    def _client_vpc(self, service: str, options: ClientOptions) -> str | None:
        """Return the VPC of a client with these options, None for outside of any VPC."""
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
            return [host if parse_address(host) else self._server_address()[0]]
        with self._world.lock:
            self._world.endpoints.apply_due_changes(self._world.clock.now())
            found = resolve(host.lower(), self._world.regions, self._world.endpoints, vpc_id)
        if found is None:
            raise socket.gaierror(socket.EAI_NONAME, os.strerror(errno.ENOENT))
        if found.endpoint is None:
            return [self._server_address()[0]]
        zonal = found.endpoint.zonal_dns_names
        is_zonal = found.kind is EndpointKind.PRIVATELINK and host.lower() in zonal
        return [found.endpoint.addresses[zonal.index(host.lower())]] if is_zonal else found.endpoint.addresses

    async def _dial(self, vpc_id: str | None, addresses: Sequence[str], port: int) -> tuple[socket.socket, str]:
        """Connect to the emulator instead of to one of these addresses."""
        server_host, server_port = self._server_address()
        with self._world.lock:
            self._world.endpoints.apply_due_changes(self._world.clock.now())
            endpoint = self._world.endpoints.find_by_address(addresses[0], vpc_id)
            is_open = endpoint is None or self._world.network.lets_https_in(endpoint.group_ids, endpoint.client_address)
        if endpoint is not None and endpoint.vpc_id != vpc_id:
            raise OSError(errno.EHOSTUNREACH, os.strerror(errno.EHOSTUNREACH))
        if not is_open:
            # A security group drops packets: a caller waits until its time is up.
            raise OSError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))
        target = [server_host] if endpoint is not None else addresses
        channel, address = await connect(target, server_port if port == HTTPS else port)
        if vpc_id is not None:
            with self._world.lock:
                self._world.arrivals.register(channel, vpc_id)
        return channel, addresses[0] if endpoint is not None else address

    def _server_address(self) -> tuple[str, int]:
        url = parse_url(self._running_server().endpoint_url)
        # The server listens on IPv4, and the caller's resolver may map localhost to ::1.
        return "127.0.0.1" if url.host == "localhost" else url.host, url.port or HTTPS
