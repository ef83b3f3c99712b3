"""Verification of Signature Version 4 in the emulator, compared with the signers of botocore and wsclient."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.emulators import botocore_signed
from tests.support.virtual_time import NOON, WallClock
from wsclient._core.clock import SYSTEM_CLOCK
from wsclient._core.errors import ServiceError
from wsclient._core.http import HttpRequest
from wsclient.signing import SigV4Signer
from wsclient.testing import DrivenClock
from wsclient.testing._auth.signature import WINDOW, authenticate
from wsclient.testing._state.keyring import KeyRing, Principal

if TYPE_CHECKING:
    from wsclient.credentials import Credentials

REGIONS = frozenset({"us-west-2"})
PRINCIPAL = Principal(account_id="123456789012", arn="arn:aws:iam::123456789012:user/tester", user_id="AIDA")
KEYS = KeyRing()
USER = KEYS.issue_user("123456789012", "tester")
SESSION = KEYS.issue_temporary(PRINCIPAL, NOON + timedelta(hours=1))
LASTING_SESSION = KEYS.issue_temporary(PRINCIPAL, NOON + timedelta(days=36_500))

VALUES = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=30)
HEADERS = st.dictionaries(st.from_regex(r"x-[b-z][a-z0-9]{0,8}", fullmatch=True), VALUES, max_size=4)
PATHS = st.from_regex(r"/([A-Za-z0-9_.~%=:@-]{1,8}/?){0,3}", fullmatch=True).filter(
    lambda path: "/./" not in f"{path}/" and "/../" not in f"{path}/"
)


def check(request: HttpRequest, clock: DrivenClock | None = None, *, service: str = "workspaces") -> str:
    """Return the access key id of an accepted request, or the code of its refusal."""
    try:
        found = authenticate(
            request, service=service, regions=REGIONS, keys=KEYS, clock=clock or DrivenClock(WallClock())
        )
    except ServiceError as refused:
        return refused.code
    return found.key.credentials.access_key_id


def signed(
    credentials: Credentials = USER,
    *,
    after: timedelta = timedelta(),
    region: str = "us-west-2",
    headers: tuple[tuple[str, str], ...] = (),
) -> HttpRequest:
    """Return a request that wsclient has signed."""
    pairs = (("host", "localhost"), *headers)
    signer = SigV4Signer("workspaces", region)
    added = signer.sign("POST", "https://localhost/", pairs, b"{}", credentials, NOON + after)
    return HttpRequest("POST", "/", (*pairs, *added.items()), b"{}")


def with_authorization(request: HttpRequest, pattern: str, replacement: str) -> HttpRequest:
    """Return the request with its Authorization header changed."""
    headers = tuple(
        (name, re.sub(pattern, replacement, value) if name == "Authorization" else value)
        for name, value in request.headers
    )
    return HttpRequest(request.method, request.url, headers, request.body)


def without(request: HttpRequest, dropped: str) -> HttpRequest:
    """Return the request without a header."""
    headers = tuple(pair for pair in request.headers if pair[0].lower() != dropped)
    return HttpRequest(request.method, request.url, headers, request.body)


@settings(max_examples=150)
@given(path=PATHS, query=st.dictionaries(st.from_regex(r"[a-zA-Z]{1,5}", fullmatch=True), VALUES, max_size=3),
       headers=HEADERS, body=st.binary(max_size=200), temporary=st.booleans())  # fmt: skip
def test_botocore_signatures_are_accepted_and_changed_bodies_rejected(
    path: str, query: dict[str, str], headers: dict[str, str], body: bytes, *, temporary: bool
) -> None:
    """Any request that botocore's signer signed is accepted, and refused once its body has a byte more."""
    encoded = urlencode(query, quote_via=quote, safe="-_.~")
    url = f"https://localhost{path}{f'?{encoded}' if query else ''}"
    credentials = LASTING_SESSION if temporary else USER
    request = botocore_signed(
        credentials,
        url=url,
        headers={"host": "localhost", **headers},
        body=body,
        service="workspaces",
        region="us-west-2",
    )
    tampered = HttpRequest(request.method, request.url, request.headers, request.body + b"x")
    clock = DrivenClock(SYSTEM_CLOCK)
    assert check(request, clock) == credentials.access_key_id
    assert check(tampered, clock) == "InvalidSignatureException"


@settings(max_examples=60)
@given(seconds=st.integers(-900, 900))
def test_signature_window_is_five_minutes(seconds: int) -> None:
    """A request is accepted exactly when it was signed within five minutes of the service's clock."""
    expected = USER.access_key_id if abs(timedelta(seconds=seconds)) <= WINDOW else "InvalidSignatureException"
    assert check(signed(after=timedelta(seconds=seconds))) == expected


