"""wsclient's own transport: https without a proxy, HTTP/1.1, over connections that are kept and used last-in first-out.

It does what calls to AWS need and no more: requests and answers are whole, a connection carries one exchange at a time,
and one on which anything went wrong, or was cancelled, is closed. Everything else is the stock transport's.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Protocol

from wsclient._core.clock import SYSTEM_CLOCK, Clock
from wsclient._core.errors import ConfigurationError
from wsclient._core.http import HttpRequest, HttpResponse, PhaseTimeoutError, PoolState, Timeout
from wsclient._pipeline.transport.connection import HTTP11Connection
from wsclient._pipeline.transport.dialer import SYSTEM_DIALER, Dialer
from wsclient._pipeline.transport.request_encoder import encode_request, request_target

if TYPE_CHECKING:
    import socket
    import ssl
    from datetime import datetime


_NO_TIME: Final = timedelta()
_SESSION_PAUSE: Final = timedelta(minutes=1)


class RequestObserver(Protocol):
    """Somebody who looks at a request on its way."""

    def connected(self, tls: ssl.SSLObject, address: str) -> None:
        """See the connection that it will go over, if that is a new one; raises what shall end it."""
        ...

    def sending(self) -> None:
        """Learn that from here on bytes of the request may have left."""
        ...


class ConnectionPool:
    """Connections of one event loop, at most limit to a host at once; whoever waits for one is served in order.

    One unused for more than idle_seconds, by the time of day, is not used again. wires give a host's addresses, and
    connect to them.
    """

    def __init__(
        self,
        context: ssl.SSLContext,
        *,
        limit: int,
        idle_seconds: float,
        most_bytes: int,
        clock: Clock = SYSTEM_CLOCK,
        wires: Dialer = SYSTEM_DIALER,
    ) -> None:
        self._context = context
        self._limit = limit
        self._longest_idle = timedelta(seconds=idle_seconds)
        self._most_bytes = most_bytes
        self._clock = clock
        self._wires = wires
        self._hosts: dict[tuple[str, int], _HostPool] = {}
        self._open: set[HTTP11Connection] = set()
        self._is_closed = False

    async def exchange(self, request: HttpRequest, timeout: Timeout, watch: RequestObserver) -> HttpResponse:  # noqa: ASYNC109 - one for each phase
        """Send a request and return its whole answer; raises NotSendableError and as Connection does."""
        written = encode_request(request)
        host = self._host(request.url)
        if not host.places.taken():
            await host.places.wait(timeout.pool)
        try:
            connection = self._idle(host) or await self._connected(host, timeout, watch)
            try:
                watch.sending()
                response = await connection.exchange(written, timeout)
            except BaseException:
                connection.abort()
                raise
            if connection.is_new:
                connection.is_new = False
                self._keep_session(host, connection)
            self._put_back(host, connection)
            return response
        finally:
            host.places.release()

    @property
    def state(self) -> PoolState:
        """How many connections there are, and how many requests wait for one."""
        hosts, count = list(self._hosts.values()), len(self._open)
        idle = sum(1 for host in hosts for _, connection in list(host.idle) if not connection.is_over)
        waiting = sum(host.places.waiting for host in hosts)
        return PoolState(active=max(count - idle, 0), idle=idle, waiting=waiting)

    async def warm_up(self, url: str, count: int, timeout: Timeout, watch: RequestObserver) -> int:  # noqa: ASYNC109 - as above
        """Open connections ahead of their use, until so many are or the limit is reached; return how many are idle."""
        host = self._host(url)

        async def one() -> None:
            if host.places.taken():
                try:
                    self._put_back(host, await self._connected(host, timeout, watch))
                finally:
                    host.places.release()

        missing = min(count, self._limit) - len(self._prune(host)) - host.places.in_use
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(missing):
                    group.create_task(one())
        except BaseExceptionGroup as errors:
            raise errors.exceptions[0] from None
        return len(host.idle)

    async def aclose(self) -> None:
        """Close every connection, those in use too: their requests fail. Harmless when done twice, or cancelled."""
        self._is_closed = True
        for host in self._hosts.values():
            host.idle.clear()
        connections = list(self._open)
        for connection in connections:
            connection.abort()
        if connections:
            await asyncio.wait([connection.lost for connection in connections])
        self._open.difference_update(connections)

    def _host(self, url: str) -> _HostPool:
        name, port = request_target(url)[:2]
        host = self._hosts.get((name, port))
        if host is None:
            host = self._hosts[name, port] = _HostPool(name, port, _Slots(self._limit))
        return host

    def _idle(self, host: _HostPool) -> HTTP11Connection | None:
        """Return the connection used last that is still good, None where there is none."""
        idle = self._prune(host)
        while idle:
            connection = idle.pop()[1]
            if connection.is_usable():
                return connection
            connection.abort()
        return None

    def _prune(self, host: _HostPool) -> list[tuple[datetime, HTTP11Connection]]:
        """Close what was idle for too long, and return the rest."""
        idle, now = host.idle, self._clock.now()
        # A clock that was set back says nothing about how long it was: too long.
        while idle and not _NO_TIME <= now - idle[0][0] <= self._longest_idle:
            idle.pop(0)[1].abort()
        return idle

    def _keep_session(self, host: _HostPool, connection: HTTP11Connection) -> None:
        """Keep what later connections take up, once an answer has brought it along.

        Only where there is none, or it was not taken: copying a session costs more than a call, and Python loses some
        kilobytes with each copy, so that a server which takes none is asked once in a while.
        """
        now = self._clock.now()
        if host.session is not None and connection.tls.session_reused:
            return
        if host.session_since is None or now - host.session_since > _SESSION_PAUSE:
            host.session = connection.session() or host.session
            host.session_since = now

    def _put_back(self, host: _HostPool, connection: HTTP11Connection) -> None:
        if not connection.is_over:
            host.idle.append((self._clock.now(), connection))

    async def _connected(self, host: _HostPool, timeout: Timeout, watch: RequestObserver) -> HTTP11Connection:  # noqa: ASYNC109 - as above
        self._refuse_when_closed()
        try:
            async with asyncio.timeout(timeout.connect):
                addresses = await self._wires.resolve(host.name, host.port)
                channel, address = await self._wires.dial(addresses, host.port)
            async with asyncio.timeout(timeout.connect):
                connection = await self._secured(channel, host)
        except TimeoutError as error:
            raise PhaseTimeoutError("connect") from error
        try:
            watch.connected(connection.tls, address)
        except BaseException:
            connection.abort()
            raise
        return connection

    async def _secured(self, channel: socket.socket, host: _HostPool) -> HTTP11Connection:
        """Return a connection after its TLS handshake."""
        loop = asyncio.get_running_loop()
        connection = HTTP11Connection(loop, self._context, host.name, host.session, self._most_bytes)
        try:
            await loop.create_connection(lambda: connection, sock=channel)
            self._open.add(connection)
            connection.lost.add_done_callback(lambda _: self._open.discard(connection))
            self._refuse_when_closed()
            await connection.wait_for_handshake()
        except BaseException:
            connection.abort()
            raise
        return connection

    def _refuse_when_closed(self) -> None:
        if self._is_closed:
            raise ConfigurationError("this client was closed while a call waited for a connection; make a new one")


@dataclass(slots=True)
class _HostPool:
    """A host's connections: in use, or idle (oldest first); and the TLS session that a new one takes up."""

    name: str
    port: int
    places: _Slots
    idle: list[tuple[datetime, HTTP11Connection]] = field(default_factory=list["tuple[datetime, HTTP11Connection]"])
    session: ssl.SSLSession | None = None
    session_since: datetime | None = None


class _Slots:
    """How many connections may be in use at once; whoever waits for a place gets one in order of arrival."""

    __slots__ = ("_free", "_limit", "_waiting")

    def __init__(self, limit: int) -> None:
        self._limit = self._free = limit
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def in_use(self) -> int:
        """How many are taken."""
        return self._limit - self._free

    @property
    def waiting(self) -> int:
        """How many wait for one."""
        return len(self._waiting)

    def taken(self) -> bool:
        """Take a place and say True, or say False where none is free: a place given back goes to who waits."""
        if self._free:
            self._free -= 1
            return True
        return False

    async def wait(self, seconds: float | None) -> None:
        """Wait for a place, and take it; raises PhaseTimeoutError after so many seconds."""
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            async with asyncio.timeout(seconds):
                await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled():
                self.release()  # it came too late for this one
            elif turn in self._waiting:
                self._waiting.remove(turn)
            if isinstance(error, TimeoutError):
                raise PhaseTimeoutError("pool") from error
            raise

    def release(self) -> None:
        """Give a place back: to who waits longest."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1
