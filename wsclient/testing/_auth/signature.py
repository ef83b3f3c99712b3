"""Signature Version 4 verification of requests, with AWS's checks and messages. It cannot be disabled.

This module shares no code with wsclient.signing on purpose: two implementations of the specification must agree on
every request.
"AWS Signature Version 4 for API requests", https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
"""

from __future__ import annotations

import hashlib
import hmac
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, unquote, unquote_to_bytes

from wsclient._core.service_errors import (
    ExpiredTokenException,
    IncompleteSignatureException,
    InvalidSignatureException,
    MissingAuthenticationTokenException,
    UnrecognizedClientException,
)
from wsclient.testing._protocols.base import header, path_and_query

if TYPE_CHECKING:
    from wsclient._core.http import HttpRequest
    from wsclient.testing._state.clock import DrivenClock
    from wsclient.testing._state.keyring import IssuedKey, KeyRing

WINDOW = timedelta(minutes=5)
"""Maximum difference between a request's X-Amz-Date and the service's clock, in either direction, inclusive."""

_ALGORITHM = "AWS4-HMAC-SHA256"
_PARAMETERS = ("Credential", "Signature", "SignedHeaders")
_PRESIGNED = (
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Expires",
    "X-Amz-SignedHeaders",
    "X-Amz-Signature",
)
"""Parameters that every presigned URL has; with temporary credentials, X-Amz-Security-Token besides."""
_MAX_EXPIRES = 7 * 24 * 3600
_SCOPE_PARTS = 5
_AMZ_DATE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{2})([0-9]{2})([0-9]{2})Z")
_SCOPE_DATE = re.compile(r"[0-9]{8}")
_ACCESS_KEY_ID = re.compile(r"[A-Za-z0-9_]+")
_SIGNED_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+")
"""Name of a signed header: a token of HTTP (RFC 9110, 5.6.2) in lower case."""
_SIGNATURE = re.compile(r"[0-9a-f]{64}")
_SINGLE_HEADERS = ("host", "x-amz-target")
"""Headers that name what is called. Repeated, two readers of one request could each choose another value."""
_QUERY_AUTHENTICATION = frozenset(
    {
        "awsaccesskeyid",
        "signature",
        "x-amz-algorithm",
        "x-amz-credential",
        "x-amz-date",
        "x-amz-expires",
        "x-amz-security-token",
        "x-amz-signature",
        "x-amz-signedheaders",
    }
)
"""Query parameters of a presigned URL, Signature Version 2 included, in lower case."""
_NO_MATCH = (
    "The request signature we calculated does not match the signature you provided. "
    "Check your AWS Secret Access Key and signing method."
)


@dataclass(frozen=True, slots=True)
class _Authorization:
    """Parsed Authorization header, or parameters of a presigned URL.

    token is the session token, timestamp the X-Amz-Date, None if it is missing. A presigned URL has a lifetime.
    """

    access_key_id: str
    date: str
    region: str
    service: str
    signed_headers: tuple[str, ...]
    signature: str
    token: str | None
    timestamp: str | None
    lifetime: timedelta | None = None

    @property
    def scope(self) -> str:
        return f"{self.date}/{self.region}/{self.service}/aws4_request"


@dataclass(frozen=True, slots=True)
class Authenticated:
    """Key that signed a request, and the region that the request is signed for."""

    key: IssuedKey
    region: str


