"""Report, ItemReport, Outcome and Progress: the results of a run, item by item."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final, Literal, Self, TypeAlias, cast

import msgspec

from wsclient._core.argument_checks import checked
from wsclient._core.errors import ConfigurationError, PartialFailureError
from wsclient._core.files import AtomicFile
from wsclient._core.lazy_imports import LazyMapping, OptionalModule
from wsclient._core.missing_attributes import ExplainedAttributes
from wsclient._core.printable import printable, printable_or_none
from wsclient._core.site import Site
from wsclient._core.tables.columns import Cell, CellKind, Row
from wsclient._core.tables.table import Table
from wsclient._core.tables.text import csv_text
from wsclient._core.utils import counted, name_hint
from wsclient._core.value_kinds import BOOL, PATH
from wsclient.fleet._actions.items import Parameters
from wsclient.fleet._inventory.export import WrittenFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pandas as pd
    import polars as pl
else:
    pd, pl = OptionalModule("pandas"), OptionalModule("polars")


_MAX_LISTED: Final = 10
"""Items of each outcome that the text of a report lists."""


class Outcome(StrEnum):
    """Outcome of one item; each item has exactly one."""

    DONE = "done"
    """AWS accepted the request, or the WorkSpace was verified to be as requested."""
    FAILED = "failed"
    """AWS refused the request; code and message are AWS's."""
    AMBIGUOUS = "ambiguous"
    """The request may have been executed, and no verification shows whether it was."""
    NOT_TRIED = "not_tried"
    """No request was sent, or it was certainly not executed; message is the reason."""


OutcomeText: TypeAlias = Outcome | Literal["done", "failed", "ambiguous", "not_tried"]
"""The member, or its text."""


class ItemReport(msgspec.Struct, frozen=True, kw_only=True):
    """Result of one item.

    workspace_id is the id of the WorkSpace, None for a creation; new_workspace_id is the id of the WorkSpace that a
    creation or migration made. key identifies the item in its plan: the WorkSpace id, or directory and user as in
    "d-…/jane" for a creation. attempts is the number of calls that contained the item, sent_at the time just before the
    last of them; at is the time when its outcome was decided, None if it was not tried. wave is the number of its wave,
    from 1 on. is_unhealthy means that the request was accepted, but that the WorkSpace did not become healthy before
    the next wave; message is then the reason.
    """

    site: Site
    workspace_id: str | None = None
    directory_id: str
    user_name: str
    outcome: Outcome
    code: str | None = None
    message: str | None = None
    attempts: int = 0
    at: datetime | None = None
    new_workspace_id: str | None = None
    workspace_name: str | None = None
    sent_at: datetime | None = None
    wave: int | None = None
    is_unhealthy: bool = False
    key: str = ""

    def __post_init__(self) -> None:
        """Replace unprintable characters in the texts, which come from AWS or from a journal."""
        msgspec.structs.force_setattr(self, "key", self.key or self.workspace_id or "")
        msgspec.structs.force_setattr(self, "code", printable_or_none(self.code))
        msgspec.structs.force_setattr(self, "message", printable_or_none(self.message))

    @property
    def error_code(self) -> str | None:
        """AWS's error code, the same as code; AWS's own records of failed items call it so."""
        return self.code

    @property
    def error_message(self) -> str | None:
        """Reason, the same as message."""
        return self.message

    def __str__(self) -> str:
        """Return key, site, outcome and reason as text."""
        reason = ": ".join(part for part in (self.code, self.message) if part)
        outcome = "done, but unhealthy" if self.is_unhealthy else self.outcome.replace("_", " ")
        return printable(f"{self.key} ({self.site}) {outcome}{f': {reason}' if reason else ''}")


class OutcomeCounts(Mapping[Outcome, int]):
    """Numbers of items by outcome, in the order of Outcome; an outcome may be given as text."""

    __slots__ = ("_counts",)

    def __init__(self, items: Iterable[ItemReport]) -> None:
        counts = Counter(item.outcome for item in items)
        self._counts = {outcome: counts[outcome] for outcome in Outcome}

    def __getitem__(self, outcome: OutcomeText) -> int:
        """Return the number of items of an outcome, such as Outcome.DONE or "not_tried"; raises KeyError."""
        return self._counts[cast("Outcome", outcome)]  # an Outcome is a str, with its hash

    def __iter__(self) -> Iterator[Outcome]:
        """Iterate over the outcomes."""
        return iter(self._counts)

    def __len__(self) -> int:
        """Return the number of outcomes."""
        return len(self._counts)

    def __repr__(self) -> str:
        """Return the numbers by the outcomes' texts."""
        return repr({outcome.value: count for outcome, count in self._counts.items()})


