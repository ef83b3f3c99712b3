"""Batch and the batch queue: items that share a call or a verification, and the order in which they are due."""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wsclient.fleet._actions.requests import ItemError


class PendingVerification(msgspec.Struct, frozen=True, kw_only=True):
    """Verification that items of unknown outcome await: its reason, and when a missing change counts as not made.

    conclusive_at is that time, by the monotonic clock. refusals are the errors that AWS returned for items, if any;
    may_repeat means that a second call for the items is allowed. failed_checks counts failed verifications in a row.
    """

    reason: str
    conclusive_at: float
    may_repeat: bool
    failed_checks: int = 0
    refusals: dict[int, ItemError] = {}


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """Items that are sent or verified together, by their numbers in the plan.

    retries counts how often the items were postponed because of a response of AWS, the last of which is refusal.
    failures counts calls in a row that failed as a whole, unreached those in a row that did not reach the service. A
    batch with a verification is verified; a batch without one is sent.
    """

    numbers: tuple[int, ...]
    retries: int = 0
    failures: int = 0
    unreached: int = 0
    refusal: ItemError | None = None
    verification: PendingVerification | None = None


class BatchQueue:
    """Batches of a site: delayed ones when they are due, ahead of those that were never sent."""

    def __init__(self, fresh: Iterator[tuple[int, ...]]) -> None:
        self._fresh = fresh
        self._next = next(fresh, None)
        # The counter keeps batches that are due at the same time in order, and batches themselves out of comparisons.
        self._delayed: list[tuple[float, int, Batch]] = []
        self._count = 0

    def put(self, batch: Batch, due: float) -> None:
        """Add a batch that becomes due at a time of the monotonic clock."""
        self._count += 1
        heappush(self._delayed, (due, self._count, batch))

    def pop_due(self, now: float) -> Batch | None:
        """Remove and return a batch that is due, or None."""
        # Delayed batches first: items that were tried once are finished before new ones are started.
        if self._delayed and self._delayed[0][0] <= now:
            return heappop(self._delayed)[2]
        if self._next is None:
            return None
        batch, self._next = Batch(numbers=self._next), next(self._fresh, None)
        return batch

    def pop_verification(self) -> Batch | None:
        """Remove and return a batch that awaits verification, due or not, or None."""
        for index, (_, _, batch) in enumerate(self._delayed):
            if batch.verification is not None:
                del self._delayed[index]
                heapify(self._delayed)
                return batch
        return None

    def drain(self) -> Iterator[Batch]:
        """Remove and yield all batches."""
        while (batch := self.pop_due(float("inf"))) is not None:
            yield batch

    @property
    def is_empty(self) -> bool:
        """True if no batch is left, due or not."""
        return not self._delayed and self._next is None

    @property
    def has_verifications(self) -> bool:
        """True if a batch awaits verification."""
        return any(batch.verification is not None for _, _, batch in self._delayed)

    @property
    def next_due(self) -> float | None:
        """Time at which the next batch is due, None if the queue is empty."""
        if self._next is not None:
            return 0.0
        return self._delayed[0][0] if self._delayed else None
