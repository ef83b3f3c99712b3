"""Running a plan: the effect of each action, limits, and progress."""

from __future__ import annotations

import asyncio
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.fleet_stage import ACCOUNTS, SITES, fleet_stage
from tests.support.plan_handlers import SLOW, Execute, outcomes, refusing, stop
from tests.support.plan_stage import EVERYTHING, HERE, THERE, PlanStage, ids_of, play
from wsclient import types
from wsclient.errors import (
    ConfigurationError,
)
from wsclient.fleet import Outcome, Progress, where
from wsclient.fleet._run.context import PlanState

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

    from wsclient.fleet import Report
    from wsclient.testing import CallRecord

STATES = {
    "stop": ("AVAILABLE", "STOPPING", 25),
    "start": ("STOPPED", "STARTING", 25),
    "reboot": ("AVAILABLE", "REBOOTING", 25),
    "rebuild": ("AVAILABLE", "REBUILDING", 1),
    "restore": ("AVAILABLE", "RESTORING", 1),
    "terminate": ("AVAILABLE", "TERMINATING", 25),
}


@pytest.mark.parametrize("action", sorted(STATES))
def test_runs_of_state_changes_use_full_batches(action: str) -> None:
    """Every item is done, with as few calls as the operation's batch size permits."""

    async def main(stage: PlanStage) -> None:
        before, after, per_call = STATES[action]
        stage.add(30, state=before)
        stage.add(7, site=THERE, state=before)
        plan = await getattr(stage.fleet, action)(where=EVERYTHING)
        report = await plan.run(expected_count=37)
        assert report.ok, str(report)
        assert (stage.states(), stage.states(THERE)) == ({after: 30}, {after: 7})
        assert report.calls == plan.calls == (3 if per_call > 1 else 37)
        assert Counter(item.site for item in report.items) == {HERE: 30, THERE: 7}
        assert report.raise_for_failures() is report

    play(main)


def test_runs_without_batches_make_one_call_per_item() -> None:
    """Actions without batches make one call for each item; setting the current running mode changes nothing."""

    async def main(stage: PlanStage) -> None:
        ids = stage.add(3)
        always = types.WorkspaceProperties(running_mode=types.RunningMode.ALWAYS_ON)
        assert (await (await stage.fleet.modify(where=EVERYTHING, properties=always)).run()).ok
        modes = {record.workspace.workspace_properties.running_mode for record in stage.store().workspaces.values()}
        assert modes == {"ALWAYS_ON"}
        plan = await stage.fleet.set_state(where=EVERYTHING, state="ADMIN_MAINTENANCE")
        assert (str(plan).partition(":")[0], (await plan.run()).ok) == ("set_state ADMIN_MAINTENANCE", True)
        assert stage.states() == {"ADMIN_MAINTENANCE": 3}
        assert (await (await stage.fleet.tag(where=EVERYTHING, tags={"Team": "blue", "Cost": "7"})).run()).ok
        assert stage.store().tags[ids[0]] == {"Team": "blue", "Cost": "7"}
        assert len(await stage.fleet.tag(where=where.tag("Team"), tags={"Team": "blue"})) == 0
        plan = await stage.fleet.untag(where=EVERYTHING, keys=["Team"])
        assert str(plan).startswith("untag Team: 3 WorkSpaces")
        assert (await plan.run()).ok
        assert stage.store().tags[ids[0]] == {"Cost": "7"}

    play(main)


