"""Processes of credential_process: timeout, termination of their children, and prompts on the terminal."""

from __future__ import annotations

import asyncio
import json
import os
import select
import shlex
import signal
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from tests.support.process_loops import refuse_processes
from tests.support.provider_environment import FakeMachine
from tests.support.virtual_time import run_in_skipping_time, run_in_virtual_time, skip
from wsclient.credentials import ProcessProvider
from wsclient.credentials._internal import subprocesses, threaded_processes
from wsclient.credentials._internal.subprocesses import run_process
from wsclient.errors import ConfigurationError, CredentialsRefreshError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wsclient.credentials._internal.context import ProcessResult

pytestmark = pytest.mark.skipif(os.name != "posix", reason="process groups are POSIX's")
PRINTED = json.dumps({"Version": 1, "AccessKeyId": "ASIAPROC", "SecretAccessKey": "secret"})
LEFT = "import os, sys, time; open(sys.argv[1], 'w').write(str(os.getpid())); time.sleep(600)"
WAIT_FOR = "\nwhile not (os.path.exists(sys.argv[2]) and open(sys.argv[2]).read()): time.sleep(0.01)\n"


@pytest.fixture(params=["asyncio", "threads"])
def either_loop(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run each test on an event loop that starts processes, and on one that cannot."""
    if request.param == "threads":
        refuse_processes(monkeypatch)


@pytest.fixture
def short_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the time that children of a command that has exited get to close its output."""
    for module in (subprocesses, threaded_processes):
        monkeypatch.setattr(module, "CHILD_GRACE", 0.2)


def _with_child(path: Path, then: str, **popen: object) -> list[str]:
    """Return a command that starts a child, which writes its process id to path and stays, and then does the rest."""
    code = "import os, subprocess, sys, time\n"
    code += f"subprocess.Popen([sys.executable, '-c', sys.argv[1], sys.argv[2]], **{popen!r})" + WAIT_FOR + then
    return [sys.executable, "-c", code, LEFT, str(path)]


def _is_gone(path: Path) -> bool:
    """Return whether the process of that id has ended; a zombie, whose parent is gone, has."""
    pid = int(path.read_text())
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "\nState:\tZ" in status.read_text()


def _is_written(path: Path) -> bool:
    return path.exists() and bool(path.read_text())


async def _until_written(path: Path) -> None:
    """Wait until a process has written its id."""
    while not _is_written(path):  # noqa: ASYNC110 - another process writes it
        await asyncio.sleep(0.01)


async def _until_gone(path: Path) -> None:
    """Wait until a killed process has ended; the test's own time limit ends a wait for one that was not killed."""
    while not _is_gone(path):  # noqa: ASYNC110 - another process ends
        await asyncio.sleep(0.01)


def _run(argv: Sequence[str]) -> ProcessResult:
    return asyncio.run(run_process(argv, environ={}))


@pytest.mark.usefixtures("either_loop", "short_grace")
@pytest.mark.parametrize("popen", [{}, {"stdout": -3, "stderr": -3}], ids=["keeps the output", "closes the output"])
def test_background_child_is_killed_with_the_process(tmp_path: Path, popen: dict[str, object]) -> None:
    """The program's output is taken when the program has exited, and its child is killed."""
    path = tmp_path / "pid"

    async def main() -> ProcessResult:
        result = await run_process(_with_child(path, f"print({PRINTED!r})", **popen), environ={})
        await _until_gone(path)
        return result

    result = asyncio.run(main())
    assert (result.status, json.loads(result.stdout)) == (0, json.loads(PRINTED))


@pytest.mark.usefixtures("either_loop", "short_grace")
def test_detached_child_does_not_delay_the_result(tmp_path: Path) -> None:
    """A daemon that the program starts lives on, and the output that it inherited does not hold the result up."""
    path = tmp_path / "pid"
    result = _run(_with_child(path, f"print({PRINTED!r})", start_new_session=True))
    assert json.loads(result.stdout) == json.loads(PRINTED)
    assert not _is_gone(path)
    os.kill(int(path.read_text()), signal.SIGKILL)


@pytest.mark.usefixtures("either_loop")
def test_late_output_of_a_child_is_read(tmp_path: Path) -> None:
    """Output that a child writes just after the program's exit belongs to the result."""
    code = "import os, sys; sys.exit() if os.fork() else None; print('late')"
    assert _run([sys.executable, "-c", code]).stdout == b"late\n"


@pytest.mark.usefixtures("either_loop")
def test_cancellation_kills_the_process_group(tmp_path: Path) -> None:
    """Cancellation kills the whole group, and the event loop keeps no pipe of it."""
    path = tmp_path / "pid"

    async def main() -> None:
        task = asyncio.create_task(run_process(_with_child(path, "time.sleep(600)"), environ={}))
        await _until_written(path)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await _until_gone(path)

    asyncio.run(main())


@pytest.mark.usefixtures("either_loop")
@pytest.mark.parametrize("turns", range(6))
def test_cancellation_during_start_leaves_no_process(tmp_path: Path, turns: int) -> None:
    """Whenever cancellation arrives, no process of the group is left."""
    path = tmp_path / "pid"
    code = f"import os, time; open({str(path)!r}, 'w').write(str(os.getpid())); time.sleep(600)"

    async def main() -> None:
        task = asyncio.create_task(run_process([sys.executable, "-c", code], environ={}))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        if path.exists() and path.read_text():
            await _until_gone(path)

    asyncio.run(main())


@pytest.mark.usefixtures("either_loop")
def test_hanging_process_is_killed_after_the_timeout(tmp_path: Path) -> None:
    """A timeout ends the program and its children; the error names the setting, the time and what to do."""
    path = tmp_path / "pid"
    command = shlex.join(_with_child(path, "time.sleep(600)"))
    provider = ProcessProvider(command, where="here", timeout=2)

    async def main() -> None:
        getting = asyncio.create_task(provider.get_credentials())
        await _until_written(path)
        skip(1.5)
        await asyncio.sleep(0)
        assert not getting.done()
        skip(0.5)
        with pytest.raises(CredentialsRefreshError, match=r"^here did not exit within 2 s and was killed; run the"):
            await getting
        await _until_gone(path)

    run_in_skipping_time(main())


def test_process_timeout_defaults_to_60_seconds(tmp_path: Path) -> None:
    """Without timeout= a program may run for 60 seconds with any runner; then the caller gets a typed error."""

    async def hangs(argv: Sequence[str]) -> ProcessResult:
        await asyncio.sleep(3600)
        raise AssertionError

    async def main() -> float:
        context = FakeMachine(tmp_path).context()
        provider = ProcessProvider("tool").with_context(msgspec.structs.replace(context, run_process=hangs))
        with pytest.raises(CredentialsRefreshError, match="within 60 s"):
            await provider.get_credentials()
        return asyncio.get_running_loop().time()

    assert run_in_virtual_time(main()) == 60


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), float("inf"), True, "60", None])
def test_invalid_process_timeout_is_rejected(timeout: float) -> None:
    """Only a positive, finite number of seconds is a timeout."""
    with pytest.raises(ConfigurationError, match="timeout must be a positive number of seconds"):
        ProcessProvider("tool", timeout=timeout)


