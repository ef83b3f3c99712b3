"""httpx's own transports: what carries requests through a proxy, over plain http, and where a caller hands one in.

The one speaker of httpx, and loaded only where one of them is used. Redirects are not followed, cookies not kept,
nothing is read from the environment, nothing is decompressed.
"""

from __future__ import annotations

import socket
import ssl
from functools import lru_cache
from typing import TYPE_CHECKING

import httpcore
import httpx

from wsclient._core.errors import ConfigurationError, WsclientError
from wsclient._core.http import (
    FIRST_FINAL_STATUS,
    HttpRequest,
    HttpResponse,
    Timeout,
    reject_content_encoding,
    response_too_large,
    unreadable_response,
)
from wsclient._pipeline.transport.errors import (
    FailedRequest,
    connect_error,
    connection_lost_error,
    parse_error,
    timeout_error,
    unsendable_error,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wsclient._pipeline.transport.request_trace import RequestTrace

Transport = httpx.AsyncBaseTransport
"""What may carry the requests in place of wsclient's own connections."""


async def send(
    transport: Transport,
    request: HttpRequest,
    timeout: Timeout,  # noqa: ASYNC109 - one for each phase
    progress: RequestTrace,
    most_bytes: int,
    *,
    is_foreign: bool,
) -> HttpResponse:
    """Send a request over a transport of httpx and read its whole answer; every foreign error becomes ours.

    A transport that is_foreign may tell nothing of what it does: then the request may have been sent.
    """
    trace = _Trace(progress)
    try:
        asked = _outgoing(request, timeout, trace)
        if is_foreign:
            progress.sending()
        response = await transport.handle_async_request(asked)
        return await _whole_answer(response, most_bytes)
    except _NOT_SENDABLE as error:
        # Whoever raised it quotes the header it does not like, so it is not passed on.
        raise unsendable_error(progress.failure(error)) from None
    except FOREIGN_ERRORS as error:
        raise _map_error(progress.failure(error)) from error
    finally:
        await trace.close_half_open()


class _Trace:
    """Tells a request's progress what httpcore tells."""

    def __init__(self, progress: RequestTrace) -> None:
        self._progress = progress
        self._half_open: httpcore.AsyncNetworkStream | None = None
        self._has_spoken = False

    async def __call__(self, event: str, info: Mapping[str, object]) -> None:
        """Take one trace event; raises when the address or the handshake is not what was asked for."""
        if not self._has_spoken:
            self._has_spoken, self._progress.is_sent = True, False
        if event.endswith("send_request_headers.started"):
            # The CONNECT to a proxy is not the request.
            if getattr(info.get("request"), "method", b"") != b"CONNECT":
                self._half_open = None
                self._progress.sending()
            return
        stream = info.get("return_value")
        if isinstance(stream, httpcore.AsyncNetworkStream):
            self._half_open = stream
            self._progress.connected(stream.get_extra_info("ssl_object"), stream.get_extra_info("server_addr")[0])

    async def close_half_open(self) -> None:
        """Close a connection that never carried the request: httpcore forgets it when its handshake is cancelled."""
        stream, self._half_open = self._half_open, None
        if stream is not None:
            await stream.aclose()


def has_unread_data(lane: Transport) -> bool:
    """Tell whether more came than one answer: httpcore would take it for the next request's, and shows it nowhere."""
    connection: object = next(iter(getattr(getattr(lane, "_pool", None), "connections", ())), None)
    while (inner := getattr(connection, "_connection", None)) is not None:
        connection = inner
    if not isinstance(connection, httpcore.AsyncHTTP11Connection):
        return False
    state, stream = connection._h11_state, connection._network_stream  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    encrypted = stream.get_extra_info("ssl_object")
    try:
        return bool(state.trailing_data[0]) or (encrypted is not None and bool(encrypted.read(1)))
    except ssl.SSLError as error:
        return not isinstance(error, ssl.SSLWantReadError)


def transport_maker(context: ssl.SSLContext, proxy: str | None, idle_seconds: float) -> Callable[[], Transport]:
    """Return what makes transports of a single connection each."""
    limits = httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=idle_seconds)
    # httpcore takes a context only for a proxy that speaks TLS itself.
    through = httpx.Proxy(proxy, ssl_context=context if proxy.startswith("https:") else None) if proxy else None
    return lambda: httpx.AsyncHTTPTransport(verify=context, trust_env=False, limits=limits, proxy=through)


