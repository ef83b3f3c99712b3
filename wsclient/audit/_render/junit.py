"""JUnit XML for CI: a suite for each site, a case for each check and resource."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from wsclient.audit._model import Outcome
from wsclient.audit._render.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wsclient._core.site import Site
    from wsclient.audit._model import Finding
    from wsclient.audit._results import CheckCount, ReportContent


def junit_parts(report: ReportContent, *, fail_on_unknown: bool = False) -> Iterator[str]:
    """Yield the document.

    A failure is a failure, or skipped with an exception. Unknown and not applicable are skipped with the reason; with
    fail_on_unknown, unknown without an attestation is an error. Passes that are only counted are one case a check.
    """
    by_site: dict[Site, list[Finding]] = {result.site: [] for result in report.sites}
    for finding in report.findings:
        by_site.setdefault(finding.site, []).append(finding)
    counts: Counter[tuple[Site, str]] = Counter()
    for each in report.findings:
        counts[each.site, each.check] += each.resources if each.outcome is Outcome.PASS else 0
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="wsclient audit">\n'
    for site, findings in by_site.items():
        passes = [
            (each, each.count - counts[site, each.check])
            for each in report.check_counts
            if each.site == site and each.outcome is Outcome.PASS and each.count > counts[site, each.check]
        ]
        yield from _suite(site, findings, passes, is_strict=fail_on_unknown)
    yield "</testsuites>\n"


def _suite(
    site: Site, findings: Sequence[Finding], passes: Sequence[tuple[CheckCount, int]], *, is_strict: bool
) -> Iterator[str]:
    kinds = Counter(_kind(finding, is_strict=is_strict) for finding in findings)
    yield (
        f'<testsuite name={_attribute(str(site))} tests="{len(findings) + len(passes)}" failures="{kinds["failure"]}"'
        f' errors="{kinds["error"]}" skipped="{kinds["skipped"]}">\n'
    )
    for finding in findings:
        yield _case(finding, _kind(finding, is_strict=is_strict))
    for each, count in passes:
        name = f"{count:,} resources" if count > 1 else "1 resource"
        yield f"<testcase classname={_attribute(each.check)} name={_attribute(name)}/>\n"
    yield "</testsuite>\n"


def _kind(finding: Finding, *, is_strict: bool) -> str:
    if finding.outcome is Outcome.PASS:
        return "pass"
    if finding.exception is None and finding.outcome is Outcome.FAIL:
        return "failure"
    return "error" if is_strict and finding.exception is None and finding.outcome is Outcome.UNKNOWN else "skipped"


def _case(finding: Finding, kind: str) -> str:
    name = finding.resource.id if finding.resource else f"{finding.resources:,} resources"
    name = name if finding.resource or finding.resources > 1 else str(finding.site)
    head = f"<testcase classname={_attribute(finding.check)} name={_attribute(name)}"
    if kind == "pass":
        return f"{head}/>\n"
    reason = finding.reason or ("exception" if finding.exception is not None else finding.outcome)
    kind_of = finding.severity if kind == "failure" else reason
    lines = [finding.message, *([finding.exception] if finding.exception is not None else [])]
    lines += [f"{each.member} = {each.value}" for each in finding.evidence]
    lines += [f"remedy: {finding.remedy}"] if finding.remedy else []
    message = f"{finding.title}: {finding.message}" if kind != "skipped" else f"{reason}: {finding.message}"
    text = escape("\n".join(map(visible, lines)))
    if kind == "skipped":
        return f"{head}><skipped message={_attribute(message)}>{text}</skipped></testcase>\n"
    return f"{head}><{kind} type={_attribute(kind_of)} message={_attribute(message)}>{text}</{kind}></testcase>\n"


def _attribute(text: str) -> str:
    return quoteattr(visible(text))
