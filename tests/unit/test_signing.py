"""Signature Version 4: AWS's published vectors, the key cache, and what is refused."""

import copy
import pickle
from datetime import UTC, datetime, timedelta, timezone

import pytest

from wsclient._errors import ConfigurationError, RequestValidationError, WsclientError
from wsclient.credentials import Credentials
from wsclient.signing import SigV4Signer, derive_signing_key, format_amz_date

CREDENTIALS = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
AT = datetime(2015, 8, 30, 12, 36, tzinfo=UTC)
HOST = "https://example.amazonaws.com"

# Signatures of AWS's Signature Version 4 test suite.
VECTORS = {
    "get-vanilla": ("GET", "/", [], b"", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
    "post-vanilla": (
        "POST",
        "/",
        [],
        b"",
        "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
    ),
    "get-vanilla-query-order-key-case": (
        "GET",
        "/?Param2=value2&Param1=value1",
        [],
        b"",
        "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
    ),
    "get-vanilla-utf8-query": (
        "GET",
        "/?ሴ=bar",
        [],
        b"",
        "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04",
    ),
    "get-utf8": ("GET", "/ሴ", [], b"", "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"),
    "get-header-value-trim": (
        "GET",
        "/",
        [("My-Header1", " value1"), ("My-Header2", ' "a   b   c"')],
        b"",
        "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
    ),
    "post-x-www-form-urlencoded": (
        "POST",
        "/",
        [("Content-Type", "application/x-www-form-urlencoded")],
        b"Param1=value1",
        "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
    ),
}


def _sign(signer: SigV4Signer, credentials: Credentials = CREDENTIALS, at: datetime = AT) -> dict[str, str]:
    return signer.sign("POST", HOST, [], b"", credentials, at)


def _service_signer() -> SigV4Signer:
    return SigV4Signer("service", "us-east-1")


@pytest.mark.parametrize("name", VECTORS)
def test_published_vectors(name: str) -> None:
    """A request of AWS's test suite gets the signature that AWS published for it."""
    method, target, headers, body, signature = VECTORS[name]
    added = _service_signer().sign(method, HOST + target, headers, body, CREDENTIALS, AT)
    assert added["Authorization"].endswith(f"Signature={signature}")


@pytest.mark.parametrize(
    ("path", "canonical"),
    [
        ("", "/"),
        ("//", "/"),
        ("/./", "/"),
        ("/./example", "/example"),
        ("/example/..", "/"),
        ("/example1/example2/../..", "/"),
        ("//example//", "/example/"),
        ("/example space/", "/example%20space/"),
        ("/a%20b", "/a%2520b"),
        ("/-._~0123456789ABCxyz", "/-._~0123456789ABCxyz"),
    ],
)
def test_paths_are_normalized_and_encoded(path: str, canonical: str) -> None:
    """Dot segments and empty ones go, odd characters are encoded, encoded ones once more."""
    text = _service_signer().canonical_request("GET", HOST + path, [], b"", CREDENTIALS, AT)
    assert text.split("\n")[1] == canonical


def test_a_path_can_be_left_alone() -> None:
    """normalize_path=False keeps dot segments and repeated slashes."""
    signer = SigV4Signer("s3", "us-east-1", normalize_path=False)
    text = signer.canonical_request("GET", f"{HOST}//a/../b", [], b"", CREDENTIALS, AT)
    assert text.split("\n")[1] == "//a/../b"


@pytest.mark.parametrize(
    ("query", "canonical"),
    [
        ("b=2&a=1", "a=1&b=2"),
        ("a=2&a=1", "a=1&a=2"),
        ("flag&a", "a=&flag="),
        ("a=%2f&b=a+b", "a=%2F&b=a%2Bb"),
        ("a=b=c", "a=b%3Dc"),
        ("a=100%", "a=100%25"),
        ("&&", ""),
    ],
)
def test_queries_are_sorted_and_encoded_once(query: str, canonical: str) -> None:
    """Parameters are sorted by name and value, and encoded in one way whatever way they came."""
    text = _service_signer().canonical_request("GET", f"{HOST}/?{query}", [], b"", CREDENTIALS, AT)
    assert text.split("\n")[2] == canonical


def test_repeated_folded_and_unsigned_headers() -> None:
    """Repeated headers join by comma in their order, continuation lines fold, hop-by-hop headers stay unsigned."""
    headers = [
        ("Multi", "one"),
        ("multi", " two\r\n  three\t "),
        ("User-Agent", "x"),
        ("Connection", "close"),
    ]
    text = _service_signer().canonical_request("GET", HOST, headers, b"", CREDENTIALS, AT)
    assert "multi:one,two three\n" in text
    assert text.split("\n")[-2] == "host;multi;x-amz-date"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://h.example:443/", "h.example"),
        ("http://h.example:80/", "h.example"),
        ("https://H.example:8443/", "h.example:8443"),
        ("https://[::1]:8443/", "[::1]:8443"),
        ("http://h.example:443/", "h.example:443"),
    ],
)
def test_host_comes_from_the_url(url: str, host: str) -> None:
    """The host header is the URL's host, with its port unless that is the scheme's own."""
    text = _service_signer().canonical_request("GET", url, [], b"", CREDENTIALS, AT)
    assert f"host:{host}\n" in text


