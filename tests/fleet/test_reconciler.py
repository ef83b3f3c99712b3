"""Calls with an ambiguous outcome: a plan verifies them by reading, and sends nothing twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.support.plan_handlers import SLOW, Execute, operation_of, outcomes, refusing, stop
from tests.support.plan_stage import EVERYTHING, HERE, PlanStage, play
from wsclient import RetryPolicy, types
from wsclient.errors import ThrottlingException
from wsclient.fleet import Outcome

if TYPE_CHECKING:
    from pathlib import Path

    from wsclient.fleet import Plan


async def untouched(_: httpx.Request, execute: Execute) -> httpx.Response:
    """Execute a request unchanged."""
    return execute()


class KilledError(BaseException):
    """Simulates the end of the process during a call; no layer treats it as a failed request."""


def test_failed_request_without_id_is_verified_by_a_read() -> None:
    """A FailedRequests entry without an id makes the items ambiguous, and a read verifies their outcome."""

    async def main(stage: PlanStage) -> None:
        stage.add(2)

        async def around(request: httpx.Request, execute: Execute) -> httpx.Response:
            response = execute()
            if operation_of(request) == "StopWorkspaces":
                return httpx.Response(200, json={"FailedRequests": [{"ErrorCode": "Odd"}]})
            return response

        stage.way(around)
        report = await stop(stage)
        assert (report.ok, report.calls, len(stage.calls("DescribeWorkspaces"))) == (True, 1, 3)

    play(main, durations=SLOW)


@pytest.mark.parametrize("action", ["stop", "terminate", "modify", "tag", "untag", "set_state", "start"])
def test_lost_response_is_verified_by_a_read(action: str) -> None:
    """A call whose response is lost is verified by a read, and items that were done are not sent again."""

    async def main(stage: PlanStage) -> None:
        stage.add(30, state="STOPPED" if action == "start" else "AVAILABLE")
        found: dict[str, dict[str, Any]] = {
            "modify": {"properties": types.WorkspaceProperties(running_mode=types.RunningMode.ALWAYS_ON)},
            "set_state": {"state": "ADMIN_MAINTENANCE"},
            "tag": {"tags": {"Team": "blue"}},
            "untag": {"keys": ["Team"]},
        }
        plan = await getattr(stage.fleet, action)(where=EVERYTHING, **found.get(action, {}))
        lose = iter(["after", "before", *[""] * 99])

        async def around(request: httpx.Request, execute: Execute) -> httpx.Response:
            how = "" if operation_of(request).startswith("Describe") else next(lose)
            if how == "before":
                raise httpx.ReadError("lost", request=request)
            response = execute()
            if how == "after":
                raise httpx.ReadError("lost", request=request)
            return response

        stage.way(around)
        report = await plan.run(expected_count=30)
        assert report.ok
        assert set(stage.sent(plan_operation(plan)).values()) == {1}

    play(main, durations=SLOW, retry=RetryPolicy(mode="off"))


def test_stale_description_does_not_cause_a_second_call() -> None:
    """A stale description is not trusted for ten seconds: the hidden change counts as done, and was sent once."""

    async def main(stage: PlanStage) -> None:
        stage.add(3)
        plan = await stage.fleet.stop(where=EVERYTHING)
        start = stage.clock.monotonic()

        async def around(request: httpx.Request, execute: Execute) -> httpx.Response:
            response = execute()
            if operation_of(request) == "StopWorkspaces":
                raise httpx.ReadError("lost", request=request)
            if stage.clock.monotonic() < start + 8:
                return httpx.Response(200, content=response.content.replace(b"STOPPING", b"AVAILABLE"))
            return response

        stage.way(around)
        assert (await plan.run()).ok
        assert set(stage.sent("StopWorkspaces").values()) == {1}
        assert stage.clock.monotonic() > start + 8

    play(main, sites=[HERE], durations=SLOW, retry=RetryPolicy(mode="off"))


def plan_operation(plan: Plan) -> str:
    """Return the operation that a plan calls."""
    return {
        "stop": "StopWorkspaces",
        "start": "StartWorkspaces",
        "terminate": "TerminateWorkspaces",
        "modify": "ModifyWorkspaceProperties",
        "set_state": "ModifyWorkspaceState",
        "tag": "CreateTags",
        "untag": "DeleteTags",
    }[plan.action]


@pytest.mark.parametrize("action", ["reboot", "rebuild", "restore", "migrate"])
def test_non_idempotent_action_is_not_sent_twice(action: str) -> None:
    """After a lost response a non-idempotent action is done if a read shows it, otherwise ambiguous with advice."""

    async def main(stage: PlanStage) -> None:
        ids = stage.add(2)
        other = stage.aws.add_bundle("other")
        options = {"bundle_id": other} if action == "migrate" else {}
        fates = iter(["after", "before"])

        async def around(request: httpx.Request, execute: Execute) -> httpx.Response:
            how = "" if operation_of(request).startswith("Describe") else next(fates, "")
            if how == "before":
                raise httpx.ReadError("lost", request=request)
            response = execute()
            if how == "after":
                raise httpx.ReadError("lost", request=request)
            return response

        stage.way(around)
        # One call per item, so that one is executed and the other is not.
        plans: list[Plan] = [
            await getattr(stage.fleet, action)(ids={HERE: [workspace_id]}, **options) for workspace_id in ids
        ]
        first, report = [await plan.run(expected_count=1) for plan in plans]
        assert (first.items[0].outcome, report.items[0].outcome) == ("done", "ambiguous")
        assert "the change was not found" in (report.items[0].message or "")
        assert "ambiguous items: " in str(report)
        assert "retry_ambiguous=True" in report.advice
        before = len(stage.aws.calls)
        assert (await plans[1].run(expected_count=1)).items == report.items
        assert len(stage.aws.calls) == before
        report = await plans[1].run(expected_count=1, retry_ambiguous=True)
        assert report.ok

    play(main, durations=SLOW)


def test_ambiguous_creation_is_found_by_the_run() -> None:
    """If the client could not verify a lost creation, the run verifies it and finds the user's WorkSpace."""

    async def main(stage: PlanStage) -> None:
        requested = types.WorkspaceRequest(
            directory_id=stage.aws.directory_id, user_name="jane", bundle_id=stage.aws.bundle_id
        )
        nameless = types.WorkspaceRequest(
            directory_id=stage.aws.directory_id,
            user_name="[UNDEFINED]",
            workspace_name="kiosk",
            bundle_id=stage.aws.bundle_id,
        )
        fates = iter(["lost", "deaf", *[""] * 9])

        async def around(request: httpx.Request, execute: Execute) -> httpx.Response:
            fate = next(fates, "")
            if fate == "deaf":
                return httpx.Response(400, json={"__type": "InvalidParameterValuesException"})
            response = execute()
            if fate == "lost":
                raise httpx.ReadError("lost", request=request)
            return response

        plan = await stage.fleet.create({HERE: [requested, nameless]})
        stage.way(around)
        report = await plan.run()
        assert report.ok, str(report)
        assert {item.new_workspace_id for item in report.items} == stage.store().workspaces.keys()
        assert len(stage.calls("CreateWorkspaces")) == 1

    play(main)


