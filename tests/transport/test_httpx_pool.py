"""Connection lanes: lending, keeping, releasing and closing."""

import asyncio
from datetime import timedelta

import pytest

from tests.support.virtual_time import WallClock
from wsclient._core.errors import ConfigurationError
from wsclient._core.http import PhaseTimeoutError
from wsclient._pipeline.transport.httpx_pool import HttpxTransportPool


class _Lane:
    def __init__(self) -> None:
        self.closed = 0

    async def aclose(self) -> None:
        self.closed += 1


class _Yard:
    """Lanes with a clock to drive, and every lane that was ever made."""

    def __init__(self, limit: int = 2) -> None:
        self.made: list[_Lane] = []
        self.clock = WallClock()
        self.lanes = HttpxTransportPool(self._make, limit=limit, idle_seconds=15, clock=self.clock)

    def _make(self) -> _Lane:
        self.made.append(_Lane())
        return self.made[-1]

    async def use(self, *, failing: bool = False) -> _Lane:
        async with self.lanes.acquire(None) as lane:
            if failing:
                raise ZeroDivisionError
            return lane


def test_last_released_httpx_connection_is_reused_first() -> None:
    """Sequential calls use one lane; concurrent calls use two, and then the lane that was released last."""

    async def main() -> None:
        yard = _Yard()
        assert await yard.use() is await yard.use()
        async with yard.lanes.acquire(None) as first, yard.lanes.acquire(None) as second:
            assert first is not second
        assert await yard.use() is first
        assert len(yard.made) == 2

    asyncio.run(main())


def test_failed_httpx_connection_is_closed_and_its_place_freed() -> None:
    """An error closes its lane once, and the next call gets a new lane."""

    async def main() -> None:
        yard = _Yard(limit=1)
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                await yard.use(failing=True)
        await yard.use()
        assert [lane.closed for lane in yard.made] == [1, 1, 1, 0]

    asyncio.run(main())


def test_cancelled_call_frees_its_place() -> None:
    """Calls cancelled while they hold a lane or wait for a lane leave every place free."""

    async def main() -> None:
        yard = _Yard(limit=1)

        async def hold() -> None:
            async with yard.lanes.acquire(None):
                await asyncio.Event().wait()

        tasks = [asyncio.create_task(hold()) for _ in range(5)]
        await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        async with asyncio.timeout(1):
            await yard.use()

    asyncio.run(main())


def test_waiting_for_an_httpx_connection_times_out() -> None:
    """If all lanes are busy for longer than the timeout, a pool timeout is raised."""

    async def main() -> None:
        yard = _Yard(limit=1)
        async with yard.lanes.acquire(None):
            with pytest.raises(PhaseTimeoutError) as caught:
                async with yard.lanes.acquire(0.001):
                    raise AssertionError
        assert caught.value.phase == "pool"
        await yard.use()

    asyncio.run(main())


def test_request_refused_after_its_wait_gets_no_connection() -> None:
    """An error of after_wait ends the wait without a connection, which the next request gets; it needs a wait."""

    def refuse() -> None:
        raise ZeroDivisionError

    async def main() -> None:
        yard = _Yard(limit=1)
        async with yard.lanes.acquire(None, refuse):
            refused = asyncio.create_task(yard.lanes.acquire(None, refuse).__aenter__())
            last = asyncio.create_task(yard.use())
            await asyncio.sleep(0)
        with pytest.raises(ZeroDivisionError):
            await refused
        await last
        assert len(yard.made) == 1

    asyncio.run(main())


@pytest.mark.parametrize(("pause", "kept"), [(15, True), (15.001, False), (86400, False), (-1, False)])
def test_stale_httpx_connections_are_closed(pause: float, kept: bool) -> None:
    """A lane idle for more than its seconds by the time of day, or when that went back, is closed, not lent."""

    async def main() -> None:
        yard = _Yard()
        first = await yard.use()
        yard.clock.time += timedelta(seconds=pause)
        assert (await yard.use() is first) == kept
        assert first.closed == (0 if kept else 1)

    asyncio.run(main())


def test_idle_httpx_connections_expire() -> None:
    """An idle lane expires although a lane above it in the stack is in use."""

    async def main() -> None:
        yard = _Yard()
        async with yard.lanes.acquire(None):
            await yard.use()
        yard.clock.time += timedelta(seconds=10)
        top = await yard.use()
        yard.clock.time += timedelta(seconds=10)
        assert await yard.use() is top
        assert sum(lane.closed for lane in yard.made) == 1

    asyncio.run(main())


def test_closing_closes_every_httpx_connection() -> None:
    """Closing closes idle and lent lanes once; waiting and later calls raise ConfigurationError."""

    async def main() -> None:
        yard = _Yard(limit=1)
        async with yard.lanes.acquire(None):
            waiting = asyncio.create_task(yard.use())
            await asyncio.sleep(0)
            await yard.lanes.aclose()
        with pytest.raises(ConfigurationError, match="closed"):
            await waiting
        with pytest.raises(ConfigurationError, match="closed"):
            await yard.use()
        assert [lane.closed for lane in yard.made] == [1]

        resting = _Yard()
        await resting.use()
        await resting.lanes.aclose()
        await resting.lanes.aclose()
        assert [lane.closed for lane in resting.made] == [1]

    asyncio.run(main())
