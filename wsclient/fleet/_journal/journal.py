"""Journal of a plan: the plan itself, then every call before it is made and its outcome after the response.

A process that is killed at any moment and started again continues from it. A journal contains ids, user names,
directories, states and error messages of AWS. It contains no credentials, no tag values except those that the selection
names, and of creation requests only a digest. Its file mode is 0600.
"""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec

from wsclient._core.errors import WsclientError
from wsclient._core.event_loops import wait_to_end
from wsclient._core.fleet_errors import JournalError, SiteError
from wsclient._core.site import Site
from wsclient.fleet._actions.items import LeftOut, PlanItem
from wsclient.fleet._journal.ledger import InconsistentRecordError, Ledger
from wsclient.fleet._journal.records import (
    MAX_MESSAGE_LENGTH,
    READABLE_VERSIONS,
    VERSION,
    DamagedLineError,
    ItemRecord,
    PlanRecord,
    Record,
    SendRecord,
    SkippedRecord,
    StepRecord,
    encode_record,
    encode_records,
    parse_records,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from wsclient._generated.workspaces import structures as s
    from wsclient.fleet._journal.storage import JournalFile, JournalStorage

_START_ANEW: Final = "Nothing was sent; check which of its WorkSpaces were changed, remove the file, and plan again"
JournalPath: TypeAlias = str | os.PathLike[str]


class PlanIntent(msgspec.Struct, frozen=True, kw_only=True):
    """Identity of a plan, known before WorkSpaces are selected; a journal is resumed only by a plan of the same one."""

    action: str
    parameters: str
    digest: str
    selection: str
    sites: tuple[Site, ...]


class PlanSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    """Content of a plan, as a journal stores it."""

    intent: PlanIntent
    made_at: datetime
    items: tuple[PlanItem, ...]
    left_out: tuple[LeftOut, ...]
    failed: tuple[SiteError, ...] = ()
    version: int = VERSION

    def records(self) -> Iterator[Record]:
        """Yield the records with which a journal starts."""
        site_indexes = {site: index for index, site in enumerate(self.intent.sites)}
        yield PlanRecord(
            version=self.version,
            action=self.intent.action,
            parameters=self.intent.parameters,
            digest=self.intent.digest,
            selection=self.intent.selection,
            sites=[(site.account, site.region) for site in self.intent.sites],
            made_at=self.made_at,
            items=len(self.items),
            left_out=len(self.left_out),
            failed=[(site_indexes[error.site], str(error.error)[:MAX_MESSAGE_LENGTH]) for error in self.failed],
        )
        for item in self.items:
            yield ItemRecord(
                site=site_indexes[item.site],
                key=item.key,
                directory=item.directory_id,
                user=item.user_name,
                state=item.state,
            )
        for out in self.left_out:
            yield SkippedRecord(
                site=site_indexes[out.site],
                id=out.workspace_id,
                user=out.user_name,
                state=out.state,
                reason=out.reason,
            )


class Journal:
    """Open journal; records that arrive during a write are written together by the next one."""

    def __init__(self, file: JournalFile) -> None:
        self._file = file
        self._lines: list[bytes] = []
        self._announcements: list[bytes] = []
        self._write_lock = asyncio.Lock()
        self._failure: BaseException | None = None

    async def append(self, record: StepRecord) -> None:
        """Write a record; it is on disk when this method returns.

        After a failed write every further call raises the same error: the file would have a gap.
        """
        # One fsync for all records that arrived during the last write: sites do not wait for each other's fsync.
        queue = self._announcements if isinstance(record, SendRecord) else self._lines
        queue.append(encode_record(record))
        async with self._write_lock:
            if self._failure is not None:
                raise self._failure
            if not self._lines and not self._announcements:
                return  # the previous holder of the lock wrote this record with its own
            # Announcements last, so that they can be removed if the write fails. None is of an item whose outcome is
            # among the lines: an item is sent again only after its outcome was written.
            lines, announcements = b"".join(self._lines), b"".join(self._announcements)
            self._lines, self._announcements = [], []
            await self._write(lines + announcements, announced=len(announcements))

    async def _write(self, lines: bytes, *, announced: int) -> None:
        """Write lines; a write that has started is completed even if the caller is cancelled."""
        # A write that went on after the lock is released could interleave with the next one.
        writing = asyncio.ensure_future(self._file.append(lines, announced=announced))
        cancellation = await wait_to_end(writing)
        self._failure = None if writing.cancelled() else writing.exception()
        if cancellation is not None:
            raise cancellation
        await writing

    async def close(self) -> None:
        """Close the file and release its lock."""
        await self._file.close()


async def create(storage: JournalStorage, path: str, snapshot: PlanSnapshot) -> Journal:
    """Create a journal that contains the plan, and return it open."""
    return Journal(await storage.create(path, encode_records(snapshot.records())))


async def load(
    storage: JournalStorage, path: str, intent: PlanIntent, requests: Mapping[str, s.WorkspaceRequest]
) -> PlanSnapshot:
    """Return the plan that a journal contains; raises JournalError unless it has the same intent."""
    file = await storage.open(path)
    try:
        records, _ = _parse(path, file.content)
        snapshot = _snapshot_from_records(path, records, requests)
    finally:
        await file.close()
    _check_intent(path, snapshot.intent, intent)
    return snapshot


async def resume(storage: JournalStorage, path: str, snapshot: PlanSnapshot) -> tuple[Journal, Ledger]:
    """Open the journal of a plan, and return it with the ledger that its records replay to."""
    file = await storage.open(path)
    try:
        records, valid_size = _parse(path, file.content)
        steps_start = len(snapshot.items) + len(snapshot.left_out) + 1
        _check_plan(path, records[:steps_start], snapshot)
        ledger = _replay(path, records[steps_start:], len(snapshot.items))
        # An interrupted write is cut off, so that the next record starts on a line of its own.
        if valid_size < len(file.content):
            await file.truncate(valid_size)
    except BaseException:
        await file.close()
        raise
    file.content = b""  # frees the memory: a journal may be long, and is not read again
    return Journal(file), ledger


def _parse(path: str, content: bytes) -> tuple[list[Record], int]:
    try:
        return parse_records(content)
    except DamagedLineError as error:
        # Lines of a later version are unknown, not damaged: the version in the first line decides.
        if error.number > 1:
            _check_version(path, *parse_records(content[: content.find(b"\n") + 1])[0])
        raise JournalError(
            f"the journal {path} is damaged in line {error.number}, so that it does not show which calls were made. "
            f"{_START_ANEW}",
            path=path,
        ) from None


def _snapshot_from_records(
    path: str, records: Sequence[Record], requests: Mapping[str, s.WorkspaceRequest]
) -> PlanSnapshot:
    head = records[0] if records else None
    if not isinstance(head, PlanRecord):
        raise JournalError(
            f"{path} is not a journal of a fleet, or its first line is damaged; pass another path for a new plan",
            path=path,
        )
    _check_version(path, head)
    item_records = records[1 : 1 + head.items]
    skipped_records = records[1 + head.items : 1 + head.items + head.left_out]
    planned = [record for record in item_records if isinstance(record, ItemRecord)]
    left_out = [record for record in skipped_records if isinstance(record, SkippedRecord)]
    sites = tuple(Site(account=account, region=region) for account, region in head.sites)
    site_indexes = {record.site for record in planned} | {record.site for record in left_out}
    site_indexes |= {site for site, _ in head.failed}
    has_all_sites = site_indexes <= set(range(len(sites)))
    if len(planned) != head.items or len(left_out) != head.left_out or not has_all_sites:
        raise JournalError(f"the journal {path} does not contain the whole plan. {_START_ANEW}", path=path)
    return PlanSnapshot(
        intent=PlanIntent(
            action=head.action,
            parameters=head.parameters,
            digest=head.digest,
            selection=head.selection,
            sites=sites,
        ),
        made_at=head.made_at,
        items=tuple(_item(record, head.action, sites, requests) for record in planned),
        left_out=tuple(_left_out(record, sites) for record in left_out),
        failed=tuple(SiteError(sites[site], WsclientError(reason)) for site, reason in head.failed),
        version=head.version,
    )


def _item(
    record: ItemRecord, action: str, sites: Sequence[Site], requests: Mapping[str, s.WorkspaceRequest]
) -> PlanItem:
    return PlanItem(
        site=sites[record.site],
        workspace_id=None if action == "create" else record.key,
        key=record.key,
        directory_id=record.directory,
        user_name=record.user,
        state=record.state,
        request=requests.get(record.key),
    )


def _left_out(record: SkippedRecord, sites: Sequence[Site]) -> LeftOut:
    return LeftOut(
        site=sites[record.site],
        workspace_id=record.id,
        user_name=record.user,
        state=record.state,
        reason=record.reason,
    )


def _check_version(path: str, head: Record | None = None) -> None:
    if isinstance(head, PlanRecord) and head.version not in READABLE_VERSIONS:
        readable = " and ".join(map(str, sorted(READABLE_VERSIONS)))
        raise JournalError(
            f"the journal {path} has format version {head.version}; this version of wsclient reads {readable}; "
            "resume the plan with the version that wrote it",
            path=path,
        )


def _check_intent(path: str, recorded: PlanIntent, requested: PlanIntent) -> None:
    """Raise JournalError with the differences if the journal belongs to another plan."""
    differences = [
        f"{name} in the journal: {old!s}, in this plan: {new!s}"
        for name, old, new in (
            ("action", recorded.action, requested.action),
            ("parameters", *_parameters(recorded, requested)),
            ("selection", recorded.selection, requested.selection),
            ("sites", ", ".join(map(str, recorded.sites)), ", ".join(map(str, requested.sites))),
        )
        if old != new
    ]
    # The digest covers values that the text of the parameters leaves out, as tag values and creation requests.
    if not differences and recorded.digest != requested.digest:
        differences = ["the values of its parameters or requests differ"]
    if differences:
        raise JournalError(
            f"the journal {path} belongs to another plan ({'; '.join(differences)}); use another file for this one",
            path=path,
        )


def _parameters(recorded: PlanIntent, requested: PlanIntent) -> tuple[str, str]:
    """Return the texts of the parameters, which differ between versions; equal digests prove equal parameters."""
    if recorded.digest == requested.digest:
        return "", ""
    return recorded.parameters or "none", requested.parameters or "none"


def _check_plan(path: str, records: Sequence[Record], snapshot: PlanSnapshot) -> None:
    # Compared byte by byte: steps identify items by number, so that any other list of items would be a mix-up.
    if encode_records(records) != encode_records(snapshot.records()):
        raise JournalError(f"the journal {path} contains another plan than this one; plan again", path=path)


def _replay(path: str, steps: Sequence[Record], count: int) -> Ledger:
    ledger = Ledger(count)
    known = [step for step in steps if isinstance(step, StepRecord)]
    try:
        for step in known:
            ledger.apply(step)
    except InconsistentRecordError:
        known = []
    if len(known) < len(steps):
        raise JournalError(
            f"the records of the journal {path} contradict each other: the file was edited. {_START_ANEW}", path=path
        )
    return ledger
