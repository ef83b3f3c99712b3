"""Progress bars for terminals and notebooks, based on tqdm. Needs the extra wsclient[notebook].

    async for workspace in progress(ws.describe_workspaces(), "WorkSpaces"):
        ...

    with progress_bar("starting") as bar:
        await ws.wait_until_available(ids, on_progress=bar)

A bar accepts the events of any on_progress callback: objects with done and total, such as WaitProgress. It closes when
all items are finished; `with` closes it in any case. In a notebook, a line of text replaces a closed bar, so that a
saved notebook shows the result. If the output is neither a terminal nor a notebook, the bar is hidden, and close()
writes that line.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import AsyncGenerator, AsyncIterable
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Protocol, Self, TextIO, TypeVar, cast

from wsclient._core.argument_checks import checked
from wsclient._core.errors import ConfigurationError
from wsclient._core.tables.frames import requires_extra
from wsclient._core.unawaited import AsyncOnly
from wsclient._core.utils import is_mapping
from wsclient._core.value_kinds import TEXT, optional, satisfies, type_name, whole_number

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator, Mapping
    from types import TracebackType
    from typing import NoReturn

    from tqdm.auto import tqdm


_WIDGET_MODULE: Final = "tqdm.notebook"
"""Module of tqdm's widget bars; tqdm.auto imports it only in a notebook."""


class _Container(Protocol):
    """Widget of ipywidgets."""

    def close(self) -> None: ...


class _Bar(Protocol):
    """Bar of tqdm in a notebook."""

    container: _Container


class _Handle(Protocol):
    """Display handle of IPython: an output of a notebook cell that can be replaced."""

    def update(self, content: Mapping[str, str], *, raw: bool) -> None: ...


class WidgetLine:
    """Cell output of a bar that was created with display=False; it can be replaced by a line of text."""

    def __init__(self, bar: object) -> None:
        module = import_module("IPython.display")  # always importable in a notebook

        self._container = cast("_Bar", bar).container
        display = cast("Callable[..., _Handle]", module.display)
        self._handle = display(self._container, display_id=True)

    def replace_bar(self, text: str) -> None:
        """Replace the bar with a line of text."""
        self._handle.update({"text/plain": text}, raw=True)
        self._container.close()


def is_widget_class(bar_class: type[object]) -> bool:
    """Return whether a class of bars displays widgets."""
    return any(base.__module__ == _WIDGET_MODULE for base in bar_class.__mro__)


__all__ = ["ProgressBar", "ProgressEvent", "progress", "progress_bar"]

ItemT = TypeVar("ItemT")


class ProgressEvent(Protocol):
    """Protocol of progress events.

    An event may also have the counts failed, ambiguous and not_tried; the bar counts these items as finished too.
    """

    @property
    def done(self) -> int:
        """Number of items that succeeded."""
        ...

    @property
    def total(self) -> int | None:
        """Total number of items, or None if unknown."""
        ...


_BAR_OPTIONS: Final = {
    "description": TEXT,
    "total": optional(whole_number(0, "number of items")),
    "unit": TEXT,
    "file": optional(satisfies("a text file", lambda value: callable(getattr(value, "write", None)))),
}


class ProgressBar:
    """Progress bar for on_progress=: call it with events. It appears with the first event.

    total is the number of items, if it is known before the first event. file receives a text bar; the default is
    sys.stderr. Raises ConfigurationError if tqdm is not installed.
    """

    @checked(_BAR_OPTIONS)
    def __init__(
        self, description: str = "", *, total: int | None = None, unit: str = "items", file: TextIO | None = None
    ) -> None:
        self._bar_class = _tqdm_class()
        self._description, self._unit, self._file = description, unit, file
        self._bar: tqdm[NoReturn] | None = None
        self._line: WidgetLine | None = None
        self._finished = 0
        self._expected = self._total = total
        self._notes: str = ""

    def __call__(self, event: ProgressEvent) -> None:
        """Update the bar from an event, and close it when all items are finished."""
        finished = event.done + sum(count for _, count in _unsuccessful_counts(event))
        self._show(finished, event.total, ", ".join(_notes(event)))
        if event.total is not None and finished >= event.total:
            self.close()

    def add(self, count: int = 1) -> None:
        """Add to the number of finished items."""
        self._show(self._finished + count, self._total, self._notes)

    def close(self) -> None:
        """Close the bar in its current state; a later event starts a new bar."""
        bar, self._bar = self._bar, None
        if bar is None:
            return
        if bar.disable:
            (self._file or sys.stderr).write(f"{self._summary()}\n")
        bar.close()
        if self._line is not None:
            self._line.replace_bar(self._summary())
        self._finished, self._total, self._notes = 0, self._expected, ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, error_type: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _show(self, finished: int, total: int | None, notes: str) -> None:
        bar = self._bar
        if bar is None:
            bar = self._bar = self._create_bar(total)
        if total != self._total:
            bar.reset(total=total)
            self._finished = 0
        if notes != self._notes:
            bar.set_postfix_str(notes, refresh=False)
        bar.update(finished - self._finished)
        self._finished, self._total, self._notes = finished, total, notes

    def _create_bar(self, total: int | None) -> tqdm[NoReturn]:
        self._total = total
        is_widget = is_widget_class(self._bar_class)
        options: dict[str, Any] = {"display": False} if is_widget else {}
        bar: tqdm[NoReturn] = self._bar_class(
            desc=self._description or None,
            total=total,
            unit=f" {self._unit}",
            file=self._file,
            miniters=1,
            disable=None,  # tqdm disables a text bar if the output is not a terminal; widget bars ignore this
            **options,
        )
        self._line = WidgetLine(bar) if is_widget else None
        return bar

    def _summary(self) -> str:
        total = "" if self._total is None else f" of {self._total:,}"
        description = f"{self._description}: " if self._description else ""
        notes = f", {self._notes}" if self._notes else ""
        return f"{description}{self._finished:,}{total}{notes}"


