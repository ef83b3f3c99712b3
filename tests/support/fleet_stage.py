"""Fleet fixture: two accounts in two regions of an in-process emulator, with the same numbered content in each site."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx

from tests.support.in_process import client_of
from tests.support.virtual_time import WallClock, stopped_clock
from wsclient import types
from wsclient.fleet import Fleet, Site
from wsclient.testing import Durations, Emulator, Inventory

if TYPE_CHECKING:
    from typing import Unpack

    from wsclient._client.client_options import ClientOptions
    from wsclient.fleet import Predicate
    from wsclient.testing import CallRecord

REGIONS = ("us-west-2", "eu-west-1")
ACCOUNTS = {"lab": "111111111111", "prod": "222222222222"}
SITES = [Site(account=account, region=region) for account in ACCOUNTS for region in REGIONS]
LEFT_OUT = types.WorkspaceState.ERROR
"""A state of WorkSpaces whose connection the emulator leaves out."""
STATES = [types.WorkspaceState.AVAILABLE, types.WorkspaceState.STOPPED, types.WorkspaceState.AVAILABLE, LEFT_OUT]


@dataclass(kw_only=True)
class FleetStage:
    """An emulator, a fleet of its accounts and regions, and the recorded calls."""

    aws: Emulator
    fleet: Fleet
    started_at: int = field(init=False)

    def __post_init__(self) -> None:
        """Count calls from now on."""
        self.started_at = len(self.aws.calls)

    @property
    def calls(self) -> tuple[CallRecord, ...]:
        """The calls since the last forget()."""
        return self.aws.calls[self.started_at :]

    def forget(self) -> None:
        """Count calls from now on."""
        self.started_at = len(self.aws.calls)

    def counts(self) -> Counter[str]:
        """Return how often each operation was called."""
        return Counter(call.operation for call in self.calls)

    def requested(self, operation: str, member: str) -> list[object]:
        """Return a request member of each call of an operation."""
        return [call.parameters.get(member) for call in self.calls if call.operation == operation]


def seeded_inventory(site: Site, count: int, clock: WallClock) -> Inventory:
    """Return a site's content: two directories, two bundles, tags on two of three WorkSpaces, some connected users."""
    number = SITES.index(site)
    directories = [f"d-000000{number}00{item}" for item in range(2)]
    bundles = [f"wsb-000000{number}0{item}" for item in range(2)]
    workspaces = [_workspace(number, index, directories, bundles) for index in range(count)]
    statuses = [
        types.WorkspaceConnectionStatus(
            workspace_id=workspace.workspace_id,
            connection_state=types.ConnectionState.CONNECTED if index % 6 == 0 else types.ConnectionState.DISCONNECTED,
            last_known_user_connection_timestamp=None if index % 4 == 0 else clock.now() - timedelta(days=index % 60),
        )
        for index, workspace in enumerate(workspaces)
    ]
    tags = {
        workspace.workspace_id or "": [types.Tag(key="team", value=("red", "blue")[index % 2])]
        for index, workspace in enumerate(workspaces)
        if index % 3
    }
    return Inventory(
        workspaces=workspaces,
        directories=[
            types.WorkspaceDirectory(directory_id=directory, alias=f"alias-{directory}") for directory in directories
        ],
        bundles=[types.WorkspaceBundle(bundle_id=bundle, name=f"name-{bundle}", owner="AMAZON") for bundle in bundles],
        workspaces_connection_status=statuses,
        tags=tags,
    )


def _workspace(site: int, index: int, directories: list[str], bundles: list[str]) -> types.Workspace:
    return types.Workspace(
        workspace_id=f"ws-{site}{index:08}",
        directory_id=directories[index % 2],
        bundle_id=bundles[index // 2 % 2],
        user_name=("mary", "Mary", "john")[index % 3] if index < 6 else f"user-{index}",
        state=STATES[index % 4],
        workspace_properties=types.WorkspaceProperties(
            running_mode=(types.RunningMode.AUTO_STOP, types.RunningMode.ALWAYS_ON)[index % 2]
        ),
    )


def fleet_stage(count: int = 30, *, durations: Durations | None = None, **options: Unpack[ClientOptions]) -> FleetStage:
    """Return the whole of it, with so many WorkSpaces at each site."""
    clock = stopped_clock()
    aws = Emulator(
        region=REGIONS[0], other_regions=REGIONS[1:], account_id=ACCOUNTS["lab"], durations=durations, clock=clock
    )
    clients = []
    for site in SITES:
        aws.seed(seeded_inventory(site, count, clock), account_id=ACCOUNTS[site.account], region=site.region)
        credentials = aws.add_user("reader", account_id=ACCOUNTS[site.account])
        settings: ClientOptions = {"region": site.region, "credentials": credentials, **options}
        clients.append((site.account, client_of(aws, **settings)))
    return FleetStage(aws=aws, fleet=Fleet.over(*clients))


class Holes(httpx.AsyncBaseTransport):
    """Transport that inserts an empty page with a token before each page of a listing."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self._kept: dict[str, httpx.Response] = {}
        self._holes = itertools.count()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer its own tokens with the stored page; other requests are sent."""
        members = json.loads(await request.aread())
        if (kept := self._kept.pop(members.get("NextToken", ""), None)) is not None:
            return kept
        response = await self._inner.handle_async_request(request)
        if not request.headers["x-amz-target"].endswith(".DescribeWorkspaces") or response.status_code != 200:
            return response
        token = f"hole-{next(self._holes)}"
        self._kept[token] = response
        return httpx.Response(
            200, headers=[("date", response.headers["date"])], json={"Workspaces": [], "NextToken": token}
        )


async def judged(fleet: Fleet, predicate: Predicate) -> dict[str, bool | None]:
    """Return each WorkSpace that a plan would evaluate, with the predicate's answer."""
    async with aclosing(fleet._evaluated(predicate)) as entries:
        found = [(row.workspace_id, answer) async for row, answer in entries]
    assert len(found) == len(dict(found)), "a WorkSpace came twice"
    return dict(found)
