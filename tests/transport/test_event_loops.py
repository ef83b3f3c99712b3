"""Ownership of connections: event loops, threads, forks, closing, garbage collection."""

# The ownership of connections is only visible in private attributes.
# pyright: reportPrivateUsage=false

import asyncio
import gc
import os
import weakref
from datetime import timedelta

import httpx
import pytest

from tests.support.senders import CONTEXT, QUICK, TRUSTING, post
from tests.support.tls_server import serving
from tests.support.virtual_time import WallClock
from wsclient._core.errors import ConfigurationError, ConnectionLostError
from wsclient._pipeline.transport import event_loops as _pools
from wsclient._pipeline.transport.http_transport import HttpTransport, TransportSettings


def test_connections_are_kept_and_shared() -> None:
    """Sequential calls reuse one connection; concurrent first calls share one pool."""

    async def main() -> None:
        async with serving(CONTEXT) as server:
            sender = HttpTransport(TRUSTING)
            for _ in range(3):
                await sender.send(post(server.url), QUICK)
            assert server.connections == 1
            await sender.aclose()

            crowd = HttpTransport(TransportSettings(policy=TRUSTING.policy, max_connections=2))
            await asyncio.gather(*(crowd.send(post(server.url), QUICK) for _ in range(10)))
            assert server.connections <= 3
            await crowd.aclose()

    asyncio.run(main())


def test_sender_serves_successive_event_loops() -> None:
    """A sender serves three successive event loops, without warnings or open connections, with or without aclose."""
    sender = HttpTransport(TRUSTING)

    async def main() -> None:
        async with serving(CONTEXT) as server:
            await sender.send(post(server.url), QUICK)

    for _ in range(3):
        asyncio.run(main())
        gc.collect()
    asyncio.run(sender.aclose())


class _Connections:
    """Connections that count how often they were closed."""

    closed = 0

    async def aclose(self) -> None:
        self.closed += 1


def test_close_after_loop_shutdown_starts_no_task() -> None:
    """In the last turn of an event loop, whose shutdown has closed the connections, no task is left without a step."""
    loop, connections = asyncio.new_event_loop(), _Connections()
    pools = _pools.EventLoopPools[_Connections](connections)
    loop.run_until_complete(pools.add(loop, connections))
    loop.run_until_complete(loop.shutdown_asyncgens())
    asyncio.run(pools.aclose())  # on another loop
    loop.call_soon(loop.stop)
    loop.run_forever()
    assert not asyncio.all_tasks(loop)
    loop.close()
    assert connections.closed == 1


def test_collected_sender_closes_its_connections() -> None:
    """Collecting an open sender closes its connections through the running loop, without a warning."""

    async def main() -> None:
        async with serving(CONTEXT) as server:
            sender = HttpTransport(TRUSTING)
            await sender.send(post(server.url), QUICK)
            del sender
            gc.collect()
            for _ in range(5):
                await asyncio.sleep(0)

    asyncio.run(main())
    gc.collect()


def test_connection_finalizer_does_not_keep_the_sender_alive() -> None:
    """An unreferenced sender is collected without delay, so that its connections can be closed."""

    async def main() -> None:
        async with serving(CONTEXT) as server:
            sender = HttpTransport(TRUSTING)
            await sender.send(post(server.url), QUICK)
            gone = weakref.ref(sender)
            del sender
            assert gone() is None

    asyncio.run(main())


@pytest.mark.parametrize(
    "settings", [TRUSTING, TransportSettings(transport=httpx.MockTransport(lambda _: httpx.Response(200)))]
)
def test_closed_sender_rejects_requests(settings: TransportSettings) -> None:
    """Sending after aclose is a ConfigurationError, over any transport; closing twice, or unopened, is harmless."""

    async def main() -> None:
        sender = HttpTransport(settings)
        await sender.aclose()
        await sender.aclose()
        with pytest.raises(ConfigurationError, match="closed"):
            await sender.send(post(), QUICK)

    asyncio.run(main())


def test_callers_transport_is_left_open() -> None:
    """Closing a sender does not close a transport that the caller passed."""

    class Own(httpx.AsyncBaseTransport):
        closed = False

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            return httpx.Response(200)

        async def aclose(self) -> None:
            self.closed = True

    async def main() -> None:
        transport = Own()
        sender = HttpTransport(TransportSettings(transport=transport))
        await sender.send(post(), QUICK)
        await sender.aclose()
        assert not transport.closed

    asyncio.run(main())


@pytest.mark.parametrize("number", [0, -1])
def test_sender_needs_at_least_one_connection(number: int) -> None:
    """A sender that may open no connection would wait for ever: it is refused."""
    with pytest.raises(ConfigurationError, match=rf"at least 1 \(got {number}\)"):
        HttpTransport(TransportSettings(max_connections=number))


def test_closing_during_a_first_call_leaves_no_connection() -> None:
    """A call that starts while its sender is closed raises ConfigurationError, and leaves no open connection."""

    async def main() -> None:
        sender = HttpTransport(TRUSTING)
        call = asyncio.create_task(sender.send(post(), QUICK))
        await asyncio.sleep(0)
        await sender.aclose()
        with pytest.raises(ConfigurationError, match="closed while"):
            await call

    asyncio.run(main())


