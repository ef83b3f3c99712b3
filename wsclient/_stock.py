"""httpx's own transports: what carries requests through a proxy, over plain http, and where a caller hands one in."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import httpx

from wsclient._errors import ConfigurationError
from wsclient._http import HttpRequest, HttpResponse, Timeout, refuse_encoding, too_large

if TYPE_CHECKING:
    import ssl
    from collections.abc import Awaitable, Callable, Mapping

    Trace = Callable[[str, Mapping[str, object]], Awaitable[None]]

Transport = httpx.AsyncBaseTransport
"""What may carry the requests in place of wsclient's own connections."""


def lane_maker(context: ssl.SSLContext, proxy: str | None, idle_seconds: float) -> Callable[[], Transport]:
    """Return what makes transports of a single connection each."""
    limits = httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=idle_seconds)
    # httpcore takes a context only for a proxy that speaks TLS itself.
    through = httpx.Proxy(proxy, ssl_context=context if proxy.startswith("https:") else None) if proxy else None
    return lambda: httpx.AsyncHTTPTransport(verify=context, trust_env=False, limits=limits, proxy=through)


_parsed_url = lru_cache(maxsize=64)(httpx.URL)


def outgoing(request: HttpRequest, timeout: Timeout, trace: Trace) -> httpx.Request:
    """Return a request in httpx's form; trace is told of its way by httpcore."""
    phases = {"connect": timeout.connect, "read": timeout.read, "write": timeout.write, "pool": timeout.pool}
    return httpx.Request(
        request.method,
        _parsed_url(request.url),
        headers=list(request.headers),
        content=request.body,
        extensions={"timeout": phases, "trace": trace},
    )


async def whole_answer(response: httpx.Response, most_bytes: int) -> HttpResponse:
    """Read an answer's bytes as they are, up to the limit."""
    headers = tuple((name.lower(), value) for name, value in response.headers.multi_items())
    answer = HttpResponse(response.status_code, headers, b"")
    stream = _stream(response)
    try:
        refuse_encoding(answer)
        chunks: list[bytes] = []
        size = 0
        async for chunk in stream:
            size += len(chunk)
            if size > most_bytes:
                raise too_large(answer, most_bytes, chunks[0] if chunks else chunk)
            chunks.append(chunk)
    finally:
        await response.aclose()
    return HttpResponse(answer.status, headers, b"".join(chunks))


def _stream(response: httpx.Response) -> httpx.AsyncByteStream:
    # Not aiter_raw: a transport that answers from memory has read the stream once already, and it can be read again.
    if not isinstance(response.stream, httpx.AsyncByteStream):
        raise ConfigurationError("the transport= answers with a synchronous stream; it must be an asynchronous one")
    return response.stream
