"""Operations of EC2 on VPC endpoints: services, describe, create, modify, delete and tag.

Only interface endpoints exist in the emulator. "CreateVpcEndpoint",
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import msgspec

from wsclient._core.model.shapes import plain
from wsclient._generated.ec2 import enums
from wsclient._generated.ec2 import operations as ops
from wsclient._generated.ec2 import structures as s
from wsclient.testing._operations.ec2_checks import (
    check_groups,
    check_new_endpoint,
    check_private_dns,
    check_subnets,
    offered,
    parse_policy,
    service_of,
)
from wsclient.testing._operations.ec2_common import check_dry_run, describe, fail, tag_filters, to_tags
from wsclient.testing._operations.ec2_networks import visible_vpcs
from wsclient.testing._operations.handler import Call, HandlerTable
from wsclient.testing._state import ids as _ids
from wsclient.testing._state.vpc_endpoints import InterfaceEndpoint, region_partition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wsclient.testing._operations.ec2_common import FilterValues
    from wsclient.testing._state.network import SubnetRecord

operations = HandlerTable()

DEFAULT_POLICY: Final = {"Statement": [{"Action": "*", "Effect": "Allow", "Principal": "*", "Resource": "*"}]}
"""Policy of an endpoint that was created without one: it allows everything."""
ALL_ZONES: Final = "abc"


@operations.emulates(ops.DESCRIBE_VPC_ENDPOINT_SERVICES)
def describe_vpc_endpoint_services(
    call: Call, request: s.DescribeVpcEndpointServicesRequest
) -> s.DescribeVpcEndpointServicesResult:
    """List the services that interface endpoints can be created for."""
    check_dry_run(request.dry_run)
    details = {detail.service_name or "": detail for detail in (_service(call, each) for each in offered(call))}
    page, token = describe(
        call,
        request,
        details,
        lambda detail: {
            "service-name": [detail.service_name],
            "service-type": ["Interface"],
            "owner": [detail.owner],
        },
        ids=request.service_names,
        filters=request.filters,
        missing="InvalidServiceName",
        limit=request.max_results,
    )
    names = [detail.service_name or "" for detail in page]
    return s.DescribeVpcEndpointServicesResult(service_names=names, service_details=page, next_token=token)


def _service(call: Call, service: str) -> s.ServiceDetail:
    region = call.store.region
    suffix = region_partition(region).dns_suffix
    names = [f"{service}.{region}.{suffix}"]
    if service == "workspaces":
        names.append(f"api.{service}.{region}.{suffix}")
    return s.ServiceDetail(
        service_name=f"com.amazonaws.{region}.{service}",
        service_id=f"vpce-svc-{hashlib.sha256(f'{region}.{service}'.encode()).hexdigest()[:17]}",
        service_type=[s.ServiceTypeDetail(service_type=enums.ServiceType.INTERFACE)],
        service_region=region,
        availability_zones=[f"{region}{letter}" for letter in call.network.zones.get(service, ALL_ZONES)],
        owner="amazon",
        base_endpoint_dns_names=[f"{service}.{region}.vpce.{suffix}"],
        private_dns_name=names[0],
        private_dns_names=[s.PrivateDnsDetails(private_dns_name=name) for name in names],
        vpc_endpoint_policy_supported=True,
        acceptance_required=False,
        manages_vpc_endpoints=False,
        private_dns_name_verification_state=enums.DnsNameState("verified"),
        supported_ip_address_types=[enums.ServiceConnectivityType.IPV4],
    )


def own_endpoints(call: Call) -> dict[str, InterfaceEndpoint]:
    """Return the endpoints of the caller's account and region that EC2 finds: not yet those of a moment ago."""
    return {
        endpoint.id: endpoint
        for endpoint in call.endpoints.all()
        if (endpoint.account_id, endpoint.region) == (call.store.account_id, call.store.region)
        and (endpoint.listed_from is None or endpoint.listed_from <= call.now)
    }


