"""The examples run, and print what they promise."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("quickstart.py", ["assumed-role/desktops/quickstart", "TLSv1.3", "created       2", "refused "]),
        ("credentials.py", ["arn:aws:sts::321098765432:assumed-role/desktops", "3 times for 2 clients", "refused "]),
        ("waiting.py", ["rebooted      2", "is UNHEALTHY", "reached 1, failed 1", "terminated    jane, john"]),
    ],
)
def test_examples_run(name: str, message: list[str]) -> None:
    """Each example runs in an interpreter of its own, without a warning, and says what it shows."""
    program = [sys.executable, "-W", "error", str(EXAMPLES / name)]
    run = subprocess.run(program, capture_output=True, text=True, check=False, timeout=60)
    assert (run.returncode, run.stderr) == (0, "")
    for words in message:
        assert words in run.stdout


def test_documented_first_test_passes() -> None:
    """The example for pytest runs as a user runs it, strictly, and its first test is under ten lines."""
    example = EXAMPLES / "test_desktops.py"
    plugin = ["-p", "no:wsclient", "-p", "wsclient.testing.pytest_plugin", "-p", "no:cacheprovider"]
    strict = ["--strict-markers", "-W", "error", "-q", "-c", os.devnull, "--rootdir", str(EXAMPLES)]
    program = [sys.executable, "-m", "pytest", *plugin, *strict, str(example)]
    run = subprocess.run(program, capture_output=True, text=True, check=False, timeout=60, cwd=EXAMPLES.parent)
    assert (run.returncode, run.stderr) == (0, ""), run.stdout
    assert "2 passed" in run.stdout
    first = example.read_text().partition("@pytest.mark.wsclient")[2].partition("\n\n\n")[0]
    assert len(first.splitlines()) < 10
