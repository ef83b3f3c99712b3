"""Time after which an idle connection is closed, where the server announces its own timeout."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from wsclient._core.http import HttpResponse

_TIMEOUT: Final = re.compile(r"(?:^|[,;\s])timeout\s*=\s*\"?([0-9]{1,9})", re.IGNORECASE)
_MARGIN: Final = 1.0
"""Seconds before the server's timeout: a request on its way when the server closes the connection has an unknown
outcome."""


def idle_limit(response: HttpResponse, limit: float) -> float:
    """Return how many seconds the response's connection may be idle: limit, or less if the server closes it earlier.

    Apache and servers of Node.js announce their timeout: `Keep-Alive: timeout=5, max=100` (RFC 2068, section 19.7.1).
    """
    announced = response.header("keep-alive")
    match = _TIMEOUT.search(announced) if announced else None
    if match is None:
        return limit
    seconds = float(match[1])
    return min(limit, max(seconds - _MARGIN, seconds / 2))
