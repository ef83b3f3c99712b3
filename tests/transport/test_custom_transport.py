"""transport= accepts transports of httpx and httpx2; other objects are rejected when the client is created."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import httpx2
import pytest
import respx

import wsclient
from tests.support.bare_clients import NO_SETTINGS
from tests.support.http_libraries import over_each_library
from wsclient._pipeline.transport.custom_transport import library_names
from wsclient.credentials.chain import default_chain
from wsclient.errors import ConfigurationError, ConnectError, RequestTimeoutError
from wsclient.testing import Emulator, FakeTransport, Recorder

if TYPE_CHECKING:
    from wsclient._pipeline.transport.custom_transport import AsyncTransport

KEYS = wsclient.Credentials("AKIDEXAMPLE", "hunter2")


@pytest.fixture(scope="module")
def aws() -> Iterator[Emulator]:
    """Emulator of the module, over TLS."""
    with Emulator() as emulator:
        yield emulator


def _client(transport: Any, **options: Any) -> wsclient.WorkSpacesClient:
    options = {"credentials": KEYS, "config": NO_SETTINGS, "transport": transport, **options}
    return wsclient.WorkSpacesClient(**options)


def _function(_: object) -> None:
    """Stand for a handler of httpx.MockTransport."""


NONE_OF_THEM = [
    (httpx.HTTPTransport(), "httpx.HTTPTransport, not an asynchronous transport; .* httpx.AsyncHTTPTransport"),
    (httpx2.HTTPTransport(), "httpx2.HTTPTransport, not an asynchronous transport; .* httpx2.AsyncHTTPTransport"),
    (httpx.WSGITransport(lambda *_: []), "httpx.WSGITransport, not an asynchronous transport"),
    (httpx.AsyncClient(), r"httpx.AsyncClient, .*the transport of the client, such as httpx\.AsyncHTTPTransport"),
    (httpx.Client(), "httpx.Client, .*the transport of the client"),
    (httpx2.AsyncClient(), r"httpx2.AsyncClient, .* httpx2\.AsyncHTTPTransport"),
    (httpx.AsyncHTTPTransport, "the class httpx.AsyncHTTPTransport; pass an instance"),
    (respx.MockRouter(), r"respx.MockRouter, .*httpx\.MockTransport\(router\.async_handler\)"),
    (_function, r"pass httpx\.MockTransport\(function\)"),
    ("https://proxy.example", "is a str, .*pass a transport of httpx or httpx2"),
    (object(), "is an object, "),
]


@pytest.mark.parametrize(("value", "message"), NONE_OF_THEM, ids=[text.split(",")[0] for _, text in NONE_OF_THEM])
def test_synchronous_transport_is_rejected_at_construction(value: Any, message: str) -> None:
    """A client, its copy, the default chain and a recorder refuse it and name the transport to pass instead."""
    with pytest.raises(ConfigurationError, match=message):
        _client(value)
    with pytest.raises(ConfigurationError, match=message):
        _client(None).with_options(transport=value)
    with pytest.raises(ConfigurationError, match=message):
        default_chain(transport=value)
    with pytest.raises(ConfigurationError, match=message):
        Recorder("/nonexistent/calls.json", transport=value)


@over_each_library
def test_transports_of_httpx_and_httpx2_carry_calls(library: Any, aws: Emulator) -> None:
    """A client over AsyncHTTPTransport makes calls over verified TLS, and a refused connection is a ConnectError."""

    async def main() -> None:
        context = wsclient.TLSPolicy(ca_file=aws.ca_file).create_context()
        async with library.AsyncHTTPTransport(verify=context) as transport:
            options: dict[str, Any] = {"credentials": aws.credentials, "retry": wsclient.RetryPolicy(mode="off")}
            async with _client(transport, endpoint_url=aws.endpoint_url, **options) as ws:
                assert await ws.describe_workspaces().collect() == []
                tls = ws.connection_info()
                assert tls is not None
                assert tls.version == "TLSv1.3"
            async with _client(transport, endpoint_url="https://127.0.0.1:1", **options) as ws:
                with pytest.raises(ConnectError) as caught:
                    await ws.describe_workspaces()
                assert not caught.value.may_have_been_sent
                assert isinstance(caught.value.__cause__, library.ConnectError)

    asyncio.run(main())


class _Structural:
    """A transport that derives from nothing."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Respond as the service does for an account without WorkSpaces."""
        assert isinstance(request, httpx.Request)
        return httpx.Response(200, json={"Workspaces": []}, headers={"x-amzn-requestid": "1"})

    async def aclose(self) -> None:
        """Close nothing."""


def test_object_with_the_two_methods_is_a_transport() -> None:
    """Type checkers and the client take transports of both libraries, and an object with the same methods."""
    response2 = httpx2.Response(200, json={"Workspaces": []}, headers={"x-amzn-requestid": "1"})
    transports: list[AsyncTransport] = [
        _Structural(),
        httpx2.MockTransport(lambda _: response2),
        FakeTransport({"DescribeWorkspaces": {"Workspaces": []}}),
    ]
    for transport in transports:
        client = wsclient.WorkSpacesClient(transport=transport, credentials=KEYS, config=NO_SETTINGS)
        assert asyncio.run(client.describe_workspaces().collect()) == []


