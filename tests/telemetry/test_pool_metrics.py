"""Connection metrics in telemetry: of wsclient's own pool over TLS, and of httpx over plain HTTP."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

import wsclient
from tests.support.clean_run import until
from tests.support.in_process import NO_SETTINGS
from tests.support.telemetry import Recording
from wsclient.testing import Emulator

if TYPE_CHECKING:
    from collections.abc import Awaitable

ANSWER = b"HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.1\r\ncontent-length: 2\r\n\r\n{}"


def _pool(seen: Recording) -> dict[str, int]:
    """Return the number of active and idle connections, and of requests that wait for a connection."""
    metrics = seen.metrics()
    states = {point.attributes["http.connection.state"]: point for point in metrics["http.client.open_connections"]}
    (waiting,) = metrics["wsclient.connections.waiting"]
    return {**{state: point.value for state, point in states.items()}, "waiting": waiting.value}


async def _three_at_two_connections(ws: wsclient.WorkSpacesClient, seen: Recording, answer: Any) -> None:
    """Make three concurrent calls over two connections; check the metrics while they wait and after the responses."""
    calls: list[Awaitable[object]] = [asyncio.ensure_future(ws.describe_workspaces().first_page()) for _ in range(3)]
    await until(lambda: _pool(seen) == {"active": 2, "idle": 0, "waiting": 1}, "two are sent and one waits")
    answer()
    await asyncio.gather(*calls)
    assert _pool(seen) == {"active": 0, "idle": 2, "waiting": 0}


def test_pool_metrics_of_wsclient_connections() -> None:
    """Active, idle and waiting are reported before, during and after calls."""
    seen = Recording()

    async def main() -> None:
        async with Emulator() as aws, aws.client(telemetry=seen.telemetry, max_connections=2) as ws:
            assert _pool(seen) == {"active": 0, "idle": 0, "waiting": 0}
            aws.delay("DescribeWorkspaces", seconds=60)

            def answer() -> None:
                aws.clear_faults()
                aws.advance(seconds=60)

            await _three_at_two_connections(ws, seen, answer)
            (point, _) = seen.metrics()["http.client.open_connections"]
            assert point.attributes["server.address"] == "workspaces.us-west-2.amazonaws.com"
        assert _pool(seen) == {"active": 0, "idle": 0, "waiting": 0}

    asyncio.run(main())


def test_pool_metrics_of_an_httpx_transport() -> None:
    """With an httpx transport, its connections are reported in the same metrics."""
    seen = Recording()

    async def main() -> None:
        go = asyncio.Event()
        served: set[asyncio.Task[object] | None] = set()

        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            served.add(asyncio.current_task())
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                while await reader.readuntil(b"}"):
                    await go.wait()
                    writer.write(ANSWER)
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

        async with await asyncio.start_server(handle, "127.0.0.1", 0) as listener:
            async with wsclient.WorkSpacesClient(
                endpoint_url=f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}",
                allow_http=True,
                credentials=wsclient.Credentials("AKIDEXAMPLE", "s"),
                config=wsclient.ClientConfig.load("workspaces", environ=NO_SETTINGS, region="us-west-2"),
                telemetry=seen.telemetry,
                max_connections=2,
            ) as ws:
                await _three_at_two_connections(ws, seen, go.set)
            await asyncio.gather(*filter(None, served))

    asyncio.run(main())


@pytest.mark.parametrize("used", [False, True])
def test_collected_client_is_not_reported(used: bool) -> None:
    """Telemetry does not keep a client alive, and a collected client is no longer reported."""
    seen = Recording()

    async def main() -> None:
        async with Emulator() as aws:
            ws = aws.client(telemetry=seen.telemetry)
            if used:
                await ws.describe_workspaces()
            assert "http.client.open_connections" in seen.metrics()
            del ws
            await until(lambda: "http.client.open_connections" not in seen.metrics(), "the client is collected")

    asyncio.run(main())
