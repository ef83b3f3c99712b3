"""Running a plan: each item ends in exactly one way, whatever AWS says of it and whatever happens to a call."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.support.plan_stage import EVERYTHING, HERE, THERE, PlanStage, ids_of, play
from wsclient import Pace, RetryPolicy, types
from wsclient.errors import (
    AccessDeniedException,
    ConfigurationError,
    ConnectError,
    PartialFailureError,
    ResourceLimitExceededException,
    ServiceUnavailable,
    ThrottlingException,
    ValidationException,
)
from wsclient.fleet import Outcome, Progress, where
from wsclient.testing import Durations

if TYPE_CHECKING:
    from collections.abc import Callable

    from wsclient.fleet import Plan, Report

    Execute = Callable[[], httpx.Response]

SLOW = Durations(stop=timedelta(hours=9), start=timedelta(hours=9), reboot=timedelta(hours=9))
STATES = {
    "stop": ("AVAILABLE", "STOPPING", 25),
    "start": ("STOPPED", "STARTING", 25),
    "reboot": ("AVAILABLE", "REBOOTING", 25),
    "rebuild": ("AVAILABLE", "REBUILDING", 1),
    "restore": ("AVAILABLE", "RESTORING", 1),
    "terminate": ("AVAILABLE", "TERMINATING", 25),
}


def outcomes(report: Report) -> dict[str, int]:
    """Return how many items ended in each way that occurred."""
    return {str(outcome): count for outcome, count in report.counts.items() if count}


async def stop(stage: PlanStage, **options: Any) -> Report:
    """Plan to stop everything, and run it."""
    return await (await stage.fleet.stop(where=EVERYTHING)).run(**options)


def operation_of(request: httpx.Request) -> str:
    """Return which operation a request is of."""
    return request.headers["x-amz-target"].rpartition(".")[2]


def refusing(operation: str, codes: dict[str, list[str]]) -> Callable[[httpx.Request, Execute], Any]:
    """Return a way on which AWS refuses items of an operation, each with its codes in turn, and takes the others."""

    async def around(request: httpx.Request, execute: Execute) -> httpx.Response:
        asked = json.loads(await request.aread())
        struck = {one: codes[one].pop(0) for one in ids_of(asked) if codes.get(one)}
        if operation_of(request) != operation or not struck:
            return execute()
        response = execute() if set(ids_of(asked)) - struck.keys() else None
        failed = json.loads(response.content).get("FailedRequests", []) if response is not None else []
        failed += [{"WorkspaceId": one, "ErrorCode": code, "ErrorMessage": "no"} for one, code in struck.items()]
        return httpx.Response(200, headers={"x-amzn-requestid": "r"}, json={"FailedRequests": failed})

    return around


@pytest.mark.parametrize("action", sorted(STATES))
def test_states_change(action: str) -> None:
    """Everything is done, by as few calls as the operation takes."""

    async def main(stage: PlanStage) -> None:
        before, after, per_call = STATES[action]
        stage.add(30, state=before)
        stage.add(7, site=THERE, state=before)
        plan = await getattr(stage.fleet, action)(where=EVERYTHING)
        report = await plan.run(expected_count=37)
        assert report.ok, str(report)
        assert (stage.states(), stage.states(THERE)) == ({after: 30}, {after: 7})
        assert report.calls == plan.calls == (3 if per_call > 1 else 37)
        assert Counter(item.site for item in report.items) == {HERE: 30, THERE: 7}
        assert report.raise_for_failures() is report

    play(main)


def test_properties_states_and_tags_change() -> None:
    """What takes a call each is done to each, and to tell a running mode twice changes nothing."""

    async def main(stage: PlanStage) -> None:
        ids = stage.add(3)
        always = types.WorkspaceProperties(running_mode=types.RunningMode.ALWAYS_ON)
        assert (await (await stage.fleet.modify(where=EVERYTHING, properties=always)).run()).ok
        modes = {record.workspace.workspace_properties.running_mode for record in stage.store().workspaces.values()}  # type: ignore[union-attr]
        assert modes == {"ALWAYS_ON"}
        plan = await stage.fleet.set_state(where=EVERYTHING, state="ADMIN_MAINTENANCE")
        assert (str(plan).partition(":")[0], (await plan.run()).ok) == ("set_state ADMIN_MAINTENANCE", True)
        assert stage.states() == {"ADMIN_MAINTENANCE": 3}
        assert (await (await stage.fleet.tag(where=EVERYTHING, tags={"Team": "blue", "Cost": "7"})).run()).ok
        assert stage.store().tags[ids[0]] == {"Team": "blue", "Cost": "7"}
        assert len(await stage.fleet.tag(where=where.tag("Team"), tags={"Team": "blue"})) == 0
        plan = await stage.fleet.untag(where=EVERYTHING, keys=["Team"])
        assert str(plan).startswith("untag Team: 3 WorkSpaces")
        assert (await plan.run()).ok
        assert stage.store().tags[ids[0]] == {"Cost": "7"}

    play(main)


def test_migrations_and_creations_tell_the_new_ids() -> None:
    """Each item that became another WorkSpace says which."""

    async def main(stage: PlanStage) -> None:
        stage.add(2)
        other = stage.aws.add_bundle("other")
        report = await (await stage.fleet.migrate(where=EVERYTHING, bundle_id=other)).run(expected_count=2)
        found = stage.store().workspaces
        assert report.ok
        assert {found[item.new_id or ""].workspace.bundle_id for item in report.items} == {other}
        wanted = [
            types.WorkspaceRequest(directory_id=stage.aws.directory_id, user_name=f"new-{n}", bundle_id=other)
            for n in range(30)
        ]
        report = await (await stage.fleet.create({HERE: wanted})).run()
        assert (report.ok, len(stage.calls("CreateWorkspaces"))) == (True, 2)
        assert {found[item.new_id or ""].workspace.user_name for item in report.items} == {w.user_name for w in wanted}
        assert report.rows()[0].new_id == report.items[0].new_id

    play(main)


def test_a_code_that_is_not_known_is_final() -> None:
    """An item that AWS refuses fails with AWS's code and words, the others are done, and nothing is sent again."""

    async def main(stage: PlanStage) -> None:
        one, *others = stage.add(40)
        stage.way(refusing("StopWorkspaces", {one: ["SomethingNew.Workspace"]}))
        report = await stop(stage)
        (failed,) = report.of(Outcome.FAILED)
        assert (failed.key, failed.code, failed.message, failed.attempts) == (one, "SomethingNew.Workspace", "no", 1)
        assert outcomes(report) == {"done": 39, "failed": 1}
        assert max(stage.sent("StopWorkspaces")[other] for other in others) == 1
        assert f"{one} (main/us-west-2) failed: SomethingNew.Workspace: no" in str(report)
        with pytest.raises(PartialFailureError, match=r"1 of 40 items were not done: SomethingNew.Workspace \(1\)"):
            report.raise_for_failures()

    play(main, durations=SLOW)


