"""A progress bar of a notebook, and the line of text that takes its place: widgets are not kept in a saved notebook."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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
