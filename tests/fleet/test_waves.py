"""Waves of a run: pilot, share, rest; conditions of the next wave, reports, and resuming."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from tests.support.plan_handlers import operation_of, outcomes
from tests.support.plan_stage import EVERYTHING, HERE, THERE, PlanStage, ids_of, play
from wsclient import types
from wsclient.errors import ConfigurationError
from wsclient.fleet import Outcome, Progress
from wsclient.fleet._journal.records import PlanRecord, encode_records, parse_records
from wsclient.testing import Drop, Durations

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

    from tests.support.plan_handlers import Execute

QUICK = Durations(stop=timedelta(minutes=2), reboot=timedelta(minutes=3), change_protocol=timedelta(minutes=10))
PCOIP = types.WorkspaceProperties(protocols=[types.Protocol.PCOIP])


def sent_at(stage: PlanStage, operation: str = "StopWorkspaces") -> list[tuple[float, int]]:
    """Return when calls were made, in seconds since the first, and how many WorkSpaces each named."""
    calls = [call for call in stage.aws.calls if call.operation == operation]
    return [((call.at - calls[0].at).total_seconds(), len(list(ids_of(call.parameters)))) for call in calls]


def broken(stage: PlanStage, count: int) -> None:
    """Have the first WorkSpaces that are stopped end in ERROR."""
    left = [count]

    async def around(request: httpx.Request, execute: Execute) -> httpx.Response:
        response = execute()
        if operation_of(request) == "StopWorkspaces":
            import json  # noqa: PLC0415

            for workspace_id in ids_of(json.loads(request.content)):
                if left[0]:
                    left[0] -= 1
                    stage.put(workspace_id, "STOPPING")
                    stage.store().workspaces[workspace_id].change = None
        return response

    stage.way(around)


def test_waves_run_pilot_share_and_rest_in_order() -> None:
    """Each wave starts when the previous wave is healthy and the pause is over, and is spread over the sites."""

    async def main(stage: PlanStage) -> None:
        stage.add(30)
        stage.add(10, site=THERE)
        plan = await stage.fleet.stop(where=EVERYTHING)
        pilot, share, rest = plan.split_waves([4, 0.1, 1.0])
        found: list[Progress] = []
        report = await plan.run(waves=[4, 0.1, 1.0], pause=timedelta(hours=1), on_progress=found.append)
        assert report.ok
        by_wave = {wave: {item.key for item in report.items if item.wave == wave} for wave in (1, 2, 3)}
        assert by_wave == {n: {item.key for item in wave} for n, wave in enumerate((pilot, share, rest), start=1)}
        assert [len(wave) for wave in (pilot, share, rest)] == [4, 4, 32]
        assert {item.site for item in pilot} == {item.site for item in share} == {HERE, THERE}
        times = sorted({round(seconds / 600) for seconds, _ in sent_at(stage)})
        assert times in ([0, 6, 12], [0, 6, 13])
        assert sum(count for _, count in sent_at(stage)) == 40
        phases = list(dict.fromkeys(progress.phase for progress in found))
        assert phases == [
            *("wave 1 of 3", "waiting until wave 1 is healthy", "pausing after wave 1"),
            *("wave 2 of 3", "waiting until wave 2 is healthy", "pausing after wave 2", "wave 3 of 3"),
        ]
        assert str(found[-1]).endswith(", wave 3 of 3")
        assert report.rows()[0].wave == report.items[0].wave

    play(main, durations=QUICK)


def test_run_without_waves_does_not_wait() -> None:
    """A run without waves has no wave numbers, no phase and no reading calls."""

    async def main(stage: PlanStage) -> None:
        stage.add(30)
        plan = await stage.fleet.stop(where=EVERYTHING)
        before = len(stage.calls("DescribeWorkspaces"))
        found: list[Progress] = []
        report = await plan.run(on_progress=found.append)
        assert {item.wave for item in report.items} == {None}
        assert {progress.phase for progress in found} == {""}
        assert len(stage.calls("DescribeWorkspaces")) == before

    play(main, durations=QUICK)


def test_unhealthy_wave_stops_the_run(tmp_path: Path) -> None:
    """After an unhealthy wave the rest is not tried, the report lists unhealthy items, and a later run resumes."""

    async def main(stage: PlanStage) -> None:
        stage.add(20)
        broken(stage, 1)
        plan = await stage.fleet.stop(where=EVERYTHING, journal=tmp_path / "j")
        report = await plan.run(waves=[3, 1.0])
        assert outcomes(report) == {"done": 3, "not_tried": 17}
        (sick,) = report.unhealthy
        assert not report.ok
        assert (sick.outcome, sick.wave, sick.is_unhealthy) == (Outcome.DONE, 1, True)
        assert "STOPPING" in (sick.message or "")
        assert {item.message for item in report.of("not_tried")} == {
            "no wave follows wave 1: 1 item is failed, ambiguous or unhealthy"
        }
        assert f"{sick.workspace_id} (main/us-west-2) done, but unhealthy" in str(report)
        with pytest.raises(Exception, match="18 of 20 items"):
            report.raise_for_failures()
        again = await plan.run(waves=[3, 1.0], wave_timeout=timedelta(minutes=1))
        assert (again.calls, outcomes(again)) == (0, {"done": 3, "not_tried": 17})
        stage.put(sick.key, "STOPPED")
        last = await plan.run(waves=[3, 1.0])
        assert (last.ok, outcomes(last)) == (True, {"done": 20})
        assert set(stage.sent("StopWorkspaces").values()) == {1}

    play(main, durations=QUICK)


def test_tolerated_unhealthy_items_stay_in_reports(tmp_path: Path) -> None:
    """With max_failures the next wave starts, and later runs still report and count the unhealthy item."""

    async def main(stage: PlanStage) -> None:
        stage.add(20)
        broken(stage, 1)
        plan = await stage.fleet.stop(where=EVERYTHING, journal=tmp_path / "j")
        report = await plan.run(waves=[3, 1.0], max_failures=1)
        assert (outcomes(report), len(report.unhealthy), report.ok) == ({"done": 20}, 1, False)
        again = await plan.run(waves=[3, 1.0], max_failures=1)
        assert (again.items, again.calls) == (report.items, 0)

    play(main, durations=QUICK)


@pytest.mark.parametrize(
    ("limit", "waves", "done"),
    [(None, [5, 1.0], 3), (1, [5, 1.0], 3), (2, [5, 1.0], 38), (0.39, [5, 1.0], 3), (0.4, [5, 1.0], 38), (0, [40], 3)],
)
def test_failures_above_the_limit_stop_the_next_wave(limit: float | None, waves: list[Any], done: int) -> None:
    """Two failures in a pilot of five stop the run without a limit, above a number, and above a share."""

    async def main(stage: PlanStage) -> None:
        stage.add(40)
        plan = await stage.fleet.tag(where=EVERYTHING, tags={"Team": "blue"})
        odd = [item.key for item in plan.split_waves([5])[0][:2]]

        async def around(request: httpx.Request, execute: Execute) -> httpx.Response:
            if any(item.encode() in request.content for item in odd):
                import httpx  # noqa: PLC0415

                return httpx.Response(400, json={"__type": "Odd", "message": "no"}, headers={"x-amzn-requestid": "r"})
            return execute()

        stage.way(around)
        report = await plan.run(waves=waves, max_failures=limit, per_site=1)
        counts = outcomes(report)
        if waves == [40]:
            assert counts["failed"] == 1
            return
        assert counts["failed"] == 2
        assert counts.get("done", 0) == done if limit is None or done > 3 else counts.get("done", 0) <= done
        if done == 3 and limit is None:
            assert "wave 1" in (report.of("not_tried")[0].message or "")

    play(main)


def test_ambiguous_items_count_as_failures() -> None:
    """An ambiguous reboot stops the next wave, and counts for max_failures without waves."""

    async def main(stage: PlanStage) -> None:
        stage.add(400)
        stage.aws.fail("RebootWorkspaces", with_=Drop.AFTER, times=1)
        plan = await stage.fleet.reboot(where=EVERYTHING)
        report = await plan.run(waves=[5, 1.0])
        assert outcomes(report) == {"ambiguous": 5, "not_tried": 395}
        stage.aws.fail("RebootWorkspaces", with_=Drop.AFTER, times=1)
        plan = await stage.fleet.reboot(where=EVERYTHING)
        report = await plan.run(max_failures=3, per_site=1, consistency=timedelta())
        assert report.counts[Outcome.AMBIGUOUS] > 3
        assert report.counts[Outcome.NOT_TRIED] > 0

    play(main, durations=Durations(reboot=timedelta()))


def test_deadline_ends_wave_waits_and_pauses() -> None:
    """A deadline ends waits and pauses, and the next run resumes."""

    async def main(stage: PlanStage) -> None:
        stage.add(20)
        plan = await stage.fleet.stop(where=EVERYTHING)
        started = stage.clock.monotonic()
        report = await plan.run(waves=[3, 1.0], pause=timedelta(hours=1), deadline=timedelta(seconds=30))
        assert stage.clock.monotonic() - started == pytest.approx(30, abs=1)
        assert outcomes(report) == {"done": 3, "not_tried": 17}
        assert {item.message for item in report.of("not_tried")} == {"the deadline of 0:00:30 has passed"}
        started = stage.clock.monotonic()
        report = await plan.run(waves=[3, 1.0], pause=timedelta(hours=1), deadline=timedelta(minutes=30))
        assert stage.clock.monotonic() - started == pytest.approx(1800, abs=1)
        assert outcomes(report) == {"done": 3, "not_tried": 17}
        started = stage.clock.monotonic()
        assert (await plan.run(waves=[3, 1.0], pause=timedelta(hours=1))).ok
        assert 1800 <= stage.clock.monotonic() - started <= 2100

    play(main, durations=QUICK)


def test_items_outside_the_waves_are_left_to_a_later_run() -> None:
    """waves=[3] is a pilot alone; a later run continues with the rest, and the pilot is not done again."""

    async def main(stage: PlanStage) -> None:
        stage.add(20)
        plan = await stage.fleet.stop(where=EVERYTHING)
        report = await plan.run(waves=[3])
        assert outcomes(report) == {"done": 3, "not_tried": 17}
        assert {item.wave for item in report.of("not_tried")} == {None}
        assert {item.message for item in report.of("not_tried")} == {
            "it is in no wave: waves= has 3 of 20 items; end it with 1.0 for the rest"
        }
        assert (await plan.run(waves=[3, 1.0])).ok
        assert set(stage.sent("StopWorkspaces").values()) == {1}
        assert [count for _, count in sent_at(stage)] == [3, 17]

    play(main, durations=QUICK)


def test_stopped_site_is_not_called_in_later_waves() -> None:
    """A site that stopped because access was denied is not called in later waves; other sites continue if allowed."""

    async def main(stage: PlanStage) -> None:
        stage.add(20)
        stage.add(20, site=THERE)
        plan = await stage.fleet.stop(where=EVERYTHING)

        async def around(request: httpx.Request, execute: Execute) -> httpx.Response:
            if operation_of(request) == "StopWorkspaces":
                import httpx  # noqa: PLC0415

                return httpx.Response(400, json={"__type": "AccessDeniedException"}, headers={"x-amzn-requestid": "r"})
            return execute()

        stage.way(around, THERE)
        report = await plan.run(waves=[10, 1.0], max_failures=0.5)
        there = [item for item in report.items if item.site == THERE]
        assert {item.outcome for item in report.items if item.site == HERE} == {Outcome.DONE}
        assert {item.outcome for item in there} == {Outcome.FAILED, Outcome.NOT_TRIED}
        assert {item.code for item in there if item.outcome is Outcome.FAILED} == {"AccessDeniedException"}
        assert all("AccessDenied" in (item.message or "") for item in there if item.outcome is Outcome.NOT_TRIED)
        assert stage.transports[THERE].requests <= 4

    play(main, durations=QUICK)


def test_later_waves_recheck_before_destroying_data() -> None:
    """A WorkSpace that changed hands while an earlier wave was waited for is not terminated."""

    async def main(stage: PlanStage) -> None:
        stage.add(20)
        plan = await stage.fleet.terminate(where=EVERYTHING)
        chosen = plan.split_waves([5, 1.0])[1][0]

        def watch(progress: Progress) -> None:
            if progress.phase.startswith("pausing"):
                record = stage.store().workspaces[chosen.key]
                record.workspace = types.Workspace.from_dict({**record.workspace.to_dict(), "UserName": "somebody"})

        report = await plan.run(waves=[5, 1.0], pause=timedelta(minutes=1), expected_count=20, on_progress=watch)
        (left,) = report.of("not_tried")
        assert (left.key, left.message) == (
            chosen.key,
            "belongs to another user or directory than when the plan was made",
        )
        assert report.counts[Outcome.DONE] == 19

    play(main, durations=Durations(terminate=timedelta(minutes=1)))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"waves": []}, "use a list of sizes, as in waves="),
        ({"waves": 5}, "use a list of sizes"),
        ({"waves": "5"}, "use a list of sizes"),
        ({"waves": [5, True]}, "contains True"),
        ({"waves": [0, 1.0]}, "contains 0:"),
        ({"waves": [1.5]}, "contains 1.5"),
        ({"waves": [float("nan")]}, "contains nan"),
        ({"waves": ["10%"]}, "contains '10%'"),
        ({"waves": [1.0], "pause": 5}, "pause=5: use a timedelta"),
        ({"waves": [1.0], "pause": timedelta(-1)}, "use a timedelta of zero or more"),
        ({"pause": timedelta(5)}, "pause= is an option of waves"),
        ({"wave_timeout": timedelta(5)}, "wave_timeout= is an option of waves"),
        ({"waves": [1.0], "wave_timeout": timedelta()}, "use a timedelta above zero"),
        ({"max_failures": 1.5}, "max_failures=1.5: use a whole number"),
        ({"max_failures": -1}, "max_failures=-1"),
        ({"max_failures": True}, "max_failures=True"),
    ],
)
def test_invalid_wave_options_are_rejected(options: dict[str, Any], words: str) -> None:
    """Each invalid option raises ConfigurationError with the valid values, and nothing is sent."""

    async def main(stage: PlanStage) -> None:
        stage.add(3)
        plan = await stage.fleet.stop(where=EVERYTHING)
        with pytest.raises(ConfigurationError, match=words):
            await plan.run(**options)
        assert stage.calls("StopWorkspaces") == []

    play(main)


@pytest.mark.parametrize(
    "action", ["reboot", "rebuild", "restore", "terminate", "migrate", "start", "create", "modify"]
)
def test_waves_wait_for_the_final_state_of_the_action(action: str) -> None:
    """The second wave starts when the first wave's WorkSpaces have reached the action's final state."""

    async def main(stage: PlanStage) -> None:
        fleet, arguments = stage.fleet, dict[str, Any]()
        if action == "create":
            requests = [
                types.WorkspaceRequest(
                    directory_id=stage.aws.directory_id, user_name=f"user{n}", bundle_id=stage.aws.bundle_id
                )
                for n in range(4)
            ]
            plan = await fleet.create({HERE: requests})
        else:
            stage.add(4, state="STOPPED" if action == "start" else "AVAILABLE")
            if action == "migrate":
                arguments["bundle_id"] = stage.aws.add_bundle("other")
            if action == "modify":
                arguments["properties"] = PCOIP
            plan = await getattr(fleet, action)(where=EVERYTHING, **arguments)
        report = await plan.run(waves=[2, 1.0], expected_count=4)
        assert report.ok, str(report)
        operation = plan._snapshot.intent.action
        calls = [call for call in stage.aws.calls if call.parameters and not call.operation.startswith("Describe")]
        gap = (calls[-1].at - calls[0].at).total_seconds()
        assert gap >= 55, operation

    play(
        main,
        durations=Durations(
            **dict.fromkeys(
                ("create", "start", "stop", "reboot", "rebuild", "restore", "terminate", "migrate", "change_protocol"),
                timedelta(minutes=1),
            )
        ),
    )


def test_journal_of_version_1_is_resumed(tmp_path: Path) -> None:
    """A journal of version 1 is resumed, in waves too, and stays of its version."""
    path = tmp_path / "j"

    async def main(stage: PlanStage) -> None:
        stage.add(20)
        plan = await stage.fleet.stop(where=EVERYTHING, journal=path)
        await plan.run(waves=[3])
        records, _ = parse_records(path.read_bytes())
        head: Any = records[0]
        assert isinstance(head, PlanRecord)
        old = replace(head, version=1)
        content = encode_records([old, *records[1:]])
        assert b'"failed":[]' in content
        path.write_bytes(content)
        again = await stage.fleet.stop(where=EVERYTHING, journal=path)
        assert (await again.run(waves=[3, 1.0])).ok
        assert parse_records(path.read_bytes())[0][0] == old
        assert set(stage.sent("StopWorkspaces").values()) == {1}

    play(main, durations=QUICK)
