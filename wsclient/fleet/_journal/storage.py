"""Locked, append-only journal files: created atomically, open in one process at a time, and synced after every write.

All blocking calls run in a thread that belongs to the file, one after another. A write fails if the path does not lead
to the open file any more, or if another process has written to it, as on a file system whose locks have no effect: the
next run would not find what was written.
"""

from __future__ import annotations

import asyncio
import errno
import os
import re
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from wsclient._core.file_owners import untrusted_file_reason
from wsclient._core.fleet_errors import JournalError
from wsclient.fleet._journal.locks import lock, unlock

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

_REMEDIES: Final = {
    errno.ELOOP: "it is a symbolic link; pass the path of the file",
    errno.ENOSPC: "No space left on device; free some space",
    errno.EDQUOT: "Disk quota exceeded; free some space, or raise the quota",
    errno.EFBIG: "File too large; raise the limit of the file size (ulimit -f)",
    errno.EMFILE: "Too many open files; raise the limit (ulimit -n)",
    errno.EROFS: "Read-only file system; mount it for writing, or use another folder",
    errno.ENOLCK: "its file system has no locks; use a folder on a local disk",
    errno.EOPNOTSUPP: "its file system has no locks; use a folder on a local disk",
}
"""Reason and remedy by error number; for other numbers the system's text."""
_NO_FOLDER_SYNC: Final = frozenset({errno.EINVAL, errno.EBADF, errno.EOPNOTSUPP})
"""Errors of file systems that cannot sync a folder: network ones write its entries at once."""

CAN_REMOVE_OPEN_FILES = os.name == "posix"
"""Whether an open file can be renamed and removed. Windows refuses both ("DeleteFileW function",
https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-deletefilew)."""


class JournalFile(Protocol):
    """Open journal file."""

    content: bytes
    """Content of the file when it was opened."""

    async def truncate(self, size: int) -> None:
        """Cut the file to a size in bytes."""
        ...

    async def append(self, data: bytes, *, announced: int) -> None:
        """Write at the end, and return when the data is on disk.

        The last announced bytes announce calls; if the write fails, they are removed again as far as the disk allows.
        """
        ...

    async def close(self) -> None:
        """Close the file and release its lock."""
        ...


class JournalStorage(Protocol):
    """Storage of journals by path."""

    async def exists(self, path: str) -> bool:
        """Return whether a journal exists. May raise JournalError if none exists and none can be created."""
        ...

    async def create(self, path: str, content: bytes) -> JournalFile:
        """Create a journal with this content atomically, and return it open. Raises JournalError."""
        ...

    async def open(self, path: str) -> JournalFile:
        """Open an existing journal. Raises JournalError, also if another process has it open."""
        ...


class FileJournalStorage:
    """Storage of journals in files."""

    async def exists(self, path: str) -> bool:
        """Return whether the file exists. Raises JournalError if it does not exist and cannot be created."""
        return await asyncio.to_thread(_exists, path)

    async def create(self, path: str, content: bytes) -> JournalFile:
        """Write a temporary file in the same folder, and link it to the path once it is complete."""
        return await _LockedFile.open(path, lambda: _create_locked(path, content), content)

    async def open(self, path: str) -> JournalFile:
        """Open, lock and read a file."""
        return await _LockedFile.open(path, lambda: _open_locked(path), None)


FILE_STORAGE = FileJournalStorage()


