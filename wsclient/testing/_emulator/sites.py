"""Sites of an emulator that serves several accounts and regions: their resources, and AWS profiles for the accounts."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from wsclient._core.credentials import Credentials
    from wsclient.testing._emulator.emulator import Emulator


class EmulatorSite(NamedTuple):
    """An account in a region, its directory, and a user of the account."""

    account_id: str
    region: str
    directory_id: str
    credentials: Credentials


def add_sites(aws: Emulator, accounts: Sequence[str], regions: Sequence[str], workspaces: int) -> list[EmulatorSite]:
    """Add a directory and WorkSpaces to each account in each region; return all sites, the emulator's own first.

    accounts and regions are those in addition to the emulator's own.
    """
    users = {aws.account_id: aws.credentials}
    users |= {account: aws.add_user("emulator", account_id=account) for account in dict.fromkeys(accounts)}
    sites: list[EmulatorSite] = []
    for account, region in product(users, dict.fromkeys([aws.region, *regions])):
        is_main = (account, region) == (aws.account_id, aws.region)
        directory = aws.directory_id if is_main else aws.add_directory(account_id=account, region=region)
        sites.append(EmulatorSite(account, region, directory, users[account]))
        aws.add_workspaces(workspaces, directory_id=directory, account_id=account, region=region)
    return sites


@contextmanager
def config_file(aws: Emulator, sites: Sequence[EmulatorSite]) -> Generator[str | None]:
    """Write an AWS config file with a profile for each account, named by its id, and delete it after the block.

    Yields its path, or None for an emulator of a single account, which needs no profile.
    """
    users = {site.account_id: site.credentials for site in sites}
    if len(users) == 1:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="wsclient-emulator-") as directory:
        path = Path(directory) / "config"  # in a directory that only this user may read
        path.write_text("".join(_profile(name, keys, aws.region) for name, keys in users.items()), encoding="utf-8")
        yield str(path)


def _profile(name: str, keys: Credentials, region: str) -> str:
    return (
        f"[profile {name}]\nregion = {region}\n"
        f"aws_access_key_id = {keys.access_key_id}\naws_secret_access_key = {keys.secret_access_key}\n"
    )