def test_migrations_and_creations_report_new_ids() -> None:
    """Migrations and creations report the id of each new WorkSpace."""

    async def main(stage: PlanStage) -> None:
        stage.add(2)
        other = stage.aws.add_bundle("other")
        report = await (await stage.fleet.migrate(where=EVERYTHING, bundle_id=other)).run(expected_count=2)
        found = stage.store().workspaces
        assert report.ok
        assert {found[item.new_workspace_id or ""].workspace.bundle_id for item in report.items} == {other}
        wanted = [
            types.WorkspaceRequest(directory_id=stage.aws.directory_id, user_name=f"new-{n}", bundle_id=other)
            for n in range(30)
        ]
        report = await (await stage.fleet.create({HERE: wanted})).run()
        assert (report.ok, len(stage.calls("CreateWorkspaces"))) == (True, 2)
        assert {found[item.new_workspace_id or ""].workspace.user_name for item in report.items} == {
            w.user_name for w in wanted
        }
        assert report.rows()[0].new_workspace_id == report.items[0].new_workspace_id

    play(main)


def test_no_call_starts_after_the_deadline() -> None:
    """After the deadline no call starts: an item waiting for a retry fails with its error, the rest is not tried."""

    async def main(stage: PlanStage) -> None:
        ids = stage.add(200)
        first = min(ids)
        stage.way(refusing(stage, "StopWorkspaces", {first: ["ResourceInUse"] * 9}))
        report = await stop(stage, per_site=1, deadline=timedelta(seconds=0.35))
        found = outcomes(report)
        assert (found["failed"], found["done"] + found["not_tried"]) == (1, 199)
        assert found["not_tried"] >= 100
        assert {item.message for item in report.of(Outcome.NOT_TRIED)} == {"the deadline of 0:00:00.350000 has passed"}
        assert report.of("failed") == report.of(Outcome.FAILED)
        assert report.of(Outcome.FAILED)[0].message == "no; not retried: the deadline of 0:00:00.350000 has passed"

    play(main)


def test_max_failures_ends_a_run() -> None:
    """After more failures than max_failures no further call starts."""

    async def main(stage: PlanStage) -> None:
        ids = stage.add(200)
        stage.way(refusing(stage, "StopWorkspaces", {workspace_id: ["Odd"] for workspace_id in ids}))
        report = await stop(stage, per_site=1, max_failures=30)
        assert outcomes(report) == {"failed": 50, "not_tried": 150}
        assert {item.message for item in report.of(Outcome.NOT_TRIED)} == {
            "more than 30 items failed or are ambiguous (max_failures)"
        }

    play(main)


def test_max_failures_counts_failures_of_earlier_runs(tmp_path: Path) -> None:
    """Failures of an earlier run count for max_failures; a larger max_failures resumes the plan."""

    async def main(stage: PlanStage) -> None:
        ids = stage.add(200)
        stage.way(refusing(stage, "StopWorkspaces", {workspace_id: ["Odd"] for workspace_id in ids}))
        plan = await stage.fleet.stop(where=EVERYTHING, journal=tmp_path / "j")
        assert outcomes(await plan.run(per_site=1, max_failures=30)) == {"failed": 50, "not_tried": 150}
        again = await plan.run(per_site=1, max_failures=30)
        assert (again.calls, outcomes(again)) == (0, {"failed": 50, "not_tried": 150})
        assert outcomes(await plan.run(per_site=1, max_failures=60)) == {"failed": 75, "not_tried": 125}

    play(main)


def test_plan_without_journal_can_be_resumed() -> None:
    """A plan can be resumed without a journal: the next run does what the deadline left, and repeats nothing."""

    async def main(stage: PlanStage) -> None:
        stage.add(200)
        plan = await stage.fleet.stop(where=EVERYTHING)
        report = await plan.run(deadline=timedelta(seconds=0.05))
        assert 0 < report.counts[Outcome.NOT_TRIED] < 200
        again, refused = await asyncio.gather(plan.run(), plan.run(), return_exceptions=True)
        assert isinstance(refused, ConfigurationError)
        assert not isinstance(again, BaseException)
        assert again.ok
        assert set(stage.sent("StopWorkspaces").values()) == {1}
        assert (await plan.run()).calls == 0

    play(main, durations=SLOW)


