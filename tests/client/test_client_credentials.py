"""Credentials of a client: rejected keys, the key that signs each request, and the endpoint used for STS."""

from __future__ import annotations

import asyncio
import gc
import re
import weakref
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
import pytest

import wsclient
from tests.support.aws_home import aws_home
from wsclient._client.operations.ds import DsOperations
from wsclient._client.operations.ec2 import Ec2Operations
from wsclient._client.operations.iam import IamOperations
from wsclient._client.other_service_clients import side_client
from wsclient._pipeline.rejected_keys import REJECTED_KEY_CODES
from wsclient.credentials import AssumeRoleProvider, Credentials, ProfileProvider
from wsclient.endpoints._other_services import sts_endpoint_parameters
from wsclient.errors import (
    ConnectError,
    CredentialsError,
    CredentialsRefreshError,
    EndpointResolutionError,
    ExpiredTokenException,
    ServiceError,
    UnrecognizedClientException,
)
from wsclient.testing import Emulator, FakeTransport
from wsclient.testing._protocols.codecs import TEXT_CODECS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from wsclient.testing import Answer, FakeRequest

ENVIRONMENT = wsclient.ClientConfig.load("workspaces", environ={"HOME": "/nonexistent"}, region="eu-west-1")
ROLE = "arn:aws:iam::210987654321:role/x"
IDENTITY = {"Account": "123456789012", "Arn": "arn:aws:iam::123456789012:user/mary", "UserId": "AIDA"}
ISSUED = {
    "Credentials": {
        "AccessKeyId": "ASIAROLE",
        "SecretAccessKey": "secret",
        "SessionToken": "token",
        "Expiration": "2099-01-01T00:00:00Z",
    }
}


class Service(httpx.AsyncBaseTransport):
    """Transport with scripted responses that records the signing key and the host of each request."""

    def __init__(self, answers: dict[str, Answer]) -> None:
        self._inner = FakeTransport(answers)
        self.keys: list[str | None] = []
        self.hosts: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        signed_by = re.search(r"Credential=([^/]+)/", request.headers.get("authorization", ""))
        self.keys.append(signed_by[1] if signed_by else None)
        self.hosts.append(request.url.host)
        return await self._inner.handle_async_request(request)


@dataclass
class Rotating:
    """A caching provider: KEY1 until that is dropped, then KEY2 and so on."""

    fetched: int = 1
    rejected: list[str] = field(default_factory=list[str])
    gives_the_same: bool = False

    async def get_credentials(self) -> Credentials:
        """Give the current key."""
        return Credentials(f"KEY{self.fetched}", "secret", "token")

    def invalidate(self, access_key_id: str) -> None:
        """Drop the key when it is the current one."""
        self.rejected.append(access_key_id)
        if access_key_id == f"KEY{self.fetched}" and not self.gives_the_same:
            self.fetched += 1


def _client(answers: dict[str, Answer], **options: Any) -> tuple[wsclient.WorkSpacesClient, Service]:
    service = Service(answers)
    table: dict[str, Any] = {"config": ENVIRONMENT, "credentials": Rotating(), "transport": service, **options}
    return wsclient.WorkSpacesClient(**table), service


def _rejecting(service_codes: list[str]) -> Any:  # an Answer that changes its mind
    def answer(_request: FakeRequest) -> dict[str, object] | Exception:
        return ServiceError("no more", code=service_codes.pop(0), status=400) if service_codes else {}

    return answer


@pytest.mark.parametrize("code", sorted(REJECTED_KEY_CODES))
@pytest.mark.parametrize("operation", ["DescribeWorkspaces", "CreateWorkspaces"])
def test_rejected_key_is_replaced_and_the_call_retried(operation: str, code: str) -> None:
    """A rejected call wasn't executed, so even a creation is retried; invalidate() gets only the rejected key."""
    provider = Rotating()
    client, service = _client({operation: _rejecting([code])}, credentials=provider)
    result = asyncio.run(client.raw(operation, {}))
    assert service.keys == ["KEY1", "KEY2"]
    assert provider.rejected == ["KEY1"]
    metadata: Any = result["ResponseMetadata"]
    assert metadata["RetryAttempts"] == 1


