"""aiobotocore as a client of the emulator, in an environment that this test makes once and keeps."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.support.environments import ROOT, interpreter
from wsclient.testing import Emulator


@pytest.fixture(scope="module")
def python() -> Path:
    """Return the interpreter of an environment with aiobotocore and the botocore it pins."""
    return interpreter("aiobotocore")


def test_aiobotocore_works_with_the_emulator(python: Path) -> None:
    """Aiobotocore creates, lists and terminates a WorkSpace, assumes a role, and lends wsclient its session."""
    with Emulator() as aws:
        directory = aws.add_directory()
        script = ROOT / "tests" / "support" / "aiobotocore_calls.py"
        keys = (aws.credentials.access_key_id, aws.credentials.secret_access_key)
        command = [python, script, aws.endpoint_url, aws.ca_file, *keys, directory, aws.bundle_id]
        run = subprocess.run(
            [str(part) for part in command],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout) == {"pending": 1, "listed": 1, "failed": [], "role": True, "account": "123456789012"}