_parsed_url = lru_cache(maxsize=64)(httpx.URL)


def _outgoing(request: HttpRequest, timeout: Timeout, trace: _Trace) -> httpx.Request:
    """Return a request in httpx's form; trace is told of its way by httpcore."""
    phases = {"connect": timeout.connect, "read": timeout.read, "write": timeout.write, "pool": timeout.pool}
    return httpx.Request(
        request.method,
        _parsed_url(request.url),
        headers=list(request.headers),
        content=request.body,
        extensions={"timeout": phases, "trace": trace},
    )


async def _whole_answer(response: httpx.Response, most_bytes: int) -> HttpResponse:
    """Read an answer's bytes as they are, up to the limit."""
    headers = tuple((name.lower(), value) for name, value in response.headers.multi_items())
    answer = HttpResponse(response.status_code, headers, b"")
    stream = _stream(response)
    try:
        if answer.status < FIRST_FINAL_STATUS:
            raise unreadable_response(answer, "an interim status is no final answer")
        reject_content_encoding(answer)
        chunks: list[bytes] = []
        size = 0
        async for chunk in stream:
            size += len(chunk)
            if size > most_bytes:
                raise response_too_large(answer, most_bytes, chunks[0] if chunks else chunk)
            chunks.append(chunk)
    finally:
        await response.aclose()
    return HttpResponse(answer.status, headers, b"".join(chunks))


def _stream(response: httpx.Response) -> httpx.AsyncByteStream:
    # Not aiter_raw: a transport that answers from memory has read the stream once already, and it can be read again.
    if not isinstance(response.stream, httpx.AsyncByteStream):
        raise ConfigurationError("the transport= answers with a synchronous stream; it must be an asynchronous one")
    return response.stream


FOREIGN_ERRORS = (
    httpx.HTTPError,
    httpx.StreamError,
    httpx.InvalidURL,
    httpx.CookieConflict,
    httpcore.ConnectionNotAvailable,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.TimeoutException,
    httpcore.UnsupportedProtocol,
    OSError,
)
_TIMEOUTS = (
    ("connect", (httpx.ConnectTimeout, httpcore.ConnectTimeout)),
    ("pool", (httpx.PoolTimeout, httpcore.PoolTimeout)),
    ("write", (httpx.WriteTimeout, httpcore.WriteTimeout)),
    ("read", (httpx.TimeoutException, httpcore.TimeoutException)),
)
_NOT_SENDABLE = (
    httpx.UnsupportedProtocol,
    httpcore.UnsupportedProtocol,
    httpx.LocalProtocolError,
    httpcore.LocalProtocolError,
    httpx.InvalidURL,
    httpx.CookieConflict,
    httpx.RequestNotRead,
    UnicodeEncodeError,
)
_NO_CONNECTION = (
    httpx.ConnectError,
    httpcore.ConnectError,
    httpx.ProxyError,
    httpcore.ProxyError,
    httpcore.ConnectionNotAvailable,
    ConnectionRefusedError,
    socket.gaierror,
)
_REMOTE_PROTOCOL = (httpx.RemoteProtocolError, httpcore.RemoteProtocolError)
_UNREADABLE = (httpx.DecodingError, httpx.StreamError, httpx.TooManyRedirects, httpx.HTTPStatusError)
_ENDED = ("Server disconnected", "peer closed connection")
"""How httpcore and h11 begin when the peer hung up, which is no fault in what it said."""


def _map_error(failure: FailedRequest) -> WsclientError:
    """Return our error for a foreign one."""
    error = failure.error
    for phase, kinds in _TIMEOUTS:
        if isinstance(error, kinds):
            return timeout_error(failure, phase)
    if isinstance(error, httpx.ProxyError | httpcore.ProxyError):
        return connect_error(failure, proxy_status=_proxy_status(error))
    if isinstance(error, _NO_CONNECTION) or not failure.sent:
        return connect_error(failure)
    if isinstance(error, _UNREADABLE) or (isinstance(error, _REMOTE_PROTOCOL) and not str(error).startswith(_ENDED)):
        return parse_error(failure)
    if isinstance(error, TimeoutError) and not error.errno:
        return timeout_error(failure, "read")
    return connection_lost_error(failure)


def _proxy_status(error: BaseException) -> int | None:
    status = str(error)[:3]
    return int(status) if status.isdecimal() else None
