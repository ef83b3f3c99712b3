"""A client's way to an emulator in the same process: no socket, no TLS, everything else as over them."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import httpx

from wsclient._core.http import HttpRequest
from wsclient.testing._state.faults import FaultyResponse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wsclient._core.http import HttpResponse

_DROPPED = "Server disconnected without sending a response."


class EmulatorTransport(httpx.AsyncBaseTransport):
    """Carries requests to an emulator, whatever host they are for: for a client's transport=.

    Signatures are checked as over sockets. An answer that is to come late does so by the emulator's clock, so that
    aws.clock.advance() brings it on; one that is later than the client waits for is httpx.ReadTimeout.
    """

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = answer

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Have the emulator answer one request."""
        body = await request.aread()
        headers = tuple((name.lower(), value) for name, value in request.headers.multi_items())
        path = request.url.raw_path.decode("ascii")
        response = self._answer(HttpRequest(request.method, path, headers, body))
        if isinstance(response, FaultyResponse):
            await _arrive(response, request)
        return httpx.Response(response.status, headers=list(response.headers), content=response.body)


async def _arrive(response: FaultyResponse, request: httpx.Request) -> None:
    """Wait for an answer as long as the client does; raise what happens to it on its way."""
    patience = cast("Mapping[str, float | None]", request.extensions.get("timeout") or {}).get("read")
    if not await response.wait(patience):
        raise httpx.ReadTimeout("", request=request)
    if response.is_dropped:
        raise httpx.RemoteProtocolError(_DROPPED, request=request)
