"""HTTP/1.1 request bytes."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from wsclient._core.http import HttpRequest, UnsendableRequestError
from wsclient._core.text_template import PLACE, TextTemplate

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


@lru_cache(maxsize=64)  # URL and header names repeat from call to call
def _head_template(method: str, url: str, names: tuple[str, ...], has_body: bool) -> TextTemplate:  # noqa: FBT001 - lru_cache is faster with positions
    """Return the head of requests with these header names, with a place for each value and for the body's length.

    Raises UnsendableRequestError for a name that is not a token (RFC 9110, section 5.6.2).
    """
    if not all(_NAME.fullmatch(name) for name in names):
        raise UnsendableRequestError("a header has an invalid name")
    target, known = request_target(url), {name.lower() for name in names}
    lines = [f"{method} {target.path} HTTP/1.1"]
    if "host" not in known:
        lines.append(f"host: {target.netloc}")
    lines += [f"{name}: {PLACE}" for name in names]
    if "content-length" not in known and (has_body or method in _METHODS_WITH_BODY):
        lines.append(f"content-length: {PLACE}")
    return TextTemplate.parse("\r\n".join((*lines, "", "")))


def encode_request(request: HttpRequest) -> bytes:
    """Return the bytes of a request; raise UnsendableRequestError if HTTP cannot express it."""
    body = request.body
    names, values = tuple([name for name, _ in request.headers]), [value for _, value in request.headers]
    template = _head_template(request.method, request.url, names, bool(body))
    joined = "".join(values)
    # A line break inside a value would start a header, or a request, of the value's choice: request smuggling.
    if "\r" in joined or "\n" in joined or "\0" in joined:
        raise UnsendableRequestError("the value of a header contains a line break or NUL")
    if template.places > len(values):
        values.append(str(len(body)))
    head = template.fill(values)
    if not head.isascii():
        raise UnsendableRequestError("a header contains characters outside ASCII")
    return head.encode() + body