class Ended:
    """A caching provider whose session has ended, and which has another set after that was rejected."""

    def __init__(self, session: Credentials, other: Credentials) -> None:
        self.rejected: list[str] = []
        self._current, self._other = session, other

    async def get_credentials(self) -> Credentials:
        """Give the current set."""
        return self._current

    def invalidate(self, access_key_id: str) -> None:
        """Drop the ended session."""
        self.rejected.append(access_key_id)
        self._current = self._other


async def _call_expired(aws: Emulator, service: str, credentials: Ended) -> None:
    """Call an operation of a service, with a client of these credentials."""
    async with aws.client(credentials=credentials) as client, aws.sts_client(credentials=credentials) as sts:
        match service:
            case "workspaces":
                await client.describe_account()
            case "sts":
                await sts.get_caller_identity()
            case "ec2":
                await side_client(client, Ec2Operations).describe_vpcs()
            case "ds":
                await side_client(client, DsOperations).describe_directories()
            case _:
                await side_client(client, IamOperations).get_account_authorization_details()


def test_expired_session_is_replaced_for_every_service() -> None:
    """Each service has its own code and protocol for an expired token, and each makes the call with the next key."""

    async def main() -> None:
        async with Emulator() as aws:
            async with aws.sts_client() as sts:
                issued = (await sts.get_session_token(duration_seconds=900)).credentials
            assert issued is not None
            session = Credentials(str(issued.access_key_id), str(issued.secret_access_key), issued.session_token)
            aws.advance(hours=1)
            for service in {codec.service.name for codec in TEXT_CODECS}:
                credentials = Ended(session, aws.root_credentials)
                await _call_expired(aws, service, credentials)
                assert credentials.rejected == [session.access_key_id], service

    asyncio.run(main())


def test_rejected_key_is_replaced_once_per_call() -> None:
    """A source that gives a rejected key again ends the call with the service's own error, after two attempts."""
    provider = Rotating(gives_the_same=True)
    client, service = _client({"DescribeWorkspaces": _rejecting(["ExpiredToken"] * 9)}, credentials=provider)
    with pytest.raises(ExpiredTokenException) as refused:
        asyncio.run(client.raw("DescribeWorkspaces"))
    assert service.keys == ["KEY1", "KEY1"]
    assert (refused.value.attempts, provider.rejected) == (2, ["KEY1"])


def test_expired_static_credentials_are_not_retried() -> None:
    """With fixed credentials the error is raised after one attempt, with and without expected_account."""
    credentials = Credentials("KEY1", "secret", "token", account_id="123456789012")
    for options in ({}, {"expected_account": "123456789012"}):
        client, service = _client(
            {"DescribeWorkspaces": _rejecting(["ExpiredTokenException"]), "GetCallerIdentity": IDENTITY},
            credentials=credentials,
            **options,
        )
        with pytest.raises(ExpiredTokenException) as refused:
            asyncio.run(client.raw("DescribeWorkspaces"))
        calls = [host for host in service.hosts if host.startswith("workspaces.")]
        assert (len(calls), refused.value.attempts) == (1, 1)


