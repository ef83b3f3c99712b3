"""Waiter: runs one wait, from the references to the final structures, with progress and a deadline."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf
from typing import TYPE_CHECKING, Final, TypedDict, TypeVar, cast

from wsclient._core.argument_checks import OptionTable
from wsclient._core.errors import RequestValidationError
from wsclient._core.event_loops import running_loop
from wsclient._core.model.structures import Structure
from wsclient._core.value_kinds import BOOL, CALLBACK, SECONDS, either, instance_of, optional, satisfies
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

MAX_CLOCK_SKEW: Final = timedelta(minutes=5)
"""Maximum time by which since may lie in the future: it may be from another clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitProgress:
    """Progress of a wait after one round: numbers of resources that are done, still waiting, and failed.

    states counts the waiting resources by AWS state, with "" for a resource that AWS does not describe. round is the
    number of the round, from 1; seconds is the time since the start of the wait.
    """

    done: int
    waiting: int
    failed: int
    round: int
    seconds: float
    states: Mapping[str, int]

    @property
    def total(self) -> int:
        """Number of all resources of the wait."""
        return self.done + self.waiting + self.failed


class WaitOptions(TypedDict, total=False):
    """Options of every wait_until_… method.

    timeout is in seconds, float("inf") for no limit, or a timedelta; None for the default of the method. polling sets
    the pauses between polls. With fail_fast=False, the wait continues for the other resources after a failure.
    on_progress is called after each round.
    """

    timeout: float | timedelta | None
    polling: Polling | None
    fail_fast: bool
    on_progress: Callable[[WaitProgress], None] | None


WAIT_OPTIONS: Final = OptionTable(
    "WaitOptions",
    {
        "timeout": optional(
            either(
                "a positive number of seconds, inf for no limit, a timedelta",
                SECONDS,
                satisfies("", lambda value: value == inf),
                satisfies("", lambda value: isinstance(value, timedelta) and value > timedelta()),
            )
        ),
        "polling": optional(instance_of(Polling, expected="a Polling, such as Polling(first=5, longest=30)")),
        "fail_fast": BOOL,
        "on_progress": optional(CALLBACK),
    },
)
"""Checks of WaitOptions."""


