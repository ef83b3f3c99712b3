"""Inventory of an account's resources in a region, as a file saved from AWS or written by hand, to seed an emulator.

The format, version 1, is a JSON object with these members, all but the first two optional:

    "Format": "wsclient-inventory", "Version": 1
    "AccountId", "Region"        source of the inventory; the default account and region of an emulator seeded with it
    "Workspaces"                 as listed by DescribeWorkspaces
    "Directories"                DescribeWorkspaceDirectories
    "Bundles"                    DescribeWorkspaceBundles
    "Images"                     DescribeWorkspaceImages
    "IpGroups"                   DescribeIpGroups
    "ConnectionAliases"          DescribeConnectionAliases
    "WorkspacesPools"            DescribeWorkspacesPools
    "Applications"               DescribeApplications
    "WorkspacesConnectionStatus" DescribeWorkspacesConnectionStatus
    "Tags"                       DescribeTags, by resource id: {"ws-…": [{"Key": "…", "Value": "…"}]}

Resources use AWS's member names, like to_dict() of wsclient, boto3 and the AWS CLI; timestamps are in ISO 8601 with a
zone, or in seconds since 1970. Members newer than the model are ignored; null means absent. Each resource needs its id.
All other members of a WorkSpace are optional: by default it is AVAILABLE, in the emulator's directory, from the
emulator's bundle, with that bundle's properties. Directories and bundles that are referenced but not listed are
created. Transitional states (PENDING, STOPPING, …) continue after loading, and take their full duration from then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Self

import msgspec

from wsclient._core.errors import CredentialsError, ServiceError, TransportError
from wsclient._core.model.gaps import fill_gaps
from wsclient._core.model.structures import drop_nulls
from wsclient._generated.workspaces import structures as s
from wsclient.testing._files import (
    FileFormatError,
    PathLike,
    convert,
    document_members,
    read_document,
    write_document,
)
from wsclient.testing._state.enum_texts import with_members
from wsclient.testing._state.store import AMAZON
from wsclient.workspaces._client import WorkSpacesClient

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wsclient._core.model.structures import Structure

FORMAT, VERSION = "wsclient-inventory", 1
ID_FIELDS: Mapping[str, str] = {
    "workspaces": "workspace_id",
    "directories": "directory_id",
    "bundles": "bundle_id",
    "images": "image_id",
    "ip_groups": "group_id",
    "connection_aliases": "alias_id",
    "workspaces_pools": "pool_id",
    "applications": "application_id",
}
"""Inventory fields whose resources have ids, and the name of the id member."""
_TAGGED = ("workspaces", "directories", "bundles", "images", "ip_groups", "connection_aliases", "workspaces_pools")


class Inventory(msgspec.Struct, frozen=True, kw_only=True, rename="pascal", omit_defaults=True):
    """Resources of an account in a region, as AWS structures; the module docstring documents the file format."""

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
        """Read an inventory file. Raises FileFormatError, with the location of the error in the file."""
        try:
            return cls._from_members(read_document(path, FORMAT, VERSION))
        except FileFormatError as error:
            raise error if error.file else error.of(path) from None

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Build an inventory from the content of a file, Format and Version included. Raises FileFormatError."""
        return cls._from_members(document_members(data, FORMAT, VERSION))

    @classmethod
    async def of(cls, client: WorkSpacesClient, *, tags: bool = True) -> Self:
        """List all resources of a client's account in its region, within the client's rate limits.

        Makes only read calls. Tags need a call for each resource; tags=False skips them.
        """
        own = await client.describe_workspace_bundles().collect()
        found = cls(
            account_id=await _caller_account(client),
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
        return msgspec.structs.replace(found, tags=await _fetch_tags(client, found)) if tags else found

    def save(self, path: PathLike) -> None:
        """Write an inventory file; the account's data in it is neither redacted nor encrypted."""
        write_document(path, FORMAT, VERSION, msgspec.to_builtins(self))

    def to_dict(self) -> dict[str, object]:
        """Return the content of an inventory file, Format and Version included."""
        return {"Format": FORMAT, "Version": VERSION, **msgspec.to_builtins(self)}

    def with_members(self) -> Self:
        """Return the inventory with members of the enumerations for their texts; ConfigurationError for others."""
        listed = {name: getattr(self, name) for name in (*ID_FIELDS, "workspaces_connection_status")}
        return msgspec.structs.replace(
            self, **{name: [with_members(resource) for resource in found] for name, found in listed.items()}
        )

    @property
    def owner(self) -> str | None:
        """Account id that the inventory is from: account_id, or else the owner of a custom bundle, or None."""
        owners = [bundle.owner for bundle in self.bundles if bundle.owner != AMAZON]
        return next(filter(None, [self.account_id, *owners]), None)

    @classmethod
    def _from_members(cls, members: Mapping[str, object]) -> Self:
        for name in members:
            if name not in cls.__struct_encode_fields__:
                raise FileFormatError(
                    f"unknown member; an inventory has {', '.join(cls.__struct_encode_fields__)}", where=name
                )
        inventory = convert(fill_gaps(drop_nulls(members), cls), cls)
        _check_ids(inventory)
        return inventory


def member_names() -> Mapping[str, str]:
    """Return the file member name of each inventory field."""
    return dict(zip(Inventory.__struct_fields__, Inventory.__struct_encode_fields__, strict=True))


def resources(inventory: Inventory) -> Iterator[tuple[str, str, Structure]]:
    """Yield each resource that has an id, as (location in the file, id, resource)."""
    names = member_names()
    for field, member in ID_FIELDS.items():
        listed: Sequence[Structure] = getattr(inventory, field)
        for number, resource in enumerate(listed):
            yield f"{names[field]}[{number}]", getattr(resource, member) or "", resource


def _check_ids(inventory: Inventory) -> None:
    seen = dict[str, str]()
    for where, resource_id, resource in resources(inventory):
        if not resource_id:
            raise FileFormatError(f"the {type(resource).__name__} has no id", where=where)
        if resource_id in seen:
            raise FileFormatError(f"duplicate id {resource_id}; it is also at {seen[resource_id]}", where=where)
        seen[resource_id] = where


async def _caller_account(client: WorkSpacesClient) -> str | None:
    """Return the client's account id, None if STS does not return it; the listings often contain it."""
    try:
        return (await client.whoami()).account_id
    except (CredentialsError, ServiceError, TransportError):
        return None


async def _fetch_tags(client: WorkSpacesClient, inventory: Inventory) -> dict[str, list[s.Tag]]:
    ids = [
        getattr(resource, ID_FIELDS[field])
        for field in _TAGGED
        for resource in getattr(inventory, field)
        if getattr(resource, "owner", None) != AMAZON
    ]
    found = await asyncio.gather(*(_fetch_resource_tags(client, resource_id) for resource_id in ids))
    return {resource_id: tags for resource_id, tags in zip(ids, found, strict=True) if tags}


async def _fetch_resource_tags(client: WorkSpacesClient, resource_id: str) -> list[s.Tag]:
    try:
        return (await client.describe_tags(resource_id=resource_id)).tag_list
    except ServiceError as error:
        if error.code != "ResourceNotFoundException":
            raise
        # The resource was deleted after the listing, or cannot have tags.
        return []
