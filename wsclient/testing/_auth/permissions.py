"""What a call asks permission for: actions, each on a resource, with the tags on it and in the request."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from wsclient._core.model.shapes import plain
from wsclient._core.utils import is_list, is_mapping
from wsclient._generated.partitions import PARTITIONS
from wsclient.endpoints._types import find_partition
from wsclient.policy._actions import ALSO_NEEDED, TYPES_OF

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from wsclient._core.model.operations import AnyOperation
    from wsclient._core.model.structures import Structure
    from wsclient.testing._operations.handler import Call
    from wsclient.testing._state.store import Store

ANY = "*"
"""The resource of an action that takes none, or that is about what is there only afterwards."""
UNRESTRICTED_ACTIONS = frozenset({"sts:GetCallerIdentity", "sts:GetSessionToken"})
"""What nobody needs a permission for."""

_MEMBERS = {
    "AliasId": "connectionalias",
    "ApplicationId": "workspaceapplication",
    "BundleId": "workspacebundle",
    "DirectoryId": "directory",
    "GroupId": "workspaceipgroup",
    "GroupIds": "workspaceipgroup",
    "ImageId": "workspaceimage",
    "PoolId": "workspacespool",
    "PrimaryWorkspaceId": "workspace",
    "ResourceId": "directory",
    "ResourceIds": "directory",
    "SourceImageId": "workspaceimage",
    "SourceWorkspaceId": "workspace",
    "WorkspaceId": "workspace",
    "WorkspaceIds": "workspace",
}
"""Types of the resources that requests name, by member."""
_ITEMS = {"CreateStandbyWorkspaces": "StandbyWorkspaces", "CreateWorkspaces": "Workspaces"}
"""Members with items that have tags of their own, by operation."""
_REGIONS = {
    "CopyWorkspaceImage": ("workspaceimage", "SourceRegion"),
    "CreateStandbyWorkspaces": ("workspace", "PrimaryRegion"),
}
"""Operations that name a resource of another region: its type, and the member that says which region."""

_STS_KEYS = ("ExternalId", "RoleSessionName", "SourceIdentity", "DurationSeconds")
_ARN_COLONS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiredPermission:
    """One permission that a call needs: an action on a resource, and the condition keys that come with these two.

    is_granted says that the resource's own policy allows it, so that an identity's must only not deny it.
    """

    action: str
    resource: str
    is_granted: bool = False
    keys: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict[str, "str | tuple[str, ...]"])


def required_permissions(
    call: Call, service: str, operation: AnyOperation, request: Structure
) -> list[RequiredPermission]:
    """Return every permission that a call needs, its own ones first."""
    members = cast("dict[str, object]", plain(request))
    if service == "sts":
        return list(_of_sts(call, operation.name, members))
    items = members.get(_ITEMS.get(operation.name, ""))
    parts = cast("list[dict[str, object]]", items) if is_list(items) else [members]
    return [one for part in parts for one in _of_part(call, operation.name, members, part)]


def _of_part(
    call: Call, name: str, members: Mapping[str, object], part: Mapping[str, object]
) -> Iterator[RequiredPermission]:
    tags = _tag_keys(part)
    needed = ALSO_NEEDED.get(name, ())
    # What is created with tags is tagged, whatever else the reference says.
    tagging = (
        ("CreateTags",) if tags and name not in {"CreateTags", "DeleteTags"} and "CreateTags" not in needed else ()
    )
    for action in (name, *needed, *tagging):
        for resource, keys in _resources(call, action, name, members, part):
            yield RequiredPermission(action=f"workspaces:{action}", resource=resource, keys={**tags, **keys})


def _resources(
    call: Call, action: str, name: str, members: Mapping[str, object], part: Mapping[str, object]
) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the ARN of each resource that an action takes, with the keys that tell of it; * where it takes none."""
    kinds = TYPES_OF.get(action, ())
    named = list(_named(part))
    for kind in kinds:
        region = _region_of(call, name, kind, members)
        for resource_id in [one for of, one in named if of == kind] or [ANY]:
            yield _described(call, kind, resource_id, region)
    if not kinds:
        yield ANY, {}


def _region_of(call: Call, name: str, kind: str, members: Mapping[str, object]) -> str:
    elsewhere, member = _REGIONS.get(name, ("", ""))
    return str(members[member]) if kind == elsewhere else call.store.region


def _described(call: Call, kind: str, resource_id: str, region: str) -> tuple[str, dict[str, str]]:
    owner = _owner(call, resource_id, region)
    account = owner.account_id if owner else call.store.account_id
    partition = (find_partition(region) or PARTITIONS[0]).id
    tags = owner.tags.get(resource_id, {}) if owner else {}
    keys = {"aws:ResourceAccount": account, **{f"aws:ResourceTag/{key}": value for key, value in tags.items()}}
    return f"arn:{partition}:workspaces:{region}:{account}:{kind}/{resource_id}", keys


def _owner(call: Call, resource_id: str, region: str) -> Store | None:
    stores = call.stores_in(region) if resource_id != ANY else []
    return next((store for store in stores if store.has_resource(resource_id)), None)


def _named(value: object, member: str = "") -> Iterator[tuple[str, str]]:
    """Yield type and id of every resource that a request names, at whatever depth."""
    if is_mapping(value):
        for name, inner in value.items():
            yield from _named(inner, str(name))
    elif is_list(value):
        for inner in value:
            yield from _named(inner, member)
    elif member in _MEMBERS and isinstance(value, str):
        yield _MEMBERS[member], value


def _tag_keys(part: Mapping[str, object]) -> dict[str, str | tuple[str, ...]]:
    """Return the condition keys of a request's tags: those to be put on something, or taken off."""
    tags, taken = part.get("Tags"), part.get("TagKeys")
    if is_list(taken):
        return {"aws:TagKeys": tuple(str(key) for key in taken)}
    if not is_list(tags) or not tags:
        return {}
    given = {str(tag.get("Key", "")): str(tag.get("Value") or "") for tag in tags if is_mapping(tag)}
    return {"aws:TagKeys": tuple(given), **{f"aws:RequestTag/{key}": value for key, value in given.items()}}


def _of_sts(call: Call, name: str, members: Mapping[str, object]) -> Iterator[RequiredPermission]:
    resource, keys = _sts_resource(call, name, members), {**_tag_keys(members), **_said(members)}
    role = call.identities.role(resource) if name == "AssumeRole" and resource.count(":") == _ARN_COLONS else None
    is_granted = role is not None and any(map(role.names_principal, (call.caller.arn, call.caller.identity)))
    actions = [name]
    if members.get("Tags") and name != "GetWebIdentityToken":
        actions.append("TagSession")
    if members.get("SourceIdentity"):
        actions.append("SetSourceIdentity")
    for action in actions:
        yield RequiredPermission(action=f"sts:{action}", resource=resource, keys=keys, is_granted=is_granted)


def _sts_resource(call: Call, name: str, members: Mapping[str, object]) -> str:
    target = str(members.get("TargetPrincipal") or members.get("RoleArn") or ANY)
    if name == "GetFederationToken":
        return f"arn:aws:sts::{call.caller.account_id}:federated-user/{members['Name']}"
    return f"arn:aws:iam::{target}:root" if target.isdigit() else target


def _said(members: Mapping[str, object]) -> dict[str, str]:
    """Return the condition keys that repeat what a request says."""
    return {f"sts:{name}": str(members[name]) for name in _STS_KEYS if members.get(name) is not None}
