"""pytest plugin: a user's tests, run by pytest."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import boto3
import httpx
import pytest
import respx
import trustme
import uvicorn

from wsclient._pipeline.transport import network_guard
from wsclient.testing import Emulator
from wsclient.testing._plugin import marker as _marker
from wsclient.testing._plugin import shared_server as _shared_server
from wsclient.testing._server import dispatcher as _service
from wsclient.testing._server import transport as _transport

LOADED = (_service, _shared_server, _transport, boto3, httpx, respx, trustme, uvicorn)
"""Loaded here: pytester forgets what is loaded within a run, and would have it loaded for each."""
pytest_plugins = ["pytester"]
ROOT = Path(__file__).parents[2]
STRICT = (
    "-p",
    "no:hypothesispytest",
    "-p",
    "no:pytest_httpx2",
    "-p",
    "no:wsclient",
    "-p",
    "wsclient.testing.pytest_plugin",
    "--strict-markers",
    "-W",
    "error",
    "-q",
    "--tb=line",
)
"""As a strict project runs its tests; the plugin by its module, whether it is installed or not."""
FIRST_TEST = """
import asyncio
import pytest

@pytest.mark.wsclient(workspaces=3)
def test_all_are_listed(workspaces_client):
    assert len(asyncio.run(workspaces_client.describe_workspaces().collect())) == 3
"""
TOLD = """
import asyncio, ssl, urllib.request
import pytest
from wsclient import errors, types
from wsclient.testing import Emulator, Quotas

def ids(client):
    return {workspace.workspace_id for workspace in asyncio.run(client.describe_workspaces().collect())}

@pytest.mark.wsclient(workspaces=2, running_mode="AUTO_STOP", state="STOPPED", throttle=(2, 5), region="eu-west-1",
                      quotas=Quotas(workspaces=2))
class TestMarked:
    def test_the_mark_of_a_class(self, workspaces_client, wsclient_emulator):
        assert isinstance(wsclient_emulator, Emulator)
        page = asyncio.run(workspaces_client.describe_workspaces().first_page())
        assert [one.state for one in page.workspaces] == ["STOPPED"] * 2
        assert [one.workspace_properties.running_mode for one in page.workspaces] == ["AUTO_STOP"] * 2
        assert wsclient_emulator.region == workspaces_client.endpoint.signing_region == "eu-west-1"
        with pytest.raises(errors.ResourceLimitExceededException):
            asyncio.run(workspaces_client.create_workspaces(workspaces=[types.WorkspaceRequest(
                directory_id=wsclient_emulator.directory_id, user_name="j", bundle_id=wsclient_emulator.bundle_id)]))

    @pytest.mark.wsclient(workspaces=1)
    def test_a_nearer_mark_wins(self, workspaces_client):
        page = asyncio.run(workspaces_client.describe_workspaces().first_page())
        assert [one.state for one in page.workspaces] == ["STOPPED"]

seen = set()

@pytest.mark.parametrize("number", range(2))
def test_each_has_an_emulator_of_its_own(workspaces_client, wsclient_emulator, number):
    wsclient_emulator.add_workspaces(1)
    assert len(ids(workspaces_client)) == 1
    assert not ids(workspaces_client) & seen
    seen.update(ids(workspaces_client))

left = []

def test_one_client_over_several_loops(workspaces_client):
    for _ in range(2):
        assert ids(workspaces_client) == set()
    left.append(workspaces_client)

def test_the_client_is_closed_in_the_end():
    with pytest.raises(errors.ConfigurationError, match="closed"):
        ids(left[0])

urls = []

@pytest.mark.parametrize("number", range(2))
def test_over_tls_at_the_session_s_server(wsclient_emulator, number):
    trust = ssl.create_default_context(cafile=wsclient_emulator.ca_file)
    request = urllib.request.Request(wsclient_emulator.endpoint_url, data=b"")
    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.urlopen(request, context=trust)
    raised.value.close()
    assert len(wsclient_emulator.calls) == 1
    urls.append(wsclient_emulator.endpoint_url)
    assert len(set(urls)) == 1

def test_a_server_of_its_own(wsclient_emulator):
    with wsclient_emulator as aws:
        own = aws.endpoint_url
    assert own != wsclient_emulator.endpoint_url == urls[0]

async def use(client):
    return len(await client.describe_workspaces().collect())

@pytest.mark.anyio
@pytest.mark.wsclient(workspaces=2)
async def test_with_anyio(workspaces_client):
    assert await use(workspaces_client) == 2

@pytest.fixture
def anyio_backend():
    return "asyncio"
