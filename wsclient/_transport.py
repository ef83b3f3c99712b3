"""The one speaker of httpx: sends one request, gives back one whole answer, and turns foreign errors into ours.

Redirects are not followed, cookies not kept, nothing is read from the environment, nothing is decompressed: an
answer is a status, headers and bytes.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import ssl
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import httpcore
import httpx

from wsclient._errors import (
    ConfigurationError,
    ConnectError,
    ConnectionLostError,
    RequestTimeoutError,
    ResponseParseError,
    TLSError,
    TransportError,
    WsclientError,
)
from wsclient._http import HttpRequest, HttpResponse, Timeout
from wsclient.tls import DEFAULT_POLICY, NegotiatedTLS, TLSPolicy, inspect_connection

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator, Mapping

    from wsclient.endpoints import PrivateDns

Transport = httpx.AsyncBaseTransport
"""What may carry the requests in place of wsclient's own connections."""

DEFAULT_MAX_CONNECTIONS = 50
IDLE_SECONDS = 15.0
"""How long an unused connection is kept: less than what load balancers on the way allow."""
MAX_RESPONSE_BYTES = 64 * 1024 * 1024

logger = logging.getLogger("wsclient")


@dataclass(frozen=True, slots=True)
class _Pool:
    """Connections of one event loop in one process; the guard closes them when the loop or the sender ends."""

    loop: asyncio.AbstractEventLoop
    process: int
    transport: Transport
    guard: AsyncGenerator[None, None]


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderSettings:
    """What decides how connections are made; senders of equal settings can stand in for each other.

    context is a foreign SSL context to use in place of the policy's own; proxy an http or https URL, used by CONNECT;
    transport carries the requests in place of wsclient's connections; private_dns lets only allowed addresses be
    spoken to.
    """

    policy: TLSPolicy = DEFAULT_POLICY
    context: ssl.SSLContext | None = None
    proxy: str | None = None
    max_connections: int = DEFAULT_MAX_CONNECTIONS
    transport: Transport | None = None
    private_dns: PrivateDns | None = None


class HttpSender:
    """Sends requests over connections that it opens at the first one.

    A transport that was given stays its owner's to close. It may be used from successive event loops: connections
    belong to a loop and end with it.
    """

    def __init__(self, settings: SenderSettings | None = None) -> None:
        self.settings = settings or SenderSettings()
        self._pool: _Pool | None = None
        self._closed = False
        self.last_tls: NegotiatedTLS | None = None
        """What the newest connection negotiated; None before the first, and over plain http."""
        if self.settings.context is not None:
            for warning in self.settings.policy.check(self.settings.context):
                logger.warning("%s", warning)

    async def send(self, request: HttpRequest, timeout: Timeout) -> HttpResponse:  # noqa: ASYNC109 - one for each phase
        """Send a request and read its whole answer; raises TransportError, ResponseParseError or ConfigurationError."""
        transport = self.settings.transport or await self._connections()
        progress = _Progress(self)
        outgoing = httpx.Request(
            request.method,
            request.url,
            headers=list(request.headers),
            content=request.body,
            extensions={"timeout": _phases(timeout), "trace": progress.trace},
        )
        try:
            response = await transport.handle_async_request(outgoing)
            return await _read(response)
        except FOREIGN_ERRORS as error:
            raise _ours(error, outgoing.url, sent=progress.may_have_been_sent) from error

    async def aclose(self) -> None:
        """Close the connections; sending afterwards is refused. Harmless when done twice."""
        self._closed = True
        pool, self._pool = self._pool, None
        if pool is not None and pool.loop is asyncio.get_running_loop() and pool.process == os.getpid():
            await pool.guard.aclose()

    async def _connections(self) -> Transport:
        """Return this loop's connections; those of a loop that ended, or of a parent process, are left behind."""
        if self._closed:
            raise ConfigurationError("this client is closed; make a new one, or call it before aclose()")
        loop = asyncio.get_running_loop()
        if not self._belongs_to(loop):
            # Reading trust stores blocks, so it is done in a thread; another task may be faster meanwhile.
            context = self.settings.context or await asyncio.to_thread(shared_context, self.settings.policy)
            if not self._belongs_to(loop):
                self._pool = await self._opened(loop, context)
        if self._pool is None:
            raise ConfigurationError("this client was closed while a call was starting")
        return self._pool.transport

    def _belongs_to(self, loop: asyncio.AbstractEventLoop) -> bool:
        return self._pool is not None and self._pool.loop is loop and self._pool.process == os.getpid()

    async def _opened(self, loop: asyncio.AbstractEventLoop, context: ssl.SSLContext) -> _Pool:
        if self._pool is not None and self._pool.process != os.getpid():
            # Collecting them would close sockets under the parent's connections.
            _LEFT_TO_THE_PARENT.append(self._pool)
        limits = httpx.Limits(
            max_connections=self.settings.max_connections,
            max_keepalive_connections=self.settings.max_connections,
            keepalive_expiry=IDLE_SECONDS,
        )
        proxy = httpx.Proxy(self.settings.proxy, ssl_context=context) if self.settings.proxy else None
        transport = httpx.AsyncHTTPTransport(verify=context, trust_env=False, limits=limits, proxy=proxy)
        guard = _close_at_the_end(transport)
        await anext(guard)
        return _Pool(loop, os.getpid(), transport, guard)


