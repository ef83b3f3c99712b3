"""Sites of a fleet: a client for each account and region, shared resources, and rejected arguments."""

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.aws_home import aws_home
from tests.support.clean_run import run_clean
from tests.support.in_process import client_of
from wsclient import Credentials
from wsclient import fleet as fleets
from wsclient.errors import ConfigurationError, EndpointResolutionError, WsclientError
from wsclient.fleet import Fleet, Site
from wsclient.testing import Emulator

KEYS = Credentials("AKIAIOSFODNN7EXAMPLE", "secret")
OTHERS = Credentials("AKIAI44QH8DHBEXAMPLE", "secret")
REGIONS = ["us-west-2", "eu-west-1"]


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Remove AWS's settings from the environment, with empty AWS files; return the home directory."""
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ACCESS_KEY_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / ".aws" / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / ".aws" / "credentials"))
    return tmp_path


def _names(fleet: Fleet) -> list[str]:
    return [str(site) for site in fleet.sites]


def test_sites_are_accounts_times_regions() -> None:
    """Sites come in the order in which accounts and regions were named."""
    fleet = Fleet(regions=REGIONS, accounts={"prod": KEYS, "lab": OTHERS})
    assert _names(fleet) == ["prod/us-west-2", "prod/eu-west-1", "lab/us-west-2", "lab/eu-west-1"]
    assert repr(fleet) == "<Fleet of prod/us-west-2, prod/eu-west-1, lab/us-west-2, lab/eu-west-1>"
    for site in fleet.sites:
        assert fleet.client(site).endpoint.signing_region == site.region


def test_profiles_become_accounts_with_their_region(nobody: Path) -> None:
    """Each profile has its own region unless regions= is given, and profiles precede accounts."""
    aws_home(nobody, config="[profile a]\nregion = us-east-1\n[profile b]\nregion = eu-west-1\n")
    assert _names(Fleet(profiles=["b", "a"])) == ["b/eu-west-1", "a/us-east-1"]
    assert _names(Fleet(profiles=["a"], accounts={"c": KEYS}, regions=["sa-east-1"])) == ["a/sa-east-1", "c/sa-east-1"]


