"""Transport settings for each destination (TLS policy, proxy, connections), and the cache of transports."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from wsclient._core.errors import (
    ConfigurationError,
    EndpointResolutionError,
    RequestTimeoutError,
    ResponseParseError,
    TLSPolicyError,
)
from wsclient._core.hosts import parse_url
from wsclient._pipeline.transport.custom_transport import has_proxy, validate_transport
from wsclient._pipeline.transport.dialer import SYSTEM_DIALER, Dialer
from wsclient._pipeline.transport.http_transport import DEFAULT_MAX_CONNECTIONS, HttpTransport, TransportSettings
from wsclient._pipeline.transport.request_trace import host_and_port
from wsclient.config._proxies import proxy_for
from wsclient.config._settings import ARGUMENT, DEFAULT
from wsclient.endpoints._private_link import PrivateDns, VpcEndpoint
from wsclient.endpoints._types import EndpointKind
from wsclient.tls._policy import TLSPolicy

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from wsclient._core.http import HttpRequest, HttpResponse, Timeout
    from wsclient._pipeline.transport.custom_transport import AsyncTransport
    from wsclient.config._client_config import ClientConfig
    from wsclient.endpoints._types import Endpoint, EndpointParameters

PRIVATE_KINDS = frozenset({EndpointKind.PRIVATELINK, EndpointKind.PRIVATE_DNS})
"""Endpoint kinds inside a VPC, which a proxy would reach from outside, if at all."""


_TRANSPORT_ARGUMENTS = {"tls": "verify=wsclient.TLSPolicy().create_context()", "proxy": 'proxy="http://…"'}
"""How a stock httpx transport takes the settings that a client does not apply to it."""


class TransportFactory(msgspec.Struct, frozen=True, kw_only=True):
    """Settings and arguments of a client that concern connections; None stands for the configured or default value."""

    config: ClientConfig
    tls: TLSPolicy | ssl.SSLContext | None = None
    transport: AsyncTransport | None = None
    max_connections: int | None = None
    dialer: Dialer = SYSTEM_DIALER

    def __post_init__(self) -> None:
        """Raise ConfigurationError for a transport= that is not one, or for tls= or proxy= that it would ignore."""
        if self.transport is None:
            return
        validate_transport(self.transport)
        for name, is_set in (("tls", self.tls is not None), ("proxy", self._has_proxy_argument)):
            if is_set:
                raise ConfigurationError(
                    f"{name}= conflicts with transport=, which has connections of its own; remove {name}=, and "
                    f"configure it in the transport: httpx.AsyncHTTPTransport({_TRANSPORT_ARGUMENTS[name]})"
                )

    @property
    def _has_proxy_argument(self) -> bool:
        """True if the caller passed a proxy, here or to the configuration."""
        return self.config.https_proxy.source == ARGUMENT and bool(self.config.https_proxy.value)

    def _proxy_setting(self) -> str | None:
        """Return the argument that sets a proxy: proxy=, or a stock transport= that has one."""
        if self._has_proxy_argument:
            return "proxy="
        return "the proxy of transport=" if has_proxy(self.transport) else None

    def for_endpoint(self, endpoint: Endpoint, parameters: EndpointParameters) -> TransportSettings:
        """Return the transport settings for an endpoint that was resolved from these parameters.

        Raises EndpointResolutionError for proxy= with an endpoint in a VPC, because the proxy would resolve the host
        name and connect from outside; ConfigurationError for proxy= with an http endpoint, because the proxy would read
        the requests; TLSPolicyError for an invalid CA bundle.
        """
        proxy_setting = self._proxy_setting()
        if endpoint.insecure and proxy_setting:
            raise ConfigurationError(
                f"{proxy_setting} conflicts with the http endpoint {parse_url(endpoint.url).origin}: the proxy would "
                "read the signed requests, which TLS does not protect; remove the proxy, or use an https endpoint"
            )
        if endpoint.kind in PRIVATE_KINDS:
            if proxy_setting:
                raise EndpointResolutionError(
                    f"{proxy_setting} conflicts with the {endpoint.kind} endpoint: the proxy would send calls out of "
                    "the VPC; remove the proxy, or use a public endpoint"
                )
            # HTTPS_PROXY is ignored too: the proxy would send the call out of the VPC.
            proxy = None
        else:
            proxy = self._proxy(endpoint.url)
        settings = self._settings(proxy, is_fips=endpoint.is_fips)
        return msgspec.structs.replace(settings, private_dns=_address_rule(parameters))

    def for_service(self, url: str) -> TransportSettings:
        """Return the transport settings for another AWS service, such as SSO."""
        return self._settings(self._proxy(url), is_fips=self.config.use_fips.value)

    def for_local_services(self) -> TransportSettings:
        """Return the transport settings for metadata services: never through a proxy, which is another machine."""
        settings = self._settings(None, is_fips=False)
        return msgspec.structs.replace(settings, transport=None) if has_proxy(self.transport) else settings

    def _settings(self, proxy: str | None, *, is_fips: bool) -> TransportSettings:
        policy = self._with_ca_bundle(self.tls if isinstance(self.tls, TLSPolicy) else TLSPolicy())
        return TransportSettings(
            policy=replace(policy, fips_ciphers=True) if is_fips else policy,
            context=None if self.tls is None or isinstance(self.tls, TLSPolicy) else self.tls,
            proxy=proxy,
            max_connections=self.max_connections or DEFAULT_MAX_CONNECTIONS,
            transport=self.transport,
            dialer=self.dialer,
            trust_note=self._trust_note(),
        )

    def _with_ca_bundle(self, policy: TLSPolicy) -> TLSPolicy:
        """Return the policy with the configured CA bundle, unless the policy has its own CAs."""
        bundle = self.config.ca_bundle.value
        if bundle is None or policy.ca_file is not None or policy.ca_data is not None:
            return policy
        try:
            return replace(policy, ca_file=bundle)
        except TLSPolicyError as error:
            raise TLSPolicyError(f"{error} (set by {self.config.ca_bundle.source})") from None

    def _trust_note(self) -> str | None:
        """Return what decides which authorities are trusted, for errors; None for the system's trust store."""
        bundle, tls = self.config.ca_bundle, self.tls
        configured = None if bundle.value is None else f"{bundle.value} (set by {bundle.source})"
        owner = "transport=" if self.transport else None if tls is None or isinstance(tls, TLSPolicy) else "tls="
        unused = f"; {configured} is not used then" if configured else ""
        if owner is not None:
            return f"The SSL context of {owner} decides which authorities are trusted{unused}"
        if isinstance(tls, TLSPolicy) and (tls.ca_file is not None or tls.ca_data is not None):
            own = f"ca_file={tls.ca_file!r}" if tls.ca_file else "ca_data"
            return f"Only the authorities of TLSPolicy({own}) are trusted now, which lack that issuer{unused}"
        if configured:
            return f"Only the authorities of {configured} are trusted now; it lacks that issuer"
        return None if bundle.source == DEFAULT else bundle.source

    def _proxy(self, url: str) -> str | None:
        try:
            return proxy_for(url, self.config.https_proxy.value, self.config.no_proxy.value)
        except ConfigurationError as error:
            raise ConfigurationError(f"{error} (set by {self.config.https_proxy.source})") from None


