"""Comparison of two reports: which failures are new, fixed, gone or undecided, and what cannot be compared."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from typing import TYPE_CHECKING, Final, NamedTuple, cast

import msgspec

from wsclient.audit._checks.registry import CHECKS
from wsclient.audit._difference import AuditDifference, Change, FindingChange, FindingState, NotCompared
from wsclient.audit._model import Finding, Outcome
from wsclient.audit._results import AuditedCheck

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from wsclient._core.site import Site
    from wsclient.audit._checks.base import Check
    from wsclient.audit._results import ReportContent

_STATES: Final = {Outcome.FAIL: FindingState.FAIL, Outcome.UNKNOWN: FindingState.UNKNOWN}
_RANKS: Final = (FindingState.NO_FAILURE, FindingState.UNKNOWN, FindingState.FAIL)
_CHANGES: Final = {
    FindingState.FAIL: Change.UNCHANGED,
    FindingState.UNKNOWN: Change.NOW_UNKNOWN,
    FindingState.ABSENT: Change.GONE,
    FindingState.NO_FAILURE: Change.FIXED,
}
"""Change of a failure by its state in the later report."""


class Place(NamedTuple):
    """Account and region; the account is its id, or its name in the audit where the id is not known."""

    account: str
    region: str

    def __str__(self) -> str:
        return f"{self.account}/{self.region}"


class Key(NamedTuple):
    """Identity of a finding in every report: a resource id of "" is the whole site."""

    check: str
    place: Place
    resource: str


class IndexedReport:
    """One of two reports, indexed for the comparison."""

    def __init__(self, report: ReportContent) -> None:
        self.report = report
        self._places = {
            result.site: Place(result.account_id or result.site.account, result.site.region) for result in report.sites
        }
        self.wholes: dict[Place, bool] = {}
        self._resources: dict[Place, set[str]] = {}
        for result in report.sites:
            place = self._places[result.site]
            self.wholes[place] = self.wholes.get(place, True) and result.is_whole
            self._resources.setdefault(place, set()).update(*result.resources.values())
        self.findings: dict[Key, Finding] = {}
        self._undecided: dict[tuple[str, Place], int] = {}
        for finding in report.findings:
            self._add(finding)

    def _add(self, finding: Finding) -> None:
        key = self.key(finding)
        known = self.findings.get(key)
        if known is None or _RANKS.index(_state(finding)) > _RANKS.index(_state(known)):
            self.findings[key] = finding
        if finding.resource is None and finding.outcome is Outcome.UNKNOWN:
            place = key.check, key.place
            self._undecided[place] = min(self._undecided.get(place, finding.resources), finding.resources)

    def key(self, finding: Finding) -> Key:
        """Return the identity of a finding."""
        return Key(finding.check, self.place(finding.site), finding.resource.id if finding.resource else "")

    def place(self, site: Site) -> Place:
        """Return account and region of a site."""
        return self._places.get(site) or Place(site.account, site.region)

    def failures(self) -> Iterator[Key]:
        """Yield the failures, in the report's order."""
        return (key for key, finding in self.findings.items() if finding.outcome is Outcome.FAIL)

    def state(self, key: Key) -> FindingState:
        """Return the state of a check for a resource.

        An unknown finding for a whole site stands for a listing that could not be read, so that the absence of the
        resource proves nothing; one for several resources stands for resources that the listing has.
        """
        if finding := self.findings.get(key):
            return _state(finding)
        undecided = self._undecided.get((key.check, key.place))
        if undecided == 1:
            return FindingState.UNKNOWN
        if key.resource and key.resource not in self._resources.get(key.place, ()):
            return FindingState.ABSENT
        return FindingState.NO_FAILURE if undecided is None else FindingState.UNKNOWN


def compared(earlier: ReportContent, later: ReportContent) -> AuditDifference:
    """Return what has changed from the earlier report to the later one."""
    before, after = (
        IndexedReport(earlier),
        IndexedReport(msgspec.structs.replace(later, findings=continued(earlier, later))),
    )
    limits = _Limits(before, after)
    changes = list[FindingChange]()
    for key in dict.fromkeys([*after.failures(), *before.failures()]):
        if limits.of(key) is None:
            was, now = before.state(key), after.state(key)
            change = _CHANGES[now] if was is FindingState.FAIL else Change.NEW
            finding = (after if now is FindingState.FAIL else before).findings[key]
            changes.append(FindingChange(change=change, before=was, after=now, finding=finding))
    order = list(Change)
    return AuditDifference(
        earlier=earlier.ended,
        later=later.ended,
        changes=tuple(sorted(changes, key=lambda each: order.index(each.change))),
        not_compared=limits.listed(),
    )


