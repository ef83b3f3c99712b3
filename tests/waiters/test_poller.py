"""The single poller of a client: calls per round, sharing between waits, backoff, shutdown and errors."""

import asyncio
import gc
import itertools
from collections.abc import Callable
from typing import Any

import httpx
import pytest

import wsclient
from tests.support.driven_clients import InProcess, driven_client
from tests.support.virtual_time import NOON, VirtualClock, run_in_virtual_time
from tests.support.waiter_stage import Stage, failure, play
from wsclient.pacing import Pace
from wsclient.testing import Emulator
from wsclient.types import WorkspaceState
from wsclient.waiters._poller import MAX_SEEN_IDS, Poller, Polling, SeenIds, Subscription


def test_500_workspaces_cost_20_calls_a_round_for_any_number_of_waits() -> None:
    """Two waits for the same 500 WorkSpaces share each round, with 25 ids a call."""

    async def main(stage: Stage) -> None:
        ids = stage.aws.add_workspaces(500, state=WorkspaceState.STARTING)
        for workspace_id in ids:
            stage.put(1000, workspace_id, WorkspaceState.AVAILABLE)
        again: list[Any] = []
        done = await asyncio.gather(
            stage.client.wait_until_available(ids, on_progress=stage.events.append),
            stage.client.with_options(priority="interactive").wait_until_available(ids[::-1], on_progress=again.append),
        )
        assert [workspace.workspace_id for workspace in done[0]] == ids
        assert [workspace.workspace_id for workspace in done[1]] == ids[::-1]
        assert stage.events == again
        assert len(stage.events) > 20
        assert stage.described() == 20 * len(stage.events)
        assert set(stage.calls()) == {"DescribeWorkspaces"}

    play(main)


def test_a_later_wait_shares_the_next_rounds() -> None:
    """A wait that joins is polled immediately, all waits get that result, and later rounds are shared."""

    async def main(stage: Stage) -> None:
        ids = stage.aws.add_workspaces(100, state=WorkspaceState.STARTING)
        later: list[Any] = []
        first = asyncio.create_task(stage.client.wait_until_available(ids, on_progress=stage.events.append))
        await asyncio.sleep(333)
        second = asyncio.create_task(stage.client.wait_until_available(ids, on_progress=later.append))
        await asyncio.sleep(0)
        for workspace_id in ids:
            stage.put(400, workspace_id, WorkspaceState.AVAILABLE)
        await asyncio.gather(first, second)
        assert later[0].seconds == 0
        assert stage.described() == 4 * len(stage.events)

    play(main)


def test_overlapping_waits_share_calls() -> None:
    """The ids of two waits fill the calls of a round together."""

    async def main(stage: Stage) -> None:
        ids = stage.aws.add_workspaces(60, state=WorkspaceState.STARTING)
        waits = [
            stage.client.wait_until_available(ids[:40], timeout=300, on_progress=stage.events.append),
            stage.client.wait_until_available(ids[20:], timeout=300),
        ]
        await asyncio.gather(*(failure(wait) for wait in waits))
        assert stage.described() == 3 * len(stage.events)

    play(main)


def test_rounds_that_are_due_at_similar_times_become_one() -> None:
    """A wait whose round is due soon is polled together with one whose round is due now."""

    async def main(stage: Stage) -> None:
        ids = stage.aws.add_workspaces(20, state=WorkspaceState.STARTING)
        first = asyncio.create_task(
            failure(stage.client.wait_until_available(ids[:10], timeout=1000, on_progress=stage.events.append))
        )
        await asyncio.sleep(17)
        await failure(stage.client.wait_until_available(ids[10:], timeout=1000))
        await first
        assert stage.described() <= len(stage.events) + 8

    play(main)


