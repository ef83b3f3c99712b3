"""Extra data on a connection is never parsed as the response to the next request."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from tests.support.http_libraries import over_each_library
from tests.support.senders import CONTEXT, QUICK, TRUSTING, over, post
from tests.support.tls_server import OK, Server, proxying, serving
from wsclient._core.errors import ResponseParseError
from wsclient._pipeline.transport.http_transport import HttpTransport, TransportSettings

FOREIGN = b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{'not':0}"


async def _sent_twice(settings: TransportSettings, server: Server) -> None:
    sender = HttpTransport(settings)
    for number in (1, 2):
        assert (await sender.send(post(server.url), QUICK)).body == b"{}"
        assert server.connections == number
    await sender.aclose()


@pytest.mark.parametrize("is_tls", [True, False])
def test_bytes_after_a_response_close_the_connection(is_tls: bool) -> None:
    """A second response to a request is dropped with its connection; the next request uses a new connection."""

    async def main() -> None:
        async with serving(CONTEXT if is_tls else None, OK + FOREIGN) as server:
            await _sent_twice(TRUSTING, server)

    asyncio.run(main())


def test_bytes_after_a_response_through_a_proxy_close_the_connection() -> None:
    """The same holds for a connection that a proxy carries."""

    async def main() -> None:
        async with serving(CONTEXT, OK + FOREIGN) as server, proxying() as proxy:
            await _sent_twice(TransportSettings(policy=TRUSTING.policy, proxy=proxy.url), server)

    asyncio.run(main())


def test_connection_is_kept_after_a_complete_response() -> None:
    """An answer that ends where it says leaves its connection to the next request."""

    async def main() -> None:
        async with serving(CONTEXT) as server:
            sender = HttpTransport(TRUSTING)
            for _ in range(3):
                await sender.send(post(server.url), QUICK)
            assert server.connections == 1
            await sender.aclose()

    asyncio.run(main())


@over_each_library
@pytest.mark.parametrize("status", [101, 103])
def test_interim_status_is_no_final_response(library: Any, status: int) -> None:
    """An interim status returned by a transport as the final response raises ResponseParseError."""
    transport = library.MockTransport(lambda _: library.Response(status))
    with pytest.raises(ResponseParseError, match=f"HTTP {status} .*not a final response"):
        asyncio.run(over(transport).send(post(), QUICK))


@over_each_library
def test_response_over_the_limit_is_rejected(library: Any) -> None:
    """A response of the maximum size is read; a larger response raises an error that has its first bytes.

    If its length says so, the error is raised before the body is read.
    """

    async def chunks() -> AsyncGenerator[bytes]:
        yield b"x" * 10

    def bounded(limit: int, content: Any) -> HttpTransport:
        transport = library.MockTransport(lambda _: library.Response(200, content=content))
        return HttpTransport(TransportSettings(transport=transport, max_response_bytes=limit))

    assert len(asyncio.run(bounded(10, b"x" * 10).send(post(), QUICK)).body) == 10
    for content, first_bytes in ((chunks(), b"x" * 10), (b"x" * 10, b"")):
        with pytest.raises(ResponseParseError, match="larger than 9 bytes") as caught:
            asyncio.run(bounded(9, content).send(post(), QUICK))
        assert caught.value.first_bytes == first_bytes
