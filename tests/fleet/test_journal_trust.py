"""Journals that others could have written: file permissions and items are verified before any call."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from msgspec.structs import replace

from tests.support.plan_stage import HERE, PlanStage, play
from tests.support.platforms import posix_only
from wsclient.errors import JournalError
from wsclient.fleet import Outcome, Report, where

Lines = list[dict[str, Any]]


def _forge(path: Path, change: Callable[[Lines], None]) -> None:
    lines: Lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    change(lines)
    path.write_bytes(b"".join(map(_line, lines)))


def _line(members: dict[str, Any]) -> bytes:
    """Return a line with the checksum that a forger would write."""
    body = json.dumps({name: value for name, value in members.items() if name != "crc"}, separators=(",", ":"))[1:]
    return b'{"crc":"%08x",%s\n' % (crc32(body.encode()), body.encode())


async def _written(stage: PlanStage, path: Path, named: str) -> None:
    """Write the journal of a plan whose run ended before its first call."""
    plan = await stage.fleet.terminate(ids=[named], journal=str(path))
    await plan.run(expected_count=1, deadline=timedelta())
    assert path.exists()  # noqa: ASYNC240 - a test's own file
    assert not stage.sent("TerminateWorkspaces")


@posix_only("files have access control lists, not permissions")
@pytest.mark.parametrize("permissions", [0o620, 0o602, 0o666])
def test_a_journal_that_others_can_write_is_refused(tmp_path: Path, permissions: int) -> None:
    """A journal that other users can write is rejected without a call, and the message names the chmod command."""
    path = tmp_path / "journal"

    async def scene(stage: PlanStage) -> None:
        named, _ = stage.add(2)
        await _written(stage, path, named)
        path.chmod(permissions)
        with pytest.raises(JournalError, match="chmod go-w") as caught:
            await stage.fleet.terminate(ids=[named], journal=str(path))
        assert caught.value.path == str(path)
        assert not stage.sent("TerminateWorkspaces")

    play(scene, sites=[HERE])


def _another(other: str, lines: Lines) -> None:
    (item,) = [line for line in lines if "key" in line]
    item["key"] = other


def _one_more(other: str, lines: Lines) -> None:
    (place,) = [number for number, line in enumerate(lines) if "key" in line]
    lines.insert(place + 1, {**lines[place], "key": other})
    lines[0]["items"] += 1


def _twice(_: str, lines: Lines) -> None:
    (place,) = [number for number, line in enumerate(lines) if "key" in line]
    lines.insert(place + 1, dict(lines[place]))
    lines[0]["items"] += 1


@pytest.mark.parametrize("forgery", [_another, _one_more, _twice])
def test_forged_journal_items_are_rejected(tmp_path: Path, forgery: Callable[[str, Lines], None]) -> None:
    """A forged item raises JournalError before anything is sent, for any expected_count."""
    path = tmp_path / "journal"

    async def scene(stage: PlanStage) -> None:
        named, other = stage.add(2)
        await _written(stage, path, named)
        _forge(path, lambda lines: forgery(other, lines))
        with pytest.raises(JournalError):  # noqa: PT012 - one of the two refuses
            plan = await stage.fleet.terminate(ids=[named], journal=str(path))
            await plan.run(expected_count=len(plan))
        assert not stage.sent("TerminateWorkspaces")

    play(scene, sites=[HERE])


@pytest.mark.parametrize("operation", ["terminate", "rebuild", "restore"])
def test_forged_item_outside_the_predicate_is_not_tried(tmp_path: Path, operation: str) -> None:
    """With where= and no ids=, a forged item whose WorkSpace does not match the predicate is not tried."""
    path = tmp_path / "journal"

    async def scene(stage: PlanStage) -> Report:
        named, other = stage.add(2)
        users = {each: stage.store().workspaces[each].workspace.user_name for each in (named, other)}
        mine = where.user(users[named])
        plan = await getattr(stage.fleet, operation)(where=mine, journal=str(path))
        await plan.run(expected_count=1, deadline=timedelta())

        def forge(lines: Lines) -> None:
            (item,) = [line for line in lines if "key" in line]
            item |= {"key": other, "user": users[other]}

        _forge(path, forge)
        again = await getattr(stage.fleet, operation)(where=mine, journal=str(path))
        report: Report = await again.run(expected_count=1)
        assert stage.states() == {"AVAILABLE": 2}
        return report

    (item,) = play(scene, sites=[HERE]).items
    assert item.outcome is Outcome.NOT_TRIED
    assert "does not match the plan's condition any more" in str(item.message)


@pytest.mark.parametrize(
    "last",
    [
        {"is": "send", "at": "2026-03-01T12:00:00Z", "of": 0},
        {"is": "end", "at": "2026-03-01T12:00:00Z", "done": [["0"]]},
        {"is": "send", "at": "2026-03-01T12:00:00", "of": [0]},
        {"is": "begin", "at": "2026-03-01T12:00:00"},
        {"is": "something else"},
    ],
    ids=str,
)
def test_invalid_record_is_not_taken_for_an_interrupted_write(tmp_path: Path, last: dict[str, Any]) -> None:
    """A line with a valid checksum but an invalid record or time is an error, not an interrupted write."""
    path = tmp_path / "journal"

    async def scene(stage: PlanStage) -> None:
        (named,) = stage.add(1)
        await _written(stage, path, named)
        _forge(path, lambda lines: lines.append(last))
        with pytest.raises(JournalError, match="is damaged in line 3"):  # noqa: PT012 - one of the two refuses
            plan = await stage.fleet.terminate(ids=[named], journal=str(path))
            await plan.run(expected_count=1)
        assert not stage.sent("TerminateWorkspaces")

    play(scene, sites=[HERE])


@pytest.mark.parametrize("change", ["state", "user", "directory"])
def test_resumed_termination_rechecks_workspaces(tmp_path: Path, change: str) -> None:
    """Before a resumed termination, changed WorkSpaces are skipped with a reason, and the others are terminated."""
    path = tmp_path / "journal"

    async def scene(stage: PlanStage) -> Report:
        ids = stage.add(3)
        plan = await stage.fleet.terminate(ids=ids, journal=str(path))
        await plan.run(expected_count=3, deadline=timedelta())
        record = stage.store().workspaces[ids[1]]
        if change == "state":
            stage.put(ids[1], "SUSPENDED")
        elif change == "user":
            record.workspace = replace(record.workspace, user_name="somebody else")
        else:
            record.workspace = replace(record.workspace, directory_id="d-0000000000")
        again = await stage.fleet.terminate(ids=ids, journal=str(path))
        report = await again.run(expected_count=3)
        assert set(stage.sent("TerminateWorkspaces")) == {ids[0], ids[2]}
        return report

    report = play(scene, sites=[HERE])
    (skipped,) = [item for item in report.items if item.outcome is not Outcome.DONE]
    assert skipped.outcome is Outcome.NOT_TRIED
    assert "SUSPENDED" in str(skipped.message) or "another user" in str(skipped.message)