@over_each_library
def test_recorder_works_over_httpx_and_httpx2(library: Any, tmp_path: Path, aws: Emulator) -> None:
    """Calls and network errors are recorded, and replay without a network."""
    path = tmp_path / "calls.json"

    def refuse(_: object) -> Any:
        raise library.ConnectTimeout("refused")

    async def calls(transport: Any, *, is_refused: bool) -> str:
        recorder = Recorder(path, transport=transport) if transport else Recorder(path, mode="replay")
        options: dict[str, Any] = {"credentials": aws.credentials, "retry": wsclient.RetryPolicy(mode="off")}
        async with recorder, _client(recorder, endpoint_url=aws.endpoint_url, **options) as ws:
            try:
                return repr(await ws.describe_workspaces().collect())
            except wsclient.errors.RequestTimeoutError as error:
                assert is_refused
                return error.phase

    async def main() -> None:
        context = wsclient.TLSPolicy(ca_file=aws.ca_file).create_context()
        stock = library.AsyncHTTPTransport(verify=context)
        for transport, is_refused in ((stock, False), (library.MockTransport(refuse), True)):
            expected = "connect" if is_refused else "[]"
            assert await calls(transport, is_refused=is_refused) == expected
            assert await calls(None, is_refused=is_refused) == expected
            path.unlink()

    asyncio.run(main())


_ALIASED = """
import httpx2
httpx2.alias_httpx()
import asyncio, httpx, wsclient
assert httpx is httpx2
async def main():
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json={"Workspaces": []}))
    async with wsclient.WorkSpacesClient(
        region="us-west-2", credentials=wsclient.Credentials("AKIDEXAMPLE", "x"), transport=transport
    ) as ws:
        assert await ws.describe_workspaces().collect() == []
    ws = wsclient.WorkSpacesClient(
        endpoint_url="http://127.0.0.1:1", allow_http=True, region="us-west-2",
        credentials=wsclient.Credentials("AKIDEXAMPLE", "x"), retry=wsclient.RetryPolicy(mode="off"),
    )
    try:
        await ws.describe_workspaces()
    except wsclient.errors.ConnectError:
        print("mapped")
asyncio.run(main())
"""


def test_httpx2_aliased_as_httpx_works() -> None:
    """After httpx2.alias_httpx(), wsclient's own httpx is httpx2, and works."""
    root = str(Path(wsclient.__file__).parents[1])
    command = [sys.executable, "-W", "error", "-c", _ALIASED]
    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=root)
    assert (run.stdout, run.stderr) == ("mapped\n", "")


def test_exception_names_of_other_libraries_are_not_matched() -> None:
    """A caller's class with the name of an httpx exception is not treated as that exception; a subclass is."""
    own = type("ConnectError", (Exception,), {})
    subclass = type("Unreachable", (httpx2.ConnectError,), {})
    assert library_names(own()) == frozenset()
    assert library_names(subclass("x")) >= {"ConnectError", "TransportError"}


class _Counting(_Structural):
    """A transport that counts the requests that it carries at a time, each until three turns of the loop later."""

    def __init__(self) -> None:
        self.now = self.most = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Respond after three turns of the event loop."""
        self.now += 1
        self.most = max(self.most, self.now)
        for _ in range(3):
            await asyncio.sleep(0)
        self.now -= 1
        return await super().handle_async_request(request)


@pytest.mark.parametrize(("options", "most"), [({}, 50), ({"max_connections": 1}, 1), ({"max_connections": 7}, 7)])
def test_max_connections_limits_the_requests_of_a_custom_transport(options: dict[str, Any], most: int) -> None:
    """A transport= carries at most max_connections requests at a time, 50 by default, and every call is made."""
    transport = _Counting()

    async def main() -> None:
        async with _client(transport, region="us-west-2", **options) as ws:
            pages = await asyncio.gather(*(ws.describe_workspaces().first_page() for _ in range(60)))
            assert len(pages) == 60

    for _ in range(2):  # successive event loops
        asyncio.run(main())
        assert (transport.now, transport.most) == (0, most)


def test_a_call_that_waits_for_a_custom_transport_ends_after_the_pool_timeout() -> None:
    """With every request of max_connections in use, a call ends after Timeout.pool, and was not sent."""
    started = asyncio.Event()

    class Stuck(_Structural):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            started.set()
            await asyncio.Event().wait()
            return await super().handle_async_request(request)

    async def main() -> None:
        options: dict[str, Any] = {"max_connections": 1, "retry": wsclient.RetryPolicy(mode="off")}
        async with _client(Stuck(), region="us-west-2", **options) as ws:
            first = asyncio.create_task(ws.describe_workspaces().first_page())
            await started.wait()
            with pytest.raises(RequestTimeoutError, match="raise max_connections") as caught:
                await ws.with_options(timeout=wsclient.Timeout(pool=0.01)).describe_workspaces()
            assert (caught.value.phase, caught.value.may_have_been_sent) == ("pool", False)
            first.cancel()

    asyncio.run(main())
