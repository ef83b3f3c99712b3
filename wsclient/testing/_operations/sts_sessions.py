"""What the operations of STS that issue credentials share: session policies, MFA, and the credentials themselves."""

from __future__ import annotations

import json
import math
from datetime import timedelta
from typing import TYPE_CHECKING

from wsclient._core.errors import ConfigurationError
from wsclient._core.service_errors import AccessDeniedException
from wsclient._generated.sts import errors as e
from wsclient._generated.sts import structures as s
from wsclient.testing._state.keyring import Session
from wsclient.testing._state.policies import identity_policy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wsclient.policy._policy import Policy
    from wsclient.testing._operations.handler import Call
    from wsclient.testing._state.keyring import Principal

PACKED_LIMIT = 2048
"""Characters of session policy and tags that fit into a session token, by the emulator's measure."""


def issue_credentials(
    call: Call, principal: Principal, seconds: int, *, has_mfa: bool = False, session: Session | None = None
) -> s.Credentials:
    """Return temporary credentials of a principal, for a session that is limited by nothing unless said."""
    # Expirations have whole seconds on the wire; the key ring keeps the same ones.
    expiration = (call.now + timedelta(seconds=seconds)).replace(microsecond=0)
    credentials = call.keys.issue_temporary(
        principal, expiration, has_mfa=has_mfa, session=session or Session(issued_at=call.now)
    )
    return s.Credentials(
        access_key_id=credentials.access_key_id,
        secret_access_key=credentials.secret_access_key,
        session_token=credentials.session_token,
        expiration=credentials.expiration,
    )


def make_session(
    call: Call,
    policy: str | None,
    arns: Sequence[s.PolicyDescriptorType] | None,
    tags: Sequence[s.Tag] | None = None,
) -> tuple[Session, int | None]:
    """Return a session with policies and tags, and how full these make its token in percent; None where it has none.

    A policy that is named and was never added allows nothing. Raises MalformedPolicyDocument for what is no policy,
    PackedPolicyTooLarge for more than fits.
    """
    documents = [_read(policy)] if policy is not None else []
    named = [call.identities.policies.find_managed(one.arn or "") for one in arns or ()]
    limits = (*documents, *(one for one in named if one is not None))
    session = Session(
        issued_at=call.now,
        policies=limits if policy is not None or arns else None,
        tags={tag.key: tag.value for tag in tags or ()},
    )
    return session, _packed_size(policy, arns, tags)


def _packed_size(
    policy: str | None, arns: Sequence[s.PolicyDescriptorType] | None, tags: Sequence[s.Tag] | None
) -> int | None:
    if not (policy or arns or tags):
        return None
    size = sum(len(arn.arn or "") for arn in arns or ()) + sum(len(tag.key) + len(tag.value) for tag in tags or ())
    if policy is not None:
        size += len(json.dumps(json.loads(policy), separators=(",", ":")))
    percent = math.ceil(100 * size / PACKED_LIMIT)
    if percent > 100:  # noqa: PLR2004 - all of it
        raise e.PackedPolicyTooLargeException(
            f"Packed size of session policy and tags consumes {percent}% of allotted space."
        )
    return percent


def verify_mfa(call: Call, serial_number: str | None, code: str | None) -> bool:
    """Return whether the caller showed an MFA device; raises AccessDenied for a code that is not its own."""
    if serial_number is None and code is None:
        return call.caller_has_mfa
    if not call.identities.accepts_code(serial_number, code):
        raise AccessDeniedException("MultiFactorAuthentication failed with invalid MFA one time pass code.")
    return True


def _read(policy: str) -> Policy:
    try:
        return identity_policy(policy)
    except ConfigurationError as error:
        raise e.MalformedPolicyDocumentException(f"The policy is not valid: {error}") from None
