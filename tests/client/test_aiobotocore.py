"""aiobotocore as a client of the emulator, in an environment that this test makes once and keeps."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from wsclient.testing import Emulator

ROOT = Path(__file__).parents[2]
ENVIRONMENT = ROOT / ".venv-aiobotocore"


@pytest.fixture(scope="module")
def python() -> Path:
    """Return the interpreter of an environment with aiobotocore and the botocore it pins."""
    interpreter = ENVIRONMENT / "bin" / "python"
    packages = ["aiobotocore>=3.1", *tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]]
    ready = ENVIRONMENT / "ready-with"
    if not ready.exists() or ready.read_text() != str(packages):
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)], check=True)
        subprocess.run([str(interpreter), "-m", "pip", "install", "-q", *packages], check=True)
        ready.write_text(str(packages))
    return interpreter


def test_aiobotocore_is_answered(python: Path) -> None:
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
