"""Sends one request, gives back one whole answer, and turns foreign errors into ours.

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
from wsclient._engine import Engine
from wsclient._errors import ConfigurationError, TLSError, WsclientError
from wsclient._http import HttpRequest, HttpResponse, Timeout, refuse_encoding
from wsclient._lanes import Lanes
from wsclient._pools import Hold, Pool, held, leave_behind, opened_pool
from wsclient._private_name import PrivateName, Resolve, system_resolve
from wsclient._proxies import checked_proxy
from wsclient._stock import Transport, lane_maker, outgoing, whole_answer
from wsclient.tls import DEFAULT_POLICY, NegotiatedTLS, TLSPolicy, inspect_connection, shared_context

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping

    from wsclient.endpoints import PrivateDns

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
    spoken to; most_bytes is how large an answer's body may be.
    """

    policy: TLSPolicy = DEFAULT_POLICY
    context: ssl.SSLContext | None = None
    proxy: str | None = field(default=None, repr=False)
    max_connections: int = DEFAULT_MAX_CONNECTIONS
    transport: Transport | None = None
    private_dns: PrivateDns | None = None
    most_bytes: int = MAX_RESPONSE_BYTES


@dataclass(frozen=True, slots=True)
class _Connections:
    """What carries requests on one event loop: the engine https without a proxy, lanes everything else."""

    lanes: Lanes[Transport]
    engine: Engine | None

    async def aclose(self) -> None:
        """Close every connection."""
        await self.lanes.aclose()
        if self.engine is not None:
            await self.engine.aclose()


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
        # Lanes, and a transport that was given, look names up by themselves: the address that they tell of is checked.
        self._resolve: Resolve = PrivateName(rule, resolve).addresses if rule else resolve
        self._pool: Pool[_Connections] | None = None
        self._hold: Hold | None = None
        self._opening: asyncio.Task[Pool[_Connections]] | None = None
        self._closed = False
        self.last_tls: NegotiatedTLS | None = None
        """What the newest connection negotiated; None before the first, and over plain http."""
        if self.settings.context is not None:
            for warning in self.settings.policy.check(self.settings.context):
                logger.warning("%s", warning)

    async def send(self, request: HttpRequest, timeout: Timeout) -> HttpResponse:  # noqa: ASYNC109 - one for each phase
        """Send a request and read its whole answer; raises TransportError, ResponseParseError or ConfigurationError."""
        if self._closed:
            raise ConfigurationError("this client is closed; make a new one, or call it before aclose()")
        progress = _Progress(self, _peer(request.url))
        try:
            return await self._answer(request, timeout, progress)
        except _NOT_SENDABLE as error:
            # Whoever raised it quotes the header it does not like, so it is not passed on.
            raise not_sendable(progress.failure(error)) from None
        except FOREIGN_ERRORS as error:
            raise _ours(progress.failure(error)) from error

    async def warm_up(self, url: str, count: int, timeout: Timeout) -> int:  # noqa: ASYNC109 - as in send
        """Open connections ahead of their use; return how many are open and idle, 0 where others make them."""
        if self._closed:
            raise ConfigurationError("this client is closed; make a new one, or warm it up before aclose()")
        engine = None if self.settings.transport else (await self._pool_of_this_loop()).connections.engine
        if engine is None or not url.startswith("https:"):
            return 0
        progress = _Progress(self, _peer(url))
        try:
            return await engine.warm_up(url, count, timeout, progress)
        except FOREIGN_ERRORS as error:
            raise _ours(progress.failure(error)) from error

    async def aclose(self) -> None:
        """Close the connections; sending afterwards is refused. Harmless when done twice."""
        self._closed = True
        pool, self._pool = self._pool, None
        if pool is None:
            return
        self._hold_on_to(None)
        if pool.is_of(asyncio.get_running_loop()):
            await pool.guard.aclose()
        else:
            leave_behind(pool)

    async def _answer(self, request: HttpRequest, timeout: Timeout, progress: _Progress) -> HttpResponse:  # noqa: ASYNC109 - as in send
        if self.settings.transport is not None:
            return await self._by_httpx(self.settings.transport, request, timeout, progress)
        # Held on to: another thread's loop may replace the sender's pool meanwhile, and would close this one.
        pool = self._pool
        if pool is None or not pool.is_of(asyncio.get_running_loop()):
            pool = await self._pool_of_this_loop()
        connections = pool.connections
        if connections.engine is not None and request.url.startswith("https:"):
            answer = await connections.engine.exchange(request, timeout, progress)
            refuse_encoding(answer)
            return answer
        async with connections.lanes.lend(timeout.pool) as lane:
            return await self._by_httpx(lane, request, timeout, progress)

    async def _by_httpx(
        self,
        transport: Transport,
        request: HttpRequest,
        timeout: Timeout,  # noqa: ASYNC109 - as in send
        progress: _Progress,
    ) -> HttpResponse:
        try:
            asked = outgoing(request, timeout, progress.trace)
            return await whole_answer(await transport.handle_async_request(asked), self.settings.most_bytes)
        finally:
            await progress.close_half_open()

    async def _pool_of_this_loop(self) -> Pool[_Connections]:
        """Return this loop's connections; those of a loop that ended, or of a parent process, are left behind."""
        loop = asyncio.get_running_loop()
        if self._pool is not None and self._pool.is_of(loop):
            return self._pool
        if self._opening is None or self._opening.get_loop() is not loop:
            self._opening = loop.create_task(self._open(loop))
        # All first calls share one opening, and it outlives those of them that are cancelled.
        return await asyncio.shield(self._opening)

    async def _open(self, loop: asyncio.AbstractEventLoop) -> Pool[_Connections]:
        try:
            context = self.settings.context
            if context is None:  # reading trust stores blocks, so it is done in a thread
                context = await asyncio.to_thread(shared_context, self.settings.policy)
            if self._closed:
                raise ConfigurationError("this client was closed while its first call was starting; make a new one")
            pool = await opened_pool(loop, self._connections(context))
        finally:
            self._opening = None
        left, self._pool = self._pool, pool
        self._hold_on_to(pool)
        if left is not None:
            leave_behind(left)
        return pool

    def _connections(self, context: ssl.SSLContext) -> _Connections:
        limit, proxy = self.settings.max_connections, self.proxy
        lanes = Lanes(
            lane_maker(context, proxy, IDLE_SECONDS), limit=limit, idle_seconds=IDLE_SECONDS, clock=self._clock
        )
        engine = Engine(
            context,
            limit=limit,
            idle_seconds=IDLE_SECONDS,
            most_bytes=self.settings.most_bytes,
            clock=self._clock,
            resolve=self._resolve,
        )
        return _Connections(lanes, None if proxy else engine)

    def _hold_on_to(self, pool: Pool[_Connections] | None) -> None:
        """Have this pool closed when this sender is collected, in place of the one before."""
        if self._hold is not None:
            self._hold.detach()
        self._hold = None if pool is None else held(self, pool)


