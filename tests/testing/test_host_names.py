"""Host names of the emulator: endpoint kinds, permitted calls, and VPCs of callers."""

from __future__ import annotations

import gc
import json
import socket
from typing import Any

import pytest

from tests.support.emulators import JSON, Caller
from tests.support.virtual_time import WallClock
from wsclient._core.http import HttpRequest
from wsclient.endpoints import EndpointParameters, PrivateDns, VpcEndpoint, resolve_endpoint
from wsclient.endpoints._types import EndpointKind
from wsclient.errors import ConfigurationError, EndpointResolutionError
from wsclient.signing import SigV4Signer
from wsclient.testing import Emulator
from wsclient.testing._server.host_names import certified_names, endpoint_names
from wsclient.testing._state.vpc_connections import ConnectionRegistry, ReceivedRequest

PUBLIC, FIPS = "workspaces.us-west-2.amazonaws.com", "workspaces-fips.us-west-2.amazonaws.com"


def caller(*regions: str) -> Caller:
    """Return a caller at an emulator of these regions besides us-west-2."""
    return Caller(Emulator(clock=WallClock(), other_regions=regions))


def called(
    at: Caller,
    host: str,
    *,
    region: str = "us-west-2",
    service: str = "workspaces",
    peer: tuple[str, int] | None = None,
) -> str:
    """Call DescribeWorkspaces, or STS's GetCallerIdentity, at a host; return the code of the refusal, or OK."""
    headers, body = (("content-type", JSON), ("x-amz-target", "WorkspacesService.DescribeWorkspaces")), b"{}"
    if service == "sts":
        headers = (("content-type", "application/x-www-form-urlencoded"),)  # type: ignore[assignment]
        body = b"Action=GetCallerIdentity&Version=2011-06-15"
    pairs = (("host", host), *headers)
    signed = SigV4Signer(service, region).sign(
        "POST", f"https://{host}/", pairs, body, at.aws.credentials, at.aws.clock.now()
    )
    answer = at.answer(ReceivedRequest("POST", "/", (*pairs, *signed.items()), body, peer))
    return "OK" if answer.status == 200 else at.aws.calls[-1].error or ""


@pytest.mark.parametrize(
    ("host", "kind"),
    [
        (PUBLIC, EndpointKind.PUBLIC),
        (f"{PUBLIC.upper()}:443", EndpointKind.PUBLIC),
        (FIPS, EndpointKind.FIPS),
        ("workspaces.us-west-2.api.aws", EndpointKind.DUALSTACK),
        ("workspaces-fips.us-west-2.api.aws", EndpointKind.FIPS_DUALSTACK),
        ("localhost", EndpointKind.CUSTOM),
        ("127.0.0.1:8443", EndpointKind.CUSTOM),
        ("[::1]:8443", EndpointKind.CUSTOM),
        ("workspaces.bank.internal", EndpointKind.CUSTOM),
    ],
)
def test_call_log_has_the_endpoint_kind_of_a_host(host: str, kind: EndpointKind) -> None:
    """The call log has the endpoint kind of each host name, regardless of case and port."""
    at = caller()
    assert called(at, host) == "OK"
    assert at.aws.calls[-1].endpoint is kind


@pytest.mark.parametrize(
    "host",
    [
        "workspaces.eu-central-1.amazonaws.com",
        "workspaces-fips.eu-west-1.amazonaws.com",
        "workspaces.us-west-2.amazonaws.com.cn",
        "ec2.us-west-2.amazonaws.com",
        "api.workspaces.us-west-2.amazonaws.com",
        "vpce-0123456789abcdef0.workspaces.us-west-2.vpce.amazonaws.com",
        "vpce-0123.example.com",
    ],
)
def test_unserved_host_names_are_rejected(host: str) -> None:
    """Host names of unserved regions, regions without FIPS, other services and unknown VPC endpoints are rejected."""
    assert called(caller("eu-west-1"), host) == "UnknownOperationException"


def test_signature_region_must_match_the_host() -> None:
    """A signature must be for the region of the host name, even if its region is served as well."""
    at = caller("eu-west-1")
    assert called(at, PUBLIC) == called(at, "localhost", region="eu-west-1") == "OK"
    assert called(at, PUBLIC, region="eu-west-1") == "InvalidSignatureException"
    assert called(at, "workspaces.eu-west-1.amazonaws.com", region="eu-west-1") == "OK"


