"""The tests on every platform: what Windows or macOS lacks is marked where it is needed, with the reason."""

from __future__ import annotations

import ast
import asyncio
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.platforms import linux_only, refuse_open_files
from wsclient._core.files import AtomicFile
from wsclient.config._client_config import home_directory
from wsclient.credentials._internal.cli_cache import write_private_file
from wsclient.errors import JournalError
from wsclient.fleet._journal import storage
from wsclient.fleet._journal.storage import FILE_STORAGE
from wsclient.testing._files import write_document

if TYPE_CHECKING:
    from collections.abc import Iterator

TESTS = Path(__file__).parents[1]
MODULES = frozenset({"fcntl", "grp", "pty", "pwd", "resource", "termios", "tty", "uvloop"})
"""Modules that Windows lacks."""
POSIX = re.compile(
    r"\bos\.(fork|killpg|mkfifo|getsid|setsid|geteuid|getuid|chown|sched_\w+)\b|\bsignal\.(SIGKILL|SIGALRM|SIGHUP|alarm)"
    r"|\.(chmod|symlink_to)\(|\bS_IMODE\b|SIGTERM|[\"'](/bin/|/usr/bin|/proc/|/dev/)"
)
"""What Windows lacks or does otherwise: processes, signals, permissions, paths."""
GUARD = re.compile(r"skipif|posix_only|linux_only|hasattr\(os|os\.name|sys\.platform|\.exists\(\)|needs_uvloop")
MODULE_MARK = re.compile(r"^pytestmark = [^\n]*(\n[ \]][^\n]*)*(skipif|posix_only|linux_only)", re.MULTILINE)
NOT_RUN = frozenset({"benchmarks", "faults"})
"""Directories of programs that are not run there, and of tests that conftest.py leaves out elsewhere than on Linux."""


def _sources() -> Iterator[Path]:
    for path in sorted(TESTS.rglob("*.py")):
        if path.name != "test_platforms.py":
            yield path


def test_modules_import_without_posix_only_modules() -> None:
    """Every test module can be imported on Windows: there, none of these modules exists."""
    found = [
        f"{path.relative_to(TESTS)}: {name}"
        for path in _sources()
        for name in re.findall(r"^(?:import|from) (\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
        if name in MODULES
    ]
    assert found == []


def test_posix_only_tests_are_marked() -> None:
    """A test that uses what Windows lacks has a mark with the reason, or a guard of its own."""
    run = [path for path in _sources() if path.parent.name not in NOT_RUN]
    unmarked = [f"{path.relative_to(TESTS)}::{name}" for path in run for name in _unmarked(path)]
    assert unmarked == []


def _unmarked(path: Path) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    if not POSIX.search(text) or MODULE_MARK.search(text):
        return
    lines = text.splitlines()
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            start = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            source = "\n".join(lines[start - 1 : node.end_lineno])
            if POSIX.search(source) and not GUARD.search(source):
                yield node.name


@pytest.mark.parametrize(
    ("environ", "is_windows", "home"),
    [
        ({"HOME": "/home/me", "USERPROFILE": "/users/me"}, False, "/home/me"),
        ({"HOME": "/home/me", "USERPROFILE": "/users/me"}, True, "/users/me"),
        ({"HOME": "/home/me"}, True, "/home/me"),
        ({"HOME": "/home/me", "USERPROFILE": ""}, True, "/home/me"),
    ],
)
def test_home_directory_per_platform(environ: dict[str, str], is_windows: bool, home: str) -> None:
    """On Windows USERPROFILE decides, as in the AWS SDKs, and HOME only where it is not set; elsewhere HOME."""
    assert home_directory(environ, is_windows=is_windows) == Path(home)


@linux_only("/proc tells which files are open")
def test_open_files_are_never_renamed_or_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Journals, tables, caches and documents are written where no open file can be renamed or removed: on Windows."""
    refuse_open_files(monkeypatch)
    monkeypatch.setattr(storage, "CAN_REMOVE_OPEN_FILES", False)
    journal, table = tmp_path / "plan.jsonl", tmp_path / "table.csv"

    async def main() -> None:
        (tmp_path / f".{journal.name}.left0000.tmp").write_bytes(b"half a pl")
        file = await FILE_STORAGE.create(str(journal), b"first\n")
        await file.append(b"second\n", announced=0)
        with pytest.raises(JournalError, match="another process created the journal"):
            await FILE_STORAGE.create(str(journal), b"other\n")
        with pytest.raises(JournalError, match="held by another process"):
            await FILE_STORAGE.open(str(journal))
        await file.close()
        for content in (b"old\n", b"new\n"):
            async with AtomicFile(table, b"head\n") as part:
                await part.write(lambda: content)  # noqa: B023 - called at once

    asyncio.run(main())
    assert journal.read_bytes() == b"first\nsecond\n"
    assert table.read_bytes() == b"head\nnew\n"
    for number in range(2):
        assert write_private_file(tmp_path / "cache.json", b"%d" % number)
        write_document(tmp_path / "inventory.json", "wsclient.test", number, {})
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "cache.json",
        "inventory.json",
        "plan.jsonl",
        "table.csv",
    ]