def test_unverifiable_items_stay_ambiguous() -> None:
    """If verification is denied, items already sent are ambiguous, and the site stops."""

    async def main(stage: PlanStage) -> None:
        stage.add(100)
        plan = await stage.fleet.stop(where=EVERYTHING)

        async def around(request: httpx.Request, execute: Execute) -> httpx.Response:
            if operation_of(request) == "DescribeWorkspaces":
                return httpx.Response(400, json={"__type": "AccessDeniedException", "message": "not you"})
            raise httpx.ReadError("lost", request=request)

        stage.way(around)
        report = await plan.run(per_site=1)
        assert outcomes(report) == {"ambiguous": 25, "not_tried": 75}
        assert "the verification failed: AccessDenied" in (report.of(Outcome.AMBIGUOUS)[0].message or "")

    play(main)


@pytest.mark.parametrize(("action", "options"), [("tag", {"tags": {"Team": "blue"}}), ("untag", {"keys": ["Team"]})])
def test_deleted_workspace_fails_alone_during_verification(
    action: str, options: dict[str, Any], tmp_path: Path
) -> None:
    """Of tags that were being set when the program died, those of a WorkSpace that went fail alone."""

    async def main(stage: PlanStage) -> None:
        gone = min(stage.add(4))

        async def dying(request: httpx.Request, execute: Execute) -> httpx.Response:
            if not operation_of(request).startswith("Describe"):
                raise KilledError("the program dies")
            return execute()

        async def planned() -> Plan:
            plan: Plan = await getattr(stage.fleet, action)(where=EVERYTHING, journal=tmp_path / "j", **options)
            return plan

        plan = await planned()
        stage.way(dying)
        with pytest.raises(KilledError, match="dies"):
            await plan.run()
        del stage.store().workspaces[gone]
        stage.way(untouched)
        report = await (await planned()).run()
        assert outcomes(report) == {"done": 3, "failed": 1}, str(report)
        assert [(item.key, item.code) for item in report.of(Outcome.FAILED)] == [(gone, "ResourceNotFoundException")]

    play(main)


def test_throttled_verification_reads_are_retried() -> None:
    """Throttled verification reads are retried until every item is decided, and each item is sent once."""

    async def main(stage: PlanStage) -> None:
        stage.add(5)
        plan = await stage.fleet.stop(where=EVERYTHING)

        async def around(request: httpx.Request, execute: Execute) -> httpx.Response:
            response = execute()
            if operation_of(request) == "StopWorkspaces":
                raise httpx.ReadError("lost", request=request)
            return response

        stage.way(around)
        stage.aws.fail("DescribeWorkspaces", with_=ThrottlingException, times=30)
        report = await plan.run()
        assert (report.ok, report.calls) == (True, 1), str(report)

    play(main, durations=SLOW, retry=RetryPolicy(mode="off"))


def test_internal_error_of_an_item_is_ambiguous() -> None:
    """An item rejected with InternalServerError is ambiguous: it is verified by a read and not sent again."""

    async def main(stage: PlanStage) -> None:
        ids = stage.add(3)
        plan = await stage.fleet.reboot(where=EVERYTHING)
        stage.way(
            refusing(stage, "RebootWorkspaces", {ids[0]: ["InternalServerError"], ids[1]: ["InternalServerError"]})
        )
        stage.put(ids[1], "REBOOTING")
        report = await plan.run()
        by_id = {item.key: str(item.outcome) for item in report.items}
        assert by_id == {ids[0]: "ambiguous", ids[1]: "done", ids[2]: "done"}
        assert report.calls == 1

    play(main, durations=SLOW)
