"""Runs a plan over its sites: opens the journal, checks whose it is, runs the waves, and returns the report."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from wsclient._core.errors import WsclientError
from wsclient._core.fleet_errors import JournalError
from wsclient._core.utils import chunked
from wsclient.fleet._actions.specs import ACTION_SPECS
from wsclient.fleet._journal import journal as journals
from wsclient.fleet._journal.ledger import ItemState, Ledger
from wsclient.fleet._journal.records import ResumeRecord, RetryRecord
from wsclient.fleet._report import Report
from wsclient.fleet._run.context import RunContext
from wsclient.fleet._run.wave_runner import run_waves
from wsclient.waiters._resources import PER_CALL

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wsclient._core.site import Site
    from wsclient.fleet._actions.items import Parameters, PlanItem
    from wsclient.fleet._journal.journal import Journal, PlanSnapshot
    from wsclient.fleet._run.context import PlanState, RunDependencies, RunOptions

DRY_RUN = "it was a dry run"


async def run_plan(
    snapshot: PlanSnapshot,
    parameters: Parameters,
    journal_path: str | None,
    state: PlanState,
    dependencies: RunDependencies,
    options: RunOptions,
) -> Report:
    """Send what the plan contains and no earlier run has decided, and return the report on all items."""
    with state.exclusive():
        is_resumed = journal_path is not None and await dependencies.storage.exists(journal_path)
        journal, ledger = await _open_journal(snapshot, journal_path, state, dependencies, is_resumed=is_resumed)
        try:
            context = RunContext(
                spec=ACTION_SPECS[snapshot.intent.action],
                parameters=parameters,
                items=snapshot.items,
                ledger=ledger,
                journal=journal,
                dependencies=dependencies,
                options=options,
            )
            await _record_resumption(context, snapshot, journal_path)
            await run_waves(context, is_resumed=is_resumed)
        finally:
            if journal is not None:
                await journal.close()
        return _report(context)


def dry_run_report(snapshot: PlanSnapshot) -> Report:
    """Return the report of a dry run, in which no item is tried."""
    spec = ACTION_SPECS[snapshot.intent.action]
    ledger = Ledger(len(snapshot.items))
    return Report(action=spec.name, items=ledger.reports(snapshot.items, DRY_RUN), advice=spec.advice)


async def check_accounts(path: str, items: Iterable[PlanItem], dependencies: RunDependencies) -> None:
    """Raise JournalError if a site has none of the directories of these items.

    Makes one call for each 25 directories of a site, until one is found. A call that fails proves nothing, so the check
    passes.
    """
    # A profile of the same name may lead to another account by now; ids found nowhere would count as terminated there.
    directories: dict[Site, dict[str, None]] = {}
    for item in items:
        directories.setdefault(item.site, {})[item.directory_id] = None
    for site, site_directories in directories.items():
        if not await _has_any_directory(site, site_directories, dependencies):
            raise JournalError(
                f"the journal {path} was started with another account: {site} has none of its directories "
                f"({', '.join(list(site_directories)[:3])}). Continue with the credentials of that account; if its "
                "directories were deregistered since, remove the journal and plan again. Nothing was sent",
                path=path,
            )


async def _has_any_directory(site: Site, directories: Mapping[str, None], dependencies: RunDependencies) -> bool:
    ids = [directory_id for directory_id in directories if directory_id]
    client = dependencies.client(site)
    try:
        for batch in chunked(ids, PER_CALL):
            found = await client.describe_workspace_directories(directory_ids=batch)
            if found.directories:
                return True
    except WsclientError:
        return True
    return not ids


def _report(context: RunContext) -> Report:
    not_tried = context.stop_reason or "the run ended before this item"
    return Report(
        action=context.spec.name,
        parameters=context.parameters,
        items=context.ledger.reports(context.items, not_tried, context.wave_count),
        advice=context.spec.advice,
        calls=context.calls,
        took=timedelta(seconds=context.elapsed),
    )


async def _record_resumption(context: RunContext, snapshot: PlanSnapshot, journal_path: str | None) -> None:
    """Check the accounts of items that an earlier run left undecided, and record that this run continues them."""
    ledger = context.ledger
    states = [ledger.state(number) for number in range(len(ledger))]
    # Before any record is written: a run with the wrong credentials must leave the journal as it was.
    if journal_path is not None and set(states) != {ItemState.OPEN}:
        pairs = zip(snapshot.items, states, strict=True)
        undecided = (item for item, state in pairs if state is not ItemState.RESOLVED)
        await check_accounts(journal_path, undecided, context.dependencies)
    # By AWS's clock, as check_accounts() has received it: another run compares it with its own time. Without it, items
    # that were sent count as missing once the consistency time has passed in that run.
    now = context.service_time()
    if ItemState.SENT in states and now is not None:
        await context.record(ResumeRecord(at=now))
    if context.options.retry_ambiguous and (ambiguous := ledger.ambiguous()):
        await context.record(RetryRecord(at=context.now(), of=ambiguous))


async def _open_journal(
    snapshot: PlanSnapshot, path: str | None, state: PlanState, dependencies: RunDependencies, *, is_resumed: bool
) -> tuple[Journal | None, Ledger]:
    if path is None:
        state.ledger = state.ledger or Ledger(len(snapshot.items))
        state.ledger.clear_provisional()
        return None, state.ledger
    if is_resumed:
        journal, ledger = await journals.resume(dependencies.storage, path, snapshot)
    elif state.has_journal:
        # A new journal would have every item open again, also those that the removed one had as done.
        raise JournalError(
            f"the journal {path} was removed since its plan was loaded or run, and with it what was done. Nothing was "
            "sent; put the file back, or make a new plan",
            path=path,
        )
    else:
        # The whole plan is on disk before the first call: a restart does not select anew, with other results.
        journal, ledger = await journals.create(dependencies.storage, path, snapshot), Ledger(len(snapshot.items))
    state.has_journal = True
    return journal, ledger
