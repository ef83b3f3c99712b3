"""Ledger: state and outcome of every item, updated by journal records, live or replayed from a file."""

from __future__ import annotations

from collections import Counter
from enum import Enum
from typing import TYPE_CHECKING

import msgspec

from wsclient.fleet._journal.records import EndRecord, ResumeRecord, RetryRecord, SendRecord
from wsclient.fleet._report import ItemReport, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from wsclient.fleet._actions.items import PlanItem
    from wsclient.fleet._journal.records import StepRecord, WaveRecord


class ItemState(Enum):
    """State of an item: OPEN may be sent; SENT has no outcome yet, perhaps since an earlier run; RESOLVED has one."""

    OPEN = "open"
    SENT = "sent"
    RESOLVED = "resolved"


class _Entry(msgspec.Struct, gc=False):
    wave: int = 0
    state: ItemState = ItemState.OPEN
    outcome: Outcome | None = None
    code: str | None = None
    message: str | None = None
    attempts: int = 0
    at: datetime | None = None
    new_id: str | None = None
    sent_at: datetime | None = None
    service_sent_at: datetime | None = None
    sent_before: datetime | None = None
    unhealthy: str | None = None
    checked_at: datetime | None = None

    @property
    def has_failed(self) -> bool:
        """True for an item that counts against the failures that a run allows."""
        return self.outcome in {Outcome.FAILED, Outcome.AMBIGUOUS} or self.unhealthy is not None


class InconsistentRecordError(Exception):
    """Record that the state of its item excludes."""


