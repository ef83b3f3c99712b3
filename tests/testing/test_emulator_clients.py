"""Clients that call AWS's own host names over real TLS and reach the emulator by redirected DNS and connections."""

# botocore has no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

import asyncio
import socket
import ssl
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.support.tls_server import proxying
from wsclient import TLSPolicy
from wsclient._core.http import HttpRequest, Timeout
from wsclient._pipeline.transport.http_transport import HttpTransport, TransportSettings
from wsclient.credentials import AssumeRoleProvider, StaticProvider
from wsclient.endpoints import EndpointKind, PrivateDns, StsRouting, VpcEndpoint
from wsclient.errors import (
    AccessDeniedException,
    ConfigurationError,
    ConnectError,
    EndpointResolutionError,
    TLSError,
)
from wsclient.policy import allow_one_workspace, only_through
from wsclient.retries import RetryPolicy
from wsclient.testing import Emulator
from wsclient.testing._server.host_names import certified_names
from wsclient.types import RebootRequest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wsclient.testing import CallRecord

ONCE = RetryPolicy(max_attempts=1)
ALLOW_ALL = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
NAMES: dict[tuple[str, ...], tuple[str, EndpointKind]] = {
    (): ("workspaces.us-west-2.amazonaws.com", EndpointKind.PUBLIC),
    ("use_dualstack",): ("workspaces.us-west-2.api.aws", EndpointKind.DUALSTACK),
    ("use_fips",): ("workspaces-fips.us-west-2.amazonaws.com", EndpointKind.FIPS),
    ("use_fips", "use_dualstack"): ("workspaces-fips.us-west-2.api.aws", EndpointKind.FIPS_DUALSTACK),
}


@pytest.fixture
def aws() -> Iterator[Emulator]:
    """Give an emulator of its own to each test."""
    with Emulator(other_regions=["us-east-1"]) as running:
        yield running


def described(aws: Emulator, **options: Any) -> CallRecord:
    """Describe WorkSpaces with a client of these options, and return the call that the emulator recorded."""
    options.setdefault("retry", ONCE)

    async def main() -> CallRecord:
        async with aws.client(**options) as ws:
            await ws.describe_workspaces()
            info = ws.connection_info()
            assert info is not None
            assert info.endpoint_kind == ws.endpoint.kind
            assert ws.endpoint.url.startswith("https://")
        return aws.calls[-1]

    return asyncio.run(main())


@pytest.mark.parametrize("flags", NAMES)
def test_each_kind_of_endpoint_answers_under_its_own_name(aws: Emulator, flags: tuple[str, ...]) -> None:
    """Public, dual-stack, FIPS and both: by the client's own routing, TLS and signature, and the name is in the log."""
    host, kind = NAMES[flags]
    options: dict[str, Any] = dict.fromkeys(flags, True)
    seen = described(aws, **options)
    assert (seen.host, seen.endpoint, seen.vpc_endpoint) == (host, kind, None)

    async def sts() -> None:
        async with aws.sts_client(**options) as client:
            await client.get_caller_identity()

    asyncio.run(sts())
    assert aws.calls[-1].host == host.replace("workspaces", "sts")


def test_a_vpc_endpoint_is_called_by_each_of_its_names(aws: Emulator) -> None:
    """A DNS label, a zonal name, an api. host, EC2's description and a URL all call through the VPC endpoint."""
    own, zone = aws.add_vpc_endpoint(), "us-west-2a"
    ways: list[dict[str, Any]] = [
        {"vpc_endpoint": own.dns_label},
        {"vpc_endpoint": f"{own.dns_label}-{zone}"},
        {"vpc_endpoint": VpcEndpoint(own.dns_label, api_host=True)},
        {"vpc_endpoint": VpcEndpoint(own.dns_label, addresses=PrivateDns(allowed_cidrs=("10.0.0.0/8",)))},
        {"vpc_endpoint": VpcEndpoint.from_describe(own.describe())},
        {"endpoint_url": f"https://{own.dns_name}"},
    ]
    for way in ways:
        seen = described(aws, **way)
        assert (seen.endpoint, seen.vpc_endpoint, seen.error) == (EndpointKind.PRIVATELINK, own.id, None)
        assert seen.host.endswith("workspaces.us-west-2.vpce.amazonaws.com")


