"""Calls cancelled in any stage end without delay, and do not affect later calls."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.support.clean_run import on_each_loop, run_clean, until
from tests.support.stuck_calls import STAGES, in_each_stage
from tests.support.transports import over_each_transport
from tests.support.watched_server import response_bytes

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
def test_cancelled_call_releases_connection_quota_and_queue_place(
    stage: Stage, kind: TransportKind, new_loop: NewLoop
) -> None:
    """Its connection is closed or unused, its quota and its place in the queue are free, and the next calls succeed."""

    async def main() -> None:
        async with stage(kind) as stuck:
            stuck.call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await stuck.call
            assert stuck.quota == 500
            assert stuck.client.pace.waiting == 0
            await stuck.free()
            await stuck.call_again()
            await stuck.client.aclose()
            await until(lambda: not stuck.server.open, "the server sees its connections closed")

    run_clean(main, new_loop)


@in_each_stage
@over_each_transport
def test_repeatedly_cancelled_call_leaves_nothing(stage: Stage, kind: TransportKind) -> None:
    """Cancelled anew in each turn of the loop, so while it tidies up after itself as well, it leaves nothing either."""

    async def main() -> None:
        async with stage(kind) as stuck:
            while not stuck.call.done():
                stuck.call.cancel()
                await asyncio.sleep(0)
            assert stuck.call.cancelled()
            assert stuck.quota == 500
            assert stuck.client.pace.waiting == 0
            await stuck.free()
            await stuck.call_again()
            await stuck.client.aclose()
            await until(lambda: not stuck.server.open, "the server sees its connections closed")

    run_clean(main)


@pytest.mark.parametrize("stage", [STAGES["answer"], STAGES["half the answer"]], ids=["none", "half"])
@over_each_transport
def test_late_response_of_a_cancelled_call_is_not_used(stage: Stage, kind: TransportKind) -> None:
    """A response that arrives after its call was cancelled is not used for the next call."""

    async def main() -> None:
        async with stage(kind) as stuck:
            stuck.call.cancel()
            stuck.server.say_to_all(response_bytes(b'{"Workspaces":[{"WorkspaceId":"ws-too-late"}]}' * 100))
            await stuck.free()
            page = await stuck.client.describe_workspaces()
            assert page.workspaces == []
            assert stuck.server.connections == 2
            await stuck.client.aclose()

    run_clean(main)
