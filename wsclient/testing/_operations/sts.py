"""Operations of STS that need no role: caller identity, access key info, session, federation and scoped tokens.

Messages and limits: "AWS STS API Reference", https://docs.aws.amazon.com/STS/latest/APIReference/welcome.html
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from wsclient._core.service_errors import AccessDeniedException, ValidationException
from wsclient._generated.sts import errors as e
from wsclient._generated.sts import operations as ops
from wsclient._generated.sts import structures as s
from wsclient.testing._operations.handler import Call, HandlerTable
from wsclient.testing._operations.sts_sessions import issue_credentials, issue_until, make_session, verify_mfa
from wsclient.testing._state.identities import ISSUER
from wsclient.testing._state.keyring import Principal

if TYPE_CHECKING:
    from datetime import datetime

    from wsclient.testing._state.keyring import IssuedKey

operations = HandlerTable()

SESSION_SECONDS = 43_200
ROOT_SECONDS = 3600
TOKEN_SECONDS = 300
MAX_SCOPES = 3


@operations.emulates(ops.GET_CALLER_IDENTITY)
def get_caller_identity(call: Call, _request: s.GetCallerIdentityRequest) -> s.GetCallerIdentityResponse:
    """Return the identity of the caller."""
    caller = call.caller
    return s.GetCallerIdentityResponse(user_id=caller.user_id, account=caller.account_id, arn=caller.arn)


@operations.emulates(ops.GET_ACCESS_KEY_INFO)
def get_access_key_info(call: Call, request: s.GetAccessKeyInfoRequest) -> s.GetAccessKeyInfoResponse:
    """Return the account of an access key."""
    key = call.keys.find(request.access_key_id)
    if key is None:
        raise ValidationException(f"The access key {request.access_key_id} is not valid")
    return s.GetAccessKeyInfoResponse(account=key.principal.account_id)


@operations.emulates(ops.DECODE_AUTHORIZATION_MESSAGE)
def decode_authorization_message(
    call: Call, request: s.DecodeAuthorizationMessageRequest
) -> s.DecodeAuthorizationMessageResponse:
    """Return the content of an encoded message of this emulator."""
    claims = call.identities.claims(request.encoded_message)
    message = claims.get("message") if claims else None
    if not isinstance(message, str):
        raise e.InvalidAuthorizationMessageException("Message is not valid")
    return s.DecodeAuthorizationMessageResponse(decoded_message=message)


@operations.emulates(ops.GET_SESSION_TOKEN)
def get_session_token(call: Call, request: s.GetSessionTokenRequest) -> s.GetSessionTokenResponse:
    """Issue temporary credentials to a caller with long-term keys.

    They are valid for 12 hours by default; for a root user, for at most one hour.
    """
    if call.caller_is_temporary:
        raise AccessDeniedException("Cannot call GetSessionToken with session credentials")
    has_mfa = verify_mfa(call, request.serial_number, request.token_code)
    default = ROOT_SECONDS if call.caller.is_root else SESSION_SECONDS
    seconds = request.duration_seconds or default
    if call.caller.is_root:
        seconds = min(seconds, ROOT_SECONDS)
    return s.GetSessionTokenResponse(credentials=issue_credentials(call, call.caller, seconds, has_mfa=has_mfa))


@operations.emulates(ops.GET_FEDERATION_TOKEN)
def get_federation_token(call: Call, request: s.GetFederationTokenRequest) -> s.GetFederationTokenResponse:
    """Issue credentials of a federated user to a caller with long-term keys, for 12 hours by default.

    For a root user they are valid for at most one hour.
    """
    if call.caller_is_temporary:
        raise AccessDeniedException("Cannot call GetFederationToken with session credentials")
    session, size = make_session(call, request.policy, request.policy_arns, request.tags)
    account = call.caller.account_id
    arn = f"arn:aws:sts::{account}:federated-user/{request.name}"
    principal = Principal(
        account_id=account, arn=arn, user_id=f"{account}:{request.name}", identity_arn=call.caller.arn
    )
    seconds = request.duration_seconds or SESSION_SECONDS
    if call.caller.is_root:
        seconds = min(seconds, ROOT_SECONDS)
    return s.GetFederationTokenResponse(
        credentials=issue_credentials(call, principal, seconds, session=session),
        federated_user=s.FederatedUser(federated_user_id=principal.user_id, arn=arn),
        packed_policy_size=size,
    )


@operations.emulates(ops.GET_SCOPED_CREDENTIALS)
def get_scoped_credentials(call: Call, request: s.GetScopedCredentialsRequest) -> s.GetScopedCredentialsResponse:
    """Issue credentials of the caller's own session, narrowed by a policy and valid for as long or for less time."""
    key = call.caller_key
    if key is None or not call.caller_is_temporary:
        raise AccessDeniedException("Cannot call GetScopedCredentials with long-term credentials")
    if request.policy is None and request.duration_seconds is None:
        raise ValidationException("At least one of Policy and DurationSeconds must be specified")
    added, _ = make_session(call, request.policy, None)
    session = replace(key.session, scopes=(*key.session.scopes, *(added.policies or ())))
    if len(session.scopes) > MAX_SCOPES:
        raise AccessDeniedException(f"A session can have at most {MAX_SCOPES} scope-down policies")
    expiration = _scoped_expiration(call, key, request.duration_seconds)
    return s.GetScopedCredentialsResponse(
        credentials=issue_until(call, call.caller, expiration, session, has_mfa=key.has_mfa),
        session_info=s.ScopedSession(scoped_session_id=call.caller.user_id, arn=call.caller.arn),
        scoped_policies_count=len(session.scopes),
        source_identity=session.source_identity,
    )


def _scoped_expiration(call: Call, key: IssuedKey, seconds: int | None) -> datetime:
    """Return when scoped credentials expire. Raises InsufficientSessionLifetimeException for a time past the session's.

    https://docs.aws.amazon.com/STS/latest/APIReference/API_GetScopedCredentials.html
    """
    end = key.credentials.expiration or call.now
    requested = end if seconds is None else call.now + timedelta(seconds=seconds)
    if requested > end:
        raise e.InsufficientSessionLifetimeException(
            f"The requested DurationSeconds exceeds the {int((end - call.now).total_seconds())} seconds that remain of "
            "the calling session"
        )
    return requested


@operations.emulates(ops.GET_WEB_IDENTITY_TOKEN)
def get_web_identity_token(call: Call, request: s.GetWebIdentityTokenRequest) -> s.GetWebIdentityTokenResponse:
    """Issue a signed token (JWT) of the caller's identity, valid for five minutes by default."""
    seconds = request.duration_seconds or TOKEN_SECONDS
    expiration: datetime = call.identities.expiry(seconds).replace(microsecond=0)
    claims = {
        "iss": ISSUER,
        "sub": call.caller.arn,
        "aud": list(request.audience),
        "exp": int(expiration.timestamp()),
        "tags": {tag.key: tag.value for tag in request.tags or ()},
    }
    return s.GetWebIdentityTokenResponse(web_identity_token=call.identities.jwt(claims), expiration=expiration)
