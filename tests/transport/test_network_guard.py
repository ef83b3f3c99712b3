"""While a test mocks httpx or boto3, a client with its own connections raises NetworkAccessError and sends nothing."""

import asyncio
import functools
import sys
from typing import Any

import httpcore
import httpx
import httpx2
import pytest
import pytest_httpx2
import respx
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws

import wsclient
from tests.support.bare_clients import NO_SETTINGS
from tests.support.senders import CONTEXT, QUICK, TRUSTING, post
from tests.support.tls_server import serving
from wsclient._pipeline.transport.http_transport import HttpTransport
from wsclient._pipeline.transport.network_guard import (
    NetworkAccess,
    active_mock,
    check_network_access,
    network_access,
)
from wsclient.errors import ConnectError, NetworkAccessError

REGISTERED = pytest_httpx2
"""Importing it registers the mocker of httpcore2."""
URL = "https://workspaces.us-west-2.amazonaws.com/"
EMPTY: dict[str, list[object]] = {"Workspaces": []}


def _calls(**options: Any) -> list[Any]:
    """Return the WorkSpaces that a client of AWS's endpoint lists."""

    async def main() -> list[Any]:
        keys, retry = wsclient.Credentials("AKIDEXAMPLE", "hunter2"), wsclient.RetryPolicy(mode="off")
        async with wsclient.WorkSpacesClient(config=NO_SETTINGS, credentials=keys, retry=retry, **options) as ws:
            return await ws.describe_workspaces().collect()

    return asyncio.run(main())


@pytest.mark.parametrize(
    ("using", "library"),
    [("httpcore", httpx), ("httpx", httpx), ("httpcore2", httpx2)],
    ids=["respx", "respx using httpx", "pytest-httpx2"],
)
def test_client_under_respx_names_the_transport_to_pass(using: str, library: Any) -> None:
    """While respx is active, the client's error names the transport to pass, and that transport is mocked."""
    with respx.mock(using=using, assert_all_called=False) as router:
        route = router.post(URL).respond(json=EMPTY)
        with pytest.raises(
            NetworkAccessError, match=rf"{library.__name__} is mocked by (respx|pytest_httpx2)"
        ) as caught:
            _calls()
        assert f"transport={library.__name__}.AsyncHTTPTransport()" in str(caught.value)
        assert not caught.value.may_have_been_sent
        assert route.call_count == 0
        if using != "httpx":  # which patches clients of httpx, not transports
            assert _calls(transport=library.AsyncHTTPTransport()) == []
        assert _calls(transport=httpx.MockTransport(router.async_handler)) == []
    assert active_mock() is None
    with pytest.raises(ConnectError):
        _calls(endpoint_url="https://no-such-host.invalid")


def test_client_under_mock_aws_reaches_only_loopback() -> None:
    """Within mock_aws, which answers botocore alone, own connections and stock transports reach loopback only.

    A transport of the caller's that is mocked or answers itself is called, and so is AWS once mock_aws has ended.
    """
    with mock_aws():
        for options in ({}, {"transport": httpx.AsyncHTTPTransport()}, {"transport": httpx2.AsyncHTTPTransport()}):
            with pytest.raises(NetworkAccessError, match="moto mocks boto3") as caught:
                _calls(**options)
            assert not caught.value.may_have_been_sent
        with pytest.raises(ConnectError):
            _calls(endpoint_url="https://127.0.0.1:1")
        answers = httpx.MockTransport(lambda _: httpx.Response(200, json=EMPTY, headers={"x-amzn-requestid": "id"}))
        assert _calls(transport=answers) == []
        with network_access(NetworkAccess.ANY):
            check_network_access(URL)
    check_network_access(URL)


@respx.mock
def test_credential_requests_do_not_bypass_a_mock() -> None:
    """The same holds for the requests of credential providers, to services and to the metadata service."""
    for provider in (
        wsclient.credentials.ImdsProvider(),
        wsclient.credentials.SessionTokenProvider(source=wsclient.Credentials("AKIDEXAMPLE", "hunter2")),
    ):
        with pytest.raises(NetworkAccessError, match="is mocked by respx"):
            _calls_with(provider)


