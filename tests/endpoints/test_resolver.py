"""Endpoint routing as a table: parameters, and the expected host or error message."""

import copy
import pickle
from typing import Any

import pytest

from wsclient._core.errors import ConfigurationError, EndpointResolutionError, PrivateLinkFipsError
from wsclient.endpoints import (
    Endpoint,
    EndpointKind,
    EndpointParameters,
    PrivateDns,
    StsRouting,
    VpcEndpoint,
    resolve_endpoint,
)

VPCE = "vpce-0123-abcd"
VPCE_HOST = f"{VPCE}.workspaces.us-west-2.vpce.amazonaws.com"
FIPS_LINK = "with AWS PrivateLink are not supported for Federal Information Processing Standard"


def resolve(region: str | None = "us-west-2", service: str = "workspaces", **options: Any) -> Endpoint:
    """Resolve with the region and service most rows have."""
    return resolve_endpoint(EndpointParameters(service=service, region=region, **options))


def sts(region: str = "us-west-2", **requested: Any) -> dict[str, Any]:
    """Return a row's parameters for STS."""
    return {"service": "sts", "region": region, **requested}


FOUND: list[tuple[dict[str, Any], str, EndpointKind]] = [
    ({}, "https://workspaces.us-west-2.amazonaws.com", EndpointKind.PUBLIC),
    ({"use_fips": False, "private_dns": False}, "https://workspaces.us-west-2.amazonaws.com", EndpointKind.PUBLIC),
    ({"use_dualstack": True}, "https://workspaces.us-west-2.api.aws", EndpointKind.DUALSTACK),
    ({"use_fips": True}, "https://workspaces-fips.us-west-2.amazonaws.com", EndpointKind.FIPS),
    (
        {"region": "us-east-2", "use_fips": True, "use_dualstack": True},
        "https://workspaces-fips.us-east-2.api.aws",
        EndpointKind.FIPS_DUALSTACK,
    ),
    ({"region": "cn-northwest-1"}, "https://workspaces.cn-northwest-1.amazonaws.com.cn", EndpointKind.PUBLIC),
    (
        {"region": "us-iso-east-1", "use_fips": True},
        "https://workspaces-fips.us-iso-east-1.c2s.ic.gov",
        EndpointKind.FIPS,
    ),
    (
        {"region": "eu-west-9", "allow_unlisted": True},
        "https://workspaces.eu-west-9.amazonaws.com",
        EndpointKind.PUBLIC,
    ),
    (
        {"region": "eu-west-1", "use_fips": True, "allow_unlisted": True},
        "https://workspaces-fips.eu-west-1.amazonaws.com",
        EndpointKind.FIPS,
    ),
    # PrivateLink, by id
    ({"vpc_endpoint": VPCE}, f"https://{VPCE_HOST}", EndpointKind.PRIVATELINK),
    ({"vpc_endpoint": "VPCE-0123-ABCD"}, f"https://{VPCE_HOST}", EndpointKind.PRIVATELINK),
    (
        {"vpc_endpoint": f"{VPCE}-us-west-2-lax-1a"},
        f"https://{VPCE}-us-west-2-lax-1a.workspaces.us-west-2.vpce.amazonaws.com",
        EndpointKind.PRIVATELINK,
    ),
    (
        {"vpc_endpoint": VpcEndpoint(VPCE, api_host=True)},
        f"https://{VPCE}.api.workspaces.us-west-2.vpce.amazonaws.com",
        EndpointKind.PRIVATELINK,
    ),
    (
        {"vpc_endpoint": VpcEndpoint(VPCE, service_name="com.amazonaws.us-west-2.workspaces")},
        f"https://{VPCE_HOST}",
        EndpointKind.PRIVATELINK,
    ),
    (
        {"region": "cn-northwest-1", "vpc_endpoint": VPCE},
        f"https://{VPCE}.workspaces.cn-northwest-1.vpce.amazonaws.com.cn",
        EndpointKind.PRIVATELINK,
    ),
    # PrivateLink, by URL: with and without a scheme, in any case, with the root's dot, a slash, a port
    ({"endpoint_url": f"https://{VPCE_HOST}"}, f"https://{VPCE_HOST}", EndpointKind.PRIVATELINK),
    ({"endpoint_url": VPCE_HOST.upper() + "./"}, f"https://{VPCE_HOST}", EndpointKind.PRIVATELINK),
    ({"endpoint_url": f"{VPCE_HOST}:443"}, f"https://{VPCE_HOST}", EndpointKind.PRIVATELINK),
    ({"endpoint_url": f"{VPCE_HOST}:8443"}, f"https://{VPCE_HOST}:8443", EndpointKind.PRIVATELINK),
    (
        {"endpoint_url": f"{VPCE}-eu-west-1a.api.workspaces.us-west-2.vpce.amazonaws.com"},
        f"https://{VPCE}-eu-west-1a.api.workspaces.us-west-2.vpce.amazonaws.com",
        EndpointKind.PRIVATELINK,
    ),
    # private DNS
    ({"private_dns": True}, "https://workspaces.us-west-2.amazonaws.com", EndpointKind.PRIVATE_DNS),
    (
        {"private_dns": PrivateDns(api_host=True)},
        "https://api.workspaces.us-west-2.amazonaws.com",
        EndpointKind.PRIVATE_DNS,
    ),
    # custom
    (
        {"endpoint_url": "https://proxy.bank.internal/aws/"},
        "https://proxy.bank.internal/aws/",
        EndpointKind.CUSTOM,
    ),
    ({"endpoint_url": "HTTPS://Proxy.Bank.Internal.:443/"}, "https://proxy.bank.internal", EndpointKind.CUSTOM),
    ({"endpoint_url": "https://[FD00::0001]:8443/a%20b"}, "https://[fd00::1]:8443/a%20b", EndpointKind.CUSTOM),
    ({"endpoint_url": "https://10.0.0.1"}, "https://10.0.0.1", EndpointKind.CUSTOM),
    ({"region": "us-west-1", "endpoint_url": "https://moto.test"}, "https://moto.test", EndpointKind.CUSTOM),
    (
        {"endpoint_url": "https://workspaces-fips.us-west-2.amazonaws.com"},
        "https://workspaces-fips.us-west-2.amazonaws.com",
        EndpointKind.CUSTOM,
    ),
    (
        {"endpoint_url": "https://api.workspaces.us-west-2.amazonaws.com"},
        "https://api.workspaces.us-west-2.amazonaws.com",
        EndpointKind.CUSTOM,
    ),
    (
        {"endpoint_url": "https://abc123.execute-api.us-east-1.amazonaws.com/prod"},
        "https://abc123.execute-api.us-east-1.amazonaws.com/prod",
        EndpointKind.CUSTOM,
    ),
    # STS
    (sts(), "https://sts.us-west-2.amazonaws.com", EndpointKind.PUBLIC),
    (sts("us-east-1"), "https://sts.us-east-1.amazonaws.com", EndpointKind.PUBLIC),
    (sts(use_fips=True), "https://sts-fips.us-west-2.amazonaws.com", EndpointKind.FIPS),
    (sts("us-gov-west-1", use_fips=True), "https://sts.us-gov-west-1.amazonaws.com", EndpointKind.FIPS),
    (
        sts("cn-north-1", use_dualstack=True),
        "https://sts.cn-north-1.api.amazonwebservices.com.cn",
        EndpointKind.DUALSTACK,
    ),
    (
        sts(vpc_endpoint=VPCE, use_fips=True),
        f"https://{VPCE}.sts-fips.us-west-2.vpce.amazonaws.com",
        EndpointKind.PRIVATELINK,
    ),
    (
        sts(endpoint_url=f"{VPCE}.sts-fips.us-west-2.vpce.amazonaws.com"),
        f"https://{VPCE}.sts-fips.us-west-2.vpce.amazonaws.com",
        EndpointKind.PRIVATELINK,
    ),
    (
        sts("us-gov-west-1", endpoint_url=f"{VPCE}.sts.us-gov-west-1.vpce.amazonaws.com", use_fips=True),
        f"https://{VPCE}.sts.us-gov-west-1.vpce.amazonaws.com",
        EndpointKind.PRIVATELINK,
    ),
    (
        sts("us-gov-east-1", vpc_endpoint=VPCE, use_fips=True),
        f"https://{VPCE}.sts.us-gov-east-1.vpce.amazonaws.com",
        EndpointKind.PRIVATELINK,
    ),
    (sts(private_dns=True, use_fips=True), "https://sts-fips.us-west-2.amazonaws.com", EndpointKind.PRIVATE_DNS),
]

REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"region": None}, "Invalid Configuration: Missing Region"),
    ({"region": ""}, "Invalid Configuration: Missing Region"),
    ({"region": "x.evil.com/"}, "is not a region: a region is one lower-case host label"),
    ({"region": "US-WEST-2"}, "(did you mean us-west-2"),
    ({"region": "us-wset-2"}, "is not a region that AWS lists (did you mean us-west-2"),
    ({"region": "us-west-2\n"}, "one lower-case host label"),
    ({"region": "aws-global", "allow_unlisted": True}, "pseudo-region for a global endpoint"),
    (sts("aws-global"), "AWS STS is called regionally"),
    ({"region": "fips-us-west-2"}, "set region='us-west-2' and use_fips=True"),
    (sts("us-east-1-fips"), "set region='us-east-1' and use_fips=True"),
    ({"region": "us-west-1"}, "AWS lists no public endpoint of Amazon WorkSpaces in us-west-1"),
    ({"region": "eu-west-1", "use_fips": True}, "AWS lists no FIPS endpoint of Amazon WorkSpaces in eu-west-1"),
    ({"region": "cn-northwest-1", "use_dualstack": True}, "lists no dual-stack endpoint"),
    ({"region": "us-west-1", "vpc_endpoint": VPCE}, "lists no public endpoint"),
    ({"region": "us-west-1", "private_dns": True}, "lists no public endpoint"),
    (sts("us-gov-west-1", use_fips=True, use_dualstack=True), "Listed regions: none in this partition"),
    ({"service": "s3"}, "unknown service 's3': service must be workspaces or sts or ec2 or ds or iam"),
    ({"use_fips": "false"}, "use_fips must be True, False or None, not 'false'"),
    ({"endpoint_url": b"https://x"}, "endpoint_url must be a string or None, not a bytes"),
    # two ways to reach the service
    (
        {"vpc_endpoint": VPCE, "private_dns": True},
        "more than one setting chooses the endpoint: vpc_endpoint='vpce-0123-abcd'",
    ),
    ({"vpc_endpoint": VPCE, "endpoint_url": "https://x.test"}, "endpoint_url='https://x.test' (argument)"),
    ({"private_dns": True, "endpoint_url": "https://x.test"}, "private_dns=True (argument) and endpoint_url="),
    # FIPS and dual-stack with an endpoint of the caller's own
    (
        {"use_fips": True, "endpoint_url": "https://x.test"},
        "Invalid Configuration: FIPS and custom endpoint are not supported: use_fips=True (argument) and endpoint_url=",
    ),
    (
        {"use_dualstack": True, "endpoint_url": "https://x.test"},
        "Invalid Configuration: Dualstack and custom endpoint are not supported",
    ),
    ({"use_dualstack": True, "vpc_endpoint": VPCE}, "use_dualstack=True (argument) and vpc_endpoint="),
    ({"use_dualstack": True, "endpoint_url": VPCE_HOST}, "PrivateLink and private DNS have no dual-stack name"),
    ({"use_dualstack": True, "private_dns": True}, "PrivateLink and private DNS have no dual-stack name"),
    # PrivateLink that is not the right one
    ({"region": "us-east-1", "endpoint_url": VPCE_HOST}, "is in 'us-west-2', but calls would be signed for us-east-1"),
    ({"endpoint_url": VPCE_HOST.replace("workspaces", "sts")}, "belongs to 'sts', not to Amazon WorkSpaces"),
    (sts(endpoint_url=VPCE_HOST), "belongs to 'workspaces', not to AWS STS"),
    ({"endpoint_url": f"{VPCE_HOST}.cn"}, "belongs to a partition other than aws"),
    (
        {"endpoint_url": f"{VPCE_HOST}.evil.com"},
        "resembles a PrivateLink name but is not an interface endpoint's DNS name",
    ),
    ({"endpoint_url": "https://vpce-proxy.bank.internal"}, "resembles a PrivateLink name"),
    ({"endpoint_url": "https://a.workspaces.us-west-2.vpce.amazonaws.com"}, "resembles a PrivateLink name"),
    ({"endpoint_url": f"x.{VPCE_HOST}"}, "resembles a PrivateLink name"),
    ({"vpc_endpoint": VPCE_HOST}, "is not an interface endpoint id"),
    ({"vpc_endpoint": "vpce-xyz"}, "vpc_endpoint (argument): 'vpce-xyz' is not an interface endpoint id"),
    ({"vpc_endpoint": "vpce-0-" + "a" * 60}, "is not an interface endpoint id"),
    (
        {"vpc_endpoint": VpcEndpoint(VPCE, service_name="com.amazonaws.us-west-2.ec2")},
        "Create an interface endpoint for com.amazonaws.us-west-2.workspaces",
    ),
    (
        {"vpc_endpoint": VpcEndpoint(VPCE, service_name="com.amazonaws.us-east-1.workspaces")},
        "is in 'us-east-1'",
    ),
    (sts(vpc_endpoint=VpcEndpoint(VPCE, api_host=True)), "AWS STS has no .api. host"),
    (sts(private_dns=PrivateDns(api_host=True)), "AWS STS has no .api. host"),
    (sts(endpoint_url=f"{VPCE}.api.sts.us-west-2.vpce.amazonaws.com"), "AWS STS has no .api. host"),
    (
        sts(endpoint_url=f"{VPCE}.sts.us-west-2.vpce.amazonaws.com", use_fips=True),
        "does not belong to com.amazonaws.us-west-2.sts-fips",
    ),
    (sts("eu-west-1", vpc_endpoint=VPCE, use_fips=True), "lists no FIPS endpoint of AWS STS in eu-west-1"),
    # AWS's own hosts of another region or service
    ({"endpoint_url": "https://workspaces.eu-west-1.amazonaws.com"}, "in the region calls are signed for"),
    ({"endpoint_url": "https://sts.us-west-2.amazonaws.com"}, "is not that of Amazon WorkSpaces"),
    (sts(endpoint_url="https://sts.amazonaws.com"), "is not that of AWS STS in the region"),
    (
        {"region": "eu-west-1", "endpoint_url": "https://workspaces-fips.eu-west-1.amazonaws.com"},
        "lists no FIPS endpoint",
    ),
    # URLs
    ({"endpoint_url": ""}, "has no scheme: write https:// in front"),
    ({"endpoint_url": "proxy.bank.internal"}, "has no scheme"),
    ({"endpoint_url": "ftp://x.test"}, "has a scheme other than https"),
    ({"endpoint_url": "https://user:hunter2@x.test"}, "has user information"),
    ({"endpoint_url": "https://x.test/?a=hunter2"}, "has a query or a fragment"),
    ({"endpoint_url": "https://x.test#hunter2"}, "has a query or a fragment"),
    ({"endpoint_url": "https://x.test/a b"}, "contains a character that URLs must escape"),
    ({"endpoint_url": "https://münchen.test"}, "write an internationalised name in Punycode"),
    ({"endpoint_url": "https://x.test\\@evil.com"}, "contains a character that URLs must escape"),
    ({"endpoint_url": "https:///x"}, "has no well-formed host and port"),
    ({"endpoint_url": "https://x.test:"}, "has no well-formed host and port"),
    ({"endpoint_url": "https://x.test:0"}, "has a port outside 1 to 65535"),
    ({"endpoint_url": "https://x.test:65536"}, "has a port outside 1 to 65535"),
    ({"endpoint_url": "https://[::g]"}, "has no well-formed host and port"),
    ({"endpoint_url": "https://[1:2]"}, "is not an IPv6 address"),
    ({"endpoint_url": "https://x..test"}, "not a well-formed name"),
    ({"endpoint_url": "https://-x.test"}, "not a well-formed name"),
    ({"endpoint_url": "https://" + "a." * 126 + "test"}, "not a well-formed name"),
    ({"endpoint_url": "https://134744072"}, "abbreviated or malformed IPv4 address"),
    ({"endpoint_url": "https://8.0x8"}, "abbreviated or malformed IPv4 address"),
    ({"endpoint_url": "https://x.test/a/../b"}, "a malformed escape or a dot segment"),
    ({"endpoint_url": "https://x.test/%2E%2e/b"}, "a malformed escape or a dot segment"),
    ({"endpoint_url": "https://x.test/%zz"}, "a malformed escape or a dot segment"),
    # http
    ({"endpoint_url": "http://localhost"}, "is http, which is not encrypted"),
    ({"endpoint_url": f"http://{VPCE_HOST}", "allow_http": True}, "is http, which is not encrypted"),
    ({"endpoint_url": "http://proxy.bank.internal", "allow_http": True}, "single-label hosts only"),
    ({"endpoint_url": "http://8.8.8.8", "allow_http": True}, "single-label hosts only"),
    ({"endpoint_url": "http://[2001:db8::1]", "allow_http": True}, "single-label hosts only"),
]


