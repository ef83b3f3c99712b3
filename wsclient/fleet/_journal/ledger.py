"""What is known of each item while a plan runs: kept by the same records that the journal holds, live or read back."""

from __future__ import annotations

from collections import Counter
from enum import Enum
from typing import TYPE_CHECKING

import msgspec

from wsclient.fleet._journal.records import AgainRecord, BeginRecord, SendRecord
from wsclient.fleet._report import ItemReport, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from wsclient.fleet._actions.items import PlanItem
    from wsclient.fleet._journal.records import EndRecord, StepRecord


class ItemState(Enum):
    """Where an item stands: OPEN may be sent, SENT is under way or was when the program died, SETTLED is over."""

    OPEN = "open"
    SENT = "sent"
    SETTLED = "settled"


class _Entry(msgspec.Struct, gc=False):
    standing: ItemState = ItemState.OPEN
    outcome: Outcome | None = None
    code: str | None = None
    message: str | None = None
    attempts: int = 0
    at: datetime | None = None
    new_id: str | None = None
    sent_before: datetime | None = None


class InconsistentRecordError(Exception):
    """A record says of an item what cannot be after what was said before."""


class Ledger:
    """The items of a plan, each with where it stands and how it ended."""

    def __init__(self, count: int) -> None:
        self._entries = [_Entry() for _ in range(count)]
        self.counts: Counter[Outcome] = Counter()

    def __len__(self) -> int:
        return len(self._entries)

    def standing(self, number: int) -> ItemState:
        """Return where an item stands."""
        return self._entries[number].standing

    def outcome(self, number: int) -> Outcome | None:
        """Return how an item ended, None while it has not."""
        return self._entries[number].outcome

    def attempts(self, number: int) -> int:
        """Return how many calls an item was part of."""
        return self._entries[number].attempts

    def sent_before(self, number: int) -> datetime | None:
        """Return a time before which an item that is in doubt was sent, None where there is none but now."""
        return self._entries[number].sent_before

    def take(self, record: StepRecord) -> None:
        """Learn what was begun, or what came of it."""
        if isinstance(record, SendRecord):
            for number in record.of:
                self._send(self._entry(number, ItemState.OPEN))
        elif isinstance(record, AgainRecord):
            for number in record.of:
                self._reopen(self._entry(number, ItemState.SETTLED))
        elif isinstance(record, BeginRecord):
            for entry in self._entries:
                if entry.standing is ItemState.SENT and entry.sent_before is None:
                    entry.sent_before = record.at
        else:
            self._take_end(record)

    def _take_end(self, record: EndRecord) -> None:
        for number in record.done:
            self._end(number, Outcome.DONE, record.at, new_id=record.ids.get(number))
        for number, code, message in record.failed:
            self._end(number, Outcome.FAILED, record.at, code, message)
        for number, message in record.ambiguous:
            self._end(number, Outcome.AMBIGUOUS, record.at, None, message)
        for number in record.unsent:
            self._entry(number, ItemState.SENT).standing = ItemState.OPEN

    def begin_again(self) -> None:
        """Forget how items ended in the last run alone: the next one goes on with them."""
        for entry in self._entries:
            if entry.standing is not ItemState.SETTLED and entry.outcome is not None:
                self.counts[entry.outcome] -= 1
                entry.outcome, entry.code, entry.message = None, None, None

    def ambiguous(self) -> list[int]:
        """Return the items that ended as ambiguous."""
        return [number for number, entry in enumerate(self._entries) if entry.outcome is Outcome.AMBIGUOUS]

    def _reopen(self, entry: _Entry) -> None:
        if entry.outcome is not None:
            self.counts[entry.outcome] -= 1
        entry.standing, entry.outcome, entry.code, entry.message = ItemState.SENT, None, None, None

    def end_provisionally(
        self, numbers: Iterable[int], outcome: Outcome, code: str | None = None, message: str | None = None
    ) -> None:
        """Note how items end in this run, of which the journal says nothing: another run goes on with them."""
        for number in numbers:
            entry = self._entries[number]
            entry.outcome, entry.code, entry.message = outcome, code, message
            self.counts[outcome] += 1

    def reports(self, items: Sequence[PlanItem], left: str) -> tuple[ItemReport, ...]:
        """Return what became of each item; left is why those were not tried that nothing else is said of."""
        return tuple(self._report(item, entry, left) for item, entry in zip(items, self._entries, strict=True))

    def _report(self, item: PlanItem, entry: _Entry, left: str) -> ItemReport:
        return ItemReport(
            site=item.site,
            key=item.key,
            directory_id=item.directory_id,
            user_name=item.user_name,
            outcome=entry.outcome or Outcome.NOT_TRIED,
            code=entry.code,
            message=entry.message if entry.outcome is not None else left,
            attempts=entry.attempts,
            at=entry.at,
            new_id=entry.new_id,
        )

    def _entry(self, number: int, needed: ItemState) -> _Entry:
        if not 0 <= number < len(self._entries) or self._entries[number].standing is not needed:
            raise InconsistentRecordError(number)
        return self._entries[number]

    def _send(self, entry: _Entry) -> None:
        entry.standing, entry.sent_before = ItemState.SENT, None
        entry.attempts += 1

    def _end(
        self,
        number: int,
        outcome: Outcome,
        at: datetime,
        code: str | None = None,
        message: str | None = None,
        *,
        new_id: str | None = None,
    ) -> None:
        entry = self._entry(number, ItemState.SENT)
        entry.standing, entry.outcome, entry.at = ItemState.SETTLED, outcome, at
        entry.code, entry.message, entry.new_id = code, message, new_id
        self.counts[outcome] += 1
