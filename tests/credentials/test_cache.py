"""Refresh times of the credentials cache, and the credentials it serves during a refresh."""

from __future__ import annotations

import asyncio
import gc
import logging
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.virtual_time import WallClock, run_in_virtual_time
from wsclient._core.clock import TimeSource
from wsclient.credentials import Credentials
from wsclient.credentials._internal.cache import (
    MANDATORY_WINDOW,
    MAX_ADVISORY_WINDOW,
    MAX_ERROR_TTL,
    MIN_REFRESH_PAUSE,
    CredentialsCache,
)
from wsclient.errors import (
    ConfigurationError,
    ConnectError,
    CredentialsRefreshError,
    NoCredentialsError,
    RequestTimeoutError,
    ServiceError,
    WsclientError,
)
from wsclient.testing import DrivenClock

MANY = 10_000


@dataclass
class Source:
    """Credentials source that issues numbered sets with a lifetime; raises `failure` if set and blocks on `held`."""

    clock: DrivenClock
    lifetime: timedelta | None = timedelta(hours=1)
    failure: Exception | None = None
    calls: int = 0
    answers: list[Credentials] = field(default_factory=list[Credentials])
    held: asyncio.Event | None = None

    async def __call__(self) -> Credentials:
        """Give the next set, or raise."""
        self.calls += 1
        if self.held is not None:
            await self.held.wait()
        await asyncio.sleep(0)
        if self.failure is not None:
            raise self.failure
        if self.answers:
            return self.answers.pop(0)
        expiration = None if self.lifetime is None else self.clock.now() + self.lifetime
        return Credentials(f"KEY{self.calls}", f"secret{self.calls}", f"token{self.calls}", expiration)


@dataclass
class Desk:
    """A cache, its source and its clock."""

    clock: DrivenClock = field(default_factory=lambda: DrivenClock(WallClock()))
    chance: float = 0.5
    is_strict: bool = False
    is_early: bool = True
    source: Source = field(init=False)
    cache: CredentialsCache = field(init=False)

    def __post_init__(self) -> None:
        """Put the parts together."""
        self.source = Source(self.clock)
        self.cache = CredentialsCache("the source", is_strict=self.is_strict, is_early=self.is_early)

    async def get(self) -> Credentials:
        """Ask the cache."""
        return await self.cache.get(self.source, TimeSource(clock=self.clock, random=lambda: self.chance))

    async def key(self) -> str:
        """Ask the cache, and return which set it gave."""
        credentials = await self.get()
        number = credentials.access_key_id.removeprefix("KEY")
        # The parts of a set stay together.
        assert credentials.secret_access_key == f"secret{number}"
        assert credentials.session_token == f"token{number}"
        return credentials.access_key_id


def test_credentials_are_kept_until_the_advisory_window() -> None:
    """A set of one hour is served for 45 minutes, then a new one is fetched."""

    async def main() -> None:
        desk = Desk()
        assert [await desk.key() for _ in range(3)] == ["KEY1"] * 3
        desk.clock.advance(minutes=45, seconds=-1)
        assert await desk.key() == "KEY1"
        desk.clock.advance(seconds=1)
        assert await desk.key() == "KEY2"
        assert desk.source.calls == 2

    asyncio.run(main())


@pytest.mark.parametrize(
    ("lifetime", "window"),
    [
        (15 * 60, 5 * 60),
        (20 * 60, 5 * 60),
        (20 * 60 + 1, 15 * 60),
        (90 * 60 - 1, 15 * 60),
        (90 * 60, 60 * 60),
        (12 * 3600, 60 * 60),
        (4 * 60, 2 * 60),
    ],
)
def test_the_advisory_window_follows_from_the_lifetime(lifetime: int, window: int) -> None:
    """5, 15 or 60 minutes by lifetime; half the lifetime of what lives shorter than its window."""

    async def main() -> None:
        desk = Desk()
        desk.source.lifetime = timedelta(seconds=lifetime)
        await desk.get()
        desk.clock.advance(seconds=lifetime - window - 1)
        assert await desk.key() == "KEY1"
        desk.clock.advance(seconds=1)
        assert await desk.key() == "KEY2"

    asyncio.run(main())