@operations.emulates(ops.DESCRIBE_VPC_ENDPOINTS)
def describe_vpc_endpoints(call: Call, request: s.DescribeVpcEndpointsRequest) -> s.DescribeVpcEndpointsResult:
    """List the VPC endpoints of the account."""
    check_dry_run(request.dry_run)
    page, token = describe(
        call,
        request,
        own_endpoints(call),
        _endpoint_filters,
        ids=request.vpc_endpoint_ids,
        filters=request.filters,
        missing="InvalidVpcEndpointId.NotFound",
        limit=request.max_results,
    )
    return s.DescribeVpcEndpointsResult(vpc_endpoints=[to_endpoint(call, each) for each in page], next_token=token)


def _endpoint_filters(endpoint: InterfaceEndpoint) -> FilterValues:
    return {
        "service-name": [endpoint.service_name],
        "vpc-endpoint-id": [endpoint.id],
        "vpc-endpoint-state": [endpoint.state],
        "vpc-endpoint-type": ["Interface"],
        "vpc-id": [endpoint.vpc_id],
        **tag_filters(endpoint.tags),
    }


def to_endpoint(call: Call, endpoint: InterfaceEndpoint) -> s.VpcEndpoint:
    """Return an endpoint as EC2 describes it, its state in lower case."""
    names = (endpoint.dns_name, *endpoint.zonal_dns_names) if endpoint.state in {"pending", "available"} else ()
    policy = call.endpoints.policy(endpoint.id)
    return s.VpcEndpoint(
        vpc_endpoint_id=endpoint.id,
        vpc_endpoint_type=enums.VpcEndpointType.INTERFACE,
        vpc_id=endpoint.vpc_id,
        service_name=endpoint.service_name,
        state=enums.State(endpoint.state),
        policy_document=json.dumps(DEFAULT_POLICY) if policy is None else policy.to_json(),
        subnet_ids=list(endpoint.subnet_ids),
        groups=[
            s.SecurityGroupIdentifier(group_id=group_id, group_name=call.network.groups[group_id].name)
            for group_id in endpoint.group_ids
            if group_id in call.network.groups
        ],
        ip_address_type=enums.IpAddressType.IPV4,
        dns_options=s.DnsOptions(dns_record_ip_type=enums.DnsRecordIpType.IPV4),
        private_dns_enabled=endpoint.has_private_dns,
        requester_managed=endpoint.is_requester_managed,
        network_interface_ids=list(endpoint.interface_ids),
        dns_entries=[s.DnsEntry(dns_name=name, hosted_zone_id="Z1YSA3EXCYUU9Z") for name in names],
        creation_timestamp=endpoint.created_at,
        tags=to_tags(endpoint.tags),
        owner_id=endpoint.account_id,
        last_error=s.LastError(message=endpoint.last_error) if endpoint.last_error else None,
    )


@operations.emulates(ops.CREATE_VPC_ENDPOINT)
def create_vpc_endpoint(call: Call, request: s.CreateVpcEndpointRequest) -> s.CreateVpcEndpointResult:
    """Create an interface endpoint, or return the one that the same token created."""
    vpcs = visible_vpcs(call)
    earlier = _created_by_token(call, request)
    if earlier is not None:
        return s.CreateVpcEndpointResult(vpc_endpoint=to_endpoint(call, earlier), client_token=request.client_token)
    service = check_new_endpoint(call, request, vpcs)
    subnets = check_subnets(call, request.vpc_id, request.subnet_ids or (), service)
    default = call.network.default_group(request.vpc_id)
    groups = check_groups(call, request.vpc_id, request.security_group_ids or ([default.id] if default else []))
    policy = parse_policy(request.policy_document)
    # Private DNS is on by default, as in the API.
    wants_private_dns = request.private_dns_enabled is not False
    if wants_private_dns:
        check_private_dns(call, vpcs[request.vpc_id], service)
    check_dry_run(request.dry_run)
    endpoint = _new_endpoint(call, request, service, subnets, groups, wants_private_dns)
    call.endpoints.put(endpoint)
    if policy is not None:
        call.endpoints.set_policy(endpoint.id, policy)
    if request.client_token:
        call.endpoints.tokens[_token_key(call, request.client_token)] = (_fingerprint(request), endpoint.id)
    return s.CreateVpcEndpointResult(vpc_endpoint=to_endpoint(call, endpoint), client_token=request.client_token)


