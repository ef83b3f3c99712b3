"""Signature Version 4 for the headers of any HTTP request, pure: no clock, no network, nothing changed in place.

"AWS Signature Version 4 for API requests", https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote_to_bytes, urlsplit

from wsclient._errors import ConfigurationError, RequestValidationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from wsclient.credentials import Credentials

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
_AMZ_DATE = re.compile(r"\d{8}T\d{6}Z")
_FOLD = re.compile(r"\r?\n[ \t]+")
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class _SigningKey:
    """A derived key, with what it was derived for: another secret or another day never gets it."""

    secret_access_key: str
    date: str
    key: bytes


@dataclass(frozen=True, slots=True)
class _Canonical:
    """A request in the form that is signed, and what the signature says of it."""

    text: str
    signed_headers: str
    amz_date: str
    added: dict[str, str]


class SigV4Signer:
    """Signs requests to one service in one region.

    normalize_path=False leaves dot segments and repeated slashes of the path alone, as Amazon S3 wants it.
    """

    def __init__(self, service: str, region: str, *, normalize_path: bool = True) -> None:
        for name, value in (("service", service), ("region", region)):
            if not _TOKEN.fullmatch(value):
                raise ConfigurationError(f"SigV4Signer: {name} {value!r} cannot stand in a credential scope")
        self.service = service
        self.region = region
        self._scope_end = f"{region}/{service}/{TERMINATOR}"
        self._normalize_path = normalize_path
        # One key, replaced as a whole: reading and replacing it needs no lock.
        self._cached = _SigningKey("", "", b"")

    def sign(
        self, method: str, url: str, headers: Headers, body: bytes, credentials: Credentials, at: datetime
    ) -> dict[str, str]:
        """Return the headers to add: Authorization, and X-Amz-Date and X-Amz-Security-Token where they are not there.

        host is taken from the URL unless it is among the headers. An x-amz-date among the headers is kept and rules
        the credential scope; an x-amz-content-sha256 is taken for the hash of the body. at must be aware. Raises
        RequestValidationError for a URL, method or header that cannot be signed.
        """
        canonical = self._canonical(method, url, headers, body, credentials, at)
        date = canonical.amz_date[:8]
        key = self._signing_key(credentials.secret_access_key, date)
        signature = hmac.digest(key, self._string_to_sign(canonical).encode(), "sha256").hex()
        return canonical.added | {
            "Authorization": (
                f"{ALGORITHM} Credential={credentials.access_key_id}/{date}/{self._scope_end}, "
                f"SignedHeaders={canonical.signed_headers}, Signature={signature}"
            )
        }

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
        host, path, query = _split_url(url, self._normalize_path)
        values = _grouped(headers)
        added: dict[str, str] = {}
        if "x-amz-date" not in values:
            values["x-amz-date"] = added["X-Amz-Date"] = format_amz_date(at)
        elif not _AMZ_DATE.fullmatch(values["x-amz-date"]):
            raise RequestValidationError("the x-amz-date header among the headers is not of the form 20150830T123600Z")
        if credentials.session_token is not None:
            _add_token(values, added, credentials.session_token)
        values.setdefault("host", host)
        names = sorted(values)
        signed_headers = ";".join(names)
        lines = "".join([f"{name}:{values[name]}\n" for name in names])
        payload_hash = values.get("x-amz-content-sha256") or sha256(body).hexdigest()
        text = f"{_method(method)}\n{path}\n{query}\n{lines}\n{signed_headers}\n{payload_hash}"
        return _Canonical(text, signed_headers, values["x-amz-date"], added)

    def _string_to_sign(self, canonical: _Canonical) -> str:
        digest = sha256(canonical.text.encode()).hexdigest()
        return f"{ALGORITHM}\n{canonical.amz_date}\n{canonical.amz_date[:8]}/{self._scope_end}\n{digest}"

    def _signing_key(self, secret_access_key: str, date: str) -> bytes:
        cached = self._cached
        if cached.date == date and cached.secret_access_key == secret_access_key:
            return cached.key
        key = derive_signing_key(secret_access_key, date, self.region, self.service)
        self._cached = _SigningKey(secret_access_key, date, key)
        return key

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
    if at.tzinfo is not UTC:
        if at.utcoffset() is None:
            raise ConfigurationError("the time of a signature must be an aware datetime, as in datetime.now(UTC)")
        at = at.astimezone(UTC)
    return f"{at.year:04}{at.month:02}{at.day:02}T{at.hour:02}{at.minute:02}{at.second:02}Z"


def _signer(service: str, region: str, normalize_path: bool) -> SigV4Signer:  # noqa: FBT001 - pickle passes positions
    return SigV4Signer(service, region, normalize_path=normalize_path)


def _add_token(values: dict[str, str], added: dict[str, str], token: str) -> None:
    given = values.get("x-amz-security-token")
    if given is None:
        values["x-amz-security-token"] = added["X-Amz-Security-Token"] = token
    elif given != token:
        raise RequestValidationError("the headers hold a session token that is not the credentials' own")


def _grouped(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the headers to sign by lower-case name, repeated ones joined by commas, white space folded."""
    values: dict[str, str] = {}
    for name, value in headers:
        key = _header_name(name)
        if key is None:
            continue
        folded = " ".join((value if value.isprintable() else _unfolded(key, value)).split())
        values[key] = f"{values[key]},{folded}" if key in values else folded
    return values