class Ledger:
    """State, outcome and attempts of each item of a plan."""

    def __init__(self, count: int) -> None:
        self._entries = [_Entry() for _ in range(count)]
        self.counts: Counter[Outcome] = Counter()
        self.failures: Counter[int] = Counter()
        """Failed, ambiguous and unhealthy items by wave."""

    def __len__(self) -> int:
        return len(self._entries)

    def state(self, number: int) -> ItemState:
        """Return the state of an item."""
        return self._entries[number].state

    def outcome(self, number: int) -> Outcome | None:
        """Return the outcome of an item, None while it has none."""
        return self._entries[number].outcome

    def sent_at(self, number: int) -> datetime | None:
        """Return the time just before the last call that contained an item, None if there was no call."""
        return self._entries[number].sent_at

    def service_sent_at(self, number: int) -> datetime | None:
        """Return sent_at() by AWS's clock, None if the run that made the call did not know it."""
        return self._entries[number].service_sent_at

    def new_id(self, number: int) -> str | None:
        """Return the id of the WorkSpace that the item's creation or migration made."""
        return self._entries[number].new_id

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
                self._send(self._entry(number, ItemState.OPEN), record)
        elif isinstance(record, RetryRecord):
            for number in record.of:
                self._reopen(self._entry(number, ItemState.RESOLVED))
        elif isinstance(record, ResumeRecord):
            for entry in self._entries:
                # The first resumption counts: it is the earliest time that is certainly after the call.
                if entry.state is ItemState.SENT and entry.sent_before is None:
                    entry.sent_before = record.at
        elif isinstance(record, EndRecord):
            self._apply_end(record)
        else:
            self._apply_checks(record)

    def set_waves(self, waves: Iterable[Sequence[int]], last: int) -> None:
        """Set the wave of each item, from 0 on; last is that of items that are in none."""
        for entry in self._entries:
            entry.wave = last
        for wave, numbers in enumerate(waves):
            for number in numbers:
                self._entries[number].wave = wave
        self.failures = Counter(entry.wave for entry in self._entries if entry.has_failed)

    def mark_unhealthy(self, number: int, reason: str) -> None:
        """Set, for this run only, the reason why a WorkSpace whose item was done is not healthy."""
        entry = self._unchecked_entry(number)
        self.failures[entry.wave] += entry.unhealthy is None
        entry.unhealthy = reason

    def checked_at(self, number: int) -> datetime | None:
        """Return the time of the check that let the next wave start, None if the item was not checked."""
        return self._entries[number].checked_at

    def _apply_checks(self, record: WaveRecord) -> None:
        for number, reason in record.unhealthy:
            self.mark_unhealthy(number, reason)
            self._entries[number].checked_at = record.at
        for number in record.healthy:
            entry = self._unchecked_entry(number)
            self.failures[entry.wave] -= entry.unhealthy is not None
            entry.unhealthy, entry.checked_at = None, record.at

    def _unchecked_entry(self, number: int) -> _Entry:
        entry = self._entry(number, ItemState.RESOLVED)
        if entry.outcome is not Outcome.DONE or entry.checked_at is not None:
            raise InconsistentRecordError(number)
        return entry

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
                self._clear_outcome(entry)
            if entry.unhealthy is not None and entry.checked_at is None:
                entry.unhealthy = None
                self.failures[entry.wave] -= 1

    def _set_outcome(self, entry: _Entry, outcome: Outcome, code: str | None, message: str | None) -> None:
        self._clear_outcome(entry)
        entry.outcome, entry.code, entry.message = outcome, code, message
        self.counts[outcome] += 1
        self.failures[entry.wave] += entry.has_failed

    def _clear_outcome(self, entry: _Entry) -> None:
        if entry.outcome is not None:
            self.counts[entry.outcome] -= 1
            self.failures[entry.wave] -= entry.has_failed
        entry.outcome, entry.code, entry.message = None, None, None

    def ambiguous(self) -> list[int]:
        """Return the items that ended as ambiguous."""
        return [number for number, entry in enumerate(self._entries) if entry.outcome is Outcome.AMBIGUOUS]

    def _reopen(self, entry: _Entry) -> None:
        self._clear_outcome(entry)
        # SENT, not OPEN: the item is verified once more before it is sent again.
        entry.state = ItemState.SENT

    def end_provisionally(
        self, numbers: Iterable[int], outcome: Outcome, code: str | None = None, message: str | None = None
    ) -> None:
        """Set an outcome for this run only, without a record: the next run continues with these items."""
        for number in numbers:
            self._set_outcome(self._entries[number], outcome, code, message)

    def reports(self, items: Sequence[PlanItem], default_message: str, waves: int = 0) -> tuple[ItemReport, ...]:
        """Return a report on each item; default_message is for those without an outcome, which were not tried.

        waves is the number of waves, 0 for a run without waves.
        """
        return tuple(
            self._report(item, entry, default_message, waves) for item, entry in zip(items, self._entries, strict=True)
        )

    def _report(self, item: PlanItem, entry: _Entry, default_message: str, waves: int) -> ItemReport:
        message = entry.message if entry.outcome is not None else default_message
        return ItemReport(
            site=item.site,
            workspace_id=item.workspace_id,
            workspace_name=item.workspace_name,
            key=item.key,
            directory_id=item.directory_id,
            user_name=item.user_name,
            outcome=entry.outcome or Outcome.NOT_TRIED,
            code=entry.code,
            message=message if entry.unhealthy is None else entry.unhealthy,
            attempts=entry.attempts,
            at=entry.at,
            sent_at=entry.sent_at,
            new_workspace_id=entry.new_id,
            wave=entry.wave + 1 if entry.wave < waves else None,
            is_unhealthy=entry.unhealthy is not None,
        )

    def _entry(self, number: int, required: ItemState) -> _Entry:
        if not 0 <= number < len(self._entries) or self._entries[number].state is not required:
            raise InconsistentRecordError(number)
        return self._entries[number]

    def _send(self, entry: _Entry, record: SendRecord) -> None:
        entry.state, entry.sent_before = ItemState.SENT, None
        entry.sent_at, entry.service_sent_at = record.at, record.service_at
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
        entry.state, entry.at, entry.new_id = ItemState.RESOLVED, at, new_id
        self._set_outcome(entry, outcome, code, message)
