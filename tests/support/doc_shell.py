"""Shell commands of the documentation: the project's commands are run, others are only checked."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

import botocore.session

from tests.support.doc_blocks import ROOT
from wsclient.testing.__main__ import _parser as emulator_parser

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from wsclient.testing import Emulator

EXTRAS: Final = re.compile(r"wsclient\[([\w,-]+)\]")
ASSIGNMENT: Final = re.compile(r"(?:export )?([A-Z_]+)=(\S*)$")
LONGEST_SECONDS: Final = 60
CLI_OPTIONS: Final = frozenset(
    {"endpoint-url", "region", "profile", "output", "query", "no-cli-pager", "cli-input-json"}
)


def run_shell(text: str, *, aws: Emulator, home: Path, patch: pytest.MonkeyPatch) -> str:
    """Do what each command says, or hold it to what there is; return what the project's own commands printed."""
    printed: list[str] = []
    for line in text.replace("\\\n", " ").splitlines():
        for command in line.split("&&"):
            words = shlex.split(command, comments=True)
            if words:
                printed.append(_run(words, aws=aws, home=home, patch=patch))
    return "".join(printed)


def _run(words: list[str], *, aws: Emulator, home: Path, patch: pytest.MonkeyPatch) -> str:
    if set_variable := ASSIGNMENT.fullmatch(shlex.join(words)):
        patch.setenv(set_variable[1], set_variable[2].strip("'"))
        return ""
    match words:
        case ["pip", "install" | "download", *what]:
            _known_extras(what)
        case ["python", "-m", "wsclient", *arguments] | ["wsclient", *arguments]:
            return _command(arguments, aws, home)
        case ["python", "-m", "wsclient.testing", *arguments]:
            emulator_parser().parse_args([argument for argument in arguments if argument != "&"])
        case ["python", "-m", module, *_]:
            assert find_spec(module) is not None, f"there is no module {module}"
        case ["python" | "pytest", path, *_]:
            assert (ROOT / path).is_file(), f"there is no {path}"
        case ["aws", service, operation, *options]:
            _known_call(service, operation, options)
        case _:
            raise AssertionError(f"no rule says what to do with: {shlex.join(words)}")
    return ""


def _known_extras(names: list[str]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = {extra for word in names for found in EXTRAS.findall(word) for extra in found.split(",")}
    assert named <= set(project["optional-dependencies"]), f"there are no such extras: {named}"


def _command(arguments: list[str], aws: Emulator, home: Path) -> str:
    """Run a wsclient command against the emulator; a command that reports a problem exits with 1."""
    environ = {
        "HOME": str(home),
        "PYTHONPATH": str(ROOT),
        "COLUMNS": "100",
        "AWS_ENDPOINT_URL_WORKSPACES": aws.endpoint_url,
        "AWS_ENDPOINT_URL_STS": aws.endpoint_url,
        "AWS_ENDPOINT_URL_EC2": aws.endpoint_url,
        "AWS_CA_BUNDLE": aws.ca_file,
        "AWS_ACCESS_KEY_ID": aws.credentials.access_key_id,
        "AWS_SECRET_ACCESS_KEY": aws.credentials.secret_access_key,
    }
    program = [sys.executable, "-W", "error", "-m", "wsclient", *arguments]
    run = subprocess.run(
        program, env=environ, cwd=home, capture_output=True, text=True, timeout=LONGEST_SECONDS, check=False
    )
    assert run.returncode in {0, 1}, run.stderr
    assert not run.stderr, run.stderr
    return run.stdout


def _known_call(service: str, operation: str, options: list[str]) -> None:
    """Hold a command of the AWS CLI to the service's model: the operation and its parameters exist."""
    if (service, operation) == ("sso", "login"):
        return
    model: Any = botocore.session.Session().get_service_model(service)
    names = {_hyphened(name): name for name in model.operation_names}
    assert operation in names, f"{service} has no operation {operation}"
    members = {_hyphened(name) for name in model.operation_model(names[operation]).input_shape.members}
    for option in (word for word in options if word.startswith("--")):
        assert option[2:] in members | CLI_OPTIONS, f"{operation} takes no {option}"


def _hyphened(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()
