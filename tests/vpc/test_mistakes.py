"""Each mistake that people make with interface endpoints is a typed refusal before anything is changed."""

# Looks at what the emulator keeps to itself.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import asyncio
import copy
import pickle
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from tests.support.endpoint_stage import SERVICE, changing, ensure, live
from wsclient import RetryPolicy, StsRouting
from wsclient._generated.ec2 import enums as t
from wsclient._generated.ec2 import structures as s
from wsclient.config import ClientConfig
from wsclient.errors import PrivateLinkFipsError, WsclientError
from wsclient.policy import Effect, Policy, Statement, allow_account, allow_one_workspace, allow_organization, read_only
from wsclient.testing import Rule
from wsclient.vpc import (
    EndpointLockoutError,
    EndpointPolicyError,
    EndpointQuotaError,
    EndpointServiceError,
    EndpointSubnetsError,
    EndpointVpcError,
    InterfaceEndpoint,
    PrivateDnsConflictError,
    SecurityGroupClosedError,
    SeveralEndpointsError,
    SubnetZoneConflictError,
    VpcDnsDisabledError,
    VpcEndpointError,
    ZoneNotSupportedError,
)
from wsclient.vpc._checks import check_service, check_vpc, uncovered
from wsclient.vpc._reads import LIVE, state_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from wsclient.testing import EmulatedNetwork, Emulator
    from wsclient.vpc._plan_content import PlanContent

    Arrange = Callable[[EmulatedNetwork], dict[str, Any]]

STRANGER = "210987654321"


def _policy(**changes: Any) -> Policy:
    members: dict[str, Any] = {"effect": Effect.ALLOW, "actions": ("workspaces:*",), "resources": ("*",)}
    return Policy(statements=(Statement(**members | changes),), version="2012-10-17")


def _no_dns(network: EmulatedNetwork) -> dict[str, Any]:
    network.set_vpc(network.vpc_id, dns_support=False)
    return {}


def _shared(network: EmulatedNetwork) -> dict[str, Any]:
    vpc = network.add_vpc(owner=STRANGER)
    group = network.add_security_group(vpc)
    return {"vpc_id": vpc, "subnet_ids": [network.add_subnet(vpc)], "security_group_ids": [group]}


def _zone(network: EmulatedNetwork) -> dict[str, Any]:
    network.set_zones("workspaces", "bc")
    return {"subnet_ids": list(network.private_subnet_ids)}


def _one_zone(network: EmulatedNetwork) -> dict[str, Any]:
    return {"subnet_ids": [network.private_subnet_ids[0], network.add_subnet(network.vpc_id, zone="a")]}


def _closed(*rules: Rule) -> Arrange:
    return lambda network: {"security_group_ids": [network.add_security_group(rules=rules)]}


def _subnet(**facts: Any) -> Arrange:
    return lambda network: {"subnet_ids": [network.add_subnet(network.vpc_id, zone="c", **facts)]}


def _public_only(network: EmulatedNetwork) -> dict[str, Any]:
    vpc = network.add_vpc()
    network.add_subnet(vpc, zone="a")
    return {"vpc_id": vpc, "security_group_ids": [network.add_security_group(vpc, rules=[HTTPS])]}


def _group_elsewhere(network: EmulatedNetwork) -> dict[str, Any]:
    return {"security_group_ids": [network.add_security_group(network.add_vpc())]}


HTTPS = Rule(sources=("0.0.0.0/0",))
HALF = Rule(sources=("10.0.0.0/17",))
OTHER_PORT = Rule(sources=("0.0.0.0/0",), from_port=80, to_port=442)
UDP = Rule(sources=("0.0.0.0/0",), protocol="udp")
GROUP = Rule(sources=("sg-0123",))
LARGE = _policy(
    principals={"*": ("*",)}, resources=tuple(f"arn:aws:workspaces:us-west-2:1:workspace/ws-{n}" for n in range(900))
)
PAGE = allow_one_workspace("arn:aws:workspaces:us-west-2:1234567891011:workspace/ws-1")

