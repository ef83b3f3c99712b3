"""Type checkers over the documentation's code and over user code: right lines pass, mistakes are found."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.support.doc_blocks import ROOT
from tests.support.typed_pages import write_pages

if TYPE_CHECKING:
    from collections.abc import Iterator

USER_CODE: Final = Path(__file__).with_name("user_code.py")
MISTAKES: Final = """
import wsclient
from wsclient import ClientConfig, ClientOptions, Credentials, RetryPolicy, WorkSpacesClient, audit, errors, types
from wsclient.fleet import Fleet, FleetOptions, Report, inventory, where
from wsclient.testing import Emulator, EmulatorClientOptions


async def main(client: WorkSpacesClient, workspace: types.Workspace) -> None:
    properties = types.WorkspaceProperties(running_mode="AUTO_STOP", compute_type_name="STANDARD", protocols=("WSP",))
    types.WorkspaceProperties(running_mode="AUTO-STOP")  # mistake: a typo in a value
    types.WorkspaceRequest(directory_id="d-926722edaf", user_name="mary")  # mistake: no bundle
    request = types.WorkspaceRequest(directory_id="d-926722edaf", user_name="mary", bundle_id="wsb-0zsvgp8fc")
    types.Tag(value="a")  # mistake: no key
    tag = types.Tag(key="a")
    types.StopRequest()  # mistake: no WorkSpace
    await client.create_workspaces(workspaces=request)  # mistake: not a list
    await client.modify_workspace_state(workspace_id="ws-0123456789", workspace_state="AVAILABEL")  # mistake: a typo
    await client.modify_workspace_state(workspace_id=workspace.workspace_id, workspace_state="AVAILABLE")
    await client.create_tags(resource_id=workspace.workspace_id, tags=(tag,))
    workspace.ip_address.split(".")  # mistake: AWS leaves it out while a WorkSpace is PENDING
    print(workspace.user_name.lower(), workspace.workspace_properties.running_mode, properties)


def sites(config: ClientConfig, keys: Credentials, options: ClientOptions, shared: FleetOptions) -> None:
    fleet = Fleet(regions=["us-west-2"], retry=RetryPolicy(max_attempts=3), read_only=True)
    Fleet(region="us-west-2")  # mistake: a fleet has regions
    Fleet(profiles=["prod"], credentials=keys)  # mistake: a fleet has accounts
    Fleet(profile="prod")  # mistake: a fleet has profiles
    Fleet(config=config)  # mistake: the config of a client names one region
    inventory(region="us-west-2")  # mistake: as for a fleet
    audit.Audit(region="us-west-2")  # mistake: as for a fleet
    audit.Audit(regions=["us-west-2"], **shared)
    print(fleet, inventory(read_only=True), WorkSpacesClient(**options))


def emulated(aws: Emulator, options: EmulatorClientOptions) -> WorkSpacesClient:
    aws.client(profile="prod")  # mistake: the emulator's clients read no AWS files
    aws.sts_client(profile="prod")  # mistake: as above
    return aws.client(**options).with_options(region="us-west-2", retry=None)


async def names(client: WorkSpacesClient, fleet: Fleet, report: Report, error: errors.ServiceError) -> None:
    client.get_paginator("describe_workspaces")  # mistake: a name of boto3
    client.describe_workspace()  # mistake: a typo
    page = await client.describe_workspaces()
    print(page["Workspaces"])  # mistake: a structure is no dictionary
    print(page.Workspaces)  # mistake: a name of AWS
    fleet.stop_all()  # mistake: no action
    print(report.failures, report.of("failed"))  # mistake: no attribute
    print(error.response, error.code)  # mistake: as above
    print(wsclient.client, wsclient.WorkSpacesClient)  # mistake: a name of boto3
    print(wsclient.errors.ClientError, errors.ServiceError)  # mistake: as above


async def batch(fleet: Fleet, aws: Emulator) -> None:
    wanted = where.state("AVAILABLE", types.WorkspaceState.STOPPED) & where.protocol("WSP")
    where.state("AVAILABEL")  # mistake: a typo in a value
    where.running_mode("AUTOSTOP")  # mistake: a typo in a value
    where.compute_type("standard")  # mistake: lower case
    where.operating_system("WINDOWS11")  # mistake: a typo in a value
    where.protocol("DCV")  # mistake: the API's value is WSP
    where.row(lambda row: row.tags == {}, description="untagged", needs=["tag"])  # mistake: the join is "tags"
    fleet.inventory(where=wanted, join=["tags"])
    fleet.inventory(where=wanted, join="tags")  # mistake: not a list
    report = await (await fleet.set_state(where=wanted, state="ADMIN_MAINTENANCE")).run()
    await fleet.set_state(where=wanted, state="MAINTENANCE")  # mistake: not a state to set
    print(report.of("done"), report.counts["not_tried"])
    report.of("succeeded")  # mistake: no outcome
    aws.add_workspaces(2, state="STOPPED")
    aws.add_workspaces(2, state="RUNNING")  # mistake: no state


