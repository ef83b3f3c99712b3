"""Resource seeding: adds resources to an emulator without API calls."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from msgspec.structs import replace

from wsclient._core.clock import new_id
from wsclient._core.errors import ConfigurationError
from wsclient._core.model.enums import OpenEnum
from wsclient._generated.workspaces import enums
from wsclient._generated.workspaces import structures as s
from wsclient._generated.workspaces.enums import Compute, OperatingSystemName, RunningMode, WorkspaceState
from wsclient.testing._operations.bundles import new_bundle
from wsclient.testing._operations.common import is_windows
from wsclient.testing._operations.directories import new_directory
from wsclient.testing._operations.images import new_image
from wsclient.testing._operations.workspaces import new_workspace, private_address
from wsclient.testing._state import ids as _ids
from wsclient.testing._state.enum_texts import member_of
from wsclient.testing._state.records import ApplicationRecord, ImageRecord
from wsclient.testing._state.store import AMAZON, DirectoryRecord

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wsclient._generated.workspaces.enums import (
        ComputeText,
        OperatingSystemNameText,
        RunningModeText,
        WorkSpaceApplicationStateText,
        WorkspaceStateText,
        WorkspaceTypeText,
    )
    from wsclient.testing._state.emulator_state import EmulatorState
    from wsclient.testing._state.store import Store, WorkspaceRecord

EnumT = TypeVar("EnumT", bound=OpenEnum)
_AMAZON_BUNDLES = (
    ("Standard with Windows 10", Compute.STANDARD, 80, 50),
    ("Value with Windows 10", Compute.VALUE, 80, 10),
    ("Performance with Windows 10", Compute.PERFORMANCE, 80, 100),
    ("Power with Windows 10", Compute.POWER, 175, 100),
    ("Standard with Ubuntu 22.04", Compute.STANDARD, 80, 50),
)
"""Name, compute type, and root and user volume size in GiB of the emulated AWS bundles."""
INITIAL_AGE = timedelta(days=1)
"""Age of seeded WorkSpaces: old enough to have snapshots."""


class Seeder:
    """Factory of seeded resources, with a default account and region."""

    def __init__(self, world: EmulatorState, account_id: str, region: str) -> None:
        self._world = world
        self._account_id = account_id
        self._region = region
        self.users = 0

    def store(self, account_id: str | None = None, region: str | None = None) -> Store:
        """Return the store of an account and region; the caller holds the lock. Raises ConfigurationError."""
        if region is not None and region not in self._world.regions:
            raise ConfigurationError(f"Emulator: region {region} is not served; add it to other_regions")
        return self._world.store(account_id or self._account_id, region or self._region)

    def add_amazon_bundles(self) -> str:
        """Add AWS's bundles in every region and return the id of the first bundle of the default region."""
        now = self._world.clock.now()
        for region in self._world.regions:
            bundles = [
                new_bundle(name, owner=AMAZON, compute=compute, root_gib=root, user_gib=user, now=now)
                for name, compute, root, user in _AMAZON_BUNDLES
            ]
            self._world.amazon_bundles[region] = {bundle.bundle_id or "": bundle for bundle in bundles}
        return next(iter(self._world.amazon_bundles[self._region]))

    def add_image(self, name: str, *, system: OperatingSystemNameText) -> str:
        """Add an AVAILABLE image of the account and return its id."""
        system = member_of(OperatingSystemName, system, "operating_system")
        with self._world.lock:
            store = self.store()
            system_type = enums.OperatingSystemType.WINDOWS if is_windows(system) else enums.OperatingSystemType.LINUX
            image = replace(
                new_image(store.account_id, name, name, self._world.clock.now()),
                operating_system=s.OperatingSystem(type=system_type),
            )
            image_id = image.image_id or ""
            store.images[image_id] = ImageRecord(described=image, system=system)
        return image_id

    def add_bundle(self, name: str) -> str:
        """Add a custom bundle of the account, and its image, and return the id of the bundle."""
        image_id = self.add_image(name, system=OperatingSystemName.WINDOWS_10)
        bundle = new_bundle(
            name,
            owner=self._account_id,
            compute=Compute.STANDARD,
            root_gib=80,
            user_gib=50,
            now=self._world.clock.now(),
            image_id=image_id,
        )
        bundle_id = bundle.bundle_id or ""
        with self._world.lock:
            self.store().bundles[bundle_id] = bundle
        return bundle_id

    def add_directory(
        self,
        *,
        registered: bool,
        workspace_type: WorkspaceTypeText,
        account_id: str | None = None,
        region: str | None = None,
    ) -> str:
        """Add a directory, registered or available for registration, and return its id."""
        workspace_type = member_of(enums.WorkspaceType, workspace_type, "kind")
        directory_id = _ids.directory_id()
        with self._world.lock:
            store = self.store(account_id, region)
            if registered:
                directory = new_directory(
                    store.account_id, directory_id, s.RegisterWorkspaceDirectoryRequest(workspace_type=workspace_type)
                )
                store.directories[directory_id] = DirectoryRecord(directory=directory)
            else:
                store.unregistered.add(directory_id)
        return directory_id

    def add_application(
        self,
        name: str,
        *,
        compute_types: Sequence[ComputeText],
        operating_systems: Sequence[OperatingSystemNameText],
        state: WorkSpaceApplicationStateText,
        excludes: Sequence[str],
    ) -> str:
        """Add an application owned by AWS and return its id."""
        application_id = _ids.resource_id("wsa")
        application = s.WorkSpaceApplication(
            application_id=application_id,
            created=self._world.clock.now(),
            description=name,
            license_type=enums.WorkSpaceApplicationLicenseType.LICENSED,
            name=name,
            owner=AMAZON,
            state=member_of(enums.WorkSpaceApplicationState, state, "state"),
            supported_compute_type_names=[
                member_of(Compute, value, "compute type") for value in _listed(compute_types)
            ],
            supported_operating_system_names=[
                member_of(OperatingSystemName, value, "operating system") for value in _listed(operating_systems)
            ],
        )
        with self._world.lock:
            self.store().applications[application_id] = ApplicationRecord(
                application=application, excludes=frozenset(excludes)
            )
        return application_id

    def add_ec2_image(self) -> str:
        """Add an EC2 image (AMI) and return its id."""
        image_id = _ids.hex_id("ami", 17)
        with self._world.lock:
            self.store().ec2_images.add(image_id)
        return image_id

    def allow_byol(self, account_id: str | None) -> None:
        """Enable BYOL for an account in every region."""
        with self._world.lock:
            for region in self._world.regions:
                self.store(account_id, region).byol.is_allowed = True

    def add_pool_session(self, pool_id: str, user_id: str) -> str:
        """Connect a user to a RUNNING pool with a free session and return the session id."""
        with self._world.lock:
            store, now = self.store(), self._world.clock.now()
            record = store.pools.get(pool_id)
            active = sum(session.pool_id == pool_id for session in store.pool_sessions.values())
            is_running = record is not None and record.described.state == enums.WorkspacesPoolState.RUNNING
            if record is None or not is_running or active >= record.desired_sessions:
                raise ConfigurationError(
                    f"Emulator.add_pool_session: pool {pool_id} does not exist, is not RUNNING or has no free session"
                )
            timeouts = record.described.timeout_settings or s.TimeoutSettings()
            store.addresses_given += 1
            session = s.WorkspacesPoolSession(
                authentication_type=enums.AuthenticationType.SAML,
                connection_state=enums.SessionConnectionState.CONNECTED,
                session_id=new_id(),
                instance_id=_ids.hex_id("i", 17),
                pool_id=pool_id,
                start_time=now,
                expiration_time=now + timedelta(seconds=timeouts.max_user_duration_in_seconds or 0),
                network_access_configuration=s.NetworkAccessConfiguration(
                    eni_private_ip_address=private_address(store.addresses_given), eni_id=_ids.hex_id("eni", 17)
                ),
                user_id=user_id,
            )
            store.pool_sessions[session.session_id or ""] = session
        return session.session_id or ""

    def add_workspaces(
        self,
        count: int,
        place: tuple[str, str],
        *,
        directory_id: str | None,
        bundle_id: str | None,
        running_mode: RunningModeText,
        state: WorkspaceStateText,
    ) -> list[str]:
        """Add WorkSpaces in a state to an account and region, each for a new user, and return their ids.

        Without directory_id or bundle_id, in the first directory, which is added if there is none, and of AWS's first
        bundle.
        """
        account_id, region = place
        mode, state = member_of(RunningMode, running_mode, "running_mode"), member_of(WorkspaceState, state, "state")
        with self._world.lock:
            store = self.store(account_id, region)
            directory_id = (
                directory_id
                or next(iter(store.directories), None)
                or self.add_directory(
                    registered=True,
                    workspace_type=enums.WorkspaceType.PERSONAL,
                    account_id=account_id,
                    region=region,
                )
            )
            bundle_id = bundle_id or next(iter(self._world.amazon_bundles[region]))
            if directory_id not in store.directories or bundle_id not in store.bundles:
                raise ConfigurationError(
                    f"Emulator.add_workspaces: unknown directory {directory_id} or bundle {bundle_id}"
                )
            return [self._add_workspace(store, directory_id, bundle_id, mode, state) for _ in range(count)]

    def _add_workspace(
        self, store: Store, directory_id: str, bundle_id: str, mode: RunningMode, state: WorkspaceState
    ) -> str:
        self.users += 1
        request = s.WorkspaceRequest(
            directory_id=directory_id,
            user_name=f"user-{self.users:04}",
            bundle_id=bundle_id,
            workspace_properties=s.WorkspaceProperties(running_mode=mode),
        )
        record = new_workspace(store, request)
        record.workspace, record.ready_at = record.arrived, self._world.clock.now() - INITIAL_AGE
        record.set_state(state, self._world.clock.now())
        return record.workspace.workspace_id or ""

    def workspace(self, workspace_id: str) -> WorkspaceRecord:
        """Return a WorkSpace; the caller holds the lock. Raises ConfigurationError for an unknown id."""
        record = self.store().workspaces.get(workspace_id)
        if record is None:
            raise ConfigurationError(f"Emulator: unknown WorkSpace {workspace_id}")
        return record

    def connect(self, workspace_id: str, *, is_connected: bool) -> None:
        """Connect or disconnect the user of a WorkSpace."""
        with self._world.lock:
            record = self.workspace(workspace_id)
            if is_connected and record.workspace.state != WorkspaceState.AVAILABLE:
                raise ConfigurationError(
                    f"Emulator.connect_user: WorkSpace {workspace_id} is {record.workspace.state}, not AVAILABLE"
                )
            record.is_connected = is_connected
            record.last_connected_at = self._world.clock.now() if is_connected else record.last_connected_at


def _listed(values: Sequence[EnumT | str]) -> Sequence[EnumT | str]:
    """Return the values; one text stands for itself, not for its characters."""
    return [values] if isinstance(values, str) else values
