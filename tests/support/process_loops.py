"""Event loops that start processes, and those that cannot."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Never

if TYPE_CHECKING:
    import pytest


def refuse_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every event loop refuse to start processes, as Windows' selector loop and those of Qt do."""

    async def refuse(*_: object, **__: object) -> Never:
        raise NotImplementedError

    monkeypatch.setattr(asyncio.BaseEventLoop, "subprocess_exec", refuse)
