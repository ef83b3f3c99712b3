"""HTML report for people: one file without a script, which loads nothing, and in which every text from AWS is inert."""

from __future__ import annotations

import json
from base64 import b64encode
from collections import Counter
from dataclasses import fields
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from wsclient.audit._checks.registry import CHECKS
from wsclient.audit._model import Outcome, Reason, Severity
from wsclient.audit._render.explanations import OUTCOME_NAMES, PAGE_TITLE, PAGE_URL, REASON_TEXTS
from wsclient.audit._render.html_checks import MAX_ROWS, Checks, badge, place_of, request_id
from wsclient.audit._render.markup import Markup, close_tag, joined, open_tag, tag, time, value
from wsclient.audit._settings import AuditSettings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from wsclient._core.site import Site
    from wsclient.audit._exceptions import AppliedException
    from wsclient.audit._results import ReportContent, SiteResult

STYLE_FILE: Final = Path(__file__).with_name("report.css")
TITLE: Final = "Audit of Amazon WorkSpaces"
CONTENTS: Final = (
    ("summary", "Summary"),
    ("undecided", "What could not be decided"),
    ("exceptions", "Exceptions and attestations"),
    ("controls", "CIS benchmark"),
    ("limits", "Limits of this audit"),
    ("policy", "Permissions of the audit"),
    ("calls", "Calls"),
)
"""Ids and headings of the parts around the page's sections, which come after the second one."""
_HEADINGS: Final = dict(CONTENTS)
ATTESTABLE_TEXT: Final = "patches inside WorkSpaces, the hardening of images, rules of an identity provider"


def html_parts(report: ReportContent) -> Iterator[str]:
    """Yield the document in lines, none of which grows with the account."""
    return (f"{part}\n" for part in _parts(report))


def _parts(report: ReportContent) -> Iterator[str]:
    checks = Checks(report)
    yield _head(report)
    yield open_tag("body")
    yield tag("header", tag("h1", TITLE), tag("p", _about(report), class_="lead"))
    yield _contents(report, checks)
    yield open_tag("main")
    yield from _section("summary", _summary(report, checks))
    yield from _section("undecided", _undecided(report))
    yield from checks.parts()
    if report.exceptions:
        yield from _section("exceptions", _exceptions(report.exceptions))
    if controls := report.controls():
        yield from _section("controls", _controls(controls))
    yield from _section("limits", _limits(report))
    if report.policy:
        yield from _section("policy", _policy(report))
    if report.calls:
        yield from _section("calls", _calls(report))
    yield close_tag("main")
    yield tag("footer", tag("p", f"wsclient {report.version}. The sections follow ", _link(), "."))
    yield close_tag("body") + close_tag("html")


@cache
def style() -> tuple[str, str]:
    """Return the style sheet, and the source expression by which the document's policy permits it alone."""
    text = STYLE_FILE.read_text(encoding="utf-8")
    return text, f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _head(report: ReportContent) -> str:
    text, source = style()
    policy = f"default-src 'none'; style-src {source}; base-uri 'none'; form-action 'none'"
    title = f"{TITLE}: {', '.join(str(result.site) for result in report.sites[:3])}"
    return (
        "<!DOCTYPE html>\n"
        + open_tag("html", lang="en")
        + tag(
            "head",
            tag("meta", charset="utf-8"),
            tag("meta", http_equiv="Content-Security-Policy", content=policy),
            tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
            tag("meta", name="color-scheme", content="light dark"),
            tag("meta", name="referrer", content="no-referrer"),
            tag("title", title),
            tag("style", Markup(text)),
        )
    )


def _section(place: str, parts: Iterable[str]) -> Iterator[str]:
    yield open_tag("section", aria_labelledby=place)
    yield tag("h2", _HEADINGS[place], id=place)
    yield from parts
    yield close_tag("section")


def _about(report: ReportContent) -> Markup:
    accounts = dict.fromkeys(result.account_id or result.site.account for result in report.sites)
    regions = dict.fromkeys(result.site.region for result in report.sites)
    parts: list[str] = [
        f"{'account' if len(accounts) == 1 else 'accounts'} {', '.join(accounts)}",
        ", ".join(regions),
    ]
    if report.started is not None and report.ended is not None:
        parts.append(joined([time(report.started), " to ", time(report.ended)]))
    return joined(parts, " · ") if report.sites else joined(["no site"])


def _contents(report: ReportContent, checks: Checks) -> Markup:
    shown = {
        "exceptions": report.exceptions,
        "controls": report.controls(),
        "policy": report.policy,
        "calls": report.calls,
    }
    entries = [(place, text) for place, text in CONTENTS if shown.get(place, True)]
    entries[2:2] = [(place_of(section), str(section)) for section, _ in checks.sections()]
    items = (tag("li", tag("a", text, href=f"#{place}")) for place, text in entries)
    return tag("nav", tag("ul", *items), aria_label="Contents")


