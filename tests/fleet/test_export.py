"""Inventories in files and data frames: every row, typed and safe to open, and no partial file under the final name."""

import asyncio
import csv
import errno
import io
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import polars as pl
import pytest
from hypothesis import given
from msgspec.structs import replace

from tests.support.clean_run import run_clean, until
from tests.support.fleet_rows import FULL_ROWS
from tests.support.fleet_stage import ACCOUNTS, REGIONS, SITES, FleetStage, fleet_stage
from tests.support.platforms import posix_only
from tests.support.virtual_time import NOON
from wsclient import fleet as fleets
from wsclient import tables, types
from wsclient._core.dates import iso_date
from wsclient._core.files import AtomicFile, run_in_thread
from wsclient._core.tables.text import FORMULA_PREFIXES
from wsclient.errors import AccessDeniedException
from wsclient.fleet import InventoryRow, Join, SiteError, where
from wsclient.fleet._inventory.export import csv_lines, json_lines
from wsclient.fleet._rows import COLUMNS, SOURCES

NAMES = [name for name, _, _ in SOURCES]
ROW = InventoryRow(
    site=SITES[0],
    workspace=types.Workspace(
        workspace_id="ws-123456789",
        user_name="mary",
        state=types.WorkspaceState("HIBERNATED"),
        root_volume_encryption_enabled=False,
        workspace_properties=types.WorkspaceProperties(
            running_mode=types.RunningMode.AUTO_STOP, protocols=[types.Protocol.WSP], root_volume_size_gib=80
        ),
    ),
    seen_at=NOON.astimezone(timezone(timedelta(hours=2))),
    connection=types.WorkspaceConnectionStatus(last_known_user_connection_timestamp=NOON),
    tags={"team": "red", "a=b": "c"},
    joined=frozenset(Join),
)


@pytest.fixture
def stage() -> FleetStage:
    """Return a fleet of thirty WorkSpaces a site."""
    return fleet_stage()


def test_row_to_dict_has_the_documented_columns() -> None:
    """to_dict() has the columns its docstring names, in that order, whatever was looked up, in types of JSON."""
    documented = re.findall(r"\w+", (InventoryRow.to_dict.__doc__ or "").split("\n\n")[1])
    assert documented == NAMES == list(ROW.to_dict()) == list(replace(ROW, workspace=types.Workspace()).to_dict())
    found = {name: value for name, value in ROW.to_dict().items() if value is not None}
    assert found == {
        "account": "lab",
        "region": "us-west-2",
        "workspace_id": "ws-123456789",
        "user_name": "mary",
        "state": "HIBERNATED",
        "running_mode": "AUTO_STOP",
        "protocols": ["WSP"],
        "root_volume_gib": 80,
        "root_volume_encrypted": False,
        "last_connected_at": "2026-03-01T12:00:00Z",
        "tags": {"team": "red", "a=b": "c"},
        "seen_at": "2026-03-01T12:00:00Z",
    }
    assert json.loads(json.dumps(found)) == found


def test_data_frames_have_the_columns_of_rows() -> None:
    """With typed cells, and tags as texts."""
    (cells,) = tables.to_rows([ROW])
    assert list(cells) == NAMES == [column.name for column in COLUMNS]
    assert cells["tags"] == ("team=red", "a=b=c")
    assert cells["protocols"] == ("WSP",)
    assert cells["seen_at"] == NOON
    assert cells["directory_name"] is None
    html = ROW._repr_html_()
    assert "ws-123456789" in html
    assert "directory_name" not in html


@given(row=FULL_ROWS)
def test_row_values_are_equal_in_every_format(row: InventoryRow) -> None:
    """to_dict(), JSON lines and CSV have the same values as the table columns, in JSON types."""
    expected: dict[str, object] = {column.name: _json_value(column.read(row)) for column in COLUMNS}
    expected["tags"] = row.tags
    flat = row.to_dict()
    assert list(flat.items()) == list(expected.items())
    assert {type(value) for value in flat.values()} <= {str, int, bool, list, dict, type(None)}
    assert json.loads(json_lines([row, row]).splitlines()[1]) == flat
    (cells,) = csv.reader(io.StringIO(csv_lines([row], guards_formulas=False).decode(), newline=""))
    texts = {name: "" if value is None else value for name, value in flat.items()}
    assert cells == [text if isinstance(text, str) else msgspec.json.encode(text).decode() for text in texts.values()]


