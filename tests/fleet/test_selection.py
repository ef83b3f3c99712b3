"""Selections: the result equals evaluating the predicate on every row, with no more calls than the predicate needs."""

import asyncio
from collections import Counter
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.clean_run import run_clean
from tests.support.fleet_rows import PREDICATES, looked_up
from tests.support.fleet_stage import LEFT_OUT, REGIONS, SITES, FleetStage, fleet_stage, judged
from wsclient.fleet import Fleet, InventoryRow, Join, Predicate, where


@cache
def all_read() -> FleetStage:
    """Return a fleet that all examples share; it never changes, because its clock stands still."""
    return fleet_stage(12)


@cache
def everything() -> list[InventoryRow]:
    """Return the whole inventory of the shared fleet, which is read once."""
    return asyncio.run(all_read().fleet.inventory().collect())


@pytest.fixture
def stage() -> FleetStage:
    """Return a fleet of thirty WorkSpaces a site."""
    return fleet_stage()


async def _ids(fleet: Fleet, predicate: Predicate) -> list[str]:
    return sorted([row.workspace_id async for row in fleet.inventory(where=predicate, join=())])


@settings(max_examples=60)
@given(predicate=PREDICATES)
def test_server_side_filters_do_not_change_the_selection(predicate: Predicate) -> None:
    """Server-side filters never change the result; tags and connections are looked up only if the answer needs them."""
    stage, full = all_read(), everything()
    stage.forget()

    async def main() -> None:
        expected = {row.workspace_id: answer for row in full if (answer := predicate.answer(row)) is not False}
        assert await judged(stage.fleet, predicate) == expected

        requested = Counter(str(item) for item in stage.requested("DescribeTags", "ResourceId"))
        assert requested == Counter(row.workspace_id for row in full if _is_due(predicate, row, Join.TAGS))
        connections = [
            sum(_is_due(predicate, row, Join.CONNECTION) for row in full if row.site == site) for site in SITES
        ]
        assert stage.counts()["DescribeWorkspacesConnectionStatus"] == sum(
            -(-connection // 25) for connection in connections
        )

    asyncio.run(main())


@settings(max_examples=30)
@given(predicate=PREDICATES, joins=st.sets(st.sampled_from(Join)))
def test_selection_lookups_are_reused(predicate: Predicate, joins: set[Join]) -> None:
    """Selected rows equal the full inventory's rows, and each WorkSpace's connection and tags are looked up once."""
    stage, full = all_read(), {row.workspace_id: row for row in everything()}
    stage.forget()

    async def main() -> None:
        rows = await stage.fleet.inventory(where=predicate, join=joins).collect()
        assert {row.workspace_id for row in rows} == {name for name, row in full.items() if predicate.answer(row)}
        for row in rows:
            assert row.joined >= joins
            assert looked_up(full[row.workspace_id], row.joined) == row
        requested = Counter(str(item) for item in stage.requested("DescribeTags", "ResourceId"))
        for ids in stage.requested("DescribeWorkspacesConnectionStatus", "WorkspaceIds"):
            assert isinstance(ids, list)
            requested.update(f"connection of {workspace_id}" for workspace_id in ids)
        assert not requested or requested.most_common(1)[0][1] == 1

    asyncio.run(main())


def _is_due(predicate: Predicate, row: InventoryRow, join: Join) -> bool:
    """Return whether the answer still depends on this lookup after the cheaper lookups."""
    cheaper = frozenset(list(Join)[: list(Join).index(join)])
    return join in predicate.missing_joins(looked_up(row, cheaper))


def test_ids_directories_and_bundles_become_request_parameters(stage: FleetStage) -> None:
    """Ids, directories, a user in a directory, and bundles become request parameters; excluded sites are not called."""
    directory, bundle = "d-0000002000", "wsb-000000200"
    some = [f"ws-0{index:08}" for index in range(3)]
    cases: list[tuple[Predicate, list[dict[str, object]]]] = [
        (where.ids(*some), [{"WorkspaceIds": some}] * 4),
        (where.ids(*some) & where.account("lab") & where.region(REGIONS[0]), [{"WorkspaceIds": some}]),
        (where.directory(directory) & where.account("prod"), [{"DirectoryId": directory}] * 2),
        (where.bundle(bundle) & ~where.account("lab"), [{"BundleId": bundle}] * 2),
        (
            where.directory(directory) & where.user("Mary") & where.account("prod") & where.region(REGIONS[0]),
            [{"DirectoryId": directory, "UserName": "mary"}],
        ),
        (where.account("lab") & where.account("prod"), []),
    ]

    async def main() -> None:
        for predicate, requested in cases:
            stage.forget()
            await _ids(stage.fleet, predicate)
            assert [dict(call.parameters) for call in stage.calls] == requested, str(predicate)

    run_clean(main)


def test_overlapping_alternatives_yield_a_workspace_once(stage: FleetStage) -> None:
    """A WorkSpace found by several alternatives is returned once."""
    predicate = (
        where.directory("d-0000000000", "d-0000000001") | where.bundle("wsb-000000000") | where.ids("ws-000000000")
    )

    async def main() -> None:
        found = await judged(stage.fleet, predicate)
        assert len(found) == 30

    run_clean(main)


def test_connection_lookups_are_batched_across_pages() -> None:
    """Survivors of several pages share a call."""
    stage = fleet_stage(200)

    async def main() -> None:
        predicate = where.state("STOPPED") & where.idle_for(days=1) & where.account("lab") & where.region(REGIONS[0])
        await _ids(stage.fleet, predicate)
        sizes = [
            len(ids)
            for ids in stage.requested("DescribeWorkspacesConnectionStatus", "WorkspaceIds")
            if isinstance(ids, list)
        ]
        assert sizes == [25, 25]

    run_clean(main)


def test_undecisive_tags_are_not_looked_up(stage: FleetStage) -> None:
    """Tags are not looked up where the connection is unknown and the state excludes the alternative with the tag."""

    async def main() -> None:
        predicate = where.state("AVAILABLE") & where.tag("team", "red") | where.connected()
        found = await judged(stage.fleet, predicate)
        states = {row.workspace_id: row.state async for row in stage.fleet.inventory(join=())}
        requested = {states[str(item)] for item in stage.requested("DescribeTags", "ResourceId")}
        assert requested == {"AVAILABLE"}
        assert {states[key] for key, answer in found.items() if answer is None} == {LEFT_OUT}

    run_clean(main)


def test_workspaces_with_unknown_data_are_counted_and_skipped(stage: FleetStage) -> None:
    """WorkSpaces without connection data match neither a predicate nor its negation; plans get them as unknown."""

    async def main() -> None:
        for predicate in (where.connected(), ~where.connected()):
            inventory = stage.fleet.inventory(where=predicate, join=())
            rows = await inventory.collect()
            assert LEFT_OUT not in {row.state for row in rows}
            assert inventory.unknown == 28
            found = await judged(stage.fleet, predicate)
            assert Counter(found.values()) == {True: len(rows), None: 28}

    run_clean(main)
