"""Signature Version 4: AWS's published vectors, the key cache, and rejected input."""

# The cache is private: these tests inspect its content.
# pyright: reportPrivateUsage=false

import copy
import gc
import hmac
import pickle
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from tests.support.sigv4_vectors import ACCESS_KEY_ID, SECRET_ACCESS_KEY, VECTORS
from wsclient._core.errors import ConfigurationError, RequestValidationError, WsclientError
from wsclient.credentials import Credentials
from wsclient.signing import UNSIGNED_HEADERS, SigV4Signer, derive_signing_key, format_amz_date
from wsclient.signing._canonical_request import request_template

CREDENTIALS = Credentials(ACCESS_KEY_ID, SECRET_ACCESS_KEY)
AT = datetime(2015, 8, 30, 12, 36, tzinfo=UTC)
HOST = "https://example.amazonaws.com"


def _sign(signer: SigV4Signer, credentials: Credentials = CREDENTIALS, at: datetime = AT) -> dict[str, str]:
    return signer.sign("POST", HOST, [], b"", credentials, at)


def _service_signer() -> SigV4Signer:
    return SigV4Signer("service", "us-east-1")


@pytest.mark.parametrize("name", VECTORS)
def test_signatures_equal_the_published_test_suite(name: str) -> None:
    """A request of AWS's test suite gets the Authorization header that AWS published for it."""
    vector = VECTORS[name]
    signer = SigV4Signer("service", "us-east-1", normalize_path=vector.normalize)
    credentials = Credentials(ACCESS_KEY_ID, SECRET_ACCESS_KEY, vector.token)
    added = signer.sign(vector.method, HOST + vector.target, vector.headers, vector.body, credentials, AT)
    assert added["Authorization"] == (
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        f"SignedHeaders={';'.join(sorted(('host', 'x-amz-date', *vector.signed)))}, Signature={vector.signature}"
    )
    assert added.get("X-Amz-Security-Token") == vector.token


def test_canonical_request_and_string_to_sign_are_public() -> None:
    """canonical_request and string_to_sign return the parts that sign() signs, and take the same keywords."""
    signer = _service_signer()
    canonical = signer.canonical_request(method="GET", url=HOST, headers=[], body=b"", credentials=CREDENTIALS, at=AT)
    text = signer.string_to_sign(method="GET", url=HOST, headers=[], body=b"", credentials=CREDENTIALS, at=AT)
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    head = "GET\n/\n\nhost:example.amazonaws.com\nx-amz-date:20150830T123600Z\n\nhost;x-amz-date\n"
    assert canonical == head + empty
    assert text == (
        "AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/service/aws4_request\n"
        "bb579772317eb040ac9ed261061d46c1f17a8133879d6129b6e1c25292927e63"
    )


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
    """Dot segments and empty segments are removed; special characters are encoded, and encoded ones a second time."""
    text = _service_signer().canonical_request("GET", HOST + path, [], b"", CREDENTIALS, AT)
    assert text.split("\n")[1] == canonical


def test_normalize_path_false_keeps_the_path() -> None:
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
    """Query parameters are sorted by name and value, and encoded uniformly for any input encoding."""
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


@pytest.mark.parametrize("name", sorted(UNSIGNED_HEADERS))
def test_headers_that_change_on_the_way_are_not_signed(name: str) -> None:
    """Headers that a proxy or the transport may change are not signed, in upper or lower case."""
    signer = _service_signer()
    plain = signer.sign("GET", HOST, [], b"", CREDENTIALS, AT)
    assert signer.sign("GET", HOST, [(name.title(), "some value")], b"", CREDENTIALS, AT) == plain


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://h.example:443/", "h.example"),
        ("http://h.example:80/", "h.example"),
        ("https://H.example:8443/", "h.example:8443"),
        ("https://[::1]:8443/", "[::1]:8443"),
        ("http://h.example:443/", "h.example:443"),
        ("https://h.example:/", "h.example"),
        ("HTTPS://h.example?a=b", "h.example"),
        ("https://[FE80::1%25eth0]/", "[fe80::1%25eth0]"),
    ],
)
def test_host_header_comes_from_the_url(url: str, host: str) -> None:
    """The host header is the URL's host, with its port unless that is the scheme's own."""
    text = _service_signer().canonical_request("GET", url, [], b"", CREDENTIALS, AT)
    assert f"host:{host}\n" in text


def test_given_host_date_and_payload_hash_are_used() -> None:
    """A host, a date and a payload hash among the headers are used as they are."""
    values = [
        ("Host", "other.example"),
        ("X-Amz-Date", "20200102T030405Z"),
        ("x-amz-content-sha256", "UNSIGNED"),
    ]
    signer = _service_signer()
    text = signer.canonical_request("GET", HOST, values, b"body", CREDENTIALS, AT)
    added = signer.sign("GET", HOST, values, b"body", CREDENTIALS, AT)
    assert "host:other.example\n" in text
    assert text.endswith("\nUNSIGNED")
    assert "/20200102/us-east-1/service/" in added["Authorization"]
    assert set(added) == {"Authorization"}


