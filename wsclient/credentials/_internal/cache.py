"""Cache of one set of credentials with AWS's refresh rules, and single-flight.

Credentials are refreshed before they expire. In the advisory window, one caller refreshes and all other callers use the
cached set. In the mandatory window, the last minute, every caller waits for the same refresh. If a refresh fails, the
cached set stays in use, even expired, because the service decides which credentials it accepts; the next refresh starts
5 to 10 minutes later. A key that the service rejected forces one refresh, with the same rules. An error that a later
refresh cannot heal is raised, and raised again for a few seconds. Concurrent callers share one fetch.
"""

from __future__ import annotations

import asyncio
import copy
import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, TypeVar

from wsclient._core.credentials import masked_key
from wsclient._core.errors import CredentialsRefreshError, ServiceError, TransportError, WsclientError
from wsclient._core.logging import error_name, log_fields
from wsclient.credentials._internal.single_flight import SingleFlight
from wsclient.retries._strategy import is_retryable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from wsclient._core.clock import TimeSource
    from wsclient._core.credentials import Credentials

T = TypeVar("T")

MANDATORY_WINDOW: Final = timedelta(seconds=60)
"""Time before expiry from which every caller waits for new credentials: the cached set could expire in flight."""
# One caller refreshes early, so that a slow or failing source delays no call while the cached set is valid.
ADVISORY_WINDOWS: Final = (
    (timedelta(minutes=20), timedelta(minutes=5)),
    (timedelta(minutes=90) - timedelta(microseconds=1), timedelta(minutes=15)),
)
"""Maximum lifetime and its advisory window before expiry, in which one caller refreshes and the others do not wait."""
MAX_ADVISORY_WINDOW: Final = timedelta(minutes=60)
"""Advisory window of credentials with a lifetime of 90 minutes or more."""
MIN_REFRESH_PAUSE: Final = 300.0
"""Minimum seconds between a failed refresh and the next one; the maximum is twice that."""
MIN_ERROR_TTL, MAX_ERROR_TTL = 1.0, 5.0
"""Seconds for which an error that cannot heal is raised again without another fetch."""
ADVISORY_WAIT: Final = 0.5
"""Seconds that the caller who starts an advisory refresh waits for it before it uses the cached set."""

logger = logging.getLogger("wsclient.credentials")


