"""Progress bars: in a terminal, in a notebook, and one line where nobody watches. Extra wsclient[notebook] (tqdm).

    async for workspace in progress(ws.describe_workspaces(), "WorkSpaces"):
        ...

    with progress_bar("starting") as bar:
        await ws.wait_until_available(ids, on_progress=bar)

A bar takes what any on_progress callback is given: an event with done and total, as a WaitProgress has them. It closes
itself when all are finished, and `with` closes it whatever happens. In a notebook a line of text then takes its place,
so that a saved notebook tells what came of it. Where the output is no terminal and no notebook there is no bar, and
closing writes that line.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Protocol, Self, TypeVar, cast

from wsclient._core.tables.frames import requires_extra
from wsclient._core.utils import is_mapping

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Callable, Iterator, Mapping
    from types import TracebackType
    from typing import NoReturn, TextIO

    from tqdm.auto import tqdm


_OF_WIDGETS: Final = "tqdm.notebook"
"""The module of tqdm's bars that are widgets; tqdm.auto brings it along in a notebook alone."""


class _Container(Protocol):
    """What ipywidgets shows."""

    def close(self) -> None: ...


class _Bar(Protocol):
    """A bar of tqdm's in a notebook."""

    container: _Container


class _Handle(Protocol):
    """A place on a notebook's page."""

    def update(self, content: Mapping[str, str], *, raw: bool) -> None: ...


class WidgetLine:
    """Where a bar stands on the page. bar is made with display=False: what it shows is put there by this."""

    def __init__(self, bar: object) -> None:
        page = import_module("IPython.display")  # there in a notebook, where this is used

        self._container = cast("_Bar", bar).container
        show = cast("Callable[..., _Handle]", page.display)
        self._handle = show(self._container, display_id=True)

    def leave(self, text: str) -> None:
        """Put a line of text in the bar's place."""
        self._handle.update({"text/plain": text}, raw=True)
        self._container.close()


def is_of_widgets(kind: type[object]) -> bool:
    """Tell whether a class of bars shows widgets."""
    return any(base.__module__ == _OF_WIDGETS for base in kind.__mro__)


__all__ = ["ProgressBar", "ProgressEvent", "progress", "progress_bar"]

ItemT = TypeVar("ItemT")


class ProgressEvent(Protocol):
    """How far something has come.

    Where an event also has failed, ambiguous or not_tried, which are counts, these are finished too.
    """

    @property
    def done(self) -> int:
        """How many have come to a good end."""
        ...

    @property
    def total(self) -> int | None:
        """How many there are, where that is known."""
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
        self._line: WidgetLine | None = None
        self._finished = 0
        self._expected = self._total = total
        self._notes: str = ""

    def __call__(self, event: ProgressEvent) -> None:
        """Show how far it has come, and close when all are finished."""
        finished = event.done + sum(count for _, count in _others(event))
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
        if self._line is not None:
            self._line.leave(self._summary())
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
        is_widget = is_of_widgets(self._kind)
        options: dict[str, Any] = {"display": False} if is_widget else {}
        bar: tqdm[NoReturn] = self._kind(
            desc=self._description or None,
            total=total,
            unit=f" {self._unit}",
            file=self._file,
            miniters=1,
            disable=None,  # where the output is no terminal; a notebook is none, and shows it all the same
            **options,
        )
        self._line = WidgetLine(bar) if is_widget else None
        return bar

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
    items: AsyncIterable[ItemT],
    description: str = "",
    *,
    total: int | None = None,
    unit: str = "items",
    file: TextIO | None = None,
) -> AsyncGenerator[ItemT]:
    """Give the items of a listing, and count them in a bar.

    How many a listing has is not known beforehand; total is for who knows. Leaving the loop early ends the listing.
    Raises ConfigurationError where tqdm is not installed, and whatever the listing raises.
    """
    with ProgressBar(description, total=total, unit=unit, file=file) as bar:
        bar.add(0)
        listed = aiter(items)
        try:
            async for item in listed:
                bar.add()
                yield item
        finally:
            if isinstance(listed, AsyncGenerator):
                await listed.aclose()


def _notes(event: ProgressEvent) -> Iterator[str]:
    """Tell what else an event says: failures, and how many are in which state."""
    yield from (f"{count:,} {name.replace('_', ' ')}" for name, count in _others(event))
    states: object = getattr(event, "states", None)
    if is_mapping(states):
        yield from (f"{count} {state or 'not described'}" for state, count in sorted(states.items(), key=str))


def _others(event: ProgressEvent) -> Iterator[tuple[str, int]]:
    """Give how many are finished without being done, by how they ended."""
    for name in ("failed", "ambiguous", "not_tried"):
        count = getattr(event, name, 0)
        if isinstance(count, int) and count:
            yield name, count


@cache
def _bar_class() -> type[tqdm[NoReturn]]:
    """Return tqdm's own choice for where this runs, without its thread, which has nothing to do here."""
    with requires_extra("notebook"):
        from tqdm.auto import tqdm  # noqa: PLC0415 - the extra is loaded by who asks for it
    return cast("type[tqdm[NoReturn]]", type("Bar", (tqdm,), {"monitor_interval": 0}))
