"""Runs a plan over all its sites: takes up the journal, has every site do its part, and reports."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from wsclient._fleet import journal as journals
from wsclient._fleet.course import Course, Means, RunOptions
from wsclient._fleet.kinds import KINDS
from wsclient._fleet.ledger import Ledger, Standing
from wsclient._fleet.records import AgainRecord, BeginRecord
from wsclient._fleet.report import Report
from wsclient._fleet.same_account import check_accounts
from wsclient._fleet.site_run import SiteRun, first_error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wsclient._fleet.journal import Journal, PlanOnPaper
    from wsclient._fleet.memory import Memory
    from wsclient._fleet.plan_items import Parameters, PlanItem
    from wsclient._fleet.sites import Site

DRY_RUN = "it was a dry run"


async def run_plan(
    paper: PlanOnPaper,
    parameters: Parameters,
    journal: str | None,
    memory: Memory,
    means: Means,
    options: RunOptions,
) -> Report:
    """Do what is planned and not done yet, and report on all of it."""
    with memory.held():
        kept, ledger = await _taken_up(paper, journal, memory, means)
        return await _run(paper, parameters, journal, kept, ledger, means, options)


async def _run(
    paper: PlanOnPaper,
    parameters: Parameters,
    journal: str | None,
    kept: Journal | None,
    ledger: Ledger,
    means: Means,
    options: RunOptions,
) -> Report:
    kind = KINDS[paper.intention.action]
    try:
        course = Course(
            kind=kind,
            parameters=parameters,
            items=paper.items,
            ledger=ledger,
            journal=kept,
            means=means,
            options=options,
        )
        await _begin_again(course, paper, journal)
        with first_error():
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


async def _begin_again(course: Course, paper: PlanOnPaper, journal: str | None) -> None:
    """Note what this run makes of what an earlier one has left, if there was one and it was of these accounts."""
    ledger = course.ledger
    standings = [ledger.standing(number) for number in range(len(ledger))]
    if journal is not None and set(standings) != {Standing.OPEN}:
        left = (item for item, one in zip(paper.items, standings, strict=True) if one is not Standing.SETTLED)
        await check_accounts(journal, left, course.means)
    if Standing.SENT in standings:
        await course.note(BeginRecord(at=course.now()))
    if course.options.retry_ambiguous and (ambiguous := ledger.ambiguous()):
        await course.note(AgainRecord(at=course.now(), of=ambiguous))


def reported_dry(paper: PlanOnPaper) -> Report:
    """Report on a plan of which nothing is done."""
    kind = KINDS[paper.intention.action]
    return Report(action=kind.name, items=Ledger(len(paper.items)).reports(paper.items, DRY_RUN), advice=kind.advice)


async def _taken_up(
    paper: PlanOnPaper, path: str | None, memory: Memory, means: Means
) -> tuple[Journal | None, Ledger]:
    if path is None:
        memory.ledger = memory.ledger or Ledger(len(paper.items))
        memory.ledger.begin_again()
        return None, memory.ledger
    if await means.media.exists(path):
        return await journals.resume(means.media, path, paper)
    return await journals.begin(means.media, path, paper), Ledger(len(paper.items))


def _site_runs(course: Course, items: Sequence[PlanItem]) -> list[SiteRun]:
    """Return a run for each site that has something left to do; each site's items keep their order."""
    by_site: dict[Site, tuple[list[int], list[int]]] = {}
    for number, item in enumerate(items):
        standing = course.ledger.standing(number)
        if standing is not Standing.SETTLED:
            places = by_site.setdefault(item.site, ([], []))
            places[standing is Standing.SENT].append(number)
    return [SiteRun(course, site, open_, in_doubt) for site, (open_, in_doubt) in by_site.items()]
