"""AuditReport: the findings of a run, as counts, rows, tables and a comparison with an earlier run."""

from __future__ import annotations

from collections import Counter
from datetime import datetime  # noqa: TC003 - help() reads a Struct's annotations
from typing import TYPE_CHECKING

import msgspec

from wsclient._core.errors import WsclientError
from wsclient._core.site import Site  # noqa: TC001 - as above
from wsclient._core.tables.columns import Row
from wsclient._core.tables.table import Table
from wsclient.audit._checks.registry import controls
from wsclient.audit._model import AuditCall, Finding, Outcome, Severity
from wsclient.audit._settings import AuditSettings  # noqa: TC001 - as above

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd
    import polars as pl

    from wsclient.audit._checks.base import Check


class AuditFailedError(WsclientError):
    """A finding failed at or above the severity that was asked about; report is the whole report."""

    def __init__(self, message: str, report: AuditReport) -> None:
        super().__init__(message)
        self.report = report


class FindingRow(msgspec.Struct, Row, frozen=True, kw_only=True):
    """Row of a report's table: one finding."""

    account: str
    region: str
    section: str
    check: str
    revision: int
    title: str
    outcome: str
    reason: str | None
    severity: str
    resource_type: str | None
    resource_id: str | None
    resource_arn: str | None
    message: str
    remedy: str
    same_as: list[str]
    request_id: str | None
    at: datetime
    exception: str | None
    first_seen: datetime | None


class SiteResult(msgspec.Struct, frozen=True, kw_only=True):
    """One site of an audit: its account's id, who asked, when, and how many WorkSpaces were judged.

    left_out is the number of WorkSpaces in a state of termination. is_whole is False if a listing ended early or the
    site could not be reached.
    """

    site: Site
    account_id: str
    caller_arn: str
    begun: datetime
    ended: datetime
    workspaces: int
    left_out: int
    is_whole: bool


class CheckCount(msgspec.Struct, frozen=True, kw_only=True):
    """Number of findings of one check at one site with one outcome."""

    check: str
    site: Site
    outcome: Outcome
    count: int


class AuditReport(msgspec.Struct, frozen=True, kw_only=True):
    """Report of an audit: what was checked, what was found, and with which calls.

    findings has every failure, everything unknown and everything that does not apply; passes are counted, and kept only
    with keep="all". checks are those that ran, in the order of the page.
    """

    settings: AuditSettings
    sites: tuple[SiteResult, ...]
    checks: tuple[str, ...]
    check_counts: tuple[CheckCount, ...]
    findings: tuple[Finding, ...]
    calls: tuple[AuditCall, ...]
    options: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """True if every site was read completely; missing permissions leave unknown findings, and count as read."""
        return all(result.is_whole for result in self.sites)

    @property
    def counts(self) -> Mapping[Outcome, int]:
        """Number of findings by outcome, passes included."""
        counts = Counter(dict.fromkeys(Outcome, 0))
        for each in self.check_counts:
            counts[each.outcome] += each.count
        return counts

    @property
    def failed(self) -> tuple[Finding, ...]:
        """Failures, the most severe first; those with an exception are included, and marked."""
        failures = [finding for finding in self.findings if finding.outcome is Outcome.FAIL]
        return tuple(sorted(failures, key=lambda finding: -finding.severity.rank))

    @property
    def unknown(self) -> tuple[Finding, ...]:
        """What could not be decided, each with its reason."""
        return tuple(finding for finding in self.findings if finding.outcome is Outcome.UNKNOWN)

    def controls(self, checks: Sequence[Check]) -> Mapping[str, Outcome]:
        """Return the outcome of each control of the CIS benchmark among these checks.

        A control fails if one of its checks fails, passes if all pass (or do not apply), and is unknown otherwise.
        """
        outcomes: dict[str, set[Outcome]] = {}
        for each in self.check_counts:
            outcomes.setdefault(each.check, set()).add(each.outcome)
        return {
            number: _overall([outcomes.get(check.id, {Outcome.UNKNOWN}) for check in members])
            for number, members in controls(checks).items()
        }

    def rows(self) -> list[FindingRow]:
        """Return a row for each finding."""
        requests = {call.number: call.request_id for call in self.calls}
        return [_row(finding, requests) for finding in self.findings]

    def to_pandas(self) -> pd.DataFrame:
        """Return the rows as a pandas DataFrame; extra wsclient[pandas]."""
        return self._table().to_pandas()

    def to_polars(self) -> pl.DataFrame:
        """Return the rows as a polars DataFrame; extra wsclient[polars]."""
        return self._table().to_polars()

    def raise_for_failures(self, at_least: Severity | str = Severity.HIGH) -> None:
        """Raise AuditFailedError if a finding without an exception failed at or above this severity."""
        floor = Severity(at_least).rank
        worst = [each for each in self.failed if each.exception is None and each.severity.rank >= floor]
        if worst:
            more = f", and {len(worst) - 1} more" if len(worst) > 1 else ""
            raise AuditFailedError(f"{worst[0]}{more}", self)

    def _table(self) -> Table:
        return Table.of(self.rows(), FindingRow)

    def _repr_html_(self) -> str:
        """Return the findings as an HTML table, for notebooks."""
        return self._table().to_html(str(self))

    def __str__(self) -> str:
        """Return the sites, the counts, and whether every site was read."""
        counts = ", ".join(f"{outcome.replace('_', ' ')} {count:,}" for outcome, count in self.counts.items())
        sites = ", ".join(str(result.site) for result in self.sites)
        return f"audit of {sites}: {counts}{'' if self.is_whole else '; NOT WHOLE: a site was not read completely'}"


def _overall(outcomes: Iterable[set[Outcome]]) -> Outcome:
    found = set[Outcome]().union(*outcomes)
    if Outcome.FAIL in found:
        return Outcome.FAIL
    if Outcome.UNKNOWN in found:
        return Outcome.UNKNOWN
    return Outcome.PASS if Outcome.PASS in found else Outcome.NOT_APPLICABLE


def _row(finding: Finding, requests: Mapping[int, str | None]) -> FindingRow:
    resource = finding.resource
    calls = [evidence.call for evidence in finding.evidence if evidence.call is not None]
    return FindingRow(
        account=finding.site.account,
        region=finding.site.region,
        section=finding.section,
        check=finding.check,
        revision=finding.revision,
        title=finding.title,
        outcome=finding.outcome,
        reason=finding.reason,
        severity=finding.severity,
        resource_type=resource.type if resource else None,
        resource_id=resource.id if resource else None,
        resource_arn=resource.arn if resource else None,
        message=finding.message,
        remedy=finding.remedy,
        same_as=list(finding.same_as),
        request_id=requests.get(calls[0]) if calls else None,
        at=finding.at,
        exception=finding.exception,
        first_seen=finding.first_seen,
    )