@pytest.mark.parametrize(
    ("profile", "code", "signed_by"),
    [
        ("default", "UnrecognizedClientException", ["OLD", "NEW"]),
        ("ops", "InvalidClientTokenId", ["OLD", "NEW", "ASIAROLE"]),
    ],
)
def test_deleted_key_is_replaced_by_the_new_key_of_the_file(
    tmp_path: Path, profile: str, code: str, signed_by: list[str]
) -> None:
    """A rotation writes the new key to the file and deletes the old one, which may be that of a role's source."""

    def write(key: str) -> None:
        role = f"[profile ops]\nrole_arn = {ROLE}\nsource_profile = default\n"
        aws_home(tmp_path, role, f"[default]\naws_access_key_id = {key}\naws_secret_access_key = s\n")

    def answer(result: dict[str, object]) -> Callable[[FakeRequest], dict[str, object] | Exception]:
        def reply(_request: FakeRequest) -> dict[str, object] | Exception:
            if service.keys[-1] != "OLD":
                return result
            write("NEW")
            return ServiceError("deleted", code=code, status=403)

        return reply

    write("OLD")
    client, service = _client(
        {"DescribeWorkspaces": answer({}), "AssumeRole": answer({**ISSUED})},
        credentials=ProfileProvider(profile, environ={}, home=tmp_path),
    )
    asyncio.run(client.raw("DescribeWorkspaces"))
    assert service.keys == signed_by


def test_unrecognized_session_is_not_renewed() -> None:
    """A new session of the same role would be as unknown, and may need another MFA code."""
    provider = Rotating()
    client, service = _client({"DescribeWorkspaces": _rejecting(["UnrecognizedClientException"])}, credentials=provider)
    with pytest.raises(UnrecognizedClientException):
        asyncio.run(client.raw("DescribeWorkspaces"))
    assert (service.keys, provider.rejected) == (["KEY1"], [])


def test_concurrent_calls_with_a_rejected_key_refresh_it_once() -> None:
    """1,000 calls in flight with the old key cost one new one, and all succeed."""
    provider = Rotating()

    def answer(_request: FakeRequest) -> dict[str, object] | Exception:
        return {} if service.keys[-1] == "KEY2" else ServiceError("old", code="ExpiredToken", status=400)

    client, service = _client({"DescribeWorkspaces": answer}, credentials=provider)

    async def main() -> None:
        await asyncio.gather(*(client.describe_workspaces() for _ in range(1000)))

    asyncio.run(main())
    assert provider.fetched == 2


@pytest.mark.parametrize(
    "failure", [ServiceError("down", code="InternalFailure", status=500), ConnectError("no route")], ids=repr
)
def test_failure_of_a_providers_own_call_is_not_retried(failure: Exception) -> None:
    """An error of a provider's own calls isn't a failure of the operation: nothing is sent or retried."""

    class Failing:
        requested = 0

        async def get_credentials(self) -> Credentials:
            self.requested += 1
            raise failure

        def invalidate(self, access_key_id: str) -> None: ...

    provider = Failing()
    client, service = _client({"CreateWorkspaces": {}}, credentials=provider)
    with pytest.raises(
        CredentialsRefreshError, match="could not refresh the credentials for CreateWorkspaces"
    ) as refused:
        asyncio.run(client.raw("CreateWorkspaces"))
    assert (service.keys, provider.requested) == ([], 1)
    assert (refused.value.may_have_been_sent, refused.value.is_ambiguous, refused.value.can_heal) == (
        False,
        False,
        True,
    )


def test_unsigned_operations_need_no_credentials() -> None:
    """AssumeRoleWithWebIdentity and AssumeRoleWithSAML are sent unsigned, even by a client with credentials."""
    service = Service({"AssumeRoleWithWebIdentity": ISSUED, "AssumeRoleWithSAML": ISSUED})
    sts = wsclient.StsClient(config=ENVIRONMENT, credentials=Rotating(), transport=service)

    async def main() -> None:
        await sts.assume_role_with_web_identity(role_arn=ROLE, role_session_name="pod", web_identity_token="eyJx")
        principal = "arn:aws:iam::210987654321:saml-provider/okta"
        await sts.assume_role_with_saml(role_arn=ROLE, principal_arn=principal, saml_assertion="PHNhbWw+")

    asyncio.run(main())
    assert service.keys == [None, None]


