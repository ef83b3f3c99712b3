"""Signatures compared with botocore's on random requests: canonical request, string to sign, headers to add."""

# pyright: reportMissingTypeStubs=false

import string
from datetime import datetime

from botocore.auth import SIGNED_HEADERS_BLACKLIST
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.support.scale import at_scale
from tests.support.signature_oracles import (
    ANY_TEXT,
    BODIES,
    CREDENTIALS,
    INSTANTS,
    REGION,
    SERVICE,
    botocore_signs,
    encoded,
)
from tests.support.sigv4_vectors import ACCESS_KEY_ID, SECRET_ACCESS_KEY
from wsclient.credentials import Credentials
from wsclient.signing import UNSIGNED_HEADERS, SigV4Signer, format_amz_date

METHODS = st.one_of(
    st.sampled_from(["GET", "POST", "put", "DELETE", "HEAD", "PATCH", "OPTIONS"]),
    st.text(string.ascii_letters + "-_", min_size=1, max_size=8),
)
HOSTS = st.sampled_from(
    [
        "https://workspaces.us-east-1.amazonaws.com",
        "https://vpce-0123-abcd.workspaces.us-east-1.vpce.amazonaws.com",
        "https://localhost:8443",
        "https://H.example:443",
        "http://[::1]:80",
        "http://[2001:DB8::1]:8080",
        "http://127.0.0.1",
        "http://h.example:443",
    ]
)
SEGMENTS = st.one_of(
    st.sampled_from(
        ["", ".", "..", "...", "a b", "%20", "%2f", "%", "%zz", "~", "ሴ", "a;b", "=", "+", "&", "*", "'", "@:"]
    ),
    st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="?#"), max_size=8),
)
PATHS = st.lists(SEGMENTS, max_size=6).map(lambda parts: "/" + "/".join(parts)) | st.just("")
# Few names, so that they repeat. botocore leaves a query as it came, so its parts come encoded.
NAMES_OF_PARAMETERS = st.sampled_from(["a", "a-b", "a.b", "A", "aa", "ሴ", "a b", "%41", "X-Amz"]) | ANY_TEXT.filter(
    bool
)
PARAMETERS = st.one_of(
    st.tuples(NAMES_OF_PARAMETERS, ANY_TEXT).map(lambda pair: f"{encoded(pair[0])}={encoded(pair[1])}"),
    NAMES_OF_PARAMETERS.map(encoded),
    NAMES_OF_PARAMETERS.map(lambda name: f"{encoded(name)}="),
)
QUERIES = st.lists(PARAMETERS, max_size=6).map("&".join)
# The names signed, in several cases of letters so that they repeat, and each that is not.
HEADER_NAMES = st.one_of(
    st.sampled_from(["Accept", "X-Amz-Target", "x-custom", "X-CUSTOM", "X-Custom", "Content-Type", "Content-Length"]),
    st.text(string.ascii_letters + string.digits + "-_!~", min_size=1, max_size=10),
    st.sampled_from(sorted(SIGNED_HEADERS_BLACKLIST)).map(str.title),
).filter(lambda name: name.lower() not in {"date", "host"})
WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=12)
SPACES = st.sampled_from(["", " ", "   ", "\t", " \t "])
HEADER_VALUES = st.lists(st.tuples(SPACES, WORDS, SPACES).map("".join), max_size=3).map("".join)
HEADERS = st.lists(st.tuples(HEADER_NAMES, HEADER_VALUES), max_size=6)
HOST_HEADERS = st.sampled_from([[], [("Host", "other.example")], [("HOST", "other.example:8443")]])
HASHES = st.sampled_from([[], [("X-Amz-Content-SHA256", "UNSIGNED-PAYLOAD")], [("x-amz-content-sha256", "ab" * 32)]])


@settings(max_examples=at_scale(150, 600))
@given(METHODS, HOSTS, PATHS, QUERIES, HEADERS, HOST_HEADERS, HASHES, BODIES, CREDENTIALS, INSTANTS)
@example(
    "GET",
    "https://h.example",
    "/",
    "b=2&a=2&a=1&flag",
    [],
    [],
    [],
    b"",
    Credentials(ACCESS_KEY_ID, SECRET_ACCESS_KEY),
    datetime.fromisoformat("2015-08-30T12:36:00+00:00"),
)
def test_signatures_equal_botocores(
    method: str,
    host: str,
    path: str,
    query: str,
    headers: list[tuple[str, str]],
    host_header: list[tuple[str, str]],
    payload_hash: list[tuple[str, str]],
    body: bytes,
    credentials: Credentials,
    at: datetime,
) -> None:
    """Canonical request, string to sign and each header to add are botocore's, whatever the request."""
    url = f"{host}{path}" + (f"?{query}" if query else "")
    given_headers = [*headers, *host_header, *payload_hash]
    reference = botocore_signs(method, url, given_headers, body, credentials, format_amz_date(at))

    signer = SigV4Signer(SERVICE, REGION)
    assert signer.canonical_request(method, url, given_headers, body, credentials, at) == reference.canonical_request
    assert signer.string_to_sign(method, url, given_headers, body, credentials, at) == reference.string_to_sign
    added = signer.sign(method, url, given_headers, body, credentials, at)
    assert added.pop("Authorization") == reference.authorization
    assert added.pop("X-Amz-Date") == reference.date
    assert added.pop("X-Amz-Security-Token", None) == reference.token
    assert not added


def test_unsigned_headers_equal_botocores() -> None:
    """No header is left unsigned but botocore's, and Authorization, which botocore drops before it signs."""
    assert set(SIGNED_HEADERS_BLACKLIST) | {"authorization"} == UNSIGNED_HEADERS


REQUESTS = st.tuples(CREDENTIALS, INSTANTS)


@settings(max_examples=60)
@given(st.lists(REQUESTS, min_size=1, max_size=3).flatmap(lambda few: st.lists(st.sampled_from(few), max_size=8)))
def test_reused_signer_signs_as_botocore(requests: list[tuple[Credentials, datetime]]) -> None:
    """A signer that serves several credentials and days in any order signs each as botocore, which caches nothing."""
    signer = SigV4Signer(SERVICE, REGION)
    url = "https://workspaces.us-east-1.amazonaws.com/"
    for credentials, at in requests:
        reference = botocore_signs("POST", url, [], b"{}", credentials, format_amz_date(at))
        assert signer.sign("POST", url, [], b"{}", credentials, at)["Authorization"] == reference.authorization
