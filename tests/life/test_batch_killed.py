"""The batch example as a process of its own: killed, interrupted, refused; what is left is whole, and goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.benchmarks.batch_killed import EXAMPLE, Program, report, run, scene
from wsclient import Pace
from wsclient.testing import Throttle

if TYPE_CHECKING:
    from pathlib import Path

SEED = 7


def ended_with(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the program to its end, with nobody at the terminal."""
    return subprocess.run(
        [sys.executable, "-W", "error", str(EXAMPLE), *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(EXAMPLE.parents[1])},
    )


def test_a_program_that_is_killed_goes_on_and_stops_each_workspace_once() -> None:
    """Three kills with SIGKILL over 500 WorkSpaces, one at least within a call: complete in the end, each once."""
    slow = Throttle(operations={"StopWorkspaces": Pace(20, 3)})
    killed = run(500, 3, seed=SEED, pace=slow, consistency=1.0, may_plan_die=False)
    assert killed.is_right, f"{report(killed)}\n{killed.said}"
    assert killed.deaths.total() == 3
    assert not any(way.startswith("not at all") for way in killed.deaths)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM that a program could handle")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_with_a_whole_journal(number: signal.Signals) -> None:
    """Exit code 130, a word on how to go on, and the same command does."""
    with scene(100, None) as (aws, folder):
        program = Program(aws, folder, 1.0)
        aws.delay("StopWorkspaces", seconds=30)
        with program.begun() as process:
            program.wait(process, program.carried_out())
            process.send_signal(number)
            assert process.wait(30) == 130, program.output.read_text()
        assert "interrupted; the same command goes on from the journal" in program.output.read_text()
        aws.clear_faults()
        with program.begun() as process:
            assert process.wait(30) == 0, program.output.read_text()
        assert "done 100" in program.output.read_text()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--emulator", "--dry-run"], 0, "not tried 180"),
        (["--emulator", "--yes", "--tag", "Team=blue", "--tag", "Cost", "--idle-days", "200"], 0, "stop: 0 WorkSpaces"),
        (["--emulator", "--never-connected"], 0, "Stop 180 WorkSpaces? [y/N]"),
        (["--emulator", "--yes", "--deadline", "0"], 1, "not tried 180"),
        (["--emulator", "--report", "table.xls"], 2, "ends in .csv or .jsonl"),
        (["--emulator", "--idle-days", "0"], 2, "above zero"),
        (["--regions", "us-nowhere-1"], 2, "us-nowhere-1"),
        (["--unknown"], 2, "usage: "),
    ],
)
def test_exit_codes(tmp_path: Path, arguments: list[str], code: int, words: str) -> None:
    """Each way to end has its code and its words; without an answer nothing is stopped."""
    ended = ended_with(tmp_path, *arguments)
    assert ended.returncode == code, ended.stderr
    assert words in ended.stdout + ended.stderr


@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
def test_a_report_is_written(tmp_path: Path, suffix: str) -> None:
    """A line for each WorkSpace, and a bar or lines of progress beside."""
    path = tmp_path / f"report.{suffix}"
    ended = ended_with(tmp_path, "--emulator", "--yes", "--report", str(path))
    assert (ended.returncode, "180" in ended.stderr) == (0, True), ended.stderr
    lines = path.read_text().splitlines()
    assert len(lines) == 180 + (suffix == "csv")
    assert all("us-west-2" in line and "done" in line for line in lines[-180:-90])
    assert all("eu-west-1" in line and "done" in line for line in lines[-90:])
