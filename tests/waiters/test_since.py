"""Waiting for a change since a time: what was so before counts only when something proves the change."""

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


def test_a_reboot_is_waited_for_from_before_it_shows() -> None:
    """AVAILABLE at first is from before: only after REBOOTING it counts."""

    async def main(stage: Stage) -> None:
        (one,) = stage.aws.add_workspaces()
        since = stage.since()
        waiting = asyncio.create_task(
            stage.client.wait_until_rebooted([one], since=since, on_progress=stage.told.append)
        )
        await asyncio.sleep(20)
        await stage.reboot(one)
        assert (await waiting)[0].state == WorkspaceState.AVAILABLE
        assert 200 <= stage.now() <= 240
        assert {"AVAILABLE": 1} in [told.states for told in stage.told]
        assert {"REBOOTING": 1} in [told.states for told in stage.told]

    play(main)


def test_a_reboot_that_was_over_before_the_wait_is_believed_after_a_time() -> None:
    """With nothing to be seen, AVAILABLE counts from 20 minutes after since, and a stopped WorkSpace as well."""

    async def main(stage: Stage) -> None:
        one, other = stage.aws.add_workspaces(2)
        since = stage.since()
        await stage.reboot(one, other)
        await asyncio.sleep(200)
        stage.aws.set_workspace_state(other, WorkspaceState.STOPPED)
        await stage.client.wait_until_rebooted([one, other], since=since)
        assert REBOOT_DURATION <= stage.now() <= REBOOT_DURATION + 40
        before = stage.now()
        await stage.client.wait_until_rebooted([one, other], since=since)
        assert stage.now() == before

    play(main)


@pytest.mark.parametrize("is_seen", [True, False])
def test_a_reboot_can_fail(is_seen: bool) -> None:
    """UNHEALTHY is a state to reboot from; after REBOOTING, or five minutes after since, it is a failure."""

    async def main(stage: Stage) -> None:
        (one,) = stage.aws.add_workspaces(state=WorkspaceState.UNHEALTHY)
        if is_seen:
            stage.put(40, one, WorkspaceState.REBOOTING)
            stage.put(100, one, WorkspaceState.UNHEALTHY)
        error = await failure(stage.client.wait_until_rebooted([one], since=stage.since()))
        assert error.failed[0].state == WorkspaceState.UNHEALTHY
        begin = 100 if is_seen else MAX_STATE_DELAY
        assert begin <= stage.now() <= begin + 40

    play(main)


def test_a_reboot_that_lasts_ends_at_the_deadline() -> None:
    """REBOOTING for half an hour is no end."""

    async def main(stage: Stage) -> None:
        stuck = stage.aws.add_workspaces(state=WorkspaceState.REBOOTING)
        error = await failure(stage.client.wait_until_rebooted(stuck, since=stage.since()))
        assert isinstance(error, WaiterTimeoutError)
        assert (error.waiting[0].state, stage.now()) == (WorkspaceState.REBOOTING, 1800)

    play(main)


def test_a_deadline_says_that_no_change_was_seen() -> None:
    """A state that may be from before is named as such."""

    async def main(stage: Stage) -> None:
        ids = stage.aws.add_workspaces()
        error = await failure(stage.client.wait_until_rebooted(ids, since=stage.since(), timeout=60))
        assert error.waiting[0].reason == "is AVAILABLE without evidence of a change"

    play(main)


async def _rebuild(stage: Stage, one: str) -> None:
    await stage.client.rebuild_workspaces(rebuild_workspace_requests=[types.RebuildRequest(workspace_id=one)])


async def _restore(stage: Stage, one: str) -> None:
    await stage.client.restore_workspace(workspace_id=one)


RENEWALS = [
    pytest.param("wait_until_rebuilt", _rebuild, WorkspaceState.REBUILDING, id="rebuild"),
    pytest.param("wait_until_restored", _restore, WorkspaceState.RESTORING, id="restore"),
]


@pytest.mark.parametrize(("method", "renew", "through"), RENEWALS)
def test_a_renewal_is_waited_for_from_before_it_shows(method: str, renew: Any, through: WorkspaceState) -> None:
    """ERROR at first is from before, as AVAILABLE is: the state must have been on its way."""

    async def main(stage: Stage) -> None:
        well, ill = stage.aws.add_workspaces(2)
        stage.aws.clock.advance(days=1)
        stage.aws.set_workspace_state(ill, WorkspaceState.ERROR)
        wait = getattr(stage.client, method)
        waiting = asyncio.create_task(wait([well, ill], since=stage.since(), on_progress=stage.told.append))
        await asyncio.sleep(30)
        await renew(stage, well)
        await renew(stage, ill)
        assert [one.state for one in await waiting] == [WorkspaceState.AVAILABLE] * 2
        assert 1830 <= stage.now() <= 1870
        assert {str(through): 2} in [told.states for told in stage.told]
        assert stage.calls()["DescribeWorkspaceSnapshots"] == 0

    play(main)


