"""The examples run, and print what they promise."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("quickstart.py", ["assumed-role/desktops/quickstart", "TLSv1.3", "created       2", "refused "]),
        ("credentials.py", ["arn:aws:sts::321098765432:assumed-role/desktops", "3 times for 2 clients", "refused "]),
        ("waiting.py", ["rebooted      2", "is UNHEALTHY", "reached 1, failed 1", "terminated    jane, john"]),
    ],
)
def test_examples_run(name: str, told: list[str]) -> None:
    """Each example runs in an interpreter of its own, without a warning, and says what it shows."""
    program = [sys.executable, "-W", "error", str(EXAMPLES / name)]
    run = subprocess.run(program, capture_output=True, text=True, check=False, timeout=60)
    assert (run.returncode, run.stderr) == (0, "")
    for words in told:
        assert words in run.stdout