MISTAKES: list[tuple[str, Arrange, type[VpcEndpointError], str]] = [
    ("no vpc id", lambda _: {"vpc_id": "vpce-0123"}, EndpointVpcError, r"'vpce-0123' is not the id of a VPC \(vpc-"),
    ("no subnet id", lambda _: {"subnet_ids": ["a"]}, EndpointSubnetsError, "'a' is not the id of a subnet"),
    ("no group id", lambda _: {"security_group_ids": ["web"]}, SecurityGroupClosedError, "names are not ids"),
    ("no endpoint id", lambda _: {"endpoint_id": "vpce-1-ab"}, VpcEndpointError, "vpce-1 is the id in this DNS name"),
    ("vpc", lambda _: {"vpc_id": "vpc-0"}, EndpointVpcError, "does not exist"),
    ("shared", _shared, EndpointVpcError, "only its owner"),
    ("dns", _no_dns, VpcDnsDisabledError, "enableDnsSupport.*ModifyVpcAttribute"),
    ("no subnets", lambda _: {"subnet_ids": []}, EndpointSubnetsError, "never answers"),
    ("unknown subnet", lambda _: {"subnet_ids": ["subnet-0"]}, EndpointSubnetsError, "no such subnets: subnet-0"),
    ("zone", _zone, ZoneNotSupportedError, "usw2-az1|us-west-2a"),
    ("one zone", _one_zone, SubnetZoneConflictError, "in one zone"),
    ("other vpc", lambda n: {"subnet_ids": [n.add_subnet(n.add_vpc())]}, EndpointSubnetsError, "not in vpc-"),
    ("outpost", _subnet(outpost_arn="arn:o"), EndpointSubnetsError, "Outpost"),
    ("ipv6", _subnet(ipv6_only=True), EndpointSubnetsError, "IPv6"),
    ("full", _subnet(free_addresses=1), EndpointSubnetsError, "1 free"),
    ("auto", _public_only, EndpointSubnetsError, "needs 2"),
    ("no group", lambda _: {"security_group_ids": []}, SecurityGroupClosedError, "default group"),
    ("unknown group", lambda _: {"security_group_ids": ["sg-0"]}, SecurityGroupClosedError, "no security group"),
    ("group elsewhere", _group_elsewhere, SecurityGroupClosedError, "no security group of vpc-"),
    ("no rule", _closed(), SecurityGroupClosedError, "AuthorizeSecurityGroupIngress"),
    ("half", _closed(HALF), SecurityGroupClosedError, "10.0.0.0/16"),
    ("port", _closed(OTHER_PORT), SecurityGroupClosedError, "443"),
    ("protocol", _closed(UDP), SecurityGroupClosedError, "443"),
    ("group rule", _closed(GROUP), SecurityGroupClosedError, "allow_undecided"),
    ("large policy", lambda _: {"policy": LARGE}, EndpointPolicyError, "20480"),
    ("no principal", lambda _: {"policy": read_only()}, EndpointPolicyError, "needs a Principal"),
    ("page's example", lambda _: {"policy": PAGE}, EndpointPolicyError, "12 digits"),
    ("subnets as text", lambda _: {"subnet_ids": "subnet-0"}, EndpointSubnetsError, '"auto"'),
    ("groups as text", lambda _: {"security_group_ids": "sg-0"}, SecurityGroupClosedError, "list of strings"),
    ("clients as text", lambda _: {"clients": "10.0.0.0/8"}, VpcEndpointError, "list of strings"),
    ("no clients", lambda _: {"clients": []}, VpcEndpointError, "clients is empty"),
    ("client", lambda _: {"clients": ["10.0.0.0/33"]}, VpcEndpointError, "is not an IPv4 network"),
    ("client of IPv6", lambda _: {"clients": ["::/0"]}, VpcEndpointError, "is not an IPv4 network"),
    ("tag of AWS", lambda _: {"tags": {"aws:x": "y"}}, VpcEndpointError, "AWS sets the tag 'aws:x'"),
    ("tag of ours", lambda _: {"tags": {"wsclient": "y"}}, VpcEndpointError, "wsclient sets the tag 'wsclient'"),
    ("empty tag", lambda _: {"tags": {"": "y"}}, VpcEndpointError, "has 0 characters"),
    ("long tag", lambda _: {"tags": {"k": "v" * 257}}, VpcEndpointError, "its value 257"),
    ("many tags", lambda _: {"tags": {str(n): "" for n in range(49)}}, VpcEndpointError, "49 tags; AWS allows 50"),
    ("repair", lambda _: {"repair": ["everything"]}, VpcEndpointError, "is not part"),
    ("lockout", lambda _: {"policy": allow_account(STRANGER)}, EndpointLockoutError, "allow_lockout=True"),
]


