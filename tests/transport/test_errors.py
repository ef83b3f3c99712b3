"""Transport errors: every foreign exception is mapped to a wsclient error with the facts that retries need."""

import asyncio
import errno
import inspect
import os
import pickle
import re
import socket
import ssl
import traceback
from typing import Any
from unittest import mock

import httpcore
import httpcore2
import httpx
import httpx2
import pytest

import wsclient
from tests.support.http_libraries import CORES, over_each_library
from tests.support.senders import CONTEXT, QUICK, TRUSTING, over, post, raising
from tests.support.tls_server import serving
from wsclient._core.errors import (
    ConnectError,
    ConnectionLostError,
    RequestTimeoutError,
    ResponseParseError,
    TransportError,
    WsclientError,
)
from wsclient._core.http import HttpRequest, Timeout
from wsclient._pipeline.transport.failed_request import chain_of
from wsclient._pipeline.transport.http_transport import HttpTransport, TransportSettings
from wsclient._pipeline.transport.httpx_adapter import is_library_error
from wsclient.endpoints import PrivateDns


def _exceptions(module: object) -> list[type[Exception]]:
    return [kind for _, kind in inspect.getmembers(module, inspect.isclass) if issubclass(kind, Exception)]


def _made(kind: type[Exception]) -> Exception:
    if kind is httpx.HTTPStatusError:
        request = httpx.Request("GET", "https://h.example")
        return httpx.HTTPStatusError("hunter4", request=request, response=httpx.Response(500))
    if kind is httpx2.HTTPStatusError:
        request2 = httpx2.Request("GET", "https://h.example")
        return httpx2.HTTPStatusError("hunter4", request=request2, response=httpx2.Response(500))
    if kind.__name__ in {"StreamConsumed", "StreamClosed", "RequestNotRead", "ResponseNotRead"}:
        return kind()
    return kind("hunter4")


NEVER_SENT = {"ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError", "ConnectionNotAvailable"}
BECOMES = {
    ConnectError: {"ConnectError", "ProxyError", "ConnectionNotAvailable"},
    RequestTimeoutError: {"ConnectTimeout", "PoolTimeout", "ReadTimeout", "WriteTimeout", "TimeoutException"},
    ConnectionLostError: {
        *("CloseError", "HTTPError", "NetworkError", "ProtocolError", "ReadError", "RequestError", "SSEError"),
        *("TransportError", "WriteError"),
    },
    ResponseParseError: {
        *("DecodingError", "HTTPStatusError", "RemoteProtocolError", "ResponseNotRead", "StreamClosed"),
        *("StreamConsumed", "StreamError", "TooManyRedirects"),
    },
    TransportError: {"CookieConflict", "InvalidURL", "LocalProtocolError", "RequestNotRead", "UnsupportedProtocol"},
}


@pytest.mark.parametrize(
    "kind",
    [kind for library in (httpx, httpx2, httpcore, httpcore2) for kind in _exceptions(library)],
    ids=lambda kind: f"{kind.__module__}.{kind.__name__}",
)
def test_every_foreign_exception_is_mapped(kind: type[Exception]) -> None:
    """Each exception of httpx and httpx2 is mapped, without its content; the error pickles with may_have_been_sent."""
    assert is_library_error(_made(kind))
    with pytest.raises(WsclientError) as caught:
        asyncio.run(over(raising(_made(kind))).send(post(), QUICK))
    error = caught.value
    (expected,) = (ours for ours, names in BECOMES.items() if kind.__name__ in names)
    assert type(error) is expected
    assert "hunter" not in str(error)
    assert "h.example:443" in str(error)
    assert pickle.loads(pickle.dumps(error)).may_have_been_sent == error.may_have_been_sent
    assert error.may_have_been_sent == (kind.__name__ not in NEVER_SENT)
    # An exception for an unsendable request may quote a header's value: it is not chained.
    assert isinstance(error.__cause__, type(None) if expected is TransportError else kind)


def _of_h2(text: str) -> Exception:
    """Return httpx's error of HTTP/2, as if h2 were installed, which says no more than that it is local."""
    error = httpx.LocalProtocolError(text)
    error.__cause__ = type("ProtocolError", (Exception,), {"__module__": "h2.exceptions"})(text)
    return error


