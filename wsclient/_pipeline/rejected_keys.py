"""Access keys that the service rejects: whether other credentials may replace them, and what the error says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wsclient._core.credentials import masked_key
from wsclient._pipeline.caller_errors import invalidate

if TYPE_CHECKING:
    from wsclient._core.credentials import Credentials, CredentialsProvider
    from wsclient._core.errors import ServiceError
    from wsclient._pipeline.call import Call

REJECTED_KEY_CODES: Final = frozenset({"ExpiredToken", "ExpiredTokenException", "InvalidToken", "RequestExpired"})
"""Error codes that reject an access key or session token which refreshed credentials may replace.

RequestExpired is EC2's code for an expired session token.
"""
UNKNOWN_KEY_CODES: Final = frozenset({"InvalidClientTokenId", "UnrecognizedClientException"})
"""Error codes for an access key that the region does not know: a file may have the one that replaced a deleted key."""


def replace_rejected_key(
    call: Call, error: ServiceError, credentials: Credentials, provider: CredentialsProvider, region: str
) -> None:
    """Mark an error as transient if it rejects the access key and the provider may have another one now.

    The error for an access key that the region does not know gets a note with the possible reasons.
    """
    is_unknown = error.code in UNKNOWN_KEY_CODES
    # Sessions are not rotated: a new one of the same role would be as unknown, and may need an MFA code.
    is_rejected = error.code in REJECTED_KEY_CODES or (is_unknown and credentials.session_token is None)
    if is_rejected and not call.has_invalidated_key:
        # Once per call: a provider that returns the rejected key again would otherwise cause endless retries.
        call.has_invalidated_key = error.is_transient = invalidate(provider, credentials.access_key_id)
    if is_unknown:
        error.add_note(
            f"access key {masked_key(credentials.access_key_id)} is unknown in {region}: it was deleted or is "
            "inactive, belongs to another partition (AWS, China, GovCloud), its session token is incomplete, or the "
            "account has not enabled the region"
        )
