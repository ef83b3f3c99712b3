"""The canonical request."""

from __future__ import annotations

import re
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import quote, unquote_to_bytes, urlsplit

import msgspec

from wsclient._core.errors import RequestValidationError
from wsclient._core.reprs import RedactedStruct

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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
"""Headers that a proxy or the transport may add or change on the way, so that no AWS SDK signs them."""

HTTP_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+\-.^_`|~]+")
_FOLD = re.compile(r"\r?\n[ \t]+")
_HOST = re.compile(r"[a-z0-9._~-]+|[0-9a-f:.]+(%[A-Za-z0-9._~%-]+)?")
# C0, DEL and C1 controls, and halves of surrogate pairs, which UTF-8 has no bytes for.
_UNSENDABLE = r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]"
_DEFAULT_PORTS = {"http": 80, "https": 443}
_SAYS_WHAT_IS_SIGNED = frozenset({"x-amz-date", "x-amz-security-token", "x-amz-content-sha256"})


class CanonicalRequest(RedactedStruct, frozen=True):
    """A request in the form that is signed, what the signature says of it, and the headers it adds."""

    _hidden_fields: ClassVar[frozenset[str]] = frozenset({"text", "added"})

    text: str
    signed_headers: str
    amz_date: str
    added: dict[str, str]


class RequestTemplate(msgspec.Struct, frozen=True):
    """Requests with the same headers in their canonical form, with places for what differs.

    Those are the query, the values in the order that in_order gives them, and the hash of the body.
    """

    text: str
    in_order: Callable[[Sequence[str]], tuple[str, ...]]
    signed_headers: str


@lru_cache(maxsize=256)  # an operation's headers come again with each call
def request_template(
    method: str,
    base: str,
    normalize_path: bool,  # noqa: FBT001 - as below
    names: tuple[str, ...],
    has_token: bool,  # noqa: FBT001 - keys of the cache are positional
) -> RequestTemplate | None:
    """Return the form for headers of these names, followed by the date and, perhaps, the token; None for some."""
    host, path = canonical_target(base, normalize_path)
    signed = [_signed_name(name) for name in names]
    kept = [name for name in signed if name]
    if len(set(kept)) < len(kept) or _SAYS_WHAT_IS_SIGNED & set(kept):
        return None
    places = {name: place for place, name in enumerate(signed) if name} | {"x-amz-date": len(names)}
    if has_token:
        places["x-amz-security-token"] = len(names) + 1
    lines = {name: f"{name}:%s\n".replace("%", "%%").replace("%%s\n", "%s\n") for name in places}
    if "host" not in places:
        lines["host"] = f"host:{host}\n".replace("%", "%%")
    ordered = sorted(lines)
    signed_headers = ";".join(ordered)
    head = f"{canonical_method(method)}\n{path}\n".replace("%", "%%")
    text = f"{head}%s\n{''.join(lines[name] for name in ordered)}\n{signed_headers.replace('%', '%%')}\n%s"
    found = [places[name] for name in ordered if name in places]
    # Of one place, itemgetter gives no tuple.
    in_order = itemgetter(*found) if len(found) > 1 else itemgetter(slice(found[0], found[0] + 1))
    return RequestTemplate(text, in_order, signed_headers)


def append_token(values: dict[str, str], added: dict[str, str], token: str) -> None:
    given = values.get("x-amz-security-token")
    if given is None:
        values["x-amz-security-token"] = added["X-Amz-Security-Token"] = token
    elif given != token:
        raise RequestValidationError("the headers hold a session token that is not the credentials' own")


def group_headers(headers: Headers) -> dict[str, str]:
    """Return the headers to sign by lower-case name, repeated ones joined by commas, white space folded."""
    values: dict[str, str] = {}
    for name, value in headers:
        key = _signed_name(name)
        folded = " ".join((value if value.isprintable() else _unfolded(name, value)).split())
        if key:
            values[key] = f"{values[key]},{folded}" if key in values else folded
    return values


@lru_cache(maxsize=256)
def _signed_name(name: str) -> str:
    """Return a header's name as it is signed, "" for a header that is not; names are few and come again."""
    if not HTTP_TOKEN.fullmatch(name):
        raise RequestValidationError(
            "a header's name is empty or holds a space, a line break or another character no HTTP header name has"
        )
    lower = name.lower()
    return "" if lower in UNSIGNED_HEADERS else lower


def _unfolded(name: str, value: str) -> str:
    """Join continuation lines ("obs-fold" of RFC 9112); other control characters could break out of the header."""
    flat = _FOLD.sub(" ", value).replace("\t", " ")
    if _is_unsendable(flat):
        raise RequestValidationError(
            f"the header {name} holds a line break, another control character or a lone surrogate"
        )
    return flat


def _is_unsendable(text: str) -> bool:
    """Tell whether a text holds a control character or a lone surrogate; printable text, as nearly all is, cannot."""
    return not text.isprintable() and re.search(_UNSENDABLE, text) is not None


@lru_cache(maxsize=64)
def canonical_method(method: str) -> str:
    if not HTTP_TOKEN.fullmatch(method):
        raise RequestValidationError("the HTTP method is empty or holds characters no method has: pass GET, POST, …")
    return method.upper()


# Kept for URLs without their query, which may hold what should not stay in memory and rarely comes twice.
@lru_cache(maxsize=128)
def canonical_target(url: str, normalize_path: bool) -> tuple[str, str]:  # noqa: FBT001 - keys of the cache are positional
    """Return the host header and the canonical path of a URL without query."""
    if _is_unsendable(url):
        raise RequestValidationError(
            "the URL to sign holds a line break, another control character or a lone surrogate"
        )
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
    except ValueError:
        raise RequestValidationError("the URL to sign is malformed: its host or port cannot be read") from None
    if not host or parts.scheme not in _DEFAULT_PORTS:
        raise RequestValidationError("the URL to sign must be http or https and name a host")
    if "@" in parts.netloc or "#" in url:
        raise RequestValidationError("the URL to sign must have no user name, password or fragment")
    if not _HOST.fullmatch(host) or url[0].isspace():
        raise RequestValidationError("the URL to sign has a host no host can have; write it in ASCII (punycode)")
    host = f"[{host}]" if parts.netloc[0] == "[" else host
    if port is not None and port != _DEFAULT_PORTS[parts.scheme]:
        host = f"{host}:{port}"
    path = _without_dots(parts.path) if normalize_path else parts.path or "/"
    # The path that was sent is encoded once more, as every service but Amazon S3 does.
    return host, quote(path, safe="/~")


def _without_dots(path: str) -> str:
    """Resolve dot segments and drop empty ones; a last slash stays."""
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del kept[-1:]
        elif segment not in ("", "."):
            kept.append(segment)
    slash = "/" if kept and path.endswith("/") else ""
    return f"/{'/'.join(kept)}{slash}"


def canonical_query(query: str) -> str:
    """Return the parameters encoded one way, sorted by encoded name and then by encoded value."""
    if "#" in query or _is_unsendable(query):
        raise RequestValidationError("the URL to sign has a fragment, a control character or a lone surrogate in it")
    pairs = (pair.partition("=") for pair in query.split("&") if pair)
    encoded = sorted((_encoded(name), _encoded(value)) for name, _, value in pairs)
    return "&".join([f"{name}={value}" for name, value in encoded])


def _encoded(text: str) -> str:
    """Encode everything but unreserved characters; what is encoded already stays encoded once, and + is a plus."""
    return quote(unquote_to_bytes(text), safe="-_.~")
