"""RunContext and RunOptions: what all sites of a run share, and PlanState, which a plan keeps between its runs."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager
from datetime import timedelta
from itertools import accumulate
from typing import TYPE_CHECKING, Final

import msgspec

from wsclient._core.errors import ConfigurationError
from wsclient.fleet._journal.records import SendRecord
from wsclient.fleet._report import Outcome, Progress
from wsclient.fleet._run.waves import failures_allowed, split_waves
from wsclient.retries._strategy import RETRY_AFTER_SLACK

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from datetime import datetime

    from wsclient._core.clock import TimeSource
    from wsclient._core.errors import WsclientError
    from wsclient._core.site import Site
    from wsclient.fleet._actions.items import Parameters, PlanItem
    from wsclient.fleet._actions.specs import ActionSpec
    from wsclient.fleet._journal.journal import Journal
    from wsclient.fleet._journal.ledger import Ledger
    from wsclient.fleet._journal.records import StepRecord
    from wsclient.fleet._journal.storage import JournalStorage
    from wsclient.fleet._run.waves import Share, Waves
    from wsclient.fleet._selection.predicates import Predicate
    from wsclient.workspaces._client import WorkSpacesClient


_starting: Final = threading.Lock()


class PlanState(msgspec.Struct):
    """State that a plan keeps between its runs in this process; with a journal, the ledger is read from there.

    has_journal means that the plan's journal exists, since the plan was loaded from it or has been run.
    """

    ledger: Ledger | None = None
    is_running: bool = False
    has_journal: bool = False

    @contextmanager
    def exclusive(self) -> Generator[None]:
        """Raise ConfigurationError if the plan is running already."""
        # Two runs over one ledger would send the same open items twice. Locked: they may be in two threads.
        with _starting:
            if self.is_running:
                raise ConfigurationError("this plan is running already; await that run before the next one")
            self.is_running = True
        try:
            yield
        finally:
            self.is_running = False


INITIAL_BACKOFF: Final = 5.0
MAX_BACKOFF: Final = 60.0
"""Seconds before a retry; the delay doubles from the initial to the maximum one."""
MAX_ATTEMPTS: Final = 6
"""Calls for an item that AWS keeps postponing, and calls in a row that do not reach the service; two minutes in all."""


class RunDependencies(msgspec.Struct, frozen=True, kw_only=True):
    """Dependencies of a run: clients by site, clock, random source, and the storage of journals."""

    client: Callable[[Site], WorkSpacesClient]
    time: TimeSource
    storage: JournalStorage
    where: Predicate | None = None
    """Condition that selected the WorkSpaces of the plan, if one did."""


class RunOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Options of a run; see Plan.run."""

    concurrency: int
    per_site: int
    deadline: timedelta | None
    waves: Waves | None
    pause: timedelta
    wave_timeout: timedelta | None
    max_failures: Share | None
    retry_ambiguous: bool
    consistency: timedelta
    scoped: bool
    on_progress: Callable[[Progress], object] | None


