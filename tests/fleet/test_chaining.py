"""Chained plans: a report's items are accepted by ids= and by waiters, each for its own site."""

from __future__ import annotations

import csv
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from msgspec.structs import replace

from tests.support.plan_handlers import refusing
from tests.support.plan_stage import EVERYTHING, HERE, THERE, PlanStage, play
from wsclient import types
from wsclient.errors import (
    AccessDeniedException,
    ConfigurationError,
    RequestValidationError,
    SiteError,
    WaiterError,
    WaiterTimeoutError,
)
from wsclient.fleet import ItemReport, Outcome, Report, where
from wsclient.testing import Durations

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.plan_handlers import Execute
    from wsclient.waiters import WaitProgress

QUICK = Durations(
    stop=timedelta(minutes=2), reboot=timedelta(minutes=3), migrate=timedelta(minutes=30), create=timedelta(minutes=20)
)


async def denied(request: httpx.Request, execute: Execute) -> httpx.Response:
    """Refuse the caller."""
    del request, execute
    return httpx.Response(400, json={"__type": "AccessDeniedException", "message": "not you"})


def test_ids_accept_reports_rows_and_plan_items() -> None:
    """ids= accepts a report's items of two sites, rows, plan items, and mappings, and assigns each to its site."""

    async def main(stage: PlanStage) -> None:
        stage.add(3)
        stage.add(2, site=THERE)
        fleet = stage.fleet
        report = await (await fleet.stop(where=EVERYTHING)).run()
        plan = await fleet.tag(ids=report.of("done"), tags={"Stopped": "yes"})
        assert plan.by_site == {HERE: 3, THERE: 2}
        assert [item.workspace_id for item in plan.items] == [item.workspace_id for item in report.items]
        assert (await plan.run()).ok
        rows = await fleet.inventory(where=where.tag("Stopped"), join=[]).collect()
        for items in (rows, plan.items, {HERE: rows[:0], THERE: [row for row in rows if row.site == THERE]}):
            again = await fleet.untag(ids=items, keys=["Stopped"])
            assert len(again) == (5 if isinstance(items, list | tuple) else 2)
        assert len(await fleet.untag(ids=report.of("failed"), keys=["Stopped"])) == 0

    play(main)


def test_ids_of_a_migration_report_are_the_new_workspaces() -> None:
    """After a migration or creation, ids= and waiters use the new WorkSpaces of the report's items."""

    async def main(stage: PlanStage) -> None:
        stage.add(2)
        fleet = stage.fleet
        report = await (await fleet.migrate(where=EVERYTHING, bundle_id=stage.aws.add_bundle("other"))).run(
            expected_count=2
        )
        rows = await fleet.wait_until_migrated(report)
        assert [row.workspace_id for row in rows] == [item.new_workspace_id for item in report.items]
        assert {row.state for row in rows} == {types.WorkspaceState.AVAILABLE}
        plan = await fleet.tag(ids=report.of("done"), tags={"Moved": "yes"})
        assert {item.workspace_id for item in plan.items} == {item.new_workspace_id for item in report.items}
        request = types.WorkspaceRequest(
            directory_id=stage.aws.directory_id, user_name="jane", bundle_id=stage.aws.bundle_id
        )
        made = await (await fleet.create({HERE: [request]})).run()
        assert made.items[0].workspace_id is None
        (row,) = await fleet.wait_until_available(made)
        assert row.workspace_id == made.items[0].new_workspace_id
        assert len(await fleet.reboot(ids=made.of("done"))) == 1

    play(main, durations=QUICK)


def test_fleet_waits_at_all_sites_concurrently() -> None:
    """A report is waited for without ids or times, the rows come in its order, and progress is of all sites."""

    async def main(stage: PlanStage) -> None:
        stage.add(3)
        stage.add(2, site=THERE)
        report = await (await stage.fleet.reboot(where=EVERYTHING)).run()
        found: list[WaitProgress] = []
        started = stage.clock.monotonic()
        rows = await stage.fleet.wait_until_rebooted(report, on_progress=found.append)
        assert stage.clock.monotonic() - started < 300
        assert [(row.site, row.workspace_id) for row in rows] == [(i.site, i.workspace_id) for i in report.items]
        assert {progress.total for progress in found} == {5}
        assert (found[-1].done, found[0].done) == (5, 0)
        assert await stage.fleet.wait_until_stopped(report.of("failed")) == []

    play(main, durations=QUICK)


