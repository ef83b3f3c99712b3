"""AuditDifference: what has changed between two reports, as findings, rows, text, tables and JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum, unique
from typing import TYPE_CHECKING, Final

import msgspec

from wsclient._core.lazy_imports import OptionalModule
from wsclient._core.printable import printable
from wsclient._core.tables.columns import Row
from wsclient._core.tables.table import Table
from wsclient.audit._model import Finding

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
else:
    pd, pl = OptionalModule("pandas"), OptionalModule("polars")

SCHEMA: Final = "wsclient.audit-difference/1"
_MAX_LISTED: Final = 20


@unique
class Change(StrEnum):
    """Change of a failure between two reports."""

    NEW = "new"
    """It fails now, and did not fail in the earlier report."""
    NOW_UNKNOWN = "now_unknown"
    """It failed, and cannot be decided now."""
    GONE = "gone"
    """It failed, and the resource no longer exists."""
    FIXED = "fixed"
    """It failed; the resource still exists and does not fail any more."""
    UNCHANGED = "unchanged"
    """It failed, and still does."""


@unique
class FindingState(StrEnum):
    """State of one check for one resource in one report."""

    FAIL = "fail"
    UNKNOWN = "unknown"
    ABSENT = "absent"
    """The resource does not exist."""
    NO_FAILURE = "no_failure"
    """It passes, or the check does not apply to it."""


class FindingChange(msgspec.Struct, frozen=True, kw_only=True):
    """Change of one failure: its state before and after, and the finding of the report in which it fails.

    Of a failure that is unchanged, it is the finding of the later report; its first_seen is the time of the first
    audit with this failure.
    """

    change: Change
    before: FindingState
    after: FindingState
    finding: Finding


class NotCompared(msgspec.Struct, frozen=True, kw_only=True):
    """Part of the reports that cannot be compared: a site, a check, or everything (both None), with the reason.

    earlier_failures and later_failures are the numbers of failures in it.
    """

    site: str | None = None
    check: str | None = None
    reason: str
    earlier_failures: int
    later_failures: int

    def __str__(self) -> str:
        """Return the part, the reason and the numbers on one line."""
        numbers = f"{self.earlier_failures:,} failures before, {self.later_failures:,} now"
        return f"{self.site or self.check or 'everything'}: {self.reason} ({numbers})"


class ChangeRow(msgspec.Struct, Row, frozen=True, kw_only=True):
    """Row of the table of a difference: one failure."""

    change: str
    account: str
    region: str
    check: str
    severity: str
    resource_type: str | None
    resource_id: str | None
    before: str
    after: str
    message: str
    exception: str | None
    at: datetime
    first_seen: datetime | None


class AuditDifference(msgspec.Struct, frozen=True, kw_only=True):
    """Difference of two reports (AuditReport.compare): each failure of either, and what was not compared, and why.

    changes are in the order of Change. earlier and later are the times at which the reports end.
    """

    earlier: datetime | None
    later: datetime | None
    changes: tuple[FindingChange, ...]
    not_compared: tuple[NotCompared, ...]

    @property
    def counts(self) -> Mapping[Change, int]:
        """Number of failures by change."""
        counts = Counter(dict.fromkeys(Change, 0))
        counts.update(each.change for each in self.changes)
        return counts

    @property
    def new(self) -> tuple[Finding, ...]:
        """Failures that were none in the earlier report."""
        return self.of(Change.NEW)

    @property
    def fixed(self) -> tuple[Finding, ...]:
        """Earlier failures whose resource still exists and does not fail any more."""
        return self.of(Change.FIXED)

    @property
    def gone(self) -> tuple[Finding, ...]:
        """Earlier failures whose resource no longer exists."""
        return self.of(Change.GONE)

    @property
    def now_unknown(self) -> tuple[Finding, ...]:
        """Earlier failures that cannot be decided now."""
        return self.of(Change.NOW_UNKNOWN)

    @property
    def unchanged(self) -> tuple[Finding, ...]:
        """Failures of both reports, as the later one has them."""
        return self.of(Change.UNCHANGED)

    def of(self, change: Change) -> tuple[Finding, ...]:
        """Return the findings with a change."""
        return tuple(each.finding for each in self.changes if each.change is change)

    def rows(self) -> list[ChangeRow]:
        """Return a row for each failure."""
        return [_row(each) for each in self.changes]

    def to_pandas(self) -> pd.DataFrame:
        """Return the rows as a pandas DataFrame; extra wsclient[pandas]."""
        return self._table().to_pandas()

    def to_polars(self) -> pl.DataFrame:
        """Return the rows as a polars DataFrame; extra wsclient[polars]."""
        return self._table().to_polars()

    def to_json(self) -> str:
        """Return counts, what was not compared, and changes with their findings as a JSON document."""
        document = {"schema": SCHEMA, "earlier": self.earlier, "later": self.later, "counts": self.counts}
        content = {"not_compared": self.not_compared, "changes": self.changes}
        return msgspec.json.encode({**document, **content}).decode()

    def _table(self) -> Table:
        return Table.of(self.rows(), ChangeRow)

    def _summary(self) -> str:
        return ", ".join(f"{change.replace('_', ' ')} {count:,}" for change, count in self.counts.items())

    def _repr_html_(self) -> str:
        """Return the changes as an HTML table, for notebooks."""
        return self._table().to_html(self._summary(), [f"not compared: {each}" for each in self.not_compared])

    def __repr__(self) -> str:
        """Return the counts in brackets: the changes may be many thousands."""
        return f"<{type(self).__name__}: {self._summary()}>"

    def __str__(self) -> str:
        """Return the counts, the first failures of each change but the unchanged ones, and what was not compared."""
        lines = [f"failures: {self._summary()}"]
        for change in Change:
            if change is not Change.UNCHANGED:
                found = self.of(change)
                lines += [f"  {change.replace('_', ' ')}: {_line(finding)}" for finding in found[:_MAX_LISTED]]
                if len(found) > _MAX_LISTED:
                    lines.append(f"  and {len(found) - _MAX_LISTED:,} more {change.replace('_', ' ')}")
        lines += [f"  not compared: {each}" for each in self.not_compared]
        return "\n".join(map(printable, lines))


def _line(finding: Finding) -> str:
    where = f"{finding.site} {finding.resource.id}" if finding.resource else str(finding.site)
    return f"[{finding.severity}] {finding.check} {where}: {finding.message}"


def _row(each: FindingChange) -> ChangeRow:
    finding, resource = each.finding, each.finding.resource
    return ChangeRow(
        change=each.change,
        account=finding.site.account,
        region=finding.site.region,
        check=finding.check,
        severity=finding.severity,
        resource_type=resource.type if resource else None,
        resource_id=resource.id if resource else None,
        before=each.before,
        after=each.after,
        message=finding.message,
        exception=finding.exception,
        at=finding.at,
        first_seen=finding.first_seen,
    )
