"""Session policies, MFA checks and credentials, shared by the operations of STS that issue credentials."""

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
    from datetime import datetime

    from wsclient.policy._policy import Policy
    from wsclient.testing._operations.handler import Call
    from wsclient.testing._state.keyring import Principal

MAX_PACKED_CHARACTERS = 2048
"""Maximum characters of session policies and tags. AWS packs them in a way that it does not document."""


def issue_credentials(
    call: Call, principal: Principal, seconds: int, *, has_mfa: bool = False, session: Session | None = None
) -> s.Credentials:
    """Issue temporary credentials to a principal; without a session, with no policies and no tags."""
    expiration = call.now + timedelta(seconds=seconds)
    return issue_until(call, principal, expiration, session or Session(issued_at=call.now), has_mfa=has_mfa)


def issue_until(
    call: Call, principal: Principal, expiration: datetime, session: Session, *, has_mfa: bool
) -> s.Credentials:
    """Issue temporary credentials of a session, valid until expiration."""
    # Responses hold expirations in whole seconds: the key ring must expire the key at the same time.
    expiration = expiration.replace(microsecond=0)
    credentials = call.keys.issue_temporary(principal, expiration, has_mfa=has_mfa, session=session)
    return s.Credentials(
        access_key_id=credentials.access_key_id,
        secret_access_key=credentials.secret_access_key,
        session_token=credentials.session_token or "",
        expiration=expiration,
    )


def make_session(
    call: Call,
    policy: str | None,
    arns: Sequence[s.PolicyDescriptorType] | None,
    tags: Sequence[s.Tag] | None = None,
) -> tuple[Session, int | None]:
    """Return a session with policies and tags, and their packed size in percent, None without policies and tags.

    An unknown managed policy allows nothing. Raises MalformedPolicyDocumentException for an invalid policy,
    PackedPolicyTooLargeException for a packed size of more than 100 percent.
    """
    documents = [_parse_policy(policy)] if policy is not None else []
    managed = [call.identities.policies.find_managed(descriptor.arn or "") for descriptor in arns or ()]
    limits = (*documents, *(document for document in managed if document is not None))
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
    percent = math.ceil(100 * size / MAX_PACKED_CHARACTERS)
    if percent > 100:  # noqa: PLR2004 - percent
        raise e.PackedPolicyTooLargeException(
            f"Packed size of session policy and tags consumes {percent}% of allotted space."
        )
    return percent


def verify_mfa(call: Call, serial_number: str | None, code: str | None) -> bool:
    """Return whether the session has MFA. Raises AccessDeniedException for an invalid code or an unknown device."""
    if serial_number is None and code is None:
        return call.caller_has_mfa
    if not call.identities.accepts_code(serial_number, code):
        raise AccessDeniedException("MultiFactorAuthentication failed with invalid MFA one time pass code.")
    return True


def _parse_policy(policy: str) -> Policy:
    try:
        return identity_policy(policy)
    except ConfigurationError as error:
        raise e.MalformedPolicyDocumentException(f"The policy is not valid: {error}") from None