def test_write_jsonl_writes_a_line_per_row(stage: FleetStage, tmp_path: Path) -> None:
    """write_jsonl() writes one row per line in UTF-8, and returns the number of rows."""
    path, rows = tmp_path / "all.jsonl", list[InventoryRow]()

    async def main() -> None:
        written = await stage.fleet.inventory().write_jsonl(path)
        rows.extend(await stage.fleet.inventory().collect())
        assert (written.path, written.rows, written.unknown, written.is_whole) == (path, 120, 0, True)

    run_clean(main)
    lines = [json.loads(line) for line in path.read_bytes().splitlines()]
    assert sorted(lines, key=_id) == sorted((row.to_dict() for row in rows), key=_id)
    assert list(tmp_path.iterdir()) == [path]


def test_csv_round_trip(stage: FleetStage, tmp_path: Path) -> None:
    """Columns in order, absent cells empty, tags and lists in JSON."""
    path, rows = tmp_path / "all.csv", list[InventoryRow]()

    async def main() -> None:
        inventory = stage.fleet.inventory(where=where.account("lab"))
        await inventory.write_csv(str(path))
        rows.extend(await inventory.collect())

    run_clean(main)
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        lines = sorted(reader, key=_id)
        assert reader.fieldnames == NAMES
    for line, row in zip(lines, sorted((row.to_dict() for row in rows), key=_id), strict=True):
        assert json.loads(line.pop("tags")) == row.pop("tags")
        assert not line.pop("protocols")
        del row["protocols"]
        assert {name: text or None for name, text in line.items()} == {
            name: str(value).lower() if isinstance(value, bool | int) else value for name, value in row.items()
        }


@pytest.mark.parametrize("start", [*FORMULA_PREFIXES])
def test_csv_file_formulas_are_escaped(start: str) -> None:
    """A CSV cell that a spreadsheet would execute gets a leading apostrophe, unless guards are disabled."""
    name = f'{start}HYPERLINK("https://example.com";"x")'
    row = replace(ROW, workspace=replace(ROW.workspace, user_name=name))
    for guards, message in ((True, f"'{name}"), (False, name)):
        (cells,) = csv.reader(io.StringIO(csv_lines([row], guards_formulas=guards).decode(), newline=""))
        assert cells[NAMES.index("user_name")] == message
        assert cells[NAMES.index("root_volume_gib")] == "80"


def test_export_writes_a_part_file_until_complete(stage: FleetStage, tmp_path: Path) -> None:
    """While a file is written, only a .part file has the new rows; an existing file stays until the end."""
    path, seen = tmp_path / "all.jsonl", set[tuple[str, ...]]()

    def look(_: InventoryRow) -> bool:
        seen.add(tuple(sorted(re.sub("[0-9a-f-]{36}", "…", file.name) for file in tmp_path.iterdir())))
        return True

    async def main() -> None:
        inventory = stage.fleet.inventory(where=where.row(look, description="is looked at"), join=())
        await inventory.write_jsonl(path)

    run_clean(main)
    path.write_text("old")
    run_clean(main)
    assert seen == {(".all.jsonl.….part",), (".all.jsonl.….part", "all.jsonl")}
    assert len(path.read_text().splitlines()) == 120


KILLED = """
import asyncio, os, signal, sys
from tests.support.fleet_stage import fleet_stage
from wsclient.fleet import where
rows = 0
def die(row):
    global rows
    rows += 1
    if rows == 700:
        os.kill(os.getpid(), signal.SIGKILL)
    return True
inventory = fleet_stage(300).fleet.inventory(where=where.row(die, description="kills"), join=())
asyncio.run(inventory.write_jsonl(sys.argv[1]))
"""


@posix_only("there is no SIGKILL")
def test_killed_export_leaves_only_a_part_file(tmp_path: Path) -> None:
    """If the process is killed while writing, the old file is unchanged, and only a .part file is left."""
    path = tmp_path / "all.jsonl"
    path.write_text("old")
    root = Path(__file__).parents[2]
    run = subprocess.run([sys.executable, "-c", KILLED, str(path)], cwd=root, check=False)
    assert run.returncode == -signal.SIGKILL
    assert path.read_text() == "old"
    assert [file.suffix for file in tmp_path.iterdir() if file != path] == [".part"]


