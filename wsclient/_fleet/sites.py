"""Where a fleet's WorkSpaces are: accounts and regions, a client for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self

import msgspec

from wsclient._errors import ConfigurationError
from wsclient.workspaces import WorkSpacesClient

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from types import TracebackType
    from typing import Unpack

    from wsclient._client_options import ClientOptions
    from wsclient._credentials import Credentials, CredentialsProvider

DEFAULT_ACCOUNT: Final = "default"
"""What the account is called whose credentials the default chain finds."""
OF_SITES: Final = ("region", "profile", "credentials", "config")
"""Options that differ from site to site, and so are said by regions=, profiles= and accounts=."""


class Site(msgspec.Struct, frozen=True, order=True, kw_only=True):
    """An account's WorkSpaces in one region. account is what the caller calls it: a profile's name, or a label."""

    account: str
    region: str

    def __str__(self) -> str:
        """Name it as account/region."""
        return f"{self.account}/{self.region}"


class Sites:
    """The sites of a fleet, each with its client. A client opens at its first call; aclose() closes those made here.

    Args:
        regions: AWS regions; the configured one when there are none.
        profiles: profiles of the AWS files, each an account of its own and named so in rows and reports.
        accounts: credentials, or a provider of them, by the name that the account has in rows and reports.
        options: what every client is told besides (see WorkSpacesClient); priority is "background" unless said.

    Raises ConfigurationError for what can only be a mistake, and what a client raises for settings that cannot be.
    """

    def __init__(
        self,
        *,
        regions: Sequence[str] = (),
        profiles: Sequence[str] = (),
        accounts: Mapping[str, Credentials | CredentialsProvider] | None = None,
        **options: Unpack[ClientOptions],
    ) -> None:
        _refuse(regions, profiles, accounts or {}, options)
        told: ClientOptions = {"priority": "background", **options}
        identities: dict[str, ClientOptions] = {
            **{profile: {"profile": profile} for profile in profiles},
            **{account: {"credentials": source} for account, source in (accounts or {}).items()},
        }
        clients: list[tuple[str, WorkSpacesClient]] = []
        for account, identity in (identities or {DEFAULT_ACCOUNT: {}}).items():
            for region in regions or (None,):
                site_options: ClientOptions = {**told, **identity, "region": region}
                clients.append((account, WorkSpacesClient(**site_options)))
        self._clients = _by_site(clients)
        self._owned = [client for _, client in clients]

    @classmethod
    def over(cls, *clients: tuple[str, WorkSpacesClient]) -> Self:
        """Return a fleet of clients that exist already, each with its account's name; closing it leaves them open.

        For sites whose options differ: each region's own VPC endpoint, say.
        """
        if not clients:
            raise ConfigurationError("a fleet needs one client at least, as over((account, client), …)")
        fleet = cls.__new__(cls)
        fleet._clients = _by_site(clients)  # noqa: SLF001 - a fleet of this class
        fleet._owned = []  # noqa: SLF001 - as above
        return fleet

    @property
    def sites(self) -> tuple[Site, ...]:
        """Every site, in the order in which accounts and regions were named."""
        return tuple(self._clients)

    def client(self, site: Site) -> WorkSpacesClient:
        """Return the client of a site, for calls that a fleet does not make."""
        try:
            return self._clients[site]
        except KeyError:
            raise ConfigurationError(f"{site} is no site of this fleet: {', '.join(map(str, self._clients))}") from None

    async def aclose(self) -> None:
        """Close the clients that the fleet made."""
        for client in self._owned:
            await client.aclose()

    async def __aenter__(self) -> Self:
        """Return the fleet itself: its clients open at their first call."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the clients that the fleet made."""
        await self.aclose()

    def __repr__(self) -> str:
        """Say where it reaches."""
        return f"<{type(self).__name__} of {', '.join(map(str, self._clients))}>"


def _refuse(
    regions: Sequence[str], profiles: Sequence[str], accounts: Mapping[str, object], options: ClientOptions
) -> None:
    if isinstance(regions, str) or isinstance(profiles, str):
        raise ConfigurationError("regions= and profiles= take several names: put a single one in a list")
    for option in OF_SITES:
        if option in options:
            raise ConfigurationError(f"{option}= is for one client; a fleet takes regions=, profiles= and accounts=")
    names = [*profiles, *accounts]
    for kind, values in (("region", regions), ("account", names)):
        if repeated := sorted({value for value in values if list(values).count(value) > 1}):
            raise ConfigurationError(f"{kind} {', '.join(repeated)} is named twice: its WorkSpaces would count twice")


def _by_site(clients: Iterable[tuple[str, WorkSpacesClient]]) -> dict[Site, WorkSpacesClient]:
    sites: dict[Site, WorkSpacesClient] = {}
    for account, client in clients:
        site = Site(account=account, region=client.endpoint.signing_region)
        if site in sites:
            raise ConfigurationError(f"{site} has two clients: its WorkSpaces would count twice")
        sites[site] = client
    return sites
