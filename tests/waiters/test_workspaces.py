"""Waiting for a state of WorkSpaces: success, failure, deadline, and a start too early, in virtual time."""

import asyncio
import copy
import pickle
from datetime import timedelta

import pytest

from tests.support.waiter_stage import Stage, failure, play
from wsclient import types
from wsclient.errors import WaiterError, WaiterTimeoutError
from wsclient.testing._state.store import Durations
from wsclient.types import RunningMode, WorkspaceState

SLOW_TO_APPEAR = Durations(appear=timedelta(seconds=40))


def test_new_workspaces_are_waited_for_although_they_are_not_described_at_first() -> None:
    """What create_workspaces answered as pending is looked for until it is described, and then AVAILABLE."""

    async def main(stage: Stage) -> None:
        pending = await stage.create(30)
        ready = await stage.client.wait_until_available(pending, on_progress=stage.told.append)
        assert [one.workspace_id for one in ready] == [one.workspace_id for one in pending]
        assert {one.state for one in ready} == {WorkspaceState.AVAILABLE}
        assert all(one.ip_address for one in ready)
        assert 1200 <= stage.now() <= 1240
        assert stage.told[0].states == {"": 30}
        assert (stage.told[-1].done, stage.told[-1].waiting, stage.told[-1].failed) == (30, 0, 0)
        assert [one.round for one in stage.told] == list(range(1, len(stage.told) + 1))
        assert {"PENDING": 30} in [one.states for one in stage.told]

    play(main, durations=SLOW_TO_APPEAR)


def test_what_is_never_described_does_not_exist() -> None:
    """An id that no look finds for five minutes fails, long before the deadline."""

    async def main(stage: Stage) -> None:
        error = await failure(stage.client.wait_until_available(["ws-000000000"]))
        assert not isinstance(error, WaiterTimeoutError)
        (item,) = error.failed
        assert (item.state, item.latest) == (None, None)
        assert "never described" in item.reason
        assert 300 <= stage.now() <= 345

    play(main)


@pytest.mark.parametrize(
    "state",
    [
        WorkspaceState.ERROR,
        WorkspaceState.UNHEALTHY,
        WorkspaceState.IMPAIRED,
        WorkspaceState.TERMINATING,
    ],
)
def test_a_state_that_means_failure_ends_the_wait_at_once(state: WorkspaceState) -> None:
    """The error holds what was reached, what failed with AWS's words, and what was still under way."""

    async def main(stage: Stage) -> None:
        good, bad = stage.aws.add_workspaces(2)
        late = stage.aws.add_workspaces(1, state=WorkspaceState.STOPPED)[0]
        stage.aws.set_workspace_state(bad, state)
        record = stage.store.workspaces[bad]
        record.workspace = types.Workspace.from_dict(
            record.workspace.to_dict() | {"ErrorCode": "NoCapacity", "ErrorMessage": "There is none left."}
        )
        error = await failure(stage.client.wait_until_available([late, bad, good]))
        assert not isinstance(error, WaiterTimeoutError)
        assert [(one.id, one.state, one.error_code, one.error_message) for one in error.failed] == [
            (bad, state, "NoCapacity", "There is none left.")
        ]
        assert [(one.id, one.state) for one in error.waiting] == [(late, WorkspaceState.STOPPED)]
        assert error.reached == (stage.store.workspaces[good].workspace,)
        assert str(error) == (f"1 of 3 WorkSpaces is not AVAILABLE: {bad} is {state} (NoCapacity: There is none left.)")
        assert stage.now() == 0
        for twin in (copy.copy(error), pickle.loads(pickle.dumps(error))):
            assert (str(twin), twin.failed, twin.reached, twin.waiting) == (
                str(error),
                error.failed,
                error.reached,
                error.waiting,
            )

    play(main)


def test_others_can_be_waited_for_after_a_failure() -> None:
    """With fail_fast=False the wait goes on, and the error in the end holds every success."""

    async def main(stage: Stage) -> None:
        good, bad = stage.aws.add_workspaces(2, state=WorkspaceState.STARTING)
        stage.put(100, good, WorkspaceState.AVAILABLE)
        stage.put(10, bad, WorkspaceState.ERROR)
        error = await failure(
            stage.client.wait_until_available([bad, good], fail_fast=False, on_progress=stage.told.append)
        )
        assert [one.id for one in error.failed] == [bad]
        assert [one.to_dict()["WorkspaceId"] for one in error.reached] == [good]
        assert error.waiting == ()
        assert 100 <= stage.now() <= 140
        assert (stage.told[-1].done, stage.told[-1].waiting, stage.told[-1].failed) == (1, 0, 1)

    play(main)


