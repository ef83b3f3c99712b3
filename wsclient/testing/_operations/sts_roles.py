"""Operations of STS that issue credentials of another principal: roles, root sessions and delegated access.

Messages and limits: "AWS STS API Reference", https://docs.aws.amazon.com/STS/latest/APIReference/welcome.html
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from wsclient._core.protocols.xml import Element, parse_xml
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
    """Issue credentials of a role to a trusted principal, for one hour by default."""
    role = _find_role(call, request.role_arn, "sts:AssumeRole")
    caller = call.caller
    if caller.is_root:
        raise AccessDeniedException("Roles may not be assumed by root accounts.")
    has_mfa = verify_mfa(call, request.serial_number, request.token_code)
    is_trusted = any(map(role.may_be_assumed_by, (caller.arn, caller.identity))) and not caller.is_federated
    has_external_id = role.external_id is None or role.external_id == request.external_id
    if not is_trusted or not has_external_id or (role.mfa_required and not has_mfa):
        raise _not_authorized(caller.arn, "sts:AssumeRole", role.arn)
    session, size = make_session(call, request.policy, request.policy_arns, request.tags)
    seconds = _session_seconds(role, request.duration_seconds)
    if caller.is_role_session and seconds > CHAINED_SECONDS:
        raise ValidationException(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining"
        )
    principal = _role_session(role, request.role_session_name)
    # A chained role keeps the source identity of the session before.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html
    inherited = call.caller_key.session.source_identity if call.caller_key else None
    session = replace(session, source_identity=request.source_identity or inherited)
    return s.AssumeRoleResponse(
        credentials=issue_credentials(call, principal, seconds, session=session),
        assumed_role_user=s.AssumedRoleUser(assumed_role_id=principal.user_id, arn=principal.arn),
        packed_policy_size=size,
        source_identity=session.source_identity,
    )


@operations.emulates(ops.ASSUME_ROLE_WITH_WEB_IDENTITY)
def assume_role_with_web_identity(
    call: Call, request: s.AssumeRoleWithWebIdentityRequest
) -> s.AssumeRoleWithWebIdentityResponse:
    """Issue credentials of a role for a web identity token that this emulator issued."""
    claims = call.identities.claims(request.web_identity_token)
    if claims is None:
        raise e.InvalidIdentityTokenException("Couldn't retrieve verification key from your identity provider")
    expires, subject = datetime_from_claim(claims.get("exp")), claims.get("sub")
    if expires is None or expires <= call.now:
        raise e.ExpiredTokenException("Token expired", status=BAD_REQUEST)
    if not isinstance(subject, str) or not subject:
        raise e.IDPRejectedClaimException("The web identity token has no subject")
    if AUDIENCE not in audiences(claims.get("aud")):
        raise e.InvalidIdentityTokenException("Incorrect token audience")
    role = _find_role(call, request.role_arn, "sts:AssumeRoleWithWebIdentity")
    session, size = make_session(call, request.policy, request.policy_arns)
    principal = _role_session(role, request.role_session_name)
    return s.AssumeRoleWithWebIdentityResponse(
        credentials=issue_credentials(
            call, principal, _session_seconds(role, request.duration_seconds), session=session
        ),
        subject_from_web_identity_token=subject,
        assumed_role_user=s.AssumedRoleUser(assumed_role_id=principal.user_id, arn=principal.arn),
        packed_policy_size=size,
        provider=str(claims.get("iss")),
        audience=AUDIENCE,
    )


@operations.emulates(ops.ASSUME_ROLE_WITH_SAML)
def assume_role_with_saml(call: Call, request: s.AssumeRoleWithSAMLRequest) -> s.AssumeRoleWithSAMLResponse:
    """Issue credentials of a role for a SAML assertion that this emulator issued."""
    assertion = _parse_assertion(call, request.saml_assertion)
    if assertion.expires <= call.now:
        raise e.ExpiredTokenException("Response has expired", status=BAD_REQUEST)
    if assertion.role_and_provider != f"{request.role_arn},{request.principal_arn}":
        raise AccessDeniedException("Not authorized to perform sts:AssumeRoleWithSAML")
    role = _find_role(call, request.role_arn, "sts:AssumeRoleWithSAML")
    session, size = make_session(call, request.policy, request.policy_arns)
    principal = _role_session(role, assertion.user)
    return s.AssumeRoleWithSAMLResponse(
        credentials=issue_credentials(
            call, principal, _session_seconds(role, request.duration_seconds), session=session
        ),
        assumed_role_user=s.AssumedRoleUser(assumed_role_id=principal.user_id, arn=principal.arn),
        packed_policy_size=size,
        subject=assertion.user,
        subject_type="persistent",
        issuer=assertion.issuer,
        audience="https://signin.aws.amazon.com/saml",
    )


@operations.emulates(ops.ASSUME_ROOT)
def assume_root(call: Call, request: s.AssumeRootRequest) -> s.AssumeRootResponse:
    """Issue root credentials of a member account to a caller of another account, for one task.

    They are valid for 15 minutes by default.
    """
    match = re.fullmatch(r"(?:arn:aws[a-z-]*:iam::)?(\d{12})(?::root)?", request.target_principal)
    if match is None:
        raise ValidationException(
            f"TargetPrincipal must be an account id or the ARN of a root user (got {request.target_principal})"
        )
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
    """Exchange a trade-in token that this emulator issued for credentials of the token's account."""
    claims = call.identities.claims(request.trade_in_token) or {}
    expires, account = datetime_from_claim(claims.get("exp")), claims.get("account")
    if expires is None or not isinstance(account, str):
        raise AccessDeniedException("The trade-in token is not valid")
    if expires <= call.now:
        raise e.ExpiredTradeInTokenException("The trade-in token has expired")
    arn = f"arn:aws:sts::{account}:assumed-role/delegated/session"
    principal = Principal(account_id=account, arn=arn, user_id="AROADELEGATED:session")
    return s.GetDelegatedAccessTokenResponse(
        credentials=issue_credentials(call, principal, ROLE_SECONDS), assumed_principal=principal.arn
    )


