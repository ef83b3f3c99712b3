"""Waits over random histories: each wait decides at the same poll as a rule over the whole history."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.scale import at_scale
from tests.support.waiter_stage import Stage, play
from wsclient import types
from wsclient._core.waited_items import WaitedItem
from wsclient.errors import WaiterError
from wsclient.types import WorkspaceState as W
from wsclient.waiters import Polling
from wsclient.waiters import _definitions as targets
from wsclient.waiters._acceptors import AnyWaiterDefinition, Observation
from wsclient.waiters._resources import WORKSPACE
from wsclient.waiters._state import WaitState

ENDING = {W.TERMINATING, W.TERMINATED}
ILL = {W.ERROR, W.UNHEALTHY, W.IMPAIRED}
REST = {W.AVAILABLE, W.STOPPED}
SINCE = targets.Since(at=-30.0)
SETTLED, BELIEVED = 20 * 60 - 30, 5 * 60 - 30

States = st.sampled_from(
    [None, W.PENDING, W.AVAILABLE, W.STOPPED, W.STOPPING, W.REBOOTING, W.SUSPENDED, W.ERROR, W("NEW")]
)
Anything = st.one_of(st.none(), st.sampled_from(list(W)), States)
"""A state, one that the model does not know, or that nothing was described."""


@dataclass(frozen=True)
class Seen:
    """A look: when, and the state."""

    at: float
    state: W | None


@st.composite
def histories(draw: st.DrawFn) -> list[Seen]:
    """Draw polls of one WorkSpace at random times, the first at time 0."""
    states = draw(st.lists(Anything, min_size=1, max_size=14))
    pauses = draw(st.lists(st.sampled_from([1.0, 5.0, 20.0, 61.0, 150.0, 400.0]), min_size=14, max_size=14))
    times = [sum(pauses[:number]) for number in range(len(states))]
    return [Seen(at, state) for at, state in zip(times, states, strict=True)]


def is_gone(observations: Sequence[Seen], *, patience: float, leaving: frozenset[W] = frozenset()) -> bool:
    """Return whether these polls, the last of which described nothing, mean that the WorkSpace no longer exists."""
    described = [observation.state for observation in observations if observation.state is not None]
    if described:
        return observations[-2].state is None or described[-1] in leaving
    return len(observations) >= 3 and observations[-1].at - observations[0].at >= patience


def available(observations: Sequence[Seen]) -> bool | None:
    """Return the last poll's verdict, none having been reached before: True is success, False failure, None neither."""
    state = observations[-1].state
    if state is None:
        return False if is_gone(observations, patience=300) else None
    return True if state == W.AVAILABLE else False if state in ILL | ENDING else None


def stopped(observations: Sequence[Seen]) -> bool | None:
    """As above: ill counts when STOPPING was seen."""
    state = observations[-1].state
    if state is None:
        return False if is_gone(observations, patience=300) else None
    if state in ENDING:
        return False
    has_begun = any(observation.state == W.STOPPING for observation in observations)
    return True if state == W.STOPPED else False if state in ILL and has_begun else None


def terminated(observations: Sequence[Seen]) -> bool | None:
    """Return the same verdict for a termination: absence is success, and ERROR after TERMINATING is a failure."""
    state = observations[-1].state
    if state is None:
        return True if is_gone(observations, patience=60, leaving=frozenset({W.TERMINATING})) else None
    has_begun = any(observation.state == W.TERMINATING for observation in observations)
    if state == W.SUSPENDED or (state == W.ERROR and has_begun):
        return False
    return True if state == W.TERMINATED else None


def rebooted(observations: Sequence[Seen]) -> bool | None:
    """Return the same verdict for a reboot: states from before it count after REBOOTING or a minimum time."""
    at, state = observations[-1].at, observations[-1].state
    if state is None:
        return False if is_gone(observations, patience=300) else None
    if state in ENDING:
        return False
    has_begun = any(observation.state == W.REBOOTING for observation in observations)
    if state in REST and (has_begun or at >= SETTLED):
        return True
    return False if state in ILL and (has_begun or at >= BELIEVED) else None


CASES = {
    "available": (targets.AVAILABLE, available),
    "stopped": (targets.STOPPED, stopped),
    "terminated": (targets.TERMINATED, terminated),
    "rebooted": (targets.rebooted(SINCE), rebooted),
}


def _sight(key: str, observation: Seen) -> Observation:
    return Observation(
        at=observation.at,
        item=None if observation.state is None else types.Workspace(workspace_id=key, state=observation.state),
    )


