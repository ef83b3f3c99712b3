"""Operations of EC2 that describe networks: VPCs, subnets, route tables, NAT gateways, groups and interfaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient._generated.ec2 import enums
from wsclient._generated.ec2 import operations as ops
from wsclient._generated.ec2 import structures as s
from wsclient.endpoints._types import partition_id
from wsclient.testing._operations.ec2_common import describe, fail, zone_id
from wsclient.testing._operations.handler import Call, HandlerTable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wsclient.testing._operations.ec2_common import FilterValues
    from wsclient.testing._state.network import (
        NatGatewayRecord,
        Route,
        RouteTableRecord,
        Rule,
        SecurityGroupRecord,
        SubnetRecord,
        VpcRecord,
    )

operations = HandlerTable()


def visible_vpcs(call: Call) -> dict[str, VpcRecord]:
    """Return the VPCs of the region that the caller's account sees: its own, and those shared with it."""
    call.network.adopt(call.store, call.endpoints.all())
    return {
        vpc.id: vpc
        for vpc in call.network.vpcs.values()
        if vpc.region == call.store.region and call.store.account_id in {vpc.account_id, *vpc.shared_with}
    }


@operations.emulates(ops.DESCRIBE_VPCS)
def describe_vpcs(call: Call, request: s.DescribeVpcsRequest) -> s.DescribeVpcsResult:
    """List VPCs."""
    page, token = describe(
        call,
        request,
        visible_vpcs(call),
        lambda vpc: {
            "vpc-id": [vpc.id],
            "owner-id": [vpc.account_id],
            "is-default": [vpc.is_default],
            "isDefault": [vpc.is_default],
            "state": [vpc.state],
            "cidr": vpc.cidrs[:1],
        },
        ids=request.vpc_ids,
        filters=request.filters,
        missing="InvalidVpcID.NotFound",
        limit=request.max_results,
    )
    return s.DescribeVpcsResult(vpcs=[_vpc(vpc) for vpc in page], next_token=token)


def _vpc(vpc: VpcRecord) -> s.Vpc:
    associated = s.VpcCidrBlockState(state=enums.VpcCidrBlockStateCode.ASSOCIATED)
    return s.Vpc(
        vpc_id=vpc.id,
        owner_id=vpc.account_id,
        state=enums.VpcState(vpc.state),
        cidr_block=vpc.cidrs[0],
        is_default=vpc.is_default,
        cidr_block_association_set=[
            s.VpcCidrBlockAssociation(cidr_block=cidr, cidr_block_state=associated) for cidr in vpc.cidrs
        ],
        ipv6_cidr_block_association_set=[
            s.VpcIpv6CidrBlockAssociation(ipv6_cidr_block=cidr, ipv6_cidr_block_state=associated)
            for cidr in vpc.ipv6_cidrs
        ],
    )


@operations.emulates(ops.DESCRIBE_VPC_ATTRIBUTE)
def describe_vpc_attribute(call: Call, request: s.DescribeVpcAttributeRequest) -> s.DescribeVpcAttributeResult:
    """Return one attribute of a VPC."""
    vpc = visible_vpcs(call).get(request.vpc_id)
    if vpc is None:
        fail("InvalidVpcID.NotFound", f"The vpc ID '{request.vpc_id}' does not exist")
    support, hostnames = (s.AttributeBooleanValue(value=on) for on in (vpc.has_dns_support, vpc.has_dns_hostnames))
    names = enums.VpcAttributeName
    return s.DescribeVpcAttributeResult(
        vpc_id=vpc.id,
        enable_dns_support=support if request.attribute is names.ENABLEDNSSUPPORT else None,
        enable_dns_hostnames=hostnames if request.attribute is names.ENABLEDNSHOSTNAMES else None,
    )


@operations.emulates(ops.DESCRIBE_SUBNETS)
def describe_subnets(call: Call, request: s.DescribeSubnetsRequest) -> s.DescribeSubnetsResult:
    """List subnets."""
    vpcs = visible_vpcs(call)
    region = call.store.region
    subnets = {subnet.id: subnet for subnet in call.network.subnets.values() if subnet.vpc_id in vpcs}
    page, token = describe(
        call,
        request,
        subnets,
        lambda subnet: {
            "subnet-id": [subnet.id],
            "vpc-id": [subnet.vpc_id],
            "availability-zone": [f"{region}{subnet.zone}"],
            "availabilityZone": [f"{region}{subnet.zone}"],
            "availability-zone-id": [zone_id(region, subnet.zone)],
            "cidr-block": [subnet.cidr],
            "state": ["available"],
        },
        ids=request.subnet_ids,
        filters=request.filters,
        missing="InvalidSubnetID.NotFound",
        limit=request.max_results,
    )
    found = [_subnet(call, subnet, vpcs[subnet.vpc_id].account_id) for subnet in page]
    return s.DescribeSubnetsResult(subnets=found, next_token=token)


