"""AuditReport: the result of a run, to inspect, to raise from, to write to files and to compare."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Final, Self

import msgspec

from wsclient._core.argument_checks import checked
from wsclient._core.errors import WsclientError
from wsclient._core.value_kinds import ANYTHING, BOOL, PATH, instance_of, sequence_of
from wsclient.audit._compare import compared, continued
from wsclient.audit._difference import AuditDifference
from wsclient.audit._exceptions import AuditException, applied
from wsclient.audit._model import Severity, SeverityText
from wsclient.audit._render.asff import asff_files, asff_findings
from wsclient.audit._render.document import json_parts, json_schema, read_document
from wsclient.audit._render.files import write_numbered, write_parts
from wsclient.audit._render.html import html_parts
from wsclient.audit._render.junit import junit_parts
from wsclient.audit._render.lines import csv_parts, json_line_parts
from wsclient.audit._render.ocsf import ocsf_events, ocsf_parts
from wsclient.audit._results import ReportContent

_EARLIER: Final = {
    "earlier": instance_of(ReportContent, expected="an AuditReport (AuditReport.read() reads one from a file)")
}


class AuditFailedError(WsclientError):
    """A finding failed at or above the given severity; report is the whole report."""

    def __init__(self, message: str, report: AuditReport) -> None:
        super().__init__(message)
        self.report = report


class AuditReport(ReportContent, frozen=True, kw_only=True):
    """Report of an audit: what was checked, what was found, and with which calls.

    findings has every failure, everything unknown and everything that does not apply; passes are counted, and kept only
    with keep="all". checks are those that ran, in the order of the page. policy is the IAM policy with which the audit
    may run; version is that of wsclient. exceptions are those that were applied.

    The write methods replace a file once the new one is complete, and raise OSError if it cannot be written. Every
    finding is in every format, and names from AWS are inert in each.
    """

    @checked({"exceptions": sequence_of(instance_of(AuditException, expected=""), "a list of AuditException")})
    def with_exceptions(self, exceptions: Sequence[AuditException]) -> Self:
        """Return the report with these exceptions and attestations, in place of those that it has (read_exceptions).

        Outcomes stay as they are: a failure with an exception is marked, and does not count until the last day is over.
        """
        findings, results = applied(exceptions, self.findings, self.account_ids)
        return msgspec.structs.replace(self, findings=findings, exceptions=results)

    @checked(_EARLIER)
    def compare(self, earlier: AuditReport) -> AuditDifference:
        """Return what has become of the failures since an earlier report, which read() may have read.

        A failure is found again by its check, the account's id (its name if the id is not known), the region and the
        resource's id. Not compared, and listed with the reason: a site that one report lacks or did not read
        completely; a check that one report lacks, whose rule has another revision, or whose settings differ. first_seen
        is carried forward, as continued_from() does.
        """
        return compared(earlier, self)

    @checked(_EARLIER)
    def continued_from(self, earlier: AuditReport) -> Self:
        """Return the report with first_seen of each finding: since when it has had its outcome, as far as is known.

        That is the earlier report's first_seen (or its time) where it has the finding with the same outcome by the same
        revision of the check. ASFF and OCSF tell the consumer when a finding was first seen.
        """
        return msgspec.structs.replace(self, findings=continued(earlier, self))

    def raise_for_failures(self, at_least: SeverityText = Severity.HIGH) -> None:
        """Raise AuditFailedError if a finding without an exception failed at or above this severity."""
        worst = self.failures(at_least)
        for first in worst[:1]:
            more = f", and {len(worst) - 1} more" if len(worst) > 1 else ""
            raise AuditFailedError(f"{first}{more}", self)

    @checked({"fail_on": ANYTHING, "fail_on_unknown": BOOL})
    def exit_code(self, fail_on: SeverityText = Severity.HIGH, *, fail_on_unknown: bool = False) -> int:
        """Return the exit code of a program that ran the audit.

        0: nothing failed at or above fail_on without an exception; 1: something did; 3: a site was not read completely,
        or, with fail_on_unknown, something is unknown without an attestation. 1 comes before 3.
        """
        if self.failures(fail_on):
            return 1
        is_undecided = fail_on_unknown and any(finding.exception is None for finding in self.unknown)
        return 3 if is_undecided or not self.is_whole else 0

    def to_json(self) -> str:
        """Return the report as a JSON document, which read() reads; json_schema() describes it."""
        return "".join(json_parts(self))

    @checked({"path": PATH})
    async def write_json(self, path: str | PathLike[str]) -> Path:
        """Write the JSON document to a file, which read() reads."""
        return await write_parts(path, json_parts(self))

    @classmethod
    def read(cls, path: str | PathLike[str]) -> Self:
        """Read a report that write_json() wrote; raise ConfigurationError for anything else, and OSError."""
        return cls.from_json(Path(path).read_bytes(), name=str(path))

    @classmethod
    def from_json(cls, data: bytes | str, *, name: str = "the document") -> Self:
        """Return a report from its JSON document, as read() does; errors name it by name."""
        document = read_document(data, name)
        return cls(
            settings=document.settings,
            sites=document.sites,
            checks=document.checks,
            check_counts=document.check_counts,
            findings=document.findings,
            calls=document.calls,
            options=document.run.options,
            policy=document.run.policy,
            version=document.run.version,
            exceptions=document.exceptions,
        )

    @staticmethod
    def json_schema() -> dict[str, object]:
        """Return the JSON Schema (draft 2020-12) of the document: wsclient/audit/schema-1.json of the package."""
        return json_schema()

    @checked({"path": PATH})
    async def write_html(self, path: str | PathLike[str]) -> Path:
        """Write a report for people: one HTML file without a script, which loads nothing and prints well.

        Findings that say the same of many resources are one entry. An entry shows what was read for its first 500 rows,
        and the ids of the resources of all others.
        """
        return await write_parts(path, html_parts(self))

    @checked({"path": PATH})
    async def write_jsonl(self, path: str | PathLike[str]) -> Path:
        """Write a row for each finding to a file of JSON lines."""
        return await write_parts(path, json_line_parts(self))

    @checked({"path": PATH, "guard_formulas": BOOL})
    async def write_csv(self, path: str | PathLike[str], *, guard_formulas: bool = True) -> Path:
        """Write a row for each finding to a CSV file (RFC 4180).

        A cell that a spreadsheet would evaluate as a formula is prefixed with an apostrophe, unless guard_formulas is
        False (see FleetInventory.write_csv).
        """
        return await write_parts(path, csv_parts(self, guard_formulas=guard_formulas))

    def to_asff(self) -> list[dict[str, object]]:
        """Return the findings in the AWS Security Finding Format of AWS Security Hub; nothing is sent."""
        return list(asff_findings(self))

    @checked({"folder": PATH})
    async def write_asff(self, folder: str | PathLike[str]) -> tuple[Path, ...]:
        """Write the findings in ASFF to a new or empty folder, in files of 100, as BatchImportFindings takes them.

        Each file is the value of aws securityhub batch-import-findings --findings file://… A failure with an exception
        has the workflow status SUPPRESSED. The account 000000000000 stands for one that is not known. Raises
        FileExistsError if the folder is not empty, since the findings of two audits must not be mixed.
        """
        return await write_numbered(folder, "findings", ".json", asff_files(self))

    def to_ocsf(self) -> list[dict[str, object]]:
        """Return the findings as events of OCSF 1.6.0, class Compliance Finding (2003), profile cloud."""
        return list(ocsf_events(self))

    @checked({"path": PATH})
    async def write_ocsf(self, path: str | PathLike[str]) -> Path:
        """Write the findings to a file with a JSON list of OCSF events (to_ocsf)."""
        return await write_parts(path, ocsf_parts(self))

    @checked({"path": PATH, "fail_on_unknown": BOOL})
    async def write_junit(self, path: str | PathLike[str], *, fail_on_unknown: bool = False) -> Path:
        """Write JUnit XML for CI: a suite for each site, a case for each finding, one for the passes of each check.

        A failure with an exception, an unknown and what does not apply are skipped, with the reason; with
        fail_on_unknown, an unknown without an attestation is an error.
        """
        return await write_parts(path, junit_parts(self, fail_on_unknown=fail_on_unknown))
