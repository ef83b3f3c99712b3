"""How names become connections: look-up and dialling, both of which can be handed in.

Whoever hands them in decides where calls really go, so no client can be told to: wsclient.testing does it, to have
clients call AWS's own names and reach the emulator.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec
from aiohappyeyeballs import start_connection  # pyright: ignore[reportUnknownVariableType] - addresses are tuples of anything there

from wsclient._core.errors import ConfigurationError, EndpointResolutionError

if TYPE_CHECKING:
    from wsclient.endpoints._private_link import PrivateDns


Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""Returns the addresses of a host name; raises OSError when it has none."""


async def system_resolve(host: str, port: int) -> Sequence[str]:
    """Return the addresses that this machine's resolver gives, each once, in its order."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class PrivateResolver(msgspec.Struct):
    """The addresses that a name may be connected to, as rule allows: one name and no other."""

    rule: PrivateDns
    resolve: Resolver = system_resolve
    _name: tuple[str, int] | None = None

    async def addresses(self, host: str, port: int) -> Sequence[str]:
        """Return the addresses to connect to.

        Raises EndpointResolutionError, with the addresses that were found, when the name resolves outside of what is
        allowed; OSError when it does not resolve; ConfigurationError for a second name.
        """
        self._name = self._name or (host, port)
        if self._name != (host, port):
            raise ConfigurationError(f"these connections are for {self._name[0]} alone, not for {host}")
        addresses = await self.resolve(host, port)
        try:
            # A link-local address carries its interface, which no network in CIDR notation knows.
            return self.rule.check([address.partition("%")[0] for address in addresses])
        except EndpointResolutionError as error:
            raise EndpointResolutionError(f"{host}: {error}") from None


NEXT_ADDRESS_SECONDS: Final = 0.25
"""How long one address of a name is tried alone before the next one is tried beside it."""

Dial = Callable[[Sequence[str], int], Awaitable[tuple[socket.socket, str]]]
"""Connects to one of some addresses at a port, and returns the socket and that address; raises OSError."""


async def connect(addresses: Sequence[str], port: int) -> tuple[socket.socket, str]:
    """Return a socket that is connected to the first address that answers, as RFC 8305 (Happy Eyeballs) has it."""
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
    channel = await start_connection(infos, happy_eyeballs_delay=NEXT_ADDRESS_SECONDS, interleave=1)
    return channel, str(channel.getpeername()[0])


@dataclass(frozen=True, slots=True)
class Dialer:
    """What finds the addresses of a name, and what connects to them."""

    resolve: Resolver = system_resolve
    dial: Dial = connect


SYSTEM_DIALER: Final = Dialer()
"""This machine's resolver, and its network."""