@pytest.mark.parametrize(("method", "renew", "through"), RENEWALS)
def test_a_renewal_that_was_over_is_proved_by_a_newer_snapshot(
    method: str, renew: Any, through: WorkspaceState
) -> None:
    """AWS takes snapshots soon afterwards: one newer than since ends the wait before the hour is over."""

    async def main(stage: Stage) -> None:
        ids = stage.aws.add_workspaces(7)
        await asyncio.sleep(86_400)
        since = stage.since()
        for one in ids:
            await renew(stage, one)
        await asyncio.sleep(2000)
        done = await getattr(stage.client, method)(ids, since=since, on_progress=stage.told.append)
        assert [one.workspace_id for one in done] == ids
        assert 2400 <= stage.now() - 86_400 <= 2500
        assert stage.calls()["DescribeWorkspaceSnapshots"] <= 5 * len(stage.told)

    play(main, durations=Durations(first_snapshot=timedelta(minutes=10)))


@pytest.mark.parametrize("is_denied", [True, False])
@pytest.mark.parametrize(("method", "renew", "through"), RENEWALS)
def test_a_renewal_that_shows_nothing_is_believed_after_an_hour(
    method: str, renew: Any, through: WorkspaceState, is_denied: bool
) -> None:
    """Without a state, a snapshot, or the right to ask for any, time has to do."""

    async def main(stage: Stage) -> None:
        async def around(request: httpx.Request, execute: Callable[[], httpx.Response]) -> httpx.Response:
            if is_denied and request.headers["x-amz-target"].endswith("DescribeWorkspaceSnapshots"):
                return httpx.Response(400, json={"__type": "AccessDeniedException"})
            return execute()

        (one,) = stage.aws.add_workspaces()
        since = stage.since()
        stage.transport.around = around
        if not is_denied:
            stage.store.workspaces[one].ready_at = since + timedelta(days=1)
        done = await getattr(stage.client, method)([one], since=since)
        assert done[0].workspace_id == one
        assert REBUILD_DURATION <= stage.now() <= REBUILD_DURATION + 40

    play(main)


@pytest.mark.parametrize(("method", "renew", "through"), RENEWALS)
def test_a_renewal_can_fail_or_last(method: str, renew: Any, through: WorkspaceState) -> None:
    """ERROR afterwards is a failure, and the state on the way lasts to the deadline at most."""

    async def main(stage: Stage) -> None:
        (one,) = stage.aws.add_workspaces(state=through)
        wait = getattr(stage.client, method)
        assert isinstance(await failure(wait([one], since=stage.since())), WaiterTimeoutError)
        assert stage.now() == 5400
        stage.put(60, one, WorkspaceState.ERROR)
        error = await failure(wait([one], since=stage.since()))
        assert error.failed[0].state == WorkspaceState.ERROR
        assert stage.now() <= 5500

    play(main)


async def _modify(stage: Stage, one: str, properties: types.WorkspaceProperties) -> None:
    await stage.client.modify_workspace_properties(workspace_id=one, workspace_properties=properties)


COMPUTE = types.WorkspaceProperties(compute_type_name=types.Compute.POWER)
VOLUME = types.WorkspaceProperties(user_volume_size_gib=100)
MODE = types.WorkspaceProperties(running_mode=RunningMode.AUTO_STOP)


@pytest.mark.parametrize("is_told", [True, False])
@pytest.mark.parametrize(("properties", "hours"), [(COMPUTE, 1), (VOLUME, 2)])
def test_a_modification_is_waited_for_from_before_it_shows(
    is_told: bool, properties: types.WorkspaceProperties, hours: int
) -> None:
    """The state may stay AVAILABLE: the modification's own state, and the property, say when it is over."""

    async def main(stage: Stage) -> None:
        (one,) = stage.aws.add_workspaces()
        told = properties if is_told else None
        waiting = asyncio.create_task(stage.client.wait_until_modified([one], since=stage.since(), properties=told))
        await asyncio.sleep(30)
        await _modify(stage, one, properties)
        (done,) = await waiting
        assert done.modification_states == []
        assert done.workspace_properties is not None
        for name, value in properties.to_dict().items():
            assert done.workspace_properties.to_dict()[name] == value
        assert hours * 3600 + 30 <= stage.now() <= hours * 3600 + 70

    play(main)


def test_a_property_that_is_as_asked_is_proof_enough() -> None:
    """A running mode changes at once and shows nothing: told, the first look sees it; not told, time has to do."""

    async def main(stage: Stage) -> None:
        (one,) = stage.aws.add_workspaces()
        since = stage.since()
        await _modify(stage, one, MODE)
        await stage.client.wait_until_modified([one], since=since, properties=MODE)
        assert stage.now() == 0
        await stage.client.wait_until_modified([one], since=since)
        assert 7200 <= stage.now() <= 7240

    play(main)