@pytest.mark.parametrize(("options", "url", "kind"), FOUND)
def test_routing_table_resolves_to_its_urls(options: dict[str, Any], url: str, kind: EndpointKind) -> None:
    """Each row of the routing table resolves to its URL, signed for the requested service and region."""
    endpoint = resolve(**options)
    assert (endpoint.url, endpoint.kind, endpoint.insecure) == (url, kind, False)
    assert endpoint.signing_region == options.get("region", "us-west-2")
    assert endpoint.signing_name == options.get("service", "workspaces")


@pytest.mark.parametrize(("options", "words"), REFUSED)
def test_invalid_endpoint_settings_are_rejected_with_a_reason(options: dict[str, Any], words: str) -> None:
    """Each refusal says why, and none repeats what may be a secret in a URL."""
    with pytest.raises(EndpointResolutionError) as caught:
        resolve(**options)
    assert words in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert not isinstance(caught.value, PrivateLinkFipsError)


PRIVATELINK_WITH_FIPS: list[dict[str, Any]] = [
    {"use_fips": True, "vpc_endpoint": VPCE},
    {"use_fips": True, "endpoint_url": VPCE_HOST},
    {"use_fips": True, "private_dns": True},
    {"use_fips": True, "use_dualstack": True, "vpc_endpoint": VPCE},
    {"use_fips": True, "region": "eu-west-1", "vpc_endpoint": VPCE},
    {"use_fips": True, "endpoint_url": "https://vpce-broken.example"},
    {"endpoint_url": VPCE_HOST.replace("workspaces", "workspaces-fips")},
    {"vpc_endpoint": VPCE, "endpoint_url": "https://workspaces-fips.us-west-2.amazonaws.com"},
    {"private_dns": True, "endpoint_url": "https://workspaces-fips.us-west-2.amazonaws.com"},
    {"vpc_endpoint": VpcEndpoint(VPCE, service_name="com.amazonaws.us-west-2.workspaces-fips")},
]


