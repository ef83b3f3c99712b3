"""wsclient's connection pool under the pool properties: connections are replaced by stand-ins."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, cast

from hypothesis import settings

from tests.transport.test_httpx_pool_properties import IDLE_SECONDS, Connection, Pool, PoolMachine
from wsclient._core.http import FIRST_FINAL_STATUS, HttpRequest, HttpResponse, Timeout
from wsclient._pipeline.transport.connection_pool import ConnectionPool
from wsclient._pipeline.transport.request_ids import RequestIdHistory
from wsclient.tls import TLSPolicy
from wsclient.tls._policy import shared_context

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from wsclient._core.clock import Clock

URL = "https://localhost/"
DONE = HttpResponse(FIRST_FINAL_STATUS, (), b"")


class Gate:
    """Holds an exchange until the test ends it."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.entered: asyncio.Future[Connection] = loop.create_future()
        self.left: asyncio.Future[None] = loop.create_future()

    def connected(self, tls: object, address: str) -> None:
        """Ignore the connection."""

    def waited(self) -> None:
        """Allow a request that has waited."""

    def sending(self) -> None:
        """Ignore the sending."""


class StandIn:
    """Stand-in for a connection: an exchange over it lasts until its gate opens."""

    is_new = was_idle = False

    def __init__(self, gates: dict[bytes, Gate], connection: Connection) -> None:
        self._gates = gates
        self._connection = connection
        self.lost: asyncio.Future[None] = connection.loop.create_future()
        self.request_ids = RequestIdHistory()

    @property
    def is_closed(self) -> bool:
        """Return whether it was closed."""
        return self._connection.is_closed

    async def exchange(
        self,
        prepare: Callable[[], bytes],
        timeout: Timeout,  # noqa: ASYNC109 - as the connection
        on_sending: Callable[[], None],
    ) -> HttpResponse:
        """Wait until the gate of this request opens."""
        del timeout, on_sending
        gate = self._gates[prepare().rpartition(b"\r\n")[2]]
        gate.entered.set_result(self._connection)
        await gate.left
        return DONE

    def abort(self) -> None:
        """Close it."""
        self._connection.is_closed = True
        if not self.lost.done():
            self.lost.set_result(None)


class EngineAsPool(ConnectionPool):
    """Adapter from the connection pool to the Pool protocol: lends connections, and opens no sockets."""

    def __init__(
        self, make: Callable[[], Connection], limit: int, clock: Clock, loop: asyncio.AbstractEventLoop
    ) -> None:
        super().__init__(
            shared_context(TLSPolicy()), limit=limit, idle_seconds=IDLE_SECONDS, max_bytes=1000, clock=clock
        )
        self._make = make
        self._loop = loop
        self._gates: dict[bytes, Gate] = {}

    async def _connect(self, host: Any, timeout: Timeout, observer: Any) -> Any:  # noqa: ASYNC109 - as the engine
        del host, timeout, observer
        self._raise_if_closed()
        made = cast("Any", StandIn(self._gates, self._make()))
        self._open.add(made)
        return made

    @asynccontextmanager
    async def acquire(self, wait: float | None) -> AsyncGenerator[Connection]:
        """Lend a connection for as long as an exchange lasts."""
        gate, name = Gate(self._loop), b"%d" % len(self._gates)
        self._gates[name] = gate
        request = HttpRequest("POST", URL, (), name)
        exchange = self._loop.create_task(self.exchange(request, Timeout(pool=wait), gate))
        try:
            either: set[asyncio.Future[Any]] = {exchange, gate.entered}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if exchange.done():
                exchange.result()
            yield gate.entered.result()
            gate.left.set_result(None)
            await exchange
        finally:
            exchange.cancel()


class EngineMachine(PoolMachine):
    """Holds the engine to the laws."""

    def new_pool(self, make: Callable[[], Connection], limit: int) -> Pool:
        """Return an engine."""
        return EngineAsPool(make, limit, self.clock, self.loop)


EngineMachine.TestCase.settings = settings(max_examples=100, stateful_step_count=30)
test_the_engine_keeps_the_laws = EngineMachine.TestCase
