"""Programs that print credentials: how they are started, what they may print, and how they fail."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from botocore.compat import compat_shell_split
from hypothesis import given
from hypothesis import strategies as st

from tests.support.aws_home import CANARY, error_text
from tests.support.platforms import posix_only
from tests.support.process_loops import refuse_processes
from tests.support.provider_environment import FakeMachine
from wsclient.credentials import Credentials, ProcessProvider
from wsclient.credentials._internal.command_line import split_command
from wsclient.credentials._internal.context import ProcessResult
from wsclient.credentials._internal.subprocesses import run_process
from wsclient.credentials._internal.threaded_processes import MAX_OUTPUT
from wsclient.errors import ConfigurationError, CredentialsRefreshError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

KEYS = {"Version": 1, "AccessKeyId": "ASIAPROC", "SecretAccessKey": f"{CANARY}secret"}
ALL = {**KEYS, "SessionToken": f"{CANARY}token", "Expiration": "2026-03-01T13:00:00+00:00", "AccountId": "123456789012"}


def _world(home: Path, *outputs: object) -> tuple[FakeMachine, list[list[str]]]:
    """Return an environment whose processes print the outputs in turn, the last for ever, and the commands that ran."""
    ran: list[list[str]] = []
    left = list(outputs)

    def process(argv: Sequence[str]) -> ProcessResult | Exception:
        ran.append(list(argv))
        output = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(output, ProcessResult | Exception):
            return output
        return ProcessResult(0, output if isinstance(output, bytes) else json.dumps(output).encode(), b"")

    return FakeMachine(home, process=process), ran


def _credentials(machine: FakeMachine, command: str = "tool --as me") -> Credentials:
    return asyncio.run(ProcessProvider(command, where="here").with_context(machine.context()).get_credentials())


def test_every_member_of_the_process_output_is_used(tmp_path: Path) -> None:
    """Everything that it prints is taken; what it leaves out is left out."""
    machine, ran = _world(tmp_path, ALL)
    credentials = _credentials(machine, """tool "two words" 'a "b"' c\\ d ''""")
    assert ran == [["tool", "two words", 'a "b"', "c d", ""]]
    assert credentials == Credentials(
        "ASIAPROC", f"{CANARY}secret", f"{CANARY}token", credentials.expiration, account_id="123456789012"
    )
    assert _credentials(_world(tmp_path, KEYS)[0]) == Credentials("ASIAPROC", f"{CANARY}secret")
    numbered = _credentials(_world(tmp_path, {**KEYS, "AccountId": 1234567890})[0])
    assert numbered.account_id == "001234567890"


def test_process_is_run_again_before_expiration(tmp_path: Path) -> None:
    """With an expiration it is run again in time, without one when its key was rejected."""
    machine, ran = _world(tmp_path, ALL, {**ALL, "Expiration": "2026-03-01T18:00:00Z"}, KEYS)
    provider = ProcessProvider("tool").with_context(machine.context())

    async def main() -> None:
        await provider.get_credentials()
        machine.clock.advance(minutes=50)
        await provider.get_credentials()
        await provider.get_credentials()
        assert len(ran) == 2
        machine.clock.advance(hours=5)
        for _ in range(3):
            assert (await provider.get_credentials()).session_token is None
        machine.clock.advance(days=9)
        await provider.get_credentials()
        assert len(ran) == 3
        provider.invalidate("ASIAPROC")
        await provider.get_credentials()
        assert len(ran) == 4

    asyncio.run(main())


@pytest.mark.parametrize(
    ("output", "message"),
    [
        (
            ProcessResult(3, b"", CANARY.encode()),
            "here exited with status 3 and wrote 21 bytes to stderr; run the command in a terminal",
        ),
        (FileNotFoundError(2, "No such file or directory"), "here cannot be started: No such file or directory"),
        (PermissionError(13, "Permission denied"), "here cannot be started: Permission denied"),
        (b"", "here returned 0 bytes that are not a JSON object"),
        (CANARY.encode(), "not a JSON object"),
        (b"\xff", "not a JSON object"),
        (b"[" * 100_000, "not a JSON object"),
        ([CANARY], "not a JSON object"),
        ({**KEYS, "Version": 2}, "must print JSON with Version 1"),
        ({name: KEYS[name] for name in ("AccessKeyId", "SecretAccessKey")}, "must print JSON with Version 1"),
        ({**KEYS, "AccessKeyId": ""}, "without AccessKeyId"),
        ({**KEYS, "SecretAccessKey": [CANARY]}, "SecretAccessKey as list"),
        ({**KEYS, "SecretAccessKey": f"{CANARY} x"}, "secret_access_key must be printable ASCII without spaces"),
        ({**KEYS, "Expiration": f"{CANARY}"}, "not an ISO 8601 time"),
        ({**ALL, "Expiration": "2026-03-01T11:00:00Z"}, "already expired"),
    ],
)
def test_invalid_process_output_is_rejected_without_quoting_it(tmp_path: Path, output: object, message: str) -> None:
    """The error names the setting and what is wrong, and shows nothing that the program wrote."""
    machine, _ = _world(tmp_path, output)
    with pytest.raises(CredentialsRefreshError, match=message) as failed:
        _credentials(machine)
    assert CANARY not in error_text(failed.value)


def test_process_failure_is_raised_despite_cached_credentials(tmp_path: Path) -> None:
    """A failure of the program is raised even while valid credentials are cached."""
    machine, _ = _world(tmp_path, ALL, ProcessResult(1, b"", b""))
    provider = ProcessProvider("tool").with_context(machine.context())

    async def main() -> None:
        await provider.get_credentials()
        machine.clock.advance(minutes=59, seconds=30)
        with pytest.raises(CredentialsRefreshError, match="status 1"):
            await provider.get_credentials()

    asyncio.run(main())


@pytest.mark.parametrize("command", ["", "   ", "tool 'x", 'tool "x'])
def test_invalid_command_is_rejected_at_construction(command: str) -> None:
    """Nothing, and a quote that is not closed, are ConfigurationErrors that name the setting."""
    with pytest.raises(ConfigurationError, match="here must be a command"):
        ProcessProvider(command, where="here")


@given(st.text(st.sampled_from("\\\"' \tab-=é"), max_size=30))
def test_windows_command_lines_are_split_as_botocore_does(command: str) -> None:
    """By Microsoft's rules: double quotes and the backslashes in front of them, spaces and tabs, nothing else."""
    try:
        expected = compat_shell_split(command, "win32")
    except ValueError:
        expected = []
    try:
        words = list(split_command(command, "here", is_windows=True))
    except ConfigurationError:
        words = []
    assert words == expected


