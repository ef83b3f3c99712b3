"""What can be done to many WorkSpaces: one entry an action. How it is called, from which states, how it is seen.

From which states and running modes an action is possible is what the API reference says of its operation; where it says
nothing (MigrateWorkspace, tags), AWS is left to judge.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wsclient._core.model.operations import Effect
from wsclient._generated.workspaces import operations as ops
from wsclient._generated.workspaces.enums import RunningMode
from wsclient._generated.workspaces.enums import WorkspaceState as W
from wsclient.fleet._actions import requests as asking
from wsclient.fleet._actions import verification as evidence
from wsclient.waiters._definitions import has_properties

if TYPE_CHECKING:
    from collections.abc import Callable

    from wsclient._core.model.operations import Operation
    from wsclient._core.model.structures import Output, Structure
    from wsclient.fleet._actions.items import Parameters
    from wsclient.fleet._actions.requests import BatchRequest
    from wsclient.fleet._actions.verification import Look
    from wsclient.fleet._rows import InventoryRow

_STOPPABLE: Final = frozenset({RunningMode.AUTO_STOP, RunningMode.MANUAL})
_ENDING: Final = frozenset({W.TERMINATING, W.TERMINATED})


def _never(row: InventoryRow, parameters: Parameters) -> bool:
    del row, parameters
    return False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ActionSpec:
    """One action.

    states are those it is possible from, None for any; not_states those it is not; modes the running modes. there are
    states in which nothing is left to do, is_there what else says so. ask makes the call, look tells later whether it
    was carried out. asks_count says that it takes away what no other call brings back, so that the caller confirms how
    many; advice is what to do about one whose outcome cannot be known.
    """

    name: str
    operation: Operation[Structure, Output]
    request: BatchRequest
    verify: Look
    states: frozenset[W] | None = None
    not_states: frozenset[W] = frozenset()
    modes: frozenset[RunningMode] | None = None
    done_states: frozenset[W] = frozenset()
    is_done: Callable[[InventoryRow, Parameters], bool] = _never
    requires_count: bool = False
    advice: str = "look at the WorkSpace"

    @property
    def per_call(self) -> int:
        """Items that a call takes."""
        return self.operation.batch.limit if self.operation.batch is not None else 1

    @property
    def may_repeat(self) -> bool:
        """Whether to ask once more does no harm where it was not seen: the outcome is the same, or AWS refuses it."""
        return self.operation.effect is not Effect.ONCE or bool(self.operation.natural_key)

    def objection(self, row: InventoryRow, parameters: Parameters) -> str | None:
        """Return why nothing is to be done to a WorkSpace, None where something is."""
        state = row.state
        if state is None:
            return "cannot be judged: its state is not known"
        if state in self.done_states:
            return f"is {state} already"
        if self.is_done(row, parameters):
            return "is as asked already"
        if state in self.not_states or (self.states is not None and state not in self.states):
            return f"cannot be: it is {state}"
        return self._objection_to_mode(row)

    def _objection_to_mode(self, row: InventoryRow) -> str | None:
        mode = row.running_mode
        if self.modes is None or mode in self.modes:
            return None
        return f"cannot be: its running mode is {mode}" if mode else "cannot be judged: its running mode is not known"


def _has_properties(row: InventoryRow, parameters: Parameters) -> bool:
    return parameters.properties is not None and has_properties(
        row.workspace.workspace_properties, parameters.properties
    )


def _has_tags(row: InventoryRow, parameters: Parameters) -> bool:
    return row.tags is not None and dict(parameters.tags).items() <= row.tags.items()


def _has_no_tags(row: InventoryRow, parameters: Parameters) -> bool:
    return row.tags is not None and not row.tags.keys() & parameters.keys


_KINDS: Final = (
    ActionSpec(
        name="stop",
        operation=ops.STOP_WORKSPACES,
        request=asking.stop,
        verify=evidence.stopped,
        states=frozenset({W.AVAILABLE, W.IMPAIRED, W.UNHEALTHY, W.ERROR}),
        modes=_STOPPABLE,
        done_states=frozenset({W.STOPPING, W.STOPPED}),
    ),
    ActionSpec(
        name="start",
        operation=ops.START_WORKSPACES,
        request=asking.start,
        verify=evidence.started,
        states=frozenset({W.STOPPED}),
        modes=_STOPPABLE,
        done_states=frozenset({W.STARTING, W.AVAILABLE}),
    ),
    ActionSpec(
        name="reboot",
        operation=ops.REBOOT_WORKSPACES,
        request=asking.reboot,
        verify=evidence.rebooted,
        states=frozenset({W.AVAILABLE, W.UNHEALTHY}),
        done_states=frozenset({W.REBOOTING}),
        advice="to reboot once more does no harm but to who works there: retry_ambiguous=True",
    ),
    ActionSpec(
        name="rebuild",
        operation=ops.REBUILD_WORKSPACES,
        request=asking.rebuild,
        verify=evidence.rebuilt,
        states=frozenset({W.AVAILABLE, W.ERROR, W.UNHEALTHY, W.STOPPED, W.REBOOTING}),
        done_states=frozenset({W.REBUILDING}),
        requires_count=True,
        advice="look at when its last snapshot was taken: AWS takes one soon after a rebuild; retry_ambiguous=True "
        "rebuilds it once more",
    ),
    ActionSpec(
        name="restore",
        operation=ops.RESTORE_WORKSPACE,
        request=asking.restore,
        verify=evidence.restored,
        states=frozenset({W.AVAILABLE, W.ERROR, W.UNHEALTHY, W.STOPPED}),
        done_states=frozenset({W.RESTORING}),
        requires_count=True,
        advice="look at when its last snapshot was taken: AWS takes one soon after a restore; retry_ambiguous=True "
        "restores it once more",
    ),
    ActionSpec(
        name="terminate",
        operation=ops.TERMINATE_WORKSPACES,
        request=asking.terminate,
        verify=evidence.terminated,
        not_states=frozenset({W.SUSPENDED}),
        done_states=_ENDING,
        requires_count=True,
    ),
    ActionSpec(
        name="migrate",
        operation=ops.MIGRATE_WORKSPACE,
        request=asking.migrate,
        verify=evidence.migrated,
        not_states=_ENDING,
        is_done=lambda row, parameters: row.workspace.bundle_id == parameters.bundle_id,
        requires_count=True,
        advice="look for another WorkSpace of its user, of the new bundle; where there is none, retry_ambiguous=True",
    ),
    ActionSpec(
        name="modify",
        operation=ops.MODIFY_WORKSPACE_PROPERTIES,
        request=asking.modify,
        verify=evidence.modified,
        states=frozenset({W.AVAILABLE, W.STOPPED}),
        is_done=_has_properties,
    ),
    ActionSpec(
        name="set_state",
        operation=ops.MODIFY_WORKSPACE_STATE,
        request=asking.set_state,
        verify=evidence.state_set,
        states=frozenset({W.AVAILABLE, W.ADMIN_MAINTENANCE}),
        is_done=lambda row, parameters: str(row.state) == parameters.target,
    ),
    ActionSpec(
        name="tag",
        operation=ops.CREATE_TAGS,
        request=asking.tag,
        verify=evidence.tagged,
        not_states=_ENDING,
        is_done=_has_tags,
    ),
    ActionSpec(
        name="untag",
        operation=ops.DELETE_TAGS,
        request=asking.untag,
        verify=evidence.untagged,
        not_states=_ENDING,
        is_done=_has_no_tags,
    ),
    ActionSpec(name="create", operation=ops.CREATE_WORKSPACES, request=asking.create, verify=evidence.created),
)
ACTION_SPECS: Final = {kind.name: kind for kind in _KINDS}
"""Every action, by its name."""
