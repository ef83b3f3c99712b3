"""Thousands of calls cancelled at random times, under contention and faults: no quota, place or connection is lost."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
import msgspec

from tests.support.bare_clients import KEYS
from tests.support.clean_run import on_each_loop, run_clean, turns, until
from tests.support.driven_clients import InProcess, driven_client
from tests.support.scale import at_scale
from tests.support.transports import over_each_transport
from tests.support.virtual_time import VirtualTimeLoop
from tests.support.watched_server import HALF, PAGE, TRUST, failed, response_bytes, watched
from wsclient import Pace, RetryEvent, RetryPolicy, WsclientError, types
from wsclient._core.clock import new_id
from wsclient.credentials._coerce import as_provider
from wsclient.retries import NO_RETRY_INCREMENT, RETRY_COST, THROTTLING_RETRY_COST, RetryQuota
from wsclient.testing import Emulator

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import wsclient
    from tests.support.transports import TransportKind
    from tests.support.watched_server import WatchedServer

    NewLoop = Callable[[], asyncio.AbstractEventLoop]

OVER_TLS = at_scale(400, 1_500)
"""Cancellations over real TLS, on each event loop and transport; the full run makes over ten thousand in all."""
IN_VIRTUAL_TIME = at_scale(2_000, 7_000)
CONNECTIONS = 4
TASKS = 16
"""Calls that are on their way at once: four for each connection."""


PERSISTENT = RetryPolicy(max_attempts=6)


class Books(RetryQuota):
    """A retry quota that is too large to overflow, and counts retry costs and success credits separately."""

    def __init__(self) -> None:
        super().__init__(1_000_000)
        self.paid = 0
        """What retries have cost so far, and was not given back."""

    def take(self, cost: int) -> bool:
        """Pay for a retry."""
        self.paid += cost
        return super().take(cost)

    def give_back(self, amount: int) -> None:
        """Return a retry's cost, or add the credit of a success."""
        if amount != NO_RETRY_INCREMENT:
            self.paid -= amount
        super().give_back(amount)


@dataclass
class Storm:
    """Calls of a client that are cancelled, and how they ended."""

    client: wsclient.WorkSpacesClient
    chance: random.Random
    books: Books = field(default_factory=Books)
    ends: Counter[str] = field(default_factory=Counter[str])
    places: Counter[str] = field(default_factory=Counter[str])
    owed: int = 0
    """What the quota may have lost: what calls that came to an end by themselves have paid, by AWS's rules."""
    _costs: dict[asyncio.Task[Any] | None, list[int]] = field(default_factory=dict[Any, list[int]])

    def __post_init__(self) -> None:
        """Replace the client's quota with this one."""
        self.client._pipeline = msgspec.structs.replace(self.client._pipeline, quota=self.books, on_retry=self._retried)

    async def rage(
        self, number: int, call: Callable[[], Awaitable[object]], lull: Callable[[], Awaitable[None]]
    ) -> None:
        """Make concurrent calls and cancel each after a random pause, until a number of calls was cancelled in time."""

        async def worker() -> None:
            while self.ends["cancelled"] < number:
                task = asyncio.ensure_future(call())
                await lull()
                self.places[_place(task)] += 1
                task.cancel()
                if self.chance.random() < 0.2:
                    await turns(self.chance.randrange(4))
                    task.cancel()
                await asyncio.wait({task})
                self._note(task)

        await asyncio.gather(*(worker() for _ in range(TASKS)))

    def _retried(self, event: RetryEvent) -> None:
        cost = THROTTLING_RETRY_COST if event.reason.startswith("throttled") else RETRY_COST
        self._costs.setdefault(asyncio.current_task(), []).append(cost)

    def _note(self, task: asyncio.Future[object]) -> None:
        costs = self._costs.pop(task, [])  # type: ignore[call-overload]  # it is a task
        if task.cancelled():
            self.ends["cancelled"] += 1
            self.owed += sum(costs[:-1])
            return
        error = task.exception()
        assert error is None or isinstance(error, WsclientError)
        self.ends["succeeded" if error is None else "failed"] += 1
        self.owed += sum(costs if error else costs[:-1])


def _place(task: asyncio.Future[object]) -> str:
    """Return the innermost function of wsclient's in which a task waits."""
    if task.done():
        return "over"
    coroutine: Any = task.get_coro()  # type: ignore[attr-defined]  # it is a task
    name = ""
    while coroutine is not None and hasattr(coroutine, "cr_code"):
        if "/wsclient/" in coroutine.cr_code.co_filename:
            name = coroutine.cr_code.co_qualname
        coroutine = coroutine.cr_await
    return name


