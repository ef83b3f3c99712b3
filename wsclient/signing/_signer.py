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
from typing import TYPE_CHECKING, ClassVar

from wsclient._core.errors import ConfigurationError, RequestValidationError
from wsclient._core.reprs import RedactedStruct
from wsclient.signing._canonical_request import (
    HTTP_TOKEN,
    CanonicalRequest,
    append_token,
    canonical_method,
    canonical_query,
    canonical_target,
    group_headers,
    request_template,
)

if TYPE_CHECKING:
    from hashlib import _Hash  # pyright: ignore[reportPrivateUsage] - the type has no public name

    from wsclient._core.credentials import Credentials
    from wsclient.signing._canonical_request import Headers


ALGORITHM = "AWS4-HMAC-SHA256"
TERMINATOR = "aws4_request"
_AMZ_DATE = re.compile(r"[0-9]{8}T[0-9]{6}Z")
_BLOCK_BYTES = 64
_INNER_PAD = bytes(byte ^ 0x36 for byte in range(256))
_OUTER_PAD = bytes(byte ^ 0x5C for byte in range(256))


class _SigningKey(RedactedStruct, frozen=True):
    """A derived key, with what it was derived for: another secret or another day never gets it.

    The key is kept as the two hashes that HMAC begins with (RFC 2104), which takes half the time of beginning anew.
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
    """Signs requests to one service in one region; safe to share between threads and event loops.

    normalize_path=False leaves dot segments and repeated slashes of the path as they are; characters that are not
    unreserved are encoded all the same, a percent sign too, which every service but Amazon S3 expects.
    """

    def __init__(self, service: str, region: str, *, normalize_path: bool = True) -> None:
        for name, value in (("service", service), ("region", region)):
            if not HTTP_TOKEN.fullmatch(value):
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
    ) -> CanonicalRequest:
        base, _, query = url.partition("?")
        token, values = credentials.session_token, [value for _, value in headers]
        names = tuple([name for name, _ in headers])
        form = request_template(method, base, self._normalize_path, names, token is not None)
        together = f" {' '.join(values)} "
        # One look at all values: nothing to fold, unless two spaces are side by side.
        if form is None or "  " in together or not together.isprintable():
            return self._render(method, url, headers, body, credentials, at)
        amz_date = format_amz_date(at)
        values.append(amz_date)
        added = {"X-Amz-Date": amz_date}
        if token is not None:
            values.append(token)
            added["X-Amz-Security-Token"] = token
        encoded_query = canonical_query(query) if query else ""
        text = form.text % (encoded_query, *form.in_order(values), sha256(body).hexdigest())
        return CanonicalRequest(text, form.signed_headers, amz_date, added)

    def _render(
        self, method: str, url: str, headers: Headers, body: bytes, credentials: Credentials, at: datetime
    ) -> CanonicalRequest:
        """Do the same for headers that are repeated, hold white space to fold, or say themselves what is signed."""
        base, _, query = url.partition("?")
        host, path = canonical_target(base, self._normalize_path)
        values, now = group_headers(headers), format_amz_date(at)
        added: dict[str, str] = {}
        amz_date = values.get("x-amz-date")
        if amz_date is None:
            amz_date = values["x-amz-date"] = added["X-Amz-Date"] = now
        elif not _AMZ_DATE.fullmatch(amz_date):
            raise RequestValidationError("the x-amz-date header among the headers is not of the form 20150830T123600Z")
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


def _signer(service: str, region: str, normalize_path: bool) -> SigV4Signer:  # noqa: FBT001 - pickle passes positions
    return SigV4Signer(service, region, normalize_path=normalize_path)
