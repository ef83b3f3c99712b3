"""Checks WorkSpaces again before a resumed plan or a later wave destroys their data: they may have changed since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient._core.errors import WsclientError
from wsclient._core.utils import chunked
from wsclient.fleet._journal.ledger import ItemState
from wsclient.fleet._report import Outcome
from wsclient.fleet._rows import InventoryRow
from wsclient.retries._retrying import ThrottleRetry
from wsclient.waiters._resources import PER_CALL, by_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wsclient._core.site import Site
    from wsclient._generated.workspaces import structures as s
    from wsclient.fleet._actions.items import PlanItem
    from wsclient.fleet._run.context import RunContext


async def skip_changed_items(context: RunContext, numbers: Iterable[int]) -> None:
    """End, for this run, the open items among these whose WorkSpace is not as planned any more.

    A WorkSpace of another user or directory than in the plan, one that the plan's condition does not select any more,
    or in a state that the action does not apply to, is not tried, and neither is one that cannot be described. One that
    is deleted or in the requested state stays: the run verifies it.
    """
    items, ledger = context.items, context.ledger
    by_site: dict[Site, list[int]] = {}
    for number in numbers:
        if ledger.state(number) is ItemState.OPEN and ledger.outcome(number) is None:
            by_site.setdefault(items[number].site, []).append(number)
    for site, site_numbers in by_site.items():
        for batch in chunked(site_numbers, PER_CALL):
            for number, reason in (await _reasons(context, site, {number: items[number] for number in batch})).items():
                context.end_provisionally([number], Outcome.NOT_TRIED, None, reason)


async def _reasons(context: RunContext, site: Site, items: Mapping[int, PlanItem]) -> dict[int, str]:
    """Return why items of one call are not tried, by number."""
    client, time = context.dependencies.client(site), context.dependencies.time
    ids = [item.key for item in items.values()]
    try:
        page = await ThrottleRetry(time).read(lambda: client.describe_workspaces(workspace_ids=ids).first_page())
        found = by_id(page.workspaces, "workspace_id", ids)
    except WsclientError as error:
        return dict.fromkeys(items, f"its state could not be read before the action: {error}")
    reasons = {number: _reason(context, item, found.get(item.key)) for number, item in items.items()}
    return {number: reason for number, reason in reasons.items() if reason is not None}


def _reason(context: RunContext, item: PlanItem, workspace: s.Workspace | None) -> str | None:
    if workspace is None:
        return None
    if (workspace.directory_id, workspace.user_name) != (item.directory_id, item.user_name):
        return "belongs to another user or directory than when the plan was made"
    spec, row = context.spec, InventoryRow(site=item.site, workspace=workspace, seen_at=context.now())
    if row.state in spec.done_states or spec.is_done(row, context.parameters):
        return None
    where = context.dependencies.where
    # A condition that needs other reads, such as of tags, is unknown here, and does not count.
    if where is not None and where.answer(row) is False:
        return "does not match the plan's condition any more"
    return spec.skip_reason(row, context.parameters)
