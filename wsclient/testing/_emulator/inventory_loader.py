"""Inventory loader: adds the resources of an inventory to an account and region of the emulator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec.structs import replace

from wsclient._core.absence import is_absent, member_value
from wsclient._generated.workspaces import enums
from wsclient._generated.workspaces import structures as s
from wsclient._generated.workspaces.enums import WorkspaceState
from wsclient.testing._emulator.inventory import resources
from wsclient.testing._emulator.seeds import INITIAL_AGE
from wsclient.testing._files import FileFormatError
from wsclient.testing._operations.bundles import new_bundle
from wsclient.testing._operations.directories import new_directory
from wsclient.testing._operations.workspaces import new_workspace
from wsclient.testing._state.records import AliasRecord, ApplicationRecord, ImageRecord, PoolRecord
from wsclient.testing._state.store import AMAZON, DirectoryRecord, Modification, StateChange

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta

    from wsclient._core.model.structures import Structure
    from wsclient.testing._emulator.inventory import Inventory
    from wsclient.testing._state.emulator_state import EmulatorState
    from wsclient.testing._state.store import Durations, Store, WorkspaceRecord

_UNPROVISIONED_STATES = frozenset({WorkspaceState.PENDING, WorkspaceState.ERROR})
"""States in which a WorkSpace may have no IP address and no computer name yet."""
_TRANSITIONS: Mapping[WorkspaceState, tuple[str, WorkspaceState]] = {
    WorkspaceState.PENDING: ("create", WorkspaceState.AVAILABLE),
    WorkspaceState.REBOOTING: ("reboot", WorkspaceState.AVAILABLE),
    WorkspaceState.STARTING: ("start", WorkspaceState.AVAILABLE),
    WorkspaceState.REBUILDING: ("rebuild", WorkspaceState.AVAILABLE),
    WorkspaceState.RESTORING: ("restore", WorkspaceState.AVAILABLE),
    WorkspaceState.UPDATING: ("change_compute", WorkspaceState.AVAILABLE),
    WorkspaceState.STOPPING: ("stop", WorkspaceState.STOPPED),
    WorkspaceState.TERMINATING: ("terminate", WorkspaceState.TERMINATED),
}
"""Field of Durations with the duration of each transitional state, and the state that follows."""
_POOL_TRANSITIONS: Mapping[enums.WorkspacesPoolState, tuple[str, enums.WorkspacesPoolState | None]] = {
    enums.WorkspacesPoolState.CREATING: ("create_pool", enums.WorkspacesPoolState.STOPPED),
    enums.WorkspacesPoolState.STARTING: ("start_pool", enums.WorkspacesPoolState.RUNNING),
    enums.WorkspacesPoolState.STOPPING: ("stop_pool", enums.WorkspacesPoolState.STOPPED),
    enums.WorkspacesPoolState.UPDATING: ("start_pool", enums.WorkspacesPoolState.RUNNING),
    enums.WorkspacesPoolState.DELETING: ("delete_pool", None),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryLoader:
    """Loader of one inventory into a store.

    directory_id and bundle_id are the defaults for WorkSpaces without them. The caller holds the emulator's lock.
    """

    world: EmulatorState
    store: Store
    inventory: Inventory
    directory_id: str
    bundle_id: str

    def load(self) -> None:
        """Add all resources. Raises FileFormatError before the first is added."""
        self._check()
        for directory in self.inventory.directories:
            self._put_directory(directory)
        for bundle in self.inventory.bundles:
            self._put_bundle(bundle)
        for image in self.inventory.images:
            self._put_image(image)
        for group in self.inventory.ip_groups:
            self.store.ip_groups[group.group_id or ""] = group
        for alias in self.inventory.connection_aliases:
            self._put_alias(alias)
        for pool in self.inventory.workspaces_pools:
            self._put_pool(pool)
        for application in self.inventory.applications:
            self.store.applications[application.application_id or ""] = ApplicationRecord(application=application)
        for workspace in self.inventory.workspaces:
            self._put_workspace(workspace)
        self._put_statuses_and_tags()

    def _check(self) -> None:
        """Raise FileFormatError for resources that already exist, and for statuses and tags of unknown resources."""
        known = {resource_id: where for where, resource_id, _ in resources(self.inventory)}
        for where, resource_id, resource in resources(self.inventory):
            is_amazon_bundle = isinstance(resource, s.WorkspaceBundle) and resource.owner == AMAZON
            if _exists(self.store, resource_id) and not is_amazon_bundle:
                raise FileFormatError(f"{resource_id} already exists in the emulator", where=where)
        for number, status in enumerate(self.inventory.workspaces_connection_status):
            if status.workspace_id not in known and status.workspace_id not in self.store.workspaces:
                where = f"WorkspacesConnectionStatus[{number}].WorkspaceId"
                raise FileFormatError(f"unknown WorkSpace {status.workspace_id}", where=where)
        for resource_id in self.inventory.tags:
            if resource_id not in known and not self.store.has_resource(resource_id):
                raise FileFormatError(f"unknown resource {resource_id}", where=f"Tags.{resource_id}")

    @property
    def _now(self) -> datetime:
        return self.world.clock.now()

    @property
    def _durations(self) -> Durations:
        return self.world.durations

    def _put_directory(self, directory: s.WorkspaceDirectory) -> None:
        states = enums.WorkspaceDirectoryState
        stored = replace(
            directory,
            state=directory.state or states.REGISTERED,
            workspace_type=directory.workspace_type or enums.WorkspaceType.PERSONAL,
        )
        change = None
        if stored.state == states.REGISTERING:
            change = (self._now + self._durations.register_directory, states.REGISTERED)
        elif stored.state == states.DEREGISTERING:
            change = (self._now + self._durations.deregister_directory, states.DEREGISTERED)
        self.store.directories[stored.directory_id or ""] = DirectoryRecord(directory=stored, change=change)

    def _put_bundle(self, bundle: s.WorkspaceBundle) -> None:
        owner = self._mapped_account(bundle.owner) or self.store.account_id
        self.store.bundles[bundle.bundle_id or ""] = replace(bundle, owner=owner)

    def _put_image(self, image: s.WorkspaceImage) -> None:
        states = enums.WorkspaceImageState
        owner = self._mapped_account(image.owner_account_id) or self.store.account_id
        stored = replace(image, owner_account_id=owner, state=image.state or states.AVAILABLE)
        is_linux = image.operating_system is not None and image.operating_system.type == enums.OperatingSystemType.LINUX
        systems = enums.OperatingSystemName
        record = ImageRecord(described=stored, system=systems.UBUNTU_22_04 if is_linux else systems.WINDOWS_10)
        if stored.state == states.PENDING:
            record.change = (self._now + self._durations.create_image, states.AVAILABLE)
        if owner != self.store.account_id:
            record.shared_with.append(self.store.account_id)
        self._account_store(owner).images[image.image_id or ""] = record

    def _put_alias(self, alias: s.ConnectionAlias) -> None:
        states = enums.ConnectionAliasState
        owner = self._mapped_account(alias.owner_account_id) or self.store.account_id
        stored = replace(alias, owner_account_id=owner, state=alias.state or states.CREATED, associations=[])
        record = AliasRecord(described=stored, association=next(iter(alias.associations), None))
        if stored.state in (states.CREATING, states.DELETING):
            next_state = states.CREATED if stored.state == states.CREATING else None
            record.change = (self._now + self._durations.change_alias, next_state)
        record.shared_with = None if owner == self.store.account_id else self.store.account_id
        store = self._account_store(owner)
        store.aliases[alias.alias_id or ""] = record
        store.connection_strings.add(alias.connection_string or "")

    def _put_pool(self, pool: s.WorkspacesPool) -> None:
        state = pool.state or enums.WorkspacesPoolState.STOPPED
        stored = replace(
            pool,
            state=state,
            directory_id=self._ensure_directory(pool.directory_id, enums.WorkspaceType.POOLS),
            bundle_id=self._ensure_bundle(pool.bundle_id),
        )
        record = PoolRecord(described=stored, desired_sessions=pool.capacity_status.desired_user_sessions)
        if state in _POOL_TRANSITIONS:
            duration, next_state = _POOL_TRANSITIONS[state]
            record.change = (self._time_after(duration), next_state)
        self.store.pools[pool.pool_id or ""] = record

    def _put_workspace(self, workspace: s.Workspace) -> None:
        members = _present_members(workspace)
        properties = workspace.workspace_properties
        request = s.WorkspaceRequest(
            directory_id=self._ensure_directory(
                workspace.directory_id or self.directory_id, enums.WorkspaceType.PERSONAL
            ),
            user_name=workspace.user_name or f"user-of-{workspace.workspace_id}",
            bundle_id=self._ensure_bundle(workspace.bundle_id or self.bundle_id, properties),
            workspace_properties=properties,
        )
        record = new_workspace(self.store, request)
        del self.store.workspaces[record.workspace.workspace_id or ""]
        state = workspace.state or WorkspaceState.AVAILABLE
        record.arrived = replace(record.arrived, **members)
        record.workspace = replace(record.workspace if state in _UNPROVISIONED_STATES else record.arrived, **members)
        record.set_state(state, self._now)
        self._schedule_transition(record, state)
        self.store.workspaces[workspace.workspace_id or ""] = record

    def _schedule_transition(self, record: WorkspaceRecord, state: WorkspaceState) -> None:
        """Schedule the end of a transitional state and of a pending modification."""
        record.ready_at = None if state == WorkspaceState.PENDING else self._now - INITIAL_AGE
        if state in _TRANSITIONS:
            duration, next_state = _TRANSITIONS[state]
            record.change = StateChange(self._time_after(duration), next_state)
        modifications = record.workspace.modification_states
        if modifications and not is_absent(record.workspace.workspace_properties):
            resource = modifications[0].resource or enums.ModificationResourceEnum.COMPUTE_TYPE
            at = self._time_after("change_compute")
            record.modification = Modification(at, resource, record.workspace.workspace_properties)

    def _put_statuses_and_tags(self) -> None:
        for status in self.inventory.workspaces_connection_status:
            record = self.store.workspaces[status.workspace_id or ""]
            record.is_connected = status.connection_state == enums.ConnectionState.CONNECTED
            record.last_connected_at = status.last_known_user_connection_timestamp
        for resource_id, tags in self.inventory.tags.items():
            self.store.tags[resource_id] = {tag.key or "": tag.value or "" for tag in tags}

    def _ensure_directory(self, directory_id: str | None, workspace_type: enums.WorkspaceType) -> str:
        """Return the id of a directory; create the directory if the store does not have it."""
        resolved_id = directory_id or self.directory_id
        if resolved_id not in self.store.directories:
            request = s.RegisterWorkspaceDirectoryRequest(workspace_type=workspace_type)
            directory = new_directory(self.store.account_id, resolved_id, request)
            self.store.directories[resolved_id] = DirectoryRecord(directory=directory)
        return resolved_id

    def _ensure_bundle(self, bundle_id: str | None, properties: s.WorkspaceProperties | None = None) -> str:
        """Return the id of a bundle; create a missing one, as AWS's, with the properties of its WorkSpace."""
        resolved_id, like = bundle_id or self.bundle_id, properties or s.WorkspaceProperties()
        if resolved_id not in self.store.bundles:
            bundle = new_bundle(
                resolved_id,
                owner=AMAZON,
                compute=like.compute_type_name or enums.Compute.STANDARD,
                root_gib=like.root_volume_size_gib or 80,
                user_gib=like.user_volume_size_gib or 50,
                now=self._now,
            )
            self.store.bundles[resolved_id] = replace(bundle, bundle_id=resolved_id)
        return resolved_id

    def _time_after(self, duration: str) -> datetime:
        length: timedelta = getattr(self._durations, duration)
        return self._now + length

    def _mapped_account(self, account_id: str | None) -> str | None:
        """Map an account id of the inventory: the inventory's own account becomes the store's account."""
        return self.store.account_id if account_id == self.inventory.owner else account_id

    def _account_store(self, account_id: str) -> Store:
        return self.world.store(account_id, self.store.region)


def _present_members(resource: Structure) -> dict[str, object]:
    """Return the members that are set in a resource."""
    members = ((name, member_value(resource, name)) for name in resource.__struct_fields__)
    return {name: value for name, value in members if value is not None and value != []}


def _exists(store: Store, resource_id: str) -> bool:
    tables = (
        store.workspaces,
        store.directories,
        store.bundles,
        store.images,
        store.ip_groups,
        store.aliases,
        store.pools,
        store.applications,
    )
    return any(resource_id in table for table in tables)
