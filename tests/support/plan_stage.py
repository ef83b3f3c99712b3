"""Stage for plan tests: an emulator of two regions, and a fleet over it, in virtual time."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import wsclient
from tests.support.driven_clients import Around, InProcess, _straight, driven_client
from tests.support.virtual_time import VirtualClock, run_in_virtual_time
from wsclient import types
from wsclient._core.clock import TimeSource
from wsclient.fleet import Fleet, Site, where
from wsclient.fleet._journal.storage import JournalStorage
from wsclient.testing import Emulator
from wsclient.testing._state.store import Durations, Store

T = TypeVar("T")

EVERYTHING = where.everything()
REGIONS = ("us-west-2", "us-east-1")
HERE = Site(account="main", region="us-west-2")
THERE = Site(account="main", region="us-east-1")


@dataclass
class PlanStage:
    """An emulator, a fleet over its regions, and the clock that both go by."""

    clock: VirtualClock
    aws: Emulator
    fleet: Fleet
    clients: Mapping[Site, wsclient.WorkSpacesClient]
    transports: Mapping[Site, InProcess]
    progress_events: list[object] = field(default_factory=list[object])

    def store(self, site: Site = HERE) -> Store:
        """Return what the account has at a site, past the API."""
        return self.aws._world.store(self.aws.account_id, site.region)

    def add(self, count: int, *, site: Site = HERE, mode: str = "AUTO_STOP", state: str = "AVAILABLE") -> list[str]:
        """Add WorkSpaces and return their ids."""
        directories = self.store(site).directories
        return self.aws.add_workspaces(
            count,
            directory_id=next(iter(directories), None) or self.aws.add_directory(region=site.region),
            bundle_id=next(iter(self.store(site).bundles)),
            running_mode=types.RunningMode(mode),
            state=types.WorkspaceState(state),
            region=site.region,
        )

    def put(self, workspace_id: str, state: str, site: Site = HERE) -> None:
        """Put a WorkSpace into a state."""
        self.store(site).workspaces[workspace_id].set_state(types.WorkspaceState(state), self.clock.now())

    def states(self, site: Site = HERE) -> Counter[str]:
        """Count the WorkSpaces in each state."""
        return Counter(str(record.workspace.state) for record in self.store(site).workspaces.values())

    def calls(self, operation: str) -> list[Mapping[str, Any]]:
        """Return the parameters of every call of an operation."""
        return [call.parameters for call in self.aws.calls if call.operation == operation]

    def sent(self, operation: str) -> Counter[str]:
        """Count how often each WorkSpace was named in calls of an operation that were not refused as a whole."""
        calls = [call for call in self.aws.calls if call.operation == operation and call.error is None]
        return Counter(key for call in calls for key in ids_of(call.parameters))

    def way(self, around: Around, site: Site = HERE) -> None:
        """Have something happen to each request on its way to a site."""
        self.transports[site].around = around


def ids_of(parameters: Mapping[str, Any]) -> Iterable[str]:
    """Yield the WorkSpace ids that a request names."""
    for value in parameters.values():
        if isinstance(value, list):
            yield from (item["WorkspaceId"] for item in value if isinstance(item, dict) and "WorkspaceId" in item)
        elif isinstance(value, str) and value.startswith("ws-"):
            yield value


def play(
    main: Callable[[PlanStage], Awaitable[T]],
    *,
    sites: Sequence[Site] = (HERE, THERE),
    durations: Durations | None = None,
    media: JournalStorage | None = None,
    has_own_clock: bool = False,
    **options: Any,
) -> T:
    """Run a test's story in virtual time, and hold it to leaving no task behind.

    has_own_clock gives the fleet's machine a clock that is not AWS's, to be set by stage.clock.ahead.
    """

    async def run() -> T:
        clock = VirtualClock()
        aws = Emulator(
            clock=clock, durations=durations, other_regions=["us-east-1"], throttle=options.pop("throttle", None)
        )
        stage = staged(aws, VirtualClock() if has_own_clock else clock, sites, media, **options)
        try:
            return await main(stage)
        finally:
            for client in stage.clients.values():
                await client.aclose()
            await asyncio.sleep(0)
            assert asyncio.all_tasks() == {asyncio.current_task()}

    return run_in_virtual_time(run())


def staged(
    aws: Emulator,
    clock: VirtualClock,
    sites: Sequence[Site] = (HERE, THERE),
    media: JournalStorage | None = None,
    **options: Any,
) -> PlanStage:
    """Return a stage over an emulator that is there already."""
    transports = {site: InProcess(aws, latency=0.1, around=_straight) for site in sites}
    clients = {site: driven_client(aws, transports[site], clock, region=site.region, **options) for site in sites}
    fleet = Fleet.over(*((site.account, client) for site, client in clients.items()))
    drive_fleet(fleet, clock, media)
    return PlanStage(clock=clock, aws=aws, fleet=fleet, clients=clients, transports=transports)


def drive_fleet(fleet: Fleet, clock: VirtualClock, media: JournalStorage | None) -> None:
    """Have a fleet go by a clock, without chance, and with journals elsewhere."""
    fleet._time = TimeSource(clock=clock, random=lambda: 0.5)
    if media is not None:
        fleet._journal_storage = media
