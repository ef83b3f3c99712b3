"""TLS server on loopback that answers every request with a given response."""

import asyncio
import socket
import ssl
import threading
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field

import trustme

OK = b"HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.1\r\ncontent-length: 2\r\n\r\n{}"


@dataclass
class Server:
    """URL and recorded requests of a running server."""

    url: str
    port: int
    connections: int = 0
    requests: list[bytes] = field(default_factory=list[bytes])


def authority(ca: trustme.CA) -> str:
    """Return a CA as PEM text."""
    return ca.cert_pem.bytes().decode()


def server_context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    """Return a server's context, at OpenSSL's default strength."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)  # pyright: ignore[reportUnknownMemberType]  # pyOpenSSL's type, not installed
    return context


@asynccontextmanager
async def serving(
    context: ssl.SSLContext | None, answer: bytes | Callable[[bytes], bytes] = OK
) -> AsyncGenerator[Server]:
    """Serve until the block ends; an empty response closes the connection."""
    server: Server
    open_streams: set[asyncio.StreamWriter] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.connections += 1
        open_streams.add(writer)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(
                    (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
                )
                request = head + await reader.readexactly(length)
                server.requests.append(request)
                response = answer(request) if callable(answer) else answer
                writer.write(response)
                await writer.drain()
                if not response:
                    break
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            pass
        finally:
            open_streams.discard(writer)
            writer.close()

    listener = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=context)
    port = listener.sockets[0].getsockname()[1]
    server = Server(f"{'https' if context else 'http'}://localhost:{port}/", port)
    try:
        yield server
    finally:
        listener.close()
        for writer in list(open_streams):
            writer.close()
        await asyncio.sleep(0)


@contextmanager
def shaking_hands(context: ssl.SSLContext) -> Generator[Server]:
    """Serve handshakes only, with blocking sockets: asyncio would drop the alert that has the reason of a failure."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(5)  # a client that refuses its settings never connects
    port = listener.getsockname()[1]
    server = Server(f"https://localhost:{port}/", port)

    def serve() -> None:
        try:
            connection, _ = listener.accept()
        except TimeoutError:
            return
        connection.settimeout(5)
        with context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False) as peer:
            try:
                peer.do_handshake()
                server.requests.append(peer.recv(1))
            except OSError:
                # The alert is sent; the peer's further data is read raw, so that closing does not cause a reset.
                with suppress(OSError):
                    while socket.socket.recv(peer, 4096):
                        pass

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield server
    finally:
        thread.join()
        listener.close()


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Forward data until it ends, then close."""
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def proxying(
    answer: bytes = b"HTTP/1.1 200 Connection established\r\n\r\n",
    *,
    to_port: int | None = None,
    context: ssl.SSLContext | None = None,
) -> AsyncGenerator[Server]:
    """Run an HTTP proxy that tunnels CONNECT requests to loopback; a response other than 200 ends the connection.

    to_port replaces the requested port of every tunnel. With a context, TLS is spoken with the proxy itself; without
    one, TLS is answered by HTTP 400, as plain servers do.
    """
    server: Server
    open_streams: set[asyncio.StreamWriter] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.connections += 1
        head = await reader.readexactly(1)
        if head == b"\x16":  # the first byte of a TLS handshake (RFC 8446, section 5.1)
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            writer.close()
            return
        head += await reader.readuntil(b"\r\n\r\n")
        server.requests.append(head)
        writer.write(answer)
        if b" 200 " not in answer:
            writer.close()
            return
        port = to_port or int(head.split(b" ")[1].rpartition(b":")[2])
        from_server, to_server = await asyncio.open_connection("127.0.0.1", port)
        open_streams.update((writer, to_server))
        await asyncio.gather(pump(reader, to_server), pump(from_server, writer))

    listener = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=context)
    port = listener.sockets[0].getsockname()[1]
    server = Server(f"http://localhost:{port}", port)
    try:
        yield server
    finally:
        listener.close()
        for writer in open_streams:
            writer.close()
        await asyncio.sleep(0.01)  # lets the pumps see that their streams are closed