class _LockedFile:
    """Open and locked file, with the thread that runs its blocking calls."""

    def __init__(self, path: str) -> None:
        self.content = b""
        self._path = path
        self._descriptor = -1
        self._size = 0
        # One thread: calls run in the order of their submission, so that records cannot be reordered.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="wsclient-journal")

    @classmethod
    async def open(cls, path: str, open_descriptor: Callable[[], int], content: bytes | None) -> _LockedFile:
        file = cls(path)
        try:
            await file._run_in_thread(file._open, open_descriptor, content)
        except BaseException:
            await file.close()
            raise
        return file

    async def truncate(self, size: int) -> None:
        await self._run_in_thread(self._truncate, size)

    async def append(self, data: bytes, *, announced: int) -> None:
        await self._run_in_thread(self._append, data, announced, is_running=True)

    async def close(self) -> None:
        # In the thread, after a write that may still run for a caller that was cancelled.
        closing = asyncio.get_running_loop().run_in_executor(self._thread, self._close)
        self._thread.shutdown(wait=False)
        await asyncio.shield(closing)

    def _open(self, open_descriptor: Callable[[], int], content: bytes | None) -> None:
        self._descriptor = open_descriptor()
        _open_files.add(self)
        self.content = _read_content(self._descriptor) if content is None else content
        self._size = len(self.content)

    def _append(self, data: bytes, announced: int) -> None:
        # Before, so that nothing is written after another process's records; and after, because the call that the
        # record announces may only start if a restart would find the record.
        self._check_unchanged()
        try:
            _write(self._descriptor, data)
        except OSError:
            with suppress(OSError):
                self._take_back(len(data) - announced, len(data))
            raise
        self._size += len(data)
        self._check_unchanged()

    def _take_back(self, kept: int, written: int) -> None:
        """After a failed write, cut the file to its first kept bytes; written is the maximum of those that arrived.

        The rest announces calls that are not made: the next run would have to take them for made.
        """
        arrived = os.fstat(self._descriptor).st_size - self._size
        if kept < arrived <= written:  # more are those of another program
            self._truncate(self._size + kept)

    def _truncate(self, size: int) -> None:
        os.ftruncate(self._descriptor, size)
        os.fsync(self._descriptor)
        self._size = size

    def _check_unchanged(self) -> None:
        """Raise JournalError unless the path leads to the open file, and only this process has written to it."""
        own, path = os.fstat(self._descriptor), self._path
        if CAN_REMOVE_OPEN_FILES and not _is_at(own, path):
            raise JournalError(
                f"the journal {path} was removed or replaced while its plan was running. The run has stopped; put the "
                "file back, and start the same program again to continue",
                path=path,
            )
        if own.st_size != self._size:
            raise JournalError(
                f"another program changed the journal {path} while its plan was running. The run has stopped; have "
                "one program run the plan, with the journal on a file system that has locks",
                path=path,
            )

    def _close(self) -> None:
        _open_files.discard(self)
        if self._descriptor >= 0:
            # Unlocked first: a process that was forked without Python's knowledge holds the open file as well. Errors
            # of closing concern no record, because every one was synced.
            with suppress(OSError):
                unlock(self._descriptor)
            with suppress(OSError):
                os.close(self._descriptor)
            self._descriptor = -1

    def close_inherited(self) -> None:
        """Close the file in a forked child, which would hold its lock for as long as the child lives."""
        with suppress(OSError):
            os.close(self._descriptor)
        self._descriptor = -1

    async def _run_in_thread(self, function: Callable[..., T], *args: object, is_running: bool = False) -> T:
        path = self._path
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, function, *args)
        except OSError as error:
            reason = _REMEDIES.get(error.errno or 0, error.strerror)
            if not is_running:
                raise JournalError(f"cannot use the journal {path}: {reason}. Nothing was sent", path=path) from error
            raise JournalError(
                f"cannot write to the journal {path}: {reason}. The run has stopped, and each call that it made is in "
                "the journal; start the same program again to continue",
                path=path,
            ) from error


_open_files: Final[set[_LockedFile]] = set()


def _close_inherited() -> None:
    for file in list(_open_files):
        file.close_inherited()
    _open_files.clear()


if hasattr(os, "register_at_fork"):  # no process forks on Windows
    os.register_at_fork(after_in_child=_close_inherited)


def _is_at(status: os.stat_result, path: str) -> bool:
    """Return whether a path leads to an open file, by the file's status."""
    try:
        return os.path.samestat(status, os.lstat(path))
    except FileNotFoundError:
        return False


