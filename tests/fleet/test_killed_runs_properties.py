"""Plans killed at any time and resumed: nothing is done twice or lost, with any faults."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from tests.support.loop_machine import LoopMachine
from tests.support.plan_kills import InMemoryDisk, ProcessRun, dying_handler
from tests.support.plan_stage import EVERYTHING, HERE, THERE, PlanStage, ids_of, staged
from tests.support.virtual_time import VirtualClock
from wsclient import types
from wsclient.errors import JournalError, SiteError, ThrottlingException
from wsclient.fleet._actions.specs import ACTION_SPECS
from wsclient.testing import Emulator
from wsclient.testing._state.store import Durations

if TYPE_CHECKING:
    from tests.support.driven_clients import Around
    from wsclient.fleet import Site
    from wsclient.fleet._plan import Plan
    from wsclient.fleet._report import Report

PATH = "plan.jsonl"
SITES = (HERE, THERE)
ACTIONS = ("stop", "start", "reboot", "reboot", "terminate", "modify", "tag", "create")
BEFORE = {"start": "STOPPED"}
REPEATABLE = frozenset({"terminate", "modify", "tag"})
"""The client itself sends these again after a lost answer, and the service takes them."""
FAULTS = st.lists(st.sampled_from(["", "", "", "lost before", "lost after", "500"]), max_size=20)
Moments = st.integers(1, 60)


class KilledFleet(LoopMachine):
    """A plan over two sites; its process is killed and restarted until it completes."""

    ahead = timedelta()
    """By how much the machine's clock is wrong."""
    lasts = timedelta(hours=9)
    """How long stopping and starting take: longer than any process, unless a kind of machine says otherwise."""

    @initialize(
        action=st.sampled_from(ACTIONS),
        here=st.integers(1, 60),
        there=st.integers(0, 30),
        lag=st.sampled_from([0, 3]),
        reboot=st.sampled_from([2, 900]),
    )
    def begin(self, action: str, here: int, there: int, lag: int, reboot: int) -> None:
        """Have WorkSpaces, or users without any; a reboot that is over soon is not seen later, and could come twice."""
        durations = Durations(
            appear=timedelta(seconds=lag),
            stop=self.lasts,
            start=self.lasts,
            reboot=timedelta(seconds=reboot),
        )
        self.aws = Emulator(clock=self.clock, other_regions=["us-east-1"], durations=durations)
        self.disk = InMemoryDisk()
        self.action = action
        self.report: Report | None = None
        self.reports: list[Report] = []
        self.count = here + there
        stage = self._stage()
        if action == "create":
            self.requests = {site: self._requests(stage, site, n) for site, n in ((HERE, here), (THERE, there)) if n}
        else:
            stage.add(here, state=BEFORE.get(action, "AVAILABLE"))
            stage.add(there, site=THERE, state=BEFORE.get(action, "AVAILABLE"))

    @precondition(lambda self: self.report is None)
    @rule(moments=Moments, torn=st.integers(0, 500), faults=FAULTS, pause=st.sampled_from([0, 0, 5, 1000]))
    def run_and_be_killed(self, moments: int, torn: int, faults: list[str], pause: float) -> None:
        """Run the plan and kill it at some point unless it is complete; then wait for a time."""
        self._run(ProcessRun(moments, torn), faults)
        self.run_here(asyncio.sleep(pause))

    @precondition(lambda self: self.report is None)
    @rule(seconds=st.floats(0, 40), faults=FAULTS)
    def run_for_a_while(self, seconds: float, faults: list[str]) -> None:
        """Run the plan and die after so many seconds, in whatever it waits for."""
        process = ProcessRun(10**9)
        self.loop.call_later(seconds, process.died.set)
        self._run(process, faults)

    @precondition(lambda self: self.report is None)
    @rule(faults=FAULTS, seconds=st.floats(0, 5))
    def run_until_a_deadline(self, faults: list[str], seconds: float) -> None:
        """Run the plan with a deadline: its report is consistent, and another run resumes it."""
        self._run(ProcessRun(10**9), faults, deadline=timedelta(seconds=seconds))

    @precondition(lambda self: self.report is None)
    @rule(faults=FAULTS, writes=st.integers(0, 12), torn=st.integers(0, 2000))
    def run_on_a_disk_that_fills(self, faults: list[str], writes: int, torn: int) -> None:
        """Run the plan until the disk is full; then there is space again."""
        self.disk.writes_left = writes
        self._run(ProcessRun(10**9, torn), faults)
        self.disk.writes_left = None

    @precondition(lambda self: self.report is None)
    @rule(faults=FAULTS)
    def run_and_be_interrupted(self, faults: list[str]) -> None:
        """Run the plan during a period of throttling."""
        self.aws.fail("*", with_=ThrottlingException, times=5)
        self._run(ProcessRun(10**9), faults)

    @rule(ahead=st.sampled_from([timedelta(hours=1), timedelta(hours=-1), timedelta(days=400), timedelta(days=-400)]))
    def set_the_clock(self, ahead: timedelta) -> None:
        """Set the clock of the machine, on which the next process starts, to a wrong time."""
        self.ahead = ahead

    @precondition(lambda self: self.report is not None)
    @rule()
    def run_once_more(self) -> None:
        """Run a completed journal: nothing is sent, and the report is the same."""
        self._run_once_more()

    def _run_once_more(self) -> None:
        before = len(self.aws.calls)
        report = self._run(ProcessRun(10**9), [])
        assert report is not None
        assert (report.items, len(self.aws.calls)) == ((self.report.items if self.report else ()), before)

    @invariant()
    def nothing_is_done_twice(self) -> None:
        """In the service's log, each WorkSpace has at most one success of a non-repeatable action."""
        if hasattr(self, "aws") and self.action not in REPEATABLE:
            assert set(self._successes().values()) <= {1}

    def finish(self) -> None:
        """Let it run to its end: everything has an outcome, and each is true."""
        if not hasattr(self, "aws"):
            return
        self.aws.clear_faults()
        self.run_here(asyncio.sleep(5))
        if self.report is None:
            self._run(ProcessRun(10**9), [])
        self._run_once_more()
        report, done = self.report, self._successes()
        assert report is not None
        assert len(report.items) == self.count
        for item in report.items:
            times = done[self._known_as(item.key)]
            assert item.outcome in {"done", "ambiguous"}, item
            assert times >= 1 if item.outcome == "done" else times <= 1, item
        if self.action != "reboot":
            assert report.ok
        self.nothing_is_done_twice()

    def _known_as(self, key: str) -> str:
        return key

    def _successes(self) -> Counter[str]:
        """Count the successes of each item, by the service's log."""
        operation = ACTION_SPECS[self.action].operation.name
        counted: Counter[str] = Counter()
        for call in self.aws.calls:
            if call.operation == operation and call.error is None:
                counted.update(key for key in self._keys(call.parameters) if key not in call.failures)
        return counted

    def _keys(self, parameters: Any) -> list[str]:
        if self.action == "create":
            return [f"{workspace['DirectoryId']}/{workspace['UserName']}" for workspace in parameters["Workspaces"]]
        return list(ids_of(parameters))

    def _stage(self) -> PlanStage:
        clock = VirtualClock(self.loop)
        clock.ahead = self.ahead
        return staged(self.aws, clock, SITES, self.disk)

    def _requests(self, stage: PlanStage, site: Any, count: int) -> list[types.WorkspaceRequest]:
        store = stage.store(site)
        directory = next(iter(store.directories), None) or self.aws.add_directory(region=site.region)
        return [
            types.WorkspaceRequest(directory_id=directory, user_name=f"user{n}", bundle_id=next(iter(store.bundles)))
            for n in range(count)
        ]

    def _run(self, process: ProcessRun, faults: list[str], **options: Any) -> Report | None:
        """Start the program, and let it run until it ends or dies."""
        left = iter(faults)
        self.disk.next_process(process)
        stage = self._stage()
        for site in SITES:
            stage.way(self._around(stage, site, dying_handler(process, lambda: next(left, ""))), site)
        report = self.run_here(self._lived(process, self._program(stage, **options)))
        if report is not None and (self.report is None) and all(item.outcome != "not_tried" for item in report.items):
            words = ("not confirmed when the run stopped", "the verification failed")
            unknown = [item.message or "" for item in report.items if item.outcome == "ambiguous"]
            is_left = any(word in message for message in unknown for word in words)
            self.report = None if is_left else report
        return report

    def _around(self, stage: PlanStage, site: Site, dying_handler: Around) -> Around:
        """Return the handler of the requests to a site."""
        del stage, site
        return dying_handler

    def _options(self) -> dict[str, Any]:
        """Return how the plan is run."""
        return {}

    async def _program(self, stage: PlanStage, **options: Any) -> Report | None:
        try:
            try:
                plan = await self._plan(stage)
            except SiteError:
                assert PATH not in self.disk.files
                return None
            assert len(plan) == self.count
            try:
                return await plan.run(expected_count=self.count, **self._options(), **options)
            except JournalError:
                assert self.disk.writes_left is not None
                return None
        finally:
            for client in stage.clients.values():
                await client.aclose()

    async def _plan(self, stage: PlanStage) -> Plan:
        fleet = stage.fleet
        if self.action == "create":
            return await fleet.create(self.requests, journal=PATH)
        if self.action == "modify":
            requested = types.WorkspaceProperties(running_mode=types.RunningMode.ALWAYS_ON)
            return await fleet.modify(where=EVERYTHING, properties=requested, journal=PATH)
        if self.action == "tag":
            return await fleet.tag(where=EVERYTHING, tags={"Team": "blue"}, journal=PATH)
        plan: Plan = await getattr(fleet, self.action)(where=EVERYTHING, journal=PATH)
        return plan

    async def _lived(self, process: ProcessRun, program: Any) -> Report | None:
        running: asyncio.Future[Report | None] = asyncio.ensure_future(program)
        dying = asyncio.ensure_future(process.died.wait())
        both: list[asyncio.Future[Any]] = [running, dying]
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        process.died.set()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.gather(running, dying, return_exceptions=True)
        return None if running.cancelled() else running.result()


