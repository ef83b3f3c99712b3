"""Request handlers for a plan's calls, and summaries of its report."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx

from tests.support.plan_stage import EVERYTHING, PlanStage, ids_of
from wsclient.testing import Durations

Execute = Callable[[], httpx.Response]

if TYPE_CHECKING:
    from wsclient.fleet import Report

SLOW = Durations(stop=timedelta(hours=9), start=timedelta(hours=9), reboot=timedelta(hours=9))


def outcomes(report: Report) -> dict[str, int]:
    """Return how many items ended in each way that occurred."""
    return {str(outcome): count for outcome, count in report.counts.items() if count}


async def stop(stage: PlanStage, **options: Any) -> Report:
    """Plan to stop everything, and run it."""
    return await (await stage.fleet.stop(where=EVERYTHING)).run(**options)


def operation_of(request: httpx.Request) -> str:
    """Return which operation a request is of."""
    return request.headers["x-amz-target"].rpartition(".")[2]


def refusing(stage: PlanStage, operation: str, codes: dict[str, list[str]]) -> Callable[[httpx.Request, Execute], Any]:
    """Return a way on which AWS refuses items of an operation, each with its codes in turn, and takes the others."""

    async def around(request: httpx.Request, execute: Execute) -> httpx.Response:
        requested = json.loads(await request.aread())
        struck = {item: codes[item].pop(0) for item in ids_of(requested) if codes.get(item)}
        if operation_of(request) != operation or not struck:
            return execute()
        records = {item: stage.store().workspaces[item] for item in struck}
        before = {item: (record.workspace, record.change) for item, record in records.items()}
        response = execute() if set(ids_of(requested)) - struck.keys() else None
        for key, record in records.items():
            record.workspace, record.change = before[key]
        failed = json.loads(response.content).get("FailedRequests", []) if response is not None else []
        failed += [{"WorkspaceId": item, "ErrorCode": code, "ErrorMessage": "no"} for item, code in struck.items()]
        return httpx.Response(200, headers={"x-amzn-requestid": "r"}, json={"FailedRequests": failed})

    return around
