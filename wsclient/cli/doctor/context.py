"""Context that every check of the diagnosis needs: the client, the time, and requests without a signature."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from wsclient._core.http import HttpRequest, Timeout
from wsclient.config._proxies import proxy_for
from wsclient.credentials._internal.sts_client import StsCaller
from wsclient.endpoints._types import EndpointKind

if TYPE_CHECKING:
    from wsclient._core.clock import Clock
    from wsclient._core.http import HttpResponse
    from wsclient._pipeline.pipeline import Pipeline
    from wsclient._pipeline.transport.http_transport import HttpTransport
    from wsclient.credentials._internal.sts_client import StsRoute
    from wsclient.workspaces._client import WorkSpacesClient

VPC_KINDS: Final = frozenset({EndpointKind.PRIVATELINK, EndpointKind.PRIVATE_DNS})
"""Types of endpoint that resolve to private addresses and bypass a proxy."""


@dataclass(slots=True, kw_only=True)
class Diagnosis:
    """Client under diagnosis; seconds is the timeout of each network step.

    date is the Date header of the endpoint's response to the unsigned probe, once there is one.
    """

    client: WorkSpacesClient
    clock: Clock
    seconds: float = 5.0
    expected_account: str | None = None
    date: str | None = None

    @property
    def pipeline(self) -> Pipeline:
        """Pipeline of the client's calls, so that the checks use the same credentials and TLS settings."""
        return self.client._pipeline  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - for the reason above

    @property
    def transport(self) -> HttpTransport:
        """Transport of the client's calls."""
        return self.pipeline.transport

    @property
    def proxy(self) -> str | None:
        """URL of the proxy of the client's calls, or None."""
        config = self.client.config
        if self.client.endpoint.kind in VPC_KINDS:
            return None
        return proxy_for(self.client.endpoint.url, config.https_proxy.value, config.no_proxy.value)

    @property
    def proxy_peer(self) -> str | None:
        """host:port of the proxy, without user information, or None."""
        return f"{self.address[0]}:{self.address[1]}" if self.proxy else None

    @property
    def address(self) -> tuple[str, int]:
        """Host and port to connect to: those of the endpoint, or of the proxy."""
        parts = urlsplit(self.proxy or self.client.endpoint.url)
        return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)

    async def probe(self) -> HttpResponse:
        """Send an unsigned GET to the endpoint as the client's calls are sent: same proxy, TLS policy and trust."""
        return await self._get(self.transport, self.client.endpoint.url)

    async def sts_route(self) -> StsRoute | None:
        """Return the endpoint and transport of the client's STS calls."""
        call_sts = self.client._provider_context.call_sts  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - as above
        return await asyncio.to_thread(call_sts.route) if isinstance(call_sts, StsCaller) else None

    async def probe_sts(self) -> HttpResponse | None:
        """Send an unsigned GET to STS, for the time."""
        route = await self.sts_route()
        return await self._get(route.transport, route.endpoint.url) if route else None

    async def _get(self, transport: HttpTransport, url: str) -> HttpResponse:
        timeout = Timeout(connect=self.seconds, read=self.seconds, write=self.seconds)
        return await transport.send(HttpRequest("GET", f"{url.rstrip('/')}/", (), b""), timeout)