def progress_bar(description: str = "", *, unit: str = "items", file: TextIO | None = None) -> ProgressBar:
    """Return a progress bar for on_progress= of waiters, fleets and other sources of events with done and total.

    Raises ConfigurationError if tqdm is not installed; it comes with the extra wsclient[notebook].
    """
    return ProgressBar(description, unit=unit, file=file)


class _CountedItems(AsyncOnly, AsyncGenerator[ItemT, None]):
    """Items of an async generator, whose iteration by a plain for raises an error with the remedy."""

    def __init__(self, generator: AsyncGenerator[ItemT]) -> None:
        self._generator = generator

    def __anext__(self) -> Coroutine[object, object, ItemT]:
        return cast("Coroutine[object, object, ItemT]", self._generator.__anext__())

    async def asend(self, value: None) -> ItemT:
        return await self._generator.asend(value)

    async def athrow(self, *error: Any) -> ItemT:  # noqa: ANN401 - as AsyncGenerator has it
        return await self._generator.athrow(*error)

    async def aclose(self) -> None:
        await self._generator.aclose()


def progress(
    items: AsyncIterable[ItemT],
    description: str = "",
    *,
    total: int | None = None,
    unit: str = "items",
    file: TextIO | None = None,
) -> AsyncGenerator[ItemT]:
    """Yield the items of an async iterable and count them in a progress bar.

    total is the number of items, if the caller knows it: a paginator does not. Closing this generator closes items if
    it is an async generator. Raises ConfigurationError for anything but an async iterable and if tqdm is not installed,
    and the errors of items.
    """
    _require_async_iterable(items)
    return _CountedItems(_counted(items, description, total, unit, file))


def _require_async_iterable(items: object) -> None:
    """Raise ConfigurationError for anything else: callers may not run a type checker."""
    if isinstance(items, AsyncIterable):
        return
    if inspect.iscoroutine(items):
        items.close()  # the error says what to do, no warning is needed
    raise ConfigurationError(
        f"progress() takes an async iterable, such as client.describe_workspaces(), not {type_name(items)}; for a "
        "waiter or the run of a plan, pass progress_bar(…) as on_progress="
    )


async def _counted(
    items: AsyncIterable[ItemT], description: str, total: int | None, unit: str, file: TextIO | None
) -> AsyncGenerator[ItemT]:
    with ProgressBar(description, total=total, unit=unit, file=file) as bar:
        bar.add(0)
        iterator = aiter(items)
        try:
            async for item in iterator:
                bar.add()
                yield item
        finally:
            if isinstance(iterator, AsyncGenerator):
                await iterator.aclose()


def _notes(event: ProgressEvent) -> Iterator[str]:
    """Yield the notes of a bar: counts of unsuccessful items, and counts by state."""
    yield from (f"{count:,} {name.replace('_', ' ')}" for name, count in _unsuccessful_counts(event))
    states: object = getattr(event, "states", None)
    if is_mapping(states):
        yield from (f"{count} {state or 'not described'}" for state, count in sorted(states.items(), key=str))


def _unsuccessful_counts(event: ProgressEvent) -> Iterator[tuple[str, int]]:
    """Yield the counts of items that finished without success, by outcome."""
    for name in ("failed", "ambiguous", "not_tried"):
        count = getattr(event, name, 0)
        if isinstance(count, int) and count:
            yield name, count


@cache
def _tqdm_class() -> type[tqdm[NoReturn]]:
    """Return the class that tqdm.auto selects for a terminal or notebook, with tqdm's monitor thread disabled."""
    with requires_extra("notebook"):
        from tqdm.auto import tqdm  # noqa: PLC0415 - tqdm is an optional extra
    return cast("type[tqdm[NoReturn]]", type("Bar", (tqdm,), {"monitor_interval": 0}))
