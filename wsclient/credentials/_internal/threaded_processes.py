"""Subprocess runner for event loops that cannot start processes, such as those of Jupyter and Qt on Windows.

The process is started, read and waited for in threads, within the same bounds as in subprocesses.py.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import threading
from contextlib import suppress
from functools import partial
from typing import IO, TYPE_CHECKING, Final, TypeVar, cast

from wsclient._core.tracebacks import without_locals
from wsclient.credentials._internal.context import ProcessResult

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

T = TypeVar("T")
MAX_OUTPUT: Final = 1024 * 1024
"""Maximum bytes kept of each output stream; credentials need about a thousandth of it."""
CHILD_GRACE: Final = 1.0
"""Seconds that children of a command that has exited get to close its output, such as a `tee` behind it."""
REAP_TIMEOUT: Final = 5.0
"""Seconds to wait for the exit of a killed command, which a hung disk or network file system can delay."""
READ_BYTES: Final = 65_536


async def run_in_threads(argv: Sequence[str], *, environ: Mapping[str, str], has_group: bool) -> ProcessResult:
    """Run a command and wait until it exits; has_group says that it gets a session, and with it a process group.

    When the command has exited, or the caller is cancelled, its process group is killed. Raises OSError if it cannot
    be started.
    """
    starting = _in_thread(partial(_start, argv, dict(environ), has_group=has_group))
    kept = bytearray(), bytearray()
    exited: asyncio.Future[int] | None = None
    try:
        await asyncio.wait({starting})  # not asyncio.shield: see subprocesses.py
        process = starting.result()
        streams = cast("IO[bytes]", process.stdout), cast("IO[bytes]", process.stderr)
        outputs = [_in_thread(partial(_read, *each)) for each in zip(streams, kept, strict=True)]
        exited = _in_thread(process.wait)
        await asyncio.wait({exited})
        await asyncio.wait(outputs, timeout=CHILD_GRACE)
        return ProcessResult(exited.result(), bytes(kept[0]), bytes(kept[1]))
    finally:
        await asyncio.wait({starting})
        if starting.exception() is None:
            await _end(starting.result(), exited, has_group=has_group)


@without_locals
def _start(argv: Sequence[str], environ: Mapping[str, str], *, has_group: bool) -> subprocess.Popen[bytes]:
    # Unbuffered: a read returns the available bytes, and no thread that the interpreter leaves behind holds a lock.
    return subprocess.Popen(  # noqa: S603 - the command of the user's own configuration
        argv,
        bufsize=0,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environ,
        start_new_session=has_group,
    )


def _read(stream: IO[bytes], kept: bytearray) -> None:
    """Keep the first bytes of an output; read the rest too, because a full pipe blocks the command."""
    with stream, suppress(OSError):
        while data := stream.read(READ_BYTES):
            kept.extend(data[: MAX_OUTPUT - len(kept)])


async def _end(process: subprocess.Popen[bytes], exited: asyncio.Future[int] | None, *, has_group: bool) -> None:
    """Kill a command and its process group, and wait for its exit."""
    with suppress(ProcessLookupError, PermissionError):  # no such process; macOS: only zombies are left
        if has_group:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    if exited is None:  # cancelled before any thread read the outputs
        for stream in filter(None, (process.stdout, process.stderr)):
            stream.close()
        exited = _in_thread(process.wait)
    await asyncio.wait({exited}, timeout=REAP_TIMEOUT)


def _in_thread(function: Callable[[], T]) -> asyncio.Future[T]:
    """Call a function in a thread of its own; return the future of its result.

    A daemon thread, not the loop's executor: one that a child of the command keeps waiting must hold up neither other
    work nor the end of the program.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def finish(error: Exception | None, result: T | None) -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(cast("T", result))

    def run() -> None:
        result, failure = None, None
        try:
            result = function()
        except Exception as error:  # noqa: BLE001 - the caller gets it
            failure = error
        with suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(finish, failure, result)

    threading.Thread(target=run, name="wsclient-process", daemon=True).start()
    return future
