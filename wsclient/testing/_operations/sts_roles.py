"""STS: the ways to become somebody else for a while: roles, by keys, by web identity, by SAML; root; delegation."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from wsclient._core.protocols.xml import Element, XmlError, parse_xml
from wsclient._core.service_errors import AccessDeniedException, ValidationException
from wsclient._generated.sts import errors as e
from wsclient._generated.sts import operations as ops
from wsclient._generated.sts import structures as s
from wsclient.testing._operations.handler import Call, HandlerTable
from wsclient.testing._operations.sts_sessions import issue_credentials, make_session, verify_mfa
from wsclient.testing._protocols.base import BAD_REQUEST
from wsclient.testing._state.identities import audiences, datetime_from_claim
from wsclient.testing._state.keyring import Principal

if TYPE_CHECKING:
    from wsclient.testing._state.identities import Role

operations = HandlerTable()

ROLE_SECONDS = 3600
CHAINED_SECONDS = 3600
ROOT_TASK_SECONDS = 900
AUDIENCE = "sts.amazonaws.com"
_ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/(?:[\w+=,.@/-]*/)?[\w+=,.@-]{1,64}")
_TASK_POLICY = re.compile(r"arn:aws[a-z-]*:iam::aws:policy/root-task/\w+")


@operations.emulates(ops.ASSUME_ROLE)
def assume_role(call: Call, request: s.AssumeRoleRequest) -> s.AssumeRoleResponse:
    """Give credentials of a role to whom it trusts, an hour of them unless said."""
    role = _role(call, request.role_arn, "sts:AssumeRole")
    caller = call.caller
    if caller.is_root:
        raise AccessDeniedException("Roles may not be assumed by root accounts.")
    has_mfa = verify_mfa(call, request.serial_number, request.token_code)
    is_trusted = any(map(role.may_be_assumed_by, (caller.arn, caller.identity))) and not caller.is_federated
    is_named = role.external_id is None or role.external_id == request.external_id
    if not is_trusted or not is_named or (role.mfa_required and not has_mfa):
        raise _not_authorized(caller.arn, "sts:AssumeRole", role.arn)
    session, size = make_session(call, request.policy, request.policy_arns, request.tags)
    seconds = _seconds(role, request.duration_seconds)
    if caller.is_role_session and seconds > CHAINED_SECONDS:
        raise ValidationException(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining"
        )
    principal = _session(role, request.role_session_name)
    return s.AssumeRoleResponse(
        credentials=issue_credentials(call, principal, seconds, session=session),
        assumed_role_user=s.AssumedRoleUser(assumed_role_id=principal.user_id, arn=principal.arn),
        packed_policy_size=size,
        source_identity=request.source_identity,
    )


@operations.emulates(ops.ASSUME_ROLE_WITH_WEB_IDENTITY)
def assume_role_with_web_identity(
    call: Call, request: s.AssumeRoleWithWebIdentityRequest
) -> s.AssumeRoleWithWebIdentityResponse:
    """Give credentials of a role to who holds a token that this emulator issued."""
    claims = call.identities.claims(request.web_identity_token)
    if claims is None:
        raise e.InvalidIdentityTokenException("Couldn't retrieve verification key from your identity provider")
    ends, subject = datetime_from_claim(claims.get("exp")), claims.get("sub")
    if ends is None or ends <= call.now:
        raise e.ExpiredTokenException("Token expired", status=BAD_REQUEST)
    if not isinstance(subject, str) or not subject:
        raise e.IDPRejectedClaimException("The web identity token has no subject")
    if AUDIENCE not in audiences(claims.get("aud")):
        raise e.InvalidIdentityTokenException("Incorrect token audience")
    role = _role(call, request.role_arn, "sts:AssumeRoleWithWebIdentity")
    session, size = make_session(call, request.policy, request.policy_arns)
    principal = _session(role, request.role_session_name)
    return s.AssumeRoleWithWebIdentityResponse(
        credentials=issue_credentials(call, principal, _seconds(role, request.duration_seconds), session=session),
        subject_from_web_identity_token=subject,
        assumed_role_user=s.AssumedRoleUser(assumed_role_id=principal.user_id, arn=principal.arn),
        packed_policy_size=size,
        provider=str(claims.get("iss")),
        audience=AUDIENCE,
    )


@operations.emulates(ops.ASSUME_ROLE_WITH_SAML)
def assume_role_with_saml(call: Call, request: s.AssumeRoleWithSAMLRequest) -> s.AssumeRoleWithSAMLResponse:
    """Give credentials of a role to whom an assertion of this emulator lets in."""
    assertion = _assertion(call, request.saml_assertion)
    if assertion.ends <= call.now:
        raise e.ExpiredTokenException("Response has expired", status=BAD_REQUEST)
    if assertion.pair != f"{request.role_arn},{request.principal_arn}":
        raise AccessDeniedException("Not authorized to perform sts:AssumeRoleWithSAML")
    role = _role(call, request.role_arn, "sts:AssumeRoleWithSAML")
    session, size = make_session(call, request.policy, request.policy_arns)
    principal = _session(role, assertion.user)
    return s.AssumeRoleWithSAMLResponse(
        credentials=issue_credentials(call, principal, _seconds(role, request.duration_seconds), session=session),
        assumed_role_user=s.AssumedRoleUser(assumed_role_id=principal.user_id, arn=principal.arn),
        packed_policy_size=size,
        subject=assertion.user,
        subject_type="persistent",
        issuer=assertion.issuer,
        audience="https://signin.aws.amazon.com/saml",
    )


@operations.emulates(ops.ASSUME_ROOT)
def assume_root(call: Call, request: s.AssumeRootRequest) -> s.AssumeRootResponse:
    """Give a caller of another account fifteen minutes of a member account's root, for one task."""
    match = re.fullmatch(r"(?:arn:aws[a-z-]*:iam::)?(\d{12})(?::root)?", request.target_principal)
    if match is None:
        raise ValidationException(f"{request.target_principal} is no account")
    if not _TASK_POLICY.fullmatch(request.task_policy_arn.arn or ""):
        raise ValidationException("TaskPolicyArn must name one of AWS's root-task policies")
    seconds = request.duration_seconds or ROOT_TASK_SECONDS
    account = match[1]
    if account == call.caller.account_id:
        raise _not_authorized(call.caller.arn, "sts:AssumeRoot", f"arn:aws:iam::{account}:root")
    arn = f"arn:aws:sts::{account}:assumed-root"
    principal = Principal(account_id=account, arn=arn, user_id=account)
    return s.AssumeRootResponse(credentials=issue_credentials(call, principal, seconds))


