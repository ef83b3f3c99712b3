"""A secret that a function of the caller's returns, sync or async."""

from __future__ import annotations

import asyncio
import inspect
from typing import TYPE_CHECKING

from wsclient._errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


async def secret_from(give: Callable[[], str | Awaitable[str]], what: str) -> str:
    """Return what the function gives, stripped; a plain function runs in a thread, for it may ask somebody.

    Raises ConfigurationError, without showing it, when that is no text.
    """
    given: object = give() if inspect.iscoroutinefunction(give) else await asyncio.to_thread(give)
    if inspect.isawaitable(given):
        given = await given
    if not isinstance(given, str):
        raise ConfigurationError(f"the function for {what} must return a string, not a {type(given).__name__}")
    return given.strip()
