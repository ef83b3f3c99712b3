"""httpx adapter: sends requests through a proxy, over plain http, and over a transport= of the caller.

The only module that imports httpx, and itself imported on first use. It follows no redirects, keeps no cookies, reads
nothing from the environment and decompresses nothing. A transport= of httpx2 gets requests of httpx2; exceptions and
streams of either library are recognized by their class names, which are the same.
"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, cast

import httpx

from wsclient._core.errors import ConfigurationError, ResponseParseError
from wsclient._core.http import (
    FIRST_FINAL_STATUS,
    HttpRequest,
    HttpResponse,
    Timeout,
    reject_content_encoding,
    response_too_large,
    unreadable_response,
)
from wsclient._pipeline.transport.custom_transport import library_name, library_names
from wsclient._pipeline.transport.errors import (
    connect_error,
    connection_lost_error,
    parse_error,
    timeout_error,
    unsendable_error,
)
from wsclient._pipeline.transport.failed_request import FailedRequest, chain_of
from wsclient._pipeline.transport.proxy_errors import rejected_tunnel
from wsclient._pipeline.transport.request_ids import is_settled
from wsclient._pipeline.transport.response_parser import KEPT_BYTES
from wsclient._pipeline.transport.trace_extension import TraceExtension, network_stream
from wsclient.tls._inspection import IGNORE_UNEXPECTED_EOF, require_no_faults, verification_faults

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from wsclient._core.errors import WsclientError
    from wsclient._pipeline.transport.custom_transport import AsyncTransport
    from wsclient._pipeline.transport.request_ids import RequestIdHistories
    from wsclient._pipeline.transport.request_trace import RequestTrace
    from wsclient._pipeline.transport.trace_extension import NetworkStream


async def send(
    transport: AsyncTransport,
    request: HttpRequest,
    timeout: Timeout,  # noqa: ASYNC109 - one for each phase
    trace: RequestTrace,
    max_bytes: int,
    histories: RequestIdHistories,
    *,
    is_custom: bool,
) -> HttpResponse:
    """Send a request over an httpx transport and return its complete response; map errors of httpx to wsclient's.

    histories are the request ids of each connection. A connection that may carry another response is closed.
    is_custom marks a transport of the caller, which may not report trace events: its requests count as sent from the
    start, unless its first event shows that it does report them.
    """
    scope = asyncio.timeout(None)
    extension = TraceExtension(trace, scope, timeout)
    try:
        async with scope:
            httpx_request = _httpx_request(transport, request, extension)
            if is_custom:
                if httpx_request.url.scheme == "https" and (context := context_of(transport)) is not None:
                    # For each request: an open connection that is used again reports no handshake.
                    require_no_faults(trace.peer, verification_faults(context))
                trace.sending()
            response = await handle_request(transport, httpx_request)
            if scope.when() is None:  # a transport that reports no events
                extension.limit_response()
            return await _read_response(request, transport, response, max_bytes, histories)
    except Exception as error:
        if isinstance(error, TimeoutError) and scope.expired():
            late = extension.expired_phase()
            raise timeout_error(trace.failure(late), late.phase) from None
        if _is_unsendable(error):
            # The original message quotes the rejected header, which may be a secret, so it is not chained.
            _without_quotes(error)
            raise unsendable_error(trace.failure(error)) from None
        if not is_library_error(error):
            raise
        mapped = _map_error(trace.failure(error))
        raise mapped from _without_quotes(error)
    finally:
        await extension.close_half_open()


def handle_request(transport: AsyncTransport, request: httpx.Request) -> Awaitable[httpx.Response]:
    """Have a transport send a request of its own library."""
    return cast("Callable[[httpx.Request], Awaitable[httpx.Response]]", transport.handle_async_request)(request)


def request_type(transport: AsyncTransport) -> type[httpx.Request]:
    """Return the class Request of the library whose requests a transport takes."""
    if library_name(transport) == "httpx":
        return httpx.Request
    return cast("type[httpx.Request]", import_module("httpx2").Request)


def context_of(transport: object) -> ssl.SSLContext | None:
    """Return the SSL context of a stock httpx transport; None for any other, whose TLS is its author's."""
    context: object = getattr(getattr(transport, "_pool", None), "_ssl_context", None)
    return context if isinstance(context, ssl.SSLContext) else None


