"""Hints for objects that are used by await, async for or async with: errors of plain for and with, and a warning.

A coroutine function warns by itself if its coroutine is never awaited. An object with __await__ or __aiter__ does not:
`fleet.terminate(…)` without await would do nothing, silently.
"""

from __future__ import annotations

import sys
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import NoReturn


class AsyncOnly:
    """Object for async for, whose iteration by a plain for raises TypeError with the remedy.

    Type checkers do not take its subclasses for iterable.
    """

    _is_awaitable = False
    _is_used = True
    """False until the object is used, for subclasses that warn if they never were."""

    if not TYPE_CHECKING:  # type checkers report a plain for by themselves

        def __iter__(self) -> NoReturn:
            """Raise TypeError: a plain for, list() and the like need all items immediately."""
            self._is_used = True  # the error says what to do
            remedy = "use async for, as in [item async for item in …]"
            remedy += ", or await it" if self._is_awaitable else ""
            raise TypeError(f"{type(self).__name__} is not iterable by for: {remedy}")

        def __getitem__(self, key: object) -> NoReturn:
            """Raise TypeError: there is no item before the object was awaited or iterated."""
            self._is_used = True  # as above
            remedy = "await it" if self._is_awaitable else "use async for over it"
            raise TypeError(f"{type(self).__name__!r} object is not subscriptable; {remedy} first")


def warn_unused(name: str, remedy: str) -> None:
    """Warn that an object was dropped unused, as Python warns of a coroutine that was never awaited."""
    if not sys.is_finalizing():
        warnings.warn(f"{name} was never awaited: {remedy}", RuntimeWarning, stacklevel=3)


def refuse_plain_with(manager: object, *_: object) -> NoReturn:
    """Raise TypeError with the remedy: assigned to __enter__ and __exit__ of a class that has __aenter__."""
    name = type(manager).__name__
    raise TypeError(f"{name} is an async context manager: write `async with {name}(…)` inside an async function")
