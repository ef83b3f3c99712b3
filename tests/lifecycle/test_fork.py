"""A process that forks while its client has connections open: neither process disturbs the other."""

from __future__ import annotations

import asyncio
import gc
import os
from typing import TYPE_CHECKING

import pytest

from tests.support.clean_run import on_each_loop, run_clean, until
from tests.support.transports import over_each_transport, own_pace
from wsclient import TLSPolicy, WorkSpacesClient
from wsclient.testing import Emulator

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

    from tests.support.transports import TransportKind

    NewLoop = Callable[[], asyncio.AbstractEventLoop]

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here"),
    pytest.mark.filterwarnings("ignore:This process:DeprecationWarning"),  # Python 3.12 warns of forking with threads
]


@pytest.fixture(scope="module")
def aws() -> Iterator[Emulator]:
    """One emulator for the module, which the parent process runs."""
    with Emulator() as emulator:
        yield emulator


def _client(kind: TransportKind, aws: Emulator, **options: object) -> WorkSpacesClient:
    return kind.client(aws.endpoint_url, credentials=aws.credentials, tls=TLSPolicy(ca_file=aws.ca_file), **options)


def _forked(main: Callable[[], Coroutine[object, object, None]], new_loop: NewLoop) -> int:
    """Fork, run in the child on a loop of its own, and return the child's pid; it exits with 0 when all went well."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        with asyncio.Runner(loop_factory=new_loop) as runner:
            runner.run(main())
        gc.collect()
        code = 0
    finally:
        os._exit(code)


async def _exit_code(child: int) -> int:
    _, status = await asyncio.to_thread(os.waitpid, child, 0)
    return os.waitstatus_to_exitcode(status)


async def _calls(client: WorkSpacesClient, number: int) -> None:
    await asyncio.gather(*(client.describe_workspaces(limit=1) for _ in range(number)))


@pytest.mark.parametrize("closes", [True, False])
@over_each_transport
@on_each_loop
def test_parent_and_forked_child_call_concurrently(
    aws: Emulator, kind: TransportKind, new_loop: NewLoop, closes: bool
) -> None:
    """Forked with idle connections and with calls on their way: all calls of both succeed, each is made once."""

    async def main() -> None:
        client = _client(kind, aws, max_connections=4)

        async def in_the_child() -> None:
            for _ in range(3):
                await _calls(client, 4)
            if closes:
                await client.aclose()

        await _calls(client, 4)
        before = len(aws.calls)
        on_their_way = asyncio.create_task(_calls(client, 2))
        await asyncio.sleep(0)
        child = _forked(in_the_child, new_loop)
        for _ in range(3):
            await _calls(client, 4)
        assert await _exit_code(child) == 0
        await on_their_way
        await _calls(client, 4)
        assert len(aws.calls) - before == 2 + 12 + 12 + 4
        assert not any(call.error for call in aws.calls)
        await client.aclose()

    run_clean(main, new_loop)


@over_each_transport
def test_forked_child_does_not_inherit_the_pacing_queue(aws: Emulator, kind: TransportKind) -> None:
    """Calls that wait for the pace in the parent are no part of the child, whose own call goes as soon as it may."""

    async def main() -> None:
        client = _client(kind, aws, pace=own_pace(2))
        await client.describe_workspaces(limit=1)
        waiting = [asyncio.create_task(client.describe_workspaces(limit=1).first_page()) for _ in range(3)]
        await until(lambda: client.pace.waiting == 2, "the queue is full")

        async def in_the_child() -> None:
            other = client.with_options(pace=None)
            await other.describe_workspaces(limit=1)
            await client.aclose()
            assert client.pace.waiting == 0

        assert await _exit_code(_forked(in_the_child, asyncio.SelectorEventLoop)) == 0
        assert client.pace.waiting == 2
        for call in waiting:
            call.cancel()
        await asyncio.wait(waiting)
        await client.aclose()

    run_clean(main)
