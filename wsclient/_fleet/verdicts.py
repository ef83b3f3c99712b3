"""What follows from a refusal of an item, and from the failure of a call. Pure."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from wsclient._errors import PaceTimeoutError, TransportError
from wsclient._fleet import codes
from wsclient._lookups import EXISTS

if TYPE_CHECKING:
    from wsclient._errors import WsclientError
    from wsclient._fleet.asking import Refusal


class OfItem(Enum):
    """What follows for an item that was refused."""

    FAILED = "it is final"
    AGAIN = "it is asked for again later, by itself"
    LOOK = "whether it is done already shows in a look"


class OfCall(Enum):
    """What follows for the items of a call that failed."""

    DOUBT = "it may have been carried out: look"
    CALLER = "no call of this site will do better"
    WAIT = "it was not carried out, because there were too many"
    UNREACHED = "it was not carried out, because the service was not reached"
    AGAIN = "each item is asked for again later"
    LOOK = "whether it is done already shows in a look"
    SPLIT = "one of the items is to blame: halve to find it"
    FAILED = "it is final"


def of_item(refusal: Refusal, *, may_repeat: bool, attempts: int) -> OfItem:
    """Return what follows; attempts counts the calls the item was part of, so that an earlier one may have done it."""
    code = refusal.code
    if codes.is_busy(code) or (codes.is_fault(code) and may_repeat):
        return OfItem.AGAIN
    exists_by_us = code.startswith(EXISTS) and attempts > 1
    if codes.is_fault(code) or exists_by_us or (codes.is_about_state(code) and may_repeat):
        return OfItem.LOOK
    return OfItem.FAILED


def of_call(error: WsclientError, *, items: int, may_repeat: bool) -> OfCall:
    """Return what follows for all items of a call."""
    if error.is_ambiguous:
        return OfCall.DOUBT
    if codes.is_about_caller(error):
        return OfCall.CALLER
    if error.is_throttling or error.is_transient or isinstance(error, TransportError):
        is_full = error.is_throttling or isinstance(error, PaceTimeoutError)
        return OfCall.WAIT if is_full else OfCall.UNREACHED
    return _of_answer(error, items=items, may_repeat=may_repeat)


def _of_answer(error: WsclientError, *, items: int, may_repeat: bool) -> OfCall:
    """Return what follows from what AWS says of the items."""
    code = codes.code_of(error)
    if codes.is_busy(code):
        return OfCall.AGAIN
    if items > 1:
        return OfCall.SPLIT
    return OfCall.LOOK if codes.is_about_state(code) and may_repeat else OfCall.FAILED
