"""Inventories of a fleet: complete or reported as incomplete, with the fewest calls, and without leftover tasks."""

import asyncio
import gc
import pickle
import re
from collections import Counter
from collections.abc import Callable
from contextlib import aclosing
from datetime import timedelta
from email.utils import format_datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.clean_run import run_clean, turns, until
from tests.support.driven_clients import InProcess, driven_client
from tests.support.fleet_stage import ACCOUNTS, LEFT_OUT, REGIONS, SITES, FleetStage, Holes, fleet_stage, judged
from tests.support.in_process import client_of
from tests.support.virtual_time import VirtualClock, run_in_virtual_time
from wsclient import Pace, types
from wsclient._core.clock import SYSTEM_CLOCK
from wsclient.errors import (
    AccessDeniedException,
    ConfigurationError,
    DuplicateSiteError,
    InternalServerException,
    ResourceNotFoundException,
)
from wsclient.fleet import Fleet, Join, Site, SiteError, where
from wsclient.fleet._inventory.joins import _LookupCache
from wsclient.fleet._inventory.site_reader import DuplicateSiteDetector
from wsclient.testing import Durations, Emulator

ALL = frozenset(Join)
LAB, PROD = SITES[0], SITES[2]


@pytest.fixture
def stage() -> FleetStage:
    """Return a fleet of thirty WorkSpaces a site."""
    return fleet_stage()


def test_inventory_yields_every_workspace_once_with_its_joins(stage: FleetStage) -> None:
    """Rows carry the seeded directory, bundle, connection and tags; data that AWS omits is None."""

    async def main() -> None:
        inventory = stage.fleet.inventory()
        rows = await inventory.collect()
        assert Counter(row.site for row in rows) == dict.fromkeys(SITES, 30)
        assert len({row.workspace_id for row in rows}) == 120
        assert inventory.is_whole
        for row in rows:
            assert row.joined == ALL
            assert row.directory is not None
            assert row.directory.alias == f"alias-{row.workspace.directory_id}"
            assert row.bundle is not None
            assert row.bundle.name == f"name-{row.workspace.bundle_id}"
            assert (row.connection is None) == (row.state == LEFT_OUT)
            index = int(row.workspace_id[4:])
            assert row.tags == ({"team": ("red", "blue")[index % 2]} if index % 3 else {})
            assert row.seen_at == stage.aws.clock.now()
        assert [row.workspace_id for row in rows if row.site == LAB] == [f"ws-0{index:08}" for index in range(30)]

    run_clean(main)


@pytest.mark.parametrize(("days", "is_believed"), [(400, False), (-400, False), (0.002, True)])
def test_implausible_date_header_does_not_make_workspaces_idle(days: float, is_believed: bool) -> None:
    """A row's seen_at is the Date of its response only within hours of the clock: else an attacker could age all."""
    aws = Emulator()
    aws.add_workspaces(1)

    async def lie(_: httpx.Request, execute: Callable[[], httpx.Response]) -> httpx.Response:
        response = execute()
        date = SYSTEM_CLOCK.now() + timedelta(days=days)
        response.headers["date"] = format_datetime(date, usegmt=True)
        return response

    async def main() -> None:
        async with client_of(aws, transport=InProcess(aws, around=lie)) as client:
            rows = await Fleet.over(("lab", client)).inventory().collect()
            assert len(rows) == 1
            for row in rows:
                ahead = row.seen_at - SYSTEM_CLOCK.now()
                assert abs(ahead - timedelta(days=days if is_believed else 0)) < timedelta(minutes=1)

    asyncio.run(main())


def test_inventory_lookups_are_batched(stage: FleetStage) -> None:
    """A call looks up two directories, two bundles, 25 connections, or the tags of one WorkSpace."""

    async def main() -> None:
        await stage.fleet.inventory(regions=[REGIONS[0]], accounts=["lab"]).collect()
        assert stage.counts() == {
            "DescribeWorkspaces": 2,
            "DescribeWorkspaceDirectories": 1,
            "DescribeWorkspaceBundles": 1,
            "DescribeWorkspacesConnectionStatus": 2,
            "DescribeTags": 30,
        }

    run_clean(main)


