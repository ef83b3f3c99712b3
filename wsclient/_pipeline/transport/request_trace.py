"""A request on its way: who answers, what TLS came out, and whether a byte of it left."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from wsclient._core.errors import TLSError
from wsclient._pipeline.transport.errors import FailedRequest
from wsclient.tls._inspection import NegotiatedTLS, inspect_connection

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from wsclient.endpoints._private_link import PrivateDns
    from wsclient.tls._policy import TLSPolicy


class TraceOwner(Protocol):
    """Whoever sends, and wants to know what the newest connection negotiated."""

    last_tls: NegotiatedTLS | None

    @property
    def policy(self) -> TLSPolicy:
        """What TLS must be."""
        ...

    @property
    def private_dns(self) -> PrivateDns | None:
        """Which addresses may be spoken to, None for any."""
        ...

    @property
    def proxy_peer(self) -> str | None:
        """host:port of the proxy, None where there is none."""
        ...


class RequestTrace:
    """Follows one request. is_sent says that bytes of it may have left, where that is known or must be supposed."""

    __slots__ = ("_on_sending", "_sender", "is_sent", "peer")

    def __init__(self, sender: TraceOwner, peer: str, on_sending: Callable[[], None] | None = None) -> None:
        self._sender = sender
        self._on_sending = on_sending
        self.peer = peer
        self.is_sent = False

    def connected(self, tls: ssl.SSLObject | None, address: str) -> None:
        """See a new connection; raises when the address or the handshake is not what was asked for."""
        if self._sender.private_dns is not None:
            # The address that was connected to, so that nothing can change between the look-up and its use.
            self._sender.private_dns.check([address])
        if tls is None:
            return
        negotiated = inspect_connection(tls, address)
        try:
            self._sender.policy.check_negotiated(negotiated)
        except TLSError as error:
            raise TLSError(f"{self.peer}: {error}") from None
        self._sender.last_tls = negotiated

    def sending(self) -> None:
        """Learn that from here on bytes of the request may have left."""
        self.is_sent = True
        if self._on_sending is not None:
            self._on_sending()

    def failure(self, error: BaseException) -> FailedRequest:
        """Return what is known about a request that ended with this error."""
        return FailedRequest(
            error=error,
            peer=self.peer,
            proxy=self._sender.proxy_peer,
            in_vpc=".vpce." in self.peer or self._sender.private_dns is not None,
            sent=self.is_sent,
        )


@lru_cache(maxsize=64)
def host_and_port(url: str) -> str:
    """Return host:port of a URL, without the user info that a proxy's may hold."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return "an unreadable URL"
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
