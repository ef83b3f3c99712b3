"""Writes rows to files, many at a time and in a thread; a file is there whole, or not at all."""

from __future__ import annotations

import asyncio
import errno
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self, TypeVar

import msgspec

from wsclient._core.clock import new_id
from wsclient._core.tables import text as _table_text
from wsclient.fleet._rows import SOURCES, flatten

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

    from wsclient._core.fleet_errors import SiteError
    from wsclient.fleet._rows import InventoryRow

T = TypeVar("T")

ROWS_AT_ONCE: Final = 500
"""Rows that are held until they are written together."""


class WrittenFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was written: how many rows it holds, and what it lacks.

    failed says which sites are not in it whole; unknown how many WorkSpaces were left out because where could not be
    answered for them.
    """

    path: Path
    rows: int
    unknown: int = 0
    failed: tuple[SiteError, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether every site was read to its end."""
        return not self.failed


class AtomicFile:
    """A file that takes its name once everything is in it: until then the one before it stays.

    Written beside it, under a hidden name that ends in .part, and pushed to the disk before it is renamed. What is
    killed leaves that part behind, and no file that looks whole.
    """

    def __init__(self, path: str | os.PathLike[str], head: bytes = b"") -> None:
        self.path = Path(path)
        self._part = self.path.with_name(f".{self.path.name}.{new_id()}.part")
        self._head = head

    async def __aenter__(self) -> Self:
        """Open the part; raises OSError where none can be."""
        try:
            await in_thread(self._open)
        except asyncio.CancelledError:
            await in_thread(self._drop)
            raise
        return self

    async def write(self, encode: Callable[[Sequence[InventoryRow]], bytes], rows: Sequence[InventoryRow]) -> None:
        """Encode rows and write them, off the loop."""
        await in_thread(lambda: self._file.write(encode(rows)))

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Give the whole its name; after an error drop the part."""
        await in_thread(self._drop if error is not None else self._keep)

    def _open(self) -> None:
        if self.path.is_dir():
            raise IsADirectoryError(errno.EISDIR, "Is a directory", str(self.path))
        if self.path.exists() and not self.path.is_file():  # a device would be replaced, by whoever may do that
            raise FileExistsError(errno.EEXIST, "Is no file that could be written anew", str(self.path))
        # The system applies the umask, as to any file that a program writes.
        descriptor = os.open(self._part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        self._file = os.fdopen(descriptor, "wb")
        self._file.write(self._head)

    def _keep(self) -> None:
        try:
            with self._file:
                self._file.flush()
                os.fsync(self._file.fileno())
            self._part.replace(self.path)
        except OSError:
            self._drop()
            raise

    def _drop(self) -> None:
        with suppress(OSError, AttributeError):  # it may not have been opened
            self._file.close()
        self._part.unlink(missing_ok=True)


async def in_thread(work: Callable[[], T]) -> T:
    """Do work in a thread, to its end: who is cancelled meanwhile goes on only after it."""
    working = asyncio.ensure_future(asyncio.to_thread(work))
    cancelled: asyncio.CancelledError | None = None
    while not working.done():
        try:
            await asyncio.wait([working])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        working.exception()  # looked at: nobody else will
        raise cancelled
    return working.result()


def json_lines(rows: Sequence[InventoryRow]) -> bytes:
    """Return a line of JSON for each row, in UTF-8."""
    return _table_text.json_lines(map(flatten, rows))


def csv_head() -> bytes:
    """Return the line with the columns' names."""
    return _table_text.csv_text([[name for name, _, _ in SOURCES]], guards_formulas=False).encode()


def csv_lines(rows: Sequence[InventoryRow], *, guards_formulas: bool) -> bytes:
    """Return a line of CSV for each row, in UTF-8; see FleetInventory.write_csv for what is in a cell."""
    return _table_text.csv_text((flatten(row).values() for row in rows), guards_formulas=guards_formulas).encode()