@pytest.mark.parametrize("joins", [(), ("directory",), ("bundle", "connection"), (Join.TAGS,)])
def test_omitted_joins_make_no_calls(stage: FleetStage, joins: tuple[Join, ...]) -> None:
    """Each join can be omitted, and then makes no calls."""

    async def main() -> None:
        rows = await stage.fleet.inventory(join=joins).collect()
        for row in rows:
            assert row.joined == set(joins)
            assert (row.directory is None, row.bundle is None) == ("directory" not in joins, "bundle" not in joins)
            assert (row.tags is None) == ("tags" not in joins)
        assert len(stage.counts()) == 1 + len(joins)

    run_clean(main)


def test_shared_resources_are_looked_up_once() -> None:
    """A shared resource is fetched once for sequential and concurrent callers, including a resource that AWS omits."""

    async def main() -> None:
        requested: list[list[str]] = []

        async def fetch(ids: list[str]) -> dict[str | None, str]:
            requested.append(ids)
            await turns(3)
            return {workspace_id: workspace_id.upper() for workspace_id in ids if workspace_id != "gone"}

        known = _LookupCache(fetch)
        assert (await known.get({"a", ""}))["a"] == "A"
        assert (await known.get({"a", "gone", ""}))["gone"] is None
        for found in await asyncio.gather(known.get({"a", "b"}), known.get({"b", "c"}), known.get({"gone"})):
            assert found[""] is None
        assert requested == [["a"], ["gone"], ["b"], ["c"]]

    run_clean(main)


def test_empty_page_with_a_token_continues_the_listing() -> None:
    """A page without WorkSpaces does not end the listing if it carries a token."""

    async def main() -> None:
        plain = fleet_stage()
        full = await plain.fleet.inventory().collect()
        holes = Fleet.over(
            *(
                (site.account, plain.fleet.client(site).with_options(transport=Holes(plain.aws.transport())))
                for site in SITES
            )
        )
        rows = await holes.inventory().collect()
        assert sorted(row.workspace_id for row in rows) == sorted(row.workspace_id for row in full)

    run_clean(main)


def test_site_failure_raises_site_error(stage: FleetStage) -> None:
    """A failure of any lookup raises SiteError, so a partial inventory is never returned as complete."""

    async def main() -> None:
        for operation in (
            "DescribeWorkspaces",
            "DescribeWorkspaceDirectories",
            "DescribeWorkspaceBundles",
            "DescribeWorkspacesConnectionStatus",
            "DescribeTags",
        ):
            stage.aws.fail(operation, with_=AccessDeniedException("no"))
            inventory = stage.fleet.inventory()
            with pytest.raises(
                SiteError, match="could not be read completely, so that the inventory is incomplete"
            ) as caught:
                await inventory.collect()
            assert caught.value.site in SITES
            assert str(caught.value).startswith(str(caught.value.site))
            assert isinstance(caught.value.__cause__, AccessDeniedException)
            assert caught.value.operation == operation
            copy = pickle.loads(pickle.dumps(caught.value))
            assert (copy.site, str(copy), str(copy.error)) == (
                caught.value.site,
                str(caught.value),
                str(caught.value.error),
            )
            assert not inventory.is_whole
            assert not stage.aws.faults

    run_clean(main)


def test_on_site_error_keeps_other_sites(stage: FleetStage) -> None:
    """With on_site_error, the other sites are read completely, and the inventory names the failed site."""
    denied = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
    keys = stage.aws.add_user("denied", account_id=ACCOUNTS["lab"], policy=denied)
    broken = client_of(stage.aws, region=REGIONS[1], credentials=keys)
    rest = [(site.account, stage.fleet.client(site)) for site in SITES if site != SITES[1]]

    async def main() -> None:
        found: list[SiteError] = []
        inventory = Fleet.over(*rest, ("lab", broken)).inventory(on_site_error=found.append)
        rows = await inventory.collect()
        assert Counter(row.site for row in rows) == {site: 30 for site in SITES if site != SITES[1]}
        assert [error.site for error in found] == [SITES[1]]
        assert inventory.failed == tuple(found)
        assert not inventory.is_whole

    run_clean(main)


