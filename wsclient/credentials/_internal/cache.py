"""When credentials are fetched again, and what is served meanwhile: AWS's refresh rules around one cached set.

Credentials are fetched anew before they expire: from the advisory window on by one caller while everybody else goes on
with the cached set, in the last minute by everybody together. A source that fails takes nothing away: the cached set
is served on, even expired, for the service decides what it takes, and the source is left alone for some minutes. An
error that cannot heal is raised. However many ask, the source is asked once.
"""

from __future__ import annotations

import asyncio
import copy
import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from wsclient._core.credentials import masked_key
from wsclient._core.errors import CredentialsRefreshError, ServiceError, TransportError, WsclientError
from wsclient._core.logging import error_name, log_fields
from wsclient.retries._strategy import is_retryable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from wsclient._core.clock import TimeSource
    from wsclient._core.credentials import Credentials


T = TypeVar("T")


class SingleFlight(Generic[T]):
    """Runs work once for however many wait for it, and lets it finish when those who wait are cancelled.

    Work in flight belongs to the event loop it was started on: another loop starts its own. It should return its
    failures rather than raise them, for nobody may be left to take them.
    """

    def __init__(self) -> None:
        self._task: asyncio.Task[T] | None = None

    def is_under_way(self) -> bool:
        """Tell whether work of the running loop is in flight."""
        task = self._task
        return task is not None and not task.done() and task.get_loop() is asyncio.get_running_loop()

    def start(self, work: Callable[[], Coroutine[object, object, T]]) -> asyncio.Task[T]:
        """Return the work in flight, begun now when there is none. Await it behind asyncio.shield."""
        if self._task is None or not self.is_under_way():
            self._task = asyncio.get_running_loop().create_task(work())
        return self._task


MANDATORY_WINDOW: Final = timedelta(seconds=60)
"""Before expiry: from here on everybody waits for new credentials."""
ADVISORY_WINDOWS: Final = (
    (timedelta(minutes=20), timedelta(minutes=5)),
    (timedelta(minutes=90) - timedelta(microseconds=1), timedelta(minutes=15)),
)
"""Lifetimes up to which a window before expiry holds, in which one caller refreshes and nobody else waits."""
LONGEST_ADVISORY_WINDOW: Final = timedelta(minutes=60)
SHORTEST_PAUSE: Final = 300.0
"""Seconds for which a source is left alone after a failed refresh, at least; at most twice that."""
SHORTEST_MEMORY, LONGEST_MEMORY = 1.0, 5.0
"""Seconds for which an error that was raised is raised again, without asking the source."""
ADVISORY_WAIT: Final = 0.5
"""Seconds that who starts a refresh in the advisory window waits for it, before it goes on with the cached set."""

logger = logging.getLogger("wsclient.credentials")


