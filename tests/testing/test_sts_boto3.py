"""The emulated STS through boto3, a client that is not ours: every operation, and every refusal."""

# botocore has no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.support.emulators import boto3_client
from wsclient.credentials import Credentials
from wsclient.testing import Emulator

if TYPE_CHECKING:
    from collections.abc import Iterator

ROLE = "arn:aws:iam::210987654321:role/team/operators"
SESSION = {"RoleArn": ROLE, "RoleSessionName": "nightly"}


@pytest.fixture
def aws() -> Iterator[Emulator]:
    """Return an emulator of its own for each test."""
    with Emulator() as emulator:
        yield emulator


def _keys(answer: Any) -> Credentials:
    credentials = answer["Credentials"]
    return Credentials(credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"])


def _who(aws: Emulator, credentials: Credentials) -> str:
    arn: str = boto3_client(aws, "sts", credentials).get_caller_identity()["Arn"]
    return arn


def _refusal(operation: Any, **arguments: object) -> tuple[str, int]:
    """Return the code and the status that a call is refused with."""
    with pytest.raises(ClientError) as refused:
        operation(**arguments)
    response: Any = refused.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


def test_assume_role_returns_the_session_identity(aws: Emulator) -> None:
    """AssumeRole answers with the session's ARN and id, and its credentials are those of the role."""
    sts = boto3_client(aws, "sts")
    tags = [{"Key": "team", "Value": "blue"}]
    policy = json.dumps({"Version": "2012-10-17", "Statement": []})
    answer = sts.assume_role(**SESSION, Tags=tags, Policy=policy, SourceIdentity="mary", DurationSeconds=900)
    assert answer["AssumedRoleUser"]["Arn"] == "arn:aws:sts::210987654321:assumed-role/operators/nightly"
    assert answer["AssumedRoleUser"]["AssumedRoleId"].endswith(":nightly")
    assert 0 < answer["PackedPolicySize"] < 10
    assert answer["SourceIdentity"] == "mary"
    assert _who(aws, _keys(answer)) == answer["AssumedRoleUser"]["Arn"]
    again = sts.assume_role(**SESSION)
    assert again["AssumedRoleUser"]["AssumedRoleId"] == answer["AssumedRoleUser"]["AssumedRoleId"]


def test_trust_policy_external_id_and_mfa_are_checked(aws: Emulator) -> None:
    """Trust, external id and MFA are checked; an account with roles of its own has no others."""
    mary, bob = aws.add_user("mary"), aws.add_user("bob")
    device = aws.add_mfa_device()
    ours = f"arn:aws:iam::{aws.account_id}:user"
    trusting = aws.add_role("trusting", trusts=[f"{ours}/mary"])
    named = aws.add_role("named", external_id="ext", trusts=[aws.account_id])
    guarded = aws.add_role("guarded", mfa_required=True, max_session=3600)
    by_mary, by_bob = boto3_client(aws, "sts", mary), boto3_client(aws, "sts", bob)

    def ask(client: Any, arn: str, **more: object) -> Any:
        return client.assume_role(RoleArn=arn, RoleSessionName="me", **more)

    assert _who(aws, _keys(ask(by_mary, trusting))).endswith("assumed-role/trusting/me")
    assert _refusal(ask, client=by_bob, arn=trusting) == ("AccessDenied", 403)
    assert _refusal(ask, client=by_bob, arn=named) == ("AccessDenied", 403)
    assert _refusal(ask, client=by_bob, arn=named, ExternalId="other") == ("AccessDenied", 403)
    ask(by_bob, named, ExternalId="ext")
    assert _refusal(ask, client=by_bob, arn=guarded) == ("AccessDenied", 403)
    code = {"SerialNumber": device.serial_number, "TokenCode": device.code()}
    ask(by_bob, guarded, **code)
    assert _refusal(ask, client=by_bob, arn=guarded, **code) == ("AccessDenied", 403)
    aws.clock.advance(seconds=30)
    ask(by_bob, guarded, SerialNumber=device.serial_number, TokenCode=device.code())
    aws.clock.advance(seconds=30)
    wrong = {"SerialNumber": f"{device.serial_number}2", "TokenCode": device.code()}
    assert _refusal(ask, client=by_bob, arn=guarded, **wrong) == ("AccessDenied", 403)
    assert _refusal(ask, client=by_bob, arn=f"{named}2") == ("AccessDenied", 403)
    assert _refusal(ask, client=by_bob, arn=trusting.replace("trusting", "tr:x")) == ("ValidationError", 400)
    assert _refusal(ask, client=by_mary, arn=trusting, DurationSeconds=3601) == ("ValidationError", 400)
    assert _refusal(ask, client=boto3_client(aws, "sts", aws.root_credentials), arn=named) == ("AccessDenied", 403)


def test_mfa_session_can_assume_a_role_that_requires_mfa(aws: Emulator) -> None:
    """GetSessionToken with a code gives credentials that a role which requires MFA accepts."""
    device = aws.add_mfa_device()
    guarded = aws.add_role("guarded", mfa_required=True)
    sts = boto3_client(aws, "sts")
    wrong = str((int(device.code()) + 1) % 1_000_000).zfill(6)
    plain = _keys(sts.get_session_token())
    ask = {"RoleArn": guarded, "RoleSessionName": "me"}
    assert _refusal(boto3_client(aws, "sts", plain).assume_role, **ask) == ("AccessDenied", 403)
    serial = device.serial_number
    assert _refusal(sts.get_session_token, SerialNumber=serial, TokenCode=wrong) == ("AccessDenied", 403)
    assert _refusal(sts.get_session_token, SerialNumber=serial) == ("AccessDenied", 403)
    shown = _keys(sts.get_session_token(SerialNumber=serial, TokenCode=device.code(), DurationSeconds=900))
    assert boto3_client(aws, "sts", shown).assume_role(**ask)["AssumedRoleUser"]


def test_temporary_credentials_limits(aws: Emulator) -> None:
    """Chained roles last an hour; sessions give no sessions; federated users assume nothing; root lasts an hour."""
    sts = boto3_client(aws, "sts")
    chained = boto3_client(aws, "sts", _keys(sts.assume_role(**SESSION)))
    assert _refusal(chained.assume_role, **SESSION, DurationSeconds=3601) == ("ValidationError", 400)
    assert chained.assume_role(**SESSION, DurationSeconds=3600)["Credentials"]
    assert _refusal(chained.get_session_token) == ("AccessDenied", 403)
    assert _refusal(chained.get_federation_token, Name="Bob") == ("AccessDenied", 403)
    answer = sts.get_federation_token(Name="Bob", DurationSeconds=900, Tags=[{"Key": "k", "Value": "v"}])
    assert answer["FederatedUser"]["Arn"] == f"arn:aws:sts::{aws.account_id}:federated-user/Bob"
    assert answer["PackedPolicySize"] == 1
    assert _who(aws, _keys(answer)) == answer["FederatedUser"]["Arn"]
    assert _refusal(boto3_client(aws, "sts", _keys(answer)).assume_role, **SESSION) == ("AccessDenied", 403)
    root = boto3_client(aws, "sts", aws.root_credentials)
    assert root.get_caller_identity()["Arn"] == f"arn:aws:iam::{aws.account_id}:root"
    for long in (root.get_session_token(DurationSeconds=43_200), root.get_federation_token(Name="Bob")):
        left = long["Credentials"]["Expiration"] - aws.clock.now()
        assert left.total_seconds() <= 3600


def _policy(*actions: str) -> str:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_get_scoped_credentials_narrows_the_session(aws: Emulator) -> None:
    """GetScopedCredentials keeps the caller and its source identity, may only what every scope allows, ends in time."""
    session = boto3_client(aws, "sts").assume_role(**SESSION, SourceIdentity="mary")
    arn, end = session["AssumedRoleUser"]["Arn"], session["Credentials"]["Expiration"]
    by_role = boto3_client(aws, "sts", _keys(session))
    first = by_role.get_scoped_credentials(Policy=_policy("workspaces:Describe*", "sts:*"))
    assert (first["SessionInfo"]["Arn"], first["SourceIdentity"], first["ScopedPoliciesCount"]) == (arn, "mary", 1)
    assert (_who(aws, _keys(first)), first["Credentials"]["Expiration"]) == (arn, end)
    by_first = boto3_client(aws, "sts", _keys(first))
    second = by_first.get_scoped_credentials(Policy=_policy("workspaces:DescribeTags", "sts:*"), DurationSeconds=60)
    assert 0 < (second["Credentials"]["Expiration"] - aws.clock.now()).total_seconds() <= 60
    for keys, tags, workspaces in ((session, True, True), (first, True, True), (second, True, False)):
        client = boto3_client(aws, "workspaces", _keys(keys))
        assert _is_allowed(client.describe_tags, ResourceId="ws-0123456789") is tags
        assert _is_allowed(client.describe_workspaces) is workspaces
        assert _is_allowed(client.delete_ip_group, GroupId="wsipg-012345678") is (keys is session)
    third = boto3_client(aws, "sts", _keys(second)).get_scoped_credentials(Policy=_policy("*"))
    fourth = boto3_client(aws, "sts", _keys(third))
    assert _refusal(fourth.get_scoped_credentials, Policy=_policy("*")) == ("AccessDenied", 403)
    assert fourth.get_scoped_credentials(DurationSeconds=1)["ScopedPoliciesCount"] == 3


def _is_allowed(operation: Any, **arguments: object) -> bool:
    try:
        operation(**arguments)
    except ClientError as error:
        response: Any = error.response
        return str(response["Error"]["Code"]) != "AccessDeniedException"
    return True


def test_invalid_scoped_credentials_requests_are_rejected(aws: Emulator) -> None:
    """Long-term keys, a request without policy and time, more time than is left, and no policy are refused."""
    own, root = boto3_client(aws, "sts"), boto3_client(aws, "sts", aws.root_credentials)
    assert _refusal(own.get_scoped_credentials, DurationSeconds=60) == ("AccessDenied", 403)
    assert _refusal(root.get_scoped_credentials, DurationSeconds=60) == ("AccessDenied", 403)
    session = boto3_client(aws, "sts", _keys(own.get_session_token(DurationSeconds=900)))
    assert _refusal(session.get_scoped_credentials) == ("ValidationError", 400)
    assert _refusal(session.get_scoped_credentials, DurationSeconds=901) == ("InsufficientSessionLifetime", 400)
    assert _refusal(session.get_scoped_credentials, Policy="{") == ("MalformedPolicyDocument", 400)


@pytest.mark.parametrize(
    ("policy", "code"),
    [("{", "MalformedPolicyDocument"), ("[]", "MalformedPolicyDocument"), ("{}", "MalformedPolicyDocument")],
)
def test_invalid_session_policy_is_rejected(aws: Emulator, policy: str, code: str) -> None:
    """A session policy is a JSON object with statements, and fits into the token."""
    sts = boto3_client(aws, "sts")
    assert _refusal(sts.assume_role, **SESSION, Policy=policy) == (code, 400)
    statement = {"Effect": "Allow", "Action": "*", "Resource": f"arn:aws:s3:::{'x' * 2100}"}
    large = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    assert _refusal(sts.assume_role, **SESSION, Policy=large) == ("PackedPolicyTooLarge", 400)


def test_web_identity_token_gives_a_role(aws: Emulator) -> None:
    """A token of the emulator gives a role without any signature; what is not its own or has expired does not."""
    sts = boto3_client(aws, "sts")

    def ask(token: str, role: str = ROLE) -> Any:
        return sts.assume_role_with_web_identity(RoleArn=role, RoleSessionName="pod", WebIdentityToken=token)

    answer = ask(aws.web_identity_token("system:serviceaccount:caller:agent"))
    assert answer["SubjectFromWebIdentityToken"] == "system:serviceaccount:caller:agent"
    assert answer["Audience"] == "sts.amazonaws.com"
    assert _who(aws, _keys(answer)).endswith("assumed-role/operators/pod")
    good = aws.web_identity_token()
    head, body, signature = good.split(".")
    assert _refusal(ask, token=f"{head}.{body}x.{signature}") == ("InvalidIdentityToken", 400)
    assert _refusal(ask, token="no-token") == ("InvalidIdentityToken", 400)
    assert _refusal(ask, token=aws.web_identity_token(expires_in=-1)) == ("ExpiredTokenException", 400)
    assert _refusal(ask, token=aws.web_identity_token(audience="somebody")) == ("InvalidIdentityToken", 400)
    assert _refusal(ask, token=aws.web_identity_token("")) == ("IDPRejectedClaim", 400)
    aws.add_role("only")
    foreign_role = f"arn:aws:iam::{aws.account_id}:role/other"
    assert _refusal(ask, token=good, role=foreign_role) == ("AccessDenied", 403)


def test_saml_assertion_gives_a_role(aws: Emulator) -> None:
    """A SAML response of the emulator gives the role that it names; changed, expired or for another it does not."""
    sts = boto3_client(aws, "sts")
    provider = aws.saml_provider_arn()

    def ask(assertion: str, role: str = ROLE) -> Any:
        return sts.assume_role_with_saml(RoleArn=role, PrincipalArn=provider, SAMLAssertion=assertion)

    good = aws.saml_assertion(role_arn=ROLE, user="mary")
    answer = ask(good)
    assert (answer["Subject"], answer["Audience"]) == ("mary", "https://signin.aws.amazon.com/saml")
    assert _who(aws, _keys(answer)).endswith("assumed-role/operators/mary")
    assert _refusal(ask, assertion=good, role=f"{ROLE}2") == ("AccessDenied", 403)
    for text in ("é<&>", "no base64", "bm8gWE1M"):
        assert _refusal(ask, assertion=text) == ("InvalidIdentityToken", 400)
    expired = aws.saml_assertion(role_arn=ROLE, expires_in=-1)
    assert _refusal(ask, assertion=expired) == ("ExpiredTokenException", 400)
    for bad in ("####", "PHg+", "PFJlc3BvbnNlLz4=", good[:-12] + "AAAAAAAAAAAA", "PCFET0NUWVBFIHg+PHgvPg=="):
        assert _refusal(ask, assertion=bad) == ("InvalidIdentityToken", 400)


def test_assume_root_gives_one_task_of_a_member_account(aws: Emulator) -> None:
    """AssumeRoot gives another account's root for one of AWS's tasks, never the caller's own."""
    sts = boto3_client(aws, "sts")
    task = {"arn": "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"}
    answer = sts.assume_root(TargetPrincipal="210987654321", TaskPolicyArn=task)
    assert _who(aws, _keys(answer)) == "arn:aws:sts::210987654321:assumed-root"
    own = {"TargetPrincipal": aws.account_id, "TaskPolicyArn": task}
    assert _refusal(sts.assume_root, **own) == ("AccessDenied", 403)
    no_account = {"TargetPrincipal": "somebody-else", "TaskPolicyArn": task}
    assert _refusal(sts.assume_root, **no_account) == ("ValidationError", 400)
    no_task = {"TargetPrincipal": "210987654321", "TaskPolicyArn": {"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}}
    assert _refusal(sts.assume_root, **no_task) == ("ValidationError", 400)


def test_access_key_message_and_token_operations_answer(aws: Emulator) -> None:
    """GetAccessKeyInfo, DecodeAuthorizationMessage, GetWebIdentityToken and GetDelegatedAccessToken answer."""
    sts = boto3_client(aws, "sts")
    assert sts.get_access_key_info(AccessKeyId=aws.credentials.access_key_id)["Account"] == aws.account_id
    assert _refusal(sts.get_access_key_info, AccessKeyId="AKIAUNKNOWN000000000") == ("ValidationError", 400)
    message = aws.authorization_message('{"allowed":false}')
    assert sts.decode_authorization_message(EncodedMessage=message)["DecodedMessage"] == '{"allowed":false}'
    code = "InvalidAuthorizationMessageException"
    assert _refusal(sts.decode_authorization_message, EncodedMessage=f"{message}x") == (code, 400)
    proof = sts.get_web_identity_token(Audience=["sts.amazonaws.com"], SigningAlgorithm="RS256", DurationSeconds=60)
    whoever = sts.assume_role_with_web_identity(**SESSION, WebIdentityToken=proof["WebIdentityToken"])
    assert whoever["SubjectFromWebIdentityToken"] == f"arn:aws:iam::{aws.account_id}:user/emulator"
    traded = sts.get_delegated_access_token(TradeInToken=aws.trade_in_token(account_id="210987654321"))
    assert _who(aws, _keys(traded)) == traded["AssumedPrincipal"]
    expired = aws.trade_in_token(expires_in=-1)
    assert _refusal(sts.get_delegated_access_token, TradeInToken=expired)[0] == "ExpiredTradeInTokenException"
    assert _refusal(sts.get_delegated_access_token, TradeInToken="x") == ("AccessDenied", 403)
