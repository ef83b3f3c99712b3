"""How long connections live: with their event loop, with their sender, and never in another process.

Connections belong to a loop. They close when their sender does, when the loop ends, and when the sender is collected:
an open client that somebody forgets neither raises nor prints.
"""

from __future__ import annotations

import os
import weakref
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeAlias, TypeVar

import msgspec

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncGenerator


class Closable(Protocol):
    """Anything that can be closed."""

    async def aclose(self) -> None:
        """Close it, whatever its state."""
        ...


T = TypeVar("T", bound=Closable)

Hold: TypeAlias = "weakref.finalize[..., Any]"
"""What closes a pool when its sender is collected, until it is detached."""

_CLOSING: set[object] = set()
_LEFT_TO_THE_PARENT: list[object] = []


class Pool(msgspec.Struct, Generic[T], frozen=True):
    """Connections of one event loop in one process; the guard closes them when the loop or the sender ends."""

    loop: asyncio.AbstractEventLoop
    process: int
    connections: T
    guard: AsyncGenerator[None, None]

    def is_of(self, loop: asyncio.AbstractEventLoop) -> bool:
        """Tell whether it can be used on this loop, in this process."""
        return self.loop is loop and self.process == os.getpid()


async def opened_pool(loop: asyncio.AbstractEventLoop, connections: T) -> Pool[T]:
    """Return a pool of these connections that closes by itself when the loop ends."""
    guard = _close_at_the_end(connections)
    await anext(guard)
    return Pool(loop, os.getpid(), connections, guard)


def held(sender: object, pool: Pool[T]) -> Hold:
    """Keep a pool until its sender is collected, and close it then, on its own loop.

    Collected together with the sender, in whatever order and thread, each connection would complain that nobody closed
    it.
    """
    hold = weakref.finalize(sender, _release, pool)
    hold.atexit = False
    return hold


def leave_behind(pool: Pool[T]) -> None:
    """Drop the connections of another loop, which closes them when it can; a parent process keeps its own."""
    if pool.process != os.getpid():
        # Collecting them would close sockets under the parent's connections.
        _LEFT_TO_THE_PARENT.append(pool)


def _release(pool: Pool[T]) -> None:
    if pool.process != os.getpid():
        leave_behind(pool)
        return
    with suppress(RuntimeError):  # the loop is closed, and its connections with it
        pool.loop.call_soon_threadsafe(_close_soon, pool)


def _close_soon(pool: Pool[T]) -> None:
    task = pool.loop.create_task(_close(pool.guard))
    _CLOSING.add(task)
    task.add_done_callback(_CLOSING.discard)


async def _close(guard: AsyncGenerator[None, None]) -> None:
    await guard.aclose()


async def _close_at_the_end(connections: Closable) -> AsyncGenerator[None, None]:
    """Close the connections when this generator is closed: by its owner, by being collected, or by its loop's end.

    asyncio closes the asynchronous generators of a loop before it closes the loop, and those that are collected
    while it runs; so connections end with their loop and with their sender, without a warning, whoever forgets.
    """
    try:
        yield
    finally:
        await connections.aclose()
