"""The pytest plugin: an emulator and a client of it for each test that asks for them.

    @pytest.mark.wsclient(workspaces=3)
    def test_my_report(workspaces_client):
        assert asyncio.run(my_report(workspaces_client)) == 3

pytest finds it by its entry point once wsclient is installed. It needs no plugin for asyncio and gets along with each:
the fixtures themselves are synchronous. Nothing is loaded before a test asks for one of them.
"""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator

    from wsclient.testing._emulator.emulator import Emulator
    from wsclient.testing._plugin.shared_server import SharedServer
    from wsclient.workspaces._client import WorkSpacesClient

MARKER = "wsclient"
_NO_HOME = Path("/nonexistent")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, so that strict runs know it."""
    config.addinivalue_line(
        "markers",
        f"{MARKER}(workspaces=0, running_mode='ALWAYS_ON', state='AVAILABLE', **options): what the test's emulator "
        "begins with, and what wsclient.testing.Emulator takes: region, throttle, quotas, ...",
    )


@pytest.fixture(scope="session")
def _wsclient_server() -> Iterator[SharedServer]:  # pyright: ignore[reportUnusedFunction] - pytest uses it
    """Serve the session's emulators over TLS, once one of them is asked for its URL."""
    from wsclient.testing._plugin.shared_server import SharedServer  # noqa: PLC0415 - not before a test needs it

    server = SharedServer()
    yield server
    server.stop()


@pytest.fixture
def wsclient_emulator(request: pytest.FixtureRequest, _wsclient_server: SharedServer) -> Iterator[Emulator]:
    """Return an emulator of this test's own, as the wsclient marks on it say; the nearest mark wins.

    It answers in process by its transport(), and over TLS at its endpoint_url.
    """
    from wsclient.testing._plugin.marker import fill, options_of  # noqa: PLC0415 - as above
    from wsclient.testing._plugin.shared_server import SharingEmulator  # noqa: PLC0415 - as above

    keywords = _keywords(request)
    aws = SharingEmulator(_wsclient_server, **options_of(keywords))
    fill(aws, keywords)
    yield aws
    aws.leave()


@pytest.fixture
def workspaces_client(wsclient_emulator: Emulator) -> Iterator[WorkSpacesClient]:
    """Return a client of this test's emulator, in process; it reads neither environment nor files, and is closed."""
    from wsclient.config._client_config import ClientConfig  # noqa: PLC0415 - as above
    from wsclient.workspaces._client import WorkSpacesClient  # noqa: PLC0415 - as above

    aws = wsclient_emulator
    client = WorkSpacesClient(
        region=aws.region,
        credentials=aws.credentials,
        transport=aws.transport(),
        config=ClientConfig.load("workspaces", environ={}, home=_NO_HOME, region=aws.region),
    )
    yield client
    _run(client.aclose())


def _keywords(request: pytest.FixtureRequest) -> dict[str, object]:
    """Return what all marks on a test say together."""
    marks = list(request.node.iter_markers(MARKER))
    keywords: dict[str, object] = {}
    for mark in reversed(marks):
        if mark.args:
            from wsclient._core.errors import ConfigurationError  # noqa: PLC0415 - as above

            raise ConfigurationError(f"@pytest.mark.{MARKER} takes keywords alone, as in workspaces=3")
        keywords |= mark.kwargs
    return keywords


def _run(coroutine: Coroutine[object, object, None]) -> None:
    """Run to the end on a loop of its own, in a thread: this one's loop may be running, or be somebody else's."""
    thread = threading.Thread(target=asyncio.run, args=(coroutine,))
    thread.start()
    thread.join()