class _Progress:
    """Follows a request on its way: who answers, what TLS came out, and whether a byte of it left.

    The engine calls connected() and sending(), httpcore trace().
    """

    def __init__(self, sender: HttpSender, peer: str) -> None:
        self._sender = sender
        self._peer = peer
        self._started = False
        self._traced = False
        self._half_open: httpcore.AsyncNetworkStream | None = None

    @property
    def is_sent(self) -> bool:
        """Whether bytes of the request may have left; a foreign transport that tells nothing may have sent it."""
        return self._started or (not self._traced and self._sender.settings.transport is not None)

    def failure(self, error: BaseException) -> Failure:
        """Return what is known about a request that ended with this error."""
        settings, proxy = self._sender.settings, self._sender.proxy
        return Failure(
            error=error,
            peer=self._peer,
            proxy=_peer(proxy) if proxy and settings.transport is None else None,
            in_vpc=".vpce." in self._peer or settings.private_dns is not None,
            sent=self.is_sent,
        )

    def connected(self, tls: ssl.SSLObject, address: str) -> None:
        """See a new connection; raises when the address or the handshake is not what was asked for."""
        self._check_address(address)
        self._check_tls(tls, address)

    def sending(self) -> None:
        """Learn that from here on bytes of the request may have left."""
        self._started = True

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
            address = stream.get_extra_info("server_addr")[0]
            self._check_address(address)
            tls = stream.get_extra_info("ssl_object")
            if tls is not None:
                self._check_tls(tls, address)

    async def close_half_open(self) -> None:
        """Close a connection that never carried the request: httpcore forgets it when its handshake is cancelled."""
        stream, self._half_open = self._half_open, None
        if stream is not None:
            await stream.aclose()

    def _check_address(self, address: str) -> None:
        private_dns = self._sender.settings.private_dns
        if private_dns is not None:
            # The address that was connected to, so that nothing can change between the look-up and its use.
            private_dns.check([address])

    def _check_tls(self, tls: ssl.SSLObject, address: str) -> None:
        negotiated = inspect_connection(tls, address)
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


@lru_cache(maxsize=64)
def _peer(url: str) -> str:
    """Return host:port of a URL, without the user info that a proxy's may hold."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        return "an unreadable URL"
    host = f"[{parsed.host}]" if ":" in parsed.host else parsed.host
    return f"{host}:{parsed.port or (443 if parsed.scheme == 'https' else 80)}"
