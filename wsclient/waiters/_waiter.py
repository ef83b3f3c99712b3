"""How a client waits: takes the references, has them looked at, tells the progress, and ends in time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, TypedDict, TypeVar, cast

from wsclient._core.errors import RequestValidationError
from wsclient._core.model.structures import Structure
from wsclient.waiters._acceptors import ObservationHistory
from wsclient.waiters._definitions import Since
from wsclient.waiters._poller import Poller, Polling, Subscription
from wsclient.waiters._state import WaitState

if TYPE_CHECKING:
    from wsclient._client.operations.workspaces import WorkSpacesOperations as Client
    from wsclient._core.clock import TimeSource
    from wsclient._generated.workspaces import structures as s
    from wsclient.waiters._acceptors import WaiterDefinition
    from wsclient.waiters._resources import WaitableResource

ItemT = TypeVar("ItemT", bound=Structure)

CLOCKS_MAY_DIFFER: Final = timedelta(minutes=5)
"""How far in the future since may lie: it may have been read from another clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitProgress:
    """How far a wait has come after a round: how many are done, waited for, and failed.

    states counts those waited for by AWS's state, under "" those that are not described. seconds have gone by.
    """

    done: int
    waiting: int
    failed: int
    round: int
    seconds: float
    states: Mapping[str, int]

    @property
    def total(self) -> int:
        """How many there are, whatever came of them."""
        return self.done + self.waiting + self.failed


class WaitOptions(TypedDict, total=False):
    """What every wait can be told.

    timeout is in seconds, float("inf") for none; what is waited for by default is at each method. polling says how
    often is looked. fail_fast=False waits for the others although one has failed. on_progress is called after each
    round.
    """

    timeout: float | None
    polling: Polling | None
    fail_fast: bool
    on_progress: Callable[[WaitProgress], None] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiter:
    """A wait's name and options, checked, and what a client has for it."""

    name: str
    client: Client
    poller: Poller
    means: TimeSource
    options: WaitOptions

    async def wait(
        self,
        goal: WaiterDefinition[ItemT],
        references: Iterable[object],
        snapshots_prove: Callable[[s.DescribeWorkspaceSnapshotsResult], bool] | None = None,
    ) -> list[ItemT]:
        """Wait for all of them, and return the final structures in the order asked."""
        keys, memories = self._read(goal.kind, references, remembers=goal.is_absence)
        seconds = self._seconds(goal.within)
        waiting = WaitState(goal, keys, memories, snapshots_prove)
        begun = self.means.clock.monotonic()
        watch = Subscription(
            client=self.client.with_options(priority="background"),
            wanted=waiting.wanted(begun),
            polling=self.options.get("polling") or Polling(),
            deadline=begun + seconds,
        )
        scope = asyncio.timeout(None if seconds == float("inf") else seconds)
        try:
            async with scope, self.poller.watching(watch, self.means):
                await self._follow(watch, waiting, begun)
        except TimeoutError:
            if not scope.expired():
                raise
            raise waiting.timed_out(seconds) from watch.latest_error
        return waiting.results()

    async def _follow(self, watch: Subscription, waiting: WaitState[ItemT], begun: float) -> None:
        fail_fast, on_progress, rounds = self.options.get("fail_fast", True), self.options.get("on_progress"), 0
        while True:
            look = await watch.looks.get()
            if look.crash is not None:
                raise look.crash
            if look.kind is not None:
                waiting.take(look.kind, look.sights)
                if waiting.pending:
                    continue
            rounds += 1
            now = self.means.clock.monotonic()
            if on_progress is not None:
                on_progress(_progress(waiting, rounds, now - begun))
            if waiting.is_over(fail_fast=fail_fast):
                return
            watch.wanted = waiting.wanted(now)

    def _read(
        self, kind: WaitableResource[ItemT], references: Iterable[object], *, remembers: bool
    ) -> tuple[list[str], dict[str, ObservationHistory[ItemT]]]:
        """Return the ids, and what is remembered of them where that counts; refuse what is no such thing."""
        keys: list[str] = []
        memories: dict[str, ObservationHistory[ItemT]] = {}
        for index, given in enumerate(self.listed(kind, references)):
            key = kind.key_of(given)
            if key is None:
                shown = repr(given) if isinstance(given, str) else f"a {type(given).__name__} without one"
                raise self._mistake(
                    f"item {index} is no id of a {kind.noun} ({kind.id_example}): {shown}", path=f"[{index}]"
                )
            keys.append(key)
            if remembers:
                was_seen = kind.was_described(given) or (kind.noun, key) in self.poller.known
                memories[key] = ObservationHistory(
                    was_seen=was_seen, latest=given if isinstance(given, kind.item) else None
                )
        return keys, memories

    def listed(self, kind: WaitableResource[ItemT], references: object) -> list[object]:
        """Return the references; refuse what is no list, and an empty one."""
        given = references
        if isinstance(references, str | Structure | Mapping) or not isinstance(references, Iterable):
            name = type(given).__name__
            raise self._mistake(f"{kind.noun}s come as a list, even one of them; this is a {name}", limit="list")
        listed = list(cast("Iterable[object]", references))
        if not listed:
            raise self._mistake(f"there is no {kind.noun} to wait for: the list is empty", limit="at least 1", size=0)
        return listed

    def _seconds(self, within: float) -> float:
        seconds = self.options.get("timeout")
        if seconds is None:
            return within
        if type(seconds) not in {int, float} or not seconds > 0:
            raise self._mistake(f"timeout is {seconds!r}: use a positive number of seconds", path="timeout")
        return float(seconds)

    def since(self, moment: object) -> Since:
        """Return when a change was asked for by the monotonic clock; refuse what can be no such time."""
        if not isinstance(moment, datetime) or moment.tzinfo is None:
            raise self._mistake(
                "since is the aware time at which the change was asked for, as datetime.now(UTC) just before the call; "
                f"this is a {'naive ' if isinstance(moment, datetime) else ''}{type(moment).__name__}",
                path="since",
            )
        ago = self.means.clock.now() - moment
        if ago < -CLOCKS_MAY_DIFFER:
            raise self._mistake(f"since is {-ago.total_seconds():.0f} s in the future", path="since")
        return Since(at=self.means.clock.monotonic() - max(ago.total_seconds(), 0.0))

    def _mistake(
        self, what: str, *, path: str | None = None, limit: str | None = None, size: float | None = None
    ) -> RequestValidationError:
        return RequestValidationError(f"{self.name}: {what}; nothing was sent", path=path, limit=limit, value_size=size)


def _progress(waiting: WaitState[ItemT], rounds: int, seconds: float) -> WaitProgress:
    return WaitProgress(
        done=len(waiting.reached),
        waiting=len(waiting.pending),
        failed=len(waiting.failed),
        round=rounds,
        seconds=seconds,
        states=waiting.states(),
    )
