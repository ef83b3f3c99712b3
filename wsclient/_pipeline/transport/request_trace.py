"""Trace of one request: peer, negotiated TLS, and whether it may have been sent."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from wsclient._core.errors import ConnectError, TLSError
from wsclient._pipeline.transport.failed_request import FailedRequest
from wsclient.tls._inspection import (
    NegotiatedTLS,
    connection_faults,
    host_faults,
    inspect_connection,
    require_no_faults,
)

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from wsclient._pipeline.transport.proxy_login import ProxyLogin
    from wsclient.endpoints._private_link import PrivateDns
    from wsclient.tls._policy import TLSPolicy


class TraceOwner(Protocol):
    """The transport that sends a request: its policies, and what its newest connection negotiated."""

    last_tls: NegotiatedTLS | None

    @property
    def policy(self) -> TLSPolicy:
        """TLS policy that every connection must satisfy."""
        ...

    @property
    def private_dns(self) -> PrivateDns | None:
        """Rule for the addresses that connections may use, or None for any address."""
        ...

    @property
    def proxy_peer(self) -> str | None:
        """host:port of the proxy, or None without a proxy."""
        ...

    @property
    def proxy(self) -> str | None:
        """URL of the proxy, or None without a proxy."""
        ...


class RequestTrace:
    """Trace of one request. is_sent is True from the first write on, and whenever that cannot be ruled out."""

    __slots__ = (
        "_after_wait",
        "_on_sending",
        "_owner",
        "has_tunnel",
        "is_sent",
        "is_tunnel_requested",
        "login",
        "peer",
        "proxy_schemes",
        "tls",
    )

    def __init__(
        self,
        owner: TraceOwner,
        peer: str,
        on_sending: Callable[[], None] | None = None,
        after_wait: Callable[[], None] | None = None,
    ) -> None:
        self._owner = owner
        self._on_sending = on_sending
        self._after_wait = after_wait
        self.peer = peer
        self.is_sent = False
        self.is_tunnel_requested = False
        """True from the CONNECT request on: the connection to the proxy itself worked."""
        self.has_tunnel = False
        """True from the proxy's response to CONNECT on: TLS before it is that of the proxy."""
        self.login: ProxyLogin | None = None
        """Login at the proxy; None without a user name."""
        self.proxy_schemes: tuple[str, ...] = ()
        """Authentication schemes that the proxy offered in its response to CONNECT."""
        self.tls: ssl.SSLObject | None = None

    def waited(self) -> None:
        """Have the caller check whether the request may be sent after it has waited for a connection."""
        if self._after_wait is not None:
            self._after_wait()

    def connected(self, tls: ssl.SSLObject | None, address: str | None) -> None:
        """Check a new connection; raise if its address or its TLS violates the transport's policies.

        address is None if a transport of httpx does not report it.
        """
        if self._owner.private_dns is not None:
            # The address of the connection itself: a DNS answer may change between the lookup and the connect.
            if address is None:
                raise ConnectError(
                    f"the transport does not report the address of {self.peer}, which must be a private one"
                )
            self._owner.private_dns.check([address])
        if tls is None:
            return
        self.tls = tls
        negotiated = inspect_connection(tls, address)
        require_no_faults(self.peer, connection_faults(tls))
        try:
            self._owner.policy.check_negotiated(negotiated)
        except TLSError as error:
            raise TLSError(f"{self.peer}: {error}") from None
        self._owner.last_tls = negotiated

    def require_own_host(self) -> None:
        """Raise TLSError if the newest connection that was opened for the request verified another host's name."""
        if self.tls is not None:
            require_no_faults(self.peer, host_faults(self.tls, _host(self.peer)))

    def sending(self) -> None:
        """Record that bytes of the request may have left this machine from now on.

        A started write counts as sent: bytes in the socket's buffer may reach the service even if the write fails.
        """
        self.is_sent = True
        if self._on_sending is not None:
            self._on_sending()

    def failure(self, error: BaseException) -> FailedRequest:
        """Return the facts of a request that failed with this error."""
        proxy = self._owner.proxy or ""
        return FailedRequest(
            error=error,
            peer=self.peer,
            proxy=self._owner.proxy_peer,
            has_proxy_user="@" in proxy,
            is_tunnel_requested=self.is_tunnel_requested,
            has_tunnel=self.has_tunnel,
            proxy_schemes=self.proxy_schemes,
            is_at_proxy=proxy.startswith("https:") and not self.has_tunnel,
            is_in_vpc=".vpce." in self.peer or self._owner.private_dns is not None,
            is_sent=self.is_sent,
            trust_note=getattr(self._owner, "trust_note", None),
            has_client_certificate=getattr(self._owner, "has_client_certificate", None),
        )


def _host(peer: str) -> str:
    return peer.rpartition(":")[0].strip("[]")


@lru_cache(maxsize=64)
def host_and_port(url: str) -> str:
    """Return host:port of a URL, without the user information (user:password@) that a proxy URL may contain."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return "a malformed URL"
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