def test_operations_must_match_the_service_of_the_host() -> None:
    """WorkSpaces operations are rejected at STS's host name, and the other way round."""
    at = caller()
    assert called(at, "sts.us-west-2.amazonaws.com", service="sts") == "OK"
    assert called(at, "sts.us-west-2.amazonaws.com") == "UnknownOperationException"
    assert called(at, PUBLIC, service="sts") == "UnknownOperationException"
    assert called(at, "sts-fips.us-west-2.amazonaws.com", service="sts") == "OK"


def test_changed_host_header_invalidates_the_signature() -> None:
    """Changing the Host header to a VPC endpoint after signing invalidates the signature."""
    at = caller()
    own = at.aws.add_vpc_endpoint()
    pairs = (("host", PUBLIC), ("content-type", JSON), ("x-amz-target", "WorkspacesService.DescribeWorkspaces"))
    signed = SigV4Signer("workspaces", "us-west-2").sign(
        "POST", f"https://{PUBLIC}/", pairs, b"{}", at.aws.credentials, at.aws.clock.now()
    )
    moved = (("host", own.dns_name), *pairs[1:], *signed.items())
    assert json.loads(at.answer(HttpRequest("POST", "/", moved, b"{}")).body)["__type"] == "InvalidSignatureException"


def test_vpc_endpoint_names_denote_that_endpoint() -> None:
    """A VPC endpoint's regional, zonal and api. names denote that endpoint, and no other's names do."""
    at = caller("eu-west-1")
    own, other = at.aws.add_vpc_endpoint(), at.aws.add_vpc_endpoint(region="eu-west-1")
    rest = "workspaces.us-west-2.vpce.amazonaws.com"
    names = [own.dns_name, *own.zonal_dns_names, f"{own.dns_label}.api.{rest}"]
    for name in names:
        assert called(at, name) == "OK"
        assert (at.aws.calls[-1].endpoint, at.aws.calls[-1].vpc_endpoint) == (EndpointKind.PRIVATELINK, own.id)
    assert len(set(names)) == len(names) == 4
    strangers = [
        f"{own.id}.{rest}",
        f"{other.dns_label}.{rest}",
        f"{own.dns_label}-eu-west-1a.{rest}",
        f"{own.dns_label}.sts.us-west-2.vpce.amazonaws.com",
        f"{own.dns_label}.{rest}.cn",
    ]
    assert {called(at, name) for name in strangers} == {"UnknownOperationException"}
    assert called(at, other.dns_name) == "InvalidSignatureException"
    assert called(at, other.dns_name, region="eu-west-1") == "OK"


def test_sts_privatelink_services_are_served() -> None:
    """STS's two PrivateLink services are answered as STS; neither has an api. label."""
    at = caller()
    for service in ("sts", "sts-fips"):
        own = at.aws.add_vpc_endpoint(service)
        assert called(at, own.dns_name, service="sts") == "OK"
        named = f"{own.dns_label}.api.{service}.us-west-2.vpce.amazonaws.com"
        assert called(at, named, service="sts") == "UnknownOperationException"


def test_describe_gives_an_ec2_record() -> None:
    """describe() returns a record for VpcEndpoint.from_describe(), which resolves to the endpoint's DNS name."""
    own = caller().aws.add_vpc_endpoint(private_dns=True)
    record = own.describe()
    found = VpcEndpoint.from_describe(record)
    parameters = EndpointParameters(service="workspaces", region="us-west-2", vpc_endpoint=found)
    assert resolve_endpoint(parameters).host == own.dns_name
    assert (record["VpcId"], record["PrivateDnsEnabled"]) == (own.vpc_id, True)
    assert PrivateDns().check(own.addresses) == own.addresses


def test_fips_and_dualstack_names_exist_where_documented() -> None:
    """FIPS and dual-stack names exist in the regions that AWS documents; the DNS suffix is the partition's."""
    assert "workspaces-fips.eu-west-1.amazonaws.com" not in endpoint_names(frozenset({"eu-west-1"}))
    assert "workspaces.cn-northwest-1.amazonaws.com.cn" in endpoint_names(frozenset({"cn-northwest-1"}))
    gov = endpoint_names(frozenset({"us-gov-west-1"}))
    assert gov["sts.us-gov-west-1.amazonaws.com"][0] is EndpointKind.PUBLIC
    assert "*.api.workspaces.us-gov-west-1.vpce.amazonaws.com" in certified_names(["us-gov-west-1"])
    assert not any(name.startswith("*.api.sts") for name in certified_names(["us-west-2"]))