def test_private_dns_works_only_inside_the_vpc(aws: Emulator) -> None:
    """Inside the VPC private_dns= calls through the endpoint; outside it raises EndpointResolutionError, unsent."""
    own = aws.add_vpc_endpoint(private_dns=True)
    for options in ({"private_dns": True}, {"private_dns": PrivateDns(api_host=True)}, {"vpc": own.vpc_id}):
        seen = described(aws, **options)
        assert (seen.endpoint, seen.vpc_endpoint) == (EndpointKind.PRIVATE_DNS, own.id)
    assert described(aws).endpoint is EndpointKind.PUBLIC
    assert described(aws, vpc="vpc-elsewhere").endpoint is EndpointKind.PUBLIC
    count = len(aws.calls)
    with pytest.raises(EndpointResolutionError, match=r"resolves to 127\.0\.0\.1"):
        described(aws, private_dns=True, vpc=None)
    assert len(aws.calls) == count


def test_vpc_endpoint_id_is_no_dns_name(aws: Emulator) -> None:
    """A VpcEndpointId without the DNS suffix does not resolve, and the error says where to find the DNS name."""
    own = aws.add_vpc_endpoint()
    with pytest.raises(ConnectError, match=rf"does not resolve: {own.id} is the id of the endpoint, .*DnsEntries"):
        described(aws, vpc_endpoint=own.id)
    with pytest.raises(ConnectError, match=r"the name of vpce-0123-abcd.* does not resolve: check region"):
        described(aws, vpc_endpoint="vpce-0123-abcd")
    assert aws.calls == ()


def test_vpc_endpoint_is_unreachable_from_outside(aws: Emulator) -> None:
    """A VPC endpoint's name resolves outside its VPC, but connections fail with an error that mentions the VPC."""
    own = aws.add_vpc_endpoint()
    for vpc in (None, "vpc-elsewhere"):
        with pytest.raises(ConnectError, match="VPC"):
            described(aws, vpc_endpoint=own.dns_label, vpc=vpc)
    assert aws.calls == ()


def test_emulator_client_resolves_no_other_host(aws: Emulator) -> None:
    """Other host names do not resolve, whatever the machine's resolver would return."""
    for name in ("localhost.example.com", "workspaces.eu-central-1.amazonaws.com"):
        with pytest.raises(ConnectError, match="does not resolve"):
            described(aws, endpoint_url=f"https://{name}/", region="eu-central-1")
    assert aws.calls == ()
    for url in (aws.endpoint_url, aws.endpoint_url.replace("127.0.0.1", "localhost")):
        assert described(aws, endpoint_url=url).endpoint is EndpointKind.CUSTOM


MISLEADING = {
    "AWS_ENDPOINT_URL": "https://elsewhere.example.com",
    "AWS_ENDPOINT_URL_STS": "https://sts.elsewhere.example.com",
    "AWS_ENDPOINT_URL_WORKSPACES": "https://workspaces.elsewhere.example.com",
    "AWS_USE_FIPS_ENDPOINT": "true",
    "AWS_USE_DUALSTACK_ENDPOINT": "true",
    "AWS_REGION": "eu-west-1",
    "AWS_DEFAULT_REGION": "eu-west-2",
    "AWS_PROFILE": "no-such-profile",
    "AWS_CA_BUNDLE": "/nonexistent/ca.pem",
    "AWS_RETRY_MODE": "nonsense",
    "AWS_MAX_ATTEMPTS": "nonsense",
    "AWS_SDK_UA_APP_ID": "elsewhere",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://elsewhere.example.com",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:9/",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "https_proxy": "http://127.0.0.1:9",
    "ALL_PROXY": "http://127.0.0.1:9",
    "SSL_CERT_FILE": "/nonexistent/cert.pem",
}