@dataclass(frozen=True, slots=True)
class _Assertion:
    """Parsed SAML assertion: issuer, user, "role ARN,provider ARN", and expiration."""

    issuer: str
    user: str
    role_and_provider: str
    expires: datetime


def _parse_assertion(call: Call, text: str) -> _Assertion:
    try:
        document = base64.b64decode(text, validate=True)
        root = parse_xml(document)
    except ValueError:  # no base64, other characters than ASCII, or no XML
        raise e.InvalidIdentityTokenException("Invalid base64 SAMLResponse, or invalid XML in it") from None
    assertion = root.child("Assertion")
    if assertion is None or not call.identities.is_signed_assertion(document):
        raise e.InvalidIdentityTokenException("Response signature invalid")
    statement = assertion.child("AttributeStatement") or Element("")
    role_and_provider, user = (value.text for value in statement.children)
    expires = datetime.fromisoformat(assertion.child_text("NotOnOrAfter") or "").astimezone(UTC)
    return _Assertion(assertion.child_text("Issuer") or "", user, role_and_provider, expires)


def _find_role(call: Call, arn: str, action: str) -> Role:
    if not _ROLE_ARN.fullmatch(arn):
        raise ValidationException(f"{arn} is invalid")
    role = call.identities.role(arn)
    if role is None:
        raise _not_authorized(call.caller.arn, action, arn)
    return role


def _not_authorized(caller: str, action: str, resource: str) -> AccessDeniedException:
    return AccessDeniedException(f"User: {caller} is not authorized to perform: {action} on resource: {resource}")


def _session_seconds(role: Role, requested: int | None) -> int:
    if requested is not None and requested > role.max_session:
        raise ValidationException("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
    return requested or min(ROLE_SECONDS, role.max_session)


def _role_session(role: Role, name: str) -> Principal:
    partition = role.arn.split(":")[1]
    arn = f"arn:{partition}:sts::{role.account_id}:assumed-role/{role.name}/{name}"
    return Principal(account_id=role.account_id, arn=arn, user_id=f"{role.role_id}:{name}", identity_arn=role.arn)
