"""Closing a client during its calls, and using it afterwards."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.support.clean_run import on_each_loop, run_clean, turns, until
from tests.support.stuck_calls import STAGES, in_each_stage
from tests.support.transports import KINDS, over_each_transport, own_pace
from tests.support.watched_server import TRUST, response_bytes, watched
from wsclient import Credentials, RetryPolicy, Timeout, WsclientError
from wsclient.errors import ConfigurationError, ConnectError, TransportError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from tests.support.stuck_calls import Stuck
    from tests.support.transports import TransportKind

    Stage = Callable[[TransportKind], AbstractAsyncContextManager[Stuck]]
    NewLoop = Callable[[], asyncio.AbstractEventLoop]


@in_each_stage
@over_each_transport
@on_each_loop
def test_closing_ends_calls_in_any_stage(stage: Stage, kind: TransportKind, new_loop: NewLoop) -> None:
    """Closing ends every call in any stage with a WsclientError; no task is cancelled and nothing is left open."""

    async def main() -> None:
        async with stage(kind) as stuck:
            await stuck.client.aclose()
            for call in (*stuck.rest, stuck.call):
                with pytest.raises(WsclientError, match="closed") as caught:
                    await call
                assert not call.cancelled()
                assert not caught.value.is_transient
            assert stuck.client.pace.waiting == 0
            await stuck.free()
            await until(lambda: not stuck.server.open, "the server sees its connections closed")

    run_clean(main, new_loop)


@pytest.mark.parametrize(
    ("stage", "was_sent"),
    [("pace", False), ("credentials", False), ("half the answer", True), ("retry pause", False), ("look", True)],
)
@over_each_transport
def test_call_ended_by_closing_says_whether_it_was_sent(stage: str, was_sent: bool, kind: TransportKind) -> None:
    """A call that was not sent ends with ConfigurationError; any other may have been sent and is ambiguous."""

    async def main() -> None:
        async with STAGES[stage](kind) as stuck:
            await stuck.client.aclose()
            with pytest.raises(WsclientError) as caught:
                await stuck.call
            assert caught.value.may_have_been_sent == caught.value.is_ambiguous == was_sent
            assert isinstance(caught.value, ConfigurationError) != was_sent
            assert caught.value.operation
            await stuck.free()

    run_clean(main)


@over_each_transport
@on_each_loop
def test_closed_client_rejects_calls_immediately(kind: TransportKind, new_loop: NewLoop) -> None:
    """After aclose or async with, a call fails before it waits or resolves credentials, also on copies."""

    class Untouched:
        async def get_credentials(self) -> Credentials:
            raise AssertionError

    async def main() -> None:
        async with watched() as server:
            async with kind.client(server.url, tls=TRUST, credentials=Untouched(), pace=own_pace(1)) as client:
                copy = client.with_options(timeout=Timeout(total=1))
            await client.aclose()
            for closed in (client, copy):
                for call in (closed.describe_workspaces, lambda closed=closed: closed.raw("DescribeNew")):
                    with pytest.raises(ConfigurationError, match="this client is closed"):
                        await call()
            assert server.connections == 0

    run_clean(main, new_loop)


@over_each_transport
def test_closing_a_copy_ends_no_calls(kind: TransportKind) -> None:
    """A copy does not close the shared connections: calls of the original and of the copy continue."""

    async def main() -> None:
        async with STAGES["answer"](kind) as stuck:
            copy = stuck.client.with_options(priority="background")
            await copy.aclose()
            await stuck.free()
            stuck.server.say_to_all(response_bytes())
            await stuck.call
            await copy.describe_workspaces()
            assert stuck.server.connections == 1
            await stuck.client.aclose()

    run_clean(main)


def test_closing_ends_warm_up() -> None:
    """A client that is closed while warm_up() waits for handshakes ends it with ConfigurationError at once."""

    async def main() -> None:
        async with watched() as server:
            server.listens.clear()
            client = KINDS["engine"].client(server.url, tls=TRUST, timeout=Timeout(connect=None))
            warming = asyncio.create_task(client.warm_up(3))
            await until(lambda: server.connections == 3, "the connections are made")
            await client.aclose()
            with pytest.raises(ConfigurationError, match=r"closed while warm_up\(\) opened"):
                await warming
            server.listens.set()
            await until(lambda: not server.open, "the server sees its connections closed")

    run_clean(main)


@over_each_transport
def test_closing_from_another_loop_ends_calls(kind: TransportKind) -> None:
    """Calls that run in a thread's loop end when the client is closed in another."""
    client = kind.client("https://127.0.0.1:1", pace=own_pace(1), tls=TRUST, retry=RetryPolicy(mode="off"))

    async def wait() -> None:
        with pytest.raises(ConnectError):
            await client.describe_workspaces()
        with pytest.raises(ConfigurationError, match="closed"):
            await client.describe_workspaces()

    async def main() -> None:
        thread = asyncio.create_task(asyncio.to_thread(asyncio.run, wait()))
        await until(lambda: client.pace.waiting == 1, "the thread's call waits for its turn")
        await client.aclose()
        await thread

    run_clean(main)


@over_each_transport
def test_concurrent_closing_closes_once(kind: TransportKind) -> None:
    """When several tasks close a client during its calls, all calls end and the client closes once."""

    async def main() -> None:
        async with watched() as server:
            client = kind.client(server.url, tls=TRUST, max_connections=5)
            calls = [asyncio.create_task(client.describe_workspaces().first_page()) for _ in range(50)]
            await until(lambda: len(server.operations) > 3, "calls are in all their stages")
            await asyncio.gather(*(client.aclose() for _ in range(5)))
            outcomes = await asyncio.gather(*calls, return_exceptions=True)
            failures = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
            assert failures
            assert all(isinstance(failure, ConfigurationError | TransportError) for failure in failures)
            await until(lambda: not server.open, "the server sees its connections closed")

    run_clean(main)


@pytest.mark.parametrize("cancelled", [(), ("call",), ("close",), ("call", "close")], ids="+".join)
@over_each_transport
def test_closing_during_a_first_call_leaves_no_asyncio_warning(kind: TransportKind, cancelled: tuple[str, ...]) -> None:
    """A first call, closed on in each turn of the loop and cancelled or not, leaves asyncio no complaint."""

    async def main() -> None:
        async with watched() as server:
            turn, was_early = 0, True
            while was_early:
                client = kind.client(server.url, tls=TRUST)
                call = asyncio.create_task(client.describe_workspaces().first_page())
                await turns(turn)
                was_early, turn = not call.done(), turn + 1
                close = asyncio.create_task(client.aclose())
                await asyncio.sleep(0)
                for task in (call, close):
                    if ("call" if task is call else "close") in cancelled:
                        task.cancel()
                await asyncio.wait({call, close})
                if not call.cancelled() and (error := call.exception()) is not None:
                    assert isinstance(error, WsclientError)
                    assert "closed" in str(error)
                assert "call" in cancelled or not call.cancelled()
                await client.aclose()
            assert turn > 5

    run_clean(main)
