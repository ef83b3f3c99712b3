"""The transport: what is sent, what comes back, how foreign errors are told, and who closes what."""

import asyncio
import gc
import inspect
import os
import pickle
import ssl
from collections.abc import AsyncIterator

import httpcore
import httpx
import pytest
import respx
import trustme

from tests.support.tls_server import OK, authority, server_context, serving
from wsclient import _transport
from wsclient._errors import (
    ConfigurationError,
    ConnectError,
    ConnectionLostError,
    EndpointResolutionError,
    RequestTimeoutError,
    ResponseParseError,
    TransportError,
    WsclientError,
)
from wsclient._http import HttpRequest, HttpResponse, Timeout
from wsclient._transport import FOREIGN_ERRORS, HttpSender, SenderSettings
from wsclient.tls import TLSPolicy

CA = trustme.CA()
CONTEXT = server_context(CA.issue_cert("localhost"))
TRUSTING = SenderSettings(policy=TLSPolicy(ca_data=authority(CA)))
QUICK = Timeout(connect=2, read=2, write=2)


def _request(url: str = "https://h.example/") -> HttpRequest:
    return HttpRequest("POST", url, (("x-secret", "hunter2"),), b"hunter3")


def _over(handler: httpx.MockTransport) -> HttpSender:
    return HttpSender(SenderSettings(transport=handler))


def _raising(error: BaseException) -> httpx.MockTransport:
    def handler(_request: httpx.Request) -> httpx.Response:
        raise error

    return httpx.MockTransport(handler)


def test_exactly_what_was_given_is_sent() -> None:
    """Method, URL, headers and body go out as they are; only Host and Content-Length are added."""
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, headers=[("A", "1"), ("a", "2")], content=b"body")

    answer = asyncio.run(_over(httpx.MockTransport(handler)).send(_request(), Timeout()))
    assert answer == HttpResponse(200, (("a", "1"), ("a", "2"), ("content-length", "4")), b"body")
    assert answer.header("a") == "1"
    (request,) = seen
    assert dict(request.headers) == {"host": "h.example", "x-secret": "hunter2", "content-length": "7"}
    assert request.content == b"hunter3"
    assert request.extensions["timeout"] == {"connect": 5.0, "read": 60.0, "write": 30.0, "pool": None}


def test_redirects_are_answers_like_any_other() -> None:
    """A redirect is given back, not followed."""
    with respx.mock(using="httpx", assert_all_called=False) as router:
        route = router.post("https://h.example/").respond(307, headers={"location": "https://evil.example/"})
        evil = router.post("https://evil.example/").respond(200)
        sender = HttpSender(SenderSettings(transport=httpx.MockTransport(router.async_handler)))
        assert asyncio.run(sender.send(_request(), Timeout())).status == 307
        assert route.call_count == 1
        assert evil.call_count == 0


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd"])
def test_compressed_answers_are_refused(encoding: str) -> None:
    """Nothing is decompressed: an answer that is compressed is unreadable, and small bombs stay small."""
    transport = httpx.MockTransport(
        lambda _: httpx.Response(200, headers={"content-encoding": encoding}, stream=_Stream([b"x"]))
    )
    with pytest.raises(ResponseParseError, match="compressed"):
        asyncio.run(_over(transport).send(_request(), Timeout()))


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


def test_endless_answers_end() -> None:
    """An answer over the limit is dropped on the way, and its connection closed."""
    stream = _Stream([b"x" * (8 * 1024 * 1024)] * 1000)
    with pytest.raises(ResponseParseError, match="larger than"):
        asyncio.run(_over(httpx.MockTransport(lambda _: httpx.Response(200, stream=stream))).send(_request(), QUICK))
    assert stream.closed
    assert stream.read < 12


def _exceptions(module: object) -> list[type[Exception]]:
    return [kind for _, kind in inspect.getmembers(module, inspect.isclass) if issubclass(kind, Exception)]


def _made(kind: type[Exception]) -> Exception:
    if kind is httpx.HTTPStatusError:
        request = httpx.Request("GET", "https://h.example")
        return httpx.HTTPStatusError("hunter4", request=request, response=httpx.Response(500))
    if kind in {httpx.StreamConsumed, httpx.StreamClosed, httpx.RequestNotRead, httpx.ResponseNotRead}:
        return kind()
    return kind("hunter4")


