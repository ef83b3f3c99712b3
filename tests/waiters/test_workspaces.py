"""Waits for a state of WorkSpaces: success, failure, timeout, and WorkSpaces not listed yet, in virtual time."""

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


def test_new_workspaces_may_be_missing_from_listings_at_first() -> None:
    """The pending requests of create_workspaces are polled until they are listed, and then until AVAILABLE."""

    async def main(stage: Stage) -> None:
        pending = await stage.create(30)
        ready = await stage.client.wait_until_available(pending, on_progress=stage.events.append)
        assert [workspace.workspace_id for workspace in ready] == [workspace.workspace_id for workspace in pending]
        assert {workspace.state for workspace in ready} == {WorkspaceState.AVAILABLE}
        assert all(workspace.ip_address for workspace in ready)
        assert 1200 <= stage.now() <= 1240
        assert stage.events[0].states == {"": 30}
        assert (stage.events[-1].done, stage.events[-1].waiting, stage.events[-1].failed) == (30, 0, 0)
        assert [progress.round for progress in stage.events] == list(range(1, len(stage.events) + 1))
        assert {"PENDING": 30} in [progress.states for progress in stage.events]

    play(main, durations=SLOW_TO_APPEAR)


def test_an_id_that_is_never_listed_fails_after_five_minutes() -> None:
    """An id that no poll finds for five minutes is a failure, long before the timeout."""

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
def test_a_failure_state_ends_the_wait(state: WorkspaceState) -> None:
    """The error has the WorkSpaces that are ready, those that failed with AWS's message, and those still waiting."""

    async def main(stage: Stage) -> None:
        good, bad = stage.aws.add_workspaces(2)
        delayed = stage.aws.add_workspaces(1, state=WorkspaceState.STOPPED)[0]
        stage.aws.set_workspace_state(bad, state)
        record = stage.store.workspaces[bad]
        record.workspace = types.Workspace.from_dict(
            record.workspace.to_dict() | {"ErrorCode": "NoCapacity", "ErrorMessage": "There is none left."}
        )
        error = await failure(stage.client.wait_until_available([delayed, bad, good]))
        assert not isinstance(error, WaiterTimeoutError)
        assert [(item.id, item.state, item.error_code, item.error_message) for item in error.failed] == [
            (bad, state, "NoCapacity", "There is none left.")
        ]
        assert [(item.id, item.state) for item in error.waiting] == [(delayed, WorkspaceState.STOPPED)]
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


def test_fail_fast_false_waits_for_the_others() -> None:
    """With fail_fast=False the wait continues after a failure, and the final error has every success."""

    async def main(stage: Stage) -> None:
        good, bad = stage.aws.add_workspaces(2, state=WorkspaceState.STARTING)
        stage.put(100, good, WorkspaceState.AVAILABLE)
        stage.put(10, bad, WorkspaceState.ERROR)
        error = await failure(
            stage.client.wait_until_available([bad, good], fail_fast=False, on_progress=stage.events.append)
        )
        assert [item.id for item in error.failed] == [bad]
        assert [workspace.to_dict()["WorkspaceId"] for workspace in error.reached] == [good]
        assert error.waiting == ()
        assert 100 <= stage.now() <= 140
        assert (stage.events[-1].done, stage.events[-1].waiting, stage.events[-1].failed) == (1, 0, 1)

    play(main)


def test_the_timeout_error_has_every_state() -> None:
    """The error is a TimeoutError with each state; the last poll was just before the timeout."""

    async def main(stage: Stage) -> None:
        good = stage.aws.add_workspaces(1)[0]
        slow = stage.aws.add_workspaces(5, state=WorkspaceState.STARTING)
        with pytest.raises(TimeoutError) as caught:
            await stage.client.wait_until_available([good, *slow], timeout=200, on_progress=stage.events.append)
        error = caught.value
        assert isinstance(error, WaiterTimeoutError)
        assert stage.now() == 200
        assert stage.events[-1].seconds == 195
        assert [item.id for item in error.waiting] == slow
        assert {item.state for item in error.waiting} == {WorkspaceState.STARTING}
        assert len(error.reached) == 1
        assert "after 200 s 5 of 6 WorkSpaces are not AVAILABLE" in str(error)
        assert "and 2 more (STARTING 2)" in str(error)

    play(main)


def test_the_default_timeout_is_one_and_a_half_times_awss_longest_duration() -> None:
    """Without timeout= a WorkSpace may take 90 minutes, since an encrypted root volume takes an hour."""

    async def main(stage: Stage) -> None:
        stuck = stage.aws.add_workspaces(state=WorkspaceState.PENDING)
        await failure(stage.client.wait_until_available(stuck))
        assert stage.now() == 5400

    play(main)


