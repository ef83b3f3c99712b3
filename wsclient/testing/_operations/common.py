"""Lookups and checks that several operations share: volumes, timeouts, directories, images, installations."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from wsclient._generated.workspaces import enums
from wsclient._generated.workspaces.errors import OperationNotSupportedException, ResourceNotFoundException

if TYPE_CHECKING:
    from datetime import datetime

    from wsclient._generated.workspaces import structures as s
    from wsclient._generated.workspaces.structures import RootStorage, UserStorage
    from wsclient.testing._state.records import ImageRecord, Installation
    from wsclient.testing._state.store import DirectoryRecord, Store


_FIXED_PAIRS = {(80, 10), (80, 50), (80, 100)}
_MAX_VOLUME_GIB = 2000
_MIN_LARGE_ROOT_GIB = 175
_MIN_LARGE_USER_GIB = 100
_STEP_MINUTES = 60


def is_volume_pair(root: int | None, user: int | None) -> bool:
    """Return whether a WorkSpace can have root and user volumes of these sizes, in GiB.

    "Modify a WorkSpace", https://docs.aws.amazon.com/workspaces/latest/adminguide/modify-workspaces.html
    """
    is_large_root = root is not None and _MIN_LARGE_ROOT_GIB <= root <= _MAX_VOLUME_GIB
    return (root, user) in _FIXED_PAIRS or (
        is_large_root and user is not None and _MIN_LARGE_USER_GIB <= user <= _MAX_VOLUME_GIB
    )


def is_auto_stop_timeout(minutes: int) -> bool:
    """Return whether an auto-stop timeout is valid: a positive multiple of 60 minutes."""
    return minutes > 0 and minutes % _STEP_MINUTES == 0


def volume_size_gib(storage: RootStorage | UserStorage | None) -> int | None:
    """Return the size of a bundle's volume in GiB; AWS represents it as a string."""
    return int(storage.capacity) if storage and storage.capacity else None


def list_installations(store: Store, resource_id: str) -> list[Installation]:
    """Return the applications of a WorkSpace, image or bundle, in the order of their ids."""
    return [store.installations[key] for key in sorted(store.installations) if key[0] == resource_id]


def copy_installations(
    source: Store,
    source_id: str,
    target: Store,
    target_id: str,
    target_type: enums.ApplicationAssociatedResourceType,
    now: datetime,
) -> None:
    """Copy the installed applications of a resource to a resource created from it.

    Applications that the target's account does not have are left out.
    """
    for installed in list_installations(source, source_id):
        application_id = installed.application_id
        if installed.state == enums.AssociationState.COMPLETED and application_id in target.applications:
            target.installations[target_id, application_id] = replace(
                installed, resource_id=target_id, kind=target_type, created=now, updated=now, due=None
            )


_AMAZON_SYSTEMS = {
    "Windows 10": enums.OperatingSystemName.WINDOWS_10,
    "Ubuntu 22.04": enums.OperatingSystemName.UBUNTU_22_04,
}
"""Operating systems, by the last words in the names of AWS's bundles."""


def not_found(resource_type: str, resource_id: str) -> ResourceNotFoundException:
    """Return the error for a resource that does not exist."""
    return ResourceNotFoundException(
        f"The specified {resource_type} could not be found.", details={"ResourceId": resource_id}
    )


def usable_directory(store: Store, directory_id: str) -> DirectoryRecord:
    """Return the registered directory of an id.

    Raises ResourceNotFoundException if it does not exist, OperationNotSupportedException in another state.
    """
    record = store.directories.get(directory_id)
    if record is None:
        raise not_found("directory", directory_id)
    if record.directory.state != enums.WorkspaceDirectoryState.REGISTERED:
        raise OperationNotSupportedException(f"The directory is {record.directory.state}.")
    return record


def check_directory_exists(store: Store, directory_id: str) -> None:
    """Raise ResourceNotFoundException if the directory is not known to WorkSpaces, in whatever state."""
    if directory_id not in store.directories:
        raise not_found("directory", directory_id)


def owned_image(store: Store, image_id: str) -> ImageRecord:
    """Return the account's own image of an id. Raises ResourceNotFoundException."""
    record = store.images.get(image_id)
    if record is None:
        raise not_found("image", image_id)
    return record


def operating_system(store: Store, bundle: s.WorkspaceBundle) -> enums.OperatingSystemName:
    """Return the operating system of a bundle: that of its image, or for AWS's bundles the one in the name."""
    image = store.images.get(bundle.image_id or "")
    if image is not None:
        return image.system
    _, _, suffix = (bundle.name or "").rpartition(" with ")
    return _AMAZON_SYSTEMS.get(suffix, enums.OperatingSystemName.WINDOWS_10)


def is_windows(system: enums.OperatingSystemName | None) -> bool:
    """Return whether an operating system is Windows, the default."""
    return system is None or system.startswith("WINDOWS")


def is_byol(store: Store, bundle_id: str | None) -> bool:
    """Return whether a bundle uses the account's own licenses (BYOL)."""
    bundle = store.bundles.get(bundle_id or "")
    image = store.images.get((bundle and bundle.image_id) or "")
    return image is not None and image.described.required_tenancy == enums.WorkspaceImageRequiredTenancy.DEDICATED