@pytest.mark.parametrize("kind", [*_exceptions(httpx), *_exceptions(httpcore)], ids=lambda k: f"{k.__module__}.{k.__name__}")
def test_every_foreign_exception_is_mapped(kind: type[Exception]) -> None:
    """Each exception of httpx and httpcore becomes ours, keeps its cause, repeats no content, pickles, and tells
    whether the request may have been sent."""
    assert issubclass(kind, FOREIGN_ERRORS)
    with pytest.raises(WsclientError) as caught:
        asyncio.run(_over(_raising(_made(kind))).send(_request(), QUICK))
    error = caught.value
    assert isinstance(error, TransportError)
    assert "hunter" not in str(error)
    assert isinstance(error.__cause__, kind)
    assert pickle.loads(pickle.dumps(error)).may_have_been_sent == error.may_have_been_sent
    not_sent = ("ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError", "ConnectionNotAvailable")
    assert error.may_have_been_sent == (kind.__name__ not in not_sent)


def test_time_outs_name_their_phase() -> None:
    """Each kind of time-out tells its phase."""
    kinds = {httpx.ConnectTimeout: "connect", httpx.ReadTimeout: "read", httpx.WriteTimeout: "write", httpx.PoolTimeout: "pool"}
    for kind, phase in kinds.items():
        with pytest.raises(RequestTimeoutError) as caught:
            asyncio.run(_over(_raising(kind("x"))).send(_request(), QUICK))
        assert caught.value.phase == phase


def test_a_vpce_name_that_does_not_answer_says_where_to_look() -> None:
    """A failed connection to a PrivateLink name speaks of the VPC and the security group."""
    for error in (httpx.ConnectTimeout("x"), httpx.ConnectError("x")):
        with pytest.raises(TransportError, match="outside the VPC"):
            asyncio.run(_over(_raising(error)).send(_request("https://vpce-1.workspaces.us-east-1.vpce.amazonaws.com/"), QUICK))


def test_refused_and_unresolvable() -> None:
    """A port nobody listens on and a name nobody knows are ConnectErrors, transient and not sent."""

    async def main() -> None:
        sender = HttpSender()
        for url, words in (("https://localhost:1/", "refused|no connection"), ("https://no-such-host.invalid/", "does not resolve")):
            with pytest.raises(ConnectError, match=words) as caught:
                await sender.send(_request(url), QUICK)
            assert caught.value.is_transient
            assert not caught.value.may_have_been_sent
        await sender.aclose()

    asyncio.run(main())


def test_a_connection_that_breaks_after_the_request() -> None:
    """A server that hangs up without an answer may have got the request."""

    async def main() -> None:
        async with serving(CONTEXT, b"") as server:
            sender = HttpSender(TRUSTING)
            with pytest.raises(ConnectionLostError) as caught:
                await sender.send(_request(server.url), QUICK)
            assert caught.value.may_have_been_sent
            assert len(server.requests) == 1
            await sender.aclose()

    asyncio.run(main())


def test_silence_is_a_read_time_out_that_may_have_been_sent() -> None:
    """A server that never answers ends in a read time-out."""

    async def main() -> None:
        silent: list[asyncio.StreamWriter] = []
        listener = await asyncio.start_server(lambda _reader, writer: silent.append(writer), "127.0.0.1", 0)
        port = listener.sockets[0].getsockname()[1]
        sender = HttpSender()
        with pytest.raises(RequestTimeoutError) as caught:
            await sender.send(_request(f"http://localhost:{port}/"), Timeout(read=0.05))
        assert (caught.value.phase, caught.value.may_have_been_sent) == ("read", True)
        await sender.aclose()
        silent[0].close()
        listener.close()

    asyncio.run(main())


def test_connections_are_kept_and_shared() -> None:
    """Calls one after another use one connection; the first calls of many tasks share one pool."""

    async def main() -> None:
        async with serving(CONTEXT) as server:
            sender = HttpSender(TRUSTING)
            for _ in range(3):
                await sender.send(_request(server.url), QUICK)
            assert server.connections == 1
            await sender.aclose()

            crowd = HttpSender(SenderSettings(policy=TRUSTING.policy, max_connections=2))
            await asyncio.gather(*(crowd.send(_request(server.url), QUICK) for _ in range(10)))
            assert server.connections <= 3
            await crowd.aclose()

    asyncio.run(main())


