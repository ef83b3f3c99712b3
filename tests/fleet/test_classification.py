"""Classification of errors of items, calls and callers in a run; each item has exactly one outcome."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.support.plan_handlers import SLOW, Execute, operation_of, outcomes, refusing, stop
from tests.support.plan_stage import EVERYTHING, HERE, THERE, PlanStage, ids_of, play
from wsclient import Pace, RetryPolicy, types
from wsclient.errors import (
    AccessDeniedException,
    ConnectError,
    PartialFailureError,
    RequestValidationError,
    ResourceLimitExceededException,
    ServiceUnavailable,
    ThrottlingException,
    ValidationException,
)
from wsclient.fleet import Outcome
from wsclient.middleware import Answer, Attempt, Next

if TYPE_CHECKING:
    from pathlib import Path


def test_unknown_error_code_fails_the_item() -> None:
    """An item rejected with an unknown code fails with AWS's code and message; nothing is sent again."""

    async def main(stage: PlanStage) -> None:
        workspace_id, *rest = stage.add(40)
        stage.way(refusing(stage, "StopWorkspaces", {workspace_id: ["SomethingNew.Workspace"]}))
        report = await stop(stage)
        (failed,) = report.of(Outcome.FAILED)
        assert (failed.key, failed.code, failed.message, failed.attempts) == (
            workspace_id,
            "SomethingNew.Workspace",
            "no",
            1,
        )
        assert outcomes(report) == {"done": 39, "failed": 1}
        assert max(stage.sent("StopWorkspaces")[other] for other in rest) == 1
        assert f"{workspace_id} (main/us-west-2) failed: SomethingNew.Workspace: no" in str(report)
        with pytest.raises(PartialFailureError, match=r"1 of 40 items were not done: SomethingNew.Workspace \(1\)"):
            report.raise_for_failures()

    play(main, durations=SLOW)


@pytest.mark.parametrize("code", ["ResourceInUse.Workspace", "OperationInProgressException", "InternalServerError"])
def test_busy_items_are_retried_one_per_call(code: str) -> None:
    """Busy items are retried later, one per call, and done; the other items are not sent again."""

    async def main(stage: PlanStage) -> None:
        ids = stage.add(30)
        stage.way(refusing(stage, "StopWorkspaces", {ids[0]: [code, code], ids[1]: [code]}))
        report = await stop(stage)
        assert report.ok
        attempts = {item.key: item.attempts for item in report.items}
        assert (attempts[ids[0]], attempts[ids[1]], attempts[ids[2]]) == (3, 2, 1)
        assert sorted(len(list(ids_of(call))) for call in stage.calls("StopWorkspaces")) == [1, 1, 5, 25]
        assert stage.clock.monotonic() > 10

    play(main, durations=SLOW)


def test_busy_item_fails_after_six_calls() -> None:
    """After six calls an item that is always busy has failed, with the code."""

    async def main(stage: PlanStage) -> None:
        (workspace_id,) = stage.add(1)
        stage.way(refusing(stage, "StopWorkspaces", {workspace_id: ["ResourceInUse"] * 9}))
        report = await stop(stage)
        assert [(item.outcome, item.code, item.attempts) for item in report.items] == [("failed", "ResourceInUse", 6)]

    play(main)


def test_item_already_in_the_requested_state_is_done() -> None:
    """An item rejected for its state is done if it already has the requested state, and otherwise failed."""

    async def main(stage: PlanStage) -> None:
        ids = stage.add(4)
        plan = await stage.fleet.stop(where=EVERYTHING)
        stage.put(ids[0], "STOPPED")
        stage.put(ids[1], "ADMIN_MAINTENANCE")
        del stage.store().workspaces[ids[2]]
        report = await plan.run()
        by_id = {item.key: (item.outcome, item.code) for item in report.items}
        assert by_id == {
            ids[0]: ("done", None),
            ids[1]: ("failed", "InvalidResourceState.Workspace"),
            ids[2]: ("failed", "ResourceNotFound.Workspace"),
            ids[3]: ("done", None),
        }
        assert report.calls == 1

    play(main)


def test_item_in_transition_is_waited_for() -> None:
    """A WorkSpace in STARTING is stopped when it is AVAILABLE, since that is within the wait limit."""

    async def main(stage: PlanStage) -> None:
        (workspace_id,) = stage.add(1)
        plan = await stage.fleet.stop(where=EVERYTHING)
        record = stage.store().workspaces[workspace_id]
        record.transition(
            types.WorkspaceState.STARTING, stage.clock.now() + timedelta(seconds=60), types.WorkspaceState.AVAILABLE
        )
        report = await plan.run()
        assert report.ok
        assert report.items[0].attempts > 2

    play(main)