def check_wait_options(method: str, options: Mapping[str, object]) -> WaitOptions:
    """Return the checked options of a wait_until_… method.

    Raises TypeError, with the closest name, for an unknown option, ConfigurationError for a value of the wrong kind.
    """
    return cast("WaitOptions", WAIT_OPTIONS.check(options, method))


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiter:
    """Name and validated options of one wait, with the client's poller and time source."""

    name: str
    client: Client
    poller: Poller
    time: TimeSource
    options: WaitOptions

    async def wait(
        self,
        definition: WaiterDefinition[ItemT],
        references: Iterable[object],
        snapshots_prove: Callable[[s.DescribeWorkspaceSnapshotsResult], bool] | None = None,
    ) -> list[ItemT]:
        """Wait for all references and return their final structures in the order of the references.

        Raises WaiterError if a resource fails, WaiterTimeoutError at the deadline.
        """
        running_loop()
        keys, histories = self._parse_references(definition.resource, references, keeps_history=definition.is_absence)
        seconds = self._seconds(definition.default_timeout)
        state = WaitState(definition, keys, histories, snapshots_prove)
        started_at = self.time.clock.monotonic()
        subscription = Subscription(
            client=self.client.with_options(priority="background"),
            wanted=state.wanted(started_at),
            polling=self.options.get("polling") or Polling(),
            deadline=started_at + seconds,
        )
        scope = asyncio.timeout(None if seconds == float("inf") else seconds)
        try:
            async with scope, self.poller.subscribed(subscription, self.time):
                await self._follow(subscription, state, started_at)
        except TimeoutError:
            if not scope.expired():
                # A TimeoutError of a callback or of an outer asyncio.timeout is not this wait's.
                raise
            raise state.timed_out(seconds) from subscription.latest_error
        return state.results()

    async def _follow(self, subscription: Subscription, state: WaitState[ItemT], started_at: float) -> None:
        fail_fast, on_progress, rounds = self.options.get("fail_fast", True), self.options.get("on_progress"), 0
        while True:
            result = await subscription.results.get()
            if result.crash is not None:
                raise result.crash
            if result.resource is not None:
                state.record(result.resource, result.observations)
                if state.pending:
                    continue
            rounds += 1
            now = self.time.clock.monotonic()
            if on_progress is not None:
                on_progress(_progress(state, rounds, now - started_at))
            if state.is_over(fail_fast=fail_fast):
                return
            subscription.wanted = state.wanted(now)

    def _parse_references(
        self, resource: WaitableResource[ItemT], references: Iterable[object], *, keeps_history: bool
    ) -> tuple[list[str], dict[str, ObservationHistory[ItemT]]]:
        """Return the ids of the references, and their histories if keeps_history; raise for an invalid reference."""
        keys: list[str] = []
        histories: dict[str, ObservationHistory[ItemT]] = {}
        for index, reference in enumerate(self.reference_list(resource, references)):
            key = resource.key_of(reference)
            if key is None:
                shown = repr(reference) if isinstance(reference, str) else f"{type(reference).__name__} without an id"
                raise self._validation_error(
                    f"item {index} must be an id of a {resource.noun} like {resource.id_example} (got {shown})",
                    path=f"[{index}]",
                )
            keys.append(key)
            if keeps_history:
                was_seen = resource.was_described(reference) or (resource.noun, key) in self.poller.seen_ids
                histories[key] = ObservationHistory(
                    was_seen=was_seen, latest=reference if isinstance(reference, resource.item) else None
                )
        return keys, histories

    def reference_list(self, resource: WaitableResource[ItemT], references: object) -> list[object]:
        """Return the references as a list. Raises RequestValidationError for an empty list or another type."""
        value = references
        if isinstance(references, str | Structure | Mapping) or not isinstance(references, Iterable):
            message = f"pass a list of {resource.noun}s, even for a single one (got {type(value).__name__})"
            raise self._validation_error(message, limit="list")
        items = list(cast("Iterable[object]", references))
        if not items:
            message = f"the list of {resource.noun}s must not be empty"
            raise self._validation_error(message, limit="at least 1", size=0)
        return items

    def _seconds(self, default_timeout: float) -> float:
        timeout = self.options.get("timeout")
        if timeout is None:
            return default_timeout
        return timeout.total_seconds() if isinstance(timeout, timedelta) else float(timeout)

    def since(self, moment: object) -> Since:
        """Convert the time of a change request to the monotonic clock. Raises RequestValidationError if invalid."""
        if not isinstance(moment, datetime) or moment.tzinfo is None:
            raise self._validation_error(
                "since must be an aware datetime just before the change request, such as datetime.now(UTC) "
                f"(got a {'naive ' if isinstance(moment, datetime) else ''}{type(moment).__name__})",
                path="since",
            )
        elapsed = self.time.clock.now() - moment
        if elapsed < -MAX_CLOCK_SKEW:
            raise self._validation_error(
                f"since must be at most {MAX_CLOCK_SKEW.total_seconds():.0f} s in the future "
                f"(got {-elapsed.total_seconds():.0f} s in the future)",
                path="since",
            )
        return Since(at=self.time.clock.monotonic() - max(elapsed.total_seconds(), 0.0))

    def _validation_error(
        self, message: str, *, path: str | None = None, limit: str | None = None, size: float | None = None
    ) -> RequestValidationError:
        return RequestValidationError(
            f"{self.name}: {message}; nothing was sent", path=path, limit=limit, value_size=size
        )


def _progress(state: WaitState[ItemT], rounds: int, seconds: float) -> WaitProgress:
    return WaitProgress(
        done=len(state.reached),
        waiting=len(state.pending),
        failed=len(state.failed),
        round=rounds,
        seconds=seconds,
        states=state.states(),
    )
