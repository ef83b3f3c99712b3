"""pytest plugin: fixtures for an emulator and a client of it, new for each test.

    @pytest.mark.wsclient(workspaces=3)
    def test_my_report(workspaces_client):
        assert asyncio.run(my_report(workspaces_client)) == 3

pytest finds the plugin by its entry point once wsclient is installed. The plugin works with every asyncio plugin and
without one, because the fixtures are synchronous. It imports the emulator only when a test uses a fixture.
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
    """Register the marker, for runs with --strict-markers."""
    config.addinivalue_line(
        "markers",
        f"{MARKER}(workspaces=0, running_mode='ALWAYS_ON', state='AVAILABLE', **options): initial WorkSpaces of the "
        "test's emulator, and arguments of wsclient.testing.Emulator: region, throttle, quotas, ...",
    )


@pytest.fixture(scope="session")
def _wsclient_server() -> Iterator[SharedServer]:  # pyright: ignore[reportUnusedFunction] - pytest uses it
    """Serve the emulators of the test session over TLS; the server starts when a test first reads endpoint_url."""
    from wsclient.testing._plugin.shared_server import SharedServer  # noqa: PLC0415 - not before a test needs it

    server = SharedServer()
    yield server
    server.stop()


@pytest.fixture
def wsclient_emulator(request: pytest.FixtureRequest, _wsclient_server: SharedServer) -> Iterator[Emulator]:
    """Yield an emulator for this test, configured by its wsclient marks; the mark closest to the test wins.

    The emulator answers in process through transport(), and over TLS at endpoint_url.
    """
    from wsclient.testing._plugin.marker import add_content, emulator_options  # noqa: PLC0415 - as above
    from wsclient.testing._plugin.shared_server import SharingEmulator  # noqa: PLC0415 - as above

    keywords = _mark_keywords(request)
    aws = SharingEmulator(_wsclient_server, **emulator_options(keywords))
    add_content(aws, keywords)
    yield aws
    aws.detach()


@pytest.fixture
def workspaces_client(wsclient_emulator: Emulator) -> Iterator[WorkSpacesClient]:
    """Yield a client of this test's emulator, in process, and close it. It reads no environment variables or files."""
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
    _run_in_thread(client.aclose())


def _mark_keywords(request: pytest.FixtureRequest) -> dict[str, object]:
    """Return the merged keyword arguments of all wsclient marks of a test."""
    marks = list(request.node.iter_markers(MARKER))
    keywords: dict[str, object] = {}
    for mark in reversed(marks):
        if mark.args:
            from wsclient._core.errors import ConfigurationError  # noqa: PLC0415 - as above

            raise ConfigurationError(f"@pytest.mark.{MARKER} takes keyword arguments only, as in workspaces=3")
        keywords |= mark.kwargs
    return keywords


def _run_in_thread(coroutine: Coroutine[object, object, None]) -> None:
    """Run a coroutine on a new event loop in a thread: this thread's loop may be running, or belong to other code."""
    thread = threading.Thread(target=asyncio.run, args=(coroutine,))
    thread.start()
    thread.join()
