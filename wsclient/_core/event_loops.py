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


def is_cancellation(error: BaseException) -> bool:
    """Return True if an error is the cancellation of the current task.

    Otherwise a CancelledError is of another task that the current one awaited, such as a refresh that several calls of
    a caller's provider share. asyncio.TaskGroup would take it for the end of a cancelled call, and ignore it.
    """
    return isinstance(error, asyncio.CancelledError) and current_task().cancelling() > 0


async def wait_to_end(work: asyncio.Future[T]) -> asyncio.CancelledError | None:
    """Wait for work that must not be left alone, however often the caller is cancelled.

    Returns the cancellation that the caller has to raise, if there was one.
    """
    cancellation: asyncio.CancelledError | None = None
    while not work.done():
        try:
            await asyncio.wait([work])
        except asyncio.CancelledError as error:
            cancellation = error
    return cancellation


def mark_retrieved(future: asyncio.Future[T]) -> None:
    """Retrieve the exception of a future, as a done callback, so that asyncio does not log it as never retrieved."""
    if not future.cancelled():
        future.exception()