def test_a_response_requested_before_a_wait_began_does_not_count_for_it() -> None:
    """A poll in flight when a wait joins may be older than the change; the wait gets the next poll, immediately."""

    async def main(stage: Stage) -> None:
        (workspace_id,) = stage.aws.add_workspaces(state=WorkspaceState.STOPPED)

        async def around(_: httpx.Request, execute: Callable[[], httpx.Response]) -> httpx.Response:
            answer = execute()
            await asyncio.sleep(10)
            return answer

        stage.transport.around = around
        earlier = asyncio.create_task(failure(stage.client.wait_until_available([workspace_id], timeout=40)))
        await asyncio.sleep(5)
        stage.aws.set_workspace_state(workspace_id, WorkspaceState.STARTING)
        error = await failure(
            stage.client.wait_until_stopped([workspace_id], timeout=16, on_progress=stage.events.append)
        )
        assert [progress.seconds for progress in stage.events] == [15]
        assert error.waiting[0].state == WorkspaceState.STARTING
        await earlier

    play(main)


def test_a_frequent_wait_for_a_part_does_not_delay_the_whole() -> None:
    """Polls of one of its two WorkSpaces do not count as its round: the other WorkSpace is polled when it is due."""

    async def main(stage: Stage) -> None:
        shared, alone = stage.aws.add_workspaces(2, state=WorkspaceState.STARTING)
        often = asyncio.create_task(failure(stage.client.wait_until_available([shared], timeout=600)))
        stage.put(10, alone, WorkspaceState.AVAILABLE)
        patient = Polling(first=200, longest=200)
        error = await failure(
            stage.client.wait_until_available(
                [alone, shared], polling=patient, timeout=500, on_progress=stage.events.append
            )
        )
        assert [workspace.to_dict()["WorkspaceId"] for workspace in error.reached] == [alone]
        first, second = stage.events[:2]
        assert (first.seconds, second.done) == (0, 1)
        assert 75 <= second.seconds <= 250  # half of its pause at the soonest, with the other
        await often

    play(main)


def test_ready_workspaces_are_not_polled_again() -> None:
    """Rounds contain only the WorkSpaces that are still waiting."""

    async def main(stage: Stage) -> None:
        slow = stage.aws.add_workspaces(1, state=WorkspaceState.STARTING)
        ids = stage.aws.add_workspaces(499) + slow
        stage.put(100, slow[0], WorkspaceState.AVAILABLE)
        await stage.client.wait_until_available(ids, on_progress=stage.events.append)
        assert stage.described() == 20 + len(stage.events) - 1

    play(main)


def test_polling_intervals_grow_to_30_seconds_with_jitter() -> None:
    """For 25 WorkSpaces intervals grow from 5 to 30 seconds by half each time, with a jitter of a quarter."""

    async def main(stage: Stage) -> None:
        stuck = stage.aws.add_workspaces(25, state=WorkspaceState.STARTING)
        await failure(stage.client.wait_until_available(stuck, on_progress=stage.events.append))
        times = [progress.seconds for progress in stage.events]
        pauses = [after - before for before, after in itertools.pairwise(times)]
        for number, pause in enumerate(pauses[:-1]):
            expected = min(5 * 1.5**number, 30)
            assert 0.75 * expected <= pause <= 1.25 * expected
        assert len({round(pause, 6) for pause in pauses}) > len(pauses) // 2
        assert 5400 / 37.5 < len(times) < 5400 / 22.5

    play(main)


def test_large_rounds_leave_most_of_the_rate_limit_to_other_calls() -> None:
    """500 WorkSpaces are polled every 30 seconds from the first round on, 5,000 every six and a half minutes."""
    assert Polling().pause(1, 20, 0.5) == 30
    assert Polling().pause(1, 200, 0.5) == 390
    assert Polling().pause(1, 5, 0.5) == 5
    assert Polling(first=0.05, longest=0.05).pause(9, 1, 0.5) == 0.05
    assert Polling().pause(10**9, 1, 1.0) == 37.5


