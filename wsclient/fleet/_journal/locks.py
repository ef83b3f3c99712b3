"""Lock of a journal file, which one process holds at a time: flock() of POSIX, or a locked byte on Windows."""

from __future__ import annotations

import os
import sys

from wsclient._core.fleet_errors import JournalError

if sys.platform == "win32":
    import msvcrt

    _LOCK_OFFSET = 2**30
    """Offset of the locked byte, beyond every journal: Windows lets no other handle read a locked range."""

    def lock(descriptor: int, path: str) -> None:
        """Lock an open file. Raises JournalError if another process or run holds the lock."""
        os.lseek(descriptor, _LOCK_OFFSET, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            raise _locked_error(path) from None

    def unlock(descriptor: int) -> None:
        """Release the lock of an open file."""
        os.lseek(descriptor, _LOCK_OFFSET, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def lock(descriptor: int, path: str) -> None:
        """Lock an open file. Raises JournalError if another process or run holds the lock."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _locked_error(path) from None

    def unlock(descriptor: int) -> None:
        """Release the lock of an open file."""
        fcntl.flock(descriptor, fcntl.LOCK_UN)


def _locked_error(path: str) -> JournalError:
    return JournalError(
        f"the journal {path} is held by another process or run of the same plan; wait until it has ended", path=path
    )
