"""A TLS server in front of an emulator's services, in which something goes wrong when a test says so."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from http import HTTPStatus

from tests.faults.loop import HOST, silence, this_loop
from tests.faults.wire import Wire
from tests.support.senders import CA
from tests.support.tls_server import server_context
from wsclient._core.http import HttpRequest, HttpResponse
from wsclient.testing import Emulator
from wsclient.testing._server.dispatcher import handle_request

CONTEXT = server_context(CA.issue_cert(HOST))
HOME, NEW_HOME, NOBODY, DEAF = "127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4"
"""Addresses: where the server is at first, where it may move to, where nobody listens, and where nobody accepts."""


@dataclass
class Exchange:
    """One request on its way: the connection it came on, what was read of it, and the service that may execute it."""

    server: "Server"
    wire: Wire
    seen: bytes

    async def head(self) -> None:
        """Read as far as the end of the headers."""
        while b"\r\n\r\n" not in self.seen:
            self.seen += await self._more()

    async def executed(self) -> HttpResponse:
        """Have the service execute the request, and return its response, which hasn't been sent yet."""
        return handle_request(self.server.aws._world, await self.request())

    async def request(self) -> HttpRequest:
        """Read the whole request."""
        await self.head()
        head, _, body = self.seen.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = tuple((name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines))
        length = int(dict(headers).get("content-length", "0"))
        parts = [body]
        while (missing := length - sum(map(len, parts))) > 0:
            parts.append(await self._more())
        assert missing == 0, "the client sent more than one request at once"
        method, path, _ = first.split(" ")
        return HttpRequest(method, path, headers, b"".join(parts))

    async def _more(self) -> bytes:
        data = await self.wire.read()
        if not data:
            raise ConnectionError("the client went away in the middle of its request")
        return data


async def served(exchange: Exchange) -> None:
    """Answer as the service does."""
    await exchange.wire.write(raw(await exchange.executed()))


def raw(response: HttpResponse, *, length: str | None = None) -> bytes:
    """Return an answer's bytes; length stands in for the true content-length."""
    headers = (*response.headers, ("content-length", length or str(len(response.body))))
    return head(response.status, *headers) + response.body


def head(status: int, *headers: tuple[str, str]) -> bytes:
    """Return the bytes of a status line and headers."""
    # Gateways have statuses of their own, as 520, which no phrase belongs to.
    phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else "Gateway"
    lines = (f"HTTP/1.1 {status} {phrase}", *(f"{name}: {value}" for name, value in headers))
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode("latin-1")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFault:
    """Faulty behaviour of the server, by step; None leaves that step unchanged.

    lookup returns a different address for its name, or fails; connection replaces the TLS handshake; request replaces
    executing and answering a request.
    """

    lookup: "Callable[[Server], str] | None" = None
    connection: Callable[[Wire], Awaitable[None]] | None = None
    request: Callable[[Exchange], Awaitable[None]] | None = None


NO_SERVER_FAULT = ServerFault()