@operations.emulates(ops.GET_DELEGATED_ACCESS_TOKEN)
def get_delegated_access_token(
    call: Call, request: s.GetDelegatedAccessTokenRequest
) -> s.GetDelegatedAccessTokenResponse:
    """Trade a token that this emulator issued for credentials of the account it is about."""
    claims = call.identities.claims(request.trade_in_token) or {}
    ends, account = datetime_from_claim(claims.get("exp")), claims.get("account")
    if ends is None or not isinstance(account, str):
        raise AccessDeniedException("The trade-in token is not valid")
    if ends <= call.now:
        raise e.ExpiredTradeInTokenException("The trade-in token has expired")
    arn = f"arn:aws:sts::{account}:assumed-role/delegated/session"
    principal = Principal(account_id=account, arn=arn, user_id="AROADELEGATED:session")
    return s.GetDelegatedAccessTokenResponse(
        credentials=issue_credentials(call, principal, ROLE_SECONDS), assumed_principal=principal.arn
    )


@dataclass(frozen=True, slots=True)
class _Assertion:
    """What a SAML response says: who vouches, for whom, for which role of which provider, and until when."""

    issuer: str
    user: str
    pair: str
    ends: datetime


def _assertion(call: Call, text: str) -> _Assertion:
    try:
        document = base64.b64decode(text, validate=True)
        root = parse_xml(document)
    except (binascii.Error, XmlError):
        raise e.InvalidIdentityTokenException("Invalid base64 SAMLResponse, or no XML in it") from None
    assertion = root.child("Assertion")
    if assertion is None or not call.identities.is_signed_assertion(document):
        raise e.InvalidIdentityTokenException("Response signature invalid")
    statement = assertion.child("AttributeStatement") or Element("")
    pair, user = (value.text for value in statement.children)
    ends = datetime.fromisoformat(assertion.child_text("NotOnOrAfter") or "").astimezone(UTC)
    return _Assertion(assertion.child_text("Issuer") or "", user, pair, ends)


def _role(call: Call, arn: str, action: str) -> Role:
    if not _ROLE_ARN.fullmatch(arn):
        raise ValidationException(f"{arn} is invalid")
    role = call.identities.role(arn)
    if role is None:
        raise _not_authorized(call.caller.arn, action, arn)
    return role


def _not_authorized(caller: str, action: str, resource: str) -> AccessDeniedException:
    return AccessDeniedException(f"User: {caller} is not authorized to perform: {action} on resource: {resource}")


def _seconds(role: Role, wanted: int | None) -> int:
    if wanted is not None and wanted > role.max_session:
        raise ValidationException("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
    return wanted or min(ROLE_SECONDS, role.max_session)


def _session(role: Role, name: str) -> Principal:
    partition = role.arn.split(":")[1]
    arn = f"arn:{partition}:sts::{role.account_id}:assumed-role/{role.name}/{name}"
    return Principal(account_id=role.account_id, arn=arn, user_id=f"{role.role_id}:{name}", identity_arn=role.arn)
