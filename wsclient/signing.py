"""Signature Version 4 for the headers of any HTTP request, pure: no clock, no network, nothing changed in place.

"AWS Signature Version 4 for API requests", https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
"""

from __future__ import annotations

import hmac
import re
import weakref
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from math import floor
from operator import itemgetter
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import quote, unquote_to_bytes, urlsplit

import msgspec

from wsclient._errors import ConfigurationError, RequestValidationError
from wsclient._guarded import Guarded

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from hashlib import _Hash  # pyright: ignore[reportPrivateUsage] - the type has no public name

    from wsclient._credentials import Credentials

    Headers = Sequence[tuple[str, str]]

ALGORITHM = "AWS4-HMAC-SHA256"
TERMINATOR = "aws4_request"
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

_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+\-.^_`|~]+")
_AMZ_DATE = re.compile(r"[0-9]{8}T[0-9]{6}Z")
_FOLD = re.compile(r"\r?\n[ \t]+")
_HOST = re.compile(r"[a-z0-9._~-]+|[0-9a-f:.]+(%[A-Za-z0-9._~%-]+)?")
# C0, DEL and C1 controls, and halves of surrogate pairs, which UTF-8 has no bytes for.
_UNSENDABLE = r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]"
_DEFAULT_PORTS = {"http": 80, "https": 443}
_SAYS_WHAT_IS_SIGNED = frozenset({"x-amz-date", "x-amz-security-token", "x-amz-content-sha256"})
_BLOCK_BYTES = 64
_INNER_PAD = bytes(byte ^ 0x36 for byte in range(256))
_OUTER_PAD = bytes(byte ^ 0x5C for byte in range(256))


class _SigningKey(Guarded, frozen=True):
    """A derived key, with what it was derived for: another secret or another day never gets it.

    The key is kept as the two hashes that HMAC begins with (RFC 2104), which takes half the time of beginning anew.
    """

    _unseen: ClassVar[frozenset[str]] = frozenset({"credentials", "secret_digest", "inner", "outer"})

    credentials: weakref.ref[Credentials]
    secret_digest: bytes
    date: str
    inner: _Hash
    outer: _Hash

    def signature(self, text: str) -> str:
        """Return the HMAC of a text in hexadecimal."""
        inner, outer = self.inner.copy(), self.outer.copy()
        inner.update(text.encode())
        outer.update(inner.digest())
        return outer.hexdigest()


class _Canonical(Guarded, frozen=True):
    """A request in the form that is signed, what the signature says of it, and the headers it adds."""

    _unseen: ClassVar[frozenset[str]] = frozenset({"text", "added"})

    text: str
    signed_headers: str
    amz_date: str
    added: dict[str, str]


class SigV4Signer:
    """Signs requests to one service in one region; safe to share between threads and event loops.

    normalize_path=False leaves dot segments and repeated slashes of the path as they are; characters that are not
    unreserved are encoded all the same, a percent sign too, which every service but Amazon S3 expects.
    """

    def __init__(self, service: str, region: str, *, normalize_path: bool = True) -> None:
        for name, value in (("service", service), ("region", region)):
            if not _TOKEN.fullmatch(value):
                raise ConfigurationError(f"SigV4Signer: {name} {value!r} cannot stand in a credential scope")
        self.service = service
        self.region = region
        self._scope_end = f"{region}/{service}/{TERMINATOR}"
        self._normalize_path = normalize_path
        # One slot, replaced as a whole: it needs no lock, and a key goes as soon as other credentials come. A digest
        # of the secret decides whose key it is, since an access key id may come with another secret, and an idle
        # signer then keeps no secret: only a key that AWS takes for this day, region and service.
        self._cached: _SigningKey | None = None

    def sign(
        self, method: str, url: str, headers: Headers, body: bytes, credentials: Credentials, at: datetime
    ) -> dict[str, str]:
        """Return the headers to add: Authorization, and X-Amz-Date and X-Amz-Security-Token where they are not there.

        host is taken from the URL unless it is among the headers. An x-amz-date among the headers is kept and rules
        the credential scope; an x-amz-content-sha256 is taken for the hash of the body. Raises RequestValidationError
        for a URL, method or header that cannot be signed, and ConfigurationError when at is naive.
        """
        canonical = self._canonical(method, url, headers, body, credentials, at)
        added, date = canonical.added, canonical.amz_date[:8]
        key = self._signing_key(credentials, date)
        signature = key.signature(self._string_to_sign(canonical))
        added["Authorization"] = (
            f"{ALGORITHM} Credential={credentials.access_key_id}/{date}/{self._scope_end}, "
            f"SignedHeaders={canonical.signed_headers}, Signature={signature}"
        )
        return added

    def canonical_request(
        self, method: str, url: str, headers: Headers, body: bytes, credentials: Credentials, at: datetime
    ) -> str:
        """Return the canonical request that sign() would sign; it contains the session token."""
        return self._canonical(method, url, headers, body, credentials, at).text

    def string_to_sign(
        self, method: str, url: str, headers: Headers, body: bytes, credentials: Credentials, at: datetime
    ) -> str:
        """Return the string to sign of the request that sign() would sign."""
        return self._string_to_sign(self._canonical(method, url, headers, body, credentials, at))

    def _canonical(
        self, method: str, url: str, headers: Headers, body: bytes, credentials: Credentials, at: datetime
    ) -> _Canonical:
        base, _, query = url.partition("?")
        token, values = credentials.session_token, [value for _, value in headers]
        names = tuple([name for name, _ in headers])
        form = _form(method, base, self._normalize_path, names, token is not None)
        together = f" {' '.join(values)} "
        # One look at all values: nothing to fold, unless two spaces are side by side.
        if form is None or "  " in together or not together.isprintable():
            return self._folded(method, url, headers, body, credentials, at)
        amz_date = format_amz_date(at)
        values.append(amz_date)
        added = {"X-Amz-Date": amz_date}
        if token is not None:
            values.append(token)
            added["X-Amz-Security-Token"] = token
        canonical_query = _canonical_query(query) if query else ""
        text = form.text % (canonical_query, *form.in_order(values), sha256(body).hexdigest())
        return _Canonical(text, form.signed_headers, amz_date, added)

    def _folded(
        self, method: str, url: str, headers: Headers, body: bytes, credentials: Credentials, at: datetime
    ) -> _Canonical:
        """Do the same for headers that are repeated, hold white space to fold, or say themselves what is signed."""
        base, _, query = url.partition("?")
        host, path = _target(base, self._normalize_path)
        values, now = _grouped(headers), format_amz_date(at)
        added: dict[str, str] = {}
        amz_date = values.get("x-amz-date")
        if amz_date is None:
            amz_date = values["x-amz-date"] = added["X-Amz-Date"] = now
        elif not _AMZ_DATE.fullmatch(amz_date):
            raise RequestValidationError("the x-amz-date header among the headers is not of the form 20150830T123600Z")
        if credentials.session_token is not None:
            _add_token(values, added, credentials.session_token)
        if "host" not in values:
            values["host"] = host
        names = sorted(values)
        signed_headers = ";".join(names)
        lines = "".join([f"{name}:{values[name]}\n" for name in names])
        payload_hash = values.get("x-amz-content-sha256") or sha256(body).hexdigest()
        canonical_query = _canonical_query(query) if query else ""
        text = f"{_method(method)}\n{path}\n{canonical_query}\n{lines}\n{signed_headers}\n{payload_hash}"
        return _Canonical(text, signed_headers, amz_date, added)

    def _string_to_sign(self, canonical: _Canonical) -> str:
        digest = sha256(canonical.text.encode()).hexdigest()
        return f"{ALGORITHM}\n{canonical.amz_date}\n{canonical.amz_date[:8]}/{self._scope_end}\n{digest}"

    def _signing_key(self, credentials: Credentials, date: str) -> _SigningKey:
        cached = self._cached
        if cached is not None and cached.credentials() is credentials and cached.date == date:
            return cached
        secret = credentials.secret_access_key
        digest = sha256(secret.encode()).digest()
        if cached is not None and cached.secret_digest == digest and cached.date == date:
            return cached
        key = derive_signing_key(secret, date, self.region, self.service).ljust(_BLOCK_BYTES, b"\0")
        inner, outer = sha256(key.translate(_INNER_PAD)), sha256(key.translate(_OUTER_PAD))
        self._cached = _SigningKey(weakref.ref(credentials), digest, date, inner, outer)
        return self._cached

    def __repr__(self) -> str:
        """Show the scope; the cached key stays unseen."""
        return f"SigV4Signer({self.service!r}, {self.region!r})"

    def __reduce__(self) -> tuple[object, ...]:
        """Copy and pickle without the cached key."""
        return _signer, (self.service, self.region, self._normalize_path)


def derive_signing_key(secret_access_key: str, date: str, region: str, service: str) -> bytes:
    """Derive the key of a day (YYYYMMDD) and scope from a secret access key."""
    key = f"AWS4{secret_access_key}".encode()
    for part in (date, region, service, TERMINATOR):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def format_amz_date(at: datetime) -> str:
    """Return an instant as X-Amz-Date has it: 20150830T123600Z. Raises ConfigurationError for a naive datetime."""
    if at.tzinfo is not UTC and at.utcoffset() is None:
        raise ConfigurationError("the time of a signature must be an aware datetime, as in datetime.now(UTC)")
    return _formatted(floor(at.timestamp()))


@lru_cache(maxsize=4)  # many requests are signed within a second
def _formatted(timestamp: int) -> str:
    at = datetime.fromtimestamp(timestamp, UTC)
    return f"{at.year:04}{at.month:02}{at.day:02}T{at.hour:02}{at.minute:02}{at.second:02}Z"


class _Form(msgspec.Struct, frozen=True):
    """Requests with the same headers in their canonical form, with places for what differs.

    Those are the query, the values in the order that in_order gives them, and the hash of the body.
    """

    text: str
    in_order: Callable[[Sequence[str]], tuple[str, ...]]
    signed_headers: str


@lru_cache(maxsize=256)  # an operation's headers come again with each call
def _form(
    method: str,
    base: str,
    normalize_path: bool,  # noqa: FBT001 - as below
    names: tuple[str, ...],
    has_token: bool,  # noqa: FBT001 - keys of the cache are positional
) -> _Form | None:
    """Return the form for headers of these names, followed by the date and, perhaps, the token; None for some."""
    host, path = _target(base, normalize_path)
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
    head = f"{_method(method)}\n{path}\n".replace("%", "%%")
    text = f"{head}%s\n{''.join(lines[name] for name in ordered)}\n{signed_headers.replace('%', '%%')}\n%s"
    found = [places[name] for name in ordered if name in places]
    # Of one place, itemgetter gives no tuple.
    in_order = itemgetter(*found) if len(found) > 1 else itemgetter(slice(found[0], found[0] + 1))
    return _Form(text, in_order, signed_headers)


def _signer(service: str, region: str, normalize_path: bool) -> SigV4Signer:  # noqa: FBT001 - pickle passes positions
    return SigV4Signer(service, region, normalize_path=normalize_path)


def _add_token(values: dict[str, str], added: dict[str, str], token: str) -> None:
    given = values.get("x-amz-security-token")
    if given is None:
        values["x-amz-security-token"] = added["X-Amz-Security-Token"] = token
    elif given != token:
        raise RequestValidationError("the headers hold a session token that is not the credentials' own")


def _grouped(headers: Headers) -> dict[str, str]:
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
    if not _TOKEN.fullmatch(name):
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
def _method(method: str) -> str:
    if not _TOKEN.fullmatch(method):
        raise RequestValidationError("the HTTP method is empty or holds characters no method has: pass GET, POST, …")
    return method.upper()


# Kept for URLs without their query, which may hold what should not stay in memory and rarely comes twice.
@lru_cache(maxsize=128)
def _target(url: str, normalize_path: bool) -> tuple[str, str]:  # noqa: FBT001 - keys of the cache are positional
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


def _canonical_query(query: str) -> str:
    """Return the parameters encoded one way, sorted by encoded name and then by encoded value."""
    if "#" in query or _is_unsendable(query):
        raise RequestValidationError("the URL to sign has a fragment, a control character or a lone surrogate in it")
    pairs = (pair.partition("=") for pair in query.split("&") if pair)
    encoded = sorted((_encoded(name), _encoded(value)) for name, _, value in pairs)
    return "&".join([f"{name}={value}" for name, value in encoded])


def _encoded(text: str) -> str:
    """Encode everything but unreserved characters; what is encoded already stays encoded once, and + is a plus."""
    return quote(unquote_to_bytes(text), safe="-_.~")
