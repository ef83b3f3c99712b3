"""Pages and their tokens: opaque, signed, and good only for the operation, account and region that gave them."""

from __future__ import annotations

import base64
import binascii
import hmac
from typing import TYPE_CHECKING, TypeVar

from wsclient._generated.workspaces.errors import InvalidParameterValuesException

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wsclient._errors import ServiceError
    from wsclient.testing._store import Store

T = TypeVar("T")

PAGE_SIZE = 25
"""Items of a page, unless the request asks for fewer."""
_SEAL_BYTES = 16


def page_of(
    store: Store,
    operation: str,
    items: Mapping[str, T],
    *,
    token: str | None,
    limit: int | None,
    refusal: type[ServiceError] = InvalidParameterValuesException,
) -> tuple[list[T], str | None]:
    """Return a page of items in the order of their ids, and the token of the next page, None after the last.

    The token names the last id given, so that what comes and goes between two pages neither repeats nor hides
    another item. Raises refusal for a token that this operation never gave.
    """
    after = _open(store, operation, token, refusal) if token is not None else ""
    left = sorted((pair for pair in items.items() if pair[0] > after), key=lambda pair: pair[0])
    size = min(limit or PAGE_SIZE, PAGE_SIZE)
    page = left[:size]
    next_token = _seal(store, operation, page[-1][0]) if len(left) > size else None
    return [item for _, item in page], next_token


def _seal(store: Store, operation: str, last_id: str) -> str:
    text = f"{operation} {last_id}".encode()
    return base64.urlsafe_b64encode(_mac(store, text) + text).decode()


def _open(store: Store, operation: str, token: str, refusal: type[ServiceError]) -> str:
    try:
        sealed = base64.b64decode(token, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        sealed = b""
    seal, text = sealed[:_SEAL_BYTES], sealed[_SEAL_BYTES:]
    given_by, _, last_id = text.decode(errors="replace").partition(" ")
    if not hmac.compare_digest(seal, _mac(store, text)) or given_by != operation:
        raise refusal("The NextToken is not one that this operation has returned.")
    return last_id


def _mac(store: Store, text: bytes) -> bytes:
    return hmac.digest(store.token_key, text, "sha256")[:_SEAL_BYTES]