def _summary(report: ReportContent, checks: Checks) -> Iterator[str]:
    if not report.is_whole:
        yield tag(
            "p",
            tag("strong", "Not whole: "),
            "a site was not read completely, so more may be wrong than this report shows.",
            class_="warning",
        )
    yield tag("p", *(badge(outcome, report.counts[outcome]) for outcome in OUTCOME_NAMES), class_="tally")
    yield from _failures(report, checks)
    yield tag("h3", "Accounts and regions")
    yield open_tag("table", class_="sites") + _columns("Account and region", "Findings") + open_tag("tbody")
    counts = _counts_by_site(report)
    for result in report.sites:
        yield _site(result, counts.get(result.site, {}))
    yield close_tag("tbody") + close_tag("table")
    yield from _matrix(checks)


def _failures(report: ReportContent, checks: Checks) -> Iterator[str]:
    failed = report.failed
    accepted = sum(finding.resources for finding in failed if finding.exception is not None)
    by_severity, by_check = Counter[Severity](), Counter[tuple[Severity, str]]()
    for finding in failed:
        if finding.exception is None:
            by_severity[finding.severity] += finding.resources
            by_check[finding.severity, finding.check] += finding.resources
    yield tag("h3", "Failures")
    texts = [f"{by_severity[severity]:,} {severity}" for severity in reversed(Severity)]
    more = f"; {accepted:,} more accepted by exceptions" if accepted else ""
    yield tag("p", f"By severity: {', '.join(texts)}{more}.")
    if not by_check:
        return
    yield open_tag("table") + _columns("Severity", "Check", "Failures") + open_tag("tbody")
    for (severity, check), count in by_check.items():
        name = tag("th", checks.link(check), scope="row")
        yield tag("tr", tag("td", severity), name, tag("td", f"{count:,}", class_="number"))
    yield close_tag("tbody") + close_tag("table")


def _matrix(checks: Checks) -> Iterator[str]:
    yield tag("h3", "Checks")
    yield open_tag("table", class_="matrix")
    yield _columns("Check", *(name for _, name in OUTCOME_NAMES.values()))
    yield open_tag("tbody")
    for check in checks.checks:
        numbers = checks.counts(check.id).items()
        cells = (tag("td", f"{count:,}", class_=outcome if count else "none") for outcome, count in numbers)
        yield tag("tr", tag("th", checks.link(check.id), tag("code", check.id), scope="row"), *cells)
    yield close_tag("tbody") + close_tag("table")


def _counts_by_site(report: ReportContent) -> Mapping[Site, Counter[Outcome]]:
    counts: dict[Site, Counter[Outcome]] = {}
    for each in report.check_counts:
        counts.setdefault(each.site, Counter())[each.outcome] += each.count
    return counts


def _site(result: SiteResult, counts: Mapping[Outcome, int]) -> Markup:
    whole = "" if result.is_whole else tag("strong", "not read completely")
    about = tag(
        "th",
        str(result.site),
        tag("span", f"account id {result.account_id or 'not known'}", class_="quiet"),
        tag("span", time(result.started), " to ", time(result.ended), class_="quiet"),
        tag("span", f"{result.workspaces:,} WorkSpaces; {result.left_out:,} in termination left out", class_="quiet"),
        tag("span", "as ", value(result.caller_arn), class_="quiet"),
        whole,
        scope="row",
    )
    badges = (badge(each, counts[each]) for each in OUTCOME_NAMES if counts.get(each))
    return tag("tr", about, tag("td", tag("p", *badges, class_="tally")))


def _undecided(report: ReportContent) -> Iterator[str]:
    by_reason: dict[Reason, Counter[tuple[str, str, str | None, str | None]]] = {}
    for finding in report.unknown:
        entry = finding.title, finding.message, finding.action, finding.exception
        by_reason.setdefault(finding.reason or Reason.INCOMPLETE, Counter())[entry] += finding.resources
    if not by_reason:
        yield tag("p", "Every check was decided.")
    for reason in sorted(by_reason, key=list(Reason).index):
        heading, explanation = REASON_TEXTS[reason]
        yield tag("h3", heading) + tag("p", explanation)
        yield open_tag("table") + _columns("Check", "What is missing", "Resources") + open_tag("tbody")
        entries = list(by_reason[reason].items())
        for (title, message, action, exception), count in entries[:MAX_ROWS]:
            text = tag("p", message)
            if action is not None:
                text = joined([text, tag("p", "Missing permission: ", value(action))])
            if exception is not None:
                text = joined([text, tag("p", tag("strong", "Attested"), ": ", exception, class_="exception")])
            yield tag("tr", tag("th", title, scope="row"), tag("td", text), tag("td", f"{count:,}", class_="number"))
        yield close_tag("tbody") + close_tag("table")
        if more := entries[MAX_ROWS:]:
            yield tag("p", f"{len(more):,} more are listed below, each with its check.")


