"""Plans of a fleet: selected items, skipped WorkSpaces with their reasons, and rejected arguments."""

from __future__ import annotations

import copy
import random
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.support.plan_stage import EVERYTHING, HERE, THERE, PlanStage, play
from wsclient import types
from wsclient.errors import AccessDeniedException, ConfigurationError, PlanCountError, RequestValidationError
from wsclient.fleet import Outcome, Site, SiteError, where
from wsclient.retries._retrying import MAX_THROTTLED_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.plan_handlers import Execute

STATES = [str(state) for state in types.WorkspaceState]
POSSIBLE = {
    "stop": {"AVAILABLE", "IMPAIRED", "UNHEALTHY", "ERROR"},
    "start": {"STOPPED"},
    "reboot": {"AVAILABLE", "UNHEALTHY"},
    "rebuild": {"AVAILABLE", "ERROR", "UNHEALTHY", "STOPPED", "REBOOTING"},
    "restore": {"AVAILABLE", "ERROR", "UNHEALTHY", "STOPPED"},
    "terminate": set(STATES) - {"SUSPENDED", "TERMINATING", "TERMINATED"},
    "modify": {"AVAILABLE", "STOPPED"},
    "set_state": {"AVAILABLE"},
    "tag": set(STATES) - {"TERMINATING", "TERMINATED"},
    "untag": set(STATES) - {"TERMINATING", "TERMINATED"},
    "migrate": set(STATES) - {"TERMINATING", "TERMINATED"},
}
TOLD: dict[str, dict[str, Any]] = {
    "modify": {"properties": types.WorkspaceProperties(running_mode=types.RunningMode.ALWAYS_ON)},
    "set_state": {"state": "ADMIN_MAINTENANCE"},
    "tag": {"tags": {"Team": "blue"}},
    "untag": {"keys": ["Team"]},
    "migrate": {"bundle_id": "wsb-000000000"},
}


def asking(stage: PlanStage, user: str, **members: Any) -> types.WorkspaceRequest:
    """Return a request for a user's WorkSpace."""
    return types.WorkspaceRequest(
        directory_id=stage.aws.directory_id, user_name=user, bundle_id=stage.aws.bundle_id, **members
    )


@pytest.mark.parametrize("action", sorted(POSSIBLE))
def test_workspace_states_decide_what_is_planned(action: str) -> None:
    """WorkSpaces in a state that AWS's reference permits are planned; all others are skipped with a reason."""

    async def main(stage: PlanStage) -> None:
        of = {stage.add(1)[0]: state for state in STATES}
        for key, state in of.items():
            stage.put(key, state)
        plan = await getattr(stage.fleet, action)(where=EVERYTHING, **TOLD.get(action, {}))
        assert {of[item.key] for item in plan.items} == POSSIBLE[action] - {"TERMINATED"}
        assert {out.workspace_id for out in plan.left_out} == of.keys() - {i.key for i in plan.items} - gone(of)
        for out in plan.left_out:
            done = ("is already as requested", f"is already {out.state}")
            assert out.reason in (*done, f"is in the wrong state: {out.state}")
        assert stage.calls(action) == []

    def gone(of: dict[str, str]) -> set[str]:
        return {key for key, state in of.items() if state == "TERMINATED"}

    play(main)


@pytest.mark.parametrize(("action", "state"), [("stop", "AVAILABLE"), ("start", "STOPPED")])
def test_running_mode_decides_what_is_planned(action: str, state: str) -> None:
    """ALWAYS_ON WorkSpaces are neither stopped nor started, and the plan gives the running mode as the reason."""

    async def main(stage: PlanStage) -> None:
        for mode in ("AUTO_STOP", "MANUAL", "ALWAYS_ON"):
            stage.add(1, mode=mode, state=state)
        plan = await getattr(stage.fleet, action)(where=EVERYTHING)
        assert len(plan) == 2
        assert [out.reason for out in plan.left_out] == ["has the wrong running mode: ALWAYS_ON"]

    play(main)


def test_workspaces_already_as_requested_are_skipped() -> None:
    """A WorkSpace that already has the requested property, bundle, state or tags is skipped without a call."""

    async def main(stage: PlanStage) -> None:
        stage.add(1)
        same = types.WorkspaceProperties(running_mode=types.RunningMode.AUTO_STOP)
        for plan in (
            await stage.fleet.modify(where=EVERYTHING, properties=same),
            await stage.fleet.migrate(where=EVERYTHING, bundle_id=next(iter(stage.store().bundles))),
            await stage.fleet.set_state(where=EVERYTHING, state="AVAILABLE"),
            await stage.fleet.untag(where=where.untagged(), keys=["Team"]),
        ):
            assert [out.reason for out in plan.left_out] == ["is already as requested"]
            assert (len(plan), plan.calls, bool(plan)) == (0, 0, False)

    play(main)


