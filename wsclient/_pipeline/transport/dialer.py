"""Dialer: DNS lookup, check of private addresses, and TCP connect.

Both steps can be replaced, but by no public option, because a dialer decides which host really gets the requests:
wsclient.testing replaces it, so that clients call AWS's host names and reach the emulator.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from copy import copy
from typing import TYPE_CHECKING, Final

import msgspec

from wsclient._core.errors import ConfigurationError, EndpointResolutionError
from wsclient._core.event_loops import mark_retrieved

if TYPE_CHECKING:
    from wsclient.endpoints._private_link import PrivateDns


Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""DNS lookup: an async function of host and port that returns IP addresses, or raises OSError if there are none."""


SHARED_SECONDS: Final = 1.0
"""Seconds after its start for which a lookup is shared: the retry of a call must not wait for one that hangs."""


async def system_resolve(host: str, port: int) -> Sequence[str]:
    """Return the IP addresses from this machine's resolver, in its order, without duplicates."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class SharedLookups:
    """DNS lookups that concurrent connections to a host share.

    asyncio looks names up in the few threads of the event loop's default executor: fifty connections that open at once
    would wait for each other there. A result is shared, but not kept.
    """

    def __init__(self, resolve: Resolver) -> None:
        self._resolve = resolve
        self._lookups: dict[tuple[str, int], _Lookup] = {}

    async def addresses(self, host: str, port: int) -> Sequence[str]:
        """Return the addresses of a lookup that started within the last second, or of one of its own."""
        key, loop = (host, port), asyncio.get_running_loop()
        lookup = self._lookups.get(key)
        if lookup is None or not lookup.is_shared(loop):
            task = loop.create_task(self._look_up(host, port))
            task.add_done_callback(mark_retrieved)
            lookup = self._lookups[key] = _Lookup(task, loop.time())
        lookup.callers += 1
        try:
            # Not the task itself: a cancelled caller must not end the lookup of the others.
            await asyncio.wait({lookup.task})
            result = lookup.task.result()
        finally:
            lookup.callers -= 1
            if not lookup.callers:
                lookup.task.cancel()
                if self._lookups.get(key) is lookup:
                    del self._lookups[key]
        if isinstance(result, OSError):
            # Each caller has an error of its own: raising one adds the caller's frames to it.
            raise copy(result)
        return result

    async def _look_up(self, host: str, port: int) -> Sequence[str] | OSError:
        try:
            return await self._resolve(host, port)
        except OSError as error:
            return error


class _Lookup(msgspec.Struct, eq=False):
    """A DNS lookup in progress: when it started, and how many connections wait for it."""

    task: asyncio.Task[Sequence[str] | OSError]
    started: float
    callers: int = 0

    def is_shared(self, loop: asyncio.AbstractEventLoop) -> bool:
        """Return True if another connection of the event loop may wait for it, too."""
        if self.task.get_loop() is not loop or self.task.done():
            return False
        return loop.time() - self.started < SHARED_SECONDS


class PrivateResolver(msgspec.Struct):
    """DNS lookup restricted to the addresses that a PrivateDns rule allows, for a single host name."""

    rule: PrivateDns
    resolve: Resolver = system_resolve
    _name: tuple[str, int] | None = None

    async def addresses(self, host: str, port: int) -> Sequence[str]:
        """Return the addresses to connect to.

        Raises EndpointResolutionError, which lists the resolved addresses, if one of them is not allowed; OSError if
        the name does not resolve; ConfigurationError for a second host name.
        """
        self._name = self._name or (host, port)
        if self._name != (host, port):
            raise ConfigurationError(f"the private DNS rule is for {self._name[0]} only; it cannot connect to {host}")
        addresses = await self.resolve(host, port)
        try:
            # A link-local IPv6 address carries its interface after "%", which CIDR networks do not include.
            return self.rule.check([address.partition("%")[0] for address in addresses])
        except EndpointResolutionError as error:
            raise EndpointResolutionError(f"{host}: {error}") from None


CONNECTION_ATTEMPT_DELAY: Final = 0.25
"""Seconds between the starts of two connection attempts: the value that RFC 8305, section 5, recommends."""

Dial = Callable[[Sequence[str], int], Awaitable[tuple[socket.socket, str]]]
"""TCP connect: an async function of addresses and port that returns a socket and its peer address; raises OSError."""


async def connect(addresses: Sequence[str], port: int) -> tuple[socket.socket, str]:
    """Connect to the first address that accepts, by RFC 8305 (Happy Eyeballs); return the socket and its address."""
    # Needed by the first connection, and by no client of a transport= or a proxy.
    from aiohappyeyeballs import (  # noqa: PLC0415
        start_connection,  # pyright: ignore[reportUnknownVariableType] - addresses are tuples of anything there
    )

    # RFC 8305, section 4: address families alternate (interleave=1), so that a broken IPv6 costs one delay.
    infos = [
        (
            socket.AF_INET6 if ":" in address else socket.AF_INET,
            socket.SOCK_STREAM,
            socket.IPPROTO_TCP,
            "",
            (address, port),
        )
        for address in addresses
    ]
    sock = await start_connection(infos, happy_eyeballs_delay=CONNECTION_ATTEMPT_DELAY, interleave=1)
    return sock, str(sock.getpeername()[0])


class Dialer(msgspec.Struct, frozen=True):
    """DNS lookup and TCP connect of a transport."""

    resolve: Resolver = system_resolve
    dial: Dial = connect


SYSTEM_DIALER: Final = Dialer()
"""Dialer with this machine's resolver and network."""
