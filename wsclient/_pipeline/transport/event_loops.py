"""Connections per event loop and process, closed with them.

asyncio sockets belong to one event loop. Connections close when their transport is closed, when the event loop shuts
down, and when the transport is garbage-collected: a client that is never closed causes no warning and no exception.
"""

from __future__ import annotations

import asyncio
import weakref
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

import msgspec

from wsclient._core.process_id import process_id

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator


class Closable(Protocol):
    """Resource whose aclose() is idempotent and can be called again after a cancellation."""

    async def aclose(self) -> None:
        """Close the resource, in any state."""
        ...


T = TypeVar("T", bound=Closable)

_OPEN: set[EventLoopPool[Any]] = set()
"""Strong references to open pools: a pool collected early would be closed after the shutdown of its event loop."""
_PARENT_POOLS: list[object] = []
"""Pools inherited by a forked child, kept for ever so that the child never closes sockets of its parent."""


class EventLoopPool(msgspec.Struct, Generic[T], eq=False, weakref=True):
    """Connections of one event loop in one process; guard closes them when the loop shuts down, and is then None."""

    loop: asyncio.AbstractEventLoop
    process: int
    connections: T
    guard: AsyncGenerator[None, None] | None = None
    closing: asyncio.Task[None] | None = None

    @property
    def is_usable(self) -> bool:
        """True if the pool is open and was created in this process."""
        return self.guard is not None and self.process == process_id()


class EventLoopPools(Generic[T]):
    """The pools of one transport (owner), one for each event loop; they close when the owner is garbage-collected.

    Without this, the collector would reach the connections in any order and thread, and each would emit a
    ResourceWarning.
    """

    def __init__(self, owner: object) -> None:
        self._pools: dict[asyncio.AbstractEventLoop, EventLoopPool[T]] = {}
        weakref.finalize(owner, _release_all, self._pools).atexit = False

    def find(self, loop: asyncio.AbstractEventLoop) -> EventLoopPool[T] | None:
        """Return the usable pool of an event loop, or None."""
        pool = self._pools.get(loop)
        return pool if pool is not None and pool.is_usable else None

    def open(self) -> list[T]:
        """Return the connections of all usable pools; safe to call from any thread."""
        return [pool.connections for pool in list(self._pools.values()) if pool.is_usable]

    async def add(self, loop: asyncio.AbstractEventLoop, connections: T) -> EventLoopPool[T]:
        """Add a pool of these connections, which closes itself when the running event loop shuts down."""
        for pool in list(self._pools.values()):
            if pool.process != process_id() or pool.loop.is_closed():
                self._pools.pop(pool.loop, None)
                _release(pool)
        pool = self._pools[loop] = EventLoopPool(loop, process_id(), connections)
        pool.guard = _close_with_loop(pool)
        _OPEN.add(pool)
        # Starting the generator registers it with the loop's hooks, so that shutdown_asyncgens() closes it (PEP 525).
        await anext(pool.guard)
        return pool

    async def aclose(self) -> None:
        """Close the pools; the pool of another event loop is closed on that loop, when it runs next."""
        current_loop = asyncio.get_running_loop()
        while self._pools:
            loop, pool = self._pools.popitem()
            if loop is current_loop and pool.is_usable:
                await _close(pool)
            else:
                _release(pool)


def _release_all(pools: dict[asyncio.AbstractEventLoop, EventLoopPool[T]]) -> None:
    while pools:
        _release(pools.popitem()[1])


def _release(pool: EventLoopPool[T]) -> None:
    """Schedule the close of a pool on its own event loop; leave the pools of a parent process alone."""
    if pool.process != process_id():
        # A forked child shares its parent's sockets: collecting these pools would close the parent's connections.
        _PARENT_POOLS.append(pool)
        return
    try:
        pool.loop.call_soon_threadsafe(_close_soon, pool)
    except RuntimeError:  # the event loop is closed, and its connections with it
        _OPEN.discard(pool)


def _close_soon(pool: EventLoopPool[T]) -> None:
    # Without its guard the pool is closed already, by the shutdown of its event loop, which may not run another task.
    if pool.guard is not None:
        pool.closing = pool.loop.create_task(_close(pool))


async def _close(pool: EventLoopPool[T]) -> None:
    """Close a pool on its own event loop; after a cancellation, the loop's shutdown closes the rest."""
    await pool.connections.aclose()
    guard, pool.guard = pool.guard, None
    if guard is not None:
        await guard.aclose()


async def _close_with_loop(pool: EventLoopPool[T]) -> AsyncGenerator[None, None]:
    """Close a pool when this generator is closed or its event loop shuts down.

    asyncio.run closes asynchronous generators before it closes the loop, and waits for them (loop.shutdown_asyncgens);
    it does not wait for tasks, so this waits for a close that a task has started.
    """
    try:
        yield
    finally:
        pool.guard = None
        _OPEN.discard(pool)
        if pool.closing is not None and pool.closing is not asyncio.current_task():
            await asyncio.wait({pool.closing})
        await pool.connections.aclose()
