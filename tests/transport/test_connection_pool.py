"""Connection pool over real TLS, on each event loop: assignment of connections, responses, timeouts and shutdown."""

from __future__ import annotations

import asyncio
import socket
import ssl
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.platforms import LOOP_NAMES, LOOPS
from tests.support.senders import CONTEXT, QUICK, TRUSTING, post
from tests.support.ssl_contexts import ignoring_ends
from tests.support.tls_server import OK, serving
from tests.support.virtual_time import WallClock
from wsclient._core.errors import ConfigurationError, ResponseParseError
from wsclient._core.http import HttpRequest, HttpResponse, PhaseTimeoutError, PoolState, Timeout, UnsendableRequestError
from wsclient._pipeline.transport.connection import HTTP11Connection
from wsclient._pipeline.transport.connection_pool import ConnectionPool
from wsclient._pipeline.transport.dialer import Dialer
from wsclient._pipeline.transport.response_parser import InvalidResponseError
from wsclient._pipeline.transport.slots import Slots
from wsclient.tls import TLSPolicy
from wsclient.tls._policy import shared_context

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

each_loop = pytest.mark.parametrize("loop", LOOP_NAMES)


@dataclass
class Watch:
    """Records the progress of a request."""

    addresses: list[str] = field(default_factory=list[str])
    versions: list[str | None] = field(default_factory=list["str | None"])
    reused: list[bool | None] = field(default_factory=list["bool | None"])
    sent: int = 0

    def connected(self, tls: ssl.SSLObject, address: str) -> None:
        """Note a new connection."""
        self.addresses.append(address)
        self.versions.append(tls.version())
        self.reused.append(tls.session_reused)

    def waited(self) -> None:
        """Allow a request that has waited."""

    def sending(self) -> None:
        """Record that the request is sent."""
        self.sent += 1


def engine(policy: TLSPolicy = TRUSTING.policy, **changes: Any) -> ConnectionPool:
    """Return an engine that trusts the test's server."""
    settings: dict[str, Any] = {"limit": 2, "idle_seconds": 15, "max_bytes": 1 << 20, "clock": WallClock()}
    return ConnectionPool(shared_context(policy), **{**settings, **changes})


def run(loop: str, main: Callable[[], Awaitable[None]]) -> None:
    """Run on an event loop of that kind."""

    async def entered() -> None:
        await main()

    with asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
        runner.run(entered())


@dataclass
class DrivenConnection:
    """A server-side connection that a test drives: the received request and the response to send."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def read_request(self) -> bytes:
        """Wait for a whole request."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = next(
            (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
        )
        return head + await self.reader.readexactly(length)

    async def send(self, data: bytes) -> None:
        """Send these bytes."""
        self.writer.write(data)
        await self.writer.drain()

    def abort(self) -> None:
        """End the connection without TLS's good-bye."""
        self.writer.transport.abort()


@asynccontextmanager
async def driven_server(
    context: ssl.SSLContext | None = CONTEXT,
) -> AsyncGenerator[tuple[str, asyncio.Queue[DrivenConnection]]]:
    """Serve connections that the test answers itself."""
    accepted: asyncio.Queue[DrivenConnection] = asyncio.Queue()
    known: list[DrivenConnection] = []

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        known.append(DrivenConnection(reader, writer))
        accepted.put_nowait(known[-1])

    listener = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=context)
    try:
        yield f"https://localhost:{listener.sockets[0].getsockname()[1]}/", accepted
    finally:
        listener.close()
        for driven in known:
            driven.abort()
        await asyncio.sleep(0)


@each_loop
def test_last_released_connection_is_reused_first(loop: str) -> None:
    """Concurrent calls open separate connections; sequential calls reuse the connection that was released last."""

    async def main() -> None:
        async with driven_server() as (url, accepted):
            own = engine()
            calls = [asyncio.create_task(own.exchange(post(url), QUICK, Watch())) for _ in range(2)]
            first, second = await accepted.get(), await accepted.get()
            await first.read_request()
            await second.read_request()
            await second.send(OK)
            await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
            await first.send(OK)
            await asyncio.gather(*calls)
            for _ in range(3):
                call = asyncio.create_task(own.exchange(post(url), QUICK, Watch()))
                await first.read_request()
                await first.send(OK)
                assert (await call).body == b"{}"
            assert accepted.empty()
            await own.aclose()

    run(loop, main)