TestKilledFleet = KilledFleet.TestCase
TestKilledFleet.settings = settings(max_examples=30, stateful_step_count=8)


def test_repeatedly_killed_runs_complete_together() -> None:
    """Unsent items are sent even if no process lives for the ten seconds that verification takes."""
    machine = KilledFleet()
    machine.begin(action="stop", here=10, there=0, lag=0, reboot=2)
    machine.run_and_be_killed(moments=9, torn=0, faults=[], pause=0)  # recorded, but never sent
    assert b'"is":"send"' in machine.disk.files[PATH]
    assert not machine._successes()
    processes = 0
    while machine.report is None:
        machine.run_for_a_while(seconds=6, faults=[])
        processes += 1
    assert processes == 3
    machine.teardown()


@pytest.mark.parametrize("hours", [-1, 1, 3, -7000, 7000])
def test_interrupted_call_is_repeated_only_after_the_consistency_time(hours: int) -> None:
    """Items that were sent count as missing after the consistency time, whatever the clock of the restarts says."""
    machine = KilledFleet()
    machine.begin(action="stop", here=10, there=0, lag=3, reboot=2)
    machine.run_and_be_killed(moments=9, torn=0, faults=[], pause=0)  # recorded, but never sent
    assert not machine._successes()
    machine.run_for_a_while(seconds=1, faults=[])
    machine.set_the_clock(timedelta(hours=hours))
    before = machine.loop.time()
    machine.run_for_a_while(seconds=8, faults=[])
    assert not machine._successes()
    machine.run_for_a_while(seconds=20, faults=[])
    assert set(machine._successes().values()) == {1}
    assert machine.loop.time() - before < 60
    machine.teardown()


@pytest.mark.parametrize("action", sorted(set(ACTIONS)))
def test_run_killed_after_any_step_resumes_without_duplicates(action: str) -> None:
    """Killed after each step in turn, the plan resumes from each, and no action is executed twice."""
    here, there = (26, 1) if ACTION_SPECS[action].per_call > 1 else (2, 1)
    moment, is_over = 0, False
    while not is_over:
        moment += 1
        machine = KilledFleet()
        machine.begin(action=action, here=here, there=there, lag=3, reboot=2)
        machine.run_and_be_killed(moments=moment, torn=moment * 17, faults=[], pause=5)
        is_over = machine.report is not None
        machine.teardown()
    assert moment > 10