def test_given_headers_rule() -> None:
    """A host, a date and a payload hash among the headers are used as they are."""
    given = [
        ("Host", "other.example"),
        ("X-Amz-Date", "20200102T030405Z"),
        ("x-amz-content-sha256", "UNSIGNED"),
    ]
    signer = _service_signer()
    text = signer.canonical_request("GET", HOST, given, b"body", CREDENTIALS, AT)
    added = signer.sign("GET", HOST, given, b"body", CREDENTIALS, AT)
    assert "host:other.example\n" in text
    assert text.endswith("\nUNSIGNED")
    assert "/20200102/us-east-1/service/" in added["Authorization"]
    assert set(added) == {"Authorization"}


def test_a_session_token_is_added_and_signed() -> None:
    """Temporary credentials add their token, which is part of what is signed."""
    added = _sign(_service_signer(), Credentials("AKIDEXAMPLE", "secret", "token"))
    assert added["X-Amz-Security-Token"] == "token"
    assert "SignedHeaders=host;x-amz-date;x-amz-security-token" in added["Authorization"]


def test_a_session_token_among_the_headers() -> None:
    """A token that is there already is signed and not added twice; another one than the credentials' is refused."""
    credentials = Credentials("AKIDEXAMPLE", "secret", "token")
    signer = _service_signer()
    added = signer.sign("GET", HOST, [("X-Amz-Security-Token", "token")], b"", credentials, AT)
    assert "X-Amz-Security-Token" not in added
    assert "x-amz-security-token" in added["Authorization"]
    with pytest.raises(RequestValidationError, match="not the credentials' own"):
        signer.sign("GET", HOST, [("X-Amz-Security-Token", "other")], b"", credentials, AT)


def test_the_inputs_are_left_as_they_were() -> None:
    """sign() answers what to add and changes nothing it was given."""
    headers = [("a", "b")]
    _service_signer().sign("GET", HOST, headers, b"", CREDENTIALS, AT)
    assert headers == [("a", "b")]


def test_the_key_cache_never_serves_another_secret_or_day() -> None:
    """Whatever was signed before, a signature equals that of a signer with no past, also under one access key id."""
    signer = _service_signer()
    other_secret = Credentials("AKIDEXAMPLE", "another secret".replace(" ", "-"))
    for credentials in (CREDENTIALS, other_secret, CREDENTIALS):
        for at in (AT, AT + timedelta(days=1), AT):
            assert _sign(signer, credentials, at) == _sign(_service_signer(), credentials, at)


def test_a_key_is_derived_once_a_day_and_scope() -> None:
    """Two signatures of a day share one derived key."""
    signer = _service_signer()
    _sign(signer)
    first = signer._cached
    _sign(signer, at=AT + timedelta(hours=1))
    assert signer._cached is first
    assert first.key == derive_signing_key(CREDENTIALS.secret_access_key, "20150830", "us-east-1", "service")


def test_a_signer_shows_and_pickles_no_key() -> None:
    """repr, copies and pickles of a used signer hold no secret and no derived key."""
    signer = _service_signer()
    _sign(signer)
    assert repr(signer) == "SigV4Signer('service', 'us-east-1')"
    data = pickle.dumps(signer)
    assert CREDENTIALS.secret_access_key.encode() not in data
    assert _sign(pickle.loads(data)) == _sign(copy.copy(signer)) == _sign(signer)


def test_instants_of_other_zones_are_converted() -> None:
    """An aware instant of any zone is signed as the same instant in UTC; a naive one is refused."""
    east = datetime(2015, 8, 30, 14, 36, tzinfo=timezone(timedelta(hours=2)))
    assert format_amz_date(east) == format_amz_date(AT) == "20150830T123600Z"
    with pytest.raises(ConfigurationError, match="aware datetime"):
        format_amz_date(AT.replace(tzinfo=None))


@pytest.mark.parametrize(
    "url",
    [
        "https:///path",
        "ftp://h.example/",
        "h.example/path",
        "https://user:secretpart@h.example/",
        "https://h.example/#fragment",
        "https://h.example:port/",
        "https://[::1/",
        "https://h.example/\r\nX: y",
    ],
)
def test_urls_that_cannot_be_signed(url: str) -> None:
    """A URL without a host, or with what must not be in one, is refused without being repeated."""
    with pytest.raises(RequestValidationError) as caught:
        _service_signer().sign("GET", url, [], b"", CREDENTIALS, AT)
    assert "secretpart" not in str(caught.value)


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("GET /", []),
        ("", []),
        ("GET", [("bad name", "x")]),
        ("GET", [("", "x")]),
        ("GET", [("name", "a\r\nX-Evil: b")]),
        ("GET", [("name", "a\x00b")]),
        ("GET", [("x-amz-date", "yesterday")]),
    ],
)
def test_methods_and_headers_that_cannot_be_signed(method: str, headers: list[tuple[str, str]]) -> None:
    """What could break out of a header, or is no method, name or date, is refused."""
    with pytest.raises(RequestValidationError):
        _service_signer().sign(method, HOST, headers, b"", CREDENTIALS, AT)


@pytest.mark.parametrize(("service", "region"), [("a/b", "us-east-1"), ("a", "us east"), ("", "r"), ("s", "")])
def test_scopes_that_cannot_be(service: str, region: str) -> None:
    """A service or region that would change the credential scope is refused."""
    with pytest.raises(WsclientError, match="credential scope"):
        SigV4Signer(service, region)