def test_missing_workspace_counts_as_terminated() -> None:
    """Terminating a WorkSpace that no longer exists is done."""

    async def main(stage: PlanStage) -> None:
        ids = stage.add(2)
        plan = await stage.fleet.terminate(where=EVERYTHING)
        del stage.store().workspaces[ids[0]]
        assert (await plan.run(expected_count=2)).ok

    play(main)


def test_throttled_calls_are_retried_until_done() -> None:
    """Throttled calls are retried until every item is done, since throttling executes nothing."""

    async def main(stage: PlanStage) -> None:
        stage.add(60)
        plan = await stage.fleet.stop(where=EVERYTHING)
        stage.aws.fail("StopWorkspaces", with_=ThrottlingException, times=30)
        report = await plan.run()
        assert report.ok
        assert set(stage.sent("StopWorkspaces").values()) == {1}

    play(main, durations=SLOW)


def test_run_paces_calls_below_the_rate_limit() -> None:
    """Against AWS's documented limit, calls are paced: few are throttled, and all is done."""

    async def main(stage: PlanStage) -> None:
        stage.add(500)
        report = await stop(stage)
        throttled = [call for call in stage.aws.calls if call.error == "ThrottlingException"]
        assert report.ok
        assert len(throttled) <= 8
        assert set(stage.sent("StopWorkspaces").values()) == {1}

    play(main, sites=[HERE], durations=SLOW, throttle=Pace(2, 5), priority="background")


def test_access_denied_stops_only_its_site() -> None:
    """After access is denied a site stops with its remaining items not tried, and the other site completes."""

    async def main(stage: PlanStage) -> None:
        stage.add(300)
        stage.add(30, site=THERE)

        async def around(request: httpx.Request, execute: Execute) -> httpx.Response:
            if operation_of(request) == "StopWorkspaces":
                stage.aws.fail("StopWorkspaces", with_=AccessDeniedException("not you", status=400))
            return execute()

        stage.way(around)
        report = await stop(stage, per_site=2)
        assert outcomes(report) == {"done": 30, "failed": 50, "not_tried": 250}
        assert {item.code for item in report.of(Outcome.FAILED)} == {"AccessDeniedException"}
        assert {item.message for item in report.of(Outcome.NOT_TRIED)} == {"AccessDeniedException: not you"}
        assert len(stage.calls("StopWorkspaces")) == 4

    play(main)


def test_rejected_batch_is_split_to_find_the_invalid_item() -> None:
    """A call rejected as a whole is split in halves until the invalid item is alone; the others are done."""

    async def main(stage: PlanStage) -> None:
        ids = stage.add(25)

        async def around(request: httpx.Request, execute: Execute) -> httpx.Response:
            if operation_of(request) == "StopWorkspaces" and ids[11] in (await request.aread()).decode():
                stage.aws.fail("StopWorkspaces", with_=ValidationException("bad", status=400))
            return execute()

        plan = await stage.fleet.stop(where=EVERYTHING)
        stage.way(around)
        report = await plan.run()
        (failed,) = report.of(Outcome.FAILED)
        assert (failed.key, failed.code, failed.message) == (ids[11], "ValidationException", "bad")
        assert outcomes(report) == {"done": 24, "failed": 1}

    play(main)


def test_site_stops_after_25_rejected_single_item_calls() -> None:
    """After 25 consecutive rejected calls of one item each, the remaining items are not tried."""

    async def main(stage: PlanStage) -> None:
        stage.add(400)
        plan = await stage.fleet.stop(where=EVERYTHING)
        stage.aws.fail("StopWorkspaces", with_=ValidationException("no", status=400), times=None)
        report = await plan.run(per_site=1)
        assert outcomes(report) == {"failed": 25, "not_tried": 375}
        assert "25 calls in a row were refused" in (report.of(Outcome.NOT_TRIED)[0].message or "")

    play(main)


def test_quota_is_filled_completely() -> None:
    """Creations up to the quota succeed, and no calls are spent on the rest."""

    async def main(stage: PlanStage) -> None:
        wanted = [
            types.WorkspaceRequest(
                directory_id=stage.aws.directory_id, user_name=f"u{n}", bundle_id=stage.aws.bundle_id
            )
            for n in range(100)
        ]
        object.__setattr__(stage.aws._world.quotas, "workspaces", 33)
        report = await (await stage.fleet.create({HERE: wanted})).run(per_site=1)
        assert (report.counts[Outcome.DONE], len(stage.store().workspaces)) == (33, 33)
        assert {item.code for item in report.of(Outcome.FAILED)} == {ResourceLimitExceededException.code}
        assert report.counts[Outcome.NOT_TRIED] > 40

    play(main)


