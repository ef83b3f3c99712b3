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
}


def interpreter(name: str) -> Path:
    """Return the interpreter of an environment with this package and wsclient's own dependencies."""
    folder = ROOT / f".venv-{name}"
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    packages = [*PACKAGES[name], *tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]]
    ready = folder / "ready-with"
    if not ready.exists() or ready.read_text() != str(packages):
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", *packages], check=True)
        ready.write_text(str(packages))
    return python
