"""pytest plugin: fixtures for an emulator and a client of it, new for each test, and a network guard.

    @pytest.mark.wsclient(workspaces=3)
    def test_my_report(workspaces_client):
        assert asyncio.run(my_report(workspaces_client)) == 3

Code that creates its own client gets the emulator by the fixture wsclient_environment, which sets the variables of the
AWS SDKs. With `wsclient_network = "loopback"` in the pytest configuration, --wsclient-network=loopback or
@pytest.mark.wsclient(network="loopback"), requests of wsclient to another machine raise NetworkAccessError. "any"
allows them, even while respx or another library mocks httpx.

pytest finds the plugin by its entry point once wsclient is installed. The plugin works with every asyncio plugin and
without one, because the fixtures are synchronous. It imports nothing but itself until a test uses a fixture or the
network guard.
"""

from __future__ import annotations

from collections.abc import Coroutine, Generator, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, nullcontext
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from wsclient.testing._emulator.emulator import Emulator
    from wsclient.testing._plugin.shared_server import SharedServer
    from wsclient.workspaces._client import WorkSpacesClient

MARKER = "wsclient"
NETWORK = "wsclient_network"
"""Setting of the network guard, in the pytest configuration; as an option --wsclient-network."""
_GUARD = pytest.StashKey[object]()
"""The network= of a test's marks."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the setting and the option of the network guard."""
    text = (
        "hosts that wsclient may send requests to: loopback (this machine only) or any; "
        "default: any, but loopback only while httpx is mocked"
    )
    parser.addini(NETWORK, text, default="")
    parser.getgroup("wsclient").addoption("--wsclient-network", choices=["loopback", "any"], help=text)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, for runs with --strict-markers."""
    config.addinivalue_line(
        "markers",
        f"{MARKER}(workspaces=0, running_mode='ALWAYS_ON', state='AVAILABLE', **options): initial WorkSpaces of the "
        "test's emulator, and arguments of wsclient.testing.Emulator: region, throttle, quotas, ...; "
        "network='loopback' or 'any': hosts that wsclient may send requests to.",
    )
    network = config.getoption("--wsclient-network") or config.getini(NETWORK)
    if network:
        if network not in {"loopback", "any"}:
            raise pytest.UsageError(f"{NETWORK}: {network!r:.40} is not valid; use loopback or any")
        from wsclient.testing._plugin.network import network_guard  # noqa: PLC0415 - imported only if a run needs it

        scope = ExitStack()
        scope.enter_context(network_guard(network, NETWORK))
        config.add_cleanup(scope.close)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None]:
    """Apply the network= of a test's marks while its fixtures are set up."""
    networks = [mark.kwargs["network"] for mark in item.iter_markers(MARKER) if "network" in mark.kwargs]
    if networks:
        with _network_guard(networks[0]):
            item.stash[_GUARD] = networks[0]
            return (yield)
    return (yield)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """Apply it while the test runs."""
    with _network_guard(item.stash.get(_GUARD, None)):
        return (yield)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None]:
    """Apply it while the fixtures are torn down."""
    with _network_guard(item.stash.get(_GUARD, None)):
        return (yield)


def _network_guard(network: object) -> AbstractContextManager[None]:
    if network is None:
        return nullcontext()
    from wsclient.testing._plugin.network import network_guard  # noqa: PLC0415 - imported only if a run needs it

    return network_guard(network, f"@pytest.mark.{MARKER}: network=")


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
    from pathlib import Path  # noqa: PLC0415 - as above

    from wsclient.config._client_config import ClientConfig  # noqa: PLC0415 - as above
    from wsclient.workspaces._client import WorkSpacesClient  # noqa: PLC0415 - as above

    aws = wsclient_emulator
    client = WorkSpacesClient(
        region=aws.region,
        credentials=aws.credentials,
        transport=aws.transport(),
        config=ClientConfig.load("workspaces", environ={}, home=Path("/nonexistent"), region=aws.region),
    )
    yield client
    _run_in_thread(client.aclose())


@pytest.fixture
def wsclient_environment(wsclient_emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, str]:
    """Set the environment for this test so that clients created without arguments call its emulator over TLS.

    For wsclient, boto3, the AWS CLI and AWS SDKs of other languages, in this process and its children. Returns the
    variables that were set, those of Emulator.environ() among them. Every other AWS_ variable is unset, the AWS config
    files are hidden, and no proxy is used.
    """
    from wsclient.testing._plugin.environment import set_environment  # noqa: PLC0415 - as above

    return set_environment(wsclient_emulator, monkeypatch)


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
    import asyncio  # noqa: PLC0415 - takes long to import, and few test runs need it
    import threading  # noqa: PLC0415 - as above

    thread = threading.Thread(target=asyncio.run, args=(coroutine,))
    thread.start()
    thread.join()