def test_an_infinite_timeout_never_expires() -> None:
    """timeout=inf waits until the state is reached."""

    async def main(stage: Stage) -> None:
        (slow,) = stage.aws.add_workspaces(state=WorkspaceState.PENDING)
        stage.put(20_000, slow, WorkspaceState.AVAILABLE)  # nearly four times the default timeout
        await stage.client.wait_until_available([slow], timeout=float("inf"))
        assert 20_000 <= stage.now() <= 20_040

    play(main)


def test_results_keep_the_order_and_repetitions_of_the_ids() -> None:
    """An id that is passed twice is polled once and returned twice."""

    async def main(stage: Stage) -> None:
        first, second = stage.aws.add_workspaces(2)
        ready = await stage.client.wait_until_available([second, first, second])
        assert [workspace.workspace_id for workspace in ready] == [second, first, second]
        assert stage.described() == 1

    play(main)


def test_a_listed_workspace_that_disappears_fails_after_two_polls() -> None:
    """One poll without it may come from a stale replica; two in a row are a failure."""

    async def main(stage: Stage) -> None:
        (gone,) = stage.aws.add_workspaces(state=WorkspaceState.STARTING)
        stage.at(1, lambda: stage.store.workspaces.pop(gone))
        error = await failure(stage.client.wait_until_available([gone]))
        assert (error.failed[0].reason, error.failed[0].state) == ("is gone", WorkspaceState.STARTING)
        assert stage.described() == 3

    play(main)


def test_stopped_ends_a_wait_that_began_in_any_state() -> None:
    """A stop may begin at AVAILABLE, UNHEALTHY or ERROR; STOPPED ends the wait."""

    async def main(stage: Stage) -> None:
        well, ill = stage.aws.add_workspaces(2, running_mode=RunningMode.AUTO_STOP)
        stage.aws.set_workspace_state(ill, WorkspaceState.UNHEALTHY)
        waiting = asyncio.create_task(stage.client.wait_until_stopped([well, ill]))
        await asyncio.sleep(30)
        await stage.stop(well, ill)
        stopped = await waiting
        assert [workspace.state for workspace in stopped] == [WorkspaceState.STOPPED] * 2
        assert 150 <= stage.now() <= 190

    play(main)


def test_error_after_stopping_is_a_failure() -> None:
    """ERROR after STOPPING is a failure, and before it is not."""

    async def main(stage: Stage) -> None:
        (broken,) = stage.aws.add_workspaces(running_mode=RunningMode.AUTO_STOP, state=WorkspaceState.ERROR)
        stage.put(20, broken, WorkspaceState.STOPPING)
        stage.put(60, broken, WorkspaceState.ERROR)
        error = await failure(stage.client.wait_until_stopped([broken]))
        assert error.failed[0].state == WorkspaceState.ERROR
        assert 60 <= stage.now() <= 100

    play(main)


def test_available_until_the_timeout_of_a_stop_raises() -> None:
    """A WorkSpace that stays AVAILABLE for 15 minutes ends the wait by its timeout."""

    async def main(stage: Stage) -> None:
        error = await failure(stage.client.wait_until_stopped(stage.aws.add_workspaces()))
        assert isinstance(error, WaiterTimeoutError)
        assert stage.now() == 900

    play(main)


def test_absence_after_terminating_means_terminated() -> None:
    """Absence after TERMINATING ends the wait; the last description is returned as TERMINATED."""

    async def main(stage: Stage) -> None:
        ids = stage.aws.add_workspaces(3)
        waiting = asyncio.create_task(stage.client.wait_until_terminated(ids))
        await asyncio.sleep(20)
        await stage.terminate(*ids)
        ended = await waiting
        assert [(workspace.workspace_id, workspace.state) for workspace in ended] == [
            (workspace_id, WorkspaceState.TERMINATED) for workspace_id in ids
        ]
        assert all(workspace.user_name for workspace in ended)
        assert 320 <= stage.now() <= 360

    play(main)


def test_absence_without_terminating_counts_after_two_polls() -> None:
    """If no poll saw TERMINATING, two polls in a row without the WorkSpace end the wait."""

    async def main(stage: Stage) -> None:
        (gone,) = stage.aws.add_workspaces()
        stage.at(1, lambda: stage.store.workspaces.pop(gone))
        (ended,) = await stage.client.wait_until_terminated([gone])
        assert ended.state == WorkspaceState.TERMINATED
        assert stage.described() == 3

    play(main)


