"""Child processes of the benchmarks: the TLS server, and each client."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.support.environments import ROOT

if TYPE_CHECKING:
    from collections.abc import Generator


class Process:
    """A child process that answers each line of JSON with a line of JSON."""

    def __init__(self, stack: ExitStack, python: str | Path, module: str, *arguments: str) -> None:
        command = [str(python), "-m", f"tests.benchmarks.{module}", *arguments]
        self._child = stack.enter_context(
            subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        )
        stack.callback(self._end)

    def read(self) -> dict[str, Any]:
        """Read a line."""
        assert self._child.stdout is not None
        answer: dict[str, Any] = json.loads(self._child.stdout.readline())
        return answer

    def ask(self, **question: object) -> dict[str, Any]:
        """Write a line, and read the answer."""
        assert self._child.stdin is not None
        self._child.stdin.write(json.dumps(question) + "\n")
        self._child.stdin.flush()
        return self.read()

    def _end(self) -> None:
        if self._child.stdin is not None:
            self._child.stdin.close()
        self._child.wait()


@contextmanager
def running_server() -> Generator[tuple[dict[str, int], str]]:
    """Run the TLS server; give its ports by kind of answer, and the file of its authority."""
    with ExitStack() as stack:
        directory = stack.enter_context(tempfile.TemporaryDirectory())
        server = Process(stack, sys.executable, "bench_server", directory)
        yield server.read(), str(Path(directory, "ca.pem"))
