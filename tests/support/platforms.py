"""Platform-dependent tests: marks with the reason, and environments for programs."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

try:
    import uvloop
except ModuleNotFoundError:  # does not exist on Windows
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
    """Mark a test that needs a POSIX feature which Windows does not have."""
    return pytest.mark.skipif(os.name != "posix", reason=f"Windows: {reason}")


def linux_only(reason: str) -> pytest.MarkDecorator:
    """Mark a test that needs a feature of Linux."""
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


def refuse_open_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse to rename, replace and remove files that this process has open, as Windows does."""

    def is_open(path: str | os.PathLike[str]) -> bool:
        try:
            wanted = Path(path).stat()
        except OSError:
            return False
        for name in Path("/proc/self/fd").iterdir():
            with suppress(OSError):
                if os.path.samestat(os.fstat(int(name.name)), wanted):
                    return True
        return False

    def wrap(function: Callable[..., None]) -> Callable[..., None]:
        def refusing(*paths: str | os.PathLike[str], **options: object) -> None:
            if any(map(is_open, paths)):
                raise PermissionError(13, "The process cannot access the file because it is used by another process")
            function(*paths, **options)

        return refusing

    for name in ("rename", "replace", "unlink", "remove"):
        monkeypatch.setattr(os, name, wrap(getattr(os, name)))
