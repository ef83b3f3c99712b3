"""Runs a plan at one site: sends lot after lot, reads what is answered, and looks where an answer leaves a doubt.

Each step is noted before it is made and after it was answered, in this order: an item is sent only when the ledger, and
the journal under it, says that it is open.
"""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from wsclient._core.errors import ServiceError, WsclientError
from wsclient._core.utils import chunked
from wsclient.fleet._actions.requests import ItemError
from wsclient.fleet._journal.records import LONGEST_MESSAGE, EndRecord, SendRecord
from wsclient.fleet._report import Outcome
from wsclient.fleet._run import classification as codes
from wsclient.fleet._run import classification as verdicts
from wsclient.fleet._run.batches import Batch, BatchQueue
from wsclient.fleet._run.classification import CallVerdict, ItemVerdict
from wsclient.fleet._run.context import MOST_TRIES
from wsclient.fleet._run.reconciler import Reconciler
from wsclient.waiters._resources import PER_CALL

if TYPE_CHECKING:
    from collections.abc import Coroutine, Generator, Sequence

    from wsclient._core.site import Site
    from wsclient.fleet._actions.requests import BatchResult
    from wsclient.fleet._run.context import RunContext

SHORTEST_PAUSE: Final = 0.001
"""Seconds: a shorter one may be over before the clock has moved."""
_INTERRUPTED: Final = "the program ended while it was being sent"