def _new_endpoint(
    call: Call,
    request: s.CreateVpcEndpointRequest,
    service: str,
    subnets: Sequence[SubnetRecord],
    groups: Sequence[str],
    has_private_dns: bool,  # noqa: FBT001 - a fact of the request
) -> InterfaceEndpoint:
    tags = {
        tag.key or "": tag.value or ""
        for specification in request.tag_specifications or ()
        for tag in specification.tags or ()
    }
    endpoint_id = _ids.hex_id("vpce", 17)
    addresses = tuple(call.network.take_address(subnet.id) for subnet in subnets)
    ready = call.now + call.durations.create_vpc_endpoint
    return InterfaceEndpoint(
        id=endpoint_id,
        dns_label=f"{endpoint_id}-{secrets.token_hex(4)}",
        service=service_of(service),
        region=call.store.region,
        vpc_id=request.vpc_id,
        account_id=call.store.account_id,
        addresses=addresses,
        client_address=call.network.client_address(request.vpc_id),
        has_private_dns=has_private_dns,
        private_dns_from=ready + call.durations.switch_private_dns if has_private_dns else None,
        state="pending",
        change=(ready, "available"),
        created_at=call.now,
        listed_from=call.now + call.durations.appear,
        subnet_ids=tuple(subnet.id for subnet in subnets),
        group_ids=tuple(groups),
        interface_ids=tuple(_ids.hex_id("eni", 17) for _ in subnets),
        zone_letters=tuple(subnet.zone for subnet in subnets),
        tags=tags,
    )


def _created_by_token(call: Call, request: s.CreateVpcEndpointRequest) -> InterfaceEndpoint | None:
    if not request.client_token:
        return None
    found = call.endpoints.tokens.get(_token_key(call, request.client_token))
    if found is None:
        return None
    fingerprint, endpoint_id = found
    if fingerprint != _fingerprint(request):
        fail("IdempotentParameterMismatch", "Arguments on this idempotent request are inconsistent with arguments used")
    return call.endpoints.get(endpoint_id) or call.endpoints.deleted.get(endpoint_id)


def _token_key(call: Call, token: str) -> tuple[str, str, str]:
    return call.store.account_id, call.store.region, token


def _fingerprint(request: s.CreateVpcEndpointRequest) -> str:
    return json.dumps(plain(msgspec.structs.replace(request, dry_run=None)), sort_keys=True, default=str)


@operations.emulates(ops.MODIFY_VPC_ENDPOINT)
def modify_vpc_endpoint(call: Call, request: s.ModifyVpcEndpointRequest) -> s.ModifyVpcEndpointResult:
    """Change subnets, security groups, policy and private DNS of an endpoint that is available."""
    endpoint = own_endpoints(call).get(request.vpc_endpoint_id)
    if endpoint is None:
        fail("InvalidVpcEndpointId.NotFound", f"The Vpc Endpoint Id '{request.vpc_endpoint_id}' does not exist")
    if endpoint.is_requester_managed:
        fail("OperationNotPermitted", f"The VPC endpoint {endpoint.id} is managed by another service.")
    if endpoint.state != "available":
        fail("IncorrectState", f"The VPC endpoint {endpoint.id} is in the state {endpoint.state}.")
    vpc = visible_vpcs(call)[endpoint.vpc_id]
    changed = _with_subnets(call, endpoint, request)
    groups = [group for group in endpoint.group_ids if group not in (request.remove_security_group_ids or ())]
    groups += [group for group in request.add_security_group_ids or () if group not in groups]
    changed = replace(changed, group_ids=tuple(check_groups(call, endpoint.vpc_id, groups)))
    if request.private_dns_enabled is True and not endpoint.has_private_dns:
        check_private_dns(call, vpc, endpoint.service_name)
        at = call.now + call.durations.switch_private_dns
        changed = replace(changed, has_private_dns=True, private_dns_from=at)
    elif request.private_dns_enabled is False:
        changed = replace(changed, has_private_dns=False, private_dns_from=None)
    policy = parse_policy(request.policy_document)
    check_dry_run(request.dry_run)
    call.endpoints.put(changed)
    if policy is not None or request.reset_policy:
        call.endpoints.set_policy(endpoint.id, policy)
    return s.ModifyVpcEndpointResult(return_=True)


