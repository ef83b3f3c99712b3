"""Pool of single-connection httpx transports, each used by one request at a time.

A shared pool can fill up with connections that cancelled or failed requests left half-open. Here a transport
whose request failed or was cancelled is closed and dropped, and its slot is free immediately.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from wsclient._core.clock import SYSTEM_CLOCK, Clock
from wsclient._core.errors import ConfigurationError
from wsclient._core.http import PoolState
from wsclient._pipeline.transport.keep_alive import idle_limit
from wsclient._pipeline.transport.slots import Slots

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
    from datetime import datetime

    from wsclient._core.http import HttpResponse


class PooledTransport(Protocol):
    """Transport that sends requests and can be closed."""

    async def aclose(self) -> None:
        """Close the transport, in any state; idempotent."""
        ...


TransportT = TypeVar("TransportT", bound=PooledTransport)


class HttpxTransportPool(Generic[TransportT]):
    """At most limit pooled transports of one event loop, created when needed, each used by one request at a time.

    The most recently used transport is taken first, so that no more stay open than concurrent requests need. A
    transport idle for more than idle_seconds is closed. Idle time is measured by the time of day, because the monotonic
    clock may stand still while a machine or container is suspended.
    """

    def __init__(
        self, make: Callable[[], TransportT], *, limit: int, idle_seconds: float, clock: Clock = SYSTEM_CLOCK
    ) -> None:
        self._make = make
        self._idle_seconds = self._max_idle = idle_seconds
        self._clock = clock
        self._slots = Slots(limit)
        self._idle: list[tuple[datetime, TransportT]] = []
        self._active: set[TransportT] = set()
        self._closed = False

    @property
    def state(self) -> PoolState:
        """Number of active and idle transports, and of requests that wait for one."""
        return PoolState(active=len(self._active), idle=len(self._idle), waiting=self._slots.waiting)

    @asynccontextmanager
    async def acquire(
        self, wait: float | None, after_wait: Callable[[], None] | None = None
    ) -> AsyncGenerator[TransportT]:
        """Acquire a transport for the block, waiting at most wait seconds for a free slot; None waits without limit.

        after_wait is called at the end of such a wait, and its error raised. The transport is closed if the block fails
        or is cancelled. Raises PhaseTimeoutError (phase pool), and ConfigurationError if the pool was closed during the
        wait.
        """
        async with self._slots.hold(wait, after_wait):
            transport = await self._take_idle_or_make()
            self._active.add(transport)
            try:
                yield transport
            except BaseException:
                self._active.discard(transport)
                await transport.aclose()
                raise
            if transport in self._active:  # else aclose() has closed it meanwhile
                self._active.discard(transport)
                self._idle.append((self._clock.now(), transport))

    def limit_idle(self, response: HttpResponse) -> None:
        """Close idle transports earlier if the server of this response announces that it does."""
        self._max_idle = idle_limit(response, self._idle_seconds)

    async def aclose(self) -> None:
        """Close every transport, also those in use, whose requests fail. Can be called again after a cancellation."""
        self._closed = True
        while self._active or self._idle:
            transport = self._active.pop() if self._active else self._idle.pop()[1]
            await transport.aclose()

    async def _take_idle_or_make(self) -> TransportT:
        while self._idle and self._is_stale(self._idle[0][0]):
            await self._idle.pop(0)[1].aclose()
        if self._closed:
            raise ConfigurationError("this client was closed while a call waited for a connection; create a new client")
        return self._idle.pop()[1] if self._idle else self._make()

    def _is_stale(self, since: datetime) -> bool:
        # A negative time means that the clock was set back: the idle time is unknown, so the transport is stale.
        return not 0 <= (self._clock.now() - since).total_seconds() <= self._max_idle
