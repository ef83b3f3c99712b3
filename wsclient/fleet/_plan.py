"""Plan: the items of an action, to be reviewed before they are run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, Final

from wsclient._core.argument_checks import checked
from wsclient._core.errors import ConfigurationError
from wsclient._core.fleet_errors import PlanCountError, SiteError
from wsclient._core.lazy_imports import LazyMapping
from wsclient._core.printable import printable
from wsclient._core.site import Site
from wsclient._core.tables.table import Table
from wsclient._core.utils import counted
from wsclient._core.value_kinds import BOOL, CALLBACK, DURATION, optional, whole_number
from wsclient.fleet._actions.items import LeftOut, Parameters, PlanItem, PlanRow
from wsclient.fleet._actions.specs import ACTION_SPECS
from wsclient.fleet._journal.journal import PlanSnapshot
from wsclient.fleet._plan_policy import PolicyMixin
from wsclient.fleet._report import INTEGER, TEXT, Progress, Report, RowsMixin
from wsclient.fleet._run.context import PlanState, RunDependencies, RunOptions
from wsclient.fleet._run.runner import dry_run_report, run_plan
from wsclient.fleet._run.waves import Share, Waves, check_max_failures, check_waves, split_waves
from wsclient.pacing._pace import DOCUMENTED_BURST, DOCUMENTED_RATE
from wsclient.workspaces._scoped import require_temporary_credentials

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wsclient._core.tables.columns import Cell


CONCURRENCY: Final = 16
PER_SITE: Final = 4
"""Concurrent calls, in all and at one site: at AWS's 2 calls per second, each may take two seconds."""
CONSISTENCY: Final = timedelta(seconds=10)
"""Time that a change may take after its call until describe operations show it."""
_MAX_GROUPS: Final = 15
"""Groups of site, directory and state that the text of a plan lists."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Plan(RowsMixin, PolicyMixin):
    """Plan of an action: its items, and the WorkSpaces that are left out. Made by the methods of Fleet.

    Making a plan changes nothing; run() does. parameters are the parameters of the action. A plan that was loaded from
    a journal contains the WorkSpaces that were selected when the journal was created.
    """

    _row_type: ClassVar = PlanRow
    _other_names: ClassVar = LazyMapping("wsclient.fleet._other_names:PLAN")

    parameters: Parameters
    journal: str | None = None
    _snapshot: PlanSnapshot = field()
    _dependencies: RunDependencies = field()
    _state: PlanState = field(default_factory=PlanState)

    @property
    def action(self) -> str:
        """Name of the action, which is the name of its method of Fleet."""
        return self._snapshot.intent.action

    def _vpc_endpoint_id(self, site: Site) -> str | None:
        return self._dependencies.client(site).endpoint.vpc_endpoint_id

    @property
    def selection(self) -> str:
        """Selection of WorkSpaces as text."""
        return self._snapshot.intent.selection

    @property
    def made_at(self) -> datetime:
        """Time at which the WorkSpaces were selected."""
        return self._snapshot.made_at

    @property
    def items(self) -> tuple[PlanItem, ...]:
        """WorkSpaces that the plan changes or creates."""
        return self._snapshot.items

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """WorkSpaces that were evaluated and are left unchanged, each with the reason."""
        return self._snapshot.left_out

    @property
    def failed(self) -> tuple[SiteError, ...]:
        """Errors of the sites that could not be read, and of which the plan has no WorkSpaces; see on_site_error."""
        return self._snapshot.failed

    @property
    def is_whole(self) -> bool:
        """True if every site was read completely."""
        return not self.failed

    def __len__(self) -> int:
        """Return the number of items."""
        return len(self.items)

    def __bool__(self) -> bool:
        """Return whether the plan has items."""
        return bool(self.items)

    @property
    def by_site(self) -> Mapping[Site, int]:
        """Number of items by site."""
        return Counter(item.site for item in self.items)

    @property
    def by_state(self) -> Mapping[str, int]:
        """Number of items by their state when they were selected."""
        return Counter(item.state or "none yet" for item in self.items)

    @property
    def by_directory(self) -> Mapping[str, int]:
        """Number of items by directory."""
        return Counter(item.directory_id for item in self.items)

    @property
    def calls(self) -> int:
        """Number of calls of the action's operation, if none is throttled or retried."""
        return sum(self._call_count(count) for count in self.by_site.values())

    @property
    def takes(self) -> timedelta:
        """Estimated duration of these calls at the rate limit that AWS documents, with all sites in parallel."""
        max_calls = max(map(self._call_count, self.by_site.values()), default=0)
        return timedelta(seconds=max(0, max_calls - DOCUMENTED_BURST) / DOCUMENTED_RATE)

    def rows(self) -> list[PlanRow]:
        """Return the items, and then the WorkSpaces that are left out, as flat rows."""
        planned = [
            PlanRow(
                account=item.site.account,
                region=item.site.region,
                workspace_id=item.workspace_id,
                workspace_name=item.workspace_name,
                directory_id=item.directory_id,
                user_name=item.user_name,
                state=item.state,
                is_planned=True,
                reason=None,
            )
            for item in self.items
        ]
        left_out = [
            PlanRow(
                account=out.site.account,
                region=out.site.region,
                workspace_id=out.workspace_id,
                workspace_name=None,
                directory_id="",
                user_name=out.user_name,
                state=out.state,
                is_planned=False,
                reason=out.reason,
            )
            for out in self.left_out
        ]
        return [*planned, *left_out]

    def _repr_html_(self) -> str:
        """Return tables of the items by site, directory and state, and of what is left out, for notebooks."""
        return plan_html(self)

    @checked(
        {
            "dry_run": BOOL,
            "expected_count": optional(whole_number(0, "number of items")),
            "concurrency": whole_number(1, "number of calls"),
            "per_site": whole_number(1, "number of calls"),
            "deadline": optional(DURATION),
            "retry_ambiguous": BOOL,
            "scoped": BOOL,
            "consistency": DURATION,
            "on_progress": optional(CALLBACK),
        }
    )
    async def run(
        self,
        *,
        dry_run: bool = False,
        expected_count: int | None = None,
        concurrency: int = CONCURRENCY,
        per_site: int = PER_SITE,
        deadline: timedelta | None = None,
        waves: Waves | None = None,
        pause: timedelta | None = None,
        wave_timeout: timedelta | None = None,
        max_failures: Share | None = None,
        retry_ambiguous: bool = False,
        consistency: timedelta = CONSISTENCY,
        scoped: bool = False,
        on_progress: Callable[[Progress], object] | None = None,
    ) -> Report:
        """Run the plan, and return a report on every item.

        A second run continues where the last one ended; with a journal, after a restart of the program too.

        Args:
            dry_run: send nothing, write nothing, and report every item as not tried.
            expected_count: number of items that the caller confirms; required by terminate, rebuild, restore and
                migrate, which destroy data that no other call restores.
            concurrency: maximum of concurrent calls.
            per_site: maximum of concurrent calls at one site; the client's pace limits their rate.
            deadline: time after which no call is started; running calls are completed.
            waves: size of each wave: an int is a number of items, a float a share of the whole plan, as in
                [5, 0.1, 1.0] for a pilot of five, then a tenth of the plan, then the rest. See below.
            pause: time between a healthy wave and the next one.
            wave_timeout: time within which a wave must be healthy; by default that of the wait_until_… method.
            max_failures: number of failed and ambiguous items above which no call is started; a float is a share of the
                items in the waves so far. Without it, calls continue, but no wave follows one with a failure.
            retry_ambiguous: repeat actions that may have been executed and that no verification can confirm (reboot,
                rebuild, restore, migrate); and verify again the items that an earlier run left ambiguous.
            consistency: time that a change may take to become visible; after it, a missing change counts as not made.
            scoped: make each call with credentials that AWS STS has narrowed to policy() of its batch, so that nothing
                else can be done with them; one more call to STS for each batch. A role that the client assumes is
                assumed again with a session policy; other temporary credentials are narrowed by GetScopedCredentials.
                Needs temporary credentials.
            on_progress: called with a Progress whenever a call starts or items are decided; its exceptions end the run.

        Waves are of the whole plan, and take from each site and directory its share. Before the next wave, the run
        waits until the WorkSpaces of the wave are healthy, by the wait_until_… method of the action (tags and
        ADMIN_MAINTENANCE have no delay). One that does not become healthy counts as a failure, and its item is
        reported as done and is_unhealthy. After too many failures the rest is not tried. The last wave is not waited
        for: see Fleet.wait_until_available and the other waits. A run that is resumed continues in the wave where the
        last one ended. Items that waves= does not cover are not tried.

        A site halts when AWS refuses the caller (credentials, permissions) or the service is not reached; the other
        sites continue. Throttled calls are retried without limit: use deadline to bound the run.

        Raises PlanCountError if the plan has another number of items than expected_count; JournalError if the journal
        belongs to another plan, is damaged, held by another process, not writable, or was removed since the plan was
        loaded or run; ConfigurationError for an invalid argument; RequestValidationError for a client that is
        read_only. A run whose journal can no longer be written ends with JournalError before its next call.
        """
        self._confirm(expected_count)
        check_max_failures(max_failures)
        _check_times(deadline=deadline, consistency=consistency, pause=pause, wave_timeout=wave_timeout)
        _check_wave_options(waves, pause=pause, wave_timeout=wave_timeout)
        if dry_run:
            return dry_run_report(self._snapshot)
        options = RunOptions(
            concurrency=concurrency,
            per_site=per_site,
            deadline=deadline,
            waves=waves,
            pause=pause or timedelta(),
            wave_timeout=wave_timeout,
            max_failures=max_failures,
            retry_ambiguous=retry_ambiguous,
            consistency=consistency,
            scoped=scoped,
            on_progress=on_progress,
        )
        # Before any site starts, and before the journal has any of it.
        for site in self.by_site:
            client = self._dependencies.client(site)
            client._require_changes(ACTION_SPECS[self.action].operation.name)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the run's own
        if scoped:
            for site in self.by_site:
                await require_temporary_credentials(self._dependencies.client(site), site)
        return await run_plan(self._snapshot, self.parameters, self.journal, self._state, self._dependencies, options)

    def split_waves(self, waves: Waves) -> tuple[tuple[PlanItem, ...], ...]:
        """Return the items of each wave of run(waves=…), for review; sizes as for run()."""
        check_waves(waves)
        return tuple(tuple(self.items[number] for number in numbers) for numbers in split_waves(self.items, waves))

    def _confirm(self, expected: int | None) -> None:
        """Raise PlanCountError unless the caller confirmed the number of items of an action that destroys data."""
        count = len(self)
        needs_count = ACTION_SPECS[self.action].requires_count and count > 0
        if expected == count or (expected is None and not needs_count):
            return
        argument = f"expected_count={expected}" if expected is not None else "no expected_count"
        raise PlanCountError(
            f"{self.action} has {counted(count, 'WorkSpace')}, but {argument} was passed; review the plan, and "
            f"confirm it by expected_count={count}. Nothing was sent",
            count=count,
            expected=expected,
        )

    def _call_count(self, count: int) -> int:
        return -(-count // ACTION_SPECS[self.action].per_call)

    def __str__(self) -> str:
        """Return a text table of counts by site, directory and state, with what is left out and the duration."""
        parameters = f" {self.parameters}" if str(self.parameters) else ""
        lines = [f"{self.action}{parameters}: {counted(len(self), 'WorkSpace')} where {self.selection}"]
        groups = Counter((str(item.site), item.directory_id, item.state or "") for item in self.items)
        rows = [("site", "directory", "state", "WorkSpaces")]
        rows += [(*group, f"{count:,}") for group, count in sorted(groups.items())[:_MAX_GROUPS]]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        if groups:
            lines += ["  " + "  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
        if len(groups) > _MAX_GROUPS:
            lines.append(f"  and {counted(len(groups) - _MAX_GROUPS, 'more line')}")
        if self.left_out:
            reasons = Counter(out.reason for out in self.left_out).most_common()
            lines.append(f"left out {len(self.left_out):,}: " + "; ".join(f"{reason} ({n:,})" for reason, n in reasons))
        lines += [f"NOT READ: {error.site}: {error.error}" for error in self.failed]
        if self.items:
            operation = ACTION_SPECS[self.action].operation.name
            lines.append(
                f"{counted(self.calls, 'call')} of {operation}, {_approximate(self.takes)} at AWS's "
                f"{DOCUMENTED_RATE:g} calls a second for each site"
            )
        return "\n".join(map(printable, lines))

    def __repr__(self) -> str:
        """Return the first line of the text."""
        return f"<Plan to {str(self).partition(chr(10))[0]}>"


def _check_times(**times: timedelta | None) -> None:
    """Raise ConfigurationError for invalid times; a deadline below zero is valid, and has passed already."""
    for name, time in times.items():
        if time is not None and not isinstance(time, timedelta):  # pyright: ignore[reportUnnecessaryIsInstance] - not everybody checks types
            raise ConfigurationError(f"{name}={time!r}: use a timedelta, as in timedelta(minutes=5)")
        if time is not None and time < timedelta() and name != "deadline":
            raise ConfigurationError(f"{name}={time}: use a timedelta of zero or more")


def _check_wave_options(waves: Waves | None, *, pause: timedelta | None, wave_timeout: timedelta | None) -> None:
    """Raise ConfigurationError for invalid waves, and for options of waves without any."""
    if waves is not None:
        check_waves(waves)
    elif pause is not None or wave_timeout is not None:
        name = "pause" if pause is not None else "wave_timeout"
        raise ConfigurationError(f"{name}= is an option of waves; pass waves=, as in waves=[5, 0.1, 1.0]")
    if wave_timeout == timedelta():
        raise ConfigurationError("wave_timeout=0:00:00: use a timedelta above zero")


def _approximate(time: timedelta) -> str:
    seconds = round(time.total_seconds())
    minutes, hours = seconds / 60, seconds / 3600
    for number, unit in ((hours, "h"), (minutes, "min"), (float(seconds), "s")):
        if number >= 1:
            return f"about {number:.3g} {unit}"
    return "less than 1 s"


_PLANNED: Final = {
    "account": TEXT,
    "region": TEXT,
    "directory_id": TEXT,
    "state": TEXT,
    "WorkSpaces": INTEGER,
}
_LEFT_OUT: Final = {"reason": TEXT, "WorkSpaces": INTEGER}


def plan_html(plan: Plan) -> str:
    """Return HTML tables of the items by site, directory and state, and of what is left out by reason."""
    groups = Counter((item.site, item.directory_id, item.state or "") for item in plan.items)
    planned: list[dict[str, Cell]] = [
        {"account": site.account, "region": site.region, "directory_id": directory, "state": state, "WorkSpaces": count}
        for (site, directory, state), count in sorted(groups.items())
    ]
    first, *_ = str(plan).splitlines()
    html = Table.of_mappings(planned, _PLANNED).to_html(f"Plan to {first}", _notes(plan))
    if plan.left_out:
        reasons = Counter(out.reason for out in plan.left_out).most_common()
        left_out: list[dict[str, Cell]] = [{"reason": reason, "WorkSpaces": count} for reason, count in reasons]
        html += Table.of_mappings(left_out, _LEFT_OUT).to_html(f"left out: {len(plan.left_out):,}")
    return html


def _notes(plan: Plan) -> Iterator[str]:
    yield from (f"NOT READ: {error.site}: {error.error}" for error in plan.failed)
    if plan.items:
        yield f"{counted(plan.calls, 'call')} of {ACTION_SPECS[plan.action].operation.name}"
    yield "nothing was sent yet: call run()"
    if plan.journal is not None:
        yield f"journal: {plan.journal}"
