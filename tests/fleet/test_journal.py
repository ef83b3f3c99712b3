"""A plan's journal: content, ownership, damage, and records that are written before the call."""

from __future__ import annotations

import asyncio
import stat
from typing import TYPE_CHECKING, Any
from zlib import crc32

import pytest

from tests.support.plan_kills import InMemoryDisk
from tests.support.plan_stage import EVERYTHING, HERE, PlanStage, play
from tests.support.platforms import posix_only
from wsclient import types
from wsclient.errors import AccessDeniedException, ConfigurationError, JournalError
from wsclient.fleet import Outcome, where
from wsclient.fleet._journal.journal import Journal
from wsclient.fleet._journal.records import SendRecord, encode_record, encode_records, parse_records
from wsclient.fleet._journal.storage import FILE_STORAGE
from wsclient.testing import Drop, Inventory

if TYPE_CHECKING:
    from pathlib import Path

    from wsclient.fleet import Report


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give the path of a journal that is not there yet."""
    return tmp_path / "plan.jsonl"


async def stopped(stage: PlanStage, path: Any, **options: Any) -> Report:
    """Stop everything, with a journal."""
    return await (await stage.fleet.stop(where=EVERYTHING, journal=path)).run(**options)


def content_of(path: Path) -> bytes:
    """Return the content of a file."""
    return path.read_bytes()


def is_whole(path: Path) -> bool:
    """Return whether every line of a journal can be parsed."""
    return parse_records(content_of(path))[1] == path.stat().st_size


def remove(path: Path) -> None:
    """Delete a file."""
    path.unlink()


def written(path: Path, count: int = 60) -> None:
    """Have a journal of a plan that was run to its end."""

    async def main(stage: PlanStage) -> None:
        stage.add(count)
        assert (await stopped(stage, path)).ok

    play(main)


def refused(path: Path, words: str) -> None:
    """Check that the journal is rejected with these words, and that nothing was sent."""

    async def main(stage: PlanStage) -> None:
        with pytest.raises(JournalError, match=words) as caught:
            await stopped(stage, path)
        assert (caught.value.path, stage.aws.calls) == (str(path), ())

    play(main)


@posix_only("files have access control lists, not permissions")
def test_journal_file_is_private_and_parses(path: Path) -> None:
    """The journal has mode 0600, no other file is in its folder, and each line can be parsed."""
    written(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]
    records, whole = parse_records(path.read_bytes())
    assert whole == path.stat().st_size
    assert len(records) == 1 + 60 + 3 * 2


def test_finished_journal_restores_its_report_without_calls(path: Path) -> None:
    """A finished journal restores its own plan and report, item by item, without a call."""

    async def main(stage: PlanStage) -> None:
        ids = stage.add(60)
        stage.aws.fail("StopWorkspaces", with_=Drop.AFTER)
        first = await stopped(stage, path)
        stage.add(5)
        before = len(stage.aws.calls)
        plan = await stage.fleet.stop(where=EVERYTHING, journal=path)
        again = await plan.run()
        assert (again.items, again.calls, len(stage.aws.calls)) == (first.items, 0, before)
        assert sorted(item.key for item in plan.items) == sorted(ids)

    play(main)


def test_plan_run_twice_resumes_from_its_journal(path: Path) -> None:
    """Running the same Plan again resumes from its journal, unless the journal contains another plan by then."""

    async def main(stage: PlanStage) -> None:
        stage.add(30)
        plan = await stage.fleet.stop(where=EVERYTHING, journal=path)
        assert [(await plan.run()).calls for _ in range(2)] == [2, 0]
        remove(path)
        with pytest.raises(JournalError, match="was removed since its plan was loaded or run"):
            await plan.run()
        other = await stage.fleet.stop(where=EVERYTHING, journal=path)
        await other.run()
        with pytest.raises(JournalError, match="contains another plan than this one"):
            await plan.run()

    play(main)


def test_untried_items_are_run_by_the_next_run(path: Path) -> None:
    """Items that a refused caller could not have done are open for the next run, which has another."""

    async def main(stage: PlanStage) -> None:
        stage.add(60)
        plan = await stage.fleet.stop(where=EVERYTHING, journal=path)
        stage.aws.fail("StopWorkspaces", with_=AccessDeniedException, times=None)
        report = await plan.run()
        assert report.counts[Outcome.FAILED] + report.counts[Outcome.NOT_TRIED] == 60
        stage.aws.clear_faults()
        report = await stopped(stage, path)
        assert report.ok
        assert set(stage.sent("StopWorkspaces").values()) == {1}

    play(main)


@pytest.mark.parametrize("size", [1, 30, 200])
def test_incomplete_last_line_is_dropped(path: Path, size: int) -> None:
    """Whatever was being written when the program died is dropped, and looked up again where it was an end."""
    written(path)
    content = path.read_bytes()
    path.write_bytes(content[:-size])

    async def main(stage: PlanStage) -> None:
        items = (await stage.fleet.stop(where=EVERYTHING, journal=path)).items
        for directory_id in {item.directory_id for item in items}:
            stage.aws.seed(Inventory(directories=[types.WorkspaceDirectory(directory_id=directory_id)]))
        for item in items:
            stage.add(1)
            record = stage.store().workspaces.popitem()[1]
            record.workspace = types.Workspace(workspace_id=item.key, state=types.WorkspaceState.STOPPED)
            stage.store().workspaces[item.key] = record
        report = await stopped(stage, path)
        assert (report.ok, report.calls) == (True, 0)
        assert is_whole(path)

    play(main)


def test_journal_of_another_account_sends_nothing(path: Path) -> None:
    """If the account has none of the plan's directories, nothing is sent: the name may denote another account."""
    written(path)
    path.write_bytes(content_of(path)[:-200])

    async def main(stage: PlanStage) -> None:
        with pytest.raises(
            JournalError, match=r"started with another account: main/us-west-2 has none of its directories"
        ):
            await stopped(stage, path)
        assert stage.calls("StopWorkspaces") == []
        stage.aws.fail("DescribeWorkspaceDirectories", with_=AccessDeniedException, times=None)
        # An account that may not describe directories resumes: the check is inconclusive.
        assert not (await stopped(stage, path)).ok

    play(main)


