"""Fleets through a hostile gateway: no duplicate calls, and no outcome reported that AWS didn't confirm."""

import itertools
from collections import Counter

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.attacks.hostile import HOSTILE, Hostile
from tests.support.driven_clients import Around
from tests.support.plan_handlers import Execute, operation_of
from tests.support.plan_stage import EVERYTHING, PlanStage, play
from tests.support.scale import at_scale
from wsclient.fleet import Outcome, Report

ACTIONS = {
    "reboot": "RebootWorkspaces",
    "rebuild": "RebuildWorkspaces",
    "terminate": "TerminateWorkspaces",
    "stop": "StopWorkspaces",
}
NOT_REPEATABLE = {"reboot", "rebuild"}
COUNT = 6
CASES = settings(
    max_examples=at_scale(12, 1500),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


def _gateway(operation: str, hostile: Hostile, occurs: list[bool], executed: list[httpx.Request]) -> Around:
    """Return a gateway that gives some calls of the operation the hostile response, executed or not."""
    order = itertools.chain(occurs, itertools.repeat(False))  # noqa: FBT003 - a value

    async def around(request: httpx.Request, execute: Execute) -> httpx.Response:
        if operation_of(request) != operation:
            return execute()
        if not next(order):
            executed.append(request)
            return execute()
        if hostile.executed:
            executed.append(request)
            execute()
        types = {"content-type": hostile.content_type} if hostile.content_type else {}
        return httpx.Response(hostile.status, headers=types, content=hostile.body)

    return around


@pytest.mark.parametrize("action", ACTIONS)
def test_gateway_responses_do_not_decide_item_outcomes(action: str) -> None:
    """Each WorkSpace is sent once where that matters; done means executed, failed means refused by AWS."""

    @CASES
    @given(hostile=HOSTILE, occurs=st.lists(st.booleans(), min_size=1, max_size=6))
    def holds(hostile: Hostile, occurs: list[bool]) -> None:
        executed: list[httpx.Request] = []

        async def scene(stage: PlanStage) -> Report:
            stage.add(COUNT)
            stage.way(_gateway(ACTIONS[action], hostile, [True, *occurs], executed))
            plan = await getattr(stage.fleet, action)(where=EVERYTHING)
            report: Report = await plan.run(expected_count=COUNT)
            return report

        report = play(scene)
        times: Counter[str] = Counter()
        for request in executed:
            times.update({item: request.content.decode().count(item) for item in _ids(report)})
        if action in NOT_REPEATABLE:
            assert max(times.values(), default=0) <= 1, "a WorkSpace was sent twice"
        for item in report.items:
            key = item.key
            if item.outcome is Outcome.DONE:
                assert times[key] >= 1, "done, and the service knows nothing of it"
            elif item.outcome in (Outcome.FAILED, Outcome.NOT_TRIED):
                assert times[key] == 0, f"{item.outcome.value}, and the service did it"

    holds()


def _ids(report: Report) -> list[str]:
    return [item.key for item in report.items]
