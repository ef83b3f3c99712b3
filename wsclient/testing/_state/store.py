"""Store: the resources of one account in one region, with their pending state changes."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar, cast

from msgspec.structs import replace

from wsclient._core.argument_checks import checked_class
from wsclient._core.utils import is_mapping
from wsclient._core.value_kinds import satisfies
from wsclient._generated.workspaces import structures as s
from wsclient._generated.workspaces.enums import ModificationResourceEnum, WorkspaceDirectoryState, WorkspaceState
from wsclient.testing._state.records import AliasRecord, ApplicationRecord, Byol, ImageRecord, Installation, PoolRecord
from wsclient.testing._state.timed_records import SortedRecords, TimedRecord, TimedRecords
from wsclient.testing._state.visibility import ListVisibility, ResourceType

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wsclient._generated.workspaces.structures import Workspace, WorkspaceDirectory, WorkspaceProperties

AMAZON = "AMAZON"
"""Owner of the bundles that AWS provides."""


def _is_duration(value: object) -> bool:
    return isinstance(value, timedelta) and value >= timedelta()


@checked_class({}, others=satisfies("a timedelta that is not negative", _is_duration))
@dataclass(frozen=True, slots=True, kw_only=True)
class Durations:
    """Durations of the state changes, by the emulator's clock.

    Creating, terminating, starting, modifying and migrating a WorkSpace, creating an image of a WorkSpace and taking
    snapshots take as long as the WorkSpaces Administration Guide documents. AWS does not document the other durations;
    their defaults are typical values.

    Lists omit a new resource (WorkSpace, directory, bundle, image, IP group, connection alias, pool, add-in, account
    link, VPC endpoint) until appear has passed, and still show a removed resource until disappear has passed, a
    WorkSpace as TERMINATED. page_token is the lifetime of a NextToken; AWS does not document it. first_snapshot is the
    time from when a WorkSpace becomes AVAILABLE to its first snapshot, snapshot_interval the time between snapshots.
    switch_private_dns is the time from when EC2 shows private DNS as enabled to when names resolve privately.
    """

    appear: timedelta = timedelta()
    disappear: timedelta = timedelta()
    page_token: timedelta = timedelta(days=1)

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
    restore: timedelta = timedelta(minutes=30)
    migrate: timedelta = timedelta(hours=1)
    first_snapshot: timedelta = timedelta(minutes=30)
    snapshot_interval: timedelta = timedelta(hours=12)
    create_image: timedelta = timedelta(minutes=45)
    update_image: timedelta = timedelta(minutes=45)
    copy_image: timedelta = timedelta(minutes=30)
    import_image: timedelta = timedelta(hours=3)
    install_applications: timedelta = timedelta(minutes=30)
    change_alias: timedelta = timedelta(minutes=1)
    modify_account: timedelta = timedelta(minutes=30)
    create_pool: timedelta = timedelta(minutes=5)
    start_pool: timedelta = timedelta(minutes=15)
    stop_pool: timedelta = timedelta(minutes=5)
    delete_pool: timedelta = timedelta(minutes=5)
    create_vpc_endpoint: timedelta = timedelta(minutes=2)
    delete_vpc_endpoint: timedelta = timedelta(minutes=2)
    switch_private_dns: timedelta = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class StateChange:
    """Pending state change of a WorkSpace: its time and the next state. TERMINATED removes the WorkSpace."""

    at: datetime
    to: WorkspaceState


@dataclass(frozen=True, slots=True)
class Modification:
    """Pending modification of a WorkSpace: its end, the modified resource, and the resulting properties."""

    at: datetime
    resource: ModificationResourceEnum
    properties: WorkspaceProperties


_UNHEALTHY = frozenset({WorkspaceState.UNHEALTHY, WorkspaceState.IMPAIRED, WorkspaceState.ERROR})
_RENEWING = frozenset({WorkspaceState.PENDING, WorkspaceState.REBUILDING, WorkspaceState.RESTORING})
"""States after which the schedule of snapshots starts anew."""


@dataclass(slots=True, kw_only=True)
class WorkspaceRecord(TimedRecord):
    """WorkSpace, with its pending state change and modification.

    arrived is the WorkSpace with the address and the computer name that it gets when it is first AVAILABLE. AWS's
    minimum times between two modifications count from volumes_changed_at and compute_changed_at. Snapshots for a
    rebuild start at ready_at; snapshots for a restore also end at unhealthy_since. is_connected is True while the user
    is connected, last_connected_at is the start of the last connection.
    """

    workspace: Workspace
    arrived: Workspace
    change: StateChange | None = None
    modification: Modification | None = None
    volumes_changed_at: datetime | None = None
    compute_changed_at: datetime | None = None
    ready_at: datetime | None = None
    unhealthy_since: datetime | None = None
    is_connected: bool = False
    last_connected_at: datetime | None = None

    def transition(self, through: WorkspaceState, at: datetime, to: WorkspaceState) -> None:
        """Set a transitional state now, which disconnects the user, and the final state at a time."""
        self.workspace, self.change = replace(self.workspace, state=through), StateChange(at, to)
        self.is_connected = False

    def set_state(self, state: WorkspaceState, now: datetime) -> None:
        """Set a state and cancel the pending state change."""
        self.workspace, self.change = replace(self.workspace, state=state), None
        self.is_connected = self.is_connected and state == WorkspaceState.AVAILABLE
        self.unhealthy_since = (self.unhealthy_since or now) if state in _UNHEALTHY else None

    def apply_due_changes(self, now: datetime) -> None:
        """Apply the changes that are due."""
        if self.modification and self.modification.at <= now:
            done, self.modification = self.modification, None
            self.workspace = replace(self.workspace, workspace_properties=done.properties, modification_states=[])
        if self.change and self.change.at <= now:
            done_change, self.change = self.change, None
            if self.workspace.state in _RENEWING:
                self.ready_at, self.unhealthy_since = done_change.at, None
            if self.workspace.ip_address is None and done_change.to == WorkspaceState.AVAILABLE:
                self.workspace = replace(self.arrived, workspace_properties=self.workspace.workspace_properties)
            self.workspace = replace(self.workspace, state=done_change.to)

    @property
    def removal_due(self) -> datetime | None:
        """Time of the pending state change, None without one."""
        return self.change.at if self.change else None

    @property
    def next_change_at(self) -> datetime | None:
        """Time of the first pending change, None without one."""
        return min((pending.at for pending in (self.change, self.modification) if pending is not None), default=None)

    @property
    def is_gone(self) -> bool:
        """True if the resource no longer exists."""
        return self.workspace.state == WorkspaceState.TERMINATED


@dataclass(slots=True, kw_only=True)
class DirectoryRecord(TimedRecord):
    """Registered directory, with the pending end of its registration or deregistration."""

    directory: WorkspaceDirectory
    change: tuple[datetime, WorkspaceDirectoryState] | None = None

    def apply_due_changes(self, now: datetime) -> None:
        """Apply the changes that are due."""
        if self.change and self.change[0] <= now:
            self.directory, self.change = replace(self.directory, state=self.change[1]), None

    @property
    def removal_due(self) -> datetime | None:
        """Time of the pending state change, None without one."""
        return self.change[0] if self.change else None

    @property
    def is_gone(self) -> bool:
        """True if the resource no longer exists."""
        return self.directory.state == WorkspaceDirectoryState.DEREGISTERED


_TIMED = ("workspaces", "directories", "images", "installations", "aliases", "pools")
"""Attributes of a store with records that change by the clock."""
TimedRecordT = TypeVar("TimedRecordT", bound=TimedRecord)


@dataclass(slots=True)
class Store:
    """Resources of one account in one region, by id.

    unregistered are directories of AWS Directory Service that are not registered with WorkSpaces; ec2_images are EC2
    images that can be imported. tags are by resource id, client_properties and branding by directory id, installations
    by resource id and application id. links are the account links that this account has invited. connection_strings are
    those of all aliases that the account ever had. client_tokens hold the request and the result of each client token.
    addresses_given counts the addresses, so that each WorkSpace gets its own. token_key encrypts page tokens, so that a
    token of another account or region is not valid here. lists are the delays of list operations.
    """

    account_id: str
    region: str
    workspaces: TimedRecords[str, WorkspaceRecord] = field(default_factory=TimedRecords[str, WorkspaceRecord])
    directories: TimedRecords[str, DirectoryRecord] = field(default_factory=TimedRecords[str, DirectoryRecord])
    unregistered: set[str] = field(default_factory=set[str])
    bundles: dict[str, s.WorkspaceBundle] = field(default_factory=dict[str, s.WorkspaceBundle])
    images: TimedRecords[str, ImageRecord] = field(default_factory=TimedRecords[str, ImageRecord])
    ec2_images: set[str] = field(default_factory=set[str])
    applications: dict[str, ApplicationRecord] = field(default_factory=dict[str, ApplicationRecord])
    installations: TimedRecords[tuple[str, str], Installation] = field(
        default_factory=TimedRecords[tuple[str, str], Installation]
    )
    ip_groups: dict[str, s.WorkspacesIpGroup] = field(default_factory=dict[str, s.WorkspacesIpGroup])
    aliases: TimedRecords[str, AliasRecord] = field(default_factory=TimedRecords[str, AliasRecord])
    connection_strings: set[str] = field(default_factory=set[str])
    pools: TimedRecords[str, PoolRecord] = field(default_factory=TimedRecords[str, PoolRecord])
    pool_sessions: dict[str, s.WorkspacesPoolSession] = field(default_factory=dict[str, s.WorkspacesPoolSession])
    client_properties: dict[str, s.ClientProperties] = field(default_factory=dict[str, s.ClientProperties])
    branding: dict[str, s.DescribeClientBrandingResult] = field(
        default_factory=dict[str, s.DescribeClientBrandingResult]
    )
    add_ins: dict[str, s.ConnectClientAddIn] = field(default_factory=dict[str, s.ConnectClientAddIn])
    links: dict[str, s.AccountLink] = field(default_factory=dict[str, s.AccountLink])
    client_tokens: dict[tuple[str, str], tuple[str, s.AccountLink]] = field(
        default_factory=dict[tuple[str, str], tuple[str, s.AccountLink]]
    )
    byol: Byol = field(default_factory=Byol)
    tags: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    addresses_given: int = 0
    token_key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    lists: ListVisibility = field(default_factory=ListVisibility, repr=False)

    def __post_init__(self) -> None:
        """Turn the plain mappings of a snapshot into timed records."""
        for name in _TIMED:
            records: object = getattr(self, name)
            if not isinstance(records, SortedRecords):
                setattr(self, name, TimedRecords(_checked_records(records)))

    def apply_due_changes(self, now: datetime) -> None:
        """Apply every change that is due by now, and remove the resources that no longer exist."""
        self.byol.apply_due_changes(now)
        removed = self._settle("workspaces", self.workspaces, now)
        for resource_id in removed:
            self.drop_installations(resource_id)
        for installed in self.installations.due(now).values():
            if installed.due is not None and installed.due <= now:
                record = self.workspaces.get(installed.resource_id)
                installed.is_reachable = record is not None and record.workspace.state == WorkspaceState.AVAILABLE
        self.installations.settle(now)
        removed += self._settle("directories", self.directories, now, self._drop_directory)
        removed += self._settle("images", self.images, now)
        removed += self._settle("aliases", self.aliases, now)
        removed += self._settle("pools", self.pools, now)
        for resource_id in removed:
            self.tags.pop(resource_id, None)
        ended = [
            key for key, each in self.pool_sessions.items() if each.expiration_time and each.expiration_time <= now
        ]
        for session_id in ended:
            del self.pool_sessions[session_id]

    def _settle(
        self,
        resource_type: ResourceType,
        records: TimedRecords[str, TimedRecordT],
        now: datetime,
        drop: Callable[[str], None] = lambda _: None,
    ) -> list[str]:
        """Apply the due changes of one resource type; return the ids of the removed resources."""
        removed = records.settle(now)
        for resource_id, (at, record) in removed.items():
            self.lists.record_removal(resource_type, resource_id, record, at)
            drop(resource_id)
        return list(removed)

    def drop_installations(self, resource_id: str) -> None:
        """Remove the applications of a resource that no longer exists."""
        for key in [key for key in self.installations if key[0] == resource_id]:
            del self.installations[key]

    def _drop_directory(self, directory_id: str) -> None:
        self.unregistered.add(directory_id)
        self.client_properties.pop(directory_id, None)
        self.branding.pop(directory_id, None)
        self.add_ins = {key: add_in for key, add_in in self.add_ins.items() if add_in.resource_id != directory_id}

    def has_resource(self, resource_id: str) -> bool:
        """Return whether a taggable resource has this id. Bundles of AWS are not taggable."""
        bundle = self.bundles.get(resource_id)
        is_own_bundle = bundle is not None and bundle.owner != AMAZON
        taggable = (self.workspaces, self.directories, self.ip_groups, self.images, self.aliases, self.pools)
        return is_own_bundle or any(resource_id in resources for resources in taggable)


def _checked_records(records: object) -> Mapping[str, TimedRecord]:
    """Return the timed records of a decoded snapshot. Raises TypeError for anything else."""
    if not is_mapping(records) or not all(isinstance(record, TimedRecord) for record in records.values()):
        raise TypeError("not a mapping of timed records")
    return cast("Mapping[str, TimedRecord]", records)
