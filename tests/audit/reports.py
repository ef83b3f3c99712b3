"""Reports for tests: with given findings, or random ones whose names are hostile."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import msgspec
from hypothesis import strategies as st

from wsclient.audit import (
    CHECKS,
    AuditCall,
    AuditedCheck,
    AuditException,
    AuditReport,
    AuditSettings,
    CheckCount,
    Evidence,
    Finding,
    Outcome,
    Reason,
    Resource,
    Severity,
    SiteResult,
)
from wsclient.fleet import Site

if TYPE_CHECKING:
    from collections.abc import Iterable

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
SITE = Site(account="main", region="eu-west-1")
OTHER = Site(account="other", region="us-west-2")
ACCOUNTS = {SITE: "123456789012", OTHER: "210987654321"}
BY_ID = {check.id: AuditedCheck.of(check) for check in CHECKS}
CHOSEN = ("tls.version", "access.web", "data.key", "image.hardening")
"""Checks of a report whose findings do not matter."""
HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    '" style="background:url(//evil.example)',
    '=HYPERLINK("http://evil.example")',
    "@SUM(1)",
    "\tcmd",
    "name\u202egpj.exe",
    "\x1b[31mred\x1b]0;title\x07",
    "line\r\nbreak\x85",
    "]]><!--",
    "&lt;b&gt;&#60;",
    "\x00\x7f\ufeff\ufffe",
    "",
    " ",
    "x" * 3_000,
)
"""Names that do harm where they are not escaped."""
names = st.sampled_from(HOSTILE) | st.text(max_size=20)


def finding(check: str = "access.web", **members: Any) -> Finding:
    """Return a failure of a check, with these members changed."""
    made = BY_ID[check]
    defaults: dict[str, Any] = {
        "check": check,
        "revision": made.revision,
        "site": SITE,
        "title": made.title,
        "section": made.section,
        "severity": made.severity,
        "outcome": Outcome.FAIL,
        "message": "it is so",
        "remedy": made.remedy,
        "same_as": made.same_as,
        "resource": Resource(type="AWS::WorkSpaces::Directory", id="d-1", arn="arn:aws:workspaces:::directory/d-1"),
        "at": NOW,
    }
    return Finding(**{**defaults, **members})


def unknown(check: str = "image.hardening", reason: Reason = Reason.DECIDED_ELSEWHERE, **members: Any) -> Finding:
    """Return an unknown outcome of a check, with these members changed."""
    return finding(check, **{"outcome": Outcome.UNKNOWN, "reason": reason, "remedy": "", **members})


def report(*found: Finding, sites: Iterable[Site] = (SITE,), **members: Any) -> AuditReport:
    """Return a report with these findings, of sites that were read completely."""
    counts = Counter[tuple[str, Site, Outcome]]()
    for each in found:
        counts[each.check, each.site, each.outcome] += each.resources
    resources: dict[Site, dict[str, set[str]]] = {}
    for each in found:
        if each.resource:
            resources.setdefault(each.site, {}).setdefault(each.resource.type, set()).add(each.resource.id)
    defaults: dict[str, Any] = {
        "settings": AuditSettings(),
        "sites": tuple(site_result(site, resources.get(site, {})) for site in sites),
        "checks": tuple(check for name, check in BY_ID.items() if name in {*CHOSEN, *(each.check for each in found)}),
        "check_counts": tuple(
            CheckCount(check=check, site=site, outcome=outcome, count=count)
            for (check, site, outcome), count in counts.items()
        ),
        "findings": found,
        "calls": (call(1),),
    }
    return AuditReport(**{**defaults, **members})


def site_result(site: Site = SITE, resources: dict[str, set[str]] | None = None, **members: Any) -> SiteResult:
    """Return the result of a site that was read completely, with these members changed."""
    defaults: dict[str, Any] = {
        "site": site,
        "account_id": ACCOUNTS.get(site, ""),
        "caller_arn": f"arn:aws:iam::{ACCOUNTS.get(site, '')}:role/audit",
        "started": NOW,
        "ended": NOW,
        "workspaces": 1,
        "left_out": 0,
        "is_whole": True,
        "resources": {kind: tuple(sorted(ids)) for kind, ids in (resources or {}).items()},
    }
    return SiteResult(**{**defaults, **members})


def call(number: int = 1, site: Site = SITE, request_id: str | None = "r-1") -> AuditCall:
    """Return a call of an audit."""
    return AuditCall(
        number=number,
        site=site,
        service="workspaces",
        operation="DescribeWorkspaceDirectories",
        request_id=request_id,
        at=NOW,
        endpoint_kind="public",
    )


def exception(check: str = "access.web", **members: Any) -> AuditException:
    """Return an exception that is in force, with these members changed."""
    defaults: dict[str, Any] = {
        "check": check,
        "reason": "kiosks need it",
        "owner": "security@example.com",
        "until": date(2027, 1, 31),
    }
    return AuditException(**{**defaults, **members})


def findings(text: st.SearchStrategy[str] = names) -> st.SearchStrategy[Finding]:
    """Draw a finding whose texts come from AWS."""
    resource = st.builds(Resource, type=st.just("AWS::WorkSpaces::Workspace"), id=text, arn=st.none() | text)
    evidence = st.builds(Evidence, member=text, value=text, call=st.just(1))
    return st.builds(
        _drawn_finding,
        st.sampled_from(CHOSEN),
        site=st.sampled_from([SITE, OTHER]),
        severity=st.sampled_from(Severity),
        outcome=st.sampled_from(Outcome),
        reason=st.sampled_from(Reason),
        action=st.none() | text,
        message=text,
        resource=st.none() | resource,
        resources=st.integers(1, 9),
        evidence=st.lists(evidence, max_size=2).map(tuple),
        exception=st.none() | text,
        first_seen=st.none() | st.just(NOW),
    )


def _drawn_finding(check: str, **members: Any) -> Finding:
    if members["outcome"] is not Outcome.UNKNOWN:
        members |= {"reason": None, "action": None}
    return finding(check, **members)


def reports(text: st.SearchStrategy[str] = names) -> st.SearchStrategy[AuditReport]:
    """Draw a report of two sites, one of which may not be whole, or without a known account."""
    site = st.builds(
        site_result,
        st.just(OTHER),
        caller_arn=text,
        account_id=st.sampled_from(["", ACCOUNTS[OTHER]]),
        is_whole=st.booleans(),
    )
    calls = st.builds(call, st.just(1), request_id=st.none() | text)
    return st.builds(_drawn_report, st.lists(findings(text), max_size=6), site, calls, st.integers(0, 2))


def _drawn_report(found: list[Finding], site: SiteResult, made: AuditCall, sites: int) -> AuditReport:
    whole = report(*found, calls=(made,))
    return msgspec.structs.replace(whole, sites=((), (site,), (*whole.sites, site))[sites])