@pytest.mark.parametrize("code", ["ResourceInUse.Workspace", "OperationInProgressException", "InternalServerError"])
def test_what_is_busy_is_tried_again_by_itself(code: str) -> None:
    """Items that are to wait go again one a call, later, and are done; the others are not sent again."""

    async def main(stage: PlanStage) -> None:
        ids = stage.add(30)
        stage.way(refusing("StopWorkspaces", {ids[0]: [code, code], ids[1]: [code]}))
        report = await stop(stage)
        assert report.ok
        attempts = {item.key: item.attempts for item in report.items}
        assert (attempts[ids[0]], attempts[ids[1]], attempts[ids[2]]) == (3, 2, 1)
        assert sorted(len(list(ids_of(call))) for call in stage.calls("StopWorkspaces")) == [1, 1, 5, 25]
        assert stage.clock.monotonic() > 10

    play(main, durations=SLOW)


def test_what_stays_busy_fails_in_the_end() -> None:
    """After six calls an item that is always busy has failed, with the code."""

    async def main(stage: PlanStage) -> None:
        (one,) = stage.add(1)
        stage.way(refusing("StopWorkspaces", {one: ["ResourceInUse"] * 9}))
        report = await stop(stage)
        assert [(item.outcome, item.code, item.attempts) for item in report.items] == [("failed", "ResourceInUse", 6)]

    play(main)


def test_what_has_stopped_meanwhile_is_done() -> None:
    """Refused for its state, and seen to be in the one that is wanted: done; in another one: failed with the code."""

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


def test_what_is_on_its_way_is_waited_for() -> None:
    """A WorkSpace that is starting is stopped once it is there, for that takes no longer than is waited."""

    async def main(stage: PlanStage) -> None:
        (one,) = stage.add(1)
        plan = await stage.fleet.stop(where=EVERYTHING)
        record = stage.store().workspaces[one]
        record.begin(
            types.WorkspaceState.STARTING, stage.clock.now() + timedelta(seconds=60), types.WorkspaceState.AVAILABLE
        )
        report = await plan.run()
        assert report.ok
        assert report.items[0].attempts > 2

    play(main)


