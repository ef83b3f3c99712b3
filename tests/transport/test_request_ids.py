"""A response with a repeated request id, or whose end cannot be verified, is an error."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.senders import CONTEXT, QUICK, TRUSTING, post
from tests.support.ssl_contexts import ignoring_ends
from tests.support.tls_server import proxying, serving
from tests.transport.test_connection_pool import Watch, driven_server, each_loop, engine, run
from wsclient._core.errors import ConnectionLostError, ResponseParseError
from wsclient._core.http import HttpResponse
from wsclient._pipeline.transport.http_transport import HttpTransport, TransportSettings
from wsclient._pipeline.transport.request_ids import MAX_REMEMBERED, RequestIdHistory

NAMES = st.sampled_from(["x-amzn-requestid", "x-amz-request-id"])


def _response(request_id: str, body: bytes = b"{}") -> bytes:
    head = f"HTTP/1.1 200 OK\r\nx-amzn-requestid: {request_id}\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


@given(st.lists(st.tuples(NAMES, st.integers(0, 30)), max_size=60))
def test_each_request_id_is_accepted_once(sent: list[tuple[str, int]]) -> None:
    """Each id is accepted once, whichever header carries it; every repetition is an ambiguous error that keeps it."""
    history, seen = RequestIdHistory(), set[int]()
    for name, number in sent:
        response = HttpResponse(200, ((name, str(number)),), b"")
        if number in seen:
            with pytest.raises(ResponseParseError) as caught:
                history.add(response)
            assert caught.value.is_ambiguous
        else:
            history.add(response)
        seen.add(number)


def test_remembered_request_ids_are_bounded() -> None:
    """The latest ids are remembered, twice the limit at most; responses without an id are not checked."""
    history = RequestIdHistory()
    responses = [HttpResponse(200, (("x-amzn-requestid", str(number)),), b"") for number in range(5 * MAX_REMEMBERED)]
    for number, response in enumerate(responses):
        history.add(response)
        oldest = responses[max(0, number - MAX_REMEMBERED + 1)]
        with pytest.raises(ResponseParseError):
            history.add(oldest)
    history.add(responses[-2 * MAX_REMEMBERED - 1])
    history.add(HttpResponse(502, (), b""))
    without = RequestIdHistory()
    without.add(HttpResponse(200, (), b""))
    without.add(HttpResponse(200, (), b""))


@each_loop
def test_late_duplicate_response_is_rejected(loop: str) -> None:
    """A copy of an earlier response that arrives during the next call ends in an error and closes the connection."""

    async def main() -> None:
        async with driven_server() as (url, accepted):
            own = engine()
            first = asyncio.create_task(own.exchange(post(url), QUICK, Watch()))
            driven = await accepted.get()
            await driven.read_request()
            await driven.send(_response("a", b'{"first":1}'))
            await first
            second = asyncio.create_task(own.exchange(post(url), QUICK, Watch()))
            await driven.read_request()
            await driven.send(_response("a", b'{"first":1}'))
            with pytest.raises(ResponseParseError, match="earlier request") as caught:
                await second
            assert caught.value.is_ambiguous
            third = asyncio.create_task(own.exchange(post(url), QUICK, Watch()))
            other = await accepted.get()
            await other.read_request()
            await other.send(_response("b"))
            assert (await third).body == b"{}"
            await own.aclose()

    run(loop, main)


def test_late_duplicate_response_through_a_proxy_is_rejected() -> None:
    """The same holds for connections of httpx, which carry the calls through a proxy."""

    async def main() -> None:
        async with serving(CONTEXT, _response("same")) as server, proxying() as proxy:
            sender = HttpTransport(TransportSettings(policy=TRUSTING.policy, proxy=proxy.url, max_connections=1))
            assert (await sender.send(post(server.url), QUICK)).status == 200
            with pytest.raises(ResponseParseError, match="earlier request"):
                await sender.send(post(server.url), QUICK)
            assert server.connections == 1
            assert (await sender.send(post(server.url), QUICK)).status == 200
            assert server.connections == 2, "the first connection was closed"
            await sender.aclose()

    asyncio.run(main())


@pytest.mark.parametrize("body", [b"", b"{}"])
@pytest.mark.parametrize("is_cut", [False, True])
@pytest.mark.parametrize("ignores", [False, True])
def test_a_response_through_a_proxy_ends_with_close_notify(body: bytes, is_cut: bool, ignores: bool) -> None:
    """A body that ends with the connection is complete only after close_notify; otherwise the outcome is ambiguous.

    It always is in a context of the caller's that does not tell the two apart.
    """

    async def main() -> None:
        async with driven_server() as (url, accepted), proxying() as proxy:
            context = ignoring_ends(TRUSTING.policy) if ignores else None
            settings = TransportSettings(policy=TRUSTING.policy, context=context, proxy=proxy.url, max_connections=1)
            sender = HttpTransport(settings)
            call = asyncio.create_task(sender.send(post(url), QUICK))
            driven = await accepted.get()
            await driven.read_request()
            await driven.send(b"HTTP/1.1 200 OK\r\n\r\n" + body)
            if is_cut or ignores:
                driven.abort() if is_cut else driven.writer.close()
                with pytest.raises((ResponseParseError, ConnectionLostError)) as caught:
                    await call
                assert caught.value.is_ambiguous
            else:
                driven.writer.close()
                assert (await call).body == body
            await sender.aclose()

    asyncio.run(main())