def _subnet(call: Call, subnet: SubnetRecord, owner: str) -> s.Subnet:
    region = call.store.region
    return s.Subnet(
        subnet_id=subnet.id,
        subnet_arn=f"arn:{partition_id(region)}:ec2:{region}:{owner}:subnet/{subnet.id}",
        vpc_id=subnet.vpc_id,
        owner_id=owner,
        state=enums.SubnetState.AVAILABLE,
        cidr_block=None if subnet.is_ipv6_only else subnet.cidr,
        availability_zone=f"{region}{subnet.zone}",
        availability_zone_id=zone_id(region, subnet.zone),
        available_ip_address_count=call.network.free_addresses(subnet),
        map_public_ip_on_launch=subnet.is_public,
        default_for_az=call.network.vpcs[subnet.vpc_id].is_default,
        outpost_arn=subnet.outpost_arn,
        ipv6_native=subnet.is_ipv6_only,
    )


@operations.emulates(ops.DESCRIBE_ROUTE_TABLES)
def describe_route_tables(call: Call, request: s.DescribeRouteTablesRequest) -> s.DescribeRouteTablesResult:
    """List route tables. An account that only shares a VPC does not see those of its owner."""
    owned = {vpc.id for vpc in visible_vpcs(call).values() if vpc.account_id == call.store.account_id}
    tables = {table.id: table for table in call.network.tables.values() if table.vpc_id in owned}
    page, token = describe(
        call,
        request,
        tables,
        lambda table: {
            "vpc-id": [table.vpc_id],
            "route-table-id": [table.id],
            "association.subnet-id": table.subnet_ids,
            "association.main": [table.is_main],
        },
        ids=request.route_table_ids,
        filters=request.filters,
        missing="InvalidRouteTableID.NotFound",
        limit=request.max_results,
    )
    return s.DescribeRouteTablesResult(route_tables=[_table(call, table) for table in page], next_token=token)


def _table(call: Call, table: RouteTableRecord) -> s.RouteTable:
    main = [s.RouteTableAssociation(main=True, route_table_id=table.id)] if table.is_main else []
    subnets = [
        s.RouteTableAssociation(main=False, route_table_id=table.id, subnet_id=subnet_id)
        for subnet_id in table.subnet_ids
    ]
    return s.RouteTable(
        route_table_id=table.id,
        vpc_id=table.vpc_id,
        owner_id=call.store.account_id,
        associations=[*main, *subnets],
        routes=[_route(route) for route in table.routes],
    )


def _route(route: Route) -> s.Route:
    is_prefix_list, is_ipv6 = route.destination.startswith("pl-"), ":" in route.destination
    kind, target = route.target.partition("-")[0], route.target
    return s.Route(
        destination_cidr_block=None if is_prefix_list or is_ipv6 else route.destination,
        destination_ipv6_cidr_block=route.destination if is_ipv6 else None,
        destination_prefix_list_id=route.destination if is_prefix_list else None,
        gateway_id=target if kind in {"local", "igw", "vgw", "vpce"} else None,
        nat_gateway_id=target if kind == "nat" else None,
        transit_gateway_id=target if kind == "tgw" else None,
        network_interface_id=target if kind == "eni" else None,
        vpc_peering_connection_id=target if kind == "pcx" else None,
        egress_only_internet_gateway_id=target if kind == "eigw" else None,
        state=enums.RouteState(route.state),
        origin=enums.RouteOrigin.CREATEROUTETABLE if target == "local" else enums.RouteOrigin.CREATEROUTE,
    )


@operations.emulates(ops.DESCRIBE_NAT_GATEWAYS)
def describe_nat_gateways(call: Call, request: s.DescribeNatGatewaysRequest) -> s.DescribeNatGatewaysResult:
    """List NAT gateways."""
    vpcs = visible_vpcs(call)
    nats = {nat.id: nat for nat in call.network.nats.values() if nat.vpc_id in vpcs}
    page, token = describe(
        call,
        request,
        nats,
        lambda nat: {
            "nat-gateway-id": [nat.id],
            "vpc-id": [nat.vpc_id],
            "subnet-id": [nat.subnet_id],
            "state": [nat.state],
        },
        ids=request.nat_gateway_ids,
        filters=request.filter,
        missing="NatGatewayNotFound",
        limit=request.max_results,
    )
    return s.DescribeNatGatewaysResult(nat_gateways=[_nat(nat) for nat in page], next_token=token)


def _nat(nat: NatGatewayRecord) -> s.NatGateway:
    return s.NatGateway(
        nat_gateway_id=nat.id,
        vpc_id=nat.vpc_id,
        subnet_id=nat.subnet_id,
        state=enums.NatGatewayState(nat.state),
        connectivity_type=enums.ConnectivityType("private" if nat.is_private else "public"),
    )