def test_credentials_without_expiration_are_fetched_once() -> None:
    """Credentials without an expiration are fetched once."""

    async def main() -> None:
        desk = Desk()
        desk.source.lifetime = None
        await desk.get()
        desk.clock.advance(days=4000)
        assert await desk.key() == "KEY1"

    asyncio.run(main())


@pytest.mark.parametrize("minutes", [0, 50, 59.5, 61])
def test_concurrent_callers_share_one_source_call(minutes: float) -> None:
    """At the start, in either window and after expiry, 10,000 callers share one call and all get credentials."""

    async def main() -> None:
        desk = Desk()
        if minutes:
            await desk.get()
            desk.clock.advance(minutes=minutes)
        before = desk.source.calls
        keys = await asyncio.gather(*(desk.key() for _ in range(MANY)))
        assert desk.source.calls == before + 1
        assert len(keys) == MANY
        assert await desk.key() == f"KEY{before + 1}"

    asyncio.run(main())


def test_source_call_survives_the_cancellation_of_its_caller() -> None:
    """The source call continues when the task that started it is cancelled, and when all callers are."""

    async def main() -> None:
        desk = Desk()
        desk.source.held = asyncio.Event()
        waiting = [asyncio.create_task(desk.key()) for _ in range(10)]
        await asyncio.sleep(0)
        waiting[0].cancel()
        await asyncio.sleep(0)
        desk.source.held.set()
        results = await asyncio.gather(*waiting, return_exceptions=True)
        assert isinstance(results[0], asyncio.CancelledError)
        assert results[1:] == ["KEY1"] * 9
        desk.clock.advance(hours=2)
        desk.source.held = asyncio.Event()
        alone = asyncio.create_task(desk.key())
        await asyncio.sleep(0)
        alone.cancel()
        await asyncio.gather(alone, return_exceptions=True)
        desk.source.held.set()
        for _ in range(5):
            await asyncio.sleep(0)
        assert await desk.key() == "KEY2"
        assert desk.source.calls == 2

    asyncio.run(main())


def test_hanging_advisory_refresh_blocks_no_caller() -> None:
    """While a refresh hangs, other callers get the cached set immediately, and its initiator soon after."""

    async def main() -> None:
        desk = Desk()
        await desk.get()
        desk.clock.advance(minutes=50)
        desk.source.held = asyncio.Event()
        beginner = asyncio.create_task(desk.key())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert [await desk.key() for _ in range(3)] == ["KEY1"] * 3
        assert not beginner.done()
        assert await beginner == "KEY1"
        desk.source.held.set()
        for _ in range(5):
            await asyncio.sleep(0)
        assert await desk.key() == "KEY2"

    run_in_virtual_time(main())


TRANSIENT = [
    ConnectError("no route"),
    RequestTimeoutError("silence", phase="read", may_have_been_sent=True),
    CredentialsRefreshError("the source is down"),
    ServiceError("later", code="InternalFailure", status=500),
    ServiceError("slower", code="Throttling", status=400),
    OSError("of a provider that is not ours"),
]
FINAL = [
    CredentialsRefreshError("not allowed", can_heal=False),
    ServiceError("no", code="AccessDenied", status=403),
    ConfigurationError("half a profile"),
    NoCredentialsError([("x", "gone")]),
]


@pytest.mark.parametrize("minutes", [50, 59.5, 61, 600])
@pytest.mark.parametrize("failure", TRANSIENT, ids=repr)
def test_failed_refresh_keeps_the_cached_credentials(failure: Exception, minutes: float) -> None:
    """The cached set is served on, even expired, and the source is left alone for 300 to 600 seconds."""

    async def main() -> None:
        desk = Desk()
        await desk.get()
        desk.clock.advance(minutes=minutes)
        desk.source.failure = failure
        assert await asyncio.gather(*(desk.key() for _ in range(50))) == ["KEY1"] * 50
        desk.clock.advance(seconds=MIN_REFRESH_PAUSE * 1.5 - 1)
        assert await desk.key() == "KEY1"
        assert desk.source.calls == 2
        desk.source.failure = None
        desk.clock.advance(seconds=1)
        assert await desk.key() == "KEY3"

    asyncio.run(main())


