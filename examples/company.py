"""Fictional company for the notebook: two accounts in two regions with hundreds of WorkSpaces, in the emulator.

All data follows from names and numbers, and the emulator's clock stands still, so that every run has the same result: a
Monday morning, with WorkSpaces that have not been cleaned up for months.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypedDict

import wsclient
from wsclient import types
from wsclient.testing import Emulator, Inventory

MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
FIRST = "anna ben carla david elif frank grace hassan ines jonas kenji lea milan nora omar petra quinn rosa samir tara"
LAST = (
    "adler brandt costa diaz evans fischer garcia huang ito jansen kaya lopez meyer novak okafor park ruiz sato weber"
)
BUNDLES = {
    "wsb-8d3kf02nq": ("Standard with Windows 11", "STANDARD", 80, 50),
    "wsb-1m7xw4c9t": ("Performance with Windows 11", "PERFORMANCE", 80, 100),
    "wsb-5q0zj6b2h": ("Power with Windows 11", "POWER", 175, 100),
}
IDLE_DAYS = ((0.38, 0.01, 0.09), (0.62, 0.5, 7.0), (0.76, 7.0, 30.0), (0.88, 30.0, 90.0), (0.95, 90.0, 280.0))
"""Cumulative share of WorkSpaces, with the days since their last connection, from and to; the rest never connected."""


class Chance:
    """Reproducible random choices for a user."""

    def __init__(self, user: str) -> None:
        self._user = user

    def share(self, purpose: str) -> float:
        """Return a number in [0, 1)."""
        return int(_digest(f"{self._user}/{purpose}", 12), 16) / 16**12

    def one_of(self, purpose: str, values: Sequence[str]) -> str:
        """Return one of the values."""
        return values[int(self.share(purpose) * len(values))]

    def falls(self, purpose: str, likelihood: float) -> bool:
        """Return True with this probability."""
        return self.share(purpose) < likelihood

    def idle(self) -> timedelta | None:
        """Return the time since the last connection, or None if there was none."""
        draw, far = self.share("idle"), self.share("far")
        shortest, longest = next((days for limit, *days in IDLE_DAYS if draw < limit), (0.0, 0.0))
        return timedelta(minutes=round((shortest + far * (longest - shortest)) * 1440)) if longest else None


class Access(TypedDict):
    """Arguments of the company's fleets, besides the regions."""

    accounts: dict[str, wsclient.Credentials]
    endpoint_url: str
    tls: wsclient.TLSPolicy


@dataclass(frozen=True)
class Office:
    """Directory of an account in a region, with its teams and number of users."""

    account_id: str
    region: str
    alias: str
    teams: Sequence[str]
    people: int

    @property
    def directory_id(self) -> str:
        """Return the directory's id."""
        return f"d-92{_digest(self.alias, 8)}"


PROD, LAB = "111122223333", "444455556666"
OFFICES = [
    Office(PROD, "us-west-2", "seattle", ("claims", "finance", "support"), 148),
    Office(PROD, "us-west-2", "contractors", ("claims", "support"), 37),
    Office(PROD, "eu-west-1", "dublin", ("finance", "support", "legal"), 96),
    Office(LAB, "us-west-2", "training", ("training",), 42),
    Office(LAB, "eu-west-1", "testing", ("quality",), 17),
]


class StoppedClock:
    """Clock of the emulator, which advances only on request."""

    def now(self) -> datetime:
        """Return its time."""
        return MONDAY

    def monotonic(self) -> float:
        """Return zero."""
        return 0.0


class Company:
    """The company's accounts in an emulator, which runs until close()."""

    def __init__(self) -> None:
        first, *further = dict.fromkeys((office.account_id, office.region) for office in OFFICES)
        regions = {region for _, region in further}
        self._aws = Emulator(seed=_inventory(*first), other_regions=sorted(regions), clock=StoppedClock())
        for account_id, region in further:
            self._aws.seed(_inventory(account_id, region), account_id=account_id, region=region)
        self._aws.start()

    @property
    def access(self) -> Access:
        """Arguments with which fleets reach the accounts, instead of profiles and AWS's endpoints."""
        return {
            "accounts": {
                "prod": self._aws.add_user("desk", account_id=PROD),
                "lab": self._aws.add_user("desk", account_id=LAB),
            },
            "endpoint_url": self._aws.endpoint_url,
            "tls": wsclient.TLSPolicy(ca_file=self._aws.ca_file),
        }

    def let_pass(self, *, minutes: float) -> None:
        """Advance the emulator's clock."""
        self._aws.advance(minutes=minutes)

    def close(self) -> None:
        """Stop the emulator."""
        self._aws.stop()


