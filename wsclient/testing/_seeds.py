"""Puts into an emulator what is there without having been called for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from wsclient._errors import ConfigurationError
from wsclient._generated.workspaces.enums import Compute, RunningMode, WorkspaceState
from wsclient._generated.workspaces.structures import (
    RegisterWorkspaceDirectoryRequest,
    WorkspaceProperties,
    WorkspaceRequest,
)
from wsclient.testing import _ids
from wsclient.testing._operations.bundles import new_bundle
from wsclient.testing._operations.directories import new_directory
from wsclient.testing._operations.workspaces import new_workspace
from wsclient.testing._store import AMAZON, DirectoryRecord

if TYPE_CHECKING:
    from wsclient._generated.workspaces.structures import WorkspaceBundle
    from wsclient.testing._world import World

_AMAZON_BUNDLES = (
    ("Standard with Windows 10", Compute.STANDARD, 80, 50),
    ("Value with Windows 10", Compute.VALUE, 80, 10),
    ("Performance with Windows 10", Compute.PERFORMANCE, 80, 100),
    ("Power with Windows 10", Compute.POWER, 175, 100),
    ("Standard with Ubuntu 22.04", Compute.STANDARD, 80, 50),
)
"""Name, compute type, root and user volume in GiB of some of AWS's own bundles."""


class Seeds:
    """Adds resources to one account in one region of a world."""

    def __init__(self, world: World, account_id: str, region: str) -> None:
        self._world = world
        self._account_id = account_id
        self._region = region
        self._users = 0

    def add_amazon_bundles(self) -> str:
        """Add AWS's own bundles to every region, for every account, and return the id of the first one here."""
        now = self._world.clock.now()
        for region in self._world.regions:
            bundles = [
                new_bundle(name, owner=AMAZON, compute=compute, root_gib=root, user_gib=user, now=now)
                for name, compute, root, user in _AMAZON_BUNDLES
            ]
            self._world.amazon_bundles[region] = {bundle.bundle_id or "": bundle for bundle in bundles}
        return next(iter(self._world.amazon_bundles[self._region]))

    def add_bundle(self, name: str) -> str:
        """Add a bundle of the account."""
        now = self._world.clock.now()
        return self._keep(
            new_bundle(name, owner=self._account_id, compute=Compute.STANDARD, root_gib=80, user_gib=50, now=now)
        )

    def add_directory(self, *, registered: bool) -> str:
        """Add a directory, registered or there to be registered."""
        directory_id = _ids.directory_id()
        with self._world.lock:
            store = self._world.store(self._account_id, self._region)
            if registered:
                directory = new_directory(directory_id, RegisterWorkspaceDirectoryRequest())
                store.directories[directory_id] = DirectoryRecord(directory=directory)
            else:
                store.unregistered.add(directory_id)
        return directory_id

    def add_workspaces(
        self, count: int, *, directory_id: str, bundle_id: str, running_mode: RunningMode, state: WorkspaceState
    ) -> list[str]:
        """Add WorkSpaces of users of their own, in a state."""
        with self._world.lock:
            store = self._world.store(self._account_id, self._region)
            if directory_id not in store.directories or bundle_id not in store.bundles:
                raise ConfigurationError("Emulator.add_workspaces: there is no such directory, or no such bundle")
            return [self._add_workspace(directory_id, bundle_id, running_mode, state) for _ in range(count)]

    def _add_workspace(self, directory_id: str, bundle_id: str, mode: RunningMode, state: WorkspaceState) -> str:
        self._users += 1
        request = WorkspaceRequest(
            directory_id=directory_id,
            user_name=f"user-{self._users:04}",
            bundle_id=bundle_id,
            workspace_properties=WorkspaceProperties(running_mode=mode),
        )
        record = new_workspace(self._world.store(self._account_id, self._region), request)
        record.workspace = replace(record.arrived, state=state)
        return record.workspace.workspace_id or ""

    def _keep(self, bundle: WorkspaceBundle) -> str:
        bundle_id = bundle.bundle_id or ""
        with self._world.lock:
            self._world.store(self._account_id, self._region).bundles[bundle_id] = bundle
        return bundle_id
