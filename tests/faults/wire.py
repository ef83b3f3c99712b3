"""The server's side of one TLS connection, driven by hand: a test decides what goes out, and how it ends."""

import asyncio
import socket
import ssl
import struct
from contextlib import suppress

from tests.faults.loop import silence

CHUNK = 65536
NOT_SENT = 0x894B
"""SIOCOUTQNSD, Linux's question for the bytes that a socket has not sent yet."""


class Wire:
    """One accepted connection. Nothing is read, sent or closed behind a test's back, as asyncio's own streams do."""

    def __init__(self, connection: socket.socket, context: ssl.SSLContext) -> None:
        self._loop = asyncio.get_running_loop()
        self._socket = connection
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._in, self._out, server_side=True)
        self.is_open = True

    async def hello(self) -> None:
        """Wait for the client's first bytes, and leave them unanswered."""
        await self._receive()

    async def handshake(self) -> None:
        """Agree on TLS."""
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                await self._flush()
                if not await self._receive():
                    raise ConnectionError("the client went away during the handshake") from None
            else:
                await self._flush()
                return

    async def read(self) -> bytes:
        """Return what the client sent next, nothing when it went away."""
        while True:
            try:
                return self._tls.read(CHUNK)
            except ssl.SSLWantReadError:
                if not await self._receive():
                    return b""
            except ssl.SSLError:  # it closed, properly or not
                return b""

    async def write(self, *records: bytes) -> None:
        """Send, and wait until the send queue is empty: on loopback the data has arrived, safe from a reset."""
        import fcntl  # noqa: PLC0415 - not available on Windows

        for data in records:
            self._tls.write(data)
        await self._flush()
        while struct.unpack("i", fcntl.ioctl(self._socket, NOT_SENT, bytes(4)))[0]:  # no event tells
            if self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):  # the rest of the queue is never sent
                raise ConnectionResetError
            await asyncio.sleep(0)

    async def write_raw(self, data: bytes) -> None:
        """Send without TLS."""
        await self._loop.sock_sendall(self._socket, data)

    async def trickle(self, data: bytes, *, seconds: float) -> None:
        """Send a byte at a time, with a pause after each that takes no time; until the client has had enough."""
        for number in range(len(data)):
            await self.write(data[number : number + 1])
            with silence():
                await asyncio.sleep(seconds)

    async def silence(self) -> None:
        """Say nothing until the client gives up."""
        with silence():
            await self.gone()
        self.close()

    async def deafness(self, seconds: float) -> None:
        """Read nothing for so long, then nothing but the end: what is not read hides that the client gave up."""
        with silence():
            await asyncio.sleep(seconds)
            await self.gone()
        self.close()

    async def gone(self) -> None:
        """Wait until the client has closed, taking no notice of what it still sends."""
        with suppress(ConnectionError):
            while await self._loop.sock_recv(self._socket, CHUNK):
                pass

    def reset(self) -> None:
        """Break the connection off: the client gets a reset."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    async def end(self) -> None:
        """Say goodbye as TLS and TCP do; it is closed once the client has closed too."""
        with suppress(ssl.SSLWantReadError):
            self._tls.unwrap()
        await self._flush()
        self._socket.shutdown(socket.SHUT_WR)
        await self.gone()
        self.close()

    async def hang_up(self) -> None:
        """End the connection without TLS's goodbye, perhaps in the middle of its handshake."""
        self._socket.shutdown(socket.SHUT_WR)
        await self.gone()
        self.close()

    def close(self) -> None:
        """Close the socket; harmless when done twice."""
        self.is_open = False
        self._socket.close()

    async def _flush(self) -> None:
        if data := self._out.read():
            await self._loop.sock_sendall(self._socket, data)

    async def _receive(self) -> bytes:
        try:
            data = await self._loop.sock_recv(self._socket, CHUNK)
        except ConnectionError:
            data = b""
        if data:
            self._in.write(data)
        else:
            self._in.write_eof()
        return data