@pytest.mark.parametrize("options", PRIVATELINK_WITH_FIPS)
def test_privatelink_with_fips_has_its_own_error(options: dict[str, Any]) -> None:
    """By id, URL, private DNS or a host that says -fips: its own error, which is a configuration error."""
    with pytest.raises(PrivateLinkFipsError, match=FIPS_LINK) as caught:
        resolve(**options)
    assert isinstance(caught.value, ConfigurationError)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_endpoint_errors_name_the_source_of_each_setting() -> None:
    """The person who reads it finds the file or the variable to change."""
    sources = {"use_fips": "AWS_USE_FIPS_ENDPOINT", "vpc_endpoint": "profile dev in ~/.aws/config"}
    with pytest.raises(PrivateLinkFipsError) as caught:
        resolve(use_fips=True, vpc_endpoint=VPCE, sources=sources)
    assert "use_fips=True (AWS_USE_FIPS_ENDPOINT)" in str(caught.value)
    assert "vpc_endpoint='vpce-0123-abcd' (profile dev in ~/.aws/config)" in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:4566",
        "http://emulator",
        "http://127.0.0.1:8080",
        "http://[::1]:8080",
        "http://[::ffff:10.0.0.1]",
        "http://10.1.2.3",
        "http://100.64.0.1",
        "http://[fd00::1]",
    ],
)
def test_allow_http_permits_private_hosts_and_marks_the_endpoint(url: str) -> None:
    """allow_http opens loopback, private addresses and single-label hosts, and the endpoint says so."""
    endpoint = resolve(endpoint_url=url, allow_http=True)
    assert endpoint.insecure
    assert endpoint.url.startswith("http://")
    assert "INSECURE" in endpoint.explain()