def test_the_deadline_ends_a_wait_with_all_that_is_known() -> None:
    """The error is a TimeoutError, tells each state, and the last look was just before the deadline."""

    async def main(stage: Stage) -> None:
        good = stage.aws.add_workspaces(1)[0]
        slow = stage.aws.add_workspaces(5, state=WorkspaceState.STARTING)
        with pytest.raises(TimeoutError) as caught:
            await stage.client.wait_until_available([good, *slow], timeout=200, on_progress=stage.told.append)
        error = caught.value
        assert isinstance(error, WaiterTimeoutError)
        assert stage.now() == 200
        assert stage.told[-1].seconds == 195
        assert [one.id for one in error.waiting] == slow
        assert {one.state for one in error.waiting} == {WorkspaceState.STARTING}
        assert len(error.reached) == 1
        assert "after 200 s 5 of 6 WorkSpaces are not AVAILABLE" in str(error)
        assert "and 2 more (STARTING 2)" in str(error)

    play(main)


def test_the_default_deadline_is_awss_longest_duration_and_half_of_it() -> None:
    """Without timeout= a WorkSpace may take an hour and a half, for an encrypted root volume takes an hour."""

    async def main(stage: Stage) -> None:
        stuck = stage.aws.add_workspaces(state=WorkspaceState.PENDING)
        await failure(stage.client.wait_until_available(stuck))
        assert stage.now() == 5400

    play(main)


def test_a_wait_without_a_deadline_goes_on() -> None:
    """timeout=inf waits for as long as it takes."""

    async def main(stage: Stage) -> None:
        (slow,) = stage.aws.add_workspaces(state=WorkspaceState.PENDING)
        stage.put(100_000, slow, WorkspaceState.AVAILABLE)
        await stage.client.wait_until_available([slow], timeout=float("inf"))
        assert 100_000 <= stage.now() <= 100_040

    play(main)


def test_results_come_in_the_order_asked_also_when_asked_twice() -> None:
    """An id that is given twice is looked at once and answered twice."""

    async def main(stage: Stage) -> None:
        first, second = stage.aws.add_workspaces(2)
        ready = await stage.client.wait_until_available([second, first, second])
        assert [one.workspace_id for one in ready] == [second, first, second]
        assert stage.described() == 1

    play(main)


def test_what_was_there_and_is_gone_fails_after_two_looks() -> None:
    """One look without it may be a stale replica's; two in a row are believed."""

    async def main(stage: Stage) -> None:
        (gone,) = stage.aws.add_workspaces(state=WorkspaceState.STARTING)
        stage.at(1, lambda: stage.store.workspaces.pop(gone))
        error = await failure(stage.client.wait_until_available([gone]))
        assert (error.failed[0].reason, error.failed[0].state) == ("is gone", WorkspaceState.STARTING)
        assert stage.described() == 3

    play(main)


def test_stopping_is_waited_for() -> None:
    """AVAILABLE is where it begins, UNHEALTHY and ERROR too; STOPPED is the end."""

    async def main(stage: Stage) -> None:
        well, ill = stage.aws.add_workspaces(2, running_mode=RunningMode.AUTO_STOP)
        stage.aws.set_workspace_state(ill, WorkspaceState.UNHEALTHY)
        waiting = asyncio.create_task(stage.client.wait_until_stopped([well, ill]))
        await asyncio.sleep(30)
        await stage.stop(well, ill)
        stopped = await waiting
        assert [one.state for one in stopped] == [WorkspaceState.STOPPED] * 2
        assert 150 <= stage.now() <= 190

    play(main)


def test_stopping_fails_when_it_ends_elsewhere() -> None:
    """ERROR after STOPPING is a failure; the same state before was none."""

    async def main(stage: Stage) -> None:
        (broken,) = stage.aws.add_workspaces(running_mode=RunningMode.AUTO_STOP, state=WorkspaceState.ERROR)
        stage.put(20, broken, WorkspaceState.STOPPING)
        stage.put(60, broken, WorkspaceState.ERROR)
        error = await failure(stage.client.wait_until_stopped([broken]))
        assert error.failed[0].state == WorkspaceState.ERROR
        assert 60 <= stage.now() <= 100

    play(main)


def test_a_stop_that_never_comes_ends_at_the_deadline() -> None:
    """AVAILABLE for 15 minutes is no STOPPED."""

    async def main(stage: Stage) -> None:
        error = await failure(stage.client.wait_until_stopped(stage.aws.add_workspaces()))
        assert isinstance(error, WaiterTimeoutError)
        assert stage.now() == 900

    play(main)


def test_a_terminated_workspace_is_simply_gone() -> None:
    """After TERMINATING, absence is the end; the last description comes back as TERMINATED."""

    async def main(stage: Stage) -> None:
        ids = stage.aws.add_workspaces(3)
        waiting = asyncio.create_task(stage.client.wait_until_terminated(ids))
        await asyncio.sleep(20)
        await stage.terminate(*ids)
        ended = await waiting
        assert [(one.workspace_id, one.state) for one in ended] == [(one, WorkspaceState.TERMINATED) for one in ids]
        assert all(one.user_name for one in ended)
        assert 320 <= stage.now() <= 360

    play(main)


