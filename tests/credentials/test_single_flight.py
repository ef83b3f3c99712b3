"""Single flight across event loops and threads."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from wsclient._core.clock import SYSTEM_TIME
from wsclient.credentials import Credentials, StaticProvider
from wsclient.credentials._internal import single_flight
from wsclient.credentials._internal.cache import CredentialsCache
from wsclient.credentials._internal.single_flight import SingleFlight
from wsclient.credentials.botocore import _BackgroundLoop


def test_threads_share_one_source_call() -> None:
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
def test_caller_fetches_itself_if_the_shared_loop_ends(end: str, monkeypatch: pytest.MonkeyPatch) -> None:
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


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_forked_child_fetches_credentials_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """A child forked while a thread fetches and another holds the lock fetches the credentials itself without waiting.

    In the child the parent's event loop looks running, but its thread doesn't exist. The parent's fetch continues.
    """
    monkeypatch.setattr(single_flight, "PROBE_SECONDS", 600)
    cache, requested, release = CredentialsCache("the source"), threading.Event(), threading.Event()

    def fetch(key: str, wait: threading.Event | None = None) -> Credentials:
        async def source() -> Credentials:
            if wait is not None:
                requested.set()
                await asyncio.to_thread(wait.wait)
            return Credentials(key, "secret")

        return asyncio.run(cache.get(source, SYSTEM_TIME))

    with ThreadPoolExecutor(1) as pool:
        parent = pool.submit(fetch, "PARENT", release)
        requested.wait()
        with cache._flight._lock:
            child = os.fork()
            if child == 0:
                signal.alarm(10)
                os._exit(0 if fetch("CHILD").access_key_id == "CHILD" else 1)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        release.set()
        assert parent.result().access_key_id == "PARENT"
    assert code == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_forked_child_has_its_own_boto3_bridge() -> None:
    """Forked while a thread of the parent holds the bridge's lock: the child's boto3 gets its credentials."""
    bridge, provider = _BackgroundLoop(), StaticProvider(Credentials("KEY", "secret"))
    assert bridge.run(provider).access_key_id == "KEY"
    with bridge._lock:
        child = os.fork()
        if child == 0:
            signal.alarm(20)
            os._exit(0 if bridge.run(provider).access_key_id == "KEY" else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert bridge.run(provider).access_key_id == "KEY"
