"""boto3 against the emulator over real TLS: WorkSpaces in CBOR and JSON, STS in XML."""

# botocore has no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

import asyncio
import socket
import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from botocore.exceptions import ClientError

from tests.support.emulators import FORM, JSON, boto3_client, botocore_signed
from wsclient.credentials import Credentials
from wsclient.testing import Emulator

if TYPE_CHECKING:
    from collections.abc import Iterator

Boto3Client = Any  # boto3 makes its clients at run time


@pytest.fixture(scope="module")
def aws() -> Iterator[Emulator]:
    """Emulator of the module; each test creates its own resources."""
    with Emulator() as running:
        yield running


@pytest.fixture(scope="module", params=["smithy-rpc-v2-cbor", "json"])
def workspaces(request: pytest.FixtureRequest, aws: Emulator) -> Boto3Client:
    """Give boto3's WorkSpaces client, in both protocols it can speak."""
    return boto3_client(aws, "workspaces", protocol=request.param)


@pytest.fixture(scope="module")
def sts(aws: Emulator) -> Boto3Client:
    """Give boto3's STS client."""
    return boto3_client(aws, "sts")


def code_of(error: pytest.ExceptionInfo[ClientError]) -> str:
    """Return AWS's code of an error that boto3 raised."""
    return str(error.value.response["Error"]["Code"])


def temporary(answer: dict[str, Any]) -> Credentials:
    """Return the credentials of an answer of STS."""
    keys = answer["Credentials"]
    return Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])


def post(aws: Emulator, headers: dict[str, str], body: bytes, *, path: str = "/") -> httpx.Response:
    """Return the response to a raw request."""
    trust = ssl.create_default_context(cafile=aws.ca_file)
    return httpx.post(f"{aws.endpoint_url}{path}", headers=headers, content=body, verify=trust, trust_env=False)


def test_workspaces_are_created_listed_and_terminated(aws: Emulator, workspaces: Boto3Client) -> None:
    """A WorkSpace is PENDING, then AVAILABLE with an address, then TERMINATING, then removed."""
    wanted = {"DirectoryId": aws.directory_id, "UserName": "Mary", "BundleId": aws.bundle_id}
    created = workspaces.create_workspaces(Workspaces=[wanted, wanted | {"UserName": "MARY"}])
    workspace_id = created["PendingRequests"][0]["WorkspaceId"]
    refused = created["FailedRequests"]

    def described() -> list[dict[str, object]]:
        found: list[dict[str, object]] = workspaces.describe_workspaces(WorkspaceIds=[workspace_id])["Workspaces"]
        return found

    assert [(item["ErrorCode"], item["WorkspaceRequest"]["UserName"]) for item in refused] == [
        ("ResourceExists.WorkSpace", "MARY")
    ]
    assert [(workspace["State"], workspace.get("IpAddress")) for workspace in described()] == [("PENDING", None)]
    aws.clock.advance(minutes=21)
    assert [(workspace["State"], "IpAddress" in workspace) for workspace in described()] == [("AVAILABLE", True)]
    ended = workspaces.terminate_workspaces(TerminateWorkspaceRequests=[{"WorkspaceId": workspace_id}])
    assert ended["FailedRequests"] == []
    assert [workspace["State"] for workspace in described()] == ["TERMINATING"]
    aws.clock.advance(minutes=6)
    assert described() == []


@pytest.mark.parametrize(
    ("protocol", "content_type"),
    [("smithy-rpc-v2-cbor", "application/cbor"), ("json", "application/x-amz-json-1.1")],
)
def test_each_protocol_is_answered_in_itself(aws: Emulator, protocol: str, content_type: str) -> None:
    """The two WorkSpaces clients of these tests do speak two protocols."""
    answer = boto3_client(aws, "workspaces", protocol=protocol).describe_workspaces(Limit=1)
    assert answer["ResponseMetadata"]["HTTPHeaders"]["content-type"] == content_type


def test_boto3_paginator_yields_every_item_once(aws: Emulator, workspaces: Boto3Client) -> None:
    """boto3's own paginator sees each of 60 WorkSpaces once, in pages of at most 25."""
    directory_id = aws.add_directory()
    added = aws.add_workspaces(60, directory_id=directory_id)
    pages = list(workspaces.get_paginator("describe_workspaces").paginate(DirectoryId=directory_id))
    seen = [workspace["WorkspaceId"] for page in pages for workspace in page["Workspaces"]]
    assert (sorted(seen), [len(page["Workspaces"]) for page in pages]) == (sorted(added), [25, 25, 10])


