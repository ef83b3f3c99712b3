"""One client on several event loops: in sequence, in concurrent threads, closed or never closed."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.clean_run import on_each_loop, run_clean, turns, until
from tests.support.platforms import LOOP_NAMES, LOOPS, needs_uvloop
from tests.support.transports import KINDS, over_each_transport
from tests.support.watched_server import TRUST, WatchedServer, watched
from wsclient import TLSPolicy
from wsclient.testing import Emulator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import wsclient
    from tests.support.transports import TransportKind

    NewLoop = Callable[[], asyncio.AbstractEventLoop]

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def aws() -> Iterator[Emulator]:
    """Emulator of the module, on an event loop in another thread."""
    with Emulator() as emulator:
        emulator.add_workspaces(5)
        yield emulator


def _client(kind: TransportKind, aws: Emulator, **options: object) -> wsclient.WorkSpacesClient:
    return kind.client(
        aws.endpoint_url, credentials=aws.credentials, tls=TLSPolicy(ca_file=aws.ca_file), max_connections=3, **options
    )


async def _some_calls(client: wsclient.WorkSpacesClient, number: int = 5) -> None:
    pages = await asyncio.gather(*(client.describe_workspaces() for _ in range(number)))
    assert [len(page.workspaces) for page in pages] == [5] * number


@over_each_transport
@pytest.mark.parametrize(
    "order",
    [
        ("asyncio",) * 3,
        pytest.param(("uvloop",) * 3, marks=needs_uvloop),
        pytest.param(("asyncio", "uvloop", "asyncio"), marks=needs_uvloop),
    ],
)
def test_module_level_client_serves_successive_loops(
    aws: Emulator, kind: TransportKind, order: tuple[str, ...]
) -> None:
    """As in Lambda, Celery and notebooks: each run begins anew, ends without a word, and leaves no socket open."""
    client = _client(kind, aws)
    for name in order:
        run_clean(lambda: _some_calls(client), LOOPS[name], closes=False)
    run_clean(client.aclose)


@over_each_transport
def test_loop_ended_during_calls_does_not_affect_the_next(aws: Emulator, kind: TransportKind) -> None:
    """Calls cancelled by the end of their event loop do not affect calls in the next loop."""
    client = _client(kind, aws)

    async def leave() -> None:
        for _ in range(10):
            asyncio.get_running_loop().create_task(client.describe_workspaces().first_page())
        await turns(20)

    for _ in range(3):
        asyncio.run(leave())
        run_clean(lambda: _some_calls(client), closes=False)
    run_clean(client.aclose)


@over_each_transport
@on_each_loop
def test_client_serves_loops_of_several_threads(aws: Emulator, kind: TransportKind, new_loop: NewLoop) -> None:
    """Four threads and the main thread use one client concurrently, each with its own event loops."""
    client = _client(kind, aws)

    def run() -> None:
        for _ in range(5):
            with asyncio.Runner(loop_factory=new_loop) as runner:
                runner.run(_some_calls(client, 3))

    async def main() -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(4):
                group.create_task(asyncio.to_thread(run))
            for _ in range(5):
                await _some_calls(client, 3)
        await client.aclose()

    run_clean(main, new_loop)


@over_each_transport
@on_each_loop
def test_unclosed_client_is_closed_by_garbage_collection(kind: TransportKind, new_loop: NewLoop) -> None:
    """A client dropped without aclose, after completed or cancelled calls, closes its connections without warnings."""

    async def main() -> None:
        async with watched() as server:
            await _called_and_forgotten(kind, server)
            assert server.connections == 2
            gc.collect()
            await until(lambda: not server.open, "the forgotten client's connections are closed")

    run_clean(main, new_loop)


async def _called_and_forgotten(kind: TransportKind, server: WatchedServer) -> None:
    client = kind.client(server.url, tls=TRUST)
    await client.describe_workspaces()
    server.answer = lambda _: None
    call = asyncio.create_task(client.describe_workspaces().first_page())
    other = asyncio.create_task(client.describe_workspaces().first_page())
    await until(lambda: len(server.operations) == 3, "both calls have arrived")
    call.cancel()
    other.cancel()
    await asyncio.wait({call, other})


SCRIPT = """
import asyncio, sys
import wsclient
from tests.support.bare_clients import MAKERS, bare_client

kind, new_loop, way, url, ca_file, key, secret = sys.argv[1:]
if new_loop == "uvloop":
    import uvloop
new_loop = asyncio.SelectorEventLoop if new_loop == "asyncio" else uvloop.new_event_loop

def new_client():
    keys = wsclient.Credentials(key, secret)
    return bare_client(url, make=MAKERS[kind], tls=wsclient.TLSPolicy(ca_file=ca_file), credentials=keys)

if way != "local":
    of_the_module = new_client()

async def main():
    client = new_client() if way == "local" else of_the_module
    await asyncio.gather(*(client.describe_workspaces() for _ in range(3)))
    if way == "in the middle":
        asyncio.ensure_future(client.describe_workspaces().first_page())
        await asyncio.sleep(0)

for _ in range(2):
    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(main())
if way == "dropped":
    del of_the_module
"""


@pytest.mark.parametrize("way", ["at the end", "dropped", "in the middle", "local"])
@pytest.mark.parametrize("new_loop", LOOP_NAMES)
@pytest.mark.parametrize("kind", KINDS.keys())
def test_script_without_aclose_exits_silently(aws: Emulator, kind: str, new_loop: str, way: str) -> None:
    """A process that never closes its client exits with status 0 and no output, with warnings as errors."""
    keys = (aws.credentials.access_key_id, aws.credentials.secret_access_key)
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT, kind, new_loop, way, aws.endpoint_url, aws.ca_file, *keys],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
