"""Facts of an earlier audit that no call returns: since when a WorkSpace is known to have had no connection."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from wsclient.audit._checks.upkeep import UNCONNECTED_SINCE, UNUSED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wsclient.audit._model import Finding
    from wsclient.audit._results import ReportContent

_Place = tuple[str, str]
"""Account id and region."""


def unconnected_since(report: ReportContent) -> Mapping[_Place, Mapping[str, datetime]]:
    """Return the time of the first audit that found no connection to a WorkSpace, by its account, region and id."""
    found: dict[_Place, dict[str, datetime]] = {}
    accounts = report.account_ids
    for finding in report.findings:
        since = _since(finding)
        account = accounts.get(finding.site, "")
        if since is not None and account and finding.resource is not None:
            found.setdefault((account, finding.site.region), {})[finding.resource.id] = since
    return found


def _since(finding: Finding) -> datetime | None:
    if finding.check != UNUSED:
        return None
    text = next((each.value for each in finding.evidence if each.member == UNCONNECTED_SINCE), None)
    if text is None:
        return None
    try:
        since = datetime.fromisoformat(text)
    except ValueError:
        return None
    # No later than the finding: clocks differ, and a report may have been edited.
    return min(since, finding.at) if since.tzinfo is not None else None
