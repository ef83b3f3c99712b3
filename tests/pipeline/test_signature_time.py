"""A request is signed when a connection is free for it, because AWS accepts a signature for five minutes."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from tests.support.senders import CONTEXT, QUICK, TRUSTING, post
from tests.support.tls_server import OK, serving
from tests.support.transports import TransportKind, over_each_transport
from tests.support.virtual_time import NOON, WallClock
from wsclient._core.clock import TimeSource
from wsclient._core.errors import ConnectError, RequestValidationError, TransportError

if TYPE_CHECKING:
    from wsclient._core.http import HttpRequest


@over_each_transport
def test_call_is_signed_after_waiting_for_a_connection(kind: TransportKind) -> None:
    """However long a call waits for a connection, its signature is new when its request is written."""
    clock = WallClock()

    def answer(_: bytes) -> bytes:
        clock.time += timedelta(minutes=10)
        return OK

    async def main() -> list[str]:
        async with serving(CONTEXT, answer) as server:
            ws = kind.client(server.url, tls=TRUSTING.policy, max_connections=1, pace=None)
            ws._pipeline = msgspec.structs.replace(ws._pipeline, time=TimeSource(clock=clock))
            async with ws:
                await asyncio.gather(*(ws.describe_workspaces(validate=False) for _ in range(3)))
            return [
                found[1].decode() for each in server.requests if (found := re.search(rb"(?i)x-amz-date: (\S+)", each))
            ]

    assert asyncio.run(main()) == [f"{NOON + timedelta(minutes=10 * number):%Y%m%dT%H%M%SZ}" for number in range(3)]


@over_each_transport
@pytest.mark.parametrize("error", [RequestValidationError("no"), ConnectError("no"), ValueError("no"), OSError("no")])
def test_signing_failure_sends_nothing(kind: TransportKind, error: Exception) -> None:
    """An error of the signature sends nothing, is no ambiguous failure, and leaves the transport working."""

    def fail(_: HttpRequest) -> HttpRequest:
        raise error

    async def main() -> None:
        async with serving(CONTEXT) as server:
            client = kind.client(server.url, tls=TRUSTING.policy, max_connections=1)
            sender = client._shared.transport
            sent: list[str] = []
            with pytest.raises((type(error), TransportError)) as caught:
                await sender.send(post(server.url), QUICK, lambda: sent.append("sent"), fail)
            assert not getattr(caught.value, "may_have_been_sent", False)
            assert (sent, server.requests) == ([], [])
            assert (await sender.send(post(server.url), QUICK)).status == 200
            await client.aclose()

    asyncio.run(main())