@pytest.mark.parametrize("old", [None, "old"])
def test_failed_export_keeps_the_existing_file(stage: FleetStage, tmp_path: Path, old: str | None) -> None:
    """A site's error, an error of the question and a cancellation leave neither a part nor another content."""
    path = tmp_path / "all.csv"
    if old:
        path.write_text(old)

    async def main() -> None:
        stage.aws.fail("DescribeTags", with_=AccessDeniedException("no"))
        with pytest.raises(SiteError):
            await stage.fleet.inventory().write_csv(path)
        with pytest.raises(ZeroDivisionError):
            await stage.fleet.inventory(where=where.row(lambda _: 1 / 0 > 1, description="is wrong")).write_csv(path)
        stage.forget()
        writing = asyncio.create_task(stage.fleet.inventory().write_csv(path))
        await until(lambda: len(stage.calls) > 5, "calls are under way")
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing

    run_clean(main)
    assert [file.read_text() for file in tmp_path.iterdir()] == ([old] if old else [])


def test_unwritable_export_path_is_rejected_before_any_call(stage: FleetStage, tmp_path: Path) -> None:
    """Hours of calls are not made for a folder that is not there."""

    async def main() -> None:
        with pytest.raises(FileNotFoundError):
            await stage.fleet.inventory().write_jsonl(tmp_path / "not" / "there.jsonl")
        (tmp_path / "taken").mkdir()
        with pytest.raises(IsADirectoryError):
            await stage.fleet.inventory(join=()).write_jsonl(tmp_path / "taken")
        assert stage.calls == ()

    run_clean(main)
    assert [file.name for file in tmp_path.iterdir()] == ["taken"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes in folders")
def test_export_replaces_no_pipe_or_device(stage: FleetStage, tmp_path: Path) -> None:
    """A pipe or device at the path is not replaced, and nothing is read."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    async def main() -> None:
        with pytest.raises(FileExistsError, match="Is not a regular file"):
            await stage.fleet.inventory().write_csv(pipe)
        assert stage.calls == ()

    run_clean(main)
    assert list(tmp_path.iterdir()) == [pipe]
    assert pipe.is_fifo()


def test_incomplete_export_names_the_failed_site(stage: FleetStage, tmp_path: Path) -> None:
    """With on_site_error, the result of an export names the failed site and is not whole."""

    async def main() -> None:
        stage.aws.fail("DescribeWorkspaces", with_=AccessDeniedException("no"))
        inventory = stage.fleet.inventory(on_site_error=lambda _: None, where=where.connected())
        written = await inventory.write_jsonl(tmp_path / "some.jsonl")
        assert not written.is_whole
        assert len(written.failed) == 1
        assert written.unknown == 21

    run_clean(main)


def test_export_path_is_relative_to_the_starting_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative path is that of the folder in which the export was started."""
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "first")

    async def main() -> None:
        async with AtomicFile("rows.csv") as file:
            monkeypatch.chdir(tmp_path / "second")
            await file.write(lambda: b"new")

    asyncio.run(main())
    assert (tmp_path / "first" / "rows.csv").read_bytes() == b"new"
    assert list((tmp_path / "second").iterdir()) == []


def test_read_error_is_raised_instead_of_a_cleanup_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the unfinished file cannot be removed, as on a disk that became read-only, the first error is raised."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    async def main() -> None:
        async with AtomicFile(tmp_path / "rows.csv"):
            monkeypatch.setattr(os, "unlink", refuse)
            raise LookupError

    with pytest.raises(LookupError):
        asyncio.run(main())
    monkeypatch.undo()


@posix_only("errors of its file systems")
@pytest.mark.parametrize("name", ["open", "write", "fsync", "replace"])
def test_export_errors_name_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Whichever step fails, the error names the file that the caller passed, which keeps its content."""
    path = tmp_path / "rows.csv"
    path.write_bytes(b"old")
    full = OSError(errno.ENOSPC, "No space left on device")

    def fail(*_: object, **__: object) -> None:
        raise full

    async def main() -> None:
        async with AtomicFile(path) as file:
            await file.write(lambda: b"new")
            if name == "write":
                file._file = cast("Any", SimpleNamespace(write=fail, close=file._file.close))
                await file.write(lambda: b"more")

    if name != "write":
        monkeypatch.setattr(os, name, fail)
    with pytest.raises(OSError, match=r"No space left on device: '.*rows\.csv'$"):
        asyncio.run(main())
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@posix_only("files have access control lists, not permissions")
@pytest.mark.parametrize("permissions", [0o600, 0o640, 0o664])
def test_export_keeps_the_permissions_of_a_replaced_file(tmp_path: Path, permissions: int) -> None:
    """A file that its owner has restricted does not become readable by others when it is written again."""
    path = tmp_path / "rows.csv"
    path.write_bytes(b"old")
    path.chmod(permissions)

    async def main() -> None:
        async with AtomicFile(path) as file:
            await file.write(lambda: b"new")

    asyncio.run(main())
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == permissions


def test_cancellation_is_raised_instead_of_a_file_error(tmp_path: Path) -> None:
    """Cancellation while a part file cannot be opened raises CancelledError, not the file's error."""

    async def main() -> None:
        opening = asyncio.ensure_future(AtomicFile(tmp_path / "none" / "rows.csv").__aenter__())
        await asyncio.sleep(0)
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening

    asyncio.run(main())