def test_workspaces_with_unknown_predicate_are_skipped() -> None:
    """A WorkSpace for which the predicate is unknown is skipped, with the predicate in the reason."""

    async def main(stage: PlanStage) -> None:
        stage.add(1)
        plan = await stage.fleet.stop(where=where.idle_for(days=1))
        assert len(plan) == 0
        assert plan.left_out[0].reason.startswith("cannot be evaluated: unknown whether is idle for 1 day")

    play(main)


def test_plan_shows_counts_reasons_and_duration() -> None:
    """A plan reports counts by site, state and directory, skip reasons, calls and duration, as text and as rows."""

    async def main(stage: PlanStage) -> None:
        stage.add(60)
        stage.add(260, site=THERE)
        stage.add(3, state="STOPPED")
        plan = await stage.fleet.stop(where=EVERYTHING)
        assert (len(plan), plan.by_site, plan.by_state) == (320, {HERE: 60, THERE: 260}, {"AVAILABLE": 320})
        assert sorted(plan.by_directory.values()) == [60, 260]
        assert (plan.calls, plan.takes.total_seconds()) == (3 + 11, 3.0)
        text = str(plan)
        for words in ("stop: 320 WorkSpaces where everything", "main/us-east-1", "left out 3: is already STOPPED (3)"):
            assert words in text
        assert "14 calls of StopWorkspaces, about 3 s" in text
        assert repr(plan) == "<Plan to stop: 320 WorkSpaces where everything>"
        rows = plan.rows()
        assert (len(rows), sum(row.is_planned for row in rows)) == (323, 320)
        assert {(row.account, row.region, row.state, row.reason) for row in rows if not row.is_planned} == {
            ("main", "us-west-2", "STOPPED", "is already STOPPED")
        }

    play(main)


def test_plan_text_shortens_durations_and_groups() -> None:
    """A plan's text shows long durations in minutes, and of many groups only the first lines."""

    async def main(stage: PlanStage) -> None:
        for _ in range(16):
            directory = stage.aws.add_directory()
            stage.aws.add_workspaces(10, directory_id=directory)
        stage.aws.add_workspaces(1, state=types.WorkspaceState.UNHEALTHY)
        plan = await stage.fleet.rebuild(where=EVERYTHING)
        assert "161 calls of RebuildWorkspaces, about 1.3 min" in str(plan)
        assert "and 2 more lines" in str(plan)
        assert "about 1 s" in str(await stage.fleet.reboot(where=EVERYTHING))
        assert "less than 1 s" in str(await stage.fleet.reboot(where=where.directory(stage.aws.directory_id)))

    play(main)


def test_plan_requires_exactly_one_of_where_and_ids() -> None:
    """Exactly one of where= and ids= is required."""

    async def main(stage: PlanStage) -> None:
        both: dict[str, Any] = {"where": EVERYTHING, "ids": ["ws-000000000"]}
        for options in (dict[str, Any](), both):
            with pytest.raises(ConfigurationError, match=r"to select everything, pass where=where.everything\(\)"):
                stage.fleet.terminate(**options)
        assert repr(stage.fleet.stop(where=EVERYTHING)) == "<Planning of stop: await it for the plan>"

    play(main)


def test_plan_looks_up_ids_25_a_call() -> None:
    """Ids are looked up 25 a call and unknown ids are skipped; duplicates and a missing site raise an error."""

    async def main(stage: PlanStage) -> None:
        ids = stage.add(30)
        plan = await stage.fleet.stop(ids={HERE: [*ids, "ws-000000000"]})
        assert [item.key for item in plan.items] == sorted(ids[:25]) + sorted(ids[25:])
        assert [(out.workspace_id, out.reason) for out in plan.left_out] == [("ws-000000000", "was not found")]
        assert plan.selection.startswith("id is one of 31 (")
        with pytest.raises(ConfigurationError, match="contains an id of main/us-west-2 twice"):
            await stage.fleet.stop(ids={HERE: [ids[0], ids[0]]})
        with pytest.raises(ConfigurationError, match=r"main/us-west-2, main/us-east-1; pass where=where\.ids"):
            stage.fleet.stop(ids=ids)
        with pytest.raises(ConfigurationError, match="not a site of this fleet"):
            stage.fleet.stop(ids={Site(account="main", region="eu-west-1"): ids})
        with pytest.raises(ConfigurationError, match="put a single id in a list"):
            stage.fleet.stop(ids=ids[0])

    play(main)


