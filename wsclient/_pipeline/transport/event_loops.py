"""How long connections live: with their event loop, with their sender, and never in another process.

Connections belong to a loop. They close when their sender does, when the loop ends, and when the sender is collected:
an open client that somebody forgets neither raises nor prints.
"""

from __future__ import annotations

import asyncio
import os
import weakref
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

import msgspec

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator


class Closable(Protocol):
    """Anything that can be closed, again after its closing was cancelled."""

    async def aclose(self) -> None:
        """Close it, whatever its state."""
        ...


T = TypeVar("T", bound=Closable)

_OPEN: set[EventLoopPool[Any]] = set()
"""Keeps pools from being collected: what closes them could then come too late for their loop's end."""
_LEFT_TO_THE_PARENT: list[object] = []


class EventLoopPool(msgspec.Struct, Generic[T], eq=False, weakref=True):
    """Connections of one event loop in one process; the guard, which is None afterwards, closes them at its end."""

    loop: asyncio.AbstractEventLoop
    process: int
    connections: T
    guard: AsyncGenerator[None, None] | None = None
    closing: asyncio.Task[None] | None = None

    @property
    def is_usable(self) -> bool:
        """Whether it is open, and this process's own."""
        return self.guard is not None and self.process == os.getpid()


class EventLoopPools(Generic[T]):
    """The pools of one sender, one for each event loop that it is used on; they close when the sender is collected.

    Collected together with the sender, in whatever order and thread, each connection would complain that nobody closed
    it.
    """

    def __init__(self, sender: object) -> None:
        self._pools: dict[asyncio.AbstractEventLoop, EventLoopPool[T]] = {}
        weakref.finalize(sender, _release_all, self._pools).atexit = False

    def find(self, loop: asyncio.AbstractEventLoop) -> EventLoopPool[T] | None:
        """Return the pool of a loop, None when it has none that can be used."""
        pool = self._pools.get(loop)
        return pool if pool is not None and pool.is_usable else None

    def open(self) -> list[T]:
        """Return the connections of every loop that can be used, from whatever thread."""
        return [pool.connections for pool in list(self._pools.values()) if pool.is_usable]

    async def add(self, loop: asyncio.AbstractEventLoop, connections: T) -> EventLoopPool[T]:
        """Return a pool of these connections that closes by itself when the running loop ends."""
        for pool in list(self._pools.values()):
            if pool.process != os.getpid() or pool.loop.is_closed():
                self._pools.pop(pool.loop, None)
                _release(pool)
        pool = self._pools[loop] = EventLoopPool(loop, os.getpid(), connections)
        pool.guard = _close_with_loop(pool)
        _OPEN.add(pool)
        await anext(pool.guard)
        return pool

    async def aclose(self) -> None:
        """Close the pools; that of another loop is closed there, as soon as it runs."""
        here = asyncio.get_running_loop()
        while self._pools:
            loop, pool = self._pools.popitem()
            if loop is here and pool.is_usable:
                await _close(pool)
            else:
                _release(pool)


def _release_all(pools: dict[asyncio.AbstractEventLoop, EventLoopPool[T]]) -> None:
    while pools:
        _release(pools.popitem()[1])


def _release(pool: EventLoopPool[T]) -> None:
    """Have a pool closed on its own loop; a parent process keeps its own."""
    if pool.process != os.getpid():
        # Collecting them would close sockets under the parent's connections.
        _LEFT_TO_THE_PARENT.append(pool)
        return
    try:
        pool.loop.call_soon_threadsafe(_close_soon, pool)
    except RuntimeError:  # the loop is closed, and its connections with it
        _OPEN.discard(pool)


def _close_soon(pool: EventLoopPool[T]) -> None:
    pool.closing = pool.loop.create_task(_close(pool))


async def _close(pool: EventLoopPool[T]) -> None:
    """Close a pool on its own loop; what is left when this is cancelled is closed when the loop ends."""
    await pool.connections.aclose()
    guard, pool.guard = pool.guard, None
    if guard is not None:
        await guard.aclose()


async def _close_with_loop(pool: EventLoopPool[T]) -> AsyncGenerator[None, None]:
    """Close a pool when this generator is closed, or its loop ends.

    asyncio closes the asynchronous generators of a loop before it closes the loop, and waits for them; for tasks it
    does not wait, so that what a task has begun to close is waited for here.
    """
    try:
        yield
    finally:
        pool.guard = None
        _OPEN.discard(pool)
        if pool.closing is not None and pool.closing is not asyncio.current_task():
            await asyncio.wait({pool.closing})
        await pool.connections.aclose()
