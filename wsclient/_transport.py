"""The one speaker of httpx: sends one request, gives back one whole answer, and turns foreign errors into ours.

Redirects are not followed, cookies not kept, nothing is read from the environment, nothing is decompressed: an
answer is a status, headers and bytes.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import httpcore
import httpx

from wsclient._clock import SYSTEM_CLOCK, Clock
from wsclient._connection_errors import Failure, lost, not_connected, not_sendable, timed_out, unreadable
from wsclient._errors import ConfigurationError, ResponseParseError, TLSError, WsclientError
from wsclient._http import HttpRequest, HttpResponse, Timeout
from wsclient._lanes import Lanes
from wsclient._open_calls import OpenCalls
from wsclient._pools import Pool, Pools
from wsclient._private_name import PrivateName, Resolve, system_resolve
from wsclient._proxies import checked_proxy
from wsclient.tls import DEFAULT_POLICY, NegotiatedTLS, TLSPolicy, inspect_connection, shared_context

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Mapping

    from wsclient.endpoints import PrivateDns

Transport = httpx.AsyncBaseTransport
"""What may carry the requests in place of wsclient's own connections."""

DEFAULT_MAX_CONNECTIONS = 50
IDLE_SECONDS = 15.0
"""How long an unused connection is kept: less than what load balancers on the way allow."""
MAX_RESPONSE_BYTES = 64 * 1024 * 1024

logger = logging.getLogger("wsclient")


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderSettings:
    """What decides how connections are made; senders of equal settings can stand in for each other.

    context is a foreign SSL context to use in place of the policy's own; proxy an http or https URL, used by CONNECT;
    transport carries the requests in place of wsclient's connections; private_dns lets only allowed addresses be
    spoken to.
    """

    policy: TLSPolicy = DEFAULT_POLICY
    context: ssl.SSLContext | None = None
    proxy: str | None = field(default=None, repr=False)
    max_connections: int = DEFAULT_MAX_CONNECTIONS
    transport: Transport | None = None
    private_dns: PrivateDns | None = None


class HttpSender:
    """Sends requests over connections that it opens at the first one.

    It closes what it opened; a transport that was given stays its owner's to close. It may be used from successive
    event loops: connections belong to a loop and end with it. (A loop that is closed by hand, without the
    shutdown_asyncgens() that asyncio.run does, leaves its sockets to the garbage collector.)
    """

    def __init__(
        self, settings: SenderSettings | None = None, *, clock: Clock = SYSTEM_CLOCK, resolve: Resolve = system_resolve
    ) -> None:
        self.settings = settings or SenderSettings()
        if self.settings.max_connections < 1:
            raise ConfigurationError(f"max_connections must be at least 1, not {self.settings.max_connections}")
        self._clock = clock
        self.proxy = checked_proxy(self.settings.proxy) if self.settings.proxy else None
        rule = self.settings.private_dns
        # A transport that was given makes connections of its own: the address that it tells of is checked all the same.
        self._name = PrivateName(rule, clock, resolve) if rule and self.settings.transport is None else None
        self._pools: Pools[Transport] = Pools(self)
        self._opening: dict[asyncio.AbstractEventLoop, asyncio.Task[Pool[Transport]]] = {}
        self._closed = False
        self.calls = OpenCalls()
        """The calls that are on their way over this sender, those that wait for something else too."""
        self.last_tls: NegotiatedTLS | None = None
        """What the newest connection negotiated; None before the first, and over plain http."""
        if self.settings.context is not None:
            for warning in self.settings.policy.check(self.settings.context):
                logger.warning("%s", warning)

    async def send(self, request: HttpRequest, timeout: Timeout) -> HttpResponse:  # noqa: ASYNC109 - one for each phase
        """Send a request and read its whole answer; raises TransportError, ResponseParseError or ConfigurationError."""
        if self._closed:
            raise ConfigurationError("this client is closed; make a new one, or call it before aclose()")
        if self.settings.transport is not None:
            return await self._exchange(self.settings.transport, request, timeout)
        pool = await self._pool_of_this_loop()
        async with pool.lanes.lend(timeout.pool) as lane:
            return await self._exchange(lane, request, timeout)

    async def aclose(self) -> None:
        """End the calls and close the connections; sending afterwards is refused. Harmless when done twice."""
        self._closed = True
        self.calls.end()
        await self._pools.aclose()

    async def _exchange(self, transport: Transport, request: HttpRequest, timeout: Timeout) -> HttpResponse:  # noqa: ASYNC109 - as in send
        progress = _Progress(self, _peer(request.url))
        address: str | None = None
        try:
            outgoing = _outgoing(request, timeout, progress)
            if self._name is not None:
                address = await _pinned(outgoing, self._name, timeout.connect)
            return await _read(await transport.handle_async_request(outgoing))
        except _NOT_SENDABLE as error:
            # Whoever raised it quotes the header it does not like, so it is not passed on.
            raise not_sendable(progress.failure(error)) from None
        except FOREIGN_ERRORS as error:
            failure = progress.failure(error)
            if self._name is not None and address is not None and not failure.sent:
                self._name.failed(address)
            raise _ours(failure) from error
        finally:
            await progress.close_half_open()

    async def _pool_of_this_loop(self) -> Pool[Transport]:
        """Return this loop's connections; those of a loop that ended, or of a parent process, are left behind."""
        loop = asyncio.get_running_loop()
        pool = self._pools.find(loop)
        if pool is not None:
            return pool
        opening = self._opening.get(loop)
        if opening is None:
            opening = self._opening[loop] = loop.create_task(self._open(loop))
        # All first calls share one opening, and it outlives those of them that are cancelled.
        return await asyncio.shield(opening)

    async def _open(self, loop: asyncio.AbstractEventLoop) -> Pool[Transport]:
        try:
            context = self.settings.context
            if context is None:  # reading trust stores blocks, so it is done in a thread
                context = await asyncio.to_thread(shared_context, self.settings.policy)
            if self._closed:
                raise ConfigurationError("this client was closed while its first call was starting; make a new one")
            lanes = Lanes(
                _lane_maker(context, self.proxy),
                limit=self.settings.max_connections,
                idle_seconds=IDLE_SECONDS,
                clock=self._clock,
            )
            return await self._pools.add(loop, lanes)
        finally:
            self._opening.pop(loop, None)