@pytest.mark.parametrize("failure", FINAL, ids=repr)
def test_permanent_error_is_raised_and_cached_for_seconds(failure: WsclientError) -> None:
    """Every caller gets the error; the source is not called again for 1 to 5 seconds."""

    async def main() -> None:
        desk = Desk()
        await desk.get()
        desk.clock.advance(minutes=59.5)
        desk.source.failure = failure
        for _ in range(3):
            with pytest.raises(type(failure)):
                await desk.get()
        assert desk.source.calls == 2
        desk.source.failure = None
        desk.clock.advance(seconds=3)
        assert await desk.key() == "KEY3"

    asyncio.run(main())


@pytest.mark.parametrize("failure", [*TRANSIENT, *FINAL], ids=repr)
def test_error_is_raised_if_nothing_is_cached(failure: Exception) -> None:
    """10,000 concurrent callers cost one source call; only an error that cannot heal is raised again without one."""

    async def main() -> None:
        desk = Desk(chance=1.0)
        count = MANY if failure is FINAL[0] else 100
        desk.source.failure = failure
        raised = await asyncio.gather(*(desk.get() for _ in range(count)), return_exceptions=True)
        assert {type(error) for error in raised} == {type(failure)}
        if isinstance(failure, WsclientError):
            assert len({id(error) for error in raised}) == count
            assert {str(error) for error in raised} == {str(failure)}
        if failure in TRANSIENT:
            desk.source.failure = None
            assert await desk.key() == "KEY2"
            return
        for _ in range(100):
            with pytest.raises(type(failure)):
                await desk.get()
        assert desk.source.calls == 1
        desk.clock.advance(seconds=MAX_ERROR_TTL)
        desk.source.failure = None
        assert await desk.key() == "KEY2"

    asyncio.run(main())


def test_strict_source_raises_despite_cached_credentials() -> None:
    """Any failure of a strict source is raised although a set is cached, and its credentials must not be expired."""

    async def main() -> None:
        desk = Desk(is_strict=True)
        await desk.get()
        desk.clock.advance(minutes=59.5)
        desk.source.failure = ConnectError("no route")
        with pytest.raises(ConnectError):
            await desk.get()
        desk.source.failure = None
        desk.source.lifetime = timedelta(seconds=-1)
        desk.clock.advance(seconds=5)
        with pytest.raises(CredentialsRefreshError, match="already expired"):
            await desk.get()

    asyncio.run(main())


def test_interactive_source_has_no_advisory_window() -> None:
    """Without an advisory window the source is called in the last minute before expiry, and every caller waits."""

    async def main() -> None:
        desk = Desk(is_early=False)
        await desk.get()
        desk.clock.advance(minutes=58, seconds=59)
        assert await desk.key() == "KEY1"
        desk.clock.advance(seconds=1)
        assert await asyncio.gather(*(desk.key() for _ in range(2))) == ["KEY2"] * 2

    asyncio.run(main())


def test_refresh_with_old_credentials_counts_as_failed() -> None:
    """A source that gives the same or an expired set is left alone as well; the set that lives longer is served."""

    async def main() -> None:
        desk = Desk()
        first = await desk.get()
        desk.clock.advance(minutes=50)
        desk.source.answers = [first]
        assert await desk.get() is first
        assert await desk.get() is first
        assert desk.source.calls == 2
        desk.clock.advance(minutes=8)
        older = Credentials("KEY9", "secret9", "token9", first.expiration and first.expiration - timedelta(minutes=30))
        desk.source.answers = [older]
        assert await desk.get() is first
        assert desk.source.calls == 3

    asyncio.run(main())


def test_expired_credentials_are_served_if_there_are_no_others() -> None:
    """Credentials that arrive expired are served if no others exist: the service decides whether to accept them."""

    async def main() -> None:
        desk = Desk()
        desk.source.lifetime = timedelta(minutes=-5)
        assert await desk.key() == "KEY1"
        assert await desk.key() == "KEY1"
        assert desk.source.calls == 1
        desk.clock.advance(seconds=2 * MIN_REFRESH_PAUSE)
        desk.source.lifetime = timedelta(minutes=-1)
        desk.source.lifetime = timedelta(hours=1)
        assert await desk.key() == "KEY2"

    asyncio.run(main())


