"""Calls stuck in each stage in which a call can wait."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

import wsclient
from tests.support.bare_clients import KEYS
from tests.support.clean_run import open_sockets, turns, until
from tests.support.transports import own_pace
from tests.support.watched_server import HALF, TRUST, WatchedServer, failed, mute, response_bytes, unreachable, watched
from wsclient import RetryPolicy, types
from wsclient._core.clock import TimeSource

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
    from contextlib import AbstractAsyncContextManager

    from tests.support.transports import TransportKind

LARGE = {"Blob": "x" * (16 << 20)}
"""A request that no socket's buffers hold."""


@dataclass
class Stuck:
    """A stuck call over the only connection that its client may open.

    free() makes the service respond from then on; others are other calls in progress.
    """

    client: wsclient.WorkSpacesClient
    call: asyncio.Task[Any]
    server: WatchedServer
    free: Callable[[], Awaitable[None]]
    rest: tuple[asyncio.Task[Any], ...] = ()

    @property
    def quota(self) -> int:
        """Tokens that are left in the client's retry quota."""
        return self.client._shared.quota.available

    async def call_again(self) -> None:
        """Make the next calls, which succeed when nothing was left behind that hinders them."""
        after = self.client.with_options(pace=None)
        for _ in range(3):
            await after.describe_workspaces(limit=1)


def _listing(client: wsclient.WorkSpacesClient) -> asyncio.Task[Any]:
    return _task(client.describe_workspaces(limit=1).first_page())


def _creation(client: wsclient.WorkSpacesClient) -> asyncio.Task[Any]:
    request = types.WorkspaceRequest(directory_id="d-926722edaf", user_name="mary", bundle_id="wsb-0123456789")
    return _task(client.create_workspaces(workspaces=[request]))


