"""Connection pool: lending, keeping, releasing and closing."""

import asyncio
from datetime import timedelta

import pytest

from tests.support.virtual_time import WallClock
from wsclient._core.errors import ConfigurationError
from wsclient._core.http import PhaseTimeoutError
from wsclient._pipeline.transport.httpx_pool import HttpxTransportPool


class _Connection:
    def __init__(self) -> None:
        self.closed = 0

    async def aclose(self) -> None:
        self.closed += 1


class _DrivenPool:
    """A pool with a clock to drive, and every connection that was ever made."""

    def __init__(self, limit: int = 2) -> None:
        self.made: list[_Connection] = []
        self.clock = WallClock()
        self.pool = HttpxTransportPool(self._make, limit=limit, idle_seconds=15, clock=self.clock)

    def _make(self) -> _Connection:
        self.made.append(_Connection())
        return self.made[-1]

    async def use(self, *, failing: bool = False) -> _Connection:
        async with self.pool.acquire(None) as connection:
            if failing:
                raise ZeroDivisionError
            return connection


def test_last_released_httpx_connection_is_reused_first() -> None:
    """Sequential calls use one connection; concurrent calls use two, and then the connection that was released last."""

    async def main() -> None:
        driven = _DrivenPool()
        assert await driven.use() is await driven.use()
        async with driven.pool.acquire(None) as first, driven.pool.acquire(None) as second:
            assert first is not second
        assert await driven.use() is first
        assert len(driven.made) == 2

    asyncio.run(main())


def test_failed_httpx_connection_is_closed_and_its_place_freed() -> None:
    """An error closes its connection once, and the next call gets a new connection."""

    async def main() -> None:
        driven = _DrivenPool(limit=1)
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                await driven.use(failing=True)
        await driven.use()
        assert [connection.closed for connection in driven.made] == [1, 1, 1, 0]

    asyncio.run(main())


def test_cancelled_call_frees_its_place() -> None:
    """Calls cancelled while they hold a connection or wait for a connection leave every place free."""

    async def main() -> None:
        driven = _DrivenPool(limit=1)

        async def hold() -> None:
            async with driven.pool.acquire(None):
                await asyncio.Event().wait()

        tasks = [asyncio.create_task(hold()) for _ in range(5)]
        await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        async with asyncio.timeout(1):
            await driven.use()

    asyncio.run(main())


def test_waiting_for_an_httpx_connection_times_out() -> None:
    """If all pool are busy for longer than the timeout, a pool timeout is raised."""

    async def main() -> None:
        driven = _DrivenPool(limit=1)
        async with driven.pool.acquire(None):
            with pytest.raises(PhaseTimeoutError) as caught:
                async with driven.pool.acquire(0.001):
                    raise AssertionError
        assert caught.value.phase == "pool"
        await driven.use()

    asyncio.run(main())


def test_request_refused_after_its_wait_gets_no_connection() -> None:
    """An error of after_wait ends the wait without a connection, which the next request gets; it needs a wait."""

    def refuse() -> None:
        raise ZeroDivisionError

    async def main() -> None:
        driven = _DrivenPool(limit=1)
        async with driven.pool.acquire(None, refuse):
            refused = asyncio.create_task(driven.pool.acquire(None, refuse).__aenter__())
            last = asyncio.create_task(driven.use())
            await asyncio.sleep(0)
        with pytest.raises(ZeroDivisionError):
            await refused
        await last
        assert len(driven.made) == 1

    asyncio.run(main())


@pytest.mark.parametrize(("pause", "kept"), [(15, True), (15.001, False), (86400, False), (-1, False)])
def test_stale_httpx_connections_are_closed(pause: float, kept: bool) -> None:
    """A connection idle for more than its seconds by the time of day, or when that went back, is closed, not lent."""

    async def main() -> None:
        driven = _DrivenPool()
        first = await driven.use()
        driven.clock.time += timedelta(seconds=pause)
        assert (await driven.use() is first) == kept
        assert first.closed == (0 if kept else 1)

    asyncio.run(main())


def test_idle_httpx_connections_expire() -> None:
    """An idle connection expires although a connection above it in the stack is in use."""

    async def main() -> None:
        driven = _DrivenPool()
        async with driven.pool.acquire(None):
            await driven.use()
        driven.clock.time += timedelta(seconds=10)
        top = await driven.use()
        driven.clock.time += timedelta(seconds=10)
        assert await driven.use() is top
        assert sum(connection.closed for connection in driven.made) == 1

    asyncio.run(main())


def test_closing_closes_every_httpx_connection() -> None:
    """Closing closes idle and lent pool once; waiting and later calls raise ConfigurationError."""

    async def main() -> None:
        driven = _DrivenPool(limit=1)
        async with driven.pool.acquire(None):
            waiting = asyncio.create_task(driven.use())
            await asyncio.sleep(0)
            await driven.pool.aclose()
        with pytest.raises(ConfigurationError, match="closed"):
            await waiting
        with pytest.raises(ConfigurationError, match="closed"):
            await driven.use()
        assert [connection.closed for connection in driven.made] == [1]

        resting = _DrivenPool()
        await resting.use()
        await resting.pool.aclose()
        await resting.pool.aclose()
        assert [connection.closed for connection in resting.made] == [1]

    asyncio.run(main())