@pytest.mark.parametrize("line", [1, 5, 62, 65])
def test_corrupt_line_is_rejected_with_its_number(path: Path, line: int) -> None:
    """A corrupt line other than the last is reported with its line number."""
    written(path)
    lines = path.read_bytes().splitlines(keepends=True)
    middle = len(lines[line - 1]) // 2
    lines[line - 1] = lines[line - 1][:middle] + b"#" + lines[line - 1][middle + 1 :]
    path.write_bytes(b"".join(lines))
    refused(path, f"is damaged in line {line},")


def test_invalid_journal_files_are_rejected(path: Path) -> None:
    """An empty file, another file, a newer format version and an incomplete plan raise different errors."""
    path.write_bytes(b"")
    refused(path, "is not a journal of a fleet")
    path.write_text('{"a": 1}\n')
    refused(path, "is not a journal of a fleet")
    path.unlink()
    written(path)
    records, _ = parse_records(path.read_bytes())
    head: Any = records[0]
    whole = encode_records(records[1:])
    path.write_bytes(encode_record(type(head)(**{**_members(head), "version": 3})) + whole)
    refused(path, "has format version 3; this version of wsclient reads 1 and 2")
    body = b'"is":"new"}'
    newer = b'{"crc":"%08x",%s\n' % (crc32(body), body)
    path.write_bytes(encode_record(type(head)(**{**_members(head), "version": 3})) + newer + whole)
    refused(path, "has format version 3; this version of wsclient reads 1 and 2")
    path.write_bytes(encode_records(records[:40]))
    refused(path, "does not contain the whole plan")
    path.write_bytes(encode_records([*records, records[-1]]))

    async def main(stage: PlanStage) -> None:
        with pytest.raises(JournalError, match=r"records of the journal .* contradict each other"):
            await stopped(stage, path)

    play(main)


def _members(record: Any) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__struct_fields__}