@pytest.mark.parametrize(
    ("arrange", "error", "words"), [case[1:] for case in MISTAKES], ids=[case[0] for case in MISTAKES]
)
def test_invalid_spec_is_rejected_while_planning(
    aws: Emulator, arrange: Arrange, error: type[VpcEndpointError], words: str
) -> None:
    """The error has its class, says what to do instead, and survives pickling; nothing was changed."""
    wrong = arrange(aws.network)

    async def main() -> None:
        async with aws.client(vpc=None) as ws:
            await ensure(aws, ws, **wrong)

    with pytest.raises(error, match=words) as caught:
        asyncio.run(main())
    assert type(caught.value) is error
    for copied in (copy.copy(caught.value), pickle.loads(pickle.dumps(caught.value))):
        assert (str(copied), vars(copied)) == (str(caught.value), vars(caught.value))
    assert changing(aws) == []


def test_unusual_but_valid_specs_are_accepted(aws: Emulator) -> None:
    """Two halves are a whole, all protocols hold HTTPS, and named clients, flags and organizations are believed."""
    network = aws.network
    halves = network.add_security_group(rules=[HALF, Rule(sources=("10.0.128.0/17",), from_port=1, to_port=65_535)])
    everything = network.add_security_group(rules=[Rule(sources=("10.0.0.0/8",), protocol="-1", from_port=None)])
    half, group = network.add_security_group(rules=[HALF]), network.add_security_group(rules=[GROUP])

    async def main() -> None:
        async with aws.client(vpc=None) as ws:
            for changes in (
                {"security_group_ids": [halves]},
                {"security_group_ids": [everything]},
                {"security_group_ids": [half], "clients": ["10.0.64.0/18"]},
                {"security_group_ids": [group], "allow_undecided": True},
                {"policy": allow_account(STRANGER), "allow_lockout": True},
                {"policy": allow_organization("o-a1b2c3d4e5")},
                {"policy": read_only(account_id=aws.account_id)},
                {"policy": None},
            ):
                plan = await ensure(aws, ws, **changes)
                assert plan.steps[0].operation == "CreateVpcEndpoint"

    asyncio.run(main())


def test_fips_is_rejected_from_every_source(aws: Emulator, tmp_path: Path) -> None:
    """AWS has no FIPS with PrivateLink: by argument, host, environment or profile, nothing is planned or sent."""
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text("[default]\nuse_fips_endpoint = true\n")
    loaded = partial(ClientConfig.load, "workspaces", home=tmp_path, region="us-west-2")

    async def main() -> None:
        settings: list[dict[str, Any]] = [
            {"use_fips": True},
            {"endpoint_url": "https://workspaces-fips.us-west-2.amazonaws.com"},
            {"config": loaded(environ={"AWS_USE_FIPS_ENDPOINT": "true"})},
            {"config": loaded(environ={})},
        ]
        for options in settings:
            async with aws.client(vpc=None, **options) as ws:
                with pytest.raises(PrivateLinkFipsError, match="use_fips from"):
                    await ensure(aws, ws)

    asyncio.run(main())
    assert aws.calls == ()


def test_region_without_the_service_is_rejected(aws: Emulator) -> None:
    """A region without the service is refused with its name."""
    aws.network.set_zones("workspaces", "")

    async def main() -> None:
        async with aws.client(vpc=None) as ws:
            await ensure(aws, ws)

    with pytest.raises(EndpointServiceError, match="offers no interface endpoint") as caught:
        asyncio.run(main())
    assert caught.value.service_name == SERVICE


SERVICES: list[tuple[dict[str, Any], type[VpcEndpointError], str]] = [
    ({"supported_ip_address_types": [t.ServiceConnectivityType.IPV6]}, EndpointSubnetsError, "has ipv6 addresses only"),
    ({"private_dns_name": None}, EndpointServiceError, "no private DNS name in us-west-2; pass private_dns=False"),
    ({"vpc_endpoint_policy_supported": False}, EndpointPolicyError, "does not support endpoint policies"),
]


