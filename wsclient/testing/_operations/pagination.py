"""Pagination: pages of items in the order of their ids, and opaque page tokens.

A token is valid for Durations.page_token, for the same operation, account, region and request members.
"""

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
"""Function that returns up to a number of items after an id, in the order of their ids."""

PAGE_SIZE = 25
"""Maximum items of a page; a request can specify fewer."""
_MAC_BYTES = 16
_NONCE_BYTES = 16
_PAGING_MEMBERS = frozenset({"NextToken", "Limit", "MaxResults"})
"""Request members that select the page, not the items."""


class Paged(Protocol):
    """Request of a paginated operation."""

    @property
    def next_token(self) -> str | None:
        """Token of the page, None for the first page."""
        ...


def paginate(
    call: Call,
    request: Paged,
    items: Mapping[str, T] | PageSource[T],
    *,
    limit: int | None = None,
    max_size: int = PAGE_SIZE,
    error_type: type[ServiceError] = InvalidParameterValuesException,
) -> tuple[list[T], str | None]:
    """Return a page of items in the order of their ids, and the token of the next page, None after the last page.

    items are all items by id, or a function that returns up to a number of items after an id, with their ids. The
    token contains the last id of the page: items that appear or disappear between two pages cause no other item to be
    repeated or skipped. Raises error_type for an expired token, or a token of another request.
    """
    fetch_after = items if callable(items) else partial(_items_after, items)
    query = _serialize_query(request)
    after = _decode_token(call, query, request.next_token, error_type) if request.next_token is not None else ""
    size = min(limit or max_size, max_size)
    # One item more than the page shows whether a next page exists.
    fetched = fetch_after(after, size + 1)
    next_token = _encode_token(call, query, fetched[size - 1][0]) if len(fetched) > size else None
    return [item for _, item in fetched[:size]], next_token


def _items_after(items: Mapping[str, T], after: str, count: int) -> list[tuple[str, T]]:
    candidates = (pair for pair in items.items() if pair[0] > after)
    return nsmallest(count, candidates, key=lambda pair: pair[0])


def _serialize_query(request: Paged) -> bytes:
    """Return the type and the members of a request as JSON, without the members that select the page."""
    members = cast("dict[str, object]", plain(request))
    query = {name: value for name, value in members.items() if name not in _PAGING_MEMBERS}
    return json.dumps([type(request).__name__, query], sort_keys=True, default=str).encode()


def _encode_token(call: Call, query: bytes, last_id: str) -> str:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    expires = (call.now + call.durations.page_token).timestamp()
    ciphertext = _apply_mask(call, nonce, f"{expires} {last_id}".encode())
    return base64.urlsafe_b64encode(nonce + _mac(call, query, nonce + ciphertext) + ciphertext).decode()


def _decode_token(call: Call, query: bytes, token: str, error_type: type[ServiceError]) -> str:
    try:
        decoded = base64.b64decode(token, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        decoded = b""
    nonce, rest = decoded[:_NONCE_BYTES], decoded[_NONCE_BYTES:]
    mac, ciphertext = rest[:_MAC_BYTES], rest[_MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(call, query, nonce + ciphertext)):
        raise error_type("The NextToken was not returned for this request. Repeat the request without a NextToken.")
    expires, _, last_id = _apply_mask(call, nonce, ciphertext).decode().partition(" ")
    if float(expires) <= call.now.timestamp():
        raise error_type("The NextToken has expired.")
    return last_id


def _apply_mask(call: Call, nonce: bytes, data: bytes) -> bytes:
    """Encrypt or decrypt with a key stream of the store's key and the nonce, by XOR."""
    mask = hashlib.shake_256(call.store.token_key + nonce).digest(len(data))
    return bytes(byte ^ mask_byte for byte, mask_byte in zip(data, mask, strict=True))


def _mac(call: Call, query: bytes, data: bytes) -> bytes:
    return hmac.digest(call.store.token_key, hashlib.sha256(query).digest() + data, "sha256")[:_MAC_BYTES]
