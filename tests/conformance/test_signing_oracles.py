"""Signatures compared with two implementations that are not ours: botocore's and aws-requests-auth's."""

from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

import pytest
import requests
from aws_requests_auth.aws_auth import AWSRequestsAuth
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials
from hypothesis import given, settings
from hypothesis import strategies as st

from wsclient.credentials import Credentials
from wsclient.signing import SigV4Signer, format_amz_date

VISIBLE = st.characters(min_codepoint=0x21, max_codepoint=0x7E)
KEYS = st.text(VISIBLE, min_size=1, max_size=60)
INSTANTS = st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive
SEGMENTS = st.one_of(
    st.sampled_from(["", ".", "..", "a b", "%20", "%", "~", "ሴ", "a;b", "=", "+"]),
    st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="?#"), max_size=8),
)
PATHS = st.lists(SEGMENTS, max_size=6).map(lambda parts: "/" + "/".join(parts))
TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=10)
QUERIES = st.lists(st.tuples(TEXTS.filter(bool), TEXTS), max_size=5).map(
    lambda pairs: "&".join(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in pairs)
)
NAMES = st.sampled_from(
    ["Accept", "X-Amz-Target", "x-custom", "X-CUSTOM", "Content-Type", "User-Agent", "Expect", "Te"]
)
PRINTABLE = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=20)
VALUES = st.tuples(PRINTABLE, st.sampled_from(["", " ", "   ", "\t"]), PRINTABLE).map("".join)
HEADERS = st.lists(st.tuples(NAMES, VALUES), max_size=6)
BODIES = st.one_of(st.binary(max_size=200), st.integers(1, 400_000).map(lambda size: b"x" * size), st.just(b""))
CREDENTIALS = st.builds(Credentials, KEYS, KEYS, st.none() | KEYS)
HOSTS = st.sampled_from(
    [
        "https://workspaces.us-east-1.amazonaws.com",
        "https://localhost:8443",
        "https://h.example:443",
        "http://[::1]:80",
        "http://127.0.0.1",
    ]
)


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(["GET", "POST", "put", "DELETE", "HEAD"]),
    HOSTS,
    PATHS,
    QUERIES,
    HEADERS,
    BODIES,
    CREDENTIALS,
    INSTANTS,
)
def test_botocore_signs_the_same(
    method: str,
    host: str,
    path: str,
    query: str,
    headers: list[tuple[str, str]],
    body: bytes,
    credentials: Credentials,
    at: datetime,
) -> None:
    """Canonical request, string to sign and Authorization are botocore's, whatever the request."""
    url = f"{host}{path}" + (f"?{query}" if query else "")
    request = AWSRequest(method=method, url=url, data=body)
    for name, value in headers:
        request.headers.add_header(name, value)
    frozen = BotocoreCredentials(credentials.access_key_id, credentials.secret_access_key, credentials.session_token)
    oracle = SigV4Auth(frozen, "workspaces", "us-east-1")
    authorization = _authorization(oracle, request, format_amz_date(at))
    del request.headers["Authorization"]
    canonical = oracle.canonical_request(request)

    signer = SigV4Signer("workspaces", "us-east-1")
    assert signer.canonical_request(method, url, headers, body, credentials, at) == canonical
    assert signer.string_to_sign(method, url, headers, body, credentials, at) == oracle.string_to_sign(
        request, canonical
    )
    added = signer.sign(method, url, headers, body, credentials, at)
    assert added["Authorization"] == authorization
    assert added["X-Amz-Date"] == request.headers["X-Amz-Date"]
    assert added.get("X-Amz-Security-Token") == request.headers.get("X-Amz-Security-Token")


# aws-requests-auth leaves dot segments alone and sorts parameters by their whole text: neither is asked of it.
PLAIN_SEGMENTS = st.text(VISIBLE, min_size=1, max_size=8).filter(lambda part: part not in {".", ".."})
PLAIN_PATHS = st.lists(PLAIN_SEGMENTS, max_size=4).map(
    lambda parts: "/" + "/".join(quote(part, safe="") for part in parts)
)


@pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")  # aws-requests-auth's own clock
@settings(max_examples=200, deadline=None)
@given(PLAIN_PATHS, st.dictionaries(KEYS, TEXTS, max_size=1), BODIES, CREDENTIALS)
def test_three_implementations_sign_a_post_the_same(
    path: str, parameters: dict[str, str], body: bytes, credentials: Credentials
) -> None:
    """aws-requests-auth, botocore and wsclient give a POST one Authorization."""
    query = "&".join(f"{quote(k, safe='-_.~')}={quote(v, safe='-_.~')}" for k, v in parameters.items())
    url = f"https://workspaces.us-east-1.amazonaws.com{path}" + (f"?{query}" if query else "")
    theirs = _requests_auth(url, body, credentials)
    at = datetime.strptime(theirs["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)

    ours = SigV4Signer("workspaces", "us-east-1").sign("POST", url, [], body, credentials, at)
    assert ours["Authorization"] == theirs["Authorization"] == _botocore(url, body, credentials, theirs["x-amz-date"])


def _requests_auth(url: str, body: bytes, credentials: Credentials) -> dict[str, str]:
    request = requests.PreparedRequest()
    request.method, request.url, request.body = "POST", url, body
    auth = AWSRequestsAuth(
        aws_access_key=credentials.access_key_id,
        aws_secret_access_key=credentials.secret_access_key,
        aws_host=urlsplit(url).netloc,
        aws_region="us-east-1",
        aws_service="workspaces",
        aws_token=credentials.session_token,
    )
    return dict(auth.get_aws_request_headers_handler(request))


def _botocore(url: str, body: bytes, credentials: Credentials, timestamp: str) -> str:
    request = AWSRequest(method="POST", url=url, data=body)
    frozen = BotocoreCredentials(credentials.access_key_id, credentials.secret_access_key, credentials.session_token)
    oracle = SigV4Auth(frozen, "workspaces", "us-east-1")
    return _authorization(oracle, request, timestamp)


def _authorization(oracle: SigV4Auth, request: AWSRequest, timestamp: str) -> str:
    """Sign at a fixed time: what add_auth does after it has read the clock."""
    request.context["timestamp"] = timestamp
    oracle._modify_request_before_signing(request)
    string_to_sign = oracle.string_to_sign(request, oracle.canonical_request(request))
    oracle._inject_signature_to_request(request, oracle.signature(string_to_sign, request))
    return str(request.headers["Authorization"])
