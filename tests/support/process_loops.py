"""Event loops that start processes, and those that cannot."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Never

if TYPE_CHECKING:
    import pytest


def refuse_processes(monkeypatch: pytest.MonkeyPatch, *, is_coroutine: bool = True) -> None:
    """Make every event loop refuse to start processes, as Windows' selector loop and those of Qt do."""

    def refuse(*_: object, **__: object) -> Never:
        raise NotImplementedError

    async def refuse_later(*_: object, **__: object) -> Never:
        raise NotImplementedError

    monkeypatch.setattr(asyncio.BaseEventLoop, "subprocess_exec", refuse_later if is_coroutine else refuse)
