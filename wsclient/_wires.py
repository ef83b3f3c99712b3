"""How names become connections: look-up and dialling, both of which can be handed in.

Whoever hands them in decides where calls really go, so no client can be told to: wsclient.testing does it, to have
clients call AWS's own names and reach the emulator.
"""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from aiohappyeyeballs import start_connection  # pyright: ignore[reportUnknownVariableType] - addresses are tuples of anything there

from wsclient._private_name import Resolve, system_resolve

NEXT_ADDRESS_SECONDS: Final = 0.25
"""How long one address of a name is tried alone before the next one is tried beside it."""

Dial = Callable[[Sequence[str], int], Awaitable[tuple[socket.socket, str]]]
"""Connects to one of some addresses at a port, and returns the socket and that address; raises OSError."""


async def dialled(addresses: Sequence[str], port: int) -> tuple[socket.socket, str]:
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
class Wires:
    """What finds the addresses of a name, and what connects to them."""

    resolve: Resolve = system_resolve
    dial: Dial = dialled


DIRECT: Final = Wires()
"""This machine's resolver, and its network."""
