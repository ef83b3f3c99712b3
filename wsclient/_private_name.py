"""Names that must resolve to allowed addresses: looked up, checked, and connected to at the very address that passed.

Between a look-up and its use nothing can change, since the connection is made to the address and not to the name. The
name is looked up again whenever connections may be renewed.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wsclient._errors import ConfigurationError, EndpointResolutionError

if TYPE_CHECKING:
    from wsclient._clock import Clock
    from wsclient.endpoints import PrivateDns

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Returns the addresses of a host name; raises OSError when it has none."""

FRESH_SECONDS: Final = 15.0
"""How long a look-up is used: as long as an idle connection is kept, so that each new one has a look-up of its own."""


async def system_resolve(host: str, port: int) -> Sequence[str]:
    """Return the addresses that this machine's resolver gives, each once, in its order."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


@dataclass(slots=True)
class PrivateName:
    """The addresses that a name may be connected to, as rule allows.

    One name and no other: connections are kept by address, and one that was made for a name must not carry another's
    requests.
    """

    rule: PrivateDns
    clock: Clock
    resolve: Resolve = system_resolve
    _name: tuple[str, int] | None = None
    _addresses: Sequence[str] = ()
    _fresh_until: float = float("-inf")

    async def address(self, host: str, port: int) -> str:
        """Return the address to connect to.

        Raises EndpointResolutionError, with the addresses that were found, when the name resolves outside of what is
        allowed; OSError when it does not resolve; ConfigurationError for a second name.
        """
        self._name = self._name or (host, port)
        if self._name != (host, port):
            raise ConfigurationError(f"these connections are for {self._name[0]} alone, not for {host}")
        now = self.clock.monotonic()
        if not self._addresses or now >= self._fresh_until:
            self._addresses = self._checked(host, await self.resolve(host, port))
            self._fresh_until = now + FRESH_SECONDS
        return self._addresses[0]

    def failed(self, address: str) -> None:
        """Go on to the next address, or to a new look-up, after a connection to this one failed."""
        if self._addresses and self._addresses[0] == address:
            self._addresses = self._addresses[1:]

    def _checked(self, host: str, addresses: Sequence[str]) -> Sequence[str]:
        try:
            # A link-local address carries its interface, which no network in CIDR notation knows.
            return self.rule.check([address.partition("%")[0] for address in addresses])
        except EndpointResolutionError as error:
            raise EndpointResolutionError(f"{host}: {error}") from None
