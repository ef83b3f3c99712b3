"""SiteRunner: runs the batches of one site, handles each result, and queues verifications for unknown outcomes.

Every step is recorded before it is made and after its response, in this order. An item is sent only while the ledger,
and the journal from which a restart replays it, has the item as open.
"""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from wsclient._core.errors import ServiceError, WsclientError
from wsclient._core.utils import chunked
from wsclient.fleet._actions.requests import ItemError
from wsclient.fleet._journal.records import MAX_MESSAGE_LENGTH, EndRecord, SendRecord
from wsclient.fleet._report import Outcome
from wsclient.fleet._run import classification
from wsclient.fleet._run.batches import Batch, BatchQueue
from wsclient.fleet._run.classification import CallVerdict, ItemVerdict
from wsclient.fleet._run.context import MAX_ATTEMPTS
from wsclient.fleet._run.reconciler import Reconciler
from wsclient.fleet._run.scoped_clients import ScopedClients
from wsclient.waiters._resources import PER_CALL

if TYPE_CHECKING:
    from collections.abc import Coroutine, Generator, Sequence

    from wsclient._core.site import Site
    from wsclient.fleet._actions.items import PlanItem
    from wsclient.fleet._actions.requests import BatchResult
    from wsclient.fleet._run.context import RunContext
    from wsclient.workspaces._client import WorkSpacesClient

SERVICE_TIME_ERROR: Final = timedelta(seconds=2)
"""Error of the difference of two times by AWS's clock, whose responses have times in whole seconds."""
MIN_PAUSE: Final = 0.001
"""Seconds; a shorter sleep may end before the clock has advanced, and the loop would spin."""
_INTERRUPTED: Final = "the program ended during the call"


