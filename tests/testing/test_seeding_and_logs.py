"""Seeding an emulator with texts of enumerations, and its log output."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.emulators import boto3_client
from wsclient import types
from wsclient.errors import ConfigurationError
from wsclient.testing import Emulator, Inventory
from wsclient.testing._state.logs import SERVER_THREAD

if TYPE_CHECKING:
    from collections.abc import Iterator

Fill = Callable[[Emulator, Any], object]
WORKSPACE: dict[str, Any] = {
    "workspace_id": "ws-0123456789",
    "directory_id": "d-0123456789",
    "user_name": "mary",
    "bundle_id": "wsb-1",
}

FILLED: dict[str, tuple[Fill, Any, str]] = {
    "running_mode": (lambda aws, it: aws.add_workspaces(running_mode=it), types.RunningMode.AUTO_STOP, "AUTO_STOPP"),
    "state": (lambda aws, it: aws.add_workspaces(state=it), types.WorkspaceState.STOPPED, "STOPED"),
    "directory": (lambda aws, it: aws.add_directory(kind=it), types.WorkspaceType.POOLS, "POOL"),
    "image": (
        lambda aws, it: aws.add_image("i", operating_system=it),
        types.OperatingSystemName.UBUNTU_22_04,
        "UBUNTU_22",
    ),
    "compute": (lambda aws, it: aws.add_application("a", compute_types=[it]), types.Compute.POWER, "POWERR"),
    "systems": (
        lambda aws, it: aws.add_application("a", operating_systems=[it]),
        types.OperatingSystemName.WINDOWS_11,
        "WINDOWS11",
    ),
    "application": (
        lambda aws, it: aws.add_application("a", state=it),
        types.WorkSpaceApplicationState.ERROR,
        "ERORR",
    ),
    "set state": (
        lambda aws, it: aws.set_workspace_state(aws.add_workspaces()[0], it),
        types.WorkspaceState.UNHEALTHY,
        "UNHEALTY",
    ),
    "inventory": (
        lambda aws, it: aws.seed(Inventory(workspaces=[types.Workspace(**WORKSPACE, state=it)])),
        types.WorkspaceState.STOPPED,
        "STOPED",
    ),
    "inventory, within": (
        lambda aws, it: aws.seed(
            Inventory(
                workspaces=[
                    types.Workspace(
                        **WORKSPACE, workspace_properties=types.WorkspaceProperties(protocols=["WSP"], running_mode=it)
                    )
                ]
            )
        ),
        types.RunningMode.AUTO_STOP,
        "AUTOSTOP",
    ),
}


def _state(fill: Fill, value: object) -> str:
    """Return the state of a new emulator after filling, without ids and times."""
    aws = Emulator()
    fill(aws, value)
    store = aws._seeder.store()
    kept = [
        [(record.workspace.state, record.workspace.workspace_properties) for record in store.workspaces.values()],
        [(record.directory.workspace_type, record.directory.state) for record in store.directories.values()],
        [(record.system, record.described.operating_system) for record in store.images.values()],
        [_decided(record.application) for record in store.applications.values()],
    ]
    return repr(kept)


def _decided(application: types.WorkSpaceApplication) -> object:
    """Return the values of an application that its seeding function sets."""
    return (
        application.state,
        application.supported_compute_type_names,
        application.supported_operating_system_names,
    )


@pytest.mark.parametrize("name", FILLED)
def test_enum_text_and_member_seed_alike(name: str) -> None:
    """The text of a value leaves the state that its member leaves, member for member."""
    fill, member, _ = FILLED[name]
    assert _state(fill, str(member.value)) == _state(fill, member)


@pytest.mark.parametrize("name", FILLED)
def test_misspelt_enum_text_is_rejected_with_a_suggestion(name: str) -> None:
    """A misspelled enumeration text raises ConfigurationError with a suggestion; other types are rejected too."""
    fill, member, misspelt = FILLED[name]
    aws = Emulator()
    with pytest.raises(ConfigurationError, match=f"unknown .*'{misspelt}'; did you mean '{member.value}'"):
        fill(aws, misspelt)
    with pytest.raises(
        ConfigurationError, match=r" must be .*(its text|list of strings), not (7|int|a list with an int)"
    ):
        fill(aws, 7)


def test_enum_value_newer_than_the_model_is_accepted() -> None:
    """An instance of the enumeration with a value newer than the model is accepted, for tests of such values."""
    aws = Emulator()
    (workspace_id,) = aws.add_workspaces(state=types.WorkspaceState("BRAND_NEW"))
    assert aws._seeder.workspace(workspace_id).workspace.state == "BRAND_NEW"


def test_workspace_seeded_with_text_can_be_called() -> None:
    """A WorkSpace seeded with the text AUTO_STOP can be stopped and started."""
    with Emulator() as aws:
        (workspace_id,) = aws.add_workspaces(running_mode="AUTO_STOP")
        ws = boto3_client(aws, "workspaces")
        assert ws.stop_workspaces(StopWorkspaceRequests=[{"WorkspaceId": workspace_id}])["FailedRequests"] == []
        (found,) = ws.describe_workspaces(WorkspaceIds=[workspace_id])["Workspaces"]
        assert found["WorkspaceProperties"]["RunningMode"] == "AUTO_STOP"
        assert found["State"] == "STOPPING"


@pytest.fixture
def records() -> Iterator[list[logging.LogRecord]]:
    """Collect every record that reaches the program's root logger, all levels."""
    found: list[logging.LogRecord] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(record)

    root, collector = logging.getLogger(), Collector()
    level = root.level
    root.addHandler(collector)
    root.setLevel(logging.DEBUG)
    yield found
    root.removeHandler(collector)
    root.setLevel(level)


def _broken(aws: Emulator) -> None:
    """Make the next call of the emulator raise."""
    aws._world.buckets = None  # type: ignore[assignment]


def _use(aws: Emulator) -> None:
    with aws:
        client = boto3_client(aws, "workspaces")
        client.describe_workspaces()
        _broken(aws)
        with pytest.raises(client.exceptions.ClientError, match=r"wsclient\.testing"):
            client.describe_workspaces()


def _its_own(records: list[logging.LogRecord]) -> list[str]:
    return [
        record.name
        for record in records
        if record.threadName == SERVER_THREAD or record.name.startswith(("uvicorn", "wsclient.testing"))
    ]


def test_emulator_does_not_log_to_the_program(records: list[logging.LogRecord]) -> None:
    """Starting, serving, failing within and stopping leave no record in the program's logging, whatever its level."""
    _use(Emulator())
    assert _its_own(records) == []


def test_emulator_logs_on_request(records: list[logging.LogRecord]) -> None:
    """With a level of the logger wsclient.testing, exceptions in the emulator and the server's lines are logged."""
    logger = logging.getLogger("wsclient.testing")
    silent = logger.level
    logger.setLevel(logging.INFO)
    try:
        _use(Emulator())
    finally:
        logger.setLevel(silent)
    assert {"wsclient.testing", "uvicorn.error"} <= set(_its_own(records))


def test_program_loggers_are_unchanged(records: list[logging.LogRecord]) -> None:
    """Loggers of the program's own uvicorn and asyncio are unchanged while an emulator runs."""
    with Emulator():
        for name in ("uvicorn.error", "uvicorn.access"):
            logging.getLogger(name).info("mine")
        asyncio.run(asyncio.sleep(0), debug=True)
    assert [record.name for record in records if record.getMessage() == "mine"] == ["uvicorn.error", "uvicorn.access"]
    assert any(record.name == "asyncio" for record in records)
