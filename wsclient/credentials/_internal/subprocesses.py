"""Subprocess runner of the process provider: bounded output, and no process left behind."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING, Final, cast

from wsclient._core.tracebacks import without_locals
from wsclient.credentials._internal.context import ProcessResult
from wsclient.credentials._internal.threaded_processes import CHILD_GRACE, MAX_OUTPUT, REAP_TIMEOUT, run_in_threads

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

STDIN: Final = 0


async def run_process(argv: Sequence[str], *, environ: Mapping[str, str]) -> ProcessResult:
    """Run a command without a shell and wait until it exits; it inherits this process's standard input, for prompts.

    When the command has exited, or the caller is cancelled, its process group is killed: background children too.
    Raises OSError if it cannot be started.
    """
    loop = asyncio.get_running_loop()
    output = _Output(loop)
    # A prompt has to work. In a process group of its own, a command that reads from the terminal is stopped (SIGTTIN),
    # because that group is in the background. In a session of its own it has no controlling terminal: standard input
    # still works, /dev/tty (getpass, ssh, sudo) does not. So a command gets its own session, and with it a group to
    # kill, unless standard input is a terminal. There it stays in the caller's group, which Ctrl-C reaches as a whole.
    has_group = os.name == "posix" and not os.isatty(STDIN)

    @without_locals  # Sentry sees the error of a task before it reaches the caller
    async def start() -> asyncio.SubprocessTransport:
        transport, _ = await loop.subprocess_exec(
            lambda: output, *argv, stdin=None, env=dict(environ), start_new_session=has_group
        )
        return transport

    # A task, because a cancelled subprocess_exec kills the command but not its children. asyncio.wait leaves the task
    # running and, unlike asyncio.shield from Python 3.14 on, does not log its error after a cancellation.
    starting = loop.create_task(start())
    try:
        await asyncio.wait({starting})
        starting.result()
    except NotImplementedError:
        # Event loops of Jupyter and Qt on Windows start no processes.
        return await run_in_threads(argv, environ=environ, has_group=has_group)
    else:
        # asyncio.wait, because a cancelled await would cancel the future, which _end waits for too.
        await asyncio.wait({output.exited})
        await asyncio.wait({output.closed}, timeout=CHILD_GRACE)
        return ProcessResult(output.exited.result(), bytes(output.kept[1]), bytes(output.kept[2]))
    finally:
        await asyncio.wait({starting})
        if not starting.cancelled() and starting.exception() is None:
            await _end(starting.result(), output, has_group=has_group)


class _Output(asyncio.SubprocessProtocol):
    """Output of a command, and when it exited and closed it.

    asyncio.subprocess.Process does not do: up to Python 3.12 its wait() ends only when every child that inherited the
    output has closed it (https://github.com/python/cpython/issues/119710).
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.kept = {1: bytearray(), 2: bytearray()}
        self.exited: asyncio.Future[int] = loop.create_future()
        self.closed: asyncio.Future[None] = loop.create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport, which has the exit status."""
        self._transport = cast("asyncio.SubprocessTransport", transport)

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """Keep the first MAX_OUTPUT bytes; read the rest too, because a full pipe blocks the command."""
        kept = self.kept[fd]
        kept += data[: MAX_OUTPUT - len(kept)]

    def process_exited(self) -> None:
        """Record the exit status of the command itself."""
        status = self._transport.get_returncode()
        if status is not None and not self.exited.done():
            self.exited.set_result(status)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - as its base has it
        """Record that the command has exited and both outputs are closed."""
        if not self.closed.done():
            self.closed.set_result(None)


async def _end(transport: asyncio.SubprocessTransport, output: _Output, *, has_group: bool) -> None:
    """Kill a command and its process group, wait for its exit, and close its output."""
    try:
        with suppress(ProcessLookupError, PermissionError):  # no such process; macOS: only zombies are left
            if has_group:
                os.killpg(transport.get_pid(), signal.SIGKILL)
            else:
                transport.kill()
        # Closing before the exit is known would compete with asyncio's child watcher for the exit status.
        await asyncio.wait({output.exited}, timeout=REAP_TIMEOUT)
    finally:
        with suppress(PermissionError):  # the command runs as another user, such as sudo
            transport.close()
