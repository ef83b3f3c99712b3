"""Records by id with changes that become due, such that reading the clock costs what is due, not what is kept."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import UserDict
from functools import partial
from heapq import heappop, heappush
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, ItemsView, Mapping, ValuesView
    from datetime import datetime

KeyT = TypeVar("KeyT", bound="str | tuple[str, str]")
RecordT = TypeVar("RecordT")
TimedRecordT = TypeVar("TimedRecordT", bound="TimedRecord")


class TimedRecord:
    """Record with a change that becomes due by the clock.

    It reports each change of its attributes to the TimedRecords that hold it: the code that makes the change need not.
    """

    __slots__ = ("_report",)
    _report: Callable[[], object]

    def __setattr__(self, name: str, value: object) -> None:
        """Set an attribute, and report it."""
        object.__setattr__(self, name, value)
        report = getattr(self, "_report", None)
        if report is not None:
            report()

    def report_to(self, report: Callable[[], object]) -> None:
        """Set the function that each change of the record calls."""
        object.__setattr__(self, "_report", report)

    @property
    def removal_due(self) -> datetime | None:
        """Time of the pending state change, None without one; if it removes the record, the time of its removal."""
        raise NotImplementedError

    @property
    def next_change_at(self) -> datetime | None:
        """Time of the first pending change, None without one."""
        return self.removal_due

    @property
    def is_gone(self) -> bool:
        """True if the resource no longer exists."""
        raise NotImplementedError

    def apply_due_changes(self, now: datetime) -> None:
        """Apply the changes that are due."""
        raise NotImplementedError


class SortedRecords(UserDict[KeyT, RecordT]):
    """Records by id, which can be read in the order of their ids."""

    _sorted_keys: list[KeyT] | None = None

    def after(self, key: KeyT, count: int) -> list[RecordT]:
        """Return the next count records after an id, in the order of their ids."""
        if self._sorted_keys is None:
            self._sorted_keys = sorted(self.data)
        start = bisect_right(self._sorted_keys, key)
        return [self.data[each] for each in self._sorted_keys[start : start + count]]

    def __setitem__(self, key: KeyT, record: RecordT) -> None:
        if self._sorted_keys is not None and key not in self.data:
            insort(self._sorted_keys, key)
        self.data[key] = record

    def __delitem__(self, key: KeyT) -> None:
        del self.data[key]
        if self._sorted_keys is not None:
            del self._sorted_keys[bisect_left(self._sorted_keys, key)]

    def popitem(self) -> tuple[KeyT, RecordT]:
        """Remove the record that was added last, as a dict does; UserDict would remove the first."""
        if not self.data:
            raise KeyError("no record is left")
        key = next(reversed(self.data))
        return key, self.pop(key)

    # UserDict's own views look up every key in Python, which takes ten times as long.

    def values(self) -> ValuesView[RecordT]:
        """Return the records."""
        return self.data.values()

    def items(self) -> ItemsView[KeyT, RecordT]:
        """Return the records with their ids."""
        return self.data.items()


class TimedRecords(SortedRecords[KeyT, TimedRecordT]):
    """Timed records by id, with a heap of the times at which they change.

    touched are the ids of the records that were added or changed since the last settle().
    """

    def __init__(self, records: Mapping[KeyT, TimedRecordT] | None = None) -> None:
        self.touched: dict[KeyT, None] = {}
        self._heap: list[tuple[datetime, KeyT]] = []
        self._scheduled: dict[KeyT, datetime] = {}
        super().__init__(records)

    def __setitem__(self, key: KeyT, record: TimedRecordT) -> None:
        super().__setitem__(key, record)
        record.report_to(partial(self.touched.__setitem__, key, None))
        self.touched[key] = None

    def due(self, now: datetime) -> dict[KeyT, TimedRecordT]:
        """Return the records that may have changes due by now."""
        while self._heap and self._heap[0][0] <= now:
            at, key = heappop(self._heap)
            self.touched[key] = None
            if self._scheduled.get(key) == at:
                del self._scheduled[key]
        return {key: self.data[key] for key in self.touched if key in self.data}

    def settle(self, now: datetime) -> dict[KeyT, tuple[datetime, TimedRecordT]]:
        """Apply the changes due by now; remove the ended records and return them with the time of their end."""
        removed: dict[KeyT, tuple[datetime, TimedRecordT]] = {}
        for key, record in self.due(now).items():
            removal_due = record.removal_due
            record.apply_due_changes(now)
            if record.is_gone:
                removed[key] = (removal_due or now, record)
                del self[key]
            elif (at := record.next_change_at) is not None and self._scheduled.get(key) != at:
                # The entry of a cancelled change stays in the heap: at its time, the record is examined once more.
                self._scheduled[key] = at
                heappush(self._heap, (at, key))
        self.touched.clear()
        return removed
