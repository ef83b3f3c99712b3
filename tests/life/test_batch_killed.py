"""The batch example as a process of its own: killed, interrupted, refused; what is left is whole, and goes on."""

from __future__ import annotations

import os
import runpy
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.benchmarks.batch_killed import EXAMPLE, Program, report, run, scene
from wsclient import Pace
from wsclient.fleet import ItemReport, Outcome, Report, Site
from wsclient.testing import Throttle

if TYPE_CHECKING:
    from pathlib import Path

SEED = 7


def ended_with(
    folder: Path, *arguments: str, said: str = "", program: tuple[str, ...] = (str(EXAMPLE),)
) -> subprocess.CompletedProcess[str]:
    """Run the program to its end; said is what somebody types."""
    return subprocess.run(
        [sys.executable, "-W", "error", *program, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=folder,
        input=said,
        env={**os.environ, "PYTHONPATH": str(EXAMPLE.parents[1])},
    )


def test_a_program_that_is_killed_goes_on_and_stops_each_workspace_once() -> None:
    """Three kills with SIGKILL over 500 WorkSpaces, one at least within a call: complete in the end, each once."""
    slow = Throttle(operations={"StopWorkspaces": Pace(10, 3)})
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
        assert "interrupted; run the same command to resume" in program.output.read_text()
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
        (["--emulator", "--yes", "--report", "none/table.csv"], 2, "the directory does not exist"),
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


def test_a_plan_that_is_not_new_is_told(tmp_path: Path) -> None:
    """A journal that is there says so, for its plan may be of last night; the first time there is nothing to say."""
    first, second = (ended_with(tmp_path, "--emulator", "--yes", "--journal", "j") for _ in range(2))
    words = "j exists: resuming its plan; to make a new plan, remove the file"
    assert (first.returncode, second.returncode) == (0, 0)
    assert (words in first.stderr, words in second.stderr) == (False, True)
    assert "done 180" in second.stdout
    assert "(0 calls" in second.stdout


@pytest.mark.parametrize(("said", "words"), [("y\n", "done 180"), ("no\n", "[y/N]")])
def test_it_asks(tmp_path: Path, said: str, words: str) -> None:
    """Only a yes stops anything; either is a good end."""
    ended = ended_with(tmp_path, "--emulator", said=said)
    assert (ended.returncode, words in ended.stdout) == (0, True), ended.stderr
    assert ("done 180" in ended.stdout) == (said == "y\n")


def test_without_tqdm_progress_is_lines(tmp_path: Path) -> None:
    """Where tqdm is not installed a line is printed for each twentieth at most."""
    without = "import sys, runpy; sys.modules['tqdm'] = None; sys.argv[0] = sys.argv.pop(1); "
    run_it = f"{without}runpy.run_path(sys.argv[0], run_name='__main__')"
    ended = ended_with(tmp_path, "--emulator", "--yes", program=("-c", run_it, str(EXAMPLE)))
    lines = ended.stderr.splitlines()
    assert (ended.returncode, "180 of 180, done 180, failed 0" in lines[-1]) == (0, True), ended.stderr
    assert 1 < len(lines) <= 20


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        ([Outcome.DONE], 0),
        ([], 0),
        ([Outcome.DONE, Outcome.FAILED], 1),
        ([Outcome.NOT_TRIED], 1),
        ([Outcome.FAILED, Outcome.AMBIGUOUS, Outcome.DONE], 3),
    ],
)
def test_what_became_of_it_is_the_exit_code(outcomes: list[Outcome], code: int) -> None:
    """What may have been done and cannot be told needs a person, and comes before what failed."""
    site = Site(account="main", region="us-west-2")
    items = tuple(
        ItemReport(site=site, key=f"ws-{number}", directory_id="", user_name="", outcome=outcome)
        for number, outcome in enumerate(outcomes)
    )
    assert runpy.run_path(str(EXAMPLE))["exit_code"](Report(action="stop", items=items)) == code


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
    assert list(tmp_path.iterdir()) == [path]


def test_a_report_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """What was done is told all the same, and why there is no file; exit code 1, and no traceback."""
    (tmp_path / "table.csv").mkdir()
    ended = ended_with(tmp_path, "--emulator", "--yes", "--report", "table.csv")
    assert (ended.returncode, "done 180" in ended.stdout, "Traceback" in ended.stderr) == (1, True, False)
    assert "table.csv" in ended.stderr
    assert list(tmp_path.iterdir()) == [tmp_path / "table.csv"]