def authenticate(
    request: HttpRequest, *, service: str, regions: frozenset[str], keys: KeyRing, clock: DrivenClock
) -> Authenticated:
    """Return the key and region of a signed request.

    Raises the errors of AWS: MissingAuthenticationTokenException, IncompleteSignatureException,
    UnrecognizedClientException, ExpiredTokenException, InvalidSignatureException.
    """
    headers = _join_headers(request)
    _check_single_authentication(request)
    authorization = _parse_authorization(request, headers)
    _check_scope(authorization, service, regions)
    _check_signed_headers(authorization, headers)
    key = _find_key(authorization, keys, clock.now())
    _check_date(authorization, clock)
    expected = _signature(authorization, request, headers, key.credentials.secret_access_key)
    if not _SIGNATURE.fullmatch(authorization.signature):
        raise InvalidSignatureException("'Signature' must be 64 lower-case hexadecimal digits.")
    if not hmac.compare_digest(expected.encode(), authorization.signature.encode()):
        raise InvalidSignatureException(_NO_MATCH)
    return Authenticated(key, authorization.region)


def _join_headers(request: HttpRequest) -> dict[str, str]:
    """Return the headers by lower-case name: repeated headers joined by commas, runs of spaces as one space."""
    headers: dict[str, str] = {}
    for name, value in request.headers:
        key, collapsed = name.lower(), " ".join(value.split())
        headers[key] = f"{headers[key]},{collapsed}" if key in headers else collapsed
    return headers


def _check_single_authentication(request: HttpRequest) -> None:
    """Raise an error of AWS for a request that is authenticated, or names its target, more than once."""
    names = [name.lower() for name, _ in request.headers]
    if "authorization" not in names:
        return
    if names.count("authorization") > 1:
        raise IncompleteSignatureException("The request must have exactly one 'Authorization' header.")
    query = path_and_query(request)[1]
    if any(unquote(pair.partition("=")[0]).lower() in _QUERY_AUTHENTICATION for pair in query.split("&")):
        raise IncompleteSignatureException("Only one authentication is allowed: the Authorization header or the query.")
    for name in _SINGLE_HEADERS:
        if names.count(name) > 1:
            raise InvalidSignatureException(f"The request must have exactly one '{name}' header.")


def _parse_authorization(request: HttpRequest, headers: dict[str, str]) -> _Authorization:
    text = headers.get("authorization")
    query = path_and_query(request)[1]
    if text is None and "X-Amz-Algorithm=" in query and "X-Amz-Signature=" in query:
        return _parse_presigned(query)
    if not text:
        raise MissingAuthenticationTokenException("Request is missing Authentication Token")
    algorithm, _, rest = text.partition(" ")
    if algorithm != _ALGORITHM:
        raise IncompleteSignatureException(f"Unsupported AWS 'algorithm', expected {_ALGORITHM}.")
    parts = _parse_parameters(rest)
    access_key_id, date, region, service = _parse_scope(parts["Credential"])
    signed_headers = tuple(parts["SignedHeaders"].split(";"))
    token, timestamp = headers.get("x-amz-security-token"), headers.get("x-amz-date")
    return _Authorization(access_key_id, date, region, service, signed_headers, parts["Signature"], token, timestamp)


def _parse_presigned(query: str) -> _Authorization:
    """Return the authentication of a presigned URL.

    "Authentication methods", https://docs.aws.amazon.com/IAM/latest/UserGuide/aws-signing-authentication-methods.html
    """
    pairs = parse_qsl(query, keep_blank_values=True)
    parts = {name: value for name, value in pairs if name.startswith("X-Amz-")}
    for name in _PRESIGNED:
        if not parts.get(name):
            raise IncompleteSignatureException(f"AWS query-string parameters must include '{name}'.")
    if len(parts) != sum(name.startswith("X-Amz-") for name, _ in pairs):
        raise IncompleteSignatureException("AWS query-string parameters must be there once each.")
    if parts["X-Amz-Algorithm"] != _ALGORITHM:
        raise IncompleteSignatureException(f"Unsupported AWS 'algorithm', expected {_ALGORITHM}.")
    seconds = parts["X-Amz-Expires"]
    if not (seconds.isascii() and seconds.isdigit() and 1 <= int(seconds[:9]) <= _MAX_EXPIRES):
        raise IncompleteSignatureException(f"X-Amz-Expires must be 1 to {_MAX_EXPIRES} seconds.")
    return _Authorization(
        *_parse_scope(parts["X-Amz-Credential"]),
        tuple(parts["X-Amz-SignedHeaders"].split(";")),
        parts["X-Amz-Signature"],
        parts.get("X-Amz-Security-Token"),
        parts["X-Amz-Date"],
        timedelta(seconds=int(seconds)),
    )