def _has_unread_data(transport: AsyncTransport, stream: NetworkStream) -> bool:
    """Return True if bytes follow the complete response on the connection with this stream (RFC 9112, section 9.2).

    httpcore would read them as the response to the next request, and has no public API that reveals them.
    """
    for connection in getattr(getattr(transport, "_pool", None), "connections", ()):
        innermost: object = connection
        while (inner := getattr(innermost, "_connection", None)) is not None:
            innermost = inner
        if getattr(innermost, "_network_stream", None) is stream:
            trailing: tuple[bytes, bool] = getattr(
                getattr(innermost, "_h11_state", None), "trailing_data", (b"", False)
            )
            encrypted = cast("ssl.SSLObject | None", stream.get_extra_info("ssl_object"))
            try:
                return bool(trailing[0]) or (encrypted is not None and bool(encrypted.read(1)))
            except ssl.SSLError as error:
                return not isinstance(error, ssl.SSLWantReadError)
    return False


def transport_factory(
    context: ssl.SSLContext, proxy: str | None, idle_seconds: float
) -> Callable[[], httpx.AsyncHTTPTransport]:
    """Return a function that creates httpx transports of a single connection each."""
    limits = httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=idle_seconds)
    # A pool of one connection per transport, so that closing the transport closes exactly that connection.
    # httpcore accepts an SSL context only for an https proxy.
    httpx_proxy = httpx.Proxy(proxy, ssl_context=context if proxy.startswith("https:") else None) if proxy else None
    return lambda: httpx.AsyncHTTPTransport(verify=context, trust_env=False, limits=limits, proxy=httpx_proxy)


_parsed_url = lru_cache(maxsize=64)(httpx.URL)


def _httpx_request(transport: AsyncTransport, request: HttpRequest, extension: TraceExtension) -> httpx.Request:
    """Return the request of the transport's library; its connections report their progress to extension."""
    request_class = request_type(transport)
    return request_class(
        request.method,
        _parsed_url(request.url) if request_class is httpx.Request else request.url,
        headers=list(request.headers),
        content=request.body,
        extensions={"timeout": extension.phases, "trace": extension},
    )


async def _read_response(
    request: HttpRequest,
    transport: AsyncTransport,
    response: httpx.Response,
    max_bytes: int,
    histories: RequestIdHistories,
) -> HttpResponse:
    """Return the response with its body as received, at most max_bytes long."""
    headers = tuple((name.lower(), value) for name, value in response.headers.multi_items())
    head = HttpResponse(response.status_code, headers, b"")
    stream = _stream(response)
    try:
        if head.status < FIRST_FINAL_STATUS:
            raise unreadable_response(head, "an interim (1xx) status is not a final response")
        if head.header("content-length") is not None and head.header("transfer-encoding") is not None:
            # RFC 9112, section 6.3: it may be an attempt to split one response into two.
            raise unreadable_response(head, "it has two lengths: Content-Length and Transfer-Encoding")
        reject_content_encoding(head)
        length = head.header("content-length") or ""
        if length.isdecimal() and int(length[:20]) > max_bytes:  # 20 digits: a longer number is above any limit
            raise response_too_large(head, max_bytes, b"")
        body = bytearray()  # one buffer: a list of two-byte chunks would take twenty times their size
        async for chunk in stream:
            body += chunk
            if len(body) > max_bytes:
                raise response_too_large(head, max_bytes, bytes(body[:KEPT_BYTES]))
        if _was_cut(response, head):
            raise unreadable_response(head, "its connection was cut before TLS announced the end of the response")
        complete = HttpResponse(head.status, headers, bytes(body))
        await _require_own_response(request, transport, response, complete, histories)
    finally:
        await response.aclose()
    return complete


async def _require_own_response(
    request: HttpRequest,
    transport: AsyncTransport,
    response: httpx.Response,
    complete: HttpResponse,
    histories: RequestIdHistories,
) -> None:
    """Raise ResponseParseError for a response to an earlier request, and close a connection that may carry another one.

    Before the response is closed, because another request may take its connection then. A transport that answers from
    memory has no connection, and HTTP/2 marks each response with its request.
    """
    stream = network_stream(response.extensions.get("network_stream"))
    if stream is None or response.extensions.get("http_version") == b"HTTP/2":
        return
    try:
        histories.of(stream).add(complete)
    except ResponseParseError:
        await stream.aclose()
        raise
    if not is_settled(request, complete) or _has_unread_data(transport, stream):
        await stream.aclose()


def _was_cut(response: httpx.Response, head: HttpResponse) -> bool:
    """Return True if a body that ends with its TLS connection (RFC 9112, section 6.3) was not ended by close_notify.

    anyio's and asyncio's streams report a cut connection as an orderly end, so a part could pass for the whole; the SSL
    object beneath tells the two apart (RFC 8446, section 6.1).
    """
    if head.header("content-length") or head.header("transfer-encoding") or head.status in _BODILESS:
        return False
    stream = network_stream(response.extensions.get("network_stream"))
    encrypted = None if stream is None else cast("ssl.SSLObject | None", stream.get_extra_info("ssl_object"))
    if encrypted is None:
        return False
    if encrypted.context.options & IGNORE_UNEXPECTED_EOF:  # the two ends look alike
        return True
    try:
        return bool(encrypted.read(1))
    except ssl.SSLZeroReturnError:
        return False
    except ssl.SSLError:
        return True


