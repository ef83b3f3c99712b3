"""ReportContent: the content of an audit's report, as counts, findings, rows and tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import (
    Iterator,
    Mapping,
)
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from wsclient._core.dates import AwareTime
from wsclient._core.errors import ConfigurationError
from wsclient._core.lazy_imports import OptionalModule
from wsclient._core.missing_attributes import ExplainedAttributes
from wsclient._core.site import Site
from wsclient._core.tables.columns import Row
from wsclient._core.tables.table import Table
from wsclient._version import __version__
from wsclient.audit._checks.base import Check
from wsclient.audit._checks.registry import CHECKS, controls
from wsclient.audit._exceptions import AppliedException
from wsclient.audit._model import AuditCall, Finding, Outcome, Section, Severity, SeverityText
from wsclient.audit._settings import AuditSettings

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd
    import polars as pl
else:
    pd, pl = OptionalModule("pandas"), OptionalModule("polars")


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
    resources: int
    message: str
    remedy: str
    same_as: list[str]
    request_id: str | None
    at: datetime
    exception: str | None
    first_seen: datetime | None


class SiteResult(msgspec.Struct, frozen=True, kw_only=True):
    """Result of one site: the account's id, the caller, the times, and the number of WorkSpaces judged.

    left_out is the number of WorkSpaces in a state of termination. is_whole is False if a listing ended early or the
    site could not be reached. resources has the ids of the resources that were judged, by their CloudFormation type.
    """

    site: Site
    account_id: str
    caller_arn: str
    started: AwareTime
    ended: AwareTime
    workspaces: int
    left_out: int
    is_whole: bool
    resources: Mapping[str, tuple[str, ...]] = {}


class AuditedCheck(msgspec.Struct, frozen=True, kw_only=True):
    """Check that a run made; the fields are those of Check."""

    id: str
    revision: int
    title: str
    section: Section
    severity: Severity
    severity_source: str
    remedy: str
    why: str = ""
    same_as: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()

    @classmethod
    def of(cls, check: Check) -> AuditedCheck:
        """Return the record of a check for a report."""
        return cls(**{name: getattr(check, name) for name in cls.__struct_fields__})


class CheckCount(msgspec.Struct, frozen=True, kw_only=True):
    """Number of resources, or of findings about none, with one outcome of one check at one site."""

    check: str
    site: Site
    outcome: Outcome
    count: int


class ReportContent(msgspec.Struct, ExplainedAttributes, frozen=True, kw_only=True):
    """Content of a report: the checks, the findings, and the calls that were made.

    findings has every failure, everything unknown and everything that does not apply; passes are counted, and kept only
    with keep="all". checks are those that ran, in the order of the page. policy is the IAM policy with which the audit
    may run; version is that of wsclient. exceptions are those that were applied.
    """

    settings: AuditSettings
    sites: tuple[SiteResult, ...]
    checks: tuple[AuditedCheck, ...]
    check_counts: tuple[CheckCount, ...]
    findings: tuple[Finding, ...]
    calls: tuple[AuditCall, ...]
    options: tuple[str, ...] = ()
    policy: Mapping[str, Any] = {}
    version: str = __version__
    exceptions: tuple[AppliedException, ...] = ()

    @property
    def started(self) -> datetime | None:
        """Time of the first call; None without a site."""
        return min((result.started for result in self.sites), default=None)

    @property
    def ended(self) -> datetime | None:
        """Time of the end of the last site; None without a site."""
        return max((result.ended for result in self.sites), default=None)

    @property
    def account_ids(self) -> Mapping[Site, str]:
        """Account id of each site, "" where it is not known."""
        return {result.site: result.account_id for result in self.sites}

    @property
    def request_ids(self) -> Mapping[int, str | None]:
        """Request id of each call, by the call's number."""
        return {call.number: call.request_id for call in self.calls}

    @property
    def warnings(self) -> tuple[str, ...]:
        """Problems of the exceptions that were applied: no finding matches, or the last day has passed.

        An exception for a check that did not run is not a problem.
        """
        not_run = {check.id for check in CHECKS} - {check.id for check in self.checks}
        applied = (each for each in self.exceptions if each.findings or each.exception.check not in not_run)
        return tuple(warning for each in applied if (warning := each.warning))

    @property
    def is_whole(self) -> bool:
        """True if every site was read completely; a missing permission makes findings unknown only."""
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
        """Unknown findings, each with its reason."""
        return tuple(finding for finding in self.findings if finding.outcome is Outcome.UNKNOWN)

    def failures(self, at_least: SeverityText = Severity.INFO) -> tuple[Finding, ...]:
        """Return the failures without an exception at or above this severity, the most severe first."""
        floor = severity_of(at_least).rank
        return tuple(each for each in self.failed if each.exception is None and each.severity.rank >= floor)

    def controls(self) -> Mapping[str, Outcome]:
        """Return the outcome of each control of the CIS benchmark among the checks that ran.

        A control fails if one of its checks fails, passes if all pass (or do not apply), and is unknown otherwise.
        """
        outcomes: dict[str, set[Outcome]] = {}
        for each in self.check_counts:
            outcomes.setdefault(each.check, set()).add(each.outcome)
        return {
            number: _overall([outcomes.get(check.id, {Outcome.UNKNOWN}) for check in members])
            for number, members in controls(self.checks).items()
        }

    def rows(self) -> list[FindingRow]:
        """Return a row for each finding."""
        return list(self.iter_rows())

    def iter_rows(self) -> Iterator[FindingRow]:
        """Yield a row for each finding."""
        requests = self.request_ids
        return (_row(finding, requests) for finding in self.findings)

    def to_pandas(self) -> pd.DataFrame:
        """Return the rows as a pandas DataFrame; extra wsclient[pandas]."""
        return self._table().to_pandas()

    def to_polars(self) -> pl.DataFrame:
        """Return the rows as a polars DataFrame; extra wsclient[polars]."""
        return self._table().to_polars()

    def _table(self) -> Table:
        return Table.of(self.rows(), FindingRow)

    def _repr_html_(self) -> str:
        """Return the findings as an HTML table, for notebooks."""
        return self._table().to_html(str(self))

    def __repr__(self) -> str:
        """Return the text in brackets: the findings may be many thousands."""
        return f"<{type(self).__name__}: {self}>"

    def __str__(self) -> str:
        """Return the sites, the counts, and whether every site was read."""
        counts = ", ".join(f"{outcome.replace('_', ' ')} {count:,}" for outcome, count in self.counts.items())
        sites = ", ".join(str(result.site) for result in self.sites)
        return f"audit of {sites}: {counts}{'' if self.is_whole else '; NOT WHOLE: a site was not read completely'}"


def severity_of(value: SeverityText) -> Severity:
    """Return a severity by its name; raise ConfigurationError for another."""
    try:
        return Severity(value)
    except ValueError:
        raise ConfigurationError(f"unknown severity {value!r}; the severities are {', '.join(Severity)}") from None


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
        resources=finding.resources,
        message=finding.message,
        remedy=finding.remedy,
        same_as=list(finding.same_as),
        request_id=requests.get(calls[0]) if calls else None,
        at=finding.at,
        exception=finding.exception,
        first_seen=finding.first_seen,
    )