def test_closing_during_a_call_is_ambiguous() -> None:
    """A call whose connection is closed during it raises an error that says it may have been sent."""

    async def main() -> None:
        received = asyncio.Event()

        def answer(_request: bytes) -> bytes:
            received.set()
            return b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"

        async with serving(CONTEXT, answer) as server:
            sender = HttpTransport(TRUSTING)
            call = asyncio.create_task(sender.send(post(server.url), QUICK))
            await received.wait()
            await sender.aclose()
            with pytest.raises(ConnectionLostError):
                await call

    asyncio.run(main())


def test_sender_can_be_closed_from_another_loop() -> None:
    """A sender may be closed from another loop than its connections', which close with their own."""
    sender = HttpTransport(TRUSTING)
    stay = asyncio.new_event_loop()

    async def main() -> None:
        async with serving(CONTEXT) as server:
            await sender.send(post(server.url), QUICK)

    stay.run_until_complete(main())
    asyncio.run(sender.aclose())
    gc.collect()
    stay.run_until_complete(stay.shutdown_asyncgens())
    stay.run_until_complete(stay.shutdown_default_executor())
    stay.close()


def test_sender_serves_loops_of_two_threads() -> None:
    """A sender that two threads' loops use in turns serves both: each loop opens its own connections."""
    sender = HttpTransport(TRUSTING)

    async def call() -> None:
        async with serving(CONTEXT) as server:
            for _ in range(3):
                await sender.send(post(server.url), QUICK)
                await asyncio.sleep(0.01)

    async def main() -> None:
        await asyncio.gather(asyncio.to_thread(asyncio.run, call()), call())

    asyncio.run(main())
    gc.collect()


def _call_in_a_child(sender: HttpTransport, url: str) -> int:
    """Fork, call from the child, close there, and return the child's pid; it exits with 0 when all went well."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:

        async def call() -> None:
            await sender.send(post(url), QUICK)
            await sender.aclose()

        asyncio.run(call())
        code = 0
    finally:
        os._exit(code)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # Python 3.12 warns of forking with threads
def test_forked_child_leaves_parent_connections_alone() -> None:
    """After a fork the child opens its own connection, and closing its sender does not affect the parent's."""

    async def main() -> None:
        async with serving(CONTEXT) as server:
            sender = HttpTransport(TRUSTING)
            await sender.send(post(server.url), QUICK)
            child = _call_in_a_child(sender, server.url)
            _, status = await asyncio.to_thread(os.waitpid, child, 0)
            assert os.waitstatus_to_exitcode(status) == 0
            assert server.connections == 2
            await sender.send(post(server.url), QUICK)
            assert server.connections == 2
            await sender.aclose()

    asyncio.run(main())


def test_forked_child_keeps_parent_connections_uncollected() -> None:
    """In a child process the parent's connections are put aside, unclosed, by a first call and by closing alike."""

    async def main() -> None:
        async with serving(CONTEXT) as server:
            sender = HttpTransport(TRUSTING)
            for leave in (lambda: sender.send(post(server.url), QUICK), sender.aclose):
                await sender.send(post(server.url), QUICK)
                parents = sender._pools.find(asyncio.get_running_loop())
                assert parents is not None
                parents.process += 1
                await leave()
                assert _pools._PARENT_POOLS.pop() is parents
                assert parents.connections.pool is not None
                assert parents.connections.pool._open
                await parents.connections.aclose()

    asyncio.run(main())


class Cycle:
    """Holds a sender, and itself."""

    def __init__(self, sender: HttpTransport) -> None:
        self.sender = sender
        self.self = self


def test_sender_collected_in_a_cycle_closes_silently() -> None:
    """A sender collected in a cycle, in any thread, closes connections on their loop, or after the loop has ended."""

    async def main() -> None:
        async with serving(CONTEXT) as server:
            for collect in (gc.collect, lambda: asyncio.to_thread(gc.collect)):
                cycle = Cycle(HttpTransport(TRUSTING))
                await cycle.sender.send(post(server.url), QUICK)
                pool = cycle.sender._pools.find(asyncio.get_running_loop())
                assert pool is not None
                del cycle
                collected = collect()
                if not isinstance(collected, int):
                    await collected
                engine = pool.connections.pool
                assert engine is not None
                while engine._open:  # noqa: ASYNC110 - the loop closes them in a task of its own
                    await asyncio.sleep(0)

    asyncio.run(main())
    forgotten: list[Cycle] = []

    async def forget() -> None:
        async with serving(CONTEXT) as server:
            forgotten.append(Cycle(HttpTransport(TRUSTING)))
            await forgotten[0].sender.send(post(server.url), QUICK)

    asyncio.run(forget())
    forgotten.clear()
    gc.collect()


def test_suspended_machine_opens_a_new_connection() -> None:
    """After a pause that only the wall clock shows (a suspended machine), a new connection is made."""

    async def main() -> None:
        async with serving(CONTEXT) as server:
            clock = WallClock()
            sender = HttpTransport(TRUSTING, clock=clock)
            await sender.send(post(server.url), QUICK)
            clock.time += timedelta(hours=1)
            await sender.send(post(server.url), QUICK)
            assert server.connections == 2
            await sender.aclose()

    asyncio.run(main())
