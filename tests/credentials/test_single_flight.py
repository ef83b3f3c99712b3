"""Single flight across event loops and threads."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from wsclient._core.clock import SYSTEM_TIME
from wsclient.credentials import Credentials
from wsclient.credentials._internal import single_flight
from wsclient.credentials._internal.cache import CredentialsCache
from wsclient.credentials._internal.single_flight import SingleFlight


def test_callers_of_many_threads_share_one_fetch() -> None:
    """Eight threads, each with a loop of its own, cost one source call."""
    cache, barrier, release, calls = (
        CredentialsCache("the source"),
        threading.Barrier(8),
        threading.Event(),
        list[int](),
    )

    async def source() -> Credentials:
        calls.append(1)
        await asyncio.to_thread(release.wait)
        return Credentials("KEY", "secret")

    async def ask() -> Credentials:
        task = asyncio.ensure_future(cache.get(source, SYSTEM_TIME))
        await asyncio.sleep(0)
        await asyncio.to_thread(barrier.wait)
        release.set()
        return await task

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: asyncio.run(ask()), range(8)))
    assert len({id(result) for result in results}) == 1
    assert calls == [1]


@pytest.mark.parametrize("end", ["cancelled", "blocked"])
def test_callers_do_not_wait_for_a_loop_that_gives_no_result(end: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the loop of the shared work ends, or its thread waits for the caller, the caller does the work itself."""
    monkeypatch.setattr(single_flight, "PROBE_SECONDS", 0.02)
    flight, runs, joined = SingleFlight[int](), list[int](), threading.Event()

    async def work() -> int:
        runs.append(1)
        if len(runs) == 1:
            await asyncio.Event().wait()
        return len(runs)

    async def join() -> int:
        task = flight.start(work)
        await asyncio.sleep(0)
        joined.set()
        return await task

    async def own(pool: ThreadPoolExecutor) -> int:
        first = flight.start(work)
        await asyncio.sleep(0)
        other = pool.submit(lambda: asyncio.run(join()))
        if end == "blocked":
            result = other.result(60)
            first.cancel()
        else:
            await asyncio.to_thread(joined.wait)
            first.cancel()
            result = await asyncio.wrap_future(other)
        with suppress(asyncio.CancelledError):
            await first
        return result

    with ThreadPoolExecutor(1) as pool:
        assert asyncio.run(own(pool)) == 2
