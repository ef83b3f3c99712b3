"""The caller's asyncio event loop and task, without which nothing of wsclient can run."""

from __future__ import annotations

import asyncio
from typing import TypeVar

from wsclient._core.errors import ConfigurationError

T = TypeVar("T")


def running_loop() -> asyncio.AbstractEventLoop:
    """Return the running event loop; raise ConfigurationError if it is not asyncio's, or none."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        raise _no_event_loop() from None


def current_task() -> asyncio.Task[object]:
    """Return the current task; raise ConfigurationError outside a task of asyncio."""
    try:
        task = asyncio.current_task()
    except RuntimeError:
        raise _no_event_loop() from None
    if task is None:
        raise ConfigurationError("a call must be awaited in a task, not in a callback of the event loop")
    return task


def _no_event_loop() -> ConfigurationError:
    return ConfigurationError(
        "no asyncio event loop runs this coroutine: await it within asyncio.run(...); trio is not supported, and "
        "anyio only with its asyncio backend"
    )


def mark_retrieved(future: asyncio.Future[T]) -> None:
    """Retrieve the exception of a future, as a done callback, so that asyncio does not log it as never retrieved."""
    if not future.cancelled():
        future.exception()