def test_a_modification_is_waited_for_by_its_properties() -> None:
    """wait_until_modified() of a report waits for the requested running mode, since no state shows it."""

    async def main(stage: PlanStage) -> None:
        stage.add(2)
        always = types.WorkspaceProperties(running_mode=types.RunningMode.ALWAYS_ON)
        report = await (await stage.fleet.modify(where=EVERYTHING, properties=always)).run()
        started = stage.clock.monotonic()
        assert len(await stage.fleet.wait_until_modified(report)) == 2
        assert stage.clock.monotonic() - started < 60

    play(main)


def test_failed_wait_lists_workspaces_of_all_sites() -> None:
    """A failed wait lists each WorkSpace of all sites once: as reached, failed or waiting, for either fail_fast."""

    async def main(stage: PlanStage) -> None:
        ids = stage.add(2)
        rest = stage.add(2, site=THERE)
        report = await (await stage.fleet.stop(where=EVERYTHING)).run()
        stage.put(ids[0], "TERMINATING")
        for fail_fast in (True, False):
            with pytest.raises(WaiterError, match="main/us-west-2: ") as caught:
                await stage.fleet.wait_until_stopped(report, fail_fast=fail_fast)
            error = caught.value
            found = [str(getattr(workspace, "workspace_id", "")) for workspace in error.reached]
            found += [item.id for item in (*error.failed, *error.waiting)]
            assert sorted(found) == sorted([*ids, *rest])
            assert len(error.reached) == (0 if fail_fast else 3)
        with pytest.raises(WaiterTimeoutError, match="main/us-east-1"):
            await stage.fleet.wait_until_available({THERE: rest}, timeout=1)

    play(main, durations=QUICK)


def test_wait_for_plain_ids_needs_since() -> None:
    """wait_until_rebooted() needs since= for plain ids, otherwise it raises RequestValidationError without a call."""

    async def main(stage: PlanStage) -> None:
        ids = stage.add(1)
        before = len(stage.aws.calls)
        with pytest.raises(RequestValidationError, match="wait_until_rebooted needs since="):
            await stage.fleet.wait_until_rebooted({HERE: ids})
        assert len(stage.aws.calls) == before
        assert len(await stage.fleet.wait_until_available({HERE: ids})) == 1
        assert (
            len(await stage.fleet.wait_until_rebooted({HERE: ids}, since=stage.clock.now() - timedelta(hours=1))) == 1
        )

    play(main)


@pytest.mark.parametrize(
    ("items", "words"),
    [
        (Report(action="stop", items=()), r'takes items of a report, as in report.of\("done"\)'),
        (5, "takes a list of ids or items, not an int"),
        ([5], "takes WorkSpace ids, or items of a plan, a report or an inventory, not a int"),
        (["ws-1"], "'ws-1' is not a WorkSpace id"),
        ({"main": []}, "has a str as a key; use a Site"),
        (
            [ItemReport(site=HERE, key="d-1/jane", directory_id="d-1", user_name="jane", outcome=Outcome.FAILED)],
            "d-1/jane has no WorkSpace id, since no WorkSpace was created for it",
        ),
        (
            {
                THERE: [
                    ItemReport(
                        site=HERE, workspace_id="ws-000000000", directory_id="", user_name="", outcome=Outcome.DONE
                    )
                ]
            },
            "ws-000000000 is of main/us-west-2, but ids= has it under main/us-east-1",
        ),
        ([types.Workspace(workspace_id="ws-1")], "is not a WorkSpace id"),
    ],
)
def test_ids_reject_values_that_are_no_workspace(items: Any, words: str) -> None:
    """ids= rejects values that denote no WorkSpace, and the error lists the accepted types."""

    async def main(stage: PlanStage) -> None:
        with pytest.raises(ConfigurationError, match=words):
            stage.fleet.stop(ids=items)

    play(main)


MISTAKES: list[tuple[str, dict[str, Any], str]] = [
    ("modify", {"properties": types.WorkspaceProperties(running_mode="AUTOSTOP")}, "must be spelled 'AUTO_STOP'"),  # type: ignore[arg-type]
    ("modify", {"properties": types.WorkspaceProperties(protocols=["DCV"])}, "unknown protocols 'DCV'"),  # type: ignore[list-item]
    ("modify", {"properties": types.WorkspaceProperties(protocols="WSP")}, "Protocols must be a list"),  # type: ignore[arg-type]
    ("modify", {"properties": types.WorkspaceProperties(root_volume_size_gib="80")}, "must be an int, not a str"),  # type: ignore[arg-type]
    ("migrate", {"bundle_id": "ws-000000000"}, "is not a bundle id"),
    ("set_state", {"state": "MAINTENANCE"}, "did you mean 'ADMIN_MAINTENANCE'"),
    ("tag", {"tags": {"Team": 5}}, "keys and values of tags are str"),
    ("untag", {"keys": [5]}, "keys must be a list of strings, not a list with an int"),
]