def test_a_session_token_is_added_and_signed() -> None:
    """Temporary credentials add their token, which is part of what is signed."""
    added = _sign(_service_signer(), Credentials("AKIDEXAMPLE", "secret", "token"))
    assert added["X-Amz-Security-Token"] == "token"
    assert "SignedHeaders=host;x-amz-date;x-amz-security-token" in added["Authorization"]


def test_session_token_header_is_signed_once() -> None:
    """An x-amz-security-token header is signed once; a token that differs from the credentials' is rejected."""
    credentials = Credentials("AKIDEXAMPLE", "secret", "token")
    signer = _service_signer()
    added = signer.sign("GET", HOST, [("X-Amz-Security-Token", "token")], b"", credentials, AT)
    assert "X-Amz-Security-Token" not in added
    assert "x-amz-security-token" in added["Authorization"]
    with pytest.raises(RequestValidationError, match="differs from the session token of the credentials"):
        signer.sign("GET", HOST, [("X-Amz-Security-Token", "other")], b"", credentials, AT)


def test_sign_does_not_modify_its_arguments() -> None:
    """sign() returns the headers to add and does not modify its arguments."""
    headers = [("a", "b")]
    _service_signer().sign("GET", HOST, headers, b"", CREDENTIALS, AT)
    assert headers == [("a", "b")]


def test_key_cache_is_per_secret_and_day() -> None:
    """A signature never depends on earlier signatures, also with another secret of the same access key id."""
    signer = _service_signer()
    other_secret = Credentials("AKIDEXAMPLE", "another secret".replace(" ", "-"))
    for credentials in (CREDENTIALS, other_secret, CREDENTIALS):
        for at in (AT, AT + timedelta(days=1), AT):
            assert _sign(signer, credentials, at) == _sign(_service_signer(), credentials, at)


def test_signing_key_is_derived_once_per_day_and_scope() -> None:
    """Two signatures of a day share one derived key."""
    signer = _service_signer()
    _sign(signer)
    first = signer._cached
    _sign(signer, at=AT + timedelta(hours=1))
    assert signer._cached is first
    assert first is not None
    key = derive_signing_key(CREDENTIALS.secret_access_key, "20150830", "us-east-1", "service")
    for text in ("", "AWS4-HMAC-SHA256", "x" * 1000):
        assert first.signature(text) == hmac.new(key, text.encode(), "sha256").hexdigest()


def test_signer_keeps_one_derived_key_and_no_secret() -> None:
    """A signer keeps only the last derived signing key, and no secret access key."""
    signer = _service_signer()
    for number in range(50):
        _sign(signer, Credentials("AKIDEXAMPLE", f"{number}secret"))
    kept = _reachable(signer)
    keys = [derive_signing_key(f"{number}secret", "20150830", "us-east-1", "service") for number in range(50)]
    assert signer._cached is not None
    assert signer._cached.signature("text") == hmac.new(keys[-1], b"text", "sha256").hexdigest()
    assert not [key for key in keys if key in kept]
    assert not [value for value in kept if isinstance(value, str) and "secret" in value]


def _reachable(signer: SigV4Signer) -> list[object]:
    """Return the objects that a signer keeps alive: its attributes, and the parts of the cached key."""
    return [*vars(signer).values(), *gc.get_referents(signer._cached)]


def test_cached_urls_exclude_the_query() -> None:
    """Cached URLs exclude the query, so that its values are not kept in memory and share one entry."""
    signer = _service_signer()
    signer.sign("GET", "https://remembered.example/", [], b"", CREDENTIALS, AT)
    before = request_template.cache_info()
    signer.sign("GET", "https://remembered.example/?secret=1", [], b"", CREDENTIALS, AT)
    signer.sign("GET", "https://remembered.example/?secret=2", [], b"", CREDENTIALS, AT)
    assert request_template.cache_info().currsize == before.currsize
    assert request_template.cache_info().hits == before.hits + 2


def test_signer_repr_and_pickle_hide_keys() -> None:
    """repr, copies and pickles of a used signer hold no secret and no derived key."""
    signer = _service_signer()
    _sign(signer)
    assert repr(signer) == "SigV4Signer('service', 'us-east-1')"
    assert repr(signer._cached) == "_SigningKey(date='20150830')"
    data = pickle.dumps(signer)
    key = derive_signing_key(CREDENTIALS.secret_access_key, "20150830", "us-east-1", "service")
    assert CREDENTIALS.secret_access_key.encode() not in data
    assert key not in data
    assert _sign(pickle.loads(data)) == _sign(copy.copy(signer)) == _sign(signer)


