"""The emulated services as an ASGI application: reads a request's body within bounds, and writes the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import cast

from wsclient._core.http import HttpRequest, HttpResponse
from wsclient.testing._state.arrivals import ReceivedRequest
from wsclient.testing._state.faults import FaultyResponse

MAX_BODY = 10 * 1024 * 1024
"""Bytes of the largest request that is read: room for the logos of ImportClientBranding."""

Scope = Mapping[str, object]
Receive = Callable[[], Awaitable[Mapping[str, object]]]
Send = Callable[[dict[str, object]], Awaitable[None]]
_TOO_LARGE = HttpResponse(413, (("content-type", "text/plain"), ("connection", "close")), b"the request is too large\n")


class Application:
    """An ASGI application around a function that answers requests; drop breaks off the connection of a scope."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse], drop: Callable[[Scope], None]) -> None:
        self._answer = answer
        self._drop = drop

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        body = await _body(receive)
        if body is None:
            return
        response = self._answer(_request(scope, body)) if len(body) <= MAX_BODY else _TOO_LARGE
        if isinstance(response, FaultyResponse) and not await self._arrives(response, scope, receive):
            return
        await _write(send, response)

    async def _arrives(self, response: FaultyResponse, scope: Scope, receive: Receive) -> bool:
        """Let happen to an answer what is to happen on its way; whether there still is a connection for it then."""
        gone = asyncio.create_task(_gone(receive))
        due = asyncio.create_task(response.wait())
        try:
            await asyncio.wait((gone, due), return_when=asyncio.FIRST_COMPLETED)
            if response.is_dropped and not gone.done():
                self._drop(scope)
                await gone
            return not gone.done()
        finally:
            gone.cancel()
            due.cancel()


async def _gone(receive: Receive) -> None:
    """Wait until the connection is no more."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _body(receive: Receive) -> bytes | None:
    """Return the body, cut a byte after the limit; None when the client went away."""
    body = bytearray()
    more = True
    while more and len(body) <= MAX_BODY:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += cast("bytes", message.get("body", b""))
        more = bool(message.get("more_body", False))
    return bytes(body[: MAX_BODY + 1])


def _request(scope: Scope, body: bytes) -> HttpRequest:
    pairs = cast("list[tuple[bytes, bytes]]", scope["headers"])
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in pairs)
    path = cast("bytes", scope["raw_path"]).decode("latin-1")
    query = cast("bytes", scope["query_string"]).decode("latin-1")
    url, peer = f"{path}?{query}" if query else path, cast("tuple[str, int] | None", scope.get("client"))
    return ReceivedRequest(cast("str", scope["method"]), url, headers, body, (peer[0], peer[1]) if peer else None)


async def _write(send: Send, response: HttpResponse) -> None:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.headers]
    length = (b"content-length", str(len(response.body)).encode())
    await send({"type": "http.response.start", "status": response.status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": response.body})