@given(st.sampled_from(sorted(CASES)), st.lists(histories(), min_size=1, max_size=4))
@settings(max_examples=at_scale(100, 400))
def test_each_workspace_is_decided_at_the_first_decisive_poll(name: str, stories: list[list[Seen]]) -> None:
    """Each WorkSpace succeeds, fails or stays pending at the poll at which the rule over its history decides."""
    goal: AnyWaiterDefinition
    goal, rule = CASES[name]
    keys = [f"ws-{number:08}" for number in range(len(stories))]
    waiting = WaitState(goal, keys, {})
    for number in range(max(map(len, stories))):
        observations = {
            key: _sight(key, story[number]) for key, story in zip(keys, stories, strict=True) if number < len(story)
        }
        waiting.record(WORKSPACE, observations)
        assert sorted([*waiting.reached, *waiting.failed, *waiting.pending]) == keys
    for key, story in zip(keys, stories, strict=True):
        verdicts = [rule(story[: number + 1]) for number in range(len(story))]
        expected = next((verdict for verdict in verdicts if verdict is not None), None)
        assert (key in waiting.reached, key in waiting.failed) == (expected is True, expected is False), story
        _check_result(waiting, key, story, verdicts)


def _check_result(
    waiting: WaitState[types.Workspace], key: str, story: list[Seen], verdicts: list[bool | None]
) -> None:
    """Check the reported state, failure and message of a WorkSpace against the poll that decided."""
    last = next((number for number, verdict in enumerate(verdicts) if verdict is not None), len(story) - 1)
    described = [observation.state for observation in story[: last + 1] if observation.state is not None]
    if key in waiting.reached:
        result = waiting.reached[key]
        assert result.workspace_id == key
        assert result.state == (W.TERMINATED if waiting.definition.is_absence else described[-1])
    else:
        error = waiting.timed_out(1.0)
        item = next(item for item in (*error.failed, *error.waiting) if item.id == key)
        assert isinstance(item, WaitedItem)
        assert (item in error.failed) == (key in waiting.failed)
        assert item.state == (described[-1] if described else None)
        assert key in str(error) or len(waiting.order) > 3


Turns = st.lists(
    st.tuples(
        st.integers(1, 400),
        st.integers(0, 3),
        st.sampled_from([W.AVAILABLE, W.REBOOTING, W.STOPPED, W.UNHEALTHY, W.MAINTENANCE]),
    ),
    max_size=12,
)
Waits = st.lists(
    st.tuples(st.integers(0, 600), st.integers(1, 2000), st.sets(st.integers(0, 3), min_size=1), st.booleans()),
    min_size=1,
    max_size=5,
)


@given(Turns, Waits)
@settings(max_examples=60)
def test_state_before_the_change_does_not_end_a_wait(
    turns: list[tuple[int, int, W]], waits: list[tuple[int, int, set[int], bool]]
) -> None:
    """With overlapping waits, a reboot wait ends only after REBOOTING was observed or 20 minutes have passed."""

    async def main(stage: Stage) -> None:
        ids = stage.aws.add_workspaces(4)
        since = stage.since()
        times: dict[str, list[tuple[float, W]]] = {workspace_id: [(0.0, W.AVAILABLE)] for workspace_id in ids}
        for at, (_, which, state) in zip(accumulate(pause for pause, _, _ in turns), turns, strict=True):
            stage.put(at, ids[which], state)
            times[ids[which]].append((at, state))

        async def wait(after: int, seconds: int, chosen: set[int], *, is_cut_short: bool) -> None:
            await asyncio.sleep(after)
            wanted, start = [ids[number] for number in sorted(chosen)], stage.now()
            try:
                async with asyncio.timeout(seconds / 2 if is_cut_short else None):
                    done = await stage.client.wait_until_rebooted(wanted, since=since, timeout=seconds)
            except WaiterError as error:
                found = [*error.failed, *error.waiting]
                done = [types.Workspace.from_dict(item.to_dict()) for item in error.reached]
                _check(len(done) + len(found) == len(wanted))
            except TimeoutError:
                return
            for workspace in done:
                _check(workspace.state in REST)
                was_there = _was_there(times[workspace.workspace_id or ""], W.REBOOTING, start, stage.now())
                _check(was_there or stage.now() >= targets.REBOOT_DURATION)

        await asyncio.gather(*(wait(after, seconds, chosen, is_cut_short=cut) for after, seconds, chosen, cut in waits))

    play(main)


def _check(holds: bool) -> None:
    assert holds


def _was_there(times: list[tuple[float, W]], state: W, begin: float, end: float) -> bool:
    """Return whether the WorkSpace was in the state at some time from begin to end."""
    ends = [at for at, _ in times[1:]] + [float("inf")]
    return any(is_it == state and at <= end and over >= begin for (at, is_it), over in zip(times, ends, strict=True))


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=30), st.floats(0.01, 100), st.floats(1, 50))
def test_polling_intervals_stay_within_bounds(calls: list[int], first: float, factor: float) -> None:
    """Whatever rounds cost, a pause is at least three quarters of the first and never shrinks with the same chance."""
    polling, last = Polling(first=first, longest=first * factor), 0.0
    for number, cost in enumerate(calls, start=1):
        pause = polling.pause(number, 1, 0.5)
        assert pause >= last
        assert 0.75 * first <= polling.pause(number, cost, 0.0) <= polling.pause(number, 10**7, 1.0)
        last = pause
    assert last <= first * factor * 1.0001
