"""The errors that all AWS services share, whichever of their models names them.

"Common Error Types", https://docs.aws.amazon.com/workspaces/latest/api/CommonErrors.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient._core.errors import THROTTLING_CODES, ServiceError

if TYPE_CHECKING:
    from collections.abc import Mapping


class ThrottlingException(ServiceError):
    """Too many calls: nothing was executed. Raised for every throttling code; code tells which."""

    code = "ThrottlingException"


class AccessDeniedException(ServiceError):
    """The principal may not do this, or a policy on the way (VPC endpoint, organization) says no."""

    code = "AccessDeniedException"


class ExpiredTokenException(ServiceError):
    """The session token is past its expiry."""

    code = "ExpiredTokenException"


class IncompleteSignatureException(ServiceError):
    """The Authorization header lacks a part or is malformed."""

    code = "IncompleteSignatureException"


class InvalidSignatureException(ServiceError):
    """The signature does not match: wrong secret key, changed request, wrong scope or clock."""

    code = "InvalidSignatureException"


class MissingAuthenticationTokenException(ServiceError):
    """The request carried no signature."""

    code = "MissingAuthenticationTokenException"


class UnrecognizedClientException(ServiceError):
    """The access key or the session token is unknown to the service."""

    code = "UnrecognizedClientException"


class OptInRequiredException(ServiceError):
    """The account is not signed up for the service or the region."""

    code = "OptInRequired"


class SerializationException(ServiceError):
    """The service could not read the request's body."""

    code = "SerializationException"


class UnknownOperationException(ServiceError):
    """The service knows no such operation."""

    code = "UnknownOperationException"


class ValidationException(ServiceError):
    """The service refused the request's values."""

    code = "ValidationException"


class InternalFailure(ServiceError):
    """The service failed; whether the operation was carried out is unknown."""

    code = "InternalFailure"
    fault = "server"


class ServiceUnavailable(ServiceError):
    """The service is not taking requests now."""

    code = "ServiceUnavailable"
    fault = "server"


COMMON_ERRORS: Mapping[str, type[ServiceError]] = {
    **dict.fromkeys(THROTTLING_CODES, ThrottlingException),
    "AccessDenied": AccessDeniedException,
    "AccessDeniedException": AccessDeniedException,
    "ExpiredToken": ExpiredTokenException,
    "ExpiredTokenException": ExpiredTokenException,
    "IncompleteSignature": IncompleteSignatureException,
    "IncompleteSignatureException": IncompleteSignatureException,
    "InvalidSignatureException": InvalidSignatureException,
    "SignatureDoesNotMatch": InvalidSignatureException,
    "RequestExpired": InvalidSignatureException,
    "MissingAuthenticationToken": MissingAuthenticationTokenException,
    "MissingAuthenticationTokenException": MissingAuthenticationTokenException,
    "InvalidClientTokenId": UnrecognizedClientException,
    "UnrecognizedClientException": UnrecognizedClientException,
    "OptInRequired": OptInRequiredException,
    "SerializationException": SerializationException,
    "UnknownOperationException": UnknownOperationException,
    "InvalidAction": UnknownOperationException,
    "ValidationError": ValidationException,
    "ValidationException": ValidationException,
    "InternalFailure": InternalFailure,
    "InternalServerError": InternalFailure,
    "ServiceUnavailable": ServiceUnavailable,
    "ServiceUnavailableException": ServiceUnavailable,
}
"""AWS's common errors by code, one class for the codes that say the same in different protocols."""
