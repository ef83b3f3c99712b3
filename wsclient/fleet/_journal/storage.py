"""A journal's file: made in one step, held by one program at a time, and written so that what is said is on disk.

Everything that blocks runs in a thread of the file's own, one thing after the other.
"""

from __future__ import annotations

import asyncio
import errno
import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from wsclient._core.fleet_errors import JournalError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class JournalFile(Protocol):
    """A journal that is held open."""

    content: bytes
    """What it held when it was opened."""

    async def keep(self, size: int) -> None:
        """Cut off what stands after so many bytes."""
        ...

    async def append(self, data: bytes) -> None:
        """Write at the end, and return when it is on disk."""
        ...

    async def close(self) -> None:
        """Let others have it."""
        ...


class JournalStorage(Protocol):
    """Where journals are."""

    async def exists(self, path: str) -> bool:
        """Tell whether there is one. May raise JournalError where there is none, and none can be made."""
        ...

    async def create(self, path: str, content: bytes) -> JournalFile:
        """Make one that holds this, whole or not at all, and hold it open. Raises JournalError."""
        ...

    async def open(self, path: str) -> JournalFile:
        """Hold an existing one open. Raises JournalError, for one that another program holds too."""
        ...


class FileJournalStorage:
    """Journals in files."""

    async def exists(self, path: str) -> bool:
        """Tell whether there is such a file. Raises JournalError where there is none, and none can be made."""
        return await asyncio.to_thread(_exists, path)

    async def create(self, path: str, content: bytes) -> JournalFile:
        """Write a file beside, and give it its name when it is whole."""
        return await _FileMedium.of(path, lambda: _created(path, content), content)

    async def open(self, path: str) -> JournalFile:
        """Open and read a file."""
        return await _FileMedium.of(path, lambda: _opened(path), None)


FILES = FileJournalStorage()


class _FileMedium:
    """A file that is held open and locked, and its thread."""

    def __init__(self, path: str) -> None:
        self.content = b""
        self._path = path
        self._descriptor = -1
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="wsclient-journal")

    @classmethod
    async def of(cls, path: str, opening: Callable[[], int], content: bytes | None) -> _FileMedium:
        medium = cls(path)
        try:
            await medium._run(medium._begin, opening, content)
        except BaseException:
            await medium.close()
            raise
        return medium

    async def keep(self, size: int) -> None:
        await self._run(_cut, lambda: self._descriptor, size)

    async def append(self, data: bytes) -> None:
        await self._run(_append, lambda: self._descriptor, data)

    async def close(self) -> None:
        # In the thread, after whatever is being written for somebody who was cancelled meanwhile.
        closing = asyncio.get_running_loop().run_in_executor(self._thread, self._end)
        self._thread.shutdown(wait=False)
        await asyncio.shield(closing)

    def _begin(self, opening: Callable[[], int], content: bytes | None) -> None:
        self._descriptor = opening()
        self.content = _content(self._descriptor) if content is None else content

    def _end(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    async def _run(self, do: Callable[..., T], *args: object) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, do, *args)
        except OSError as error:
            why = "it is a symbolic link, name the file itself" if error.errno == errno.ELOOP else error.strerror
            raise JournalError(f"the journal {self._path} cannot be used: {why}", path=self._path) from error


def _exists(path: str) -> bool:
    if os.path.lexists(path):
        return True
    folder = Path(path).absolute().parent
    if not os.access(folder, os.W_OK | os.X_OK):
        raise JournalError(
            f"the journal {path} cannot be made: the folder {folder} is not there, or cannot be written to", path=path
        )
    return False


def _opened(path: str) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0))
    try:
        _lock(descriptor, path)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _created(path: str, content: bytes) -> int:
    """Write a file of mode 0600 beside, and link it to its name, which fails where there is one already."""
    place = Path(path)
    _sweep(place)
    descriptor, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.", suffix=".tmp")
    try:
        os.close(descriptor)
        descriptor = _opened(name)
        _append(lambda: descriptor, content)
        _name(name, path)
        _sync_folder(place.parent)
    except BaseException:
        with suppress(OSError):
            os.close(descriptor)
        raise
    finally:
        with suppress(FileNotFoundError):
            Path(name).unlink()
    return descriptor


def _sweep(place: Path) -> None:
    """Take away what programs have left that were killed before their journal had its name: nobody holds it."""
    for left in place.parent.iterdir():
        if left.name.startswith(f".{place.name}.") and left.suffix == ".tmp":
            with suppress(JournalError, OSError):
                os.close(_opened(str(left)))
                left.unlink()


def _name(temporary: str, path: str) -> None:
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise JournalError(
            f"the journal {path} was begun by another program meanwhile; plan again", path=path
        ) from None
    except OSError:
        # A file system without links; where rename replaces, two programs that begin at once are not told apart.
        if os.path.lexists(path):
            raise
        Path(temporary).rename(path)


def _sync_folder(folder: Path) -> None:
    """Have the file's name on disk as well; Windows has no way to ask for that."""
    if sys.platform != "win32":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _content(descriptor: int) -> bytes:
    with os.fdopen(os.dup(descriptor), "rb") as file:
        file.seek(0)
        return file.read()


def _append(descriptor: Callable[[], int], data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(descriptor(), left) :]
    os.fsync(descriptor())


def _cut(descriptor: Callable[[], int], size: int) -> None:
    os.ftruncate(descriptor(), size)
    os.fsync(descriptor())


if sys.platform == "win32":
    import msvcrt

    _FAR_OUT = 2**30
    """A byte behind every journal: Windows lets nobody read what is locked."""

    def _lock(descriptor: int, path: str) -> None:
        os.lseek(descriptor, _FAR_OUT, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            raise _held(path) from None

else:
    import fcntl

    def _lock(descriptor: int, path: str) -> None:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _held(path) from None


def _held(path: str) -> JournalError:
    return JournalError(f"the journal {path} is held by another program, which runs the same plan", path=path)