@pytest.mark.parametrize(
    ("foreign", "ours"),
    [
        (ConnectionResetError("hunter4"), ConnectionLostError),
        (OSError(5, "hunter4"), ConnectionLostError),
        (ConnectionRefusedError(111, "Connection refused"), ConnectError),
        (socket.gaierror(-2, "hunter4"), ConnectError),
        (TimeoutError(), RequestTimeoutError),
        (TimeoutError(110, "hunter4"), ConnectionLostError),
        (httpx.RemoteProtocolError("Server disconnected without sending a response."), ConnectionLostError),
        (httpcore.RemoteProtocolError("peer closed connection without sending"), ConnectionLostError),
        (
            httpx.RemoteProtocolError("<ConnectionTerminated error_code:0, last_stream_id:5, hunter4>"),
            ConnectionLostError,
        ),
        (httpx.RemoteProtocolError("<StreamReset stream_id:1, error_code:2>"), ConnectionLostError),
        (_of_h2("Invalid input ConnectionInputs.SEND_HEADERS in state ConnectionState.CLOSED"), ConnectionLostError),
    ],
    ids=repr,
)
def test_errors_of_the_operating_system_are_mapped(foreign: Exception, ours: type[WsclientError]) -> None:
    """Errors of the operating system that a caller's transport raises, and disconnects, are mapped."""
    with pytest.raises(ours) as caught:
        asyncio.run(over(raising(foreign)).send(post(), QUICK))
    assert type(caught.value) is ours
    assert "hunter" not in str(caught.value)
    assert caught.value.__cause__ is foreign


def test_request_that_http_2_rejects_is_not_quoted() -> None:
    """Another error of h2 than that of a closed connection is about the request, whose headers it may quote."""
    foreign = _of_h2("Invalid header hunter4")
    with pytest.raises(TransportError, match="is not valid HTTP: check the URL") as caught:
        asyncio.run(over(raising(foreign)).send(post(), QUICK))
    assert not caught.value.is_transient
    assert "hunter4" not in repr([*chain_of(caught.value), *chain_of(foreign)])


@over_each_library
@pytest.mark.parametrize("waited", [ssl.SSLWantReadError(2, "hunter4"), ssl.SSLWantWriteError(3, "hunter4")])
def test_reset_during_a_handshake_is_a_connect_error(library: Any, waited: ssl.SSLError) -> None:
    """A connection reset during a handshake is a ConnectError; the ssl module's context exception is ignored."""
    foreign = library.ConnectError("hunter4")
    foreign.__cause__ = ConnectionResetError(errno.ECONNRESET, "hunter4")
    foreign.__cause__.__context__ = waited
    with pytest.raises(ConnectError, match=re.escape(os.strerror(errno.ECONNRESET))) as caught:
        asyncio.run(over(raising(foreign)).send(post(), QUICK))
    assert type(caught.value) is ConnectError
    assert caught.value.is_transient


@over_each_library
def test_error_describes_the_first_address(library: Any) -> None:
    """If every address of a host failed, the error describes the first address, which was preferred."""
    foreign = library.ConnectError("hunter4")
    foreign.__cause__ = ExceptionGroup("all", [OSError(113, "hunter4"), OSError(101, "hunter4")])
    with pytest.raises(ConnectError, match=r"\(No route to host\)"):
        asyncio.run(over(raising(foreign)).send(post(), QUICK))


@pytest.mark.parametrize("raised", [OSError(5, "lost"), httpx.ReadError("lost"), httpx.ConnectError("no")], ids=repr)
def test_transport_may_raise_the_same_exception_repeatedly(raised: Exception) -> None:
    """The exception's chain becomes a cycle, as where a lookup fails like the call: the call ends, with its error."""
    raised.__cause__ = raised.__context__ = None

    async def main() -> None:
        async with wsclient.WorkSpacesClient(
            region="us-west-2",
            credentials=wsclient.Credentials("AKIDEXAMPLE", "secret"),
            transport=httpx.MockTransport(mock.Mock(side_effect=raised)),
            retry=wsclient.RetryPolicy(max_attempts=1),
        ) as ws:
            for _ in range(3):
                with pytest.raises(TransportError) as caught:
                    await ws.describe_account()
                # An exception handler that logs the error may chain the two like this.
                raised.__context__ = caught.value

    asyncio.run(main())


def test_cyclic_exception_chain_is_walked_once() -> None:
    """Each exception of a chain comes once, whatever leads back to it."""
    first, second, third = OSError("1"), ValueError("2"), KeyError("3")
    first.__cause__, second.__context__, third.__cause__ = second, third, first
    assert list(chain_of(first)) == [first, second, third]


@pytest.mark.parametrize("error", [ZeroDivisionError("hunter4"), asyncio.CancelledError("hunter4")])
def test_other_errors_of_a_transport_are_typed_and_name_their_cause(error: BaseException) -> None:
    """A bug in a caller's transport is a TransportError that names the exception's type, and is not retried."""
    with pytest.raises(TransportError, match=type(error).__name__) as caught:
        asyncio.run(over(raising(error)).send(post(), QUICK))
    assert caught.value.__cause__ is error
    assert "hunter4" not in str(caught.value)
    assert caught.value.may_have_been_sent
    assert not caught.value.is_transient


