"""Audit of accounts against AWS's page on infrastructure security, with evidence for every finding.

    async with Audit(regions=["eu-west-1"], profiles=["prod"]) as audit:
        print(audit.estimate(workspaces=10_000), audit.policy().to_json())
        report = await audit.run(benchmarks=["aws-page"])
    print(report)
    for finding in report.failed:
        print(finding)
    report.raise_for_failures()

Running:   Audit, AuditSettings, AuditProgress, Estimate
Results:   AuditReport (SiteResult, AuditedCheck, CheckCount, FindingRow), Finding, Evidence, AuditCall, Resource,
           AuditFailedError
Compared:  AuditDifference (Change, FindingChange, FindingState, NotCompared, ChangeRow)
Accepted:  read_exceptions(), AuditException (ExceptionKind, AppliedException)
Checks:    CHECKS, Check, CheckContext, Subject, Verdict; Outcome, Reason, Severity, Section; BENCHMARKS

"Infrastructure security in Amazon WorkSpaces",
https://docs.aws.amazon.com/workspaces/latest/adminguide/infrastructure-security.html
"""

from wsclient._core.public_names import publish
from wsclient.audit._audit import Audit, AuditProgress
from wsclient.audit._checks.base import Check, Subject
from wsclient.audit._checks.registry import BENCHMARKS, CHECKS
from wsclient.audit._difference import AuditDifference, Change, ChangeRow, FindingChange, FindingState, NotCompared
from wsclient.audit._exceptions import AppliedException, AuditException, ExceptionKind, read_exceptions
from wsclient.audit._facts.catalogue import Estimate
from wsclient.audit._facts.records import CheckContext
from wsclient.audit._model import (
    AuditCall,
    Evidence,
    Finding,
    Outcome,
    Reason,
    Resource,
    Section,
    Severity,
    Verdict,
    failed,
    not_applicable,
    passed,
    proven,
    unknown,
)
from wsclient.audit._report import AuditFailedError, AuditReport
from wsclient.audit._results import AuditedCheck, CheckCount, FindingRow, SiteResult
from wsclient.audit._settings import AuditSettings

__all__ = [
    "BENCHMARKS",
    "CHECKS",
    "AppliedException",
    "Audit",
    "AuditCall",
    "AuditDifference",
    "AuditException",
    "AuditFailedError",
    "AuditProgress",
    "AuditReport",
    "AuditSettings",
    "AuditedCheck",
    "Change",
    "ChangeRow",
    "Check",
    "CheckContext",
    "CheckCount",
    "Estimate",
    "Evidence",
    "ExceptionKind",
    "Finding",
    "FindingChange",
    "FindingRow",
    "FindingState",
    "NotCompared",
    "Outcome",
    "Reason",
    "Resource",
    "Section",
    "Severity",
    "SiteResult",
    "Subject",
    "Verdict",
    "failed",
    "not_applicable",
    "passed",
    "proven",
    "read_exceptions",
    "unknown",
]

publish(__name__, __all__)
