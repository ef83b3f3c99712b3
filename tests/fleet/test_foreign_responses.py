"""Responses that name WorkSpaces which the call did not: they are another call's, and decide nothing."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.support.plan_stage import HERE, PlanStage, play
from wsclient.errors import SiteError
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
def test_failed_request_entry_for_another_workspace_is_ignored(action: str, count: int, *, executes: bool) -> None:
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


@pytest.mark.parametrize("action", ["stop", "terminate"])
def test_plan_by_ids_excludes_other_workspaces_of_a_response(action: str) -> None:
    """A listing of others in the place of those that ids= names makes no plan: they would be changed in their place."""

    async def scene(stage: PlanStage) -> None:
        named, other = stage.add(2)
        workspace = {"WorkspaceId": other, "State": "AVAILABLE", "DirectoryId": "d-1", "UserName": "u"}
        for described in ([workspace], [workspace, {**workspace, "WorkspaceId": named}]):
            stage.way(_answer("DescribeWorkspaces", {"Workspaces": described}, executes=False))
            with pytest.raises(SiteError, match=f"describes {other}, which the call did not name"):
                await getattr(stage.fleet, action)(ids=[named])

    play(scene, sites=[HERE])


def test_lookup_of_other_workspaces_does_not_prove_termination() -> None:
    """A WorkSpace is gone if AWS does not list it, and not if a response is about others: the next lookup decides."""

    async def scene(stage: PlanStage) -> Report:
        named, other = stage.add(2)
        plan = await stage.fleet.terminate(ids=[named])
        lost = _answer("TerminateWorkspaces", {"status": "UP"}, executes=False)
        foreign = {"Workspaces": [{"WorkspaceId": other, "State": "AVAILABLE"}]}
        lookups = _answer("DescribeWorkspaces", foreign, executes=False)

        async def around(request: httpx.Request, execute: Callable[[], httpx.Response]) -> httpx.Response:
            response: httpx.Response = await (lookups if "Describe" in request.headers["x-amz-target"] else lost)(
                request, execute
            )
            return response

        stage.way(around)
        return await plan.run(expected_count=1, retry_ambiguous=False, deadline=timedelta(hours=2))

    (item,) = play(scene, sites=[HERE]).items
    assert item.outcome is Outcome.AMBIGUOUS


def test_wait_polls_again_after_a_response_about_others() -> None:
    """A waiter takes no other's state for that of its WorkSpaces, nor an absence from it."""

    async def scene(stage: PlanStage) -> None:
        named, other = stage.add(2)
        foreign = {"Workspaces": [{"WorkspaceId": other, "State": "STOPPED"}]}
        answer = _answer("DescribeWorkspaces", foreign, executes=False)
        calls = 0

        async def around(request: httpx.Request, execute: Callable[[], httpx.Response]) -> httpx.Response:
            nonlocal calls
            calls += 1
            response: httpx.Response = await answer(request, execute) if calls == 1 else execute()
            return response

        stage.way(around)
        stage.put(named, "STOPPED")
        await stage.clients[HERE].wait_until_stopped([named])
        assert calls == 2

    play(scene, sites=[HERE])


def test_migration_response_for_another_workspace_is_ignored() -> None:
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
