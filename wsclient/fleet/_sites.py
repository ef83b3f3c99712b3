"""Sites: the accounts and regions of a fleet, with a client for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Final, TypeVar, Unpack, cast

from wsclient._client.client_options import ClientOptions, FleetOptions
from wsclient._client.option_table import FLEET_HINTS, FLEET_KINDS
from wsclient._core.argument_checks import checked
from wsclient._core.credentials import Credentials, CredentialsProvider
from wsclient._core.errors import ConfigurationError, WsclientError
from wsclient._core.lazy_imports import LazyMapping
from wsclient._core.missing_attributes import ExplainedAttributes
from wsclient._core.site import Site
from wsclient._core.unawaited import refuse_plain_with
from wsclient._core.utils import has_lone_surrogate
from wsclient._core.value_kinds import TEXT, mapping_of, optional, sequence_of, type_name
from wsclient._generated.sts.structures import Credentials as StsCredentials
from wsclient.credentials._coerce import as_provider
from wsclient.credentials._internal.argument_kinds import SOURCE
from wsclient.credentials.chain import default_chain
from wsclient.workspaces._client import WorkSpacesClient

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


SelfT = TypeVar("SelfT", bound="Sites")
DEFAULT_ACCOUNT: Final = "default"
"""Name of the account whose credentials the default credential chain finds."""

_NAMES: Final = sequence_of(TEXT, "a list of names (put a single name in a list)")
_PAIR: Final = 2
SITE_KINDS: Final = {
    "regions": _NAMES,
    "profiles": _NAMES,
    "accounts": optional(
        mapping_of(SOURCE, "a mapping from account names to what credentials= takes, such as an AssumeRoleProvider")
    ),
}


class Sites(ExplainedAttributes):
    """Sites of a fleet, each with a client. A client opens at its first call; aclose() closes the clients made here.

    The clients of an account share its credentials: a role is assumed once, and one MFA code is required, for all
    regions. They share nothing else, so that a failing region takes neither connections nor retries from the others.
    """

    _other_names = LazyMapping("wsclient.fleet._other_names:FLEET")

    @checked(SITE_KINDS, keywords=FLEET_KINDS, hints=FLEET_HINTS)
    def __init__(
        self,
        *,
        regions: Sequence[str] = (),
        profiles: Sequence[str] = (),
        accounts: Mapping[str, Credentials | StsCredentials | CredentialsProvider] | None = None,
        **options: Unpack[FleetOptions],
    ) -> None:
        """Create the clients of a fleet. No network access until the first call.

        Args:
            regions: AWS regions; the configured region by default.
            profiles: profiles of the AWS config files, each an account whose name in rows and reports is the profile's.
            accounts: credentials or a credential provider by account name, as rows and reports contain it.
            options: FleetOptions, further options of every client (see WorkSpacesClient); priority defaults to
                "background".

        Raises ConfigurationError for an invalid argument, the errors of WorkSpacesClient for invalid settings, and
        TypeError for an option of one site, such as region.
        """
        sources = dict(accounts or {})
        _validate(profiles, sources, options)
        _validate_names("region", regions)
        common = cast("ClientOptions", {"priority": "background", **options})
        identities: dict[str, ClientOptions] = {
            **{profile: {"profile": profile, "credentials": default_chain(profile=profile)} for profile in profiles},
            **{account: {"credentials": as_provider(source)} for account, source in sources.items()},
        }
        clients = [
            (account, client)
            for account, identity in (identities or {DEFAULT_ACCOUNT: {"credentials": default_chain()}}).items()
            for client in _create_clients(account, regions or (None,), {**common, **identity})
        ]
        self._clients = _clients_by_site(clients)
        self._owned = [client for _, client in clients]

    @classmethod
    def over(cls: type[SelfT], *clients: tuple[str, WorkSpacesClient]) -> SelfT:  # noqa: PYI019 - see __aenter__
        """Return a fleet over existing clients, each with its account's name; closing the fleet leaves them open.

        Use it for sites whose options differ, for example a VPC endpoint in each region.
        """
        if not clients:
            raise ConfigurationError("a fleet needs at least one client, as in over((account, client), …)")
        for pair in clients:
            _require_pair(pair)
        fleet = cls.__new__(cls)
        fleet._clients = _clients_by_site(clients)  # noqa: SLF001 - a fleet of this class
        fleet._owned = []  # noqa: SLF001 - as above
        return fleet

    @property
    def sites(self) -> tuple[Site, ...]:
        """All sites, in the order of the accounts and regions that were passed."""
        return tuple(self._clients)

    def client(self, site: Site) -> WorkSpacesClient:
        """Return the client of a site, for operations that the fleet does not offer; raises ConfigurationError."""
        if not isinstance(site, Site):  # pyright: ignore[reportUnnecessaryIsInstance] - callers may not run a type checker
            raise ConfigurationError(
                f"site must be a Site(account=…, region=…), such as one of fleet.sites, not {type_name(site)}"
            )
        try:
            return self._clients[site]
        except KeyError:
            known = ", ".join(map(str, self._clients))
            raise ConfigurationError(f"{site} is not a site of this fleet, which has {known}") from None

    async def aclose(self) -> None:
        """Close all clients that the fleet created, even if closing one of them fails."""
        async with AsyncExitStack() as closing:
            for client in self._owned:
                closing.push_async_callback(client.aclose)

    # Not Self, which jedi takes for the class that defines the method: notebooks would complete no action.
    async def __aenter__(self: SelfT) -> SelfT:  # noqa: PYI019 - see above
        """Return the fleet itself; its clients open at their first call."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the clients that the fleet created."""
        await self.aclose()

    if not TYPE_CHECKING:  # type checkers report a plain with by themselves
        __enter__ = __exit__ = refuse_plain_with

    def __repr__(self) -> str:
        """Return the type and the sites."""
        return f"<{type(self).__name__} of {', '.join(map(str, self._clients))}>"


