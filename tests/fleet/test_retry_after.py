"""Retry delays requested by responses: a run honors them up to a limit."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.support.plan_stage import EVERYTHING, PlanStage, play
from wsclient.retries import MAX_DELAY, RETRY_AFTER_SLACK

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.driven_clients import Around

THROTTLED = 3


def _throttled(delay: str, operation: str) -> Around:
    """Throttle the first calls of an operation, with a requested delay in milliseconds."""
    count = 0

    async def around(request: httpx.Request, execute: Callable[[], httpx.Response]) -> httpx.Response:
        nonlocal count
        if request.headers["x-amz-target"].partition(".")[2] != operation or count == THROTTLED:
            return execute()
        count += 1
        headers = {
            "x-amzn-errortype": "ThrottlingException",
            "x-amzn-requestid": f"{operation}-{count}",
            "x-amz-retry-after": delay,
            "content-type": "application/x-amz-json-1.1",
        }
        return httpx.Response(400, headers=headers, content=b'{"message":"Rate exceeded"}')

    return around


@pytest.mark.parametrize("delay", ["900000000", "4000000000", "9" * 400])
@pytest.mark.parametrize("operation", ["RebootWorkspaces", "DescribeWorkspaces"])
def test_long_retry_after_does_not_stall_a_run(delay: str, operation: str) -> None:
    """If each of three throttled responses requests a delay of days, the run still takes minutes."""

    async def main(stage: PlanStage) -> None:
        stage.add(5)
        stage.way(_throttled(delay, operation))
        started = asyncio.get_running_loop().time()
        plan = await stage.fleet.reboot(where=EVERYTHING)
        assert (await plan.run(expected_count=5)).ok
        assert asyncio.get_running_loop().time() - started < 120 + THROTTLED * 2 * (MAX_DELAY + RETRY_AFTER_SLACK)

    play(main)