class ReportRow(msgspec.Struct, Row, frozen=True, kw_only=True):
    """Row of a report's table."""

    account: str
    region: str
    workspace_id: str | None
    workspace_name: str | None
    directory_id: str
    user_name: str
    outcome: str
    code: str | None
    message: str | None
    attempts: int
    at: datetime | None
    new_workspace_id: str | None
    wave: int | None
    is_unhealthy: bool


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """Progress of a run: number of items by outcome, and in total.

    rate is the number of items decided per second since this run started, None before the first; left is the estimated
    time for the remaining items at that rate. phase is what a run in waves does: the number of its wave, that it waits
    until a wave is healthy, or that it pauses.
    """

    done: int
    failed: int
    ambiguous: int
    not_tried: int
    total: int
    rate: float | None = None
    left: timedelta | None = None
    phase: str = ""

    @property
    def decided(self) -> int:
        """Number of items that have an outcome."""
        return self.done + self.failed + self.ambiguous + self.not_tried

    def __str__(self) -> str:
        """Return the progress as one line."""
        parts = [f"{self.decided} of {self.total}", f"done {self.done}", f"failed {self.failed}"]
        parts += [f"ambiguous {self.ambiguous}"] if self.ambiguous else []
        parts += [f"not tried {self.not_tried}"] if self.not_tried else []
        parts += [f"{self.left.total_seconds():.0f} s left"] if self.left is not None else []
        parts += [self.phase] if self.phase else []
        return ", ".join(parts)


