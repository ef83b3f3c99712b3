"""FailedRequest: the facts of a failed request, from which its error is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator


class FailedRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A failed request: its error, its peer, and whether it may have been sent.

    peer and proxy are host:port; has_proxy_user is True if the proxy's URL has a user name, is_tunnel_requested if the
    connection to the proxy itself worked, has_tunnel if the proxy has responded to CONNECT; proxy_schemes are the
    authentication schemes that it offered; is_at_proxy is True if TLS is spoken with the proxy itself. is_in_vpc is
    True if the name belongs to a VPC (PrivateLink, private DNS); is_sent is True if the first byte of the request may
    have left this machine. trust_note names the setting of the trust store; has_client_certificate is None if the SSL
    context is the caller's.
    """

    error: BaseException
    peer: str
    proxy: str | None
    has_proxy_user: bool = False
    is_tunnel_requested: bool = False
    has_tunnel: bool = False
    proxy_schemes: tuple[str, ...] = ()
    is_at_proxy: bool = False
    is_in_vpc: bool
    is_sent: bool
    trust_note: str | None = None
    has_client_certificate: bool | None = False

    def causes(self) -> Iterator[BaseException]:
        """Yield the error and its chain of causes, the latest first."""
        return chain_of(self.error)

    @property
    def route(self) -> str:
        """The peer, and the proxy on the way to it."""
        return f"{self.peer} through the proxy {self.proxy}" if self.proxy else self.peer

    @property
    def tls_peer(self) -> str:
        """Peer of a TLS handshake: the proxy itself, or the host that it leads to."""
        return f"the proxy {self.proxy}" if self.is_at_proxy else self.route


def chain_of(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and its chain of causes, the latest first, each once.

    A transport that raises the same exception again and again makes a cycle of its chain.
    """
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        yield following
        seen.add(id(following))
        if isinstance(following, BaseExceptionGroup):  # one error per address of a name; the first address is preferred
            following = cast("BaseExceptionGroup[BaseException]", following).exceptions[0]
        else:
            following = following.__cause__ or following.__context__
