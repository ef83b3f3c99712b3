"""HTTP transport: sends one request, returns one complete response, and maps the errors of libraries to wsclient's.

https without a proxy uses the connection pool of wsclient (connection_pool.py); proxies, plain http and transport= use
httpx.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING, ClassVar
from weakref import WeakKeyDictionary

import msgspec

from wsclient._core.clock import SYSTEM_CLOCK, Clock
from wsclient._core.errors import ConfigurationError, WsclientError
from wsclient._core.event_loops import is_cancellation, mark_retrieved
from wsclient._core.http import (
    HttpRequest,
    HttpResponse,
    PhaseTimeoutError,
    PoolState,
    Timeout,
    UnansweredRequestError,
    UnsendableRequestError,
    reject_content_encoding,
    sum_pool_states,
)
from wsclient._core.lazy_imports import LazyModule
from wsclient._core.reprs import RedactedStruct
from wsclient._core.tracebacks import without_locals
from wsclient._pipeline.transport.connection_pool import ConnectionPool
from wsclient._pipeline.transport.dialer import SYSTEM_DIALER, Dialer, PrivateResolver, Resolver, SharedLookups
from wsclient._pipeline.transport.errors import (
    connect_error,
    connection_lost_error,
    parse_error,
    timeout_error,
    unexpected_error,
    unsendable_error,
)
from wsclient._pipeline.transport.event_loops import EventLoopPool, EventLoopPools
from wsclient._pipeline.transport.failed_request import FailedRequest
from wsclient._pipeline.transport.in_flight import InFlightCalls
from wsclient._pipeline.transport.network_guard import check_network_access
from wsclient._pipeline.transport.request_ids import RequestIdHistories
from wsclient._pipeline.transport.request_trace import RequestTrace, host_and_port
from wsclient._pipeline.transport.response_parser import InvalidResponseError
from wsclient._pipeline.transport.slots import Slots
from wsclient.config._proxies import validate_proxy
from wsclient.pacing._pacer import OutdatedPermitError
from wsclient.tls._policy import DEFAULT_POLICY, TLSPolicy, shared_context

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from wsclient._pipeline.transport import proxy_login
    from wsclient._pipeline.transport.custom_transport import AsyncTransport
    from wsclient._pipeline.transport.httpx_pool import HttpxTransportPool
    from wsclient.endpoints._private_link import PrivateDns
    from wsclient.tls._inspection import NegotiatedTLS
else:
    proxy_login = LazyModule("wsclient._pipeline.transport.proxy_login")

DEFAULT_MAX_CONNECTIONS = 50
"""Open connections per event loop and host, or requests at a time over a transport=, without max_connections."""
IDLE_SECONDS = 15.0
"""Seconds that an idle connection is kept: less than the idle timeouts of load balancers and NAT gateways."""
MAX_RESPONSE_BYTES = 64 * 1024 * 1024
"""Bytes of a response body (64 MiB), far above any AWS response of these services."""

logger = logging.getLogger("wsclient")


class TransportSettings(RedactedStruct, frozen=True, kw_only=True):
    """Settings of a transport; transports with equal settings are interchangeable.

    context is the caller's SSL context, used instead of the policy's; proxy an http or https URL, used with CONNECT;
    transport an httpx transport, used instead of wsclient's connections; private_dns restricts the addresses of
    connections; max_response_bytes limits the body of a response; dialer makes wsclient's own connections;
    trust_note is a sentence of error messages: what decides which authorities are trusted.
    """

    _hidden_fields: ClassVar[frozenset[str]] = frozenset({"proxy"})

    policy: TLSPolicy = DEFAULT_POLICY
    context: ssl.SSLContext | None = None
    proxy: str | None = None
    max_connections: int = DEFAULT_MAX_CONNECTIONS
    transport: AsyncTransport | None = None
    private_dns: PrivateDns | None = None
    max_response_bytes: int = MAX_RESPONSE_BYTES
    dialer: Dialer = SYSTEM_DIALER
    trust_note: str | None = None


class _Connections:
    """Pools of one event loop: a ConnectionPool for https without a proxy, httpx transports for everything else."""

    def __init__(
        self, pool: ConnectionPool | None, make_httpx_pool: Callable[[], HttpxTransportPool[AsyncTransport]]
    ) -> None:
        self.pool = pool
        self._make_httpx_pool = make_httpx_pool
        self._httpx_pool: HttpxTransportPool[AsyncTransport] | None = None

    def httpx_pool(self) -> HttpxTransportPool[AsyncTransport]:
        """Return the pool of httpx transports, created on first use because it imports httpx."""
        if self._httpx_pool is None:
            self._httpx_pool = self._make_httpx_pool()
        return self._httpx_pool

    @property
    def state(self) -> PoolState:
        """Number of active and idle connections, and of requests that wait for one."""
        return sum_pool_states([pool.state for pool in (self.pool, self._httpx_pool) if pool is not None])

    async def aclose(self) -> None:
        """Close every connection."""
        if self._httpx_pool is not None:
            await self._httpx_pool.aclose()
        if self.pool is not None:
            await self.pool.aclose()


class HttpTransport:
    """HTTP transport that opens connections on its first request.

    It closes its own connections; the caller closes a transport= of their own. It works on successive event loops:
    connections belong to a loop and close with it. (An event loop closed without shutdown_asyncgens(), which
    asyncio.run calls, leaves its sockets to the garbage collector.)
    """

    @without_locals
    def __init__(
        self, settings: TransportSettings | None = None, *, clock: Clock = SYSTEM_CLOCK, resolve: Resolver | None = None
    ) -> None:
        self.settings = settings or TransportSettings()
        if self.settings.max_connections < 1:
            raise ConfigurationError(f"max_connections must be at least 1 (got {self.settings.max_connections})")
        self._clock = clock
        self.proxy = validate_proxy(self.settings.proxy) if self.settings.proxy else None
        rule = self.settings.private_dns
        # httpx transports do their own DNS lookup; for them RequestTrace.connected checks the address they report.
        resolve = SharedLookups(resolve or self.settings.dialer.resolve).addresses
        self._resolve: Resolver = PrivateResolver(rule, resolve).addresses if rule else resolve
        self._pools: EventLoopPools[_Connections] = EventLoopPools(self)
        self._opening: dict[asyncio.AbstractEventLoop, asyncio.Task[EventLoopPool[_Connections]]] = {}
        # Another dialer is a test's own: the emulator's connects AWS's names to this machine.
        self._is_guarded = self.settings.dialer is SYSTEM_DIALER
        self._closed = False
        self._histories = RequestIdHistories()
        self._slots: WeakKeyDictionary[asyncio.AbstractEventLoop, Slots] = WeakKeyDictionary()
        self.calls = InFlightCalls()
        """Calls in flight through this transport, including calls that wait for a permit, credentials or a retry."""
        self.last_tls: NegotiatedTLS | None = None
        """TLS facts of the newest connection; None before the first connection and over plain http."""
        if self.settings.context is not None:
            for warning in self.settings.policy.check(self.settings.context):
                logger.warning("%s", warning)

    @without_locals
    async def send(
        self,
        request: HttpRequest,
        timeout: Timeout,  # noqa: ASYNC109 - one for each phase
        on_sending: Callable[[], None] | None = None,
        sign: Callable[[HttpRequest], HttpRequest] | None = None,
        after_wait: Callable[[], None] | None = None,
    ) -> HttpResponse:
        """Send a request and return its complete response.

        If all connections are busy, after_wait is called when one is free. Then sign returns the request to send, and
        on_sending is called just before the first write. Raises TransportError, ResponseParseError, ConfigurationError,
        the error of sign, or OutdatedPermitError of after_wait.
        """
        if self._closed:
            raise ConfigurationError("this client is closed; create a new client, or make the call before aclose()")
        if self.proxy is not None and not request.url.startswith("https:"):
            raise ConfigurationError("a proxy carries https only: it would read a plain http request; nothing was sent")
        if self._is_guarded:
            check_network_access(request.url, self.settings.transport, self.proxy)
        trace = RequestTrace(self, host_and_port(request.url), on_sending, after_wait)
        try:
            if self.settings.transport is not None:
                async with self._custom_slots().hold(timeout.pool, trace.waited):
                    return await self._send_httpx(self.settings.transport, request, timeout, trace, sign)
            connections = (self._pools.find(asyncio.get_running_loop()) or await self._open_pool()).connections
            if connections.pool is not None and request.url.startswith("https:"):
                response = await connections.pool.exchange(request, timeout, trace, sign)
                reject_content_encoding(response)
                return response
            httpx_pool = connections.httpx_pool()
            login = trace.login = proxy_login.login_at(self.proxy)
            async with (
                nullcontext() if login is None else login.attempt(trace.waited),
                httpx_pool.acquire(timeout.pool, trace.waited) as transport,
            ):
                response = await self._send_httpx(transport, request, timeout, trace, sign, is_pooled=True)
                httpx_pool.limit_idle(response)
                return response
        except (WsclientError, UnansweredRequestError, OutdatedPermitError):
            raise
        except UnsendableRequestError as error:
            raise unsendable_error(trace.failure(error)) from None
        except POOL_ERRORS as error:
            raise _map_error(trace.failure(error)) from error
        except Exception as error:
            raise unexpected_error(trace.failure(error)) from error

    @without_locals
    async def warm_up(self, url: str, count: int, timeout: Timeout) -> int:  # noqa: ASYNC109 - as in send
        """Open connections before they are needed; return the number of idle ones, 0 if httpx makes the connections."""
        if self._closed:
            raise ConfigurationError("this client is closed; create a new client, or warm it up before aclose()")
        pool = None if self.settings.transport else (await self._open_pool()).connections.pool
        if pool is None or not url.startswith("https:"):
            return 0
        if self._is_guarded:
            check_network_access(url, self.settings.transport, self.proxy)
        trace = RequestTrace(self, host_and_port(url))
        try:
            return await pool.warm_up(url, count, timeout, trace)
        except POOL_ERRORS as error:
            raise _map_error(trace.failure(error)) from error
        except WsclientError:
            raise
        except Exception as error:
            raise unexpected_error(trace.failure(error)) from error

    def state(self) -> PoolState | None:
        """Return the connections of all event loops, or None with a transport= of the caller."""
        if self.settings.transport is not None:
            return None
        return sum_pool_states([connections.state for connections in self._pools.open()])

    async def aclose(self) -> None:
        """Cancel the calls in flight and close the connections; later requests raise ConfigurationError. Idempotent."""
        self._closed = True
        self.calls.cancel_all()
        await self._pools.aclose()

    @property
    def policy(self) -> TLSPolicy:
        """TLS policy that every connection must satisfy."""
        return self.settings.policy

    @property
    def trust_note(self) -> str | None:
        """Setting that decides which authorities are trusted, for error messages; None for the system's trust store."""
        return self.settings.trust_note

    @property
    def has_client_certificate(self) -> bool | None:
        """True if the TLS policy has a client certificate; None with a caller's SSL context or transport."""
        if self.settings.context is not None or self.settings.transport is not None:
            return None
        return self.settings.policy.client_cert is not None

    @property
    def private_dns(self) -> PrivateDns | None:
        """Rule for the addresses that connections may use, or None for any address."""
        return self.settings.private_dns

    @property
    def proxy_peer(self) -> str | None:
        """host:port of the proxy, or None without a proxy."""
        return host_and_port(self.proxy) if self.proxy and self.settings.transport is None else None

    def _custom_slots(self) -> Slots:
        """Return the limit of requests that a transport= of the caller carries at a time on the running event loop."""
        return self._slots.setdefault(asyncio.get_running_loop(), Slots(self.settings.max_connections))

    async def _send_httpx(
        self,
        transport: AsyncTransport,
        request: HttpRequest,
        timeout: Timeout,  # noqa: ASYNC109 - as in send
        trace: RequestTrace,
        sign: Callable[[HttpRequest], HttpRequest] | None,
        *,
        is_pooled: bool = False,
    ) -> HttpResponse:
        from wsclient._pipeline.transport import httpx_adapter  # noqa: PLC0415 - importing httpx takes long, and few clients need it

        limit = self.settings.max_response_bytes
        signed = request if sign is None else sign(request)
        try:
            return await httpx_adapter.send(
                transport, signed, timeout, trace, limit, self._histories, is_custom=not is_pooled
            )
        except asyncio.CancelledError as error:
            if is_cancellation(error):
                raise
            raise unexpected_error(trace.failure(error)) from error

    async def _open_pool(self) -> EventLoopPool[_Connections]:
        """Return the running event loop's pool, which is opened once for all concurrent first calls."""
        loop = asyncio.get_running_loop()
        pool = self._pools.find(loop)
        if pool is not None:
            return pool
        opening = self._opening.get(loop)
        if opening is None:
            opening = self._opening[loop] = loop.create_task(self._open(loop))
            # Its error may come after every call was cancelled, as when their client closes.
            opening.add_done_callback(mark_retrieved)
        # asyncio.wait, because concurrent first calls share this task: cancelling one of them must not fail the others.
        # asyncio.shield, from Python 3.14 on, logs the errors of tasks whose caller was cancelled.
        await asyncio.wait({opening})
        return opening.result()

    async def _open(self, loop: asyncio.AbstractEventLoop) -> EventLoopPool[_Connections]:
        try:
            context = self.settings.context
            if context is None:  # in a thread, because reading trust stores blocks
                context = await asyncio.to_thread(shared_context, self.settings.policy)
            if self._closed:
                raise ConfigurationError(
                    "this client was closed while its first call was starting; create a new client"
                )
            return await self._pools.add(loop, self._connections(context))
        finally:
            self._opening.pop(loop, None)

    def _connections(self, context: ssl.SSLContext) -> _Connections:
        pool = ConnectionPool(
            context,
            limit=self.settings.max_connections,
            idle_seconds=IDLE_SECONDS,
            max_bytes=self.settings.max_response_bytes,
            clock=self._clock,
            dialer=msgspec.structs.replace(self.settings.dialer, resolve=self._resolve),
        )
        # A function, not a method: connections that referred to this transport would keep it from being collected.
        return _Connections(
            None if self.proxy else pool,
            partial(_make_httpx_pool, context, self.proxy, self.settings.max_connections, self._clock),
        )


def _make_httpx_pool(
    context: ssl.SSLContext, proxy: str | None, limit: int, clock: Clock
) -> HttpxTransportPool[AsyncTransport]:
    # Needed by proxies and plain http only; the adapter imports httpx.
    from wsclient._pipeline.transport import httpx_adapter  # noqa: PLC0415
    from wsclient._pipeline.transport.httpx_pool import HttpxTransportPool  # noqa: PLC0415

    make = httpx_adapter.transport_factory(context, proxy, IDLE_SECONDS)
    return HttpxTransportPool(make, limit=limit, idle_seconds=IDLE_SECONDS, clock=clock)


POOL_ERRORS = (PhaseTimeoutError, InvalidResponseError, OSError)
"""Errors of the connection pool that are not WsclientError and need mapping."""


def _map_error(failure: FailedRequest) -> WsclientError:
    """Return wsclient's error for one of the connection pool's."""
    error = failure.error
    if isinstance(error, PhaseTimeoutError):
        return timeout_error(failure, error.phase)
    if isinstance(error, InvalidResponseError):
        return parse_error(failure)
    return connection_lost_error(failure) if failure.is_sent else connect_error(failure)
