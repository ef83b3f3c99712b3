"""Finding what a request names, or the error that says why it cannot be used."""

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
_LARGEST = 2000
_SMALLEST_LARGE_ROOT = 175
_SMALLEST_LARGE_USER = 100
_STEP_MINUTES = 60


def is_volume_pair(root: int | None, user: int | None) -> bool:
    """Whether a WorkSpace may have a root and a user volume of these sizes, in GiB."""
    large = root is not None and _SMALLEST_LARGE_ROOT <= root <= _LARGEST
    return (root, user) in _FIXED_PAIRS or (large and user is not None and _SMALLEST_LARGE_USER <= user <= _LARGEST)


def is_auto_stop_timeout(minutes: int) -> bool:
    """Whether a WorkSpace may stop by itself after that time: steps of an hour."""
    return minutes > 0 and minutes % _STEP_MINUTES == 0


def volume_size_gib(storage: RootStorage | UserStorage | None) -> int | None:
    """Return a bundle's volume size in GiB, which AWS gives as a text."""
    return int(storage.capacity) if storage and storage.capacity else None


def list_installations(store: Store, resource_id: str) -> list[Installation]:
    """Return what a WorkSpace, image or bundle has, in the order of the applications' ids."""
    return [store.installations[key] for key in sorted(store.installations) if key[0] == resource_id]


def copy_installations(
    source: Store,
    source_id: str,
    target: Store,
    target_id: str,
    kind: enums.ApplicationAssociatedResourceType,
    now: datetime,
) -> None:
    """Give what is installed on one resource to another that is made from it, as far as its account knows it."""
    for installed in list_installations(source, source_id):
        application_id = installed.application_id
        if installed.state is enums.AssociationState.COMPLETED and application_id in target.applications:
            target.installations[target_id, application_id] = replace(
                installed, resource_id=target_id, kind=kind, created=now, updated=now, due=None
            )


_AMAZON_SYSTEMS = {
    "Windows 10": enums.OperatingSystemName.WINDOWS_10,
    "Ubuntu 22.04": enums.OperatingSystemName.UBUNTU_22_04,
}
"""Operating systems, as the names of AWS's bundles end."""


def not_found(what: str, resource_id: str) -> ResourceNotFoundException:
    """Return the error for something that is not there: a WorkSpace, say, or an image."""
    return ResourceNotFoundException(f"The specified {what} could not be found.", details={"ResourceId": resource_id})


def usable_directory(store: Store, directory_id: str) -> DirectoryRecord:
    """Return the directory of that id; one that comes or goes cannot be set up."""
    record = store.directories.get(directory_id)
    if record is None:
        raise not_found("directory", directory_id)
    if record.directory.state is not enums.WorkspaceDirectoryState.REGISTERED:
        raise OperationNotSupportedException(f"The directory is {record.directory.state}.")
    return record


def check_directory_exists(store: Store, directory_id: str) -> None:
    """Raise ResourceNotFoundException where WorkSpaces does not know the directory."""
    if directory_id not in store.directories:
        raise not_found("directory", directory_id)


def owned_image(store: Store, image_id: str) -> ImageRecord:
    """Return the account's own image of that id."""
    record = store.images.get(image_id)
    if record is None:
        raise not_found("image", image_id)
    return record


def operating_system(store: Store, bundle: s.WorkspaceBundle) -> enums.OperatingSystemName:
    """Return what WorkSpaces from a bundle run: what its image does; AWS's bundles say it in their names."""
    image = store.images.get(bundle.image_id or "")
    if image is not None:
        return image.system
    _, _, named = (bundle.name or "").rpartition(" with ")
    return _AMAZON_SYSTEMS.get(named, enums.OperatingSystemName.WINDOWS_10)


def is_windows(system: enums.OperatingSystemName | None) -> bool:
    """Whether an operating system is a Windows."""
    return system is None or system.startswith("WINDOWS")


def is_byol(store: Store, bundle_id: str | None) -> bool:
    """Whether WorkSpaces from a bundle run on the account's own licenses."""
    bundle = store.bundles.get(bundle_id or "")
    image = store.images.get((bundle and bundle.image_id) or "")
    return image is not None and image.described.required_tenancy is enums.WorkspaceImageRequiredTenancy.DEDICATED
