"""Runs a test's coroutine on a new event loop, and checks that it leaves no task, socket or thread."""

from __future__ import annotations

import asyncio
import gc
import os
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.platforms import EACH_LOOP

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

on_each_loop = pytest.mark.parametrize("new_loop", EACH_LOOP)
"""Has a test take `new_loop`, once for each implementation of event loops."""
LONGEST_SECONDS = 30.0
"""After which what a test waits for counts as never coming: no test takes nearly as long."""


def open_sockets() -> frozenset[str]:
    """Return the sockets of this process; empty on a system without /proc."""
    found: set[str] = set()
    for link in Path("/proc/self/fd").glob("*"):
        try:
            target = os.readlink(link)  # noqa: PTH115 - Path.readlink would interpret socket:[…] as a path
        except OSError:  # the descriptor that reads the folder is closed by now
            continue
        if target.startswith("socket:"):
            found.add(target)
    return frozenset(found)


def run_clean(
    main: Callable[[], Coroutine[object, object, None]],
    new_loop: Callable[[], asyncio.AbstractEventLoop] = asyncio.SelectorEventLoop,
    *,
    closes: bool = True,
    longest: float | None = LONGEST_SECONDS,
) -> None:
    """Run to completion; fails if a task, socket or thread is left, or an event loop reported an unhandled error.

    closes=False permits sockets that are only closed at the end of the loop. longest is in the loop's own seconds.
    """
    gc.collect()
    sockets, threads = open_sockets(), set(threading.enumerate())
    complaints: list[str] = []

    async def whole() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: complaints.append(str(context)))
        own = open_sockets()
        async with asyncio.timeout(longest):
            await main()
        await until(lambda: not (closes and open_sockets() - own), "sockets are closed")
        await until(lambda: not _other_tasks(), "tasks are over")
        gc.collect()
        await turns(5)

    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(whole())
    gc.collect()
    assert not complaints, complaints
    # A service in another thread of this process closes its own ends when it hears of ours.
    deadline = time.monotonic() + LONGEST_SECONDS
    while open_sockets() - sockets and time.monotonic() < deadline:
        time.sleep(0)
    assert not open_sockets() - sockets
    assert not set(threading.enumerate()) - threads


async def turns(number: int) -> None:
    """Let everything that is ready run, that many times."""
    for _ in range(number):
        await asyncio.sleep(0)


async def until(holds: Callable[[], bool], description: str) -> None:
    """Poll until a condition holds that has no event to wait for; fails after a limit."""
    deadline = time.monotonic() + LONGEST_SECONDS  # an event loop's own clock may be stopped or jump
    while not holds():
        if time.monotonic() > deadline:
            pytest.fail(f"waited in vain until {description}")
        await asyncio.sleep(0)


def _other_tasks() -> set[asyncio.Task[object]]:
    return asyncio.all_tasks() - {asyncio.current_task()}
