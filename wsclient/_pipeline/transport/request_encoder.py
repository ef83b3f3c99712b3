"""HTTP/1.1 request bytes."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from wsclient._core.http import HttpRequest, UnsendableRequestError

_URL = re.compile(r"https://[!-~]+")
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


class RequestTarget(NamedTuple):
    """Where a URL leads: host, as certificates name it, and port; what is asked for there; the Host header."""

    host: str
    port: int
    path: str
    netloc: str


@lru_cache(maxsize=64)
def request_target(url: str) -> RequestTarget:
    """Read an https URL; raises NotSendableError when HTTP could not express it."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 443
    except ValueError:
        raise UnsendableRequestError("the URL is malformed") from None
    if not _URL.fullmatch(url) or not host or "@" in parts.netloc:
        raise UnsendableRequestError("the URL is none")
    netloc = f"[{host}]" if ":" in host else host
    path = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    return RequestTarget(host, port, path, netloc if port == 443 else f"{netloc}:{port}")  # noqa: PLR2004 - of https


@lru_cache(maxsize=64)  # the same operations have the same headers
def _known(names: tuple[str, ...]) -> frozenset[str]:
    """Return headers' names in lower case; raises NotSendableError when one is none."""
    if not all(_NAME.fullmatch(name) for name in names):
        raise UnsendableRequestError("a header's name is none")
    return frozenset(name.lower() for name in names)


def encode_request(request: HttpRequest) -> bytes:
    """Return a request's bytes; raises NotSendableError for what HTTP cannot express."""
    target = request_target(request.url)
    body, count = request.body, len(request.headers)
    names = _known(tuple([name for name, _ in request.headers]))
    headers = "".join([f"{name}: {value}\r\n" for name, value in request.headers])
    if headers.count("\r") != count or headers.count("\n") != count or "\0" in headers:
        raise UnsendableRequestError("a header's value holds what would end it")
    if "host" not in names:
        headers = f"host: {target.netloc}\r\n{headers}"
    if "content-length" not in names and (body or request.method in _WITH_BODY):
        headers = f"{headers}content-length: {len(body)}\r\n"
    head = f"{request.method} {target.path} HTTP/1.1\r\n{headers}\r\n"
    if not head.isascii():
        raise UnsendableRequestError("a header is not ASCII")
    return head.encode() + body
