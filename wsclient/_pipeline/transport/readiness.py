"""Readiness of an idle connection's socket, on every platform."""

from __future__ import annotations

import select
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket
    from asyncio.trsock import TransportSocket


class Readiness:
    """Check whether a socket has something to read.

    select.poll is missing on Windows and where a library such as gevent or eventlet has removed it ("select",
    https://docs.python.org/3/library/select.html#select.poll); select.select works there.
    """

    __slots__ = ("_poll", "_socket")

    def __init__(self, sock: socket.socket | TransportSocket) -> None:
        self._socket = sock
        make = getattr(select, "poll", None)
        self._poll = make() if make is not None else None
        if self._poll is not None:
            self._poll.register(sock.fileno(), select.POLLIN)

    def is_readable(self) -> bool:
        """Return True if the socket has data or was closed by the peer, or if that cannot be determined."""
        if self._poll is not None:
            return bool(self._poll.poll(0))
        try:
            return bool(select.select([self._socket.fileno()], [], [], 0)[0])
        except (OSError, ValueError):  # a closed socket, or a number above FD_SETSIZE
            return True
