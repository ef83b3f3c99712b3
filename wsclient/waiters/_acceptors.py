"""Waiter definitions, and the evaluation of one observation of a resource. Pure: the caller passes the time.

An observation holds the description of one resource, or None if AWS did not describe it. A definition lists success,
transitional and failure states. Earlier observations matter too: a missing resource may not be listed yet, and
AVAILABLE may be the state from before a change.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Generic, TypeAlias, TypeVar

from msgspec.structs import replace

from wsclient._core.errors import ServiceError
from wsclient._core.model.structures import Structure
from wsclient._core.waited_items import WaitedItem

if TYPE_CHECKING:
    from collections.abc import Callable

    from wsclient._core.model.enums import OpenEnum
    from wsclient.waiters._resources import WaitableResource

ItemT = TypeVar("ItemT", bound=Structure)

APPEARANCE_TIMEOUT: Final = 300.0
"""Seconds within which AWS describes a new resource; after that, a missing resource does not exist."""
DISAPPEARANCE_TIMEOUT: Final = 60.0
"""Seconds without a description after which a deleted resource that was never described counts as gone."""
MIN_POLLS_BEFORE_ABSENCE: Final = 3
"""Minimum number of polls for either of the two timeouts."""
MAX_CONSECUTIVE_MISSES: Final = 2
"""Consecutive missing descriptions after which a described resource is gone; a stale replica may cause a single one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """Observation of one resource: start time of the call, and description or None; error if AWS rejected the call."""

    at: float
    item: Structure | None = None
    error: Exception | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiterDefinition(Generic[ItemT]):
    """Definition of a waiter: states and conditions that end a wait, and its default timeout in seconds.

    The wait succeeds in success_states if fits is True. In transitional_states, and while changing is True, the change
    is in progress. failure_states end the wait; failure_states_after_change, and has_failed, end it once the
    change was observed, or from failures_count_from on. If needs_change, a success state may be from before the change:
    it counts if the change was observed, if proves is True, or from success_counts_from on. If is_absence, the wait
    succeeds when the resource is gone, and final_state is the state in the returned description. Times are monotonic.
    """

    resource: WaitableResource[ItemT]
    name: str
    default_timeout: float
    success_states: frozenset[str] = frozenset()
    transitional_states: frozenset[str] = frozenset()
    failure_states: frozenset[str] = frozenset()
    failure_states_after_change: frozenset[str] = frozenset()
    fits: Callable[[ItemT], bool] = field(default=lambda _: True)
    changing: Callable[[ItemT], bool] = field(default=lambda _: False)
    has_failed: Callable[[ItemT], bool] = field(default=lambda _: False)
    proves: Callable[[ItemT], bool] = field(default=lambda _: False)
    needs_change: bool = False
    success_counts_from: float = float("inf")
    failures_count_from: float = float("inf")
    is_absence: bool = False
    final_state: OpenEnum | None = None


AnyWaiterDefinition: TypeAlias = WaiterDefinition[Any]


@dataclass(slots=True)
class ObservationHistory(Generic[ItemT]):
    """Observations of one resource so far. Other waiters may set was_seen, other operations may set is_proved."""

    was_seen: bool = False
    latest: ItemT | None = None
    first_observed_at: float | None = None
    observation_count: int = 0
    misses: int = 0
    has_changed: bool = False
    is_proved: bool = False


def evaluate(
    definition: WaiterDefinition[ItemT], key: str, history: ObservationHistory[ItemT], observation: Observation
) -> ItemT | WaitedItem | None:
    """Evaluate an observation: return the final structure, the failed item, or None to continue."""
    if observation.error is not None:
        return _error_item(definition, key, history, observation.error)
    history.first_observed_at = observation.at if history.first_observed_at is None else history.first_observed_at
    history.observation_count += 1
    if not isinstance(observation.item, definition.resource.item):
        history.misses += 1
        return _evaluate_absence(definition, key, history, observation.at)
    history.was_seen, history.misses, history.latest = True, 0, observation.item
    return _evaluate_item(definition, key, history, observation.item, observation.at)


def _evaluate_item(
    definition: WaiterDefinition[ItemT], key: str, history: ObservationHistory[ItemT], item: ItemT, at: float
) -> ItemT | WaitedItem | None:
    state = definition.resource.state_of(item)
    if state in definition.failure_states:
        return failed_item(definition, key, history, f"is {state}")
    # A change in progress is not evaluated further, even in a success state: modifications keep AVAILABLE.
    if state in definition.transitional_states or definition.changing(item):
        history.has_changed = True
        return None
    is_proved = (
        history.has_changed or history.is_proved or at >= definition.success_counts_from or definition.proves(item)
    )
    if state in definition.success_states and definition.fits(item) and (is_proved or not definition.needs_change):
        return item
    if is_proved or at >= definition.failures_count_from:
        if state in definition.failure_states_after_change:
            return failed_item(definition, key, history, f"is {state}")
        if definition.has_failed(item):
            return failed_item(definition, key, history, "was not modified: UPDATE_FAILED")
    return None


def _evaluate_absence(
    definition: WaiterDefinition[ItemT], key: str, history: ObservationHistory[ItemT], at: float
) -> ItemT | WaitedItem | None:
    seconds = at - (history.first_observed_at or 0.0)
    if history.was_seen:
        last_state = None if history.latest is None else definition.resource.state_of(history.latest)
        is_leaving = last_state in definition.transitional_states
        is_gone = history.misses >= MAX_CONSECUTIVE_MISSES or (definition.is_absence and is_leaving)
    else:
        timeout = DISAPPEARANCE_TIMEOUT if definition.is_absence else APPEARANCE_TIMEOUT
        is_gone = history.observation_count >= MIN_POLLS_BEFORE_ABSENCE and seconds >= timeout
    if not is_gone:
        return None
    if definition.is_absence:
        return _final_item(definition, key, history)
    reason = "is gone" if history.was_seen else f"was never described in {seconds:.0f} s"
    return failed_item(definition, key, history, reason)


def _final_item(definition: WaiterDefinition[ItemT], key: str, history: ObservationHistory[ItemT]) -> ItemT:
    last = history.latest or definition.resource.placeholder(key)
    return last if definition.final_state is None else replace(last, state=definition.final_state)


def _error_item(
    definition: WaiterDefinition[ItemT], key: str, history: ObservationHistory[ItemT], error: Exception
) -> WaitedItem:
    if isinstance(error, ServiceError):
        aws_error = (error.code, error.message or None)
        return failed_item(definition, key, history, "could not be described", aws_error=aws_error)
    return failed_item(definition, key, history, f"could not be described: {error}")


def failed_item(
    definition: WaiterDefinition[ItemT],
    key: str,
    history: ObservationHistory[ItemT],
    reason: str,
    *,
    aws_error: tuple[str | None, str | None] | None = None,
) -> WaitedItem:
    """Return the item of a resource that did not reach the state, with its last description."""
    latest = history.latest
    code, message = aws_error or (definition.resource.error_of(latest) if latest is not None else (None, None))
    return WaitedItem(
        id=key,
        state=definition.resource.state_of(latest) if latest is not None else None,
        reason=reason,
        error_code=code,
        error_message=message,
        latest=latest,
    )
