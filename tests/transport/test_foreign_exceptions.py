"""Exceptions of other libraries and of Python during a request are all mapped to wsclient errors."""

import asyncio
import logging
import select
import socket
import struct
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import h11
import httpcore
import httpcore2
import httpx
import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.http_libraries import CORES, over_each_library
from tests.support.senders import CONTEXT, QUICK, TRUSTING, over, post
from tests.support.tls_server import OK, serving
from wsclient._core.errors import ConnectError, ConnectionLostError, TransportError, WsclientError
from wsclient._core.http import HttpResponse, Timeout
from wsclient._pipeline.transport.connection import HTTP11Connection
from wsclient._pipeline.transport.http_transport import HttpTransport, TransportSettings
from wsclient._pipeline.transport.readiness import Readiness
from wsclient.endpoints import PrivateDns

ERRORS = st.sampled_from(
    [
        *(ValueError, TypeError, KeyError, AttributeError, RuntimeError, AssertionError, NotImplementedError),
        *(MemoryError, RecursionError, EOFError, OSError, TimeoutError, ConnectionResetError, StopAsyncIteration),
        *(anyio.BrokenResourceError, anyio.ClosedResourceError, anyio.EndOfStream, h11.RemoteProtocolError),
        *(httpcore.ReadError, httpcore.ConnectError, httpcore.PoolTimeout, httpx.ReadError, httpx.PoolTimeout),
        *(httpcore2.ReadError, httpcore2.ConnectTimeout, httpx2.ReadError, httpx2.PoolTimeout, httpx2.SSEError),
    ]
).map(lambda error: error("hunter2"))
ADDRESSES: st.SearchStrategy[Any] = st.sampled_from(
    [None, (), [], "", "/run/proxy.sock", 5, ("127.0.0.1", 1), ("::1",)]
)
EVENTS = [
    *("connection.connect_tcp", "connection.start_tls", "connection.connect_unix_socket", "connection.retry"),
    *("http11.send_request_headers", "http11.send_request_body", "http11.receive_response_headers", "new.event"),
]


class _Facts:
    """Facts of a network stream about its peer, as drawn by hypothesis."""

    def __init__(self, address: Any, sock: Any, error: Exception | None, close_error: Exception | None) -> None:
        self._extra = {"server_addr": address, "socket": sock, "ssl_object": None}
        self._error, self._close_error = error, close_error

    def get_extra_info(self, info: str) -> Any:
        """Return a fact, or raise."""
        if self._error is not None:
            raise self._error
        return self._extra.get(info)

    async def aclose(self) -> None:
        """Close the stream, or raise."""
        if self._close_error is not None:
            raise self._close_error


class Stream(_Facts, httpcore.AsyncNetworkStream):
    """A network stream of httpx's connections."""


class Stream2(_Facts, httpcore2.AsyncNetworkStream):
    """A network stream of httpx2's connections."""


STREAM: dict[Any, Any] = {httpx: Stream, httpx2: Stream2}


class Reset:
    """A socket that was reset by its peer."""

    def getpeername(self) -> None:
        """Raise as a socket without a peer."""
        raise OSError(107, "hunter2")


STREAMS = st.sampled_from([Stream, Stream2]).flatmap(
    lambda kind: st.builds(
        kind, ADDRESSES, st.sampled_from([None, Reset(), object()]), st.none() | ERRORS, st.none() | ERRORS
    )
)
INFOS = st.fixed_dictionaries(
    {}, optional={"return_value": STREAMS | st.none(), "request": st.none() | st.just(object()), "exception": ERRORS}
)
STEPS = st.lists(
    st.tuples(st.sampled_from(EVENTS), st.sampled_from(["started", "complete", "failed"]), INFOS), max_size=4
)


def _scripted(library: Any, steps: list[Any], outcome: Exception | None) -> Any:
    """Return a transport of httpx or httpx2 that reports events, then raises or responds."""

    class Scripted(library.AsyncBaseTransport):  # type: ignore[misc]  # of either library
        async def handle_async_request(self, request: Any) -> Any:
            assert isinstance(request, library.Request)
            for name, phase, info in steps:
                await request.extensions["trace"](f"{name}.{phase}", info)
            if outcome is not None:
                raise outcome
            return library.Response(200, content=b"ok")

    return Scripted()


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(list(CORES)), STEPS, st.none() | ERRORS, st.booleans())
def test_any_transport_ends_in_a_response_or_typed_error(
    library: Any, steps: list[Any], outcome: Exception | None, private: bool
) -> None:
    """Whatever a transport reports and raises, and in whatever order, the request ends in a response or typed error."""
    rule = PrivateDns() if private else None
    transport = _scripted(library, steps, outcome)
    sender = HttpTransport(TransportSettings(transport=transport, private_dns=rule))
    result = asyncio.run(_outcome(sender))
    assert isinstance(result, WsclientError) or outcome is None
    assert "hunter2" not in str(result)


