"""EC2, Directory Service and IAM of the emulator through boto3: state, delays, errors, DryRun and permissions."""

# botocore has no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from botocore.session import Session

from tests.support.emulators import boto3_client
from wsclient.testing import Durations, Emulator, Route, Rule, Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator

SERVICE = "com.amazonaws.us-west-2.workspaces"
ACCOUNT = "123456789012"


@pytest.fixture(scope="module")
def running() -> Iterator[Emulator]:
    """Return an emulator for all tests of this module."""
    with Emulator(durations=Durations(appear=timedelta(seconds=30))) as emulator:
        yield emulator


@pytest.fixture(scope="module")
def at_first(running: Emulator) -> Snapshot:
    """Return the state of the emulator before all tests."""
    return running.snapshot()


@pytest.fixture
def aws(running: Emulator, at_first: Snapshot) -> Emulator:
    """Return the emulator as it was at first."""
    running.restore(at_first)
    return running


CORE = Session()
"""One session for all clients: loading the model of EC2 takes a second."""


def ec2(aws: Emulator, credentials: Any = None) -> Any:
    """Return boto3's client of EC2."""
    return boto3_client(aws, "ec2", credentials, core=CORE)


def refusal(call: Any, **arguments: object) -> tuple[str, int]:
    """Return code and status of an error."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    response: Any = caught.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


def creation(aws: Emulator, **changes: object) -> dict[str, Any]:
    """Return the arguments of a creation in the account's own VPC, in both zones."""
    network = aws.network
    defaults: dict[str, Any] = {
        "VpcEndpointType": "Interface",
        "VpcId": network.vpc_id,
        "ServiceName": SERVICE,
        "SubnetIds": list(network.private_subnet_ids),
        "PrivateDnsEnabled": False,
    }
    merged = defaults | changes
    return {name: value for name, value in merged.items() if value is not None}


def test_emulated_network_is_consistent(aws: Emulator) -> None:
    """VPC, subnets, routes, NAT gateway and groups form a consistent network that includes the directories."""
    client = ec2(aws)
    (vpc,) = client.describe_vpcs()["Vpcs"]
    assert (vpc["OwnerId"], vpc["IsDefault"], vpc["State"]) == (ACCOUNT, False, "available")
    for attribute, member in (("enableDnsSupport", "EnableDnsSupport"), ("enableDnsHostnames", "EnableDnsHostnames")):
        answer = client.describe_vpc_attribute(VpcId=vpc["VpcId"], Attribute=attribute)
        assert answer[member] == {"Value": True}
    directory = boto3_client(aws, "workspaces").describe_workspace_directories()["Directories"][0]
    subnets = client.describe_subnets(SubnetIds=directory["SubnetIds"])["Subnets"]
    assert {subnet["AvailabilityZoneId"] for subnet in subnets} == {"usw2-az1", "usw2-az2"}
    assert {subnet["VpcId"] for subnet in subnets} == {vpc["VpcId"]}
    assert not any(subnet["MapPublicIpOnLaunch"] for subnet in subnets)
    tables = client.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc["VpcId"]]}])["RouteTables"]
    (main,) = (table for table in tables if any(each["Main"] for each in table["Associations"]))
    (nat,) = client.describe_nat_gateways()["NatGateways"]
    assert nat["NatGatewayId"] in [route.get("NatGatewayId") for route in main["Routes"]]
    (group,) = client.describe_security_groups(GroupIds=[directory["WorkspaceSecurityGroupId"]])["SecurityGroups"]
    assert (group["VpcId"], group["IpPermissions"]) == (vpc["VpcId"], [])