class _Progress:
    """Follows a request through httpcore's trace: who answers, what TLS came out, and whether a byte of it left."""

    def __init__(self, sender: HttpSender, peer: str) -> None:
        self._sender = sender
        self._peer = peer
        self._started = False
        self._traced = False
        self._half_open: httpcore.AsyncNetworkStream | None = None

    def failure(self, error: BaseException) -> Failure:
        """Return what is known about a request that ended with this error."""
        settings, proxy = self._sender.settings, self._sender.proxy
        # A foreign transport that tells nothing may have sent it.
        sent = self._started or (not self._traced and settings.transport is not None)
        return Failure(
            error=error,
            peer=self._peer,
            proxy=_peer(proxy) if proxy and settings.transport is None else None,
            in_vpc=".vpce." in self._peer or settings.private_dns is not None,
            sent=sent,
        )

    async def trace(self, event: str, info: Mapping[str, object]) -> None:
        """Take one trace event; raises when the address or the handshake is not what was asked for."""
        self._traced = True
        if event.endswith("send_request_headers.started"):
            # The CONNECT to a proxy is not the request.
            if getattr(info.get("request"), "method", b"") != b"CONNECT":
                self._started, self._half_open = True, None
            return
        stream = info.get("return_value")
        if isinstance(stream, httpcore.AsyncNetworkStream):
            self._half_open = stream
            self._check_address(stream)
            self._check_tls(stream)

    async def close_half_open(self) -> None:
        """Close a connection that never carried the request: httpcore forgets it when its handshake is cancelled."""
        stream, self._half_open = self._half_open, None
        if stream is not None:
            await stream.aclose()

    def _check_address(self, stream: httpcore.AsyncNetworkStream) -> None:
        private_dns = self._sender.settings.private_dns
        if private_dns is not None:
            # The address that was connected to, so that nothing can change between the look-up and its use.
            private_dns.check([stream.get_extra_info("server_addr")[0]])

    def _check_tls(self, stream: httpcore.AsyncNetworkStream) -> None:
        connection = stream.get_extra_info("ssl_object")
        if connection is None:
            return
        negotiated = inspect_connection(connection, stream.get_extra_info("server_addr")[0])
        try:
            self._sender.settings.policy.check_negotiated(negotiated)
        except TLSError as error:
            raise TLSError(f"{self._peer}: {error}") from None
        self._sender.last_tls = negotiated


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