def _address_rule(parameters: EndpointParameters) -> PrivateDns | None:
    """Return the rule for the addresses that the endpoint's host name may resolve to, or None for any address."""
    if isinstance(parameters.vpc_endpoint, VpcEndpoint):
        return parameters.vpc_endpoint.addresses
    return PrivateDns() if parameters.private_dns is True else parameters.private_dns or None


class TransportCache:
    """Transports for credential requests (STS, SSO, metadata), created on first use, one for equal settings."""

    def __init__(self, load: Callable[[], TransportFactory]) -> None:
        self._load = load
        self._factory: TransportFactory | None = None
        self._transports: dict[TransportSettings, HttpTransport] = {}

    async def send(self, request: HttpRequest, timeout: Timeout) -> HttpResponse:  # noqa: ASYNC109 - one for each phase
        """Send a request to an AWS service."""
        factory = await self._get_factory()
        return await _send_without_body_in_errors(self.get(factory.for_service(request.url)), request, timeout)

    async def send_local(self, request: HttpRequest, timeout: Timeout) -> HttpResponse:  # noqa: ASYNC109 - as in send
        """Send a request to a metadata service."""
        factory = await self._get_factory()
        return await _send_without_body_in_errors(self.get(factory.for_local_services()), request, timeout)

    def get(self, settings: TransportSettings) -> HttpTransport:
        """Return the transport with these settings."""
        found = self._transports.get(settings)
        return self._transports.setdefault(settings, HttpTransport(settings)) if found is None else found

    async def aclose(self) -> None:
        """Close every connection; a later request opens new ones."""
        transports, self._transports = list(self._transports.values()), {}
        for transport in transports:
            await transport.aclose()

    async def _get_factory(self) -> TransportFactory:
        if self._factory is None:
            # Loading may read config files, which would block the event loop.
            self._factory = await asyncio.to_thread(self._load)
        return self._factory


async def _send_without_body_in_errors(
    transport: HttpTransport,
    request: HttpRequest,
    timeout: Timeout,  # noqa: ASYNC109 - one for each phase
) -> HttpResponse:
    """Send a request for credentials within timeout.total, which no pipeline watches over here.

    A peer that sends a byte now and then would hold a read timeout off for ever. The error of an unreadable response
    keeps no part that may contain credentials.
    """
    scope = asyncio.timeout(timeout.total)
    try:
        async with scope:
            return await transport.send(request, timeout)
    except TimeoutError:
        if not scope.expired():
            raise
        message = f"no complete response from {host_and_port(request.url)} within {timeout.total:g} s"
        raise RequestTimeoutError(message, phase="total", may_have_been_sent=True) from None
    except ResponseParseError as error:
        error.first_bytes, error.headers = b"", ()
        raise
