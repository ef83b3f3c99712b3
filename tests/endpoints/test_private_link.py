"""Interface endpoints as EC2 describes them, and what private DNS lets through."""

import logging
import pickle
from dataclasses import replace

import pytest

from wsclient._core.errors import EndpointResolutionError
from wsclient.endpoints import EndpointParameters, PrivateDns, VpcEndpoint, resolve_endpoint

VPCE = "vpce-0123-abcd"

RECORD: dict[str, object] = {
    "VpcEndpointId": "vpce-0123",
    "ServiceName": "com.amazonaws.us-west-2.workspaces",
    "DnsEntries": [
        {"DnsName": "vpce-0123-abcd-us-west-2a.workspaces.us-west-2.vpce.amazonaws.com", "HostedZoneId": "Z1"},
        {"DnsName": "vpce-0123-abcd.workspaces.us-west-2.vpce.amazonaws.com", "HostedZoneId": "Z1"},
        {"DnsName": "workspaces.us-west-2.amazonaws.com"},
        {"HostedZoneId": "Z2"},
        "no entry",
    ],
}


def test_from_describe_reads_an_ec2_record() -> None:
    """The regional name is taken, its service is kept, and it resolves."""
    endpoint = VpcEndpoint.from_describe(RECORD)
    assert endpoint == VpcEndpoint(VPCE, service_name="com.amazonaws.us-west-2.workspaces")
    parameters = EndpointParameters(service="workspaces", region="us-west-2", vpc_endpoint=endpoint)
    assert resolve_endpoint(parameters).host == f"{VPCE}.workspaces.us-west-2.vpce.amazonaws.com"
    assert pickle.loads(pickle.dumps(endpoint)) == endpoint


@pytest.mark.parametrize("label", ["vpce-0123-abcd", "vpce-0123-abcd-us-west-2a", "VPCE-0123-ABCD"])
@pytest.mark.parametrize("api_host", [False, True])
def test_vpc_endpoint_id_of_regional_and_zonal_names(label: str, api_host: bool) -> None:
    """vpc_endpoint_id is the value of aws:SourceVpce for regional and zonal names; other kinds have none."""
    private = VpcEndpoint(label, api_host=api_host)
    found = resolve_endpoint(EndpointParameters(service="workspaces", region="us-west-2", vpc_endpoint=private))
    assert found.vpc_endpoint_id == "vpce-0123"
    public = EndpointParameters(service="workspaces", region="us-west-2")
    own_url = "https://workspaces.example.com"
    for other in (public, replace(public, private_dns=True), replace(public, endpoint_url=own_url)):
        assert resolve_endpoint(other).vpc_endpoint_id is None


def test_from_describe_keeps_the_api_name() -> None:
    """An endpoint whose only name has .api. is called by that name."""
    entries = [{"DnsName": f"{VPCE}.api.workspaces.us-west-2.vpce.amazonaws.com"}]
    assert VpcEndpoint.from_describe(RECORD | {"DnsEntries": entries}).api_host


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"VpcEndpointId": None}, "VpcEndpointId in a DescribeVpcEndpoints record must be a string"),
        ({"ServiceName": 5}, "ServiceName in a DescribeVpcEndpoints record must be a string"),
        ({"ServiceName": "a b"}, "is not a service name"),
        ({"DnsEntries": []}, "has no DNS name that starts with its id"),
        ({"DnsEntries": "x"}, "has no DNS name that starts with its id"),
        ({"VpcEndpointId": "eni-1", "DnsEntries": [{"DnsName": "eni-1-a.x"}]}, "is not an interface endpoint id"),
    ],
)
def test_from_describe_rejects_a_malformed_record(change: dict[str, object], words: str) -> None:
    """The error names the missing or malformed member."""
    with pytest.raises(EndpointResolutionError, match=words):
        VpcEndpoint.from_describe(RECORD | change)


@pytest.mark.parametrize(
    "address", ["10.0.0.1", "172.31.255.1", "192.168.1.1", "100.64.0.1", "fd00::1", "::ffff:10.0.0.1"]
)
def test_private_addresses_are_allowed(address: str) -> None:
    """RFC 1918, 6598 and 4193, the first also wrapped in IPv6."""
    assert PrivateDns().check([address]) == (address,)


@pytest.mark.parametrize(
    ("addresses", "words"),
    [
        ([], "resolves to no address"),
        (["52.94.1.1"], "resolves to 52.94.1.1, outside"),
        (["10.0.0.1", "52.94.1.1"], "resolves to 52.94.1.1, outside"),
        (["127.0.0.1"], "outside"),
        (["192.0.2.1"], "outside"),
        (["169.254.1.1"], "outside"),
        (["2600::1"], "outside"),
        (["fd00::1", "2600::1"], "outside"),
        (["fe80::1"], "outside"),
        (["::ffff:8.8.8.8", "10.0.0.1"], "outside"),
        (["nowhere"], "is not an IP address"),
    ],
)
def test_public_addresses_are_rejected(addresses: list[str], words: str) -> None:
    """The call never leaves the VPC unseen, not even with one address of several."""
    with pytest.raises(EndpointResolutionError, match=words):
        PrivateDns().check(addresses)


def test_public_ipv6_is_dropped_beside_private_ipv4(caplog: pytest.LogCaptureFixture) -> None:
    """Synthesised AAAA answers do no harm, and are mentioned once."""
    with caplog.at_level(logging.WARNING, logger="wsclient"):
        assert PrivateDns().check(["64:ff9b::1", "10.0.0.1"]) == ("10.0.0.1",)
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "64:ff9b::1" in caplog.text


def test_allowed_networks_replace_the_default() -> None:
    """A bank's public range inside passes, and the private ranges then do not."""
    inside = PrivateDns(allowed_cidrs=("198.51.100.0/24",))
    assert inside.check(["198.51.100.7"]) == ("198.51.100.7",)
    with pytest.raises(EndpointResolutionError):
        inside.check(["10.0.0.1"])
    assert pickle.loads(pickle.dumps(inside)) == inside


@pytest.mark.parametrize(
    ("cidrs", "words"),
    [
        ((), "at least one network"),
        ("10.0.0.0/8", "at least one network"),
        (("10.0.0.1/8",), "is not a network in CIDR notation"),
        ((7,), "must be a list of at least one network in CIDR notation or None, not a tuple with an int"),
        (("0.0.0.0/0",), "contains every address"),
    ],
)
def test_malformed_networks_are_refused(cidrs: tuple[str, ...], words: str) -> None:
    """A typing error shows when it is made, not at the first call."""
    with pytest.raises(EndpointResolutionError, match=words):
        PrivateDns(allowed_cidrs=cidrs)
