"""AtomicFile: a file that is complete or not there, written in a thread."""

from __future__ import annotations

import asyncio
import errno
import os
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeVar

from wsclient._core.clock import new_id
from wsclient._core.event_loops import wait_to_end

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from types import TracebackType

T = TypeVar("T")


class AtomicFile:
    """File that replaces an existing one only once it is complete.

    Its content is written to a hidden file in the same folder, whose name ends in .part, and synced to disk before the
    rename. A killed process leaves that part behind, but no incomplete file under the final name. The file has the
    permissions of the one that it replaces.
    """

    def __init__(self, path: str | os.PathLike[str], head: bytes = b"") -> None:
        self.path = Path(path)
        # Absolute: the program may change its folder before the file is complete.
        self._target = self.path.absolute()
        self._part = self._target.with_name(f".{self._target.name}.{new_id()}.part")
        self._head = head

    async def __aenter__(self) -> Self:
        """Open the part; raises OSError if it cannot be created."""
        try:
            await run_in_thread(self._open)
        except asyncio.CancelledError:
            await run_in_thread(self._discard)
            raise
        return self

    async def write(self, encode: Callable[[], bytes]) -> None:
        """Encode and write the next part of the content, in a thread."""
        await run_in_thread(lambda: self._write(encode()))

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Rename the part to the final name; after an error delete it."""
        await run_in_thread(self._discard if error is not None else self._commit)

    def _open(self) -> None:
        if self.path.is_dir():
            raise IsADirectoryError(errno.EISDIR, "Is a directory", str(self.path))
        # The rename would replace a device such as /dev/null, if the user has the permission.
        if self.path.exists() and not self.path.is_file():
            raise FileExistsError(errno.EEXIST, "Is not a regular file", str(self.path))
        if not self.path.parent.is_dir():
            raise FileNotFoundError(errno.ENOENT, "The folder does not exist", str(self.path.parent))
        # The system applies the umask, as to any file that a program writes.
        with self._named_errors():
            descriptor = os.open(self._part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        self._file = os.fdopen(descriptor, "wb")
        # As a program that writes to an existing file: who may read it stays as its owner has set it.
        if sys.platform != "win32" and self.path.exists():
            os.fchmod(descriptor, self.path.stat().st_mode & 0o777)
        self._file.write(self._head)

    def _write(self, content: bytes) -> None:
        with self._named_errors():
            self._file.write(content)

    @contextmanager
    def _named_errors(self) -> Generator[None]:
        """Have errors name the file as the caller knows it: those of writes name none, and others name the part."""
        try:
            yield
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(self.path)) from error

    def _commit(self) -> None:
        try:
            with self._named_errors():
                with self._file:
                    self._file.flush()
                    os.fsync(self._file.fileno())
                self._part.replace(self._target)
        except OSError:
            self._discard()
            raise

    def _discard(self) -> None:
        with suppress(OSError, AttributeError):  # the file may not have been opened
            self._file.close()
        # An error here, as on a disk that became read-only, would hide the one that ended the writing.
        with suppress(OSError):
            self._part.unlink()


async def run_in_thread(work: Callable[[], T]) -> T:
    """Run work in a thread until it ends; a cancellation is raised only after that."""
    # A thread cannot be cancelled: continuing earlier would delete a file that the thread still writes.
    task = asyncio.ensure_future(asyncio.to_thread(work))
    cancellation = await wait_to_end(task)
    if cancellation is not None:
        task.exception()  # retrieved, so that asyncio does not log it
        raise cancellation
    return task.result()