def _parse_parameters(text: str) -> dict[str, str]:
    """Return Credential, SignedHeaders and Signature; each must be there exactly once, and nothing else."""
    pairs = [_split_pair(part.strip()) for part in text.split(",")]
    parts = dict(pairs)
    missing = [name for name in _PARAMETERS if not parts.get(name)]
    if missing:
        message = " ".join(f"Authorization header requires '{name}' parameter." for name in missing)
        raise IncompleteSignatureException(message)
    if len(pairs) != len(_PARAMETERS):
        raise IncompleteSignatureException(
            "Authorization header must have the parameters 'Credential', 'SignedHeaders' and 'Signature', once each, "
            "and no others."
        )
    return parts


def _parse_scope(credential: str) -> tuple[str, str, str, str]:
    """Return access key id, date, region and service of a Credential."""
    elements = credential.split("/")
    if len(elements) != _SCOPE_PARTS or not all(elements) or elements[-1] != "aws4_request":
        raise IncompleteSignatureException(
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term."
        )
    access_key_id, date, region, service, _ = elements
    if not _ACCESS_KEY_ID.fullmatch(access_key_id) or not _SCOPE_DATE.fullmatch(date):
        raise IncompleteSignatureException("Credential must begin with an access key id and a date YYYYMMDD.")
    return access_key_id, date, region, service


def _check_scope(authorization: _Authorization, service: str, regions: frozenset[str]) -> None:
    if authorization.service != service:
        raise InvalidSignatureException(f"Credential should be scoped to correct service: '{service}'.")
    if authorization.region not in regions:
        raise InvalidSignatureException(
            f"Credential should be scoped to a valid region; this endpoint serves {', '.join(sorted(regions))}."
        )


def _check_signed_headers(authorization: _Authorization, headers: dict[str, str]) -> None:
    names = authorization.signed_headers
    if not all(_SIGNED_HEADER.fullmatch(name) for name in names):
        raise InvalidSignatureException("'SignedHeaders' must be lower-case header names, separated by semicolons.")
    if list(names) != sorted(set(names)):
        raise InvalidSignatureException("'SignedHeaders' must be sorted, and name each header once.")
    if "host" not in names:
        raise InvalidSignatureException("'Host' must be a 'SignedHeader' in the AWS Authorization.")
    for name in headers:
        if name.startswith("x-amz-") and name not in names:
            raise InvalidSignatureException(f"'{name}' must be a 'SignedHeader' in the AWS Authorization.")
    for name in names:
        if name not in headers:
            raise InvalidSignatureException("A header among 'SignedHeaders' is not in the request.")


def _find_key(authorization: _Authorization, keys: KeyRing, now: datetime) -> IssuedKey:
    key = keys.find(authorization.access_key_id)
    token = authorization.token
    issued_token = key.credentials.session_token if key else None
    if key is None or not hmac.compare_digest((token or "").encode(), (issued_token or "").encode()):
        raise UnrecognizedClientException("The security token included in the request is invalid.")
    expiration = key.credentials.expiration
    if expiration is not None and expiration <= now:
        raise ExpiredTokenException("The security token included in the request is expired")
    return key


