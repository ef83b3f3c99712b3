"""Runs a plan over all its sites: takes up the journal, has every site do its part, and reports."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from wsclient._core.errors import WsclientError
from wsclient._core.fleet_errors import JournalError
from wsclient._core.utils import chunked
from wsclient.fleet._actions.specs import ACTION_SPECS
from wsclient.fleet._journal import journal as journals
from wsclient.fleet._journal.ledger import ItemState, Ledger
from wsclient.fleet._journal.records import AgainRecord, BeginRecord
from wsclient.fleet._report import Report
from wsclient.fleet._run.context import RunContext, RunDependencies, RunOptions
from wsclient.fleet._run.site_runner import SiteRunner, unwrap_group
from wsclient.waiters._resources import PER_CALL

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from wsclient._core.site import Site
    from wsclient.fleet._actions.items import Parameters, PlanItem
    from wsclient.fleet._journal.journal import Journal, PlanSnapshot
    from wsclient.fleet._run.context import PlanState, RunDependencies


async def check_accounts(path: str, items: Iterable[PlanItem], means: RunDependencies) -> None:
    """Raise JournalError where a site has none of the directories that these items are in.

    One call for each 25 directories of a site, until one is found. Where it may not be asked, nothing is known.
    """
    directories: dict[Site, dict[str, None]] = {}
    for item in items:
        directories.setdefault(item.site, {})[item.directory_id] = None
    for site, wanted in directories.items():
        if not await _has_any(site, wanted, means):
            raise JournalError(
                f"the journal {path} was begun in another account than {site} is now: none of its directories is there "
                f"({', '.join(list(wanted)[:3])}). Go on with the credentials of that account; if its directories were "
                "deregistered since, remove the journal and plan anew. Nothing was sent",
                path=path,
            )


async def _has_any(site: Site, wanted: Mapping[str, None], means: RunDependencies) -> bool:
    ids = [one for one in wanted if one]
    client = means.client(site)
    try:
        for some in chunked(ids, PER_CALL):
            found = await client.describe_workspace_directories(directory_ids=some)
            if found.directories:
                return True
    except WsclientError:
        return True
    return not ids


DRY_RUN = "it was a dry run"


async def run_plan(
    paper: PlanSnapshot,
    parameters: Parameters,
    journal: str | None,
    memory: PlanState,
    means: RunDependencies,
    options: RunOptions,
) -> Report:
    """Do what is planned and not done yet, and report on all of it."""
    with memory.exclusive():
        kept, ledger = await _open_journal(paper, journal, memory, means)
        return await _run(paper, parameters, journal, kept, ledger, means, options)


async def _run(
    paper: PlanSnapshot,
    parameters: Parameters,
    journal: str | None,
    kept: Journal | None,
    ledger: Ledger,
    means: RunDependencies,
    options: RunOptions,
) -> Report:
    kind = ACTION_SPECS[paper.intention.action]
    try:
        course = RunContext(
            kind=kind,
            parameters=parameters,
            items=paper.items,
            ledger=ledger,
            journal=kept,
            means=means,
            options=options,
        )
        await _begin_again(course, paper, journal)
        with unwrap_group():
            async with asyncio.TaskGroup() as group:
                for run in _site_runs(course, paper.items):
                    group.create_task(run.run())
    finally:
        if kept is not None:
            await kept.close()
    return Report(
        action=kind.name,
        items=ledger.reports(paper.items, course.stopped or "the run ended before"),
        advice=kind.advice,
        calls=course.calls,
        took=timedelta(seconds=course.elapsed),
    )


async def _begin_again(course: RunContext, paper: PlanSnapshot, journal: str | None) -> None:
    """Note what this run makes of what an earlier one has left, if there was one and it was of these accounts."""
    ledger = course.ledger
    standings = [ledger.standing(number) for number in range(len(ledger))]
    if journal is not None and set(standings) != {ItemState.OPEN}:
        left = (item for item, one in zip(paper.items, standings, strict=True) if one is not ItemState.SETTLED)
        await check_accounts(journal, left, course.means)
    if ItemState.SENT in standings:
        await course.record(BeginRecord(at=course.now()))
    if course.options.retry_ambiguous and (ambiguous := ledger.ambiguous()):
        await course.record(AgainRecord(at=course.now(), of=ambiguous))


def dry_run_report(paper: PlanSnapshot) -> Report:
    """Report on a plan of which nothing is done."""
    kind = ACTION_SPECS[paper.intention.action]
    return Report(action=kind.name, items=Ledger(len(paper.items)).reports(paper.items, DRY_RUN), advice=kind.advice)


async def _open_journal(
    paper: PlanSnapshot, path: str | None, memory: PlanState, means: RunDependencies
) -> tuple[Journal | None, Ledger]:
    if path is None:
        memory.ledger = memory.ledger or Ledger(len(paper.items))
        memory.ledger.begin_again()
        return None, memory.ledger
    if await means.media.exists(path):
        return await journals.resume(means.media, path, paper)
    return await journals.begin(means.media, path, paper), Ledger(len(paper.items))


def _site_runs(course: RunContext, items: Sequence[PlanItem]) -> list[SiteRunner]:
    """Return a run for each site that has something left to do; each site's items keep their order."""
    by_site: dict[Site, tuple[list[int], list[int]]] = {}
    for number, item in enumerate(items):
        standing = course.ledger.standing(number)
        if standing is not ItemState.SETTLED:
            places = by_site.setdefault(item.site, ([], []))
            places[standing is ItemState.SENT].append(number)
    return [SiteRunner(course, site, open_, in_doubt) for site, (open_, in_doubt) in by_site.items()]
