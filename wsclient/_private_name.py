"""Names that must resolve to allowed addresses: looked up, checked, and connected to at the very addresses that passed.

Between a look-up and its use nothing can change, since connections are made to addresses and not to the name. Each new
connection has a look-up of its own.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

import msgspec

from wsclient._errors import ConfigurationError, EndpointResolutionError

if TYPE_CHECKING:
    from wsclient.endpoints import PrivateDns

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Returns the addresses of a host name; raises OSError when it has none."""


async def system_resolve(host: str, port: int) -> Sequence[str]:
    """Return the addresses that this machine's resolver gives, each once, in its order."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class PrivateName(msgspec.Struct):
    """The addresses that a name may be connected to, as rule allows: one name and no other."""

    rule: PrivateDns
    resolve: Resolve = system_resolve
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
