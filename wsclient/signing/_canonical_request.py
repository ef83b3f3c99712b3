"""Canonical request of Signature Version 4: method, path, query, headers and payload hash in normal form.

"Create a signed AWS API request", https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import quote, unquote_to_bytes, urlsplit

import msgspec

from wsclient._core.errors import RequestValidationError
from wsclient._core.reprs import RedactedStruct
from wsclient._core.text_template import PLACE, TextTemplate

if TYPE_CHECKING:
    from collections.abc import Callable

Headers = Sequence[tuple[str, str]]

UNSIGNED_HEADERS = frozenset(
    {
        "authorization",
        "baggage",
        "connection",
        "expect",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "traceparent",
        "tracestate",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "user-agent",
        "x-amzn-trace-id",
    }
)
"""Headers that AWS SDKs do not sign, because a proxy or the transport may add or change them in transit."""

HTTP_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+\-.^_`|~]+")
_FOLD = re.compile(r"\r?\n[ \t]+")
_HOST = re.compile(r"[a-z0-9._~-]+|[0-9a-f:.]+(%[A-Za-z0-9._~%-]+)?")
# C0, DEL and C1 control characters, and lone surrogates, which UTF-8 cannot encode.
_UNSENDABLE = r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]"
_DEFAULT_PORTS = {"http": 80, "https": 443}
_SIGNATURE_HEADERS = frozenset({"x-amz-date", "x-amz-security-token", "x-amz-content-sha256"})


class CanonicalRequest(RedactedStruct, frozen=True):
    """Canonical request as text, its signed headers and date, and the headers that signing adds to the request."""

    _hidden_fields: ClassVar[frozenset[str]] = frozenset({"text", "added"})

    text: str
    signed_headers: str
    amz_date: str
    added: dict[str, str]


class RequestTemplate(msgspec.Struct, frozen=True):
    """Canonical request of all requests with the same header names, with places for the parts that differ.

    The places are for the query, the header values in the order of select_values, and the hash of the body.
    """

    text: TextTemplate
    select_values: Callable[[Sequence[str]], tuple[str, ...]]
    signed_headers: str


@lru_cache(maxsize=256)  # every call of an operation has the same header names
def request_template(
    method: str,
    base: str,
    normalize_path: bool,  # noqa: FBT001 - lru_cache needs positional arguments
    names: tuple[str, ...],
    has_token: bool,  # noqa: FBT001 - lru_cache needs positional arguments
) -> RequestTemplate | None:
    """Return the template for headers of these names, followed by X-Amz-Date and, with has_token, the session token.

    Returns None for repeated names and for requests that contain headers of the signature.
    """
    host, path = canonical_target(base, normalize_path)
    signed = [_signed_name(name) for name in names]
    signed_names = [name for name in signed if name]
    if len(set(signed_names)) < len(signed_names) or _SIGNATURE_HEADERS & set(signed_names):
        return None
    positions = {name: position for position, name in enumerate(signed) if name} | {"x-amz-date": len(names)}
    if has_token:
        positions["x-amz-security-token"] = len(names) + 1
    lines = {name: f"{name}:{PLACE}\n" for name in positions}
    if "host" not in positions:
        lines["host"] = f"host:{host}\n"
    ordered = sorted(lines)
    signed_headers = ";".join(ordered)
    headers = "".join([lines[name] for name in ordered])
    text = f"{canonical_method(method)}\n{path}\n{PLACE}\n{headers}\n{signed_headers}\n{PLACE}"
    indexes = [positions[name] for name in ordered if name in positions]
    # itemgetter with one index returns the item itself instead of a tuple.
    select = itemgetter(*indexes) if len(indexes) > 1 else itemgetter(slice(indexes[0], indexes[0] + 1))
    return RequestTemplate(TextTemplate.parse(text), select, signed_headers)


def append_token(values: dict[str, str], added: dict[str, str], token: str) -> None:
    """Add the session token to the signed and the added headers; raise if the request has a different token."""
    present = values.get("x-amz-security-token")
    if present is None:
        values["x-amz-security-token"] = added["X-Amz-Security-Token"] = token
    elif present != token:
        raise RequestValidationError(
            "the X-Amz-Security-Token header differs from the session token of the credentials; remove the header"
        )


def group_headers(headers: Headers) -> dict[str, str]:
    """Return the headers to sign by lower-case name: repeated headers joined by commas, white space collapsed."""
    values: dict[str, str] = {}
    for name, value in headers:
        key = _signed_name(name)
        collapsed = " ".join((value if value.isprintable() else _unfold(name, value)).split())
        if key:
            values[key] = f"{values[key]},{collapsed}" if key in values else collapsed
    return values


@lru_cache(maxsize=256)
def _signed_name(name: str) -> str:
    """Return a header's name in lower case, or "" for a header that is not signed."""
    if not HTTP_TOKEN.fullmatch(name):
        raise RequestValidationError(
            "a header name is empty or contains a character that RFC 9110 does not allow, such as a space or line break"
        )
    lower = name.lower()
    return "" if lower in UNSIGNED_HEADERS else lower