def test_cancellation_waits_for_the_writing_thread() -> None:
    """A file is never closed under the thread that writes it, however often its writer is cancelled."""

    async def main() -> None:
        loop, began, may_end, ended = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event(), list[bool]()

        async def wait() -> None:
            await may_end.wait()

        def work() -> None:
            loop.call_soon_threadsafe(began.set)
            asyncio.run_coroutine_threadsafe(wait(), loop).result()
            ended.append(True)

        working = asyncio.create_task(run_in_thread(work))
        await began.wait()
        for _ in range(2):
            working.cancel()
            await asyncio.sleep(0)
        assert not working.done()
        may_end.set()
        with pytest.raises(asyncio.CancelledError):
            await working
        assert ended == [True]

    run_clean(main)


def test_pandas_columns_are_typed(stage: FleetStage) -> None:
    """A data frame has typed times and numbers and missing values, also without rows."""

    async def main() -> None:
        frame = await stage.fleet.inventory().to_pandas()
        nothing = await stage.fleet.inventory(where=~where.everything()).to_pandas()
        assert list(frame.columns) == NAMES
        assert (len(frame), len(nothing)) == (120, 0)
        assert dict(frame.dtypes.astype(str)) == dict(nothing.dtypes.astype(str))
        assert str(frame["seen_at"].dtype) == "datetime64[us, UTC]"
        assert str(frame["root_volume_gib"].dtype) == "Int64"
        assert frame.groupby("region").size().to_dict() == dict.fromkeys(REGIONS, 60)
        assert (frame["last_connected_at"].isna().sum(), frame["connection_state"].isna().sum()) == (60, 28)

    run_clean(main)


def test_polars_columns_are_typed(stage: FleetStage) -> None:
    """The same in polars, where tags are lists of texts."""

    async def main() -> None:
        frame = await stage.fleet.inventory().to_polars()
        nothing = await stage.fleet.inventory(where=~where.everything()).to_polars()
        assert frame.columns == NAMES
        assert frame.schema == nothing.schema
        assert frame.schema["seen_at"] == pl.Datetime("us", "UTC")
        assert frame.schema["tags"] == pl.List(pl.String)
        assert frame.filter(pl.col("tags").list.contains("team=red")).height == 40

    run_clean(main)


@pytest.mark.parametrize("package", ["pandas", "polars"])
def test_missing_extra_raises_before_any_call(package: str) -> None:
    """A missing package raises ConfigurationError with the extra to install before any call."""
    program = (
        f"import asyncio, sys; sys.modules[{package!r}] = None\n"
        "import wsclient.fleet as f, wsclient.errors as e\n"
        "from wsclient import Credentials\n"
        "from wsclient.testing import EmulatorTransport\n"
        "keys = {'lab': Credentials('AKIAIOSFODNN7EXAMPLE', 'secret')}\n"
        "inventory = f.inventory(regions=['eu-west-1'], accounts=keys, transport=EmulatorTransport(None))\n"
        f"try: asyncio.run(inventory.to_{package}())\n"
        "except e.ConfigurationError as error: print(error)"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (run.stdout, run.stderr) == (
        f"the package {package} is missing; install it with: pip install 'wsclient[{package}]'\n",
        "",
    )


def test_inventory_function_needs_no_fleet_object(stage: FleetStage) -> None:
    """fleet.inventory() accepts regions and accounts directly."""
    accounts = {name: stage.aws.add_user("other", account_id=account) for name, account in ACCOUNTS.items()}

    async def main() -> None:
        inventory = fleets.inventory(
            regions=REGIONS, accounts=accounts, where=where.user("john"), transport=stage.aws.transport(), pace=None
        )
        assert inventory.sites == tuple(SITES)
        assert {row.user_name for row in await inventory.collect()} == {"john"}
        assert inventory.is_whole

    run_clean(main)


def _json_value(cell: object) -> object:
    if isinstance(cell, tuple):
        return list(cast("tuple[str, ...]", cell))
    return iso_date(cell) if isinstance(cell, datetime) else cell


def _id(line: Mapping[str, object]) -> str:
    return str(line["workspace_id"])