@pytest.mark.parametrize("by", ["where", "ids"])
def test_unreadable_site_raises_site_error_when_planning(by: str) -> None:
    """If a site cannot be read, planning by where= or by ids= raises SiteError with the site and AWS's error."""

    async def main(stage: PlanStage) -> None:
        ids = {HERE: stage.add(1), THERE: stage.add(1, site=THERE)}

        async def around(request: httpx.Request, execute: Execute) -> httpx.Response:
            del request, execute
            return httpx.Response(400, json={"__type": "AccessDeniedException", "message": "not you"})

        stage.way(around, THERE)
        with pytest.raises(SiteError, match=r"^main/us-east-1 could not be read.*not you") as caught:
            await (stage.fleet.stop(ids=ids) if by == "ids" else stage.fleet.stop(where=EVERYTHING))
        assert (caught.value.site, type(caught.value.error)) == (THERE, AccessDeniedException)

    play(main)


def test_single_site_fleet_needs_no_site_argument() -> None:
    """In a fleet of one site, ids and requests need no site."""

    async def main(stage: PlanStage) -> None:
        assert len(await stage.fleet.stop(ids=stage.add(2))) == 2
        assert len(await stage.fleet.create([asking(stage, "jane")])) == 1

    play(main, sites=[HERE])


def test_duplicate_sites_are_rejected_when_planning() -> None:
    """Two sites that reach the same WorkSpace raise ConfigurationError before planning, by where= and by ids=."""

    async def main(stage: PlanStage) -> None:
        ids = stage.add(1)
        for planning in (
            stage.fleet.stop(where=EVERYTHING),
            stage.fleet.stop(ids={HERE: ids, Site(account="again", region="us-west-2"): ids}),
        ):
            with pytest.raises(ConfigurationError, match=r"same account|one account"):
                await planning

    play(main, sites=[HERE, Site(account="again", region="us-west-2")])


def test_creations_are_planned_by_user_and_site() -> None:
    """A user name occurs once in a directory, case-insensitively; a site is a Site, or account= with region=."""

    async def main(stage: PlanStage) -> None:
        jane = asking(stage, "jane")
        plan = await stage.fleet.create([jane, asking(stage, "john")], region="us-west-2")
        assert [item.key for item in plan.items] == [f"{jane.directory_id}/jane", f"{jane.directory_id}/john"]
        assert "none yet" in plan.by_state
        assert len(await stage.fleet.create({HERE: [jane], THERE: [asking(stage, "jo")]})) == 2
        with pytest.raises(ConfigurationError, match="jane occurs twice"):
            await stage.fleet.create([jane, asking(stage, "JANE")], region="us-west-2")
        with pytest.raises(ConfigurationError, match="or account= and region="):
            stage.fleet.create([jane])
        with pytest.raises(
            ConfigurationError, match=r"^create: the fleet has no site with region='eu-north-1'; it has main/"
        ):
            stage.fleet.create([jane], region="eu-north-1")
        with pytest.raises(ConfigurationError, match="leave account= and region= out"):
            stage.fleet.create({HERE: [jane]}, account="main")

    play(main)


def test_invalid_action_arguments_are_rejected_before_any_call() -> None:
    """Arguments of an action are validated before any call."""

    async def main(stage: PlanStage) -> None:
        two = types.WorkspaceProperties(running_mode=types.RunningMode.AUTO_STOP, root_volume_size_gib=80)
        for properties in (two, types.WorkspaceProperties()):
            with pytest.raises(ConfigurationError, match="modify takes one property"):
                stage.fleet.modify(where=EVERYTHING, properties=properties)
        both = types.WorkspaceProperties(
            running_mode=types.RunningMode.AUTO_STOP, running_mode_auto_stop_timeout_in_minutes=120
        )
        assert len(await stage.fleet.modify(where=EVERYTHING, properties=both)) == 0
        untyped: Any = stage.fleet
        wrong_calls: list[tuple[str, dict[str, Any], str]] = [
            ("stop", {"where": "AVAILABLE"}, r"predicate such as where\.state"),
            ("stop", {"where": lambda _: True}, r"where\.row"),
            ("stop", {"ids": {HERE: ["i-0123456789"]}}, "'i-0123456789' is not a WorkSpace id"),
            ("modify", {"where": EVERYTHING, "properties": {"RunningMode": "MANUAL"}}, "WorkspaceProperties"),
            (
                "set_state",
                {"where": EVERYTHING, "state": "STOPPED"},
                "unknown state 'STOPPED'; known are AVAILABLE, ADMIN_M",
            ),
            ("client", {"site": "prod/us-west-2"}, r"one of fleet\.sites"),
        ]
        for method, arguments, words in wrong_calls:
            with pytest.raises(ConfigurationError, match=words):
                getattr(untyped, method)(**arguments)
        with pytest.raises(AttributeError, match="await it for the plan"):
            untyped.stop(where=EVERYTHING).run()
        planning = stage.fleet.stop(where=EVERYTHING)
        duplicate = copy.copy(planning)
        assert (duplicate.action, repr(duplicate)) == ("stop", repr(planning))
        with pytest.raises(ConfigurationError, match="tags= is empty"):
            stage.fleet.tag(where=EVERYTHING, tags={})
        with pytest.raises(ConfigurationError, match="keys must be a list of strings, not 'Team'"):
            stage.fleet.untag(where=EVERYTHING, keys="Team")
        plan = await stage.fleet.stop(where=EVERYTHING)
        mistakes: list[dict[str, Any]] = [{"concurrency": 0}, {"per_site": 0}, {"max_failures": -1}, {"per_site": 1.5}]
        for wrong in mistakes:
            with pytest.raises(ConfigurationError, match="a whole number"):
                await plan.run(**wrong)
        times: list[dict[str, Any]] = [{"deadline": 0}, {"consistency": 5.0}, {"consistency": timedelta(seconds=-1)}]
        for wrong in times:
            with pytest.raises(ConfigurationError, match="a timedelta"):
                await plan.run(**wrong)
        assert (await plan.run(deadline=timedelta(seconds=-1))).calls == 0
        assert stage.aws.calls[-1].operation == "DescribeWorkspaces"
        with pytest.raises((ConfigurationError, RequestValidationError)):
            stage.fleet.stop(where=where.idle_for(days=0))

    play(main)


