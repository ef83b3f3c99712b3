"""STS: who calls, and temporary credentials.

Of a role nothing is known but its ARN: any role of any account may be assumed, and MFA codes are taken as right.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from wsclient._errors import AccessDeniedException, ValidationException
from wsclient._generated.sts import operations as ops
from wsclient._generated.sts import structures as s
from wsclient.testing import _ids
from wsclient.testing._call import Call, Table
from wsclient.testing._keys import Principal

if TYPE_CHECKING:
    from wsclient.credentials import Credentials

operations = Table()

ASSUMED_ROLE_SECONDS = 3600
SESSION_SECONDS = 43_200
CHAINED_SECONDS = 3600
_ROLE_ARN = re.compile(r"arn:(aws[a-z-]*):iam::(\d{12}):role/(?:[\w+=,.@/-]*/)?([\w+=,.@-]{1,64})")


@operations.emulates(ops.GET_CALLER_IDENTITY)
def get_caller_identity(call: Call, _request: s.GetCallerIdentityRequest) -> s.GetCallerIdentityResponse:
    """Say whose credentials these are."""
    caller = call.caller
    return s.GetCallerIdentityResponse(user_id=caller.user_id, account=caller.account_id, arn=caller.arn)


@operations.emulates(ops.ASSUME_ROLE)
def assume_role(call: Call, request: s.AssumeRoleRequest) -> s.AssumeRoleResponse:
    """Give an hour of a role's credentials, in the role's own account."""
    match = _ROLE_ARN.fullmatch(request.role_arn)
    if match is None:
        raise ValidationException(f"{request.role_arn} is invalid")
    seconds = request.duration_seconds or ASSUMED_ROLE_SECONDS
    if call.caller.is_role_session and seconds > CHAINED_SECONDS:
        raise ValidationException(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining"
        )
    partition, account_id, role = match.groups()
    arn = f"arn:{partition}:sts::{account_id}:assumed-role/{role}/{request.role_session_name}"
    user_id = f"{_ids.access_key_id('AROA')}:{request.role_session_name}"
    principal = Principal(account_id=account_id, arn=arn, user_id=user_id)
    return s.AssumeRoleResponse(
        credentials=_temporary(call, principal, seconds),
        assumed_role_user=s.AssumedRoleUser(assumed_role_id=user_id, arn=arn),
        source_identity=request.source_identity,
    )


@operations.emulates(ops.GET_SESSION_TOKEN)
def get_session_token(call: Call, request: s.GetSessionTokenRequest) -> s.GetSessionTokenResponse:
    """Give twelve hours of temporary credentials to a caller with long-term keys."""
    if call.caller_is_temporary:
        raise AccessDeniedException("Cannot call GetSessionToken with session credentials")
    seconds = request.duration_seconds or SESSION_SECONDS
    return s.GetSessionTokenResponse(credentials=_temporary(call, call.caller, seconds))


def _temporary(call: Call, principal: Principal, seconds: int) -> s.Credentials:
    # Expirations have whole seconds on the wire; the key ring keeps the same ones.
    expiration = (call.now + timedelta(seconds=seconds)).replace(microsecond=0)
    return _on_the_wire(call.keys.issue_temporary(principal, expiration))


def _on_the_wire(credentials: Credentials) -> s.Credentials:
    return s.Credentials(
        access_key_id=credentials.access_key_id,
        secret_access_key=credentials.secret_access_key,
        session_token=credentials.session_token,
        expiration=credentials.expiration,
    )
