"""A state machine whose rules drive tasks on an event loop of its own, in virtual time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from hypothesis.stateful import RuleBasedStateMachine

from tests.support.clean_run import turns
from tests.support.virtual_time import VirtualClock, VirtualTimeLoop

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence

T = TypeVar("T")

MOST_TURNS = 10_000
"""Turns of the loop within which everything has happened that needs neither time nor a rule."""


class LoopMachine(RuleBasedStateMachine):
    """Between its rules tasks stand still; each rule lets them run for as long as they can."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = VirtualTimeLoop()
        self.clock = VirtualClock(self.loop)
        self.complaints: list[str] = []
        """What the loop was told that nobody else was, such as the error of a task that nobody waited for."""
        self.loop.set_exception_handler(lambda _, context: self.complaints.append(str(context)))

    def run_here(self, work: Coroutine[object, object, T]) -> T:
        """Run something to its end, and whatever else can run meanwhile."""
        return self.loop.run_until_complete(work)

    def settle(self) -> None:
        """Let tasks run until each waits for a rule, or for time."""
        for _ in range(MOST_TURNS):
            self.run_here(turns(1))
            if not getattr(self.loop, "_ready"):  # noqa: B009 - asyncio's own, which has no public name
                return
        raise AssertionError("something goes round in circles")

    def finish(self) -> None:
        """Check what holds at the end; a machine says."""

    def teardown(self) -> None:
        """Check what holds at the end, and leave nothing of the loop."""
        try:
            self.finish()
            assert not self.complaints
        finally:
            left = asyncio.all_tasks(self.loop)
            for task in left:
                task.cancel()
            self.settle()
            self.loop.close()


def pick(among: Sequence[T], number: int) -> T:
    """Return one of them, for whatever number."""
    return among[number % len(among)]