class _Progress:
    """Follows a request through httpcore's trace: who answers, what TLS came out, and whether a byte of it left."""

    def __init__(self, sender: HttpSender) -> None:
        self._sender = sender
        self._started = False
        self._traced = False

    @property
    def may_have_been_sent(self) -> bool:
        """Tell whether the service may have seen the request; a foreign transport that tells nothing may have sent it."""
        return self._started or (not self._traced and self._sender.settings.transport is not None)

    async def trace(self, event: str, info: Mapping[str, object]) -> None:
        """Take one trace event; raises when the address or the handshake is not what was asked for."""
        self._traced = True
        if event.endswith("send_request_headers.started"):
            # The CONNECT to a proxy is not the request.
            self._started = self._started or getattr(info.get("request"), "method", b"") != b"CONNECT"
            return
        stream = info.get("return_value")
        if not isinstance(stream, httpcore.AsyncNetworkStream):
            return
        try:
            self._check(event, stream)
        except WsclientError:
            await stream.aclose()
            raise

    def _check(self, event: str, stream: httpcore.AsyncNetworkStream) -> None:
        settings = self._sender.settings
        if event.endswith("start_tls.complete"):
            negotiated = inspect_connection(stream.get_extra_info("ssl_object"))
            settings.policy.check_negotiated(negotiated)
            self._sender.last_tls = negotiated
        elif event.endswith("connect_tcp.complete") and settings.private_dns is not None:
            # The address that was connected to, so that nothing can change between the look-up and its use.
            settings.private_dns.check([stream.get_extra_info("server_addr")[0]])


_LEFT_TO_THE_PARENT: list[_Pool] = []

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
)
_NO_CONNECTION = (
    httpx.ConnectError,
    httpcore.ConnectError,
    httpx.ProxyError,
    httpcore.ProxyError,
    httpcore.ConnectionNotAvailable,
)
_TLS_CUT = (ssl.SSLEOFError, ssl.SSLZeroReturnError)


@lru_cache(maxsize=16)
def shared_context(policy: TLSPolicy) -> ssl.SSLContext:
    """Return the one context of a policy: making one costs tens of milliseconds, so equal policies share it."""
    return policy.create_context()


async def _close_at_the_end(transport: Transport) -> AsyncGenerator[None, None]:
    """Close a transport when this generator is closed: by its owner, by being collected, or by its loop's end.

    asyncio closes the asynchronous generators of a loop before it closes the loop, and those that are collected
    while it runs; so connections end with their loop and with their sender, without a warning, whoever forgets.
    """
    try:
        yield
    finally:
        await transport.aclose()


async def _read(response: httpx.Response) -> HttpResponse:
    """Read an answer's bytes as they are, up to the limit."""
    headers = tuple((name.lower(), value) for name, value in response.headers.multi_items())
    answer = HttpResponse(response.status_code, headers, b"")
    try:
        encoding = answer.header("content-encoding")
        if encoding not in {None, "identity"}:
            raise _unreadable(answer, f"it is compressed ({encoding}), which was not asked for")
        chunks: list[bytes] = []
        size = 0
        async for chunk in _stream(response):
            size += len(chunk)
            if size > MAX_RESPONSE_BYTES:
                raise _unreadable(answer, f"it is larger than {MAX_RESPONSE_BYTES} bytes")
            chunks.append(chunk)
    finally:
        await response.aclose()
    return HttpResponse(answer.status, headers, b"".join(chunks))


