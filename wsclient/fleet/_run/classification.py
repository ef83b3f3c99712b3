"""Classification of errors: the consequence for an item that AWS refused, or for the items of a call that failed. Pure.

Three classes of outcome matter. Not executed (throttling, no connection, busy): the items may be sent again. Refused
because of the item itself: the item failed. Unknown (an ambiguous call, or a fault of the service during an action that
must not be repeated): the items are verified, and are not sent again before that.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

from wsclient._core.errors import (
    THROTTLING_CODES,
    ConfigurationError,
    ConnectError,
    CredentialsError,
    MiddlewareError,
    PaceTimeoutError,
    RequestValidationError,
    ServiceError,
    TLSError,
    TransportError,
    WsclientError,
)
from wsclient.workspaces._reconcilers import EXISTS

if TYPE_CHECKING:
    from wsclient.fleet._actions.requests import ItemError


def normalize_code(code: str) -> str:
    """Return an error code without its resource suffix (after the dot) and without "Exception"."""
    return code.partition(".")[0].removesuffix("Exception")


_FAULTS: Final = frozenset({"InternalServer", "InternalServerError", "InternalFailure", "InternalError"})
"""Faults of the service: whether it executed the request is unknown."""
_BUSY: Final = frozenset(
    {"OperationInProgress", "ResourceInUse", "ResourceUnavailable", "Conflict", "ServiceUnavailable"}
) | frozenset(normalize_code(code) for code in THROTTLING_CODES - {"LimitExceededException"})
"""Refused for now; a later call may succeed. LimitExceeded is left out: AWS returns it for exhausted quotas too."""
_STATE: Final = frozenset({"InvalidResourceState", "IncorrectState", "OperationNotSupported"})
"""Refused because of the WorkSpace's state, which may be the requested state already."""
_NOT_FOUND: Final = frozenset({"ResourceNotFound"})
_CALLER: Final = frozenset(
    {
        *("AccessDenied", "UnauthorizedOperation", "OptInRequired", "UnknownOperation", "InvalidAction"),
        *("ExpiredToken", "InvalidToken", "RequestExpired", "InvalidSignature", "SignatureDoesNotMatch"),
        *("IncompleteSignature", "MissingAuthenticationToken", "UnrecognizedClient", "InvalidClientTokenId"),
    }
)
"""Refusals of the caller, which every further call would get as well."""

_INVALID: Final = frozenset(
    {
        *("Validation", "ValidationError", "InvalidParameterValue", "InvalidParameterValues"),
        *("InvalidParameterCombination", "InvalidParameter", "MissingParameter", "Serialization"),
    }
)
"""Refusals of a call because of the value of one of its items."""

TRANSITIONAL_STATES: Final = frozenset(
    {"PENDING", "REBOOTING", "STARTING", "STOPPING", "REBUILDING", "RESTORING", "UPDATING", "MAINTENANCE"}
)
"""States that a WorkSpace leaves without a call, so that an action refused now may be accepted later."""


def error_code(error: WsclientError) -> str:
    """Return AWS's error code, or the class name of an error that AWS did not return."""
    return error.code if isinstance(error, ServiceError) else type(error).__name__


def is_fault(code: str) -> bool:
    """Return whether the service failed while it executed the request."""
    return normalize_code(code) in _FAULTS


def is_busy(code: str) -> bool:
    """Return whether a later call may succeed."""
    return normalize_code(code) in _BUSY


def is_state_error(code: str) -> bool:
    """Return whether the WorkSpace's state, or its absence, is the reason of a refusal."""
    return normalize_code(code) in _STATE | _NOT_FOUND


def is_quota_error(code: str) -> bool:
    """Return whether a quota of the account is exhausted."""
    return normalize_code(code) == "ResourceLimitExceeded"


def is_item_error(error: WsclientError) -> bool:
    """Return whether one item, or the number of items, can be the reason of a call's refusal.

    That is AWS's validation, state and quota errors, and wsclient's own validation.
    """
    if isinstance(error, RequestValidationError):
        return True
    code = error_code(error)
    is_about_items = normalize_code(code) in _INVALID or is_state_error(code) or is_quota_error(code)
    return isinstance(error, ServiceError) and is_about_items


def is_caller_error(error: WsclientError) -> bool:
    """Return whether every further call of this client would fail with the same error."""
    if isinstance(error, RequestValidationError):
        return error.limit == "read_only"
    if isinstance(error, CredentialsError | ConfigurationError | MiddlewareError | TLSError):
        return True
    if isinstance(error, ConnectError):
        # A proxy's refusal: further logins with the same password could lock its account out.
        return not error.is_transient
    return isinstance(error, ServiceError) and normalize_code(error.code) in _CALLER


class ItemVerdict(Enum):
    """Consequence for an item that AWS refused."""

    FAILED = "failed: the refusal is final"
    RETRY = "send the item again later, in a call of its own"
    VERIFY = "verify whether the item is done already"


class CallVerdict(Enum):
    """Consequence for the items of a call that failed as a whole."""

    AMBIGUOUS = "the call may have been executed: verify"
    CALLER_REFUSED = "every further call at this site would be refused"
    THROTTLED = "not executed: too many calls"
    UNREACHED = "not executed: the service was not reached"
    RETRY_ITEMS = "send each item again later, in a call of its own"
    VERIFY = "verify whether the item is done already"
    SPLIT = "one of the items causes the error: halve the batch to find it"
    FAILED = "failed: the refusal is final"


def classify_item_error(refusal: ItemError, *, may_repeat: bool, attempts: int) -> ItemVerdict:
    """Return the consequence of a refusal; attempts counts the calls that contained the item, this one included."""
    code = refusal.code
    if is_busy(code) or (is_fault(code) and may_repeat):
        return ItemVerdict.RETRY
    # The resource may exist because an earlier call of this run created it.
    is_own_creation = code.startswith(EXISTS) and attempts > 1
    # A fault of the service leaves the outcome unknown; an action that must not be repeated is only verified.
    if is_fault(code) or is_own_creation or (is_state_error(code) and may_repeat):
        return ItemVerdict.VERIFY
    return ItemVerdict.FAILED


def classify_call_error(error: WsclientError, *, items: int, may_repeat: bool) -> CallVerdict:
    """Return the consequence for all items of a call."""
    # First, whatever the type of the error: a call that may have been executed must not be sent again unverified.
    if error.is_ambiguous:
        return CallVerdict.AMBIGUOUS
    if is_caller_error(error):
        return CallVerdict.CALLER_REFUSED
    if error.is_throttling or error.is_transient or isinstance(error, TransportError):
        is_rate_limited = error.is_throttling or isinstance(error, PaceTimeoutError)
        return CallVerdict.THROTTLED if is_rate_limited else CallVerdict.UNREACHED
    return _classify_refusal(error, items=items, may_repeat=may_repeat)


def _classify_refusal(error: WsclientError, *, items: int, may_repeat: bool) -> CallVerdict:
    """Return the consequence of an error that AWS returned because of the items."""
    code = error_code(error)
    if is_busy(code):
        return CallVerdict.RETRY_ITEMS
    # AWS validates a call as a whole: one invalid item fails all of them. Other errors do not concern single items.
    if items > 1 and is_item_error(error):
        return CallVerdict.SPLIT
    return CallVerdict.VERIFY if is_state_error(code) and may_repeat else CallVerdict.FAILED
