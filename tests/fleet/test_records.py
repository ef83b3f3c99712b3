"""Journal lines and their ledger: torn, damaged and contradictory records."""

from __future__ import annotations

import pytest

from tests.support.plan_stage import PlanStage, play
from wsclient.fleet import Outcome
from wsclient.fleet._journal.ledger import InconsistentRecordError, Ledger
from wsclient.fleet._journal.records import DamagedLineError, EndRecord, SendRecord, encode_record, parse_records


def test_records_are_read_up_to_an_incomplete_last_line() -> None:
    """Lines are read up to the first incomplete line; if a complete line follows, the line's number is reported."""

    async def main(stage: PlanStage) -> None:
        first, two = (encode_record(SendRecord(at=stage.clock.now(), of=[n])) for n in (1, 2))
        assert parse_records(first + b"\0\0\0") == (parse_records(first)[0], len(first))
        assert parse_records(first + b"torn\n\0\0\n") == (parse_records(first)[0], len(first))
        with pytest.raises(DamagedLineError) as caught:
            parse_records(first + b"torn\n" + two)
        assert caught.value.number == 2

    play(main)


def test_ledger_rejects_contradictory_records() -> None:
    """An end without a send, a send after an end, and unknown items are rejected."""

    async def main(stage: PlanStage) -> None:
        ledger, now = Ledger(1), stage.clock.now()
        for wrong in (EndRecord(at=now, done=[0]), SendRecord(at=now, of=[1]), SendRecord(at=now, of=[-1])):
            with pytest.raises(InconsistentRecordError):
                ledger.apply(wrong)
        ledger.apply(SendRecord(at=now, of=[0]))
        ledger.apply(EndRecord(at=now, done=[0]))
        with pytest.raises(InconsistentRecordError):
            ledger.apply(SendRecord(at=now, of=[0]))
        assert (len(ledger), ledger.outcome(0), ledger.attempts(0)) == (1, Outcome.DONE, 1)

    play(main)
