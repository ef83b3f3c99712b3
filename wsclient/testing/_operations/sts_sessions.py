"""What the operations of STS that issue credentials share: session policies, MFA, and the credentials themselves."""

from __future__ import annotations

import json
import math
from datetime import timedelta
from typing import TYPE_CHECKING

from wsclient._errors import AccessDeniedException
from wsclient._generated.sts import errors as e
from wsclient._generated.sts import structures as s

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wsclient.testing._call import Call
    from wsclient.testing._keys import Principal

PACKED_LIMIT = 2048
"""Characters of session policy and tags that fit into a session token, by the emulator's measure."""


def issued(call: Call, principal: Principal, seconds: int, *, has_mfa: bool = False) -> s.Credentials:
    """Return temporary credentials of a principal."""
    # Expirations have whole seconds on the wire; the key ring keeps the same ones.
    expiration = (call.now + timedelta(seconds=seconds)).replace(microsecond=0)
    credentials = call.keys.issue_temporary(principal, expiration, has_mfa=has_mfa)
    return s.Credentials(
        access_key_id=credentials.access_key_id,
        secret_access_key=credentials.secret_access_key,
        session_token=credentials.session_token,
        expiration=credentials.expiration,
    )


def packed_size(
    policy: str | None, arns: Sequence[s.PolicyDescriptorType] | None, tags: Sequence[s.Tag] | None = None
) -> int | None:
    """Return how full policies and tags make the session token, in percent; None where there are none.

    Raises MalformedPolicyDocument for what is no policy, PackedPolicyTooLarge for more than fits.
    """
    if not (policy or arns or tags):
        return None
    size = sum(len(arn.arn or "") for arn in arns or ()) + sum(len(tag.key) + len(tag.value) for tag in tags or ())
    if policy is not None:
        size += len(_checked_policy(policy))
    percent = math.ceil(100 * size / PACKED_LIMIT)
    if percent > 100:  # noqa: PLR2004 - all of it
        raise e.PackedPolicyTooLargeException(
            f"Packed size of session policy and tags consumes {percent}% of allotted space."
        )
    return percent


def checked_mfa(call: Call, serial_number: str | None, code: str | None) -> bool:
    """Return whether the caller showed an MFA device; raises AccessDenied for a code that is not its own."""
    if serial_number is None and code is None:
        return call.caller_has_mfa
    if not call.identities.accepts_code(serial_number, code):
        raise AccessDeniedException("MultiFactorAuthentication failed with invalid MFA one time pass code.")
    return True


def _checked_policy(policy: str) -> str:
    try:
        document = json.loads(policy)
    except ValueError:
        document = None
    if not isinstance(document, dict) or "Statement" not in document:
        raise e.MalformedPolicyDocumentException("The policy is not in the valid JSON format.")
    return json.dumps(document, separators=(",", ":"))