"""


def test_documented_first_test_is_short_and_runs(pytester: pytest.Pytester) -> None:
    """The documented example works in a strict project, and has fewer than ten lines."""
    assert len(FIRST_TEST.strip().splitlines()) < 10
    hundred = FIRST_TEST.replace("def test", '@pytest.mark.parametrize("number", range(100))\ndef test')
    pytester.makepyfile(hundred.replace("(workspaces_client)", "(workspaces_client, number)"))
    pytester.runpytest_inprocess(*STRICT).assert_outcomes(passed=100)


def test_plugin_marks_fixtures_and_isolation(pytester: pytest.Pytester) -> None:
    """Marks, fresh state, closed clients, the session's server, and tests of anyio's."""
    pytester.makepyfile(TOLD)
    pytester.runpytest_inprocess(*STRICT).assert_outcomes(passed=10)


def test_plugin_works_within_a_running_loop(pytester: pytest.Pytester) -> None:
    """A plugin that finishes fixtures within its running loop, as pytest within a notebook does, gets along with it."""
    pytester.makeconftest(
        """
        import asyncio, inspect, pytest

        @pytest.hookimpl(tryfirst=True)
        def pytest_runtest_protocol(item, nextitem):
            async def whole():
                from _pytest.runner import runtestprotocol
                item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
                runtestprotocol(item, nextitem=nextitem)
                item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
            asyncio.run(whole())
            return True
        """
    )
    pytester.makepyfile(
        """
        import threading, asyncio

        def test_it(workspaces_client):
            got = []
            thread = threading.Thread(target=lambda: got.append(
                asyncio.run(workspaces_client.describe_workspaces().collect())))
            thread.start()
            thread.join()
            assert got == [[]]
        """
    )
    pytester.runpytest_inprocess(*STRICT).assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("mark", "message"),
    [
        ("workspace=3", "@pytest.mark.wsclient has no option 'workspace'; did you mean 'workspaces'"),
        ("xyz=3", "has no option 'xyz'; it takes region, "),
        ("host='0.0.0.0'", "has no option 'host'"),
        ("3", "takes keyword arguments only"),
        ("workspaces=-1", "workspaces=-1 must be an int"),
        ("workspaces='3'", "workspaces='3' must be an int"),
        (
            "workspaces=1, running_mode='AUTOSTOP'",
            "running_mode='AUTOSTOP' is not valid; use one of AUTO_STOP, ALWAYS_ON, MANUAL",
        ),
        ("workspaces=1, state=3", "state=3 is not valid; use one of PENDING, "),
        ("state='STOPPED'", "need workspaces="),
        ("throttle=2", "throttle= must be a Pace"),
        ("throttle=(0, 5)", "Pace.rate must be a positive number"),
    ],
)
def test_unknown_mark_keyword_fails_the_test(pytester: pytest.Pytester, mark: str, message: str) -> None:
    """An unknown keyword of the mark fails the test with the valid keywords."""
    pytester.makepyfile(f"import pytest\n@pytest.mark.wsclient({mark})\ndef test_it(wsclient_emulator):\n    pass\n")
    result = pytester.runpytest_inprocess(*STRICT)
    result.assert_outcomes(errors=1)
    assert re.search(f"(ConfigurationError|TypeError): .*{message}", result.stdout.str())


def test_plugin_entry_point_loads() -> None:
    """The entry point in pyproject.toml can be loaded by pytest."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    module = project["entry-points"]["pytest11"]["wsclient"]
    assert hasattr(import_module(module), "wsclient_emulator")


def test_plugin_imports_only_itself() -> None:
    """Importing the plugin imports only itself and its parent packages, seven small modules."""
    script = (
        "import pytest, sys\n"
        "before = set(sys.modules)\n"
        "import wsclient.testing.pytest_plugin\n"
        "print(*sorted(set(sys.modules) - before))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert run.stdout.split() == [
        "wsclient",
        *(f"wsclient.{name}" for name in ("_core", "_core.lazy_imports", "_core.public_names", "_version")),
        *("wsclient.testing", "wsclient.testing.pytest_plugin"),
    ]


GUARDED = """
import asyncio, os
import httpx, pytest, respx, wsclient
from wsclient.errors import NetworkAccessError
from wsclient.testing import Recorder

def client(**options):
    keys = wsclient.Credentials("AKIDEXAMPLE", "x")
    retry = wsclient.RetryPolicy(mode="off")
    options = {"credentials": keys, "region": "us-west-2", "retry": retry, **options}
    return wsclient.WorkSpacesClient(**options)

def call(**options):
    return asyncio.run(client(**options).describe_workspaces().collect())

def test_no_call_leaves(tmp_path):
    for options in (
        {},
        {"proxy": "http://localhost:1"},
        {"transport": httpx.AsyncHTTPTransport()},
        {"endpoint_url": "https://192.0.2.1"},
        {"credentials": wsclient.credentials.ImdsProvider()},
    ):
        with pytest.raises(NetworkAccessError, match="is not loopback.*wsclient_network"):
            call(**options)
    with pytest.raises(NetworkAccessError):
        asyncio.run(client().warm_up(1))
    recorder = Recorder(tmp_path / "calls.json", transport=httpx.AsyncHTTPTransport())
    with pytest.raises(NetworkAccessError):
        call(transport=recorder)
    asyncio.run(recorder.aclose())

def test_loopback_and_fakes_are_free(wsclient_emulator, workspaces_client):
    assert asyncio.run(workspaces_client.describe_workspaces().collect()) == []
    tls = wsclient.TLSPolicy(ca_file=wsclient_emulator.ca_file)
    assert call(endpoint_url=wsclient_emulator.endpoint_url, credentials=wsclient_emulator.credentials, tls=tls) == []
    assert asyncio.run(wsclient_emulator.client().describe_workspaces().collect()) == []
    with respx.mock as router:
        router.post("https://workspaces.us-west-2.amazonaws.com/").respond(json={"Workspaces": []})
        assert call(transport=httpx.AsyncHTTPTransport()) == []

@pytest.mark.wsclient(network="any")
@pytest.mark.parametrize("options", [{}, {"transport": httpx.AsyncHTTPTransport()}])
def test_the_network_on_request(options):
    with pytest.raises(wsclient.errors.ConnectError):
        call(endpoint_url="https://no-such-host.invalid", **options)
"""