def _stream(response: httpx.Response) -> httpx.AsyncByteStream:
    # Not aiter_raw: a transport that answers from memory has read the stream once already, and it can be read again.
    if not isinstance(response.stream, httpx.AsyncByteStream):
        raise ConfigurationError("the transport= answers with a synchronous stream; it must be an asynchronous one")
    return response.stream


def _unreadable(answer: HttpResponse, why: str) -> ResponseParseError:
    return ResponseParseError(
        f"HTTP {answer.status} that cannot be read: {why}", status=answer.status, headers=answer.headers
    )


def _phases(timeout: Timeout) -> dict[str, float | None]:
    return {"connect": timeout.connect, "read": timeout.read, "write": timeout.write, "pool": timeout.pool}


def _ours(error: BaseException, url: httpx.URL, *, sent: bool) -> WsclientError:
    """Return our error for a foreign one; no message repeats headers or bodies, so foreign words stay out."""
    peer = f"{url.host}:{url.port or (443 if url.scheme == 'https' else 80)}"
    for phase, kinds in _TIMEOUTS:
        if isinstance(error, kinds):
            return _timed_out(phase, peer, sent=sent)
    if isinstance(error, _NOT_SENDABLE):
        return TransportError(
            f"the request to {peer} has no valid HTTP form", may_have_been_sent=sent, is_transient=False
        )
    if isinstance(error, _NO_CONNECTION) or not sent:
        return _not_connected(error, peer)
    return ConnectionLostError(
        f"the connection to {peer} broke after the request had started to go out", may_have_been_sent=True
    )


def _timed_out(phase: str, peer: str, *, sent: bool) -> RequestTimeoutError:
    if phase == "connect":
        return RequestTimeoutError(
            f"no connection to {peer} within Timeout.connect{_where_to_look(peer)}",
            phase=phase,
            may_have_been_sent=False,
        )
    if phase == "pool":
        return RequestTimeoutError(
            f"no free connection to {peer} within Timeout.pool; raise max_connections",
            phase=phase,
            may_have_been_sent=False,
        )
    return RequestTimeoutError(f"{peer}: silence longer than Timeout.{phase}", phase=phase, may_have_been_sent=sent)


def _not_connected(error: BaseException, peer: str) -> TransportError:
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return TLSError(
                f"the certificate of {peer} is not acceptable: {_certificate_words(cause)}; nothing was sent"
            )
        if isinstance(cause, _TLS_CUT):
            return ConnectError(f"{peer} ended the TLS handshake half-way")
        if isinstance(cause, ssl.SSLError):
            reason = (cause.reason or "unknown reason").replace("_", " ").lower()
            return TLSError(f"no TLS with {peer} that the policy allows ({reason}); nothing was sent")
        if isinstance(cause, socket.gaierror):
            return ConnectError(f"the name of {peer} does not resolve: check the region, the endpoint and the resolver")
    if isinstance(error, httpx.ProxyError | httpcore.ProxyError):
        return ConnectError(f"the proxy refused to connect to {peer}")
    numbers = [cause.strerror for cause in causes if isinstance(cause, OSError) and cause.strerror]
    return ConnectError(f"no connection to {peer}{f' ({numbers[-1]})' if numbers else ''}{_where_to_look(peer)}")


def _certificate_words(error: ssl.SSLCertVerificationError) -> str:
    words = error.verify_message
    if "issuer" in words or "self-signed" in words or "self signed" in words:
        words += ". If a corporate proxy inspects TLS, trust its authority with AWS_CA_BUNDLE or TLSPolicy(extra_ca_file=...)"
    return words


def _where_to_look(peer: str) -> str:
    """Say what usually is wrong when a PrivateLink name does not answer."""
    if ".vpce." not in peer:
        return ""
    return (
        ": this machine is outside the VPC (a VPN or Direct Connect is needed), or the endpoint's security group "
        "does not let it in"
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
