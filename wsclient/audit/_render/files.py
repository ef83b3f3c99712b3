"""Files of a report: its parts are joined and written in a thread, a batch at a time."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from wsclient._core.files import AtomicFile, run_in_thread

if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike
    from pathlib import Path

BATCH_PARTS: Final = 500
"""Parts that are made and written at once, so that memory does not grow with the report."""


async def write_parts(path: str | PathLike[str], parts: Iterator[str]) -> Path:
    """Write parts to a file that replaces another one once it is complete; return its path."""
    async with AtomicFile(path) as file:
        while batch := await run_in_thread(lambda: encoded(parts)):
            await file.write(lambda batch=batch: batch)  # type: ignore[misc]
    return file.path


def encoded(parts: Iterator[str]) -> bytes:
    """Return the next parts in UTF-8, or nothing at their end; what UTF-8 cannot encode becomes an escape."""
    return "".join(islice(parts, BATCH_PARTS)).encode(errors="backslashreplace")
