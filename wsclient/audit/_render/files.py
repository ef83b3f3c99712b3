"""Files of a report: its parts are joined and written in a thread, a batch at a time."""

from __future__ import annotations

import errno
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wsclient._core.files import AtomicFile, run_in_thread

if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike

BATCH_PARTS: Final = 500
"""Parts that are made and written at once, so that memory does not grow with the report."""


async def write_parts(path: str | PathLike[str], parts: Iterator[str]) -> Path:
    """Write parts to a file that replaces another one once it is complete; return its path."""
    async with AtomicFile(path) as file:
        while batch := await run_in_thread(lambda: encoded(parts)):
            await file.write(batch.__bytes__)
    return file.path


async def write_numbered(
    folder: str | PathLike[str], stem: str, suffix: str, contents: Iterator[str]
) -> tuple[Path, ...]:
    """Write each content to a file of its own in a new or empty folder; return the paths."""
    written = list[Path]()
    place = Path(folder)
    await run_in_thread(lambda: _prepare(place))
    while batch := await run_in_thread(lambda: next(contents, "")):
        written.append(await write_parts(place / f"{stem}-{len(written) + 1:04}{suffix}", iter([batch])))
    return tuple(written)


def _prepare(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FileExistsError(errno.ENOTEMPTY, "The folder is not empty", str(folder))


def encoded(parts: Iterator[str]) -> bytes:
    """Return the next parts in UTF-8, or nothing at their end; what UTF-8 cannot encode becomes an escape."""
    return "".join(islice(parts, BATCH_PARTS)).encode(errors="backslashreplace")
