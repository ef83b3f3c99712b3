"""An event loop with name look-ups of a test's own, on which a peer's silence takes no time."""

import asyncio
import selectors
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

HOST = "workspaces.test"
"""The one name that FaultLoop knows by itself."""
QUIET = 0.001
"""Seconds in which the kernel passes on what was sent on loopback; silence begins after them."""


def _unknown() -> str:
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


class _Selector(selectors.DefaultSelector):
    """Selector that skips idle time within a block of silence()."""

    silences = 0
    passed = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if not self.silences or timeout is None or timeout <= 0:
            return super().select(timeout)
        events = super().select(min(timeout, QUIET))
        if not events:
            self.passed += timeout
        return events


class FaultLoop(asyncio.SelectorEventLoop):
    """Event loop that resolves HOST with `lookup`; client and server run on it, so that idle time can be skipped.

    Time is real time, but jumps to the next timer when the loop is idle within a block of silence(): a timeout
    of a minute ends immediately, and only the timeout that is really waited for.
    """

    def __init__(self) -> None:
        self.selector = _Selector()
        self.lookup: Callable[[], str] = _unknown
        super().__init__(self.selector)

    def time(self) -> float:
        """Return the machine's seconds, and those that were skipped."""
        return super().time() + self.selector.passed

    async def getaddrinfo(
        self,
        host: bytes | str | None,
        port: bytes | str | int | None,
        *,
        family: int = 0,
        type: int = 0,  # noqa: A002 - as the base class has it
        proto: int = 0,
        flags: int = 0,
    ) -> list[Any]:
        """Look up a name; every connection to HOST is preceded by one such look-up."""
        if host not in {HOST, HOST.encode()}:
            return await super().getaddrinfo(host, port, family=family, type=type, proto=proto, flags=flags)
        return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (self.lookup(), int(port or 0)))]


def this_loop() -> FaultLoop:
    """Return the running loop."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, FaultLoop)
    return loop


@contextmanager
def silence() -> Generator[None]:
    """Let time jump to the next timer whenever the event loop is idle."""
    selector = this_loop().selector
    selector.silences += 1
    try:
        yield
    finally:
        selector.silences -= 1