@pytest.mark.parametrize("action", ["terminate", "rebuild", "restore", "migrate"])
def test_destructive_plan_needs_expected_count(action: str) -> None:
    """A plan that destroys data needs its exact expected_count, otherwise nothing is sent; an empty plan needs none."""

    async def main(stage: PlanStage) -> None:
        planning = getattr(stage.fleet, action)(where=EVERYTHING, **TOLD.get(action, {}))
        assert (await (await planning).run()).ok
        stage.add(2)
        plan = await planning
        before = len(stage.aws.calls)
        for expected in (None, 1, 3):
            with pytest.raises(PlanCountError, match="confirm it by expected_count=2") as caught:
                await plan.run(expected_count=expected)
            assert (caught.value.count, caught.value.expected) == (2, expected)
        assert len(stage.aws.calls) == before

    play(main)


def test_expected_count_is_checked_for_every_action() -> None:
    """expected_count= is checked for every action if it is passed."""

    async def main(stage: PlanStage) -> None:
        stage.add(2)
        plan = await stage.fleet.stop(where=EVERYTHING)
        with pytest.raises(PlanCountError):
            await plan.run(expected_count=3)
        assert (await plan.run(expected_count=2)).ok

    play(main)


def test_dry_run_makes_no_call_and_no_file(tmp_path: Path) -> None:
    """A dry run makes no call, writes no file, and reports every item as not tried."""

    async def main(stage: PlanStage) -> None:
        stage.add(30)
        plan = await stage.fleet.stop(where=EVERYTHING, journal=tmp_path / "stop.jsonl")
        before = len(stage.aws.calls)
        report = await plan.run(dry_run=True)
        assert report.counts[Outcome.NOT_TRIED] == 30
        assert {item.message for item in report.items} == {"it was a dry run"}
        assert len(stage.aws.calls) == before

    play(main)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("by", ["where", "ids"])
def test_planning_retries_throttled_reads_beyond_the_quota(by: str) -> None:
    """With half of all reads throttled, planning retries beyond the retry quota and returns a complete plan."""
    chance = random.Random(1)

    async def main(stage: PlanStage) -> None:
        ids = stage.add(150)
        stage.way(partial(crowded, lambda: chance.random() < 0.5), HERE)
        selected: Any = {"where": where.untagged()} if by == "where" else {"ids": ids}
        assert len(await stage.fleet.stop(**selected)) == 150

    play(main, sites=[HERE])


def test_planning_fails_after_ten_minutes_of_throttling() -> None:
    """A read that is throttled for ten minutes raises SiteError with the site and AWS's error."""

    async def main(stage: PlanStage) -> None:
        stage.add(1)
        stage.way(partial(crowded, lambda: True), HERE)
        start = stage.clock.monotonic()
        with pytest.raises(SiteError, match=r"main/us-west-2 .* ThrottlingException in DescribeWorkspaces"):
            await stage.fleet.stop(where=EVERYTHING)
        assert stage.clock.monotonic() - start >= MAX_THROTTLED_SECONDS

    play(main, sites=[HERE])


async def crowded(is_full: Callable[[], bool], _: httpx.Request, proceed: Execute) -> httpx.Response:
    """Return a throttling error while the service is full, otherwise execute the request."""
    if is_full():
        return httpx.Response(400, json={"__type": "ThrottlingException", "message": "Rate exceeded"})
    return proceed()