def test_what_is_gone_is_terminated() -> None:
    """Terminating what is not there any more is done."""

    async def main(stage: PlanStage) -> None:
        ids = stage.add(2)
        plan = await stage.fleet.terminate(where=EVERYTHING)
        del stage.store().workspaces[ids[0]]
        assert (await plan.run(expected_count=2)).ok

    play(main)


def test_an_answer_that_names_nobody_is_looked_into() -> None:
    """A FailedRequests entry without an id leaves the others in doubt, and a look says what became of them."""

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


def test_a_throttled_call_waits_and_goes_on() -> None:
    """Throttled as long as it takes: nothing was executed, and everything is done in the end."""

    async def main(stage: PlanStage) -> None:
        stage.add(60)
        plan = await stage.fleet.stop(where=EVERYTHING)
        stage.aws.fail("StopWorkspaces", with_=ThrottlingException, times=30)
        report = await plan.run()
        assert report.ok
        assert set(stage.sent("StopWorkspaces").values()) == {1}

    play(main, durations=SLOW)


def test_a_run_keeps_below_the_throttle() -> None:
    """Against AWS's documented limit, calls are paced: few are throttled, and all is done."""

    async def main(stage: PlanStage) -> None:
        stage.add(500)
        report = await stop(stage)
        throttled = [call for call in stage.aws.calls if call.error == "ThrottlingException"]
        assert report.ok
        assert len(throttled) <= 8
        assert set(stage.sent("StopWorkspaces").values()) == {1}

    play(main, sites=[HERE], durations=SLOW, throttle=Pace(2, 5), priority="background")


def test_a_refused_caller_halts_its_site_alone() -> None:
    """Without permission a site's first calls fail, the rest is not tried, and the other site is done."""

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


def test_one_item_that_spoils_a_call_is_found() -> None:
    """A call that is refused as a whole is halved until the one to blame is by itself; the others are done."""

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


def test_a_site_that_refuses_everything_is_left() -> None:
    """Where 25 calls for one item each were refused in a row, the rest is not tried."""

    async def main(stage: PlanStage) -> None:
        stage.add(400)
        plan = await stage.fleet.stop(where=EVERYTHING)
        stage.aws.fail("StopWorkspaces", with_=ValidationException("no", status=400), times=None)
        report = await plan.run(per_site=1)
        assert outcomes(report) == {"failed": 25, "not_tried": 375}
        assert "25 calls in a row were refused" in (report.of(Outcome.NOT_TRIED)[0].message or "")

    play(main)


def test_a_quota_is_filled_to_the_last_place() -> None:
    """Creations over the quota are refused as a whole: what fits is made, and no call is wasted on the rest."""

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


@pytest.mark.parametrize("action", ["stop", "terminate", "modify", "tag", "untag", "set_state", "start"])
def test_a_lost_answer_is_settled_by_looking(action: str) -> None:
    """Where it is not known whether a call was carried out, a look tells; what was done is not asked for again."""

    async def main(stage: PlanStage) -> None:
        stage.add(30, state="STOPPED" if action == "start" else "AVAILABLE")
        told: dict[str, dict[str, Any]] = {
            "modify": {"properties": types.WorkspaceProperties(running_mode=types.RunningMode.ALWAYS_ON)},
            "set_state": {"state": "ADMIN_MAINTENANCE"},
            "tag": {"tags": {"Team": "blue"}},
            "untag": {"keys": ["Team"]},
        }
        plan = await getattr(stage.fleet, action)(where=EVERYTHING, **told.get(action, {}))
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


