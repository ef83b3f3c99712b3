"""wsclient inventory against the emulator under AWS's own names: what it prints and writes, and how it ends."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from tests.support.doc_world import world
from wsclient import errors
from wsclient.cli.app import app
from wsclient.cli.inventory import DEFAULT_JOINS, JoinName
from wsclient.fleet import InventoryRow, Join

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wsclient.testing import Emulator

RUNNER = CliRunner(env={"COLUMNS": "80"})
REGION = ("--region", "us-west-2")


@pytest.fixture
def aws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """Run the emulator that the documentation's pages are tested against, in an empty folder."""
    with world(tmp_path, monkeypatch) as emulator:
        yield emulator


def run(*arguments: str) -> tuple[int, str, str]:
    """Return the exit code, and what the command printed to the standard output and error."""
    result = RUNNER.invoke(app, ["inventory", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


def operations(aws: Emulator) -> set[str]:
    """Return the operations that were called."""
    return {call.operation for call in aws.calls}


def test_every_workspace_is_a_line_of_json(aws: Emulator) -> None:
    """The standard output has a JSON object for each WorkSpace, with all columns of a row, and nothing else."""
    code, text, problems = run(*REGION)
    assert (code, problems) == (0, "")
    rows = [json.loads(line) for line in text.splitlines()]
    names = [column.name for column in InventoryRow.table_columns()]
    assert [list(row) for row in rows] == [names] * 4
    assert {row["state"] for row in rows} == {"AVAILABLE", "STOPPED"}
    assert all(row["tags"] is None and row["bundle_name"] for row in rows)
    assert "DescribeTags" not in operations(aws)


def test_csv_has_the_cells_of_the_json_lines(aws: Emulator) -> None:
    """--format csv writes a header and the same rows."""
    lines = [json.loads(line) for line in run(*REGION)[1].splitlines()]
    rows = list(csv.DictReader(io.StringIO(run(*REGION, "--format", "csv")[1])))
    assert [row["workspace_id"] for row in rows] == [line["workspace_id"] for line in lines]
    assert [row["user_name"] for row in rows] == [line["user_name"] for line in lines]
    assert aws.calls


@pytest.mark.parametrize("name", ["workspaces.csv", "workspaces.jsonl"])
def test_file_has_what_the_standard_output_would_have(aws: Emulator, tmp_path: Path, name: str) -> None:
    """--output takes the format from the ending, prints the number of WorkSpaces, and the file is complete."""
    code, text, problems = run(*REGION, "--join", "none", "--output", str(tmp_path / name))
    assert (code, problems) == (0, "")
    assert text == f"wrote 4 WorkSpaces to {tmp_path / name}\n"
    printed = run(*REGION, "--join", "none", "--format", name.partition(".")[2])[1]
    assert (tmp_path / name).read_bytes().decode().splitlines() == printed.splitlines()
    assert operations(aws) == {"DescribeWorkspaces"}


def test_selection_and_joins_decide_what_is_called(aws: Emulator) -> None:
    """--state and --tag select together; --join makes the lookups that it names, and no others."""
    code, text, _ = run(*REGION, "--state", "AVAILABLE", "--state", "STOPPED", "--join", "tags")
    assert (code, len(text.splitlines())) == (0, 4)
    assert operations(aws) == {"DescribeWorkspaces", "DescribeTags"}
    assert run(*REGION, "--state", "STOPPED", "--tag", "Missing=1") == (0, "", "")
    code, text, problems = run(*REGION, "--idle-days", "30", "--join", "none")
    assert code == 0
    lines = text.splitlines()
    assert f"left out {4 - len(lines)} WorkSpaces, whose last connection" in problems


def test_joins_of_the_command_are_those_of_the_library() -> None:
    """Every join of an inventory has its name here; the default leaves out the one that costs a call a WorkSpace."""
    assert [name.value for name in JoinName] == [*Join, "none"]
    assert {name.value for name in DEFAULT_JOINS} == {join.value for join in Join} - {"tags"}


def test_site_that_fails_ends_the_command_without_a_file(aws: Emulator, tmp_path: Path) -> None:
    """The error names the site and the operation, the exit code is 2, and no file is left behind."""
    aws.fail("DescribeWorkspaces", with_=errors.AccessDeniedException)
    path = tmp_path / "workspaces.csv"
    code, text, problems = run(*REGION, "--region", "eu-west-1", "--output", str(path))
    assert (code, text) == (2, "")
    assert problems.startswith("SiteError: ")
    assert "AccessDeniedException" in problems
    assert not list(tmp_path.glob("*workspaces*"))


def test_failed_sites_can_be_left_out(aws: Emulator) -> None:
    """With --skip-failed the other sites are printed, the error goes to the standard error, and the exit code is 3."""
    aws.fail("DescribeWorkspaces", with_=errors.AccessDeniedException)
    code, text, problems = run("--region", "us-west-2", "--region", "eu-west-1", "--skip-failed")
    assert code == 3
    assert all(json.loads(line)["workspace_id"] for line in text.splitlines())
    assert problems.startswith("SiteError: ")
    assert len(problems.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("--output", "workspaces.xlsx"),
            "its ending must be .jsonl or .csv; or add --format",
        ),
        (("--join", "none", "--join", "tags"), "--join none excludes every other --join"),
        (("--state", "RUNNING"), "--state: unknown state 'RUNNING'; known are PENDING, AVAILABLE,"),
        (("--idle-days", "0"), "--idle-days: the time must be above zero"),
        (("--tag", "=blue"), "--tag: the key is empty"),
        (("--output", "missing/workspaces.csv"), "cannot write missing: The folder does not exist"),
        (("--vpc-endpoint", "vpce-1", "--fips"), "--fips"),
        (("--profile", "nobody"), "nobody"),
        (("--expected-account", "42"), "not an account id"),
    ],
)
def test_wrong_options_end_the_command_before_any_call(aws: Emulator, arguments: tuple[str, ...], message: str) -> None:
    """Each says what is wrong in terms of the shell, with exit code 2; nothing is sent."""
    code, text, problems = run(*REGION, *arguments)
    assert (code, text) == (2, "")
    assert message in " ".join(problems.split())
    assert "=" not in problems
    assert "where." not in problems
    assert not aws.calls
