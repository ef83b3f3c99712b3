"""Journal records and their encoding: the plan, each call before it is made, and each outcome. Pure.

A line is a JSON object that starts with the CRC-32 of its remainder: {"crc":"0f1e2d3c","is":"send",…}. The first line
is the "plan", followed by an "item" for each item and an "out" for each WorkSpace that is left out. Then come a "send"
before each call and an "end" after it, which identify items by their index among the items, from 0 on; a "begin" where
another process resumed the plan; an "again" where ambiguous items were opened again; and a "wave" where the items of a
wave were checked, and the next one was allowed to start. An incomplete last line was being written when the process
died: a "send" whose call was not made, an "end" whose items are verified again, or a "wave" whose items are checked
again.

Version 1 has neither "wave" records nor sites that could not be read, and is read as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from zlib import crc32

import msgspec

from wsclient._core.dates import AwareTime

if TYPE_CHECKING:
    from collections.abc import Iterable

VERSION: Final = 2
READABLE_VERSIONS: Final = frozenset({1, VERSION})
_PREFIX: Final = b'{"crc":"'
_BODY_OFFSET: Final = len(_PREFIX) + 8 + len(b'",')
MAX_MESSAGE_LENGTH: Final = 300
"""Characters of an error message of AWS that are stored."""


class PlanRecord(msgspec.Struct, frozen=True, kw_only=True, tag_field="is", tag="plan"):
    """Head of the plan: action, parameters (as text, and as a digest), text of the selection, sites, and counts.

    failed are the sites that could not be read, by their indexes, with the reason.
    """

    version: int
    action: str
    parameters: str
    digest: str
    selection: str
    sites: list[tuple[str, str]]
    made_at: AwareTime
    items: int
    left_out: int
    failed: list[tuple[int, str]] = []


class ItemRecord(msgspec.Struct, frozen=True, kw_only=True, tag_field="is", tag="item", omit_defaults=True):
    """Item of the plan; site is its index among the sites."""

    site: int
    key: str
    directory: str = ""
    user: str = ""
    state: str | None = None


class SkippedRecord(msgspec.Struct, frozen=True, kw_only=True, tag_field="is", tag="out", omit_defaults=True):
    """WorkSpace that the plan leaves out, with the reason."""

    site: int
    id: str
    user: str = ""
    state: str | None = None
    reason: str


class SendRecord(msgspec.Struct, frozen=True, kw_only=True, tag_field="is", tag="send", omit_defaults=True):
    """Intent to make a call for these items, written before the call.

    at is the time by this machine's clock, service_at by AWS's, None before the first response of AWS. Older versions
    do not write it.
    """

    at: AwareTime
    of: list[int]
    service_at: AwareTime | None = None


class EndRecord(msgspec.Struct, frozen=True, kw_only=True, tag_field="is", tag="end", omit_defaults=True):
    """Outcome of items that were sent.

    done are the items that were done, ids the ids of the WorkSpaces that they created. failed were refused finally,
    with code and message. ambiguous are those whose outcome stays unknown, with the reason. unsent were certainly not
    executed, and may be sent again.
    """

    at: AwareTime
    done: list[int] = []
    ids: dict[int, str] = {}
    failed: list[tuple[int, str, str]] = []
    ambiguous: list[tuple[int, str]] = []
    unsent: list[int] = []

    def __bool__(self) -> bool:
        """Return whether the record names any item."""
        return bool(self.done or self.failed or self.ambiguous or self.unsent)


class RetryRecord(msgspec.Struct, frozen=True, kw_only=True, tag_field="is", tag="again"):
    """Ambiguous items that count as sent again, to be verified and repeated: the caller passed retry_ambiguous."""

    at: AwareTime
    of: list[int]


class ResumeRecord(msgspec.Struct, frozen=True, kw_only=True, tag_field="is", tag="begin"):
    """Start of another process that resumes the plan: items without an outcome were sent before, if at all.

    at is by AWS's clock: the next process compares it with its own time.
    """

    at: AwareTime


class WaveRecord(msgspec.Struct, frozen=True, kw_only=True, tag_field="is", tag="wave", omit_defaults=True):
    """Result of the checks after a wave that another one may follow; at is by AWS's clock, as far as it is known.

    healthy are items that were done and whose WorkSpaces are healthy; unhealthy are the others, with the reason.
    """

    at: AwareTime
    healthy: list[int] = []
    unhealthy: list[tuple[int, str]] = []


StepRecord = SendRecord | EndRecord | RetryRecord | ResumeRecord | WaveRecord
"""Record that is written while a plan runs."""
Record = PlanRecord | ItemRecord | SkippedRecord | StepRecord
_decoder: Final = msgspec.json.Decoder(Record)


class DamagedLineError(Exception):
    """Line that no interrupted write explains; number counts from 1."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def encode_record(record: Record) -> bytes:
    """Encode a record as a line."""
    body = msgspec.json.encode(record)[1:]
    return b'%s%08x",%s\n' % (_PREFIX, crc32(body), body)


def encode_records(records: Iterable[Record]) -> bytes:
    """Encode records as lines."""
    return b"".join(map(encode_record, records))


def parse_records(content: bytes) -> tuple[list[Record], int]:
    """Parse the records of a file; return them, and the size in bytes of the lines that hold them.

    The bytes after the last readable line are an interrupted write. Raises DamagedLineError if a readable line follows
    an unreadable one, and for a line that is whole, by its checksum, and not a record.
    """
    records: list[Record] = []
    valid_size, start, damaged, number = 0, 0, 0, 0
    while (stop := content.find(b"\n", start)) >= 0:
        number += 1
        body = _checked_body(content[start:stop])
        start = stop + 1
        record = None if body is None else _decode_record(body, number)
        if record is None:
            damaged = damaged or number
        # A torn write damages the end of the file only. Records after the damage mean that records before were lost.
        elif damaged:
            raise DamagedLineError(damaged)
        else:
            records.append(record)
            valid_size = start
    return records, valid_size


def _checked_body(line: bytes) -> bytes | None:
    """Return a line without its checksum, or None if the checksum is not that of the line."""
    body = line[_BODY_OFFSET:]
    return body if line[:_BODY_OFFSET] == b'%s%08x",' % (_PREFIX, crc32(body)) else None


def _decode_record(body: bytes, number: int) -> Record:
    try:
        record: Record = _decoder.decode(b"{" + body)
    except msgspec.MsgspecError:
        raise DamagedLineError(number) from None
    return record
