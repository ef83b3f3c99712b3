"""Rate limits of clients, in virtual time against a throttling emulator: completed calls and their cost."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from msgspec.structs import replace

import wsclient
from tests.support.driven_clients import InProcess, driven_client
from tests.support.scale import at_scale
from tests.support.virtual_time import VirtualClock, run_in_virtual_time
from wsclient import Pace, PaceState, RetryPolicy, Timeout, errors
from wsclient.pacing._pacer import OutdatedPermitError, Pacer, QueueRegistry, RateLimitKey
from wsclient.testing import Emulator


@dataclass
class Outcome:
    """Outcome of a number of calls."""

    completed: int
    throttled: int
    requests: int
    seconds: float
    state: PaceState


async def _calls(
    throttle: Pace | None, calls: int, workers: int, *, latency: float = 0.04, seed: int = 1, **options: Any
) -> Outcome:
    """Make calls from several workers, each sequentially."""
    clock = VirtualClock()
    aws = Emulator(throttle=throttle, clock=clock)
    transport = InProcess(aws, latency)
    ws = driven_client(aws, transport, clock, seed=seed, **options)
    outcomes: list[bool] = []

    async def worker() -> None:
        while len(outcomes) + workers_busy < calls:
            await call()

    workers_busy = 0

    async def call() -> None:
        nonlocal workers_busy
        workers_busy += 1
        try:
            await ws.describe_workspaces(limit=1)
            outcomes.append(True)
        except errors.ThrottlingException:
            outcomes.append(False)
        finally:
            workers_busy -= 1

    await asyncio.gather(*(worker() for _ in range(workers)))
    return Outcome(sum(outcomes), outcomes.count(False), transport.requests, clock.monotonic(), ws.pace)


@pytest.mark.parametrize("workers", [1, 10, 30])
@pytest.mark.parametrize("latency", [0.0, 0.04, 0.3])
def test_fixed_pace_completes_every_call(workers: int, latency: float) -> None:
    """160 calls at AWS's documented throttle with Pace(2, 5): all complete, with next to no request wasted."""
    outcome = run_in_virtual_time(_calls(Pace(2, 5), 160, workers, latency=latency, pace=Pace(2, 5)))
    assert (outcome.completed, outcome.throttled) == (160, 0)
    assert outcome.requests <= 165
    assert outcome.state.mode == "fixed"
    assert outcome.state.rate == 2


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("latency", [0.0, 0.04, 0.3])
def test_learned_pace_completes_every_call(latency: float, seed: int) -> None:
    """pace="auto" learns the limit: all calls complete, with 190 requests at most."""
    outcome = run_in_virtual_time(_calls(Pace(2, 5), 160, 10, latency=latency, seed=seed))
    assert (outcome.completed, outcome.throttled) == (160, 0)
    assert outcome.requests <= 190
    assert outcome.state.mode == "auto"
    assert outcome.state.throttled == outcome.requests - 160


@pytest.mark.parametrize(
    ("burst", "calls"), [(5, at_scale(4000, 6000)), (50, at_scale(2000, 6000)), (100, at_scale(2000, 6000))]
)
def test_learned_pace_finds_a_higher_limit(burst: int, calls: int) -> None:
    """Against 50 calls a second, pace="auto" finds nearly all of it by itself, and fails no call."""
    outcome = run_in_virtual_time(_calls(Pace(50, burst), calls, 20))
    assert (outcome.completed, outcome.throttled) == (calls, 0)
    assert calls / outcome.seconds > 0.9 * 50
    assert outcome.requests < calls * 1.02


def test_learned_pace_finds_a_lower_limit() -> None:
    """If other callers use half of the documented rate, every call still completes."""
    outcome = run_in_virtual_time(_calls(Pace(1, 5), 160, 10))
    assert (outcome.completed, outcome.throttled) == (160, 0)


