"""Lanes: connections that each carry one request at a time, so that what goes wrong in one stays in it.

A pool in which cancelled or failed requests leave their connection half-made can end up full of connections that
nobody can use. Here a lane that failed is closed and forgotten, and its place is free again at once.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from wsclient._core.clock import SYSTEM_CLOCK, Clock
from wsclient._core.errors import ConfigurationError, RequestTimeoutError
from wsclient._core.http import PoolState

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
    from datetime import datetime


class PooledTransport(Protocol):
    """Anything that carries requests and can be closed."""

    async def aclose(self) -> None:
        """Close it, whatever its state; harmless when done twice."""
        ...


LaneT = TypeVar("LaneT", bound=PooledTransport)


class HttpxTransportPool(Generic[LaneT]):
    """At most limit lanes of one event loop, made when needed and lent to one request at a time.

    The lane used last is lent first, so that no more are open than were needed at once. A lane unused for more than
    idle_seconds is closed, not lent. That is measured by the time of day, which goes on while a machine is frozen.
    """

    def __init__(
        self, make: Callable[[], LaneT], *, limit: int, idle_seconds: float, clock: Clock = SYSTEM_CLOCK
    ) -> None:
        self._make = make
        self._limit = limit
        self._idle_seconds = idle_seconds
        self._clock = clock
        self._places = asyncio.Semaphore(limit)
        self._idle: list[tuple[datetime, LaneT]] = []
        self._lent: set[LaneT] = set()
        self._closed = False
        self._waiting = 0

    @property
    def state(self) -> PoolState:
        """How many lanes there are, and how many requests wait for one."""
        return PoolState(active=len(self._lent), idle=len(self._idle), waiting=self._waiting)

    @asynccontextmanager
    async def acquire(self, wait: float | None) -> AsyncGenerator[LaneT]:
        """Lend a lane for a block, waiting at most that many seconds for a free one; None waits as long as it takes.

        When the block fails or is cancelled, the lane is closed. Raises RequestTimeoutError (phase pool), and
        ConfigurationError when everything was closed meanwhile.
        """
        await self._wait_for_a_place(wait)
        try:
            lane = await self._take()
            self._lent.add(lane)
            try:
                yield lane
            except BaseException:
                self._lent.discard(lane)
                await lane.aclose()
                raise
            if lane in self._lent:  # else aclose() came in between, and closed it
                self._lent.discard(lane)
                self._idle.append((self._clock.now(), lane))
        finally:
            self._places.release()

    async def aclose(self) -> None:
        """Close every lane, those on loan too: their requests fail. Cancelled, it can be called again for the rest."""
        self._closed = True
        while self._lent or self._idle:
            lane = self._lent.pop() if self._lent else self._idle.pop()[1]
            await lane.aclose()

    async def _wait_for_a_place(self, wait: float | None) -> None:
        self._waiting += 1
        try:
            async with asyncio.timeout(wait):
                await self._places.acquire()
        except TimeoutError as error:
            raise RequestTimeoutError(
                f"all {self._limit} connections were busy for the {wait} s of Timeout.pool; raise max_connections, "
                "or make fewer calls at once",
                phase="pool",
                may_have_been_sent=False,
            ) from error
        finally:
            self._waiting -= 1

    async def _take(self) -> LaneT:
        while self._idle and self._is_stale(self._idle[0][0]):
            await self._idle.pop(0)[1].aclose()
        if self._closed:
            raise ConfigurationError("this client was closed while a call waited for a connection; make a new one")
        return self._idle.pop()[1] if self._idle else self._make()

    def _is_stale(self, since: datetime) -> bool:
        # A clock that was set back says nothing about how long it was: stale too.
        return not 0 <= (self._clock.now() - since).total_seconds() <= self._idle_seconds