def _inventory(account_id: str, region: str) -> Inventory:
    """Return the resources of an account in a region."""
    offices = [office for office in OFFICES if (office.account_id, office.region) == (account_id, region)]
    people = [person for office in offices for person in _people(office)]
    return Inventory(
        account_id=account_id,
        region=region,
        directories=[_directory(office) for office in offices],
        bundles=[_bundle(bundle_id) for bundle_id in BUNDLES],
        workspaces=[person.workspace for person in people],
        workspaces_connection_status=[person.status for person in people if person.status is not None],
        tags={person.workspace.workspace_id or "": person.tags for person in people if person.tags},
    )


@dataclass(frozen=True)
class Person:
    """WorkSpace of a user, with its last connection and tags."""

    workspace: types.Workspace
    status: types.WorkspaceConnectionStatus | None
    tags: list[types.Tag]


def _people(office: Office) -> Iterator[Person]:
    for number in range(office.people):
        chance = Chance(f"{office.alias}/{number}")
        idle = chance.idle()
        workspace = _workspace(office, number, idle, chance)
        broken = workspace.state in (types.WorkspaceState.ERROR, types.WorkspaceState.UNHEALTHY)
        status = None if broken else _status(workspace, idle, chance)
        tags = [types.Tag(key="team", value=chance.one_of("team", office.teams))]
        if chance.falls("keep", 0.07):
            tags.append(types.Tag(key="keep", value="yes"))
        yield Person(workspace, status, tags if chance.falls("tagged", 0.93) else [])


def _workspace(office: Office, number: int, idle: timedelta | None, chance: Chance) -> types.Workspace:
    first, last = FIRST.split(), LAST.split()
    bundle_id = chance.one_of("bundle", [*list(BUNDLES)[:1] * 3, *BUNDLES])
    _, compute, root, user = BUNDLES[bundle_id]
    mode = "ALWAYS_ON" if chance.falls("mode", 0.3) else "AUTO_STOP"
    return types.Workspace(
        workspace_id=f"ws-{_digest(f'{office.alias}/{number}', 9)}",
        directory_id=office.directory_id,
        user_name=f"{first[number % len(first)]}.{last[(number * 7 + len(office.alias)) % len(last)]}",
        computer_name=f"WSAMZN-{_digest(f'computer/{office.alias}/{number}', 8).upper()}",
        ip_address=f"10.{OFFICES.index(office)}.{number // 200}.{number % 200 + 10}",
        bundle_id=bundle_id,
        state=_state(mode, idle, chance),
        workspace_properties=types.WorkspaceProperties(
            running_mode=types.RunningMode(mode),
            running_mode_auto_stop_timeout_in_minutes=60 if mode == "AUTO_STOP" else None,
            compute_type_name=types.Compute(compute),
            root_volume_size_gib=root,
            user_volume_size_gib=user,
            operating_system_name=types.OperatingSystemName.WINDOWS_11,
            protocols=[types.Protocol.WSP],
        ),
    )


def _state(mode: str, idle: timedelta | None, chance: Chance) -> types.WorkspaceState:
    """Return a state: most AUTO_STOP WorkSpaces are STOPPED."""
    if chance.falls("fault", 0.03):
        return types.WorkspaceState.UNHEALTHY if chance.falls("which fault", 0.6) else types.WorkspaceState.ERROR
    rests = mode == "AUTO_STOP" and (idle is None or idle > timedelta(hours=2))
    return types.WorkspaceState.STOPPED if rests and chance.falls("rests", 0.5) else types.WorkspaceState.AVAILABLE


def _status(workspace: types.Workspace, idle: timedelta | None, chance: Chance) -> types.WorkspaceConnectionStatus:
    is_connected = idle is not None and idle < timedelta(hours=2) and chance.falls("connected", 0.8)
    return types.WorkspaceConnectionStatus(
        workspace_id=workspace.workspace_id,
        connection_state=types.ConnectionState.CONNECTED if is_connected else types.ConnectionState.DISCONNECTED,
        connection_state_check_timestamp=MONDAY,
        last_known_user_connection_timestamp=None if idle is None else MONDAY - idle,
    )


def _directory(office: Office) -> types.WorkspaceDirectory:
    return types.WorkspaceDirectory(
        directory_id=office.directory_id,
        alias=office.alias,
        directory_name=f"{office.alias}.example.com",
        directory_type=types.WorkspaceDirectoryType.AD_CONNECTOR,
    )


def _bundle(bundle_id: str) -> types.WorkspaceBundle:
    name, compute, root, user = BUNDLES[bundle_id]
    return types.WorkspaceBundle(
        bundle_id=bundle_id,
        name=name,
        owner="AMAZON",
        compute_type=types.ComputeType(name=types.Compute(compute)),
        root_storage=types.RootStorage(capacity=str(root)),
        user_storage=types.UserStorage(capacity=str(user)),
    )


def _digest(text: str, digits: int) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()[:digits]
