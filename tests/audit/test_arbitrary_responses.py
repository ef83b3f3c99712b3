"""Checks over responses of every form: absent members, values newer than the model, ids that match or do not."""
# botocore's shapes have no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.audit.facts import ACCOUNT, NOW, connection, context, fact
from tests.support.models import service_model
from tests.support.scale import at_scale
from wsclient._generated.ds import structures as ds
from wsclient._generated.ec2 import structures as ec2
from wsclient._generated.iam import structures as iam
from wsclient._generated.workspaces import structures as s
from wsclient.audit import CHECKS, AuditSettings, Outcome, Subject, Verdict
from wsclient.audit._facts.iam import _principals
from wsclient.audit._facts.records import (
    Caller,
    Interfaces,
    PublicProbe,
    SharedImage,
    SmartCards,
    UsualName,
    VpcFacts,
    WorkspaceFacts,
)
from wsclient.endpoints import EndpointKind

if TYPE_CHECKING:
    from wsclient.audit._facts.records import Fact

OPEN = '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}'
IDS = st.sampled_from(["d-1", "d-1", "d-2"])
"""Few ids, so that those of different responses match."""
BLOCKS = st.sampled_from(["10.0.0.0/8", "10.0.0.1/33", "0.0.0.0/0", "::/0", "52.0.0.0/7", ""])
TEXTS = st.sampled_from(
    [
        *("", "a", "x" * 300, "\x00", "null", ACCOUNT, OPEN, "{", "[]", "wsd-1", "10.0.0.5", "alias/aws/workspaces"),
        *("local", "active", "blackhole", "available", "tcp", "-1", "6", "public", "alias/ours", "%7B%7D"),
    ]
)
"""Texts that some check looks for, or cannot parse."""
USUAL = {
    *("VpcId", "SubnetId", "SubnetIds", "GroupId", "DirectoryId", "GatewayId", "State", "PrivateDnsEnabled"),
    *("Routes", "Associations", "CidrBlockAssociationSet", "CidrBlock", "IpPermissions", "IpRanges", "CidrIp"),
}
"""Members that are there more often than not, so that checks reach further."""
NUMBERS = st.sampled_from([-(2**31), -1, 0, 1, 80, 443, 65_535, 2**31 - 1])
TIMES = st.sampled_from([NOW, NOW - timedelta(days=400), NOW + timedelta(days=400), datetime(1970, 1, 1, tzinfo=UTC)])


def responses(shape: Any, name: str = "") -> st.SearchStrategy[Any]:
    """Return a strategy of values of a member's shape that may leave anything out."""
    kind = shape.type_name
    if kind == "structure":
        members = {each: responses(member, each) for each, member in shape.members.items()}
        kept = {each: member for each, member in members.items() if each in USUAL}
        whole = st.fixed_dictionaries(kept, optional={each: members[each] for each in members.keys() - kept.keys()})
        return whole | st.fixed_dictionaries({}, optional=members)
    if kind == "list":
        return st.lists(responses(shape.member, name), max_size=2)
    if kind == "string":
        return st.sampled_from(shape.enum) | TEXTS if shape.enum else texts(name)
    return {"boolean": st.sampled_from([True, True, False]), "integer": NUMBERS, "timestamp": TIMES}[kind]


def texts(name: str) -> st.SearchStrategy[str]:
    """Return a strategy of texts of a member."""
    if name == "GatewayId":
        return st.sampled_from(["igw-1", "vpce-1", "local"])
    if name.lower().endswith(("id", "ids")):
        return IDS
    return BLOCKS if "cidr" in name.lower() or name == "ipRule" else TEXTS


@cache
def items_of(service: str, operation: str, member: str, structure: Any) -> st.SearchStrategy[Any]:
    """Return a strategy of lists of the structures that an operation returns."""
    shape: Any = service_model(service).operation_model(operation).output_shape
    each = responses(shape.members[member].member).map(lambda value: structure.from_dict(plain(value)))
    return st.lists(each, max_size=2)


