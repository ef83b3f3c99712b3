"""RequestIdHistory: finds a response that belongs to an earlier request of the same connection."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from wsclient._core.http import unreadable_response

if TYPE_CHECKING:
    from wsclient._core.http import HttpResponse

MAX_REMEMBERED: Final = 128
"""Request ids that are remembered for each connection."""
REQUEST_ID_HEADERS: Final = ("x-amzn-requestid", "x-amz-request-id")


class RequestIdHistory:
    """Request ids of the latest responses on one connection.

    HTTP/1.1 matches responses to requests by their order alone (RFC 9112, section 9.3). A second response to a request
    that arrives after the next request was sent would be taken for the next response: a refused call would succeed. AWS
    sends a new request id with every response, so a repeated one reveals it.
    """

    __slots__ = ("_ids",)

    def __init__(self) -> None:
        self._ids: deque[str] = deque(maxlen=MAX_REMEMBERED)

    def add(self, response: HttpResponse) -> None:
        """Remember a response's request id; raise ResponseParseError if an earlier response had the same."""
        for name in REQUEST_ID_HEADERS:
            request_id = response.header(name)
            if request_id is not None:
                break
        else:
            return
        if request_id in self._ids:
            raise unreadable_response(
                response,
                "its request id was already used on this connection, so it answers an earlier request; the connection "
                "was closed",
            )
        self._ids.append(request_id)
