"""HTML of plans and reports, for notebooks: counts first, then what is left out or was not done."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from wsclient._fleet.kinds import KINDS
from wsclient._fleet.report import Outcome
from wsclient._tables import Cell, CellKind, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wsclient._fleet.plan import Plan
    from wsclient._fleet.report import Report

_TEXT, _INTEGER = CellKind.TEXT, CellKind.INTEGER
_PLANNED: Final = {
    "account": _TEXT,
    "region": _TEXT,
    "directory_id": _TEXT,
    "state": _TEXT,
    "WorkSpaces": _INTEGER,
}
_LEFT_OUT: Final = {"reason": _TEXT, "WorkSpaces": _INTEGER}
_OUTCOMES: Final = {"account": _TEXT, "region": _TEXT, **{outcome.value: _INTEGER for outcome in Outcome}}
_FAILED: Final[dict[str, CellKind]] = dict.fromkeys(
    ("key", "account", "region", "user_name", "outcome", "code", "message"), _TEXT
)
_NOT_TRIED: Final = {"reason": _TEXT, "items": _INTEGER}


def plan_html(plan: Plan) -> str:
    """Return what is planned, by site, directory and state, and what is left out, by reason."""
    groups = Counter((item.site, item.directory_id, item.state or "") for item in plan.items)
    planned: list[dict[str, Cell]] = [
        {"account": site.account, "region": site.region, "directory_id": directory, "state": state, "WorkSpaces": count}
        for (site, directory, state), count in sorted(groups.items())
    ]
    first, *_ = str(plan).splitlines()
    html = Table.of_mappings(planned, _PLANNED).to_html(f"Plan to {first}", _of_calls(plan))
    if plan.left_out:
        reasons = Counter(out.reason for out in plan.left_out).most_common()
        left_out: list[dict[str, Cell]] = [{"reason": reason, "WorkSpaces": count} for reason, count in reasons]
        html += Table.of_mappings(left_out, _LEFT_OUT).to_html(f"left out: {len(plan.left_out):,}")
    return html


def report_html(report: Report) -> str:
    """Return how many ended how at each site, and those that were not done."""
    counts = Counter((item.site, item.outcome) for item in report.items)
    outcomes: list[dict[str, Cell]] = [
        {
            "account": site.account,
            "region": site.region,
            **{outcome.value: counts[site, outcome] or None for outcome in Outcome},
        }
        for site in sorted({item.site for item in report.items})
    ]
    first, *_ = str(report).splitlines()
    html = Table.of_mappings(outcomes, _OUTCOMES).to_html(f"Report of {first}")
    failed: list[dict[str, Cell]] = [
        {name: getattr(row, name) for name in _FAILED}
        for row in report.rows()
        if row.outcome in (Outcome.FAILED, Outcome.AMBIGUOUS)
    ]
    if failed:
        advice = [report.advice] if report.advice and report.of(Outcome.AMBIGUOUS) else []
        html += Table.of_mappings(failed, _FAILED).to_html(f"failed or ambiguous: {len(failed):,}", advice)
    if not_tried := report.of(Outcome.NOT_TRIED):
        reasons = Counter(item.message for item in not_tried).most_common()
        rows: list[dict[str, Cell]] = [{"reason": reason, "items": count} for reason, count in reasons]
        html += Table.of_mappings(rows, _NOT_TRIED).to_html(f"not tried: {len(not_tried):,}")
    return html


def _of_calls(plan: Plan) -> Iterator[str]:
    if plan.items:
        yield f"{plan.calls:,} {'call' if plan.calls == 1 else 'calls'} of {KINDS[plan.action].operation.name}"
    yield "nothing was sent yet: run() does it"
    if plan.journal is not None:
        yield f"journal: {plan.journal}"