class SiteRunner(Reconciler):
    """The part of a run that is at one site; open are items that may be sent, in_doubt those that were before."""

    def __init__(self, course: RunContext, site: Site, open_: Sequence[int], in_doubt: Sequence[int]) -> None:
        self._course = course
        self._client = course.means.client(site)
        self._queue = BatchQueue(map(tuple, chunked(open_, course.kind.per_call)))
        self._halted: str | None = None
        self._busy = 0
        self._moved = asyncio.Event()
        self._refused_in_a_row = 0
        for is_at_once in (True, False):
            numbers = [number for number in in_doubt if self._would_show(number) is is_at_once]
            for of in chunked(numbers, PER_CALL):
                self._doubt(of, _INTERRUPTED, is_at_once=is_at_once)

    async def run(self) -> None:
        """Decide every item, or leave it with the reason why not."""
        with unwrap_group():
            async with asyncio.TaskGroup() as group:
                while not self._is_over():
                    lot = self._take()
                    if lot is None:
                        await self._pause()
                        continue
                    self._busy += 1
                    await self._course.slots.acquire()
                    group.create_task(self._carry(lot))
        for lot in self._queue.drain():
            self._leave(lot)

    @property
    def _stopped(self) -> str | None:
        return self._halted or self._course.stopped

    def _would_show(self, number: int) -> bool:
        """Tell whether what was sent by an earlier program has had its time to show, by the clock of the day."""
        before = self._course.ledger.sent_before(number)
        return before is not None and self._course.now() - before >= self._course.options.consistency

    def _is_over(self) -> bool:
        if self._busy:
            return False
        return self._queue.is_empty or (self._stopped is not None and not self._queue.has_doubts)

    def _take(self) -> Batch | None:
        if self._busy >= self._course.options.per_site:
            return None
        if self._stopped is not None:
            return self._queue.pop_verification()
        return self._queue.take(self._clock.monotonic())

    async def _pause(self) -> None:
        """Wait until a call has ended, something is due, or the deadline is up."""
        self._moved.clear()
        waits: list[float] = []
        if self._stopped is None:
            left, due = self._course.time_left, self._queue.due
            waits += [left] if left is not None else []
            if due is not None and self._busy < self._course.options.per_site:
                waits.append(due - self._clock.monotonic())
        timer = self._course.means.time.sleep(max(SHORTEST_PAUSE, min(waits))) if waits else None
        await _either(self._moved.wait(), timer)

    async def _carry(self, lot: Batch) -> None:
        try:
            if lot.doubt is not None:
                await self._look(lot, lot.doubt)
            elif self._stopped is not None:
                self._queue.put(lot, 0.0)
            else:
                await self._send(lot)
        finally:
            self._course.slots.release()
            self._busy -= 1
            self._moved.set()

    async def _send(self, lot: Batch) -> None:
        course = self._course
        await course.record(SendRecord(at=course.now(), of=list(lot.of)))
        course.calls += 1
        items = [course.items[number] for number in lot.of]
        try:
            answer = await course.kind.request(self._client, items, course.parameters)
        except WsclientError as error:
            await self._failed(lot, error)
        else:
            self._refused_in_a_row = 0
            await self._answered(lot, answer)

    async def _answered(self, lot: Batch, answer: BatchResult) -> None:
        """Read what a call says of each item."""
        done: list[int] = []
        refused: list[tuple[int, ItemError]] = []
        unclear: list[int] = []
        for number in lot.of:
            key = self._course.items[number].key
            if key in answer.refusals:
                refused.append((number, answer.refusals[key]))
            elif key in answer.unclear:
                unclear.append(number)
            else:
                done.append(number)
        ids = {number: answer.new_ids.get(self._course.items[number].key) for number in done}
        made = {number: new_id for number, new_id in ids.items() if new_id is not None}
        end = EndRecord(at=self._course.now(), done=done, ids=made)
        await self._refused(lot, refused, end, was_repeated=answer.was_repeated)
        if unclear:
            self._doubt(unclear, "the answer does not tell what became of it", lot)

    async def _refused(
        self, lot: Batch, refused: Sequence[tuple[int, ItemError]], end: EndRecord, *, was_repeated: bool = False
    ) -> None:
        """Add what follows from refusals to what is known of a call, note it, and go on from there."""
        again: list[tuple[int, ItemError]] = []
        look: dict[int, ItemError] = {}
        failed: list[tuple[int, str, str]] = []
        ledger, kind = self._course.ledger, self._course.kind
        for number, refusal in refused:
            verdict = verdicts.classify_item_error(
                refusal, may_repeat=kind.may_repeat, attempts=ledger.attempts(number)
            )
            if verdict is ItemVerdict.LOOK:
                look[number] = refusal
            elif verdict is ItemVerdict.AGAIN and lot.tries + 1 < MOST_TRIES:
                again.append((number, refusal))
            else:
                failed.append((number, refusal.code, cut(refusal.message)))
        end = replace(end, failed=failed, unsent=[number for number, _ in again])
        if end:
            await self._course.record(end)
        for number, refusal in again:
            self._later((number,), lot.tries + 1, refusal)
        # What was sent once, by an attempt that this answers, was not done by it: one look is enough.
        fresh = [number for number in look if not was_repeated and ledger.attempts(number) == 1]
        for numbers, is_at_once in ((fresh, True), ([number for number in look if number not in fresh], False)):
            if numbers:
                theirs = {number: look[number] for number in numbers}
                self._doubt(numbers, "it was refused", lot, refusals=theirs, is_at_once=is_at_once)

    async def _failed(self, lot: Batch, error: WsclientError) -> None:
        """Go on after a call that failed as a whole."""
        course, kind = self._course, self._course.kind
        verdict = verdicts.classify_call_error(error, items=len(lot.of), may_repeat=kind.may_repeat)
        refusal = ItemError(codes.code_of(error), cut(error.message if isinstance(error, ServiceError) else str(error)))
        if verdict is CallVerdict.DOUBT:
            self._doubt(lot.of, str(error), lot)
        elif verdict in {CallVerdict.AGAIN, CallVerdict.LOOK, CallVerdict.FAILED}:
            await self._refused(lot, [(number, refusal) for number in lot.of], EndRecord(at=course.now()))
            if verdict is CallVerdict.FAILED:
                self._count_refusal(refusal)
        else:
            await course.record(EndRecord(at=course.now(), unsent=list(lot.of)))
            self._put_off(lot, error, verdict, refusal)

    def _put_off(self, lot: Batch, error: WsclientError, verdict: CallVerdict, refusal: ItemError) -> None:
        """Go on after a call that was surely not carried out."""
        now, pause = self._clock.monotonic(), self._course.backoff(lot.failures)
        if verdict is CallVerdict.CALLER:
            self._halt(f"{refusal.code}: {refusal.message}")
            self._course.end_provisionally(lot.of, Outcome.FAILED, refusal.code, refusal.message)
        elif verdict is CallVerdict.SPLIT:
            middle = len(lot.of) // 2
            self._queue.put(replace(lot, of=lot.of[:middle]), now)
            self._queue.put(replace(lot, of=lot.of[middle:]), now)
        else:
            unreached = lot.unreached + 1 if verdict is CallVerdict.UNREACHED else 0  # a throttle is an answer
            if unreached >= MOST_TRIES:
                self._halt(f"the service was not reached in {MOST_TRIES} calls: {refusal.message}")
            later = replace(lot, failures=lot.failures + 1, unreached=unreached)
            self._queue.put(later, now + max(pause, error.retry_after or 0.0))

    def _count_refusal(self, refusal: ItemError) -> None:
        """Halt where no call of many items would do better than those that were refused one by one."""
        per_call = self._course.kind.per_call
        self._refused_in_a_row += 1
        if codes.is_quota(refusal.code):
            self._halt(f"{refusal.code}: {refusal.message}")
        elif per_call > 1 and self._refused_in_a_row >= per_call:
            self._halt(f"{per_call} calls in a row were refused, the last with {refusal.code}: {refusal.message}")

    def _halt(self, reason: str) -> None:
        self._halted = self._halted or reason

    def _leave(self, lot: Batch) -> None:
        """Note why a lot is not sent, or not once more."""
        reason = self._stopped or ""
        if lot.said is not None:
            message = f"{lot.said.message}; not tried again: {reason}"
            self._course.end_provisionally(lot.of, Outcome.FAILED, lot.said.code, message)
        else:
            self._course.end_provisionally(lot.of, Outcome.NOT_TRIED, None, reason)


def cut(message: str) -> str:
    """Return as much of AWS's words as is kept."""
    return message if len(message) <= LONGEST_MESSAGE else f"{message[: LONGEST_MESSAGE - 1]}…"


@contextmanager
def unwrap_group() -> Generator[None]:
    """Raise the first error of a group by itself: who awaits a run did not ask for groups."""
    try:
        yield
    except BaseExceptionGroup as group:
        raise group.exceptions[0] from None


async def _either(first: Coroutine[object, object, object], second: object) -> None:
    """Wait for whichever ends first, and leave the other."""
    waiting = [asyncio.ensure_future(one) for one in (first, second) if asyncio.iscoroutine(one)]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in waiting:
            one.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