class SiteRunner(Reconciler):
    """Runner of one site; open_ are items that may be sent, sent those that an earlier run left without an outcome."""

    def __init__(self, context: RunContext, site: Site, open_: Sequence[int], sent: Sequence[int]) -> None:
        self._context = context
        self._client = context.dependencies.client(site)
        self._scoped = (
            ScopedClients(self._client, site, context.spec, context.parameters) if context.options.scoped else None
        )
        self._queue = BatchQueue(map(tuple, chunked(open_, context.spec.per_call)))
        self._site = site
        self._in_flight = 0
        self._has_changed = asyncio.Event()
        self._refusals_in_a_row = 0
        # Verified first, never sent first: the earlier run may have died after AWS executed the call.
        for is_conclusive in (True, False):
            numbers = [number for number in sent if self._is_conclusive(number) is is_conclusive]
            for batch in chunked(numbers, PER_CALL):
                self._queue_verification(batch, _INTERRUPTED, is_conclusive_now=is_conclusive)

    async def run(self) -> None:
        """Decide every item of the site, or report why it was not tried."""
        with unwrap_group():
            async with asyncio.TaskGroup() as group:
                while not self._is_finished():
                    batch = self._next_batch()
                    if batch is None:
                        await self._wait()
                        continue
                    self._in_flight += 1
                    await self._context.slots.acquire()
                    group.create_task(self._process(batch))
        for batch in self._queue.drain():
            self._leave_unsent(batch)

    @property
    def _stop_reason(self) -> str | None:
        return self._context.halts.get(self._site) or self._context.stop_reason

    def _is_conclusive(self, number: int) -> bool:
        """Return whether the consistency time has passed since an earlier run sent the item, by AWS's clock."""
        # The monotonic clock does not survive a restart, and the wall clock may have been set since. The time is that
        # of the resumption, which is later than the call.
        sent_before, now = self._context.ledger.sent_before(number), self._context.service_time(self._site)
        elapsed = timedelta() if sent_before is None or now is None else now - sent_before
        return elapsed >= self._context.options.consistency + SERVICE_TIME_ERROR

    def _is_finished(self) -> bool:
        if self._in_flight:
            return False
        # A site that halts still verifies what it has sent: that changes nothing at AWS, and completes the report.
        return self._queue.is_empty or (self._stop_reason is not None and not self._queue.has_verifications)

    def _next_batch(self) -> Batch | None:
        if self._in_flight >= self._context.options.per_site:
            return None
        if self._stop_reason is not None:
            return self._queue.pop_verification()
        return self._queue.pop_due(self._clock.monotonic())

    async def _wait(self) -> None:
        """Wait until a call has ended, a batch is due, or the deadline has passed."""
        self._has_changed.clear()
        waits: list[float] = []
        if self._stop_reason is None:
            time_left, due = self._context.time_left, self._queue.next_due
            waits += [time_left] if time_left is not None else []
            if due is not None and self._in_flight < self._context.options.per_site:
                waits.append(due - self._clock.monotonic())
        timer = self._context.dependencies.time.sleep(max(MIN_PAUSE, min(waits))) if waits else None
        await _wait_for_first(self._has_changed.wait(), timer)

    async def _process(self, batch: Batch) -> None:
        try:
            if batch.verification is not None:
                await self._verify(batch, batch.verification)
            # The run may have stopped while the batch waited for a slot.
            elif self._stop_reason is not None:
                self._queue.put(batch, 0.0)
            else:
                await self._send(batch)
        finally:
            self._context.slots.release()
            self._in_flight -= 1
            self._has_changed.set()

    async def _send(self, batch: Batch) -> None:
        context = self._context
        # On disk before the call: after a crash the items count as possibly sent, and are verified instead of repeated.
        service_at = context.service_time(self._site)
        await context.record(SendRecord(at=context.now(), of=list(batch.numbers), service_at=service_at))
        context.calls += 1
        items = [context.items[number] for number in batch.numbers]
        try:
            result = await context.spec.request(self._client_for(items), items, context.parameters)
        except WsclientError as error:
            await self._handle_error(batch, error)
        else:
            self._refusals_in_a_row = 0
            await self._handle_result(batch, result)

    def _client_for(self, items: Sequence[PlanItem]) -> WorkSpacesClient:
        return self._client if self._scoped is None else self._scoped.client_for(items)

    async def _handle_result(self, batch: Batch, result: BatchResult) -> None:
        """Record the result of each item of a call that succeeded."""
        done: list[int] = []
        refused: list[tuple[int, ItemError]] = []
        unclear: list[int] = []
        for number in batch.numbers:
            key = self._context.items[number].key
            if key in result.refusals:
                refused.append((number, result.refusals[key]))
            elif key in result.unclear:
                unclear.append(number)
            else:
                done.append(number)
        ids = {number: result.new_ids.get(self._context.items[number].key) for number in done}
        created = {number: new_id for number, new_id in ids.items() if new_id is not None}
        end = EndRecord(at=self._context.now(), done=done, ids=created)
        await self._handle_refusals(batch, refused, end, was_repeated=result.was_repeated)
        if unclear:
            self._queue_verification(unclear, "the response does not contain the outcome", batch)

    async def _handle_refusals(
        self, batch: Batch, refused: Sequence[tuple[int, ItemError]], end: EndRecord, *, was_repeated: bool = False
    ) -> None:
        """Add the consequences of refusals to the record of a call, write it, and queue retries and verifications."""
        postponed: list[tuple[int, ItemError]] = []
        unverified: dict[int, ItemError] = {}
        failed: list[tuple[int, str, str]] = []
        ledger, spec = self._context.ledger, self._context.spec
        for number, refusal in refused:
            verdict = classification.classify_item_error(
                refusal, may_repeat=spec.may_repeat, attempts=ledger.attempts(number)
            )
            if verdict is ItemVerdict.VERIFY:
                unverified[number] = refusal
            elif verdict is ItemVerdict.RETRY and batch.retries + 1 < MAX_ATTEMPTS:
                postponed.append((number, refusal))
            else:
                failed.append((number, refusal.code, truncate_message(refusal.message)))
        end = replace(end, failed=failed, unsent=[number for number, _ in postponed])
        # Items to be verified are in no list of the record: the journal keeps them as sent.
        if end:
            await self._context.record(end)
        for number, refusal in postponed:
            self._retry_later((number,), batch.retries + 1, refusal)
        # An item in its first and only attempt was refused and not changed by it: one verification is conclusive.
        first = [number for number in unverified if not was_repeated and ledger.attempts(number) == 1]
        repeated = [number for number in unverified if number not in first]
        for numbers, is_conclusive_now in ((first, True), (repeated, False)):
            if numbers:
                refusals = {number: unverified[number] for number in numbers}
                self._queue_verification(
                    numbers, "AWS refused it", batch, refusals=refusals, is_conclusive_now=is_conclusive_now
                )

    async def _handle_error(self, batch: Batch, error: WsclientError) -> None:
        """Continue after a call that failed as a whole."""
        context, spec = self._context, self._context.spec
        verdict = classification.classify_call_error(error, items=len(batch.numbers), may_repeat=spec.may_repeat)
        message = error.message if isinstance(error, ServiceError) else str(error)
        refusal = ItemError(classification.error_code(error), truncate_message(message))
        if verdict is CallVerdict.AMBIGUOUS:
            self._queue_verification(batch.numbers, str(error), batch)
        elif verdict in {CallVerdict.RETRY_ITEMS, CallVerdict.VERIFY, CallVerdict.FAILED}:
            refused = [(number, refusal) for number in batch.numbers]
            await self._handle_refusals(batch, refused, EndRecord(at=context.now()))
            if verdict is CallVerdict.FAILED:
                self._count_refusal(refusal)
        else:
            await context.record(EndRecord(at=context.now(), unsent=list(batch.numbers)))
            self._postpone(batch, error, verdict, refusal)

    def _postpone(self, batch: Batch, error: WsclientError, verdict: CallVerdict, refusal: ItemError) -> None:
        """Continue after a call that was certainly not executed."""
        now = self._clock.monotonic()
        if verdict is CallVerdict.CALLER_REFUSED:
            self._halt(f"{refusal.code}: {refusal.message}")
            self._context.end_provisionally(batch.numbers, Outcome.FAILED, refusal.code, refusal.message)
        elif verdict is CallVerdict.SPLIT:
            middle = len(batch.numbers) // 2
            self._queue.put(replace(batch, numbers=batch.numbers[:middle]), now)
            self._queue.put(replace(batch, numbers=batch.numbers[middle:]), now)
        else:
            # A throttling error is a response: the service was reached, and the count starts again.
            unreached = batch.unreached + 1 if verdict is CallVerdict.UNREACHED else 0
            if unreached >= MAX_ATTEMPTS:
                self._halt(f"the service was not reached in {MAX_ATTEMPTS} calls: {refusal.message}")
            postponed = replace(batch, failures=batch.failures + 1, unreached=unreached)
            self._queue.put(postponed, now + self._context.delay_after(error, batch.failures))

    def _count_refusal(self, refusal: ItemError) -> None:
        """Halt the site once refusals of single items show that calls for many items would be refused too."""
        per_call = self._context.spec.per_call
        self._refusals_in_a_row += 1
        if classification.is_quota_error(refusal.code):
            self._halt(f"{refusal.code}: {refusal.message}")
        elif per_call > 1 and self._refusals_in_a_row >= per_call:
            self._halt(f"{per_call} calls in a row were refused, the last with {refusal.code}: {refusal.message}")

    def _halt(self, reason: str) -> None:
        self._context.halts.setdefault(self._site, reason)

    def _leave_unsent(self, batch: Batch) -> None:
        """Report why a batch is not sent, or not sent again."""
        reason = self._stop_reason or ""
        if batch.refusal is not None:
            message = f"{batch.refusal.message}; not retried: {reason}"
            self._context.end_provisionally(batch.numbers, Outcome.FAILED, batch.refusal.code, message)
        else:
            self._context.end_provisionally(batch.numbers, Outcome.NOT_TRIED, None, reason)


def truncate_message(message: str) -> str:
    """Return at most MAX_MESSAGE_LENGTH characters of an error message of AWS."""
    return message if len(message) <= MAX_MESSAGE_LENGTH else f"{message[: MAX_MESSAGE_LENGTH - 1]}…"


@contextmanager
def unwrap_group() -> Generator[None]:
    """Raise the first error of an exception group by itself: groups are an internal detail of a run."""
    try:
        yield
    except BaseExceptionGroup as group:
        raise group.exceptions[0] from None


async def _wait_for_first(first: Coroutine[object, object, object], second: object) -> None:
    """Wait until one of two coroutines ends, and cancel the other; second may be None."""
    tasks = [asyncio.ensure_future(awaitable) for awaitable in (first, second) if asyncio.iscoroutine(awaitable)]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
