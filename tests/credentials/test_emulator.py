"""Providers against the emulator, over real sockets and TLS, compared with boto3 making the same calls."""

# botocore has no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from botocore.session import Session

import wsclient
from tests.support.aws_home import aws_home
from wsclient.credentials import (
    AssumeRoleProvider,
    ContainerProvider,
    CredentialsProvider,
    ImdsProvider,
    ProfileProvider,
    SamlProvider,
    ScopedCredentialsProvider,
    SessionTokenProvider,
    WebIdentityProvider,
    default_chain,
)
from wsclient.errors import CredentialsRefreshError
from wsclient.testing import Emulator

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wsclient._client.account_guard import Identity


MAY_DESCRIBE = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "workspaces:Describe*", "Resource": "*"}],
}


@pytest.fixture
def aws() -> Iterator[Emulator]:
    """Return an emulator of its own for each test."""
    with Emulator() as emulator:
        yield emulator


def _client(aws: Emulator, credentials: CredentialsProvider | wsclient.Credentials) -> wsclient.WorkSpacesClient:
    return wsclient.WorkSpacesClient(
        config=wsclient.ClientConfig.load("workspaces", environ={"HOME": "/nonexistent"}, region=aws.region),
        endpoint_url=aws.endpoint_url,
        credentials=credentials,
        sts=wsclient.StsRouting(endpoint_url=aws.endpoint_url),
        tls=wsclient.TLSPolicy(ca_file=aws.ca_file),
    )


def _used(aws: Emulator, credentials: CredentialsProvider) -> Identity:
    """Make a call to WorkSpaces, and return whose credentials it was signed with."""

    async def main() -> Identity:
        async with _client(aws, credentials) as client:
            await client.describe_workspaces(limit=1)
            return await client.whoami()

    return asyncio.run(main())


ROLES = """
[profile me]
aws_access_key_id = {key}
aws_secret_access_key = {secret}
[profile first]
role_arn = {first}
source_profile = me
external_id = ext
role_session_name = one
[profile second]
role_arn = {second}
source_profile = first
role_session_name = two
[profile third]
role_arn = {third}
source_profile = second
role_session_name = three
mfa_serial = {serial}
"""


def test_chain_of_three_roles_with_mfa(aws: Emulator, tmp_path: Path) -> None:
    """A profile's chain of roles over three accounts ends where boto3's ends, with the same calls on the way."""
    device = aws.add_mfa_device()
    first = aws.add_role("first", external_id="ext", trusts=[aws.account_id])
    second = aws.add_role("second", account_id="210987654321", trusts=[aws.account_id])
    third = aws.add_role("third", account_id="321098765432", trusts=["210987654321"], mfa_required=True)
    keys = aws.credentials
    text = ROLES.format(
        key=keys.access_key_id,
        secret=keys.secret_access_key,
        first=first,
        second=second,
        third=third,
        serial=device.serial_number,
    )
    home = aws_home(tmp_path, text)
    ours = _used(aws, ProfileProvider("third", environ={}, home=home, mfa_code=device.code))
    assert (ours.account_id, ours.arn) == ("321098765432", "arn:aws:sts::321098765432:assumed-role/third/three")
    made = [call.operation for call in aws.calls]
    assert made == ["AssumeRole", "AssumeRole", "AssumeRole", "DescribeWorkspaces", "GetCallerIdentity"]
    aws.clock.advance(seconds=60)
    assert _boto3_s_identity(aws, home, device.code) == ours.arn
    assert [call.operation for call in aws.calls][5:] == ["AssumeRole"] * 3 + ["GetCallerIdentity"]


def _boto3_s_identity(aws: Emulator, home: Path, code: Any) -> str:
    """Return who boto3 is by the same files."""
    session: Any = Session(profile="third")
    for name, value in {
        "config_file": str(home / ".aws" / "config"),
        "credentials_file": str(home / ".aws" / "credentials"),
        "region": aws.region,
        "ca_bundle": aws.ca_file,
    }.items():
        session.set_config_variable(name, value)

    def client(service: str, **options: object) -> Any:
        return session.create_client(
            service, endpoint_url=aws.endpoint_url, verify=aws.ca_file, region_name=aws.region, **options
        )

    resolver: Any = session.get_component("credential_provider")
    provider: Any = resolver.get_provider("assume-role")
    provider._client_creator = client
    provider._prompter = lambda prompt: code()
    frozen = provider.load().get_frozen_credentials()
    sts = client(
        "sts",
        aws_access_key_id=frozen.access_key,
        aws_secret_access_key=frozen.secret_key,
        aws_session_token=frozen.token,
    )
    arn: str = sts.get_caller_identity()["Arn"]
    return arn