class RowsMixin(ExplainedAttributes):
    """Conversion of rows() to DataFrames: the base of Plan and Report."""

    __slots__ = ()
    _row_type: ClassVar[type[Row]]

    def rows(self) -> Sequence[Row]:
        """Return the content as flat rows."""
        raise NotImplementedError

    def to_pandas(self, *, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Return rows() as a pandas DataFrame, with all columns or those that are named.

        Raises ConfigurationError without the extra wsclient[pandas], and for an unknown column.
        """
        return Table.of(self.rows(), self._row_type).select(columns).to_pandas()

    def to_polars(self, *, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """Return rows() as a polars DataFrame, as to_pandas() does; extra wsclient[polars]."""
        return Table.of(self.rows(), self._row_type).select(columns).to_polars()

    @checked({"path": PATH, "guard_formulas": BOOL})
    async def write_csv(self, path: str | PathLike[str], *, guard_formulas: bool = True) -> WrittenFile:
        """Write rows() to a CSV file (RFC 4180), in UTF-8, with the column names of an inventory's file.

        Times are in ISO 8601, missing values are empty. guard_formulas as for FleetInventory.write_csv. An existing
        file is replaced once the new one is complete. Raises OSError if the file cannot be written.
        """
        rows = self.rows()
        table = Table.of(rows, self._row_type)
        lines = [[column.name for column in table.columns], *(line.values() for line in table.rows())]
        async with AtomicFile(path) as file:
            await file.write(lambda: csv_text(lines, guards_formulas=guard_formulas).encode())
        return WrittenFile(path=Path(path), rows=len(rows))


class Report(msgspec.Struct, RowsMixin, frozen=True, kw_only=True):
    """Report of a run: the result of each item, in the plan's order.

    advice is the next step for ambiguous items; calls is the number of calls of the action's operation in this run;
    took is the duration of the run; parameters are the parameters of the action.
    """

    _row_type: ClassVar = ReportRow
    _other_names: ClassVar = LazyMapping("wsclient.fleet._other_names:REPORT")

    action: str
    items: tuple[ItemReport, ...]
    advice: str = ""
    calls: int = 0
    took: timedelta = timedelta()
    parameters: Parameters = msgspec.field(default_factory=Parameters)

    @property
    def counts(self) -> OutcomeCounts:
        """Number of items by outcome, which may be given as text: counts["not_tried"]."""
        return OutcomeCounts(self.items)

    @property
    def ok(self) -> bool:
        """True if every item was done, and none is unhealthy."""
        return all(item.outcome is Outcome.DONE and not item.is_unhealthy for item in self.items)

    @property
    def unhealthy(self) -> tuple[ItemReport, ...]:
        """Items that were done, but whose WorkSpaces did not become healthy before the next wave."""
        return tuple(item for item in self.items if item.is_unhealthy)

    def of(self, outcome: OutcomeText) -> tuple[ItemReport, ...]:
        """Return the items of one outcome: "done", "failed", "ambiguous" or "not_tried"."""
        if outcome not in list(Outcome):
            raise ConfigurationError(f"unknown outcome {outcome!r}; {name_hint(str(outcome), list(Outcome))}")
        wanted = Outcome(outcome)
        return tuple(item for item in self.items if item.outcome is wanted)

    def raise_for_failures(self) -> Self:
        """Return the report itself, or raise PartialFailureError with all items that were not done."""
        if self.ok:
            return self
        failed = [item for item in self.items if item.outcome is not Outcome.DONE or item.is_unhealthy]
        codes = Counter(
            "unhealthy" if item.is_unhealthy else item.code or item.outcome.replace("_", " ") for item in failed
        ).most_common()
        reasons = ", ".join(f"{code} ({count})" for code, count in codes)
        unhealthy = ", or are unhealthy" if self.unhealthy else ""
        raise PartialFailureError(
            f"{self.action}: {len(failed)} of {len(self.items)} items were not done{unhealthy}: {reasons}; see "
            "failed_requests",
            failed_requests=failed,
        )

    def rows(self) -> list[ReportRow]:
        """Return every item as a flat row, for a table or a file."""
        return [
            ReportRow(
                account=item.site.account,
                region=item.site.region,
                workspace_id=item.workspace_id,
                workspace_name=item.workspace_name,
                directory_id=item.directory_id,
                user_name=item.user_name,
                outcome=item.outcome.value,
                code=item.code,
                message=item.message,
                attempts=item.attempts,
                at=item.at,
                new_workspace_id=item.new_workspace_id,
                wave=item.wave,
                is_unhealthy=item.is_unhealthy,
            )
            for item in self.items
        ]

    def _repr_html_(self) -> str:
        """Return tables of the outcomes by site and of the items that were not done, for notebooks."""
        return report_html(self)

    def __str__(self) -> str:
        """Return the number of items by outcome, the first items that were not done, and the advice as text."""
        counts = ", ".join(f"{outcome.replace('_', ' ')} {count}" for outcome, count in self.counts.items())
        lines = [f"{self.action}: {counts} ({counted(self.calls, 'call')} in {self.took.total_seconds():.1f} s)"]
        listed = [(name.replace("_", " "), self.of(name)) for name in ("failed", "ambiguous", "not_tried")]
        for name, items in [("unhealthy", self.unhealthy), *listed]:
            lines += [f"  {item}" for item in items[:_MAX_LISTED]]
            if len(items) > _MAX_LISTED:
                lines.append(f"  and {len(items) - _MAX_LISTED} more {name}")
        if self.advice and self.of(Outcome.AMBIGUOUS):
            lines.append(f"  ambiguous items: {self.advice}")
        return "\n".join(map(printable, lines))

    def __repr__(self) -> str:
        """Return the first line of the text."""
        return f"<Report of {str(self).partition(chr(10))[0]}>"


TEXT, INTEGER = CellKind.TEXT, CellKind.INTEGER
_OUTCOMES: Final = {"account": TEXT, "region": TEXT, **{outcome.value: INTEGER for outcome in Outcome}}
_FAILED: Final[dict[str, CellKind]] = dict.fromkeys(
    ("workspace_id", "account", "region", "user_name", "outcome", "code", "message"), TEXT
)
_NOT_TRIED: Final = {"reason": TEXT, "items": INTEGER}


def report_html(report: Report) -> str:
    """Return HTML tables of the outcomes by site, the failed and ambiguous items, and the reasons of untried ones."""
    counts = Counter((item.site, item.outcome) for item in report.items)
    outcomes: list[dict[str, Cell]] = [
        {
            "account": site.account,
            "region": site.region,
            **{outcome.value: counts[site, outcome] or None for outcome in Outcome},
        }
        for site in sorted({item.site for item in report.items})
    ]
    first, *_ = str(report).splitlines()
    html = Table.of_mappings(outcomes, _OUTCOMES).to_html(f"Report of {first}")
    failed: list[dict[str, Cell]] = [
        {name: getattr(row, name) for name in _FAILED}
        for row in report.rows()
        if row.outcome in (Outcome.FAILED, Outcome.AMBIGUOUS) or row.is_unhealthy
    ]
    if failed:
        advice = [report.advice] if report.advice and report.of(Outcome.AMBIGUOUS) else []
        caption = "failed, ambiguous or unhealthy" if report.unhealthy else "failed or ambiguous"
        html += Table.of_mappings(failed, _FAILED).to_html(f"{caption}: {len(failed):,}", advice)
    if not_tried := report.of(Outcome.NOT_TRIED):
        reasons = Counter(item.message for item in not_tried).most_common()
        rows: list[dict[str, Cell]] = [{"reason": reason, "items": count} for reason, count in reasons]
        html += Table.of_mappings(rows, _NOT_TRIED).to_html(f"not tried: {len(not_tried):,}")
    return html
