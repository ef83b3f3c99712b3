"""HTTP/1.1 connection pool of one event loop: https without a proxy, idle connections reused last-in first-out.

Requests and responses are complete in memory, a connection carries one exchange at a time, and a connection is closed
after any error or cancellation. Proxies, plain http and transport= go through httpx (httpx_adapter.py).
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Protocol

from wsclient._core.clock import SYSTEM_CLOCK, Clock
from wsclient._core.errors import ConfigurationError, TLSError
from wsclient._core.http import HttpRequest, HttpResponse, PhaseTimeoutError, PoolState, Timeout
from wsclient._pipeline.transport.connection import HTTP11Connection, StaleConnectionError
from wsclient._pipeline.transport.dialer import SYSTEM_DIALER, Dialer
from wsclient._pipeline.transport.keep_alive import idle_limit
from wsclient._pipeline.transport.request_encoder import encode_request, request_target
from wsclient._pipeline.transport.request_ids import is_settled
from wsclient._pipeline.transport.slots import Slots
from wsclient.tls._inspection import host_faults, require_no_faults, verification_faults

if TYPE_CHECKING:
    import socket
    import ssl
    from collections.abc import Callable
    from datetime import datetime


_ZERO: Final = timedelta()
_SESSION_INTERVAL: Final = timedelta(minutes=1)
"""Time between two copies of a TLS session, when the server did not resume the last one."""


class RequestObserver(Protocol):
    """Observer of one request."""

    def waited(self) -> None:
        """Check whether the request may be sent after it has waited for a connection; an error raised here ends it."""
        ...

    def connected(self, tls: ssl.SSLObject, address: str) -> None:
        """Check the new connection that the request will use; an error raised here closes it."""
        ...

    def sending(self) -> None:
        """Record that bytes of the request may have left this machine from now on."""
        ...


class ConnectionPool:
    """Connections of one event loop: at most limit for each host, given to waiting requests in order of arrival.

    A connection idle for more than idle_seconds, by the time of day, is closed, and earlier if its server announces an
    earlier close. max_bytes limits the body of a response, in bytes. dialer resolves host names and connects.
    """

    def __init__(
        self,
        context: ssl.SSLContext,
        *,
        limit: int,
        idle_seconds: float,
        max_bytes: int,
        clock: Clock = SYSTEM_CLOCK,
        dialer: Dialer = SYSTEM_DIALER,
    ) -> None:
        self._context = context
        self._limit = limit
        self._idle_seconds = idle_seconds
        self._max_bytes = max_bytes
        self._clock = clock
        self._dialer = dialer
        self._hosts: dict[tuple[str, int], _HostPool] = {}
        self._open: set[HTTP11Connection] = set()
        self._is_closed = False

    async def exchange(
        self,
        request: HttpRequest,
        timeout: Timeout,  # noqa: ASYNC109 - one for each phase
        observer: RequestObserver,
        sign: Callable[[HttpRequest], HttpRequest] | None = None,
    ) -> HttpResponse:
        """Send a request and return its complete response; sign is called just before the write, with the request.

        Raises UnsendableRequestError before anything is sent, and the errors of HTTP11Connection.exchange().
        """
        data = encode_request(request) if sign is None else b""

        def prepare() -> bytes:
            return data if sign is None else encode_request(sign(request))

        host = self._host_pool(request.url)
        if not host.slots.try_acquire():
            await host.slots.wait(timeout.pool, observer.waited)
        try:
            while True:
                connection = self._take_idle(host) or await self._connect(host, timeout, observer)
                try:
                    response = await connection.exchange(prepare, timeout, observer.sending)
                    connection.request_ids.add(response)
                    if not is_settled(request, response):
                        connection.abort()
                    break
                except StaleConnectionError:  # nothing was written: another connection can carry the request
                    connection.abort()
                except BaseException:
                    connection.abort()
                    raise
            if connection.is_new:
                connection.is_new = False
                self._keep_session(host, connection)
                host.max_idle = timedelta(seconds=idle_limit(response, self._idle_seconds))
            # Before the slot is released, so that the next request finds the connection.
            self._release(host, connection)
            return response
        finally:
            host.slots.release()

    @property
    def state(self) -> PoolState:
        """Number of active and idle connections, and of requests that wait for one."""
        hosts, count = list(self._hosts.values()), len(self._open)
        idle = sum(1 for host in hosts for _, connection in list(host.idle) if not connection.is_closed)
        waiting = sum(host.slots.waiting for host in hosts)
        return PoolState(active=max(count - idle, 0), idle=idle, waiting=waiting)

    async def warm_up(self, url: str, count: int, timeout: Timeout, observer: RequestObserver) -> int:  # noqa: ASYNC109 - as above
        """Open connections until count are open or the limit is reached; return the number of idle ones."""
        host = self._host_pool(url)

        async def open_connection() -> None:
            if host.slots.try_acquire():
                try:
                    self._release(host, await self._connect(host, timeout, observer))
                finally:
                    host.slots.release()

        missing = min(count, self._limit) - len(self._prune(host)) - host.slots.in_use
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(missing):
                    group.create_task(open_connection())
        except BaseExceptionGroup as errors:
            raise errors.exceptions[0] from None
        return len(host.idle)

    async def aclose(self) -> None:
        """Close every connection, also those in use, whose requests fail. Idempotent, also after a cancellation."""
        self._is_closed = True
        for host in self._hosts.values():
            host.idle.clear()
        connections = list(self._open)
        for connection in connections:
            connection.abort()
        if connections:
            await asyncio.wait([connection.lost for connection in connections])
        self._open.difference_update(connections)

    def _host_pool(self, url: str) -> _HostPool:
        name, port = request_target(url)[:2]
        host = self._hosts.get((name, port))
        if host is None:
            host = self._hosts[name, port] = _HostPool(
                name, port, Slots(self._limit), timedelta(seconds=self._idle_seconds)
            )
        return host

    def _take_idle(self, host: _HostPool) -> HTTP11Connection | None:
        """Take the most recently used connection that is still open, or None."""
        idle = self._prune(host)
        # Last in, first out: connections beyond the present concurrency stay idle and expire.
        while idle:
            connection = idle.pop()[1]
            if not connection.is_closed:
                return connection
        return None

    def _prune(self, host: _HostPool) -> list[tuple[datetime, HTTP11Connection]]:
        """Close connections that were idle for too long, and return the others."""
        idle, now = host.idle, self._clock.now()
        # By the time of day, because the monotonic clock may stand still while a machine or container is suspended.
        # A negative time means that the clock was set back: the idle time is unknown, so the connection is closed.
        while idle and not _ZERO <= now - idle[0][0] <= host.max_idle:
            idle.pop(0)[1].abort()
        return idle

    def _keep_session(self, host: _HostPool, connection: HTTP11Connection) -> None:
        """Keep the TLS session of a connection for later ones to resume, after its first response.

        In TLS 1.3 the server sends its ticket after the handshake (RFC 8446, section 4.6.1). Copying a session costs
        more time than a call and leaks a few kilobytes, so a session is copied only if none is kept or the server did
        not resume the kept one, and at most once a minute.
        """
        now = self._clock.now()
        if host.session is not None and connection.tls.session_reused:
            return
        # A negative time means that the clock was set back.
        if host.session_saved_at is None or not _ZERO <= now - host.session_saved_at <= _SESSION_INTERVAL:
            host.session = connection.session() or host.session
            host.session_saved_at = now

    def _release(self, host: _HostPool, connection: HTTP11Connection) -> None:
        if not connection.is_closed:
            connection.was_idle = True
            host.idle.append((self._clock.now(), connection))

    async def _connect(self, host: _HostPool, timeout: Timeout, observer: RequestObserver) -> HTTP11Connection:  # noqa: ASYNC109 - as above
        self._raise_if_closed()
        step = "name"
        try:
            # Timeout.connect applies twice: to DNS lookup and TCP connect, and to the TLS handshake.
            async with asyncio.timeout(timeout.connect):
                addresses = await self._dialer.resolve(host.name, host.port)
                step = "connection"
                sock, address = await self._dialer.dial(addresses, host.port)
            step = "handshake"
            async with asyncio.timeout(timeout.connect):
                connection = await self._start_tls(sock, host)
        except TimeoutError as error:
            raise PhaseTimeoutError("connect", step=step) from error
        try:
            observer.connected(connection.tls, address)
        except BaseException:
            connection.abort()
            raise
        return connection

    async def _start_tls(self, sock: socket.socket, host: _HostPool) -> HTTP11Connection:
        """Return a connection whose TLS handshake is complete."""
        loop = asyncio.get_running_loop()
        # OpenSSL copies these settings here: a context that is weak now and sound again after the handshake would pass.
        try:
            require_no_faults(host.peer, verification_faults(self._context))
        except TLSError:
            sock.close()
            raise
        connection = HTTP11Connection(loop, self._context, host.name, host.session, self._max_bytes)
        try:
            await loop.create_connection(lambda: connection, sock=sock)
            self._open.add(connection)
            connection.lost.add_done_callback(lambda _: self._open.discard(connection))
            self._raise_if_closed()
            await connection.wait_for_handshake()
            require_no_faults(host.peer, host_faults(connection.tls, host.name))
        except BaseException:
            connection.abort()
            raise
        return connection

    def _raise_if_closed(self) -> None:
        if self._is_closed:
            raise ConfigurationError("this client was closed while a call waited for a connection; create a new client")


class _HostPool:
    """Connections of one host: slots, idle connections (least recently used first), and the TLS session to resume."""

    __slots__ = ("idle", "max_idle", "name", "port", "session", "session_saved_at", "slots")

    def __init__(self, name: str, port: int, slots: Slots, max_idle: timedelta) -> None:
        self.name, self.port, self.slots, self.max_idle = name, port, slots, max_idle
        self.idle: list[tuple[datetime, HTTP11Connection]] = []
        self.session: ssl.SSLSession | None = None
        self.session_saved_at: datetime | None = None

    @property
    def peer(self) -> str:
        """Host and port, for messages."""
        return f"{self.name}:{self.port}"