def test_tags_and_times_are_equal_in_every_protocol(aws: Emulator, workspaces: Boto3Client) -> None:
    """Tags and times are equal in every protocol."""
    workspace_id = aws.add_workspaces()[0]
    workspaces.create_tags(ResourceId=workspace_id, Tags=[{"Key": "Équipe", "Value": "<&>"}, {"Key": "b", "Value": ""}])
    workspaces.delete_tags(ResourceId=workspace_id, TagKeys=["b"])
    assert workspaces.describe_tags(ResourceId=workspace_id)["TagList"] == [{"Key": "Équipe", "Value": "<&>"}]
    bundle = workspaces.describe_workspace_bundles(BundleIds=[aws.bundle_id])["Bundles"][0]
    assert abs(bundle["CreationTime"] - datetime.now(UTC)) < timedelta(hours=1)


def test_ip_groups_protect_a_directory(aws: Emulator, workspaces: Boto3Client) -> None:
    """A group is created, ruled, associated; while it is, it cannot be deleted; afterwards it can."""
    directory_id = aws.add_directory()
    rules = [{"ipRule": "203.0.113.0/24", "ruleDesc": "office"}]
    group_id = workspaces.create_ip_group(GroupName=f"office {directory_id}", UserRules=rules)["GroupId"]
    workspaces.authorize_ip_rules(GroupId=group_id, UserRules=[{"ipRule": "198.51.100.7"}])
    workspaces.revoke_ip_rules(GroupId=group_id, UserRules=["203.0.113.0/24"])
    workspaces.associate_ip_groups(DirectoryId=directory_id, GroupIds=[group_id])
    directory = workspaces.describe_workspace_directories(DirectoryIds=[directory_id])["Directories"][0]
    assert directory["ipGroupIds"] == [group_id]
    with pytest.raises(ClientError) as refused:
        workspaces.delete_ip_group(GroupId=group_id)
    assert code_of(refused) == "ResourceAssociatedException"
    workspaces.disassociate_ip_groups(DirectoryId=directory_id, GroupIds=[group_id])
    group = workspaces.describe_ip_groups(GroupIds=[group_id])["Result"][0]
    assert group["userRules"] == [{"ipRule": "198.51.100.7"}]
    workspaces.delete_ip_group(GroupId=group_id)


def test_modeled_errors_are_raised_as_boto3_knows_them(workspaces: Boto3Client) -> None:
    """An error of the model is boto3's own exception class, with the model's further members."""
    with pytest.raises(workspaces.exceptions.ResourceNotFoundException) as missing:
        workspaces.describe_tags(ResourceId="ws-123456789")
    assert missing.value.response["ResourceId"] == "ws-123456789"


def test_an_assumed_role_calls_with_its_own_account(aws: Emulator, sts: Boto3Client) -> None:
    """AssumeRole gives keys that work with their token only, and belong to the role's account."""
    answer = sts.assume_role(RoleArn="arn:aws:iam::210987654321:role/path/Admin", RoleSessionName="me@example.com")
    arn = "arn:aws:sts::210987654321:assumed-role/Admin/me@example.com"
    assert answer["AssumedRoleUser"]["Arn"] == arn
    identity = boto3_client(aws, "sts", temporary(answer)).get_caller_identity()
    assert (identity["Account"], identity["Arn"]) == ("210987654321", arn)
    workspaces = boto3_client(aws, "workspaces", temporary(answer))
    assert workspaces.describe_workspaces()["Workspaces"] == []
    assert aws.calls[-1].account == "210987654321"


@pytest.mark.parametrize(
    ("service", "codes"),
    [
        ("workspaces", ("InvalidSignatureException", "UnrecognizedClientException", "ExpiredTokenException")),
        ("sts", ("SignatureDoesNotMatch", "InvalidClientTokenId", "ExpiredToken")),
    ],
)
def test_wrong_credentials_are_refused_with_each_protocols_codes(
    aws: Emulator, sts: Boto3Client, service: str, codes: tuple[str, str, str]
) -> None:
    """A wrong secret, an unknown key, a foreign token and an expired token give AWS's error codes."""
    good = temporary(sts.get_session_token(DurationSeconds=900))

    def refusal(credentials: Credentials) -> str:
        client: Boto3Client = boto3_client(aws, service, credentials)
        with pytest.raises(ClientError) as refused:
            client.get_caller_identity() if service == "sts" else client.describe_workspaces()
        return code_of(refused)

    wrong_secret, unknown, expired = codes
    assert refusal(replace(aws.credentials, secret_access_key="x" * 40)) == wrong_secret
    assert refusal(replace(aws.credentials, access_key_id="AKIAIOSFODNN7EXAMPLE")) == unknown
    assert refusal(replace(good, session_token="x" * 200)) == unknown
    assert refusal(replace(good, session_token=None)) == unknown
    aws.clock.advance(minutes=16)
    assert refusal(good) == expired


