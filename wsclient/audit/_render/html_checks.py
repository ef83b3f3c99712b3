"""Sections of the HTML report: the checks of each section of AWS's page, with their findings."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from wsclient._core.utils import counted
from wsclient.audit._model import Outcome, Section
from wsclient.audit._render.explanations import OUTCOME_NAMES, REASON_TEXTS, SECTION_TEXTS
from wsclient.audit._render.finding_groups import grouped
from wsclient.audit._render.markup import close_tag, joined, open_tag, tag, time, value
from wsclient.audit._results import AuditedCheck

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from wsclient.audit._model import AuditCall, Finding, Reason
    from wsclient.audit._render.finding_groups import Group, Row
    from wsclient.audit._render.markup import Markup
    from wsclient.audit._results import ReportContent

MAX_OPEN_ROWS: Final = 100
"""Rows of a table of failures that is open, so that it is printed; longer ones are folded."""
MAX_ROWS: Final = 500
"""Rows of a group that show what was read; of further ones, the ids are listed."""


class Checks:
    """Checks of a report in the order of the page, with the counts, the findings and the place of each."""

    def __init__(self, report: ReportContent) -> None:
        self._by_check: dict[str, list[Finding]] = {}
        for finding in report.findings:
            self._by_check.setdefault(finding.check, []).append(finding)
        known: dict[str, AuditedCheck] = {check.id: check for check in report.checks}
        for name, (first, *_) in self._by_check.items():
            known.setdefault(name, _check_of(first))
        self.checks = sorted(known.values(), key=lambda check: list(Section).index(check.section))
        self._calls: Mapping[int, AuditCall] = {call.number: call for call in report.calls}
        self._counts: Counter[tuple[str, Outcome]] = Counter()
        for each in report.check_counts:
            self._counts[each.check, each.outcome] += each.count
        self._titles = {check.id: check.title for check in self.checks}
        self._places = {check.id: f"check-{number}" for number, check in enumerate(self.checks, 1)}

    def counts(self, check: str) -> dict[Outcome, int]:
        """Return the number of findings of a check by outcome, the worst first."""
        return {outcome: self._counts[check, outcome] for outcome in OUTCOME_NAMES}

    def link(self, check: str) -> Markup:
        """Return a link to a check."""
        return tag("a", self._titles[check], href=f"#{self._places[check]}")

    def sections(self) -> Iterator[tuple[Section, Sequence[AuditedCheck]]]:
        """Yield each section that has checks, in the page's order."""
        for section in Section:
            if checks := [check for check in self.checks if check.section is section]:
                yield section, checks

    def parts(self) -> Iterator[str]:
        """Yield the sections."""
        for section, checks in self.sections():
            place = place_of(section)
            yield open_tag("section", aria_labelledby=place)
            yield tag("h2", section, id=place) + tag("p", SECTION_TEXTS[section], class_="section-text")
            for check in checks:
                yield from self._check(check)
            yield close_tag("section")

    def _check(self, check: AuditedCheck) -> Iterator[str]:
        place, counts = self._places[check.id], self.counts(check.id)
        yield open_tag("section", class_="check", aria_labelledby=place)
        yield tag("h3", check.title, " ", tag("code", check.id), id=place)
        yield tag("p", *(badge(outcome, count) for outcome, count in counts.items() if count), class_="tally")
        groups = grouped(self._by_check.get(check.id, ()))
        yield _about(check, has_failed=any(group.kind.outcome is Outcome.FAIL for group in groups))
        for group in groups:
            yield from self._group(group)
        yield close_tag("section")

    def _group(self, group: Group) -> Iterator[str]:
        kind, message = group.kind, group.message
        _, name = OUTCOME_NAMES[kind.outcome]
        text = message if message is not None else f"{group.resource_count:,} findings"
        if kind.outcome is Outcome.FAIL:
            yield open_tag("div", class_="failures" if kind.exception is None else "failures accepted")
            yield tag("h4", f"{name}, {kind.severity}: ", text)
        if kind.exception is not None:
            yield tag("p", tag("strong", _exception_word(kind.outcome)), ": ", kind.exception, class_="exception")
        is_open = kind.outcome is Outcome.FAIL and len(group.rows) <= MAX_OPEN_ROWS
        yield open_tag("details", open="" if is_open else None)
        number = _number(group)
        if kind.outcome is Outcome.FAIL:
            yield tag("summary", number)
        else:
            yield tag("summary", tag("strong", name, _reason_suffix(kind.reason), ": "), text, f" ({number})")
        yield from self._table(group, message)
        yield close_tag("details")
        if kind.outcome is Outcome.FAIL:
            yield close_tag("div")

    def _table(self, group: Group, message: str | None) -> Iterator[str]:
        if group.kind.action is not None:
            yield tag("p", "Missing permission: ", value(group.kind.action))
        yield open_tag("table", class_="findings")
        yield tag(
            "thead", tag("tr", tag("th", "Resource", scope="col"), tag("th", "What was read, and how", scope="col"))
        )
        yield open_tag("tbody")
        for row in group.rows[:MAX_ROWS]:
            yield tag("tr", _resources(row), tag("td", *self._evidence(row, message)))
        yield close_tag("tbody") + close_tag("table")
        if more := group.rows[MAX_ROWS:]:
            yield tag("p", f"{sum(row.resource_count for row in more):,} more, without what was read:")
            for row in more:
                yield tag("p", joined(map(value, row.ids), " "), class_="more")

    def _evidence(self, row: Row, message: str | None) -> Iterator[Markup]:
        facts = row.facts
        if message is None:
            yield tag("p", facts.message)
        if facts.evidence:
            yield tag(
                "ul",
                *(tag("li", value(each.member), " = ", value(each.value)) for each in facts.evidence),
                class_="read",
            )
        numbers = dict.fromkeys(each.call for each in facts.evidence if each.call is not None)
        calls = [self._calls[number] for number in numbers if number in self._calls]
        for call in calls:
            yield tag("p", call.operation, ", ", time(call.at), ", request ", request_id(call), class_="quiet")
        if not calls:
            yield tag("p", time(row.at), class_="quiet")
        if facts.first_seen is not None:
            yield tag("p", "first seen ", time(facts.first_seen), class_="quiet")


