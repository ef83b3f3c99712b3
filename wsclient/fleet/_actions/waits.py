"""Waits: the wait_until_… method of each action, which returns once the WorkSpaces of its items are healthy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec

from wsclient._generated.workspaces import structures as s
from wsclient._generated.workspaces.enums import TargetWorkspaceState
from wsclient.workspaces._client import WorkSpacesClient

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from datetime import datetime

    from wsclient.fleet._actions.items import Parameters
    from wsclient.waiters._waiter import WaitOptions


class WaitTarget(msgspec.Struct, frozen=True, kw_only=True):
    """WorkSpace to wait for: its id before the change, its id after a migration or creation, and the time of the call.

    sent_at is None if the time of the change is unknown.
    """

    workspace_id: str | None
    new_workspace_id: str | None = None
    sent_at: datetime | None = None

    @property
    def current_id(self) -> str:
        """Id of the WorkSpace after the change."""
        return self.new_workspace_id or self.workspace_id or ""

    def as_migration(self) -> s.MigrateWorkspaceResult | str:
        """Return the reference that wait_until_migrated accepts."""
        if self.new_workspace_id is None:
            return self.current_id
        return s.MigrateWorkspaceResult(
            source_workspace_id=self.workspace_id or "", target_workspace_id=self.new_workspace_id
        )


class WaitCall(msgspec.Struct, frozen=True, kw_only=True):
    """Wait at one site: the client, the WorkSpaces, a time just before the last change of any of them, and options."""

    client: WorkSpacesClient
    targets: Sequence[WaitTarget]
    since: datetime
    properties: s.WorkspaceProperties | None
    options: WaitOptions

    @property
    def ids(self) -> list[str]:
        """Ids of the WorkSpaces after their changes."""
        return [target.current_id for target in self.targets]


Wait: TypeAlias = "Callable[[WaitCall], Awaitable[list[s.Workspace]]]"
"""Function that waits for the WorkSpaces, and returns their descriptions in the same order."""

WAITS: Final[Mapping[str, Wait]] = {
    "available": lambda wait: wait.client.wait_until_available(wait.ids, **wait.options),
    "stopped": lambda wait: wait.client.wait_until_stopped(wait.ids, **wait.options),
    "terminated": lambda wait: wait.client.wait_until_terminated(wait.ids, **wait.options),
    "rebooted": lambda wait: wait.client.wait_until_rebooted(wait.ids, since=wait.since, **wait.options),
    "rebuilt": lambda wait: wait.client.wait_until_rebuilt(wait.ids, since=wait.since, **wait.options),
    "restored": lambda wait: wait.client.wait_until_restored(wait.ids, since=wait.since, **wait.options),
    "modified": lambda wait: wait.client.wait_until_modified(
        wait.ids, since=wait.since, properties=wait.properties, **wait.options
    ),
    "migrated": lambda wait: wait.client.wait_until_migrated(
        [target.as_migration() for target in wait.targets], since=wait.since, **wait.options
    ),
}
"""Wait by the name of its method, without wait_until_."""
NEEDS_SINCE: Final = frozenset({"rebooted", "rebuilt", "restored", "modified", "migrated"})
"""Waits that need the time of the change."""

_WAITS_BY_ACTION: Final[Mapping[str, str]] = {
    "stop": "stopped",
    "start": "available",
    "reboot": "rebooted",
    "rebuild": "rebuilt",
    "restore": "restored",
    "terminate": "terminated",
    "migrate": "migrated",
    "modify": "modified",
    "create": "available",
}


def wait_after(action: str, parameters: Parameters) -> Wait | None:
    """Return the wait for an action's WorkSpaces; None for tags and ADMIN_MAINTENANCE: no delay."""
    if action == "set_state" and parameters.target == TargetWorkspaceState.AVAILABLE:
        return WAITS["available"]
    name = _WAITS_BY_ACTION.get(action)
    return WAITS[name] if name is not None else None