@dataclass
class Server:
    """Server with its address and name; it runs on the same FaultLoop as its clients.

    server_fault occurs at the next `times` opportunities; during the next absent_for lookups the port is closed, and it
    opens again at the last of them.
    """

    aws: Emulator
    server_fault: ServerFault = NO_SERVER_FAULT
    times: int = 0
    absent_for: int = 0
    address: str = HOME
    port: int = 0
    _listeners: list[tuple[socket.socket, "asyncio.Task[None]"]] = field(
        default_factory=list[tuple[socket.socket, "asyncio.Task[None]"]]
    )
    _serving: dict[Wire, "asyncio.Task[None]"] = field(default_factory=dict[Wire, "asyncio.Task[None]"])
    _quiet: ExitStack = field(default_factory=ExitStack)
    _others: list[socket.socket] = field(default_factory=list[socket.socket])

    @property
    def url(self) -> str:
        """URL of the server."""
        return f"https://{HOST}:{self.port}/"

    def open(self) -> None:
        """Begin to listen, on the port it had before; look-ups of its name come to it."""
        listener = _listening(self.address, self.port, backlog=16)
        self.port = listener.getsockname()[1]
        self._listeners.append((listener, asyncio.create_task(self._accept(listener))))
        this_loop().lookup = self._lookup

    async def shut(self) -> None:
        """Listen no longer; connections that are open go on."""
        listeners, self._listeners = self._listeners, []
        for listener, accepting in listeners:
            await _ended(accepting)
            listener.close()

    async def reset_all(self) -> None:
        """Break off every connection."""
        for wire, serving in list(self._serving.items()):
            await _ended(serving)
            wire.reset()
            self._serving.pop(wire, None)

    async def end_all(self) -> None:
        """Close every connection that waits for a request, as a server does that has waited long enough."""
        for wire, serving in list(self._serving.items()):
            await _ended(serving)
            self._serving[wire] = asyncio.create_task(self._until_gone(wire, wire.end()))
        await asyncio.sleep(0)

    async def move(self) -> None:
        """Go to another address; connections to the old one are broken off."""
        await self.shut()
        await self.reset_all()
        self.address = NEW_HOME
        self.open()

    async def restart(self) -> None:
        """Close properly, and open again."""
        await self.shut()
        await self.end_all()
        self.open()

    async def say(self, data: bytes) -> None:
        """Send unsolicited data on every connection."""
        for wire in self._serving:
            await wire.write(data)

    def heal(self) -> None:
        """Let nothing go wrong from now on."""
        self.times = 0
        self._quiet.close()
        if self.absent_for:
            self.absent_for = 0
            self.open()

    def deaf_address(self) -> str:
        """Return an address where connections are neither accepted nor refused: its queue is full."""
        self._quiet.enter_context(silence())
        if not self._others:
            listener = _listening(DEAF, self.port, backlog=0)
            self._others += [listener, socket.create_connection((DEAF, self.port))]
        return DEAF

    async def left_alone(self) -> None:
        """Wait until every client has closed its connections."""
        while self._serving:
            await asyncio.wait(self._serving.values())

    async def close(self) -> None:
        """Leave nothing behind; connections that are still open are a client's fault, and are waited for."""
        await self.shut()
        await self.left_alone()
        for other in self._others:
            other.close()

    def _occurs(self) -> bool:
        """Return whether the fault still has to occur, and count it if so."""
        if not self.times:
            return False
        self.times -= 1
        return True

    def _lookup(self) -> str:
        self._quiet.close()
        if self.absent_for:
            self.absent_for -= 1
            if not self.absent_for:
                self.open()
        lookup = self.server_fault.lookup
        return lookup(self) if lookup is not None and self._occurs() else self.address

    async def _accept(self, listener: socket.socket) -> None:
        while True:
            connection, _ = await this_loop().sock_accept(listener)
            connection.setblocking(False)  # noqa: FBT003 - as the socket module has it
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            wire = Wire(connection, CONTEXT)
            self._serving[wire] = asyncio.create_task(self._until_gone(wire, self._serve(wire)))

    async def _until_gone(self, wire: Wire, serving: "Awaitable[None]") -> None:
        try:
            await serving
        except ConnectionError:
            wire.close()
        finally:
            if not wire.is_open:
                self._serving.pop(wire, None)

    async def _serve(self, wire: Wire) -> None:
        connection = self.server_fault.connection
        if connection is not None and self._occurs():
            await connection(wire)
            return
        await wire.handshake()
        while wire.is_open and (first := await wire.read()):
            request = self.server_fault.request
            act = request if request is not None and self._occurs() else served
            await act(Exchange(self, wire, first))
        wire.close()


async def _ended(task: "asyncio.Task[None]") -> None:
    """Cancel a task that waits at a socket, and let it go: only then may the socket be closed."""
    if task is not asyncio.current_task():
        task.cancel()
        await asyncio.wait([task])


def _listening(address: str, port: int, *, backlog: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((address, port))
    listener.listen(backlog)
    listener.setblocking(False)  # noqa: FBT003 - as the socket module has it
    return listener