def test_iteration_after_a_failure_is_complete(stage: FleetStage) -> None:
    """Each iteration reads again and reports only its own completeness."""

    async def main() -> None:
        inventory = stage.fleet.inventory(on_site_error=lambda _: None)
        assert not inventory.is_whole
        stage.aws.fail("DescribeWorkspaces", with_=InternalServerException("later"))
        assert len(await inventory.collect()) == 90
        assert not inventory.is_whole
        assert len(await inventory.collect()) == 120
        assert inventory.is_whole

    run_clean(main)


def test_predicate_exception_propagates_unchanged(stage: FleetStage) -> None:
    """An exception raised by the caller's predicate propagates unchanged and is not reported as a site error."""

    async def main() -> None:
        predicate = where.row(lambda row: 1 / 0 > 1, description="is wrong")
        found: list[SiteError] = []
        with pytest.raises(ZeroDivisionError):
            await stage.fleet.inventory(where=predicate, on_site_error=found.append).collect()
        assert found == []

    run_clean(main)


def test_workspace_deleted_during_the_reading_has_unknown_tags(stage: FleetStage) -> None:
    """A WorkSpace deleted during the reading has unknown tags, and a selection by tags excludes it."""

    async def main() -> None:
        stage.aws.fail("DescribeTags", with_=ResourceNotFoundException("gone"), times=2)
        rows = await stage.fleet.inventory(join=["tags"]).collect()
        assert sum(row.tags is None for row in rows) == 2
        stage.aws.fail("DescribeTags", with_=ResourceNotFoundException("gone"), times=2)
        inventory = stage.fleet.inventory(where=~where.tag("team", "red"), join=())
        rows = await inventory.collect()
        assert 78 <= len(rows) <= 80
        assert inventory.unknown == 2

    run_clean(main)


@pytest.mark.parametrize("rows_read", [0, 1, 100])
def test_leaving_an_inventory_early_stops_its_tasks(stage: FleetStage, rows_read: int) -> None:
    """After a break no task continues, no warning is raised, and only a few pages were read ahead."""

    async def main() -> None:
        left = rows_read
        async for _ in stage.fleet.inventory():
            if not left:
                break
            left -= 1
        gc.collect()
        await turns(20)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    run_clean(main)


def test_cancelled_inventory_stops_its_tasks(stage: FleetStage) -> None:
    """Cancelled in the middle, every site's work ends with it."""

    async def main() -> None:
        reading = asyncio.create_task(stage.fleet.inventory().collect())
        await until(lambda: len(stage.calls) > 20, "calls are under way")
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        assert asyncio.all_tasks() == {asyncio.current_task()}

    run_clean(main)


def test_inventory_prefetches_few_pages() -> None:
    """When the caller stops iterating, the calls stop, so memory does not grow with the fleet."""
    stage = fleet_stage(1000)

    async def main() -> None:
        async with aclosing(aiter(stage.fleet.inventory(accounts=["lab"], regions=[REGIONS[0]]))) as rows:
            await anext(rows)
            before = -1
            while len(stage.calls) > before:
                before = len(stage.calls)
                await turns(50)
            assert stage.counts()["DescribeWorkspaces"] <= 25
            for _ in range(500):
                await anext(rows)
            assert stage.counts()["DescribeWorkspaces"] > 25

    run_clean(main)


@pytest.mark.parametrize("region", REGIONS)
def test_duplicate_account_is_detected(stage: FleetStage, region: str) -> None:
    """Two profiles of the same account would count its WorkSpaces twice."""
    twice = [(name, stage.fleet.client(Site(account="lab", region=region))) for name in ("lab", "alias")]

    async def main() -> None:
        found: list[SiteError] = []
        with pytest.raises(ConfigurationError, match="are the same account, since both list ws-"):
            await Fleet.over(*twice).inventory(on_site_error=found.append).collect()
        with pytest.raises(ConfigurationError, match="would count twice"):
            await judged(Fleet.over(*twice), where.state("AVAILABLE"))
        assert found == []

    run_clean(main)


@given(
    orders=st.tuples(st.permutations(range(6)), st.permutations(range(6))), turns=st.lists(st.booleans(), max_size=12)
)
def test_duplicate_account_is_detected_for_any_listing_order(
    orders: tuple[list[int], list[int]], turns: list[bool]
) -> None:
    """In whatever order AWS lists, by the end of both listings it has been noticed."""
    left = [list(order) for order in orders]
    shown = [(turn, left[turn].pop()) for turn in [*turns, *[True] * 6, *[False] * 6] if left[turn]]
    with pytest.raises(DuplicateSiteError):
        _note(DuplicateSiteDetector(), [(SITES[0] if turn else SITES[2], number) for turn, number in shown])


