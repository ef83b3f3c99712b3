"""One wait: what it asks to be looked at, what it makes of it, and what comes out. Pure, and told the time."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, Generic, TypedDict, TypeVar

from wsclient._core.model.structures import Structure
from wsclient._core.waiter_errors import WaitedItem, WaiterError, WaiterTimeoutError, summarize
from wsclient._generated.workspaces import structures as s
from wsclient.waiters._acceptors import Observation, ObservationHistory, evaluate, failed_item
from wsclient.waiters._resources import SNAPSHOTS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from wsclient.waiters._acceptors import WaiterDefinition
    from wsclient.waiters._resources import AnyKind

ItemT = TypeVar("ItemT", bound=Structure)

SNAPSHOT_LOOKS: Final = 5
"""WorkSpaces whose snapshots are looked at in a round, each by a call of its own."""


class _Outcome(TypedDict):
    reached: list[Structure]
    failed: list[WaitedItem]
    waiting: list[WaitedItem]


class WaitState(Generic[ItemT]):
    """What one waiter waits for, and what became of it so far.

    memories holds what is known of each thing beforehand, by id. snapshots_prove looks at the snapshots of those whose
    state says nothing; they are looked at from the goal's believed_at on.
    """

    def __init__(
        self,
        goal: WaiterDefinition[ItemT],
        order: Sequence[str],
        memories: Mapping[str, ObservationHistory[ItemT]],
        snapshots_prove: Callable[[s.DescribeWorkspaceSnapshotsResult], bool] | None = None,
    ) -> None:
        self.goal = goal
        self.order = tuple(order)
        self.reached: dict[str, ItemT] = {}
        self.failed: dict[str, WaitedItem] = {}
        self.pending: dict[str, ObservationHistory[ItemT]] = {
            key: memories.get(key) or ObservationHistory() for key in order
        }
        self.cause: Exception | None = None
        """What refused a look, the first of such errors."""
        self._snapshots_prove = snapshots_prove
        self._turn = 0

    def wanted(self, now: float) -> dict[AnyKind, AbstractSet[str]]:
        """Return what is to be looked at in the next round; what is decided meanwhile drops out by itself."""
        kinds: dict[AnyKind, AbstractSet[str]] = {self.goal.kind: self.pending.keys()}
        if self._snapshots_prove is not None and now >= self.goal.believed_at and (open_ := self._undecided()):
            # A call for each: a few a round, and the others next time.
            start = self._turn % len(open_)
            kinds[SNAPSHOTS] = dict.fromkeys((*open_[start:], *open_[:start])[:SNAPSHOT_LOOKS]).keys()
            self._turn = start + SNAPSHOT_LOOKS
        return kinds

    def take(self, kind: AnyKind, sights: Mapping[str, Observation]) -> None:
        """Take looks into account; what is decided stays so."""
        for key, sight in sights.items():
            memory = self.pending.get(key)
            if memory is None:
                continue
            if kind is SNAPSHOTS:
                self._take_snapshots(key, memory, sight)
            else:
                self._decide(key, memory, sight)

    def is_over(self, *, fail_fast: bool) -> bool:
        """Tell whether there is nothing left to wait for."""
        return not self.pending or (fail_fast and bool(self.failed))

    def states(self) -> dict[str, int]:
        """Return how many are in which state of those that are waited for; "" stands for what is not described."""
        return dict(Counter(str(self._state(memory) or "") for memory in self.pending.values()))

    def results(self) -> list[ItemT]:
        """Return the final structures in the order asked, or raise WaiterError when something failed."""
        if self.failed:
            what = f"{self._headline(self.failed)}: {summarize(tuple(self.failed.values()))}"
            raise WaiterError(what, **self._outcome()) from self.cause
        return [self.reached[key] for key in self.order]

    def timed_out(self, seconds: float) -> WaiterTimeoutError:
        """Return the error for a time that is up."""
        outcome = self._outcome()
        items = (*outcome["failed"], *outcome["waiting"])
        headline = self._headline({**self.failed, **self.pending})
        return WaiterTimeoutError(f"after {seconds:g} s {headline}: {summarize(items)}", **outcome)

    def _decide(self, key: str, memory: ObservationHistory[ItemT], sight: Observation) -> None:
        verdict = evaluate(self.goal, key, memory, sight)
        if verdict is None:
            return
        del self.pending[key]
        self.cause = self.cause or sight.error
        if isinstance(verdict, WaitedItem):
            self.failed[key] = verdict
        else:
            self.reached[key] = verdict

    def _take_snapshots(self, key: str, memory: ObservationHistory[ItemT], sight: Observation) -> None:
        found = sight.item
        if not isinstance(found, s.DescribeWorkspaceSnapshotsResult) or self._snapshots_prove is None:
            return  # without them there is still the state to go by
        if self._snapshots_prove(found) and not memory.misses:
            memory.is_proved = True
            self._decide(key, memory, Observation(at=sight.at, item=memory.latest))

    def _undecided(self) -> list[str]:
        """Return those that rest as they may have done before: their state says nothing."""
        return [
            key
            for key, memory in self.pending.items()
            if not memory.has_changed and memory.misses == 0 and self._state(memory) in self.goal.success_states
        ]

    def _state(self, memory: ObservationHistory[ItemT]) -> str | None:
        return self.goal.kind.state_of(memory.latest) if memory.latest is not None and not memory.misses else None

    def _still_waiting(self, key: str, memory: ObservationHistory[ItemT]) -> WaitedItem:
        state = self._state(memory)
        if state is None:
            reason = "is not described" if memory.looks else "was not looked at"
        else:
            reason = f"is {state}{self._but(memory, state)}"
        return failed_item(self.goal, key, memory, reason)

    def _but(self, memory: ObservationHistory[ItemT], state: str) -> str:
        """Say why an end state was not taken for the end."""
        if memory.latest is None or state not in self.goal.success_states:
            return ""
        if not self.goal.fits(memory.latest):
            return ", and not as asked"
        return ", and nothing shows a change"

    def _headline(self, short: Collection[str]) -> str:
        total, plural = len(set(self.order)), "" if len(set(self.order)) == 1 else "s"
        verb = "is" if len(short) == 1 else "are"
        return f"{len(short)} of {total} {self.goal.kind.noun}{plural} {verb} not {self.goal.name}"

    def _outcome(self) -> _Outcome:
        unique = dict.fromkeys(self.order)
        return {
            "reached": [self.reached[key] for key in unique if key in self.reached],
            "failed": [self.failed[key] for key in unique if key in self.failed],
            "waiting": [self._still_waiting(key, memory) for key, memory in self.pending.items()],
        }
