"""Permissions that a call requires: actions, each on a resource, with the condition keys of tags.

Source: "Actions, resources, and condition keys for Amazon WorkSpaces",
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonworkspaces.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from wsclient._core.model.shapes import plain
from wsclient._core.utils import is_list, is_mapping
from wsclient._generated.partitions import PARTITIONS
from wsclient.endpoints._types import find_partition
from wsclient.policy._actions import DEPENDENT_ACTIONS, RESOURCE_TYPES_BY_ACTION
from wsclient.testing._auth.ec2_permissions import ec2_permissions, side_permissions
from wsclient.testing._auth.required import RequiredPermission

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from wsclient._core.model.operations import AnyOperation
    from wsclient._core.model.structures import Structure
    from wsclient.testing._operations.handler import Call
    from wsclient.testing._state.store import Store

ANY = "*"
"""Resource of an action that has no resource type, or whose resource does not exist before the call."""
UNRESTRICTED_ACTIONS = frozenset({"sts:GetCallerIdentity", "sts:GetSessionToken"})
"""Actions that need no permission in an identity-based or session policy."""

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
"""Resource types, by the request member that holds the resource's id."""
_ITEMS = {"CreateStandbyWorkspaces": "StandbyWorkspaces", "CreateWorkspaces": "Workspaces"}
"""Members whose items have their own tags, by operation."""
_REGIONS = {
    "CopyWorkspaceImage": ("workspaceimage", "SourceRegion"),
    "CreateStandbyWorkspaces": ("workspace", "PrimaryRegion"),
}
"""Operations that name a resource in another region: its type, and the member that holds the region."""

_STS_KEYS = ("ExternalId", "RoleSessionName", "SourceIdentity", "DurationSeconds")
_ARN_COLONS = 5


def required_permissions(
    call: Call, service: str, operation: AnyOperation, request: Structure
) -> list[RequiredPermission]:
    """Return every permission that a call requires, first the one of the operation itself."""
    members = cast("dict[str, object]", plain(request))
    if service == "ec2":
        return list(ec2_permissions(call, operation.name, members))
    if service in {"ds", "iam"}:
        return list(side_permissions(call, service, operation.name, members))
    if service == "sts":
        return list(_sts_permissions(call, operation.name, members))
    items = members.get(_ITEMS.get(operation.name, ""))
    parts = cast("list[dict[str, object]]", items) if is_list(items) else [members]
    return [permission for part in parts for permission in _workspaces_permissions(call, operation.name, members, part)]


def _workspaces_permissions(
    call: Call, name: str, members: Mapping[str, object], part: Mapping[str, object]
) -> Iterator[RequiredPermission]:
    tags = _tag_keys(part)
    dependent = DEPENDENT_ACTIONS.get(name, ())
    # Creating a resource with tags requires CreateTags too, even where the reference does not list it.
    needs_tagging = bool(tags) and name not in {"CreateTags", "DeleteTags"} and "CreateTags" not in dependent
    tagging = ("CreateTags",) if needs_tagging else ()
    for action in (name, *dependent, *tagging):
        for resource, keys in _resources(call, action, name, members, part):
            yield RequiredPermission(action=f"workspaces:{action}", resource=resource, keys={**tags, **keys})


def _resources(
    call: Call, action: str, name: str, members: Mapping[str, object], part: Mapping[str, object]
) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the ARN of each resource of an action with its condition keys; * for an action without a resource type."""
    resource_types = RESOURCE_TYPES_BY_ACTION.get(action, ())
    named = list(_named_resources(part))
    for resource_type in resource_types:
        region = _resource_region(call, name, resource_type, members)
        for resource_id in [named_id for named_type, named_id in named if named_type == resource_type] or [ANY]:
            yield _describe_resource(call, resource_type, resource_id, region)
    if not resource_types:
        yield ANY, {}


def _resource_region(call: Call, name: str, resource_type: str, members: Mapping[str, object]) -> str:
    remote_type, member = _REGIONS.get(name, ("", ""))
    return str(members[member]) if resource_type == remote_type else call.store.region


def _describe_resource(call: Call, resource_type: str, resource_id: str, region: str) -> tuple[str, dict[str, str]]:
    owner = _owner(call, resource_id, region)
    account = owner.account_id if owner else call.store.account_id
    partition = (find_partition(region) or PARTITIONS[0]).id
    tags = owner.tags.get(resource_id, {}) if owner else {}
    keys = {"aws:ResourceAccount": account, **{f"aws:ResourceTag/{key}": value for key, value in tags.items()}}
    return f"arn:{partition}:workspaces:{region}:{account}:{resource_type}/{resource_id}", keys


def _owner(call: Call, resource_id: str, region: str) -> Store | None:
    stores = call.stores_in(region) if resource_id != ANY else []
    return next((store for store in stores if store.has_resource(resource_id)), None)


def _named_resources(value: object, member: str = "") -> Iterator[tuple[str, str]]:
    """Yield the type and id of every resource that a request names, at any depth."""
    if is_mapping(value):
        for name, child in value.items():
            yield from _named_resources(child, str(name))
    elif is_list(value):
        for child in value:
            yield from _named_resources(child, member)
    elif member in _MEMBERS and isinstance(value, str):
        yield _MEMBERS[member], value


def _tag_keys(part: Mapping[str, object]) -> dict[str, str | tuple[str, ...]]:
    """Return the condition keys of the tags that a request adds or removes."""
    tags, removed_keys = part.get("Tags"), part.get("TagKeys")
    if is_list(removed_keys):
        return {"aws:TagKeys": tuple(str(key) for key in removed_keys)}
    if not is_list(tags) or not tags:
        return {}
    added = {str(tag.get("Key", "")): str(tag.get("Value") or "") for tag in tags if is_mapping(tag)}
    return {"aws:TagKeys": tuple(added), **{f"aws:RequestTag/{key}": value for key, value in added.items()}}


def _sts_permissions(call: Call, name: str, members: Mapping[str, object]) -> Iterator[RequiredPermission]:
    resource, keys = _sts_resource(call, name, members), {**_tag_keys(members), **_sts_keys(members)}
    # A trust policy that names a principal of the role's own account is sufficient without an identity-based policy.
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


def _sts_keys(members: Mapping[str, object]) -> dict[str, str]:
    """Return the condition keys of STS that repeat members of the request."""
    return {f"sts:{name}": str(members[name]) for name in _STS_KEYS if members.get(name) is not None}