def test_unsupported_service_features_are_rejected(aws: Emulator) -> None:
    """Addresses, names and policies that a service does not offer, and a VPC that is not available."""

    async def main() -> PlanContent:
        async with aws.client(vpc=None) as ws:
            return (await ensure(aws, ws))._content

    content = asyncio.run(main())
    facts, spec = content.facts, content.spec
    check_service(facts, spec)
    check_service(replace(facts, service=replace(facts.service, supported_ip_address_types=[])), spec)
    for changes, error, words in SERVICES:
        with pytest.raises(error, match=words):
            check_service(replace(facts, service=replace(facts.service, **changes)), spec)
    without = replace(spec, private_dns=False, policy=None)
    for changes, _, _ in SERVICES[1:]:
        check_service(replace(facts, service=replace(facts.service, **changes)), without)
    with pytest.raises(EndpointVpcError, match="is pending, not available"):
        check_vpc(replace(facts, vpc=replace(facts.vpc, state=t.VpcState.PENDING)), spec)
    with pytest.raises(VpcDnsDisabledError, match="enableDnsHostnames"):
        check_vpc(replace(facts, has_dns_hostnames=False), spec)


def test_several_existing_endpoints_are_ambiguous(aws: Emulator) -> None:
    """Of several live endpoints none is taken by itself; a second with private DNS is refused."""
    network = aws.network
    first = aws.add_vpc_endpoint(vpc_id=network.vpc_id, private_dns=True)
    second = aws.add_vpc_endpoint(vpc_id=network.vpc_id)

    async def main() -> None:
        async with aws.client(vpc=None) as ws:
            with pytest.raises(SeveralEndpointsError) as caught:
                await ensure(aws, ws)
            assert set(caught.value.endpoint_ids) == {first.id, second.id}
            with pytest.raises(SeveralEndpointsError, match="is not an endpoint of"):
                await ensure(aws, ws, endpoint_id="vpce-0")
            assert (await ensure(aws, ws, endpoint_id=first.id)).endpoint_id == first.id
            with pytest.raises(PrivateDnsConflictError) as conflict:
                await ensure(aws, ws, endpoint_id=second.id)
            assert conflict.value.other_id == first.id
            assert (await ensure(aws, ws, endpoint_id=second.id, private_dns=False)).endpoint_id == second.id

    asyncio.run(main())


def test_conflicts_reported_by_aws_are_typed(aws: Emulator) -> None:
    """A hosted zone of the same name and a quota come as answers, and become errors of their kind."""
    network = aws.network

    async def main() -> None:
        async with aws.client(vpc=None) as ws:
            network.set_vpc(network.vpc_id, hosted_zones=["workspaces.us-west-2.amazonaws.com"])
            plan = await ensure(aws, ws)
            with pytest.raises(PrivateDnsConflictError, match="conflicting DNS domain"):
                await plan.run()
            (made,) = live(aws)
            assert not made.has_private_dns

    asyncio.run(main())


def test_endpoint_quota_of_a_vpc_is_a_typed_error(aws: Emulator) -> None:
    """The fifty-first interface endpoint of a VPC is a typed error."""
    for _ in range(50):
        aws.add_vpc_endpoint("sts", vpc_id=aws.network.vpc_id)

    async def main() -> None:
        async with aws.client(vpc=None) as ws:
            await (await ensure(aws, ws)).run()

    with pytest.raises(EndpointQuotaError, match="quota"):
        asyncio.run(main())


