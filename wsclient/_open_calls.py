"""The calls that are on their way, wherever they wait, so that closing their client ends them at once."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress

from wsclient._errors import ConfigurationError


class OpenCalls:
    """The scopes of a sender's calls; end() has each of them expire, on the event loop that it belongs to."""

    def __init__(self) -> None:
        self.are_ended = False
        """Whether what expires now does so because its client was closed."""
        self._scopes: dict[asyncio.Timeout, tuple[asyncio.AbstractEventLoop, int]] = {}

    def add(self, scope: asyncio.Timeout) -> None:
        """Take in a scope that was entered; raises ConfigurationError once the calls are ended."""
        if self.are_ended:
            raise ConfigurationError("this client is closed; make a new one, or call it before aclose()")
        self._scopes[scope] = asyncio.get_running_loop(), os.getpid()

    def discard(self, scope: asyncio.Timeout) -> None:
        """Forget a scope that is about to be left."""
        self._scopes.pop(scope, None)

    def end(self) -> None:
        """End every call, those of other event loops as soon as they run; a parent process's are its own to end."""
        self.are_ended = True
        here, process = asyncio.get_running_loop(), os.getpid()
        for scope, (loop, owner) in list(self._scopes.items()):
            if owner != process:
                continue
            if loop is here:
                self._expire(scope)
            else:
                with suppress(RuntimeError):  # that loop is closed, and its calls with it
                    loop.call_soon_threadsafe(self._expire, scope)

    def _expire(self, scope: asyncio.Timeout) -> None:
        if scope in self._scopes:
            with suppress(RuntimeError):  # its own time is up already
                scope.reschedule(asyncio.get_running_loop().time())
