"""What is waited for, and what one look after the other says of it: pure, and told the time.

A look says how one thing was described, or that it was not. A goal says which states are it, which are on the way,
which no way leads back from; what was seen before counts, for absence may mean "not yet" and AVAILABLE "not begun".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Generic, TypeAlias, TypeVar

from msgspec.structs import replace

from wsclient._core.errors import ServiceError
from wsclient._core.model.structures import Structure
from wsclient._core.waiter_errors import WaitedItem

if TYPE_CHECKING:
    from collections.abc import Callable

    from wsclient._core.model.enums import OpenEnum
    from wsclient.waiters._resources import WaitableResource

ItemT = TypeVar("ItemT", bound=Structure)

APPEARANCE_TIMEOUT: Final = 300.0
"""Seconds within which what was created is described; what is not by then does not exist."""
DISAPPEARANCE_TIMEOUT: Final = 60.0
"""Seconds of looks without it after which what was deleted, and was never seen, is taken to be gone."""
LOOKS: Final = 3
"""Looks without it that either takes at least."""
MISSES: Final = 2
"""Looks in a row without it after which what had been seen is gone: one may have been answered by a stale replica."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One look at one thing: when it was begun, and what was described, None for nothing; error refuses the look."""

    at: float
    item: Structure | None = None
    error: Exception | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiterDefinition(Generic[ItemT]):
    """What is waited for, and within how many seconds unless the caller says otherwise.

    ends are the states that are it, and fits what else must hold. through are states on the way, changing further signs
    of being on it. fatal states end it at once; failed ones, and what is broken, once the change has been seen, or at
    believed_at. needs_change says that an end state may be from before: it counts when the change was seen, when
    something proves it, or from settled_at on. is_absence says that to be gone is the goal, gone_as the state that the
    last description is given then. Times are monotonic.
    """

    kind: WaitableResource[ItemT]
    name: str
    within: float
    success_states: frozenset[str] = frozenset()
    transitional_states: frozenset[str] = frozenset()
    failure_states: frozenset[str] = frozenset()
    failed: frozenset[str] = frozenset()
    fits: Callable[[ItemT], bool] = field(default=lambda _: True)
    changing: Callable[[ItemT], bool] = field(default=lambda _: False)
    broken: Callable[[ItemT], bool] = field(default=lambda _: False)
    proves: Callable[[ItemT], bool] = field(default=lambda _: False)
    needs_change: bool = False
    settled_at: float = float("inf")
    believed_at: float = float("inf")
    is_absence: bool = False
    gone_as: OpenEnum | None = None


AnyGoal: TypeAlias = WaiterDefinition[Any]


@dataclass(slots=True)
class ObservationHistory(Generic[ItemT]):
    """What was seen of one thing so far; was_seen may be known from others, is_proved from other operations."""

    was_seen: bool = False
    latest: ItemT | None = None
    first_look: float | None = None
    looks: int = 0
    misses: int = 0
    has_changed: bool = False
    is_proved: bool = False


def evaluate(
    goal: WaiterDefinition[ItemT], key: str, memory: ObservationHistory[ItemT], sight: Observation
) -> ItemT | WaitedItem | None:
    """Take a look into account and return the final structure, why there will be none, or None to wait on."""
    if sight.error is not None:
        return _refused(goal, key, memory, sight.error)
    memory.first_look = sight.at if memory.first_look is None else memory.first_look
    memory.looks += 1
    if not isinstance(sight.item, goal.kind.item):
        memory.misses += 1
        return _judge_absence(goal, key, memory, sight.at)
    memory.was_seen, memory.misses, memory.latest = True, 0, sight.item
    return _judge_item(goal, key, memory, sight.item, sight.at)


def _judge_item(
    goal: WaiterDefinition[ItemT], key: str, memory: ObservationHistory[ItemT], item: ItemT, at: float
) -> ItemT | WaitedItem | None:
    state = goal.kind.state_of(item)
    if state in goal.failure_states:
        return failed_item(goal, key, memory, f"is {state}")
    if state in goal.transitional_states or goal.changing(item):
        memory.has_changed = True
        return None
    is_proved = memory.has_changed or memory.is_proved or at >= goal.settled_at or goal.proves(item)
    if state in goal.success_states and goal.fits(item) and (is_proved or not goal.needs_change):
        return item
    if is_proved or at >= goal.believed_at:
        if state in goal.failed:
            return failed_item(goal, key, memory, f"is {state}")
        if goal.broken(item):
            return failed_item(goal, key, memory, "was not modified: UPDATE_FAILED")
    return None


def _judge_absence(
    goal: WaiterDefinition[ItemT], key: str, memory: ObservationHistory[ItemT], at: float
) -> ItemT | WaitedItem | None:
    if memory.was_seen:
        is_leaving = memory.latest is not None and goal.kind.state_of(memory.latest) in goal.transitional_states
        is_gone = memory.misses >= MISSES or (goal.is_absence and is_leaving)
    else:
        patience = DISAPPEARANCE_TIMEOUT if goal.is_absence else APPEARANCE_TIMEOUT
        is_gone = memory.looks >= LOOKS and at - (memory.first_look or 0.0) >= patience
    if not is_gone:
        return None
    if goal.is_absence:
        return _gone(goal, key, memory)
    reason = "is gone" if memory.was_seen else f"was never described in {at - (memory.first_look or 0.0):.0f} s"
    return failed_item(goal, key, memory, reason)


def _gone(goal: WaiterDefinition[ItemT], key: str, memory: ObservationHistory[ItemT]) -> ItemT:
    last = memory.latest or goal.kind.placeholder(key)
    return last if goal.gone_as is None else replace(last, state=goal.gone_as)


def _refused(
    goal: WaiterDefinition[ItemT], key: str, memory: ObservationHistory[ItemT], error: Exception
) -> WaitedItem:
    if isinstance(error, ServiceError):
        return failed_item(goal, key, memory, "could not be described", said=(error.code, error.message or None))
    return failed_item(goal, key, memory, f"could not be described: {error}")


def failed_item(
    goal: WaiterDefinition[ItemT],
    key: str,
    memory: ObservationHistory[ItemT],
    reason: str,
    *,
    said: tuple[str | None, str | None] | None = None,
) -> WaitedItem:
    """Return what is known of a thing that was not reached."""
    latest = memory.latest
    code, message = said or (goal.kind.error_of(latest) if latest is not None else (None, None))
    return WaitedItem(
        id=key,
        state=goal.kind.state_of(latest) if latest is not None else None,
        reason=reason,
        error_code=code,
        error_message=message,
        latest=latest,
    )
