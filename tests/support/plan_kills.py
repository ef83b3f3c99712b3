"""Simulated process deaths at any step: the journal keeps its bytes, and no further request is executed.

A World is what outlives a process: the service, and the journal's bytes on disk. Death is at a numbered step: before
and after each request is executed, and before, within and after each write.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Never

import httpx

from wsclient.errors import JournalError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.driven_clients import Around


@dataclass
class ProcessRun:
    """One run of the program: how many moments it has, and where it is."""

    moments: int
    torn: int = 0
    """How many bytes of the write that is under way reach the disk, at a death within one."""
    died: asyncio.Event = field(default_factory=asyncio.Event)

    async def moment(self) -> None:
        """Pass a moment, or never come back."""
        self.moments -= 1
        if self.moments <= 0:
            await self.die()

    async def die(self) -> Never:
        """Be dead: nothing happens any more."""
        self.died.set()
        await asyncio.Event().wait()
        raise AssertionError("the dead do nothing")

    @property
    def is_over(self) -> bool:
        """Return whether the process has died."""
        return self.died.is_set()


@dataclass
class InMemoryDisk:
    """Journals by file name, as bytes that outlive the program; process is the run that writes now."""

    files: dict[str, bytes] = field(default_factory=dict[str, bytes])
    process: ProcessRun | None = None
    held: dict[str, ProcessRun | None] = field(default_factory=dict[str, "ProcessRun | None"])
    writes: int = 0
    refuses: bool = False
    """Whether the disk is full."""
    writes_left: int | None = None
    """Number of writes until the disk is full, None for an empty one; a part of the last one arrives."""

    async def exists(self, path: str) -> bool:
        """Return whether the file exists."""
        return Path(path).name in self.files

    async def create(self, path: str, content: bytes) -> InMemoryFile:
        """Make a file, whole or not at all."""
        path = Path(path).name
        await self._moment()
        self.files[path] = content
        await self._moment()
        return self._hold(path)

    async def open(self, path: str) -> InMemoryFile:
        """Open a file."""
        path = Path(path).name
        if path in self.held:
            raise JournalError("it is held", path=path)
        return self._hold(path)

    def next_process(self, process: ProcessRun | None) -> None:
        """Start the next process; locks of the previous process are released."""
        self.process = process
        self.held.clear()

    def _hold(self, path: str) -> InMemoryFile:
        self.held[path] = self.process
        return InMemoryFile(self, path)

    async def _moment(self) -> None:
        if self.process is not None:
            await self.process.moment()


class InMemoryFile:
    """A file of an InMemoryDisk that is held open."""

    def __init__(self, disk: InMemoryDisk, path: str) -> None:
        self.content = disk.files[path]
        self._disk, self._path, self._process = disk, path, disk.process

    async def truncate(self, size: int) -> None:
        """Cut the file."""
        await self._moment()
        self._disk.files[self._path] = self._disk.files[self._path][:size]

    async def append(self, data: bytes, *, announced: int) -> None:
        """Write at the end; a death in the middle leaves a part."""
        disk, process = self._disk, self._process
        if disk.refuses:
            raise JournalError("the disk is full", path=self._path)
        if disk.writes_left is not None:
            disk.writes_left -= 1
            if disk.writes_left < 0:
                self._fail(data, announced)
        await self._moment()
        disk.writes += 1
        if process is not None and process.moments == 1:
            disk.files[self._path] += data[: process.torn % (len(data) + 1)]
            await process.moment()
        disk.files[self._path] += data
        await asyncio.sleep(0.01)
        await self._moment()

    def _fail(self, data: bytes, announced: int) -> None:
        """Write a part, take back the announcements of calls in it, and fail."""
        torn = self._process.torn if self._process is not None else 0
        self._disk.files[self._path] += data[: min(torn % (len(data) + 1), len(data) - announced)]
        raise JournalError("the disk is full", path=self._path)

    async def close(self) -> None:
        """Let others have it."""
        if self._path in self._disk.held and self._disk.held[self._path] is self._process:
            del self._disk.held[self._path]

    async def _moment(self) -> None:
        if self._process is not None:
            await self._process.moment()


def dying_handler(process: ProcessRun, fault: Callable[[], str]) -> Around:
    """Return the request handler of one process: death before or after execution, or a fault.

    fault returns "" for none, "lost before" and "lost after" for a connection that breaks, "500" for an internal error
    after the execution.
    """

    async def around(request: httpx.Request, execute: Callable[[], httpx.Response]) -> httpx.Response:
        await process.moment()
        kind = fault()
        if kind == "lost before":
            raise httpx.ReadError("lost", request=request)
        response = execute()
        await process.moment()
        if kind == "lost after":
            raise httpx.ReadError("lost", request=request)
        return httpx.Response(500, content=b"{}") if kind == "500" else response

    return around