def test_interactive_calls_go_before_polls() -> None:
    """At 2 calls a second, an interactive call overtakes a round of 40 polls."""

    async def main(stage: Stage) -> None:
        ids = stage.aws.add_workspaces(1000, state=WorkspaceState.STARTING)
        waiting = asyncio.create_task(failure(stage.client.wait_until_available(ids, timeout=120)))
        await asyncio.sleep(0.1)
        for _ in range(5):
            await stage.client.describe_ip_groups()
        assert stage.now() < 4
        assert stage.described() < 10
        await waiting

    play(main, pace=Pace(2, 5))


def test_a_round_makes_at_most_five_concurrent_calls() -> None:
    """A round has no more calls in flight than AWS's documented burst."""

    async def main(stage: Stage) -> None:
        under_way = most = 0

        async def around(_: httpx.Request, execute: Callable[[], httpx.Response]) -> httpx.Response:
            nonlocal under_way, most
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(1)
            under_way -= 1
            return execute()

        stage.transport.around = around
        await stage.client.wait_until_available(stage.aws.add_workspaces(500))
        assert (most, stage.now()) == (5, 4)

    play(main)


@pytest.mark.parametrize("seconds", [0.0, 0.5, 3.0, 100.0])
def test_the_poller_ends_with_its_last_wait(seconds: float) -> None:
    """Cancelling the last wait ends the poller at any point; other waits continue."""

    async def main(stage: Stage) -> None:
        stage.transport.latency = 1.0
        ids = stage.aws.add_workspaces(2, state=WorkspaceState.STARTING)
        first, second = (asyncio.create_task(stage.client.wait_until_available([workspace_id])) for workspace_id in ids)
        await asyncio.sleep(seconds)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        assert first.cancelled()
        stage.put(50, ids[1], WorkspaceState.AVAILABLE)
        assert len(await second) == 1
        assert asyncio.all_tasks() == {asyncio.current_task()}
        third = asyncio.create_task(stage.client.wait_until_available(ids[:1]))
        await asyncio.sleep(seconds)
        third.cancel()
        await asyncio.gather(third, return_exceptions=True)
        assert asyncio.all_tasks() == {asyncio.current_task()}
        assert stage.client._poller._loop is None

    play(main)


def test_a_wait_that_joins_an_ending_poller_gets_a_new_one() -> None:
    """A wait that joins while the poller ends is polled by a new poller."""

    async def main(stage: Stage) -> None:
        stage.transport.latency = 0.3
        ids = stage.aws.add_workspaces(8, state=WorkspaceState.STARTING)

        async def come_and_go(number: int) -> None:
            for pause in range(20):
                try:
                    async with asyncio.timeout(0.1 * number + 0.05):
                        await stage.client.wait_until_available([ids[number % 8]])
                except TimeoutError:
                    await asyncio.sleep(0.07 * (pause % 5))

        await asyncio.gather(*(come_and_go(number) for number in range(10)))
        for workspace_id in ids:
            stage.aws.set_workspace_state(workspace_id, WorkspaceState.AVAILABLE)
        assert len(await stage.client.wait_until_available(ids, timeout=10)) == 8

    play(main)


def test_an_exception_of_on_progress_ends_its_own_wait_only() -> None:
    """An exception of on_progress is raised by its own wait, and other waits continue."""

    async def main(stage: Stage) -> None:
        (workspace_id,) = stage.aws.add_workspaces(state=WorkspaceState.STARTING)
        stage.put(100, workspace_id, WorkspaceState.AVAILABLE)

        def broken(_: wsclient.waiters.WaitProgress) -> None:
            raise TimeoutError("not the wait's")

        other = asyncio.create_task(stage.client.wait_until_available([workspace_id]))
        with pytest.raises(TimeoutError, match="not the wait's"):
            await stage.client.wait_until_available([workspace_id], on_progress=broken)
        assert len(await other) == 1

    play(main)