@given(st.lists(st.text(st.sampled_from("\\\"' \tab-=é"), max_size=8), min_size=1, max_size=5))
def test_windows_split_inverts_list2cmdline(arguments: list[str]) -> None:
    """On Windows, split_command reverses subprocess.list2cmdline."""
    assert list(split_command(subprocess.list2cmdline(arguments), "here", is_windows=True)) == arguments


def test_a_quoted_profile_of_a_windows_command_is_one_argument() -> None:
    """Quotes within a word end with it, and a backslash is a path's own."""
    command = r'"C:\Program Files\tool.exe" --profile="my profile" C:\keys'
    words = split_command(command, "here", is_windows=True)
    assert words == (r"C:\Program Files\tool.exe", "--profile=my profile", r"C:\keys")


def _python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


@pytest.fixture(params=["asyncio", "threads", "threads of a loop without the method"])
def either_loop(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a test on an event loop that starts processes, and on those that cannot."""
    if request.param != "asyncio":
        refuse_processes(monkeypatch, is_coroutine=request.param == "threads")


@pytest.mark.usefixtures("either_loop")
def test_process_runs_without_a_shell_in_its_environment() -> None:
    """Output, errors, status and environment are the program's own; no shell is between."""
    code = "import os, sys; print(os.environ['NAME'], sys.argv[1:]); print('e', file=sys.stderr); sys.exit(7)"
    result = asyncio.run(run_process([*_python(code), "$HOME", "*"], environ={"NAME": "value"}))
    assert result == ProcessResult(7, b"value ['$HOME', '*']\n", b"e\n")
    assert "value" not in repr(result)


@pytest.mark.usefixtures("either_loop")
def test_process_output_is_limited() -> None:
    """A program that writes more than a mebibyte is read to its end, and the rest is dropped."""
    code = f"import sys; sys.stdout.write('x' * {3 * MAX_OUTPUT})"
    assert len(asyncio.run(run_process(_python(code), environ={})).stdout) == MAX_OUTPUT


@posix_only("os.kill(pid, 0) ends the process instead of looking for it")
@pytest.mark.usefixtures("either_loop")
def test_a_cancelled_program_is_killed_and_reaped(tmp_path: Path) -> None:
    """Cancelling the caller kills and reaps the program."""
    pid_file = tmp_path / "pid"
    code = f"import os, time; open({str(pid_file)!r}, 'w').write(str(os.getpid())); time.sleep(600)"

    async def main() -> None:
        task = asyncio.create_task(run_process(_python(code), environ={}))
        while not (pid_file.exists() and pid_file.read_text()):  # noqa: ASYNC110 - another process writes it
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid_file.read_text()), 0)


@pytest.mark.usefixtures("either_loop")
def test_unstartable_process_error_has_the_reason() -> None:
    """A program that is not there is an OSError of the runner, and an error with its words of the provider."""
    nothing: Any = ["/none/of/it"]
    with pytest.raises(FileNotFoundError):
        asyncio.run(run_process(nothing, environ={}))
    with pytest.raises(CredentialsRefreshError, match="credential_process cannot be started: No such file"):
        asyncio.run(ProcessProvider("/none/of/it").get_credentials())