def test_wrong_mfa_code_is_rejected_and_not_shown(aws: Emulator) -> None:
    """STS's own words say that the code was wrong; the code is not among them."""
    device = aws.add_mfa_device()
    wrong = str((int(device.code()) + 1) % 1_000_000).zfill(6)
    role = aws.add_role("guarded", mfa_required=True)
    provider = AssumeRoleProvider(
        role_arn=role, source=aws.credentials, mfa_serial=device.serial_number, mfa_code=lambda: wrong
    )
    with pytest.raises(CredentialsRefreshError, match=r"AccessDenied.*invalid MFA one time pass code") as refused:
        _used(aws, provider)
    assert wrong not in str(refused.value)
    assert refused.value.may_have_been_sent is False


def test_web_identity_saml_and_session_token_credentials_work(aws: Emulator, tmp_path: Path) -> None:
    """A web identity, an assertion and a user's session each end in credentials that WorkSpaces takes."""
    role = aws.add_role("pod")
    token = tmp_path / "token"
    token.write_text(aws.web_identity_token())
    providers: list[tuple[CredentialsProvider, str]] = [
        (WebIdentityProvider(role_arn=role, token_file=token, role_session_name="pod"), "assumed-role/pod/pod"),
        (
            SamlProvider(
                role_arn=role,
                principal_arn=aws.saml_provider_arn(),
                assertion=lambda: aws.saml_assertion(role_arn=role, user="mary"),
            ),
            "assumed-role/pod/mary",
        ),
        (SessionTokenProvider(source=aws.credentials), "user/emulator"),
        (
            ScopedCredentialsProvider(SessionTokenProvider(source=aws.credentials), policy=MAY_DESCRIBE),
            "user/emulator",
        ),
    ]
    for provider, ending in providers:
        identity = _used(aws, provider)
        assert identity.arn is not None
        assert identity.arn.endswith(ending)


def test_scoped_credentials_are_limited_by_their_policy(aws: Emulator) -> None:
    """The same role lists WorkSpaces with and without a scope, and stops them without one only."""
    role = AssumeRoleProvider(role_arn=aws.add_role("desk"), source=aws.credentials)

    async def main() -> None:
        async with (
            _client(aws, role) as all_of_it,
            _client(aws, ScopedCredentialsProvider(role, policy=MAY_DESCRIBE)) as scoped,
        ):
            assert (await all_of_it.whoami()).arn == (await scoped.whoami()).arn
            await scoped.describe_workspaces()
            await all_of_it.delete_tags(resource_id="ws-0123456789", tag_keys=["a"])

    with pytest.raises(wsclient.errors.ResourceNotFoundException):
        asyncio.run(main())

    async def denied() -> None:
        async with _client(aws, ScopedCredentialsProvider(role, policy=MAY_DESCRIBE)) as scoped:
            await scoped.delete_tags(resource_id="ws-0123456789", tag_keys=["a"])

    with pytest.raises(wsclient.errors.AccessDeniedException, match="no scope-down policy allows"):
        asyncio.run(denied())


def test_instance_role_over_real_sockets(aws: Emulator) -> None:
    """IMDSv2 gives credentials that WorkSpaces takes; they are renewed when the instance has new ones."""
    with aws.instance_metadata("desk") as imds:
        identity = _used(aws, ImdsProvider(endpoint=imds.endpoint_url))
        assert ":assumed-role/desk/" in str(identity.arn)
        imds.fail(403)
        with pytest.raises(wsclient.errors.NoCredentialsError, match="is disabled"):
            _used(aws, ImdsProvider(endpoint=imds.endpoint_url))


def test_container_role_over_real_sockets(aws: Emulator) -> None:
    """WorkSpaces accepts the credentials of an agent that requires a token; a failed call of the agent is retried."""
    with aws.container_credentials("task", token="let-me-in") as agent:
        agent.fail(500)
        identity = _used(aws, ContainerProvider(uri=agent.full_uri, token="let-me-in"))
        assert ":assumed-role/task/" in str(identity.arn)
        assert len(agent.calls) == 2


def test_default_chain_finds_a_pods_role(aws: Emulator, tmp_path: Path) -> None:
    """A chain run with nothing of this machine finds the pod's role by its environment alone."""
    (tmp_path / "token").write_text(aws.web_identity_token())
    environ = {
        "AWS_WEB_IDENTITY_TOKEN_FILE": str(tmp_path / "token"),
        "AWS_ROLE_ARN": aws.add_role("pod"),
        "AWS_REGION": aws.region,
        "AWS_ENDPOINT_URL_STS": aws.endpoint_url,
        "AWS_CA_BUNDLE": aws.ca_file,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    chain = default_chain(environ=environ, home=tmp_path)
    credentials = asyncio.run(chain.get_credentials())
    assert credentials.account_id == aws.account_id
    assert chain.explain().startswith("profile default (chosen by default): WebIdentityProvider; environment ")
    assert ":assumed-role/pod/" in str(_used(aws, wsclient.credentials.StaticProvider(credentials)).arn)
