"""Minimal WorkSpaces service on the test's event loop, over TLS: it can hang, and counts connections and calls."""

from __future__ import annotations

import asyncio
import itertools
import re
import socket
import ssl
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import TYPE_CHECKING

import trustme

from tests.support.tls_server import authority, server_context
from wsclient import TLSPolicy

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Generator

_CA = trustme.CA()
CONTEXT = server_context(_CA.issue_cert("localhost", "127.0.0.1"))
TRUST = TLSPolicy(ca_data=authority(_CA))
PAGE = b'{"Workspaces":[]}'
_NUMBERS = itertools.count()

Answer = bytes | None
"""What is written to a request; None says nothing, and keeps the connection open."""


def response_bytes(body: bytes = PAGE, status: int = 200, *headers: str, length: int | None = None) -> bytes:
    """Return an answer; a length beyond the body's leaves it half."""
    lines = (
        f"HTTP/1.1 {status} X",
        "content-type: application/x-amz-json-1.1",
        f"content-length: {len(body) if length is None else length}",
        *headers,
    )
    return "\r\n".join((*lines, "", "")).encode() + body


def failed(status: int = 500, code: str = "InternalFailure", *headers: str) -> bytes:
    """Return an error of AWS's, which has a request id of its own."""
    identified = (f"x-amzn-requestid: {next(_NUMBERS)}", *headers)
    return response_bytes(f'{{"__type":"{code}","message":"m"}}'.encode(), status, *identified)


HALF = response_bytes(length=1000)


class WatchedServer:
    """Answers operations as configured, and counts connections made and open, and operations."""

    def __init__(self) -> None:
        self.answer: Callable[[str], Answer] = lambda _: response_bytes()
        self.listens = asyncio.Event()
        """Cleared, connections are made and then not read from, until it is set again."""
        self.listens.set()
        self.connections = 0
        self.operations: list[str] = []
        self.open: set[asyncio.StreamWriter] = set()
        self.port = 0
        self._listener: asyncio.Server | None = None

    @property
    def url(self) -> str:
        """The URL of the service."""
        return f"https://127.0.0.1:{self.port}"

    async def start(self, port: int = 0) -> None:
        """Start to serve, on the earlier port or any free port."""
        self._listener = await asyncio.start_server(self._serve, "127.0.0.1", port, ssl=CONTEXT)
        self.port = self._listener.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop answering, and drop every connection."""
        if self._listener is not None:
            self._listener.close()
        for writer in list(self.open):
            writer.transport.abort()

    def say_to_all(self, answer: bytes) -> None:
        """Write to every open connection."""
        for writer in self.open:
            writer.write(answer)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open.add(writer)
        try:
            await self.listens.wait()
            await self._answer_all(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            pass
        finally:
            self.open.discard(writer)
            writer.close()

    async def _answer_all(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = re.search(rb"content-length: (\d+)", head)
            await reader.readexactly(int(length[1]) if length else 0)
            operation = re.search(rb"x-amz-target: workspacesservice\.(\w+)", head)
            name = operation[1].decode() if operation else ""
            answer = self.answer(name)
            if answer is not None:
                writer.write(answer)
                await writer.drain()
            self.operations.append(name)


@asynccontextmanager
async def watched() -> AsyncGenerator[WatchedServer]:
    """Run a server until the block ends."""
    server = WatchedServer()
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


@contextmanager
def unreachable() -> Generator[int]:
    """Hold a port at which connecting hangs: its queue of connections is full."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=0)
    port = listener.getsockname()[1]
    waiting = [socket.socket() for _ in range(4)]
    try:
        for item in waiting:
            item.settimeout(0)
            with suppress(BlockingIOError):
                item.connect(("127.0.0.1", port))
        yield port
    finally:
        for item in (*waiting, listener):
            item.close()


@asynccontextmanager
async def mute() -> AsyncGenerator[tuple[int, asyncio.Event]]:
    """Accept connections on a port without a TLS handshake; the event is set at the first attempt."""
    tried = asyncio.Event()
    ended: set[asyncio.StreamWriter] = set()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ended.add(writer)
        with suppress(ConnectionError):
            await reader.read(1)
            tried.set()
            await reader.read(-1)
        writer.close()

    listener = await asyncio.start_server(listen, "127.0.0.1", 0)
    try:
        yield listener.sockets[0].getsockname()[1], tried
    finally:
        listener.close()
        for writer in ended:
            writer.close()