PROMPT = """
    import asyncio, sys
    from wsclient.credentials._internal.subprocesses import run_process
    code = sys.argv[1]
    print("got", asyncio.run(run_process([sys.executable, "-c", code], environ={})).stdout, flush=True)
"""


@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
@pytest.mark.parametrize(
    ("code", "prompt"),
    [("print(input())", b""), ("import getpass; print(getpass.getpass('code: '))", b"code: ")],
    ids=["standard input", "/dev/tty"],
)
def test_process_can_prompt_on_the_terminal(code: str, prompt: bytes) -> None:
    """A program may read from standard input and from the terminal itself, as ssh and sudo do, and is not stopped."""
    import pty  # noqa: PLC0415 - not on every platform

    child, terminal = pty.fork()
    if child == 0:  # pragma: no cover - another process
        os.chdir(Path(__file__).parents[2])
        os.execve(
            sys.executable,
            [sys.executable, "-c", textwrap.dedent(PROMPT), code],
            {"PYTHONPATH": os.pathsep.join(sys.path)},
        )
    seen = b""
    has_answered = False
    try:
        while b"got" not in seen:
            if not has_answered and prompt in seen:
                has_answered = bool(os.write(terminal, b"123456\n"))
            if not select.select([terminal], [], [], 60)[0]:
                break
            seen += os.read(terminal, 1024)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(terminal)
    assert b"got b'123456\\n'\r" in seen


@pytest.mark.usefixtures("either_loop")
def test_process_can_read_standard_input() -> None:
    """If standard input isn't a terminal, the program runs in a new session and can still read that input."""
    reading, writing = os.pipe()
    os.write(writing, b"123456\n")
    os.close(writing)
    saved = os.dup(0)
    os.dup2(reading, 0)
    try:
        result = _run([sys.executable, "-c", "import os; print(input(), os.getsid(0) == os.getpid())"])
    finally:
        os.dup2(saved, 0)
        os.close(saved)
        os.close(reading)
    assert result.stdout == b"123456 True\n"
