"""Properties of a connection pool: its limit holds, no connection leaks or is lent twice, whatever borrowers do.

PoolMachine has the rules; a subclass defines how a pool is created.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from tests.support.clean_run import turns
from tests.support.loop_machine import LoopMachine, pick
from wsclient._core.http import PhaseTimeoutError
from wsclient._pipeline.transport.httpx_pool import HttpxTransportPool
from wsclient.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

IDLE_SECONDS = 15.0
PICK = st.integers(0, 1000)
"""Picks one of however many there are."""


class Pool(Protocol):
    """Interface of a pool that lends connections."""

    def acquire(self, wait: float | None) -> AbstractAsyncContextManager[Connection]:
        """Lend a connection for a block; a connection whose block fails is closed."""
        ...

    async def aclose(self) -> None:
        """Close them all."""
        ...


@dataclass(eq=False)
class Connection:
    """A connection that records its borrower and since when it is idle."""

    loop: asyncio.AbstractEventLoop
    borrowers: int = 0
    resting_since: float | None = None
    is_closed: bool = False

    async def aclose(self) -> None:
        """Close it, in a later turn of the event loop."""
        self.is_closed = True
        await asyncio.sleep(0)


class BlockFailedError(Exception):
    """Error raised in a block that has borrowed a connection."""


@dataclass(eq=False)
class Borrower:
    """A task that borrows a connection until it has to return it or to fail."""

    pool: Pool
    loop: asyncio.AbstractEventLoop
    wait: float | None
    has: Connection | None = None
    end: asyncio.Event = field(default_factory=asyncio.Event)
    fails: bool = False
    task: asyncio.Task[None] = field(init=False)
    since: float = field(init=False)

    def __post_init__(self) -> None:
        """Begin."""
        self.since = self.loop.time()
        self.task = self.loop.create_task(self._borrow())

    async def _borrow(self) -> None:
        async with self.pool.acquire(self.wait) as connection:
            rested = 0.0 if connection.resting_since is None else self.loop.time() - connection.resting_since
            assert rested <= IDLE_SECONDS, "a stale connection was lent"
            assert not connection.is_closed, "a closed connection was lent"
            self.has = connection
            connection.borrowers += 1
            try:
                await self.end.wait()
                if self.fails:
                    raise BlockFailedError
            finally:
                connection.borrowers -= 1
                connection.resting_since = self.loop.time()
                self.has = None

    def check(self) -> None:
        """Check how it ended, if it has."""
        if not self.task.done() or self.task.cancelled():
            return
        error = self.task.exception()
        if isinstance(error, PhaseTimeoutError):
            assert error.phase == "pool"
            assert self.wait is not None
            assert self.loop.time() - self.since > self.wait - 1e-9
        elif error is not None and not isinstance(error, ConfigurationError | BlockFailedError):
            raise error


class PoolMachine(LoopMachine):
    """Borrows, gives back, fails, cancels, waits in vain, lets time pass and closes, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.limit = 0
        self.connections: list[Connection] = []
        self.borrowers: list[Borrower] = []
        self.is_closed = False

    def new_pool(self, make: Callable[[], Connection], limit: int) -> Pool:
        """Return a pool that uses this machine's clock; a subclass implements this."""
        raise NotImplementedError

    @initialize(limit=st.integers(1, 4))
    def start(self, limit: int) -> None:
        """Make a pool."""
        self.limit = limit
        self.pool: Pool = self.new_pool(self._connect, limit)

    def _connect(self) -> Connection:
        self.connections.append(Connection(self.loop))
        return self.connections[-1]

    @rule(wait=st.none() | st.sampled_from([0.5, 5.0]), number=st.integers(1, 4))
    def borrow(self, wait: float | None, number: int) -> None:
        """Start several borrowers at the same time."""
        self.borrowers += [self._borrower(wait) for _ in range(number)]
        self.settle()

    @rule(wait=st.none() | st.sampled_from([0.5, 5.0]), which=PICK, number=st.integers(0, 3))
    def cancel_soon_after(self, wait: float | None, which: int, number: int) -> None:
        """Cancel a borrower shortly after it started to wait or received a connection."""
        self.borrowers.append(self._borrower(wait))
        if self._with_a_connection():
            pick(self._with_a_connection(), which).end.set()
        self.run_here(turns(number))
        self.borrowers[-1].task.cancel()
        self.settle()

    @precondition(lambda self: self._with_a_connection())
    @rule(which=PICK, fails=st.booleans())
    def give_back(self, which: int, fails: bool) -> None:
        """Have a block end, well or not."""
        borrower = pick(self._with_a_connection(), which)
        had, borrower.fails = borrower.has, fails
        borrower.end.set()
        self.settle()
        assert had is not None
        assert had.is_closed == (fails or self.is_closed), "failed connections are closed, others are kept"

    @precondition(lambda self: self._with_a_connection())
    @rule()
    def give_everything_back(self) -> None:
        """Have every block end, and every wait with it."""
        self._end_all()

    @precondition(lambda self: self._with_a_connection())
    @rule(which=PICK, again=st.integers(0, 3))
    def cancel(self, which: int, again: int) -> None:
        """Cancel a block, and once more while it tidies up: its connection is closed all the same."""
        borrower = pick(self._with_a_connection(), which)
        had = borrower.has
        for _ in range(1 + again):
            borrower.task.cancel()
            self.run_here(turns(1))
        self.settle()
        assert borrower.task.cancelled()
        assert had is not None
        assert had.is_closed

    @precondition(lambda self: self._waiting())
    @rule(which=PICK)
    def cancel_a_wait(self, which: int) -> None:
        """Cancel a borrower that waits for a connection."""
        borrower = pick(self._waiting(), which)
        borrower.task.cancel()
        self.settle()
        assert borrower.task.cancelled()

    @precondition(lambda self: self._waiting() and self._with_a_connection())
    @rule(which=PICK, other=PICK)
    def cancel_a_wait_that_is_over(self, which: int, other: int) -> None:
        """Cancel a waiting borrower in the turn in which a connection becomes free for another borrower."""
        pick(self._with_a_connection(), which).end.set()
        self.run_here(turns(1))
        if waiting := self._waiting():
            pick(waiting, other).task.cancel()
        self.settle()

    @rule(seconds=st.sampled_from([0.1, 0.5, 5.0, 14.0, 16.0]))
    def pass_time(self, seconds: float) -> None:
        """Let time pass, so that waits time out and idle connections expire."""
        self.run_here(asyncio.sleep(seconds))
        self.settle()

    @precondition(lambda self: not self.is_closed and len(self.borrowers) > 5)
    @rule()
    def close(self) -> None:
        """Close the pool under those who borrow from it."""
        self.is_closed = True
        self.run_here(self.pool.aclose())
        self.settle()
        assert all(connection.is_closed for connection in self.connections)

    @invariant()
    def never_too_many(self) -> None:
        """At most limit connections are open, and nobody waits while a connection is available."""
        open_now = [connection for connection in self.connections if not connection.is_closed]
        held = self._with_a_connection()
        assert len(open_now) <= self.limit
        assert len(held) <= self.limit
        assert not self._waiting() or len(held) == self.limit, "somebody waits although there is room"

    @invariant()
    def none_lent_twice(self) -> None:
        """No connection has two borrowers, and each finished borrower has a valid outcome."""
        assert all(connection.borrowers <= 1 for connection in self.connections)
        for borrower in self.borrowers:
            borrower.check()

    def finish(self) -> None:
        """At the end, all connections can be borrowed again; a closed pool has closed every connection."""
        self._end_all()
        if self.limit:
            self._borrow_all()
            self.run_here(asyncio.sleep(2 * IDLE_SECONDS))
            self._borrow_all()
            self.run_here(self.pool.aclose())
        assert all(connection.is_closed for connection in self.connections)

    def _borrow_all(self) -> None:
        last = [self._borrower(0.5) for _ in range(self.limit)]
        self.borrowers += last
        self.settle()
        assert all((borrower.has is None) == self.is_closed for borrower in last), "a place was lost"
        if self.is_closed:
            assert all(isinstance(borrower.task.exception(), ConfigurationError) for borrower in last)
        self._end_all()

    def _end_all(self) -> None:
        for borrower in self.borrowers:
            borrower.end.set()
        self.settle()
        assert all(borrower.task.done() for borrower in self.borrowers)
        self.none_lent_twice()

    def _borrower(self, wait: float | None) -> Borrower:
        return Borrower(self.pool, self.loop, wait)

    def _with_a_connection(self) -> list[Borrower]:
        return [borrower for borrower in self.borrowers if borrower.has is not None and not borrower.end.is_set()]

    def _waiting(self) -> list[Borrower]:
        return [borrower for borrower in self.borrowers if borrower.has is None and not borrower.task.done()]


class LanesMachine(PoolMachine):
    """Holds Lanes to the laws."""

    def new_pool(self, make: Callable[[], Connection], limit: int) -> Pool:
        """Return lanes."""
        return HttpxTransportPool(make, limit=limit, idle_seconds=IDLE_SECONDS, clock=self.clock)


LanesMachine.TestCase.settings = settings(max_examples=100, stateful_step_count=30)
test_lanes_keep_the_laws = LanesMachine.TestCase