async def audits(report: audit.AuditReport) -> int:
    report.raise_for_failures("critical")  # mistake: no severity
    return report.exit_code("medium")
"""
"""Lines as users write them; checkers report those with a mistake, and no other."""
PYRIGHT: Final = {
    "typeCheckingMode": "strict",
    "pythonVersion": "3.11",
    "extraPaths": [str(ROOT)],
    # A page shows values that it does not use, and imports again what an earlier block has imported.
    "reportUnusedExpression": False,
    "reportUnusedVariable": False,
    "reportUnusedImport": False,
    "reportUnusedFunction": False,
    "reportRedeclaration": False,
    "reportMissingTypeStubs": False,
}
Place = tuple[str, int]
PYREFLY_MISSES: Final = {
    ("mistakes.py", number) for number, line in enumerate(MISTAKES.splitlines(), 1) if 'join="tags")  # mistake' in line
}
"""A text is a collection of texts to pyrefly, also where these are literals."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the documentation's code, user code, and user code with mistakes."""
    folder = tmp_path_factory.mktemp("typed")
    assert write_pages(folder) > 50
    (folder / "user_code.py").write_text(USER_CODE.read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "mistakes.py").write_text(MISTAKES, encoding="utf-8")
    (folder / "pyrightconfig.json").write_text(json.dumps(PYRIGHT), encoding="utf-8")
    return folder


def _mistakes() -> set[Place]:
    return {("mistakes.py", number) for number, line in enumerate(MISTAKES.splitlines(), 1) if "# mistake" in line}


def test_pyright_reports_exactly_the_marked_mistakes(folder: Path) -> None:
    """Pyright's strict mode, and so its basic one, passes all code of docs, README, examples and users."""
    program = [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, "--outputjson", "-p", str(folder)]
    run = subprocess.run(program, capture_output=True, text=True, check=False, timeout=300)
    found = [each for each in json.loads(run.stdout)["generalDiagnostics"] if each["severity"] == "error"]
    places = {(Path(each["file"]).name, each["range"]["start"]["line"] + 1): each["message"] for each in found}
    assert places.keys() == _mistakes(), places


def test_pyrefly_reports_exactly_the_marked_mistakes(folder: Path) -> None:
    """Pyrefly, a third checker with rules of its own, passes the same code."""
    settings = ["--python-interpreter-path", sys.executable, "--search-path", str(ROOT), "--preset", "default"]
    program = [sys.executable, "-m", "pyrefly", "check", *settings, "--output-format", "json", str(folder)]
    run = subprocess.run(program, capture_output=True, text=True, check=False, timeout=300, cwd=folder)
    found = [each for each in json.loads(run.stdout)["errors"] if each["severity"] == "error"]
    places = {(Path(each["path"]).name, each["line"]): each["description"] for each in found}
    assert places.keys() | PYREFLY_MISSES == _mistakes(), places


def test_mypy_reports_exactly_the_marked_mistakes(folder: Path) -> None:
    """Mypy's strict mode, and so its basic one, passes all code of docs, README, examples and users."""
    # Options are in the pages themselves, so that the project's own run and this one share a cache.
    options = ["--no-error-summary", "--hide-error-context"]
    program = [sys.executable, "-m", "mypy", "--config-file", str(ROOT / "pyproject.toml"), *options, str(folder)]
    environment = os.environ | {"MYPYPATH": str(ROOT)}
    run = subprocess.run(program, capture_output=True, text=True, check=False, timeout=300, cwd=ROOT, env=environment)
    places = dict(_mypy_errors(run.stdout))
    assert places.keys() == _mistakes(), places or run.stdout + run.stderr


def _mypy_errors(output: str) -> Iterator[tuple[Place, str]]:
    for path, line, message in re.findall(r"^(.+?):(\d+): error: (.*)$", output, re.MULTILINE):
        yield (Path(path).name, int(line)), message