class RunContext:
    """One run of a plan, shared by the runners of its sites."""

    def __init__(
        self,
        *,
        spec: ActionSpec,
        parameters: Parameters,
        items: Sequence[PlanItem],
        ledger: Ledger,
        journal: Journal | None,
        dependencies: RunDependencies,
        options: RunOptions,
    ) -> None:
        self.spec = spec
        self.parameters = parameters
        self.items = items
        self.ledger = ledger
        self.dependencies = dependencies
        self.options = options
        self.slots = asyncio.Semaphore(options.concurrency)
        self.calls = 0
        self._journal = journal
        self._started_at = dependencies.time.clock.monotonic()
        self._decided_before = sum(ledger.counts.values())
        self._stop_reason: str | None = None
        self._phase = ""
        self._wave = 0
        self._sites = tuple({item.site: None for item in items})
        self._sent_at: dict[int, float] = {}
        self.halts: dict[Site, str] = {}
        """Reason for each site that makes no further call in this run."""
        sizes = options.waves
        self.waves = [tuple(range(len(items)))] if sizes is None else split_waves(items, sizes)
        self.wave_ends = list(accumulate(map(len, self.waves)))
        """Number of items up to the end of each wave."""
        ledger.set_waves(self.waves, last=len(self.waves))

    @property
    def wave_count(self) -> int:
        """Number of waves, 0 for a run without waves."""
        return 0 if self.options.waves is None else len(self.waves)

    def begin_wave(self, wave: int) -> None:
        """Start a wave: its failures count from now on, and those of earlier waves and runs."""
        self._wave = wave
        # Failures of earlier runs count: a run that starts above max_failures makes no call.
        self._check_max_failures()
        self.set_phase(f"wave {wave + 1} of {len(self.waves)}")

    def set_phase(self, phase: str) -> None:
        """Report the progress with another text of what the run does."""
        self._phase = phase if self.options.waves is not None else ""
        self._report_progress()

    def stop(self, reason: str) -> None:
        """Make no further call at any site."""
        self._stop_reason = self._stop_reason or reason

    def stop_at_deadline(self) -> None:
        """Make no further call, since the deadline has passed."""
        self.stop(f"the deadline of {self.options.deadline} has passed")

    def failures_allowed(self, wave: int) -> int | None:
        """Return the number of failures that max_failures allows in the waves up to this one, None for any."""
        return failures_allowed(self.options.max_failures, self.wave_ends[wave])

    def failures(self, wave: int) -> int:
        """Return the number of failed, ambiguous and unhealthy items of the waves up to this one."""
        return sum(self.ledger.failures[number] for number in range(wave + 1))

    def now(self) -> datetime:
        """Return the wall-clock time, for records."""
        return self.dependencies.time.clock.now()

    def service_time(self, site: Site | None = None) -> datetime | None:
        """Return the time by AWS's clock at a site, or the latest of all sites; None before a response of AWS.

        For times that another run compares with its own: this machine's clock may be set in between.
        """
        local = self.now()
        skews = [
            self.dependencies.client(each)._shared.skew  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the run's own client
            for each in (self._sites if site is None else [site])
        ]
        return max((skew.service_time(local) for skew in skews if skew.measured is not None), default=None)

    def seconds_since_send(self, number: int) -> float | None:
        """Return the seconds since the last call that contained an item, None if they are unknown.

        By the monotonic clock for a call of this run, and by AWS's clock for one of another run.
        """
        if number in self._sent_at:
            return self.dependencies.time.clock.monotonic() - self._sent_at[number]
        sent_at, now = self.ledger.service_sent_at(number), self.service_time(self.items[number].site)
        return None if sent_at is None or now is None else max((now - sent_at).total_seconds(), 0.0)

    @property
    def elapsed(self) -> float:
        """Seconds since the run started."""
        return self.dependencies.time.clock.monotonic() - self._started_at

    @property
    def time_left(self) -> float | None:
        """Seconds until the deadline, None without a deadline."""
        deadline = self.options.deadline
        return None if deadline is None else deadline.total_seconds() - self.elapsed

    @property
    def stop_reason(self) -> str | None:
        """Why no further call may be made at any site, None while calls may be made."""
        time_left = self.time_left
        if time_left is not None and time_left <= 0:
            self.stop_at_deadline()
        return self._stop_reason

    async def record(self, record: StepRecord) -> None:
        """Write a step to the journal, if there is one, and apply it to the ledger."""
        # Journal first: the ledger, and with it every later call, may only build on what a restart would read back.
        if self._journal is not None:
            await self._journal.append(record)
        self.ledger.apply(record)
        if isinstance(record, SendRecord):
            self._sent_at |= dict.fromkeys(record.of, self.dependencies.time.clock.monotonic())
        self._check_max_failures()
        self._report_progress()

    def end_provisionally(
        self, numbers: Sequence[int], outcome: Outcome, code: str | None = None, message: str | None = None
    ) -> None:
        """Set the outcome of items for this run only; the journal leaves them open for the next run."""
        self.ledger.end_provisionally(numbers, outcome, code, message)
        self._check_max_failures()
        self._report_progress()

    def backoff(self, retries: int) -> float:
        """Return the seconds before the next try after so many retries: doubled each time, half of it random."""
        # Ten doublings pass the maximum; the power of a longer series would overflow a float.
        delay = min(INITIAL_BACKOFF * 2.0 ** min(retries, 10), MAX_BACKOFF)
        return delay * (0.5 + self.dependencies.time.random() / 2)

    def delay_after(self, error: WsclientError, retries: int) -> float:
        """Return the seconds before the next try after an error: the backoff or the response's bounded delay."""
        delay = self.backoff(retries)
        # As for calls: a response lengthens a delay by a bounded time, and cannot stop a run for days.
        return max(delay, min(error.retry_after or 0.0, delay + RETRY_AFTER_SLACK))

    def progress(self) -> Progress:
        """Return the progress of the run."""
        counts = self.ledger.counts
        decided, total = sum(counts.values()), len(self.ledger)
        decided_now, elapsed = decided - self._decided_before, self.elapsed
        rate = decided_now / elapsed if decided_now > 0 and elapsed > 0 else None
        return Progress(
            done=counts[Outcome.DONE],
            failed=counts[Outcome.FAILED],
            ambiguous=counts[Outcome.AMBIGUOUS],
            not_tried=counts[Outcome.NOT_TRIED],
            total=total,
            rate=rate,
            left=timedelta(seconds=(total - decided) / rate) if rate else None,
            phase=self._phase,
        )

    def _check_max_failures(self) -> None:
        limit = self.failures_allowed(self._wave)
        if limit is not None and self.failures(self._wave) > limit:
            self.stop(f"more than {limit} items failed or are ambiguous (max_failures)")

    def _report_progress(self) -> None:
        if self.options.on_progress is not None:
            self.options.on_progress(self.progress())
