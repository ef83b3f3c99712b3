"""Errors that every AWS service shares, and the table from error code to class.

"Common Error Types", https://docs.aws.amazon.com/workspaces/latest/api/CommonErrors.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient._core.errors import THROTTLING_CODES, ServiceError
from wsclient._core.public_names import publish_classes

if TYPE_CHECKING:
    from collections.abc import Mapping


class ThrottlingException(ServiceError):
    """AWS throttled the call and did not execute it. Raised for every throttling code; see code for the original."""

    code = "ThrottlingException"


class AccessDeniedException(ServiceError):
    """No policy allows the principal this action, or a policy of the VPC endpoint or organization denies it."""

    code = "AccessDeniedException"


class ExpiredTokenException(ServiceError):
    """The session token has expired."""

    code = "ExpiredTokenException"


class IncompleteSignatureException(ServiceError):
    """The Authorization header is incomplete or malformed."""

    code = "IncompleteSignatureException"


class InvalidSignatureException(ServiceError):
    """The signature does not match: wrong secret key, changed request, wrong credential scope or clock skew."""

    code = "InvalidSignatureException"


class MissingAuthenticationTokenException(ServiceError):
    """The request has no signature."""

    code = "MissingAuthenticationTokenException"


class UnrecognizedClientException(ServiceError):
    """The access key or the session token is unknown to the service."""

    code = "UnrecognizedClientException"


class OptInRequiredException(ServiceError):
    """The account is not signed up for the service or the region."""

    code = "OptInRequired"


class SerializationException(ServiceError):
    """The service could not parse the request's body."""

    code = "SerializationException"


class UnknownOperationException(ServiceError):
    """The service does not have this operation."""

    code = "UnknownOperationException"


class ValidationException(ServiceError):
    """The service rejected values of the request."""

    code = "ValidationException"


class InternalFailure(ServiceError):
    """The service failed; it may have executed the operation."""

    code = "InternalFailure"
    fault = "server"


class ServiceUnavailable(ServiceError):
    """The service is temporarily unavailable."""

    code = "ServiceUnavailable"
    fault = "server"


COMMON_ERRORS: Mapping[str, type[ServiceError]] = {
    **dict.fromkeys(THROTTLING_CODES, ThrottlingException),
    "AccessDenied": AccessDeniedException,
    "AccessDeniedException": AccessDeniedException,
    "UnauthorizedOperation": AccessDeniedException,
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
    "AuthFailure": UnrecognizedClientException,
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
"""AWS's common errors by code; codes of different protocols with the same meaning share a class."""

publish_classes("wsclient.errors", __name__)
