"""What to write in place of names that resemble no attribute of fleets, plans and reports."""

from __future__ import annotations

from typing import Final

_SITES: Final = "fleet.sites has accounts and regions, and fleet.client(site) is the client of one"
_INVENTORY: Final = "fleet.inventory(where=…) lists the WorkSpaces of all sites"
_PLAN: Final = "plan an action first: plan = await fleet.stop(…), then await plan.run()"
_PREDICATES: Final = "actions and inventories take where=, a predicate such as wsclient.fleet.where.state(…)"
_RUN: Final = "write await plan.run()"
_FAILED: Final = 'write report.of("failed")'

FLEET: Final = {
    **dict.fromkeys(("accounts", "clients", "profiles", "regions", "session"), _SITES),
    **dict.fromkeys(("describe", "describe_workspaces", "list", "rows", "workspaces"), _INVENTORY),
    **dict.fromkeys(("apply", "execute", "plan", "run"), _PLAN),
    **dict.fromkeys(("filter", "select", "where"), _PREDICATES),
    **dict.fromkeys(("create_workspaces", "create_all"), "did you mean 'create'?"),
    **dict.fromkeys(("delete", "delete_all", "remove"), "did you mean 'terminate'?"),
    **dict.fromkeys(("set_tags", "create_tags"), "did you mean 'tag'?"),
    "delete_tags": "did you mean 'untag'?",
    "wait": "await one of its wait_until_… methods, as in await fleet.wait_until_stopped(report)",
}
PLAN: Final = {
    **dict.fromkeys(("apply", "commit", "confirm", "execute", "go", "perform", "start", "submit"), _RUN),
    **dict.fromkeys(("dry_run", "preview"), "print the plan, or write await plan.run(dry_run=True)"),
    **dict.fromkeys(("changes", "ids", "targets", "workspaces"), "did you mean 'items'?"),
    **dict.fromkeys(("excluded", "ignored", "skipped"), "did you mean 'left_out'?"),
    **dict.fromkeys(("errors", "failures"), "did you mean 'failed'?"),
    **dict.fromkeys(("count", "size", "total"), "write len(plan)"),
    **dict.fromkeys(
        ("json", "to_dict", "to_json"), "plan.rows() returns flat rows, and journal= of the action writes JSON"
    ),
}
REPORT: Final = {
    **dict.fromkeys(("errors", "failed", "failed_items", "failures"), _FAILED),
    **dict.fromkeys(
        ("completed", "done", "succeeded", "success", "successes"), 'write report.of("done"), or report.ok'
    ),
    "ambiguous": 'write report.of("ambiguous")',
    **dict.fromkeys(("not_tried", "pending", "remaining", "skipped"), 'write report.of("not_tried")'),
    **dict.fromkeys(("raise_for_errors", "raise_for_status"), "did you mean 'raise_for_failures'?"),
    **dict.fromkeys(("results", "workspaces"), "did you mean 'items'?"),
    **dict.fromkeys(("stats", "summary"), "print the report, or read report.counts"),
    **dict.fromkeys(("json", "to_dict", "to_json"), "report.rows() returns flat rows, and write_csv() writes them"),
}