def test_a_client_waits_in_successive_event_loops() -> None:
    """An event loop that ended during a wait does not affect a wait in the next one."""
    clocks: list[VirtualClock] = []
    aws = Emulator(clock=_Latest(clocks))
    client: list[wsclient.WorkSpacesClient] = []
    (slow,) = aws.add_workspaces(state=WorkspaceState.STARTING)

    async def main(number: int) -> None:
        clocks.append(VirtualClock())
        if not client:
            client.append(driven_client(aws, InProcess(aws), _Latest(clocks)))
        if number == 1:
            # Left behind: the runner cancels it when it ends.
            task = asyncio.create_task(client[0].wait_until_available([slow]))
            await asyncio.sleep(7)
            assert not task.done()
            return
        asyncio.get_running_loop().call_later(60, aws.set_workspace_state, slow, WorkspaceState.AVAILABLE)
        assert len(await client[0].wait_until_available([slow])) == 1
        aws.set_workspace_state(slow, WorkspaceState.STARTING)

    for number in range(4):
        run_in_virtual_time(main(number))


class _Latest:
    """The clock of the loop that runs now."""

    def __init__(self, clocks: list[VirtualClock]) -> None:
        self._clocks = clocks

    def now(self) -> Any:
        return self._clocks[-1].now() if self._clocks else NOON

    def monotonic(self) -> float:
        return self._clocks[-1].monotonic() if self._clocks else 0.0


def test_a_loop_closed_during_a_wait_does_not_affect_the_next() -> None:
    """The poller of a closed event loop is dropped, and the next loop gets a new one."""
    poller = Poller()

    async def main() -> None:
        clock = VirtualClock()
        aws = Emulator(clock=clock)
        client = driven_client(aws, InProcess(aws), clock)
        client._pollers = [poller]
        assert len(await client.wait_until_available(aws.add_workspaces())) == 1

    class Other:
        loop = None
        subscriptions = (1,)

    poller._loop = Other()  # type: ignore[assignment]
    run_in_virtual_time(main())
    assert poller._loop is None


def test_a_copy_for_another_region_has_its_own_poller() -> None:
    """Copies by with_options() share the poller, unless they call another region."""

    async def main(stage: Stage) -> None:
        client = stage.client
        assert client.with_options(timeout=wsclient.Timeout(total=9))._poller is client._poller
        assert client.with_options(region="us-east-1")._poller is not client._poller

    play(main)


def test_a_client_that_waited_is_garbage_collected() -> None:
    """The poller refers to its client only during a wait."""

    async def main(stage: Stage) -> None:
        client = driven_client(stage.aws, stage.transport, stage.clock)
        await client.wait_until_available(stage.aws.add_workspaces())
        held = gc.get_referrers(client)
        assert [item for item in held if isinstance(item, Subscription)] == []

    play(main)


def test_a_read_only_client_can_wait() -> None:
    """Waiters make read calls only, so read_only=True permits them."""

    async def main(stage: Stage) -> None:
        client = stage.client.with_options(read_only=True)
        assert len(await client.wait_until_available(stage.aws.add_workspaces())) == 1

    play(main)


def test_the_memory_of_seen_ids_is_bounded() -> None:
    """The ids that were least recently seen are dropped."""
    known = SeenIds()
    known.add("WorkSpace", [f"ws-{number}" for number in range(MAX_SEEN_IDS)])
    known.add("WorkSpace", ["ws-0"])
    known.add("pool", ["ws-new"])
    assert ("WorkSpace", "ws-0") in known
    assert ("pool", "ws-new") in known
    assert ("WorkSpace", "ws-1") not in known
    assert ("WorkSpace", "ws-2") in known


def test_a_last_poll_is_made_just_before_the_timeout() -> None:
    """A poll that would be due after the timeout is made just before it, once."""
    client: Any = None
    watch = Subscription(client, {}, Polling(), deadline=100.0)
    for now, due in [(0.0, 5.0), (50.0, 57.5), (90.0, 95.0), (95.0, 95.0 + 5 * 1.5**3)]:
        watch.finish_round(now, 1, 0.5)
        assert watch.due == due
