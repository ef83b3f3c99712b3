"""Pacer: the rate limiter of one client, whose queues all clients of the process share by account and region.

AWS throttles an account in a region, whichever client, thread or event loop makes the calls. Limits for each client
would add up to more than AWS allows, so one queue serves them all.
"""

from __future__ import annotations

import weakref
from collections import OrderedDict
from typing import TYPE_CHECKING, Literal

import msgspec

from wsclient._core.clock import SYSTEM_CLOCK, Clock
from wsclient.pacing._pace import Pace, PaceState
from wsclient.pacing._queue import RateLimitQueue
from wsclient.pacing._rate_limits import FixedRateLimit, LearnedRateLimit

if TYPE_CHECKING:
    from collections.abc import Callable

    from wsclient._core.credentials import Credentials
    from wsclient.pacing._pace import Priority
    from wsclient.pacing._rate_limits import RateLimit

MAX_QUEUES = 1000
"""Queues kept in the process; the least recently used idle one is dropped, with the rate that it learned."""


class RateLimitKey(msgspec.Struct, frozen=True):
    """Scope of a rate limit within an account: a service in a region, or at a custom URL."""

    service: str
    region: str
    custom_url: str | None = None


class QueueRegistry:
    """Queues of a process, by scope and account, and by Pace if one is configured."""

    def __init__(self, clock: Clock = SYSTEM_CLOCK) -> None:
        self.clock = clock
        self._queues: OrderedDict[tuple[RateLimitKey, str, Pace | None], RateLimitQueue] = OrderedDict()

    def find(self, key: RateLimitKey, account: str, pace: Pace | None) -> RateLimitQueue:
        """Return the queue for an account and scope; with a pace, the queue of all clients with an equal Pace."""
        queue_key = (key, account, pace)
        queue = self._queues.get(queue_key)
        if queue is None:
            now = self.clock.monotonic()
            limit: RateLimit = LearnedRateLimit(now) if pace is None else FixedRateLimit(pace, now)
            queue = self._queues[queue_key] = RateLimitQueue(limit, self.clock)
            self._drop_idle()
        self._queues.move_to_end(queue_key)
        return queue

    def _drop_idle(self) -> None:
        # Account ids and access keys are unbounded in a long-running service, so memory must not grow with them.
        if len(self._queues) > MAX_QUEUES:
            idle = next((key for key, queue in self._queues.items() if not queue.waiting), None)
            if idle is not None:
                del self._queues[idle]


PROCESS_QUEUES = QueueRegistry()
_TRANSPORT_QUEUES: weakref.WeakKeyDictionary[object, QueueRegistry] = weakref.WeakKeyDictionary()


def queues_for_transport(transport: object | None) -> QueueRegistry:
    """Return the queues of the process; a custom transport= has its own, because it may reach another service."""
    return PROCESS_QUEUES if transport is None else _TRANSPORT_QUEUES.setdefault(transport, QueueRegistry())


class OutdatedPermitError(Exception):
    """A rate limit has begun to apply since an attempt got its permit, and the attempt was not sent yet."""


class Permit(msgspec.Struct, frozen=True):
    """Permission for one attempt: the queues that granted it, the time (at), and whether the attempt waited.

    unlimited are the queues that granted it because they had no limit.
    """

    queues: tuple[RateLimitQueue, ...]
    at: float
    waited: bool
    unlimited: tuple[RateLimitQueue, ...] = ()

    def require_current(self) -> None:
        """Raise OutdatedPermitError if a queue that had no limit has one now."""
        if not all(queue.is_unlimited for queue in self.unlimited):
            raise OutdatedPermitError

    def record_response(self, *, throttled: bool) -> None:
        """Record the service's response with the queues."""
        for queue in self.queues:
            queue.record_response(sent_at=self.at, throttled=throttled)


NO_PERMIT = Permit((), 0.0, waited=False)


class Pacer:
    """Rate limiter of one client's attempts.

    With a Pace, an attempt passes the queue of all clients with an equal Pace, and then the account's queue, which
    learns from throttling responses. In adaptive retry mode, the client's own queue replaces the account's.
    """

    def __init__(
        self,
        setting: Pace | Literal["auto"] | None,
        key: RateLimitKey,
        queues: QueueRegistry,
        *,
        adaptive: RateLimitQueue | None = None,
        priority: Priority = "interactive",
    ) -> None:
        self._setting = setting
        self._key = key
        self._registry = queues
        self._adaptive = adaptive
        self._priority: Priority = priority
        self._account: str | None = None
        self._selected: tuple[RateLimitQueue, ...] = self._queues_for("")

    async def acquire(
        self,
        credentials: Credentials | None,
        *,
        is_last_attempt: bool,
        time_left: Callable[[], float | None],
    ) -> Permit:
        """Wait for a permit; raise PaceTimeoutError if it would come after the call's deadline."""
        self._select_account(credentials)
        at, waited = 0.0, False
        # The queue of a Pace comes first: a permit of the account's queue, taken last, is used immediately.
        for queue in self._selected:
            at, has_waited = await queue.acquire(
                priority=self._priority, is_last_attempt=is_last_attempt, time_left=time_left
            )
            waited = waited or has_waited
        unlimited = tuple(queue for queue in self._selected if queue.limit.bucket is None)
        return Permit(self._selected, at, waited, unlimited)

    def try_acquire(self, credentials: Credentials | None) -> Permit | None:
        """Return a permit if no limit applies, None if the attempt must call acquire()."""
        self._select_account(credentials)
        at = 0.0
        for queue in self._selected:
            if not queue.is_unlimited:
                return None
            at = queue.now()
        return Permit(self._selected, at, waited=False, unlimited=self._selected)

    def state(self) -> PaceState:
        """Return the state of the rate limit for the account of the latest call."""
        if not self._selected:
            return PaceState(mode="off")
        queue, last = self._selected[0], self._selected[-1]
        bucket = queue.limit.bucket
        return PaceState(
            mode="fixed" if isinstance(self._setting, Pace) else "adaptive" if self._adaptive else "auto",
            rate=bucket.rate if bucket else None,
            burst=bucket.burst if bucket else None,
            available=queue.available(),
            waiting=sum(queue.waiting for queue in self._selected),
            throttled=last.throttled,
            too_fast=last.limit.too_fast,
        )

    def _select_account(self, credentials: Credentials | None) -> None:
        """Select the queues of these credentials' account; without an account id, the access key identifies it."""
        account = "" if credentials is None else credentials.account_id or credentials.access_key_id
        if account != self._account:
            self._account, self._selected = account, self._queues_for(account)

    def _queues_for(self, account: str) -> tuple[RateLimitQueue, ...]:
        if self._setting is None:
            return () if self._adaptive is None else (self._adaptive,)
        learning = self._adaptive or self._registry.find(self._key, account, None)
        if isinstance(self._setting, Pace):
            return self._registry.find(self._key, account, self._setting), learning
        return (learning,)
