"""Suspended machine: the clock has jumped, and dead connections have not been closed."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.support.clean_run import run_clean, turns, until
from tests.support.transports import over_each_transport
from tests.support.watched_server import HALF, TRUST, WatchedServer, response_bytes, watched
from wsclient import RetryPolicy, Timeout
from wsclient._core.clock import SystemClock
from wsclient.errors import RequestTimeoutError

if TYPE_CHECKING:
    from tests.support.transports import TransportKind


class JumpingLoop(asyncio.SelectorEventLoop):
    """An event loop whose time may jump between two turns."""

    ahead = 0.0

    def time(self) -> float:
        """Return the loop's seconds, with those that it was frozen for."""
        return super().time() + self.ahead


class JumpingClock(SystemClock):
    """Wall clock, which continues while a machine is suspended."""

    ahead = timedelta()

    def now(self) -> datetime:
        """Return the time of day, with what was slept through."""
        return datetime.now(UTC) + self.ahead


class Machine:
    """Suspends the running loop and the clock of a client's connections, without real delay."""

    def __init__(self) -> None:
        self.clock = JumpingClock()

    def freeze(self, **length: float) -> None:
        """Let time have passed."""
        loop = asyncio.get_running_loop()
        assert isinstance(loop, JumpingLoop)
        loop.ahead += timedelta(**length).total_seconds()
        self.clock.ahead += timedelta(**length)


def _deaf(server: WatchedServer) -> None:
    """Make existing connections unresponsive, as after a firewall's timeout; new connections work."""
    dead = set(server.open)
    for writer in dead:
        writer.transport.pause_reading()  # type: ignore[attr-defined]  # a TLS transport can
    assert dead


@pytest.mark.parametrize("crowd", [1, 5])
@over_each_transport
def test_no_connection_is_reused_after_suspension(kind: TransportKind, crowd: int) -> None:
    """After an hour of suspension calls use new connections, and all old connections are closed."""

    async def main() -> None:
        machine = Machine()
        async with watched() as server:
            client = kind.client(server.url, tls=TRUST, retry=RetryPolicy(mode="off"))
            kind.set_clock(client, machine.clock)
            server.answer = lambda _: None
            calls = [asyncio.create_task(client.describe_workspaces().first_page()) for _ in range(crowd)]
            await until(lambda: len(server.operations) == crowd, "every call has a connection of its own")
            server.answer = lambda _: response_bytes()
            server.say_to_all(response_bytes())
            await asyncio.gather(*calls)
            _deaf(server)
            old = set(server.open)
            machine.freeze(hours=1)
            for _ in range(3):
                await client.describe_workspaces()
            assert server.connections == crowd + 1
            await client.aclose()
            for writer in old:
                writer.transport.resume_reading()  # type: ignore[attr-defined]  # as above
            await until(lambda: not server.open, "the old connections are closed too")

    run_clean(main, JumpingLoop, longest=None)


@pytest.mark.parametrize("answer", [None, HALF], ids=["no answer", "half an answer"])
@over_each_transport
def test_read_call_is_retried_after_suspension(kind: TransportKind, answer: bytes | None) -> None:
    """Frozen in the middle of a read call: its connection is given up, and the next attempt gets the answer."""

    async def main() -> None:
        machine = Machine()
        async with watched() as server:
            client = kind.client(server.url, tls=TRUST, timeout=Timeout(read=60))
            kind.set_clock(client, machine.clock)
            server.answer = lambda _: response_bytes() if server.operations else answer
            call = asyncio.create_task(client.describe_workspaces().first_page())
            await until(lambda: len(server.operations) == 1, "the request has arrived")
            await turns(20)
            machine.freeze(days=1)
            assert (await call).workspaces == []
            assert server.connections == 2
            await client.aclose()
            await until(lambda: not server.open, "both connections are closed")

    run_clean(main, JumpingLoop, longest=None)


@over_each_transport
def test_suspended_time_counts_against_the_total_timeout(kind: TransportKind) -> None:
    """A call suspended beyond Timeout.total ends in RequestTimeoutError on resume; the next call succeeds."""

    async def main() -> None:
        machine = Machine()
        async with watched() as server:
            client = kind.client(server.url, tls=TRUST, timeout=Timeout(read=60, total=100))
            kind.set_clock(client, machine.clock)
            server.answer = lambda _: response_bytes() if server.operations else None
            call = asyncio.create_task(client.describe_workspaces().first_page())
            await until(lambda: len(server.operations) == 1, "the request has arrived")
            machine.freeze(seconds=101)
            with pytest.raises(RequestTimeoutError) as caught:
                await call
            assert (caught.value.phase, caught.value.may_have_been_sent) == ("total", True)
            await client.describe_workspaces()
            await client.aclose()

    run_clean(main, JumpingLoop, longest=None)