def test_a_journal_of_another_plan_is_refused(path: Path) -> None:
    """A journal with another action, selection, parameter, request or site is rejected with the difference."""

    async def main(stage: PlanStage) -> None:
        stage.add(1)
        await (await stage.fleet.tag(where=EVERYTHING, tags={"Team": "blue"}, journal=path)).run()
        before = len(stage.aws.calls)
        for planning, words in (
            (stage.fleet.stop(where=EVERYTHING, journal=path), "action in the journal: tag, in this plan: stop"),
            (
                stage.fleet.tag(where=where.untagged(), tags={"Team": "blue"}, journal=path),
                "selection in the journal: everything, in this plan: has no tag",
            ),
            (
                stage.fleet.tag(where=EVERYTHING, tags={"Cost": "7"}, journal=path),
                "parameters in the journal: Team, in this plan: Cost",
            ),
            (
                stage.fleet.tag(where=EVERYTHING, tags={"Team": "red"}, journal=path),
                "the values of its parameters or requests differ",
            ),
        ):
            with pytest.raises(JournalError, match=words):
                await planning
        assert len(stage.aws.calls) == before
        assert (await (await stage.fleet.tag(where=EVERYTHING, tags={"Team": "blue"}, journal=path)).run()).ok

    async def elsewhere(stage: PlanStage) -> None:
        with pytest.raises(
            JournalError, match=r"sites in the journal: main/us-west-2, main/us-east-1, in this plan: main/us-west-2"
        ):
            await stage.fleet.tag(where=EVERYTHING, tags={"Team": "blue"}, journal=path)

    play(main)
    play(elsewhere, sites=[HERE])


def test_journal_of_creations_needs_equal_requests(path: Path) -> None:
    """A journal of creations stores a digest of the requests: equal requests resume, different ones are rejected."""

    async def main(stage: PlanStage) -> None:
        def requested(bundle: str) -> list[types.WorkspaceRequest]:
            tags = [types.Tag(key="Secret", value="xyzzy")]
            where_ = stage.aws.directory_id
            return [
                types.WorkspaceRequest(directory_id=where_, user_name=user, bundle_id=bundle, tags=tags)
                for user in ("jane", "john")
            ]

        mine = {HERE: requested(stage.aws.bundle_id)}
        first = await (await stage.fleet.create(mine, journal=path)).run()
        assert first.ok
        again = await (await stage.fleet.create(mine, journal=path)).run()
        assert (again.items, len(stage.calls("CreateWorkspaces"))) == (first.items, 1)
        with pytest.raises(JournalError, match="values of its parameters or requests differ"):
            await stage.fleet.create({HERE: requested(stage.aws.add_bundle("other"))}, journal=path)
        assert b"xyzzy" not in content_of(path)

    play(main)


def test_journal_contains_no_secrets(path: Path) -> None:
    """Neither keys nor the values of tags are in the file."""

    async def main(stage: PlanStage) -> None:
        stage.add(1)
        await (await stage.fleet.tag(where=EVERYTHING, tags={"Owner": "xyzzy"}, journal=path)).run()
        content = content_of(path).decode()
        keys = stage.aws.credentials
        for secret in ("xyzzy", keys.access_key_id, keys.secret_access_key):
            assert secret not in content
        assert "Owner" in content

    play(main)


def test_journal_is_locked_during_a_run(path: Path) -> None:
    """While a plan is run another program can neither plan from its journal nor run it; afterwards it can."""

    async def main(stage: PlanStage) -> None:
        stage.add(30)
        plan = await stage.fleet.stop(where=EVERYTHING, journal=path)
        refusals: list[str] = []

        async def around(_: Any, execute: Any) -> Any:
            with pytest.raises(JournalError, match="held by another process") as caught:
                await FILE_STORAGE.open(str(path))
            refusals.append(str(caught.value))
            return execute()

        stage.way(around)
        assert (await plan.run()).ok
        assert refusals
        await (await FILE_STORAGE.open(str(path))).close()

    play(main)