def test_a_workspace_that_was_never_seen_counts_as_terminated_after_a_minute() -> None:
    """An id that no poll saw counts as terminated after a minute, so that a new WorkSpace can appear first."""

    async def main(stage: Stage) -> None:
        (ended,) = await stage.client.wait_until_terminated(["ws-000000000"])
        assert ended == types.Workspace(workspace_id="ws-000000000", state=WorkspaceState.TERMINATED)
        assert 60 <= stage.now() <= 90
        (new,) = await stage.create(1)
        error = await failure(stage.client.wait_until_terminated([new], timeout=120))
        assert error.waiting[0].state == WorkspaceState.PENDING

    play(main, durations=SLOW_TO_APPEAR)


def test_earlier_waits_and_descriptions_count_as_seen() -> None:
    """A WorkSpace that an earlier wait saw, or that is passed as a structure, counts as terminated after two polls."""

    async def main(stage: Stage) -> None:
        seen, listed, *_ = stage.aws.add_workspaces(2)
        await stage.client.wait_until_available([seen])
        (described,) = (await stage.client.describe_workspaces(workspace_ids=[listed])).workspaces
        await stage.terminate(seen, listed)
        stage.aws.clock.advance(minutes=10)
        before, calls = stage.now(), stage.described()
        ended = await stage.client.wait_until_terminated([seen, described])
        assert [workspace.state for workspace in ended] == [WorkspaceState.TERMINATED] * 2
        assert ended[1].user_name == described.user_name
        assert stage.described() - calls == 2
        assert stage.now() - before < 10

    play(main)


@pytest.mark.parametrize("state", [WorkspaceState.SUSPENDED, WorkspaceState.ERROR])
def test_states_that_cannot_be_terminated_are_failures(state: WorkspaceState) -> None:
    """SUSPENDED, which AWS does not terminate, and ERROR after TERMINATING are failures."""

    async def main(stage: Stage) -> None:
        (workspace_id,) = stage.aws.add_workspaces(state=WorkspaceState.TERMINATING)
        stage.put(30, workspace_id, state)
        error = await failure(stage.client.wait_until_terminated([workspace_id]))
        assert error.failed[0].state == state
        assert stage.now() < 70

    play(main)


def test_available_until_the_timeout_of_a_termination_raises() -> None:
    """A WorkSpace that stays AVAILABLE for ten minutes ends the wait by its timeout."""

    async def main(stage: Stage) -> None:
        error = await failure(stage.client.wait_until_terminated(stage.aws.add_workspaces()))
        assert isinstance(error, WaiterTimeoutError)
        assert stage.now() == 600

    play(main)


def test_suspended_and_available_end_the_two_waits_for_an_image() -> None:
    """A WorkSpace is SUSPENDED while an image is created from it, and AVAILABLE afterwards."""

    async def main(stage: Stage) -> None:
        (workspace_id,) = stage.aws.add_workspaces()
        waiting = asyncio.create_task(stage.client.wait_until_suspended([workspace_id]))
        await asyncio.sleep(10)
        await stage.client.create_workspace_image(name="image", description="image", workspace_id=workspace_id)
        assert (await waiting)[0].state == WorkspaceState.SUSPENDED
        assert (await stage.client.wait_until_available([workspace_id]))[0].state == WorkspaceState.AVAILABLE
        assert 2710 <= stage.now() <= 2750
        stage.aws.set_workspace_state(workspace_id, WorkspaceState.ERROR)
        assert (await failure(stage.client.wait_until_suspended([workspace_id]))).failed[
            0
        ].state == WorkspaceState.ERROR
        stage.aws.set_workspace_state(workspace_id, WorkspaceState.AVAILABLE)
        assert isinstance(await failure(stage.client.wait_until_suspended([workspace_id])), WaiterTimeoutError)

    play(main)


def test_pending_standby_requests_can_be_waited_for() -> None:
    """Waiters take the pending requests of CreateStandbyWorkspaces, which have the ids of WorkSpaces."""

    async def main(stage: Stage) -> None:
        (workspace_id,) = stage.aws.add_workspaces()
        pending = types.PendingCreateStandbyWorkspacesRequest(workspace_id=workspace_id, state=WorkspaceState.PENDING)
        assert [ready.workspace_id for ready in await stage.client.wait_until_available([pending])] == [workspace_id]

    play(main)


def test_a_message_names_the_first_failures_and_counts_the_others() -> None:
    """The message stays short for hundreds of failures; the error has all of them."""

    async def main(stage: Stage) -> None:
        ids = stage.aws.add_workspaces(40, state=WorkspaceState.ERROR)
        with pytest.raises(WaiterError, match=r"and 37 more \(ERROR 37\)") as caught:
            await stage.client.wait_until_available(ids)
        assert [item.id for item in caught.value.failed] == ids

    play(main)
