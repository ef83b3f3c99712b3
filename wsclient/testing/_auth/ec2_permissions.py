"""Permissions that calls of EC2, Directory Service and IAM require.

"Actions, resources, and condition keys for Amazon EC2",
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from wsclient._core.utils import is_list, is_mapping
from wsclient.testing._auth.required import RequiredPermission
from wsclient.testing._state.vpc_endpoints import region_partition

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from wsclient.testing._operations.handler import Call

    Resource = tuple[str, Mapping[str, str | tuple[str, ...]]]
    """ARN of a resource, and its condition keys."""

ANY = "*"


def ec2_permissions(call: Call, name: str, members: Mapping[str, object]) -> Iterator[RequiredPermission]:
    """Yield every permission that a call of EC2 requires, first the one of the operation itself."""
    region = {"ec2:Region": call.store.region}
    nothing: Resource = (ANY, {})
    found = list(_RESOURCES[name](call, members)) if name in _RESOURCES else [nothing]
    for resource, keys in found:
        yield RequiredPermission(action=f"ec2:{name}", resource=resource, keys={**region, **keys})
    if name == "CreateVpcEndpoint" and (tags := _new_tags(members)):
        keys = {**region, **_request_tags(tags), "ec2:CreateAction": name}
        yield RequiredPermission(action="ec2:CreateTags", resource=_arn(call, "vpc-endpoint/*"), keys=keys)
    if members.get("PrivateDnsEnabled") is True or (name == "CreateVpcEndpoint" and "PrivateDnsEnabled" not in members):
        yield RequiredPermission(action="route53:AssociateVPCWithHostedZone", resource=ANY)


def side_permissions(
    call: Call, service: str, name: str, members: Mapping[str, object]
) -> Iterator[RequiredPermission]:
    """Yield the permission that a call of Directory Service or IAM requires."""
    resource = ANY
    if name == "DescribeClientAuthenticationSettings":
        region, account = call.store.region, call.store.account_id
        directory = members.get("DirectoryId")
        resource = f"arn:{region_partition(region).id}:ds:{region}:{account}:directory/{directory}"
    yield RequiredPermission(action=f"{service}:{name}", resource=resource)


def _attribute(call: Call, members: Mapping[str, object]) -> Iterator[Resource]:
    yield _arn(call, f"vpc/{members.get('VpcId')}"), {}


def _create(call: Call, members: Mapping[str, object]) -> Iterator[Resource]:
    service = {"ec2:VpceServiceName": str(members.get("ServiceName"))}
    yield _arn(call, f"vpc/{members.get('VpcId')}"), service
    for resource in (*_named(members, "SubnetIds", "subnet"), *_named(members, "SecurityGroupIds", "security-group")):
        yield _arn(call, resource), service
    yield _arn(call, "vpc-endpoint/*"), {**service, **_request_tags(_new_tags(members))}


def _modify(call: Call, members: Mapping[str, object]) -> Iterator[Resource]:
    yield _endpoint(call, str(members.get("VpcEndpointId")))
    for member, kind in (("AddSubnetIds", "subnet"), ("AddSecurityGroupIds", "security-group")):
        for resource in _named(members, member, kind):
            yield _arn(call, resource), {}


def _delete(call: Call, members: Mapping[str, object]) -> Iterator[Resource]:
    for endpoint_id in _strings(members.get("VpcEndpointIds")):
        yield _endpoint(call, endpoint_id)


def _tag(call: Call, members: Mapping[str, object]) -> Iterator[Resource]:
    tags = _request_tags(_tags(members.get("Tags")))
    for endpoint_id in _strings(members.get("Resources")):
        arn, keys = _endpoint(call, endpoint_id)
        yield arn, {**keys, **tags}


_RESOURCES = {
    "CreateTags": _tag,
    "CreateVpcEndpoint": _create,
    "DeleteVpcEndpoints": _delete,
    "DescribeVpcAttribute": _attribute,
    "ModifyVpcEndpoint": _modify,
}
"""Functions of the resources of an operation; every other operation has no resource type."""


def _endpoint(call: Call, endpoint_id: str) -> Resource:
    endpoint = call.endpoints.get(endpoint_id)
    tags: Mapping[str, str] = endpoint.tags if endpoint else {}
    return _arn(call, f"vpc-endpoint/{endpoint_id}"), {f"aws:ResourceTag/{key}": value for key, value in tags.items()}


def _arn(call: Call, resource: str) -> str:
    region = call.store.region
    return f"arn:{region_partition(region).id}:ec2:{region}:{call.store.account_id}:{resource}"


def _named(members: Mapping[str, object], member: str, kind: str) -> list[str]:
    return [f"{kind}/{resource_id}" for resource_id in _strings(members.get(member))]


def _strings(value: object) -> list[str]:
    return [str(item) for item in value] if is_list(value) else []


def _new_tags(members: Mapping[str, object]) -> dict[str, str]:
    specifications = members.get("TagSpecifications")
    parts = [part for part in specifications if is_mapping(part)] if is_list(specifications) else []
    return {key: value for part in parts for key, value in _tags(part.get("Tags")).items()}


def _tags(value: object) -> dict[str, str]:
    tags = cast("list[dict[str, object]]", value) if is_list(value) else []
    return {str(tag.get("Key")): str(tag.get("Value") or "") for tag in tags}


def _request_tags(tags: Mapping[str, str]) -> dict[str, str | tuple[str, ...]]:
    if not tags:
        return {}
    return {"aws:TagKeys": tuple(tags), **{f"aws:RequestTag/{key}": value for key, value in tags.items()}}
