"""HTTP/1.1 request bytes."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from wsclient._core.http import HttpRequest, UnsendableRequestError

_URL = re.compile(r"https://[!-~]+")
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_METHODS_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


class RequestTarget(NamedTuple):
    """Parts of a URL: host as in certificates, port, path with query, and the value of the Host header."""

    host: str
    port: int
    path: str
    netloc: str


@lru_cache(maxsize=64)
def request_target(url: str) -> RequestTarget:
    """Parse an https URL; raise UnsendableRequestError if HTTP cannot express it."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 443
    except ValueError:
        raise UnsendableRequestError("the URL is malformed") from None
    if not _URL.fullmatch(url) or not host or "@" in parts.netloc:
        raise UnsendableRequestError("the URL is not an https URL of printable ASCII")
    netloc = f"[{host}]" if ":" in host else host
    path = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    return RequestTarget(host, port, path, netloc if port == 443 else f"{netloc}:{port}")  # noqa: PLR2004 - of https


@lru_cache(maxsize=64)  # header names repeat from call to call
def _header_names(names: tuple[str, ...]) -> frozenset[str]:
    """Return header names in lower case; raise UnsendableRequestError for a name that is not a token (RFC 9110)."""
    if not all(_NAME.fullmatch(name) for name in names):
        raise UnsendableRequestError("a header has an invalid name")
    return frozenset(name.lower() for name in names)


def encode_request(request: HttpRequest) -> bytes:
    """Return the bytes of a request; raise UnsendableRequestError if HTTP cannot express it."""
    target = request_target(request.url)
    body = request.body
    names = _header_names(tuple([name for name, _ in request.headers]))
    values = "".join([value for _, value in request.headers])
    # A line break inside a value would start a header, or a request, of the value's choice: request smuggling.
    if "\r" in values or "\n" in values or "\0" in values:
        raise UnsendableRequestError("the value of a header contains a line break or NUL")
    lines = [f"{request.method} {target.path} HTTP/1.1"]
    if "host" not in names:
        lines.append(f"host: {target.netloc}")
    lines += map(": ".join, request.headers)
    if "content-length" not in names and (body or request.method in _METHODS_WITH_BODY):
        lines.append(f"content-length: {len(body)}")
    head = "\r\n".join((*lines, "", ""))
    if not head.isascii():
        raise UnsendableRequestError("a header contains characters outside ASCII")
    return head.encode() + body
