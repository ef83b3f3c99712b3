"""SigV4Signer: signing keys, the string to sign and the headers to add. Pure: no clock, no network.

"AWS Signature Version 4 for API requests", https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
"""

from __future__ import annotations

import hmac
import re
import weakref
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from math import floor
from typing import TYPE_CHECKING, ClassVar

from wsclient._core.argument_checks import checked
from wsclient._core.credentials import Credentials
from wsclient._core.errors import ConfigurationError, RequestValidationError
from wsclient._core.reprs import RedactedStruct
from wsclient._core.tracebacks import without_locals
from wsclient._core.value_kinds import BOOL, TEXT, type_name
from wsclient.signing._canonical_request import (
    HTTP_TOKEN,
    CanonicalRequest,
    Headers,
    append_token,
    canonical_method,
    canonical_query,
    canonical_target,
    group_headers,
    request_template,
)

if TYPE_CHECKING:
    from hashlib import _Hash  # pyright: ignore[reportPrivateUsage] - the type has no public name


ALGORITHM = "AWS4-HMAC-SHA256"
"""Name of the algorithm in the Authorization header and the string to sign."""
TERMINATOR = "aws4_request"
"""Last part of the credential scope."""
_AMZ_DATE = re.compile(r"[0-9]{8}T[0-9]{6}Z")
_BLOCK_BYTES = 64
_INNER_PAD = bytes(byte ^ 0x36 for byte in range(256))
_OUTER_PAD = bytes(byte ^ 0x5C for byte in range(256))


def _require_signable(headers: object, body: object) -> None:
    """Raise RequestValidationError for headers that are a mapping, and for a body of text."""
    if isinstance(headers, Mapping):
        raise RequestValidationError(
            "headers must be a list of pairs, because names may repeat; use [*headers.items()]"
        )
    if not isinstance(body, bytes | bytearray | memoryview):
        raise RequestValidationError(f"body must be bytes, not {type_name(body)}; encode a text, as it will be sent")


class _SigningKey(RedactedStruct, frozen=True):
    """Derived signing key, with the credentials and day that it is valid for.

    The key is stored as HMAC's two initial hash states (RFC 2104), which halves the time of a signature.
    """

    _hidden_fields: ClassVar[frozenset[str]] = frozenset({"credentials", "secret_digest", "inner", "outer"})

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