def _ours(failure: Failure) -> WsclientError:
    """Return our error for a foreign one."""
    error = failure.error
    for phase, kinds in _TIMEOUTS:
        if isinstance(error, kinds):
            return timed_out(failure, phase)
    if isinstance(error, httpx.ProxyError | httpcore.ProxyError):
        return not_connected(failure, proxy_status=_proxy_status(error))
    if isinstance(error, _NO_CONNECTION) or not failure.sent:
        return not_connected(failure)
    if isinstance(error, _UNREADABLE) or (isinstance(error, _REMOTE_PROTOCOL) and not str(error).startswith(_ENDED)):
        return unreadable(failure)
    if isinstance(error, TimeoutError) and not error.errno:
        return timed_out(failure, "read")
    return lost(failure)


def _proxy_status(error: BaseException) -> int | None:
    status = str(error)[:3]
    return int(status) if status.isdecimal() else None


def _lane_maker(context: ssl.SSLContext, proxy: str | None) -> Callable[[], Transport]:
    limits = httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=IDLE_SECONDS)
    # httpcore takes a context only for a proxy that speaks TLS itself.
    through = httpx.Proxy(proxy, ssl_context=context if proxy.startswith("https:") else None) if proxy else None
    return lambda: httpx.AsyncHTTPTransport(verify=context, trust_env=False, limits=limits, proxy=through)


_parsed_url = lru_cache(maxsize=64)(httpx.URL)


def _outgoing(request: HttpRequest, timeout: Timeout, progress: _Progress) -> httpx.Request:
    phases = {"connect": timeout.connect, "read": timeout.read, "write": timeout.write, "pool": timeout.pool}
    return httpx.Request(
        request.method,
        _parsed_url(request.url),
        headers=list(request.headers),
        content=request.body,
        extensions={"timeout": phases, "trace": progress.trace},
    )


async def _pinned(request: httpx.Request, name: PrivateName, seconds: float | None) -> str:
    """Have a request go to the address that its name may resolve to; the name stays in Host and in the handshake."""
    url = request.url
    host, port = url.host, url.port or (443 if url.scheme == "https" else 80)
    try:
        async with asyncio.timeout(seconds):
            address = await name.address(host, port)
    except TimeoutError as error:
        raise httpx.ConnectTimeout("the name was not resolved in time") from error
    request.url = url.copy_with(host=address)
    request.extensions = {**request.extensions, "sni_hostname": host}
    return address


def _peer(url: str) -> str:
    """Return host:port of a URL, without the user info that a proxy's may hold."""
    try:
        parsed = _parsed_url(url)
    except httpx.InvalidURL:
        return "an unreadable URL"
    host = f"[{parsed.host}]" if ":" in parsed.host else parsed.host
    return f"{host}:{parsed.port or (443 if parsed.scheme == 'https' else 80)}"


async def _read(response: httpx.Response) -> HttpResponse:
    """Read an answer's bytes as they are, up to the limit."""
    headers = tuple((name.lower(), value) for name, value in response.headers.multi_items())
    answer = HttpResponse(response.status_code, headers, b"")
    stream = _stream(response)
    try:
        encoding = answer.header("content-encoding")
        if encoding and encoding.strip().lower() != "identity":
            raise _unreadable(answer, "it is compressed, which was not asked for")
        chunks: list[bytes] = []
        size = 0
        async for chunk in stream:
            size += len(chunk)
            if size > MAX_RESPONSE_BYTES:
                raise _unreadable(answer, f"it is larger than {MAX_RESPONSE_BYTES} bytes", chunks[0])
            chunks.append(chunk)
    finally:
        await response.aclose()
    return HttpResponse(answer.status, headers, b"".join(chunks))


def _stream(response: httpx.Response) -> httpx.AsyncByteStream:
    # Not aiter_raw: a transport that answers from memory has read the stream once already, and it can be read again.
    if not isinstance(response.stream, httpx.AsyncByteStream):
        raise ConfigurationError("the transport= answers with a synchronous stream; it must be an asynchronous one")
    return response.stream


def _unreadable(answer: HttpResponse, why: str, start: bytes = b"") -> ResponseParseError:
    return ResponseParseError(
        f"HTTP {answer.status} that cannot be read: {why}",
        status=answer.status,
        headers=answer.headers,
        first_bytes=start,
    )
