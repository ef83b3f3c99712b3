"""In-process httpx transport of the emulator: no sockets and no TLS, otherwise the same behavior."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

import httpx

from wsclient._core.http import HttpRequest, HttpResponse
from wsclient.testing._state.faults import FaultyResponse

if TYPE_CHECKING:
    from collections.abc import Mapping


_DROPPED = "Server disconnected without sending a response."


class EmulatorTransport(httpx.AsyncBaseTransport):
    """httpx transport that sends all requests, to any host, to an emulator in this process; pass it as transport=.

    Signatures are checked as over sockets. Injected latency runs on the emulator's clock, so aws.clock.advance()
    releases a delayed response. A delay longer than the client's read timeout raises httpx.ReadTimeout.
    """

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self._handler = answer

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request to the emulator and return its response."""
        body = await request.aread()
        headers = tuple((name.lower(), value) for name, value in request.headers.multi_items())
        path = request.url.raw_path.decode("ascii")
        response = self._handler(HttpRequest(request.method, path, headers, body))
        if isinstance(response, FaultyResponse):
            await _await_delivery(response, request)
        return httpx.Response(response.status, headers=list(response.headers), content=response.body)


async def _await_delivery(response: FaultyResponse, request: httpx.Request) -> None:
    """Wait for a delayed response, up to the read timeout. Raises the httpx error of the injected fault."""
    read_timeout = cast("Mapping[str, float | None]", request.extensions.get("timeout") or {}).get("read")
    if not await response.wait(read_timeout):
        raise httpx.ReadTimeout("", request=request)
    if response.is_dropped:
        raise httpx.RemoteProtocolError(_DROPPED, request=request)