def test_fleet_defaults_to_the_default_account_and_region(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without profiles and accounts, the fleet has the default credentials and the configured region."""
    monkeypatch.setenv("AWS_REGION", "eu-west-2")
    assert _names(Fleet()) == ["default/eu-west-2"]


def test_fleet_options_reach_clients_as_background_calls() -> None:
    """Options are passed to every client; calls are background calls unless priority= is given."""
    fleet = Fleet(regions=["us-west-2", "us-east-1"], accounts={"lab": KEYS}, use_fips=True)
    for site in fleet.sites:
        client = fleet.client(site)
        assert client.endpoint.url == f"https://workspaces-fips.{site.region}.amazonaws.com"
        assert client._options.get("priority") == "background"
    loud = Fleet(regions=REGIONS, accounts={"lab": KEYS}, priority="interactive")
    assert loud.client(loud.sites[1])._options.get("priority") == "interactive"


def test_an_account_assumes_its_role_once_for_all_regions(nobody: Path) -> None:
    """Its clients share credentials: no region asks STS, or for MFA, again."""
    aws = Emulator(region=REGIONS[0], other_regions=REGIONS[1:])
    role = aws.add_role("reader", account_id="210987654321")
    keys = aws.credentials
    aws_home(
        nobody,
        config=f"[profile deep]\nrole_arn = {role}\nsource_profile = root\nregion = us-west-2\n",
        credentials=f"[root]\naws_access_key_id={keys.access_key_id}\naws_secret_access_key={keys.secret_access_key}\n",
    )

    async def main() -> None:
        async with Fleet(profiles=["deep"], regions=REGIONS, transport=aws.transport(), pace=None) as fleet:
            assert await fleet.inventory().collect() == []
        described = {(call.account, call.region) for call in aws.calls if call.operation == "DescribeWorkspaces"}
        assert described == {("210987654321", region) for region in REGIONS}
        assert [call.operation for call in aws.calls if call.service == "sts"] == ["AssumeRole"]

    run_clean(main)


def test_account_credentials_are_resolved_once_for_all_regions() -> None:
    """Credentials are resolved once for all regions of an account; connections and retries are per region."""
    aws = Emulator(region=REGIONS[0], other_regions=REGIONS[1:])
    requested: list[str] = []

    class Vault:
        async def get_credentials(self) -> Credentials:
            requested.append("vault")
            return aws.credentials

    async def main() -> None:
        async with Fleet(regions=REGIONS, accounts={"lab": Vault()}, transport=aws.transport(), pace=None) as both:
            assert await both.inventory().collect() == []
            first, second = (both.client(site) for site in both.sites)
            assert first._pipeline.quota is not second._pipeline.quota
            assert first._pipeline.transport is not second._pipeline.transport
        assert requested == ["vault"]

    run_clean(main)


MISTAKES: list[tuple[Callable[[], object], type[WsclientError], str]] = [
    (lambda: Fleet(regions="us-west-2"), ConfigurationError, "put a single name in a list"),
    (lambda: Fleet(profiles="prod"), ConfigurationError, "put a single name in a list"),
    (lambda: Fleet(regions=[*REGIONS, "us-west-2"]), ConfigurationError, "region us-west-2 occurs twice"),
    (lambda: Fleet(profiles=["a"], accounts={"a": KEYS}), ConfigurationError, "account a occurs twice"),
    (
        lambda: Fleet(regions=REGIONS, accounts={"": KEYS}),
        ConfigurationError,
        "the name of a fleet's account must not be empty",
    ),
    (
        lambda: Fleet(regions=[""], accounts={"lab": KEYS}),
        ConfigurationError,
        "the name of a fleet's region must not be empty",
    ),
    (
        lambda: Fleet(regions=REGIONS, accounts={"a": KEYS, "b": OTHERS}, expected_account="123456789012"),
        ConfigurationError,
        "expected_account= names one account, but the fleet has 2",
    ),
    (lambda: Fleet(regions=["eu-west-9"], accounts={"lab": KEYS}), EndpointResolutionError, "eu-west-9"),
    (lambda: Fleet.over(5), ConfigurationError, "as in over((account, client), …), not an int"),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    (lambda: Fleet.over(("lab",)), ConfigurationError, "takes pairs of an account's name and a client"),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    (lambda: Fleet.over(), ConfigurationError, "a fleet needs at least one client"),  # noqa: PLW0108 - bound at each call
]


@pytest.mark.parametrize(("make", "kind", "message"), MISTAKES, ids=[text for _, _, text in MISTAKES])
def test_invalid_fleet_arguments_are_rejected_before_any_call(
    make: Callable[[], object], kind: type[WsclientError], message: str
) -> None:
    """Before any client is made or called."""
    with pytest.raises(kind, match=re.escape(message)):
        make()


def test_configuration_error_names_the_account() -> None:
    """If one of many accounts has no region, the error has a note with the account's name."""
    with pytest.raises(WsclientError) as caught:
        Fleet(accounts={"lab": KEYS})
    assert caught.value.__notes__ == ["raised for account lab of the fleet, region as configured"]


def test_fleet_over_existing_clients_leaves_them_open() -> None:
    """Fleet.over() does not close its clients, and rejects two clients for the same site."""
    aws = Emulator(region=REGIONS[0], other_regions=REGIONS[1:])

    async def main() -> None:
        clients = [client_of(aws, region=region) for region in REGIONS]
        async with Fleet.over(*(("lab", client) for client in clients)) as fleet:
            assert _names(fleet) == ["lab/us-west-2", "lab/eu-west-1"]
            assert fleet.client(fleet.sites[0]) is clients[0]
            with pytest.raises(
                ConfigurationError, match="prod/us-west-2 is not a site of this fleet, which has lab/us-west-2, lab"
            ):
                fleet.client(Site(account="prod", region="us-west-2"))
        await clients[0].describe_workspaces()
        with pytest.raises(ConfigurationError, match="lab/us-west-2 has two clients"):
            Fleet.over(("lab", clients[0]), ("lab", clients[0]))
        with pytest.raises(ConfigurationError, match="the name of a fleet's account must not be empty"):
            Fleet.over(("", clients[0]))
        for client in clients:
            await client.aclose()

    run_clean(main)


def test_closing_a_fleet_closes_every_client() -> None:
    """If closing a client fails, the others are closed, the error is raised, and later calls fail at every site."""
    aws = Emulator(region=REGIONS[0], other_regions=REGIONS[1:])

    async def main() -> None:
        fleet = Fleet(
            regions=REGIONS,
            accounts={"a": aws.credentials, "b": aws.add_user("b")},
            transport=aws.transport(),
            pace=None,
        )
        broken: Any = fleet.client(fleet.sites[2])
        close = broken.aclose

        async def failing() -> None:
            await close()
            raise OSError("it would not close")

        broken.aclose = failing
        await asyncio.gather(*(fleet.client(site).describe_workspaces() for site in fleet.sites))
        with pytest.raises(OSError, match="it would not close"):
            await fleet.aclose()
        for site in fleet.sites:
            with pytest.raises(WsclientError):
                await fleet.client(site).describe_workspaces()

    run_clean(main)


def test_fleet_public_names_exist() -> None:
    """Each name in __all__ exists."""
    assert {name for name in fleets.__all__ if not hasattr(fleets, name)} == set()
