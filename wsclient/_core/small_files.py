"""read_small_file: content of a file within bounds of size and time, whatever kind of file a path leads to.

A path of the environment may lead to a named pipe, which blocks until somebody writes, or to a device without end. A
blocked thread cannot be cancelled, and asyncio.run() waits for it.
"""

from __future__ import annotations

import errno
import os
import selectors
import stat
from typing import TYPE_CHECKING, Final

from wsclient._core.clock import SYSTEM_CLOCK

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PIPE_SECONDS: Final = 5.0
"""Seconds after which a pipe that has not ended, such as a shell's <(command), is given up."""
_FLAGS: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOCTTY", 0)
# select() takes no descriptor above 1,023, and epoll no device.
_Selector: Final = getattr(selectors, "PollSelector", selectors.SelectSelector)


def read_small_file(path: Path, max_bytes: int, *, check: Callable[[os.stat_result], None] = lambda _: None) -> bytes:
    """Return the content of a file of at most max_bytes. Blocks while it reads, a pipe for five seconds at most.

    check gets the status of the open file, and may raise. Raises OSError if the file cannot be read or is larger.
    """
    descriptor = os.open(path, _FLAGS)
    try:
        status = os.fstat(descriptor)
        check(status)
        deadline = None if stat.S_ISREG(status.st_mode) else SYSTEM_CLOCK.monotonic() + PIPE_SECONDS
        content = bytearray()
        while data := _read(descriptor, max_bytes + 1 - len(content), deadline):
            content += data
            if len(content) > max_bytes:
                raise OSError(errno.EFBIG, f"it has more than {max_bytes} bytes", str(path))
        return bytes(content)
    finally:
        os.close(descriptor)


def _read(descriptor: int, size: int, deadline: float | None) -> bytes:
    if deadline is not None and not _is_readable(descriptor, deadline - SYSTEM_CLOCK.monotonic()):
        raise OSError(errno.ETIMEDOUT, f"it did not end within {PIPE_SECONDS:g} s")
    return os.read(descriptor, size)


def _is_readable(descriptor: int, seconds: float) -> bool:
    with _Selector() as selector:
        selector.register(descriptor, selectors.EVENT_READ)
        return bool(selector.select(max(0.0, seconds)))
