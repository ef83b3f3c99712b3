"""TraceExtension: follows the steps of a request over httpcore, and limits their time. Imports no HTTP library."""

from __future__ import annotations

import asyncio
import errno
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol, cast

from wsclient._core.http import MAX_READ_TIMEOUTS, PhaseTimeoutError
from wsclient._pipeline.transport.custom_transport import library_names
from wsclient._pipeline.transport.proxy_errors import offered_schemes

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping, Sequence

    from wsclient._core.http import Timeout
    from wsclient._pipeline.transport.request_trace import RequestTrace


class NetworkStream(Protocol):
    """A connection of httpcore or httpcore2."""

    def get_extra_info(self, info: str) -> object:
        """Return the SSL object, the address or the socket of the connection, or None."""
        ...

    async def aclose(self) -> None:
        """Close the connection."""
        ...


class TraceExtension:
    """Callback for httpcore's "trace" extension, which updates a RequestTrace and sets the end of a timeout scope."""

    def __init__(self, trace: RequestTrace, scope: asyncio.Timeout, timeout: Timeout) -> None:
        self._trace = trace
        self._scope = scope
        self._timeout = timeout
        self._half_open: NetworkStream | None = None
        self._has_reported = False
        self._awaits_tunnel = False
        self.phases = {
            "connect": timeout.connect,
            "read": timeout.read,
            "write": timeout.write,
            "pool": timeout.pool,
        }
        """The "timeout" extension, which httpcore reads anew for each step."""

    def limit_response(self) -> None:
        """Limit the time of the whole response, of which each part may take a read timeout."""
        self._limit(None if self._timeout.read is None else MAX_READ_TIMEOUTS * self._timeout.read)

    def expired_phase(self) -> PhaseTimeoutError:
        """Return the phase that the scope has ended."""
        if self._awaits_tunnel:
            return PhaseTimeoutError("connect", step="tunnel")
        return PhaseTimeoutError("read", was_progressing=True)

    def _limit(self, seconds: float | None) -> None:
        self._scope.reschedule(None if seconds is None else asyncio.get_running_loop().time() + seconds)

    def _await_tunnel(self, *, waits: bool) -> None:
        """Limit the proxy's response to CONNECT as a whole by Timeout.connect, in place of each read by Timeout.read.

        A proxy that connects slowly, or sends its response a byte at a time, would hold the call for longer.
        """
        self._awaits_tunnel = waits
        limit = self._timeout.connect if waits else None
        self.phases["read"] = self._timeout.read if limit is None else None
        self._limit(limit)

    async def __call__(self, event: str, info: Mapping[str, object]) -> None:
        """Handle one trace event; raise if the connection's address or TLS violates the policies."""
        if not self._has_reported:
            self._has_reported, self._trace.is_sent = True, False
        if event.endswith("send_request_headers.started"):
            # The CONNECT to a proxy is not the request.
            if getattr(info.get("request"), "method", b"") == b"CONNECT":
                self._trace.is_tunnel_requested = True
                self._await_tunnel(waits=True)
            else:
                # Not before: the first connection of two may be that to a proxy.
                self._trace.has_tunnel = True
                if self._trace.login is not None:
                    self._trace.login.accept()
                self._trace.require_own_host()
                self._half_open = None
                self._trace.sending()
                self.limit_response()
            return
        if self._awaits_tunnel and event.endswith("receive_response_headers.complete"):
            self._await_tunnel(waits=False)
            self._trace.has_tunnel = True
            self._trace.proxy_schemes = offered_schemes(_response_headers(info.get("return_value")))
        stream = network_stream(info.get("return_value"))
        if stream is not None:
            self._half_open = stream
            tls = cast("ssl.SSLObject | None", stream.get_extra_info("ssl_object"))
            self._trace.connected(tls, _peer_address(stream))

    async def close_half_open(self) -> None:
        """Close a connection that never carried the request: httpcore leaks it when the handshake is cancelled."""
        stream, self._half_open = self._half_open, None
        if stream is not None:
            with suppress(Exception):  # whatever closing it raises, the request's own error counts
                await stream.aclose()


def network_stream(value: object) -> NetworkStream | None:
    """Return the network stream of httpcore or httpcore2 that a value is, or None."""
    is_stream = "AsyncNetworkStream" in library_names(value)
    return cast("NetworkStream", value) if is_stream else None


def _peer_address(stream: NetworkStream) -> str | None:
    """Return the IP address of a stream's peer, or None if the stream does not know it.

    Raises ConnectionResetError if the peer has reset the connection already, so that its socket has no peer any more.
    """
    peer: object = stream.get_extra_info("server_addr")
    if isinstance(peer, tuple) and peer:
        return str(cast("tuple[object, ...]", peer)[0])
    get_peer_name: object = getattr(stream.get_extra_info("socket"), "getpeername", None)
    if callable(get_peer_name):
        with suppress(OSError):
            get_peer_name()
            return None
        raise ConnectionResetError(errno.ECONNRESET, "the connection was reset")
    return None


def _response_headers(value: object) -> Sequence[tuple[bytes, bytes]]:
    """Return the headers of a response as httpcore reports it: version, status, reason and headers."""
    parts = cast("tuple[object, ...]", value) if isinstance(value, tuple) else ()
    return cast("Sequence[tuple[bytes, bytes]]", parts[3]) if len(parts) > 3 else ()  # noqa: PLR2004 - as above