def test_concurrent_calls_are_limited() -> None:
    """No more calls are under way than were allowed, in all and at a site."""

    async def main(stage: PlanStage) -> None:
        busy: Counter[str] = Counter()
        most: Counter[str] = Counter()
        for site in (HERE, THERE):
            stage.add(300, site=site)

        def way(name: str) -> Any:
            async def around(request: httpx.Request, execute: Execute) -> httpx.Response:
                busy[name] += 1
                most[name] = max(most[name], busy[name])
                most["all"] = max(most["all"], busy.total())
                await asyncio.sleep(1)
                busy[name] -= 1
                return execute()

            return around

        plan = await stage.fleet.stop(where=EVERYTHING)
        for site in (HERE, THERE):
            stage.way(way(str(site)), site)
        assert (await plan.run(concurrency=5, per_site=3)).ok
        assert (most["all"], max(most[str(HERE)], most[str(THERE)])) == (5, 3)

    play(main)


def test_on_progress_receives_counts_and_rate() -> None:
    """on_progress receives rising counts and a rate; in the last update every item is decided."""

    async def main(stage: PlanStage) -> None:
        stage.add(100)
        found: list[Progress] = []
        await stop(stage, on_progress=found.append)
        assert [progress.decided for progress in found] == sorted(progress.decided for progress in found)
        assert (found[0].decided, found[0].rate, found[-1].done, found[-1].total) == (0, None, 100, 100)
        assert (found[-1].rate or 0) > 0
        assert str(found[-1]) == "100 of 100, done 100, failed 0, 0 s left"
        assert "ambiguous 1, not tried 2" in str(Progress(done=0, failed=0, ambiguous=1, not_tried=2, total=3))

    play(main)


def test_exception_of_on_progress_ends_the_run() -> None:
    """An exception raised by on_progress ends the run and propagates unwrapped, and no task is left running."""

    async def main(stage: PlanStage) -> None:
        stage.add(100)

        def refuse(_: Progress) -> None:
            raise LookupError("enough")

        with pytest.raises(LookupError, match="enough"):
            await stop(stage, on_progress=refuse)

    play(main)


def test_each_site_uses_its_own_credentials() -> None:
    """In a run over two accounts and two regions, each call uses its site's credentials and WorkSpace ids."""
    stage = fleet_stage(60)

    async def main() -> Report:
        red = where.tag("team", "red") & where.state("AVAILABLE") & where.running_mode("AUTO_STOP")
        plan = await stage.fleet.stop(where=red)
        assert plan.by_site == dict.fromkeys(SITES, len(plan) // 4)
        return await plan.run()

    report = asyncio.run(main())
    reference = {(call.account, call.region): set(ids_of(call.parameters)) for call in stage.calls if is_stop(call)}
    assert report.ok
    assert reference == {
        (ACCOUNTS[site.account], site.region): {item.key for item in report.items if item.site == site}
        for site in SITES
    }


def is_stop(call: CallRecord) -> bool:
    """Return whether a call is StopWorkspaces."""
    return call.operation == "StopWorkspaces"


def test_report_text_lists_ten_failures() -> None:
    """The report's text lists the first ten failures and counts the rest."""

    async def main(stage: PlanStage) -> None:
        ids = stage.add(30)
        stage.way(refusing(stage, "StopWorkspaces", {workspace_id: ["Odd"] for workspace_id in ids[:14]}))
        report = await stop(stage)
        assert "and 4 more failed" in str(report)
        assert repr(report).startswith("<Report of stop: done 16, failed 14, ambiguous 0, not tried 0 (")

    play(main)


def test_plan_without_journal_is_run_by_one_thread() -> None:
    """A plan without a journal is run by one thread at a time, however they interleave."""
    state, count = PlanState(), 4
    started, tried = Barrier(count), Barrier(count)

    def enter() -> bool:
        started.wait()
        try:
            with state.exclusive():
                tried.wait()
                return True
        except ConfigurationError:
            tried.wait()
            return False

    with ThreadPoolExecutor(count) as threads:
        for _ in range(50):
            assert sum(each.result() for each in [threads.submit(enter) for _ in range(count)]) == 1
