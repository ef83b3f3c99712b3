"""The batch example as a separate process: killed or interrupted, it leaves an intact journal and resumes from it."""

from __future__ import annotations

import io
import os
import runpy
import signal
import subprocess
import sys
from dataclasses import dataclass
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
    folder: Path, *arguments: str, input_text: str = "", program: tuple[str, ...] = (str(EXAMPLE),)
) -> subprocess.CompletedProcess[str]:
    """Run the program to completion; input_text is its standard input."""
    return subprocess.run(
        [sys.executable, "-W", "error", *program, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=folder,
        input=input_text,
        env={**os.environ, "PYTHONPATH": str(EXAMPLE.parents[1])},
    )


@dataclass(frozen=True)
class Ended:
    """What the program returned and printed."""

    returncode: int
    stdout: str
    stderr: str


class Here:
    """Runs the program in this process, which has imported the package already."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        self._monkeypatch, self._capsys = monkeypatch, capsys
        monkeypatch.chdir(folder)

    def run(self, *arguments: str, input_text: str = "") -> Ended:
        """Run the program to completion; input_text is its standard input."""
        self._monkeypatch.setattr(sys, "stdin", io.StringIO(input_text))
        self._monkeypatch.setattr(sys, "argv", [str(EXAMPLE), *arguments])
        with pytest.raises(SystemExit) as ended:
            runpy.run_path(str(EXAMPLE), run_name="__main__")
        printed = self._capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return Ended(ended.value.code, printed.out, printed.err)


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Here:
    """Return what runs the program in this process, in a folder of its own."""
    return Here(monkeypatch, capsys, tmp_path)


def test_killed_program_resumes_and_stops_each_workspace_once() -> None:
    """After three SIGKILLs, at least one during a call, 500 WorkSpaces are all stopped, each once."""
    slow = Throttle(operations={"StopWorkspaces": Pace(10, 3)})
    killed = run(500, 3, seed=SEED, pace=slow, consistency=1.0, may_plan_die=False)
    assert killed.is_right, f"{report(killed)}\n{killed.output_text}"
    assert killed.deaths.total() == 3
    assert not any(way.startswith("not at all") for way in killed.deaths)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM that a program could handle")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_exits_130_with_an_intact_journal(number: signal.Signals) -> None:
    """A signal ends the program with exit code 130 and a hint on how to resume; the same command then completes."""
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
def test_exit_code_of_each_outcome(here: Here, arguments: list[str], code: int, words: str) -> None:
    """Each outcome has its exit code and message; without a confirmation nothing is stopped."""
    ended = here.run(*arguments)
    assert ended.returncode == code, ended.stderr
    assert words in ended.stdout + ended.stderr


def test_resumed_journal_is_announced(here: Here) -> None:
    """The program reports that it resumes an existing journal; in the first run it reports nothing."""
    first, second = (here.run("--emulator", "--yes", "--journal", "j") for _ in range(2))
    words = "j exists: resuming its plan; to make a new plan, remove the file"
    assert (first.returncode, second.returncode) == (0, 0)
    assert (words in first.stderr, words in second.stderr) == (False, True)
    assert "done 180" in second.stdout
    assert "(0 calls" in second.stdout


@pytest.mark.parametrize(("input_text", "words"), [("y\n", "done 180"), ("no\n", "[y/N]")])
def test_confirmation_requires_y(tmp_path: Path, input_text: str, words: str) -> None:
    """Only the answer y stops WorkSpaces; the exit code is 0 for either answer."""
    ended = ended_with(tmp_path, "--emulator", input_text=input_text)
    assert (ended.returncode, words in ended.stdout) == (0, True), ended.stderr
    assert ("done 180" in ended.stdout) == (input_text == "y\n")


def test_progress_without_tqdm_is_printed_lines(tmp_path: Path) -> None:
    """Without tqdm, progress is printed in at most 20 lines."""
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
def test_ambiguous_items_exit_3(outcomes: list[Outcome], code: int) -> None:
    """Ambiguous items give exit code 3, even if other items failed; failed or untried items alone give 1."""
    site = Site(account="main", region="us-west-2")
    items = tuple(
        ItemReport(site=site, key=f"ws-{number}", directory_id="", user_name="", outcome=outcome)
        for number, outcome in enumerate(outcomes)
    )
    assert runpy.run_path(str(EXAMPLE))["exit_code"](Report(action="stop", items=items)) == code


@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
def test_report_is_written_and_progress_goes_to_stderr(here: Here, tmp_path: Path, suffix: str) -> None:
    """The report has a line for each WorkSpace, and progress is written to standard error."""
    path = tmp_path / f"report.{suffix}"
    ended = here.run("--emulator", "--yes", "--report", str(path))
    assert (ended.returncode, "180" in ended.stderr) == (0, True), ended.stderr
    lines = path.read_text().splitlines()
    assert len(lines) == 180 + (suffix == "csv")
    assert all("us-west-2" in line and "done" in line for line in lines[-180:-90])
    assert all("eu-west-1" in line and "done" in line for line in lines[-90:])
    assert list(tmp_path.iterdir()) == [path]


def test_unwritable_report_exits_1_with_the_results(here: Here, tmp_path: Path) -> None:
    """If the report cannot be written, the exit code is 1, with the results and the reason, and without a traceback."""
    (tmp_path / "table.csv").mkdir()
    ended = here.run("--emulator", "--yes", "--report", "table.csv")
    assert (ended.returncode, "done 180" in ended.stdout, "Traceback" in ended.stderr) == (1, True, False)
    assert "table.csv" in ended.stderr
    assert list(tmp_path.iterdir()) == [tmp_path / "table.csv"]
