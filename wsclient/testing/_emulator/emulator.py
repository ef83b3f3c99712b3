"""Emulator class: runs the local services, adds resources and identities, and logs the calls."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from wsclient._core.argument_checks import checked
from wsclient._core.clock import SYSTEM_CLOCK, Clock
from wsclient._core.errors import ConfigurationError
from wsclient._core.value_kinds import (
    ACCOUNT_ID,
    BOOL,
    CLOCK,
    NAME,
    PATH,
    TEXT,
    either,
    instance_of,
    optional,
    satisfies,
    sequence_of,
)
from wsclient._generated.workspaces.enums import (
    Compute,
    ComputeText,
    OperatingSystemName,
    OperatingSystemNameText,
    RunningMode,
    RunningModeText,
    WorkSpaceApplicationState,
    WorkSpaceApplicationStateText,
    WorkspaceState,
    WorkspaceStateText,
    WorkspaceType,
    WorkspaceTypeText,
)
from wsclient.pacing._pace import Pace
from wsclient.testing._emulator.clients import EmulatorClients
from wsclient.testing._emulator.controls import Controls, initial_state
from wsclient.testing._emulator.identities import EmulatorIdentities
from wsclient.testing._emulator.inventory import Inventory
from wsclient.testing._emulator.seeds import Seeder
from wsclient.testing._files import PathLike
from wsclient.testing._server.host_names import certified_names
from wsclient.testing._server.lazy_dependencies import new_server, service_handler
from wsclient.testing._state.argument_kinds import (
    COUNT,
    MEMBERS,
    NAMES,
    NUMBER,
    PLACE,
    text_of,
)
from wsclient.testing._state.call_log import CallRecord
from wsclient.testing._state.clock import DrivenClock
from wsclient.testing._state.emulator_state import EmulatorState
from wsclient.testing._state.enum_texts import member_of
from wsclient.testing._state.identities import Identities
from wsclient.testing._state.keyring import KeyRing
from wsclient.testing._state.quotas import Quotas
from wsclient.testing._state.store import Durations
from wsclient.testing._state.throttle import Throttle, Throttler, coerce_throttle

if TYPE_CHECKING:
    from wsclient._core.credentials import Credentials
    from wsclient.testing._server.server import Server

MAX_PORT: Final = 65535


def _is_port(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_PORT


class Emulator(Controls, EmulatorIdentities, EmulatorClients):
    """Local emulator of Amazon WorkSpaces and AWS STS, over TLS on loopback, that checks signatures as AWS does.

    `async with Emulator() as aws:` or, in synchronous tests, `with Emulator() as aws:`. aws.client() returns a client
    of it; other clients need aws.endpoint_url, aws.ca_file, aws.credentials and aws.region. The emulator starts with
    one directory (aws.directory_id) and AWS's bundles (aws.bundle_id is the id of a bundle). aws.advance(minutes=…)
    completes changes that take minutes at AWS; aws.clock.skew(minutes=…) emulates clock skew. The state and the call
    log remain after the emulator stops. Its own logs are silent until the logger wsclient.testing has a level. Needs
    the extra wsclient[testing].

    region is the main region, by default us-west-2; other_regions are served too. account_id is the account of
    aws.credentials. seed is the initial resources of the account, an Inventory or the path of its file: if it lists
    directories, the emulator adds none, and region and account_id default to the inventory's. durations sets how long
    changes take, quotas the service quotas of an account in a region, clock the time source. throttle is the rate limit
    of an account in a region, beyond which calls get ThrottlingException: a Pace for all calls to WorkSpaces (AWS
    documents Pace(2, 5)), a Throttle to limit single operations too, None for no limit. host must be a loopback
    address; port 0 selects a free port. Raises ConfigurationError for invalid arguments.
    """

    @checked(
        {
            "region": optional(NAME),
            "other_regions": sequence_of(NAME, "a list of regions"),
            "account_id": optional(ACCOUNT_ID),
            "seed": optional(either("an Inventory or the path of its file", instance_of(Inventory, expected=""), PATH)),
            "durations": optional(instance_of(Durations, expected="a Durations")),
            "quotas": optional(instance_of(Quotas, expected="a Quotas")),
            "throttle": optional(instance_of(Throttle, Pace, expected="a Throttle or a Pace")),
            "clock": CLOCK,
            "host": TEXT,
            "port": satisfies("a port from 0 to 65535", _is_port),
        }
    )
    def __init__(
        self,
        *,
        region: str | None = None,
        other_regions: Sequence[str] = (),
        account_id: str | None = None,
        seed: Inventory | PathLike | None = None,
        durations: Durations | None = None,
        quotas: Quotas | None = None,
        throttle: Throttle | Pace | None = None,
        clock: Clock = SYSTEM_CLOCK,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        initial = initial_state(seed, region, account_id)
        self.region = region = initial.region
        self.account_id = account_id = initial.account_id
        self.clock = DrivenClock(clock)
        keys = KeyRing()
        self.credentials: Credentials = keys.issue_user(account_id, "emulator")
        self._world = EmulatorState(
            clock=self.clock,
            keys=keys,
            identities=Identities(self.clock),
            durations=durations or Durations(),
            quotas=quotas or Quotas(),
            regions=frozenset({region, *other_regions}),
            buckets=Throttler(coerce_throttle(throttle)),
        )
        self._seeder = Seeder(self._world, account_id, region)
        self.bundle_id = self._seeder.add_amazon_bundles()
        self.directory_id = initial.directory_id or self._seeder.add_directory(
            registered=True, workspace_type=WorkspaceType.PERSONAL
        )
        if initial.inventory is not None:
            self.seed(initial.inventory)
        self._address = (host, port)
        self._server: Server | None = None

    def __repr__(self) -> str:
        """Return account, region and URL."""
        place = "not running" if self._server is None else self._server.endpoint_url
        return f"<Emulator of account {self.account_id} in {self.region}, {place}>"

    @property
    def endpoint_url(self) -> str:
        """URL of the emulator: https, a loopback address and a port. Raises ConfigurationError if it is not running."""
        return self._running_server().endpoint_url

    @property
    def ca_file(self) -> str:
        """Path of the PEM file of the certificate authority that clients must trust; exists while the emulator runs."""
        return self._running_server().ca_file

    @property
    def calls(self) -> tuple[CallRecord, ...]:
        """Log of all requests so far, rejected requests included."""
        with self._world.lock:
            return tuple(self._world.calls)

    def environ(self) -> dict[str, str]:
        """Return the environment variables that point the AWS SDKs and the AWS CLI at the running emulator.

        For os.environ or a child process, as in subprocess.run(..., env=os.environ | aws.environ()): endpoint URLs,
        certificate authority, access key and region. Unset AWS_SESSION_TOKEN and AWS_PROFILE as well. Raises
        ConfigurationError if the emulator is not running.
        """
        return {
            "AWS_ENDPOINT_URL_WORKSPACES": self.endpoint_url,
            "AWS_ENDPOINT_URL_STS": self.endpoint_url,
            "AWS_CA_BUNDLE": self.ca_file,
            "AWS_ACCESS_KEY_ID": self.credentials.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.credentials.secret_access_key,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
        }

    @checked(dict.fromkeys(("days", "hours", "minutes", "seconds"), NUMBER))
    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Advance the emulator's clock; the same as clock.advance."""
        self.clock.advance(days=days, hours=hours, minutes=minutes, seconds=seconds)

    @checked({"registered": BOOL, "kind": text_of(WorkspaceType), **PLACE})
    def add_directory(
        self,
        *,
        registered: bool = True,
        kind: WorkspaceTypeText = WorkspaceType.PERSONAL,
        account_id: str | None = None,
        region: str | None = None,
    ) -> str:
        """Add a directory and return its id; with registered=False it is available for RegisterWorkspaceDirectory."""
        return self._seeder.add_directory(
            registered=registered, workspace_type=kind, account_id=account_id, region=region
        )

    @checked({"name": NAME})
    def add_bundle(self, name: str) -> str:
        """Add a custom bundle of the account, and its image, and return the id of the bundle."""
        return self._seeder.add_bundle(name)

    @checked({"name": NAME, "operating_system": text_of(OperatingSystemName)})
    def add_image(
        self, name: str, *, operating_system: OperatingSystemNameText = OperatingSystemName.WINDOWS_10
    ) -> str:
        """Add a custom image of the account and return its id."""
        return self._seeder.add_image(name, system=operating_system)

    @checked(
        {
            "name": NAME,
            "compute_types": MEMBERS,
            "operating_systems": MEMBERS,
            "state": text_of(WorkSpaceApplicationState),
            "excludes": NAMES,
        }
    )
    def add_application(
        self,
        name: str,
        *,
        compute_types: Sequence[ComputeText] = tuple(Compute),
        operating_systems: Sequence[OperatingSystemNameText] = (OperatingSystemName.WINDOWS_10,),
        state: WorkSpaceApplicationStateText = WorkSpaceApplicationState.AVAILABLE,
        excludes: Sequence[str] = (),
    ) -> str:
        """Add an application that AWS offers to the account and return its id.

        A WorkSpace can have the application if it has one of these compute types and operating systems, and none of
        the applications in excludes.
        """
        return self._seeder.add_application(
            name, compute_types=compute_types, operating_systems=operating_systems, state=state, excludes=excludes
        )

    def add_ec2_image(self) -> str:
        """Add an EC2 image (AMI) that can be imported, and return its id."""
        return self._seeder.add_ec2_image()

    @checked({"account_id": optional(ACCOUNT_ID)})
    def allow_byol(self, *, account_id: str | None = None) -> None:
        """Enable Bring Your Own License (BYOL) for an account, as AWS Support does on request."""
        self._seeder.allow_byol(account_id)

    @checked({"pool_id": NAME, "user_id": NAME})
    def add_pool_session(self, pool_id: str, user_id: str) -> str:
        """Connect a user to a RUNNING pool and return the id of the session.

        Raises ConfigurationError if the pool does not run or has no free session.
        """
        return self._seeder.add_pool_session(pool_id, user_id)

    @checked(
        {
            "count": COUNT,
            "directory_id": optional(NAME),
            "bundle_id": optional(NAME),
            "running_mode": text_of(RunningMode),
            "state": text_of(WorkspaceState),
            **PLACE,
        }
    )
    def add_workspaces(
        self,
        count: int = 1,
        *,
        directory_id: str | None = None,
        bundle_id: str | None = None,
        running_mode: RunningModeText = RunningMode.ALWAYS_ON,
        state: WorkspaceStateText = WorkspaceState.AVAILABLE,
        account_id: str | None = None,
        region: str | None = None,
    ) -> list[str]:
        """Add existing WorkSpaces, created a day ago, each for a new user, and return their ids.

        count is 0 to 1,000,000; a thousand WorkSpaces take two megabytes of memory and some tens of milliseconds.
        directory_id and bundle_id default to the emulator's; in another account or region to the first directory there,
        which is added if there is none, and the first bundle. Raises ConfigurationError for an unknown directory,
        bundle or region.
        """
        place = (account_id or self.account_id, region or self.region)
        is_main = place == (self.account_id, self.region)
        return self._seeder.add_workspaces(
            count,
            place,
            directory_id=directory_id or (self.directory_id if is_main else None),
            bundle_id=bundle_id or (self.bundle_id if is_main else None),
            running_mode=running_mode,
            state=state,
        )

    @checked({"workspace_id": NAME, "state": text_of(WorkspaceState)})
    def set_workspace_state(self, workspace_id: str, state: WorkspaceStateText) -> None:
        """Set the state of a WorkSpace, such as UNHEALTHY, which no call leads to; a pending change is cancelled."""
        chosen = member_of(WorkspaceState, state, "state")
        with self._world.lock:
            self._seeder.workspace(workspace_id).set_state(chosen, self.clock.now())

    @checked({"workspace_id": NAME})
    def connect_user(self, workspace_id: str) -> None:
        """Connect the user of a WorkSpace. Raises ConfigurationError if the WorkSpace is not AVAILABLE."""
        self._seeder.connect(workspace_id, is_connected=True)

    @checked({"workspace_id": NAME})
    def disconnect_user(self, workspace_id: str) -> None:
        """Disconnect the user of a WorkSpace."""
        self._seeder.connect(workspace_id, is_connected=False)

    def start(self) -> Self:
        """Start the server, which `with` does too. Raises ConfigurationError if it cannot start or already runs."""
        if self._server is not None:
            raise ConfigurationError("Emulator.start: the emulator is already running")
        names = certified_names(self._world.regions)
        server = new_server(service_handler(self._world), *self._address, names=names)
        server.start()
        self._server = server
        return self

    def stop(self) -> None:
        """Stop the server, abort all connections and release all resources; no effect if it is not running."""
        server, self._server = self._server, None
        if server is not None:
            server.stop()

    def _running_server(self) -> Server:
        if self._server is None:
            raise ConfigurationError("the emulator is not running: use it as `async with Emulator() as aws:`")
        return self._server

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        # Not in a worker thread: starting takes milliseconds, and an awaited start could be cancelled half-way.
        return self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()