@pytest.mark.parametrize("way", ["option", "setting", "mark"])
def test_network_guard_blocks_external_calls(pytester: pytest.Pytester, way: str) -> None:
    """By option, configuration or mark, no call of wsclient leaves this machine; a mark allows the network again."""
    text = GUARDED
    if way == "mark":
        text = text.replace("def test_no_call", '@pytest.mark.wsclient(network="loopback")\ndef test_no_call')
        text += "\ndef test_afterwards_the_guard_is_off():\n    with pytest.raises(wsclient.errors.ConnectError):\n"
        text += '        call(endpoint_url="https://no-such-host.invalid")\n'
    if way == "setting":
        pytester.makeini("[pytest]\nwsclient_network = loopback\n")
    pytester.makepyfile(text)
    option = ["--wsclient-network=loopback"] if way == "option" else []
    pytester.runpytest_inprocess(*STRICT, *option).assert_outcomes(passed=5 if way == "mark" else 4)
    # A pytester run in this process must not leave its network guard behind.
    assert network_guard._access is network_guard.NetworkAccess.UNMOCKED


def test_invalid_guard_value_is_rejected(pytester: pytest.Pytester) -> None:
    """An invalid guard value ends the run or fails the test, with the valid values."""
    pytester.makepyfile('import pytest\n@pytest.mark.wsclient(network="on")\ndef test_it():\n    pass\n')
    pytester.makeini("[pytest]\nwsclient_network = lopback\n")
    run = pytester.runpytest_inprocess(*STRICT)
    assert run.ret == pytest.ExitCode.USAGE_ERROR
    assert "wsclient_network: 'lopback' is not valid; use loopback or any" in run.stderr.str()
    pytester.makeini("[pytest]\n")
    pytester.runpytest_inprocess(*STRICT).assert_outcomes(errors=1)


ENVIRONMENT = """
import asyncio, os, subprocess, sys
import boto3, pytest, wsclient

async def my_report():
    async with wsclient.WorkSpacesClient() as ws:
        return len(await ws.describe_workspaces().collect()), (await ws.whoami()).account_id

@pytest.mark.parametrize("time", ["first", "second"])
@pytest.mark.wsclient(workspaces=3)
def test_a_client_without_arguments(time, wsclient_environment, wsclient_emulator):
    assert asyncio.run(my_report()) == (3, wsclient_emulator.account_id)
    assert wsclient_environment.items() >= wsclient_emulator.environ().items()
    assert not {"AWS_PROFILE", "AWS_SESSION_TOKEN", "HTTPS_PROXY", "https_proxy"} & os.environ.keys()
    assert len(boto3.client("workspaces").describe_workspaces()["Workspaces"]) == 3
    script = "import asyncio, wsclient; print(len(asyncio.run("
    script += "wsclient.WorkSpacesClient().describe_workspaces().collect())))"
    child = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert child.stdout.strip() == "3"

def test_afterwards_it_is_as_before():
    assert os.environ["AWS_PROFILE"] == "production" and "AWS_ACCESS_KEY_ID" not in os.environ
"""


def test_wsclient_environment_redirects_clients_to_the_emulator(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """wsclient_environment points clients of wsclient, boto3 and child processes at the test's emulator."""
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")
    monkeypatch.setenv("https_proxy", "http://192.0.2.1:3128")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makepyfile(ENVIRONMENT)
    strict = [option for option in STRICT if option != "error"]
    strict[strict.index("-W")] = "-Wdefault"  # boto3 warns about this version of Python
    pytester.runpytest_inprocess(*strict).assert_outcomes(passed=3)


def test_mark_accepts_every_emulator_option() -> None:
    """The mark takes each option of Emulator except host and port, which the plugin sets."""
    options = set(inspect.signature(Emulator).parameters) - {"host", "port"}
    assert set(_marker.EmulatorOptions.__annotations__) == options
