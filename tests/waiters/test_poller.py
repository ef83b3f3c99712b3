"""The one poller of a client: what a round costs, who shares it, how it backs off, ends, and bears failures."""

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


def test_500_workspaces_cost_20_calls_a_round_however_many_wait() -> None:
    """Two waits for the same 500 WorkSpaces share each of their rounds, 25 ids a call."""

    async def main(stage: Stage) -> None:
        ids = stage.aws.add_workspaces(500, state=WorkspaceState.STARTING)
        for one in ids:
            stage.put(1000, one, WorkspaceState.AVAILABLE)
        again: list[Any] = []
        done = await asyncio.gather(
            stage.client.wait_until_available(ids, on_progress=stage.told.append),
            stage.client.with_options(priority="interactive").wait_until_available(ids[::-1], on_progress=again.append),
        )
        assert [one.workspace_id for one in done[0]] == ids
        assert [one.workspace_id for one in done[1]] == ids[::-1]
        assert stage.told == again
        assert len(stage.told) > 20
        assert stage.described() == 20 * len(stage.told)
        assert set(stage.calls()) == {"DescribeWorkspaces"}

    play(main)


def test_one_who_comes_later_shares_what_follows() -> None:
    """A wait that joins gets a look of its own at once, which is everybody's; from there on rounds are shared."""

    async def main(stage: Stage) -> None:
        ids = stage.aws.add_workspaces(100, state=WorkspaceState.STARTING)
        later: list[Any] = []
        first = asyncio.create_task(stage.client.wait_until_available(ids, on_progress=stage.told.append))
        await asyncio.sleep(333)
        second = asyncio.create_task(stage.client.wait_until_available(ids, on_progress=later.append))
        await asyncio.sleep(0)
        for one in ids:
            stage.put(400, one, WorkspaceState.AVAILABLE)
        await asyncio.gather(first, second)
        assert later[0].seconds == 0
        assert stage.described() == 4 * len(stage.told)

    play(main)


def test_waits_that_overlap_are_looked_after_together() -> None:
    """The ids of two waits fill the calls of a round in common."""

    async def main(stage: Stage) -> None:
        ids = stage.aws.add_workspaces(60, state=WorkspaceState.STARTING)
        waits = [
            stage.client.wait_until_available(ids[:40], timeout=300, on_progress=stage.told.append),
            stage.client.wait_until_available(ids[20:], timeout=300),
        ]
        await asyncio.gather(*(failure(wait) for wait in waits))
        assert stage.described() == 3 * len(stage.told)

    play(main)


def test_rounds_of_waits_that_came_at_different_times_become_one() -> None:
    """Whose time is near is looked after together with whose time has come."""

    async def main(stage: Stage) -> None:
        ids = stage.aws.add_workspaces(20, state=WorkspaceState.STARTING)
        first = asyncio.create_task(
            failure(stage.client.wait_until_available(ids[:10], timeout=1000, on_progress=stage.told.append))
        )
        await asyncio.sleep(17)
        await failure(stage.client.wait_until_available(ids[10:], timeout=1000))
        await first
        assert stage.described() <= len(stage.told) + 8

    play(main)


def test_an_answer_that_was_asked_for_before_a_wait_began_is_not_its_own() -> None:
    """A look under way when a wait joins may be older than what it waits for; it gets the next one, at once."""

    async def main(stage: Stage) -> None:
        (one,) = stage.aws.add_workspaces(state=WorkspaceState.STOPPED)

        async def around(_: httpx.Request, execute: Callable[[], httpx.Response]) -> httpx.Response:
            answer = execute()
            await asyncio.sleep(10)
            return answer

        stage.transport.around = around
        earlier = asyncio.create_task(failure(stage.client.wait_until_available([one], timeout=40)))
        await asyncio.sleep(5)
        stage.aws.set_workspace_state(one, WorkspaceState.STARTING)
        error = await failure(stage.client.wait_until_stopped([one], timeout=16, on_progress=stage.told.append))
        assert [told.seconds for told in stage.told] == [15]
        assert error.waiting[0].state == WorkspaceState.STARTING
        await earlier

    play(main)


def test_a_patient_wait_is_not_put_off_by_one_that_looks_at_a_part_of_it_more_often() -> None:
    """Looks at one of its two WorkSpaces are no round of its own: the other one's turn comes when it is due."""

    async def main(stage: Stage) -> None:
        shared, alone = stage.aws.add_workspaces(2, state=WorkspaceState.STARTING)
        often = asyncio.create_task(failure(stage.client.wait_until_available([shared], timeout=600)))
        stage.put(10, alone, WorkspaceState.AVAILABLE)
        patient = Polling(first=200, longest=200)
        error = await failure(
            stage.client.wait_until_available(
                [alone, shared], polling=patient, timeout=500, on_progress=stage.told.append
            )
        )
        assert [one.to_dict()["WorkspaceId"] for one in error.reached] == [alone]
        first, second = stage.told[:2]
        assert (first.seconds, second.done) == (0, 1)
        assert 75 <= second.seconds <= 250  # half of its pause at the soonest, with the other
        await often

    play(main)


def test_what_is_reached_is_looked_at_no_more() -> None:
    """Rounds shrink with what is left."""

    async def main(stage: Stage) -> None:
        slow = stage.aws.add_workspaces(1, state=WorkspaceState.STARTING)
        ids = stage.aws.add_workspaces(499) + slow
        stage.put(100, slow[0], WorkspaceState.AVAILABLE)
        await stage.client.wait_until_available(ids, on_progress=stage.told.append)
        assert stage.described() == 20 + len(stage.told) - 1

    play(main)


