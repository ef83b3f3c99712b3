"""Where a fleet's WorkSpaces are: accounts and regions, a client for each."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Final, Self

from wsclient._core.errors import ConfigurationError, WsclientError
from wsclient._core.site import Site
from wsclient.credentials._coerce import as_provider
from wsclient.credentials.chain import default_chain
from wsclient.workspaces._client import WorkSpacesClient

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from types import TracebackType
    from typing import Unpack

    from wsclient._client.options import ClientOptions
    from wsclient._core.credentials import Credentials, CredentialsProvider

DEFAULT_ACCOUNT: Final = "default"
"""What the account is called whose credentials the default chain finds."""
OF_SITES: Final = ("region", "profile", "credentials", "config")
"""Options that differ from site to site, and so are said by regions=, profiles= and accounts=."""


class Sites:
    """The sites of a fleet, each with its client. A client opens at its first call; aclose() closes those made here.

    The clients of an account share its credentials: a role is assumed once, and MFA asked for once, for all regions.
    They share nothing else, so that a region which fails takes neither connections nor retries from the others.
    """

    def __init__(
        self,
        *,
        regions: Sequence[str] = (),
        profiles: Sequence[str] = (),
        accounts: Mapping[str, Credentials | CredentialsProvider] | None = None,
        **options: Unpack[ClientOptions],
    ) -> None:
        """Take where the fleet is and what its clients are told; nothing is looked up or sent.

        Args:
            regions: AWS regions; the configured one when there are none.
            profiles: profiles of the AWS files, each an account of its own and named so in rows and reports.
            accounts: credentials, or a provider of them, by the name that the account has in rows and reports.
            options: what every client is told besides (see WorkSpacesClient); priority is "background" unless said.

        Raises ConfigurationError for what can only be a mistake, and what a client raises for settings that cannot be.
        """
        sources = dict(accounts or {})
        _refuse(regions, profiles, sources, options)
        told: ClientOptions = {"priority": "background", **options}
        identities: dict[str, ClientOptions] = {
            **{profile: {"profile": profile, "credentials": default_chain(profile=profile)} for profile in profiles},
            **{account: {"credentials": as_provider(source)} for account, source in sources.items()},
        }
        clients = [
            (account, client)
            for account, identity in (identities or {DEFAULT_ACCOUNT: {"credentials": default_chain()}}).items()
            for client in _clients(account, regions or (None,), {**told, **identity})
        ]
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
        if not isinstance(site, Site):  # pyright: ignore[reportUnnecessaryIsInstance] - not everybody checks types
            raise ConfigurationError(
                f"a site is a Site(account=…, region=…), or one of fleet.sites, not a {type(site).__name__}"
            )
        try:
            return self._clients[site]
        except KeyError:
            raise ConfigurationError(f"{site} is no site of this fleet: {', '.join(map(str, self._clients))}") from None

    async def aclose(self) -> None:
        """Close the clients that the fleet made, all of them, even if closing one fails."""
        async with AsyncExitStack() as closing:
            for client in self._owned:
                closing.push_async_callback(client.aclose)

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


def _clients(account: str, regions: Iterable[str | None], options: ClientOptions) -> Iterator[WorkSpacesClient]:
    """Give an account's client of each region; its settings are read once.

    An error carries a note of where it was: it may be one of forty accounts whose profile has no region.
    """
    for region in regions:
        settings: ClientOptions = {**options, "region": region}
        try:
            client = WorkSpacesClient(**settings)
        except WsclientError as error:
            error.add_note(f"this was for the fleet's account {account}, region {region or 'as configured'}")
            raise
        options = {**options, "config": client.config}
        yield client


def _refuse(
    regions: Sequence[str], profiles: Sequence[str], accounts: Mapping[str, object], options: ClientOptions
) -> None:
    if isinstance(regions, str) or isinstance(profiles, str):
        raise ConfigurationError("regions= and profiles= take several names: put a single one in a list")
    for option in OF_SITES:
        if option in options:
            raise ConfigurationError(f"{option}= is for one client; a fleet takes regions=, profiles= and accounts=")
    names = [*profiles, *accounts]
    if options.get("expected_account") is not None and len(names) > 1:
        raise ConfigurationError(f"expected_account= is one account, and the fleet has {len(names)}")
    for kind, values in (("region", regions), ("account", names)):
        _refuse_names(kind, values)


def _refuse_names(kind: str, names: Sequence[str]) -> None:
    if not all(names):
        raise ConfigurationError(f"the name of one {kind} is empty")
    if repeated := sorted({name for name in names if list(names).count(name) > 1}):
        raise ConfigurationError(f"{kind} {', '.join(repeated)} is named twice: its WorkSpaces would count twice")


def _by_site(clients: Iterable[tuple[str, WorkSpacesClient]]) -> dict[Site, WorkSpacesClient]:
    sites: dict[Site, WorkSpacesClient] = {}
    for account, client in clients:
        _refuse_names("account", [account])
        site = Site(account=account, region=client.endpoint.signing_region)
        if site in sites:
            raise ConfigurationError(f"{site} has two clients: its WorkSpaces would count twice")
        sites[site] = client
    return sites
