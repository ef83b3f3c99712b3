"""WaitsMixin: the wait_until_… methods of fleets, which wait at all sites concurrently."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Unpack

from wsclient._core.errors import RequestValidationError, WsclientError
from wsclient._core.waited_items import WaitedItem
from wsclient._core.waiter_errors import WaiterError, WaiterTimeoutError
from wsclient._generated.workspaces import structures as s
from wsclient.fleet._actions.waits import NEEDS_SINCE, WAITS, WaitCall
from wsclient.fleet._concurrency import cancel_all
from wsclient.fleet._inventory.inventory import InventoryMixin
from wsclient.fleet._references import Items, group_by_site
from wsclient.fleet._report import Outcome, Report
from wsclient.fleet._rows import InventoryRow
from wsclient.waiters._waiter import WaitOptions, WaitProgress

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from wsclient._core.site import Site
    from wsclient.fleet._actions.waits import WaitTarget


class WaitsMixin(InventoryMixin):
    """Waits for WorkSpaces of all sites: the base of Fleet.

    Every method takes a Report, of which it waits for the items that were done, or a list of items of a report, a plan
    or an inventory, or WorkSpace ids (of the fleet's only site, or by Site). It waits as the client's method of the
    same name does, with the same options, and returns an InventoryRow for each WorkSpace, in the same order. Of a
    creation or migration it waits for the new WorkSpace. since= is only needed for WorkSpaces that do not come from a
    report.

    It raises WaiterError or WaiterTimeoutError with the WorkSpaces of all sites. With fail_fast, which is the default,
    the first site that fails ends the wait of the others.
    """

    async def wait_until_available(
        self, workspaces: Report | Items, **options: Unpack[WaitOptions]
    ) -> list[InventoryRow]:
        """Wait until WorkSpaces are AVAILABLE, after creating or starting them. Default timeout: 1.5 hours."""
        return await self._wait("available", workspaces, None, None, options)

    async def wait_until_stopped(
        self, workspaces: Report | Items, **options: Unpack[WaitOptions]
    ) -> list[InventoryRow]:
        """Wait until WorkSpaces are STOPPED. Default timeout: 15 minutes."""
        return await self._wait("stopped", workspaces, None, None, options)

    async def wait_until_terminated(
        self, workspaces: Report | Items, **options: Unpack[WaitOptions]
    ) -> list[InventoryRow]:
        """Wait until WorkSpaces are terminated: AWS no longer describes them. Default timeout: 10 minutes."""
        return await self._wait("terminated", workspaces, None, None, options)

    async def wait_until_rebooted(
        self, workspaces: Report | Items, *, since: datetime | None = None, **options: Unpack[WaitOptions]
    ) -> list[InventoryRow]:
        """Wait until WorkSpaces have been rebooted since a time. Default timeout: 30 minutes."""
        return await self._wait("rebooted", workspaces, since, None, options)

    async def wait_until_rebuilt(
        self, workspaces: Report | Items, *, since: datetime | None = None, **options: Unpack[WaitOptions]
    ) -> list[InventoryRow]:
        """Wait until WorkSpaces have been rebuilt since a time. Default timeout: 1.5 hours."""
        return await self._wait("rebuilt", workspaces, since, None, options)

    async def wait_until_restored(
        self, workspaces: Report | Items, *, since: datetime | None = None, **options: Unpack[WaitOptions]
    ) -> list[InventoryRow]:
        """Wait until WorkSpaces have been restored since a time. Default timeout: 1.5 hours."""
        return await self._wait("restored", workspaces, since, None, options)

    async def wait_until_modified(
        self,
        workspaces: Report | Items,
        *,
        since: datetime | None = None,
        properties: s.WorkspaceProperties | None = None,
        **options: Unpack[WaitOptions],
    ) -> list[InventoryRow]:
        """Wait until WorkSpaces have been modified since a time. Default timeout: 3 hours.

        properties are the properties of the request; those of a Report are known.
        """
        return await self._wait("modified", workspaces, since, properties, options)

    async def wait_until_migrated(
        self, workspaces: Report | Items, *, since: datetime | None = None, **options: Unpack[WaitOptions]
    ) -> list[InventoryRow]:
        """Wait until the new WorkSpaces of migrations are available. Default timeout: 1.5 hours."""
        return await self._wait("migrated", workspaces, since, None, options)

    async def _wait(
        self,
        name: str,
        workspaces: Report | Items,
        since: datetime | None,
        properties: s.WorkspaceProperties | None,
        options: WaitOptions,
    ) -> list[InventoryRow]:
        items: object = workspaces
        if isinstance(workspaces, Report):
            items = workspaces.of(Outcome.DONE)
            properties = properties or workspaces.parameters.properties
        by_site = group_by_site(f"wait_until_{name}", "workspaces", items, self.sites)
        progress = _SharedProgress(by_site, options.get("on_progress"))
        tasks: dict[Site, asyncio.Task[list[s.Workspace]]] = {}
        for site, entries in by_site.items():
            targets = [target for _, target in entries]
            call = WaitCall(
                client=self.client(site),
                targets=targets,
                since=since or _since(name, targets, self._time.clock.now()),
                properties=properties,
                options={**options, "on_progress": progress.of(site)},
            )
            tasks[site] = asyncio.ensure_future(_run(name, call))
        await _finish(tasks, by_site, fail_fast=options.get("fail_fast", True))
        rows = {
            index: InventoryRow(site=site, workspace=workspace, seen_at=self._time.clock.now())
            for site, entries in by_site.items()
            for (index, _), workspace in zip(entries, tasks[site].result(), strict=True)
        }
        return [rows[index] for index in sorted(rows)]


async def _run(name: str, call: WaitCall) -> list[s.Workspace]:
    return await WAITS[name](call)


def _since(name: str, targets: Sequence[WaitTarget], now: datetime) -> datetime:
    """Return the time of the last change, now at the latest; raise RequestValidationError if it is needed and unknown.

    A later one is by a clock that has been set back since: changes from now on count then.
    """
    times = [target.sent_at for target in targets if target.sent_at is not None]
    if name in NEEDS_SINCE and len(times) < len(targets):
        raise RequestValidationError(
            f"wait_until_{name} needs since=, an aware datetime just before the change request, unless the WorkSpaces "
            "come from a report; nothing was sent",
            path="since",
            limit="required",
        )
    # The last one: evidence of a change that is newer than it counts for every WorkSpace.
    return min(max(times, default=now), now)


async def _finish(
    tasks: Mapping[Site, asyncio.Task[list[s.Workspace]]],
    by_site: Mapping[Site, Sequence[tuple[int, WaitTarget]]],
    *,
    fail_fast: bool,
) -> None:
    """Wait for the sites; raise the error of the one that failed, or a WaiterError with the WorkSpaces of all."""
    if not tasks:
        return
    try:
        await asyncio.wait(tasks.values(), return_when=asyncio.FIRST_EXCEPTION if fail_fast else asyncio.ALL_COMPLETED)
    finally:
        running = [task for task in tasks.values() if not task.done()]
        await cancel_all(running)
    errors = {site: task.exception() for site, task in tasks.items() if not task.cancelled()}
    failures: dict[Site, WaiterError] = {}
    for site, error in errors.items():
        if isinstance(error, WaiterError):
            failures[site] = error
        elif error is not None:
            if isinstance(error, WsclientError):
                error.add_note(f"raised for {site} of the fleet")
            raise error
    if failures:
        raise _merged(failures, tasks, by_site)


def _merged(
    failures: Mapping[Site, WaiterError],
    tasks: Mapping[Site, asyncio.Task[list[s.Workspace]]],
    by_site: Mapping[Site, Sequence[tuple[int, WaitTarget]]],
) -> WaiterError:
    """Return one error with the WorkSpaces of all sites."""
    reached: list[s.Workspace] = []
    cut_off: list[WaitedItem] = []
    for site, task in tasks.items():
        if task.cancelled():
            reason = "was still waited for when another site failed"
            cut_off += [WaitedItem(id=target.current_id, state=None, reason=reason) for _, target in by_site[site]]
        elif site not in failures:
            reached += task.result()
    is_timeout = all(isinstance(error, WaiterTimeoutError) for error in failures.values())
    return (WaiterTimeoutError if is_timeout else WaiterError)(
        "; ".join(f"{site}: {error}" for site, error in failures.items()),
        reached=[*(item for error in failures.values() for item in error.reached), *reached],
        failed=[item for error in failures.values() for item in error.failed],
        waiting=[*(item for error in failures.values() for item in error.waiting), *cut_off],
    )


class _SharedProgress:
    """Progress of the waits of several sites as one."""

    def __init__(
        self, by_site: Mapping[Site, Sequence[object]], on_progress: Callable[[WaitProgress], None] | None
    ) -> None:
        self._on_progress = on_progress
        self._latest = {
            site: WaitProgress(done=0, waiting=len(targets), failed=0, round=0, seconds=0.0, states={"": len(targets)})
            for site, targets in by_site.items()
        }

    def of(self, site: Site) -> Callable[[WaitProgress], None] | None:
        """Return the on_progress of one site's wait."""
        if self._on_progress is None:
            return None

        def report(progress: WaitProgress) -> None:
            self._latest[site] = progress
            self._report()

        return report

    def _report(self) -> None:
        latest = self._latest.values()
        states: Counter[str] = Counter()
        for progress in latest:
            states.update(progress.states)
        if self._on_progress is not None:
            self._on_progress(
                WaitProgress(
                    done=sum(progress.done for progress in latest),
                    waiting=sum(progress.waiting for progress in latest),
                    failed=sum(progress.failed for progress in latest),
                    round=max(progress.round for progress in latest),
                    seconds=max(progress.seconds for progress in latest),
                    states=states,
                )
            )
