"""Virtual environments for packages whose pins clash with the development environment's; made once and kept."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[2]
PACKAGES: Mapping[str, tuple[str, ...]] = {
    "aiobotocore": ("aiobotocore>=3.1",),
    "capo": ("capo-workspaces>=0.11",),
    "httpx2": ("httpx2>=2",),
    # Of Prowler's hundred dependencies, those that its checks of AWS import.
    "prowler": (
        *("boto3==1.40.61", "pydantic==2.12.5", "py-iam-expand==0.3.0", "alive-progress==3.3.0", "schema==0.7.5"),
        *("colorama", "cryptography", "jsonschema", "markdown", "packaging", "python-dateutil", "pytz", "pyyaml"),
        *("requests", "slack-sdk", "tabulate", "tzlocal", "uuid6"),
    ),
}
WITHOUT_DEPENDENCIES: Mapping[str, tuple[str, ...]] = {"prowler": ("prowler==5.46.0",)}
"""Packages that are installed alone, after the others."""


def interpreter(name: str) -> Path:
    """Return the interpreter of an environment with this package and wsclient's own dependencies."""
    folder = ROOT / f".venv-{name}"
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    packages = [*PACKAGES[name], *tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]]
    alone = WITHOUT_DEPENDENCIES.get(name, ())
    wanted = str([*packages, *alone])
    ready = folder / "ready-with"
    if not ready.exists() or ready.read_text() != wanted:
        # This environment's pip installs there: to give each a pip of its own takes longer than some packages.
        subprocess.run([sys.executable, "-m", "venv", "--clear", "--without-pip", str(folder)], check=True)
        install = [sys.executable, "-m", "pip", "--python", str(python), "install", "-q"]
        subprocess.run([*install, *packages], check=True)
        if alone:
            subprocess.run([*install, "--no-deps", *alone], check=True)
        ready.write_text(wanted)
    return python
