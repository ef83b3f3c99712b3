"""Bounds of a response: memory in proportion to its bytes, and time within the caller's timeouts."""

from __future__ import annotations

import asyncio
import contextlib
import tracemalloc
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.support.bare_clients import have_it_use_httpx
from tests.support.senders import QUICK, TRUSTING, over, post
from tests.support.virtual_time import run_in_virtual_time
from tests.transport.test_connection_pool import driven_server
from wsclient._core.errors import RequestTimeoutError
from wsclient._core.http import HttpRequest, Timeout
from wsclient._pipeline.transport.factory import TransportCache, TransportFactory
from wsclient._pipeline.transport.http_transport import HttpTransport
from wsclient._pipeline.transport.response_parser import ResponseParser, ResponseTooLargeError
from wsclient.config import ClientConfig
from wsclient.credentials import ContainerProvider, ImdsProvider
from wsclient.credentials._internal.context_factory import provider_context
from wsclient.errors import WsclientError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from wsclient.credentials._internal.refreshing import RefreshingProvider

SIZE = 200_000
CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"


def test_memory_of_small_chunks_is_bounded() -> None:
    """A body in chunks of two bytes takes less than four times its size in memory, during parsing and after."""
    framed = b"2\r\nab\r\n" * 1000
    tracemalloc.start()
    parser = ResponseParser(10 * SIZE)
    parser.feed(CHUNKED)
    for _ in range(SIZE // 2000):
        parser.feed(framed)
    parser.feed(b"0\r\n\r\n")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert parser.response().body == b"ab" * (SIZE // 2)
    assert peak < 4 * SIZE


def test_single_piece_body_is_not_copied() -> None:
    """A body received in one piece is returned without a copy."""
    parser = ResponseParser(SIZE)
    parser.feed(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nbody")
    assert parser.response().body is parser.response().body


def test_oversized_body_error_has_its_first_bytes() -> None:
    """The error of a response that is too large has the first bytes of the body."""
    parser = ResponseParser(10)
    parser.feed(CHUNKED)
    with pytest.raises(ResponseTooLargeError):
        parser.feed(b"2\r\nab\r\n" * 10)
    assert parser.head().body.startswith(b"abab")


class _Drip(httpx.AsyncByteStream):
    """A body of two-byte pieces."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for _ in range(SIZE // 2):
            yield bytes([97, 98])


def test_memory_of_small_httpx_chunks_is_bounded() -> None:
    """The same holds for transports of httpx, which give a piece for every chunk."""
    transport = httpx.MockTransport(lambda _: httpx.Response(200, stream=_Drip()))

    async def main() -> int:
        await over(transport).send(post(), QUICK)
        tracemalloc.start()
        response = await over(transport).send(post(), QUICK)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert len(response.body) == SIZE
        return peak

    assert asyncio.run(main()) < 4 * SIZE


async def _drips_for_ever(_: httpx.Request) -> httpx.Response:
    """Simulate a peer that sends another line before each read timeout, and never ends."""
    while True:  # noqa: ASYNC110 - it waits for nothing
        await asyncio.sleep(0.5)


def test_credential_requests_have_a_total_timeout() -> None:
    """A call of send or send_local ends after Timeout.total with a typed error, whatever the peer keeps sending."""

    async def main() -> None:
        config = ClientConfig.load("sts", environ={"HOME": "/nonexistent"}, region="us-west-2")
        cache = TransportCache(lambda: TransportFactory(config=config, transport=httpx.MockTransport(_drips_for_ever)))
        request = HttpRequest("GET", "http://169.254.170.2/", (("host", "169.254.170.2"),), b"")
        for send in (cache.send_local, cache.send):
            with pytest.raises(RequestTimeoutError, match=r"no complete response from 169\.254\.170\.2:80 within 7 s"):
                await send(request, Timeout(connect=1, read=1, total=7))

    run_in_virtual_time(main())


@pytest.mark.parametrize("provider", [ContainerProvider(uri="http://169.254.170.2/"), ImdsProvider()])
def test_slow_metadata_responses_end_in_bounded_time(provider: RefreshingProvider, tmp_path: Path) -> None:
    """Providers that ask a metadata service end in bounded time when it drips, with a typed error."""

    async def main() -> float:
        context = provider_context(
            environ={"HOME": str(tmp_path)}, home=tmp_path, transport=httpx.MockTransport(_drips_for_ever)
        )
        with contextlib.suppress(WsclientError):
            await provider.with_context(context).get_credentials()
        return asyncio.get_running_loop().time()

    assert run_in_virtual_time(main()) < 60


class _SlowBody(httpx.AsyncByteStream):
    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            await asyncio.sleep(0.5)
            yield b"x"


@pytest.mark.parametrize("reports_events", [True, False])
def test_slow_body_ends_after_ten_read_timeouts(*, reports_events: bool) -> None:
    """A peer that sends a byte before each read timeout holds a call for ten of them, over httpx too."""

    async def respond(request: httpx.Request) -> httpx.Response:
        if reports_events:
            await request.extensions["trace"]("http11.send_request_headers.started", {})
        return httpx.Response(200, stream=_SlowBody())

    async def main() -> float:
        with pytest.raises(RequestTimeoutError, match=r"not complete within 10 times Timeout\.read") as caught:
            await over(httpx.MockTransport(respond)).send(post(), Timeout(read=1))
        assert caught.value.is_ambiguous
        return asyncio.get_running_loop().time()

    assert run_in_virtual_time(main()) == 10


def test_read_timeout_none_sets_no_response_limit() -> None:
    """Timeout(read=None) sets no limit for the whole response."""

    async def respond(_: httpx.Request) -> httpx.Response:
        await asyncio.sleep(100_000)
        return httpx.Response(200, content=b"late")

    async def main() -> bytes:
        return (await over(httpx.MockTransport(respond)).send(post(), Timeout(read=None))).body

    assert run_in_virtual_time(main()) == b"late"


@pytest.mark.parametrize("transport_kind", ["engine", "httpx pool"])
@pytest.mark.parametrize(
    "start", [b"HTTP/1.1 200 OK\r\nx-a: ", b"HTTP/1.1 200 OK\r\n\r\n", b""], ids=["head", "body", "interim"]
)
def test_slow_response_ends_with_a_typed_error(transport_kind: str, start: bytes) -> None:
    """Heads, bodies and interim responses that never end, a part before each read timeout, are a typed error."""
    drop = b"x" if start else b"HTTP/1.1 102 Processing\r\n\r\n"

    async def main() -> None:
        async with driven_server() as (url, accepted):
            sender = HttpTransport(TRUSTING)
            if transport_kind == "httpx pool":
                have_it_use_httpx(sender)
            call = asyncio.create_task(sender.send(post(url), Timeout(read=0.01)))
            driven = await accepted.get()
            await driven.read_request()
            await driven.send(start)
            while not call.done():
                await driven.send(drop)
                await asyncio.wait({call}, timeout=0.002)
            with pytest.raises(RequestTimeoutError, match=r"Timeout\.read"):
                await call
            await sender.aclose()

    asyncio.run(main())