def _create_clients(account: str, regions: Iterable[str | None], options: ClientOptions) -> Iterator[WorkSpacesClient]:
    """Yield the client of an account for each region; the settings of the account are read once.

    An error gets a note with the account and region: it may be one of forty accounts whose profile has no region.
    """
    for region in regions:
        settings: ClientOptions = {**options, "region": region}
        try:
            client = WorkSpacesClient(**settings)
        except WsclientError as error:
            error.add_note(f"raised for account {account} of the fleet, region {region or 'as configured'}")
            raise
        options = {**options, "config": client.config}
        yield client


def _validate(profiles: Sequence[str], accounts: Mapping[str, object], options: FleetOptions) -> None:
    names = [*profiles, *accounts]
    if options.get("expected_account") is not None and len(names) > 1:
        raise ConfigurationError(f"expected_account= names one account, but the fleet has {len(names)}")
    _validate_names("account", names)


def _validate_names(part: str, names: Sequence[str]) -> None:
    if not all(names):
        raise ConfigurationError(f"the name of a fleet's {part} must not be empty")
    if wrong := next(filter(has_lone_surrogate, names), None):
        raise ConfigurationError(
            f"the name of a fleet's {part} contains a lone surrogate, which no file can hold as UTF-8: {wrong!a:.80}"
        )
    if repeated := sorted({name for name in names if list(names).count(name) > 1}):
        raise ConfigurationError(f"{part} {', '.join(repeated)} occurs twice: its WorkSpaces would count twice")


def _require_pair(value: object) -> None:
    shown = type_name(value)
    if not isinstance(value, tuple) or len(cast("tuple[object, ...]", value)) != _PAIR:
        raise ConfigurationError(
            f"over() takes pairs of an account's name and a client, as in over((account, client), …), not {shown}"
        )


def _clients_by_site(clients: Iterable[tuple[str, WorkSpacesClient]]) -> dict[Site, WorkSpacesClient]:
    sites: dict[Site, WorkSpacesClient] = {}
    for account, client in clients:
        _validate_names("account", [account])
        site = Site(account=account, region=client.endpoint.signing_region)
        if site in sites:
            raise ConfigurationError(f"{site} has two clients: its WorkSpaces would count twice")
        sites[site] = client
    return sites
