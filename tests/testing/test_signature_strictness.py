"""Signature forms that the specification excludes are rejected, even if their signature is correct."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.support.virtual_time import NOON, WallClock
from wsclient._core.errors import ServiceError
from wsclient._core.http import HttpRequest
from wsclient.testing import DrivenClock
from wsclient.testing._auth.signature import authenticate
from wsclient.testing._state.keyring import KeyRing

if TYPE_CHECKING:
    from collections.abc import Callable

KEYS = KeyRing()
USER = KEYS.issue_user("123456789012", "tester")
STAMP = f"{NOON:%Y%m%dT%H%M%SZ}"
SCOPE = f"{NOON:%Y%m%d}/us-west-2/workspaces/aws4_request"
HEADERS = {"host": "localhost", "x-amz-date": STAMP, "x-amz-target": "WorkspacesService.DescribeTags", "x-more": "1"}
SORTED = tuple(sorted(HEADERS))


def signature(names: tuple[str, ...], query: str = "", scope: str = SCOPE) -> str:
    """Return the signature over the headers as they are listed, whatever their order and number."""
    values = {name.lower(): value for name, value in HEADERS.items()}
    lines = [f"{name}:{values.get(name.lower().strip(), '')}" for name in names]
    canonical = "\n".join(("POST", "/", query, *lines, "", ";".join(names), hashlib.sha256(b"{}").hexdigest()))
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    key = f"AWS4{USER.secret_access_key}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, f"AWS4-HMAC-SHA256\n{STAMP}\n{scope}\n{digest}".encode(), "sha256").hex()


def authorization(names: tuple[str, ...] = SORTED, query: str = "", scope: str = SCOPE) -> str:
    """Return an Authorization header that signs the headers as they are listed."""
    return (
        f"AWS4-HMAC-SHA256 Credential={USER.access_key_id}/{scope}, SignedHeaders={';'.join(names)}, "
        f"Signature={signature(names, query, scope)}"
    )


def check(*headers: tuple[str, str], url: str = "/") -> str:
    """Return the access key id of an accepted request with these headers, or the code of its refusal."""
    request = HttpRequest("POST", url, (*HEADERS.items(), *headers), b"{}")
    try:
        found = authenticate(
            request,
            service="workspaces",
            regions=frozenset({"us-west-2"}),
            keys=KEYS,
            clock=DrivenClock(WallClock()),
        )
    except ServiceError as refused:
        return f"{refused.code} with a secret" if signature(SORTED) in str(refused) else refused.code
    return found.key.credentials.access_key_id


def test_reference_signature_is_accepted() -> None:
    """The signer of these tests produces what the emulator accepts, so that each refusal is for the form alone."""
    assert check(("Authorization", authorization())) == USER.access_key_id
    assert check(("Authorization", authorization(query="a=b")), url="/?a=b") == USER.access_key_id


@settings(max_examples=200)
@given(
    names=st.lists(st.sampled_from([*SORTED, "Host", "X-Amz-Date", "HOST", " host", "host ", ""]), min_size=1).map(
        tuple
    )
)
def test_signed_headers_are_sorted_lower_case_and_unique(names: tuple[str, ...]) -> None:
    """A list of signed headers that is not sorted and unique is rejected, even with a correct signature."""
    assume(names != SORTED)
    accepted = names == tuple(sorted(set(names))) and set(names) <= set(SORTED) and {*SORTED[:3]} <= set(names)
    assert (check(("Authorization", authorization(names))) == USER.access_key_id) is accepted


@settings(max_examples=50)
@given(names=st.permutations(SORTED))
def test_unsorted_signed_headers_are_rejected(names: list[str]) -> None:
    """Only the sorted order of the headers is accepted."""
    expected = USER.access_key_id if tuple(names) == SORTED else "InvalidSignatureException"
    assert check(("Authorization", authorization(tuple(names)))) == expected


@pytest.mark.parametrize(
    "change",
    [
        lambda text: f"{text}, Credential=AKIAOTHER/{SCOPE}",
        lambda text: text.replace("SignedHeaders=", f"Credential=AKIAOTHER/{SCOPE}, SignedHeaders="),
        lambda text: f"{text}, SignedHeaders=host",
        lambda text: f"{text}, {text.rpartition(', ')[2]}",
        lambda text: f"{text}, Extra=1",
        lambda text: f"{text}, Extra",
        lambda text: f"{text},",
        lambda text: text.replace(", ", ",,"),
        lambda text: text.replace("Credential=", "credential="),
        lambda text: text.replace("Credential=", "Credential ="),
        lambda text: text.replace("Credential=", "Credential=/"),
        lambda text: text.replace(USER.access_key_id, ""),
        lambda text: text.replace(USER.access_key_id, f" {USER.access_key_id}"),
        lambda text: text.replace("/us-west-2/", "//"),
        lambda text: text.replace("/aws4_request", "/aws4_request/"),
        lambda text: text.replace("/aws4_request", "/AWS4_REQUEST"),
        lambda text: text.replace(f"/{NOON:%Y%m%d}/", f"/{NOON:%Y-%m-%d}/"),
        lambda text: text.replace("AWS4-HMAC-SHA256", "aws4-hmac-sha256"),
        lambda text: text.replace("AWS4-HMAC-SHA256 ", "AWS4-HMAC-SHA256,"),
        lambda text: f"{text}, {text}",
    ],
)
def test_malformed_authorization_parameters_are_rejected(change: Callable[[str], str]) -> None:
    """An Authorization header needs each parameter once, no others, and a scope of five elements."""
    assert check(("Authorization", change(authorization()))) == "IncompleteSignatureException"


@pytest.mark.parametrize(
    "change",
    [str.upper, lambda text: text[:-1], lambda text: f"{text}0", lambda text: f"0x{text[2:]}", lambda _: "é"],
)
def test_a_signature_is_64_lower_case_hexadecimal_digits(change: Callable[[str], str]) -> None:
    """A signature must be 64 lower-case hexadecimal digits, otherwise InvalidSignatureException is raised."""
    head, _, digits = authorization().rpartition("=")
    assert check(("Authorization", f"{head}={change(digits)}")) == "InvalidSignatureException"


@pytest.mark.parametrize("second", [authorization(), "", "Bearer token", "AWS4-HMAC-SHA256 Credential=a"])
def test_a_second_authorization_header_is_refused(second: str) -> None:
    """Two Authorization headers are rejected in any order and any case."""
    first = ("Authorization", authorization())
    assert check(first, ("authorization", second)) == "IncompleteSignatureException"
    assert check(("AUTHORIZATION", second), first) == "IncompleteSignatureException"


@pytest.mark.parametrize("name", ["host", "x-amz-target"])
def test_repeated_host_or_target_header_is_rejected(name: str) -> None:
    """A repeated Host or X-Amz-Target is refused, equal to the first or not."""
    for value in (HEADERS[name], "other"):
        assert check(("Authorization", authorization()), (name, value)) == "InvalidSignatureException"


@pytest.mark.parametrize(
    "name",
    [
        "X-Amz-Algorithm",
        "X-Amz-Credential",
        "X-Amz-Date",
        "X-Amz-Expires",
        "X-Amz-Security-Token",
        "X-Amz-Signature",
        "X-Amz-SignedHeaders",
        "x-amz-signature",
        "X%2DAmz%2DSignature",
        "AWSAccessKeyId",
        "Signature",
    ],
)
def test_query_and_header_authentication_exclude_each_other(name: str) -> None:
    """Query parameters of a presigned URL together with an Authorization header are rejected."""
    canonical = f"{name.replace('%2D', '-')}=1"
    assert check(("Authorization", authorization(query=canonical)), url=f"/?{name}=1") == "IncompleteSignatureException"
    assert check(("Authorization", authorization()), url=f"/?{name}") == "IncompleteSignatureException"
    assert check(url=f"/?{name}=1") == "MissingAuthenticationTokenException"


def test_invalid_utf8_in_the_query_is_signed_byte_by_byte() -> None:
    """A byte that is not UTF-8 cannot be exchanged for another under the same signature."""
    signed = ("Authorization", authorization(query="a=%FE"))
    assert check(signed, url="/?a=%FE") == USER.access_key_id
    assert check(signed, url="/?a=%FF") == "InvalidSignatureException"
    assert check(("Authorization", authorization(query="a=%EF%BF%BD")), url="/?a=%FF") == "InvalidSignatureException"