def test_seeded_network_faults_are_described(aws: Emulator) -> None:
    """Routes, rules and addresses of every kind come back in the members that EC2 has for them."""
    network, client = aws.network, ec2(aws)
    vpc = network.add_vpc(cidr="10.30.0.0/24", ipv6_cidr="2001:db8::/56", is_default=True)
    subnet = network.add_subnet(vpc, zone="c", is_public=True, free_addresses=1)
    targets = ("igw-1", "nat-1", "tgw-1", "eni-1", "pcx-1")
    routes = [Route(destination=f"10.{n}.0.0/16", target=target) for n, target in enumerate(targets)]
    routes.append(Route(destination="::/0", target="eigw-1", state="blackhole"))
    network.add_route_table(vpc, subnet_ids=[subnet], routes=routes)
    sources = ("0.0.0.0/0", "::/0", "pl-1", "sg-1")
    group = network.add_security_group(vpc, rules=[Rule(sources=sources, from_port=1, to_port=9)])
    found = client.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]
    assert found["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"] == "2001:db8::/56"
    described = client.describe_subnets(SubnetIds=[subnet])["Subnets"][0]
    assert (described["AvailableIpAddressCount"], described["CidrBlock"]) == (1, "10.30.0.0/28")
    filters = [{"Name": "association.subnet-id", "Values": [subnet]}]
    table = client.describe_route_tables(Filters=filters)["RouteTables"][0]
    members = ("GatewayId", "NatGatewayId", "TransitGatewayId", "NetworkInterfaceId", "VpcPeeringConnectionId")
    for member, target in zip(members, targets, strict=True):
        assert any(route.get(member) == target for route in table["Routes"])
    assert table["Routes"][-1]["EgressOnlyInternetGatewayId"] == "eigw-1"
    assert table["Routes"][-1]["State"] == "blackhole"
    (permission,) = client.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["IpPermissions"]
    assert permission["IpRanges"] == [{"CidrIp": "0.0.0.0/0"}]
    assert permission["Ipv6Ranges"] == [{"CidrIpv6": "::/0"}]
    assert permission["PrefixListIds"] == [{"PrefixListId": "pl-1"}]
    assert permission["UserIdGroupPairs"] == [{"GroupId": "sg-1"}]
    (workspace,) = aws.add_workspaces()
    network.set_public_address(workspace, "198.51.100.7")
    filters = [{"Name": "association.public-ip", "Values": ["198.51.100.*"]}]
    (interface,) = client.describe_network_interfaces(Filters=filters)["NetworkInterfaces"]
    address = boto3_client(aws, "workspaces").describe_workspaces()["Workspaces"][0]["IpAddress"]
    assert interface["PrivateIpAddress"] == address


def test_pages_and_filters(aws: Emulator) -> None:
    """Pages hold each item once; an unknown filter, id or token has EC2's error."""
    network, client = aws.network, ec2(aws)
    vpc = network.add_vpc()
    subnets = {network.add_subnet(vpc) for _ in range(12)}
    pages = list(
        client.get_paginator("describe_subnets").paginate(
            Filters=[{"Name": "vpc-id", "Values": [vpc]}], PaginationConfig={"PageSize": 5}
        )
    )
    assert [len(page["Subnets"]) for page in pages] == [5, 5, 2]
    assert {subnet["SubnetId"] for page in pages for subnet in page["Subnets"]} == subnets
    assert refusal(client.describe_subnets, Filters=[{"Name": "odd", "Values": ["x"]}])[0] == "InvalidParameterValue"
    assert refusal(client.describe_subnets, SubnetIds=["subnet-0"])[0] == "InvalidSubnetID.NotFound"
    assert refusal(client.describe_vpcs, NextToken="odd")[0] == "InvalidNextToken"


