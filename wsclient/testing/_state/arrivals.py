"""From where requests arrive: which connections were made from within which VPC.

A client in this process that is in a VPC says so for each connection it makes, by the connection's own address; to
every other client all of them come from outside.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

from wsclient._core.http import HttpRequest

if TYPE_CHECKING:
    import socket


class ReceivedRequest(HttpRequest, frozen=True):
    """A request that came over a connection; peer is the other end's address and port."""

    peer: tuple[str, int] | None = None


class ConnectionRegistry:
    """The VPC that each open connection was made in, if in any."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, int], tuple[weakref.ref[socket.socket], str]] = {}

    def register(self, channel: socket.socket, vpc_id: str) -> None:
        """Learn of a connection made from within a VPC."""
        address, port = channel.getsockname()[:2]
        self._made[address, port] = (weakref.ref(channel), vpc_id)

    def find_vpc(self, request: HttpRequest) -> str | None:
        """Return the VPC that a request was made in, None for outside of any."""
        peer = request.peer if isinstance(request, ReceivedRequest) else None
        found = self._made.get(peer) if peer else None
        if peer is None or found is None:
            return None
        channel = found[0]()
        if channel is None or channel.fileno() < 0:
            # It is closed, and its port another connection's now.
            del self._made[peer]
            return None
        return found[1]
