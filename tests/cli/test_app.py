"""The root command: its script, version, help and shell completion."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

import wsclient
from tests.support import scale
from tests.support.platforms import linux_only, program_environment
from wsclient.cli.app import app

PROJECT = Path(__file__).parents[2] / "pyproject.toml"
COMMANDS = ("audit", "doctor", "endpoints")
RUN_SCRIPT = "import sys; from wsclient.__main__ import main; sys.argv[0] = '/usr/local/bin/wsclient'; main()"

SHELLS = [
    ("bash", {"COMP_WORDS": "wsclient d", "COMP_CWORD": "1"}),
    ("zsh", {"_TYPER_COMPLETE_ARGS": "wsclient d"}),
    ("fish", {"_TYPER_COMPLETE_ARGS": "wsclient d", "_TYPER_COMPLETE_FISH_ACTION": "get-args"}),
]
"""Shells, and what their completion scripts pass to the command."""


def _script(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run what the console script runs, under its name."""
    command = [sys.executable, "-c", RUN_SCRIPT, *arguments]
    env = {**program_environment(), "PYTHONPATH": str(PROJECT.parent), "COLUMNS": "80", **environ}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=env)


def test_pyproject_installs_the_wsclient_command() -> None:
    """pyproject.toml names the function that runs the commands."""
    scripts = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["scripts"]
    assert scripts == {"wsclient": "wsclient.__main__:main"}


def test_the_version_is_printed() -> None:
    """--version prints the package's version and exits with 0."""
    run = _script("--version")
    assert (run.returncode, run.stdout, run.stderr) == (0, f"wsclient {wsclient.__version__}\n", "")


@linux_only("/dev/full")
@pytest.mark.parametrize("arguments", ["--version", "--help", "endpoints us-west-2"])
def test_full_standard_output_exits_2_without_traceback(arguments: str) -> None:
    """A command whose standard output takes no more says so in a line and exits with 2."""
    command = [sys.executable, "-c", RUN_SCRIPT, *arguments.split()]
    env = {**program_environment(), "PYTHONPATH": str(PROJECT.parent)}
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        run = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False, env=env)
    assert (run.returncode, run.stderr) == (2, "cannot write the output: No space left on device\n")


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_characters_that_the_terminal_cannot_encode_are_escaped(encoding: str) -> None:
    """A name or line that the terminal's encoding lacks is printed with escapes, and is no error."""
    run = _script("doctor", "--profile", "j\u65e5", "--region", "us-west-2", PYTHONIOENCODING=f"{encoding}:strict")
    assert run.returncode == 1
    assert "no profile j\\u65e5" in run.stdout
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize("command", [(), *[(name,) for name in COMMANDS]])
def test_every_command_has_help(command: tuple[str, ...]) -> None:
    """-h and --help print the same, in 80 columns; the root command lists every subcommand."""
    runner = CliRunner(env={"COLUMNS": "80", "TERMINAL_WIDTH": "80"})
    short, long = (runner.invoke(app, [*command, option]) for option in ("-h", "--help"))
    assert short.exit_code == long.exit_code == 0
    assert short.stdout == long.stdout
    assert all(len(line) <= 80 for line in short.stdout.splitlines())
    assert all(name in short.stdout for name in (command or COMMANDS))


def test_no_command_prints_the_help() -> None:
    """The name alone prints the help instead of nothing."""
    assert "Usage: wsclient [OPTIONS] COMMAND" in _script().stdout


@pytest.mark.parametrize(
    ("shell", "variables"),
    SHELLS[: scale.at_scale(1, 3)],
)
def test_shell_completion_offers_commands(shell: str, variables: dict[str, str]) -> None:
    """The script prints its completion for the shell, which completes `wsclient d` to doctor."""
    # The shell is given explicitly, so that the result doesn't depend on the shell that runs the tests.
    completion = _script("--show-completion", shell, _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")
    assert completion.returncode == 0, completion.stderr
    assert "_WSCLIENT_COMPLETE" in completion.stdout
    assert "doctor" in _script(_WSCLIENT_COMPLETE=f"complete_{shell}", **variables).stdout