def test_vpc_endpoint_lifecycle(aws: Emulator) -> None:
    """Created, invisible for a moment, pending, available, changed, deleted: by the clock, as at AWS."""
    client = ec2(aws)
    tags = [{"ResourceType": "vpc-endpoint", "Tags": [{"Key": "team", "Value": "blue"}]}]
    created = client.create_vpc_endpoint(**creation(aws, TagSpecifications=tags, ClientToken="t-1"))
    endpoint, endpoint_id = created["VpcEndpoint"], created["VpcEndpoint"]["VpcEndpointId"]
    assert (created["ClientToken"], endpoint["State"], endpoint["OwnerId"]) == ("t-1", "pending", ACCOUNT)
    ids = {"VpcEndpointIds": [endpoint_id]}
    assert refusal(client.describe_vpc_endpoints, **ids)[0] == "InvalidVpcEndpointId.NotFound"
    assert client.describe_vpc_endpoints()["VpcEndpoints"] == []
    aws.advance(seconds=40)
    assert client.describe_vpc_endpoints(**ids)["VpcEndpoints"][0]["State"] == "pending"
    aws.advance(minutes=2)
    filters = [{"Name": "tag:team", "Values": ["blue"]}, {"Name": "vpc-endpoint-state", "Values": ["available"]}]
    (found,) = client.describe_vpc_endpoints(Filters=filters)["VpcEndpoints"]
    assert found["Tags"] == [{"Key": "team", "Value": "blue"}]
    assert json.loads(found["PolicyDocument"])["Statement"][0]["Principal"] == "*"
    assert len(found["DnsEntries"]) == 3
    interfaces = client.describe_network_interfaces(NetworkInterfaceIds=found["NetworkInterfaceIds"])
    assert {each["SubnetId"] for each in interfaces["NetworkInterfaces"]} == set(found["SubnetIds"])
    first, second = found["SubnetIds"]
    policy = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "workspaces:*", "Resource": "*"}]}
    group = aws.network.add_security_group()
    changes: dict[str, Any] = {
        "RemoveSubnetIds": [second],
        "AddSecurityGroupIds": [group],
        "PolicyDocument": json.dumps(policy),
        "PrivateDnsEnabled": True,
    }
    assert client.modify_vpc_endpoint(VpcEndpointId=endpoint_id, **changes)["Return"] is True
    client.create_tags(Resources=[endpoint_id], Tags=[{"Key": "owner", "Value": "mary"}])
    (found,) = client.describe_vpc_endpoints(**ids)["VpcEndpoints"]
    assert (found["SubnetIds"], found["PrivateDnsEnabled"]) == ([first], True)
    assert group in [each["GroupId"] for each in found["Groups"]]
    assert json.loads(found["PolicyDocument"])["Statement"][0]["Action"] == "workspaces:*"
    assert {tag["Key"] for tag in found["Tags"]} == {"team", "owner"}
    assert client.delete_vpc_endpoints(**ids)["Unsuccessful"] == []
    assert client.describe_vpc_endpoints(**ids)["VpcEndpoints"][0]["State"] == "deleting"
    aws.advance(minutes=3)
    assert refusal(client.describe_vpc_endpoints, **ids)[0] == "InvalidVpcEndpointId.NotFound"
    (gone,) = client.delete_vpc_endpoints(**ids)["Unsuccessful"]
    assert (gone["ResourceId"], gone["Error"]["Code"]) == (endpoint_id, "InvalidVpcEndpointId.NotFound")


def test_client_token_creates_one_vpc_endpoint(aws: Emulator) -> None:
    """The same token returns the same endpoint, even a deleted one; other parameters are a mismatch."""
    client = ec2(aws)
    first = client.create_vpc_endpoint(**creation(aws, ClientToken="t-1"))["VpcEndpoint"]["VpcEndpointId"]
    again = client.create_vpc_endpoint(**creation(aws, ClientToken="t-1"))["VpcEndpoint"]["VpcEndpointId"]
    assert first == again
    assert refusal(client.create_vpc_endpoint, **creation(aws, ClientToken="t-1", SubnetIds=None)) == (
        "IdempotentParameterMismatch",
        400,
    )
    aws.advance(minutes=3)
    client.delete_vpc_endpoints(VpcEndpointIds=[first])
    aws.advance(minutes=3)
    answer = client.create_vpc_endpoint(**creation(aws, ClientToken="t-1"))["VpcEndpoint"]
    assert (answer["VpcEndpointId"], answer["State"]) == (first, "deleted")