def _calls_with(provider: Any) -> None:
    async def main() -> None:
        async with wsclient.WorkSpacesClient(config=NO_SETTINGS, credentials=provider) as ws:
            await ws.describe_workspaces()

    asyncio.run(main())


@respx.mock
def test_loopback_is_reachable_under_a_mock() -> None:
    """A server of the test's own on this machine is reached while something else is mocked."""

    async def main() -> None:
        async with serving(CONTEXT) as server:
            sender = HttpTransport(TRUSTING)
            assert (await sender.send(post(server.url), QUICK)).status == 200
            await sender.aclose()

    asyncio.run(main())


async def _fake(_self: object, _request: object) -> Any:
    """Stand for a test's own replacement."""


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (httpx.AsyncHTTPTransport, "handle_async_request"),
        (httpx2.AsyncHTTPTransport, "handle_async_request"),
        (httpcore.AsyncConnectionPool, "handle_async_request"),
        (httpx, "AsyncHTTPTransport"),
    ],
    ids=str,
)
def test_other_httpx_mocks_are_detected(owner: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A method or class that a test replaces, as pytest-httpx and many tests do, is found, and its module named."""
    fake = _fake if name == "handle_async_request" else type("Fake", (), {"handle_async_request": _fake})
    monkeypatch.setattr(owner, name, fake)
    with pytest.raises(NetworkAccessError, match=rf"is mocked by {__name__}"):
        _calls()


def test_mock_objects_are_detected(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Mock in the place of the method is found too."""
    from unittest.mock import AsyncMock  # noqa: PLC0415 - here alone

    monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", AsyncMock())
    with pytest.raises(NetworkAccessError, match=r"is mocked by unittest\.mock"):
        _calls()


class _Proxy:
    """A wrapper like wrapt's, which passes every attribute of the function on."""

    def __init__(self, wrapped: Any) -> None:
        self.__module__ = wrapped.__module__
        self._wrapped = wrapped

    def __call__(self, *args: Any) -> Any:
        """Call the function."""
        return self._wrapped(*args)


def test_instrumentation_wrappers_are_no_mocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrappers as monitoring installs them in production, by wrapt or functools.wraps, refuse nothing."""
    original = httpx.AsyncHTTPTransport.handle_async_request

    @functools.wraps(original)
    async def traced(self: Any, request: Any) -> Any:
        return await original(self, request)

    for wrapper in (traced, _Proxy(original)):
        monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", wrapper)
        assert active_mock() is None


def test_mock_detection_does_not_import_httpx(monkeypatch: pytest.MonkeyPatch) -> None:
    """If httpx is not imported, no mock is active, and the check does not import it."""
    for name in ("httpx", "httpcore", "httpx2", "httpcore2"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    assert active_mock() is None
    assert "httpx" not in sys.modules


ADDRESSES = st.ip_addresses().map(lambda address: (str(address), address.is_loopback))
NAMES = st.sampled_from(
    [
        *(("localhost", True), ("LOCALHOST", True), ("emulator.localhost", True)),
        *(("localhost.example.com", False), ("notlocalhost", False), ("127.0.0.1.example.com", False)),
        *(("workspaces.us-west-2.amazonaws.com", False), ("vpce-0.workspaces.us-west-2.vpce.amazonaws.com", False)),
    ]
)


@given(ADDRESSES | NAMES, st.sampled_from(["http", "https"]), st.none() | st.integers(1, 65535))
def test_network_guard_allows_only_this_machine(host: tuple[str, bool], scheme: str, port: int | None) -> None:
    """Under the guard a request passes exactly if its host is this machine; without guard and mock any passes."""
    name, is_loopback = host
    url = f"{scheme}://[{name}]" if ":" in name else f"{scheme}://{name}"
    url += f":{port}/" if port else "/"
    check_network_access(url)
    with network_access(NetworkAccess.LOOPBACK):
        if is_loopback:
            check_network_access(url)
        else:
            with pytest.raises(NetworkAccessError):
                check_network_access(url)
        with pytest.raises(NetworkAccessError):
            check_network_access("https://localhost/", proxy="http://proxy.corp.example:3128")
        with network_access(NetworkAccess.ANY):
            check_network_access(url)