def test_what_went_between_two_looks_is_gone_after_a_second_one() -> None:
    """TERMINATING was never seen: two looks in a row without it are needed."""

    async def main(stage: Stage) -> None:
        (gone,) = stage.aws.add_workspaces()
        stage.at(1, lambda: stage.store.workspaces.pop(gone))
        (ended,) = await stage.client.wait_until_terminated([gone])
        assert ended.state == WorkspaceState.TERMINATED
        assert stage.described() == 3

    play(main)


def test_what_was_gone_before_the_wait_is_told_from_what_is_not_there_yet() -> None:
    """An id that nobody saw is believed to be gone only after a minute; one that is not visible yet shows up first."""

    async def main(stage: Stage) -> None:
        (ended,) = await stage.client.wait_until_terminated(["ws-000000000"])
        assert ended == types.Workspace(workspace_id="ws-000000000", state=WorkspaceState.TERMINATED)
        assert 60 <= stage.now() <= 90
        (new,) = await stage.create(1)
        error = await failure(stage.client.wait_until_terminated([new], timeout=120))
        assert error.waiting[0].state == WorkspaceState.PENDING

    play(main, durations=SLOW_TO_APPEAR)


def test_the_client_remembers_what_it_has_seen() -> None:
    """What an earlier wait saw, or what is given as it was described, is gone after two looks."""

    async def main(stage: Stage) -> None:
        seen, listed, *_ = stage.aws.add_workspaces(2)
        await stage.client.wait_until_available([seen])
        (described,) = (await stage.client.describe_workspaces(workspace_ids=[listed])).workspaces
        await stage.terminate(seen, listed)
        stage.aws.clock.advance(minutes=10)
        before, calls = stage.now(), stage.described()
        ended = await stage.client.wait_until_terminated([seen, described])
        assert [one.state for one in ended] == [WorkspaceState.TERMINATED] * 2
        assert ended[1].user_name == described.user_name
        assert stage.described() - calls == 2
        assert stage.now() - before < 10

    play(main)


@pytest.mark.parametrize("state", [WorkspaceState.SUSPENDED, WorkspaceState.ERROR])
def test_a_termination_can_fail(state: WorkspaceState) -> None:
    """SUSPENDED cannot be terminated, and ERROR after TERMINATING is the end of it."""

    async def main(stage: Stage) -> None:
        (one,) = stage.aws.add_workspaces(state=WorkspaceState.TERMINATING)
        stage.put(30, one, state)
        error = await failure(stage.client.wait_until_terminated([one]))
        assert error.failed[0].state == state
        assert stage.now() < 70

    play(main)


def test_a_termination_that_nobody_asked_for_ends_at_the_deadline() -> None:
    """AVAILABLE for ten minutes is not TERMINATED."""

    async def main(stage: Stage) -> None:
        error = await failure(stage.client.wait_until_terminated(stage.aws.add_workspaces()))
        assert isinstance(error, WaiterTimeoutError)
        assert stage.now() == 600

    play(main)


def test_suspension_is_waited_for_and_its_end_too() -> None:
    """A WorkSpace is SUSPENDED while an image is made of it, and AVAILABLE afterwards."""

    async def main(stage: Stage) -> None:
        (one,) = stage.aws.add_workspaces()
        waiting = asyncio.create_task(stage.client.wait_until_suspended([one]))
        await asyncio.sleep(10)
        await stage.client.create_workspace_image(name="image", description="image", workspace_id=one)
        assert (await waiting)[0].state == WorkspaceState.SUSPENDED
        assert (await stage.client.wait_until_available([one]))[0].state == WorkspaceState.AVAILABLE
        assert 2710 <= stage.now() <= 2750
        stage.aws.set_workspace_state(one, WorkspaceState.ERROR)
        assert (await failure(stage.client.wait_until_suspended([one]))).failed[0].state == WorkspaceState.ERROR
        stage.aws.set_workspace_state(one, WorkspaceState.AVAILABLE)
        assert isinstance(await failure(stage.client.wait_until_suspended([one])), WaiterTimeoutError)

    play(main)


def test_standby_workspaces_are_taken_as_they_are_answered() -> None:
    """What CreateStandbyWorkspaces answers holds ids of WorkSpaces too."""

    async def main(stage: Stage) -> None:
        (one,) = stage.aws.add_workspaces()
        pending = types.PendingCreateStandbyWorkspacesRequest(workspace_id=one, state=WorkspaceState.PENDING)
        assert [ready.workspace_id for ready in await stage.client.wait_until_available([pending])] == [one]

    play(main)


def test_an_error_tells_the_first_items_and_counts_the_others() -> None:
    """A message stays short for hundreds of failures; the error holds them all."""

    async def main(stage: Stage) -> None:
        ids = stage.aws.add_workspaces(40, state=WorkspaceState.ERROR)
        with pytest.raises(WaiterError, match=r"and 37 more \(ERROR 37\)") as caught:
            await stage.client.wait_until_available(ids)
        assert [one.id for one in caught.value.failed] == ids

    play(main)
