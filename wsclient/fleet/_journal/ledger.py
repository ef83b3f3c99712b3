"""Ledger: state and outcome of every item, updated by journal records, live or replayed from a file."""

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
    """State of an item: OPEN may be sent; SENT has no outcome yet, perhaps since an earlier run; RESOLVED has one."""

    OPEN = "open"
    SENT = "sent"
    RESOLVED = "resolved"


class _Entry(msgspec.Struct, gc=False):
    state: ItemState = ItemState.OPEN
    outcome: Outcome | None = None
    code: str | None = None
    message: str | None = None
    attempts: int = 0
    at: datetime | None = None
    new_id: str | None = None
    sent_before: datetime | None = None


class InconsistentRecordError(Exception):
    """Record that the state of its item excludes."""


class Ledger:
    """State, outcome and attempts of each item of a plan."""

    def __init__(self, count: int) -> None:
        self._entries = [_Entry() for _ in range(count)]
        self.counts: Counter[Outcome] = Counter()

    def __len__(self) -> int:
        return len(self._entries)

    def state(self, number: int) -> ItemState:
        """Return the state of an item."""
        return self._entries[number].state

    def outcome(self, number: int) -> Outcome | None:
        """Return the outcome of an item, None while it has none."""
        return self._entries[number].outcome

    def attempts(self, number: int) -> int:
        """Return the number of calls that contained an item."""
        return self._entries[number].attempts

    def sent_before(self, number: int) -> datetime | None:
        """Return a time before which an earlier process sent an item of unknown outcome, None if this one sent it."""
        return self._entries[number].sent_before

    def apply(self, record: StepRecord) -> None:
        """Apply a record; raises InconsistentRecordError if the state of an item excludes it."""
        if isinstance(record, SendRecord):
            for number in record.of:
                self._send(self._entry(number, ItemState.OPEN))
        elif isinstance(record, AgainRecord):
            for number in record.of:
                self._reopen(self._entry(number, ItemState.RESOLVED))
        elif isinstance(record, BeginRecord):
            for entry in self._entries:
                # The first resumption counts: it is the earliest time that is certainly after the call.
                if entry.state is ItemState.SENT and entry.sent_before is None:
                    entry.sent_before = record.at
        else:
            self._apply_end(record)

    def _apply_end(self, record: EndRecord) -> None:
        for number in record.done:
            self._end(number, Outcome.DONE, record.at, new_id=record.ids.get(number))
        for number, code, message in record.failed:
            self._end(number, Outcome.FAILED, record.at, code, message)
        for number, message in record.ambiguous:
            self._end(number, Outcome.AMBIGUOUS, record.at, None, message)
        for number in record.unsent:
            self._entry(number, ItemState.SENT).state = ItemState.OPEN

    def clear_provisional(self) -> None:
        """Clear the outcomes that counted for the last run only, so that the next run continues with those items."""
        for entry in self._entries:
            if entry.state is not ItemState.RESOLVED and entry.outcome is not None:
                self.counts[entry.outcome] -= 1
                entry.outcome, entry.code, entry.message = None, None, None

    def ambiguous(self) -> list[int]:
        """Return the items that ended as ambiguous."""
        return [number for number, entry in enumerate(self._entries) if entry.outcome is Outcome.AMBIGUOUS]

    def _reopen(self, entry: _Entry) -> None:
        if entry.outcome is not None:
            self.counts[entry.outcome] -= 1
        # SENT, not OPEN: the item is verified once more before it is sent again.
        entry.state, entry.outcome, entry.code, entry.message = ItemState.SENT, None, None, None

    def end_provisionally(
        self, numbers: Iterable[int], outcome: Outcome, code: str | None = None, message: str | None = None
    ) -> None:
        """Set an outcome for this run only, without a record: the next run continues with these items."""
        for number in numbers:
            entry = self._entries[number]
            entry.outcome, entry.code, entry.message = outcome, code, message
            self.counts[outcome] += 1

    def reports(self, items: Sequence[PlanItem], default_message: str) -> tuple[ItemReport, ...]:
        """Return a report on each item; default_message is for those without an outcome, which were not tried."""
        return tuple(
            self._report(item, entry, default_message) for item, entry in zip(items, self._entries, strict=True)
        )

    def _report(self, item: PlanItem, entry: _Entry, default_message: str) -> ItemReport:
        return ItemReport(
            site=item.site,
            key=item.key,
            directory_id=item.directory_id,
            user_name=item.user_name,
            outcome=entry.outcome or Outcome.NOT_TRIED,
            code=entry.code,
            message=entry.message if entry.outcome is not None else default_message,
            attempts=entry.attempts,
            at=entry.at,
            new_id=entry.new_id,
        )

    def _entry(self, number: int, required: ItemState) -> _Entry:
        if not 0 <= number < len(self._entries) or self._entries[number].state is not required:
            raise InconsistentRecordError(number)
        return self._entries[number]

    def _send(self, entry: _Entry) -> None:
        entry.state, entry.sent_before = ItemState.SENT, None
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
        entry.state, entry.outcome, entry.at = ItemState.RESOLVED, outcome, at
        entry.code, entry.message, entry.new_id = code, message, new_id
        self.counts[outcome] += 1
