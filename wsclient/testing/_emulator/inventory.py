"""What an account has in a region, as a file: saved from a real account or written by hand, and put into an emulator.

The format, version 1, is a JSON object with these members, all but the first two optional:

    "Format": "wsclient-inventory", "Version": 1
    "AccountId", "Region"        where it was saved: an emulator that begins with it is of that account and region
    "Workspaces"                 as DescribeWorkspaces lists them
    "Directories"                DescribeWorkspaceDirectories
    "Bundles"                    DescribeWorkspaceBundles
    "Images"                     DescribeWorkspaceImages
    "IpGroups"                   DescribeIpGroups
    "ConnectionAliases"          DescribeConnectionAliases
    "WorkspacesPools"            DescribeWorkspacesPools
    "Applications"               DescribeApplications
    "WorkspacesConnectionStatus" DescribeWorkspacesConnectionStatus
    "Tags"                       by resource id, as DescribeTags lists them: {"ws-…": [{"Key": "…", "Value": "…"}]}

Resources have AWS's names, as to_dict() of wsclient, boto3 and the AWS CLI have them: times in ISO 8601 with a zone, or
in seconds since 1970. Members newer than the model are ignored, null is absent. Each resource needs its id. What a
WorkSpace needs besides may be left out: it is AVAILABLE then, in the emulator's directory, from its bundle, with that
bundle's properties. Directories and bundles that are named and not listed are made up. What is under way (PENDING,
STOPPING, …) goes on, and takes its time from when it is put in.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Self

import msgspec

from wsclient._core.errors import CredentialsError, ServiceError, TransportError
from wsclient._core.model.structures import drop_nulls
from wsclient._generated.workspaces import structures as s  # noqa: TC001 - msgspec looks at the annotations
from wsclient.testing._files import (
    FileFormatError,
    PathLike,
    converted,
    members_of_document,
    read_document,
    write_document,
)
from wsclient.testing._state.store import AMAZON

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from wsclient._core.model.structures import Structure
    from wsclient.workspaces._client import WorkSpacesClient

FORMAT, VERSION = "wsclient-inventory", 1
IDS: Mapping[str, str] = {
    "workspaces": "workspace_id",
    "directories": "directory_id",
    "bundles": "bundle_id",
    "images": "image_id",
    "ip_groups": "group_id",
    "connection_aliases": "alias_id",
    "workspaces_pools": "pool_id",
    "applications": "application_id",
}
"""Kinds of resources that have ids, and what members these are."""
_TAGGED = ("workspaces", "directories", "bundles", "images", "ip_groups", "connection_aliases", "workspaces_pools")


class Inventory(msgspec.Struct, frozen=True, kw_only=True, rename="pascal", omit_defaults=True):
    """What an account has in a region, in AWS's own structures; see this module for the format of its file."""

    account_id: str | None = None
    region: str | None = None
    workspaces: list[s.Workspace] = []
    directories: list[s.WorkspaceDirectory] = []
    bundles: list[s.WorkspaceBundle] = []
    images: list[s.WorkspaceImage] = []
    ip_groups: list[s.WorkspacesIpGroup] = []
    connection_aliases: list[s.ConnectionAlias] = []
    workspaces_pools: list[s.WorkspacesPool] = []
    applications: list[s.WorkSpaceApplication] = []
    workspaces_connection_status: list[s.WorkspaceConnectionStatus] = []
    tags: dict[str, list[s.Tag]] = {}

    @classmethod
    def load(cls, path: PathLike) -> Self:
        """Read a file; raises FileFormatError, which says where it is wrong."""
        try:
            return cls._of_members(read_document(path, FORMAT, VERSION))
        except FileFormatError as error:
            raise error if error.file else error.of(path) from None

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Build an inventory from what a file of this format holds, Format and Version included."""
        return cls._of_members(members_of_document(data, FORMAT, VERSION))

    @classmethod
    async def of(cls, client: WorkSpacesClient, *, tags: bool = True) -> Self:
        """List everything that a client's account has in its region, at the client's pace.

        Tags take a call for each resource; tags=False leaves them out. Reads, and changes nothing.
        """
        own = await client.describe_workspace_bundles().collect()
        found = cls(
            account_id=await _account_of(client),
            region=client.endpoint.signing_region,
            workspaces=await client.describe_workspaces().collect(),
            directories=await client.describe_workspace_directories().collect(),
            bundles=[*own, *await client.describe_workspace_bundles(owner=AMAZON).collect()],
            images=await client.describe_workspace_images().collect(),
            ip_groups=await client.describe_ip_groups().collect(),
            connection_aliases=await client.describe_connection_aliases().collect(),
            workspaces_pools=await client.describe_workspaces_pools().collect(),
            applications=await client.describe_applications().collect(),
            workspaces_connection_status=await client.describe_workspaces_connection_status().collect(),
        )
        return msgspec.structs.replace(found, tags=await _tags_of(client, found)) if tags else found

    def save(self, path: PathLike) -> None:
        """Write a file; what it holds of the account can be read by everybody who can read the file."""
        write_document(path, FORMAT, VERSION, msgspec.to_builtins(self))

    def to_dict(self) -> dict[str, object]:
        """Return what a file holds."""
        return {"Format": FORMAT, "Version": VERSION, **msgspec.to_builtins(self)}

    @property
    def owner(self) -> str | None:
        """The account that it was saved from, as far as can be told."""
        owners = [bundle.owner for bundle in self.bundles if bundle.owner != AMAZON]
        return next(filter(None, [self.account_id, *owners]), None)

    @classmethod
    def _of_members(cls, members: Mapping[str, object]) -> Self:
        for name in members:
            if name not in cls.__struct_encode_fields__:
                raise FileFormatError(
                    f"there is no such part; there are {', '.join(cls.__struct_encode_fields__)}", where=name
                )
        inventory = converted(drop_nulls(members), cls)
        _check_ids(inventory)
        return inventory


def part_names() -> Mapping[str, str]:
    """Return the names in a file of an inventory's fields."""
    return dict(zip(Inventory.__struct_fields__, Inventory.__struct_encode_fields__, strict=True))