def _unfold(name: str, value: str) -> str:
    """Join continuation lines ("obs-fold" of RFC 9112); raise for other control characters, which allow injection."""
    unfolded = _FOLD.sub(" ", value).replace("\t", " ")
    if _is_unsendable(unfolded):
        raise RequestValidationError(
            f"the header {name} contains a line break, another control character or a lone surrogate"
        )
    return unfolded


def _is_unsendable(text: str) -> bool:
    """Return whether a text contains a control character or a lone surrogate."""
    # str.isprintable is a fast path: printable text contains neither.
    return not text.isprintable() and re.search(_UNSENDABLE, text) is not None


@lru_cache(maxsize=64)
def canonical_method(method: str) -> str:
    if not HTTP_TOKEN.fullmatch(method):
        raise RequestValidationError("the HTTP method is empty or has an invalid character: pass GET, POST, …")
    return method.upper()


# Cached without the query, which may contain secrets and rarely repeats.
@lru_cache(maxsize=128)
def canonical_target(url: str, normalize_path: bool) -> tuple[str, str]:  # noqa: FBT001 - lru_cache needs positional arguments
    """Return the Host header and the canonical path of a URL without query."""
    if _is_unsendable(url):
        raise RequestValidationError(
            "the URL to sign contains a line break, another control character or a lone surrogate"
        )
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
    except ValueError:
        raise RequestValidationError("the URL to sign is malformed: its host or port cannot be read") from None
    if not host or parts.scheme not in _DEFAULT_PORTS:
        raise RequestValidationError("the URL to sign must be http or https and contain a host")
    if "@" in parts.netloc or "#" in url:
        raise RequestValidationError("the URL to sign must have no user name, password or fragment")
    if not _HOST.fullmatch(host) or url[0].isspace():
        raise RequestValidationError("the URL to sign has an invalid host; write it in ASCII (punycode)")
    host = f"[{host}]" if parts.netloc[0] == "[" else host
    if port is not None and port != _DEFAULT_PORTS[parts.scheme]:
        host = f"{host}:{port}"
    path = _remove_dot_segments(parts.path) if normalize_path else parts.path or "/"
    # The path, already encoded once for sending, is encoded again: every service except Amazon S3 does so.
    return host, quote(path, safe="/~")


def _remove_dot_segments(path: str) -> str:
    """Resolve dot segments and remove empty segments; a trailing slash stays."""
    segments: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del segments[-1:]
        elif segment not in ("", "."):
            segments.append(segment)
    slash = "/" if segments and path.endswith("/") else ""
    return f"/{'/'.join(segments)}{slash}"


def canonical_query(query: str) -> str:
    """Return the query with normalized encoding, sorted by encoded name and then by encoded value."""
    if "#" in query or _is_unsendable(query):
        raise RequestValidationError("the URL to sign contains a fragment, a control character or a lone surrogate")
    pairs = (pair.partition("=") for pair in query.split("&") if pair)
    encoded = sorted((_normalize_encoding(name), _normalize_encoding(value)) for name, _, value in pairs)
    return "&".join([f"{name}={value}" for name, value in encoded])


def _normalize_encoding(text: str) -> str:
    """Percent-encode everything except unreserved characters, without double encoding; + is a literal plus sign."""
    return quote(unquote_to_bytes(text), safe="-_.~")