def _mislead(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Point every variable and both AWS files to somewhere else."""
    for name, value in MISLEADING.items():
        monkeypatch.setenv(name, value)
    lines = "endpoint_url = https://elsewhere.example.com\nuse_fips_endpoint = true\nregion = eu-west-1\n"
    for variable in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        path = tmp_path / variable
        path.write_text(f"[default]\n{lines}")
        monkeypatch.setenv(variable, str(path))


def test_emulator_client_ignores_the_environment(
    aws: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Environment variables of AWS's SDKs and of proxies, and AWS's files, do not affect the emulator's clients."""
    role = AssumeRoleProvider(role_arn=aws.add_role("caller"), source=StaticProvider(aws.credentials))
    _mislead(monkeypatch, tmp_path)

    async def main() -> None:
        async with aws.client(credentials=role) as ws:
            assert ":assumed-role/caller/" in str((await ws.whoami()).arn)
            await ws.describe_workspaces()
            assert (ws.config.region.value, ws.config.app_id.value) == ("us-west-2", None)
            different: list[dict[str, Any]] = [{"use_fips": True}, {"config": None}, {"region": "us-east-1"}]
            for changes in different:
                async with ws.with_options(**changes) as other:
                    await other.whoami()
                    await other.describe_workspaces()
        async with aws.sts_client() as sts:
            await sts.get_caller_identity()

    asyncio.run(main())
    assert {call.host for call in aws.calls} == {
        "sts.us-west-2.amazonaws.com",
        "sts-fips.us-west-2.amazonaws.com",
        "sts.us-east-1.amazonaws.com",
        "workspaces.us-west-2.amazonaws.com",
        "workspaces-fips.us-west-2.amazonaws.com",
        "workspaces.us-east-1.amazonaws.com",
    }


def test_none_options_mean_the_emulators_defaults(
    aws: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """An option that is None means the emulator's default, whatever the environment has; a profile is rejected."""
    _mislead(monkeypatch, tmp_path)
    seen = described(aws, region=None, credentials=None, config=None, endpoint_url=None, proxy=None)
    assert (seen.host, seen.account) == ("workspaces.us-west-2.amazonaws.com", aws.account_id)
    options: Any = {"profile": "default"}
    with pytest.raises(TypeError, match="'profile'; a client of the emulator reads no AWS files; pass credentials="):
        aws.client(**options)


def test_client_copies_reach_the_emulator(aws: Emulator) -> None:
    """with_options() keeps the connection to the emulator, also with another region, FIPS or retry policy."""

    async def main() -> list[str]:
        async with aws.client() as ws:
            await ws.with_options(retry=ONCE).describe_workspaces()
            different: list[dict[str, Any]] = [{"region": "us-east-1"}, {"use_fips": True}]
            for changes in different:
                async with ws.with_options(**changes) as other:
                    await other.describe_workspaces()
        return [call.host for call in aws.calls]

    assert asyncio.run(main()) == [
        "workspaces.us-west-2.amazonaws.com",
        "workspaces.us-east-1.amazonaws.com",
        "workspaces-fips.us-west-2.amazonaws.com",
    ]


def test_credential_calls_use_the_emulators_sts(aws: Emulator) -> None:
    """AssumeRole calls STS's own name or its VPC endpoint, and the WorkSpaces call uses its own endpoint."""
    role = aws.add_role("caller")
    interface = aws.add_vpc_endpoint("sts")

    def through(**options: Any) -> list[tuple[str, str | None]]:
        provider = AssumeRoleProvider(role_arn=role, source=StaticProvider(aws.credentials))
        before = len(aws.calls)
        described(aws, credentials=provider, **options)
        return [(call.host, call.vpc_endpoint) for call in aws.calls[before:]]

    fips = "us-west-2.amazonaws.com"
    assert through(use_fips=True) == [(f"sts-fips.{fips}", None), (f"workspaces-fips.{fips}", None)]
    inside = through(sts=StsRouting(vpc_endpoint=interface.dns_label), vpc=interface.vpc_id)
    assert inside == [(interface.dns_name, interface.id), (f"workspaces.{fips}", None)]


def test_endpoint_policy_limits_root(aws: Emulator) -> None:
    """A policy of a VPC endpoint also limits the root user; AWS's example allows one WorkSpace, and no listing."""
    mine, other = aws.add_workspaces(2)
    arn = f"arn:aws:workspaces:us-west-2:{aws.account_id}:workspace"
    own = aws.add_vpc_endpoint(policy=allow_one_workspace(f"{arn}/{mine}"))

    async def main() -> None:
        options: dict[str, Any] = {"vpc_endpoint": own.dns_label, "credentials": aws.root_credentials, "retry": ONCE}
        async with aws.client(**options) as ws:
            await ws.reboot_workspaces(reboot_workspace_requests=[RebootRequest(workspace_id=mine)])
            with pytest.raises(AccessDeniedException) as listing:
                await ws.describe_workspaces()
            with pytest.raises(AccessDeniedException) as foreign:
                await ws.reboot_workspaces(reboot_workspace_requests=[RebootRequest(workspace_id=other)])
        assert listing.value.message == (
            f"User: arn:aws:iam::{aws.account_id}:root is not authorized to perform: workspaces:DescribeWorkspaces "
            "on resource: * because no VPC endpoint policy allows the workspaces:DescribeWorkspaces action"
        )
        assert f"on resource: {arn}/{other} because no VPC endpoint policy allows" in foreign.value.message

    asyncio.run(main())
    assert described(aws, credentials=aws.root_credentials).error is None


def test_endpoint_policy_can_be_replaced(aws: Emulator) -> None:
    """An explicit deny of an endpoint policy is named in the error; without a policy the endpoint allows all calls."""
    everybody = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
    strangers = {"StringNotEquals": {"aws:PrincipalAccount": aws.account_id}}
    perimeter = [everybody, {**everybody, "Effect": "Deny", "Condition": strangers}]
    own = aws.add_vpc_endpoint(policy={"Version": "2012-10-17", "Statement": perimeter})
    stranger = aws.add_user("stranger", account_id="210987654321")
    assert described(aws, vpc_endpoint=own.dns_label).error is None
    with pytest.raises(AccessDeniedException, match="with an explicit deny in a VPC endpoint policy"):
        described(aws, vpc_endpoint=own.dns_label, credentials=stranger)
    aws.set_endpoint_policy(own.id, None)
    assert described(aws, vpc_endpoint=own.dns_label, credentials=stranger).error is None


def test_identity_policy_can_require_a_vpc_endpoint(aws: Emulator) -> None:
    """An identity policy that requires a VPC endpoint or VPC denies calls over any other endpoint."""
    own, other = aws.add_vpc_endpoint(private_dns=True), aws.add_vpc_endpoint()
    for bound in (only_through(vpc_endpoint=own.id), only_through(vpc=own.vpc_id)):
        mary = aws.add_user("mary", policy=[ALLOW_ALL, bound])
        for options in ({"vpc_endpoint": own.dns_label}, {"private_dns": True}):
            assert described(aws, credentials=mary, **options).vpc_endpoint == own.id
        for options in ({}, {"use_fips": True}, {"vpc_endpoint": other.dns_label}):
            with pytest.raises(AccessDeniedException, match="with an explicit deny in an identity-based policy"):
                described(aws, credentials=mary, **options)


def test_endpoint_policy_limits_unsigned_calls(aws: Emulator) -> None:
    """An STS endpoint policy also applies to unsigned calls, which have no principal."""
    role = aws.add_role("caller")
    named = {"AWS": [f"arn:aws:iam::{aws.account_id}:root"]}
    statement = {"Effect": "Allow", "Principal": named, "Action": "sts:*", "Resource": "*"}
    interface = aws.add_vpc_endpoint("sts", policy={"Version": "2012-10-17", "Statement": statement})

    async def main() -> None:
        async with aws.sts_client(vpc_endpoint=interface.dns_label, retry=ONCE) as sts:
            await sts.get_caller_identity()
            with pytest.raises(AccessDeniedException, match="no VPC endpoint policy allows"):
                await sts.assume_role_with_web_identity(
                    role_arn=role, role_session_name="nightly", web_identity_token=aws.web_identity_token()
                )

    asyncio.run(main())
    assert (aws.calls[-1].caller, aws.calls[-1].vpc_endpoint) == (None, interface.id)


def test_certificate_covers_exactly_the_served_names(aws: Emulator) -> None:
    """The certificate verifies for each served name, one label per wildcard, and for no other region's name."""
    trust = ssl.create_default_context(cafile=aws.ca_file)
    port = int(aws.endpoint_url.rpartition(":")[2])

    def shake(name: str) -> None:
        with (
            socket.create_connection(("127.0.0.1", port)) as plain,
            trust.wrap_socket(plain, server_hostname=name) as connection,
        ):
            assert connection.version() == "TLSv1.3"

    for name in certified_names(["us-west-2", "us-east-1"]):
        shake(name.replace("*", "vpce-0123456789abcdef0-12345678-us-west-2a"))
    for name in ("workspaces.eu-west-1.amazonaws.com", "a.b.workspaces.us-west-2.vpce.amazonaws.com"):
        with pytest.raises(ssl.SSLCertVerificationError):
            shake(name)


def test_resolve_suffices_if_the_url_has_the_port(aws: Emulator) -> None:
    """resolve() can replace the resolver of a transport if the URL has the port; unknown names do not resolve."""

    async def main() -> None:
        sender = HttpTransport(TransportSettings(policy=TLSPolicy(ca_file=aws.ca_file)), resolve=aws.resolve)
        port = aws.endpoint_url.rpartition(":")[2]
        url = f"https://workspaces.us-west-2.amazonaws.com:{port}/"
        answer = await sender.send(HttpRequest("POST", url, (), b"{}"), Timeout())
        assert b"UnknownOperationException" in answer.body
        with pytest.raises(ConnectError, match="does not resolve"):
            await sender.send(HttpRequest("POST", "https://example.com/", (), b"{}"), Timeout())
        await sender.aclose()

    asyncio.run(main())
    assert aws.calls[-1].endpoint is EndpointKind.PUBLIC


def test_explicit_client_options_are_kept(aws: Emulator) -> None:
    """Explicit tls=, credentials= and region= are used, and wrong values fail as with AWS."""
    with Emulator() as other:
        with pytest.raises(TLSError):
            described(aws, tls=TLSPolicy(ca_file=other.ca_file))
        with pytest.raises(Exception, match="security token included in the request is invalid"):
            described(aws, credentials=other.credentials)
    assert described(aws, tls=TLSPolicy(minimum="1.3")).error is None
    assert described(aws, region="us-east-1").region == "us-east-1"


def test_a_client_needs_a_running_emulator() -> None:
    """A client cannot be created before the emulator runs, and cannot call after it stopped."""
    aws = Emulator()
    with pytest.raises(ConfigurationError, match="not running"):
        aws.client()

    async def main() -> None:
        with aws:
            ws = aws.client(retry=ONCE)
            await ws.describe_workspaces()
            await ws.aclose()
            delayed = aws.client(retry=ONCE)
        with pytest.raises(ConfigurationError):
            await delayed.describe_workspaces()
        await delayed.aclose()

    asyncio.run(main())


def over_boto3(aws: Emulator, proxy: str, **options: Any) -> Any:
    """Return a boto3 client whose proxy tunnels all end at the emulator."""
    return boto3.Session().client(
        "workspaces",
        region_name="us-west-2",
        verify=aws.ca_file,
        aws_access_key_id=aws.credentials.access_key_id,
        aws_secret_access_key=aws.credentials.secret_access_key,
        config=Config(
            retries={"total_max_attempts": 1},
            ignore_configured_endpoint_urls=True,
            proxies={"https": proxy},
            use_fips_endpoint=options.pop("fips", False),
        ),
        **options,
    )


def test_boto3_calls_fips_and_vpc_endpoint_names(aws: Emulator) -> None:
    """boto3 calls the FIPS name and a VPC endpoint's name over verified TLS, and raises an endpoint policy's denial."""
    denied = {"Effect": "Deny", "Principal": "*", "Action": "workspaces:Describe*", "Resource": "*"}
    own = aws.add_vpc_endpoint(policy={"Version": "2012-10-17", "Statement": denied})

    def calls(proxy: str) -> str:
        public, inside = (
            over_boto3(aws, proxy, fips=True),
            over_boto3(aws, proxy, endpoint_url=f"https://{own.dns_name}"),
        )
        public.describe_workspaces()
        with pytest.raises(ClientError) as refused:
            inside.describe_workspaces()
        for client in (public, inside):
            client.close()
        return f"{refused.value.response['Error']['Code']}: {refused.value.response['Error']['Message']}"

    async def main() -> str:
        async with proxying(to_port=int(aws.endpoint_url.rpartition(":")[2])) as proxy:
            return await asyncio.to_thread(calls, proxy.url)

    found = asyncio.run(main())
    assert found.startswith("AccessDeniedException: User: arn:aws:iam::")
    assert found.endswith("on resource: * with an explicit deny in a VPC endpoint policy")
    assert [(call.endpoint, call.vpc_endpoint) for call in aws.calls] == [
        (EndpointKind.FIPS, None),
        (EndpointKind.PRIVATELINK, own.id),
    ]
