"""What became of every item of a plan, while it runs and afterwards."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Self

import msgspec

from wsclient._core.errors import PartialFailureError
from wsclient._core.site import Site  # noqa: TC001 - msgspec looks at the annotations
from wsclient._core.tables.columns import Cell, CellKind, Row
from wsclient._core.tables.table import Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    import polars as pl


_TOLD: Final = 10
"""Items that a report in words names, of each outcome."""


class Outcome(StrEnum):
    """How it ended for one item: in exactly one of these ways."""

    DONE = "done"
    """AWS took it, or it was seen to be as asked."""
    FAILED = "failed"
    """AWS refused it; code and message are AWS's."""
    AMBIGUOUS = "ambiguous"
    """It may have been done, and whether it was cannot be told."""
    NOT_TRIED = "not_tried"
    """It was not asked for, or surely not carried out; message says why."""


class ItemReport(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one item.

    attempts counts the calls that it was part of; at is when it was decided, None for what was not tried. new_id is the
    WorkSpace that came of it, where it was created or migrated.
    """

    site: Site
    key: str
    directory_id: str
    user_name: str
    outcome: Outcome
    code: str | None = None
    message: str | None = None
    attempts: int = 0
    at: datetime | None = None
    new_id: str | None = None

    def __str__(self) -> str:
        """Say the key, the outcome, and why."""
        said = ": ".join(part for part in (self.code, self.message) if part)
        return f"{self.key} ({self.site}) {self.outcome.replace('_', ' ')}{f': {said}' if said else ''}"


class ReportRow(msgspec.Struct, Row, frozen=True, kw_only=True):
    """A line of a report as a table has it."""

    account: str
    region: str
    key: str
    directory_id: str
    user_name: str
    outcome: str
    code: str | None
    message: str | None
    attempts: int
    at: datetime | None
    new_id: str | None


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a run has come: items by outcome, of total.

    rate is items decided a second since this run began, None before the first; left is how long the rest takes at that
    rate.
    """

    done: int
    failed: int
    ambiguous: int
    not_tried: int
    total: int
    rate: float | None = None
    left: timedelta | None = None

    @property
    def decided(self) -> int:
        """Items of which the outcome is known."""
        return self.done + self.failed + self.ambiguous + self.not_tried

    def __str__(self) -> str:
        """Say it on one line."""
        parts = [f"{self.decided} of {self.total}", f"done {self.done}", f"failed {self.failed}"]
        parts += [f"ambiguous {self.ambiguous}"] if self.ambiguous else []
        parts += [f"not tried {self.not_tried}"] if self.not_tried else []
        parts += [f"{self.left.total_seconds():.0f} s left"] if self.left is not None else []
        return ", ".join(parts)


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a plan, an entry an item, in the plan's order.

    advice is what to do about ambiguous ones; calls is how many calls this run made that ask for something.
    """

    action: str
    items: tuple[ItemReport, ...]
    advice: str = ""
    calls: int = 0
    took: timedelta = timedelta()

    @property
    def counts(self) -> Mapping[Outcome, int]:
        """How many items ended in each way."""
        counts = Counter(item.outcome for item in self.items)
        return {outcome: counts[outcome] for outcome in Outcome}

    @property
    def ok(self) -> bool:
        """Whether everything was done."""
        return all(item.outcome is Outcome.DONE for item in self.items)

    def of(self, outcome: Outcome | str) -> tuple[ItemReport, ...]:
        """Return the items that ended in one way: "done", "failed", "ambiguous" or "not_tried"."""
        wanted = Outcome(outcome)
        return tuple(item for item in self.items if item.outcome is wanted)

    def raise_for_failures(self) -> Self:
        """Return the report itself, or raise PartialFailureError with every item that was not done."""
        if self.ok:
            return self
        failed = [item for item in self.items if item.outcome is not Outcome.DONE]
        codes = Counter(item.code or item.outcome.replace("_", " ") for item in failed).most_common()
        told = ", ".join(f"{code} ({count})" for code, count in codes)
        raise PartialFailureError(
            f"{self.action}: {len(failed)} of {len(self.items)} items were not done: {told}; see failed_requests",
            failed_requests=failed,
        )

    def rows(self) -> list[ReportRow]:
        """Return every item as a flat row, for a table or a file."""
        return [
            ReportRow(
                account=item.site.account,
                region=item.site.region,
                key=item.key,
                directory_id=item.directory_id,
                user_name=item.user_name,
                outcome=item.outcome.value,
                code=item.code,
                message=item.message,
                attempts=item.attempts,
                at=item.at,
                new_id=item.new_id,
            )
            for item in self.items
        ]

    def to_pandas(self) -> pd.DataFrame:
        """Return a row an item as a pandas DataFrame; ConfigurationError without the extra wsclient[pandas]."""
        return Table.of(self.rows(), ReportRow).to_pandas()

    def to_polars(self) -> pl.DataFrame:
        """Return a row an item as a polars DataFrame; ConfigurationError without the extra wsclient[polars]."""
        return Table.of(self.rows(), ReportRow).to_polars()

    def _repr_html_(self) -> str:
        """Return how many ended how at each site, and those that were not done, for notebooks."""
        return report_html(self)

    def __str__(self) -> str:
        """Say how many ended how, name the first that were not done, and what to do next."""
        told = ", ".join(f"{outcome.replace('_', ' ')} {count}" for outcome, count in self.counts.items())
        calls = f"{self.calls} call{'' if self.calls == 1 else 's'}"
        lines = [f"{self.action}: {told} ({calls} in {self.took.total_seconds():.1f} s)"]
        for outcome in (Outcome.FAILED, Outcome.AMBIGUOUS, Outcome.NOT_TRIED):
            items = self.of(outcome)
            lines += [f"  {item}" for item in items[:_TOLD]]
            if len(items) > _TOLD:
                lines.append(f"  and {len(items) - _TOLD} more {outcome.replace('_', ' ')}")
        if self.advice and self.of(Outcome.AMBIGUOUS):
            lines.append(f"  ambiguous ones: {self.advice}")
        return "\n".join(lines)

    def __repr__(self) -> str:
        """Say it on one line."""
        return f"<Report of {str(self).partition(chr(10))[0]}>"


TEXT, INTEGER = CellKind.TEXT, CellKind.INTEGER
_OUTCOMES: Final = {"account": TEXT, "region": TEXT, **{outcome.value: INTEGER for outcome in Outcome}}
_FAILED: Final[dict[str, CellKind]] = dict.fromkeys(
    ("key", "account", "region", "user_name", "outcome", "code", "message"), TEXT
)
_NOT_TRIED: Final = {"reason": TEXT, "items": INTEGER}


def report_html(report: Report) -> str:
    """Return how many ended how at each site, and those that were not done."""
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
        if row.outcome in (Outcome.FAILED, Outcome.AMBIGUOUS)
    ]
    if failed:
        advice = [report.advice] if report.advice and report.of(Outcome.AMBIGUOUS) else []
        html += Table.of_mappings(failed, _FAILED).to_html(f"failed or ambiguous: {len(failed):,}", advice)
    if not_tried := report.of(Outcome.NOT_TRIED):
        reasons = Counter(item.message for item in not_tried).most_common()
        rows: list[dict[str, Cell]] = [{"reason": reason, "items": count} for reason, count in reasons]
        html += Table.of_mappings(rows, _NOT_TRIED).to_html(f"not tried: {len(not_tried):,}")
    return html