def test_signing_time_is_converted_to_utc() -> None:
    """An aware instant of any zone is signed as the same instant in UTC; a naive one is refused."""
    east = datetime(2015, 8, 30, 14, 36, tzinfo=timezone(timedelta(hours=2)))
    assert format_amz_date(east) == format_amz_date(AT) == "20150830T123600Z"
    with pytest.raises(ConfigurationError, match="aware datetime"):
        format_amz_date(AT.replace(tzinfo=None))


def test_naive_signing_time_is_rejected_despite_a_date_header() -> None:
    """A naive datetime is rejected even if the x-amz-date header is present and the argument unused."""
    naive = AT.replace(tzinfo=None)
    with pytest.raises(ConfigurationError, match="aware datetime"):
        _service_signer().sign("GET", HOST, [("X-Amz-Date", "20150830T123600Z")], b"", CREDENTIALS, naive)


@pytest.mark.parametrize(
    "url",
    [
        "https:///path",
        "ftp://h.example/",
        "h.example/path",
        "https://user:secretpart@h.example/",
        "https://user:secretpart?x@h.example/",
        "https://h.example/#secretpart",
        "https://h.example/?a=b#secretpart",
        "https://h.example/#",
        "https://h.example?a=secretpart\r\nX: y",
        "https://h.example/\ud800",
        "https://h.example/?\ud800",
        "https://h.example\x7f/",
        " https://h.example/",
        "https://h example/",
        "https://bücher.example/",
        "https://h.example\\@other.example/",
        "https://h.example\\other/",
        "https://h%41.example/",
        "",
        "https://h.example:port/",
        "https://[::1/",
        "https://h.example/\r\nX: y",
    ],
)
def test_invalid_url_is_rejected_without_quoting_it(url: str) -> None:
    """A URL without a host or with invalid parts is rejected, and the error does not repeat it."""
    with pytest.raises(RequestValidationError) as caught:
        _service_signer().sign("GET", url, [], b"", CREDENTIALS, AT)
    assert "secretpart" not in str(caught.value)


@pytest.mark.parametrize("method", ["GET /secretpart", "", "GET\r\n", "G\u212aT", " GET"])
def test_invalid_method_is_rejected_without_quoting_it(method: str) -> None:
    """An HTTP method that is not a token is rejected, and the error does not repeat it."""
    with pytest.raises(RequestValidationError, match="HTTP method") as caught:
        _service_signer().sign(method, HOST, [], b"", CREDENTIALS, AT)
    assert "secretpart" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("secretpart name", "x"),
        ("", "x"),
        ("\r\nname", "x"),
        ("name ", "x"),
        ("name:", "x"),
        ("\u212aelvin", "x"),  # lower() makes an ASCII letter of it
        ("name", "secretpart\r\nX-Evil: b"),
        ("name", "secretpart\n"),
        ("name", "secretpart\r"),
        ("name", "secretpart\r\n \r\nX-Evil: b"),
        ("name", "secretpart\x00b"),
        ("name", "secretpart\x85b"),
        ("name", "secretpart\x7f"),
        ("name", "secretpart\ud800"),
        ("user-agent", "secretpart\r\nX-Evil: b"),
        ("x-amz-date", "secretpart"),
        ("x-amz-date", "\u0662\u0660\u0661\u0665\u0660\u0668\u0663\u0660T123600Z"),
    ],
)
def test_invalid_header_is_rejected_by_the_signer(name: str, value: str) -> None:
    """A header with control characters, an invalid name or date is rejected, and the error does not repeat it."""
    with pytest.raises(RequestValidationError) as caught:
        _service_signer().sign("GET", HOST, [(name, value)], b"", CREDENTIALS, AT)
    assert "secretpart" not in str(caught.value)


@pytest.mark.parametrize(
    ("headers", "body", "message"),
    [
        ({"name": "secretpart"}, b"", "headers must be a list of pairs"),
        ([], "secretpart", "body must be bytes, not a str"),
        ([], None, "body must be bytes, not None"),
    ],
)
@pytest.mark.parametrize("method", ["sign", "canonical_request", "string_to_sign"])
def test_mapping_of_headers_and_text_body_are_rejected(method: str, headers: Any, body: Any, message: str) -> None:
    """The error says what to pass, for every method that signs, without a value."""
    with pytest.raises(RequestValidationError, match=message) as caught:
        getattr(_service_signer(), method)("POST", HOST, headers, body, CREDENTIALS, AT)
    assert "secretpart" not in str(caught.value)


@pytest.mark.parametrize(("service", "region"), [("a/b", "us-east-1"), ("a", "us east"), ("", "r"), ("s", "")])
def test_invalid_service_or_region_is_rejected(service: str, region: str) -> None:
    """A service or region that would change the credential scope is refused."""
    with pytest.raises(WsclientError, match="credential scope"):
        SigV4Signer(service, region)
