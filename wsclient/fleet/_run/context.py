"""What all sites of a run share: the plan, the ledger and its journal, limits, and how far things have come."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import msgspec

from wsclient._core.errors import ConfigurationError
from wsclient.fleet._report import Outcome, Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from datetime import datetime

    from wsclient._core.clock import TimeSource
    from wsclient._core.site import Site
    from wsclient.fleet._actions.items import Parameters, PlanItem
    from wsclient.fleet._actions.specs import ActionSpec
    from wsclient.fleet._journal.journal import Journal
    from wsclient.fleet._journal.ledger import Ledger
    from wsclient.fleet._journal.records import StepRecord
    from wsclient.fleet._journal.storage import JournalStorage
    from wsclient.workspaces._client import WorkSpacesClient


class PlanState(msgspec.Struct):
    """What a plan remembers of its runs in this program; what it has a journal for is remembered there."""

    ledger: Ledger | None = None
    is_running: bool = False

    @contextmanager
    def exclusive(self) -> Generator[None]:
        """Refuse to run one plan twice at once."""
        if self.is_running:
            raise ConfigurationError("this plan is being run; a plan runs once at a time")
        self.is_running = True
        try:
            yield
        finally:
            self.is_running = False


FIRST_PAUSE: Final = 5.0
LONGEST_PAUSE: Final = 60.0
"""Seconds before something is tried again; they double from the first to the longest."""
MOST_TRIES: Final = 6
"""Calls for an item that AWS asks to wait with, and in a row that do not reach the service; two minutes in all."""


class RunDependencies(msgspec.Struct, frozen=True, kw_only=True):
    """What a run works with: clients, time, chance, and where journals are."""

    client: Callable[[Site], WorkSpacesClient]
    time: TimeSource
    media: JournalStorage


class RunOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How a plan is run; see Plan.run."""

    concurrency: int
    per_site: int
    deadline: timedelta | None
    max_failures: int | None
    retry_ambiguous: bool
    consistency: timedelta
    on_progress: Callable[[Progress], object] | None


class RunContext:
    """One run of a plan, as its sites see it."""

    def __init__(
        self,
        *,
        kind: ActionSpec,
        parameters: Parameters,
        items: Sequence[PlanItem],
        ledger: Ledger,
        journal: Journal | None,
        means: RunDependencies,
        options: RunOptions,
    ) -> None:
        self.kind = kind
        self.parameters = parameters
        self.items = items
        self.ledger = ledger
        self.means = means
        self.options = options
        self.slots = asyncio.Semaphore(options.concurrency)
        self.calls = 0
        self._journal = journal
        self._begun = means.time.clock.monotonic()
        self._known = sum(ledger.counts.values())
        self._stopped: str | None = None
        self._look_at_failures()

    def now(self) -> datetime:
        """Return the time of day, for records."""
        return self.means.time.clock.now()

    @property
    def elapsed(self) -> float:
        """Seconds since the run began."""
        return self.means.time.clock.monotonic() - self._begun

    @property
    def time_left(self) -> float | None:
        """Seconds until the deadline, None where there is none."""
        deadline = self.options.deadline
        return None if deadline is None else deadline.total_seconds() - self.elapsed

    @property
    def stopped(self) -> str | None:
        """Why nothing more is begun anywhere, None while it is."""
        left = self.time_left
        if self._stopped is None and left is not None and left <= 0:
            self._stopped = f"the deadline of {self.options.deadline} was up"
        return self._stopped

    async def record(self, record: StepRecord) -> None:
        """Write a step down, on disk where there is a journal, and then count it."""
        if self._journal is not None:
            await self._journal.note(record)
        self.ledger.take(record)
        self._look_at_failures()
        self._tell()

    def end_provisionally(
        self, numbers: Sequence[int], outcome: Outcome, code: str | None = None, message: str | None = None
    ) -> None:
        """Note how items end in this run, which another one may take up again."""
        self.ledger.end_provisionally(numbers, outcome, code, message)
        self._look_at_failures()
        self._tell()

    def backoff(self, tries: int) -> float:
        """Return the seconds before a try, of which so many were made: doubled each time, a half of it by chance."""
        longest = min(FIRST_PAUSE * 2.0 ** min(tries, 10), LONGEST_PAUSE)
        return longest * (0.5 + self.means.time.random() / 2)

    def progress(self) -> Progress:
        """Return how far it has come."""
        counts = self.ledger.counts
        decided, total = sum(counts.values()), len(self.ledger)
        fresh, elapsed = decided - self._known, self.elapsed
        rate = fresh / elapsed if fresh > 0 and elapsed > 0 else None
        return Progress(
            done=counts[Outcome.DONE],
            failed=counts[Outcome.FAILED],
            ambiguous=counts[Outcome.AMBIGUOUS],
            not_tried=counts[Outcome.NOT_TRIED],
            total=total,
            rate=rate,
            left=timedelta(seconds=(total - decided) / rate) if rate else None,
        )

    def _look_at_failures(self) -> None:
        most = self.options.max_failures
        if self._stopped is None and most is not None and self.ledger.counts[Outcome.FAILED] > most:
            self._stopped = f"more than {most} failed"

    def _tell(self) -> None:
        if self.options.on_progress is not None:
            self.options.on_progress(self.progress())