@lru_cache(maxsize=256)
def _header_name(name: str) -> str | None:
    """Return a header's name as it is signed, None for a header that is not."""
    lower = name.strip().lower()
    if not _TOKEN.fullmatch(lower):
        raise RequestValidationError(f"{name!r} is no name of an HTTP header")
    return None if lower in UNSIGNED_HEADERS else lower


def _unfolded(name: str, value: str) -> str:
    """Join a value's continuation lines; whatever else is not printable could break out of the header."""
    flat = _FOLD.sub(" ", value).replace("\t", " ")
    if any(ord(character) < ord(" ") or ord(character) == 0x7F for character in flat):  # noqa: PLR2004 - DEL
        raise RequestValidationError(f"the header {name} holds a control character or a line break")
    return flat


@lru_cache(maxsize=64)
def _method(method: str) -> str:
    if not _TOKEN.fullmatch(method):
        raise RequestValidationError(f"{method!r} is no HTTP method")
    return method.upper()


@lru_cache(maxsize=128)
def _split_url(url: str, normalize_path: bool) -> tuple[str, str, str]:  # noqa: FBT001 - keys of the cache are positional
    """Return host, canonical path and canonical query of a URL; remembered, since a client calls few URLs."""
    if any(ord(character) < ord(" ") for character in url):
        raise RequestValidationError("the URL to sign holds a control character")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise RequestValidationError("the URL to sign is malformed: its host or port cannot be read") from None
    if not parts.hostname or parts.scheme not in _DEFAULT_PORTS:
        raise RequestValidationError("the URL to sign must be http or https and name a host")
    if "@" in parts.netloc or parts.fragment:
        raise RequestValidationError("the URL to sign must have no user name, password or fragment")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    if port is not None and port != _DEFAULT_PORTS[parts.scheme]:
        host = f"{host}:{port}"
    path = _without_dots(parts.path) if normalize_path else parts.path or "/"
    # The path that was sent is encoded once more, as every service but Amazon S3 does.
    return host, quote(path, safe="/~", errors="surrogatepass"), _canonical_query(parts.query)


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
    """Return the parameters encoded one way, sorted by name and then by value."""
    pairs = (pair.partition("=") for pair in query.split("&") if pair)
    encoded = sorted((_encoded(name), _encoded(value)) for name, _, value in pairs)
    return "&".join(f"{name}={value}" for name, value in encoded)


def _encoded(text: str) -> str:
    """Encode everything but unreserved characters; what is encoded already stays encoded once."""
    return quote(unquote_to_bytes(text), safe="-_.~")