def _exceptions(exceptions: Iterable[AppliedException]) -> Iterator[str]:
    yield tag("p", "They mark findings, and change no outcome.")
    yield open_tag("table") + _columns("Check and resource", "Reason, owner and last day", "Findings")
    yield open_tag("tbody")
    for each in exceptions:
        exception = each.exception
        where = f"{exception.kind}, resource {exception.resource}, account {exception.account or 'any'}"
        warning = tag("p", tag("strong", "Warning"), ": ", each.warning) if each.warning else ""
        yield tag(
            "tr",
            tag("th", tag("code", exception.check), tag("span", where, class_="quiet"), scope="row"),
            tag("td", tag("p", exception.reason, f" ({exception.owner}, until {exception.until})"), warning),
            tag("td", f"{each.findings:,}", class_="number"),
        )
    yield close_tag("tbody") + close_tag("table")


def _controls(controls: Mapping[str, Outcome]) -> Iterator[str]:
    yield tag(
        "p",
        "CIS AWS End User Compute Services Benchmark 1.2.0, section 2. A control fails if one of its checks fails, and "
        "is unknown unless each is decided.",
    )
    yield open_tag("table") + _columns("Control", "Outcome") + open_tag("tbody")
    for number, outcome in controls.items():
        sign, name = OUTCOME_NAMES[outcome]
        cell = tag("td", tag("span", sign, aria_hidden="true"), f" {name}", class_=outcome)
        yield tag("tr", tag("th", number, scope="row"), cell)
    yield close_tag("tbody") + close_tag("table")


def _limits(report: ReportContent) -> Iterator[str]:
    left_out = sum(result.left_out for result in report.sites)
    made = {check.id for check in report.checks}
    not_made = [check.id for check in CHECKS if check.id not in made]
    yield tag("p", "Not judged:")
    items = [
        f"Facts that no operation of AWS returns, such as {ATTESTABLE_TEXT}: see “{_HEADINGS['undecided']}”.",
        "Other services, except for the resources of EC2, Directory Service and IAM that WorkSpaces use.",
        f"{left_out:,} WorkSpaces in a state of termination.",
        *([f"Checks that were not chosen: {', '.join(not_made)}."] if not_made else []),
    ]
    yield tag("ul", *(tag("li", text) for text in items))
    defaults = AuditSettings()
    chosen: dict[str, object] = {
        name: getattr(report.settings, name)
        for name in (field.name for field in fields(AuditSettings))
        if getattr(report.settings, name) != getattr(defaults, name)
    }
    texts = [f"{name} = {_setting(each)}" for name, each in chosen.items()]
    yield tag("p", f"Settings that differ from their defaults: {'; '.join(texts) or 'none'}.")
    yield tag("p", f"Optional reads: {', '.join(report.options) or 'none'}.")


def _setting(value: object) -> str:
    return ", ".join(cast("tuple[str, ...]", value)) if isinstance(value, tuple) else str(value)


def _policy(report: ReportContent) -> Iterator[str]:
    yield tag("p", "This IAM policy permits what the audit reads, and nothing else:")
    yield tag("pre", joined(json.dumps(report.policy, indent=2).splitlines(), Markup("\n")))


def _calls(report: ReportContent) -> Iterator[str]:
    yield tag("p", "AWS CloudTrail records each of them by its request id.")
    yield open_tag("details") + tag("summary", f"{len(report.calls):,} calls")
    yield open_tag("table") + _columns("Operation", "Request") + open_tag("tbody")
    for call in report.calls:
        where = f"{call.service}, {call.site}, {call.endpoint_kind}"
        name = tag("th", value(call.operation), tag("span", where, class_="quiet"), scope="row")
        yield tag("tr", name, tag("td", request_id(call), tag("span", time(call.at), class_="quiet")))
    yield close_tag("tbody") + close_tag("table") + close_tag("details")


def _columns(*names: str) -> str:
    return tag("thead", tag("tr", *(tag("th", name, scope="col") for name in names)))


def _link() -> Markup:
    return tag("a", f"AWS's page “{PAGE_TITLE}”", href=PAGE_URL, rel="noreferrer")