@each_loop
def test_waiting_calls_are_served_in_order(loop: str) -> None:
    """With one connection, waiting calls are served in order, and cancelled calls are skipped."""

    async def main() -> None:
        async with serving(CONTEXT) as server:
            own, order = engine(limit=1), list[int]()

            async def call(number: int) -> None:
                await own.exchange(post(server.url), QUICK, Watch())
                order.append(number)

            tasks = [asyncio.create_task(call(number)) for number in range(20)]
            await asyncio.sleep(0)
            for number in (3, 4, 11, 19):
                tasks[number].cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            assert order == [number for number in range(20) if number not in {3, 4, 11, 19}]
            assert server.connections == 1
            await own.aclose()

    run(loop, main)


@each_loop
def test_concurrent_calls_are_prepared_before_the_first_write(loop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Concurrent calls are all prepared before the first request is written, and each gets its own response."""
    events: list[str] = []
    prepare = HTTP11Connection.exchange

    class Noting(Watch):
        def sending(self) -> None:
            events.append("written")

    def exchange(connection: HTTP11Connection, *arguments: Any) -> asyncio.Future[HttpResponse]:
        events.append("prepared")
        return prepare(connection, *arguments)

    async def main() -> None:
        async with serving(CONTEXT) as server:
            own = engine(limit=8)
            await own.warm_up(server.url, 8, QUICK, Watch())
            monkeypatch.setattr(HTTP11Connection, "exchange", exchange)
            calls = (own.exchange(post(server.url), QUICK, Noting()) for _ in range(8))
            assert [response.status for response in await asyncio.gather(*calls)] == [200] * 8
            assert events == ["prepared"] * 8 + ["written"] * 8
            await own.aclose()

    run(loop, main)


async def _ended_unread(driven: DrivenConnection) -> None:
    """Check that the client has ended this connection without sending anything more."""
    with pytest.raises((asyncio.IncompleteReadError, ConnectionError)) as caught:
        await driven.reader.readexactly(1)
    assert getattr(caught.value, "partial", b"") == b""


@each_loop
@pytest.mark.parametrize("event", ["cancellation", "ticket", "shutdown", "close", "data", "end", "timer"])
def test_failure_or_cancellation_before_the_write_sends_nothing(
    loop: str, event: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request is never written on a connection that failed before, nor after its call was cancelled.

    Data that comes before the write is no response to it, and the call goes on with a new connection.
    """
    prepare = HTTP11Connection.exchange

    async def main() -> None:
        async with driven_server() as (url, accepted):
            own, watch = engine(), Watch()
            first = asyncio.create_task(own.exchange(post(url), QUICK, Watch()))
            driven = await accepted.get()
            await driven.read_request()
            await driven.send(OK)
            await first
            connection = next(iter(own._open))
            connection._last_progress = -1e6

            def receive_and_cancel() -> None:
                connection._read()
                call.cancel()

            closing: list[asyncio.Task[None]] = []
            events: dict[str, Callable[[], object]] = {
                "cancellation": lambda: call.cancel(),  # noqa: PLW0108 - the call comes later
                "ticket": receive_and_cancel,
                "shutdown": lambda: closing.append(asyncio.create_task(own.aclose())),
                "close": connection.abort,
                "data": lambda: connection._feed(OK),
                "end": connection.eof_received,
                "timer": connection._check_timeout,
            }

            def exchange(connection: HTTP11Connection, *arguments: Any) -> asyncio.Future[HttpResponse]:
                monkeypatch.undo()
                asyncio.get_running_loop().call_soon(events[event])
                if event == "shutdown":  # one turn later, when its task has run
                    asyncio.get_running_loop().call_soon(connection.abort)
                return prepare(connection, *arguments)

            monkeypatch.setattr(HTTP11Connection, "exchange", exchange)
            call = asyncio.create_task(own.exchange(post(url), QUICK, watch))
            if event in {"cancellation", "ticket"}:
                await asyncio.wait([call])
                assert call.cancelled()
            elif event == "shutdown":
                with pytest.raises(ConfigurationError, match="was closed while"):
                    await call
                await asyncio.gather(*closing)
            else:
                answering = driven if event == "timer" else await accepted.get()
                await answering.read_request()
                await answering.send(OK)
                assert (await call).status == 200
            assert watch.sent == (event in {"close", "data", "end", "timer"})
            if event != "timer":
                await _ended_unread(driven)
            await own.aclose()

    run(loop, main)


@each_loop
@pytest.mark.parametrize("step", ["_flush", "_arm_timeout"])
def test_an_interrupted_write_ends_its_call(loop: str, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a loop that runs on after Ctrl-C during a write, the call fails as one that may have been sent."""
    watch = Watch()

    def interrupt(*_: object) -> None:
        monkeypatch.undo()
        raise KeyboardInterrupt

    own, stage = engine(), serving(CONTEXT)
    with asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
        server = runner.run(stage.__aenter__())
        runner.run(own.warm_up(server.url, 1, QUICK, watch))
        runner.run(own.exchange(post(server.url), QUICK, Watch()))
        monkeypatch.setattr(HTTP11Connection, step, interrupt)
        call = runner.get_loop().create_task(own.exchange(post(server.url), QUICK, watch))
        with pytest.raises(KeyboardInterrupt):
            runner.get_loop().run_until_complete(call)
        with pytest.raises(ConnectionAbortedError):
            runner.get_loop().run_until_complete(call)
        assert watch.sent == 1
        runner.run(own.aclose())
        runner.run(stage.__aexit__(None, None, None))


@each_loop
def test_write_error_is_raised_by_its_call(loop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error while a request is written is raised by its call at once, and its connection is closed."""

    def fail(_: HTTP11Connection) -> None:
        raise MemoryError("the buffer")

    async def main() -> None:
        async with serving(CONTEXT) as server:
            own = engine()
            await own.warm_up(server.url, 1, QUICK, Watch())
            with monkeypatch.context() as patched:
                patched.setattr(HTTP11Connection, "_flush", fail)
                with pytest.raises(MemoryError, match="the buffer"):
                    await own.exchange(post(server.url), QUICK, Watch())
            assert (await own.exchange(post(server.url), QUICK, Watch())).status == 200
            assert server.connections == 2
            await own.aclose()

    run(loop, main)


@each_loop
@pytest.mark.parametrize("moment", ["before", "with"])
def test_place_of_a_cancelled_waiter_goes_to_the_next(loop: str, moment: str) -> None:
    """A waiter cancelled before or while it acquires a free place does not lose the place for the next waiter."""

    async def main() -> None:
        slots = Slots(1)
        assert slots.try_acquire()
        first, second = (asyncio.create_task(slots.wait(None)) for _ in range(2))
        await asyncio.sleep(0)
        if moment == "before":
            first.cancel()
            slots.release()
        else:
            slots.release()
            first.cancel()
        await asyncio.wait({first, second})
        assert (first.cancelled(), second.cancelled(), slots.in_use) == (True, False, 1)
        assert not slots.try_acquire()
        slots.release()
        assert slots.try_acquire()

    run(loop, main)


@each_loop
def test_request_refused_after_its_wait_is_not_sent(loop: str) -> None:
    """An error of the observer after the wait for a connection ends the request unsent; the next one gets its slot."""

    class Refusing(Watch):
        def waited(self) -> None:
            raise ZeroDivisionError

    async def main() -> None:
        async with serving(CONTEXT) as server:
            own, refusing, next_watch = engine(limit=1), Refusing(), Watch()
            watches = (Watch(), refusing, next_watch)
            calls = [own.exchange(post(server.url), QUICK, watch) for watch in watches]
            first, refused, last = await asyncio.gather(*calls, return_exceptions=True)
            assert isinstance(refused, ZeroDivisionError)
            assert isinstance(first, HttpResponse)
            assert isinstance(last, HttpResponse)
            assert (refusing.sent, next_watch.sent, server.connections, own.state) == (0, 1, 1, PoolState(idle=1))
            await own.aclose()

    run(loop, main)


@each_loop
def test_wait_for_a_connection_times_out_unsent(loop: str) -> None:
    """A call that gets no connection within Timeout.pool was surely not sent, and its place in the queue is free."""

    async def main() -> None:
        async with driven_server() as (url, accepted):
            own = engine(limit=1)
            busy = asyncio.create_task(own.exchange(post(url), QUICK, Watch()))
            driven = await accepted.get()
            await driven.read_request()
            watch = Watch()
            with pytest.raises(PhaseTimeoutError) as caught:
                await own.exchange(post(url), Timeout(pool=0.01), watch)
            assert (caught.value.phase, watch.sent) == ("pool", 0)
            await driven.send(OK)
            assert (await busy).status == 200
            again = asyncio.create_task(own.exchange(post(url), QUICK, Watch()))
            await driven.read_request()
            await driven.send(OK)
            assert (await again).status == 200
            await own.aclose()

    run(loop, main)


@each_loop
@pytest.mark.parametrize("pause", [timedelta(seconds=15.1), timedelta(hours=8), timedelta(seconds=-1)])
def test_idle_connection_expires(loop: str, pause: timedelta) -> None:
    """After 15 seconds, a night in which the machine slept, or a clock set back: a new connection."""

    async def main() -> None:
        clock = WallClock()
        async with serving(CONTEXT) as server:
            own = engine(clock=clock)
            await own.exchange(post(server.url), QUICK, Watch())
            clock.time += timedelta(seconds=14.9)
            await own.exchange(post(server.url), QUICK, Watch())
            assert server.connections == 1
            clock.time += pause
            await own.exchange(post(server.url), QUICK, Watch())
            assert server.connections == 2
            assert len(own._open) == 1
            await own.aclose()

    run(loop, main)


@each_loop
def test_connection_closed_by_the_server_is_replaced(loop: str) -> None:
    """A connection that the server closed is replaced before use, even if the event loop has not noticed yet."""

    async def main() -> None:
        async with serving(CONTEXT) as server:
            own = engine()
            await own.exchange(post(server.url), QUICK, Watch())
            ((_, connection),) = next(iter(own._hosts.values())).idle
            assert connection._transport is not None
            # Same effect as the peer's FIN in the kernel, without a turn of the event loop in between.
            channel = connection._transport.get_extra_info("socket")
            with socket.socket(fileno=socket.dup(channel.fileno())) as same:
                same.shutdown(socket.SHUT_RD)
            watch = Watch()
            assert (await own.exchange(post(server.url), QUICK, watch)).status == 200
            assert (server.connections, watch.sent) == (2, 1)
            await own.aclose()

    run(loop, main)


@each_loop
def test_unreachable_address_costs_one_short_delay(loop: str) -> None:
    """Refusing and unresponsive addresses are skipped with a short delay, and a working address serves the call."""

    async def main() -> None:
        async with serving(CONTEXT) as server:
            port = server.port
            # A listener with a full backlog does not answer connection attempts.
            silent = socket.create_server(("127.0.0.3", port), backlog=0)
            fillers = [socket.socket() for _ in range(4)]
            for filler in fillers:
                filler.setblocking(False)  # noqa: FBT003 - as socket has it
                filler.connect_ex(("127.0.0.3", port))

            async def resolve(_host: str, _port: int) -> Sequence[str]:
                return ["127.0.0.2", "127.0.0.3", "127.0.0.1"]

            own, watch = engine(dialer=Dialer(resolve=resolve)), Watch()
            assert (await own.exchange(post(server.url), QUICK, watch)).status == 200
            assert watch.addresses == ["127.0.0.1"]
            await own.aclose()
            for other in (*fillers, silent):
                other.close()

    run(loop, main)


@each_loop
@pytest.mark.parametrize(("minimum", "maximum", "resumed"), [("1.3", "TLSv1_3", True), ("1.2", "TLSv1_2", False)])
def test_tls_1_3_sessions_are_resumed(loop: str, minimum: Any, maximum: str, resumed: bool) -> None:
    """A second connection resumes a TLS 1.3 session, with forward secrecy, and never a TLS 1.2 session."""

    async def main() -> None:
        async with serving(CONTEXT) as server:
            context = TLSPolicy(ca_data=TRUSTING.policy.ca_data, minimum=minimum).create_context()
            context.maximum_version = ssl.TLSVersion[maximum]
            own = ConnectionPool(context, limit=2, idle_seconds=15, max_bytes=1 << 20, clock=WallClock())
            watch = Watch()
            await own.exchange(post(server.url), QUICK, watch)
            own._hosts[next(iter(own._hosts))].idle.pop()[1].abort()
            await own.exchange(post(server.url), QUICK, watch)
            assert watch.reused == [False, resumed]
            await own.aclose()

    run(loop, main)


@each_loop
def test_resumed_session_is_copied_once(loop: str) -> None:
    """A resumed session is copied once for any number of connections, because Python leaks memory with each copy."""

    async def main() -> None:
        async with serving(CONTEXT) as server:
            own, watch = engine(), Watch()
            await own.exchange(post(server.url), QUICK, watch)
            (host,) = own._hosts.values()
            first = host.session
            assert first is not None
            for _ in range(5):
                host.idle.pop()[1].abort()
                await own.exchange(post(server.url), QUICK, watch)
                assert host.session is first
            assert watch.reused == [False] + [True] * 5
            await own.aclose()

    run(loop, main)


@each_loop
def test_rejected_session_is_replaced_after_a_clock_step_back(loop: str) -> None:
    """A session that the server did not resume is replaced, also if the kept one has a time in the future."""

    async def main() -> None:
        async with serving(CONTEXT) as server:
            clock = WallClock()
            context = TRUSTING.policy.create_context()
            own = ConnectionPool(context, limit=2, idle_seconds=15, max_bytes=1 << 20, clock=clock)
            await own.exchange(post(server.url), QUICK, Watch())
            (host,) = own._hosts.values()
            clock.time -= timedelta(days=1)
            host.session = None
            host.idle.pop()[1].abort()
            await own.exchange(post(server.url), QUICK, Watch())
            assert [each.session for each in own._hosts.values()] != [None]
            await own.aclose()

    run(loop, main)


PLAIN = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"
ANSWERS: dict[str, tuple[bytes, HttpResponse, bool]] = {
    "length": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        HttpResponse(200, (("content-length", "2"),), b"{}"),
        True,
    ),
    "chunks": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1;x=y\r\n}\r\n0\r\nX-Trailer: 1\r\n\r\n",
        HttpResponse(200, (("transfer-encoding", "chunked"),), b"{}"),
        True,
    ),
    "no body": (b"HTTP/1.1 204 No Content\r\n\r\n", HttpResponse(204, (), b""), True),
    "interim answers": (
        (
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
            b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
        ),
        HttpResponse(200, (("content-length", "0"),), b""),
        True,
    ),
    "close": (
        b"HTTP/1.1 500 No\r\nConnection: close\r\ncontent-length: 0\r\n\r\n",
        HttpResponse(500, (("connection", "close"), ("content-length", "0")), b""),
        False,
    ),
    "HTTP/1.0": (
        b"HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n",
        HttpResponse(200, (("content-length", "0"),), b""),
        False,
    ),
    "two answers": (PLAIN + PLAIN, HttpResponse(200, (("content-length", "2"),), b"{}"), False),
    "something after it": (PLAIN + b"x", HttpResponse(200, (("content-length", "2"),), b"{}"), False),
}