def test_invalidate_drops_only_the_rejected_key() -> None:
    """Invalidate of another key changes nothing; of the cached one it makes the next caller fetch."""

    async def main() -> None:
        desk = Desk()
        await desk.get()
        desk.cache.invalidate("KEY0")
        assert await desk.key() == "KEY1"
        desk.cache.invalidate("KEY1")
        assert await asyncio.gather(*(desk.key() for _ in range(100))) == ["KEY2"] * 100
        desk.cache.invalidate("KEY1")
        assert await desk.key() == "KEY2"

    asyncio.run(main())


@pytest.mark.parametrize("failure", TRANSIENT, ids=repr)
def test_rejected_key_causes_one_refresh_during_an_outage(failure: Exception) -> None:
    """The cached set is served on after a failed forced refresh, and rejections in the pause ask no source."""

    async def main() -> None:
        desk = Desk()
        await desk.get()
        desk.source.failure = failure
        for _ in range(20):
            desk.cache.invalidate("KEY1")
            assert await asyncio.gather(*(desk.key() for _ in range(5))) == ["KEY1"] * 5
        assert desk.source.calls == 2
        desk.source.failure = None
        desk.clock.advance(seconds=MIN_REFRESH_PAUSE * 1.5)
        assert await desk.key() == "KEY3"

    asyncio.run(main())


def test_warning_of_an_unchanged_refresh_does_not_say_expired(caplog: pytest.LogCaptureFixture) -> None:
    """The warning about valid credentials that the source returned again says that they are unchanged."""

    async def main() -> None:
        desk = Desk()
        first = await desk.get()
        desk.clock.advance(minutes=50)
        desk.source.answers = [first]
        await desk.get()

    asyncio.run(main())
    assert "are unchanged" in caplog.text
    assert "expired" not in caplog.text


def test_cached_credentials_survive_the_event_loop() -> None:
    """Credentials fetched on one loop are served on the next; a source call cut off by a loop's end is repeated."""
    desk = Desk()

    async def leave_in_the_middle() -> None:
        desk.source.held = asyncio.Event()
        task = asyncio.create_task(desk.key())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not task.done()

    asyncio.run(leave_in_the_middle())
    desk.source.held = None
    assert asyncio.run(desk.key()) == "KEY2"
    assert asyncio.run(desk.key()) == "KEY2"
    gc.collect()


def test_refresh_logs_contain_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    """Each refresh and each failure is logged without secrets; errors of other packages appear by class name only."""

    async def main() -> None:
        desk = Desk()
        await desk.get()
        desk.clock.advance(minutes=50)
        desk.source.failure = OSError("secret1 token1")
        await desk.get()

    with caplog.at_level(logging.DEBUG, logger="wsclient.credentials"):
        asyncio.run(main())
    text = caplog.text
    assert "the source returned credentials" in text
    assert "OSError" in text
    assert "secret1" not in text
    assert "token1" not in text


Step = tuple[str, float]


@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["pass", "fail", "heal", "reject", "ask"]), st.floats(0, 4000)), max_size=30
    ),
    lifetime=st.integers(60, 20_000),
)
@settings(max_examples=150)
def test_callers_get_credentials_despite_failures_and_rejections(steps: list[Step], lifetime: int) -> None:
    """After the first fetch, every caller gets credentials despite transient failures and rejections."""

    async def main() -> None:
        desk = Desk()
        desk.source.lifetime = timedelta(seconds=lifetime)
        await desk.get()
        for kind, seconds in steps:
            if kind == "pass":
                desk.clock.advance(seconds=seconds)
            elif kind in {"fail", "heal"}:
                desk.source.failure = ConnectError("no route") if kind == "fail" else None
            elif kind == "reject":
                desk.cache.invalidate((await desk.get()).access_key_id)
            else:
                await desk.key()

    asyncio.run(main())


def test_refresh_windows_are_those_of_aws() -> None:
    """The last minute is mandatory, an hour the longest advisory window."""
    assert (timedelta(minutes=1), timedelta(hours=1)) == (MANDATORY_WINDOW, MAX_ADVISORY_WINDOW)
