"""Pages and their tokens: opaque, good for one operation of one account, region and question, and for a while."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from functools import partial
from heapq import nsmallest
from typing import TYPE_CHECKING, Protocol, TypeAlias, TypeVar, cast

from wsclient._core.model.shapes import plain
from wsclient._generated.workspaces.errors import InvalidParameterValuesException

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from wsclient._core.errors import ServiceError
    from wsclient.testing._operations.handler import Call

T = TypeVar("T")
PageSource: TypeAlias = "Callable[[str, int], Sequence[tuple[str, T]]]"
"""Gives so many items that come after an id, in the order of their ids."""

PAGE_SIZE = 25
"""Items of a page, unless the request asks for fewer."""
_SEAL_BYTES = 16
_NONCE_BYTES = 16
_OF_PAGES = frozenset({"NextToken", "Limit", "MaxResults"})
"""Members that say which page is wanted and how long it is, not of what."""


class Paged(Protocol):
    """A request for a page."""

    @property
    def next_token(self) -> str | None:
        """The token of the page, None for the first."""
        ...


def paginate(
    call: Call,
    request: Paged,
    items: Mapping[str, T] | PageSource[T],
    *,
    limit: int | None = None,
    error_type: type[ServiceError] = InvalidParameterValuesException,
) -> tuple[list[T], str | None]:
    """Return a page of items in the order of their ids, and the token of the next page, None after the last.

    items are all that there are, or a function that gives so many of them that come after an id, with their ids.
    The token names the last id given, so that what comes and goes between two pages neither repeats nor hides
    another item. Raises refusal for a token that was not given for this question, or too long ago.
    """
    next_of = items if callable(items) else partial(_following, items)
    question = _question(request)
    after = _open(call, question, request.next_token, error_type) if request.next_token is not None else ""
    size = min(limit or PAGE_SIZE, PAGE_SIZE)
    left = next_of(after, size + 1)
    next_token = _seal(call, question, left[size - 1][0]) if len(left) > size else None
    return [item for _, item in left[:size]], next_token


def _following(items: Mapping[str, T], after: str, count: int) -> list[tuple[str, T]]:
    left = (pair for pair in items.items() if pair[0] > after)
    return nsmallest(count, left, key=lambda pair: pair[0])


def _question(request: Paged) -> bytes:
    """Return what is asked, whichever page of it."""
    members = cast("dict[str, object]", plain(request))
    asked = {name: value for name, value in members.items() if name not in _OF_PAGES}
    return json.dumps([type(request).__name__, asked], sort_keys=True, default=str).encode()


def _seal(call: Call, question: bytes, last_id: str) -> str:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    ends = (call.now + call.durations.page_token).timestamp()
    hidden = _masked(call, nonce, f"{ends} {last_id}".encode())
    return base64.urlsafe_b64encode(nonce + _mac(call, question, nonce + hidden) + hidden).decode()


def _open(call: Call, question: bytes, token: str, refusal: type[ServiceError]) -> str:
    try:
        sealed = base64.b64decode(token, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        sealed = b""
    nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    seal, hidden = rest[:_SEAL_BYTES], rest[_SEAL_BYTES:]
    if not hmac.compare_digest(seal, _mac(call, question, nonce + hidden)):
        raise refusal("The NextToken is not one that was returned for this request.")
    ends, _, last_id = _masked(call, nonce, hidden).decode().partition(" ")
    if float(ends) <= call.now.timestamp():
        raise refusal("The NextToken has expired.")
    return last_id


def _masked(call: Call, nonce: bytes, text: bytes) -> bytes:
    """Return text that only this store reads; masked twice, it is readable again."""
    mask = hashlib.shake_256(call.store.token_key + nonce).digest(len(text))
    return bytes(one ^ other for one, other in zip(text, mask, strict=True))


def _mac(call: Call, question: bytes, text: bytes) -> bytes:
    return hmac.digest(call.store.token_key, hashlib.sha256(question).digest() + text, "sha256")[:_SEAL_BYTES]