def place_of(section: Section) -> str:
    """Return the id of a section's heading."""
    return f"section-{list(Section).index(section) + 1}"


def badge(outcome: Outcome, count: int) -> Markup:
    """Return an outcome with its number: a sign and a word, so that no one depends on the colour."""
    sign, name = OUTCOME_NAMES[outcome]
    return tag("span", tag("span", sign, aria_hidden="true"), f" {name} {count:,}", class_=f"badge {outcome}")


def request_id(call: AuditCall) -> Markup:
    """Return the request id of a call, if its response had one."""
    return value(call.request_id) if call.request_id is not None else tag("span", "without an id")


def _about(check: AuditedCheck, *, has_failed: bool) -> Markup:
    entries = [
        ("Why it matters", check.why),
        ("Remedy", check.remedy if has_failed else ""),
        ("Severity", f"{check.severity}, as rated by {check.severity_source}"),
        ("The same as", ", ".join(check.same_as)),
        ("IAM actions", ", ".join(check.actions)),
    ]
    return tag("dl", *(tag("dt", name) + tag("dd", text) for name, text in entries if text))


def _resources(row: Row) -> Markup:
    site = str(row.facts.site)
    if not row.ids:
        text = f"{row.resource_count:,} resources" if row.resource_count > 1 else "the whole site"
        return tag("th", text, tag("span", site, class_="quiet"), scope="row")
    kind = f"{row.facts.type}, {site}"
    return tag("th", joined(map(value, row.ids), " "), tag("span", kind, class_="quiet"), scope="row")


def _number(group: Group) -> str:
    """Return the number of resources, or of sites where the findings are about no single resource."""
    is_of_sites = all(not row.ids and row.resource_count == 1 for row in group.rows)
    return counted(group.resource_count, "site" if is_of_sites else "resource")


def _reason_suffix(reason: Reason | None) -> str:
    heading = REASON_TEXTS[reason][0] if reason else ""
    return f" ({heading[0].lower()}{heading[1:]})" if heading else ""


def _exception_word(outcome: Outcome) -> str:
    return "Accepted" if outcome is Outcome.FAIL else "Attested"


def _check_of(finding: Finding) -> AuditedCheck:
    """Return a check that the report does not list, as a finding describes it."""
    return AuditedCheck(
        id=finding.check,
        revision=finding.revision,
        title=finding.title,
        section=finding.section,
        severity=finding.severity,
        severity_source="the finding",
        remedy=finding.remedy,
        same_as=finding.same_as,
    )
