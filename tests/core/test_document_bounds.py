"""Documents that an attacker writes: parsing them stops the event loop, so that their size has bounds."""

import json
from encodings.aliases import aliases

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wsclient._core.http import HttpResponse
from wsclient._core.protocols import codec_for, json_bounds, xml
from wsclient._core.protocols.xml import XmlError, parse_xml
from wsclient._generated.sts import operations as sts_operations
from wsclient._generated.sts.service import SERVICE as STS
from wsclient._generated.workspaces import operations as workspaces_operations
from wsclient._generated.workspaces.service import SERVICE as WORKSPACES
from wsclient.credentials._internal.fetch import MAX_DOCUMENT, parse_json_object
from wsclient.errors import CredentialsRefreshError, ResponseParseError

JSON = codec_for(WORKSPACES)
QUERY = codec_for(STS)
PIECES = ("x", "<!---->x", "<![CDATA[]]>y", "&amp;", "&#9;", "<?b?>x", "\n")
REQUEST_ID = (("x-amzn-requestid", "8f2b0a0c-0000-4000-8000-000000000000"),)


@pytest.mark.parametrize("piece", PIECES)
def test_xml_text_chunks_are_joined_once(piece: str) -> None:
    """Whatever splits a text, the parser makes one string of it at the end of the element, and no other."""
    builder = xml._Builder()
    builder.start("a", {})
    for _ in range(1000):
        builder.data("x")
        assert builder._open[-1].text == ""
    builder.end("a")
    assert builder.root.children[0].text == "x" * 1000
    assert parse_xml(f"<a>{piece * 100}</a>".encode()).tag == "a"


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b"<a>" + b"x" * xml.MAX_BYTES + b"</a>", "more than 1048576"),
        (b"<a " + b" " * xml.MAX_BYTES + b"/>", "more than 1048576"),
        (b"<a>" + b"<b/>" * xml.MAX_ELEMENTS + b"</a>", "more than 10000 elements"),
        (b"<a>" * 100 + b"</a>" * 100, "nested deeper than 64"),
    ],
)
def test_xml_beyond_the_limits_is_rejected(document: bytes, reason: str) -> None:
    """Bytes, elements and depth have bounds; a response beyond is a ResponseParseError, an error without a code."""
    with pytest.raises(XmlError, match=reason):
        parse_xml(document)
    response = HttpResponse(200, REQUEST_ID, document)
    with pytest.raises(ResponseParseError, match=reason):
        QUERY.parse(sts_operations.ASSUME_ROLE, response)
    assert QUERY.error_facts(response).code is None


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"Workspaces":[' + b"{}," * 200_000 + b"{}]}", "more than 200000 values"),
        (b'{"Workspaces":[{"ModificationStates":[' + b"[]," * 200_000 + b"{}]}]}", "more than 200000 values"),
        (b'{"x":[' + b"0," * 200_000 + b"0]}", "more than 200000 values"),
        (b'{"x":"' + b"x" * json_bounds.MAX_BYTES + b'"}', "more than 8388608 bytes"),
    ],
)
def test_json_beyond_the_limits_is_rejected(body: bytes, reason: str) -> None:
    """Two megabytes of empty objects, or of anything, are a ResponseParseError instead of a second without a loop."""
    response = HttpResponse(200, REQUEST_ID, body)
    with pytest.raises(ResponseParseError, match=reason):
        JSON.parse(workspaces_operations.DESCRIBE_WORKSPACES, response)
    with pytest.raises(ResponseParseError, match=reason):
        JSON.parse_raw("DescribeWorkspaces", response)
    assert JSON.error_facts(response).code is None


def test_large_page_is_within_the_limits() -> None:
    """A page of a thousand whole WorkSpaces, forty times the largest of AWS, is well within the bounds."""
    workspace = {"WorkspaceId": "ws-1", "State": "AVAILABLE", "ModificationStates": [{"Resource": "COMPUTE_TYPE"}]}
    workspace |= dict.fromkeys(("DirectoryId", "UserName", "BundleId", "SubnetId", "ComputerName"), "x" * 40)
    body = json.dumps({"Workspaces": [workspace] * 1000}).encode()
    page = JSON.parse(workspaces_operations.DESCRIBE_WORKSPACES, HttpResponse(200, REQUEST_ID, body))
    assert len(page.workspaces) == 1000


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=3),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=2), inner),
    )
)
def test_json_value_estimate_is_an_upper_bound(value: object) -> None:
    """Commas and opening brackets are at least as many as the values but the first: nothing passes uncounted."""

    def count(part: object) -> int:
        if isinstance(part, dict):
            return 1 + sum(map(count, part.values()))
        return 1 + sum(map(count, part)) if isinstance(part, list) else 1

    body = json.dumps(value).encode()
    assert sum(map(body.count, (b",", b"{", b"["))) >= count(value) - 1


def test_oversized_credentials_document_is_rejected() -> None:
    """Credential documents of metadata services, SSO and processes larger than 1 MiB are refused."""
    with pytest.raises(CredentialsRefreshError, match="here returned 1048577 bytes, more than 1048576"):
        parse_json_object(b"[" + b" " * MAX_DOCUMENT, "here")


@settings(max_examples=200)
@given(st.sampled_from(sorted({*aliases, *aliases.values(), "utf-7", "cp037", "x" * 500})) | st.text("abz-_.019"))
def test_xml_encoding_declarations_are_ignored(encoding: str) -> None:
    """Whatever a declaration says, XML is UTF-8 or malformed: no error of Python's codecs comes through."""
    document = f'<?xml version="1.0" encoding="{encoding}"?><a>\N{EURO SIGN}</a>'.encode()
    try:
        text = parse_xml(document).text
    except XmlError:
        text = "\N{EURO SIGN}"  # expat refuses a name that no encoding can have
    assert text == "\N{EURO SIGN}"