@operations.emulates(ops.DESCRIBE_SECURITY_GROUPS)
def describe_security_groups(call: Call, request: s.DescribeSecurityGroupsRequest) -> s.DescribeSecurityGroupsResult:
    """List security groups."""
    vpcs = visible_vpcs(call)
    groups = {group.id: group for group in call.network.groups.values() if group.vpc_id in vpcs}
    page, token = describe(
        call,
        request,
        groups,
        lambda group: {"group-id": [group.id], "group-name": [group.name], "vpc-id": [group.vpc_id]},
        ids=request.group_ids,
        filters=request.filters,
        missing="InvalidGroup.NotFound",
        limit=request.max_results,
    )
    found = [_group(group, vpcs[group.vpc_id].account_id) for group in page]
    return s.DescribeSecurityGroupsResult(security_groups=found, next_token=token)


def _group(group: SecurityGroupRecord, owner: str) -> s.SecurityGroup:
    return s.SecurityGroup(
        group_id=group.id,
        group_name=group.name,
        vpc_id=group.vpc_id,
        owner_id=owner,
        ip_permissions=[_permission(rule) for rule in group.rules],
    )


def _permission(rule: Rule) -> s.IpPermission:
    networks = [source for source in rule.sources if "/" in source]
    return s.IpPermission(
        ip_protocol=rule.protocol,
        from_port=rule.from_port,
        to_port=rule.to_port,
        ip_ranges=[s.IpRange(cidr_ip=cidr) for cidr in networks if ":" not in cidr],
        ipv6_ranges=[s.Ipv6Range(cidr_ipv6=cidr) for cidr in networks if ":" in cidr],
        prefix_list_ids=[s.PrefixListId(prefix_list_id=each) for each in rule.sources if each.startswith("pl-")],
        user_id_group_pairs=[s.UserIdGroupPair(group_id=each) for each in rule.sources if each.startswith("sg-")],
    )


@operations.emulates(ops.DESCRIBE_NETWORK_INTERFACES)
def describe_network_interfaces(
    call: Call, request: s.DescribeNetworkInterfacesRequest
) -> s.DescribeNetworkInterfacesResult:
    """List the interfaces of WorkSpaces and of interface endpoints."""
    visible_vpcs(call)
    interfaces = {each.network_interface_id or "": each for each in (*_workspaces(call), *_endpoints(call))}
    page, token = describe(
        call,
        request,
        interfaces,
        _interface_filters,
        ids=request.network_interface_ids,
        filters=request.filters,
        missing="InvalidNetworkInterfaceID.NotFound",
        limit=request.max_results,
    )
    return s.DescribeNetworkInterfacesResult(network_interfaces=page, next_token=token)


def _interface_filters(interface: s.NetworkInterface) -> FilterValues:
    association = interface.association
    return {
        "network-interface-id": [interface.network_interface_id],
        "subnet-id": [interface.subnet_id],
        "vpc-id": [interface.vpc_id],
        "group-id": [group.group_id for group in interface.groups],
        "private-ip-address": [interface.private_ip_address],
        "association.public-ip": [association.public_ip if association else None],
    }


def _workspaces(call: Call) -> Iterable[s.NetworkInterface]:
    for workspace_id, record in call.store.workspaces.items():
        workspace = record.workspace
        subnet = call.network.subnets.get(workspace.subnet_id or "")
        if workspace.ip_address is None or subnet is None:
            continue
        directory = call.store.directories.get(workspace.directory_id or "")
        group = directory.directory.workspace_security_group_id if directory else None
        public = call.network.public_addresses.get(workspace_id)
        yield s.NetworkInterface(
            # Derived from the WorkSpace: its primary interface never changes.
            network_interface_id=f"eni-{workspace_id.removeprefix('ws-').encode().hex():0<17.17}",
            vpc_id=subnet.vpc_id,
            subnet_id=subnet.id,
            private_ip_address=workspace.ip_address,
            groups=[s.GroupIdentifier(group_id=group)] if group else [],
            association=s.NetworkInterfaceAssociation(public_ip=public) if public else None,
            description=f"Created By Amazon Workspaces for AWS Account ID {call.store.account_id}",
        )


def _endpoints(call: Call) -> Iterable[s.NetworkInterface]:
    for endpoint in call.endpoints.all():
        if (endpoint.account_id, endpoint.region) != (call.store.account_id, call.store.region):
            continue
        for interface_id, subnet_id, address in zip(
            endpoint.interface_ids, endpoint.subnet_ids, endpoint.addresses, strict=False
        ):
            yield s.NetworkInterface(
                network_interface_id=interface_id,
                vpc_id=endpoint.vpc_id,
                subnet_id=subnet_id,
                private_ip_address=address,
                groups=[s.GroupIdentifier(group_id=group) for group in endpoint.group_ids],
                interface_type=enums.NetworkInterfaceType("vpc_endpoint"),
                description=f"VPC Endpoint Interface {endpoint.id}",
            )
