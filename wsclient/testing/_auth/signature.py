"""Checks a request's Signature Version 4 as AWS does. Nothing switches it off.

Written apart from wsclient.signing on purpose: two readings of the specification that must agree on every request.
"AWS Signature Version 4 for API requests", https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote_plus

from wsclient._core.service_errors import (
    ExpiredTokenException,
    IncompleteSignatureException,
    InvalidSignatureException,
    MissingAuthenticationTokenException,
    UnrecognizedClientException,
)
from wsclient.testing._protocols.base import target

if TYPE_CHECKING:
    from wsclient._core.http import HttpRequest
    from wsclient.testing._state.clock import DrivenClock
    from wsclient.testing._state.keyring import IssuedKey, KeyRing

WINDOW = timedelta(minutes=5)
"""How far a request's X-Amz-Date may be from the service's clock, in either direction, ends included."""

_ALGORITHM = "AWS4-HMAC-SHA256"
_SCOPE_PARTS = 5
_AMZ_DATE = re.compile(r"\d{8}T\d{6}Z")
_NO_MATCH = (
    "The request signature we calculated does not match the signature you provided. "
    "Check your AWS Secret Access Key and signing method."
)


@dataclass(frozen=True, slots=True)
class _Claim:
    """What an Authorization header says."""

    access_key_id: str
    date: str
    region: str
    service: str
    signed_headers: tuple[str, ...]
    signature: str

    @property
    def scope(self) -> str:
        return f"{self.date}/{self.region}/{self.service}/aws4_request"


@dataclass(frozen=True, slots=True)
class Authenticated:
    """Whose request it is, and the region it was signed for."""

    key: IssuedKey
    region: str


def authenticate(
    request: HttpRequest, *, service: str, regions: frozenset[str], keys: KeyRing, clock: DrivenClock
) -> Authenticated:
    """Return whose request it is, or raise the error AWS answers when that cannot be told."""
    headers = _grouped(request)
    claim = _claim_of(headers)
    _check_scope(claim, service, regions)
    _check_signed_headers(claim, headers)
    key = _key_of(claim, headers, keys, clock.now())
    _check_date(claim, headers, clock)
    expected = _signature(claim, request, headers, key.credentials.secret_access_key)
    if not hmac.compare_digest(expected.encode(), claim.signature.encode()):
        raise InvalidSignatureException(_NO_MATCH)
    return Authenticated(key, claim.region)


def _grouped(request: HttpRequest) -> dict[str, str]:
    """Return the headers by lower-case name, repeated ones joined, runs of spaces made one."""
    headers: dict[str, str] = {}
    for name, value in request.headers:
        key, folded = name.lower(), " ".join(value.split())
        headers[key] = f"{headers[key]},{folded}" if key in headers else folded
    return headers


def _claim_of(headers: dict[str, str]) -> _Claim:
    header = headers.get("authorization")
    if not header:
        raise MissingAuthenticationTokenException("Request is missing Authentication Token")
    algorithm, _, rest = header.partition(" ")
    if algorithm != _ALGORITHM:
        raise IncompleteSignatureException(f"Unsupported AWS 'algorithm', expected {_ALGORITHM}.")
    parts = dict(_pair(part.strip()) for part in rest.split(","))
    missing = [name for name in ("Credential", "Signature", "SignedHeaders") if not parts.get(name)]
    if missing:
        named = " ".join(f"Authorization header requires '{name}' parameter." for name in missing)
        raise IncompleteSignatureException(named)
    scope = parts["Credential"].split("/")
    if len(scope) != _SCOPE_PARTS or scope[-1] != "aws4_request":
        raise IncompleteSignatureException(
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term."
        )
    access_key_id, date, region, service, _ = scope
    signed_headers = tuple(parts["SignedHeaders"].split(";"))
    return _Claim(access_key_id, date, region, service, signed_headers, parts["Signature"])


def _check_scope(claim: _Claim, service: str, regions: frozenset[str]) -> None:
    if claim.service != service:
        raise InvalidSignatureException(f"Credential should be scoped to correct service: '{service}'.")
    if claim.region not in regions:
        raise InvalidSignatureException(
            f"Credential should be scoped to a valid region; this endpoint serves {', '.join(sorted(regions))}."
        )


def _check_signed_headers(claim: _Claim, headers: dict[str, str]) -> None:
    if "host" not in claim.signed_headers:
        raise InvalidSignatureException("'Host' must be a 'SignedHeader' in the AWS Authorization.")
    for name in headers:
        if name.startswith("x-amz-") and name not in claim.signed_headers:
            raise InvalidSignatureException(f"'{name}' must be a 'SignedHeader' in the AWS Authorization.")
    for name in claim.signed_headers:
        if name not in headers:
            raise InvalidSignatureException("A header among 'SignedHeaders' is not in the request.")


def _key_of(claim: _Claim, headers: dict[str, str], keys: KeyRing, now: datetime) -> IssuedKey:
    key = keys.find(claim.access_key_id)
    token = headers.get("x-amz-security-token")
    known = key.credentials.session_token if key else None
    if key is None or not hmac.compare_digest((token or "").encode(), (known or "").encode()):
        raise UnrecognizedClientException("The security token included in the request is invalid.")
    expiration = key.credentials.expiration
    if expiration is not None and expiration <= now:
        raise ExpiredTokenException("The security token included in the request is expired")
    return key


def _check_date(claim: _Claim, headers: dict[str, str], clock: DrivenClock) -> None:
    stamp = headers.get("x-amz-date")
    if stamp is None:
        raise IncompleteSignatureException("Authorization header requires existence of a 'X-Amz-Date' header.")
    signed_at = _instant(stamp)
    if stamp[:8] != claim.date:
        raise InvalidSignatureException("Date in Credential scope does not match YYYYMMDD of 'X-Amz-Date'.")
    now = _clock_for(signed_at, clock)
    earliest, latest = now - WINDOW, now + WINDOW
    if signed_at < earliest:
        raise InvalidSignatureException(
            f"Signature expired: {stamp} is now earlier than {_stamp(earliest)} ({_stamp(now)} - 5 min.)"
        )
    if signed_at > latest:
        raise InvalidSignatureException(
            f"Signature not yet current: {stamp} is still later than {_stamp(latest)} ({_stamp(now)} + 5 min.)"
        )


def service_time(request: HttpRequest, clock: DrivenClock) -> datetime:
    """Return the service's time as a request's sender should see it."""
    stamp = next((value for name, value in request.headers if name.lower() == "x-amz-date"), "")
    try:
        return _clock_for(_instant(stamp), clock)
    except IncompleteSignatureException:
        return clock.wall()


def _clock_for(signed_at: datetime, clock: DrivenClock) -> datetime:
    """Return the time by now() to a client that is handed the driven clock, by the clock on the wall to every other."""
    return clock.now() if abs(signed_at - clock.now()) <= WINDOW else clock.wall()


def _instant(stamp: str) -> datetime:
    try:
        at = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        at = None
    # strptime takes shorter forms too, which AWS does not.
    if at is None or not _AMZ_DATE.fullmatch(stamp):
        raise IncompleteSignatureException("Date must be in ISO-8601 'basic format', as in 20150830T123600Z.")
    return at


def _stamp(at: datetime) -> str:
    return at.strftime("%Y%m%dT%H%M%SZ")


def _signature(claim: _Claim, request: HttpRequest, headers: dict[str, str], secret: str) -> str:
    canonical = _canonical_request(claim, request, headers)
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = "\n".join((_ALGORITHM, headers["x-amz-date"], claim.scope, digest))
    key = f"AWS4{secret}".encode()
    for part in claim.scope.split("/"):
        key = hmac.digest(key, part.encode(), hashlib.sha256)
    return hmac.digest(key, text.encode(), hashlib.sha256).hex()


def _canonical_request(claim: _Claim, request: HttpRequest, headers: dict[str, str]) -> str:
    path, sent_query = target(request)
    payload = hashlib.sha256(request.body).hexdigest()
    if headers.get("x-amz-content-sha256", payload) != payload:
        raise InvalidSignatureException("The provided 'x-amz-content-sha256' header does not match the body.")
    pairs = (_pair(pair) for pair in sent_query.split("&") if pair)
    query = sorted((_encoded(name), _encoded(value)) for name, value in pairs)
    return "\n".join(
        (
            request.method,
            quote(path, safe="/~"),
            "&".join(f"{name}={value}" for name, value in query),
            *(f"{name}:{headers[name]}" for name in claim.signed_headers),
            "",
            ";".join(claim.signed_headers),
            payload,
        )
    )


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name, value


def _encoded(text: str) -> str:
    return quote(unquote_plus(text.replace("+", "%2B")), safe="~")
