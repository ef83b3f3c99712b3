"""Facts from the report of an earlier audit: since when a WorkSpace has had no connection."""

# Runs audits by the emulator's clock.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.audit.reports import NOW, finding, report
from tests.support.endpoint_stage import driven
from tests.support.loops import on_a_loop
from wsclient.audit import Audit, AuditReport, Evidence, Outcome
from wsclient.audit._earlier_facts import unconnected_since
from wsclient.fleet import Fleet
from wsclient.testing import Emulator

if TYPE_CHECKING:
    from pathlib import Path


def counted(made: AuditReport) -> Counter[Outcome]:
    """Return the outcomes of a report's findings."""
    return Counter(each.outcome for each in made.findings)


@on_a_loop
async def test_never_connected_workspace_becomes_unused_over_successive_audits(tmp_path: Path) -> None:
    """From report to report, kept as JSON: unknown at first, then a failure, and a pass once its user connects."""
    with Emulator() as aws:
        (workspace_id, *_) = aws.add_workspaces(2)
        async with aws.client() as ws:
            audit = Audit.over(Fleet.over(("main", ws)))
            audit._time = driven(aws)
            made: AuditReport | None = None
            found = list[Counter[Outcome]]()
            for days in (0, 20, 11, 11):
                aws.advance(days=days)
                made = await audit.run(only=["use.unused"], earlier=made, keep="all")
                found.append(counted(made))
                path = await made.write_json(tmp_path / "last.json")
                made = AuditReport.read(path)
            assert found == [{Outcome.UNKNOWN: 2}, {Outcome.UNKNOWN: 2}, {Outcome.FAIL: 2}, {Outcome.FAIL: 2}]
            assert made is not None
            assert {round((each.at - (each.first_seen or each.at)) / timedelta(days=1)) for each in made.failed} == {11}
            aws.connect_user(workspace_id)
            streamed = [each async for each in audit.findings(only=["use.unused"], earlier=made)]
            assert Counter(each.outcome for each in streamed) == {Outcome.PASS: 1, Outcome.FAIL: 1}
            alone = await audit.run(only=["use.unused"])
            assert counted(alone) == {Outcome.UNKNOWN: 1}


@pytest.mark.parametrize("since", ["yesterday", "2020-01-01T00:00:00"])
def test_edited_earlier_report_does_not_prove_disuse(since: str) -> None:
    """An invalid or naive time in a report is ignored; a time after the audit counts as the time of the audit."""
    evidence = (Evidence(member="unconnected_since", value=since),)
    edited = report(finding("use.unused", evidence=evidence), finding("access.web", evidence=evidence))
    assert unconnected_since(edited) == {}
    for time in (NOW, NOW + timedelta(days=400)):
        good = report(finding("use.unused", evidence=(Evidence(member="unconnected_since", value=time.isoformat()),)))
        assert list(unconnected_since(good).values()) == [{"d-1": NOW}]