def test_successive_event_loops() -> None:
    """One sender serves three event loops, leaves no warning and no open connection behind, with or without aclose."""
    sender = HttpSender(TRUSTING)

    async def main() -> None:
        async with serving(CONTEXT) as server:
            await sender.send(_request(server.url), QUICK)

    for _ in range(3):
        asyncio.run(main())
        gc.collect()
    asyncio.run(sender.aclose())


def test_a_sender_that_is_forgotten_closes_its_connections() -> None:
    """Collecting an open sender closes its connections through the running loop, without a warning."""

    async def main() -> None:
        async with serving(CONTEXT) as server:
            sender = HttpSender(TRUSTING)
            await sender.send(_request(server.url), QUICK)
            del sender
            gc.collect()
            for _ in range(5):
                await asyncio.sleep(0)

    asyncio.run(main())
    gc.collect()


def test_a_closed_sender_refuses() -> None:
    """Sending after aclose is a ConfigurationError; closing twice, or without ever having opened, is harmless."""

    async def main() -> None:
        sender = HttpSender()
        await sender.aclose()
        await sender.aclose()
        with pytest.raises(ConfigurationError, match="closed"):
            await sender.send(_request(), QUICK)

    asyncio.run(main())


def test_connections_of_a_parent_process_are_left_alone() -> None:
    """After a fork the child opens its own connections; the parent's go on."""

    async def main() -> None:
        async with serving(CONTEXT) as server:
            sender = HttpSender(TRUSTING)
            await sender.send(_request(server.url), QUICK)
            pool = sender._pool
            assert pool is not None
            sender._pool = _transport._Pool(pool.loop, os.getpid() + 1, pool.transport, pool.guard)
            await sender.send(_request(server.url), QUICK)
            assert server.connections == 2
            assert sender._pool.process == os.getpid()
            _transport._LEFT_TO_THE_PARENT.clear()
            await pool.guard.aclose()
            await sender.aclose()

    asyncio.run(main())


def test_a_cancelled_call_frees_its_connection() -> None:
    """After a cancelled call the only connection slot is free again."""

    async def main() -> None:
        def answer(request: bytes) -> bytes:
            return OK if b"/second" in request else b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"

        async with serving(CONTEXT, answer) as server:
            sender = HttpSender(SenderSettings(policy=TRUSTING.policy, max_connections=1))
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await sender.send(_request(server.url), QUICK)
            answered = await sender.send(_request(f"{server.url}second"), QUICK)
            assert answered.body == b"{}"
            await sender.aclose()

    asyncio.run(main())


def test_equal_policies_share_a_context() -> None:
    """Two senders of equal policies use one SSL context."""
    assert _transport.shared_context(TLSPolicy()) is _transport.shared_context(TLSPolicy())


def test_a_foreign_context_with_cbc_is_warned_about(caplog: pytest.LogCaptureFixture) -> None:
    """Python's default context is accepted, and its CBC suites are named in the log."""
    HttpSender(SenderSettings(context=ssl.create_default_context()))
    assert "CBC" in caplog.text


def test_a_private_name_at_a_public_address() -> None:
    """With private_dns a connection to an address outside the allowed ranges is dropped before the handshake."""
    from wsclient.endpoints import PrivateDns

    async def main() -> None:
        async with serving(CONTEXT) as server:
            policy = TRUSTING.policy
            sender = HttpSender(SenderSettings(policy=policy, private_dns=PrivateDns(allowed_cidrs=("10.0.0.0/8",))))
            with pytest.raises(EndpointResolutionError, match=r"127\.0\.0\.1"):
                await sender.send(_request(server.url), QUICK)
            assert server.requests == []
            await sender.aclose()
            inside = HttpSender(SenderSettings(policy=policy, private_dns=PrivateDns(allowed_cidrs=("127.0.0.0/8",))))
            await inside.send(_request(server.url), QUICK)
            await inside.aclose()

    asyncio.run(main())