def _note(marks: DuplicateSiteDetector, shown: list[tuple[Site, int]]) -> None:
    for site, number in shown:
        marks.check(site, types.Workspace(workspace_id=f"ws-{number}", directory_id="d-1"))


def test_shared_directory_is_no_duplicate_account() -> None:
    """Accounts may share a directory, and an id in two regions denotes two WorkSpaces: no duplicate site."""
    marks = DuplicateSiteDetector()
    for number in range(5):
        _note(marks, [(LAB, number), (PROD, number + 5), (SITES[1], number)])


def test_inventory_is_complete_despite_throttling_and_stale_lists() -> None:
    """At two calls a second, every WorkSpace in a stale list is returned, terminated WorkSpaces without tags."""

    async def main() -> None:
        clock = VirtualClock()
        lag = Durations(disappear=timedelta(hours=2), terminate=timedelta(seconds=1))
        aws = Emulator(clock=clock, durations=lag, throttle=Pace(2, 5))
        ids = aws.add_workspaces(60)
        client = driven_client(aws, InProcess(aws, latency=0.1), clock, priority="background")
        doomed = [types.TerminateRequest(workspace_id=workspace_id) for workspace_id in ids[:10]]
        await client.terminate_workspaces(terminate_workspace_requests=doomed)
        aws.advance(seconds=2)
        inventory = Fleet.over(("lab", client)).inventory()
        rows = await inventory.collect()
        assert inventory.is_whole
        assert sorted(row.workspace_id for row in rows) == sorted(ids)
        gone = {row.workspace_id for row in rows if row.tags is None}
        assert gone == set(ids[:10])
        assert {row.state for row in rows if row.workspace_id in gone} == {types.WorkspaceState.TERMINATED}
        assert "ThrottlingException" in {call.error for call in aws.calls}
        await client.aclose()

    run_in_virtual_time(main())


MISTAKES: list[tuple[dict[str, object], str]] = [
    ({"regions": ["eu-west-2"]}, "the fleet has no region 'eu-west-2'; did you mean 'us-west-2'?"),
    ({"profiles": ["porduction"]}, "the fleet has no account 'porduction'"),
    ({"accounts": ["xyz"]}, "it has lab, prod"),
    ({"regions": "eu-west-1"}, "Fleet.inventory.regions must be a list of names, not 'eu-west-1'"),
    ({"where": ~where.account("porod")}, "the fleet has no account or region 'porod'; did you mean 'prod'?"),
    ({"where": where.everything() | where.region("eu-west-2") & where.untagged()}, "eu-west-2"),
    ({"where": lambda row: True}, "where.row(…) makes a predicate from a function"),
    ({"join": ["tag"]}, "join= takes a list of directory, bundle, connection, tags"),
    ({"join": "tags"}, "join must be a list of joins, not 'tags'"),
]


@pytest.mark.parametrize(("options", "message"), MISTAKES, ids=[text for _, text in MISTAKES])
def test_unknown_joins_accounts_and_regions_are_rejected(
    stage: FleetStage, options: dict[str, object], message: str
) -> None:
    """Unknown joins, accounts and regions raise ConfigurationError before any call."""
    with pytest.raises(ConfigurationError, match=re.escape(message)):
        stage.fleet.inventory(**options)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    assert stage.calls == ()


def test_inventory_repr_names_sites_and_selection(stage: FleetStage) -> None:
    """Its repr names sites and selection, and a row's names its WorkSpace."""

    async def main() -> None:
        inventory = stage.fleet.inventory(accounts=["prod"], where=where.user("john"), join=["tags"])
        assert repr(inventory) == "<FleetInventory of prod/us-west-2, prod/eu-west-1, where user is john>"
        assert inventory.sites == tuple(SITES[2:])
        row = (await inventory.collect())[0]
        assert repr(row) == "<InventoryRow ws-200000002 of john at prod/us-west-2, AVAILABLE, with tags>"

    run_clean(main)
