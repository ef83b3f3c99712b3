"""RequestIdHistory: finds a response that belongs to an earlier request of the same connection.

is_settled() says whether a connection may carry the next request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

from wsclient._core.http import SUCCESS_STATUS, unreadable_response

if TYPE_CHECKING:
    from wsclient._core.http import HttpRequest, HttpResponse

MAX_REMEMBERED: Final = 128
"""Number of the latest request ids that are remembered for each connection; at most twice as many are."""
AMAZON_MEDIA_TYPES: Final = "application/x-amz-"


class RequestIdHistory:
    """Request ids of the latest responses on one connection.

    HTTP/1.1 matches responses to requests by their order alone (RFC 9112, section 9.3). A second response to a request
    that arrives after the next request was sent would be taken for the next response: a refused call would succeed. AWS
    sends a new request id with every response, so a repeated one reveals it, and so does a success without one after
    another that had one.
    """

    __slots__ = ("_earlier", "_latest", "_successes_have_one")

    def __init__(self) -> None:
        self._successes_have_one = False
        # Two sets, the older of which is dropped as a whole: dropping one id for each new one takes longer.
        self._latest: set[str] = set()
        self._earlier: set[str] = set()

    def add(self, response: HttpResponse) -> None:
        """Remember a response's request ids; raise ResponseParseError if it answers an earlier request."""
        is_success = response.status == SUCCESS_STATUS
        if is_success and self._successes_have_one and not response.request_ids:
            raise unreadable_response(
                response,
                "it has no request id, unlike earlier responses on this connection, so it may answer an earlier one; "
                "the connection was closed",
            )
        ids = {request_id.lower() for request_id in response.request_ids}
        if not (ids.isdisjoint(self._latest) and ids.isdisjoint(self._earlier)):
            raise unreadable_response(
                response,
                "its request id was already used on this connection, so it answers an earlier request; the connection "
                "was closed",
            )
        self._successes_have_one |= is_success and bool(ids)
        self._latest |= ids
        if len(self._latest) >= MAX_REMEMBERED:
            self._earlier, self._latest = self._latest, set()


class RequestIdHistories:
    """Request ids of each connection, for as long as the connection exists."""

    def __init__(self) -> None:
        self._histories: WeakKeyDictionary[object, RequestIdHistory] = WeakKeyDictionary()

    def of(self, connection: object) -> RequestIdHistory:
        """Return the history of a connection; the object that stands for it must allow weak references."""
        return self._histories.setdefault(connection, RequestIdHistory())


def is_settled(request: HttpRequest, response: HttpResponse) -> bool:
    """Return whether no other response to this request may follow, so that its connection can carry the next request.

    A gateway that gives up on the service sends a response of its own, without a request id. The service's response to
    the same request may still arrive, with an id that is new, and would be taken for the response to the next one. A
    success with a content type that only AWS's protocols have is no gateway's.
    """
    if not request.expects_request_id or response.request_ids:
        return True
    return response.status == SUCCESS_STATUS and (response.header("content-type") or "").startswith(AMAZON_MEDIA_TYPES)
