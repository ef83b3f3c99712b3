"""Shared poller of a client: describes the resources of all its waiters, each resource once per round.

A round polls the resources of the waiters that are due, and of those that are due soon. A waiter whose resources were
all polled in a round counts as served too. The poller is a task on the event loop of its waiters, and ends with the
last of them.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from wsclient._core.argument_checks import checked_class
from wsclient._core.errors import (
    ConfigurationError,
    CredentialsRefreshError,
    ResponseParseError,
    ServiceError,
    TLSError,
    TransportError,
    WsclientError,
)
from wsclient._core.features import WAITER, using
from wsclient._core.value_kinds import SECONDS
from wsclient._generated.workspaces.errors import InvalidParameterValuesException, ResourceNotFoundException
from wsclient.pacing._pace import DOCUMENTED_BURST, DOCUMENTED_RATE
from wsclient.retries._strategy import is_retryable
from wsclient.waiters._acceptors import Observation

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from wsclient._client.operations.workspaces import WorkSpacesOperations as Client
    from wsclient._core.clock import TimeSource
    from wsclient.waiters._resources import AnyResource

Wanted: TypeAlias = "Mapping[AnyResource, AbstractSet[str]]"
"""Ids to poll by resource, in order."""

GROWTH: Final = 1.5
"""Factor from each pause to the next: exponential backoff."""
JITTER: Final = 0.5
"""Width of the random part of a pause, relative to the pause, centered on it."""
EARLY_SHARE: Final = 0.5
"""Share of its pause by which a waiter may be polled early, in a round that another waiter is due for."""
RATE_SHARE: Final = 0.25
"""Share of the documented request rate that rounds with many calls may use."""
LAST_POLL_LEAD: Final = 5.0
"""Seconds before its deadline at which a waiter is polled for the last time."""
MAX_CONCURRENT_CALLS: Final = DOCUMENTED_BURST
"""Maximum number of concurrent calls in a round."""
MAX_SEEN_IDS: Final = 100_000
"""Maximum number of described ids that are kept."""
_SINGLE_ID_CODES: Final = frozenset({"ValidationException", InvalidParameterValuesException.code})
"""Error codes for which one invalid id may have failed the call for all ids."""


@checked_class({"first": SECONDS, "longest": SECONDS})
@dataclass(frozen=True, slots=True)
class Polling:
    """Pauses between polls, in seconds: the first one, and the longest, up to which pauses grow by half each.

    Pauses vary at random by a quarter. Rounds of more than five calls are further apart, so that they use a quarter of
    the rate that AWS documents. Raises ConfigurationError for values that are not positive, or longest less than first.
    """

    first: float = 5.0
    longest: float = 30.0

    def __post_init__(self) -> None:
        """Compare the values. Raises ConfigurationError."""
        if self.longest < self.first:
            raise ConfigurationError(
                f"Polling.longest ({self.longest!r}) must not be less than Polling.first ({self.first!r})"
            )

    def pause(self, rounds: int, calls: int, chance: float) -> float:
        """Return the pause after a number of rounds, in seconds; calls is those of the last round, chance 0 to 1."""
        grown = min(self.first * GROWTH ** min(rounds - 1, 64), self.longest)
        spread = max(0, calls - DOCUMENTED_BURST) / (DOCUMENTED_RATE * RATE_SHARE)
        return max(grown, spread) * (1 - JITTER / 2 + JITTER * chance)


@dataclass(frozen=True, slots=True)
class PollResult:
    """Message to a waiter: observations of one resource type, the end of its round (resource is None), or a crash."""

    resource: AnyResource | None = None
    observations: Mapping[str, Observation] = field(default_factory=dict[str, Observation])
    crash: Exception | None = None


ROUND_OVER: Final = PollResult()


@dataclass(slots=True, eq=False)
class Subscription:
    """Ids that one waiter wants to have polled, and the queue of its results; the waiter updates wanted."""

    client: Client
    wanted: Wanted
    polling: Polling
    deadline: float
    results: asyncio.Queue[PollResult] = field(default_factory=asyncio.Queue[PollResult])
    latest_error: WsclientError | None = None
    due: float = float("-inf")
    pause: float = 0.0
    rounds: int = 0

    def is_due(self, now: float, *, early: bool = False) -> bool:
        """Return whether the next poll is due, or due soon if early."""
        return self.due - (EARLY_SHARE * self.pause if early else 0) <= now

    def finish_round(self, now: float, calls: int, chance: float) -> None:
        """Schedule the next poll after a round that polled every wanted id, and send ROUND_OVER."""
        self.rounds += 1
        self.pause = self.polling.pause(self.rounds, calls, chance)
        self.due = now + self.pause
        # A success shortly before the deadline must not become a timeout because of a long pause.
        if now < self.deadline - LAST_POLL_LEAD < self.due:
            self.due = self.deadline - LAST_POLL_LEAD
        self.results.put_nowait(ROUND_OVER)


class SeenIds:
    """Ids of resources that AWS has described; beyond the maximum, the least recently described are dropped."""

    def __init__(self) -> None:
        self._seen: OrderedDict[tuple[str, str], None] = OrderedDict()

    def __contains__(self, noun_and_id: tuple[str, str]) -> bool:
        return noun_and_id in self._seen

    def add(self, noun: str, keys: Sequence[str]) -> None:
        """Record the ids of one resource type."""
        for key in keys:
            self._seen[noun, key] = None
            self._seen.move_to_end((noun, key))
        while len(self._seen) > MAX_SEEN_IDS:
            self._seen.popitem(last=False)


class Poller:
    """Poller of a client and its copies; at most one loop runs, on the event loop of the waiters."""

    def __init__(self) -> None:
        self.seen_ids = SeenIds()
        self._loop: PollLoop | None = None

    @asynccontextmanager
    async def subscribed(self, subscription: Subscription, time: TimeSource) -> AsyncGenerator[None]:
        """Poll for a waiter while the block lasts; after the last waiter, stop the task and wait for its end."""
        loop = self._loop
        if loop is None or loop.loop is not asyncio.get_running_loop():
            loop = self._loop = PollLoop(time, self.seen_ids)
        loop.join(subscription)
        try:
            yield
        finally:
            await loop.leave(subscription)
            if self._loop is loop and not loop.subscriptions:
                self._loop = None


class PollLoop:
    """Waiters of one event loop, and the task that polls for them."""

    def __init__(self, time: TimeSource, seen_ids: SeenIds) -> None:
        self.loop = asyncio.get_running_loop()
        self.subscriptions: list[Subscription] = []
        self._time = time
        self._seen_ids = seen_ids
        self._task: asyncio.Task[None] | None = None
        self._sleep_task: asyncio.Future[None] | None = None
        self._semaphore = asyncio.Semaphore(MAX_CONCURRENT_CALLS)

    def join(self, subscription: Subscription) -> None:
        """Add a waiter; its first poll is due immediately."""
        self.subscriptions.append(subscription)
        if self._task is None or self._task.done():
            self._task = self.loop.create_task(self._run())
        elif self._sleep_task is not None:
            self._sleep_task.cancel()

    async def leave(self, subscription: Subscription) -> None:
        """Remove a waiter; the task is cancelled with the last one."""
        self.subscriptions.remove(subscription)
        if not self.subscriptions and self._task is not None:
            task, self._task = self._task, None
            task.cancel()
            await asyncio.wait({task})

    async def _run(self) -> None:
        try:
            while True:
                now = self._time.clock.monotonic()
                if any(subscription.is_due(now) for subscription in self.subscriptions):
                    await self._round(
                        [subscription for subscription in self.subscriptions if subscription.is_due(now, early=True)]
                    )
                else:
                    await self._pause(min(subscription.due for subscription in self.subscriptions) - now)
        except Exception as error:  # noqa: BLE001 - every waiter must get the error instead of waiting forever
            for subscription in self.subscriptions:
                subscription.results.put_nowait(PollResult(crash=error))

    async def _pause(self, seconds: float) -> None:
        """Sleep until the next poll, or until a waiter joins."""
        self._sleep_task = asyncio.ensure_future(self._time.sleep(seconds))
        try:
            await asyncio.wait({self._sleep_task})
            if not self._sleep_task.cancelled():
                self._sleep_task.result()
        finally:
            self._sleep_task.cancel()
            self._sleep_task = None

    async def _round(self, due: Sequence[Subscription]) -> None:
        wanted: dict[AnyResource, dict[str, None]] = {}
        for subscription in due:
            for resource, keys in subscription.wanted.items():
                wanted.setdefault(resource, {}).update(dict.fromkeys(keys))
        subscriptions = tuple(self.subscriptions)
        batches = [(resource, batch) for resource, keys in wanted.items() for batch in resource.batches(tuple(keys))]
        async with asyncio.TaskGroup() as group:
            for resource, batch in batches:
                group.create_task(self._poll(resource, batch, due[0].client))
        now, chance = self._time.clock.monotonic(), self._time.random()
        for subscription in subscriptions:
            if subscription in due or all(
                wanted.get(resource, {}).keys() >= keys for resource, keys in subscription.wanted.items()
            ):
                subscription.finish_round(now, len(batches), chance)

    async def _poll(self, resource: AnyResource, batch: Sequence[str], client: Client) -> None:
        async with self._semaphore:
            # A waiter that joins after the call was sent must not get its result: it may be older than the change.
            subscribers = [subscription for subscription in self.subscriptions if resource in subscription.wanted]
            try:
                observations = await self._observe(resource, batch, client, subscribers)
            except Exception as error:  # noqa: BLE001 - for example an error of the caller's credentials provider
                for subscription in subscribers:
                    subscription.results.put_nowait(PollResult(crash=error))
                return
        self._seen_ids.add(
            resource.noun, [key for key, observation in observations.items() if observation.item is not None]
        )
        for subscription in subscribers:
            wanted = subscription.wanted.get(resource, ())
            if wanted_observations := {key: observation for key, observation in observations.items() if key in wanted}:
                subscription.results.put_nowait(PollResult(resource, wanted_observations))

    async def _observe(
        self, resource: AnyResource, batch: Sequence[str], client: Client, subscribers: Sequence[Subscription]
    ) -> Mapping[str, Observation]:
        at = self._time.clock.monotonic()
        try:
            with using(WAITER):
                items = await resource.describe(client, batch)
        except WsclientError as error:
            if len(batch) > 1 and _may_concern_single_id(error):
                # One call per id, so that an id that AWS rejects does not hide the others.
                each = [await self._observe(resource, [key], client, subscribers) for key in batch]
                return {key: observation for observations in each for key, observation in observations.items()}
            if isinstance(error, ResourceNotFoundException):
                return {key: Observation(at=at) for key in batch}
            if _is_transient(error):
                for subscription in subscribers:
                    subscription.latest_error = error
                return {}
            return {key: Observation(at=at, error=error) for key in batch}
        return {key: Observation(at=at, item=items.get(key)) for key in batch}


def _may_concern_single_id(error: WsclientError) -> bool:
    return isinstance(error, ServiceError) and (
        error.code in _SINGLE_ID_CODES or isinstance(error, ResourceNotFoundException)
    )


def _is_transient(error: WsclientError) -> bool:
    """Return whether a later poll may succeed."""
    if isinstance(error, CredentialsRefreshError):
        return error.can_heal
    if isinstance(error, TransportError):
        return not isinstance(error, TLSError)
    return is_retryable(error) or isinstance(error, ResponseParseError)
