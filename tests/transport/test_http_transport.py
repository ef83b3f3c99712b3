"""HTTP transport: sent requests, and returned responses."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
import respx

from tests.support.http_libraries import over_each_library
from tests.support.senders import CONTEXT, QUICK, TRUSTING, over, post
from tests.support.ssl_contexts import default_context
from tests.support.tls_server import serving
from wsclient._core.errors import (
    ConfigurationError,
    ConnectionLostError,
    EndpointResolutionError,
    ResponseParseError,
    WsclientError,
)
from wsclient._core.http import HttpResponse, Timeout
from wsclient._pipeline.transport.http_transport import HttpTransport, TransportSettings
from wsclient.endpoints import PrivateDns


@over_each_library
def test_request_is_sent_unchanged(library: Any) -> None:
    """Method, URL, headers and body are sent unchanged; only Host and Content-Length are added."""
    seen: list[Any] = []

    def handler(request: Any) -> Any:
        seen.append(request)
        return library.Response(200, headers=[("A", "1"), ("a", "2")], content=b"body")

    answer = asyncio.run(over(library.MockTransport(handler)).send(post(), Timeout()))
    assert answer == HttpResponse(200, (("a", "1"), ("a", "2"), ("content-length", "4")), b"body")
    assert answer.header("a") == "1"
    (request,) = seen
    assert dict(request.headers) == {"host": "h.example", "x-secret": "hunter2", "content-length": "7"}
    assert request.content == b"hunter3"
    assert request.extensions["timeout"] == {"connect": 5.0, "read": 60.0, "write": 30.0, "pool": None}


def test_redirects_are_not_followed() -> None:
    """A redirect is returned, not followed."""
    with respx.mock(using="httpx", assert_all_called=False) as router:
        route = router.post("https://h.example/").respond(307, headers={"location": "https://evil.example/"})
        evil = router.post("https://evil.example/").respond(200)
        sender = HttpTransport(TransportSettings(transport=httpx.MockTransport(router.async_handler)))
        assert asyncio.run(sender.send(post(), Timeout())).status == 307
        assert route.call_count == 1
        assert evil.call_count == 0


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd"])
def test_compressed_responses_are_rejected(encoding: str) -> None:
    """A compressed response raises ResponseParseError without decompression."""
    transport = httpx.MockTransport(
        lambda _: httpx.Response(200, headers={"content-encoding": encoding}, stream=_Stream([b"x"]))
    )
    with pytest.raises(ResponseParseError, match="compressed"):
        asyncio.run(over(transport).send(post(), Timeout()))


class _Stream(httpx.AsyncByteStream):
    def __init__(self, chunks: list[bytes]) -> None:
        self.chunks = chunks
        self.read = 0
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self.chunks:
            self.read += 1
            yield chunk

    async def aclose(self) -> None:
        self.closed = True


def test_endless_response_is_dropped_at_the_limit() -> None:
    """An answer over the limit is dropped on the way, and its connection closed."""
    stream = _Stream([b"x" * (8 * 1024 * 1024)] * 1000)
    with pytest.raises(ResponseParseError, match="larger than"):
        asyncio.run(over(httpx.MockTransport(lambda _: httpx.Response(200, stream=stream))).send(post(), QUICK))
    assert stream.closed
    assert stream.read < 12


def test_a_transport_with_a_synchronous_stream_is_refused() -> None:
    """A caller's transport with a synchronous response stream raises ConfigurationError."""

    class Sync(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            yield b""

    with pytest.raises(ConfigurationError, match="asynchronous"):
        asyncio.run(over(httpx.MockTransport(lambda _: httpx.Response(200, stream=Sync()))).send(post(), QUICK))


@pytest.mark.parametrize(
    ("answer", "ours"),
    [
        (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", ResponseParseError),
        (b"HTTP/1.1 200 OK\r\ncontent-length: hunter4\r\n\r\n", ResponseParseError),
        (b"HTTP/1.1 200 OK\r\n" + b"x-a: hunter4\r\n" * 20000, ResponseParseError),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nhunter4\r\n", ResponseParseError),
    ],
    ids=["another protocol", "a length that is none", "endless headers", "broken chunks"],
)
def test_non_http_response_is_ambiguous_and_not_quoted(answer: bytes, ours: type[WsclientError]) -> None:
    """A response that is not HTTP raises an error with an ambiguous outcome that does not quote it."""

    async def main() -> None:
        async with serving(CONTEXT, answer) as server:
            sender = HttpTransport(TRUSTING)
            with pytest.raises(ours) as caught:
                await sender.send(post(server.url), QUICK)
            assert caught.value.may_have_been_sent
            assert "hunter" not in str(caught.value)
            await sender.aclose()

    asyncio.run(main())


def test_truncated_response_is_a_lost_connection() -> None:
    """A server that hangs up in mid-answer has lost the connection, after the request."""

    async def main() -> None:
        async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"hunter3")
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{")
            writer.close()

        listener = await asyncio.start_server(cut, "127.0.0.1", 0)
        sender = HttpTransport()
        with pytest.raises(ConnectionLostError) as caught:
            await sender.send(post(f"http://localhost:{listener.sockets[0].getsockname()[1]}/"), QUICK)
        assert caught.value.may_have_been_sent
        await sender.aclose()
        listener.close()

    asyncio.run(main())


def test_custom_context_with_cbc_logs_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    """Python's default context is accepted, and its CBC suites are named in the log."""
    HttpTransport(TransportSettings(context=default_context()))
    assert "CBC" in caplog.text


def test_private_dns_connection_to_a_public_address_is_dropped() -> None:
    """With private_dns a connection to an address outside the allowed ranges is dropped before the handshake."""

    async def main() -> None:
        async with serving(CONTEXT) as server:
            policy = TRUSTING.policy
            sender = HttpTransport(
                TransportSettings(policy=policy, private_dns=PrivateDns(allowed_cidrs=("10.0.0.0/8",)))
            )
            with pytest.raises(EndpointResolutionError, match=r"127\.0\.0\.1"):
                await sender.send(post(server.url), QUICK)
            assert server.requests == []
            await sender.aclose()
            inside = HttpTransport(
                TransportSettings(policy=policy, private_dns=PrivateDns(allowed_cidrs=("127.0.0.0/8",)))
            )
            await inside.send(post(server.url), QUICK)
            await inside.aclose()

    asyncio.run(main())
