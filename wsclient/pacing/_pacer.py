"""How a client's calls are paced: finds the queues they go through, which all clients of the process share."""

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

MOST_QUEUES = 1000
"""How many accounts and regions are remembered at once; the one not used for longest is forgotten."""


class RateLimitKey(msgspec.Struct, frozen=True):
    """What has a throttle of its own, for each account: a service in a region, or at a custom URL."""

    service: str
    region: str
    custom_url: str | None = None


class QueueRegistry:
    """The queues of a process, by place and account, and by Pace where one was said."""

    def __init__(self, clock: Clock = SYSTEM_CLOCK) -> None:
        self.clock = clock
        self._found: OrderedDict[tuple[RateLimitKey, str, Pace | None], RateLimitQueue] = OrderedDict()

    def find(self, place: RateLimitKey, account: str, pace: Pace | None) -> RateLimitQueue:
        """Return the queue of an account in a place; with a pace, that of all clients that keep it."""
        key = (place, account, pace)
        queue = self._found.get(key)
        if queue is None:
            now = self.clock.monotonic()
            limit: RateLimit = LearnedRateLimit(now) if pace is None else FixedRateLimit(pace, now)
            queue = self._found[key] = RateLimitQueue(limit, self.clock)
            self._forget()
        self._found.move_to_end(key)
        return queue

    def _forget(self) -> None:
        if len(self._found) > MOST_QUEUES:
            idle = next((key for key, queue in self._found.items() if not queue.waiting), None)
            if idle is not None:
                del self._found[idle]


PROCESS_QUEUES = QueueRegistry()
_OF_TRANSPORTS: weakref.WeakKeyDictionary[object, QueueRegistry] = weakref.WeakKeyDictionary()


def queues_of_transport(transport: object | None) -> QueueRegistry:
    """Return the process's queues; a transport that was given leads elsewhere, and has queues of its own."""
    return PROCESS_QUEUES if transport is None else _OF_TRANSPORTS.setdefault(transport, QueueRegistry())


class Permit(msgspec.Struct, frozen=True):
    """A turn that a call was given: when, at which queues, and whether it had to wait for it."""

    queues: tuple[RateLimitQueue, ...]
    at: float
    waited: bool

    def record_response(self, *, throttled: bool) -> None:
        """Tell the queues how the service answered."""
        for queue in self.queues:
            queue.record_response(sent_at=self.at, throttled=throttled)


NO_PERMIT = Permit((), 0.0, waited=False)


class Pacer:
    """Gives a client's attempts their turns.

    With a Pace, through the queue of everybody who keeps it, and then through the account's own, which learns from
    throttling answers. In adaptive retry mode the client's own rate stands in for the account's.
    """

    def __init__(
        self,
        setting: Pace | Literal["auto"] | None,
        place: RateLimitKey,
        queues: QueueRegistry,
        *,
        adaptive: RateLimitQueue | None = None,
        priority: Priority = "interactive",
    ) -> None:
        self._setting = setting
        self._place = place
        self._known = queues
        self._adaptive = adaptive
        self._priority: Priority = priority
        self._account: str | None = None
        self._through: tuple[RateLimitQueue, ...] = self._queues_of("")

    async def acquire(
        self,
        credentials: Credentials | None,
        *,
        is_last_attempt: bool,
        time_left: Callable[[], float | None],
    ) -> Permit:
        """Wait for an attempt's turn; raises PaceTimeoutError when it would come too late."""
        self._turn_to(credentials)
        at, waited = 0.0, False
        for queue in self._through:
            at, has_waited = await queue.acquire(
                priority=self._priority, is_last_attempt=is_last_attempt, time_left=time_left
            )
            waited = waited or has_waited
        return Permit(self._through, at, waited)

    def try_acquire(self, credentials: Credentials | None) -> Permit | None:
        """Return a turn where calls run free, None where they are held to a rate."""
        self._turn_to(credentials)
        at = 0.0
        for queue in self._through:
            if not queue.is_unlimited:
                return None
            at = queue.now()
        return Permit(self._through, at, waited=False)

    def state(self) -> PaceState:
        """Return how calls are paced now, for the account of the latest call."""
        if not self._through:
            return PaceState(mode="off")
        queue, last = self._through[0], self._through[-1]
        bucket = queue.limit.bucket
        return PaceState(
            mode="fixed" if isinstance(self._setting, Pace) else "adaptive" if self._adaptive else "auto",
            rate=bucket.rate if bucket else None,
            burst=bucket.burst if bucket else None,
            available=queue.available(),
            waiting=sum(queue.waiting for queue in self._through),
            throttled=last.throttled,
            too_fast=last.limit.too_fast,
        )

    def _turn_to(self, credentials: Credentials | None) -> None:
        """Go on with the queues of these credentials' account."""
        account = "" if credentials is None else credentials.account_id or credentials.access_key_id
        if account != self._account:
            self._account, self._through = account, self._queues_of(account)

    def _queues_of(self, account: str) -> tuple[RateLimitQueue, ...]:
        if self._setting is None:
            return () if self._adaptive is None else (self._adaptive,)
        learning = self._adaptive or self._known.find(self._place, account, None)
        if isinstance(self._setting, Pace):
            return self._known.find(self._place, account, self._setting), learning
        return (learning,)
