"""Wall clocks that are set forward or back between the steps of a plan: waits and promises go by other clocks."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.plan_kills import InMemoryDisk
from tests.support.plan_stage import EVERYTHING, HERE, PlanStage, play
from tests.support.virtual_time import NOON
from wsclient._core.logging import PREFIX
from wsclient.testing._state.store import Durations

STEPS = [timedelta(hours=-1), timedelta(hours=1), timedelta(hours=3), timedelta(days=-300), timedelta(days=300)]
REBOOTS = Durations(reboot=timedelta(minutes=4))


def _took(step: timedelta, run: Any) -> float:
    """Return the seconds of a story during which the clock is set at each RebootWorkspaces."""

    async def main(stage: PlanStage) -> float:
        stage.add(3)

        async def around(request: Any, execute: Any) -> Any:
            if request.headers["x-amz-target"].endswith(".RebootWorkspaces"):
                stage.clock.ahead += step
            return execute()

        stage.way(around)
        started = stage.clock.monotonic()
        await run(stage)
        return stage.clock.monotonic() - started

    return play(main, sites=[HERE], has_own_clock=True, durations=REBOOTS)


@pytest.mark.parametrize("step", STEPS, ids=str)
def test_wave_pauses_ignore_clock_changes(step: timedelta) -> None:
    """A wave's health is not proven, nor its pause over, by a clock that was set after the calls."""

    async def run(stage: PlanStage) -> None:
        plan = await stage.fleet.reboot(where=EVERYTHING)
        report = await plan.run(waves=[1, 1, 1], pause=timedelta(minutes=30))
        assert report.ok

    assert _took(step, run) == pytest.approx(_took(timedelta(), run), abs=30)


@pytest.mark.parametrize("step", [step for step in STEPS if step < timedelta()], ids=str)
def test_report_can_be_waited_for_after_a_clock_step_back(step: timedelta) -> None:
    """The times of a report that are in the future count as the present: no error, and no earlier proof."""

    async def run(stage: PlanStage) -> None:
        report = await (await stage.fleet.reboot(where=EVERYTHING)).run()
        await stage.fleet.wait_until_rebooted(report)

    assert _took(step, run) == pytest.approx(_took(timedelta(), run), abs=30)


@pytest.mark.parametrize("step", STEPS, ids=str)
def test_restart_continues_a_wave_pause_despite_clock_changes(step: timedelta) -> None:
    """A restart continues the pause between two waves by AWS's clock, on a machine whose clock was set meanwhile."""

    async def main(stage: PlanStage) -> float:
        stage.add(2)
        options: Any = {"waves": [1, 1], "pause": timedelta(hours=2)}
        plan = await stage.fleet.stop(where=EVERYTHING, journal="plan.jsonl")
        await plan.run(**options, deadline=timedelta(minutes=90))
        assert len(stage.calls("StopWorkspaces")) == 1
        stage.clock.ahead += step
        started = stage.clock.monotonic()
        plan = await stage.fleet.stop(where=EVERYTHING, journal="plan.jsonl")
        assert (await plan.run(**options)).ok
        return stage.clock.monotonic() - started

    durations = Durations(stop=timedelta(minutes=1))
    took = play(main, sites=[HERE], has_own_clock=True, media=InMemoryDisk(), durations=durations)
    assert took == pytest.approx(30 * 60, abs=120)


@pytest.mark.parametrize("step", STEPS, ids=str)
def test_restart_checks_wave_health_despite_clock_changes(step: timedelta) -> None:
    """WorkSpaces that an earlier run has rebooted are not healthy earlier if the machine's clock was set meanwhile."""

    async def main(stage: PlanStage) -> float:
        (first, second) = stage.add(2)
        options: Any = {"waves": [1, 1]}
        plan = await stage.fleet.reboot(where=EVERYTHING, journal="plan.jsonl")
        await plan.run(**options, deadline=timedelta(minutes=2))
        assert len(stage.calls("RebootWorkspaces")) == 1
        stage.put(first, "AVAILABLE")  # as if its reboot had not begun
        stage.put(second, "AVAILABLE")
        stage.clock.ahead += step
        plan = await stage.fleet.reboot(where=EVERYTHING, journal="plan.jsonl")
        assert (await plan.run(**options)).ok
        return (stage.aws.calls[-1].at - NOON).total_seconds()

    took = play(main, sites=[HERE], has_own_clock=True, media=InMemoryDisk())
    assert took == pytest.approx(20 * 60, abs=60)


def test_clock_at_1970_is_no_error() -> None:
    """A machine without a clock, which starts in 1970, runs a plan and resumes it in the present."""

    async def main(stage: PlanStage) -> None:
        stage.add(2)
        right = stage.clock.ahead
        stage.clock.ahead = datetime(1970, 1, 1, tzinfo=UTC) - stage.clock.now()
        plan = await stage.fleet.stop(where=EVERYTHING, journal="plan.jsonl")
        await plan.run(deadline=timedelta())
        stage.clock.ahead = right
        assert (await (await stage.fleet.stop(where=EVERYTHING, journal="plan.jsonl")).run()).ok

    play(main, sites=[HERE], has_own_clock=True, media=InMemoryDisk())


@pytest.mark.parametrize("step", STEPS, ids=str)
def test_attempt_duration_ignores_clock_changes(step: timedelta, caplog: pytest.LogCaptureFixture) -> None:
    """A clock that is set during an attempt does not change the duration that its log record has."""

    async def run(stage: PlanStage) -> None:
        await (await stage.fleet.reboot(where=EVERYTHING)).run()

    with caplog.at_level(logging.DEBUG, logger="wsclient"):
        _took(step, run)
    (record,) = [each for each in caplog.records if each.getMessage().startswith("RebootWorkspaces attempt")]
    assert vars(record)[f"{PREFIX}duration"] == pytest.approx(0.1)
