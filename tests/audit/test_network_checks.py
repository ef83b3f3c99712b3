"""Checks that EC2 and Directory Service decide, by each outcome: built facts, then accounts of the emulator."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.audit.facts import ACCOUNT, connection, context, directory, fact
from wsclient._generated.ds import structures as ds
from wsclient._generated.ec2 import structures as ec2
from wsclient.audit import CHECKS, AuditSettings, Outcome, Reason
from wsclient.audit._facts.records import Fact, Problem, SmartCards, UsualName, VpcFacts
from wsclient.endpoints import EndpointKind

if TYPE_CHECKING:
    from wsclient import types

PASS, FAIL, NOT_APPLICABLE, UNKNOWN = Outcome
BY_ID = {check.id: check for check in CHECKS}
DENIED = Problem(Reason.NOT_PERMITTED, "no permission", "ec2:DescribeRouteTables")
Facts = dict[str, Fact[object]]
HERE = directory(SubnetIds=["subnet-1"], WorkspaceSecurityGroupId="sg-1")


class Row(NamedTuple):
    """One cell of the table."""

    check: str
    facts: Facts
    outcome: Outcome
    reason: Reason | None = None
    item: object = HERE
    settings: AuditSettings | None = None


def vpc(*, default: bool = False, support: bool = True, hostnames: bool = True, owner: str = ACCOUNT) -> VpcFacts:
    """Return a VPC with one block."""
    members = {
        "VpcId": "vpc-1",
        "IsDefault": default,
        "OwnerId": owner,
        "CidrBlockAssociationSet": [{"CidrBlock": "10.0.0.0/16"}],
    }
    return VpcFacts(ec2.Vpc.from_dict(members), support, hostnames)


def subnet(number: int = 1, zone: str = "euw1-az1") -> ec2.Subnet:
    """Return a subnet of the VPC."""
    return ec2.Subnet.from_dict({"SubnetId": f"subnet-{number}", "VpcId": "vpc-1", "AvailabilityZoneId": zone})


def table(*routes: dict[str, object], main: bool = True, subnet_id: str | None = None) -> ec2.RouteTable:
    """Return a route table: the main one, or that of a subnet."""
    association = {"Main": main} if subnet_id is None else {"SubnetId": subnet_id, "Main": False}
    return ec2.RouteTable.from_dict(
        {"RouteTableId": "rtb-1", "VpcId": "vpc-1", "Associations": [association], "Routes": list(routes)}
    )


def route(state: str = "active", **target: str) -> dict[str, object]:
    """Return a default route."""
    return {"DestinationCidrBlock": "0.0.0.0/0", "State": state, **target}


def nat(state: str = "available", kind: str = "public", subnet_id: str | None = "subnet-2") -> ec2.NatGateway:
    """Return a NAT gateway in subnet 2."""
    return ec2.NatGateway.from_dict(
        {"NatGatewayId": "nat-1", "State": state, "ConnectivityType": kind, "SubnetId": subnet_id, "VpcId": "vpc-1"}
    )


def group(*rules: dict[str, object]) -> Facts:
    """Return a security group with these rules as a fact."""
    return {"groups": fact(ec2.SecurityGroup.from_dict({"GroupId": "sg-1", "IpPermissions": list(rules)}))}


def rule(*sources: str, protocol: str = "tcp", ports: tuple[int, int] | None = (443, 443)) -> dict[str, object]:
    """Return an inbound rule."""
    found: dict[str, object] = {
        "IpProtocol": protocol,
        "IpRanges": [{"CidrIp": each} for each in sources if ":" not in each],
        "Ipv6Ranges": [{"CidrIpv6": each} for each in sources if ":" in each],
    }
    return found | ({"FromPort": ports[0], "ToPort": ports[1]} if ports else {})


def endpoint(**members: object) -> ec2.VpcEndpoint:
    """Return an interface endpoint that is available."""
    defaults: dict[str, object] = {
        "VpcEndpointId": "vpce-1",
        "VpcEndpointType": "Interface",
        "State": "available",
        "VpcId": "vpc-1",
        "PrivateDnsEnabled": True,
        "SubnetIds": ["subnet-1", "subnet-2"],
        "Groups": [{"GroupId": "sg-1"}],
        "NetworkInterfaceIds": ["eni-1", "eni-2"],
    }
    return ec2.VpcEndpoint.from_dict({**defaults, **members})


def streaming(*ids: str, **members: object) -> types.WorkspaceDirectory:
    """Return a directory whose users stream through these VPC endpoints."""
    endpoints = [{"AccessEndpointType": "STREAMING_WSP", "VpcEndpointId": each} for each in ids]
    return directory(WorkspaceAccessProperties={"AccessEndpointConfig": {"AccessEndpoints": endpoints, **members}})


def described(kind: str, radius: str | None = None, protocol: str | None = None, **members: object) -> Facts:
    """Return Directory Service's description as a fact, and that there are no smart cards."""
    found: dict[str, object] = {"DirectoryId": HERE.directory_id, "Type": kind, **members}
    found |= {"RadiusStatus": radius} if radius else {}
    found |= {"RadiusSettings": {"AuthenticationProtocol": protocol} if protocol else {}} if radius else {}
    return {"ds": fact(ds.DirectoryDescription.from_dict(found)), "smart_cards": fact()}