def test_whoami_returns_account_arn_and_user() -> None:
    """The client's own credentials sign GetCallerIdentity, at the STS of its region."""
    client, service = _client({"GetCallerIdentity": IDENTITY})
    who = asyncio.run(client.whoami())
    assert (who.account_id, who.arn, who.user_id) == ("123456789012", IDENTITY["Arn"], "AIDA")
    assert (service.keys, service.hosts) == (["KEY1"], ["sts.eu-west-1.amazonaws.com"])


def test_whoami_of_an_sts_client_uses_its_own_endpoint() -> None:
    """An STS client asks about itself where it calls."""
    service = Service({"GetCallerIdentity": IDENTITY})
    sts = wsclient.StsClient(
        config=ENVIRONMENT, endpoint_url="https://sts.bank.internal", credentials=Rotating(), transport=service
    )
    asyncio.run(sts.whoami())
    assert service.hosts == ["sts.bank.internal"]


def test_caller_identity_without_account_is_rejected() -> None:
    """STS that does not say whose credentials these are is an error."""
    client, _ = _client({"GetCallerIdentity": {}})
    with pytest.raises(CredentialsError, match="has no account"):
        asyncio.run(client.whoami())


@pytest.mark.parametrize(
    ("options", "host"),
    [
        ({}, "sts.eu-west-1.amazonaws.com"),
        ({"region": "us-west-2", "use_fips": True}, "sts-fips.us-west-2.amazonaws.com"),
        ({"use_dualstack": True}, "sts.eu-west-1.api.aws"),
        ({"vpc_endpoint": "vpce-0123-abcd"}, "sts.eu-west-1.amazonaws.com"),
        ({"endpoint_url": "https://workspaces.bank.internal"}, "sts.eu-west-1.amazonaws.com"),
        ({"sts": wsclient.StsRouting(region="us-east-1")}, "sts.us-east-1.amazonaws.com"),
        (
            {"sts": wsclient.StsRouting(vpc_endpoint="vpce-0123-abcd")},
            "vpce-0123-abcd.sts.eu-west-1.vpce.amazonaws.com",
        ),
        ({"sts": wsclient.StsRouting(endpoint_url="https://sts.bank.internal")}, "sts.bank.internal"),
        (
            {
                "region": "us-gov-west-1",
                "use_fips": True,
                "sts": wsclient.StsRouting(vpc_endpoint="vpce-0123-abcd"),
            },
            "vpce-0123-abcd.sts.us-gov-west-1.vpce.amazonaws.com",
        ),
        (
            {
                "region": "us-east-1",
                "use_fips": True,
                "sts": wsclient.StsRouting(endpoint_url="https://vpce-0123-abcd.sts-fips.us-east-1.vpce.amazonaws.com"),
            },
            "vpce-0123-abcd.sts-fips.us-east-1.vpce.amazonaws.com",
        ),
    ],
)
def test_sts_calls_of_a_role_follow_the_clients_endpoint_settings(options: dict[str, Any], host: str) -> None:
    """STS uses the client's FIPS, dual-stack and region settings; only sts= overrides its endpoint."""
    role = AssumeRoleProvider(role_arn=ROLE, source=Credentials("AKIABASE", "secret"))
    client, service = _client({"AssumeRole": ISSUED, "DescribeWorkspaces": {}}, credentials=role, **options)

    async def main() -> None:
        async with client:
            await client.describe_workspaces()

    asyncio.run(main())
    assert service.keys == ["AKIABASE", "ASIAROLE"]
    assert service.hosts == [host, client.endpoint.url.split("/")[2]]


def test_contradictory_sts_routing_is_rejected_by_the_constructor() -> None:
    """A value of sts= that contradicts itself or FIPS is refused when the client is created."""
    both = wsclient.StsRouting(vpc_endpoint="vpce-0123-abcd", endpoint_url="https://sts.bank.internal")
    for options in ({"sts": both}, {"use_fips": True, "sts": wsclient.StsRouting(endpoint_url="https://sts.bank")}):
        with pytest.raises(EndpointResolutionError):
            _client({}, region="us-east-1", **options)


