"""One client, one server in front of an emulator, and the calls that are made through whatever goes wrong."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import msgspec

import wsclient
from tests.faults.server import Server, ServerFault
from tests.faults.server_faults import LIMIT
from tests.faults.transports import POLICY, TRANSPORTS
from tests.support.bare_clients import NO_SETTINGS
from wsclient import Timeout, types
from wsclient._core.clock import TimeSource
from wsclient._core.model.structures import Output
from wsclient.testing import Emulator

CONNECT_SECONDS, READ_SECONDS, WRITE_SECONDS = 5, 20, 10
PADDING = {"Padding": "x" * 8 * 1024 * 1024}
"""A member that the service ignores, and that no kernel takes at once."""


class Keys:
    """A source of two keys: temporary ones at first, and others when those are rejected."""

    def __init__(self, aws: Emulator) -> None:
        ends = aws.clock.now() + timedelta(hours=1)
        issued = aws._world.keys.find(aws.credentials.access_key_id)
        assert issued
        self._key = aws._world.keys.issue_temporary(issued.principal, ends)
        self._next = aws.credentials

    async def get_credentials(self) -> wsclient.Credentials:
        """Return the key of now."""
        return self._key

    def invalidate(self, access_key_id: str) -> None:
        """Go over to the next key."""
        if access_key_id == self._key.access_key_id:
            self._key = self._next


@dataclass
class FaultSetup:
    """Client, emulator and the faulty server between them, for one test of the matrix.

    `big` makes its requests larger than the kernel's send buffer.
    """

    aws: Emulator
    server: Server
    ws: wsclient.WorkSpacesClient
    workspace_id: str
    big: bool = False
    slept: list[float] = field(default_factory=list[float])

    @property
    def extra(self) -> dict[str, str] | None:
        """Extra input that makes a request big."""
        return PADDING if self.big else None

    def begin(self, server_fault: ServerFault, times: int, *, big: bool) -> None:
        """Let something go wrong the next so many times where it can."""
        self.server.server_fault, self.server.times, self.big = server_fault, times, big

    def heal(self) -> None:
        """Let nothing go wrong from now on."""
        self.server.heal()
        self.big = False

    def executed(self, operation: str) -> int:
        """Return how often the service has executed an operation, by its own log."""
        return sum(call.operation == operation and call.error is None for call in self.aws.calls)

    def workspaces_of(self, user: str) -> int:
        """Return how many WorkSpaces a user has."""
        store = self.aws._world.store(self.aws.account_id, self.aws.region)
        return sum(record.workspace.user_name == user for record in store.workspaces.values())

    async def pause(self, seconds: float) -> None:
        """Let time pass for the service, and none for the test."""
        self.slept.append(seconds)
        self.aws.clock.advance(seconds=seconds)
        await asyncio.sleep(0)

    async def expire_token(self) -> None:
        """Let the time pass for which the client's key is good."""
        self.aws.clock.advance(hours=2)

    async def skew(self, hours: float) -> None:
        """Put the service's clock ahead, or behind."""
        self.aws.clock.skew(minutes=hours * 60)


@asynccontextmanager
async def fault_setup(transport: str, *, total: float | None = None) -> AsyncGenerator[FaultSetup]:
    """Open a client, its emulator and a server between them; at its end everybody has to leave of their own accord."""
    aws = Emulator()
    server = Server(aws)
    server.open()
    client = wsclient.WorkSpacesClient(
        region=aws.region,
        endpoint_url=server.url,
        credentials=Keys(aws),
        config=NO_SETTINGS,
        timeout=Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS, write=WRITE_SECONDS, total=total),
        pace=None,
        tls=POLICY,
    )
    sender = client._pipeline.transport
    sender.settings = msgspec.structs.replace(sender.settings, max_response_bytes=LIMIT)
    TRANSPORTS[transport](sender)
    (workspace_id,) = aws.add_workspaces(1)
    setup = FaultSetup(aws, server, client, workspace_id)
    client._pipeline = msgspec.structs.replace(client._pipeline, time=TimeSource(sleep=setup.pause, random=lambda: 0.5))
    try:
        yield setup
    finally:
        await client.aclose()
        await server.close()


async def _read(setup: FaultSetup) -> Output:
    page = await setup.ws.describe_workspaces(workspace_ids=[setup.workspace_id], extra=setup.extra).first_page()
    assert [workspace.workspace_id for workspace in page.workspaces] == [setup.workspace_id]
    return page


async def _write(setup: FaultSetup) -> Output:
    tags = [types.Tag(key="team", value="desk")]
    return await setup.ws.create_tags(resource_id=setup.workspace_id, tags=tags, extra=setup.extra)


def _create(*, reconcile: bool) -> Callable[[FaultSetup], Awaitable[Output]]:
    async def create(setup: FaultSetup) -> Output:
        request = types.WorkspaceRequest(
            directory_id=setup.aws.directory_id, user_name=USER, bundle_id=setup.aws.bundle_id
        )
        answer = await setup.ws.create_workspaces(workspaces=[request], reconcile=reconcile, extra=setup.extra)
        assert [workspace.user_name for workspace in answer.pending_requests] == [USER]
        assert answer.failed_requests == []
        return answer

    return create


USER = "mary"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Kind of call: its operation, and whether it may be retried after an ambiguous outcome."""

    name: str
    operation: str
    run: Callable[[FaultSetup], Awaitable[Output]]
    repeatable: bool = False
    settled: bool = False


READ = Kind(name="read", operation="DescribeWorkspaces", run=_read, repeatable=True)
WRITE = Kind(name="write", operation="CreateTags", run=_write, repeatable=True)
CREATION = Kind(name="creation", operation="CreateWorkspaces", run=_create(reconcile=False))
SETTLED_CREATION = Kind(
    name="settled creation", operation="CreateWorkspaces", run=_create(reconcile=True), settled=True
)
KINDS = (READ, WRITE, CREATION, SETTLED_CREATION)