def routed(*tables: ec2.RouteTable, nats: tuple[ec2.NatGateway, ...] = ()) -> Facts:
    """Return a network whose subnet 1 is the directory's, and subnet 2 has the NAT gateway."""
    return {"subnets": fact(subnet(1), subnet(2)), "routes": fact(*tables), "nats": fact(*nats)}


def conditional(key: str, value: str) -> str:
    """Return an endpoint policy that allows everything under one condition."""
    return OPEN_POLICY.replace("}]}", f',"Condition":{{"StringEquals":{{"{key}":"{value}"}}}}}}]}}')


IGW, NAT = route(GatewayId="igw-1"), route(NatGatewayId="nat-1")
IPV6: dict[str, object] = {"DestinationIpv6CidrBlock": "::/0", "GatewayId": "igw-1", "State": "active"}
EGRESS: dict[str, object] = {
    "DestinationIpv6CidrBlock": "::/0",
    "EgressOnlyInternetGatewayId": "eigw-1",
    "State": "active",
}
PEER: dict[str, object] = {
    "DestinationCidrBlock": "10.9.0.0/16",
    "VpcPeeringConnectionId": "pcx-1",
    "State": "active",
}
HALF: dict[str, object] = {"DestinationCidrBlock": "0.0.0.0/1", "TransitGatewayId": "tgw-1", "State": "active"}
S3: dict[str, object] = {"DestinationPrefixListId": "pl-1", "GatewayId": "vpce-1", "State": "active"}
TWO_SUBNETS = directory(SubnetIds=["subnet-1", "subnet-2"])
SHARED: Facts = {
    "subnets": fact(ec2.Subnet.from_dict({"SubnetId": "subnet-1", "VpcId": "vpc-1", "OwnerId": "999999999999"}))
}
PUBLIC = table(IGW, subnet_id="subnet-2")
WITH_CUSTOM = directory(WorkspaceSecurityGroupId="sg-1", WorkspaceCreationProperties={"CustomSecurityGroupId": "sg-2"})
TWO_GROUPS: Facts = {
    "groups": fact(
        *(
            ec2.SecurityGroup.from_dict({"GroupId": f"sg-{number}", "IpPermissions": [rule(half)]})
            for number, half in ((1, "0.0.0.0/1"), (2, "128.0.0.0/1"))
        )
    )
}
OPEN_POLICY = '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}'
OWN_POLICY = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"workspaces:*","Resource":"*",'
    f'"Condition":{{"StringEquals":{{"aws:PrincipalAccount":"{ACCOUNT}"}}}}}}]}}'
)
NO_ZONE = ec2.Subnet.from_dict({"SubnetId": "subnet-2", "VpcId": "vpc-1"})
TWO_ZONES: Facts = {"subnets": fact(subnet(1), subnet(2, "euw1-az2"))}
VPC: Facts = {"vpcs": fact(vpc())}
NAMES: Facts = {
    "endpoint_interfaces": fact(
        *(
            ec2.NetworkInterface.from_dict({"NetworkInterfaceId": f"eni-{each}", "PrivateIpAddress": f"10.0.{each}.9"})
            for each in (1, 2)
        )
    )
}


def led(*addresses: str, support: bool = True, hostnames: bool = True) -> Facts:
    """Return a VPC with an endpoint whose usual name leads to these addresses from here."""
    return {
        "vpcs": fact(vpc(support=support, hostnames=hostnames)),
        **NAMES,
        "usual_name": fact(UsualName("workspaces", addresses)),
    }