def _settled(storm: Storm) -> None:
    """Check that no quota and no place in the queue is lost."""
    assert storm.books.paid == storm.owed
    assert storm.client.pace.waiting == 0


@over_each_transport
@on_each_loop
def test_calls_recover_after_a_storm_over_tls(kind: TransportKind, new_loop: NewLoop) -> None:
    """Few connections, many calls, a service that fails, hangs and talks rubbish: the next 100 calls all succeed."""
    chance = random.Random(1)
    answers = [response_bytes(), failed(), failed(400, "ThrottlingException"), HALF, None, b"rubbish"]

    async def main() -> None:
        async with watched() as server:
            server.answer = lambda _: chance.choices(answers, [80, 8, 2, 4, 4, 2])[0]
            client = kind.client(server.url, tls=TRUST, max_connections=CONNECTIONS, pace=None, retry=PERSISTENT)
            # A slow machine would cancel every call while its trust store is read.
            await client.warm_up(1)
            storm = Storm(client, chance)
            await storm.rage(
                OVER_TLS,
                lambda: client.describe_workspaces(limit=1).first_page(),
                lambda: turns(chance.randrange(chance.choice([5, 50, 100]))),
            )
            assert len(storm.places) > 5
            _settled(storm)
            server.answer = lambda _: response_bytes()
            await asyncio.gather(*(client.describe_workspaces(limit=1) for _ in range(100)))
            await _uses_every_connection(client, server)
            await client.aclose()

    run_clean(main, new_loop)


async def _uses_every_connection(client: wsclient.WorkSpacesClient, server: WatchedServer) -> None:
    """Check that all connections can be in use at the same time, and that no more are open."""
    server.answer = lambda _: None
    before = len(server.operations)
    calls = [asyncio.ensure_future(client.describe_workspaces().first_page()) for _ in range(2 * CONNECTIONS)]
    await until(lambda: len(server.operations) == before + CONNECTIONS, "every connection is in use")
    await until(lambda: len(server.open) == CONNECTIONS, "no other connection is open")
    server.answer = lambda _: response_bytes()
    server.say_to_all(response_bytes())
    await asyncio.gather(*calls)


class Flaky:
    """A slow service and credential provider in virtual time that fail at random."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.is_calm = False

    async def get_credentials(self) -> wsclient.Credentials:
        """Return short-lived credentials after a random delay."""
        await self._while()
        return KEYS

    async def answer(self, request: httpx.Request, _: object) -> httpx.Response:
        """Answer well or not."""
        await self._while()
        is_creation = "Create" in request.headers["x-amz-target"]
        status, body = self.chance.choices(
            [(200, PAGE), (500, b"{}"), (503, b"{}"), (0, b"")],
            [100, 0, 0, 0] if self.is_calm else [50, 50, 0, 0] if is_creation else [80, 10, 5, 5],
        )[0]
        if not status:
            raise httpx.ReadError("reset", request=request)
        return httpx.Response(status, headers={"x-amzn-requestid": new_id()}, content=body)

    async def _while(self) -> None:
        await asyncio.sleep(self.chance.uniform(0, 0.05))


def test_calls_recover_after_a_storm_in_virtual_time() -> None:
    """The same with waits for pace, credentials, pauses and looks, in which calls spend most of their time."""
    chance = random.Random(2)
    flaky = Flaky(chance)
    wanted = types.WorkspaceRequest(directory_id="d-926722edaf", user_name="mary", bundle_id="wsb-0123456789")

    async def main() -> None:
        client = driven_client(
            Emulator(), InProcess(Emulator(), around=flaky.answer), pace=Pace(400, 5), retry=PERSISTENT
        )
        client._pipeline = msgspec.structs.replace(client._pipeline, credentials=as_provider(flaky))
        storm = Storm(client, chance)
        once = client.with_options(retry=RetryPolicy(mode="off"))

        async def call() -> object:
            if chance.random() < 0.2:
                return await once.create_workspaces(workspaces=[wanted])
            return await client.describe_workspaces(limit=1).first_page()

        await storm.rage(IN_VIRTUAL_TIME, call, lambda: asyncio.sleep(chance.expovariate(20)))
        assert len(storm.places) > 5
        _settled(storm)
        flaky.is_calm = True
        await asyncio.gather(*(client.describe_workspaces(limit=1) for _ in range(100)))

    run_clean(main, VirtualTimeLoop, longest=None)