def test_default_port_is_omitted() -> None:
    """One spelling of one endpoint."""
    assert resolve(endpoint_url="http://localhost:80/", allow_http=True).url == "http://localhost"


@pytest.mark.parametrize(
    ("options", "is_fips"),
    [
        ({}, False),
        ({"use_fips": True}, True),
        ({"endpoint_url": "https://workspaces-fips.us-west-2.amazonaws.com"}, True),
        ({"endpoint_url": "https://workspaces-fips.us-west-2.api.aws"}, True),
        ({"endpoint_url": "https://workspaces-fips.bank.internal"}, False),
        ({"use_dualstack": True}, False),
        (sts("us-gov-west-1"), True),
        (sts("us-gov-west-1", use_dualstack=True), False),
        (sts(vpc_endpoint=VPCE, use_fips=True), True),
        (sts(vpc_endpoint=VPCE), False),
        (sts("us-gov-west-1", vpc_endpoint=VPCE), True),
    ],
)
def test_an_endpoint_knows_whether_it_is_fips(options: dict[str, Any], *, is_fips: bool) -> None:
    """By AWS's name of the host, not by the flag: GovCloud's plain STS is FIPS, a gateway never is known to be."""
    assert resolve(**options).is_fips is is_fips


def test_endpoint_explains_itself_and_pickles() -> None:
    """The line for logs names URL, reason, FIPS and signature; host has no port and no brackets."""
    endpoint = resolve(endpoint_url="https://[fd00::1]:8443/x")
    assert endpoint.host == "fd00::1"
    assert endpoint.explain() == (
        "Amazon WorkSpaces calls go to https://[fd00::1]:8443/x: the configured URL; not a FIPS endpoint; "
        "signed for workspaces in us-west-2"
    )
    assert pickle.loads(pickle.dumps(endpoint)) == copy.deepcopy(endpoint) == endpoint


