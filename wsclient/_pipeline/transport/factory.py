"""How requests leave this machine: by which TLS policy, proxy and transport, for each place that is called."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from wsclient._core.errors import EndpointResolutionError, TLSPolicyError
from wsclient._pipeline.transport.dialer import SYSTEM_DIALER, Dialer
from wsclient._pipeline.transport.http_transport import DEFAULT_MAX_CONNECTIONS, HttpTransport, TransportSettings
from wsclient.config._proxies import proxy_for
from wsclient.config._settings import ARGUMENT
from wsclient.endpoints._private_link import PrivateDns, VpcEndpoint
from wsclient.endpoints._types import EndpointKind
from wsclient.tls._policy import TLSPolicy

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from wsclient._core.http import HttpRequest, HttpResponse, Timeout
    from wsclient._pipeline.transport.httpx_adapter import Transport
    from wsclient.config._client_config import ClientConfig
    from wsclient.endpoints._types import Endpoint, EndpointParameters

PRIVATE_KINDS = frozenset({EndpointKind.PRIVATELINK, EndpointKind.PRIVATE_DNS})
"""Kinds of endpoint that a proxy would carry out of the VPC again."""


class TransportFactory(msgspec.Struct, frozen=True, kw_only=True):
    """What a client's settings and arguments say of connections; None means "as configured" or the default.

    wires are what makes them.
    """

    config: ClientConfig
    tls: TLSPolicy | ssl.SSLContext | None = None
    transport: Transport | None = None
    max_connections: int | None = None
    dialer: Dialer = SYSTEM_DIALER

    def for_endpoint(self, endpoint: Endpoint, parameters: EndpointParameters) -> TransportSettings:
        """Return how an endpoint is reached that was resolved from what was asked.

        Raises EndpointResolutionError for an explicit proxy into a VPC: it would carry the call out and resolve the
        name itself. TLSPolicyError for a CA bundle that cannot be.
        """
        if endpoint.kind in PRIVATE_KINDS:
            if self.config.https_proxy.source == ARGUMENT and self.config.https_proxy.value:
                raise EndpointResolutionError(
                    f"proxy= conflicts with a {endpoint.kind} endpoint: the proxy would carry the call out of the VPC"
                )
            proxy = None
        else:
            proxy = self._proxy(endpoint.url)
        settings = self._settings(proxy, narrowed=endpoint.is_fips)
        return replace(settings, private_dns=_address_rule(parameters))

    def for_service(self, url: str) -> TransportSettings:
        """Return how another service of AWS is reached."""
        return self._settings(self._proxy(url), narrowed=self.config.use_fips.value)

    def for_local_services(self) -> TransportSettings:
        """Return how metadata services are reached: never through a proxy, which is not this machine."""
        return self._settings(None, narrowed=False)

    def _settings(self, proxy: str | None, *, narrowed: bool) -> TransportSettings:
        policy = self._trusting(self.tls if isinstance(self.tls, TLSPolicy) else TLSPolicy())
        return TransportSettings(
            policy=replace(policy, fips_ciphers=True) if narrowed else policy,
            context=None if self.tls is None or isinstance(self.tls, TLSPolicy) else self.tls,
            proxy=proxy,
            max_connections=self.max_connections or DEFAULT_MAX_CONNECTIONS,
            transport=self.transport,
            dialer=self.dialer,
        )

    def _trusting(self, policy: TLSPolicy) -> TLSPolicy:
        """Return the policy with the configured authorities, where it names none itself."""
        bundle = self.config.ca_bundle.value
        if bundle is None or policy.ca_file is not None or policy.ca_data is not None:
            return policy
        try:
            return replace(policy, ca_file=bundle)
        except TLSPolicyError as error:
            raise TLSPolicyError(f"{error} (set by {self.config.ca_bundle.source})") from None

    def _proxy(self, url: str) -> str | None:
        return proxy_for(url, self.config.https_proxy.value, self.config.no_proxy.value)


def _address_rule(parameters: EndpointParameters) -> PrivateDns | None:
    """Return which addresses the endpoint's name may resolve to, None for any."""
    if isinstance(parameters.vpc_endpoint, VpcEndpoint):
        return parameters.vpc_endpoint.addresses
    return PrivateDns() if parameters.private_dns is True else parameters.private_dns or None


class TransportCache:
    """The senders of requests on the way to credentials, made as they are needed."""

    def __init__(self, network: Callable[[], TransportFactory]) -> None:
        self._load = network
        self._factory: TransportFactory | None = None
        self._transports: dict[TransportSettings, HttpTransport] = {}

    async def send(self, request: HttpRequest, timeout: Timeout) -> HttpResponse:  # noqa: ASYNC109 - one for each phase
        """Send a request to a service of AWS."""
        network = await self._ready()
        return await self.get(network.for_service(request.url)).send(request, timeout)

    async def send_local(self, request: HttpRequest, timeout: Timeout) -> HttpResponse:  # noqa: ASYNC109 - as in send
        """Send a request to a metadata service."""
        network = await self._ready()
        return await self.get(network.for_local_services()).send(request, timeout)

    def get(self, settings: TransportSettings) -> HttpTransport:
        """Return the sender of these settings."""
        found = self._transports.get(settings)
        return self._transports.setdefault(settings, HttpTransport(settings)) if found is None else found

    async def aclose(self) -> None:
        """Close every connection; sending afterwards opens new ones."""
        senders, self._transports = list(self._transports.values()), {}
        for sender in senders:
            await sender.aclose()

    async def _ready(self) -> TransportFactory:
        if self._factory is None:
            # Settings may have to be read from files.
            self._factory = await asyncio.to_thread(self._load)
        return self._factory
