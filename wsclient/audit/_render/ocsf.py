"""Open Cybersecurity Schema Framework 1.6.0: class Compliance Finding (2003), with the profile cloud.

"Compliance Finding", https://schema.ocsf.io/1.6.0/classes/compliance_finding
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from wsclient.audit._model import Outcome, Severity
from wsclient.audit._render.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from wsclient.audit._model import Finding
    from wsclient.audit._results import ReportContent

VERSION: Final = "1.6.0"
CLASS: Final = 2003
CREATE: Final = 1
UPDATE: Final = 2
"""Activities: the finding is new, or was in an earlier report."""
_STATUS: Final = {
    Outcome.PASS: (1, "Pass"),
    Outcome.FAIL: (3, "Fail"),
    Outcome.UNKNOWN: (0, "Unknown"),
    Outcome.NOT_APPLICABLE: (99, "not_applicable"),
}
_SEVERITY: Final = {
    Severity.INFO: (1, "Informational"),
    Severity.LOW: (2, "Low"),
    Severity.MEDIUM: (3, "Medium"),
    Severity.HIGH: (4, "High"),
}
_NEW, _SUPPRESSED = (1, "New"), (3, "Suppressed")


def ocsf_parts(report: ReportContent) -> Iterator[str]:
    """Yield a JSON list of the findings."""
    yield "["
    for index, event in enumerate(ocsf_events(report)):
        yield f"{',' if index else ''}\n{json.dumps(event)}"
    yield "\n]\n"


def ocsf_events(report: ReportContent) -> Iterator[dict[str, object]]:
    """Yield each finding as an event."""
    accounts = report.account_ids
    for finding in report.findings:
        yield _event(finding, accounts.get(finding.site, ""), report.version)


def _event(finding: Finding, account_id: str, version: str) -> dict[str, object]:
    activity = UPDATE if finding.first_seen and finding.first_seen < finding.at else CREATE
    severity_id, severity = _SEVERITY[finding.severity]
    status_id, status = _NEW if finding.exception is None else _SUPPRESSED
    return {
        "activity_id": activity,
        "activity_name": "Update" if activity == UPDATE else "Create",
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": CLASS,
        "class_name": "Compliance Finding",
        "type_uid": CLASS * 100 + activity,
        "type_name": f"Compliance Finding: {'Update' if activity == UPDATE else 'Create'}",
        "time": _milliseconds(finding.at),
        "severity_id": severity_id,
        "severity": severity,
        "status_id": status_id,
        "status": status,
        "message": visible(finding.message),
        "metadata": {
            "version": VERSION,
            "profiles": ["cloud"],
            "product": {"name": "wsclient audit", "vendor_name": "wsclient", "version": version},
        },
        "finding_info": _finding_info(finding),
        "compliance": _compliance(finding),
        "cloud": {
            "provider": "AWS",
            "region": finding.site.region,
            "account": {
                "name": visible(finding.site.account),
                **({"uid": account_id, "type_id": 10, "type": "AWS Account"} if account_id else {}),
            },
        },
        "resources": [_resource(finding, account_id)],
        **({"remediation": {"desc": visible(finding.remedy)}} if finding.remedy else {}),
        "unmapped": {"resources": finding.resources},
    }


def _finding_info(finding: Finding) -> dict[str, object]:
    subject = finding.resource.id if finding.resource else finding.reason or ""
    return {
        # The same in every report, so that a later import updates the finding.
        "uid": visible(f"wsclient/{finding.check}/{finding.site}/{subject}"),
        "title": visible(finding.title),
        "desc": visible(finding.message),
        "created_time": _milliseconds(finding.first_seen or finding.at),
        "modified_time": _milliseconds(finding.at),
    }


def _compliance(finding: Finding) -> dict[str, object]:
    status_id, status = _STATUS[finding.outcome]
    reasons = [text for text in (finding.reason, finding.exception) if text]
    return {
        "control": finding.check,
        "standards": [visible(name) for name in finding.same_as] or [f"wsclient: {finding.section}"],
        "status_id": status_id,
        "status": status,
        **({"status_detail": visible("; ".join(reasons))} if reasons else {}),
    }


def _resource(finding: Finding, account_id: str) -> dict[str, object]:
    """Return the resource of a finding, or the account for a finding about no single resource."""
    resource, region = finding.resource, finding.site.region
    if resource is None:
        return {"uid": account_id or str(finding.site), "type": "AWS::Account", "region": region}
    evidence = {visible(each.member): visible(each.value) for each in finding.evidence}
    return {
        "uid": visible(resource.arn or resource.id),
        "name": visible(resource.id),
        "type": visible(resource.type),
        "region": region,
        **({"data": evidence} if evidence else {}),
    }


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1_000)
