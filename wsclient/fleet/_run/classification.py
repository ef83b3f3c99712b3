"""What follows from a refusal of an item, and from the failure of a call. Pure."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

from wsclient._core.errors import (
    THROTTLING_CODES,
    ConfigurationError,
    CredentialsError,
    PaceTimeoutError,
    RequestValidationError,
    ServiceError,
    TLSError,
    TransportError,
    WsclientError,
)
from wsclient.workspaces._reconcilers import EXISTS

if TYPE_CHECKING:
    from wsclient._core.errors import WsclientError
    from wsclient.fleet._actions.requests import ItemError


def normalize_code(code: str) -> str:
    """Return a code without what it is about and without "Exception"."""
    return code.partition(".")[0].removesuffix("Exception")


_FAULTS: Final = frozenset({"InternalServer", "InternalServerError", "InternalFailure", "InternalError"})
"""The service failed, and whether it did what it was asked for is not known."""
_BUSY: Final = frozenset(
    {"OperationInProgress", "ResourceInUse", "ResourceUnavailable", "Conflict", "ServiceUnavailable"}
) | frozenset(normalize_code(code) for code in THROTTLING_CODES - {"LimitExceededException"})
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

TRANSITIONAL_STATES: Final = frozenset(
    {"PENDING", "REBOOTING", "STARTING", "STOPPING", "REBUILDING", "RESTORING", "UPDATING", "MAINTENANCE"}
)
"""States that a WorkSpace leaves by itself, so that what it refuses now it may take later."""


def code_of(error: WsclientError) -> str:
    """Return AWS's code, or the name of an error that did not come from AWS."""
    return error.code if isinstance(error, ServiceError) else type(error).__name__


def is_fault(code: str) -> bool:
    """Tell whether the service failed in doing it."""
    return normalize_code(code) in _FAULTS


def is_busy(code: str) -> bool:
    """Tell whether to wait and try again."""
    return normalize_code(code) in _BUSY


def is_state_error(code: str) -> bool:
    """Tell whether the WorkSpace's state, or its absence, is what stands against it."""
    return normalize_code(code) in _STATE | _ABSENT


def is_quota(code: str) -> bool:
    """Tell whether there is no more room in the account."""
    return normalize_code(code) == "ResourceLimitExceeded"


def is_caller_error(error: WsclientError) -> bool:
    """Tell whether every further call of this client would fail the same way."""
    if isinstance(error, RequestValidationError):
        return error.limit == "read_only"
    if isinstance(error, CredentialsError | ConfigurationError | TLSError):
        return True
    return isinstance(error, ServiceError) and normalize_code(error.code) in _CALLER


class ItemVerdict(Enum):
    """What follows for an item that was refused."""

    FAILED = "it is final"
    AGAIN = "it is asked for again later, by itself"
    LOOK = "whether it is done already shows in a look"


class CallVerdict(Enum):
    """What follows for the items of a call that failed."""

    DOUBT = "it may have been carried out: look"
    CALLER = "no call of this site will do better"
    WAIT = "it was not carried out, because there were too many"
    UNREACHED = "it was not carried out, because the service was not reached"
    AGAIN = "each item is asked for again later"
    LOOK = "whether it is done already shows in a look"
    SPLIT = "one of the items is to blame: halve to find it"
    FAILED = "it is final"


def classify_item_error(refusal: ItemError, *, may_repeat: bool, attempts: int) -> ItemVerdict:
    """Return what follows; attempts counts the calls the item was part of, so that an earlier one may have done it."""
    code = refusal.code
    if is_busy(code) or (is_fault(code) and may_repeat):
        return ItemVerdict.AGAIN
    exists_by_us = code.startswith(EXISTS) and attempts > 1
    if is_fault(code) or exists_by_us or (is_state_error(code) and may_repeat):
        return ItemVerdict.LOOK
    return ItemVerdict.FAILED


def classify_call_error(error: WsclientError, *, items: int, may_repeat: bool) -> CallVerdict:
    """Return what follows for all items of a call."""
    if error.is_ambiguous:
        return CallVerdict.DOUBT
    if is_caller_error(error):
        return CallVerdict.CALLER
    if error.is_throttling or error.is_transient or isinstance(error, TransportError):
        is_full = error.is_throttling or isinstance(error, PaceTimeoutError)
        return CallVerdict.WAIT if is_full else CallVerdict.UNREACHED
    return _of_answer(error, items=items, may_repeat=may_repeat)


def _of_answer(error: WsclientError, *, items: int, may_repeat: bool) -> CallVerdict:
    """Return what follows from what AWS says of the items."""
    code = code_of(error)
    if is_busy(code):
        return CallVerdict.AGAIN
    if items > 1:
        return CallVerdict.SPLIT
    return CallVerdict.LOOK if is_state_error(code) and may_repeat else CallVerdict.FAILED
