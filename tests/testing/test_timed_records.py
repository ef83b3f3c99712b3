"""Timed records: due records are found without a scan of all records."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsclient._generated.workspaces import structures as s
from wsclient._generated.workspaces.enums import ConnectionAliasState
from wsclient.testing._emulator.state_codec import Decoder, encode
from wsclient.testing._files import FileFormatError
from wsclient.testing._state.records import AliasRecord
from wsclient.testing._state.store import Store
from wsclient.testing._state.timed_records import SortedRecords, TimedRecords

START = datetime(2026, 1, 1, tzinfo=UTC)
KEYS = st.sampled_from("abcdef")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), KEYS, st.integers(0, 5)),
        st.tuples(st.just("change"), KEYS, st.integers(0, 5)),
        st.tuples(st.just("cancel"), KEYS, st.just(0)),
        st.tuples(st.just("remove"), KEYS, st.just(0)),
        st.tuples(st.just("wait"), KEYS, st.integers(0, 5)),
    ),
    max_size=40,
)


def _alias(due: datetime, *, ends: bool) -> AliasRecord:
    alias = s.ConnectionAlias(state=ConnectionAliasState.CREATING)
    return AliasRecord(described=alias, change=(due, None if ends else ConnectionAliasState.CREATED))


@given(STEPS)
def test_settling_equals_a_full_scan(steps: list[tuple[str, str, int]]) -> None:
    """Whatever is added, changed, cancelled and removed: states and removals equal those of a scan of all records."""
    now, timed, scanned = START, TimedRecords[str, AliasRecord](), dict[str, AliasRecord]()
    for action, key, number in steps:
        due = now + timedelta(minutes=number)
        if action == "add":
            timed[key], scanned[key] = _alias(due, ends=number > 3), _alias(due, ends=number > 3)
        elif action == "remove" and key in scanned:
            del timed[key], scanned[key]
        elif action in {"change", "cancel"} and key in scanned:
            for records in (timed, scanned):
                records[key].change = None if action == "cancel" else (due, ConnectionAliasState.DELETING)
        elif action == "wait":
            now = due
            for record in scanned.values():
                record.apply_due_changes(now)
            ended = {each for each, record in scanned.items() if record.is_gone}
            assert timed.settle(now).keys() == ended
            scanned = {each: record for each, record in scanned.items() if each not in ended}
            assert {each: record.described for each, record in timed.items()} == {
                each: record.described for each, record in scanned.items()
            }


@given(st.lists(st.tuples(st.booleans(), KEYS)), KEYS, st.integers(0, 6))
def test_records_are_sorted_by_id(changes: list[tuple[bool, str]], after: str, count: int) -> None:
    """After any additions and removals, a page after an id is what a sort of all ids gives."""
    records = SortedRecords[str, str]()
    for is_added, key in changes:
        if is_added:
            records[key] = key
        else:
            records.pop(key, None)
        assert records.after(after, count) == sorted(each for each in records if each > after)[:count]


def test_popitem_behaves_like_a_dict() -> None:
    """popitem() returns the record added last, and raises KeyError for an empty collection."""
    records = SortedRecords[str, str]({"b": "1", "a": "2"})
    assert [records.popitem(), records.popitem()] == [("a", "2"), ("b", "1")]
    with pytest.raises(KeyError):
        records.popitem()


def test_timed_records_survive_a_snapshot() -> None:
    """A decoded store applies due changes, and malformed records are rejected."""
    store = Store("123456789012", "us-west-2")
    store.aliases["wsca-1"] = _alias(START, ends=True)
    encoded = encode(store)
    decoder = Decoder(taken_at=START, elapsed=timedelta())
    decoded = decoder.decode(encoded, "Store")
    assert isinstance(decoded, Store)
    decoded.apply_due_changes(START)
    assert "wsca-1" not in decoded.aliases
    with pytest.raises(FileFormatError):
        decoder.decode({"$Store": {"account_id": "1", "region": "r", "aliases": {"wsca-1": "a text"}}}, "Store")
