"""Limit of the requests that are sent at a time, one for each connection: max_connections."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from wsclient._core.http import PhaseTimeoutError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable


class Slots:
    """Slots of one host or transport, on one event loop: a fair semaphore, first come, first served."""

    __slots__ = ("_free", "_limit", "_waiting")

    def __init__(self, limit: int) -> None:
        self._limit = self._free = limit
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def in_use(self) -> int:
        """Number of slots in use."""
        return self._limit - self._free

    @property
    def waiting(self) -> int:
        """Number of requests that wait for a slot."""
        return len(self._waiting)

    def try_acquire(self) -> bool:
        """Take a free slot and return True, or return False; a released slot goes to the longest waiting request."""
        if self._free:
            self._free -= 1
            return True
        return False

    async def wait(self, seconds: float | None, after_wait: Callable[[], None] | None = None) -> None:
        """Wait for a slot and take it; raise PhaseTimeoutError after this many seconds.

        after_wait is called at the end of the wait; if it raises, the slot goes to the next request.
        """
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        try:
            async with asyncio.timeout(seconds):
                await waiter
        except BaseException as error:
            if waiter.done() and not waiter.cancelled():
                self.release()  # the slot was granted at the moment of the timeout or cancellation: pass it on
            elif waiter in self._waiting:
                self._waiting.remove(waiter)
            if isinstance(error, TimeoutError):
                raise PhaseTimeoutError("pool") from error
            raise
        if after_wait is not None:
            try:
                after_wait()
            except BaseException:
                self.release()
                raise

    def release(self) -> None:
        """Release a slot, to the request that has waited longest."""
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return
        self._free += 1

    @asynccontextmanager
    async def hold(self, seconds: float | None, after_wait: Callable[[], None] | None = None) -> AsyncGenerator[None]:
        """Hold a slot for the block; if none is free, wait for it as wait() does."""
        if not self.try_acquire():
            await self.wait(seconds, after_wait)
        try:
            yield
        finally:
            self.release()