def test_data_replication_can_be_waited_for() -> None:
    """What ModifyWorkspaceProperties takes besides properties can be told as well."""

    async def main(stage: Stage) -> None:
        (one,) = stage.aws.add_workspaces()
        asked = types.DataReplication.PRIMARY_AS_SOURCE
        since = stage.since()
        waiting = asyncio.create_task(stage.client.wait_until_modified([one], since=since, data_replication=asked))
        await asyncio.sleep(100)
        assert not waiting.done()
        await stage.client.modify_workspace_properties(workspace_id=one, data_replication=asked)
        (done,) = await waiting
        assert done.data_replication_settings == types.DataReplicationSettings(data_replication=asked)

    play(main)


@pytest.mark.parametrize("is_told", [True, False])
def test_a_modification_can_fail(is_told: bool) -> None:
    """UPDATE_FAILED after the modification was seen is a failure; an old one is not, for five minutes."""

    async def main(stage: Stage) -> None:
        (one,) = stage.aws.add_workspaces()
        record, resource = stage.store.workspaces[one], types.ModificationResourceEnum.USER_VOLUME

        def show(*states: types.ModificationStateEnum) -> None:
            shown = [types.ModificationState(resource=resource, state=state).to_dict() for state in states]
            record.workspace = types.Workspace.from_dict(record.workspace.to_dict() | {"ModificationStates": shown})

        show(types.ModificationStateEnum.UPDATE_FAILED)
        stage.at(60, lambda: show(types.ModificationStateEnum.UPDATE_IN_PROGRESS))
        stage.at(200, lambda: show(types.ModificationStateEnum.UPDATE_FAILED))
        wait = stage.client.wait_until_modified
        error = await failure(wait([one], since=stage.since(), properties=VOLUME if is_told else None))
        assert error.failed[0].reason == "was not modified: UPDATE_FAILED"
        assert 200 <= stage.now() <= 240
        before = stage.now()
        error = await failure(wait([one], since=stage.since(), properties=VOLUME if is_told else None))
        assert before + MAX_STATE_DELAY <= stage.now() <= before + MAX_STATE_DELAY + 40

    play(main)


def test_a_modification_that_is_not_as_asked_ends_at_the_deadline() -> None:
    """At rest with another value is no success, and the error says so."""

    async def main(stage: Stage) -> None:
        ids = stage.aws.add_workspaces()
        error = await failure(stage.client.wait_until_modified(ids, since=stage.since(), properties=VOLUME))
        assert isinstance(error, WaiterTimeoutError)
        assert error.waiting[0].reason == "is AVAILABLE without the expected values"
        assert stage.now() == 10_800

    play(main)


async def _migrate(stage: Stage, one: str) -> types.MigrateWorkspaceResult:
    target = stage.aws.add_bundle(f"bundle-for-{one}")
    return await stage.client.migrate_workspace(source_workspace_id=one, bundle_id=target)


def test_a_migration_is_waited_for_by_its_new_workspace() -> None:
    """The answer of migrate_workspace() names the new WorkSpace, and that is what comes back."""

    async def main(stage: Stage) -> None:
        (one,) = stage.aws.add_workspaces()
        since = stage.since()
        stage.store.bundles[stage.aws.add_bundle("own")]
        answer = await _migrate(stage, one)
        (new,) = await stage.client.wait_until_migrated([answer], since=since)
        assert (new.workspace_id, new.state) == (answer.target_workspace_id, WorkspaceState.AVAILABLE)
        assert 3600 <= stage.now() <= 3640
        await stage.client.wait_until_migrated([answer], since=stage.since())
        assert stage.now() <= 3640

    play(main)


def test_the_old_workspaces_id_does_not_end_a_wait_for_a_migration() -> None:
    """An id alone may be the old one's: AVAILABLE counts after PENDING; and the old one is gone in the end."""

    async def main(stage: Stage) -> None:
        (old,) = stage.aws.add_workspaces()
        since = stage.since()
        wrong = asyncio.create_task(failure(stage.client.wait_until_migrated([old], since=since)))
        await asyncio.sleep(30)
        answer = await _migrate(stage, old)
        right = asyncio.create_task(stage.client.wait_until_migrated([answer.target_workspace_id or ""], since=since))
        assert [one.workspace_id for one in await right] == [answer.target_workspace_id]
        assert (await wrong).failed[0].reason == "is gone"

    play(main)


def test_a_migration_can_fail_or_last() -> None:
    """ERROR of the new WorkSpace is a failure; PENDING lasts to the deadline."""

    async def main(stage: Stage) -> None:
        (one,) = stage.aws.add_workspaces(state=WorkspaceState.PENDING)
        answer = types.MigrateWorkspaceResult(target_workspace_id=one)
        assert isinstance(
            await failure(stage.client.wait_until_migrated([answer], since=stage.since())), WaiterTimeoutError
        )
        assert stage.now() == 5400
        stage.put(60, one, WorkspaceState.ERROR)
        error = await failure(stage.client.wait_until_migrated([answer], since=stage.since()))
        assert error.failed[0].state == WorkspaceState.ERROR

    play(main)