def test_a_dry_run_changes_nothing(aws: Emulator) -> None:
    """DryRunOperation says yes, UnauthorizedOperation no, and nothing exists afterwards."""
    client = ec2(aws)
    arguments = creation(aws)
    assert refusal(client.create_vpc_endpoint, DryRun=True, **arguments) == ("DryRunOperation", 412)
    denied = ec2(aws, aws.add_user("reader", policy=allow("ec2:Describe*")))
    assert refusal(denied.create_vpc_endpoint, DryRun=True, **arguments) == ("UnauthorizedOperation", 403)
    aws.advance(minutes=1)
    assert client.describe_vpc_endpoints()["VpcEndpoints"] == []


def allow(*actions: str, resource: str = "*") -> dict[str, Any]:
    """Return a policy that allows actions."""
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": resource}
    return {"Version": "2012-10-17", "Statement": [statement]}


MISTAKES: list[tuple[dict[str, Any], str]] = [
    ({"ServiceName": "com.amazonaws.us-west-2.nothing"}, "InvalidServiceName"),
    ({"ServiceName": "com.amazonaws.eu-west-1.workspaces"}, "InvalidServiceName"),
    ({"VpcEndpointType": None}, "InvalidParameter"),
    ({"RouteTableIds": ["rtb-1"]}, "InvalidParameter"),
    ({"VpcId": "vpc-0"}, "InvalidVpcId.NotFound"),
    ({"SubnetIds": ["subnet-0"]}, "InvalidSubnetId.NotFound"),
    ({"SecurityGroupIds": ["sg-0"]}, "InvalidSecurityGroupId.NotFound"),
    ({"PolicyDocument": "{"}, "InvalidPolicyDocument"),
    ({"PolicyDocument": json.dumps(allow("*"))}, "InvalidPolicyDocument"),
    ({"PolicyDocument": " " * 20_481}, "InvalidPolicyDocument"),
    ({"ClientToken": "t" * 65}, "InvalidParameterValue"),
]


@pytest.mark.parametrize(("changes", "code"), MISTAKES)
def test_invalid_ec2_parameters_have_ec2_codes(aws: Emulator, changes: dict[str, Any], code: str) -> None:
    """A creation with an invalid parameter raises EC2's error code."""
    assert refusal(ec2(aws).create_vpc_endpoint, **creation(aws, **changes))[0] == code


def test_missing_parameters_and_page_sizes_have_ec2_codes(aws: Emulator) -> None:
    """A call without a required parameter is MissingParameter, which names it; a negative page size is invalid."""
    client = ec2(aws)
    client._serializer = client._serializer._serializer  # without botocore's own validation
    calls = {
        "CreateVpcEndpoint": {"ServiceName": "x"},
        "ModifyVpcEndpoint": {},
        "DeleteVpcEndpoints": {},
        "CreateTags": {"Resources": ["vpce-1"]},
    }
    for operation, members in calls.items():
        with pytest.raises(ClientError, match=r"\(MissingParameter\).*must contain the parameter [A-Z]"):
            client._make_api_call(operation, members)
    for operation in ("DescribeVpcEndpoints", "DescribeVpcEndpointServices", "DescribeVpcs", "DescribeSubnets"):
        with pytest.raises(ClientError, match="InvalidParameterValue"):
            client._make_api_call(operation, {"MaxResults": -1})