def _with_subnets(call: Call, endpoint: InterfaceEndpoint, request: s.ModifyVpcEndpointRequest) -> InterfaceEndpoint:
    kept = [
        part
        for part in zip(endpoint.subnet_ids, endpoint.addresses, endpoint.interface_ids, strict=False)
        if part[0] not in (request.remove_subnet_ids or ())
    ]
    added = [subnet_id for subnet_id in request.add_subnet_ids or () if subnet_id not in endpoint.subnet_ids]
    if not added and not request.remove_subnet_ids:
        return endpoint
    # Subnets that the same call removes still count: one of the same zone must be removed by a call before.
    check_subnets(call, endpoint.vpc_id, [*endpoint.subnet_ids, *added], endpoint.service_name)
    kept += [(subnet_id, call.network.take_address(subnet_id), _ids.hex_id("eni", 17)) for subnet_id in added]
    return replace(
        endpoint,
        subnet_ids=tuple(part[0] for part in kept),
        addresses=tuple(part[1] for part in kept),
        interface_ids=tuple(part[2] for part in kept),
        zone_letters=tuple(call.network.subnets[part[0]].zone for part in kept),
    )


@operations.emulates(ops.DELETE_VPC_ENDPOINTS)
def delete_vpc_endpoints(call: Call, request: s.DeleteVpcEndpointsRequest) -> s.DeleteVpcEndpointsResult:
    """Delete endpoints, which takes time; what cannot be deleted is listed in a successful response."""
    check_dry_run(request.dry_run)
    found, unsuccessful = own_endpoints(call), list[s.UnsuccessfulItem]()
    for endpoint_id in request.vpc_endpoint_ids:
        endpoint = found.get(endpoint_id)
        if endpoint is None:
            error = ("InvalidVpcEndpointId.NotFound", f"The Vpc Endpoint Id '{endpoint_id}' does not exist")
        elif endpoint.is_requester_managed:
            error = ("InvalidParameter", f"The VPC endpoint {endpoint_id} is managed by another service.")
        else:
            at = call.now + call.durations.delete_vpc_endpoint
            if endpoint.state != "deleting":
                call.endpoints.put(replace(endpoint, state="deleting", change=(at, "deleted")))
            continue
        item = s.UnsuccessfulItemError(code=error[0], message=error[1])
        unsuccessful.append(s.UnsuccessfulItem(resource_id=endpoint_id, error=item))
    return s.DeleteVpcEndpointsResult(unsuccessful=unsuccessful)


@operations.emulates(ops.CREATE_TAGS)
def create_tags(call: Call, request: s.CreateTagsRequest) -> s.CreateTagsNoResult:
    """Add or replace tags of VPC endpoints."""
    found = own_endpoints(call)
    for resource_id in request.resources:
        if resource_id not in found:
            fail("InvalidVpcEndpointId.NotFound", f"The ID '{resource_id}' does not exist")
    check_dry_run(request.dry_run)
    for resource_id in request.resources:
        tags = {**found[resource_id].tags, **{tag.key or "": tag.value or "" for tag in request.tags}}
        call.endpoints.put(replace(found[resource_id], tags=tags))
    return s.CreateTagsNoResult()
