"""What a journal holds: the plan, and what was begun and what came of it; as lines of a file, and back. Pure.

A line is a JSON object that begins with the CRC-32 of what follows: {"crc":"0f1e2d3c","is":"send",…}. The first is
"plan", then there is an "item" for each item and an "out" for each WorkSpace that is left out; after these, a "send"
before each call and an "end" after it, which name items by their place among the items, from 0 on, and a "begin" where
another program went on. A last line that is
not whole was being written when the program died: what it would have said had not happened yet, or is looked up again.
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec looks at the annotations
from typing import TYPE_CHECKING, Final
from zlib import crc32

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

VERSION: Final = 1
_HEAD: Final = b'{"crc":"'
_BODY_AT: Final = len(_HEAD) + 8 + len(b'",')
LONGEST_MESSAGE: Final = 300
"""Characters of AWS's words that are kept."""


class PlanRecord(msgspec.Struct, frozen=True, kw_only=True, tag_field="is", tag="plan"):
    """What is planned: action, what it is told (in words, and a digest), the question in words, sites, and counts."""

    version: int
    action: str
    parameters: str
    digest: str
    selection: str
    sites: list[tuple[str, str]]
    made_at: datetime
    items: int
    left_out: int


class ItemRecord(msgspec.Struct, frozen=True, kw_only=True, tag_field="is", tag="item", omit_defaults=True):
    """An item; site is its place among the sites."""

    site: int
    key: str
    directory: str = ""
    user: str = ""
    state: str | None = None


class OutRecord(msgspec.Struct, frozen=True, kw_only=True, tag_field="is", tag="out", omit_defaults=True):
    """A WorkSpace that is left out, and why."""

    site: int
    id: str
    user: str = ""
    state: str | None = None
    reason: str


class SendRecord(msgspec.Struct, frozen=True, kw_only=True, tag_field="is", tag="send"):
    """A call for these items is about to be made."""

    at: datetime
    of: list[int]


class EndRecord(msgspec.Struct, frozen=True, kw_only=True, tag_field="is", tag="end", omit_defaults=True):
    """What came of items that were sent.

    done were done, ids are WorkSpaces that came of them; failed were refused for good, with code and message; ambiguous
    cannot be told, with why; unsent were surely not carried out, and may be sent again.
    """

    at: datetime
    done: list[int] = []
    ids: dict[int, str] = {}
    failed: list[tuple[int, str, str]] = []
    ambiguous: list[tuple[int, str]] = []
    unsent: list[int] = []

    def __bool__(self) -> bool:
        """Tell whether it says anything."""
        return bool(self.done or self.failed or self.ambiguous or self.unsent)


class AgainRecord(msgspec.Struct, frozen=True, kw_only=True, tag_field="is", tag="again"):
    """Ambiguous items are open to doubt again: the caller asked for them to be sent once more."""

    at: datetime
    of: list[int]


class BeginRecord(msgspec.Struct, frozen=True, kw_only=True, tag_field="is", tag="begin"):
    """Another program goes on from here: what is under way by the journal was sent before, if it was."""

    at: datetime


StepRecord = SendRecord | EndRecord | AgainRecord | BeginRecord
"""What is written while a plan runs."""
Record = PlanRecord | ItemRecord | OutRecord | StepRecord
_decoder: Final = msgspec.json.Decoder(Record)


class DamagedLineError(Exception):
    """A line before the last cannot be read; number counts from 1."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def line_of(record: Record) -> bytes:
    """Return a record as a line."""
    body = msgspec.json.encode(record)[1:]
    return b'%s%08x",%s\n' % (_HEAD, crc32(body), body)


def lines_of(records: Iterable[Record]) -> bytes:
    """Return records as lines."""
    return b"".join(map(line_of, records))


def read(content: bytes) -> tuple[list[Record], int]:
    """Return the records of a file, and how many of its bytes are whole lines.

    Whatever stands after the last readable line is what was being written. Raises DamagedLineError when a readable
    line follows one that is not.
    """
    records: list[Record] = []
    whole, start, damaged, number = 0, 0, 0, 0
    while (stop := content.find(b"\n", start)) >= 0:
        number += 1
        record = _record(content[start:stop])
        start = stop + 1
        if record is None:
            damaged = damaged or number
        elif damaged:
            raise DamagedLineError(damaged)
        else:
            records.append(record)
            whole = start
    return records, whole


def _record(line: bytes) -> Record | None:
    body = line[_BODY_AT:]
    if line[:_BODY_AT] != b'%s%08x",' % (_HEAD, crc32(body)):
        return None
    try:
        record: Record = _decoder.decode(b"{" + body)
    except msgspec.MsgspecError:
        return None
    return record
