"""Test cases of credential refresh that the AWS SDKs share: who is asked when, and which credentials are served.

"credential-refresh-tests.json" in aws-runtime of smithy-rs, https://github.com/smithy-lang/smithy-rs. One difference is
meant: an error that cannot heal is raised again for one to five seconds, before the source is asked once more.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from tests.support.virtual_time import WallClock
from wsclient._core.clock import TimeSource
from wsclient.credentials import Credentials
from wsclient.credentials._internal.cache import MAX_ERROR_TTL, CredentialsCache
from wsclient.errors import CredentialsRefreshError, WsclientError
from wsclient.testing import DrivenClock

LIFETIME = 3600
STARTS = {"none": None, "valid": 0, "advisory": LIFETIME - 600, "mandatory": LIFETIME - 30, "expired": LIFETIME + 60}
"""Seconds since the fetch of credentials that live for an hour, by what they are at the start of a case."""
FRESH, STALE, FAILURE, FINAL = "fresh", "stale", "failure", "final"
"""What the source answers."""
CACHED, NEW, RAISED = "cached", "new", "raised"
"""What the caller gets."""


@dataclass
class Stage:
    """A cache with a source that answers as told, and a clock."""

    clock: DrivenClock = field(default_factory=lambda: DrivenClock(WallClock()))
    cache: CredentialsCache = field(default_factory=lambda: CredentialsCache("the source"))
    response: str = FRESH
    lifetime: int = LIFETIME
    calls: int = 0

    async def _source(self) -> Credentials:
        self.calls += 1
        if self.response in {FAILURE, FINAL}:
            raise CredentialsRefreshError("no", can_heal=self.response == FAILURE)
        seconds = 0 if self.response == STALE else self.lifetime
        return Credentials(f"KEY{self.calls}", "secret", "token", self.clock.now() + timedelta(seconds=seconds))

    async def get(self, response: str = "", lifetime: int = LIFETIME) -> tuple[str, bool]:
        """Ask the cache; return what the caller gets, and whether the source was asked."""
        self.response, self.lifetime = response or FINAL, lifetime
        before, held = self.calls, self.cache._cached
        try:
            # A random share of 0.4 makes the pause after a failure 420 seconds, as in the shared cases.
            got = await self.cache.get(self._source, TimeSource(clock=self.clock, random=lambda: 0.4))
        except WsclientError:
            return RAISED, self.calls > before
        return CACHED if got is held else NEW, self.calls > before

    async def start(self, state: str) -> None:
        """Fill the cache with credentials in a state."""
        seconds = STARTS[state]
        if seconds is not None:
            await self.get(FRESH)
            self.clock.advance(seconds=seconds)

    def reject(self, *, cached: bool) -> None:
        """Say that the service rejected the cached key, or another."""
        assert self.cache._cached is not None
        self.cache.invalidate(self.cache._cached.access_key_id if cached else "ANOTHER")


ONE_STEP = [
    ("valid", "", CACHED, False),
    ("advisory", FRESH, NEW, True),
    ("advisory", FAILURE, CACHED, True),
    ("mandatory", FRESH, NEW, True),
    ("mandatory", FAILURE, CACHED, True),
    ("expired", FRESH, NEW, True),
    ("expired", FAILURE, CACHED, True),
    ("advisory", STALE, CACHED, True),
    ("mandatory", STALE, CACHED, True),
]


@pytest.mark.parametrize(("state", "response", "result", "is_asked"), ONE_STEP)
def test_call_in_each_state_serves_or_refreshes(*, state: str, response: str, result: str, is_asked: bool) -> None:
    """Credentials of each state are served or renewed, and a source that fails takes none away."""

    async def main() -> None:
        stage = Stage()
        await stage.start(state)
        assert await stage.get(response) == (result, is_asked)

    asyncio.run(main())


def test_failure_without_cached_credentials_is_raised() -> None:
    """The error is raised, and the next call asks again."""

    async def main() -> None:
        stage = Stage()
        assert await stage.get(FAILURE) == (RAISED, True)
        assert await stage.get(FRESH) == (NEW, True)

    asyncio.run(main())


@pytest.mark.parametrize(("lifetime", "window"), [(600, 300), (1230, 900), (21_600, 3600)])
def test_advisory_window_follows_the_lifetime(lifetime: int, window: int) -> None:
    """A refresh is due the window before expiry, and not a second before that."""

    async def main() -> None:
        stage = Stage()
        await stage.get(FRESH, lifetime)
        stage.clock.advance(seconds=lifetime - window - 1)
        assert await stage.get() == (CACHED, False)
        stage.clock.advance(seconds=1)
        assert await stage.get(FRESH) == (NEW, True)

    asyncio.run(main())


def test_advisory_window_follows_the_refreshed_lifetime() -> None:
    """Credentials of six hours, renewed an hour before their end, may live ten minutes: their window is five."""

    async def main() -> None:
        stage = Stage()
        await stage.get(FRESH, 21_600)
        stage.clock.advance(seconds=18_060)
        assert await stage.get(FRESH, 600) == (NEW, True)
        stage.clock.advance(seconds=299)
        assert await stage.get() == (CACHED, False)
        stage.clock.advance(seconds=1)
        assert await stage.get(FRESH) == (NEW, True)

    asyncio.run(main())


@pytest.mark.parametrize("state", ["none", "advisory", "mandatory"])
def test_permanent_error_is_raised_without_a_pause(state: str) -> None:
    """It is raised whatever is cached, starts no pause of minutes, and is remembered for seconds: ours alone."""

    async def main() -> None:
        stage = Stage()
        await stage.start(state)
        assert await stage.get(FINAL) == (RAISED, True)
        assert await stage.get(FRESH) == (RAISED, False)
        stage.clock.advance(seconds=MAX_ERROR_TTL)
        assert await stage.get(FRESH) == (NEW, True)

    asyncio.run(main())


@pytest.mark.parametrize(("response", "result"), [(FRESH, NEW), (FAILURE, CACHED)])
def test_rejected_key_forces_a_refresh(response: str, result: str) -> None:
    """The service's rejection of the cached key makes the next call refresh; if that fails, the key stays in use."""

    async def main() -> None:
        stage = Stage()
        await stage.start("valid")
        stage.reject(cached=True)
        assert await stage.get(response) == (result, True)

    asyncio.run(main())


def test_rejection_of_an_older_key_is_ignored() -> None:
    """A refresh has replaced the rejected key already: nothing is asked."""

    async def main() -> None:
        stage = Stage()
        await stage.start("valid")
        stage.reject(cached=False)
        assert await stage.get() == (CACHED, False)

    asyncio.run(main())


@pytest.mark.parametrize(("wait", "is_rejected"), [(60, True), (300, False)])
def test_failed_refresh_pauses_further_refreshes(*, wait: int, is_rejected: bool) -> None:
    """The source is left alone for 420 seconds, whatever the service says of the key, and asked afterwards."""

    async def main() -> None:
        stage = Stage()
        await stage.start("expired")
        assert await stage.get(FAILURE) == (CACHED, True)
        stage.clock.advance(seconds=wait)
        if is_rejected:
            stage.reject(cached=True)
        assert await stage.get() == (CACHED, False)
        stage.clock.advance(seconds=425)
        assert await stage.get(FRESH) == (NEW, True)

    asyncio.run(main())
