"""A plan: what would be done to which WorkSpaces, to be looked at before it is run."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from wsclient._core.errors import ConfigurationError
from wsclient._core.fleet_errors import PlanCountError
from wsclient._core.tables.table import Table
from wsclient.fleet._actions.items import PlanRow
from wsclient.fleet._actions.specs import ACTION_SPECS
from wsclient.fleet._report import INTEGER, TEXT
from wsclient.fleet._run.context import PlanState, RunDependencies, RunOptions
from wsclient.fleet._run.runner import dry_run_report, run_plan
from wsclient.pacing._pace import DOCUMENTED_BURST, DOCUMENTED_RATE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    import pandas as pd
    import polars as pl

    from wsclient._core.site import Site
    from wsclient._core.tables.columns import Cell
    from wsclient.fleet._actions.items import LeftOut, Parameters, PlanItem
    from wsclient.fleet._journal.journal import PlanSnapshot
    from wsclient.fleet._report import Progress, Report


CONCURRENCY: Final = 16
PER_SITE: Final = 4
"""Calls under way at once, in all and at a site: at AWS's 2 calls a second, each may take two seconds."""
CONSISTENCY: Final = timedelta(seconds=10)
"""How long after a call what it did may take to show."""
_SHOWN: Final = 15


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Plan:
    """What is to be done, to what, and what is left out. Made by the methods of Fleet; nothing has been sent.

    parameters are what the action is told, selection is the question in words. A plan that came from a journal holds
    what was selected when that was begun.
    """

    parameters: Parameters
    journal: str | None = None
    _paper: PlanSnapshot = field()
    _means: RunDependencies = field()
    _memory: PlanState = field(default_factory=PlanState)

    @property
    def action(self) -> str:
        """What is done, as the method of Fleet is named."""
        return self._paper.intention.action

    @property
    def selection(self) -> str:
        """Which WorkSpaces were asked for, in words."""
        return self._paper.intention.selection

    @property
    def made_at(self) -> datetime:
        """When the WorkSpaces were selected."""
        return self._paper.made_at

    @property
    def items(self) -> tuple[PlanItem, ...]:
        """What it is done to."""
        return self._paper.items

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """What was looked at and is left alone, each with the reason."""
        return self._paper.left_out

    def __len__(self) -> int:
        """Count the items."""
        return len(self.items)

    def __bool__(self) -> bool:
        """Tell whether there is anything to do."""
        return bool(self.items)

    @property
    def by_site(self) -> Mapping[Site, int]:
        """Items at each site."""
        return Counter(item.site for item in self.items)

    @property
    def by_state(self) -> Mapping[str, int]:
        """Items in each state, as they were selected."""
        return Counter(item.state or "none yet" for item in self.items)

    @property
    def by_directory(self) -> Mapping[str, int]:
        """Items in each directory."""
        return Counter(item.directory_id for item in self.items)

    @property
    def calls(self) -> int:
        """Calls that it takes when each is answered at once."""
        return sum(self._calls(count) for count in self.by_site.values())

    @property
    def takes(self) -> timedelta:
        """How long these take at the rate that AWS documents, all sites at once."""
        most = max(map(self._calls, self.by_site.values()), default=0)
        return timedelta(seconds=max(0, most - DOCUMENTED_BURST) / DOCUMENTED_RATE)

    def rows(self) -> list[PlanRow]:
        """Return every item, and what is left out, as flat rows."""
        planned = [
            PlanRow(
                account=item.site.account,
                region=item.site.region,
                key=item.key,
                directory_id=item.directory_id,
                user_name=item.user_name,
                state=item.state,
                is_planned=True,
                reason=None,
            )
            for item in self.items
        ]
        left = [
            PlanRow(
                account=out.site.account,
                region=out.site.region,
                key=out.workspace_id,
                directory_id="",
                user_name=out.user_name,
                state=out.state,
                is_planned=False,
                reason=out.reason,
            )
            for out in self.left_out
        ]
        return [*planned, *left]

    def to_pandas(self) -> pd.DataFrame:
        """Return rows() as a pandas DataFrame; ConfigurationError without the extra wsclient[pandas]."""
        return Table.of(self.rows(), PlanRow).to_pandas()

    def to_polars(self) -> pl.DataFrame:
        """Return rows() as a polars DataFrame; ConfigurationError without the extra wsclient[polars]."""
        return Table.of(self.rows(), PlanRow).to_polars()

    def _repr_html_(self) -> str:
        """Return counts by site, directory and state, and what is left out, for notebooks."""
        return plan_html(self)

    async def run(
        self,
        *,
        dry_run: bool = False,
        expected_count: int | None = None,
        concurrency: int = CONCURRENCY,
        per_site: int = PER_SITE,
        deadline: timedelta | None = None,
        max_failures: int | None = None,
        retry_ambiguous: bool = False,
        consistency: timedelta = CONSISTENCY,
        on_progress: Callable[[Progress], object] | None = None,
    ) -> Report:
        """Do it, and report on every item. Run again, it goes on where it ended; with a journal, after a restart too.

        Args:
            dry_run: send nothing, write nothing, and report everything as not tried.
            expected_count: how many items the caller means; terminate, rebuild, restore and migrate, which take away
                what no other call brings back, need it.
            concurrency: calls under way at once.
            per_site: as many of them at one site; how fast they follow one another is the client's pace.
            deadline: after so long no call is begun; those under way end in their own time.
            max_failures: once more items than this have failed, no call is begun.
            retry_ambiguous: ask once more for what may have been done already and cannot be seen: a reboot, rebuild,
                restore or migration; and look again at what an earlier run left ambiguous.
            consistency: how long what was done may take to show, before it is believed that it was not.
            on_progress: called with a Progress whenever something was begun or decided; what it raises ends the run.

        A site halts when its caller is refused (credentials, permissions) or the service is not reached; others go on.
        Throttling is waited out, however long it takes: deadline says how long is too long.

        Raises PlanCountError for another count than is expected; JournalError when the journal is another plan's,
        damaged, held by another program or not writable; ConfigurationError for what can only be a mistake.
        """
        self._check(expected_count, concurrency, per_site, max_failures)
        _check_times(deadline, consistency)
        if dry_run:
            return dry_run_report(self._paper)
        options = RunOptions(
            concurrency=concurrency,
            per_site=per_site,
            deadline=deadline,
            max_failures=max_failures,
            retry_ambiguous=retry_ambiguous,
            consistency=consistency,
            on_progress=on_progress,
        )
        return await run_plan(self._paper, self.parameters, self.journal, self._memory, self._means, options)

    def _check(self, expected: int | None, concurrency: int, per_site: int, max_failures: int | None) -> None:
        for name, number, least in (
            ("concurrency", concurrency, 1),
            ("per_site", per_site, 1),
            ("max_failures", max_failures, 0),
        ):
            if number is not None and (type(number) is not int or number < least):
                raise ConfigurationError(f"{name}={number!r}: use a whole number from {least} on")
        count = len(self)
        is_asked = ACTION_SPECS[self.action].requires_count and count > 0
        if expected == count or (expected is None and not is_asked):
            return
        said = f"expected_count={expected}" if expected is not None else "no expected_count"
        raise PlanCountError(
            f"{self.action} has {_counted(count, 'WorkSpace')} and {said} was given; look at the plan, and pass "
            f"expected_count={count} if it is what you mean. Nothing was sent",
            count=count,
            expected=expected,
        )

    def _calls(self, count: int) -> int:
        return -(-count // ACTION_SPECS[self.action].per_call)

    def __str__(self) -> str:
        """Return a readable table: counts by site, directory and state, what is left out, and how long it takes."""
        told = f" {self.parameters}" if str(self.parameters) else ""
        lines = [f"{self.action}{told}: {_counted(len(self), 'WorkSpace')} where {self.selection}"]
        groups = Counter((str(item.site), item.directory_id, item.state or "") for item in self.items)
        rows = [("site", "directory", "state", "WorkSpaces")]
        rows += [(*group, f"{count:,}") for group, count in sorted(groups.items())[:_SHOWN]]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        if groups:
            lines += ["  " + "  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
        if len(groups) > _SHOWN:
            lines.append(f"  and {_counted(len(groups) - _SHOWN, 'more line')}")
        if self.left_out:
            reasons = Counter(out.reason for out in self.left_out).most_common()
            lines.append(f"left out {len(self.left_out):,}: " + "; ".join(f"{why} ({n:,})" for why, n in reasons))
        if self.items:
            operation = ACTION_SPECS[self.action].operation.name
            lines.append(
                f"{_counted(self.calls, 'call')} of {operation}, {_about(self.takes)} at AWS's {DOCUMENTED_RATE:g} "
                "calls a second for each site"
            )
        return "\n".join(lines)

    def __repr__(self) -> str:
        """Say it on one line."""
        return f"<Plan to {str(self).partition(chr(10))[0]}>"


def _check_times(deadline: timedelta | None, consistency: timedelta) -> None:
    """Refuse what is no time; a deadline below zero was up before, which is no mistake."""
    for name, time in (("deadline", deadline), ("consistency", consistency)):
        if time is not None and not isinstance(time, timedelta):  # pyright: ignore[reportUnnecessaryIsInstance] - not everybody checks types
            raise ConfigurationError(f"{name}={time!r}: use a timedelta, as in timedelta(minutes=5)")
    if consistency < timedelta():
        raise ConfigurationError(f"consistency={consistency}: use a timedelta from zero on")


def _about(time: timedelta) -> str:
    seconds = round(time.total_seconds())
    minutes, hours = seconds / 60, seconds / 3600
    for number, unit in ((hours, "h"), (minutes, "min"), (float(seconds), "s")):
        if number >= 1:
            return f"about {number:.3g} {unit}"
    return "a moment"


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


_PLANNED: Final = {
    "account": TEXT,
    "region": TEXT,
    "directory_id": TEXT,
    "state": TEXT,
    "WorkSpaces": INTEGER,
}
_LEFT_OUT: Final = {"reason": TEXT, "WorkSpaces": INTEGER}


def plan_html(plan: Plan) -> str:
    """Return what is planned, by site, directory and state, and what is left out, by reason."""
    groups = Counter((item.site, item.directory_id, item.state or "") for item in plan.items)
    planned: list[dict[str, Cell]] = [
        {"account": site.account, "region": site.region, "directory_id": directory, "state": state, "WorkSpaces": count}
        for (site, directory, state), count in sorted(groups.items())
    ]
    first, *_ = str(plan).splitlines()
    html = Table.of_mappings(planned, _PLANNED).to_html(f"Plan to {first}", _of_calls(plan))
    if plan.left_out:
        reasons = Counter(out.reason for out in plan.left_out).most_common()
        left_out: list[dict[str, Cell]] = [{"reason": reason, "WorkSpaces": count} for reason, count in reasons]
        html += Table.of_mappings(left_out, _LEFT_OUT).to_html(f"left out: {len(plan.left_out):,}")
    return html


def _of_calls(plan: Plan) -> Iterator[str]:
    if plan.items:
        yield f"{plan.calls:,} {'call' if plan.calls == 1 else 'calls'} of {ACTION_SPECS[plan.action].operation.name}"
    yield "nothing was sent yet: run() does it"
    if plan.journal is not None:
        yield f"journal: {plan.journal}"
