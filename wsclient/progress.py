"""Progress bars: in a terminal, in a notebook, and one line where nobody watches. Extra wsclient[notebook] (tqdm).

    async for workspace in progress(ws.describe_workspaces(), "WorkSpaces"):
        ...

    with progress_bar("starting") as bar:
        await ws.wait_until_available(ids, on_progress=bar)

A bar takes what any on_progress callback is given: an event with done and total, as a WaitProgress has them. It closes
itself when all are finished, and `with` closes it whatever happens. Where the output is no terminal and no notebook
there is no bar, and closing writes one line of what came of it.
"""

from __future__ import annotations

import sys
from contextlib import aclosing
from functools import cache
from typing import TYPE_CHECKING, Protocol, Self, TypeVar, cast

from wsclient._narrowing import is_mapping
from wsclient._table_frames import needing

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator
    from types import TracebackType
    from typing import NoReturn, TextIO

    from tqdm.auto import tqdm

__all__ = ["Listing", "ProgressBar", "ProgressEvent", "progress", "progress_bar"]

ItemT_co = TypeVar("ItemT_co", covariant=True)
ItemT = TypeVar("ItemT")


class ProgressEvent(Protocol):
    """How far something has come. Where an event also has failed, a count, these are finished too."""

    @property
    def done(self) -> int:
        """How many have come to a good end."""
        ...

    @property
    def total(self) -> int | None:
        """How many there are, where that is known."""
        ...


class Listing(Protocol[ItemT_co]):
    """What is iterated for its items: a Paginator, or any async generator function's result."""

    def __aiter__(self) -> AsyncGenerator[ItemT_co]:
        """Give the items."""
        ...


class ProgressBar:
    """A progress bar that is told by events, for on_progress=; it appears with the first one.

    total is for who knows it before the first event; file is where a bar of text goes, sys.stderr by default. Raises
    ConfigurationError where tqdm is not installed.
    """

    def __init__(
        self, description: str = "", *, total: int | None = None, unit: str = "items", file: TextIO | None = None
    ) -> None:
        self._kind = _bar_class()
        self._description, self._unit, self._file = description, unit, file
        self._bar: tqdm[NoReturn] | None = None
        self._finished = 0
        self._expected = self._total = total
        self._notes: str = ""

    def __call__(self, event: ProgressEvent) -> None:
        """Show how far it has come, and close when all are finished."""
        failed = getattr(event, "failed", 0)
        finished = event.done + (failed if isinstance(failed, int) else 0)
        self._show(finished, event.total, ", ".join(_notes(event)))
        if event.total is not None and finished >= event.total:
            self.close()

    def add(self, count: int = 1) -> None:
        """Show that so many more are finished."""
        self._show(self._finished + count, self._total, self._notes)

    def close(self) -> None:
        """Leave the bar as it is; another event begins a new one."""
        bar, self._bar = self._bar, None
        if bar is None:
            return
        if bar.disable:
            (self._file or sys.stderr).write(f"{self._summary()}\n")
        bar.close()
        self._finished, self._total, self._notes = 0, self._expected, ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _show(self, finished: int, total: int | None, notes: str) -> None:
        bar = self._bar
        if bar is None:
            bar = self._bar = self._new(total)
        if total != self._total:
            bar.reset(total=total)
            self._finished = 0
        if notes != self._notes:
            bar.set_postfix_str(notes, refresh=False)
        bar.update(finished - self._finished)
        self._finished, self._total, self._notes = finished, total, notes

    def _new(self, total: int | None) -> tqdm[NoReturn]:
        self._total = total
        return self._kind(
            desc=self._description or None,
            total=total,
            unit=f" {self._unit}",
            file=self._file,
            miniters=1,
            disable=None,  # where the output is no terminal; a notebook is none, and shows it all the same
        )

    def _summary(self) -> str:
        of = "" if self._total is None else f" of {self._total:,}"
        description = f"{self._description}: " if self._description else ""
        notes = f", {self._notes}" if self._notes else ""
        return f"{description}{self._finished:,}{of}{notes}"


def progress_bar(description: str = "", *, unit: str = "items", file: TextIO | None = None) -> ProgressBar:
    """Return a progress bar for on_progress=, of waiters and of whatever else tells done and total.

    Raises ConfigurationError where tqdm is not installed; it comes with the extra wsclient[notebook].
    """
    return ProgressBar(description, unit=unit, file=file)


async def progress(
    items: Listing[ItemT],
    description: str = "",
    *,
    total: int | None = None,
    unit: str = "items",
    file: TextIO | None = None,
) -> AsyncGenerator[ItemT]:
    """Give the items of a listing, and count them in a bar.

    How many a listing has is not known beforehand; total is for who knows. Raises ConfigurationError where tqdm is not
    installed, and whatever the listing raises.
    """
    with ProgressBar(description, total=total, unit=unit, file=file) as bar:
        bar.add(0)
        async with aclosing(items.__aiter__()) as listed:
            async for item in listed:
                bar.add()
                yield item


def _notes(event: ProgressEvent) -> Iterator[str]:
    """Tell what else an event says: failures, and how many are in which state."""
    if failed := getattr(event, "failed", 0):
        yield f"{failed} failed"
    states: object = getattr(event, "states", None)
    if is_mapping(states):
        yield from (f"{count} {state or 'not described'}" for state, count in sorted(states.items(), key=str))


@cache
def _bar_class() -> type[tqdm[NoReturn]]:
    """Return tqdm's own choice for where this runs, without its thread, which has nothing to do here."""
    with needing("notebook"):
        from tqdm.auto import tqdm  # noqa: PLC0415 - the extra is loaded by who asks for it
    return cast("type[tqdm[NoReturn]]", type("Bar", (tqdm,), {"monitor_interval": 0}))