@each_loop
@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_response_parses_in_any_pieces(loop: str, name: str, size: int) -> None:
    """A valid response is parsed the same in pieces of any size; its connection is kept only if it is reusable."""
    data, expected, kept = ANSWERS[name]

    async def main() -> None:
        async with driven_server() as (url, accepted):
            own = engine()
            call = asyncio.create_task(own.exchange(post(url), QUICK, Watch()))
            driven = await accepted.get()
            await driven.read_request()
            for start in range(0, len(data), size):
                driven.writer.write(data[start : start + size])
            await driven.writer.drain()
            assert await call == expected
            again = asyncio.create_task(own.exchange(post(url), QUICK, Watch()))
            other = driven if kept else await accepted.get()
            await other.read_request()
            await other.send(OK)
            assert (await again).body == b"{}"
            await own.aclose()

    run(loop, main)


@each_loop
@pytest.mark.parametrize("ending", ["orderly", "cut"])
@pytest.mark.parametrize("ignores", [False, True])
def test_response_without_length_ends_at_close_notify(loop: str, ending: str, ignores: bool) -> None:
    """A response without a length is complete after TLS's close_notify; a truncated connection is an error.

    Also in a context of the caller's that ignores the difference, as those of Python 3.11.0 to 3.11.3 do.
    """

    async def main() -> None:
        async with driven_server() as (url, accepted):
            own = engine()
            own._context = ignoring_ends(TRUSTING.policy) if ignores else own._context
            call = asyncio.create_task(own.exchange(post(url), QUICK, Watch()))
            driven = await accepted.get()
            await driven.read_request()
            await driven.send(b"HTTP/1.1 200 OK\r\n\r\n{}")
            if ending == "orderly":
                driven.writer.close()
                assert (await call).body == b"{}"
            else:
                driven.abort()
                with pytest.raises(OSError, match=r"."):
                    await call
            assert all(connection.is_closed for connection in own._open)
            await own.aclose()

    run(loop, main)


