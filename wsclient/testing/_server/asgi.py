"""ASGI application of the emulated services: reads the request body up to a limit and sends the response."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import cast

from wsclient._core.http import HttpRequest, HttpResponse
from wsclient.testing._state.faults import FaultyResponse
from wsclient.testing._state.vpc_connections import ReceivedRequest

MAX_BODY_BYTES = 10 * 1024 * 1024
"""Maximum size of a request body in bytes (10 MiB), enough for the logos of ImportClientBranding."""

Scope = Mapping[str, object]
Receive = Callable[[], Awaitable[Mapping[str, object]]]
Send = Callable[[dict[str, object]], Awaitable[None]]
_TOO_LARGE = HttpResponse(413, (("content-type", "text/plain"), ("connection", "close")), b"the request is too large\n")


class Application:
    """ASGI application for a request handler; drop_connection aborts the connection of a scope."""

    def __init__(
        self, handler: Callable[[HttpRequest], HttpResponse], drop_connection: Callable[[Scope], None]
    ) -> None:
        self._handler = handler
        self._drop_connection = drop_connection

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        body = await _read_body(receive)
        if body is None:
            return
        response = self._handler(_new_request(scope, body)) if len(body) <= MAX_BODY_BYTES else _TOO_LARGE
        if isinstance(response, FaultyResponse) and not await self._await_delivery(response, scope, receive):
            return
        await _send_response(send, response)

    async def _await_delivery(self, response: FaultyResponse, scope: Scope, receive: Receive) -> bool:
        """Apply the injected delay and drop of a response; return whether the client is still connected."""
        disconnect = asyncio.create_task(_wait_for_disconnect(receive))
        delay = asyncio.create_task(response.wait())
        try:
            await asyncio.wait((disconnect, delay), return_when=asyncio.FIRST_COMPLETED)
            if response.is_dropped and not disconnect.done():
                self._drop_connection(scope)
                await disconnect
            return not disconnect.done()
        finally:
            disconnect.cancel()
            delay.cancel()


async def _wait_for_disconnect(receive: Receive) -> None:
    """Wait until the client disconnects."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _read_body(receive: Receive) -> bytes | None:
    """Return the body, truncated to one byte over the limit; None if the client disconnected."""
    body = bytearray()
    has_more = True
    while has_more and len(body) <= MAX_BODY_BYTES:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += cast("bytes", message.get("body", b""))
        has_more = bool(message.get("more_body", False))
    # One byte more than the limit tells the caller that the body is too large.
    return bytes(body[: MAX_BODY_BYTES + 1])


def _new_request(scope: Scope, body: bytes) -> HttpRequest:
    pairs = cast("list[tuple[bytes, bytes]]", scope["headers"])
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in pairs)
    path = cast("bytes", scope["raw_path"]).decode("latin-1")
    query = cast("bytes", scope["query_string"]).decode("latin-1")
    url, peer = f"{path}?{query}" if query else path, cast("tuple[str, int] | None", scope.get("client"))
    return ReceivedRequest(cast("str", scope["method"]), url, headers, body, (peer[0], peer[1]) if peer else None)


async def _send_response(send: Send, response: HttpResponse) -> None:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.headers]
    length = (b"content-length", str(len(response.body)).encode())
    await send({"type": "http.response.start", "status": response.status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": response.body})
