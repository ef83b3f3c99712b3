"""Programs in processes of their own, which know nothing of this machine's settings, and the words they print."""

import os
import subprocess
import sys
from pathlib import Path

import wsclient

PLACE = str(Path(wsclient.__file__).parents[1])
READY_CLIENT = """
import sys
import wsclient
wsclient.WorkSpacesClient(region="us-west-2", credentials=wsclient.Credentials("AKIDEXAMPLE", "secret"))
"""
"""Program that creates a client and makes no call."""


def printed(program: str, *arguments: str, **environ: str) -> set[str]:
    """Return the words that a program prints; a warning or an error of it fails the test."""
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", program, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={"HOME": "/nonexistent", "PATH": os.defpath, "PYTHONPATH": PLACE, **environ},
    )
    assert (run.returncode, run.stderr) == (0, "")
    return set(run.stdout.split())