async def _outcome(sender: HttpTransport) -> HttpResponse | WsclientError:
    try:
        return await sender.send(post(), Timeout())
    except WsclientError as error:
        return error


@over_each_library
def test_transport_without_peer_address_is_accepted(library: Any) -> None:
    """A transport that does not report the peer's address is accepted, unless only private addresses are allowed."""
    steps = [("connection.connect_tcp", "complete", {"return_value": STREAM[library](None, None, None, None)})]
    assert asyncio.run(over(_scripted(library, steps, None)).send(post(), Timeout())).status == 200
    sender = HttpTransport(TransportSettings(transport=_scripted(library, steps, None), private_dns=PrivateDns()))
    with pytest.raises(ConnectError, match="does not report the address"):
        asyncio.run(sender.send(post(), Timeout()))
    steps = [("connection.connect_tcp", "complete", {"return_value": STREAM[library](None, Reset(), None, None)})]
    with pytest.raises(ConnectError, match="Connection reset"):
        asyncio.run(over(_scripted(library, steps, None)).send(post(), Timeout()))


@asynccontextmanager
async def _resetting() -> AsyncGenerator[int]:
    """Reset every connection right after it is accepted; yield the port."""

    async def reset(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    server = await asyncio.start_server(reset, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


@pytest.mark.parametrize("route", ["proxy", "http", "transport", "https"])
def test_reset_after_accept_is_a_typed_error(route: str) -> None:
    """A reset right after accept, by proxy, http or https endpoint or with httpx, raises a wsclient error."""

    async def main() -> None:
        async with _resetting() as port:
            at = f"127.0.0.1:{port}"
            url = {"proxy": "https://h.example/", "https": f"https://{at}/"}.get(route, f"http://{at}/")
            sender = HttpTransport(
                TransportSettings(
                    proxy=f"http://{at}" if route == "proxy" else None,
                    transport=httpx.AsyncHTTPTransport() if route == "transport" else None,
                )
            )
            for _ in range(20):
                with pytest.raises((ConnectError, ConnectionLostError)):
                    await sender.send(post(url), QUICK)
            await sender.aclose()

    asyncio.run(main())


def _without_poll(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(select, "poll", raising=False)


def test_calls_work_without_select_poll(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without select.poll, as on Windows, https requests work and reuse their connection."""
    _without_poll(monkeypatch)

    async def main() -> None:
        async with serving(CONTEXT) as server:
            sender = HttpTransport(TRUSTING)
            for _ in range(3):
                assert (await sender.send(post(server.url), QUICK)).status == 200
            await sender.aclose()

    asyncio.run(main())


@pytest.mark.parametrize("has_poll", [True, False])
def test_socket_readiness_with_and_without_poll(has_poll: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A socket is readable if it has data or its peer has closed it, with and without select.poll."""
    if not has_poll:
        _without_poll(monkeypatch)
    ours, reference = socket.socketpair()
    with ours, reference:
        readiness = Readiness(ours)
        assert not readiness.is_readable()
        reference.send(b"x")
        assert readiness.is_readable()
        ours.recv(1)
        assert not readiness.is_readable()
        reference.close()
        assert readiness.is_readable()
        if not has_poll:
            ours.close()
            assert readiness.is_readable()


@pytest.mark.parametrize("callback", ["_handshake", "_read", "_feed", "_flush", "_check_progress"])
def test_exceptions_in_callbacks_reach_the_caller(
    callback: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An exception in a protocol callback fails the request without delay, and asyncio logs nothing."""
    problem = AttributeError("no such function here")

    def fail(*_: object) -> None:
        raise problem

    monkeypatch.setattr(HTTP11Connection, callback, fail)
    never = callback == "_check_progress"

    async def main() -> None:
        async with serving(CONTEXT, b"H" if never else OK) as server:
            sender = HttpTransport(TRUSTING)
            with pytest.raises(TransportError, match="AttributeError") as caught:
                await sender.send(post(server.url), Timeout(connect=None, read=1e-9 if never else None, write=None))
            assert caught.value.__cause__ is problem
            await sender.aclose()

    with caplog.at_level(logging.WARNING, "asyncio"):
        asyncio.run(asyncio.wait_for(main(), 30))
    assert not caplog.records
