"""The world that the documentation's readers are in: an account with what the texts name, in a VPC with endpoints.

Clients made in it are a user's own, `WorkSpacesClient(region="us-west-2")`: they call AWS's names, which lead to an
emulator here, and what takes AWS minutes takes none.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import httpx
import msgspec

from tests.support.aws_home import aws_home
from wsclient._client.base_client import BaseClient
from wsclient._core.clock import SYSTEM_CLOCK, TimeSource
from wsclient.fleet._inventory.inventory import InventoryMixin
from wsclient.testing import Durations, Emulator, InterfaceEndpoint, Inventory, Rule
from wsclient.testing._state.network import SecurityGroupRecord, SubnetRecord, VpcRecord

if TYPE_CHECKING:
    from collections.abc import Generator
    from datetime import datetime

    import pytest

    from wsclient.testing._state.network import Network
    from wsclient.testing._state.vpc_endpoints import PrivateLinkService

REGION: Final = "us-west-2"
OTHER_REGIONS: Final = ("eu-west-1", "us-east-1", "us-gov-west-1")
VPC: Final = "vpc-0123456789abcdef0"
ENDPOINTS: Final[tuple[tuple[str, PrivateLinkService, str], ...]] = (
    ("vpce-0123-abcd", "workspaces", REGION),
    ("vpce-0aaa-bbbb", "workspaces", "eu-west-1"),
    ("vpce-0456-cdef", "sts", REGION),
    ("vpce-0ccc-dddd", "sts", "eu-west-1"),
)
"""Interface endpoints that the texts name: the first label of each one's DNS name, its service and region."""
OTHER_VPC: Final = "vpc-0a1b2c3d4e5f67890"
SUBNETS: Final = {"subnet-0aaaabbbbcccc1111": "a", "subnet-0aaaabbbbcccc2222": "b"}
GROUP: Final = "sg-0aaaabbbbcccc3333"
AT_ONCE: Final = Durations(
    create_vpc_endpoint=timedelta(), delete_vpc_endpoint=timedelta(), switch_private_dns=timedelta()
)
"""What readers would wait for minutes takes no time here."""
DIRECTORY: Final = "d-926722edaf"
BUNDLE: Final = "wsb-8vbljg4r6"
IP_GROUP: Final = "wsipg-2zmfx7g8k"
WORKSPACES: Final = {
    "ws-f9abcdefg": ("jane", "AVAILABLE", "AUTO_STOP"),
    "ws-0abcdefg1": ("john", "STOPPED", "AUTO_STOP"),
    "ws-0abcdefg2": ("mary", "AVAILABLE", "AUTO_STOP"),
    "ws-0abcdefg3": ("omar", "AVAILABLE", "ALWAYS_ON"),
}
"""WorkSpaces that the texts name, with user, state and running mode."""
GRAPHICS: Final = {"omar": ("GRAPHICSPRO_G4DN", "WINDOWS_SERVER_2019")}
"""Compute type and operating system of users whose WorkSpace is no standard one with Windows 10."""
ACCOUNTS: Final = {"prod": "210987654321", "lab": "321098765432"}
"""Accounts that the texts name by profiles."""
FORGOTTEN: Final = (
    *(f"AWS_{name}" for name in ("PROFILE", "DEFAULT_PROFILE", "REGION", "DEFAULT_REGION", "SESSION_TOKEN")),
    *(f"AWS_ENDPOINT_URL{suffix}" for suffix in ("", "_WORKSPACES", "_STS", "_EC2")),
    *("HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy"),
)
"""Variables of whoever runs the tests that are none of the reader's."""


def inventory() -> Inventory:
    """Return what the account has at first."""
    return Inventory.from_dict(
        {
            "Format": "wsclient-inventory",
            "Version": 1,
            "AccountId": "123456789012",
            "Region": REGION,
            "Directories": [{"DirectoryId": DIRECTORY, "State": "REGISTERED"}],
            "IpGroups": [{"groupId": IP_GROUP, "groupName": "office", "userRules": [{"ipRule": "10.0.0.0/8"}]}],
            "Workspaces": [_workspace(name, *facts) for name, facts in WORKSPACES.items()],
        }
    )


def _workspace(workspace_id: str, user: str, state: str, running_mode: str) -> dict[str, object]:
    compute_type, system = GRAPHICS.get(user, ("STANDARD", "WINDOWS_10"))
    return {
        "WorkspaceId": workspace_id,
        "DirectoryId": DIRECTORY,
        "BundleId": BUNDLE,
        "UserName": user,
        "State": state,
        "WorkspaceProperties": {
            "RunningMode": running_mode,
            "ComputeTypeName": compute_type,
            "OperatingSystemName": system,
            "Protocols": ["PCOIP"],
        },
    }