@pytest.mark.parametrize(
    ("url", "header"),
    [
        ("https://h.example/", "hunter2\r\nx: y"),
        ("https://h.example/", "hunter2\u20ac"),
        ("https://h.example:hunter2/", "x"),
    ],
)
def test_unsendable_request_error_does_not_quote_it(url: str, header: str) -> None:
    """An invalid header or URL is rejected, and no exception in the chain quotes it."""

    async def main() -> None:
        async with serving(CONTEXT) as server:
            sender = HttpTransport(TRUSTING)
            where = server.url if url == "https://h.example/" else url
            with pytest.raises(TransportError, match="is not valid HTTP") as caught:
                await sender.send(HttpRequest("POST", where, (("authorization", header),), b""), QUICK)
            assert "hunter2" not in "".join(traceback.format_exception(caught.value))
            assert not caught.value.is_transient
            assert server.requests == []
            await sender.aclose()

    asyncio.run(main())


@over_each_library
def test_time_outs_name_their_phase(library: Any) -> None:
    """Each kind of timeout has its phase."""
    for kind, phase in (
        (library.ConnectTimeout, "connect"),
        (library.ReadTimeout, "read"),
        (CORES[library].WriteTimeout, "write"),
        (CORES[library].PoolTimeout, "pool"),
    ):
        with pytest.raises(RequestTimeoutError) as caught:
            asyncio.run(over(raising(kind("x"))).send(post(), QUICK))
        assert caught.value.phase == phase


@pytest.mark.parametrize("error", [httpx.ConnectTimeout("x"), httpx.ConnectError("x")], ids=repr)
def test_privatelink_connect_error_mentions_the_vpc(error: Exception) -> None:
    """A failed connection to a PrivateLink name, or under private DNS, speaks of the VPC; another does not."""
    vpce = post("https://vpce-1.workspaces.us-east-1.vpce.amazonaws.com/")
    with pytest.raises(TransportError, match="outside the VPC"):
        asyncio.run(over(raising(error)).send(vpce, QUICK))
    private = HttpTransport(TransportSettings(transport=raising(error), private_dns=PrivateDns()))
    with pytest.raises(TransportError, match="outside the VPC"):
        asyncio.run(private.send(post(), QUICK))
    with pytest.raises(TransportError) as caught:
        asyncio.run(over(raising(error)).send(post(), QUICK))
    assert "VPC" not in str(caught.value)


def test_refused_and_unresolvable_hosts_are_connect_errors() -> None:
    """A refused connection and an unresolvable name are ConnectErrors, transient and not sent."""

    async def main() -> None:
        sender = HttpTransport()
        for url, words in (
            ("https://localhost:1/", "Connection refused"),
            ("https://127.0.0.1:1/", "Connection refused"),
            ("https://[::1]:1/", r"\[::1\]:1"),
            ("https://no-such-host.invalid/", "does not resolve"),
        ):
            with pytest.raises(ConnectError, match=words) as caught:
                await sender.send(post(url), QUICK)
            assert caught.value.is_transient
            assert not caught.value.may_have_been_sent
        await sender.aclose()

    asyncio.run(main())


def test_connection_lost_after_the_request_is_ambiguous() -> None:
    """A server that hangs up without an answer may have got the request."""

    async def main() -> None:
        async with serving(CONTEXT, b"") as server:
            sender = HttpTransport(TRUSTING)
            with pytest.raises(ConnectionLostError) as caught:
                await sender.send(post(server.url), QUICK)
            assert caught.value.may_have_been_sent
            assert len(server.requests) == 1
            await sender.aclose()

    asyncio.run(main())


def test_read_timeout_is_ambiguous() -> None:
    """A server that never answers ends in a read time-out."""

    async def main() -> None:
        silent: list[asyncio.StreamWriter] = []
        listener = await asyncio.start_server(lambda _reader, writer: silent.append(writer), "127.0.0.1", 0)
        port = listener.sockets[0].getsockname()[1]
        sender = HttpTransport()
        with pytest.raises(RequestTimeoutError) as caught:
            await sender.send(post(f"http://localhost:{port}/"), Timeout(read=0.05))
        assert (caught.value.phase, caught.value.may_have_been_sent) == ("read", True)
        await sender.aclose()
        silent[0].close()
        listener.close()

    asyncio.run(main())
