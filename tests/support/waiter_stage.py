"""Stage for waiter tests: an emulator and a client on a virtual clock; no task may be left at the end."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

import wsclient
from tests.support.driven_clients import InProcess, driven_client
from tests.support.virtual_time import VirtualClock, run_in_virtual_time
from wsclient import types
from wsclient._generated.workspaces.enums import WorkspaceState
from wsclient.testing import Emulator
from wsclient.testing._state.store import Durations, Store
from wsclient.waiters import WaiterError, WaitProgress

T = TypeVar("T")


@dataclass
class Stage:
    """An emulator, its client, and their clock."""

    clock: VirtualClock
    aws: Emulator
    transport: InProcess
    client: wsclient.WorkSpacesClient
    events: list[WaitProgress] = field(default_factory=list[WaitProgress])

    @property
    def store(self) -> Store:
        """The account's resources, without a call."""
        return self.aws._world.store(self.aws.account_id, self.aws.region)

    def now(self) -> float:
        """Return the seconds that have passed."""
        return self.clock.monotonic()

    def since(self) -> datetime:
        """Return the time of day."""
        return self.clock.now()

    def calls(self) -> Counter[str]:
        """Return how often each operation was called."""
        return Counter(call.operation for call in self.aws.calls)

    def described(self) -> int:
        """Return how often DescribeWorkspaces was called."""
        return self.calls()["DescribeWorkspaces"]

    def at(self, seconds: float, do: Callable[[], object]) -> None:
        """Call a function after some seconds."""
        asyncio.get_running_loop().call_later(seconds, do)

    def put(self, seconds: float, workspace_id: str, state: WorkspaceState) -> None:
        """Put a WorkSpace into a state after so many seconds."""
        self.at(seconds, lambda: self.aws.set_workspace_state(workspace_id, state))

    async def create(self, count: int) -> list[types.Workspace]:
        """Create WorkSpaces of new users, 25 per call, and return the pending requests."""
        pending: list[types.Workspace] = []
        for start in range(0, count, 25):
            wanted = [
                types.WorkspaceRequest(
                    directory_id=self.aws.directory_id, user_name=f"new-{number}", bundle_id=self.aws.bundle_id
                )
                for number in range(start, min(start + 25, count))
            ]
            pending += (await self.client.create_workspaces(workspaces=wanted)).pending_requests
        return pending

    async def reboot(self, *ids: str) -> None:
        """Reboot WorkSpaces."""
        items = [types.RebootRequest(workspace_id=workspace_id) for workspace_id in ids]
        (await self.client.reboot_workspaces(reboot_workspace_requests=items)).raise_for_failures()

    async def terminate(self, *ids: str) -> None:
        """Terminate WorkSpaces."""
        items = [types.TerminateRequest(workspace_id=workspace_id) for workspace_id in ids]
        (await self.client.terminate_workspaces(terminate_workspace_requests=items)).raise_for_failures()

    async def stop(self, *ids: str) -> None:
        """Stop WorkSpaces."""
        items = [types.StopRequest(workspace_id=workspace_id) for workspace_id in ids]
        (await self.client.stop_workspaces(stop_workspace_requests=items)).raise_for_failures()


def play(main: Callable[[Stage], Awaitable[T]], *, durations: Durations | None = None, **options: Any) -> T:
    """Run a test's story in virtual time, and hold it to leaving no task behind."""

    async def run() -> T:
        clock = VirtualClock()
        aws = Emulator(clock=clock, durations=durations, other_regions=["us-east-1"])
        transport = InProcess(aws)
        stage = Stage(clock, aws, transport, driven_client(aws, transport, clock, **options))
        try:
            return await main(stage)
        finally:
            await stage.client.aclose()
            assert asyncio.all_tasks() == {asyncio.current_task()}

    return run_in_virtual_time(run())


async def failure(wait: Awaitable[object]) -> WaiterError:
    """Return the error that a wait ends in."""
    try:
        await wait
    except WaiterError as error:
        return error
    raise AssertionError("the wait succeeded")