class CredentialsCache:
    """Cache of one set of credentials with refresh, for callers of any event loop and thread.

    is_strict raises every failed refresh instead of serving the cached set. is_early is False for a source that prompts
    a person: there is no advisory window, so that the prompt comes as late as possible.
    """

    def __init__(self, name: str, *, is_strict: bool = False, is_early: bool = True) -> None:
        self._name = name
        self._is_strict = is_strict
        self._is_early = is_early
        self._cached: Credentials | None = None
        self._refresh_due_at: datetime | None = None
        self.rejected_key: str | None = None
        """Access key that the service rejected and no refresh has replaced yet."""
        self._paused_until = float("-inf")
        self._recent_error: Exception | None = None
        self._error_cached_until = float("-inf")
        self._flight: SingleFlight[Credentials | Exception] = SingleFlight()

    async def get(self, source: Callable[[], Awaitable[Credentials]], time: TimeSource) -> Credentials:
        """Return the cached credentials, or fetch them from source if a refresh is due."""
        if (cached := self._usable(time)) is not None:
            return cached
        # Many callers that fail together must not become as many fetches.
        if self._recent_error is not None and time.clock.monotonic() < self._error_cached_until:
            return unwrap(self._recent_error)
        cached = self._cached
        if cached is not None and self._is_paused(time):
            return cached
        is_in_flight = self._flight.is_in_flight()
        # The shield below keeps one caller's cancellation from cancelling the fetch that all callers share.
        task = self._flight.start(lambda: self._refresh(source, time))
        if cached is None or self._is_rejected(cached) or _is_mandatory(cached, time.clock.now()):
            return unwrap(await asyncio.shield(task))
        # Only the caller who started the refresh waits, and briefly: the cached set is valid for more than a minute.
        if not is_in_flight:
            await asyncio.wait({task}, timeout=ADVISORY_WAIT)
        return unwrap(task.result()) if task.done() else cached

    def invalidate(self, access_key_id: str) -> None:
        """Force a refresh if the service rejected the cached key; after a failed one, the cached set stays in use.

        A rejection of an older key arrives late, after a refresh, and must not replace the new credentials.
        """
        if self._cached is None or self._cached.access_key_id == access_key_id:
            self.rejected_key = access_key_id

    def forget(self, access_key_id: str) -> None:
        """Drop the cached credentials if access_key_id is still their key."""
        if self._cached is not None and self._cached.access_key_id == access_key_id:
            self._cached = None

    def _usable(self, time: TimeSource) -> Credentials | None:
        """Return the cached credentials if no refresh is due."""
        # The time first: a refresh in another thread sets it last.
        due_at, cached = self._refresh_due_at, self._cached
        if cached is None or self._is_rejected(cached):
            return None
        return cached if due_at is None or time.clock.now() < due_at else None

    def _is_rejected(self, cached: Credentials) -> bool:
        return cached.access_key_id == self.rejected_key

    def _is_paused(self, time: TimeSource) -> bool:
        return time.clock.monotonic() < self._paused_until

    async def _refresh(self, source: Callable[[], Awaitable[Credentials]], time: TimeSource) -> Credentials | Exception:
        # Another thread may have refreshed between this caller's check and its start.
        current = self._usable(time) or (self._cached if self._is_paused(time) else None)
        if current is not None:
            return current
        try:
            fresh = await source()
        except Exception as error:  # noqa: BLE001 - every waiting caller gets the error, of any type
            return self._handle_failure(error, time)
        return self._store(fresh, time)

    def _store(self, fresh: Credentials, time: TimeSource) -> Credentials | Exception:
        """Cache fresh credentials. Expired or unchanged ones count as a failed refresh."""
        cached, now = self._cached, time.clock.now()
        if _is_stale(fresh, cached, now):
            has_expired = fresh.expiration is not None and fresh.expiration <= now
            problem = "have already expired" if has_expired else "are unchanged although a refresh is due"
            message = f"{self._name} returned credentials that {problem}"
            stale = CredentialsRefreshError(message, can_heal=True)
            if self._is_strict:
                return self._handle_failure(stale, time)
            # The service decides whether expired credentials are valid: clocks differ.
            self._cached = fresh if cached is None else max(cached, fresh, key=_expiration)
            self._refresh_due_at, self._recent_error = now, None
            self._pause_refreshes(stale, time)
            return self._cached
        self._cached, self._recent_error, self.rejected_key = fresh, None, None
        self._refresh_due_at = _refresh_time(fresh, now, is_early=self._is_early)
        key = masked_key(fresh.access_key_id)
        extra = log_fields(provider=self._name, access_key=key)
        logger.debug("%s returned credentials, access key %s", self._name, key, extra=extra)
        return fresh

    def _handle_failure(self, error: Exception, time: TimeSource) -> Credentials | Exception:
        """Return the result of a failed refresh: the cached credentials, or the error."""
        if self._cached is not None and not self._is_strict and _can_heal(error):
            # An outage of the source must not become an outage of the client while the service accepts the cached set.
            self._pause_refreshes(error, time)
            return self._cached
        # With no cached set, or an error that only a person can fix, serving on would hide the cause. An error that can
        # heal is not remembered: the next call may succeed.
        if _can_heal(error):
            return error
        ttl = MIN_ERROR_TTL + time.random() * (MAX_ERROR_TTL - MIN_ERROR_TTL)
        self._recent_error, self._error_cached_until = error, time.clock.monotonic() + ttl
        return error

    def _pause_refreshes(self, error: Exception, time: TimeSource) -> None:
        # The random part keeps many processes from refreshing in step after an outage.
        pause = MIN_REFRESH_PAUSE * (1 + time.random())
        self._paused_until = time.clock.monotonic() + pause
        description = str(error) if isinstance(error, WsclientError) else type(error).__name__
        extra = log_fields(provider=self._name, error=error_name(error), pause=pause)
        logger.warning(
            "%s; the cached credentials stay in use, the next refresh is in %.0f s", description, pause, extra=extra
        )


def unwrap(result: T | Exception) -> T:
    """Return the result of shared work, or raise its exception; each caller gets a copy of a WsclientError."""
    if isinstance(result, WsclientError):
        # Each call sets operation and attempts on its error: callers that share an object would overwrite each other's.
        # The copy takes over the traceback and the cause, so that the error is shown once and not twice.
        raise copy.copy(result).with_traceback(result.__traceback__) from result.__cause__
    if isinstance(result, Exception):
        raise result
    return result


def _refresh_time(credentials: Credentials, now: datetime, *, is_early: bool) -> datetime | None:
    """Return the time at which the first window before expiry starts, or None for credentials that do not expire."""
    if credentials.expiration is None:
        return None
    lifetime = credentials.expiration - now
    window = MANDATORY_WINDOW
    if is_early:
        windows = (window for max_lifetime, window in ADVISORY_WINDOWS if lifetime <= max_lifetime)
        window = next(windows, MAX_ADVISORY_WINDOW)
    # Credentials with a lifetime shorter than their window would be fetched again for every call.
    return credentials.expiration - (window if window < lifetime else lifetime / 2)


def _expiration(credentials: Credentials) -> datetime:
    return credentials.expiration or datetime.max.replace(tzinfo=UTC)


def _is_mandatory(credentials: Credentials, now: datetime) -> bool:
    return credentials.expiration is not None and now >= credentials.expiration - MANDATORY_WINDOW


def _is_stale(fresh: Credentials, cached: Credentials | None, now: datetime) -> bool:
    if fresh.expiration is None:
        return False
    return fresh.expiration <= now or (cached is not None and fresh == cached)


def _can_heal(error: Exception) -> bool:
    """Return whether a later refresh may succeed; an error of an unknown type may heal."""
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