def test_unreachable_sts_is_an_error_of_the_lockout_guard(aws: Emulator) -> None:
    """Without STS the lock-out guard cannot tell, which is an error of its own; without a policy it is not needed."""
    nowhere = StsRouting(endpoint_url="https://nowhere.invalid")

    async def main() -> None:
        async with aws.client(vpc=None, sts=nowhere, retry=RetryPolicy(mode="off")) as ws:
            with pytest.raises(EndpointLockoutError, match="STS cannot be reached"):
                await ensure(aws, ws)
            for changes in ({"policy": None}, {"allow_lockout": True}):
                assert (await ensure(aws, ws, **changes)).endpoint_id is None

    asyncio.run(main())


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("", ""),
        ("vpc-0123", ""),
        ("vpce-0123 ", ""),
        ("vpce-0123-abcd.workspaces.us-west-2.vpce.amazonaws.com", "; vpce-0123 is the id"),
        ("vpce-0123-abcd-us-west-2a", "; vpce-0123 is the id"),
    ],
)
def test_malformed_endpoint_id_sends_nothing(aws: Emulator, text: str, hint: str) -> None:
    """describe, delete and find check the form of the id; for a DNS name the error has the id."""

    async def main() -> None:
        async with aws.client() as ws:
            for use in (InterfaceEndpoint.describe, InterfaceEndpoint.delete):
                with pytest.raises(VpcEndpointError, match=f"is not the id of a VPC endpoint.*{hint}"):
                    await use(text, client=ws)
            with pytest.raises(EndpointVpcError, match="is not the id of a VPC"):
                await InterfaceEndpoint.find(vpc_id=f"x{text}", client=ws)

    asyncio.run(main())
    assert aws.calls == ()


def test_endpoint_states_are_case_insensitive() -> None:
    """The model says Available and EC2 answers available: both live, and what ended does not, however it is spelled."""
    for state, is_live in (("Available", True), ("pendingAcceptance", True), ("PENDING", True), ("Deleted", False)):
        assert (state_of(s.VpcEndpoint(state=t.State(state))) in LIVE) is is_live


def test_uncovered_networks_are_computed() -> None:
    """uncovered() merges neighbours, ignores IPv6, and never calls a part the whole."""
    assert uncovered(["10.0.0.0/16"], ["10.0.0.0/17", "10.0.128.0/17"]) == ()
    assert uncovered(["10.0.0.0/16"], ["10.0.0.0/17", "::/0", ""]) == ("10.0.0.0/16",)
    assert uncovered(["10.0.0.0/16", "2001:db8::/56"], ["10.0.0.0/8"]) == ()
    assert uncovered(["10.0.0.0/16"], ["10.0.0.0/16"]) == ()


def test_interface_endpoint_cannot_be_instantiated() -> None:
    """The class has methods only."""
    with pytest.raises(TypeError, match="ensure"):
        InterfaceEndpoint()
    with pytest.raises(TypeError, match="ensure"):
        InterfaceEndpoint(vpc_id="vpc-1")
    assert issubclass(VpcEndpointError, WsclientError)


def test_private_dns_is_not_enabled_with_a_policy_that_denies_the_caller(aws: Emulator) -> None:
    """An existing endpoint keeps its policy unless it is repaired: private DNS would send every request to a denial."""
    closed = allow_account(STRANGER)

    async def main() -> None:
        async with aws.client(vpc=None) as ws:
            made = await (await ensure(aws, ws, policy=closed, private_dns=False, allow_lockout=True)).run()
            own: dict[str, Any] = {"policy": allow_account(aws.account_id)}
            for changes in ({"policy": None}, own):
                with pytest.raises(EndpointLockoutError, match=f"{made.id}, to which private DNS"):
                    await ensure(aws, ws, repair=["private_dns"], **changes)
                assert (await ensure(aws, ws, **changes)).steps == ()
            accepted = await ensure(aws, ws, repair=["private_dns"], policy=None, allow_lockout=True)
            assert [step.name for step in accepted.steps] == ["private_dns"]
            repaired = await ensure(aws, ws, repair=["policy", "private_dns"], **own)
            assert [step.name for step in repaired.steps] == ["modify", "private_dns"]

    asyncio.run(main())


def test_open_policy_needs_no_caller_identity(aws: Emulator) -> None:
    """Without STS, private DNS may lead to an endpoint whose policy allows everyone, and to no other."""
    nowhere = StsRouting(endpoint_url="https://nowhere.invalid")

    async def main() -> None:
        interface = aws.add_vpc_endpoint(vpc_id=aws.network.vpc_id)
        async with aws.client(vpc=None, sts=nowhere, retry=RetryPolicy(mode="off")) as ws:
            assert (await ensure(aws, ws, policy=None, repair=["private_dns"])).steps
            aws.set_endpoint_policy(interface.id, allow_account(aws.account_id).to_dict())
            with pytest.raises(EndpointLockoutError, match="STS cannot be reached"):
                await ensure(aws, ws, policy=None, repair=["private_dns"])

    asyncio.run(main())