def _exists(path: str) -> bool:
    try:
        os.fsencode(path)
    except UnicodeEncodeError:
        encoding = sys.getfilesystemencoding()
        raise JournalError(
            f"cannot use the journal {path!a}: file names are encoded in {encoding} here, which lacks some of its "
            "characters; set PYTHONUTF8=1, or use another name",
            path=path,
        ) from None
    if os.path.lexists(path):
        return True
    folder = Path(path).absolute().parent
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise JournalError(
            f"cannot create the journal {path}: the folder {folder} does not exist, or is not readable and writable",
            path=path,
        )
    return False


def _open_locked(path: str) -> int:
    # O_NOFOLLOW: in a folder that others can write to, a link could redirect the writes to any file of the user.
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0))
    try:
        _check_owner(descriptor, path)
        lock(descriptor, path)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _check_owner(descriptor: int, path: str) -> None:
    """Raise JournalError if others can write to the file: a journal decides what is sent."""
    if (reason := untrusted_file_reason(os.fstat(descriptor))) is not None:
        raise JournalError(f"cannot use the journal {path}: {reason.format(path=path)}", path=path)


def _create_locked(path: str, content: bytes) -> int:
    """Write a temporary file of mode 0600 in the same folder and link it to the path, which fails if that exists."""
    target = Path(path)
    _remove_leftovers(target)
    # mkstemp creates with mode 0600. The same folder, since a link cannot cross file systems.
    descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".tmp")
    os.close(descriptor)
    try:
        linked = _write_and_link(temporary, path, content)
    finally:
        with suppress(FileNotFoundError):
            Path(temporary).unlink()
    return _open_locked(path) if linked is None else linked


def _write_and_link(temporary: str, path: str, content: bytes) -> int | None:
    """Write a temporary file and link it to the path; return it open and locked, or None where it had to be closed."""
    with ExitStack() as until_linked:
        # Locked before it is linked: no other process can open the journal in between.
        descriptor = _open_locked(temporary)
        until_linked.callback(os.close, descriptor)
        _write(descriptor, content)
        if not CAN_REMOVE_OPEN_FILES:
            until_linked.close()
        _link(temporary, path)
        _sync_folder(Path(path).parent)
        until_linked.pop_all()
    return descriptor if CAN_REMOVE_OPEN_FILES else None


def _remove_leftovers(target: Path) -> None:
    """Remove temporary files of processes that were killed before they linked their journal: they hold no lock."""
    # The names that mkstemp() makes, and no file of the user.
    is_leftover = re.compile(rf"\.{re.escape(target.name)}\.[a-z0-9_]{{8}}\.tmp")
    for leftover in target.parent.iterdir():
        if is_leftover.fullmatch(leftover.name):
            with suppress(JournalError, OSError):
                os.close(_open_locked(str(leftover)))
                leftover.unlink()


def _link(temporary: str, path: str) -> None:
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise JournalError(
            f"another process created the journal {path} in the meantime; plan again", path=path
        ) from None
    except OSError:
        # A file system without hard links; if its rename replaces files, two simultaneous creations go undetected.
        if os.path.lexists(path):
            raise
        Path(temporary).rename(path)


def _sync_folder(folder: Path) -> None:
    """Write the folder's entry of the file to disk; Windows has no call for it."""
    # fsync of the file alone does not make its directory entry durable: see fsync(2).
    if sys.platform != "win32":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        except OSError as error:
            if error.errno not in _NO_FOLDER_SYNC:
                raise
        finally:
            os.close(descriptor)


def _read_content(descriptor: int) -> bytes:
    with os.fdopen(os.dup(descriptor), "rb") as file:
        file.seek(0)
        return file.read()


def _write(descriptor: int, data: bytes) -> None:
    remaining = memoryview(data)
    while remaining:
        remaining = remaining[os.write(descriptor, remaining) :]
    # The call that the record announces may only start once the record survives a power failure.
    os.fsync(descriptor)