def test_invalid_network_references_have_ec2_codes(aws: Emulator) -> None:
    """Zones, addresses, other VPCs, shared VPCs and private DNS are refused as EC2 does."""
    network, client = aws.network, ec2(aws)
    vpc, other = network.vpc_id, network.add_vpc()
    good = creation(aws)

    def code(**changes: object) -> str:
        return refusal(client.create_vpc_endpoint, **good | changes)[0]

    same_zone = network.add_subnet(vpc, zone="a")
    assert code(SubnetIds=[good["SubnetIds"][0], same_zone]) == "DuplicateSubnetsInSameZone"
    assert code(SubnetIds=[network.add_subnet(other)]) == "InvalidParameter"
    assert code(SubnetIds=[network.add_subnet(vpc, outpost_arn="arn:o")]) == "InvalidParameter"
    assert code(SubnetIds=[network.add_subnet(vpc, free_addresses=0)]) == "InsufficientFreeAddressesInSubnet"
    assert code(SecurityGroupIds=[network.add_security_group(other)]) == "InvalidParameter"
    shared = network.add_vpc(owner="210987654321")
    assert code(VpcId=shared, SubnetIds=[network.add_subnet(shared)]) == "UnauthorizedOperation"
    network.set_vpc(vpc, dns_hostnames=False)
    assert code(PrivateDnsEnabled=True) == "InvalidParameter"
    network.set_vpc(vpc, dns_hostnames=True, hosted_zones=["workspaces.us-west-2.amazonaws.com"])
    assert code(PrivateDnsEnabled=True) == "InvalidParameter"
    network.set_vpc(vpc, hosted_zones=[])
    # Private DNS is the API's default.
    client.create_vpc_endpoint(**{name: value for name, value in good.items() if name != "PrivateDnsEnabled"})
    assert code(PrivateDnsEnabled=True) == "InvalidParameter"
    network.set_zones("workspaces", "b")
    assert code() == "InvalidParameter"
    details = client.describe_vpc_endpoint_services(ServiceNames=[SERVICE])["ServiceDetails"][0]
    assert details["AvailabilityZones"] == ["us-west-2b"]
    assert refusal(client.describe_vpc_endpoint_services, ServiceNames=["x"])[0] == "InvalidServiceName"


def test_ec2_policies_by_resource_and_condition(aws: Emulator) -> None:
    """A policy with ARNs and EC2's condition keys allows only the creation with its tags."""
    network = aws.network
    base = f"arn:aws:ec2:us-west-2:{ACCOUNT}"
    named = [f"{base}:vpc/{network.vpc_id}", *(f"{base}:subnet/{each}" for each in network.private_subnet_ids)]
    is_service = {"StringEquals": {"ec2:VpceServiceName": SERVICE}}
    is_mine = {"StringEquals": {"aws:RequestTag/wsclient": "x"}}
    create, tag = "ec2:CreateVpcEndpoint", "ec2:CreateTags"
    new = f"{base}:vpc-endpoint/*"
    when = {"StringEquals": {"ec2:CreateAction": "CreateVpcEndpoint"}}
    statements: list[dict[str, Any]] = [
        {"Effect": "Allow", "Action": create, "Resource": named, "Condition": is_service},
        {"Effect": "Allow", "Action": create, "Resource": new, "Condition": is_mine},
        {"Effect": "Allow", "Action": tag, "Resource": new, "Condition": when},
    ]
    user = aws.add_user("maker", policy={"Version": "2012-10-17", "Statement": statements})
    client = ec2(aws, user)

    def tagged(value: str) -> dict[str, Any]:
        tags = [{"ResourceType": "vpc-endpoint", "Tags": [{"Key": "wsclient", "Value": value}]}]
        return creation(aws, TagSpecifications=tags)

    assert refusal(client.create_vpc_endpoint, **tagged("y"))[0] == "UnauthorizedOperation"
    assert (
        refusal(client.create_vpc_endpoint, **tagged("x") | {"PrivateDnsEnabled": True})[0] == "UnauthorizedOperation"
    )
    endpoint_id = client.create_vpc_endpoint(**tagged("x"))["VpcEndpoint"]["VpcEndpointId"]
    aws.advance(minutes=3)
    by_tag = allow("ec2:DeleteVpcEndpoints") | {}
    by_tag["Statement"][0]["Condition"] = {"StringEquals": {"aws:ResourceTag/wsclient": "x"}}
    cleaner = ec2(aws, aws.add_user("cleaner", policy=by_tag))
    assert refusal(cleaner.delete_vpc_endpoints, VpcEndpointIds=["vpce-0"])[0] == "UnauthorizedOperation"
    assert cleaner.delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])["Unsuccessful"] == []


def test_authentication_failures_have_ec2_codes(aws: Emulator) -> None:
    """A wrong key and an unknown action have the codes and the document of EC2."""
    stranger = boto3_client(aws, "ec2", type(aws.credentials)("AKIDUNKNOWN", "secret"))
    assert refusal(stranger.describe_vpcs) == ("AuthFailure", 401)
    assert refusal(ec2(aws).describe_instances)[0] == "InvalidAction"