def test_what_does_not_show_yet_is_not_asked_for_again() -> None:
    """A description that lags behind is not believed for ten seconds: what it hid then is done, and was sent once."""

    async def main(stage: PlanStage) -> None:
        stage.add(3)
        plan = await stage.fleet.stop(where=EVERYTHING)
        begun = stage.clock.monotonic()

        async def around(request: httpx.Request, execute: Execute) -> httpx.Response:
            response = execute()
            if operation_of(request) == "StopWorkspaces":
                raise httpx.ReadError("lost", request=request)
            if stage.clock.monotonic() < begun + 8:
                return httpx.Response(200, content=response.content.replace(b"STOPPING", b"AVAILABLE"))
            return response

        stage.way(around)
        assert (await plan.run()).ok
        assert set(stage.sent("StopWorkspaces").values()) == {1}
        assert stage.clock.monotonic() > begun + 8

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
def test_what_would_happen_twice_is_never_sent_twice(action: str) -> None:
    """A lost answer ends as done where the change is to be seen, else as ambiguous, with advice; asked, once more."""

    async def main(stage: PlanStage) -> None:
        ids = stage.add(2)
        other = stage.aws.add_bundle("other")
        told = {"bundle_id": other} if action == "migrate" else {}
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
        # A call each, so that one is carried out and the other is not.
        plans: list[Plan] = [await getattr(stage.fleet, action)(ids={HERE: [one]}, **told) for one in ids]
        first, report = [await plan.run(expected_count=1) for plan in plans]
        assert (first.items[0].outcome, report.items[0].outcome) == ("done", "ambiguous")
        assert "it was not seen to be done" in (report.items[0].message or "")
        assert "ambiguous ones: " in str(report)
        assert "retry_ambiguous=True" in report.advice
        before = len(stage.aws.calls)
        assert (await plans[1].run(expected_count=1)).items == report.items
        assert len(stage.aws.calls) == before
        report = await plans[1].run(expected_count=1, retry_ambiguous=True)
        assert report.ok

    play(main, durations=SLOW)