def test_pauses_grow_to_the_longest_and_vary_by_a_quarter() -> None:
    """The pauses of 25 WorkSpaces: from 5 seconds to 30, each half as long again as the one before, with jitter."""

    async def main(stage: Stage) -> None:
        stuck = stage.aws.add_workspaces(25, state=WorkspaceState.STARTING)
        await failure(stage.client.wait_until_available(stuck, on_progress=stage.told.append))
        times = [told.seconds for told in stage.told]
        pauses = [after - before for before, after in itertools.pairwise(times)]
        for number, pause in enumerate(pauses[:-1]):
            expected = min(5 * 1.5**number, 30)
            assert 0.75 * expected <= pause <= 1.25 * expected
        assert len({round(pause, 6) for pause in pauses}) > len(pauses) // 2
        assert 5400 / 37.5 < len(times) < 5400 / 22.5

    play(main)


def test_large_rounds_leave_most_of_the_rate_to_others() -> None:
    """500 WorkSpaces are looked at every half a minute from the first round on, 5,000 every six and a half."""
    assert Polling().pause(1, 20, 0.5) == 30
    assert Polling().pause(1, 200, 0.5) == 390
    assert Polling().pause(1, 5, 0.5) == 5
    assert Polling(first=0.05, longest=0.05).pause(9, 1, 0.5) == 0.05
    assert Polling().pause(10**9, 1, 1.0) == 37.5


def test_calls_go_after_those_that_people_wait_for() -> None:
    """With a pace of 2 calls a second, a person's call overtakes a round of 40."""

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


def test_a_round_makes_five_calls_at_once() -> None:
    """No more than the documented burst is under way at the same time."""

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
def test_a_cancelled_wait_leaves_nothing_behind(seconds: float) -> None:
    """The poller ends with its last waiter, wherever it is; another one may go on."""

    async def main(stage: Stage) -> None:
        stage.transport.latency = 1.0
        ids = stage.aws.add_workspaces(2, state=WorkspaceState.STARTING)
        first, second = (asyncio.create_task(stage.client.wait_until_available([one])) for one in ids)
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


def test_many_waits_that_come_and_go_are_each_looked_after() -> None:
    """A wait that joins while the poller is ending gets one of its own."""

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
        for one in ids:
            stage.aws.set_workspace_state(one, WorkspaceState.AVAILABLE)
        assert len(await stage.client.wait_until_available(ids, timeout=10)) == 8

    play(main)


def test_an_error_of_the_callback_is_the_callers_alone() -> None:
    """What on_progress raises comes out of its own wait, and the other goes on."""

    async def main(stage: Stage) -> None:
        (one,) = stage.aws.add_workspaces(state=WorkspaceState.STARTING)
        stage.put(100, one, WorkspaceState.AVAILABLE)

        def broken(_: wsclient.waiters.WaitProgress) -> None:
            raise TimeoutError("not the wait's")

        other = asyncio.create_task(stage.client.wait_until_available([one]))
        with pytest.raises(TimeoutError, match="not the wait's"):
            await stage.client.wait_until_available([one], on_progress=broken)
        assert len(await other) == 1

    play(main)


def test_one_client_waits_in_one_event_loop_after_the_other() -> None:
    """A loop that ended in the middle of a wait leaves nothing that the next one would trip over."""
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


def test_a_loop_that_never_ended_its_wait_does_not_bind_the_next() -> None:
    """A loop that was closed under a wait is forgotten: the next one starts afresh."""
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


def test_a_copy_for_another_place_has_a_poller_of_its_own() -> None:
    """Cheap copies share the poller; a client of another region cannot."""

    async def main(stage: Stage) -> None:
        client = stage.client
        assert client.with_options(timeout=wsclient.Timeout(total=9))._poller is client._poller
        assert client.with_options(region="us-east-1")._poller is not client._poller

    play(main)


def test_a_client_that_waited_is_still_collected() -> None:
    """The poller holds its client only while somebody waits."""

    async def main(stage: Stage) -> None:
        client = driven_client(stage.aws, stage.transport, stage.clock)
        await client.wait_until_available(stage.aws.add_workspaces())
        held = gc.get_referrers(client)
        assert [one for one in held if isinstance(one, Subscription)] == []

    play(main)


def test_a_client_that_only_reads_can_wait() -> None:
    """Waiting changes nothing, and read_only permits it."""

    async def main(stage: Stage) -> None:
        client = stage.client.with_options(read_only=True)
        assert len(await client.wait_until_available(stage.aws.add_workspaces())) == 1

    play(main)


def test_what_is_remembered_is_bounded() -> None:
    """The ids not seen for longest are forgotten."""
    known = SeenIds()
    known.add("WorkSpace", [f"ws-{number}" for number in range(MAX_SEEN_IDS)])
    known.add("WorkSpace", ["ws-0"])
    known.add("pool", ["ws-new"])
    assert ("WorkSpace", "ws-0") in known
    assert ("pool", "ws-new") in known
    assert ("WorkSpace", "ws-1") not in known
    assert ("WorkSpace", "ws-2") in known


def test_a_last_look_comes_before_a_deadline_that_would_be_missed() -> None:
    """The next look is not put off beyond the deadline; one who has had the last one gets no other."""
    client: Any = None
    watch = Subscription(client, {}, Polling(), deadline=100.0)
    for now, due in [(0.0, 5.0), (50.0, 57.5), (90.0, 95.0), (95.0, 95.0 + 5 * 1.5**3)]:
        watch.finish_round(now, 1, 0.5)
        assert watch.due == due
