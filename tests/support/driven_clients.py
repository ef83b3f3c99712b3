"""Clients of an in-process emulator, without sockets, on a clock that a test drives."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx
from msgspec.structs import replace

import wsclient
from tests.support.bare_clients import NO_SETTINGS
from tests.support.virtual_time import VirtualClock
from wsclient._core.clock import Clock, TimeSource
from wsclient._core.http import HttpRequest
from wsclient.pacing._adaptive import AdaptiveRateLimit
from wsclient.pacing._pacer import _TRANSPORT_QUEUES, Pacer, QueueRegistry, RateLimitKey
from wsclient.testing import Emulator
from wsclient.testing._server.dispatcher import handle_request
from wsclient.testing._state.faults import FaultyResponse

Around = Callable[[httpx.Request, Callable[[], httpx.Response]], Awaitable[httpx.Response]]
"""What happens to a request on its way: it is executed when, and as often as, the function it gets is called."""


async def _straight(_: httpx.Request, execute: Callable[[], httpx.Response]) -> httpx.Response:
    return execute()


@dataclass
class InProcess(httpx.AsyncBaseTransport):
    """Carries requests to an emulator's function, half the latency before and half after it answers."""

    aws: Emulator
    latency: float = 0.0
    around: Around = _straight
    requests: int = 0

    __hash__ = object.__hash__

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Have the emulator answer."""
        self.requests += 1
        body = await request.aread()
        await asyncio.sleep(self.latency / 2)

        def execute() -> httpx.Response:
            headers = tuple((name.lower(), value) for name, value in request.headers.multi_items())
            response = handle_request(self.aws._world, HttpRequest(request.method, "/", headers, body))
            if isinstance(response, FaultyResponse):
                assert not response.delay, "nobody delays answers here: have around= do it"
                raise httpx.ReadError("the emulator dropped the connection", request=request)
            return httpx.Response(response.status, headers=list(response.headers), content=response.body)

        response = await self.around(request, execute)
        await asyncio.sleep(self.latency / 2)
        return response


def driven_client(
    aws: Emulator,
    transport: httpx.AsyncBaseTransport,
    clock: Clock | None = None,
    *,
    queues: QueueRegistry | None = None,
    seed: int = 1,
    **options: Any,
) -> wsclient.WorkSpacesClient:
    """Return a client on the running loop's clock, with seeded random numbers."""
    clock = clock or VirtualClock()
    defaults: dict[str, Any] = {"region": aws.region, "credentials": aws.credentials, "config": NO_SETTINGS}
    client = wsclient.WorkSpacesClient(**{**defaults, **options}, transport=transport)
    pipeline = client._pipeline
    queues = queues or QueueRegistry(clock)
    _TRANSPORT_QUEUES[transport] = queues  # where copies of a client made by with_options find their queues
    pacer = Pacer(
        options.get("pace", "auto"),
        RateLimitKey("workspaces", aws.region),
        queues,
        adaptive=client._shared.adaptive if pipeline.retry.mode == "adaptive" else None,
        priority=options.get("priority", "interactive"),
    )
    client._shared.adaptive._clock = clock
    client._shared.adaptive.limit = AdaptiveRateLimit(clock.monotonic())
    time = TimeSource(clock=clock, random=random.Random(seed).random)
    client._pipeline = replace(pipeline, time=time, pacer=pacer)
    return client
