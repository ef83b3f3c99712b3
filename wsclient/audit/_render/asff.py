"""AWS Security Finding Format, for BatchImportFindings of AWS Security Hub.

"AWS Security Finding Format (ASFF)", https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from wsclient._core.dates import iso_date
from wsclient.audit._model import Outcome, Severity
from wsclient.audit._render.text import cut, cut_id
from wsclient.endpoints._types import find_partition

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from wsclient.audit._model import Finding
    from wsclient.audit._results import ReportContent

MAX_FINDINGS: Final = 100
"""Findings that one call of BatchImportFindings takes."""
NO_ACCOUNT: Final = "000000000000"
"""AwsAccountId of a site whose account is not known: the member is required."""
_STATUS: Final = {
    Outcome.PASS: "PASSED",
    Outcome.FAIL: "FAILED",
    Outcome.UNKNOWN: "WARNING",
    Outcome.NOT_APPLICABLE: "NOT_AVAILABLE",
}
_LABEL: Final = {
    Severity.INFO: "INFORMATIONAL",
    Severity.LOW: "LOW",
    Severity.MEDIUM: "MEDIUM",
    Severity.HIGH: "HIGH",
}
_ID, _TITLE, _DESCRIPTION, _REMEDY, _VALUE, _REASON = 512, 256, 1_024, 512, 1_024, 2_048
"""Maximum characters of the members."""


def asff_findings(report: ReportContent) -> Iterator[dict[str, object]]:
    """Yield each finding in ASFF."""
    accounts, requests = report.account_ids, report.request_ids
    for finding in report.findings:
        yield _asff(finding, accounts.get(finding.site) or NO_ACCOUNT, requests, report.version)


def asff_files(report: ReportContent) -> Iterator[str]:
    """Yield files, each a JSON list of at most 100 findings: the value of --findings of the AWS CLI."""
    batch: list[dict[str, object]] = []
    for finding in asff_findings(report):
        batch.append(finding)
        if len(batch) == MAX_FINDINGS:
            yield _file(batch)
            batch = []
    if batch:
        yield _file(batch)


def _file(batch: list[dict[str, object]]) -> str:
    return json.dumps(batch, indent=1) + "\n"


def _asff(finding: Finding, account: str, requests: Mapping[int, str | None], version: str) -> dict[str, object]:
    region = finding.site.region
    partition = _partition(region)
    subject = finding.resource.id if finding.resource else finding.reason or "site"
    found: dict[str, object] = {
        "SchemaVersion": "2018-10-08",
        "Id": cut_id(f"wsclient/{account}/{region}/{finding.check}/{subject}", _ID),
        "ProductArn": f"arn:{partition}:securityhub:{region}:{account}:product/{account}/default",
        "GeneratorId": cut_id(f"wsclient/{finding.check}/{finding.revision}", _ID),
        "AwsAccountId": account,
        "Types": ["Software and Configuration Checks/AWS Security Best Practices"],
        "CreatedAt": iso_date(finding.first_seen or finding.at),
        "UpdatedAt": iso_date(finding.at),
        "Severity": {"Label": _LABEL[finding.severity]},
        "Title": cut(f"{finding.check} {finding.title}", _TITLE),
        "Description": cut(finding.message or finding.title, _DESCRIPTION),
        "Resources": [_resource(finding, account, partition, _trace(finding, requests))],
        "Compliance": _compliance(finding),
        "ProductFields": {"wsclient/version": version, "wsclient/resources": str(finding.resources)},
        "RecordState": "ACTIVE",
        "Workflow": {"Status": "SUPPRESSED" if finding.exception is not None else "NEW"},
    }
    if finding.remedy:
        found["Remediation"] = {"Recommendation": {"Text": cut(finding.remedy, _REMEDY)}}
    if finding.exception is not None:
        found["Note"] = {
            "Text": cut(finding.exception, _REMEDY),
            "UpdatedBy": "wsclient",
            "UpdatedAt": iso_date(finding.at),
        }
    return found


def _resource(finding: Finding, account: str, partition: str, trace: Mapping[str, str]) -> dict[str, object]:
    """Return the resource of a finding, or the account for a finding about no single resource."""
    resource = finding.resource
    resource_id = (resource.arn or resource.id) if resource else f"AWS::::Account:{account}"
    details = {cut(each.member, _VALUE): cut(each.value, _VALUE) for each in finding.evidence} | dict(trace)
    return {
        "Type": "Other" if resource else "AwsAccount",
        "Id": cut_id(resource_id, _ID) or "(empty)",
        "Partition": partition,
        "Region": finding.site.region,
        **({"Details": {"Other": details}} if details else {}),
    }


def _compliance(finding: Finding) -> dict[str, object]:
    compliance: dict[str, object] = {"Status": _STATUS[finding.outcome]}
    if finding.outcome is Outcome.UNKNOWN and finding.reason:
        reason = {"ReasonCode": finding.reason.upper(), "Description": cut(finding.message, _REASON)}
        compliance["StatusReasons"] = [reason]
    return compliance


def _trace(finding: Finding, requests: Mapping[int, str | None]) -> dict[str, str]:
    ids = [requests.get(evidence.call) for evidence in finding.evidence if evidence.call is not None]
    return {"RequestId": cut(ids[0], _VALUE)} if ids and ids[0] else {}


def _partition(region: str) -> str:
    partition = find_partition(region)
    return partition.id if partition else "aws"