def test_a_doubtful_creation_is_found() -> None:
    """When the client could not look after a lost creation, the run does: the user's WorkSpace is there."""

    async def main(stage: PlanStage) -> None:
        asked = types.WorkspaceRequest(
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

        plan = await stage.fleet.create({HERE: [asked, nameless]})
        stage.way(around)
        report = await plan.run()
        assert report.ok, str(report)
        assert {item.new_id for item in report.items} == stage.store().workspaces.keys()
        assert len(stage.calls("CreateWorkspaces")) == 1

    play(main)


def test_a_service_that_is_not_reached_halts_its_site() -> None:
    """When no connection comes about in six calls, nothing more is tried, and surely nothing was done."""

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


def test_a_service_that_comes_back_is_taken_up() -> None:
    """503 is not executed: the calls go again, and all is done once."""

    async def main(stage: PlanStage) -> None:
        stage.add(50)
        plan = await stage.fleet.stop(where=EVERYTHING)
        stage.aws.fail("StopWorkspaces", with_=ServiceUnavailable("later", status=503), times=8)
        assert (await plan.run()).ok
        assert set(stage.sent("StopWorkspaces").values()) == {1}

    play(main, durations=SLOW)


def test_a_doubt_that_cannot_be_looked_into_stays_one() -> None:
    """When looking is refused, what was sent is ambiguous, and the site halts."""

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
        assert "it could not be looked up: AccessDenied" in (report.of(Outcome.AMBIGUOUS)[0].message or "")

    play(main)


def test_a_deadline_ends_a_run() -> None:
    """After the deadline no call is begun; what was put off is failed with its code, the rest not tried."""

    async def main(stage: PlanStage) -> None:
        ids = stage.add(200)
        first = min(ids)
        stage.way(refusing("StopWorkspaces", {first: ["ResourceInUse"] * 9}))
        report = await stop(stage, per_site=1, deadline=timedelta(seconds=0.35))
        told = outcomes(report)
        assert (told["failed"], told["done"] + told["not_tried"]) == (1, 199)
        assert told["not_tried"] >= 100
        assert {item.message for item in report.of(Outcome.NOT_TRIED)} == {"the deadline of 0:00:00.350000 was up"}
        assert report.of(Outcome.FAILED)[0].message == "no; not tried again: the deadline of 0:00:00.350000 was up"

    play(main)


def test_too_many_failures_end_a_run() -> None:
    """Once more have failed than were allowed, no call is begun."""

    async def main(stage: PlanStage) -> None:
        ids = stage.add(200)
        stage.way(refusing("StopWorkspaces", {one: ["Odd"] for one in ids}))
        report = await stop(stage, per_site=1, max_failures=30)
        assert outcomes(report) == {"failed": 50, "not_tried": 150}
        assert {item.message for item in report.of(Outcome.NOT_TRIED)} == {"more than 30 failed"}

    play(main)


def test_a_plan_that_is_run_again_goes_on() -> None:
    """Without a journal too: what a deadline left is done by the next run, what was done is not done again."""

    async def main(stage: PlanStage) -> None:
        stage.add(200)
        plan = await stage.fleet.stop(where=EVERYTHING)
        report = await plan.run(deadline=timedelta(seconds=0.05))
        assert 0 < report.counts[Outcome.NOT_TRIED] < 200
        again, refused = await asyncio.gather(plan.run(), plan.run(), return_exceptions=True)
        assert isinstance(refused, ConfigurationError)
        assert not isinstance(again, BaseException)
        assert again.ok
        assert set(stage.sent("StopWorkspaces").values()) == {1}
        assert (await plan.run()).calls == 0

    play(main, durations=SLOW)


def test_calls_are_bounded() -> None:
    """No more calls are under way than were allowed, in all and at a site."""

    async def main(stage: PlanStage) -> None:
        busy: Counter[str] = Counter()
        most: Counter[str] = Counter()
        for site in (HERE, THERE):
            stage.add(300, site=site)

        def way(name: str) -> Any:
            async def around(request: httpx.Request, execute: Execute) -> httpx.Response:
                busy[name] += 1
                most[name] = max(most[name], busy[name])
                most["all"] = max(most["all"], busy.total())
                await asyncio.sleep(1)
                busy[name] -= 1
                return execute()

            return around

        plan = await stage.fleet.stop(where=EVERYTHING)
        for site in (HERE, THERE):
            stage.way(way(str(site)), site)
        assert (await plan.run(concurrency=5, per_site=3)).ok
        assert (most["all"], max(most[str(HERE)], most[str(THERE)])) == (5, 3)

    play(main)


def test_progress_is_told() -> None:
    """Each step is told with counts, and in the end everything is decided, with a rate."""

    async def main(stage: PlanStage) -> None:
        stage.add(100)
        told: list[Progress] = []
        await stop(stage, on_progress=told.append)
        assert [progress.decided for progress in told] == sorted(progress.decided for progress in told)
        assert (told[0].decided, told[0].rate, told[-1].done, told[-1].total) == (0, None, 100, 100)
        assert (told[-1].rate or 0) > 0
        assert str(told[-1]) == "100 of 100, done 100, failed 0, 0 s left"
        assert "ambiguous 1, not tried 2" in str(Progress(done=0, failed=0, ambiguous=1, not_tried=2, total=3))

    play(main)


def test_an_error_of_the_callback_ends_the_run() -> None:
    """What on_progress raises comes out by itself, and nothing is left running."""

    async def main(stage: PlanStage) -> None:
        stage.add(100)

        def refuse(_: Progress) -> None:
            raise LookupError("enough")

        with pytest.raises(LookupError, match="enough"):
            await stop(stage, on_progress=refuse)

    play(main)


def test_plans_and_reports_are_tables() -> None:
    """In a notebook a plan shows what it holds, a report what was not done; frames have all rows, with types."""

    async def main(stage: PlanStage) -> None:
        ids = stage.add(30)
        stage.add(1, mode="ALWAYS_ON")
        stage.way(refusing("StopWorkspaces", {ids[0]: ["<Odd>"]}))
        plan = await stage.fleet.stop(where=EVERYTHING)
        html = plan._repr_html_()
        assert "stop: 30 WorkSpaces where everything" in html
        assert "left out 1: cannot be: its running mode is ALWAYS_ON (1)" in html
        report = await plan.run()
        html = report._repr_html_()
        assert (ids[0] in html, ids[1] in html, "&lt;Odd&gt;" in html) == (True, False, True)
        for tabled, count in ((plan, 31), (report, 30)):
            pandas, polars = tabled.to_pandas(), tabled.to_polars()
            assert (len(pandas), len(polars)) == (count, count)
            assert list(pandas.columns) == polars.columns
            assert {"account", "region", "key", "user_name"} <= set(polars.columns)
        empty = await (await stage.fleet.start(where=EVERYTHING)).run()
        assert list(empty.to_pandas().columns) == list(report.to_pandas().columns)

    play(main)


def test_a_long_report_is_cut() -> None:
    """Of many failures the first are named, and the others counted."""

    async def main(stage: PlanStage) -> None:
        ids = stage.add(30)
        stage.way(refusing("StopWorkspaces", {one: ["Odd"] for one in ids[:14]}))
        report = await stop(stage)
        assert "and 4 more failed" in str(report)
        assert repr(report).startswith("<Report of stop: done 16, failed 14, ambiguous 0, not tried 0 (")

    play(main)