class SigV4Signer:
    """Signer of requests to one service in one region; safe to share between threads and event loops.

    normalize_path=False keeps dot segments and repeated slashes of the path. Either way, the canonical path encodes
    every character that is not unreserved, percent signs included, as every service except Amazon S3 expects.
    """

    @checked({"service": TEXT, "region": TEXT, "normalize_path": BOOL})
    def __init__(self, service: str, region: str, *, normalize_path: bool = True) -> None:
        for name, value in (("service", service), ("region", region)):
            if not HTTP_TOKEN.fullmatch(value):
                raise ConfigurationError(f"SigV4Signer: {name} {value!r} is not valid in a credential scope")
        self.service = service
        self.region = region
        self._scope_end = f"{region}/{service}/{TERMINATOR}"
        self._normalize_path = normalize_path
        # One entry, replaced atomically: it needs no lock, and new credentials evict the old key. The entry is matched
        # by a digest of the secret, because an access key id may come with another secret. An idle signer thus holds no
        # secret, only a key that is valid for this day, region and service.
        self._cached: _SigningKey | None = None

    @without_locals
    def sign(
        self, method: str, url: str, headers: Headers, body: bytes, credentials: Credentials, at: datetime
    ) -> dict[str, str]:
        """Return the headers to add: Authorization, and X-Amz-Date and X-Amz-Security-Token if they are missing.

        The host comes from the Host header, or else from the URL. An X-Amz-Date header is used as the time of the
        signature, an X-Amz-Content-Sha256 header as the hash of the body. at must be timezone-aware. Raises
        RequestValidationError for a URL, method or header that cannot be signed, ConfigurationError for a naive at.
        """
        _require_signable(headers, body)
        return self.signed_headers(method, url, headers, body, credentials, at)

    def signed_headers(
        self, method: str, url: str, headers: Headers, body: bytes, credentials: Credentials, at: datetime
    ) -> dict[str, str]:
        """Do what sign() does, for a caller that hides the locals of its own frames."""
        canonical = self._canonical(method, url, headers, body, credentials, at)
        added, date = canonical.added, canonical.amz_date[:8]
        key = self._signing_key(credentials, date)
        signature = key.signature(self._string_to_sign(canonical))
        added["Authorization"] = (
            f"{ALGORITHM} Credential={credentials.access_key_id}/{date}/{self._scope_end}, "
            f"SignedHeaders={canonical.signed_headers}, Signature={signature}"
        )
        return added

    @without_locals
    def canonical_request(
        self, method: str, url: str, headers: Headers, body: bytes, credentials: Credentials, at: datetime
    ) -> str:
        """Return the canonical request that sign() would sign; it contains the session token."""
        _require_signable(headers, body)
        return self._canonical(method, url, headers, body, credentials, at).text

    @without_locals
    def string_to_sign(
        self, method: str, url: str, headers: Headers, body: bytes, credentials: Credentials, at: datetime
    ) -> str:
        """Return the string to sign of the request that sign() would sign."""
        _require_signable(headers, body)
        return self._string_to_sign(self._canonical(method, url, headers, body, credentials, at))

    def _canonical(
        self, method: str, url: str, headers: Headers, body: bytes, credentials: Credentials, at: datetime
    ) -> CanonicalRequest:
        base, _, query = url.partition("?")
        token, values = credentials.session_token, [value for _, value in headers]
        names = tuple([name for name, _ in headers])
        template = request_template(method, base, self._normalize_path, names, token is not None)
        # Fast path: one scan over all values joined; only two adjacent spaces require collapsing white space.
        joined = f" {' '.join(values)} "
        if template is None or "  " in joined or not joined.isprintable():
            return self._render(method, url, headers, body, credentials, at)
        amz_date = format_amz_date(at)
        values.append(amz_date)
        added = {"X-Amz-Date": amz_date}
        if token is not None:
            values.append(token)
            added["X-Amz-Security-Token"] = token
        encoded_query = canonical_query(query) if query else ""
        text = template.text.fill((encoded_query, *template.select_values(values), sha256(body).hexdigest()))
        return CanonicalRequest(text, template.signed_headers, amz_date, added)

    def _render(
        self, method: str, url: str, headers: Headers, body: bytes, credentials: Credentials, at: datetime
    ) -> CanonicalRequest:
        """Build the canonical request of repeated headers, white space to collapse, or headers of the signature."""
        base, _, query = url.partition("?")
        host, path = canonical_target(base, self._normalize_path)
        values, now = group_headers(headers), format_amz_date(at)
        added: dict[str, str] = {}
        amz_date = values.get("x-amz-date")
        if amz_date is None:
            amz_date = values["x-amz-date"] = added["X-Amz-Date"] = now
        elif not _AMZ_DATE.fullmatch(amz_date):
            raise RequestValidationError("the X-Amz-Date header must have the form 20150830T123600Z")
        if credentials.session_token is not None:
            append_token(values, added, credentials.session_token)
        if "host" not in values:
            values["host"] = host
        names = sorted(values)
        signed_headers = ";".join(names)
        lines = "".join([f"{name}:{values[name]}\n" for name in names])
        payload_hash = values.get("x-amz-content-sha256") or sha256(body).hexdigest()
        encoded_query = canonical_query(query) if query else ""
        text = f"{canonical_method(method)}\n{path}\n{encoded_query}\n{lines}\n{signed_headers}\n{payload_hash}"
        return CanonicalRequest(text, signed_headers, amz_date, added)

    def _string_to_sign(self, canonical: CanonicalRequest) -> str:
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
        """Return the service and region, without the cached key."""
        return f"SigV4Signer({self.service!r}, {self.region!r})"

    def __reduce__(self) -> tuple[object, ...]:
        """Return the arguments for copy and pickle, without the cached key."""
        return _signer, (self.service, self.region, self._normalize_path)


def derive_signing_key(secret_access_key: str, date: str, region: str, service: str) -> bytes:
    """Derive the signing key for a date (YYYYMMDD), region and service from a secret access key."""
    key = f"AWS4{secret_access_key}".encode()
    for part in (date, region, service, TERMINATOR):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def format_amz_date(at: datetime) -> str:
    """Format an instant for X-Amz-Date: 20150830T123600Z. Raises ConfigurationError for a naive datetime."""
    if at.tzinfo is not UTC and at.utcoffset() is None:
        raise ConfigurationError("the time of a signature must be an aware datetime, for example datetime.now(UTC)")
    return _format_timestamp(floor(at.timestamp()))


@lru_cache(maxsize=4)  # requests of the same second share the result
def _format_timestamp(timestamp: int) -> str:
    at = datetime.fromtimestamp(timestamp, UTC)
    return f"{at.year:04}{at.month:02}{at.day:02}T{at.hour:02}{at.minute:02}{at.second:02}Z"


def _signer(service: str, region: str, normalize_path: bool) -> SigV4Signer:  # noqa: FBT001 - pickle passes positions
    return SigV4Signer(service, region, normalize_path=normalize_path)
