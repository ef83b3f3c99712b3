"""The emulator's public face: start it, point clients at it, put things into it, see what was called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from msgspec.structs import replace

from wsclient._clock import SYSTEM_CLOCK
from wsclient._errors import ConfigurationError
from wsclient._generated.workspaces.enums import RunningMode, WorkspaceState
from wsclient.testing._clock import DrivenClock
from wsclient.testing._keys import KeyRing
from wsclient.testing._seeds import Seeds
from wsclient.testing._store import Durations
from wsclient.testing._world import World

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from wsclient._clock import Clock
    from wsclient.credentials import Credentials
    from wsclient.testing._calls import CallRecord
    from wsclient.testing._server import Server


class Emulator:
    """A local Amazon WorkSpaces and AWS STS, over TLS and loopback, that checks signatures as AWS does.

    `async with Emulator() as aws:` or, in synchronous tests, `with Emulator() as aws:`. Clients need
    aws.endpoint_url, aws.ca_file, aws.credentials and aws.region. It begins with one directory (aws.directory_id) and
    AWS's bundles (aws.bundle_id is one). What takes AWS minutes takes aws.clock.advance(minutes=…), a clock that is
    wrong aws.clock.skew(minutes=…). What was changed or called stays when it is stopped. Needs the extra
    wsclient[testing].

    region is the one it serves, other_regions are more of them; account_id owns its credentials. durations says how
    long changes take, clock what time it goes by. host must be loopback; port 0 takes a free one.
    """

    def __init__(
        self,
        *,
        region: str = "us-west-2",
        other_regions: Sequence[str] = (),
        account_id: str = "123456789012",
        durations: Durations | None = None,
        clock: Clock = SYSTEM_CLOCK,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.region = region
        self.account_id = account_id
        self.clock = DrivenClock(clock)
        keys = KeyRing()
        self.credentials: Credentials = keys.issue_user(account_id, "emulator")
        self._world = World(
            clock=self.clock,
            keys=keys,
            durations=durations or Durations(),
            regions=frozenset({region, *other_regions}),
        )
        self._seeds = Seeds(self._world, account_id, region)
        self.bundle_id = self._seeds.add_amazon_bundles()
        self.directory_id = self._seeds.add_directory(registered=True)
        self._where = (host, port)
        self._server: Server | None = None

    @property
    def endpoint_url(self) -> str:
        """Where it answers: https, a loopback address, and a port."""
        return self._running().endpoint_url

    @property
    def ca_file(self) -> str:
        """Path of the certificate authority's PEM file, there while it runs: what clients trust it by."""
        return self._running().ca_file

    @property
    def calls(self) -> tuple[CallRecord, ...]:
        """Every request so far, refused ones too."""
        with self._world.lock:
            return tuple(self._world.calls)

    def add_directory(self, *, registered: bool = True) -> str:
        """Add a directory and return its id; one not registered is there for RegisterWorkspaceDirectory."""
        return self._seeds.add_directory(registered=registered)

    def add_bundle(self, name: str) -> str:
        """Add a custom bundle of the account and return its id."""
        return self._seeds.add_bundle(name)

    def add_workspaces(
        self,
        count: int = 1,
        *,
        directory_id: str | None = None,
        bundle_id: str | None = None,
        running_mode: RunningMode = RunningMode.ALWAYS_ON,
        state: WorkspaceState = WorkspaceState.AVAILABLE,
    ) -> list[str]:
        """Add WorkSpaces that have long been created, each for a user of its own, and return their ids."""
        return self._seeds.add_workspaces(
            count,
            directory_id=directory_id or self.directory_id,
            bundle_id=bundle_id or self.bundle_id,
            running_mode=running_mode,
            state=state,
        )

    def set_workspace_state(self, workspace_id: str, state: WorkspaceState) -> None:
        """Put a WorkSpace into a state that no call leads to, such as UNHEALTHY; what was to come is dropped."""
        with self._world.lock:
            record = self._world.store(self.account_id, self.region).workspaces.get(workspace_id)
            if record is None:
                raise ConfigurationError(f"Emulator.set_workspace_state: there is no WorkSpace {workspace_id}")
            record.workspace, record.change = replace(record.workspace, state=state), None

    def start(self) -> Self:
        """Begin to answer; with does this, and stop() in the end, by itself."""
        if self._server is not None:
            raise ConfigurationError("Emulator.start: it is running already")
        server = _new_server(self._world, *self._where)
        server.start()
        self._server = server
        return self

    def stop(self) -> None:
        """Stop answering, drop every connection, and leave nothing behind; stopping twice is no error."""
        server, self._server = self._server, None
        if server is not None:
            server.stop()

    def _running(self) -> Server:
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
        # Not in another thread: a start takes milliseconds, and one that is waited for could be cancelled half-way.
        return self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()


def _new_server(world: World, host: str, port: int) -> Server:
    try:
        from wsclient.testing._server import Server  # noqa: PLC0415 - only a running emulator needs the extra
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"Emulator: the package {error.name} is missing; install it with: pip install 'wsclient[testing]'"
        ) from None
    return Server(world, host, port)