def plain(value: Any) -> Any:
    """Return a value with times as the seconds that from_dict() takes."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.timestamp() if isinstance(value, datetime) else value


def workspace_facts(workspaces: list[s.Workspace], draw: st.DrawFn) -> list[object]:
    """Return WorkSpaces with what else is read of each."""
    keys = st.none() | st.lists(TEXTS, max_size=2).map(tuple)
    return [WorkspaceFacts(each, draw(st.none() | TIMES), tag_keys=draw(keys)) for each in workspaces]


@st.composite
def everything(draw: st.DrawFn) -> dict[str, Fact[object]]:
    """Draw all facts of a site, as AWS could return them."""
    directories = draw(items_of("workspaces", "DescribeWorkspaceDirectories", "Directories", s.WorkspaceDirectory))
    workspaces = draw(items_of("workspaces", "DescribeWorkspaces", "Workspaces", s.Workspace))
    endpoints = draw(items_of("ec2", "DescribeVpcEndpoints", "VpcEndpoints", ec2.VpcEndpoint))
    vpcs = draw(items_of("ec2", "DescribeVpcs", "Vpcs", ec2.Vpc))
    flags = st.sampled_from([True, True, True, False, None])
    addresses = st.sampled_from(["10.0.0.5", "52.0.0.1", "fe80::1"])
    users = draw(items_of("iam", "GetAccountAuthorizationDetails", "UserDetailList", iam.UserDetail))
    page = iam.GetAccountAuthorizationDetailsResponse(user_detail_list=users)
    facts: dict[str, list[object]] = {
        "connection": [
            connection(
                version=draw(TEXTS),
                cipher=draw(TEXTS),
                issuer=draw(TEXTS),
                kind=draw(st.sampled_from(EndpointKind)),
                address=draw(st.none() | addresses),
                plain=draw(st.booleans()),
                host=draw(TEXTS),
            )
        ],
        "caller": [Caller(draw(TEXTS), draw(TEXTS), draw(st.booleans()))],
        "directories": directories,
        "workspaces": workspace_facts(workspaces, draw),
        "ip_groups": draw(items_of("workspaces", "DescribeIpGroups", "Result", s.WorkspacesIpGroup)),
        "images": draw(items_of("workspaces", "DescribeWorkspaceImages", "Images", s.WorkspaceImage)),
        "image_shares": [SharedImage(draw(IDS), (draw(TEXTS),))],
        "client_settings": draw(
            items_of("workspaces", "DescribeClientProperties", "ClientPropertiesList", s.ClientPropertiesResult)
        ),
        "tenancy": [s.DescribeAccountResult()],
        "endpoints": endpoints,
        "streaming_endpoints": endpoints,
        "subnets": draw(items_of("ec2", "DescribeSubnets", "Subnets", ec2.Subnet)),
        "vpcs": [VpcFacts(each, draw(flags), draw(flags)) for each in vpcs],
        "routes": draw(items_of("ec2", "DescribeRouteTables", "RouteTables", ec2.RouteTable)),
        "nats": draw(items_of("ec2", "DescribeNatGateways", "NatGateways", ec2.NatGateway)),
        "groups": draw(items_of("ec2", "DescribeSecurityGroups", "SecurityGroups", ec2.SecurityGroup)),
        "ds": draw(items_of("ds", "DescribeDirectories", "DirectoryDescriptions", ds.DirectoryDescription)),
        "smart_cards": [SmartCards(draw(IDS), draw(st.booleans()))],
        "endpoint_interfaces": draw(
            items_of("ec2", "DescribeNetworkInterfaces", "NetworkInterfaces", ec2.NetworkInterface)
        ),
        "usual_name": [UsualName("h", tuple(draw(st.lists(addresses, max_size=2))))],
        "interfaces": [Interfaces({(draw(IDS), draw(TEXTS)): draw(st.none() | TEXTS)})],
        "public_probe": [PublicProbe("h", draw(TEXTS), draw(TEXTS), draw(st.none() | addresses))],
        "iam": [_principals([page])],
    }
    return {name: fact(*items) for name, items in facts.items()}


@settings(max_examples=at_scale(15, 1_500))
@given(everything(), st.booleans())
def test_checks_do_not_raise_for_any_response(facts: dict[str, Fact[object]], fips: bool) -> None:
    """Every check has a verdict about every item: a text, and a reason if and only if it is unknown."""
    workspaces = facts.pop("workspaces")
    at = context(AuditSettings(fips=fips, api_vpcs=("vpc-1",), administrators=(), approved_bundles=()), **facts)
    for check in CHECKS:
        if check.subject is Subject.NOTHING:
            continue
        judged = workspaces if check.subject is Subject.WORKSPACE else at.facts.named(check.subject.fact)
        for item in judged.items:
            verdict = check.judge(item, at)
            assert isinstance(verdict, Verdict)
            assert verdict.message, check.id
            assert (verdict.reason is not None) == (verdict.outcome is Outcome.UNKNOWN), check.id
            check.subject.resource(item, at)


EMPTY = {
    Subject.DIRECTORY: s.WorkspaceDirectory.from_dict({}),
    Subject.WORKSPACE: WorkspaceFacts(s.Workspace.from_dict({})),
    Subject.IMAGE: s.WorkspaceImage.from_dict({}),
    Subject.CLIENT_SETTINGS: s.ClientPropertiesResult.from_dict({}),
    Subject.ENDPOINT: ec2.VpcEndpoint.from_dict({}),
    Subject.CALLER: Caller("", "", has_long_term_key=False),
}


def test_response_without_members_passes_no_check() -> None:
    """A check passes nothing if every member is absent."""
    for check in CHECKS:
        if item := EMPTY.get(check.subject):
            passed = check.judge(item, context(AuditSettings(fips=True))).outcome is Outcome.PASS
            assert not passed, check.id
