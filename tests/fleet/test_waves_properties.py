"""Waves by laws: who is in which, that none starts before the last one is healthy, and that no death changes that."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from tests.fleet.test_killed_runs_properties import PATH, KilledFleet
from tests.support.plan_handlers import operation_of
from wsclient.fleet import PlanItem, Site
from wsclient.fleet._actions.specs import ACTION_SPECS
from wsclient.fleet._journal.records import parse_records
from wsclient.fleet._run.waves import split_waves, wave_order

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from tests.support.driven_clients import Around
    from tests.support.plan_stage import PlanStage

WAVES = ([2, 0.3, 1.0], [1, 1, 1.0], [0.5, 1.0], [1.0], [3, 100])
AT_REST = {"stop": "STOPPED", "start": "AVAILABLE", "modify": "AVAILABLE", "tag": "AVAILABLE", "create": "AVAILABLE"}
Sizes = st.lists(st.integers(1, 40) | st.sampled_from([0.01, 0.1, 0.25, 1 / 3, 0.5, 1.0]), min_size=1, max_size=5)


def _items(groups: list[tuple[int, int]]) -> list[PlanItem]:
    """Return items of sites and directories, as a plan lists them: one site after another."""
    found = sorted((f"site{site}", f"d-{directory}", n) for n, (site, directory) in enumerate(groups))
    return [
        PlanItem(site=Site(account=account, region="r"), workspace_id=f"ws-{n:08}", directory_id=directory)
        for account, directory, n in found
    ]


@given(groups=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), max_size=120), sizes=Sizes)
def test_each_item_is_in_one_wave_spread_over_sites(groups: list[tuple[int, int]], sizes: list[Any]) -> None:
    """Waves hold what they say until nothing is left; any start has of each site and directory its share."""
    items = _items(groups)
    order = wave_order(items)
    waves = split_waves(items, sizes)
    assert sorted(order) == list(range(len(items)))
    assert [number for wave in waves for number in wave] == order[: sum(map(len, waves))]
    left = len(items)
    for size, wave in zip(sizes, waves, strict=True):
        wanted = size if isinstance(size, int) else ceil(round(size * len(items), 9))
        assert len(wave) == min(wanted, left)
        left -= len(wave)
    whole = Counter((items[number].site, items[number].directory_id) for number in order)
    for count in range(len(order)):
        start = Counter((items[number].site, items[number].directory_id) for number in order[:count])
        assert all(abs(start[group] - count * whole[group] / len(order)) <= 1 + len(whole) / 2 for group in whole)


def test_wave_share_is_an_exact_decimal() -> None:
    """A tenth of thirty is three, although the binary number for 0.1 is a little more than a tenth."""
    items = _items([(0, 0)] * 30)
    assert [len(wave) for wave in split_waves(items, [0.1, 0.7, 1e-05, 1.0])] == [3, 21, 1, 5]


class KilledWaves(KilledFleet):
    """A plan in waves whose program dies: a wave is sent only once each WorkSpace of those before it is at rest."""

    lasts = timedelta(seconds=20)
    waves: list[Any] = [1.0]  # noqa: RUF012 - replaced, never changed
    pause = timedelta()

    def __init__(self) -> None:
        super().__init__()
        self.broken: list[str] = []
        """What was sent too early; an error that a transport raises would be taken for a lost connection."""

    @initialize(waves=st.sampled_from(WAVES), pause=st.sampled_from([0, 30]))
    def choose(self, waves: list[Any], pause: int) -> None:
        """Choose waves."""
        self.waves, self.pause = waves, timedelta(seconds=pause)

    @rule(waves=st.sampled_from(WAVES))
    def choose_others(self, waves: list[Any]) -> None:
        """Go on in other waves: what was sent is sent, and the rest follows the new ones."""
        if self.report is None:
            self.waves = waves

    def _options(self) -> dict[str, Any]:
        return {"waves": self.waves, "pause": self.pause, "max_failures": 1.0}

    def _around(self, stage: PlanStage, site: Site, dying_handler: Around) -> Around:
        operation = ACTION_SPECS[self.action].operation.name

        async def around(request: httpx.Request, execute: Callable[[], httpx.Response]) -> httpx.Response:
            def checked() -> httpx.Response:
                if operation_of(request) == operation and self.action in AT_REST:
                    self._check_waves(stage, site, request)
                return execute()

            return await dying_handler(request, checked)

        return around

    def _check_waves(self, stage: PlanStage, site: Site, request: httpx.Request) -> None:
        """Hold that what earlier waves changed is at rest, and that nothing of them is still to be sent."""
        plan = self._planned()
        sent = {(site, key) for key in self._keys(self._members(request))}
        waves = split_waves(plan, self.waves)
        mine = [n for n, wave in enumerate(waves) for number in wave if (plan[number].site, plan[number].key) in sent]
        done = self._successes()
        for number in (number for wave in waves[: min(mine)] for number in wave):
            item = plan[number]
            if not done[item.key] or self._state(stage, item) != AT_REST[self.action]:
                self.broken.append(f"{sorted(key for _, key in sent)} before {item.key}")

    @invariant()
    def no_wave_starts_early(self) -> None:
        """Hold what was seen on the way of each request."""
        assert not self.broken

    def finish(self) -> None:
        """Let it run to its end, and hold the last run too."""
        super().finish()
        assert not self.broken

    def _members(self, request: httpx.Request) -> Any:
        import json  # noqa: PLC0415

        return json.loads(request.content)

    def _planned(self) -> list[PlanItem]:
        records, _ = parse_records(self.disk.files[PATH])
        head: Any = records[0]
        planned: list[Any] = records[1 : 1 + head.items]
        sites = [Site(account=account, region=region) for account, region in head.sites]
        return [
            PlanItem(site=sites[item.site], workspace_id=item.key, directory_id=item.directory, key=item.key)
            for item in planned
        ]

    def _state(self, stage: PlanStage, item: PlanItem) -> str:
        found = stage.store(item.site).workspaces
        for record in found.values():
            record.apply_due_changes(self.clock.now())
        if self.action != "create":
            return str(found[item.key].workspace.state)
        directory, user = item.key.split("/")
        return next(
            str(record.workspace.state)
            for record in found.values()
            if (record.workspace.directory_id, record.workspace.user_name) == (directory, user)
        )


TestKilledWaves = KilledWaves.TestCase
TestKilledWaves.settings = settings(max_examples=15, stateful_step_count=6)


@pytest.mark.parametrize("action", ["stop", "modify"])
def test_waves_killed_at_any_moment_resume_without_duplicates(action: str) -> None:
    """Killed at each moment of its waves, their checks and their pauses, it goes on in the right one; nothing twice."""
    moment, is_over = 0, False
    while not is_over:
        moment += 1
        machine = KilledWaves()
        machine.choose(waves=[1, 0.5, 1.0], pause=7)
        machine.begin(action=action, here=3, there=1, lag=0, reboot=2)
        machine.run_and_be_killed(moments=moment, torn=moment * 17, faults=[], pause=5)
        is_over = machine.report is not None
        machine.teardown()
    assert moment > 15
