"""Times of reports on machines whose clock is wrong, or set during the audit."""

# Runs audits by a clock that a test sets.
# pyright: reportPrivateUsage=false

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.support.plan_stage import HERE, PlanStage, play
from wsclient._core.clock import TimeSource
from wsclient.audit import Audit


@pytest.mark.parametrize("step", [timedelta(), timedelta(hours=-2), timedelta(hours=2)], ids=str)
@pytest.mark.parametrize("ahead", [timedelta(), timedelta(hours=3)], ids=str)
def test_report_times_follow_the_aws_clock(ahead: timedelta, step: timedelta) -> None:
    """A report's times are by AWS's clock, and it does not end before it started."""

    async def main(stage: PlanStage) -> None:
        stage.add(60)
        true = stage.clock.now()
        stage.clock.ahead = ahead

        async def around(request: Any, execute: Any) -> Any:
            if "NextToken" in json.loads(request.content):
                stage.clock.ahead = ahead + step
            return execute()

        stage.way(around)
        audit = Audit.over(stage.fleet)
        audit._time = TimeSource(clock=stage.clock)
        made = await audit.run(only=["data.user_volume"])
        assert made.started is not None
        assert made.ended is not None
        assert made.started <= made.ended
        for time in (made.started, made.ended, *[each.at for each in made.findings]):
            assert abs(time - true) < timedelta(minutes=1)

    play(main, sites=[HERE], has_own_clock=True)