def _profile(name: str, account_id: str) -> str:
    role = f"arn:aws:iam::{account_id}:role/desktops"
    return f"[profile {name}]\nrole_arn = {role}\ncredential_source = Environment\n"


class HastyClock:
    """The machine's time of day, so that signatures are good; durations by the emulator's clock, which naps advance."""

    def __init__(self, aws: Emulator) -> None:
        self._aws = aws

    def now(self) -> datetime:
        """Return the machine's time of day, a nap of hours ago being hours ago."""
        return SYSTEM_CLOCK.now()

    def monotonic(self) -> float:
        """Return seconds, naps included."""
        return self._aws.clock.monotonic()


@contextmanager
def world(home: Path, patch: pytest.MonkeyPatch) -> Generator[Emulator]:
    """Run an emulator, and let whatever clients are made meanwhile reach it under AWS's own names."""
    with _same_logging(), Emulator(seed=inventory(), other_regions=OTHER_REGIONS, durations=AT_ONCE) as aws:
        _add_network(aws._world.network)
        endpoints = [_endpoint(number, *facts) for number, facts in enumerate(ENDPOINTS)]
        aws._world.endpoints.restore(endpoints, {})
        _surround(aws, home, patch)
        _lead_clients_to(aws, patch)
        yield aws


@contextmanager
def _same_logging() -> Generator[None]:
    """Give logging back as it was: blocks configure it as programs do, and later tests would keep every record."""
    loggers = logging.getLogger(), logging.getLogger("wsclient")
    before = [(each.level, list(each.handlers)) for each in loggers]
    try:
        yield
    finally:
        for logger, (level, handlers) in zip(loggers, before, strict=True):
            logger.setLevel(level)
            logger.handlers[:] = handlers


def _add_network(network: Network) -> None:
    """Add a VPC without endpoints, its private subnets in two zones, and a security group that lets HTTPS in."""
    network.add_vpc(VpcRecord(id=OTHER_VPC, account_id="123456789012", region=REGION, cidrs=("10.8.0.0/16",)))
    for number, (subnet_id, zone) in enumerate(SUBNETS.items()):
        subnet = SubnetRecord(id=subnet_id, vpc_id=OTHER_VPC, cidr=f"10.8.{number * 16}.0/20", zone=zone)
        network.subnets[subnet_id] = subnet
    rules = (Rule(sources=("10.8.0.0/16",)),)
    network.groups[GROUP] = SecurityGroupRecord(id=GROUP, vpc_id=OTHER_VPC, name="endpoint", rules=rules)


def _endpoint(number: int, label: str, service: PrivateLinkService, region: str) -> InterfaceEndpoint:
    return InterfaceEndpoint(
        id=label.rpartition("-")[0],
        dns_label=label,
        service=service,
        region=region,
        vpc_id=VPC,
        account_id="123456789012",
        addresses=(f"10.0.{number}.10", f"10.0.{number}.138"),
        client_address=f"10.0.{number}.20",
        has_private_dns=True,
    )


def _surround(aws: Emulator, home: Path, patch: pytest.MonkeyPatch) -> None:
    """Give the process what a user's has: a home, keys, and trust in who signed the service's certificate."""
    aws_home(home, config="".join(_profile(*profile) for profile in ACCOUNTS.items()), credentials="")
    for name in FORGOTTEN:
        patch.delenv(name, raising=False)
    (home / "corporate-ca.pem").write_bytes(Path(aws.ca_file).read_bytes())
    values = {
        "HOME": str(home),
        "AWS_CONFIG_FILE": str(home / ".aws" / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(home / ".aws" / "credentials"),
        "AWS_CA_BUNDLE": aws.ca_file,
        "AWS_ACCESS_KEY_ID": aws.credentials.access_key_id,
        "AWS_SECRET_ACCESS_KEY": aws.credentials.secret_access_key,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    for name, value in values.items():
        patch.setenv(name, value)
    patch.chdir(home)


def _lead_clients_to(aws: Emulator, patch: pytest.MonkeyPatch) -> None:
    """Have every client wired to the emulator, napping by its clock."""
    set_up = BaseClient._set_up
    clock = HastyClock(aws)

    async def nap(seconds: float) -> None:
        aws.clock.advance(seconds=seconds)
        await asyncio.sleep(0)

    def wired_set_up(client: BaseClient, *arguments: Any, **options: Any) -> None:
        set_up(client, *arguments, **options)
        client._pipeline = msgspec.structs.replace(client._pipeline, time=TimeSource(clock=clock, sleep=nap))

    patch.setattr(InventoryMixin, "_time", TimeSource(clock=clock, sleep=nap))
    patch.setattr(BaseClient, "_dialer", aws.dialer(VPC))
    patch.setattr(httpx, "AsyncHTTPTransport", aws.transport)
    patch.setattr(BaseClient, "_set_up", wired_set_up)
