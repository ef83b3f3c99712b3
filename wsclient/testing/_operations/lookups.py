"""Finding what a request names, or the error that says why it cannot be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient._generated.workspaces import enums
from wsclient._generated.workspaces.errors import OperationNotSupportedException, ResourceNotFoundException

if TYPE_CHECKING:
    from wsclient._generated.workspaces import structures as s
    from wsclient.testing._records import ImageRecord
    from wsclient.testing._store import DirectoryRecord, Store

_AMAZON_SYSTEMS = {
    "Windows 10": enums.OperatingSystemName.WINDOWS_10,
    "Ubuntu 22.04": enums.OperatingSystemName.UBUNTU_22_04,
}
"""Operating systems, as the names of AWS's bundles end."""


def missing(what: str, resource_id: str) -> ResourceNotFoundException:
    """Return the error for something that is not there: a WorkSpace, say, or an image."""
    return ResourceNotFoundException(f"The specified {what} could not be found.", details={"ResourceId": resource_id})


def usable_directory(store: Store, directory_id: str) -> DirectoryRecord:
    """Return the directory of that id; one that comes or goes cannot be set up."""
    record = store.directories.get(directory_id)
    if record is None:
        raise missing("directory", directory_id)
    if record.directory.state is not enums.WorkspaceDirectoryState.REGISTERED:
        raise OperationNotSupportedException(f"The directory is {record.directory.state}.")
    return record


def known_directory(store: Store, directory_id: str) -> None:
    """Raise ResourceNotFoundException where WorkSpaces does not know the directory."""
    if directory_id not in store.directories:
        raise missing("directory", directory_id)


def owned_image(store: Store, image_id: str) -> ImageRecord:
    """Return the account's own image of that id."""
    record = store.images.get(image_id)
    if record is None:
        raise missing("image", image_id)
    return record


def system_of(store: Store, bundle: s.WorkspaceBundle) -> enums.OperatingSystemName:
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
