"""What not every platform has: marks with the reason for tests that need it, and environments for programs."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

try:
    import uvloop
except ModuleNotFoundError:  # there is none for Windows
    uvloop = None  # type: ignore[assignment]

NewLoop = Callable[[], asyncio.AbstractEventLoop]
LOOPS: dict[str, NewLoop] = {"asyncio": asyncio.SelectorEventLoop}
"""Implementations of event loops that this platform has."""
if uvloop is not None:
    LOOPS["uvloop"] = uvloop.new_event_loop
needs_uvloop = pytest.mark.skipif(uvloop is None, reason="there is no uvloop for Windows")
EACH_LOOP = [
    pytest.param(asyncio.SelectorEventLoop, id="asyncio"),
    pytest.param(LOOPS.get("uvloop"), id="uvloop", marks=needs_uvloop),
]
"""All implementations, for tests over each."""
LOOP_NAMES = ["asyncio", pytest.param("uvloop", marks=needs_uvloop)]
"""Their names."""


def posix_only(reason: str) -> pytest.MarkDecorator:
    """Mark a test that needs what POSIX has and Windows has not."""
    return pytest.mark.skipif(os.name != "posix", reason=f"Windows: {reason}")


def linux_only(reason: str) -> pytest.MarkDecorator:
    """Mark a test that needs what Linux alone has."""
    return pytest.mark.skipif(sys.platform != "linux", reason=f"not Linux: {reason}")


HOME_VARIABLES = ("HOME", "USERPROFILE")
"""Variables that name the home directory, on POSIX and on Windows."""


def program_environment(home: Path | str = "/nonexistent") -> dict[str, str]:
    """Return the least environment that a Python program needs, with this home directory."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "SYSTEMROOT"}}
    return {**kept, **dict.fromkeys(HOME_VARIABLES, str(home))}


def set_home(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """Make a directory the home directory of this process."""
    for name in HOME_VARIABLES:
        monkeypatch.setenv(name, str(home))