MALFORMED = ec2.Vpc.from_dict({"VpcId": "vpc-1", "CidrBlockAssociationSet": [{"CidrBlock": "10.0.0.1/33"}]})
NO_ENDPOINT: Facts = {"endpoints": fact(), **VPC}
ENDPOINT: Facts = {"endpoints": fact(endpoint()), **VPC}
TABLE = [
    Row("network.own_vpc", {"subnets": fact(subnet()), "vpcs": fact(vpc())}, PASS),
    Row("network.own_vpc", {"subnets": fact(subnet()), "vpcs": fact(vpc(default=True))}, FAIL),
    Row("network.own_vpc", {"subnets": fact(), "vpcs": fact()}, UNKNOWN, Reason.INCOMPLETE),
    Row("network.own_vpc", {"subnets": fact(subnet()), **VPC}, UNKNOWN, Reason.INCOMPLETE, TWO_SUBNETS),
    Row(
        "network.own_vpc",
        {
            "subnets": fact(subnet()),
            "vpcs": fact(VpcFacts(ec2.Vpc(vpc_id="vpc-1"), dns_support=True, dns_hostnames=True)),
        },
        UNKNOWN,
        Reason.INCOMPLETE,
    ),
    Row("network.private_subnets", routed(table(route("odd", GatewayId="igw-1"))), UNKNOWN, Reason.INCOMPLETE),
    Row("network.private_subnets", routed(table(IPV6)), FAIL),
    Row("network.private_subnets", routed(table(NAT), PUBLIC), FAIL, item=TWO_SUBNETS),
    Row("network.private_subnets", routed(table(NAT)) | SHARED, UNKNOWN, Reason.DECIDED_ELSEWHERE),
    Row("network.private_subnets", routed(table(NAT, subnet_id="subnet-1")) | SHARED, PASS),
    Row("network.nat", routed(table(IPV6)), FAIL),
    Row("network.nat", routed(table(NAT, IPV6), PUBLIC, nats=(nat(),)), FAIL),
    Row("network.nat", routed(table(EGRESS)), NOT_APPLICABLE),
    Row("network.nat", routed(table(PEER)), NOT_APPLICABLE),
    Row("network.nat", routed(table(HALF)), UNKNOWN, Reason.DECIDED_ELSEWHERE),
    Row("network.nat", routed(table(S3)), NOT_APPLICABLE),
    Row("network.nat", routed(table(NAT), nats=(nat(subnet_id=None),)), UNKNOWN, Reason.INCOMPLETE),
    Row("network.nat", routed(table(NAT, subnet_id="subnet-1"), nats=(nat(),)), UNKNOWN, Reason.INCOMPLETE),
    Row("network.nat", routed(table(NAT), PUBLIC, nats=(nat(kind="odd"),)), UNKNOWN, Reason.INCOMPLETE),
    Row("network.nat", routed(table(route("odd", NatGatewayId="nat-1"))), UNKNOWN, Reason.INCOMPLETE),
    Row("network.nat", routed(table(NAT), PUBLIC, nats=(nat(),)), FAIL, item=TWO_SUBNETS),
    Row("network.private_subnets", routed(table(NAT), PUBLIC), PASS),
    Row("network.private_subnets", routed(table(IGW)), FAIL),
    Row("network.private_subnets", routed(table(NAT), table(IGW, subnet_id="subnet-1")), FAIL),
    Row("network.private_subnets", routed(table(IGW), table(NAT, subnet_id="subnet-1")), PASS),
    Row("network.private_subnets", routed(table(route("blackhole", GatewayId="igw-1"))), PASS),
    Row("network.private_subnets", routed(), UNKNOWN, Reason.DECIDED_ELSEWHERE),
    Row(
        "network.private_subnets",
        {"subnets": fact(subnet()), "routes": Fact(problem=DENIED)},
        UNKNOWN,
        Reason.NOT_PERMITTED,
    ),
    Row("network.nat", routed(table(NAT), PUBLIC, nats=(nat(),)), PASS),
    Row("network.nat", routed(table(), PUBLIC), NOT_APPLICABLE),
    Row("network.nat", routed(table(route("blackhole", NatGatewayId="nat-1"))), FAIL),
    Row("network.nat", routed(table(IGW)), FAIL),
    Row("network.nat", routed(table(NAT), PUBLIC, nats=(nat("failed"),)), FAIL),
    Row("network.nat", routed(table(NAT), PUBLIC, nats=(nat(kind="private"),)), FAIL),
    Row("network.nat", routed(table(NAT), nats=(nat(),)), FAIL),
    Row("network.nat", routed(table(NAT), PUBLIC), UNKNOWN, Reason.INCOMPLETE),
    Row("network.nat", routed(table(route(TransitGatewayId="tgw-1"))), UNKNOWN, Reason.DECIDED_ELSEWHERE),
    Row("network.nat", routed(), UNKNOWN, Reason.DECIDED_ELSEWHERE),
    Row("network.security_groups", group(rule("10.0.0.0/16")), PASS),
    Row("network.security_groups", group(rule("10.0.0.0/8"), rule("203.0.113.0/24")), PASS),
    Row("network.security_groups", group(), PASS),
    Row("network.security_groups", group(rule("0.0.0.0/0")), FAIL),
    Row("network.security_groups", group(rule("::/0", protocol="-1", ports=None)), FAIL),
    Row("network.security_groups", group(rule("0.0.0.0/1"), rule("128.0.0.0/1", ports=(80, 8443))), FAIL),
    Row("network.security_groups", group(rule("0.0.0.0/1"), rule("128.0.0.0/1", ports=(80, 80))), FAIL),
    Row("network.security_groups", group(rule("52.0.0.0/7")), FAIL),
    Row("network.security_groups", group(rule("52.0.0.0/8")), PASS),
    Row("network.security_groups", group(rule("52.0.0.0/8")), FAIL, settings=AuditSettings(widest_source=16)),
    Row(
        "network.security_groups",
        group({"IpProtocol": "tcp", "PrefixListIds": [{"PrefixListId": "pl-1"}]}),
        UNKNOWN,
        Reason.INCOMPLETE,
    ),
    Row("network.security_groups", {"groups": fact()}, UNKNOWN, Reason.INCOMPLETE),
    Row("network.security_groups", group(rule("0.0.0.0/1")), FAIL),
    Row("network.security_groups", group(rule("2000::/3")), FAIL),
    Row("network.security_groups", group(rule("0.0.0.0/1"), rule("128.0.0.0/1", protocol="6")), FAIL),
    Row("network.security_groups", group(rule("everywhere")), UNKNOWN, Reason.INCOMPLETE),
    Row("network.security_groups", group(), UNKNOWN, Reason.INCOMPLETE, directory()),
    Row("network.security_groups", TWO_GROUPS, FAIL, item=WITH_CUSTOM),
    Row("network.security_groups", group(rule("10.0.0.0/8")), UNKNOWN, Reason.INCOMPLETE, WITH_CUSTOM),
    Row("identity.mfa", described("ADConnector", "Completed", "PAP"), PASS),
    Row(
        "identity.mfa",
        described("MicrosoftAD") | {"smart_cards": fact(SmartCards("d-1234567890", is_enabled=True))},
        PASS,
    ),
    Row("identity.mfa", described("ADConnector"), FAIL),
    Row("identity.mfa", described("MicrosoftAD", "Failed"), FAIL),
    Row("identity.mfa", described("SimpleAD"), FAIL),
    Row("identity.mfa", described("ADConnector", "Creating"), UNKNOWN, Reason.INCOMPLETE),
    Row("identity.mfa", described("SharedMicrosoftAD"), UNKNOWN, Reason.DECIDED_ELSEWHERE),
    Row("identity.mfa", described("SharedMicrosoftAD", OwnerDirectoryDescription={"RadiusStatus": "Completed"}), PASS),
    Row("identity.mfa", {"ds": fact(), "smart_cards": fact()}, UNKNOWN, Reason.INCOMPLETE),
    *(
        Row("identity.mfa", described("SimpleAD"), UNKNOWN, Reason.DECIDED_ELSEWHERE, item)
        for item in (
            directory(SamlProperties={"Status": "ENABLED"}),
            directory(IDCConfig={"InstanceArn": "arn"}),
            directory(MicrosoftEntraConfig={"TenantId": "t"}),
            directory(UserIdentityType="CUSTOMER_MANAGED"),
            directory(DirectoryId="wsd-1"),
        )
    ),
    Row(
        "identity.mfa",
        described("SimpleAD"),
        FAIL,
        item=directory(SamlProperties={"Status": "ENABLED_WITH_DIRECTORY_LOGIN_FALLBACK"}),
    ),
    *(
        Row("identity.radius_protocol", described("ADConnector", "Completed", each), FAIL)
        for each in ("PAP", "CHAP", "MS-CHAPv1")
    ),
    Row("identity.radius_protocol", described("ADConnector", "Completed", "MS-CHAPv2"), PASS),
    Row("identity.radius_protocol", described("ADConnector", "Completed"), UNKNOWN, Reason.INCOMPLETE),
    Row("identity.radius_protocol", described("ADConnector", "Completed", "EAP"), UNKNOWN, Reason.INCOMPLETE),
    Row("identity.radius_protocol", described("ADConnector"), NOT_APPLICABLE),
    Row("identity.radius_protocol", {"ds": fact()}, UNKNOWN, Reason.INCOMPLETE),
    Row("identity.radius_protocol", {"ds": fact()}, NOT_APPLICABLE, item=directory(DirectoryId="wsd-1")),
    Row("identity.radius_protocol", described("SharedMicrosoftAD"), UNKNOWN, Reason.DECIDED_ELSEWHERE),
    Row(
        "identity.radius_protocol",
        described(
            "SharedMicrosoftAD",
            OwnerDirectoryDescription={"RadiusSettings": {"AuthenticationProtocol": "MS-CHAPv1"}},
        ),
        FAIL,
    ),
    Row("identity.mfa", described("ADConnector", "Updating"), UNKNOWN, Reason.INCOMPLETE),
    Row(
        "identity.mfa",
        described("SimpleAD"),
        UNKNOWN,
        Reason.DECIDED_ELSEWHERE,
        directory(SamlProperties={"Status": "ENABLED_OTHERWISE"}),
    ),
    Row("endpoint.exists", ENDPOINT, PASS, item=connection()),
    Row("endpoint.exists", NO_ENDPOINT, FAIL, item=connection()),
    Row("endpoint.exists", NO_ENDPOINT, PASS, item=connection(kind=EndpointKind.PRIVATELINK)),
    Row("endpoint.exists", NO_ENDPOINT, NOT_APPLICABLE, item=connection(fips=True)),
    Row("endpoint.exists", ENDPOINT, PASS, item=connection(), settings=AuditSettings(api_vpcs=("vpc-1",))),
    Row("endpoint.exists", NO_ENDPOINT, FAIL, item=connection(), settings=AuditSettings(api_vpcs=("vpc-1",))),
    Row(
        "endpoint.exists",
        ENDPOINT,
        UNKNOWN,
        Reason.INCOMPLETE,
        connection(),
        AuditSettings(api_vpcs=("vpc-1", "vpc-2")),
    ),
    Row("endpoint.exists", NO_ENDPOINT, UNKNOWN, Reason.DECIDED_ELSEWHERE, connection(kind=EndpointKind.CUSTOM)),
    Row("endpoint.used", ENDPOINT, UNKNOWN, Reason.DECIDED_ELSEWHERE, connection(kind=EndpointKind.CUSTOM)),
    Row("endpoint.used", ENDPOINT, UNKNOWN, Reason.INCOMPLETE, connection(kind=EndpointKind.PRIVATE_DNS)),
    Row("endpoint.used", ENDPOINT, PASS, item=connection(kind=EndpointKind.PRIVATE_DNS, address="100.64.0.5")),
    Row("endpoint.used", NO_ENDPOINT, PASS, item=connection(kind=EndpointKind.PRIVATELINK, address="10.0.0.5")),
    Row(
        "endpoint.exists",
        {"endpoints": fact(), "vpcs": fact(vpc(owner="999999999999"))},
        UNKNOWN,
        Reason.DECIDED_ELSEWHERE,
        connection(),
        AuditSettings(api_vpcs=("vpc-1",)),
    ),
    Row("endpoint.exists", {"endpoints": fact(endpoint(State="pending")), **VPC}, FAIL, item=connection()),
    Row("endpoint.used", ENDPOINT, FAIL, item=connection()),
    Row("endpoint.used", NO_ENDPOINT, UNKNOWN, Reason.DECIDED_ELSEWHERE, connection()),
    Row("endpoint.used", ENDPOINT, NOT_APPLICABLE, item=connection(fips=True)),
    Row("endpoint.used", ENDPOINT, PASS, item=connection(kind=EndpointKind.PRIVATE_DNS, address="10.0.0.5")),
    Row("endpoint.used", ENDPOINT, FAIL, item=connection(kind=EndpointKind.PRIVATE_DNS, address="52.0.0.5")),
    Row("endpoint.private_dns", led("10.0.1.9", "10.0.2.9"), PASS, item=endpoint()),
    Row("endpoint.private_dns", led("10.0.1.9"), PASS, item=endpoint()),
    Row("endpoint.private_dns", led("10.0.1.9", "10.0.3.9"), FAIL, item=endpoint()),
    Row("endpoint.private_dns", led("52.0.0.1"), UNKNOWN, Reason.NOT_REACHED, endpoint()),
    Row("endpoint.private_dns", led("10.9.0.1"), UNKNOWN, Reason.NOT_REACHED, endpoint()),
    Row("endpoint.private_dns", VPC | NAMES, UNKNOWN, Reason.NOT_REACHED, endpoint()),
    Row("endpoint.private_dns", led("10.0.1.9", support=False), FAIL, item=endpoint()),
    Row("endpoint.private_dns", led("10.0.1.9", hostnames=False), FAIL, item=endpoint()),
    Row("endpoint.private_dns", led(), NOT_APPLICABLE, item=endpoint(PrivateDnsEnabled=False)),
    Row("endpoint.private_dns", {"vpcs": fact(), **NAMES}, UNKNOWN, Reason.DECIDED_ELSEWHERE, endpoint()),
    Row("endpoint.private_dns", led("10.0.1.9"), UNKNOWN, Reason.INCOMPLETE, endpoint(PrivateDnsEnabled=None)),
    Row(
        "endpoint.private_dns",
        led("10.0.1.9") | {"vpcs": fact(VpcFacts(vpc().vpc, None, dns_hostnames=True))},
        UNKNOWN,
        Reason.INCOMPLETE,
        endpoint(),
    ),
    Row("endpoint.zones", TWO_ZONES, PASS, item=endpoint()),
    Row("endpoint.zones", TWO_ZONES, FAIL, item=endpoint(SubnetIds=["subnet-1"])),
    Row("endpoint.zones", {"subnets": fact()}, UNKNOWN, Reason.INCOMPLETE, endpoint()),
    Row("endpoint.zones", {"subnets": fact(subnet(1), subnet(2))}, FAIL, item=endpoint()),
    Row("endpoint.zones", {"subnets": fact(subnet(1))}, UNKNOWN, Reason.INCOMPLETE, endpoint()),
    Row("endpoint.zones", {"subnets": fact(subnet(1), NO_ZONE)}, UNKNOWN, Reason.INCOMPLETE, endpoint()),
    Row("endpoint.zones", TWO_ZONES, UNKNOWN, Reason.INCOMPLETE, endpoint(SubnetIds=[])),
    Row("endpoint.security_group", group(rule("10.0.0.0/8")) | VPC, PASS, item=endpoint()),
    Row("endpoint.security_group", group(rule("10.0.0.0/16", protocol="-1", ports=None)) | VPC, PASS, item=endpoint()),
    Row("endpoint.security_group", group(rule("10.0.0.0/24")) | VPC, FAIL, item=endpoint()),
    Row("endpoint.security_group", group(rule("10.0.0.0/8", ports=(80, 80))) | VPC, FAIL, item=endpoint()),
    Row(
        "endpoint.security_group",
        group(rule() | {"UserIdGroupPairs": [{"GroupId": "sg-2"}]}) | VPC,
        UNKNOWN,
        Reason.INCOMPLETE,
        endpoint(),
    ),
    Row("endpoint.security_group", group(rule("10.0.0.0/17", "10.0.128.0/17")) | VPC, PASS, item=endpoint()),
    Row(
        "endpoint.security_group",
        group(rule("10.0.0.0/8"))
        | {"vpcs": fact(VpcFacts(ec2.Vpc(vpc_id="vpc-1"), dns_support=True, dns_hostnames=True))},
        UNKNOWN,
        Reason.INCOMPLETE,
        endpoint(),
    ),
    Row("endpoint.security_group", group(rule("all")) | VPC, UNKNOWN, Reason.INCOMPLETE, endpoint()),
    Row("endpoint.security_group", {"groups": fact(), **VPC}, UNKNOWN, Reason.INCOMPLETE, endpoint()),
    Row("endpoint.policy", {}, FAIL, item=endpoint(PolicyDocument=OPEN_POLICY)),
    Row("endpoint.policy", {}, PASS, item=endpoint(PolicyDocument=OWN_POLICY)),
    Row("endpoint.policy", {}, UNKNOWN, Reason.INCOMPLETE, endpoint()),
    Row("endpoint.policy", {}, UNKNOWN, Reason.INCOMPLETE, endpoint(PolicyDocument="{")),
    *(
        Row("endpoint.policy", {}, outcome, reason, endpoint(PolicyDocument=conditional(key, value)))
        for key, value, outcome, reason in (
            ("aws:PrincipalOrgID", "o-a1b2c3d4e5", PASS, None),
            ("aws:SourceVpc", "vpc-1", FAIL, None),
            ("aws:SourceVpc", "vpc-2", PASS, None),
            ("aws:PrincipalTag/team", "desktops", UNKNOWN, Reason.INCOMPLETE),
            ("aws:SourceIp", "10.0.0.1", UNKNOWN, Reason.INCOMPLETE),
        )
    ),
    Row("endpoint.policy_lint", {}, NOT_APPLICABLE, item=endpoint(PolicyDocument=OPEN_POLICY)),
    Row("endpoint.policy_lint", {}, PASS, item=endpoint(PolicyDocument=OWN_POLICY)),
    Row(
        "endpoint.private_dns",
        led("10.0.1.5") | {"vpcs": fact(VpcFacts(MALFORMED, dns_support=True, dns_hostnames=True))},
        UNKNOWN,
        Reason.INCOMPLETE,
        endpoint(PrivateDnsEnabled=True),
    ),
    Row("access.streaming_endpoint", {}, NOT_APPLICABLE, item=directory()),
    Row("access.streaming_endpoint", {}, FAIL, item=streaming("vpce-1", InternetFallbackProtocols=["PCOIP"])),
    Row("access.streaming_endpoint", {"streaming_endpoints": fact()}, UNKNOWN, Reason.INCOMPLETE, streaming()),
    Row(
        "access.streaming_endpoint",
        {"streaming_endpoints": fact(ec2.VpcEndpoint.from_dict({"VpcEndpointId": "vpce-1"}))},
        UNKNOWN,
        Reason.INCOMPLETE,
        streaming("vpce-1"),
    ),
    *(
        Row("access.streaming_endpoint", {"streaming_endpoints": fact(*found)}, outcome, item=streaming("vpce-1"))
        for found, outcome in (
            ([endpoint(VpcEndpointId="vpce-1")], PASS),
            ([endpoint(VpcEndpointId="vpce-1", State="available")], PASS),
            ([endpoint(VpcEndpointId="vpce-1", State="pending")], FAIL),
            ([endpoint(VpcEndpointId="vpce-2")], FAIL),
            ([], FAIL),
        )
    ),
    Row(
        "endpoint.policy_lint",
        {},
        FAIL,
        item=endpoint(PolicyDocument=OWN_POLICY.replace("workspaces:*", "workspaces:DescribeWorkspace")),
    ),
    Row("endpoint.policy_lint", {}, UNKNOWN, Reason.INCOMPLETE, endpoint(PolicyDocument="[]")),
]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.check}-{row.outcome}")
def test_each_outcome_of_each_check(row: Row) -> None:
    """The check's finding has the outcome of the table, and the reason where it is unknown."""
    (finding,) = BY_ID[row.check].findings(fact(row.item), context(row.settings, **row.facts))
    assert (finding.outcome, finding.reason) == (row.outcome, row.reason), finding
    assert finding.message


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.check}-{row.outcome}")
def test_unread_fact_makes_a_network_check_unknown(row: Row) -> None:
    """Without one of the facts that a check needs it is unknown, unless the others prove a fault or an exclusion."""
    check = BY_ID[row.check]
    for missing in check.needs:
        lost: Fact[object] = Fact(problem=DENIED)
        facts = {**row.facts, missing: lost}
        (finding,) = check.findings(fact(row.item), context(row.settings, **facts))
        is_proven = finding.outcome is row.outcome and row.outcome in {FAIL, NOT_APPLICABLE}
        assert is_proven or (finding.outcome, finding.reason) == (UNKNOWN, DENIED.reason), missing