@pytest.mark.parametrize(("workers", "rate"), [(100, 10), (300, 2), (600, 2)])
def test_calls_that_start_at_once_complete(workers: int, rate: int) -> None:
    """Of hundreds of calls that start at once, as by asyncio.gather, only those with a connection are throttled."""
    outcome = run_in_virtual_time(_calls(Pace(rate, 5), 600, workers))
    assert (outcome.completed, outcome.throttled) == (600, 0)
    assert outcome.requests <= 660


@pytest.mark.parametrize("setting", [Pace(1000, 1000), "auto"])
def test_a_call_waits_for_a_limit_that_applies_since_its_permit(setting: Any) -> None:
    """A permit that took no token is outdated once a limit is learned; one that took a token is not."""

    async def main() -> None:
        clock = VirtualClock()
        pacer = Pacer(setting, RateLimitKey("workspaces", "us-west-2"), QueueRegistry(clock))
        before = pacer.try_acquire(None) or await pacer.acquire(None, is_last_attempt=False, time_left=lambda: None)
        before.require_current()
        before.record_response(throttled=True)
        with pytest.raises(OutdatedPermitError):
            before.require_current()
        (await pacer.acquire(None, is_last_attempt=False, time_left=lambda: None)).require_current()

    run_in_virtual_time(main())


@pytest.mark.parametrize(("programs", "failed"), [(2, 0.01), (8, 0.03), (20, 0.10)])
def test_programs_that_share_a_rate_learn_their_shares(programs: int, failed: float) -> None:
    """Programs that do not know of each other use the whole rate with few failed calls; the last one takes it all.

    Each has a client of its own process. All but one end after five minutes, and the last one has five more to find the
    rate that is free then.
    """

    async def main() -> tuple[int, int, int]:
        clock = VirtualClock()
        aws = Emulator(throttle=Pace(2, 5), clock=clock)
        shared = lost = late = 0

        async def worker(ws: wsclient.WorkSpacesClient, end: float) -> None:
            nonlocal shared, lost, late
            while (now := clock.monotonic()) < end:
                try:
                    await ws.describe_workspaces(limit=1)
                    shared += now < 300
                    late += 600 <= now < 700
                except errors.ThrottlingException:
                    lost += 1

        async def program(number: int, end: float) -> None:
            ws = driven_client(aws, InProcess(aws, 0.04), clock, seed=number, queues=QueueRegistry(clock))
            await asyncio.gather(*(worker(ws, end) for _ in range(3)))

        await asyncio.gather(program(0, 700), *(program(number, 300) for number in range(1, programs)))
        return shared, lost, late

    shared, lost, late = run_in_virtual_time(main())
    assert shared > 0.85 * 2 * 300
    assert lost <= failed * (shared + lost)
    assert late > 0.9 * 2 * 100


def test_most_calls_fail_without_a_pace() -> None:
    """With pace=None the retries alone lose most calls at the documented rate limit."""
    outcome = run_in_virtual_time(_calls(Pace(2, 5), 160, 10, pace=None))
    assert outcome.throttled > 80
    assert outcome.state == PaceState(mode="off")


def test_adaptive_mode_limits_the_client() -> None:
    """In adaptive mode the rate follows AWS's curve from the first throttling answer on, and its state is shown."""
    outcome = run_in_virtual_time(_calls(Pace(10, 10), 400, 10, retry=RetryPolicy(mode="adaptive", max_attempts=10)))
    assert outcome.completed == 400
    assert outcome.state.mode == "adaptive"
    assert outcome.state.rate is not None
    assert outcome.state.throttled == outcome.requests - 400 > 0


def test_unthrottled_calls_never_wait() -> None:
    """Without throttling, pace="auto" adds no delay."""
    outcome = run_in_virtual_time(_calls(None, 1000, 100, latency=0.0))
    assert outcome.completed == 1000
    assert outcome.seconds == 0
    assert outcome.state == PaceState(mode="auto")


