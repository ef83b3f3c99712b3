"""What AWS's error codes mean for one WorkSpace, for a call, and for all calls to come. Pure.

The codes of FailedRequests come in several spellings, with or without "Exception" and with what they are about after a
dot (ResourceNotFound.Workspace); no list of them is complete, so one that is not known is taken to be final.
"""

from __future__ import annotations

from typing import Final

from wsclient._errors import (
    THROTTLING_CODES,
    ConfigurationError,
    CredentialsError,
    RequestValidationError,
    ServiceError,
    TLSError,
    WsclientError,
)


def plain(code: str) -> str:
    """Return a code without what it is about and without "Exception"."""
    return code.partition(".")[0].removesuffix("Exception")


_FAULTS: Final = frozenset({"InternalServer", "InternalServerError", "InternalFailure", "InternalError"})
"""The service failed, and whether it did what it was asked for is not known."""
_BUSY: Final = frozenset(
    {"OperationInProgress", "ResourceInUse", "ResourceUnavailable", "Conflict", "ServiceUnavailable"}
) | frozenset(plain(code) for code in THROTTLING_CODES - {"LimitExceededException"})
"""Not done now; it may be done later."""
_STATE: Final = frozenset({"InvalidResourceState", "IncorrectState", "OperationNotSupported"})
"""Not done because of the state the WorkSpace is in, which may be the very one that is wanted."""
_ABSENT: Final = frozenset({"ResourceNotFound"})
_CALLER: Final = frozenset(
    {
        *("AccessDenied", "UnauthorizedOperation", "OptInRequired", "UnknownOperation", "InvalidAction"),
        *("ExpiredToken", "InvalidToken", "RequestExpired", "InvalidSignature", "SignatureDoesNotMatch"),
        *("IncompleteSignature", "MissingAuthenticationToken", "UnrecognizedClient", "InvalidClientTokenId"),
    }
)
"""It is the caller who is refused, so that the next call will be as well."""

ON_ITS_WAY: Final = frozenset(
    {"PENDING", "REBOOTING", "STARTING", "STOPPING", "REBUILDING", "RESTORING", "UPDATING", "MAINTENANCE"}
)
"""States that a WorkSpace leaves by itself, so that what it refuses now it may take later."""


def code_of(error: WsclientError) -> str:
    """Return AWS's code, or the name of an error that did not come from AWS."""
    return error.code if isinstance(error, ServiceError) else type(error).__name__


def is_fault(code: str) -> bool:
    """Tell whether the service failed in doing it."""
    return plain(code) in _FAULTS


def is_busy(code: str) -> bool:
    """Tell whether to wait and try again."""
    return plain(code) in _BUSY


def is_about_state(code: str) -> bool:
    """Tell whether the WorkSpace's state, or its absence, is what stands against it."""
    return plain(code) in _STATE | _ABSENT


def is_quota(code: str) -> bool:
    """Tell whether there is no more room in the account."""
    return plain(code) == "ResourceLimitExceeded"


def is_about_caller(error: WsclientError) -> bool:
    """Tell whether every further call of this client would fail the same way."""
    if isinstance(error, RequestValidationError):
        return error.limit == "read_only"
    if isinstance(error, CredentialsError | ConfigurationError | TLSError):
        return True
    return isinstance(error, ServiceError) and plain(error.code) in _CALLER
