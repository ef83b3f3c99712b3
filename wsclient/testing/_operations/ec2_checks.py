"""Rules of EC2 for interface endpoints, with EC2's error codes.

"Error codes for the Amazon EC2 API", https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from wsclient._core.errors import ConfigurationError
from wsclient._generated.ec2 import enums
from wsclient.testing._operations.ec2_common import fail
from wsclient.testing._state.policies import endpoint_policy
from wsclient.testing._state.vpc_endpoints import SERVICES, region_partition

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wsclient._generated.ec2 import structures as s
    from wsclient.policy._policy import Policy
    from wsclient.testing._operations.handler import Call
    from wsclient.testing._state.network import SubnetRecord, VpcRecord
    from wsclient.testing._state.vpc_endpoints import PrivateLinkService

MAX_TOKEN: Final = 64
MAX_POLICY: Final = 20_480
"""Characters of an endpoint policy, white space included. "Control access to VPC endpoints using endpoint policies",
https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html"""
_LIVE: Final = frozenset({"pending", "available"})


def service_of(service_name: str) -> PrivateLinkService:
    """Return the service at the end of a service name, com.amazonaws.REGION.SERVICE."""
    return cast("PrivateLinkService", service_name.rpartition(".")[2])


def offered(call: Call) -> list[PrivateLinkService]:
    """Return the services that have interface endpoints in the region: those with a zone."""
    return [service for service in SERVICES if call.network.zones.get(service, "abc")]


def check_new_endpoint(call: Call, request: s.CreateVpcEndpointRequest, vpcs: Mapping[str, VpcRecord]) -> str:
    """Check service, type and VPC of a new endpoint, and return the service's name."""
    if len(request.client_token or "") > MAX_TOKEN:
        fail("InvalidParameterValue", "ClientToken must have at most 64 characters")
    name, region = request.service_name or "", call.store.region
    if name not in {f"com.amazonaws.{region}.{service}" for service in offered(call)}:
        fail("InvalidServiceName", f"The Vpc Endpoint Service '{name}' does not exist")
    if request.vpc_endpoint_type != enums.VpcEndpointType.INTERFACE:
        kind = request.vpc_endpoint_type or "Gateway"
        fail("InvalidParameter", f"Endpoint type ({kind}) does not match available service types ([Interface]).")
    if request.route_table_ids:
        fail("InvalidParameter", "Route table IDs are only supported for Gateway type VPC Endpoint.")
    vpc = vpcs.get(request.vpc_id)
    if vpc is None:
        fail("InvalidVpcId.NotFound", f"The Vpc Id {request.vpc_id} does not exist")
    if vpc.account_id != call.store.account_id:
        fail("UnauthorizedOperation", "This operation does not support shared VPCs.", 403)
    live = [each for each in call.endpoints.all() if each.vpc_id == vpc.id and each.state in _LIVE]
    if len(live) >= call.quotas.vpc_endpoints:
        fail("VpcEndpointLimitExceeded", "You have reached the maximum number of interface endpoints in the VPC.")
    return name


def check_subnets(call: Call, vpc_id: str, subnet_ids: Sequence[str], service_name: str) -> list[SubnetRecord]:
    """Return the subnets of an endpoint: of its VPC, one in each zone, in zones that the service has."""
    subnets = [_subnet(call, vpc_id, subnet_id) for subnet_id in subnet_ids]
    zones = call.network.zones.get(service_of(service_name), "abc")
    for number, subnet in enumerate(subnets):
        if subnet.zone not in zones:
            fail(
                "InvalidParameter",
                f"The VPC endpoint service {service_name} does not support the availability zone of the subnet: "
                f"{subnet.id}.",
            )
        if subnet.zone in {other.zone for other in subnets[:number]}:
            fail(
                "DuplicateSubnetsInSameZone",
                f"Found another VPC endpoint subnet in the availability zone of {subnet.id}. VPC endpoint subnets "
                "should be in different availability zones supported by the VPC endpoint service.",
            )
        if call.network.free_addresses(subnet) < 1:
            fail("InsufficientFreeAddressesInSubnet", f"There are not sufficient free addresses in {subnet.id}.")
    return subnets


def _subnet(call: Call, vpc_id: str, subnet_id: str) -> SubnetRecord:
    subnet = call.network.subnets.get(subnet_id)
    if subnet is None:
        fail("InvalidSubnetId.NotFound", f"The subnet ID '{subnet_id}' does not exist")
    if subnet.vpc_id != vpc_id:
        fail("InvalidParameter", f"The subnet {subnet_id} does not belong to {vpc_id}.")
    if subnet.outpost_arn is not None or subnet.is_ipv6_only:
        fail("InvalidParameter", f"The subnet {subnet_id} cannot be used for an IPv4 interface endpoint.")
    return subnet


def check_groups(call: Call, vpc_id: str, group_ids: Sequence[str]) -> Sequence[str]:
    """Return the ids of security groups, all of the endpoint's VPC."""
    for group_id in group_ids:
        group = call.network.groups.get(group_id)
        if group is None:
            fail("InvalidSecurityGroupId.NotFound", f"The security group '{group_id}' does not exist")
        if group.vpc_id != vpc_id:
            fail("InvalidParameter", f"The security group {group_id} does not belong to {vpc_id}.")
    return group_ids


def check_private_dns(call: Call, vpc: VpcRecord, service_name: str) -> None:
    """Check that a VPC can have private DNS names for a service: its DNS is on, and no other endpoint has them."""
    if not (vpc.has_dns_support and vpc.has_dns_hostnames):
        fail(
            "InvalidParameter",
            "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true "
            f"for {vpc.id}",
        )
    service = service_of(service_name)
    name = f"{service}.{call.store.region}.{region_partition(call.store.region).dns_suffix}"
    is_taken = any(
        each.has_private_dns and each.service == service and each.vpc_id == vpc.id and each.state in _LIVE
        for each in call.endpoints.all()
    )
    if is_taken or name in vpc.hosted_zones:
        fail(
            "InvalidParameter",
            f"private-dns-enabled cannot be set because there is already a conflicting DNS domain for {name} in the "
            f"VPC {vpc.id}",
        )


def parse_policy(text: str | None) -> Policy | None:
    """Return the policy of a request, None if it has none."""
    if text is None:
        return None
    if len(text) > MAX_POLICY:
        fail("InvalidPolicyDocument", f"The policy document has more than {MAX_POLICY} characters")
    try:
        return endpoint_policy(text)
    except ConfigurationError as error:
        fail("InvalidPolicyDocument", f"The Policy document is invalid: {error}"[:300])
