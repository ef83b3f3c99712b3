"""Findings of one check that say the same: one group, and one row for resources that one call showed to be alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from wsclient.audit._model import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from wsclient._core.site import Site
    from wsclient.audit._model import Evidence, Finding, Reason, Severity

MAX_ROW_RESOURCES: Final = 100
"""Resources of one row, so that no part of a document grows with the account."""
ORDER: Final = (Outcome.FAIL, Outcome.UNKNOWN, Outcome.PASS, Outcome.NOT_APPLICABLE)


class Kind(NamedTuple):
    """Members that all findings of a group have in common."""

    outcome: Outcome
    severity: Severity
    reason: Reason | None
    action: str | None
    exception: str | None


class Facts(NamedTuple):
    """Members that all findings of a row have in common."""

    site: Site
    type: str | None
    message: str
    evidence: tuple[Evidence, ...]
    first_seen: datetime | None


@dataclass(slots=True)
class Row:
    """Resources about which the same was read; resource_count counts them where they are not named."""

    facts: Facts
    at: datetime
    ids: list[str] = field(default_factory=list[str])
    resource_count: int = 0


@dataclass(slots=True)
class Group:
    """Findings of one check with the same outcome for the same reason."""

    kind: Kind
    rows: list[Row] = field(default_factory=list[Row])
    resource_count: int = 0

    @property
    def message(self) -> str | None:
        """The message, if it is the same for all rows."""
        first = self.rows[0].facts.message
        return first if all(row.facts.message == first for row in self.rows) else None


def grouped(findings: Iterable[Finding]) -> list[Group]:
    """Return the groups of one check's findings: failures first, the most severe first, then in the order found."""
    groups: dict[Kind, Group] = {}
    last: dict[tuple[Kind, Facts], Row] = {}
    for finding in findings:
        kind = Kind(finding.outcome, finding.severity, finding.reason, finding.action, finding.exception)
        group = groups.setdefault(kind, Group(kind))
        resource = finding.resource
        facts = Facts(
            finding.site, resource.type if resource else None, finding.message, finding.evidence, finding.first_seen
        )
        row = last.get((kind, facts))
        if row is None or resource is None or len(row.ids) >= MAX_ROW_RESOURCES:
            row = last[kind, facts] = Row(facts, finding.at)
            group.rows.append(row)
        if resource is not None:
            row.ids.append(resource.id)
        row.resource_count += finding.resources
        group.resource_count += finding.resources
    return sorted(groups.values(), key=_rank)


def _rank(group: Group) -> tuple[int, bool, int]:
    kind = group.kind
    return ORDER.index(kind.outcome), kind.exception is not None, -kind.severity.rank