def _task(call: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    return asyncio.get_running_loop().create_task(call)


def _client(kind: TransportKind, url: str, **options: object) -> wsclient.WorkSpacesClient:
    return kind.client(url, tls=TRUST, max_connections=1, **options)


def _slept_by(client: wsclient.WorkSpacesClient, sleep: Callable[[float], Awaitable[None]]) -> None:
    client._pipeline = msgspec.structs.replace(client._pipeline, time=TimeSource(sleep=sleep))


@asynccontextmanager
async def _at_the_pace(kind: TransportKind) -> AsyncGenerator[Stuck]:
    async with watched() as server:
        client = _client(kind, server.url, pace=own_pace(burst=1))
        await client.describe_workspaces(limit=1)
        call = _listing(client)
        await until(lambda: client.pace.waiting == 1, "the call waits for its turn")
        yield Stuck(client, call, server, _nothing)


@asynccontextmanager
async def _at_credentials(kind: TransportKind) -> AsyncGenerator[Stuck]:
    class Source:
        requested, given = asyncio.Event(), asyncio.Event()

        async def get_credentials(self) -> wsclient.Credentials:
            self.requested.set()
            await self.given.wait()
            return KEYS

    async def free() -> None:
        Source.given.set()

    async with watched() as server:
        client = _client(kind, server.url, credentials=Source())
        call = _listing(client)
        await Source.requested.wait()
        yield Stuck(client, call, server, free)


@asynccontextmanager
async def _at_the_pool(kind: TransportKind) -> AsyncGenerator[Stuck]:
    async with watched() as server:
        server.answer = lambda _: None
        client = _client(kind, server.url)
        holds = _listing(client)
        await until(lambda: bool(server.operations), "the only connection is in use")
        call = _listing(client)
        await turns(50)

        async def free() -> None:
            server.answer = lambda _: response_bytes()
            server.say_to_all(response_bytes())
            await asyncio.wait({holds})

        yield Stuck(client, call, server, free, (holds,))


@asynccontextmanager
async def _at_connecting(kind: TransportKind) -> AsyncGenerator[Stuck]:
    async with AsyncExitStack() as stack:
        port = stack.enter_context(unreachable())
        client = _client(kind, f"https://127.0.0.1:{port}")
        before = open_sockets()
        call = _listing(client)
        await until(lambda: bool(open_sockets() - before), "a connection is tried")
        yield _in_front_of_a_server(client, call, port, stack)


@asynccontextmanager
async def _at_the_handshake(kind: TransportKind) -> AsyncGenerator[Stuck]:
    async with AsyncExitStack() as stack:
        port, tried = await stack.enter_async_context(mute())
        client = _client(kind, f"https://127.0.0.1:{port}")
        call = _listing(client)
        await tried.wait()
        yield _in_front_of_a_server(client, call, port, stack)


def _in_front_of_a_server(
    client: wsclient.WorkSpacesClient, call: asyncio.Task[Any], port: int, stack: AsyncExitStack
) -> Stuck:
    """Return a stuck call that is freed by what holds the port giving way to a server."""
    server = WatchedServer()

    async def free() -> None:
        await stack.aclose()
        await server.start(port)
        stack.push_async_callback(server.stop)

    return Stuck(client, call, server, free)


@asynccontextmanager
async def _in_the_request(kind: TransportKind) -> AsyncGenerator[Stuck]:
    async with watched() as server:
        server.listens.clear()
        client = _client(kind, server.url)
        call = _task(client.raw("DescribeSomethingNew", LARGE))
        await until(lambda: server.connections == 1, "the connection is made")
        await turns(200)

        async def free() -> None:
            server.listens.set()

        yield Stuck(client, call, server, free)


def _before_an_answer(answer: bytes | None) -> Callable[[TransportKind], AbstractAsyncContextManager[Stuck]]:
    @asynccontextmanager
    async def stuck(kind: TransportKind) -> AsyncGenerator[Stuck]:
        async with watched() as server:
            server.answer = lambda _: answer
            client = _client(kind, server.url)
            call = _listing(client)
            await until(lambda: len(server.operations) == 1, "the request has arrived")
            await turns(50)
            yield Stuck(client, call, server, lambda: _behaving(server))

    return stuck


@asynccontextmanager
async def _in_a_retry_pause(kind: TransportKind) -> AsyncGenerator[Stuck]:
    async with watched() as server:
        server.answer = lambda _: failed(400, "ThrottlingException", "x-amz-retry-after: 5000")
        pauses = asyncio.Event()
        client = _client(kind, server.url, pace=None, on_retry=lambda _: pauses.set())
        call = _listing(client)
        await pauses.wait()
        yield Stuck(client, call, server, lambda: _behaving(server))


@asynccontextmanager
async def _in_a_second_attempt(kind: TransportKind) -> AsyncGenerator[Stuck]:
    async with watched() as server:
        server.answer = lambda _: None if server.operations else failed()
        client = _client(kind, server.url)
        call = _listing(client)
        await until(lambda: len(server.operations) == 2, "the second attempt has arrived")
        yield Stuck(client, call, server, lambda: _behaving(server))


@asynccontextmanager
async def _before_a_look(kind: TransportKind) -> AsyncGenerator[Stuck]:
    pauses = asyncio.Event()

    async def sleep(_: float) -> None:
        pauses.set()
        await asyncio.Event().wait()

    async with watched() as server:
        server.answer = lambda _: failed()
        client = _client(kind, server.url, retry=RetryPolicy(mode="off"))
        _slept_by(client, sleep)
        call = _creation(client)
        await pauses.wait()
        yield Stuck(client, call, server, lambda: _behaving(server))


@asynccontextmanager
async def _in_a_look(kind: TransportKind) -> AsyncGenerator[Stuck]:
    async with watched() as server:
        server.answer = lambda name: failed() if name == "createworkspaces" else None
        client = _client(kind, server.url, retry=RetryPolicy(mode="off"))
        _slept_by(client, lambda _: turns(1))
        call = _creation(client)
        await until(lambda: "describeworkspaces" in server.operations, "it is looked for")
        yield Stuck(client, call, server, lambda: _behaving(server))


async def _behaving(server: WatchedServer) -> None:
    server.answer = lambda _: response_bytes()


async def _nothing() -> None:
    pass


STAGES: dict[str, Callable[[TransportKind], AbstractAsyncContextManager[Stuck]]] = {
    "pace": _at_the_pace,
    "credentials": _at_credentials,
    "pool": _at_the_pool,
    "connect": _at_connecting,
    "handshake": _at_the_handshake,
    "request": _in_the_request,
    "answer": _before_an_answer(None),
    "half the answer": _before_an_answer(HALF),
    "retry pause": _in_a_retry_pause,
    "second attempt": _in_a_second_attempt,
    "pause before a look": _before_a_look,
    "look": _in_a_look,
}
in_each_stage = pytest.mark.parametrize("stage", STAGES.values(), ids=STAGES.keys())
"""Has a test take `stage`, once for each place where a call can wait."""
