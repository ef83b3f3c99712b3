"""What exists in one account and region, and how it moves on by the clock."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from wsclient._generated.workspaces.enums import ModificationResourceEnum, WorkspaceDirectoryState, WorkspaceState
from wsclient._generated.workspaces.structures import WorkspaceBundle, WorkspacesIpGroup

if TYPE_CHECKING:
    from datetime import datetime

    from wsclient._generated.workspaces.structures import Workspace, WorkspaceDirectory, WorkspaceProperties

AMAZON = "AMAZON"
"""Owner of the bundles that AWS provides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Durations:
    """How long each change takes by the emulator's clock.

    Creating, terminating, starting and modifying take what the WorkSpaces Administration Guide names; for the others
    AWS names nothing, and the values are ordinary ones. appear is how long a new WorkSpace is not described yet.
    """

    appear: timedelta = timedelta()

    create: timedelta = timedelta(minutes=20)
    create_encrypted_root: timedelta = timedelta(hours=1)
    start: timedelta = timedelta(seconds=90)
    stop: timedelta = timedelta(minutes=2)
    reboot: timedelta = timedelta(minutes=3)
    rebuild: timedelta = timedelta(minutes=30)
    terminate: timedelta = timedelta(minutes=5)
    change_compute: timedelta = timedelta(hours=1)
    change_volume: timedelta = timedelta(hours=2)
    change_protocol: timedelta = timedelta(minutes=10)
    register_directory: timedelta = timedelta(minutes=5)
    deregister_directory: timedelta = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class StateChange:
    """The state a WorkSpace will be in, and from when on. TERMINATED is the end: it is gone then."""

    at: datetime
    to: WorkspaceState


@dataclass(frozen=True, slots=True)
class Modification:
    """A change of properties under way: what is modified, and the properties once it is done."""

    at: datetime
    resource: ModificationResourceEnum
    properties: WorkspaceProperties


@dataclass(slots=True, kw_only=True)
class WorkspaceRecord:
    """A WorkSpace as it is described, and what happens to it next.

    arrived is what it gets when it is first AVAILABLE (address, computer name); volumes_changed_at and
    compute_changed_at are what AWS's waiting times for another change count from; it is not described before
    visible_from.
    """

    workspace: Workspace
    arrived: Workspace
    change: StateChange | None = None
    modification: Modification | None = None
    volumes_changed_at: datetime | None = None
    compute_changed_at: datetime | None = None
    visible_from: datetime | None = None

    def settle(self, now: datetime) -> None:
        """Let happen what is due."""
        if self.modification and self.modification.at <= now:
            done, self.modification = self.modification, None
            self.workspace = replace(self.workspace, workspace_properties=done.properties, modification_states=[])
        if self.change and self.change.at <= now:
            done_change, self.change = self.change, None
            if self.workspace.ip_address is None and done_change.to is WorkspaceState.AVAILABLE:
                self.workspace = replace(self.arrived, workspace_properties=self.workspace.workspace_properties)
            self.workspace = replace(self.workspace, state=done_change.to)

    @property
    def is_gone(self) -> bool:
        """Whether nothing is left of it."""
        return self.workspace.state is WorkspaceState.TERMINATED


@dataclass(slots=True, kw_only=True)
class DirectoryRecord:
    """A registered directory as it is described, and when its registration begins or ends."""

    directory: WorkspaceDirectory
    change: tuple[datetime, WorkspaceDirectoryState] | None = None

    def settle(self, now: datetime) -> None:
        """Let happen what is due."""
        if self.change and self.change[0] <= now:
            self.directory, self.change = replace(self.directory, state=self.change[1]), None

    @property
    def is_gone(self) -> bool:
        """Whether nothing is left of it."""
        return self.directory.state is WorkspaceDirectoryState.DEREGISTERED


@dataclass(slots=True)
class Store:
    """Every resource of one account in one region, by its id.

    unregistered holds directories of AWS Directory Service that WorkSpaces does not know yet; tags are kept by the id
    of what they are on; addresses_given counts, so that no two WorkSpaces share one; token_key signs page tokens, so
    that a token of another place is no token here.
    """

    account_id: str
    region: str
    workspaces: dict[str, WorkspaceRecord] = field(default_factory=dict[str, WorkspaceRecord])
    directories: dict[str, DirectoryRecord] = field(default_factory=dict[str, DirectoryRecord])
    unregistered: set[str] = field(default_factory=set[str])
    bundles: dict[str, WorkspaceBundle] = field(default_factory=dict[str, WorkspaceBundle])
    ip_groups: dict[str, WorkspacesIpGroup] = field(default_factory=dict[str, WorkspacesIpGroup])
    tags: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    addresses_given: int = 0
    token_key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def settle(self, now: datetime) -> None:
        """Bring every resource to the state it is in by now, and forget what is gone."""
        for workspace_id, record in list(self.workspaces.items()):
            record.settle(now)
            if record.is_gone:
                del self.workspaces[workspace_id]
                self.tags.pop(workspace_id, None)
        for directory_id, directory in list(self.directories.items()):
            directory.settle(now)
            if directory.is_gone:
                del self.directories[directory_id]
                self.unregistered.add(directory_id)
                self.tags.pop(directory_id, None)

    def has_resource(self, resource_id: str) -> bool:
        """Whether something that can be tagged has that id; bundles of AWS cannot."""
        bundle = self.bundles.get(resource_id)
        own_bundle = bundle is not None and bundle.owner != AMAZON
        return own_bundle or any(resource_id in kept for kept in (self.workspaces, self.directories, self.ip_groups))