def test_unreachable_service_stops_its_site() -> None:
    """After six failed connects a site stops, and no item is ambiguous."""

    async def main(stage: PlanStage) -> None:
        stage.add(200)
        plan = await stage.fleet.stop(where=EVERYTHING)

        async def around(request: httpx.Request, execute: Execute) -> httpx.Response:
            raise httpx.ConnectError("refused", request=request)

        stage.way(around)
        report = await plan.run(per_site=1)
        assert outcomes(report) == {"not_tried": 200}
        assert "the service was not reached in 6 calls" in (report.items[0].message or "")
        assert ConnectError.__name__ not in str(report)

    play(main)


def test_calls_after_a_503_are_retried_once_each() -> None:
    """After a 503 nothing was executed: calls are retried, and each item is done once."""

    async def main(stage: PlanStage) -> None:
        stage.add(50)
        plan = await stage.fleet.stop(where=EVERYTHING)
        stage.aws.fail("StopWorkspaces", with_=ServiceUnavailable("later", status=503), times=8)
        assert (await plan.run()).ok
        assert set(stage.sent("StopWorkspaces").values()) == {1}

    play(main, durations=SLOW)


def test_throttled_calls_do_not_count_as_unreachable() -> None:
    """A failed connect after minutes of throttling is retried, because the service was reached before."""

    async def main(stage: PlanStage) -> None:
        stage.add(5)
        plan = await stage.fleet.stop(where=EVERYTHING)
        lose = iter([False] * 7 + [True] + [False] * 9)

        async def around(request: httpx.Request, execute: Execute) -> httpx.Response:
            if next(lose):
                raise httpx.ConnectError("refused", request=request)
            return execute()

        stage.way(around)
        stage.aws.fail("StopWorkspaces", with_=ThrottlingException, times=7)
        report = await plan.run()
        assert (report.ok, report.calls) == (True, 9), str(report)

    play(main, retry=RetryPolicy(mode="off"))


def test_middleware_error_stops_the_site_and_can_be_resumed(tmp_path: Path) -> None:
    """It halts the site after one call; repaired, the same journal's next run does every item."""
    is_broken = True

    async def count(attempt: Attempt, proceed: Next) -> Answer:
        if is_broken and attempt.operation == "StopWorkspaces":
            raise KeyError("metric")
        return await proceed(attempt)

    async def main(stage: PlanStage) -> None:
        nonlocal is_broken
        is_broken = True
        stage.add(100)
        plan = await stage.fleet.stop(where=EVERYTHING, journal=tmp_path / "journal")
        report = await plan.run(per_site=1)
        assert (outcomes(report), report.calls) == ({"failed": 25, "not_tried": 75}, 1), str(report)
        assert "raised KeyError" in (report.of(Outcome.NOT_TRIED)[0].message or "")
        is_broken = False
        again = await (await stage.fleet.stop(where=EVERYTHING, journal=tmp_path / "journal")).run()
        assert again.ok, str(again)
        assert set(stage.sent("StopWorkspaces").values()) == {1}

    play(main, middleware=(count,))


def test_proxy_that_rejects_the_login_stops_the_site_and_can_be_resumed(tmp_path: Path) -> None:
    """A proxy's password that expires during a run is sent by one call; renewed, the next run does every item."""
    calls, is_renewed = 0, False

    async def main(stage: PlanStage) -> None:
        nonlocal is_renewed
        stage.add(100)
        plan = await stage.fleet.stop(where=EVERYTHING, journal=tmp_path / "journal")

        async def around(request: httpx.Request, execute: Execute) -> httpx.Response:
            nonlocal calls
            calls += 1
            if is_renewed or calls == 1:
                return execute()
            raise httpx.ProxyError("407 no", request=request)

        stage.way(around)
        report = await plan.run(per_site=1)
        assert (outcomes(report), calls) == ({"done": 25, "failed": 25, "not_tried": 50}, 2), str(report)
        assert "with HTTP 407" in (report.of(Outcome.NOT_TRIED)[0].message or "")
        is_renewed = True
        again = await (await stage.fleet.stop(where=EVERYTHING, journal=tmp_path / "journal")).run()
        assert again.ok, str(again)
        assert set(stage.sent("StopWorkspaces").values()) == {1}

    play(main)


def test_read_only_client_plans_but_does_not_run(tmp_path: Path) -> None:
    """With read_only=True planning and dry runs work; a run raises, and its journal has no item as failed."""

    async def main(stage: PlanStage) -> None:
        stage.add(100)
        path = tmp_path / "journal"
        plan = await stage.fleet.stop(where=EVERYTHING, journal=path)
        assert outcomes(await plan.run(dry_run=True)) == {"not_tried": 100}
        with pytest.raises(RequestValidationError, match="StopWorkspaces is not a read operation"):
            await plan.run()
        assert stage.calls("StopWorkspaces") == []
        assert not path.exists()

    play(main, read_only=True)
