"""A plan's journal: the plan as it was made, and every call before it is made and after it was answered.

A program that is killed at any moment and started again goes on from it. It holds ids, user names, directories, states
and AWS's words; no credentials, no values of tags but those that the selection names, and nothing of a request besides
a digest. Its mode is 0600.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from wsclient._core.fleet_errors import JournalError
from wsclient._core.site import Site
from wsclient.fleet._actions.items import LeftOut, PlanItem
from wsclient.fleet._journal.ledger import InconsistentRecordError, Ledger
from wsclient.fleet._journal.records import (
    VERSION,
    DamagedLineError,
    ItemRecord,
    OutRecord,
    PlanRecord,
    Record,
    StepRecord,
    line_of,
    lines_of,
    read,
)

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from wsclient._generated.workspaces import structures as s
    from wsclient.fleet._journal.storage import JournalFile, JournalStorage

JournalPath: TypeAlias = "str | os.PathLike[str]"


class PlanIntent(msgspec.Struct, frozen=True, kw_only=True):
    """What tells one plan from another, before anything is selected."""

    action: str
    parameters: str
    digest: str
    selection: str
    sites: tuple[Site, ...]


class PlanSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    """A plan as a journal holds it."""

    intention: PlanIntent
    made_at: datetime
    items: tuple[PlanItem, ...]
    left_out: tuple[LeftOut, ...]

    def records(self) -> Iterator[Record]:
        """Yield it as the first lines of a journal."""
        places = {site: place for place, site in enumerate(self.intention.sites)}
        yield PlanRecord(
            version=VERSION,
            action=self.intention.action,
            parameters=self.intention.parameters,
            digest=self.intention.digest,
            selection=self.intention.selection,
            sites=[(site.account, site.region) for site in self.intention.sites],
            made_at=self.made_at,
            items=len(self.items),
            left_out=len(self.left_out),
        )
        for item in self.items:
            yield ItemRecord(
                site=places[item.site],
                key=item.key,
                directory=item.directory_id,
                user=item.user_name,
                state=item.state,
            )
        for out in self.left_out:
            yield OutRecord(
                site=places[out.site], id=out.workspace_id, user=out.user_name, state=out.state, reason=out.reason
            )


class Journal:
    """An open journal: steps are noted in it, many at once by one write."""

    def __init__(self, medium: JournalFile) -> None:
        self._medium = medium
        self._lines: list[bytes] = []
        self._turn = asyncio.Lock()
        self._broken: JournalError | None = None

    async def note(self, record: StepRecord) -> None:
        """Write a step down; when this returns it is on disk.

        Steps that are noted while another one is being written go together. After a failure nothing can be noted any
        more: what is on disk would have a gap.
        """
        self._lines.append(line_of(record))
        async with self._turn:
            if self._broken is not None:
                raise self._broken
            if not self._lines:
                return  # whoever had the turn before wrote it along with their own
            lines, self._lines = self._lines, []
            await self._write(b"".join(lines))

    async def _write(self, lines: bytes) -> None:
        """Write lines; a write that was begun is ended even if nobody waits for it any more."""
        writing = asyncio.ensure_future(self._medium.append(lines))
        try:
            await asyncio.wait([writing])
        except asyncio.CancelledError:
            await asyncio.wait([writing])
            raise
        finally:
            failure = writing.exception() if writing.done() and not writing.cancelled() else None
            self._broken = failure if isinstance(failure, JournalError) else self._broken
        await writing

    async def close(self) -> None:
        """Let others have the file."""
        await self._medium.close()


async def begin(media: JournalStorage, path: str, paper: PlanSnapshot) -> Journal:
    """Write a new journal that holds the plan, and hold it open."""
    return Journal(await media.create(path, lines_of(paper.records())))


async def load(
    media: JournalStorage, path: str, intention: PlanIntent, requests: Mapping[str, s.WorkspaceRequest]
) -> PlanSnapshot:
    """Return the plan that a journal holds, which must be the one that is asked for."""
    medium = await media.open(path)
    try:
        records, _ = _read(path, medium.content)
        paper = _paper(path, records, requests)
    finally:
        await medium.close()
    _compare(path, paper.intention, intention)
    return paper


async def resume(media: JournalStorage, path: str, paper: PlanSnapshot) -> tuple[Journal, Ledger]:
    """Hold the journal of a plan open, and return it with what it says of the items."""
    medium = await media.open(path)
    try:
        records, whole = _read(path, medium.content)
        first = len(paper.items) + len(paper.left_out) + 1
        _check_plan(path, records[:first], paper)
        ledger = _replayed(path, records[first:], len(paper.items))
        if whole < len(medium.content):
            await medium.keep(whole)
    except BaseException:
        await medium.close()
        raise
    medium.content = b""  # it is long, and was read
    return Journal(medium), ledger


def _read(path: str, content: bytes) -> tuple[list[Record], int]:
    try:
        return read(content)
    except DamagedLineError as error:
        _check_version(path, *read(content[: content.find(b"\n") + 1])[0])  # a later one's lines are not damaged
        raise JournalError(
            f"the journal {path} is damaged in line {error.number}: what was done cannot be told from it", path=path
        ) from None


def _paper(path: str, records: Sequence[Record], requests: Mapping[str, s.WorkspaceRequest]) -> PlanSnapshot:
    head = records[0] if records else None
    if not isinstance(head, PlanRecord):
        raise JournalError(f"{path} is no journal of a fleet, or its first line is damaged", path=path)
    _check_version(path, head)
    items = records[1 : 1 + head.items]
    out = records[1 + head.items : 1 + head.items + head.left_out]
    planned = [record for record in items if isinstance(record, ItemRecord)]
    left = [record for record in out if isinstance(record, OutRecord)]
    sites = tuple(Site(account=account, region=region) for account, region in head.sites)
    places = {record.site for record in planned} | {record.site for record in left}
    if len(planned) != head.items or len(left) != head.left_out or not places <= set(range(len(sites))):
        raise JournalError(f"the journal {path} does not hold the whole plan", path=path)
    return PlanSnapshot(
        intention=PlanIntent(
            action=head.action,
            parameters=head.parameters,
            digest=head.digest,
            selection=head.selection,
            sites=sites,
        ),
        made_at=head.made_at,
        items=tuple(
            PlanItem(
                site=sites[one.site],
                key=one.key,
                directory_id=one.directory,
                user_name=one.user,
                state=one.state,
                request=requests.get(one.key),
            )
            for one in planned
        ),
        left_out=tuple(
            LeftOut(site=sites[one.site], workspace_id=one.id, user_name=one.user, state=one.state, reason=one.reason)
            for one in left
        ),
    )


def _check_version(path: str, head: Record | None = None) -> None:
    if isinstance(head, PlanRecord) and head.version != VERSION:
        raise JournalError(
            f"the journal {path} is of version {head.version}; this wsclient reads version {VERSION}", path=path
        )


def _compare(path: str, kept: PlanIntent, asked: PlanIntent) -> None:
    """Refuse a journal of another plan, and say in what they differ."""
    differences = [
        f"{name} is {there!s} there and {here!s} here"
        for name, there, here in (
            ("the action", kept.action, asked.action),
            ("what it is told", kept.parameters or "nothing", asked.parameters or "nothing"),
            ("the selection", kept.selection, asked.selection),
            ("the sites", ", ".join(map(str, kept.sites)), ", ".join(map(str, asked.sites))),
        )
        if there != here
    ]
    if not differences and kept.digest != asked.digest:
        differences = ["the values of its parameters or requests differ"]
    if differences:
        raise JournalError(
            f"the journal {path} is of another plan: {'; '.join(differences)}. Use another file for this one", path=path
        )


def _check_plan(path: str, records: Sequence[Record], paper: PlanSnapshot) -> None:
    if lines_of(records) != lines_of(paper.records()):
        raise JournalError(f"the journal {path} holds another plan than this one; plan again", path=path)


def _replayed(path: str, steps: Sequence[Record], count: int) -> Ledger:
    ledger = Ledger(count)
    known = [step for step in steps if isinstance(step, StepRecord)]
    try:
        for step in known:
            ledger.take(step)
    except InconsistentRecordError:
        known = []
    if len(known) < len(steps):
        raise JournalError(f"the journal {path} contradicts itself: it was changed by hand", path=path)
    return ledger
