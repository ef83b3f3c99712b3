"""Runs the waves of a plan: the sites of a wave concurrently, then its checks and a pause, then the next wave.

A run without waves is a run with a single one. Between two waves every WorkSpace that was changed must be healthy, and
no more items may have failed than the caller allows; otherwise the rest is not tried. The checks of a wave are recorded
once they allow the next one: a run that is resumed before repeats them, and one that is resumed later does not.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

from wsclient.fleet._journal.ledger import ItemState
from wsclient.fleet._journal.records import WaveRecord
from wsclient.fleet._report import Outcome
from wsclient.fleet._run.health import wait_until_healthy
from wsclient.fleet._run.recheck import skip_changed_items
from wsclient.fleet._run.site_runner import MIN_PAUSE, SiteRunner, unwrap_group

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable, Iterator

    from wsclient._core.site import Site
    from wsclient.fleet._run.context import RunContext

T = TypeVar("T")


async def run_waves(context: RunContext, *, is_resumed: bool) -> None:
    """Run every wave, until one may not be followed by the next; give every item an outcome."""
    for wave, numbers in enumerate(context.waves):
        context.begin_wave(wave)
        # A journal may be old, or forged, and a later wave starts long after the plan was made: what destroys data is
        # checked against AWS's present answer.
        if context.spec.requires_count and (is_resumed or wave > 0):
            await skip_changed_items(context, numbers)
        await _run_sites(context, numbers)
        if context.stop_reason is not None or not _has_more(context, wave):
            break
        await _check_wave(context, wave)
        if context.stop_reason is None:
            await _pause(context, wave)
    covered = context.wave_ends[-1]
    if covered < len(context.items):
        context.stop(
            f"it is in no wave: waves= has {covered} of {len(context.items)} items; end it with 1.0 for the rest"
        )
    # Items that an earlier run sent are verified, whether or not their wave was reached; no other call is made.
    await _run_sites(context, range(len(context.items)))


async def _run_sites(context: RunContext, numbers: Iterable[int]) -> None:
    """Decide the items without an outcome among these; once the run has stopped, only verify those that were sent."""
    with unwrap_group():
        async with asyncio.TaskGroup() as group:
            for runner in _site_runners(context, numbers):
                group.create_task(runner.run())


def _site_runners(context: RunContext, numbers: Iterable[int]) -> list[SiteRunner]:
    """Return a runner for each site with items without an outcome; the items of a site keep their order."""
    by_site: dict[Site, tuple[list[int], list[int]]] = {}
    for number in sorted(numbers):
        if context.ledger.outcome(number) is None:
            open_, sent = by_site.setdefault(context.items[number].site, ([], []))
            (sent if context.ledger.state(number) is ItemState.SENT else open_).append(number)
    return [SiteRunner(context, site, open_, sent) for site, (open_, sent) in by_site.items()]


def _has_more(context: RunContext, wave: int) -> bool:
    """Return whether a later wave has an item that may be sent."""
    later = (number for numbers in context.waves[wave + 1 :] for number in numbers)
    return any(
        context.ledger.outcome(number) is None and context.items[number].site not in context.halts for number in later
    )


async def _check_wave(context: RunContext, wave: int) -> None:
    """Wait until the WorkSpaces of the waves so far are healthy, and record it; stop the run if too many are not."""
    ledger = context.ledger
    unchecked = [
        number
        for number in _numbers(context, wave)
        if ledger.outcome(number) is Outcome.DONE and ledger.checked_at(number) is None
    ]
    # Before the wait, which may take hours: it cannot make up for a failure.
    _stop_after_failures(context, wave)
    if not unchecked or context.stop_reason is not None:
        return
    context.set_phase(f"waiting until wave {wave + 1} is healthy")
    reasons = await _until_deadline(context, wait_until_healthy(context, unchecked))
    if reasons is None:
        return
    for number, reason in reasons.items():
        ledger.mark_unhealthy(number, reason)
    _stop_after_failures(context, wave)
    if context.stop_reason is None:
        healthy = [number for number in unchecked if number not in reasons]
        at = context.service_time() or context.now()
        await context.record(WaveRecord(at=at, healthy=healthy, unhealthy=list(reasons.items())))


def _stop_after_failures(context: RunContext, wave: int) -> None:
    # Without max_failures a wave may finish with failures, but no other wave follows it.
    failures, allowed = context.failures(wave), context.failures_allowed(wave) or 0
    if failures > allowed:
        limit = f"; max_failures allows {allowed}" if context.options.max_failures is not None else ""
        items = "item is" if failures == 1 else "items are"
        context.stop(f"no wave follows wave {wave + 1}: {failures} {items} failed, ambiguous or unhealthy{limit}")


async def _pause(context: RunContext, wave: int) -> None:
    """Wait for the rest of the pause after a wave, which a restart of the program does not start again."""
    checks = [at for number in _numbers(context, wave) if (at := context.ledger.checked_at(number)) is not None]
    pause = context.options.pause
    # By AWS's clock: this machine's may have been set since the run that made the checks.
    now = context.service_time() or context.now()
    left = min(pause, pause - (now - max(checks))) if checks else pause
    if left.total_seconds() > 0:
        context.set_phase(f"pausing after wave {wave + 1}")
        await _until_deadline(context, _sleep(context, left.total_seconds()))


async def _sleep(context: RunContext, seconds: float) -> None:
    await context.dependencies.time.sleep(seconds)


def _numbers(context: RunContext, wave: int) -> Iterator[int]:
    """Yield the items of the waves up to this one."""
    for numbers in context.waves[: wave + 1]:
        yield from numbers


async def _until_deadline(context: RunContext, work: Coroutine[object, object, T]) -> T | None:
    """Return the result of work, or cancel it, stop the run and return None when the deadline passes."""
    time_left = context.time_left
    working = asyncio.ensure_future(work)
    waits: list[asyncio.Future[Any]] = [working]
    if time_left is not None:
        waits.append(asyncio.ensure_future(_sleep(context, max(MIN_PAUSE, time_left))))
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        context.stop_at_deadline()
        return None
    finally:
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)