def test_sts_inherits_flags_and_region_but_no_endpoint() -> None:
    """STS inherits FIPS and region from the client, but not its VPC endpoint."""
    client = EndpointParameters(service="workspaces", region="us-west-2", use_fips=True, endpoint_url=VPCE_HOST)
    requested = StsRouting().parameters(client)
    assert resolve_endpoint(requested).url == "https://sts-fips.us-west-2.amazonaws.com"


def test_sts_routing_overrides_the_client_and_is_named_in_errors() -> None:
    """StsRouting's own settings beat those of the client, and a refusal says so."""
    client = EndpointParameters(service="workspaces", region="us-west-2", use_dualstack=True)
    routing = StsRouting(region="us-east-1", vpc_endpoint=VPCE, use_dualstack=False)
    assert resolve_endpoint(routing.parameters(client)).host == f"{VPCE}.sts.us-east-1.vpce.amazonaws.com"
    with pytest.raises(EndpointResolutionError, match=r"argument sts=StsRouting\(vpc_endpoint=…\)"):
        resolve_endpoint(StsRouting(vpc_endpoint=VPCE).parameters(client))
    assert pickle.loads(pickle.dumps(routing)) == routing


def test_setting_sources_do_not_affect_equality() -> None:
    """Two requests for the same endpoint are equal, wherever their settings came from, and hash alike."""
    first, other = (
        EndpointParameters(service="sts", region="us-west-2", sources=s) for s in ({}, {"region": "AWS_REGION"})
    )
    assert first == other
    assert hash(first) == hash(other)