def test_private_dns_depends_on_the_callers_vpc() -> None:
    """The same name leads through the endpoint from its VPC, and around it from everywhere else."""
    at = caller()
    own = at.aws.add_vpc_endpoint(private_dns=True)
    with socket.socket() as inside, socket.socket() as elsewhere:
        for channel, vpc in ((inside, own.vpc_id), (elsewhere, "vpc-0")):
            channel.bind(("127.0.0.1", 0))
            at.aws._world.arrivals.register(channel, vpc)
        seen: list[tuple[str, EndpointKind | None, str | None]] = []
        for host in (PUBLIC, FIPS, "api.workspaces.us-west-2.amazonaws.com"):
            for peer in (inside.getsockname(), elsewhere.getsockname(), None):
                outcome, record = called(at, host, peer=peer), at.aws.calls[-1]
                seen.append((outcome, record.endpoint, record.vpc_endpoint))
    through, bypassing = ("OK", EndpointKind.PRIVATE_DNS, own.id), ("OK", EndpointKind.PUBLIC, None)
    fips, nowhere = ("OK", EndpointKind.FIPS, None), ("UnknownOperationException", None, None)
    assert seen == [through, bypassing, bypassing, fips, fips, fips, through, nowhere, nowhere]


def test_closed_connection_identifies_no_vpc() -> None:
    """After its connection is closed or forgotten, a port no longer identifies a VPC."""
    arrivals = ConnectionRegistry()

    def vpc_of(peer: tuple[str, int] | None) -> str | None:
        return arrivals.find_vpc(ReceivedRequest("POST", "/", (), b"", peer))

    first, second = socket.create_server(("127.0.0.1", 0)), socket.create_server(("127.0.0.1", 0))
    peers = [channel.getsockname() for channel in (first, second)]
    arrivals.register(first, "vpc-1")
    arrivals.register(second, "vpc-2")
    assert [vpc_of(peer) for peer in peers] == ["vpc-1", "vpc-2"]
    assert vpc_of(None) is arrivals.find_vpc(HttpRequest("POST", "/", (), b"")) is None
    first.close()
    second.close()
    del second
    gc.collect()
    assert [vpc_of(peer) for peer in peers] == [None, None]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            {"service": "workspaces-fips"},
            "service must be 'workspaces', 'sts', 'sts-fips', 'ec2' or 'ds', not 'workspaces-fips'",
        ),
        (
            {"policy": {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}},
            "every statement in the policy of a VPC endpoint needs a Principal",
        ),
        ({"policy": "{"}, "JSON"),
        ({"private_dns": True, "vpc_id": "vpc-1"}, "vpc-1 already has an endpoint for workspaces with private DNS"),
    ],
)
def test_invalid_emulated_endpoint_is_rejected(options: dict[str, Any], words: str) -> None:
    """A service without PrivateLink, an invalid policy, and a second private name in a VPC are rejected."""
    aws = caller().aws
    aws.add_vpc_endpoint(private_dns=True, vpc_id="vpc-1")
    with pytest.raises(ConfigurationError, match=words):
        aws.add_vpc_endpoint(**options)


def test_endpoint_policy_needs_an_existing_endpoint() -> None:
    """set_endpoint_policy() for an unknown endpoint raises ConfigurationError."""
    with pytest.raises(ConfigurationError, match="unknown VPC endpoint 'vpce-0'"):
        caller().aws.set_endpoint_policy("vpce-0", None)


def test_client_rejects_privatelink_with_fips_in_the_emulator() -> None:
    """The client rejects PrivateLink with FIPS, which AWS does not support, before any DNS lookup."""
    own = caller().aws.add_vpc_endpoint()
    with pytest.raises(EndpointResolutionError, match="not supported for Federal"):
        resolve_endpoint(
            EndpointParameters(service="workspaces", region="us-west-2", vpc_endpoint=own.dns_label, use_fips=True)
        )
