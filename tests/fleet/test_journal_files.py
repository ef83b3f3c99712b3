"""Journal files on bad disks: full, read-only, removed, replaced, written by others, or held by a forked process."""

from __future__ import annotations

import asyncio
import errno
import os
import stat
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.plan_stage import EVERYTHING, HERE, PlanStage, play
from tests.support.platforms import posix_only
from tests.support.programs import printed
from tests.support.scale import IS_FULL
from wsclient.errors import JournalError
from wsclient.fleet._journal import storage
from wsclient.fleet._journal.journal import Journal
from wsclient.fleet._journal.records import SendRecord, parse_records

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from wsclient.fleet import Report


class FailingCall:
    """Function of os that fails at its nth call on journals, and at each later one; a part of a write is done first."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, name: str, number: int, error: int) -> None:
        self.real: Callable[..., Any] = getattr(os, name)
        self.name, self.number, self.error, self.count = name, number, error, 0
        monkeypatch.setattr(os, name, self)

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Call the function, or fail."""
        if self.name == "write" and not stat.S_ISREG(os.fstat(arguments[0]).st_mode):
            return self.real(*arguments)
        self.count += 1
        if self.count < self.number:
            return self.real(*arguments, **options)
        if self.name == "write" and self.count == self.number:
            return self.real(arguments[0], arguments[1][: len(arguments[1]) // 2])
        raise OSError(self.error, os.strerror(self.error))


async def rebooted(stage: PlanStage, path: Any, **options: Any) -> Report:
    """Reboot everything, with a journal: no verification shows whether a reboot was made, so a second call would be."""
    return await (await stage.fleet.reboot(where=EVERYTHING, journal=path)).run(**options)


FAILURES = [
    ("write", errno.ENOSPC, "No space left on device; free some space"),
    ("write", errno.EFBIG, "File too large; raise the limit"),
    ("fsync", errno.EIO, "Input/output error"),
    ("open", errno.EMFILE, "Too many open files; raise the limit"),
    ("open", errno.EROFS, "Read-only file system"),
]


async def failed(stage: PlanStage, path: Path, failing: Callable[[pytest.MonkeyPatch], object]) -> JournalError | None:
    """Return the error of a run whose disk fails, None if it did not fail."""
    with pytest.MonkeyPatch.context() as patches:
        failing(patches)
        try:
            assert (await rebooted(stage, path)).ok
        except JournalError as error:
            return error
    return None


def recorded(path: Path) -> set[int]:
    """Return the items that a restart would find as sent."""
    records = parse_records(path.read_bytes())[0] if path.exists() else []
    return {number for record in records if isinstance(record, SendRecord) for number in record.of}


@posix_only("errors of its file systems")
@pytest.mark.parametrize(("name", "error", "words"), FAILURES if IS_FULL else FAILURES[::2])
def test_disk_failure_at_any_step_is_one_error_and_repeats_no_call(
    tmp_path: Path, name: str, error: int, words: str
) -> None:
    """Whichever step fails: one error with a remedy, each call is in the journal, and no item is rebooted twice."""

    async def main(stage: PlanStage, number: int) -> bool:
        path = tmp_path / str(number)
        stage.add(25)
        failure = await failed(stage, path, lambda patches: FailingCall(patches, name, number, error))
        if failure is None:
            return False
        assert words in str(failure)
        assert "Nothing was sent" in str(failure) or "start the same program again" in str(failure)
        assert failure.path == str(path)
        # No more either: a call that was announced and not made would stay ambiguous.
        assert len(stage.sent("RebootWorkspaces")) == len(recorded(path))
        report = await rebooted(stage, path)
        sent = stage.sent("RebootWorkspaces")
        assert set(sent.values()) <= {1}
        for item in report.items:
            assert item.outcome in {"done", "ambiguous"}
            assert item.outcome == "ambiguous" or sent[item.key] == 1
        return True

    number = 1
    while play(partial(main, number=number), sites=[HERE]):
        number += 1
    assert number > 3


@posix_only("Windows refuses to remove and replace open files")
@pytest.mark.parametrize("is_replaced", [False, True])
def test_removed_or_replaced_journal_stops_the_run(tmp_path: Path, *, is_replaced: bool) -> None:
    """A restart would not find what is written to a file without a path: the run ends before its next call."""
    path = tmp_path / "plan.jsonl"

    async def main(stage: PlanStage) -> None:
        stage.add(100)

        async def around(_: Any, execute: Any) -> Any:
            if is_replaced:
                (tmp_path / "copy").write_bytes(path.read_bytes())
                (tmp_path / "copy").replace(path)
            else:
                path.unlink(missing_ok=True)
            return execute()

        plan = await stage.fleet.reboot(where=EVERYTHING, journal=path)
        stage.way(around)
        with pytest.raises(JournalError, match="was removed or replaced while its plan was running"):
            await plan.run(per_site=1)
        assert len(stage.calls("RebootWorkspaces")) == 1

    play(main, sites=[HERE])


def test_plan_without_its_journal_file_makes_no_call(tmp_path: Path) -> None:
    """A plan whose journal was removed after it was loaded or run has its items as open: it makes no call again."""
    path = tmp_path / "plan.jsonl"

    async def main(stage: PlanStage) -> None:
        stage.add(3)
        first = await stage.fleet.reboot(where=EVERYTHING, journal=path)
        await first.run()
        loaded = await stage.fleet.reboot(where=EVERYTHING, journal=path)
        path.unlink()
        for plan in (first, loaded):
            with pytest.raises(JournalError, match="was removed since its plan was loaded or run"):
                await plan.run()
        assert set(stage.sent("RebootWorkspaces").values()) == {1}

    play(main, sites=[HERE])


def test_journal_path_is_relative_to_the_planning_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative path is that of the folder in which the plan was made."""
    for name in ("first", "second"):
        (tmp_path / name).mkdir()

    async def main(stage: PlanStage) -> None:
        stage.add(3)
        monkeypatch.chdir(tmp_path / "first")
        await rebooted(stage, "plan.jsonl")
        plan = await stage.fleet.reboot(where=EVERYTHING, journal="plan.jsonl")
        monkeypatch.chdir(tmp_path / "second")
        assert (await plan.run()).calls == 0
        assert plan.journal == str(tmp_path / "first" / "plan.jsonl")

    play(main, sites=[HERE])


def test_ineffective_locks_stop_the_second_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a file system whose locks have no effect, the second run stops at its next record, before a call."""
    monkeypatch.setattr(storage, "lock", lambda *_: None)
    path = tmp_path / "plan.jsonl"

    async def main(stage: PlanStage) -> None:
        stage.add(100)
        plan = await stage.fleet.reboot(where=EVERYTHING, journal=path)
        rest: list[Report] = []

        async def around(_: Any, execute: Any) -> Any:
            response = execute()
            if not rest:
                stage.way(straight)
                rest.append(await rebooted(stage, path, per_site=1))
            return response

        async def straight(_: Any, execute: Any) -> Any:
            return execute()

        stage.way(around)
        with pytest.raises(JournalError, match="another program changed the journal"):
            await plan.run(per_site=1)
        assert set(stage.sent("RebootWorkspaces").values()) == {1}
        assert rest[0].counts["done"] + rest[0].counts["ambiguous"] == 100

    play(main, sites=[HERE])


@posix_only("locks of POSIX")
@pytest.mark.parametrize("error", [errno.ENOLCK, errno.EOPNOTSUPP])
def test_file_system_without_locks_sends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: int) -> None:
    """Where the system cannot lock the journal, nothing is sent, and the message says what to do."""

    def flock(*_: object) -> None:
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr("fcntl.flock", flock)

    async def main(stage: PlanStage) -> None:
        stage.add(1)
        with pytest.raises(JournalError, match=r"has no locks; use a folder on a local disk\. Nothing was sent"):
            await rebooted(stage, tmp_path / "plan.jsonl")
        assert stage.calls("RebootWorkspaces") == []

    play(main, sites=[HERE])
    assert list(tmp_path.iterdir()) == []


@posix_only("Windows has no call for it")
def test_folder_without_fsync_is_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Network file systems that refuse to sync a folder hold journals, too."""
    real = os.fsync

    def fsync(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "Invalid argument")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)

    async def main(stage: PlanStage) -> None:
        stage.add(1)
        assert (await rebooted(stage, tmp_path / "plan.jsonl")).ok

    play(main, sites=[HERE])


def test_close_error_does_not_replace_the_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error at the close of a file whose records are all on disk does not replace the report."""
    real = os.close

    def close(descriptor: int) -> None:
        is_journal = stat.S_ISREG(os.fstat(descriptor).st_mode)
        real(descriptor)
        if is_journal:
            raise OSError(errno.EIO, "Input/output error")

    async def main(stage: PlanStage) -> None:
        stage.add(1)
        plan = await stage.fleet.reboot(where=EVERYTHING, journal=tmp_path / "plan.jsonl")

        async def around(_: Any, execute: Any) -> Any:
            monkeypatch.setattr(os, "close", close)
            return execute()

        stage.way(around)
        try:
            assert (await plan.run()).ok
        finally:
            monkeypatch.undo()

    play(main, sites=[HERE])


FORKING = """
import asyncio, os, sys, warnings
from wsclient.fleet._journal.storage import FILE_STORAGE
warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 warns of a fork beside threads
async def main():
    file = await FILE_STORAGE.create(sys.argv[1], b"first\\n")
    (ready, is_ready), (end, begin) = os.pipe(), os.pipe()
    child = os.fork()
    if not child:
        os.close(begin)
        os.write(is_ready, b"1")
        os.read(end, 1)  # lives until the parent has ended
        os._exit(0)
    os.read(ready, 1)
    if sys.argv[2] == "close":
        await file.close()
    else:
        await file.append(b"second\\n", announced=0)
        os.close(file._descriptor)  # as at the end of the process
    await (await FILE_STORAGE.open(sys.argv[1])).close()
    print("open")
    os.close(begin)
    os.waitpid(child, 0)
asyncio.run(main())
"""


@posix_only("os.fork")
@pytest.mark.parametrize("way", ["close", "die"])
def test_forked_child_does_not_hold_the_journal_lock(tmp_path: Path, way: str) -> None:
    """A child that was forked during a run, such as a worker of multiprocessing, outlives it without its lock."""
    assert printed(FORKING, str(tmp_path / "plan.jsonl"), way) == {"open"}


NAMES = """
import asyncio, os, sys
from wsclient.errors import JournalError
from wsclient.fleet._journal.storage import FILE_STORAGE
name = "j\\u00e4.jsonl" if sys.argv[1] == "text" else os.fsdecode(b"j\\xe4.jsonl")
async def main():
    try:
        assert not await FILE_STORAGE.exists(name)
        await (await FILE_STORAGE.create(name, b"first\\n")).close()
        print("held")
    except JournalError as error:
        print("refused" if "PYTHONUTF8=1" in str(error) else error)
asyncio.run(main())
"""


@posix_only("file names are bytes")
@pytest.mark.parametrize(("name", "word"), [("text", "refused"), ("bytes", "held")])
def test_journal_name_that_the_locale_cannot_encode_is_rejected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, word: str
) -> None:
    """In the C locale without UTF-8 a name that it cannot encode is an error before any look-up; bytes are kept."""
    monkeypatch.chdir(tmp_path)
    if sys.platform == "darwin":
        pytest.skip("its file names are UTF-8 in every locale")
    words = printed(NAMES, name, LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert words == {word}


class SlowFile:
    """Journal file whose writes take a while and fail."""

    content = b""

    def __init__(self) -> None:
        self.data = b""

    async def append(self, data: bytes, *, announced: int) -> None:
        """Write a part, and fail."""
        del announced
        await asyncio.sleep(1)
        self.data += data[:9]
        raise ValueError("broken")

    async def truncate(self, size: int) -> None:
        """Do nothing."""

    async def close(self) -> None:
        """Do nothing."""


def test_no_record_follows_a_failed_write_despite_cancellations() -> None:
    """No record follows an incomplete one, whatever the error and however often the first writer was cancelled."""

    async def main(stage: PlanStage) -> None:
        file = SlowFile()
        journal = Journal(file)
        record = SendRecord(at=stage.clock.now(), of=[0])
        first = asyncio.ensure_future(journal.append(record))
        second = asyncio.ensure_future(journal.append(record))
        for _ in range(2):
            await asyncio.sleep(0.1)
            first.cancel()
        results = await asyncio.gather(first, second, return_exceptions=True)
        assert [type(result) for result in results] == [asyncio.CancelledError, ValueError]
        assert len(file.data) == 9

    play(main)


@posix_only("Windows keeps the current folder")
def test_relative_path_in_a_removed_folder_is_rejected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program whose current folder is gone gets an error that asks for an absolute path."""
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()

    async def main(stage: PlanStage) -> None:
        with pytest.raises(JournalError, match="the current folder was removed; pass an absolute path"):
            stage.fleet.stop(where=EVERYTHING, journal="plan.jsonl")

    play(main, sites=[HERE])