@pytest.mark.parametrize(("action", "arguments", "words"), MISTAKES)
def test_action_parameters_are_checked_when_planned(action: str, arguments: dict[str, Any], words: str) -> None:
    """Invalid parameter values, types and ids are rejected when planning, before any call."""

    async def main(stage: PlanStage) -> None:
        with pytest.raises((ConfigurationError, RequestValidationError), match=words):
            getattr(stage.fleet, action)(where=EVERYTHING, **arguments)
        assert stage.aws.calls == ()

    play(main)


def test_creation_requests_are_checked_when_planned() -> None:
    """Of creations too: a missing member, another type, and a value within a nested structure."""

    async def main(stage: PlanStage) -> None:
        whole = types.WorkspaceRequest(directory_id="d-1234567890", user_name="u", bundle_id="wsb-123456789")
        lacking = replace(whole, bundle_id=None)
        misspelt = types.WorkspaceProperties(compute_type_name="STANDART")  # type: ignore[arg-type]
        wrong: list[tuple[Any, str]] = [
            (lacking, "BundleId .*is required"),
            ({"DirectoryId": "d-1"}, r"takes types\.WorkspaceRequest"),
            (replace(whole, workspace_name=5), "WorkspaceName must be a str, not an int"),
            (
                types.WorkspaceRequest(
                    directory_id="d-1234567890", user_name="u", bundle_id="wsb-1", workspace_properties=misspelt
                ),
                r"unknown workspace_properties\.compute_type_name 'STANDART'; did you mean 'STANDARD'",
            ),
        ]
        for request, words in wrong:
            with pytest.raises((ConfigurationError, RequestValidationError), match=words):
                stage.fleet.create({HERE: [request]})
        unknown = types.WorkspaceProperties(running_mode=types.RunningMode("NEW_AT_AWS"))
        assert len(await stage.fleet.modify(where=EVERYTHING, properties=unknown)) == 0

    play(main)


@pytest.mark.parametrize("by", ["where", "ids"])
def test_plan_continues_without_an_unreadable_site(by: str, tmp_path: Path) -> None:
    """With on_site_error, other sites are planned; the plan, its text and its journal name the failed site."""

    async def main(stage: PlanStage) -> None:
        ids = {HERE: stage.add(2), THERE: stage.add(2, site=THERE)}
        selected: dict[str, Any] = {"ids": ids} if by == "ids" else {"where": EVERYTHING}
        stage.way(denied, THERE)
        found: list[SiteError] = []
        options: dict[str, Any] = {"journal": tmp_path / "j", "on_site_error": found.append}
        plan = await stage.fleet.stop(**selected, **options)
        assert [error.site for error in found] == [error.site for error in plan.failed] == [THERE]
        assert isinstance(plan.failed[0].error, AccessDeniedException)
        assert (plan.by_site, plan.is_whole) == ({HERE: 2}, False)
        assert "NOT READ: main/us-east-1: " in str(plan)
        assert "NOT READ: main/us-east-1" in plan._repr_html_()
        assert (await plan.run()).ok
        again = await stage.fleet.stop(**selected, **options)
        assert [(error.site, str(error.error)) for error in again.failed] == [
            (error.site, str(error.error)) for error in plan.failed
        ]
        assert (await again.run()).calls == 0
        assert len(found) == 1
        with pytest.raises(SiteError):
            await stage.fleet.stop(**selected)

    play(main)


def test_reports_and_plans_are_written_as_csv(tmp_path: Path) -> None:
    """The file has the columns of the rows, by the inventory's names, and formulas are guarded."""

    async def main(stage: PlanStage) -> None:
        ids = stage.add(3)
        stage.way(refusing(stage, "StopWorkspaces", {ids[0]: ["=cmd()"]}))
        plan = await stage.fleet.stop(where=EVERYTHING)
        report = await plan.run()
        for source, name in ((plan, "plan.csv"), (report, "report.csv")):
            written = await source.write_csv(tmp_path / name)
            with pytest.raises(
                ConfigurationError,
                match=rf"^{type(source).__name__}\.write_csv\.path must be the path of a file, not 3$",
            ):
                await source.write_csv(3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
            assert (written.rows, written.path) == (3, tmp_path / name)
        with (tmp_path / "report.csv").open(newline="") as file:
            rows = list(csv.DictReader(file))
        assert [row["workspace_id"] for row in rows] == [item.workspace_id for item in report.items]
        assert "'=cmd()" in {row["code"] for row in rows}
        inventory = await stage.fleet.inventory(join=[]).collect()
        shared = ("account", "region", "workspace_id", "workspace_name", "directory_id", "user_name")
        assert set(shared) <= rows[0].keys() & inventory[0].to_dict().keys()

    play(main)
