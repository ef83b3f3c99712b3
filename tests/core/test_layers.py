"""The layers: import-linter's contract of pyproject.toml holds for the package, and fails where it is broken."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter as .ci/run does, on the package in a folder."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    return subprocess.run(
        command,
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PYTHONSAFEPATH": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """Return a folder with a copy of the package and its contract, which a test may break."""
    shutil.copytree(ROOT / "wsclient", tmp_path / "wsclient", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_imports_follow_the_layers() -> None:
    """Both contracts are kept."""
    run = _lint(ROOT)
    assert run.returncode == 0, run.stdout
    assert "2 kept, 0 broken" in run.stdout


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("_core/http.py", "from wsclient.endpoints._types import Endpoint"),
        ("_core/http.py", "def late():\n    from wsclient.fleet import Fleet"),
        ("_core/http.py", "if TYPE_CHECKING:\n    from wsclient.tls._policy import TLSPolicy"),
        ("tls/_inspection.py", "from wsclient.middleware import Attempt"),
        ("retries/_policy.py", "from wsclient.retries._retrying import retry_call"),
    ],
    ids=["upward", "inside a function", "for type checkers", "sideways", "circle"],
)
def test_upward_or_circular_import_breaks_the_contract(copied: Path, module: str, line: str) -> None:
    """An import against the layers breaks a contract wherever it stands: at the top, in a function, for checkers."""
    path = copied / "wsclient" / module
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")
    run = _lint(copied)
    assert run.returncode == 1
    assert "1 broken" in run.stdout or "2 broken" in run.stdout