def test_concurrent_creation_keeps_the_first_journal(path: Path) -> None:
    """If two processes create the same journal, the second gets an error and the first one's journal is kept."""

    async def main() -> None:
        first = await FILE_STORAGE.create(str(path), b"first\n")
        with pytest.raises(JournalError, match=r"another process created the journal .* in the meantime"):
            await FILE_STORAGE.create(str(path), b"second\n")
        await first.append(b"more\n", announced=0)
        await first.close()

    asyncio.run(main())
    assert path.read_bytes() == b"first\nmore\n"
    assert list(path.parent.iterdir()) == [path]


def test_temporary_files_of_killed_processes_are_removed(path: Path) -> None:
    """Creating a journal removes temporary files of killed processes; one that is written, and the user's, are kept."""

    async def main() -> None:
        held = await FILE_STORAGE.create(str(path.parent / f".{path.name}.held0000.tmp"), b"another one writes\n")
        (path.parent / f".{path.name}.left0000.tmp").write_bytes(b"half a pl")
        (path.parent / f".{path.name}.my notes.tmp").write_bytes(b"mine")
        await (await FILE_STORAGE.create(str(path), b"whole\n")).close()
        await held.close()

    asyncio.run(main())
    assert sorted(file.name for file in path.parent.iterdir()) == [
        f".{path.name}.held0000.tmp",
        f".{path.name}.my notes.tmp",
        path.name,
    ]


@posix_only("symbolic links need a privilege")
def test_invalid_journal_path_is_rejected_before_any_call(tmp_path: Path) -> None:
    """A missing folder, a symbolic link or a folder as the journal's path is rejected before any lookup."""
    (tmp_path / "link").symlink_to(tmp_path / "file")

    async def main(stage: PlanStage) -> None:
        for name, words in (
            (
                "none/plan.jsonl",
                rf"cannot create the journal .*: the folder {tmp_path}/none does not exist, or is not readable",
            ),
            ("link", "cannot use the journal .*: it is a symbolic link; pass the path of the file"),
            ("", "cannot use the journal .*: Is a directory"),
        ):
            with pytest.raises(JournalError, match=words):
                await stage.fleet.stop(where=EVERYTHING, journal=tmp_path / name)
        untyped: Any = stage.fleet
        for wrong in ("", b"plan.jsonl", 5):
            with pytest.raises(ConfigurationError, match="journal must be the path of a file or None, not"):
                untyped.stop(where=EVERYTHING, journal=wrong)
        assert stage.aws.calls == ()

    play(main)


def test_unwritten_record_stops_the_run_before_its_call() -> None:
    """If a record cannot be written because the disk is full, the run ends with JournalError before the next call."""
    disk = InMemoryDisk()

    async def main(stage: PlanStage) -> None:
        stage.add(100)
        plan = await stage.fleet.stop(where=EVERYTHING, journal="plan.jsonl")

        async def around(_: Any, execute: Any) -> Any:
            disk.refuses = True
            return execute()

        stage.way(around)
        with pytest.raises(JournalError, match="the disk is full"):
            await plan.run(per_site=1)
        assert len(stage.calls("StopWorkspaces")) == 1

    play(main, media=disk)


def test_waiting_records_are_written_in_one_write() -> None:
    """Records that arrive during a write are written together by the next write."""
    disk = InMemoryDisk(files={"plan.jsonl": b""})

    async def main(stage: PlanStage) -> None:
        journal = Journal(await disk.open("plan.jsonl"))
        steps = [SendRecord(at=stage.clock.now(), of=[number]) for number in range(50)]
        await asyncio.gather(*(journal.append(step) for step in steps))
        assert disk.writes == 2
        assert parse_records(disk.files["plan.jsonl"])[0] == steps

    play(main)


def test_journal_rejects_records_after_a_failed_write() -> None:
    """After a failed write a journal accepts no more records, since the file would have a gap."""
    disk = InMemoryDisk(files={"plan.jsonl": b""}, refuses=True)

    async def main(stage: PlanStage) -> None:
        journal = Journal(await disk.open("plan.jsonl"))
        step = SendRecord(at=stage.clock.now(), of=[0])
        for _ in range(2):
            with pytest.raises(JournalError, match="full"):
                await journal.append(step)
            disk.refuses = False
        assert disk.files["plan.jsonl"] == b""

    play(main)
