"""ActionSpec: one entry for each action on WorkSpaces, with its request, required states and verification.

The states and running modes that an action requires are those in the API reference of its operation. For operations
without documented states (MigrateWorkspace, tags) the call is made, and AWS accepts or refuses it.
https://docs.aws.amazon.com/workspaces/latest/api/API_Operations.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wsclient._core.model.operations import Effect
from wsclient._generated.workspaces import operations as ops
from wsclient._generated.workspaces.enums import RunningMode
from wsclient._generated.workspaces.enums import WorkspaceState as W
from wsclient.fleet._actions import requests, verification
from wsclient.waiters._definitions import has_properties

if TYPE_CHECKING:
    from collections.abc import Callable

    from wsclient._core.model.operations import Operation
    from wsclient._core.model.structures import Output, Structure
    from wsclient.fleet._actions.items import Parameters
    from wsclient.fleet._actions.requests import BatchRequest
    from wsclient.fleet._actions.verification import Verifier
    from wsclient.fleet._rows import InventoryRow

_STOPPABLE: Final = frozenset({RunningMode.AUTO_STOP, RunningMode.MANUAL})
_ENDING: Final = frozenset({W.TERMINATING, W.TERMINATED})


def _never(row: InventoryRow, parameters: Parameters) -> bool:
    del row, parameters
    return False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ActionSpec:
    """Specification of one action.

    request makes the call; verify checks later whether the action took effect. states are the states that the action
    requires, None for any; not_states are those that exclude it; modes are the required running modes, None for any.
    In done_states, or if is_done returns True, nothing is left to do. requires_count marks an action that destroys data
    which no other call restores: the caller must confirm the number of items. advice is the next step for an item whose
    outcome is ambiguous.
    """

    name: str
    operation: Operation[Structure, Output]
    request: BatchRequest
    verify: Verifier
    states: frozenset[W] | None = None
    not_states: frozenset[W] = frozenset()
    modes: frozenset[RunningMode] | None = None
    done_states: frozenset[W] = frozenset()
    is_done: Callable[[InventoryRow, Parameters], bool] = _never
    requires_count: bool = False
    advice: str = "check the WorkSpace"

    @property
    def per_call(self) -> int:
        """Number of items that one call accepts."""
        return self.operation.batch.limit if self.operation.batch is not None else 1

    @property
    def may_repeat(self) -> bool:
        """True if a second call is harmless: it has the same outcome, or AWS refuses it."""
        return self.operation.effect is not Effect.ONCE or bool(self.operation.natural_key)

    def skip_reason(self, row: InventoryRow, parameters: Parameters) -> str | None:
        """Return why the action skips a WorkSpace, None if it applies."""
        state = row.state
        if state is None:
            return "cannot be evaluated: its state is unknown"
        if state in self.done_states:
            return f"is already {state}"
        if self.is_done(row, parameters):
            return "is already as requested"
        if state in self.not_states or (self.states is not None and state not in self.states):
            return f"is in the wrong state: {state}"
        return self._mode_skip_reason(row)

    def _mode_skip_reason(self, row: InventoryRow) -> str | None:
        mode = row.running_mode
        if self.modes is None or mode in self.modes:
            return None
        return f"has the wrong running mode: {mode}" if mode else "cannot be evaluated: its running mode is unknown"


def _has_properties(row: InventoryRow, parameters: Parameters) -> bool:
    return parameters.properties is not None and has_properties(
        row.workspace.workspace_properties, parameters.properties
    )


def _has_tags(row: InventoryRow, parameters: Parameters) -> bool:
    return row.tags is not None and dict(parameters.tags).items() <= row.tags.items()


def _has_no_tags(row: InventoryRow, parameters: Parameters) -> bool:
    return row.tags is not None and not row.tags.keys() & parameters.keys


_SPECS: Final = (
    ActionSpec(
        name="stop",
        operation=ops.STOP_WORKSPACES,
        request=requests.stop,
        verify=verification.stopped,
        states=frozenset({W.AVAILABLE, W.IMPAIRED, W.UNHEALTHY, W.ERROR}),
        modes=_STOPPABLE,
        done_states=frozenset({W.STOPPING, W.STOPPED}),
    ),
    ActionSpec(
        name="start",
        operation=ops.START_WORKSPACES,
        request=requests.start,
        verify=verification.started,
        states=frozenset({W.STOPPED}),
        modes=_STOPPABLE,
        done_states=frozenset({W.STARTING, W.AVAILABLE}),
    ),
    ActionSpec(
        name="reboot",
        operation=ops.REBOOT_WORKSPACES,
        request=requests.reboot,
        verify=verification.rebooted,
        states=frozenset({W.AVAILABLE, W.UNHEALTHY}),
        done_states=frozenset({W.REBOOTING}),
        advice="a second reboot only interrupts the user's session: retry_ambiguous=True",
    ),
    ActionSpec(
        name="rebuild",
        operation=ops.REBUILD_WORKSPACES,
        request=requests.rebuild,
        verify=verification.rebuilt,
        states=frozenset({W.AVAILABLE, W.ERROR, W.UNHEALTHY, W.STOPPED, W.REBOOTING}),
        done_states=frozenset({W.REBUILDING}),
        requires_count=True,
        advice="check the time of its last snapshot: AWS takes one soon after a rebuild; retry_ambiguous=True "
        "rebuilds it again",
    ),
    ActionSpec(
        name="restore",
        operation=ops.RESTORE_WORKSPACE,
        request=requests.restore,
        verify=verification.restored,
        states=frozenset({W.AVAILABLE, W.ERROR, W.UNHEALTHY, W.STOPPED}),
        done_states=frozenset({W.RESTORING}),
        requires_count=True,
        advice="check the time of its last snapshot: AWS takes one soon after a restore; retry_ambiguous=True "
        "restores it again",
    ),
    ActionSpec(
        name="terminate",
        operation=ops.TERMINATE_WORKSPACES,
        request=requests.terminate,
        verify=verification.terminated,
        not_states=frozenset({W.SUSPENDED}),
        done_states=_ENDING,
        requires_count=True,
    ),
    ActionSpec(
        name="migrate",
        operation=ops.MIGRATE_WORKSPACE,
        request=requests.migrate,
        verify=verification.migrated,
        not_states=_ENDING,
        is_done=lambda row, parameters: row.workspace.bundle_id == parameters.bundle_id,
        requires_count=True,
        advice="check whether its user has a WorkSpace of the new bundle; if not, retry_ambiguous=True",
    ),
    ActionSpec(
        name="modify",
        operation=ops.MODIFY_WORKSPACE_PROPERTIES,
        request=requests.modify,
        verify=verification.modified,
        states=frozenset({W.AVAILABLE, W.STOPPED}),
        is_done=_has_properties,
    ),
    ActionSpec(
        name="set_state",
        operation=ops.MODIFY_WORKSPACE_STATE,
        request=requests.set_state,
        verify=verification.state_set,
        states=frozenset({W.AVAILABLE, W.ADMIN_MAINTENANCE}),
        is_done=lambda row, parameters: str(row.state) == parameters.target,
    ),
    ActionSpec(
        name="tag",
        operation=ops.CREATE_TAGS,
        request=requests.tag,
        verify=verification.tagged,
        not_states=_ENDING,
        is_done=_has_tags,
    ),
    ActionSpec(
        name="untag",
        operation=ops.DELETE_TAGS,
        request=requests.untag,
        verify=verification.untagged,
        not_states=_ENDING,
        is_done=_has_no_tags,
    ),
    ActionSpec(name="create", operation=ops.CREATE_WORKSPACES, request=requests.create, verify=verification.created),
)
ACTION_SPECS: Final = {spec.name: spec for spec in _SPECS}
"""Specification of every action, by its name."""