def test_clients_with_the_same_pace_share_its_rate() -> None:
    """Two clients with the same Pace share its rate in an account and region; another account has its own."""

    async def main() -> None:
        clock = VirtualClock()
        aws = Emulator(clock=clock)
        queues, transport = QueueRegistry(clock), InProcess(aws)
        pace = Pace(1, 1)
        first, second = (driven_client(aws, transport, clock, queues=queues, pace=pace) for _ in range(2))
        other = driven_client(aws, transport, clock, queues=queues, pace=pace)
        stranger = other.with_options(credentials=aws.add_user("stranger", account_id="999999999999"))
        stranger._pipeline = replace(other._pipeline, credentials=stranger._pipeline.credentials)

        async def calls(client: wsclient.WorkSpacesClient) -> float:
            for _ in range(5):
                await client.describe_workspaces()
            return clock.monotonic()

        ends = await asyncio.gather(calls(first), calls(second), calls(stranger))
        assert ends[0] == pytest.approx(8, abs=1e-3)
        assert ends[1] == pytest.approx(9, abs=1e-3)
        assert ends[2] == pytest.approx(4, abs=1e-3)

    run_in_virtual_time(main())


def test_wait_beyond_the_total_timeout_sends_nothing() -> None:
    """A call that would wait longer than Timeout.total fails without waiting, and nothing is sent."""

    async def main() -> None:
        clock = VirtualClock()
        aws = Emulator(clock=clock)
        transport = InProcess(aws)
        ws = driven_client(aws, transport, clock, pace=Pace(0.1, 1), timeout=Timeout(total=5))
        await ws.describe_workspaces()
        with pytest.raises(errors.PaceTimeoutError) as caught:
            await ws.describe_workspaces()
        error = caught.value
        assert (error.phase, error.attempts, error.may_have_been_sent, error.is_ambiguous) == ("pace", 0, False, False)
        assert isinstance(error, TimeoutError)
        assert "Timeout.total" in str(error)
        assert transport.requests == 1
        assert clock.monotonic() == 0
        assert ws.pace.waiting == 0

    run_in_virtual_time(main())


def test_learned_pace_waits_until_the_total_timeout() -> None:
    """While the learned rate may still rise, a call waits until Timeout.total, and is not sent afterwards."""

    async def main() -> None:
        clock = VirtualClock()
        aws = Emulator(clock=clock, throttle=Pace(0.5, 1))
        transport = InProcess(aws)
        ws = driven_client(aws, transport, clock)
        await asyncio.gather(*(ws.describe_workspaces().first_page() for _ in range(3)))
        waiting = [asyncio.create_task(ws.describe_workspaces().first_page()) for _ in range(30)]
        await asyncio.sleep(0)
        hasty = driven_client(aws, transport, clock)
        hasty._pipeline = replace(ws._pipeline, timeout=Timeout(total=5))
        start, sent = clock.monotonic(), transport.requests
        with pytest.raises(errors.PaceTimeoutError) as caught:
            await hasty.describe_tags(resource_id="ws-123456789")
        assert not caught.value.may_have_been_sent
        assert clock.monotonic() - start == pytest.approx(5, abs=0.01)
        assert transport.requests > sent  # the others proceeded
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    run_in_virtual_time(main())


def test_credentials_are_resolved_after_the_wait() -> None:
    """Credentials are resolved after the wait, so that a delayed attempt is signed with current credentials."""

    async def main() -> None:
        clock = VirtualClock()
        aws = Emulator(clock=clock)
        seen: list[str] = []
        keys = [aws.credentials, aws.add_user("later")]

        class Changing:
            async def get_credentials(self) -> wsclient.Credentials:
                return keys[0] if clock.monotonic() < 10 else keys[1]

        async def look(request: httpx.Request, execute: Callable[[], httpx.Response]) -> httpx.Response:
            seen.append(request.headers["authorization"])
            return execute()

        ws = driven_client(aws, InProcess(aws, around=look), clock, pace=Pace(0.05, 1))
        ws._pipeline = replace(ws._pipeline, credentials=Changing())
        await ws.describe_workspaces()
        await ws.describe_workspaces()
        assert clock.monotonic() == pytest.approx(20, abs=1e-3)
        assert keys[0].access_key_id in seen[0]
        assert keys[1].access_key_id in seen[1]

    run_in_virtual_time(main())
