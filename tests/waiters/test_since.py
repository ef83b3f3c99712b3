"""Waits with since=: a state from before the request counts only if something proves the change."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.support.waiter_stage import Stage, failure, play
from wsclient import types
from wsclient.errors import WaiterTimeoutError
from wsclient.testing._state.store import Durations
from wsclient.types import RunningMode, WorkspaceState
from wsclient.waiters._definitions import MAX_STATE_DELAY, REBOOT_DURATION, REBUILD_DURATION


def test_a_reboot_counts_only_after_rebooting_was_seen() -> None:
    """AVAILABLE before REBOOTING is the state before the reboot, and does not end the wait."""

    async def main(stage: Stage) -> None:
        (workspace_id,) = stage.aws.add_workspaces()
        since = stage.since()
        waiting = asyncio.create_task(
            stage.client.wait_until_rebooted([workspace_id], since=since, on_progress=stage.events.append)
        )
        await asyncio.sleep(20)
        await stage.reboot(workspace_id)
        assert (await waiting)[0].state == WorkspaceState.AVAILABLE
        assert 200 <= stage.now() <= 240
        assert {"AVAILABLE": 1} in [progress.states for progress in stage.events]
        assert {"REBOOTING": 1} in [progress.states for progress in stage.events]

    play(main)


def test_a_reboot_that_ended_before_the_wait_counts_after_20_minutes() -> None:
    """If no poll sees REBOOTING, AVAILABLE or STOPPED ends the wait from 20 minutes after since."""

    async def main(stage: Stage) -> None:
        workspace_id, other = stage.aws.add_workspaces(2)
        since = stage.since()
        await stage.reboot(workspace_id, other)
        await asyncio.sleep(200)
        stage.aws.set_workspace_state(other, WorkspaceState.STOPPED)
        await stage.client.wait_until_rebooted([workspace_id, other], since=since)
        assert REBOOT_DURATION <= stage.now() <= REBOOT_DURATION + 40
        before = stage.now()
        await stage.client.wait_until_rebooted([workspace_id, other], since=since)
        assert stage.now() == before

    play(main)


@pytest.mark.parametrize("is_seen", [True, False])
def test_unhealthy_fails_a_reboot_that_was_seen_or_is_five_minutes_old(is_seen: bool) -> None:
    """A WorkSpace can be UNHEALTHY before its reboot; after REBOOTING, or five minutes after since, it is a failure."""

    async def main(stage: Stage) -> None:
        (workspace_id,) = stage.aws.add_workspaces(state=WorkspaceState.UNHEALTHY)
        if is_seen:
            stage.put(40, workspace_id, WorkspaceState.REBOOTING)
            stage.put(100, workspace_id, WorkspaceState.UNHEALTHY)
        error = await failure(stage.client.wait_until_rebooted([workspace_id], since=stage.since()))
        assert error.failed[0].state == WorkspaceState.UNHEALTHY
        begin = 100 if is_seen else MAX_STATE_DELAY
        assert begin <= stage.now() <= begin + 40

    play(main)


def test_rebooting_until_the_timeout_raises() -> None:
    """A WorkSpace that stays REBOOTING for half an hour ends the wait by its timeout."""

    async def main(stage: Stage) -> None:
        stuck = stage.aws.add_workspaces(state=WorkspaceState.REBOOTING)
        error = await failure(stage.client.wait_until_rebooted(stuck, since=stage.since()))
        assert isinstance(error, WaiterTimeoutError)
        assert (error.waiting[0].state, stage.now()) == (WorkspaceState.REBOOTING, 1800)

    play(main)


def test_the_timeout_error_says_that_no_change_was_seen() -> None:
    """The message marks a state that may be from before the request."""

    async def main(stage: Stage) -> None:
        ids = stage.aws.add_workspaces()
        error = await failure(stage.client.wait_until_rebooted(ids, since=stage.since(), timeout=60))
        assert error.waiting[0].reason == "is AVAILABLE without evidence of a change"

    play(main)


async def _rebuild(stage: Stage, workspace_id: str) -> None:
    await stage.client.rebuild_workspaces(rebuild_workspace_requests=[types.RebuildRequest(workspace_id=workspace_id)])


async def _restore(stage: Stage, workspace_id: str) -> None:
    await stage.client.restore_workspace(workspace_id=workspace_id)


RENEWALS = [
    pytest.param("wait_until_rebuilt", _rebuild, WorkspaceState.REBUILDING, id="rebuild"),
    pytest.param("wait_until_restored", _restore, WorkspaceState.RESTORING, id="restore"),
]


@pytest.mark.parametrize(("method", "renew", "through"), RENEWALS)
def test_a_rebuild_or_restore_counts_only_after_its_state_was_seen(
    method: str, renew: Any, through: WorkspaceState
) -> None:
    """ERROR and AVAILABLE before REBUILDING or RESTORING are from before, and do not end the wait."""

    async def main(stage: Stage) -> None:
        well, ill = stage.aws.add_workspaces(2)
        stage.aws.clock.advance(days=1)
        stage.aws.set_workspace_state(ill, WorkspaceState.ERROR)
        wait = getattr(stage.client, method)
        waiting = asyncio.create_task(wait([well, ill], since=stage.since(), on_progress=stage.events.append))
        await asyncio.sleep(30)
        await renew(stage, well)
        await renew(stage, ill)
        assert [workspace.state for workspace in await waiting] == [WorkspaceState.AVAILABLE] * 2
        assert 1830 <= stage.now() <= 1870
        assert {str(through): 2} in [progress.states for progress in stage.events]
        assert stage.calls()["DescribeWorkspaceSnapshots"] == 0

    play(main)


@pytest.mark.parametrize(("method", "renew", "through"), RENEWALS)
def test_a_newer_snapshot_proves_a_rebuild_or_restore(method: str, renew: Any, through: WorkspaceState) -> None:
    """A snapshot newer than since ends the wait before the hour is over, since AWS takes one soon afterwards."""

    async def main(stage: Stage) -> None:
        ids = stage.aws.add_workspaces(7)
        await asyncio.sleep(86_400)
        since = stage.since()
        for workspace_id in ids:
            await renew(stage, workspace_id)
        await asyncio.sleep(2000)
        done = await getattr(stage.client, method)(ids, since=since, on_progress=stage.events.append)
        assert [workspace.workspace_id for workspace in done] == ids
        assert 2400 <= stage.now() - 86_400 <= 2500
        assert stage.calls()["DescribeWorkspaceSnapshots"] <= 5 * len(stage.events)

    play(main, durations=Durations(first_snapshot=timedelta(minutes=10)))


@pytest.mark.parametrize("is_denied", [True, False])
@pytest.mark.parametrize(("method", "renew", "through"), RENEWALS)
def test_a_rebuild_or_restore_without_evidence_counts_after_an_hour(
    method: str, renew: Any, through: WorkspaceState, is_denied: bool
) -> None:
    """Without a state or a snapshot, or without permission to list snapshots, the wait ends after an hour."""

    async def main(stage: Stage) -> None:
        async def around(request: httpx.Request, execute: Callable[[], httpx.Response]) -> httpx.Response:
            if is_denied and request.headers["x-amz-target"].endswith("DescribeWorkspaceSnapshots"):
                return httpx.Response(400, json={"__type": "AccessDeniedException"})
            return execute()

        (workspace_id,) = stage.aws.add_workspaces()
        since = stage.since()
        stage.transport.around = around
        if not is_denied:
            stage.store.workspaces[workspace_id].ready_at = since + timedelta(days=1)
        done = await getattr(stage.client, method)([workspace_id], since=since)
        assert done[0].workspace_id == workspace_id
        assert REBUILD_DURATION <= stage.now() <= REBUILD_DURATION + 40

    play(main)


@pytest.mark.parametrize(("method", "renew", "through"), RENEWALS)
def test_a_rebuild_or_restore_fails_by_error_or_timeout(method: str, renew: Any, through: WorkspaceState) -> None:
    """ERROR after the transitional state is a failure; the transitional state lasts until the timeout at most."""

    async def main(stage: Stage) -> None:
        (workspace_id,) = stage.aws.add_workspaces(state=through)
        wait = getattr(stage.client, method)
        assert isinstance(await failure(wait([workspace_id], since=stage.since())), WaiterTimeoutError)
        assert stage.now() == 5400
        stage.put(60, workspace_id, WorkspaceState.ERROR)
        error = await failure(wait([workspace_id], since=stage.since()))
        assert error.failed[0].state == WorkspaceState.ERROR
        assert stage.now() <= 5500

    play(main)


async def _modify(stage: Stage, workspace_id: str, properties: types.WorkspaceProperties) -> None:
    await stage.client.modify_workspace_properties(workspace_id=workspace_id, workspace_properties=properties)


COMPUTE = types.WorkspaceProperties(compute_type_name=types.Compute.POWER)
VOLUME = types.WorkspaceProperties(user_volume_size_gib=100)
MODE = types.WorkspaceProperties(running_mode=RunningMode.AUTO_STOP)


@pytest.mark.parametrize("is_told", [True, False])
@pytest.mark.parametrize(("properties", "hours"), [(COMPUTE, 1), (VOLUME, 2)])
def test_a_modification_counts_by_its_own_state_or_property(
    is_told: bool, properties: types.WorkspaceProperties, hours: int
) -> None:
    """The WorkSpace may stay AVAILABLE: its modification state and the property decide when the change is over."""

    async def main(stage: Stage) -> None:
        (workspace_id,) = stage.aws.add_workspaces()
        found = properties if is_told else None
        waiting = asyncio.create_task(
            stage.client.wait_until_modified([workspace_id], since=stage.since(), properties=found)
        )
        await asyncio.sleep(30)
        await _modify(stage, workspace_id, properties)
        (done,) = await waiting
        assert done.modification_states == []
        assert done.workspace_properties is not None
        for name, value in properties.to_dict().items():
            assert done.workspace_properties.to_dict()[name] == value
        assert hours * 3600 + 30 <= stage.now() <= hours * 3600 + 70

    play(main)


def test_a_property_with_the_requested_value_ends_the_wait() -> None:
    """With properties= the first poll sees a new running mode, which has no state; without it, time decides."""

    async def main(stage: Stage) -> None:
        (workspace_id,) = stage.aws.add_workspaces()
        since = stage.since()
        await _modify(stage, workspace_id, MODE)
        await stage.client.wait_until_modified([workspace_id], since=since, properties=MODE)
        assert stage.now() == 0
        await stage.client.wait_until_modified([workspace_id], since=since)
        assert 7200 <= stage.now() <= 7240

    play(main)


def test_data_replication_is_a_requested_value_too() -> None:
    """The wait takes the data replication of ModifyWorkspaceProperties as well as its properties."""

    async def main(stage: Stage) -> None:
        (workspace_id,) = stage.aws.add_workspaces()
        requested = types.DataReplication.PRIMARY_AS_SOURCE
        since = stage.since()
        waiting = asyncio.create_task(
            stage.client.wait_until_modified([workspace_id], since=since, data_replication=requested)
        )
        await asyncio.sleep(100)
        assert not waiting.done()
        await stage.client.modify_workspace_properties(workspace_id=workspace_id, data_replication=requested)
        (done,) = await waiting
        assert done.data_replication_settings == types.DataReplicationSettings(data_replication=requested)

    play(main)


@pytest.mark.parametrize("is_told", [True, False])
def test_update_failed_counts_once_seen_or_after_five_minutes(is_told: bool) -> None:
    """UPDATE_FAILED is a failure after the modification was seen; before, only from five minutes after since."""

    async def main(stage: Stage) -> None:
        (workspace_id,) = stage.aws.add_workspaces()
        record, resource = stage.store.workspaces[workspace_id], types.ModificationResourceEnum.USER_VOLUME

        def show(*states: types.ModificationStateEnum) -> None:
            shown = [types.ModificationState(resource=resource, state=state).to_dict() for state in states]
            record.workspace = types.Workspace.from_dict(record.workspace.to_dict() | {"ModificationStates": shown})

        show(types.ModificationStateEnum.UPDATE_FAILED)
        stage.at(60, lambda: show(types.ModificationStateEnum.UPDATE_IN_PROGRESS))
        stage.at(200, lambda: show(types.ModificationStateEnum.UPDATE_FAILED))
        wait = stage.client.wait_until_modified
        error = await failure(wait([workspace_id], since=stage.since(), properties=VOLUME if is_told else None))
        assert error.failed[0].reason == "was not modified: UPDATE_FAILED"
        assert 200 <= stage.now() <= 240
        before = stage.now()
        error = await failure(wait([workspace_id], since=stage.since(), properties=VOLUME if is_told else None))
        assert before + MAX_STATE_DELAY <= stage.now() <= before + MAX_STATE_DELAY + 40

    play(main)


def test_another_value_than_requested_ends_at_the_timeout() -> None:
    """A WorkSpace without pending changes and with another value does not end the wait, and the error says so."""

    async def main(stage: Stage) -> None:
        ids = stage.aws.add_workspaces()
        error = await failure(stage.client.wait_until_modified(ids, since=stage.since(), properties=VOLUME))
        assert isinstance(error, WaiterTimeoutError)
        assert error.waiting[0].reason == "is AVAILABLE without the expected values"
        assert stage.now() == 10_800

    play(main)


async def _migrate(stage: Stage, workspace_id: str) -> types.MigrateWorkspaceResult:
    target = stage.aws.add_bundle(f"bundle-for-{workspace_id}")
    return await stage.client.migrate_workspace(source_workspace_id=workspace_id, bundle_id=target)


def test_a_migration_ends_with_its_new_workspace() -> None:
    """The wait takes the result of migrate_workspace() and returns the new WorkSpace."""

    async def main(stage: Stage) -> None:
        (workspace_id,) = stage.aws.add_workspaces()
        since = stage.since()
        stage.store.bundles[stage.aws.add_bundle("own")]
        answer = await _migrate(stage, workspace_id)
        (new,) = await stage.client.wait_until_migrated([answer], since=since)
        assert (new.workspace_id, new.state) == (answer.target_workspace_id, WorkspaceState.AVAILABLE)
        assert 3600 <= stage.now() <= 3640
        await stage.client.wait_until_migrated([answer], since=stage.since())
        assert stage.now() <= 3640

    play(main)


def test_the_id_of_the_old_workspace_does_not_end_the_wait() -> None:
    """An id alone may be that of the old WorkSpace: AVAILABLE counts after PENDING, and the old one disappears."""

    async def main(stage: Stage) -> None:
        (old,) = stage.aws.add_workspaces()
        since = stage.since()
        wrong = asyncio.create_task(failure(stage.client.wait_until_migrated([old], since=since)))
        await asyncio.sleep(30)
        answer = await _migrate(stage, old)
        right = asyncio.create_task(stage.client.wait_until_migrated([answer.target_workspace_id or ""], since=since))
        assert [workspace.workspace_id for workspace in await right] == [answer.target_workspace_id]
        assert (await wrong).failed[0].reason == "is gone"

    play(main)


def test_a_migration_fails_by_error_or_timeout() -> None:
    """ERROR of the new WorkSpace is a failure; PENDING lasts until the timeout at most."""

    async def main(stage: Stage) -> None:
        (workspace_id,) = stage.aws.add_workspaces(state=WorkspaceState.PENDING)
        answer = types.MigrateWorkspaceResult(target_workspace_id=workspace_id)
        assert isinstance(
            await failure(stage.client.wait_until_migrated([answer], since=stage.since())), WaiterTimeoutError
        )
        assert stage.now() == 5400
        stage.put(60, workspace_id, WorkspaceState.ERROR)
        error = await failure(stage.client.wait_until_migrated([answer], since=stage.since()))
        assert error.failed[0].state == WorkspaceState.ERROR

    play(main)
