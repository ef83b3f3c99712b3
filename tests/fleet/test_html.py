"""HTML of plans, reports and inventory rows in notebooks, and their data frames."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tests.support.in_process import client_of
from tests.support.parsed_html import SeenHtml
from wsclient import types
from wsclient.fleet import Fleet, InventoryRow, Site, where
from wsclient.fleet._actions.items import PlanRow
from wsclient.fleet._report import ItemReport, Outcome, Report, ReportRow
from wsclient.tables import columns_of
from wsclient.testing import Emulator

if TYPE_CHECKING:
    from wsclient.fleet._plan import Plan

NASTY = "<script>alert('&amp;')</script>"
HERE, THERE = Site(account="lab", region="us-west-2"), Site(account=NASTY, region="eu-west-1")
AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def _item(
    number: int, outcome: Outcome, *, site: Site = HERE, code: str | None = None, message: str = ""
) -> ItemReport:
    return ItemReport(
        site=site, key=f"ws-{number}", directory_id="d-1", user_name="u", outcome=outcome, code=code, message=message
    )


def _report() -> Report:
    return Report(
        action="stop",
        items=(
            *(_item(number, Outcome.DONE) for number in range(3)),
            _item(3, Outcome.FAILED, site=THERE, code="E", message=NASTY),
            _item(4, Outcome.AMBIGUOUS),
            *(_item(number, Outcome.NOT_TRIED, message="the deadline has passed") for number in (5, 6)),
        ),
        advice="look again",
        calls=2,
    )


def _plan(aws: Emulator) -> Plan:
    async def plan() -> Plan:
        async with client_of(aws) as client:
            return await Fleet.over(("lab", client)).stop(where=where.state("AVAILABLE", "STOPPED"))

    return asyncio.run(plan())


def _aws() -> Emulator:
    aws = Emulator()
    aws.add_workspaces(4, running_mode=types.RunningMode.AUTO_STOP)
    aws.add_workspaces(2)
    return aws


def test_report_html_counts_by_site_and_lists_failures() -> None:
    """Each outcome has a column, each failure and each reason of untried items a line; all text is escaped."""
    seen = SeenHtml(_report()._repr_html_())
    assert "script" not in seen.tags
    assert seen.cells[:10] == [
        *("account", "region", "done", "failed", "ambiguous", "not_tried"),
        *(NASTY, "eu-west-1", "", "1"),
    ]
    for message in ("failed or ambiguous: 2", "not tried: 2", "look again", NASTY):
        assert message in seen.text
    assert seen.cells[-4:] == ["reason", "items", "the deadline has passed", "2"]


def test_report_html_without_failures_is_one_table() -> None:
    """A report without failures has one table, and an empty report has a note."""
    fine = SeenHtml(Report(action="stop", items=(_item(1, Outcome.DONE),))._repr_html_())
    assert (fine.cells, fine.rows) == (["account", "region", "done", "lab", "us-west-2", "1"], 2)
    assert "no items" in Report(action="stop", items=())._repr_html_()


def test_plan_html_counts_items_and_skip_reasons() -> None:
    """Counts by site, directory and state, the number of calls, and each skip reason with its count."""
    aws = _aws()
    seen = SeenHtml(_plan(aws)._repr_html_())
    assert "Plan to stop: 4 WorkSpaces where state is AVAILABLE or STOPPED" in seen.text
    assert "1 call of StopWorkspaces" in seen.text
    assert "nothing was sent yet" in seen.text
    assert "left out: 2" in seen.text
    assert seen.cells[5:10] == ["lab", "us-west-2", aws.directory_id, "AVAILABLE", "4"]


def test_plans_and_reports_become_data_frames() -> None:
    """Data frames have a row per item, including skipped items, and the columns of rows(), in pandas and polars."""
    plan, report = _plan(_aws()), _report()
    assert list(plan.to_pandas().columns) == [column.name for column in columns_of(PlanRow)]
    assert plan.to_polars()["is_planned"].to_list() == [True] * 4 + [False] * 2
    assert list(report.to_pandas().columns) == [column.name for column in columns_of(ReportRow)]
    assert report.to_polars()["outcome"].to_list() == [item.outcome.value for item in report.items]
    assert Report(action="stop", items=()).to_pandas().dtypes["attempts"] == "Int64"


def test_inventory_row_html_lists_known_columns() -> None:
    """A row shows a line for each known column, and omits missing values."""
    row = InventoryRow(
        site=THERE, workspace=types.Workspace(workspace_id="ws-1"), seen_at=AT, tags={"team": NASTY, "keep": ""}
    )
    seen = SeenHtml(row._repr_html_())
    assert dict(zip(seen.cells[::2], seen.cells[1::2], strict=True)) == {
        "account": NASTY,
        "region": "eu-west-1",
        "workspace_id": "ws-1",
        "tags": f"team={NASTY}, keep=",
        "seen_at": "2026-03-02 08:00:00 UTC",
    }