@each_loop
@pytest.mark.parametrize(
    "data",
    [
        *(b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 200 OK\n\n", b"HTTP/2.0 200 OK\r\n\r\n", b"RTSP/1.0 200 OK\r\n\r\n"),
        *(b"HTTP/1.1 101 Switching\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n{"),
        *(b"HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\n", b"HTTP/1.1 200 OK\r\nx: " + b"y" * 200_000),
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_non_http_response_is_an_immediate_error(loop: str, data: bytes) -> None:
    """Data that is not HTTP raises an error without waiting, and the connection is closed."""

    async def main() -> None:
        async with driven_server() as (url, accepted):
            own = engine()
            call = asyncio.create_task(own.exchange(post(url), QUICK, Watch()))
            driven = await accepted.get()
            await driven.read_request()
            driven.writer.write(data)
            with pytest.raises(InvalidResponseError):
                await call
            assert all(connection.is_closed for connection in own._open)
            await own.aclose()

    run(loop, main)


@each_loop
def test_oversized_response_is_rejected(loop: str) -> None:
    """A response above the size limit raises ResponseParseError, also with endless chunks or chunk extensions.

    One whose length is above the limit is given up when its head has arrived.
    """
    long = b"HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n" + b"x" * 2000
    whole = b"HTTP/1.1 200 OK\r\ncontent-length: 1001\r\n\r\n" + b"x" * 1001
    chunks = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + b"1;" + b"y" * 150_000
    announced = b"HTTP/1.1 200 OK\r\ncontent-length: 9999999999999\r\n\r\n"

    async def main() -> None:
        for data, status in ((long, 200), (chunks, 200), (whole, 200), (announced, 200)):
            async with driven_server() as (url, accepted):
                own = engine(max_bytes=1000)
                call = asyncio.create_task(own.exchange(post(url), QUICK, Watch()))
                driven = await accepted.get()
                await driven.read_request()
                driven.writer.write(data)
                with pytest.raises(ResponseParseError, match="larger than 1000 bytes") as caught:
                    await call
                assert caught.value.status == status
                await own.aclose()

    run(loop, main)


@each_loop
def test_write_and_read_timeouts(loop: str) -> None:
    """A server that does not read causes a write timeout, a silent server a read timeout; each byte restarts it."""

    async def main() -> None:
        async with driven_server() as (url, accepted):
            own = engine()
            large = HttpRequest("POST", url, (), b"x" * 20_000_000)
            with pytest.raises(PhaseTimeoutError) as caught:
                await own.exchange(large, Timeout(write=0.05, read=60), Watch())
            assert caught.value.phase == "write"
            with pytest.raises(PhaseTimeoutError) as caught:
                await own.exchange(post(url), Timeout(write=60, read=0.05), Watch())
            assert caught.value.phase == "read"
            while not accepted.empty():
                accepted.get_nowait()
            call = asyncio.create_task(own.exchange(post(url), Timeout(read=0.4), Watch()))
            driven = await accepted.get()
            await driven.read_request()
            # Singly the first bytes and the last, which are the body; the total time exceeds the read timeout, each
            # pause does not.
            for part in (*(OK[n : n + 1] for n in range(12)), OK[12:-12], *(bytes([byte]) for byte in OK[-12:])):
                await driven.send(part)
                await asyncio.sleep(0.02)
            assert (await call).body == b"{}"
            await own.aclose()

    run(loop, main)


@each_loop
def test_early_response_closes_the_connection(loop: str) -> None:
    """An early error response to a large request is returned, and its connection is closed, not reused."""

    async def main() -> None:
        async with driven_server() as (url, accepted):
            own = engine()
            large = HttpRequest("POST", url, (), b"x" * 20_000_000)
            call = asyncio.create_task(own.exchange(large, QUICK, Watch()))
            driven = await accepted.get()
            await driven.reader.readuntil(b"\r\n\r\n")
            await driven.send(b"HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n")
            assert (await call).status == 413
            assert all(connection.is_closed for connection in own._open)
            await own.aclose()

    run(loop, main)


@each_loop
def test_warm_up_opens_missing_connections(loop: str) -> None:
    """warm_up() opens the missing connections up to the limit, and calls use them."""

    async def main() -> None:
        async with serving(CONTEXT) as server:
            own = engine(limit=5)
            assert await own.warm_up(server.url, 3, QUICK, Watch()) == 3
            assert await own.warm_up(server.url, 3, QUICK, Watch()) == 3
            assert await own.warm_up(server.url, 9, QUICK, Watch()) == 5
            assert (server.connections, len(server.requests)) == (5, 0)
            await asyncio.gather(*(own.exchange(post(server.url), QUICK, Watch()) for _ in range(5)))
            assert server.connections == 5
            await own.aclose()
            with pytest.raises(ConfigurationError, match="closed"):
                await own.warm_up(server.url, 1, QUICK, Watch())

    run(loop, main)


@each_loop
def test_closing_the_pool_ends_calls(loop: str) -> None:
    """Closing the pool ends calls that wait for a response, a handshake or a connection, and closes all sockets."""

    async def main() -> None:
        async with driven_server() as (url, accepted):
            own = engine(limit=1)
            answered = asyncio.create_task(own.exchange(post(url), QUICK, Watch()))
            queued = asyncio.create_task(own.exchange(post(url), QUICK, Watch()))
            await (await accepted.get()).read_request()
            await own.aclose()
            with pytest.raises(OSError, match="closed"):
                await answered
            with pytest.raises(ConfigurationError, match="closed"):
                await queued
            assert not own._open

        async with driven_server(None) as (url, accepted):
            other = engine()
            shaking = asyncio.create_task(other.exchange(post(url), QUICK, Watch()))
            await accepted.get()
            while not other._open:  # noqa: ASYNC110 - the moment is the loop's own
                await asyncio.sleep(0)
            await other.aclose()
            with pytest.raises(OSError, match="closed"):
                await shaking

    run(loop, main)


@pytest.mark.parametrize(
    "request_",
    [
        HttpRequest("POST", "https://localhost/", (("x-a", "b\r\nx-c: d"),), b""),
        HttpRequest("POST", "https://localhost/", (("x a", "b"),), b""),
        HttpRequest("POST", "https://localhost/", (("x-a", "ä"),), b""),
        HttpRequest("POST", "https://localhost/", (("x-a", "\0"),), b""),
        HttpRequest("POST", "https://localhost/a b", (), b""),
        HttpRequest("POST", "https://user@localhost/", (), b""),
        HttpRequest("POST", "https://localhost:x/", (), b""),
        HttpRequest("POST", "https://", (), b""),
    ],
)
def test_unsendable_request_is_rejected_before_connecting(request_: HttpRequest) -> None:
    """A header or URL that would change the request on the wire raises UnsendableRequestError before a connection."""

    async def main() -> None:
        watch = Watch()
        with pytest.raises(UnsendableRequestError):
            await engine().exchange(request_, QUICK, watch)
        assert (watch.addresses, watch.sent) == ([], 0)

    asyncio.run(main())
