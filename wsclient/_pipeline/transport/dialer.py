"""Dialer: DNS lookup, check of private addresses, and TCP connect.

Both steps can be replaced, but by no public option, because a dialer decides which host really gets the requests:
wsclient.testing replaces it, so that clients call AWS's host names and reach the emulator.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Final

import msgspec

from wsclient._core.errors import ConfigurationError, EndpointResolutionError

if TYPE_CHECKING:
    from wsclient.endpoints._private_link import PrivateDns


Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""DNS lookup: an async function of host and port that returns IP addresses, or raises OSError if there are none."""


async def system_resolve(host: str, port: int) -> Sequence[str]:
    """Return the IP addresses from this machine's resolver, in its order, without duplicates."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


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
