"""Reconciler: resolves items whose outcome is unknown by describing them, before any of them is sent again.

An item whose change is visible is done. An item whose change is not visible counts as not done once the consistency
time has passed. It is then sent again if a second call is harmless, failed if AWS had refused it, and else ambiguous.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from wsclient._core.errors import WsclientError
from wsclient._core.utils import chunked
from wsclient.fleet._journal.records import MAX_MESSAGE_LENGTH, EndRecord
from wsclient.fleet._report import Outcome
from wsclient.fleet._run import classification
from wsclient.fleet._run.batches import Batch, PendingVerification
from wsclient.fleet._run.context import MAX_ATTEMPTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wsclient._core.clock import Clock
    from wsclient.fleet._actions.items import PlanItem
    from wsclient.fleet._actions.requests import ItemError
    from wsclient.fleet._actions.verification import VerificationResult
    from wsclient.fleet._run.batches import BatchQueue
    from wsclient.fleet._run.context import RunContext
    from wsclient.workspaces._client import WorkSpacesClient

MAX_FAILED_CHECKS: Final = 6
"""Failed verifications in a row, throttled ones not counted, after which the outcome stays unknown."""


class Reconciler:
    """Verifications at one site: the base of SiteRunner."""

    _context: RunContext
    _queue: BatchQueue

    @property
    def _clock(self) -> Clock:
        return self._context.dependencies.time.clock

    @property
    def _stop_reason(self) -> str | None:
        raise NotImplementedError

    def _halt(self, reason: str) -> None:
        raise NotImplementedError

    def _client_for(self, items: Sequence[PlanItem]) -> WorkSpacesClient:
        raise NotImplementedError

    def _queue_verification(
        self,
        numbers: Sequence[int],
        reason: str,
        batch: Batch | None = None,
        *,
        refusals: Mapping[int, ItemError] | None = None,
        is_conclusive_now: bool = False,
    ) -> None:
        """Queue a verification of items; a missing change counts as not made now or after the consistency time."""
        # Listings of AWS are eventually consistent: a change may have been made that they do not show yet.
        now, options = self._clock.monotonic(), self._context.options
        verification = PendingVerification(
            reason=reason,
            conclusive_at=now if is_conclusive_now else now + options.consistency.total_seconds(),
            may_repeat=self._context.spec.may_repeat or options.retry_ambiguous,
            refusals=dict(refusals or {}),
        )
        retries = batch.retries if batch else 0
        self._queue.put(Batch(numbers=tuple(numbers), retries=retries, verification=verification), now)

    async def _verify(self, batch: Batch, verification: PendingVerification) -> None:
        """Verify items once; decide those that are done, and the rest as well if the verification is conclusive."""
        context = self._context
        # The time before the call: a description that was under way earlier cannot prove that a change is missing.
        started_at = self._clock.monotonic()
        items = [context.items[number] for number in batch.numbers]
        results: Mapping[str, VerificationResult] = {}
        try:
            results = await context.spec.verify(self._client_for(items), items, context.parameters)
        except WsclientError as error:
            # Expected if AWS refused every item because of its state: the WorkSpace may have been deleted since.
            is_expected = verification.refusals.keys() >= set(batch.numbers) and classification.is_state_error(
                classification.error_code(error)
            )
            if not is_expected:
                self._handle_failed_check(batch, verification, error)
                return
        by_number = {
            number: results[item.key] for number, item in zip(batch.numbers, items, strict=True) if item.key in results
        }
        done = [number for number, result in by_number.items() if result.is_done]
        ids = {number: by_number[number].new_id for number in done}
        created = {number: new_id for number, new_id in ids.items() if new_id is not None}
        end = EndRecord(at=context.now(), done=done, ids=created)
        remaining = tuple(number for number in batch.numbers if number not in created and number not in done)
        rest = replace(batch, numbers=remaining)
        if started_at >= verification.conclusive_at:
            await self._conclude(rest, verification, by_number, end)
            return
        if end:
            await context.record(end)
        if rest.numbers:
            self._verify_again(rest, verification)

    def _verify_again(self, batch: Batch, verification: PendingVerification) -> None:
        now = self._clock.monotonic()
        if self._stop_reason is not None:
            self._leave_unresolved(
                batch, f"{verification.reason}; not confirmed when the run stopped: {self._stop_reason}"
            )
            return
        # One more check, when it is conclusive: earlier ones would take calls from the rate limit of the account.
        self._queue.put(
            replace(batch, verification=replace(verification, failed_checks=0)), max(verification.conclusive_at, now)
        )

    def _handle_failed_check(self, batch: Batch, verification: PendingVerification, error: WsclientError) -> None:
        if classification.is_caller_error(error):
            self._halt(f"{classification.error_code(error)}: {error}")
        failed_checks = verification.failed_checks
        if self._stop_reason is None and (error.is_throttling or failed_checks < MAX_FAILED_CHECKS):
            # Throttling passes with time, and giving up would leave an outcome unknown: it does not count.
            failed_checks = failed_checks if error.is_throttling else failed_checks + 1
            delay = self._context.delay_after(error, verification.failed_checks)
            next_batch = replace(batch, verification=replace(verification, failed_checks=failed_checks))
            self._queue.put(next_batch, self._clock.monotonic() + delay)
        else:
            self._leave_unresolved(batch, f"{verification.reason}; the verification failed: {error}")

    def _leave_unresolved(self, batch: Batch, message: str) -> None:
        """Report items as ambiguous and leave them to the next run: the journal holds only that they were sent."""
        self._context.end_provisionally(batch.numbers, Outcome.AMBIGUOUS, None, message[:MAX_MESSAGE_LENGTH])

    async def _conclude(
        self,
        batch: Batch,
        verification: PendingVerification,
        results: Mapping[int, VerificationResult],
        end: EndRecord,
    ) -> None:
        """Decide the items whose change is not visible after the consistency time."""
        failed: list[tuple[int, str, str]] = []
        ambiguous: list[tuple[int, str]] = []
        postponed: list[tuple[int, ItemError]] = []
        repeated: list[int] = []
        may_retry = batch.retries + 1 < MAX_ATTEMPTS
        for number in batch.numbers:
            refusal = verification.refusals.get(number)
            # A fault of the service is not a refusal: it may have come after the change was made.
            if refusal is not None and not classification.is_fault(refusal.code):
                state = results[number].state if number in results else None
                if may_retry and state in classification.TRANSITIONAL_STATES:
                    postponed.append((number, refusal))
                else:
                    failed.append((number, refusal.code, refusal.message[:MAX_MESSAGE_LENGTH]))
            elif verification.may_repeat and may_retry:
                repeated.append(number)
            else:
                message = f"{verification.reason}; the change was not found"
                ambiguous.append((number, message[:MAX_MESSAGE_LENGTH]))
        unsent = [*repeated, *(number for number, _ in postponed)]
        end = replace(end, failed=failed, ambiguous=ambiguous, unsent=unsent)
        # Recorded before the items are queued: only an item that the journal has as open may be sent again.
        if end:
            await self._context.record(end)
        for number, refusal in postponed:
            self._retry_later((number,), batch.retries + 1, refusal)
        for numbers in chunked(repeated, self._context.spec.per_call):
            self._queue.put(Batch(numbers=tuple(numbers), retries=batch.retries + 1), self._clock.monotonic())

    def _retry_later(self, numbers: tuple[int, ...], retries: int, refusal: ItemError) -> None:
        """Queue items to be sent again after a backoff."""
        due = self._clock.monotonic() + self._context.backoff(retries - 1)
        self._queue.put(Batch(numbers=numbers, retries=retries, refusal=refusal), due)
