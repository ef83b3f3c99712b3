"""The one poller of a client: looks at whatever its waiters wait for, each thing once a round for all of them.

A round looks at what the waiters want whose time has come, and at what those want whose time is near; whoever wanted
nothing else has had a round as well. It lives in a task while anybody waits, on the event loop they wait on.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from wsclient._core.errors import (
    ConfigurationError,
    CredentialsRefreshError,
    ResponseParseError,
    ServiceError,
    TLSError,
    TransportError,
    WsclientError,
)
from wsclient._generated.workspaces.errors import InvalidParameterValuesException, ResourceNotFoundException
from wsclient.pacing._pace import DOCUMENTED_BURST, DOCUMENTED_RATE
from wsclient.retries._strategy import is_retryable
from wsclient.waiters._acceptors import Observation

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from wsclient._client.operations.workspaces import WorkSpacesOperations as Client
    from wsclient._core.clock import TimeSource
    from wsclient.waiters._resources import AnyKind

Wanted: TypeAlias = "Mapping[AnyKind, AbstractSet[str]]"
"""Ids by kind, in an order."""

GROWTH: Final = 1.5
"""How much longer each pause is than the one before."""
JITTER: Final = 0.5
"""Width of the random part of a pause, of which it is the middle."""
NEARNESS: Final = 0.5
"""Part of its pause that a waiter is looked after too early, when there is a round anyway."""
SHARE: Final = 0.25
"""Part of the documented rate that rounds of many calls may take."""
LAST_LOOK: Final = 5.0
"""Seconds before its deadline at which a waiter gets its last look."""
AT_ONCE: Final = DOCUMENTED_BURST
"""Calls of a round that are under way at the same time."""
MOST_KNOWN: Final = 100_000
"""Ids of things seen that are remembered."""
_BLAMES_ONE: Final = frozenset({"ValidationException", InvalidParameterValuesException.code})
"""Codes that may mean one id of many."""


@dataclass(frozen=True, slots=True)
class Polling:
    """How often is looked: seconds of the first pause, from which pauses grow by half each, and of the longest.

    Pauses vary at random by a quarter. Rounds of more than five calls are further apart, so that they take a quarter of
    the rate that AWS documents. A value that makes no sense is a ConfigurationError.
    """

    first: float = 5.0
    longest: float = 30.0

    def __post_init__(self) -> None:
        """Refuse what the type checker of an untyped caller did not."""
        for name in ("first", "longest"):
            value = getattr(self, name)
            if type(value) not in {int, float} or not 0 < value < float("inf"):
                raise ConfigurationError(f"Polling.{name} is {value!r}: use a positive number of seconds")
        if self.longest < self.first:
            raise ConfigurationError(f"Polling.longest is {self.longest!r}, which is less than first, {self.first!r}")

    def pause(self, rounds: int, calls: int, chance: float) -> float:
        """Return the seconds after that many rounds, the last of which took that many calls; chance is 0 to 1."""
        grown = min(self.first * GROWTH ** min(rounds - 1, 64), self.longest)
        spread = max(0, calls - DOCUMENTED_BURST) / (DOCUMENTED_RATE * SHARE)
        return max(grown, spread) * (1 - JITTER / 2 + JITTER * chance)


@dataclass(frozen=True, slots=True)
class PollResult:
    """What a waiter is told: looks at things of one kind, or that its round is over; or that no more will come."""

    kind: AnyKind | None = None
    sights: Mapping[str, Observation] = field(default_factory=dict[str, Observation])
    crash: Exception | None = None


ROUND_OVER: Final = PollResult()


@dataclass(slots=True, eq=False)
class Subscription:
    """What one waiter wants to be looked at, by kind, and what was seen for it. The waiter changes what it wants."""

    client: Client
    wanted: Wanted
    polling: Polling
    deadline: float
    looks: asyncio.Queue[PollResult] = field(default_factory=asyncio.Queue[PollResult])
    latest_error: WsclientError | None = None
    due: float = float("-inf")
    pause: float = 0.0
    rounds: int = 0

    def is_due(self, now: float, *, nearly: bool = False) -> bool:
        """Tell whether it is time for another look, or nearly."""
        return self.due - (NEARNESS * self.pause if nearly else 0) <= now

    def had_round(self, now: float, calls: int, chance: float) -> None:
        """Take note that everything wanted was looked at, and when it will be again."""
        self.rounds += 1
        self.pause = self.polling.pause(self.rounds, calls, chance)
        self.due = now + self.pause
        if now < self.deadline - LAST_LOOK < self.due:
            self.due = self.deadline - LAST_LOOK
        self.looks.put_nowait(ROUND_OVER)


class SeenIds:
    """Ids of things that were described at some time; those that were not seen for longest are forgotten."""

    def __init__(self) -> None:
        self._seen: OrderedDict[tuple[str, str], None] = OrderedDict()

    def __contains__(self, thing: tuple[str, str]) -> bool:
        return thing in self._seen

    def add(self, noun: str, keys: Sequence[str]) -> None:
        """Remember them."""
        for key in keys:
            self._seen[noun, key] = None
            self._seen.move_to_end((noun, key))
        while len(self._seen) > MOST_KNOWN:
            self._seen.popitem(last=False)


class Poller:
    """Keeps the rounds of a client and of its cheap copies: one at a time, on the event loop that waits."""

    def __init__(self) -> None:
        self.known = SeenIds()
        self._rounds: PollLoop | None = None

    @asynccontextmanager
    async def watching(self, watch: Subscription, means: TimeSource) -> AsyncGenerator[None]:
        """Look for a waiter as long as the block lasts; with the last of them the task ends, and is waited for."""
        rounds = self._rounds
        if rounds is None or rounds.loop is not asyncio.get_running_loop():
            rounds = self._rounds = PollLoop(means, self.known)
        rounds.join(watch)
        try:
            yield
        finally:
            await rounds.leave(watch)
            if self._rounds is rounds and not rounds.watches:
                self._rounds = None


class PollLoop:
    """The waiters of one event loop, and the task that looks for them."""

    def __init__(self, means: TimeSource, known: SeenIds) -> None:
        self.loop = asyncio.get_running_loop()
        self.watches: list[Subscription] = []
        self._means = means
        self._known = known
        self._task: asyncio.Task[None] | None = None
        self._nap: asyncio.Future[None] | None = None
        self._gate = asyncio.Semaphore(AT_ONCE)

    def join(self, watch: Subscription) -> None:
        """Take a waiter in; it is looked after at once."""
        self.watches.append(watch)
        if self._task is None or self._task.done():
            self._task = self.loop.create_task(self._run())
        elif self._nap is not None:
            self._nap.cancel()

    async def leave(self, watch: Subscription) -> None:
        """Let a waiter go; the task ends with the last."""
        self.watches.remove(watch)
        if not self.watches and self._task is not None:
            task, self._task = self._task, None
            task.cancel()
            await asyncio.wait({task})

    async def _run(self) -> None:
        try:
            while True:
                now = self._means.clock.monotonic()
                if any(watch.is_due(now) for watch in self.watches):
                    await self._round([watch for watch in self.watches if watch.is_due(now, nearly=True)])
                else:
                    await self._pause(min(watch.due for watch in self.watches) - now)
        except Exception as error:  # noqa: BLE001 - whatever it is, those who wait must hear of it
            for watch in self.watches:
                watch.looks.put_nowait(PollResult(crash=error))

    async def _pause(self, seconds: float) -> None:
        """Sleep, unless somebody joins."""
        self._nap = asyncio.ensure_future(self._means.sleep(seconds))
        try:
            await asyncio.wait({self._nap})
            if not self._nap.cancelled():
                self._nap.result()
        finally:
            self._nap.cancel()
            self._nap = None

    async def _round(self, due: Sequence[Subscription]) -> None:
        wanted: dict[AnyKind, dict[str, None]] = {}
        for watch in due:
            for kind, keys in watch.wanted.items():
                wanted.setdefault(kind, {}).update(dict.fromkeys(keys))
        present = tuple(self.watches)
        lots = [(kind, lot) for kind, keys in wanted.items() for lot in kind.batches(tuple(keys))]
        async with asyncio.TaskGroup() as group:
            for kind, lot in lots:
                group.create_task(self._look_at(kind, lot, due[0].client))
        now, chance = self._means.clock.monotonic(), self._means.random()
        for watch in present:
            if watch in due or all(wanted.get(kind, {}).keys() >= keys for kind, keys in watch.wanted.items()):
                watch.had_round(now, len(lots), chance)

    async def _look_at(self, kind: AnyKind, lot: Sequence[str], client: Client) -> None:
        async with self._gate:
            # What was asked before a waiter came may be older than what it waits for.
            audience = [watch for watch in self.watches if kind in watch.wanted]
            try:
                sights = await self._sights(kind, lot, client, audience)
            except Exception as error:  # noqa: BLE001 - a foreign error, of a credentials provider say, is theirs to see
                for watch in audience:
                    watch.looks.put_nowait(PollResult(crash=error))
                return
        self._known.add(kind.noun, [key for key, sight in sights.items() if sight.item is not None])
        for watch in audience:
            wanted = watch.wanted.get(kind, ())
            if seen := {key: sight for key, sight in sights.items() if key in wanted}:
                watch.looks.put_nowait(PollResult(kind, seen))

    async def _sights(
        self, kind: AnyKind, lot: Sequence[str], client: Client, audience: Sequence[Subscription]
    ) -> Mapping[str, Observation]:
        at = self._means.clock.monotonic()
        try:
            found = await kind.describe(client, lot)
        except WsclientError as error:
            if len(lot) > 1 and _may_blame_one(error):
                # One at a time, so that an id that AWS refuses hides none of the others.
                each = [await self._sights(kind, [key], client, audience) for key in lot]
                return {key: sight for sights in each for key, sight in sights.items()}
            if isinstance(error, ResourceNotFoundException):
                return {key: Observation(at=at) for key in lot}
            if _passes(error):
                for watch in audience:
                    watch.latest_error = error
                return {}
            return {key: Observation(at=at, error=error) for key in lot}
        return {key: Observation(at=at, item=found.get(key)) for key in lot}


def _may_blame_one(error: WsclientError) -> bool:
    return isinstance(error, ServiceError) and (
        error.code in _BLAMES_ONE or isinstance(error, ResourceNotFoundException)
    )


def _passes(error: WsclientError) -> bool:
    """Tell whether the next look may succeed although this one failed."""
    if isinstance(error, CredentialsRefreshError):
        return error.can_heal
    if isinstance(error, TransportError):
        return not isinstance(error, TLSError)
    return is_retryable(error) or isinstance(error, ResponseParseError)