def test_a_skewed_clock_is_refused_both_ways(aws: Emulator, workspaces: Boto3Client, sts: Boto3Client) -> None:
    """A clock skew of six minutes is rejected in both directions, and the Date header shows it."""
    try:
        aws.clock.skew(minutes=6)
        with pytest.raises(ClientError, match="Signature expired") as caught:
            workspaces.describe_workspaces()
        dated = caught.value.response["ResponseMetadata"]["HTTPHeaders"]["date"]
        ahead = datetime.strptime(dated, "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC) - datetime.now(UTC)
        aws.clock.skew(minutes=-6)
        with pytest.raises(ClientError, match="Signature not yet current") as early:
            sts.get_caller_identity()
    finally:
        aws.clock.skew()
    assert (code_of(caught), code_of(early)) == ("InvalidSignatureException", "SignatureDoesNotMatch")
    assert timedelta(minutes=5) < ahead < timedelta(minutes=7)
    assert workspaces.describe_workspaces()["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_a_tampered_body_is_refused(aws: Emulator) -> None:
    """A request whose body was changed after signing is rejected and not executed."""
    signed = botocore_signed(
        aws.credentials,
        url=f"{aws.endpoint_url}/",
        headers={"content-type": JSON, "x-amz-target": "WorkspacesService.CreateIpGroup"},
        body=b'{"GroupName":"one"}',
        service="workspaces",
        region=aws.region,
    )
    assert post(aws, dict(signed.headers), signed.body).status_code == 200
    refused = post(aws, dict(signed.headers), b'{"GroupName":"two"}')
    assert refused.json()["__type"] == "InvalidSignatureException"
    assert aws.calls[-1].error == "InvalidSignatureException"


def test_unsigned_request_gets_only_the_authentication_error(aws: Emulator) -> None:
    """An unsigned request gets only the error for missing authentication, in its own protocol."""
    target = {"content-type": JSON, "x-amz-target": "WorkspacesService.Nonsense"}
    assert post(aws, target, b"not JSON").json()["__type"] == "MissingAuthenticationTokenException"
    answer = post(aws, {"content-type": FORM}, b"Action=GetCallerIdentity&Version=2011-06-15")
    assert (answer.status_code, "<Code>MissingAuthenticationToken</Code>" in answer.text) == (403, True)


def test_request_of_an_unknown_protocol_is_an_unknown_operation(aws: Emulator) -> None:
    """A request that is neither awsJson nor CBOR nor a form gets an answer all the same."""
    answer = post(aws, {"content-type": "text/plain"}, b"hello", path="/elsewhere?x=1")
    assert (answer.status_code, answer.json()["__type"]) == (400, "UnknownOperationException")
    assert "x-amzn-requestid" in answer.headers


def test_a_body_beyond_the_limit_is_not_read(aws: Emulator) -> None:
    """A body of eleven megabytes is rejected without being stored."""
    assert post(aws, {"content-type": JSON}, b"x" * (11 * 1024 * 1024)).status_code == 413


def test_connection_closed_during_a_request_is_dropped(aws: Emulator, workspaces: Boto3Client) -> None:
    """A connection closed before its body is complete is forgotten."""
    trust = ssl.create_default_context(cafile=aws.ca_file)
    port = int(aws.endpoint_url.rsplit(":", 1)[1])
    with (
        socket.create_connection(("127.0.0.1", port)) as plain,
        trust.wrap_socket(plain, server_hostname="127.0.0.1") as connection,
    ):
        connection.sendall(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{")
    assert workspaces.describe_workspaces()["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_emulator_certificate_needs_its_own_ca(aws: Emulator) -> None:
    """A client that does not trust the throw-away CA does not get through."""
    with Emulator() as other:
        trust = ssl.create_default_context(cafile=other.ca_file)
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            httpx.post(aws.endpoint_url, verify=trust, trust_env=False)


def test_to_boto3_is_what_boto3_returns(aws: Emulator) -> None:
    """to_boto3() equals boto3's response with its ResponseMetadata, except for request id and date."""
    [workspace_id, *_] = aws.add_workspaces(3)
    reference = boto3_client(aws, "workspaces", protocol="json").describe_workspaces(WorkspaceIds=[workspace_id])

    async def main() -> dict[str, Any]:
        async with aws.client() as client:
            return (await client.describe_workspaces(workspace_ids=[workspace_id])).to_boto3()

    ours = asyncio.run(main())
    for answer in (ours, reference):
        metadata = answer["ResponseMetadata"]
        assert metadata.pop("RequestId") == metadata["HTTPHeaders"].pop("x-amzn-requestid")
        metadata["HTTPHeaders"].pop("date")
        metadata.pop("MaxAttemptsReached", None)  # the boto3 client of the tests makes one attempt
    assert ours == reference
