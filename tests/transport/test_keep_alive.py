"""Idle connections of servers that announce their own idle timeout: `Keep-Alive: timeout=5`."""

import asyncio
from datetime import timedelta

import pytest

from tests.support.senders import CONTEXT, QUICK, TRUSTING, post
from tests.support.tls_server import serving
from tests.support.virtual_time import WallClock
from wsclient._core.http import HttpResponse
from wsclient._pipeline.transport.http_transport import HttpTransport
from wsclient._pipeline.transport.keep_alive import idle_limit

LIMIT = 15.0


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, LIMIT),
        ("", LIMIT),
        ("max=100", LIMIT),
        ("timeout=75", LIMIT),
        ("timeout=16", LIMIT),
        ("timeout=5, max=100", 4),
        ("max=100,timeout=5", 4),
        ('Timeout = "5"', 4),
        ("timeout=2", 1),
        ("timeout=1", 0.5),
        ("timeout=0", 0),
        ("timeout=-1", LIMIT),
        ("timeout=x", LIMIT),
        ("read-timeout=3", LIMIT),
        ("timeout=" + "9" * 400, LIMIT),
    ],
)
def test_announced_timeout_shortens_the_idle_time(header: str | None, seconds: float) -> None:
    """A connection is idle for a second less than the server announces, at least half of it, and never for longer."""
    headers = () if header is None else (("keep-alive", header),)
    assert idle_limit(HttpResponse(200, headers, b""), LIMIT) == seconds


@pytest.mark.parametrize("is_tls", [True, False])
def test_connection_is_not_reused_when_its_server_closes_it(is_tls: bool) -> None:
    """A request that would meet the announced close has a new connection: its outcome would be unknown."""
    answer = b"HTTP/1.1 200 OK\r\nkeep-alive: timeout=5, max=100\r\ncontent-length: 0\r\n\r\n"

    async def main() -> None:
        clock = WallClock()
        async with serving(CONTEXT if is_tls else None, answer) as server:
            sender = HttpTransport(TRUSTING, clock=clock)
            for pause, connections in ((0, 1), (3.9, 1), (4.1, 2), (3.9, 2)):
                clock.time += timedelta(seconds=pause)
                await sender.send(post(server.url), QUICK)
                assert server.connections == connections
            await sender.aclose()

    asyncio.run(main())
