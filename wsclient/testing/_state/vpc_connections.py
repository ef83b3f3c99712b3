"""Registry of the connections that clients open from within a VPC.

A client in this process that is in a VPC registers each connection it opens, by the local address of its socket. The
connections of every other client come from outside any VPC.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

from wsclient._core.http import HttpRequest

if TYPE_CHECKING:
    import socket


class ReceivedRequest(HttpRequest, frozen=True):
    """Request received over a connection; peer is the client's address and port."""

    peer: tuple[str, int] | None = None


class ConnectionRegistry:
    """VPC of each open connection, by the client's address and port."""

    def __init__(self) -> None:
        self._connections: dict[tuple[str, int], tuple[weakref.ref[socket.socket], str]] = {}

    def register(self, channel: socket.socket, vpc_id: str) -> None:
        """Record a connection that was opened from within a VPC."""
        address, port = channel.getsockname()[:2]
        self._connections[address, port] = (weakref.ref(channel), vpc_id)

    def find_vpc(self, request: HttpRequest) -> str | None:
        """Return the VPC that a request comes from, None for a request from outside any VPC."""
        peer = request.peer if isinstance(request, ReceivedRequest) else None
        entry = self._connections.get(peer) if peer else None
        if peer is None or entry is None:
            return None
        reference, vpc_id = entry
        channel = reference()
        if channel is None or channel.fileno() < 0:
            # The registered connection is closed: the operating system has given its port to another one.
            del self._connections[peer]
            return None
        return vpc_id