def resources(inventory: Inventory) -> Iterator[tuple[str, str, Structure]]:
    """Yield every resource that has an id: where it stands, its id, and itself."""
    names = part_names()
    for field, member in IDS.items():
        listed: Sequence[Structure] = getattr(inventory, field)
        for number, resource in enumerate(listed):
            yield f"{names[field]}[{number}]", getattr(resource, member) or "", resource


def _check_ids(inventory: Inventory) -> None:
    seen = dict[str, str]()
    for where, resource_id, resource in resources(inventory):
        if not resource_id:
            raise FileFormatError(f"the {type(resource).__name__} has no id", where=where)
        if resource_id in seen:
            raise FileFormatError(f"{resource_id} is at {seen[resource_id]} already", where=where)
        seen[resource_id] = where


async def _account_of(client: WorkSpacesClient) -> str | None:
    """Return the client's account, None where STS does not tell: the listings often do."""
    try:
        return (await client.whoami()).account_id
    except (CredentialsError, ServiceError, TransportError):
        return None


async def _tags_of(client: WorkSpacesClient, inventory: Inventory) -> dict[str, list[s.Tag]]:
    ids = [
        getattr(resource, IDS[field])
        for field in _TAGGED
        for resource in getattr(inventory, field)
        if getattr(resource, "owner", None) != AMAZON
    ]
    found = await asyncio.gather(*(_tags_of_one(client, resource_id) for resource_id in ids))
    return {resource_id: tags for resource_id, tags in zip(ids, found, strict=True) if tags}


async def _tags_of_one(client: WorkSpacesClient, resource_id: str) -> list[s.Tag]:
    try:
        return (await client.describe_tags(resource_id=resource_id)).tag_list
    except ServiceError as error:
        if error.code != "ResourceNotFoundException":
            raise
        # It went between the listing and this call, or cannot be tagged.
        return []
