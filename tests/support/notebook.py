"""Runs cells in a real IPython shell in a separate process, and returns the output of each.

Run as a script it is that process: it reads the cells as JSON from stdin and writes their results to stdout. Warnings
are errors there, so that an unclosed socket or event loop is reported on stderr.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import io
import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from IPython.core.async_helpers import get_asyncio_loop
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

if TYPE_CHECKING:
    from collections.abc import Mapping

    from IPython.core.interactiveshell import ExecutionResult

KERNEL, TERMINAL = "kernel", "terminal"
ROOT = Path(__file__).parents[2]
LONGEST_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Result of a cell: the repr of its last expression, the class of its error, and its whole output."""

    result: str
    error: str | None
    shown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Result of a notebook: each cell, the tasks still running, and the process's standard error."""

    cells: Mapping[str, Cell]
    tasks: list[str]
    complaints: str


def run_notebook(
    cells: Mapping[str, str], *, home: Path, environ: Mapping[str, str], loop_keeps_running: bool
) -> Session:
    """Run named cells in turn. The loop runs for ever as under Jupyter, or during a cell only as in a terminal."""
    process = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.support.notebook", KERNEL if loop_keeps_running else TERMINAL],
        input=json.dumps(cells),
        env={"PATH": "", "HOME": str(home), "IPYTHONDIR": str(home / "ipython"), **environ},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    output = json.loads(process.stdout)
    return Session(
        cells={name: Cell(**cell) for name, cell in output["cells"].items()},
        tasks=output["tasks"],
        complaints=process.stderr,
    )


def _new_shell() -> InteractiveShell:
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    shell: InteractiveShell = InteractiveShell.instance(config=config)
    return shell


def _in_a_terminal(cells: Mapping[str, str]) -> dict[str, object]:
    shell, found = _new_shell(), dict[str, object]()
    loop: asyncio.AbstractEventLoop = get_asyncio_loop()  # type: ignore[no-untyped-call]  # IPython types a part of itself
    for name, source in cells.items():
        with contextlib.redirect_stdout(io.StringIO()) as shown:
            execution = shell.run_cell(source)  # type: ignore[no-untyped-call]  # IPython types a part of itself
        found[name] = _told(execution, shown.getvalue())
    tasks = _tasks(loop)
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()
    return {"cells": found, "tasks": tasks}


async def _in_a_kernel(cells: Mapping[str, str]) -> dict[str, object]:
    shell, found = _new_shell(), dict[str, object]()
    for name, source in cells.items():
        with contextlib.redirect_stdout(io.StringIO()) as shown:
            transformed = shell.transform_cell(source)  # type: ignore[no-untyped-call]  # IPython types a part of itself
            execution = await shell.run_cell_async(source, transformed_cell=transformed)
        found[name] = _told(execution, shown.getvalue())
    return {"cells": found, "tasks": _tasks(asyncio.get_running_loop())}


def _told(execution: ExecutionResult, shown: str) -> dict[str, object]:
    error = execution.error_before_exec or execution.error_in_exec
    kind = type(error).__name__ if error else None
    return asdict(Cell(result=repr(execution.result), error=kind, shown=shown))


def _tasks(loop: asyncio.AbstractEventLoop) -> list[str]:
    gc.collect()
    own = asyncio.current_task() if loop.is_running() else None
    return [repr(task) for task in asyncio.all_tasks(loop) - {own}]


if __name__ == "__main__":
    values: dict[str, str] = json.load(sys.stdin)
    json.dump(asyncio.run(_in_a_kernel(values)) if sys.argv[1] == KERNEL else _in_a_terminal(values), sys.stdout)