def _check_date(authorization: _Authorization, clock: DrivenClock) -> None:
    timestamp = authorization.timestamp
    if timestamp is None:
        raise IncompleteSignatureException("Authorization header requires existence of a 'X-Amz-Date' header.")
    signed_at = _parse_timestamp(timestamp)
    if timestamp[:8] != authorization.date:
        raise InvalidSignatureException("Date in Credential scope does not match YYYYMMDD of 'X-Amz-Date'.")
    # Whether a presigned URL was made before the driven clock was advanced cannot be told from its date.
    now = _time_for_signer(signed_at, clock) if authorization.lifetime is None else clock.wall()
    age = WINDOW if authorization.lifetime is None else authorization.lifetime
    earliest, latest = now - age, now + WINDOW
    if signed_at < earliest:
        raise InvalidSignatureException(
            f"Signature expired: {timestamp} is now earlier than "
            f"{_format_timestamp(earliest)} ({_format_timestamp(now)} - {age.total_seconds() / 60:g} min.)"
        )
    if signed_at > latest:
        raise InvalidSignatureException(
            f"Signature not yet current: {timestamp} is still later than "
            f"{_format_timestamp(latest)} ({_format_timestamp(now)} + 5 min.)"
        )


def service_time(request: HttpRequest, clock: DrivenClock) -> datetime:
    """Return the service's time for the Date header of the response to a request."""
    timestamp = header(request, "x-amz-date")
    try:
        return _time_for_signer(_parse_timestamp(timestamp), clock)
    except IncompleteSignatureException:
        return clock.wall()


def _time_for_signer(signed_at: datetime, clock: DrivenClock) -> datetime:
    """Return now() for a client that signs by the driven clock, wall() for every other client.

    A client signs by the driven clock if its timestamp is within WINDOW of now().
    """
    return clock.now() if abs(signed_at - clock.now()) <= WINDOW else clock.wall()


def _parse_timestamp(timestamp: str) -> datetime:
    # Read by hand: strptime accepts shorter forms too, which AWS rejects, and is slower.
    if parts := _AMZ_DATE.fullmatch(timestamp):
        year, month, day, hour, minute, second = map(int, parts.groups())
        with suppress(ValueError):  # a day or a time that does not exist
            return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    raise IncompleteSignatureException("Date must be in ISO-8601 'basic format', as in 20150830T123600Z.")


def _format_timestamp(at: datetime) -> str:
    return at.strftime("%Y%m%dT%H%M%SZ")


def _signature(authorization: _Authorization, request: HttpRequest, headers: dict[str, str], secret: str) -> str:
    canonical = _canonical_request(authorization, request, headers)
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    string_to_sign = "\n".join((_ALGORITHM, authorization.timestamp or "", authorization.scope, digest))
    return hmac.digest(_signing_key(secret, authorization.scope), string_to_sign.encode(), hashlib.sha256).hex()


@lru_cache(maxsize=256)  # a client's requests of a day have the same key
def _signing_key(secret: str, scope: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), hashlib.sha256)
    return key


def _canonical_request(authorization: _Authorization, request: HttpRequest, headers: dict[str, str]) -> str:
    path, sent_query = path_and_query(request)
    payload = hashlib.sha256(request.body).hexdigest()
    if headers.get("x-amz-content-sha256", payload) != payload:
        raise InvalidSignatureException("The provided 'x-amz-content-sha256' header does not match the body.")
    pairs = (_split_pair(pair) for pair in sent_query.split("&") if pair)
    left_out = None if authorization.lifetime is None else "X-Amz-Signature"
    query = sorted((_uri_encode(name), _uri_encode(value)) for name, value in pairs if name != left_out)
    return "\n".join(
        (
            request.method,
            quote(path, safe="/~"),
            "&".join(f"{name}={value}" for name, value in query),
            *(f"{name}:{headers[name]}" for name in authorization.signed_headers),
            "",
            ";".join(authorization.signed_headers),
            payload,
        )
    )


def _split_pair(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name, value


def _uri_encode(text: str) -> str:
    # Bytes: decoding as UTF-8 would map different invalid sequences to one canonical request. A literal "+" in a query
    # is a plus sign, not a space.
    return quote(unquote_to_bytes(text), safe="~")