def test_advance_keeps_signatures_valid_and_skew_does_not() -> None:
    """Time that passes is not a clock that differs: clients sign by the time on the wall, or by the driven clock."""
    clock = DrivenClock(WallClock())
    clock.advance(hours=2)
    assert check(signed(), clock) == USER.access_key_id
    assert check(signed(after=timedelta(hours=2)), clock) == USER.access_key_id
    assert check(signed(after=timedelta(hours=1)), clock) == "InvalidSignatureException"
    clock.skew(minutes=-6)
    assert check(signed(), clock) == "InvalidSignatureException"


def test_advance_moves_now_and_monotonic_and_skew_moves_wall() -> None:
    """now() and monotonic() include the advanced time, wall() also the skew."""
    clock = DrivenClock(WallClock())
    clock.advance(days=1, hours=1, minutes=1, seconds=1)
    clock.skew(seconds=-1)
    passed = timedelta(days=1, hours=1, minutes=1, seconds=1)
    assert (clock.now(), clock.wall()) == (NOON + passed - timedelta(seconds=1), NOON - timedelta(seconds=1))
    assert clock.monotonic() == passed.total_seconds()


def test_session_token_expires_exactly() -> None:
    """A session token is good until its expiration, and not at it."""
    clock = DrivenClock(WallClock())
    clock.advance(seconds=3599)
    assert check(signed(SESSION), clock) == SESSION.access_key_id
    clock.advance(seconds=1)
    assert check(signed(SESSION), clock) == "ExpiredTokenException"


@pytest.mark.parametrize("kept", ["host", "x-amz-date"])
def test_host_and_amazons_headers_must_be_signed(kept: str) -> None:
    """A signature that leaves out host or an x-amz- header does not count."""
    unsigned = with_authorization(signed(), f"SignedHeaders=[^,]*{kept}[^,]*", "SignedHeaders=content-type")
    assert check(unsigned) == "InvalidSignatureException"


def test_added_amz_header_invalidates_the_signature() -> None:
    """An x-amz- header added after signing invalidates the signature."""
    request = signed()
    added = HttpRequest(request.method, request.url, (*request.headers, ("X-Amz-Target", "a.B")), request.body)
    assert check(added) == "InvalidSignatureException"


def test_removed_signed_header_invalidates_the_signature() -> None:
    """Removing a signed header invalidates the signature."""
    assert check(without(signed(headers=(("x-extra", "1"),)), "x-extra")) == "InvalidSignatureException"


def test_credential_scope_must_match() -> None:
    """A signature for another region, service or date is rejected."""
    assert check(signed(region="eu-west-1")) == "InvalidSignatureException"
    assert check(signed(), service="sts") == "InvalidSignatureException"
    assert check(with_authorization(signed(), "/20260301/", "/20260302/")) == "InvalidSignatureException"


@pytest.mark.parametrize(
    ("pattern", "replacement"),
    [
        ("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1"),
        ("Signature=", "Signed="),
        ("SignedHeaders=[^,]*", ""),
        ("/aws4_request", ""),
        ("/aws4_request", "/aws4"),
        (".*", "AWS4-HMAC-SHA256"),
    ],
)
def test_a_malformed_authorization_is_incomplete(pattern: str, replacement: str) -> None:
    """An Authorization header without a required part raises another error than an incorrect signature."""
    assert check(with_authorization(signed(), f"^(.*?){pattern}", rf"\g<1>{replacement}")) == (
        "IncompleteSignatureException"
    )


@pytest.mark.parametrize(
    "stamp", ["20260301", "20260301T1200Z", "2026-03-01T12:00:00Z", "20261301T120000Z", "2026031T120000Z"]
)
def test_x_amz_date_needs_the_basic_iso_format(stamp: str) -> None:
    """Only the basic form of ISO 8601 is a date here, as AWS has it."""
    request = without(signed(), "x-amz-date")
    dated = HttpRequest(request.method, request.url, (*request.headers, ("x-amz-date", stamp)), request.body)
    assert check(dated) == "IncompleteSignatureException"


def test_signature_needs_x_amz_date() -> None:
    """A signature without X-Amz-Date cannot be checked."""
    request = with_authorization(without(signed(), "x-amz-date"), "host;x-amz-date", "host")
    assert check(request) == "IncompleteSignatureException"


def test_content_sha256_must_match_the_body() -> None:
    """x-amz-content-sha256 must match the body, even if the header is signed."""
    assert check(signed(headers=(("x-amz-content-sha256", "0" * 64),))) == "InvalidSignatureException"


def test_signature_errors_contain_no_secret() -> None:
    """No refusal repeats a key, a token or a signature."""
    request = signed(SESSION)
    headers = dict(request.headers)
    for broken in (
        with_authorization(request, "Signature=.*", "Signature=0"),
        without(request, "x-amz-security-token"),
    ):
        with pytest.raises(ServiceError) as refused:
            authenticate(broken, service="workspaces", regions=REGIONS, keys=KEYS, clock=DrivenClock(WallClock()))
        text = str(refused.value)
        assert SESSION.secret_access_key not in text
        assert str(SESSION.session_token) not in text
        assert headers["Authorization"].rsplit("=", 1)[1] not in text
