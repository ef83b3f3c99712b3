"""State of one wait: ids to poll, results so far, and the error at its end. Pure: the caller passes the time."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, Generic, TypedDict, TypeVar

from wsclient._core.model.structures import Structure
from wsclient._core.waited_items import WaitedItem, summarize
from wsclient._core.waiter_errors import WaiterError, WaiterTimeoutError
from wsclient._generated.workspaces import structures as s
from wsclient.waiters._acceptors import Observation, ObservationHistory, evaluate, failed_item
from wsclient.waiters._resources import SNAPSHOTS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from wsclient.waiters._acceptors import WaiterDefinition
    from wsclient.waiters._resources import AnyResource

ItemT = TypeVar("ItemT", bound=Structure)

SNAPSHOTS_PER_ROUND: Final = 5
"""Maximum number of WorkSpaces per round whose snapshots are described, each by its own call."""


class _Outcome(TypedDict):
    reached: list[Structure]
    failed: list[WaitedItem]
    waiting: list[WaitedItem]


class WaitState(Generic[ItemT]):
    """State of one wait.

    histories holds earlier observations by id. snapshots_prove checks the snapshots of WorkSpaces whose state does not
    show the change; they are described from the definition's failures_count_from on.
    """

    def __init__(
        self,
        definition: WaiterDefinition[ItemT],
        order: Sequence[str],
        histories: Mapping[str, ObservationHistory[ItemT]],
        snapshots_prove: Callable[[s.DescribeWorkspaceSnapshotsResult], bool] | None = None,
    ) -> None:
        self.definition = definition
        self.order = tuple(order)
        self.reached: dict[str, ItemT] = {}
        self.failed: dict[str, WaitedItem] = {}
        self.pending: dict[str, ObservationHistory[ItemT]] = {
            key: histories.get(key) or ObservationHistory() for key in order
        }
        self.cause: Exception | None = None
        """First error with which AWS rejected a description."""
        self._snapshots_prove = snapshots_prove
        self._next_snapshot = 0

    def wanted(self, now: float) -> dict[AnyResource, AbstractSet[str]]:
        """Return the ids to poll in the next round by resource, as live views: decided ids leave them."""
        ids_by_resource: dict[AnyResource, AbstractSet[str]] = {self.definition.resource: self.pending.keys()}
        may_need_snapshots = self._snapshots_prove is not None and now >= self.definition.failures_count_from
        if may_need_snapshots and (undecided := self._undecided()):
            # Snapshots need one call per WorkSpace: a few per round, the others in the next rounds.
            start = self._next_snapshot % len(undecided)
            rotated = (*undecided[start:], *undecided[:start])
            ids_by_resource[SNAPSHOTS] = dict.fromkeys(rotated[:SNAPSHOTS_PER_ROUND]).keys()
            self._next_snapshot = start + SNAPSHOTS_PER_ROUND
        return ids_by_resource

    def record(self, resource: AnyResource, observations: Mapping[str, Observation]) -> None:
        """Record observations of a round; a decided resource keeps its result."""
        for key, observation in observations.items():
            history = self.pending.get(key)
            if history is None:
                continue
            if resource is SNAPSHOTS:
                self._record_snapshots(key, history, observation)
            else:
                self._decide(key, history, observation)

    def is_over(self, *, fail_fast: bool) -> bool:
        """Return whether the wait is over: no resource is pending, or one failed and fail_fast is set."""
        return not self.pending or (fail_fast and bool(self.failed))

    def states(self) -> dict[str, int]:
        """Return the number of pending resources by state, with "" for resources that AWS does not describe."""
        return dict(Counter(str(self._state(history) or "") for history in self.pending.values()))

    def results(self) -> list[ItemT]:
        """Return the final structures in the order of the references. Raises WaiterError if a resource failed."""
        if self.failed:
            message = f"{self._headline(self.failed)}: {summarize(tuple(self.failed.values()))}"
            raise WaiterError(message, **self._outcome()) from self.cause
        return [self.reached[key] for key in self.order]

    def timed_out(self, seconds: float) -> WaiterTimeoutError:
        """Return the error for a deadline of that many seconds."""
        items_by_outcome = self._outcome()
        items = (*items_by_outcome["failed"], *items_by_outcome["waiting"])
        headline = self._headline({**self.failed, **self.pending})
        return WaiterTimeoutError(f"after {seconds:g} s {headline}: {summarize(items)}", **items_by_outcome)

    def _decide(self, key: str, history: ObservationHistory[ItemT], observation: Observation) -> None:
        result = evaluate(self.definition, key, history, observation)
        if result is None:
            return
        del self.pending[key]
        self.cause = self.cause or observation.error
        if isinstance(result, WaitedItem):
            self.failed[key] = result
        else:
            self.reached[key] = result

    def _record_snapshots(self, key: str, history: ObservationHistory[ItemT], observation: Observation) -> None:
        snapshots = observation.item
        if not isinstance(snapshots, s.DescribeWorkspaceSnapshotsResult) or self._snapshots_prove is None:
            return  # without snapshots, the state decides
        if self._snapshots_prove(snapshots) and not history.misses:
            history.is_proved = True
            self._decide(key, history, Observation(at=observation.at, item=history.latest))

    def _undecided(self) -> list[str]:
        """Return the ids of resources in a success state that may be from before the change."""
        success_states = self.definition.success_states
        return [
            key
            for key, history in self.pending.items()
            if not history.has_changed and history.misses == 0 and self._state(history) in success_states
        ]

    def _state(self, history: ObservationHistory[ItemT]) -> str | None:
        if history.latest is None or history.misses:
            return None
        return self.definition.resource.state_of(history.latest)

    def _still_waiting(self, key: str, history: ObservationHistory[ItemT]) -> WaitedItem:
        state = self._state(history)
        if state is None:
            reason = "is not listed by AWS" if history.observation_count else "was never polled"
        else:
            reason = f"is {state}{self._unmet_condition(history, state)}"
        return failed_item(self.definition, key, history, reason)

    def _unmet_condition(self, history: ObservationHistory[ItemT], state: str) -> str:
        """Return the condition that a resource in a success state does not meet, or ""."""
        if history.latest is None or state not in self.definition.success_states:
            return ""
        if not self.definition.fits(history.latest):
            return " without the expected values"
        return " without evidence of a change"

    def _headline(self, unreached: Collection[str]) -> str:
        total, plural = len(set(self.order)), "" if len(set(self.order)) == 1 else "s"
        verb = "is" if len(unreached) == 1 else "are"
        return f"{len(unreached)} of {total} {self.definition.resource.noun}{plural} {verb} not {self.definition.name}"

    def _outcome(self) -> _Outcome:
        unique = dict.fromkeys(self.order)
        return {
            "reached": [self.reached[key] for key in unique if key in self.reached],
            "failed": [self.failed[key] for key in unique if key in self.failed],
            "waiting": [self._still_waiting(key, history) for key, history in self.pending.items()],
        }