def test_directory_service_describes_directories(aws: Emulator) -> None:
    """Type, RADIUS and smart cards are those that were set, in boto3's CBOR and in awsJson."""
    ds, network = boto3_client(aws, "ds"), aws.network
    (found,) = ds.describe_directories()["DirectoryDescriptions"]
    assert (found["DirectoryId"], found["Type"]) == (aws.directory_id, "SimpleAD")
    settings = ds.describe_client_authentication_settings
    assert refusal(settings, DirectoryId=aws.directory_id)[0] == "UnsupportedOperationException"
    network.set_directory(
        aws.directory_id, radius_status="Completed", radius_protocol="MS-CHAPv2", smart_cards="Enabled"
    )
    (found,) = ds.describe_directories(DirectoryIds=[aws.directory_id])["DirectoryDescriptions"]
    assert (found["Type"], found["RadiusStatus"]) == ("MicrosoftAD", "Completed")
    assert found["RadiusSettings"]["AuthenticationProtocol"] == "MS-CHAPv2"
    assert settings(DirectoryId=aws.directory_id)["ClientAuthenticationSettingsInfo"][0]["Status"] == "Enabled"
    network.set_directory(aws.directory_id, kind="SharedMicrosoftAD", radius_status="Failed", shares_owner_radius=True)
    (found,) = ds.describe_directories()["DirectoryDescriptions"]
    assert "RadiusStatus" not in found
    assert found["OwnerDirectoryDescription"]["RadiusStatus"] == "Failed"
    assert refusal(ds.describe_directories, DirectoryIds=["d-0000000000"])[0] == "EntityDoesNotExistException"
    denied = boto3_client(aws, "ds", aws.add_user("no", policy=allow("ec2:*")))
    assert refusal(denied.describe_directories)[0] == "AccessDeniedException"


def test_iam_lists_users_and_roles(aws: Emulator) -> None:
    """Users and roles come with their policies, a page at a time, and IAM is signed for us-east-1."""
    aws.add_user("mary", policy=allow("workspaces:*"))
    aws.add_role("operators", trusts=["210987654321"], policy=allow("workspaces:Describe*"))
    iam = boto3_client(aws, "iam", region="us-east-1")
    pages = list(iam.get_paginator("get_account_authorization_details").paginate(PaginationConfig={"PageSize": 1}))
    assert len(pages) >= 4
    users = {user["UserName"]: user for page in pages for user in page["UserDetailList"]}
    assert users["mary"]["UserPolicyList"][0]["PolicyDocument"]["Statement"][0]["Action"] == "workspaces:*"
    assert users["emulator"]["AttachedManagedPolicies"][0]["PolicyName"] == "AdministratorAccess"
    (role,) = [role for page in pages for role in page["RoleDetailList"]]
    principal = role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]
    assert principal == {"AWS": ["arn:aws:iam::210987654321:root"]}
    (policy,) = [policy for page in pages for policy in page["Policies"]]
    assert policy["PolicyVersionList"][0]["Document"]["Statement"][0]["Action"] == "*"


def test_snapshot_includes_the_network(aws: Emulator) -> None:
    """Networks, endpoints, tokens and directories are in a snapshot, and changes go on after it is restored."""
    client = ec2(aws)
    client.create_vpc_endpoint(**creation(aws, ClientToken="t-1"))
    aws.network.set_directory(aws.directory_id, kind="ADConnector")
    before = client.describe_subnets()["Subnets"]
    kept = aws.snapshot()
    aws.network.add_vpc()
    aws.restore(kept)
    assert client.describe_subnets()["Subnets"] == before
    aws.advance(minutes=3)
    assert [each["State"] for each in client.describe_vpc_endpoints()["VpcEndpoints"]] == ["available"]
    assert boto3_client(aws, "ds").describe_directories()["DirectoryDescriptions"][0]["Type"] == "ADConnector"
    client.create_vpc_endpoint(**creation(aws, ClientToken="t-1"))
    assert len(client.describe_vpc_endpoints()["VpcEndpoints"]) == 1
