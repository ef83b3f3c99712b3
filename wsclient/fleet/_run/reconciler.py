"""Settles doubts of a run by looking: what is seen to be done is done, what is not seen is believed after a while.

Then it is asked for again where that does no harm, refused where AWS had refused it, and ambiguous otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from wsclient._core.errors import WsclientError
from wsclient._core.utils import chunked
from wsclient.fleet._journal.records import LONGEST_MESSAGE, EndRecord
from wsclient.fleet._report import Outcome
from wsclient.fleet._run import classification as codes
from wsclient.fleet._run.batches import Batch, PendingVerification
from wsclient.fleet._run.context import MOST_TRIES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wsclient._core.clock import Clock
    from wsclient.fleet._actions.requests import ItemError
    from wsclient.fleet._actions.verification import VerificationResult
    from wsclient.fleet._run.batches import BatchQueue
    from wsclient.fleet._run.context import RunContext
    from wsclient.workspaces._client import WorkSpacesClient

MOST_LOOKS: Final = 6
"""Looks that may fail in passing before a doubt stays one."""


class Reconciler:
    """The part of a site's run that looks."""

    _course: RunContext
    _client: WorkSpacesClient
    _queue: BatchQueue

    @property
    def _clock(self) -> Clock:
        return self._course.means.time.clock

    @property
    def _stopped(self) -> str | None:
        raise NotImplementedError

    def _halt(self, reason: str) -> None:
        raise NotImplementedError

    def _doubt(
        self,
        numbers: Sequence[int],
        why: str,
        lot: Batch | None = None,
        *,
        refusals: Mapping[int, ItemError] | None = None,
        is_at_once: bool = False,
    ) -> None:
        """Have items looked at; what is not seen is believed at once, or when what was done would have shown."""
        now, options = self._clock.monotonic(), self._course.options
        doubt = PendingVerification(
            why=why,
            believed_at=now if is_at_once else now + options.consistency.total_seconds(),
            may_repeat=self._course.kind.may_repeat or options.retry_ambiguous,
            refusals=dict(refusals or {}),
        )
        self._queue.put(Batch(of=tuple(numbers), tries=lot.tries if lot else 0, doubt=doubt), now)

    async def _look(self, lot: Batch, doubt: PendingVerification) -> None:
        """Look at items once, and decide those that are seen, or all of them when it is time."""
        course = self._course
        began = self._clock.monotonic()
        items = [course.items[number] for number in lot.of]
        seen: Mapping[str, VerificationResult] = {}
        try:
            seen = await course.kind.verify(self._client, items, course.parameters)
        except WsclientError as error:
            if not (doubt.refusals.keys() >= set(lot.of) and codes.is_state_error(codes.code_of(error))):
                self._look_failed(lot, doubt, error)
                return
        by_number = {number: seen[item.key] for number, item in zip(lot.of, items, strict=True) if item.key in seen}
        done = [number for number, one in by_number.items() if one.is_done]
        ids = {number: by_number[number].new_id for number in done}
        made = {number: new_id for number, new_id in ids.items() if new_id is not None}
        end = EndRecord(at=course.now(), done=done, ids=made)
        rest = replace(lot, of=tuple(number for number in lot.of if number not in made and number not in done))
        if began >= doubt.believed_at:
            await self._conclude(rest, doubt, by_number, end)
            return
        if end:
            await course.record(end)
        if rest.of:
            self._look_again(rest, doubt)

    def _look_again(self, lot: Batch, doubt: PendingVerification) -> None:
        now = self._clock.monotonic()
        if self._stopped is not None:
            self._leave_in_doubt(lot, f"{doubt.why}; not seen yet when nothing more was tried: {self._stopped}")
            return
        # Once more when it is believed: what shows sooner would cost calls that others need.
        self._queue.put(replace(lot, doubt=replace(doubt, looks=0)), max(doubt.believed_at, now))

    def _look_failed(self, lot: Batch, doubt: PendingVerification, error: WsclientError) -> None:
        if codes.is_caller_error(error):
            self._halt(f"{codes.code_of(error)}: {error}")
        if self._stopped is None and (error.is_throttling or doubt.looks < MOST_LOOKS):
            looks = doubt.looks if error.is_throttling else doubt.looks + 1  # a throttle is waited out
            pause = max(self._course.backoff(doubt.looks), error.retry_after or 0.0)
            self._queue.put(replace(lot, doubt=replace(doubt, looks=looks)), self._clock.monotonic() + pause)
        else:
            self._leave_in_doubt(lot, f"{doubt.why}; it could not be looked up: {error}")

    def _leave_in_doubt(self, lot: Batch, why: str) -> None:
        """Leave items for another run to look at: the journal says that they were sent, and no more."""
        self._course.end_provisionally(lot.of, Outcome.AMBIGUOUS, None, why[:LONGEST_MESSAGE])

    async def _conclude(
        self, lot: Batch, doubt: PendingVerification, seen: Mapping[int, VerificationResult], end: EndRecord
    ) -> None:
        """Decide items that are not seen to be done, as what was done would show by now."""
        failed: list[tuple[int, str, str]] = []
        ambiguous: list[tuple[int, str]] = []
        later: list[tuple[int, ItemError]] = []
        again: list[int] = []
        may_try = lot.tries + 1 < MOST_TRIES
        for number in lot.of:
            refusal = doubt.refusals.get(number)
            if refusal is not None and not codes.is_fault(refusal.code):
                state = seen[number].state if number in seen else None
                if may_try and state in codes.TRANSITIONAL_STATES:
                    later.append((number, refusal))
                else:
                    failed.append((number, refusal.code, refusal.message[:LONGEST_MESSAGE]))
            elif doubt.may_repeat and may_try:
                again.append(number)
            else:
                ambiguous.append((number, f"{doubt.why}; it was not seen to be done"[:LONGEST_MESSAGE]))
        unsent = [*again, *(number for number, _ in later)]
        end = replace(end, failed=failed, ambiguous=ambiguous, unsent=unsent)
        if end:
            await self._course.record(end)
        for number, refusal in later:
            self._later((number,), lot.tries + 1, refusal)
        for of in chunked(again, self._course.kind.per_call):
            self._queue.put(Batch(of=tuple(of), tries=lot.tries + 1), self._clock.monotonic())

    def _later(self, numbers: tuple[int, ...], tries: int, said: ItemError) -> None:
        """Have items asked for again after a while."""
        due = self._clock.monotonic() + self._course.backoff(tries - 1)
        self._queue.put(Batch(of=numbers, tries=tries, said=said), due)