def _stream(response: httpx.Response) -> httpx.AsyncByteStream:
    # Not aiter_raw, which refuses a stream that was read before: a transport that responds from memory has read it.
    if "AsyncByteStream" not in library_names(response.stream):
        raise ConfigurationError("the transport= returned a synchronous response stream; use an asynchronous transport")
    return cast("httpx.AsyncByteStream", response.stream)


_BODILESS = frozenset({204, 304})
"""Statuses of responses that never have a body (RFC 9110, section 6.4.1)."""
_LIBRARY_ERRORS = frozenset(
    {
        *("HTTPError", "StreamError", "InvalidURL", "CookieConflict"),
        *("ConnectionNotAvailable", "NetworkError", "ProtocolError", "ProxyError", "TimeoutException"),
        "UnsupportedProtocol",
    }
)
"""Base classes of the exceptions of httpx and httpcore."""
_TIMEOUTS = (
    ("connect", "ConnectTimeout"),
    ("pool", "PoolTimeout"),
    ("write", "WriteTimeout"),
    ("read", "TimeoutException"),
)
_UNSENDABLE = frozenset({"UnsupportedProtocol", "LocalProtocolError", "InvalidURL", "CookieConflict", "RequestNotRead"})
_NO_CONNECTION = frozenset({"ConnectError", "ProxyError", "ConnectionNotAvailable"})
_UNREADABLE = frozenset({"DecodingError", "StreamError", "TooManyRedirects", "HTTPStatusError"})
_PEER_CLOSED = ("Server disconnected", "peer closed connection", "<ConnectionTerminated", "<StreamReset")
"""Beginnings of the messages of httpcore, h11 and h2 when the peer closed the connection, which is not invalid HTTP."""
_H2_CLOSED = re.compile(r"\.CLOSED|StreamClosedError|NoSuchStreamError")
"""What h2's exceptions have in their names and texts when the peer has closed the HTTP/2 connection (GOAWAY)."""


def is_library_error(error: BaseException) -> bool:
    """Return True for an exception that httpx, httpx2 or the operating system raises for a failed request."""
    return isinstance(error, OSError) or not library_names(error).isdisjoint(_LIBRARY_ERRORS)


def _is_unsendable(error: BaseException) -> bool:
    is_rejected = isinstance(error, UnicodeEncodeError) or not library_names(error).isdisjoint(_UNSENDABLE)
    return is_rejected and not any(_is_closed_http2(cause) for cause in chain_of(error))


def _is_closed_http2(error: BaseException) -> bool:
    """Return whether an error is h2's for a closed connection: httpcore's LocalProtocolError says no more."""
    kind = type(error)
    return kind.__module__.startswith("h2.") and bool(_H2_CLOSED.search(f"{kind.__name__} {error}"))


def _map_error(failure: FailedRequest) -> WsclientError:
    """Return wsclient's error for one of httpx or httpcore."""
    error = failure.error
    names = library_names(error)
    for phase, name in _TIMEOUTS:
        if name in names:
            return timeout_error(failure, phase)
    if "ProxyError" in names:
        status = _proxy_status(error)
        return connect_error(failure) if status is None else rejected_tunnel(failure, status)
    is_unconnected = isinstance(error, ConnectionRefusedError | socket.gaierror) or names & _NO_CONNECTION
    if is_unconnected or not failure.is_sent:
        return connect_error(failure)
    if names & _UNREADABLE or ("RemoteProtocolError" in names and not str(error).startswith(_PEER_CLOSED)):
        return parse_error(failure)
    if isinstance(error, TimeoutError) and not error.errno:
        return timeout_error(failure, "read")
    return connection_lost_error(failure)


def _without_quotes(error: BaseException) -> BaseException:
    """Return an error after removing the texts of protocol errors from its chain: they quote requests and responses."""
    for cause in chain_of(error):
        # h11 and h2 are httpcore's own dependencies: their errors are known by their modules only.
        is_foreign = isinstance(cause, UnicodeEncodeError) or type(cause).__module__.startswith(("h11.", "h2."))
        if is_foreign or not library_names(cause).isdisjoint(_UNSENDABLE | {"RemoteProtocolError"}):
            cause.args = ()
    return error


def _proxy_status(error: BaseException) -> int | None:
    status = str(error)[:3]
    return int(status) if status.isdecimal() else None