def continued(earlier: ReportContent, later: ReportContent) -> tuple[Finding, ...]:
    """Return the later report's findings with first_seen: since when each has had its outcome, as far as is known."""
    before, now = IndexedReport(earlier), IndexedReport(later)

    def first_seen(finding: Finding) -> datetime:
        known = before.findings.get(now.key(finding))
        is_same = known is not None and (known.outcome, known.revision) == (finding.outcome, finding.revision)
        times = [finding.first_seen or finding.at]
        times += [known.first_seen or known.at] if known is not None and is_same else []
        return min(times)

    return tuple(msgspec.structs.replace(finding, first_seen=first_seen(finding)) for finding in later.findings)


class _Limits:
    """Parts of two reports that cannot be compared, with the reasons."""

    def __init__(self, before: IndexedReport, after: IndexedReport) -> None:
        self._before, self._after = before, after
        self._everything = _settings_of_no_check(before.report, after.report)
        self._places = {
            place: reason
            for place in dict.fromkeys([*before.wholes, *after.wholes])
            if (reason := _reason_of_site(before.wholes.get(place), after.wholes.get(place)))
        }
        earlier, later = _checks(before.report), _checks(after.report)
        settings = _differing(before.report, after.report)
        self._checks = {
            name: reason
            for name in dict.fromkeys([*earlier, *later])
            if (reason := _reason_of_check(earlier.get(name), later.get(name), settings))
        }

    def of(self, key: Key) -> NotCompared | None:
        """Return the part that is not compared and has this key, without numbers; None if it is compared."""
        if self._everything:
            return _part(self._everything)
        if reason := self._places.get(key.place):
            return _part(reason, site=str(key.place))
        if reason := self._checks.get(key.check):
            return _part(reason, check=key.check)
        return None

    def listed(self) -> tuple[NotCompared, ...]:
        """Return each part that is not compared, with the failures in it; a failure is counted once."""
        parts = [_part(self._everything)] if self._everything else []
        if not parts:
            parts = [_part(reason, site=str(place)) for place, reason in self._places.items()]
            parts += [_part(reason, check=check) for check, reason in self._checks.items()]
        earlier, later = (Counter(map(self.of, side.failures())) for side in (self._before, self._after))
        return tuple(
            msgspec.structs.replace(part, earlier_failures=earlier[part], later_failures=later[part]) for part in parts
        )


def _part(reason: str, *, site: str | None = None, check: str | None = None) -> NotCompared:
    return NotCompared(site=site, check=check, reason=reason, earlier_failures=0, later_failures=0)


def _state(finding: Finding) -> FindingState:
    return _STATES.get(finding.outcome, FindingState.NO_FAILURE)


def _checks(report: ReportContent) -> Mapping[str, AuditedCheck | Finding]:
    """Return the checks of a report; a finding stands for a check that the report does not list."""
    return {**{finding.check: finding for finding in report.findings}, **{check.id: check for check in report.checks}}


def _differing(earlier: ReportContent, later: ReportContent) -> frozenset[str]:
    def value(report: ReportContent, name: str) -> object:
        setting: object = getattr(report.settings, name)
        # The order of a list means nothing.
        return frozenset(cast("tuple[str, ...]", setting)) if isinstance(setting, tuple) else setting

    names = [field.name for field in fields(later.settings)]
    return frozenset(name for name in names if value(earlier, name) != value(later, name))


def _settings_of_no_check(earlier: ReportContent, later: ReportContent) -> str:
    checks: Iterable[Check | AuditedCheck] = (*CHECKS, *earlier.checks, *later.checks)
    declared = {name for check in checks for name in check.settings}
    names = ", ".join(sorted(_differing(earlier, later) - declared))
    return f"these settings differ, and no check says that it alone depends on them: {names}" if names else ""


def _reason_of_site(before: bool | None, after: bool | None) -> str:  # noqa: FBT001 - whether it is whole
    if before is None or after is None:
        return f"only the {'later' if before is None else 'earlier'} report has this site"
    if before and after:
        return ""
    if before or after:
        return f"the {'later' if before else 'earlier'} report did not read it completely"
    return "neither report read it completely"


def _reason_of_check(
    before: AuditedCheck | Finding | None, after: AuditedCheck | Finding | None, settings: frozenset[str]
) -> str:
    if before is None or after is None:
        return f"only the {'later' if before is None else 'earlier'} report has this check"
    if before.revision != after.revision:
        return f"its rule has changed, from revision {before.revision} to {after.revision}"
    declared = {name for each in (before, after) if isinstance(each, AuditedCheck) for name in each.settings}
    names = ", ".join(sorted(settings & declared))
    return f"these settings of it differ: {names}" if names else ""
