"""Health of a wave: waits until the WorkSpaces that it changed are healthy, at all sites concurrently."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from wsclient._core.errors import WsclientError
from wsclient._core.waiter_errors import WaiterError
from wsclient.fleet._actions.waits import WaitCall, WaitTarget, wait_after
from wsclient.fleet._journal.records import MAX_MESSAGE_LENGTH
from wsclient.fleet._run.site_runner import unwrap_group

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from wsclient._core.site import Site
    from wsclient.fleet._run.context import RunContext
    from wsclient.waiters._waiter import WaitOptions


async def wait_until_healthy(context: RunContext, numbers: Sequence[int]) -> dict[int, str]:
    """Wait for the WorkSpaces of items that were done; return the reason of each that is not healthy, by number."""
    if wait_after(context.spec.name, context.parameters) is None:
        return {}
    by_site: dict[Site, list[int]] = {}
    for number in numbers:
        by_site.setdefault(context.items[number].site, []).append(number)
    with unwrap_group():
        async with asyncio.TaskGroup() as group:
            checks = [group.create_task(_check_site(context, site, numbers)) for site, numbers in by_site.items()]
    return {number: reason for check in checks for number, reason in check.result().items()}


def _sent_at(context: RunContext, number: int) -> datetime | None:
    """Return the time of an item's last call by the present wall clock, which may have been set since the call."""
    seconds, recorded, now = context.seconds_since_send(number), context.ledger.sent_at(number), context.now()
    if seconds is not None:
        return now - timedelta(seconds=seconds)
    return recorded and min(recorded, now)


async def _check_site(context: RunContext, site: Site, numbers: Sequence[int]) -> dict[int, str]:
    wait = wait_after(context.spec.name, context.parameters)
    if wait is None:
        return {}
    ledger = context.ledger
    targets = {
        number: WaitTarget(
            workspace_id=context.items[number].workspace_id,
            new_workspace_id=ledger.new_id(number),
            sent_at=_sent_at(context, number),
        )
        for number in numbers
    }
    timeout = context.options.wave_timeout
    options: WaitOptions = {"fail_fast": False}
    if timeout is not None:
        options["timeout"] = timeout
    call = WaitCall(
        client=context.dependencies.client(site),
        targets=list(targets.values()),
        # The last call: evidence of a change that is newer than it counts for every WorkSpace.
        since=max(target.sent_at or context.now() for target in targets.values()),
        properties=context.parameters.properties,
        options=options,
    )
    try:
        await wait(call)
    except WaiterError as error:
        reasons = {item.id: str(item)[:MAX_MESSAGE_LENGTH] for item in (*error.failed, *error.waiting)}
        ids = {number: target.current_id for number, target in targets.items()}
        return {number: reasons[workspace_id] for number, workspace_id in ids.items() if workspace_id in reasons}
    except WsclientError as error:
        # Without a check a WorkSpace does not count as healthy.
        return dict.fromkeys(numbers, f"its state could not be read: {error}"[:MAX_MESSAGE_LENGTH])
    return {}
