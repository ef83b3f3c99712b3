"""SharedFindings: findings that say the same of many resources, reported once with the number of resources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from wsclient.audit._model import Finding, Outcome, Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_VARYING: Final = frozenset({Reason.NOT_PERMITTED, Reason.NOT_REACHED})
"""Reasons whose messages quote a response, so that they differ from call to call."""
_Key = tuple[str, Outcome, Reason | None, str | None, str]


class SharedFindings:
    """Holds findings back that rest on nothing read from their resource, and returns one for all of a kind.

    Without it, what no call can tell (tags that were not requested, a setting that was not given, a permission that is
    missing) would be repeated for each of 100,000 WorkSpaces.
    """

    def __init__(self) -> None:
        self._firsts: dict[_Key, Finding] = {}
        self._counts: dict[_Key, int] = {}

    def others(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Yield the findings that differ from resource to resource, and hold the rest back."""
        for finding in findings:
            if not _is_same_for_all(finding):
                yield finding
                continue
            key = _key(finding)
            self._firsts.setdefault(key, finding)
            self._counts[key] = self._counts.get(key, 0) + 1

    def grouped(self) -> list[Finding]:
        """Return one finding for each kind that was held back; one that was alone keeps its resource."""
        return [
            finding
            if (count := self._counts[key]) == 1
            else msgspec.structs.replace(finding, resource=None, resources=count)
            for key, finding in self._firsts.items()
        ]


def _is_same_for_all(finding: Finding) -> bool:
    is_undecided = finding.outcome in {Outcome.UNKNOWN, Outcome.NOT_APPLICABLE}
    return is_undecided and finding.resource is not None and not finding.evidence


def _key(finding: Finding) -> _Key:
    message = "" if finding.reason in _VARYING else finding.message
    return finding.check, finding.outcome, finding.reason, finding.action, message