def test_configured_sts_url_applies_unless_sts_overrides_it() -> None:
    """AWS_ENDPOINT_URL_STS or the profile's URL applies unless sts= sets an endpoint; an error names the variable."""
    settings = wsclient.ClientConfig.load(
        "sts", environ={"HOME": "/nonexistent", "AWS_ENDPOINT_URL_STS": "https://sts.bank.internal"}
    )
    unrelated = wsclient.EndpointParameters(service="workspaces", region="eu-west-1")
    assert sts_endpoint_parameters(unrelated, None, settings).endpoint_url == "https://sts.bank.internal"
    named = sts_endpoint_parameters(unrelated, wsclient.StsRouting(vpc_endpoint="vpce-1"), settings)
    assert (named.endpoint_url, named.vpc_endpoint) == (None, "vpce-1")
    government = wsclient.EndpointParameters(service="workspaces", region="us-east-1", use_fips=True)
    with pytest.raises(EndpointResolutionError, match="AWS_ENDPOINT_URL_STS"):
        wsclient.resolve_endpoint(sts_endpoint_parameters(government, None, settings))


def test_copies_share_credentials_and_refresh_in_their_own_region() -> None:
    """with_options keeps the credentials; a copy for another region asks STS there when they run out."""
    role = AssumeRoleProvider(role_arn=ROLE, source=Credentials("AKIABASE", "secret"))
    client, service = _client({"AssumeRole": ISSUED, "DescribeWorkspaces": {}}, credentials=role)
    other = client.with_options(region="us-west-2")

    async def main() -> None:
        await client.describe_workspaces()
        await other.describe_workspaces()
        assert service.hosts.count("sts.eu-west-1.amazonaws.com") == 1
        role.invalidate("ASIAROLE")
        await other.describe_workspaces()
        await client.describe_workspaces()

    asyncio.run(main())
    assert [host for host in service.hosts if host.startswith("sts.")] == [
        "sts.eu-west-1.amazonaws.com",
        "sts.us-west-2.amazonaws.com",
    ]


def test_copy_with_other_credentials_signs_with_them() -> None:
    """with_options(credentials=…) signs with those, the original goes on with its own."""
    client, service = _client({"DescribeWorkspaces": {}})
    other = client.with_options(credentials=Credentials("OTHER", "secret"))

    async def main() -> None:
        await other.describe_workspaces()
        await client.describe_workspaces()
        await other.with_options(read_only=True).describe_workspaces()

    asyncio.run(main())
    assert service.keys == ["OTHER", "KEY1", "OTHER"]


def test_concurrent_first_calls_look_up_the_account_once() -> None:
    """1,000 first calls of a guarded client cost one GetCallerIdentity; another account refuses them all."""
    for expected, sent in (("123456789012", 1000), ("210987654321", 0)):
        client, service = _client({"GetCallerIdentity": IDENTITY, "DescribeWorkspaces": {}}, expected_account=expected)

        async def main(client: wsclient.WorkSpacesClient = client) -> list[object]:
            calls = (client.raw("DescribeWorkspaces") for _ in range(1000))
            return await asyncio.gather(*calls, return_exceptions=True)

        outcomes = asyncio.run(main())
        assert [host.split(".")[0] for host in service.hosts].count("sts") == 1
        assert [host.split(".")[0] for host in service.hosts].count("workspaces") == sent
        assert sum(isinstance(outcome, CredentialsError) for outcome in outcomes) == 1000 - sent


def test_dropped_client_is_freed_without_garbage_collection() -> None:
    """Nothing of a client refers back to it, so that its connections close when the last name of it is gone."""
    role = AssumeRoleProvider(role_arn=ROLE, source=Credentials("AKIABASE", "secret"))
    client, _ = _client({"AssumeRole": ISSUED, "DescribeWorkspaces": {}}, credentials=role)
    asyncio.run(client.raw("DescribeWorkspaces"))
    remains = weakref.ref(client)
    gc.disable()
    try:
        del client
        assert remains() is None
    finally:
        gc.enable()
