"""asyncio.TaskGroup, asyncio.timeout and cancellation around calls behave as around any other awaitable."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.clean_run import on_each_loop, run_clean, turns, until
from tests.support.driven_clients import InProcess, driven_client
from tests.support.stuck_calls import in_each_stage
from tests.support.transports import over_each_transport
from tests.support.virtual_time import VirtualTimeLoop
from tests.support.watched_server import TRUST, failed, response_bytes, watched
from wsclient import RetryPolicy, Timeout, WorkSpacesClient
from wsclient.errors import RequestTimeoutError, ResourceNotFoundException
from wsclient.testing import Emulator

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from tests.support.stuck_calls import Stuck
    from tests.support.transports import TransportKind

    Stage = Callable[[TransportKind], AbstractAsyncContextManager[Stuck]]
    NewLoop = Callable[[], asyncio.AbstractEventLoop]


@over_each_transport
@on_each_loop
def test_a_failed_call_ends_its_task_group(kind: TransportKind, new_loop: NewLoop) -> None:
    """The group cancels its other calls and raises the error, and their connections are free again."""

    async def main() -> None:
        async with watched() as server:
            client = kind.client(server.url, tls=TRUST, max_connections=4)
            refused = failed(400, "ResourceNotFoundException")
            server.answer = lambda name: None if name == "describeworkspaces" else refused
            rest: list[asyncio.Task[object]] = []

            async def together() -> None:
                async with asyncio.TaskGroup() as group:
                    rest.extend(group.create_task(client.describe_workspaces().first_page()) for _ in range(3))
                    await until(lambda: len(server.operations) == 3, "three calls are on their way")
                    group.create_task(client.describe_tags(resource_id="ws-123456789"))
                    rest.extend(group.create_task(client.describe_workspaces().first_page()) for _ in range(3))

            with pytest.raises(ExceptionGroup) as caught:
                await together()
            (error,) = caught.value.exceptions
            assert isinstance(error, ResourceNotFoundException)
            assert all(other.cancelled() for other in rest)
            server.answer = lambda _: response_bytes()
            await asyncio.gather(*(client.describe_workspaces() for _ in range(8)))
            await client.aclose()

    run_clean(main, new_loop)


@in_each_stage
@over_each_transport
def test_outer_asyncio_timeout_raises_timeout_error(stage: Stage, kind: TransportKind) -> None:
    """asyncio.timeout around a call in any stage raises TimeoutError, and leaves no task cancelled."""

    async def main() -> None:
        async with stage(kind) as stuck:

            async def impatient() -> None:
                async with asyncio.timeout(0):
                    await stuck.call

            with pytest.raises(TimeoutError) as caught:
                await impatient()
            assert caught.type is TimeoutError
            task = asyncio.current_task()
            assert task is not None
            assert task.cancelling() == 0
            await stuck.free()
            await stuck.call_again()
            await stuck.client.aclose()

    run_clean(main)


@over_each_transport
@on_each_loop
def test_task_that_uncancels_can_call_again(kind: TransportKind, new_loop: NewLoop) -> None:
    """A task that catches the cancellation of its call, and takes it back, makes its next call as if nothing was."""

    async def main() -> None:
        async with watched() as server:
            client = kind.client(server.url, tls=TRUST, max_connections=1)

            async def withstand() -> int:
                task = asyncio.current_task()
                assert task is not None
                with suppress(asyncio.CancelledError):
                    await client.describe_workspaces()
                server.answer = lambda _: response_bytes()
                assert task.cancelling() == 1
                await client.describe_workspaces()
                assert task.cancelling() == 1
                return task.uncancel()

            server.answer = lambda _: None
            task = asyncio.create_task(withstand())
            await until(lambda: bool(server.operations), "the call is on its way")
            task.cancel()
            assert await task == 0
            await client.aclose()

    run_clean(main, new_loop)


@over_each_transport
def test_cancelled_listing_releases_its_resources(kind: TransportKind) -> None:
    """A listing cancelled during a page, or left within a page, releases its resources."""

    async def main() -> None:
        async with watched() as server:
            client = kind.client(server.url, tls=TRUST, max_connections=1)
            page = response_bytes(b'{"Workspaces":[{"WorkspaceId":"ws-1"},{"WorkspaceId":"ws-2"}],"NextToken":"more"}')
            server.answer = lambda _: None if len(server.operations) % 2 else page
            task = asyncio.create_task(client.describe_workspaces().collect())
            await until(lambda: len(server.operations) == 2, "the second page is asked for")
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            async for _ in client.describe_workspaces():
                break
            await client.aclose()

    run_clean(main)


def _in_virtual_time(main: Callable[[WorkSpacesClient, InProcess], object], latency: float, **options: Any) -> None:
    """Run with a client whose service takes this many seconds to answer, in virtual time."""

    async def run() -> None:
        aws = Emulator()
        transport = InProcess(aws, latency)
        result = main(driven_client(aws, transport, **options), transport)
        assert asyncio.iscoroutine(result)
        await result

    run_clean(run, VirtualTimeLoop, longest=None)


@pytest.mark.parametrize(
    ("outer", "inner", "is_inner"), [(5, 10, False), (10, 5, True), (5, None, False), (5, 5.001, False)]
)
def test_earlier_of_nested_timeouts_takes_effect(outer: float, inner: float | None, is_inner: bool) -> None:
    """Of an outer timeout and the call's own, only the earlier takes effect."""

    async def main(client: WorkSpacesClient, transport: InProcess) -> None:
        start = asyncio.get_running_loop().time()
        scope = asyncio.timeout(outer)

        async def impatient() -> None:
            async with scope:
                await client.describe_workspaces()

        with pytest.raises(TimeoutError) as caught:
            await impatient()
        assert (caught.type is RequestTimeoutError) == is_inner
        assert scope.expired() != is_inner
        assert asyncio.get_running_loop().time() - start == min(outer, inner or outer)

    _in_virtual_time(main, 60, timeout=Timeout(total=inner), retry=RetryPolicy(mode="off"))


def test_cancellation_precedes_the_calls_own_timeout() -> None:
    """Cancelled in the very moment in which its Timeout.total is up, or turns later, no task is kept alive by it."""
    ends: set[str] = set()

    async def main(client: WorkSpacesClient, transport: InProcess) -> None:
        for before, later in product([1e-10, 0, -1e-10], range(4)):
            call = asyncio.create_task(client.describe_workspaces().first_page())
            await asyncio.sleep(10 - before)  # within the loop's clock resolution: both timers fire in one turn
            await turns(later)
            was_over = call.done()
            call.cancel()
            await asyncio.wait({call})
            assert call.cancelled() != was_over
            ends.add("cancelled" if call.cancelled() else type(call.exception()).__name__)
            assert client._shared.quota.available == 500

    _in_virtual_time(main, 60, timeout=Timeout(total=10))
    assert ends == {"cancelled", "RequestTimeoutError"}