class CredentialsCache:
    """One set of credentials, and the rules of its refresh. Belongs to no event loop; only work in flight does.

    is_strict keeps nothing alive that the source did not: every failed refresh is raised. is_early is False for a
    source that a person has to help, who is asked as late as can be.
    """

    def __init__(self, name: str, *, is_strict: bool = False, is_early: bool = True) -> None:
        self._name = name
        self._is_strict = is_strict
        self._is_early = is_early
        self._cached: Credentials | None = None
        self._due: datetime | None = None
        self._left_alone_until = float("-inf")
        self._refusal: Exception | None = None
        self._refused_until = float("-inf")
        self._flight: SingleFlight[Credentials | Exception] = SingleFlight()

    async def get(self, source: Callable[[], Awaitable[Credentials]], time: TimeSource) -> Credentials:
        """Return the cached credentials, or those that source gives when it is time to ask it."""
        cached = self._cached
        if cached is not None and (self._due is None or time.clock.now() < self._due):
            return cached
        monotonic = time.clock.monotonic()
        if self._refusal is not None and monotonic < self._refused_until:
            return unwrap(self._refusal)
        if cached is not None and monotonic < self._left_alone_until:
            return cached
        is_under_way = self._flight.is_under_way()
        task = self._flight.start(lambda: self._refresh(source, time))
        if cached is None or _is_mandatory(cached, time.clock.now()):
            return unwrap(await asyncio.shield(task))
        if not is_under_way:
            await asyncio.wait({task}, timeout=ADVISORY_WAIT)
        return unwrap(task.result()) if task.done() else cached

    def invalidate(self, access_key_id: str) -> None:
        """Drop the cached credentials when this, which the service rejected, is still their key."""
        if self._cached is not None and self._cached.access_key_id == access_key_id:
            self._cached = None

    async def _refresh(self, source: Callable[[], Awaitable[Credentials]], time: TimeSource) -> Credentials | Exception:
        try:
            fresh = await source()
        except Exception as error:  # noqa: BLE001 - whatever a source raises is every waiter's to see
            return self._failed(error, time)
        return self._taken(fresh, time)

    def _taken(self, fresh: Credentials, time: TimeSource) -> Credentials | Exception:
        """Cache what the source gave, unless it is no better than what is there."""
        cached, now = self._cached, time.clock.now()
        if _is_stale(fresh, cached, now):
            stale = CredentialsRefreshError(f"{self._name} gave credentials that have expired already", can_heal=True)
            if self._is_strict:
                return self._failed(stale, time)
            self._cached = fresh if cached is None else max(cached, fresh, key=_end)
            self._due, self._refusal = now, None
            self._leave_alone(stale, time)
            return self._cached
        self._cached, self._due, self._refusal = fresh, _due(fresh, now, is_early=self._is_early), None
        key = masked_key(fresh.access_key_id)
        extra = log_fields(provider=self._name, access_key=key)
        logger.debug("%s gave the credentials, access key %s", self._name, key, extra=extra)
        return fresh

    def _failed(self, error: Exception, time: TimeSource) -> Credentials | Exception:
        """Return what is served after a failure: the cached credentials, or the error."""
        if self._cached is not None and not self._is_strict and _can_heal(error):
            self._leave_alone(error, time)
            return self._cached
        memory = SHORTEST_MEMORY + time.random() * (LONGEST_MEMORY - SHORTEST_MEMORY)
        self._refusal, self._refused_until = error, time.clock.monotonic() + memory
        return error

    def _leave_alone(self, error: Exception, time: TimeSource) -> None:
        pause = SHORTEST_PAUSE * (1 + time.random())
        self._left_alone_until = time.clock.monotonic() + pause
        what = str(error) if isinstance(error, WsclientError) else type(error).__name__
        extra = log_fields(provider=self._name, error=error_name(error), pause=pause)
        logger.warning(
            "%s; the credentials there are stay in use, the next look is in %.0f s", what, pause, extra=extra
        )


def unwrap(outcome: T | Exception) -> T:
    """Return what work gave, or raise what it failed with, a copy for each who waited."""
    if isinstance(outcome, WsclientError):
        # A copy for each: what a call writes on its error is that call's alone.
        raise copy.copy(outcome) from outcome
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def _due(credentials: Credentials, now: datetime, *, is_early: bool) -> datetime | None:
    """Return when the first window before expiry begins, None for credentials that do not expire."""
    if credentials.expiration is None:
        return None
    lifetime = credentials.expiration - now
    window = MANDATORY_WINDOW
    if is_early:
        window = next((window for longest, window in ADVISORY_WINDOWS if lifetime <= longest), LONGEST_ADVISORY_WINDOW)
    # Credentials that live shorter than their window would be fetched again for every call.
    return credentials.expiration - (window if window < lifetime else lifetime / 2)


def _end(credentials: Credentials) -> datetime:
    return credentials.expiration or datetime.max.replace(tzinfo=UTC)


def _is_mandatory(credentials: Credentials, now: datetime) -> bool:
    return credentials.expiration is not None and now >= credentials.expiration - MANDATORY_WINDOW


def _is_stale(fresh: Credentials, cached: Credentials | None, now: datetime) -> bool:
    if fresh.expiration is None:
        return False
    return fresh.expiration <= now or (cached is not None and fresh == cached)


def _can_heal(error: Exception) -> bool:
    """Tell whether asking the source again later may succeed; of foreign errors nothing is known, so they may."""
    match error:
        case CredentialsRefreshError():
            return error.can_heal
        case ServiceError():
            return is_retryable(error)
        case TransportError():
            return True
        case WsclientError():
            return False
        case _:
            return True
