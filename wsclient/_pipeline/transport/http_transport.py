"""Sends one request, gives back one whole answer, and turns foreign errors into ours.

An answer is a status, headers and bytes. https without a proxy goes over wsclient's engine, everything else over httpx.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from wsclient._core.clock import SYSTEM_CLOCK, Clock
from wsclient._core.errors import ConfigurationError, WsclientError
from wsclient._core.http import (
    HttpRequest,
    HttpResponse,
    PhaseTimeoutError,
    PoolState,
    Timeout,
    UnsendableRequestError,
    reject_content_encoding,
    sum_pool_states,
)
from wsclient._pipeline.transport.connection_pool import ConnectionPool
from wsclient._pipeline.transport.dialer import SYSTEM_DIALER, Dialer, PrivateResolver, Resolver
from wsclient._pipeline.transport.errors import (
    FailedRequest,
    connect_error,
    connection_lost_error,
    parse_error,
    timeout_error,
    unsendable_error,
)
from wsclient._pipeline.transport.event_loops import EventLoopPool, EventLoopPools
from wsclient._pipeline.transport.httpx_pool import HttpxTransportPool
from wsclient._pipeline.transport.in_flight import InFlightCalls
from wsclient._pipeline.transport.request_trace import RequestTrace, host_and_port
from wsclient._pipeline.transport.response_parser import InvalidResponseError
from wsclient.config._proxies import validate_proxy
from wsclient.tls._policy import DEFAULT_POLICY, TLSPolicy, shared_context

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from wsclient._pipeline.transport.httpx_adapter import Transport
    from wsclient.endpoints._private_link import PrivateDns
    from wsclient.tls._inspection import NegotiatedTLS

DEFAULT_MAX_CONNECTIONS = 50
IDLE_SECONDS = 15.0
"""How long an unused connection is kept: less than what load balancers on the way allow."""
MAX_RESPONSE_BYTES = 64 * 1024 * 1024

logger = logging.getLogger("wsclient")


@dataclass(frozen=True, slots=True, kw_only=True)
class TransportSettings:
    """What decides how connections are made; senders of equal settings can stand in for each other.

    context is a foreign SSL context to use in place of the policy's own; proxy an http or https URL, used by CONNECT;
    transport carries the requests in place of wsclient's connections; private_dns lets only allowed addresses be
    spoken to; max_response_bytes bounds an answer's body; wires are what makes wsclient's own connections.
    """

    policy: TLSPolicy = DEFAULT_POLICY
    context: ssl.SSLContext | None = None
    proxy: str | None = field(default=None, repr=False)
    max_connections: int = DEFAULT_MAX_CONNECTIONS
    transport: Transport | None = None
    private_dns: PrivateDns | None = None
    max_response_bytes: int = MAX_RESPONSE_BYTES
    dialer: Dialer = SYSTEM_DIALER


class _Connections:
    """What carries requests on one event loop: the engine https without a proxy, lanes everything else."""

    def __init__(self, engine: ConnectionPool | None, make_lanes: Callable[[], HttpxTransportPool[Transport]]) -> None:
        self.engine = engine
        self._make_lanes = make_lanes
        self._lanes: HttpxTransportPool[Transport] | None = None

    def lanes(self) -> HttpxTransportPool[Transport]:
        """Return the lanes, made when they are needed."""
        if self._lanes is None:
            self._lanes = self._make_lanes()
        return self._lanes

    @property
    def state(self) -> PoolState:
        """How many connections there are, and how many requests wait for one."""
        states = [part.state for part in (self.engine, self._lanes) if part is not None]
        return sum_pool_states(states)

    async def aclose(self) -> None:
        """Close every connection."""
        if self._lanes is not None:
            await self._lanes.aclose()
        if self.engine is not None:
            await self.engine.aclose()


class HttpTransport:
    """Sends requests over connections that it opens at the first one.

    It closes what it opened; a transport that was given stays its owner's to close. It may be used from successive
    event loops: connections belong to a loop and end with it. (A loop that is closed by hand, without the
    shutdown_asyncgens() that asyncio.run does, leaves its sockets to the garbage collector.)
    """

    def __init__(
        self, settings: TransportSettings | None = None, *, clock: Clock = SYSTEM_CLOCK, resolve: Resolver | None = None
    ) -> None:
        self.settings = settings or TransportSettings()
        if self.settings.max_connections < 1:
            raise ConfigurationError(f"max_connections must be at least 1, not {self.settings.max_connections}")
        self._clock = clock
        self.proxy = validate_proxy(self.settings.proxy) if self.settings.proxy else None
        rule = self.settings.private_dns
        # Lanes, and a transport that was given, look names up by themselves: the address that they tell of is checked.
        resolve = resolve or self.settings.dialer.resolve
        self._resolve: Resolver = PrivateResolver(rule, resolve).addresses if rule else resolve
        self._pools: EventLoopPools[_Connections] = EventLoopPools(self)
        self._opening: dict[asyncio.AbstractEventLoop, asyncio.Task[EventLoopPool[_Connections]]] = {}
        self._closed = False
        self.calls = InFlightCalls()
        """The calls that are on their way over this sender, those that wait for something else too."""
        self.last_tls: NegotiatedTLS | None = None
        """What the newest connection negotiated; None before the first, and over plain http."""
        if self.settings.context is not None:
            for warning in self.settings.policy.check(self.settings.context):
                logger.warning("%s", warning)

    async def send(
        self,
        request: HttpRequest,
        timeout: Timeout,  # noqa: ASYNC109 - one for each phase
        on_sending: Callable[[], None] | None = None,
    ) -> HttpResponse:
        """Send a request and read its whole answer; on_sending is called when bytes of it may begin to leave.

        Raises TransportError, ResponseParseError or ConfigurationError.
        """
        if self._closed:
            raise ConfigurationError("this client is closed; make a new one, or call it before aclose()")
        progress = RequestTrace(self, host_and_port(request.url), on_sending)
        if self.settings.transport is not None:
            return await self._send_httpx(self.settings.transport, request, timeout, progress)
        pool = self._pools.find(asyncio.get_running_loop()) or await self._opened_pool()
        engine = pool.connections.engine
        if engine is not None and request.url.startswith("https:"):
            return await self._send_pooled(engine, request, timeout, progress)
        async with pool.connections.lanes().acquire(timeout.pool) as lane:
            return await self._send_httpx(lane, request, timeout, progress, is_lane=True)

    async def warm_up(self, url: str, count: int, timeout: Timeout) -> int:  # noqa: ASYNC109 - as in send
        """Open connections ahead of their use; return how many are open and idle, 0 where others make them."""
        if self._closed:
            raise ConfigurationError("this client is closed; make a new one, or warm it up before aclose()")
        engine = None if self.settings.transport else (await self._opened_pool()).connections.engine
        if engine is None or not url.startswith("https:"):
            return 0
        progress = RequestTrace(self, host_and_port(url))
        try:
            return await engine.warm_up(url, count, timeout, progress)
        except ENGINE_ERRORS as error:
            raise _ours(progress.failure(error)) from error

    def state(self) -> PoolState | None:
        """Return how many connections there are on all event loops, None where a transport was given."""
        if self.settings.transport is not None:
            return None
        return sum_pool_states([connections.state for connections in self._pools.open()])

    async def aclose(self) -> None:
        """End the calls and close the connections; sending afterwards is refused. Harmless when done twice."""
        self._closed = True
        self.calls.end()
        await self._pools.aclose()

    @property
    def policy(self) -> TLSPolicy:
        """What TLS must be."""
        return self.settings.policy

    @property
    def private_dns(self) -> PrivateDns | None:
        """Which addresses may be spoken to, None for any."""
        return self.settings.private_dns

    @property
    def proxy_peer(self) -> str | None:
        """host:port of the proxy, None where there is none."""
        return host_and_port(self.proxy) if self.proxy and self.settings.transport is None else None

    async def _send_pooled(
        self,
        engine: ConnectionPool,
        request: HttpRequest,
        timeout: Timeout,  # noqa: ASYNC109 - as in send
        progress: RequestTrace,
    ) -> HttpResponse:
        try:
            answer = await engine.exchange(request, timeout, progress)
        except UnsendableRequestError as error:
            raise unsendable_error(progress.failure(error)) from None
        except ENGINE_ERRORS as error:
            raise _ours(progress.failure(error)) from error
        reject_content_encoding(answer)
        return answer

    async def _send_httpx(
        self,
        transport: Transport,
        request: HttpRequest,
        timeout: Timeout,  # noqa: ASYNC109 - as in send
        progress: RequestTrace,
        *,
        is_lane: bool = False,
    ) -> HttpResponse:
        from wsclient._pipeline.transport import httpx_adapter as _stock  # noqa: PLC0415 - httpx is most of what an import would cost, and rarely needed

        limit = self.settings.max_response_bytes
        answer = await _stock.send(transport, request, timeout, progress, limit, is_foreign=not is_lane)
        if is_lane and _stock.has_unread_data(transport):
            await transport.aclose()
        return answer

    async def _opened_pool(self) -> EventLoopPool[_Connections]:
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

    async def _open(self, loop: asyncio.AbstractEventLoop) -> EventLoopPool[_Connections]:
        try:
            context = self.settings.context
            if context is None:  # reading trust stores blocks, so it is done in a thread
                context = await asyncio.to_thread(shared_context, self.settings.policy)
            if self._closed:
                raise ConfigurationError("this client was closed while its first call was starting; make a new one")
            return await self._pools.add(loop, self._connections(context))
        finally:
            self._opening.pop(loop, None)

    def _connections(self, context: ssl.SSLContext) -> _Connections:
        engine = ConnectionPool(
            context,
            limit=self.settings.max_connections,
            idle_seconds=IDLE_SECONDS,
            most_bytes=self.settings.max_response_bytes,
            clock=self._clock,
            wires=replace(self.settings.dialer, resolve=self._resolve),
        )
        # Not a method of this sender: connections that held it would keep it from being collected.
        return _Connections(
            None if self.proxy else engine,
            partial(_lanes, context, self.proxy, self.settings.max_connections, self._clock),
        )


def _lanes(context: ssl.SSLContext, proxy: str | None, limit: int, clock: Clock) -> HttpxTransportPool[Transport]:
    from wsclient._pipeline.transport import httpx_adapter as _stock  # noqa: PLC0415 - as above

    make = _stock.transport_maker(context, proxy, IDLE_SECONDS)
    return HttpxTransportPool(make, limit=limit, idle_seconds=IDLE_SECONDS, clock=clock)


ENGINE_ERRORS = (PhaseTimeoutError, InvalidResponseError, OSError)
"""What the engine raises beside errors of ours."""


def _ours(failure: FailedRequest) -> WsclientError:
    """Return our error for one of the engine's."""
    error = failure.error
    if isinstance(error, PhaseTimeoutError):
        return timeout_error(failure, error.phase)
    if isinstance(error, InvalidResponseError):
        return parse_error(failure)
    return connection_lost_error(failure) if failure.sent else connect_error(failure)
