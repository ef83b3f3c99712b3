"""Responses that name WorkSpaces which the call did not: they are another call's, and decide nothing."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.support.plan_stage import HERE, PlanStage, play
from wsclient.fleet import Outcome, Report

if TYPE_CHECKING:
    from collections.abc import Callable

BATCHES = {
    "stop": "StopWorkspaces",
    "reboot": "RebootWorkspaces",
    "rebuild": "RebuildWorkspaces",
    "terminate": "TerminateWorkspaces",
}


def _answer(operation: str, body: dict[str, Any], *, executes: bool) -> Callable[..., Any]:
    async def around(request: httpx.Request, execute: Callable[[], httpx.Response]) -> httpx.Response:
        await asyncio.sleep(0)
        if not request.headers["x-amz-target"].endswith(f".{operation}"):
            return execute()
        real = execute() if executes else None
        headers = {
            "x-amzn-requestid": "00000000-0000-4000-8000-000000000001",
            "content-type": "application/x-amz-json-1.1",
        }
        return httpx.Response(
            200, headers=dict(real.headers) if real is not None else headers, content=json.dumps(body)
        )

    return around


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("action", BATCHES)
@pytest.mark.parametrize("executes", [False, True])
def test_an_entry_about_another_workspace_decides_nothing(action: str, count: int, *, executes: bool) -> None:
    """A refusal that names none of the WorkSpaces of the call is about none of them: each is verified."""

    async def scene(stage: PlanStage) -> Report:
        ids = stage.add(count)
        failed = [{"WorkspaceId": "ws-other0000", "ErrorCode": "ResourceNotFound.Workspace", "ErrorMessage": "no"}]
        stage.way(_answer(BATCHES[action], {"FailedRequests": failed}, executes=executes))
        plan = await getattr(stage.fleet, action)(ids=ids)
        report: Report = await plan.run(expected_count=count)
        return report

    report = play(scene, sites=[HERE])
    outcomes = {item.outcome for item in report.items}
    if executes and action in {"stop", "terminate"}:
        assert outcomes == {Outcome.DONE}  # described so
    elif not executes:
        assert Outcome.DONE not in outcomes
    assert "no" not in {item.message for item in report.items}


def test_a_migration_of_another_workspace_is_none_of_this_one() -> None:
    """MigrateWorkspace returns its source: a response with another one is not believed, nor is its new id."""

    async def scene(stage: PlanStage) -> Report:
        (named,) = stage.add(1)
        other = [key for key in stage.store().bundles if key != stage.store().workspaces[named].workspace.bundle_id]
        body = {"SourceWorkspaceId": "ws-other0000", "TargetWorkspaceId": "ws-target000"}
        stage.way(_answer("MigrateWorkspace", body, executes=False))
        plan = await stage.fleet.migrate(ids=[named], bundle_id=other[0])
        return await plan.run(expected_count=1)

    (item,) = play(scene, sites=[HERE]).items
    assert item.outcome is not Outcome.DONE
    assert item.new_workspace_id != "ws-target000"
