"""Errors of AWS Security Token Service.

Written by `python -m wsclient._codegen` from the model sts-2011-06-15
(SHA-256 61ad864dde7632da0c80666c582e7cbf923446511ca2b932c1c3ccd589b32b4b).
Do not edit: change the generator and write it again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient._core.service_errors import ExpiredTokenException
from wsclient._core.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Mapping


class ExpiredTradeInTokenException(ServiceError):
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html"""

    code = "ExpiredTradeInTokenException"


class IDPCommunicationErrorException(ServiceError):
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html"""

    code = "IDPCommunicationError"
    is_transient = True


class IDPRejectedClaimException(ServiceError):
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html"""

    code = "IDPRejectedClaim"


class InvalidAuthorizationMessageException(ServiceError):
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html"""

    code = "InvalidAuthorizationMessageException"


class InvalidIdentityTokenException(ServiceError):
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html"""

    code = "InvalidIdentityToken"


class JWTPayloadSizeExceededException(ServiceError):
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html"""

    code = "JWTPayloadSizeExceededException"


class MalformedPolicyDocumentException(ServiceError):
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html"""

    code = "MalformedPolicyDocument"


class OutboundWebIdentityFederationDisabledException(ServiceError):
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html"""

    code = "OutboundWebIdentityFederationDisabledException"


class PackedPolicyTooLargeException(ServiceError):
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html"""

    code = "PackedPolicyTooLarge"


class RegionDisabledException(ServiceError):
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html"""

    code = "RegionDisabledException"


class SessionDurationEscalationException(ServiceError):
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html"""

    code = "SessionDurationEscalationException"


BY_CODE: Mapping[str, type[ServiceError]] = {
    "ExpiredTokenException": ExpiredTokenException,
    "ExpiredTradeInTokenException": ExpiredTradeInTokenException,
    "IDPCommunicationError": IDPCommunicationErrorException,
    "IDPRejectedClaim": IDPRejectedClaimException,
    "InvalidAuthorizationMessageException": InvalidAuthorizationMessageException,
    "InvalidIdentityToken": InvalidIdentityTokenException,
    "JWTPayloadSizeExceededException": JWTPayloadSizeExceededException,
    "MalformedPolicyDocument": MalformedPolicyDocumentException,
    "OutboundWebIdentityFederationDisabledException": OutboundWebIdentityFederationDisabledException,
    "PackedPolicyTooLarge": PackedPolicyTooLargeException,
    "RegionDisabledException": RegionDisabledException,
    "SessionDurationEscalationException": SessionDurationEscalationException,
}

__all__ = [
    "ExpiredTokenException",
    "ExpiredTradeInTokenException",
    "IDPCommunicationErrorException",
    "IDPRejectedClaimException",
    "InvalidAuthorizationMessageException",
    "InvalidIdentityTokenException",
    "JWTPayloadSizeExceededException",
    "MalformedPolicyDocumentException",
    "OutboundWebIdentityFederationDisabledException",
    "PackedPolicyTooLargeException",
    "RegionDisabledException",
    "SessionDurationEscalationException",
]
