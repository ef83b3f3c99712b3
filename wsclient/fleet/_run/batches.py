"""Items that go together: in one call, or in one look at what became of a call. And the queue in which they wait."""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wsclient.fleet._actions.requests import ItemError


class PendingVerification(msgspec.Struct, frozen=True, kw_only=True):
    """Why items have to be looked at: what happened, and when it is believed that what is not seen was not done.

    refusals are what AWS said of them, where it said something; may_repeat says that they may be asked for again. looks
    counts those that failed in a row.
    """

    why: str
    believed_at: float
    may_repeat: bool
    looks: int = 0
    refusals: dict[int, ItemError] = {}


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """Items by their places in the plan, and what is known of them as a group.

    tries counts how often they were put off because of what AWS said, which said holds, failures how often in a row the
    call came to nothing, unreached how often in a row it did not reach the service. A lot with a doubt is looked at,
    one without is sent.
    """

    of: tuple[int, ...]
    tries: int = 0
    failures: int = 0
    unreached: int = 0
    said: ItemError | None = None
    doubt: PendingVerification | None = None


class BatchQueue:
    """Lots of a site: those that come again, each when it is due, before those that were never tried."""

    def __init__(self, fresh: Iterator[tuple[int, ...]]) -> None:
        self._fresh = fresh
        self._next = next(fresh, None)
        self._again: list[tuple[float, int, Batch]] = []
        self._count = 0

    def put(self, lot: Batch, due: float) -> None:
        """Have a lot come again at a time."""
        self._count += 1
        heappush(self._again, (due, self._count, lot))

    def take(self, now: float) -> Batch | None:
        """Return what is due, None when nothing is."""
        if self._again and self._again[0][0] <= now:
            return heappop(self._again)[2]
        if self._next is None:
            return None
        lot, self._next = Batch(of=self._next), next(self._fresh, None)
        return lot

    def pop_verification(self) -> Batch | None:
        """Return a lot that is to be looked at, due or not, None when there is none."""
        for place, (_, _, lot) in enumerate(self._again):
            if lot.doubt is not None:
                del self._again[place]
                heapify(self._again)
                return lot
        return None

    def drain(self) -> Iterator[Batch]:
        """Yield everything that is left, and leave nothing."""
        while (lot := self.take(float("inf"))) is not None:
            yield lot

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left, due or not."""
        return not self._again and self._next is None

    @property
    def has_doubts(self) -> bool:
        """Whether something is to be looked at."""
        return any(entry[2].doubt is not None for entry in self._again)

    @property
    def due(self) -> float | None:
        """When the next lot is due, None when nothing waits."""
        if self._next is not None:
            return 0.0
        return self._again[0][0] if self._again else None
