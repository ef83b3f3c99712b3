"""Malformed requests in each protocol: an error with the right code, never an internal error of the emulator."""

# Reads private state of the emulator.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import cast
from urllib.parse import quote_plus

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.emulators import Caller
from wsclient._core.http import HttpRequest, HttpResponse
from wsclient._core.protocols.xml import parse_xml
from wsclient._core.service_errors import InternalFailure, ValidationException
from wsclient._generated.sts.service import SERVICE as STS
from wsclient._generated.workspaces.service import SERVICE as WORKSPACES
from wsclient.testing._protocols.aws_json import JsonServerCodec
from wsclient.testing._protocols.aws_query import QueryServerCodec
from wsclient.testing._protocols.base import path_and_query
from wsclient.testing._protocols.rpc_v2_cbor import CborServerCodec

CBOR = {"smithy-protocol": "rpc-v2-cbor", "content-type": "application/cbor"}
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=8) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)
MEMBERS = st.dictionaries(
    st.sampled_from(
        ["WorkspaceIds", "DirectoryId", "Limit", "NextToken", "Workspaces", "Tags", "UserRules", "Filters"]
    ),
    PLAIN,
    max_size=4,
)


@pytest.fixture(scope="module")
def caller() -> Caller:
    """Return an in-process emulator's caller."""
    return Caller()


def cbor(caller: Caller, operation: str, body: bytes) -> tuple[HttpResponse, dict[str, object]]:
    """Return the response to a call in CBOR, and its parsed body."""
    path = f"/service/WorkspacesService/operation/{operation}"
    response = caller.send(CBOR, body, path=path)
    return response, cast("dict[str, object]", cbor2.loads(response.body))


def type_of(response: HttpResponse) -> object:
    """Return the __type of a JSON error."""
    return json.loads(response.body)["__type"]


def xml_code(response: HttpResponse) -> str | None:
    """Return the Code of an XML error."""
    error = parse_xml(response.body).child("Error")
    return error.child_text("Code") if error else None


@pytest.mark.parametrize("body", [b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"[" * 100_000, b'{"Limit": 1e999}'])
def test_invalid_json_is_a_serialization_error(caller: Caller, body: bytes) -> None:
    """A body that is not a JSON object raises SerializationException."""
    assert type_of(caller.post("DescribeWorkspaces", body)) == "SerializationException"


@pytest.mark.parametrize(
    "body",
    [b"\xa1", b"\x80", b"\x00", b"\xff", b"\x81" * 100_000, b"\xd8\x1c\x81\xd8\x1d\x00", b"\xa1\x65Limit\xc1\x61x"],
)
def test_invalid_cbor_is_a_serialization_error(caller: Caller, body: bytes) -> None:
    """A body that is not a CBOR map, or contains unsupported types, raises SerializationException."""
    response, found = cbor(caller, "DescribeWorkspaces", body)
    assert (response.status, found["__type"]) == (400, "com.amazonaws.workspaces#SerializationException")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"\xff", "MalformedInput"),
        ("Action=GetCallerIdentité".encode(), "MalformedInput"),
        (b"&".join(b"a%d=1" % number for number in range(2000)), "MalformedInput"),
        (b"Action=AssumeRole&Version=2011-06-15&DurationSeconds=soon", "MalformedInput"),
        (b"Action=AssumeRole&Version=2011-06-15&DurationSeconds=1_000", "MalformedInput"),
        (b"Action=AssumeRole&Version=2011-06-15&DurationSeconds=%20900", "MalformedInput"),
        (("Action=AssumeRole&Version=2011-06-15&DurationSeconds=" + "9" * 5000).encode(), "MalformedInput"),
        (b"", "InvalidAction"),
        (b"Action=GetCallerIdentity", "InvalidAction"),
        (b"Action=GetCallerIdentity&Version=2010-05-09", "InvalidAction"),
        (b"Action=Nonsense&Version=2011-06-15", "InvalidAction"),
        (b"Action=AssumeRole&Version=2011-06-15", "ValidationError"),
        (b"Action=AssumeRole&Version=2011-06-15&RoleSessionName=me&RoleArn=arn:aws:iam::1:role/x", "ValidationError"),
    ],
)
def test_invalid_forms_have_distinct_error_codes(caller: Caller, body: bytes, code: str) -> None:
    """A malformed form, an unknown action, and missing or invalid members have different error codes."""
    assert xml_code(caller.form(body)) == code


def test_unknown_operation_in_both_protocols(caller: Caller) -> None:
    """An operation that the model does not have is unknown, whatever its name."""
    assert type_of(caller.post("Nonsense", b"{}")) == "UnknownOperationException"
    assert cbor(caller, "Nonsense", b"\xa0")[1]["__type"] == "com.amazonaws.workspaces#UnknownOperationException"


@pytest.mark.parametrize("path", ["//[", "//x", "http:", "?", "/%zz", "//service/WorkspacesService/operation/[::"])
def test_odd_paths_are_answered(caller: Caller, path: str) -> None:
    """No path, however it reads as a URL, makes the emulator fail, signed or not."""
    assert caller.answer(HttpRequest("POST", path, tuple(CBOR.items()), b"")).status == 400
    target = {"x-amz-target": "WorkspacesService.DescribeWorkspaces"}
    assert caller.answer(HttpRequest("POST", path, (*target.items(), ("host", "x")), b"{}")).status == 400


def test_path_is_read_from_the_request_line() -> None:
    """Path and query are taken from the request line; of an absolute URL, from the part after the host."""
    sent = ("/a?b=c?d", "//a/b", "https://host:1/a?u=https://x/", "https://host", "https://host?x=1", "/a://b")
    assert [path_and_query(HttpRequest("POST", url, (), b"")) for url in sent] == [
        ("/a", "b=c?d"),
        ("//a/b", ""),
        ("/a", "u=https://x/"),
        ("/", ""),
        ("/", "x=1"),
        ("/a://b", ""),
    ]


def test_a_huge_number_is_a_serialization_error(caller: Caller) -> None:
    """An integer beyond 64 bits in CBOR raises SerializationException before it is printed or compared."""
    for number in (2**63, -(2**63) - 1, 10**5000):
        found = cbor(caller, "DescribeWorkspaces", cbor2.dumps({"Limit": number}))[1]
        assert found["__type"] == "com.amazonaws.workspaces#SerializationException"
    assert "9223372036854775807" in str(cbor(caller, "DescribeWorkspaces", cbor2.dumps({"Limit": 2**63 - 1}))[1])


def test_only_post_requests_are_served(caller: Caller) -> None:
    """A request by another method is of no protocol spoken here."""
    headers = (("x-amz-target", "WorkspacesService.DescribeWorkspaces"),)
    from_service = caller.answer(HttpRequest("GET", "/", headers, b""))
    assert type_of(from_service) == "UnknownOperationException"


@settings(max_examples=150)
@given(operation=st.sampled_from(sorted(WORKSPACES.operations)), members=MEMBERS, as_cbor=st.booleans())
def test_any_input_is_answered(operation: str, members: dict[str, object], *, as_cbor: bool) -> None:
    """Whatever members a call carries, it ends in a result or in an error that is the client's."""
    caller = Caller()
    if as_cbor:
        assert cbor(caller, operation, cbor2.dumps(members))[0].status in (200, 400)
    else:
        assert caller.post(operation, json.dumps(members).encode()).status in (200, 400)


@settings(max_examples=100)
@given(st.binary(max_size=60), st.sampled_from(["json", "cbor", "form"]))
def test_any_bytes_are_answered(body: bytes, protocol: str) -> None:
    """Any bytes at all are answered with a result or an error that is the client's."""
    caller = Caller()
    if protocol == "json":
        response = caller.post("CreateWorkspaces", body)
    elif protocol == "cbor":
        response = cbor(caller, "CreateWorkspaces", body)[0]
    else:
        response = caller.form(b"Action=AssumeRole&Version=2011-06-15&" + quote_plus(body).encode())
    assert 400 <= response.status < 500


@settings(max_examples=60)
@given(st.text(max_size=40))
def test_any_text_is_escaped_in_xml(text: str) -> None:
    """Text from a request comes back in XML as text: markup in it stays text, and no document breaks."""
    wire = QueryServerCodec(STS, is_default=True)
    answered = parse_xml(wire.write("GetCallerIdentity", {"Arn": f"<x>{text}</x>"}, "id").body)
    result = answered.child("GetCallerIdentityResult")
    arn = result.child("Arn") if result else None
    assert arn is not None
    assert arn.text.startswith("<x>")
    assert parse_xml(wire.write_error(ValidationException(text), "id").body).tag == "ErrorResponse"


def test_form_lists_are_sorted_by_their_numbers() -> None:
    """List items are sorted by their numbers, with or without gaps, and an empty list is preserved."""
    fields = (
        "Action=AssumeRole&Version=2011-06-15&Tags.member.10.Key=b&Tags.member.10.Value=2&Tags.member.2.Key=a"
        "&Tags.member.x.Key=c&Tags.member.99999999.Key=d&TransitiveTagKeys=&PolicyArns.member.1.arn=p"
    )
    request = HttpRequest("POST", "/", (), fields.encode())
    assert QueryServerCodec(STS, is_default=True).read(request) == {
        "Tags": [{"Key": "a"}, {"Key": "b", "Value": "2"}],
        "TransitiveTagKeys": [],
        "PolicyArns": [{"arn": "p"}],
    }


def test_times_blobs_and_booleans_per_protocol() -> None:
    """A time, a blob and a truth value travel as each protocol has them."""
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    result: dict[str, object] = {"At": at, "Flag": True, "Of": ["a"]}
    in_json = json.loads(JsonServerCodec(WORKSPACES).write("X", result | {"Blob": b"\x00"}, "id").body)
    assert in_json == {"At": at.timestamp(), "Flag": True, "Of": ["a"], "Blob": "AA=="}
    in_cbor = CborServerCodec(WORKSPACES).write("X", result | {"Blob": b"\x00"}, "id").body
    assert cbor2.loads(in_cbor) == result | {"Blob": b"\x00"}
    assert b"\xc1" in in_cbor
    in_xml = QueryServerCodec(STS, is_default=True).write("X", result, "id").body.decode()
    assert "<At>2026-03-01T12:00:00Z</At><Flag>true</Flag><Of><member>a</member></Of>" in in_xml
    with pytest.raises(TypeError, match="cannot contain a value of type set"):
        JsonServerCodec(WORKSPACES).write("X", {"Odd": {1}}, "id")


@pytest.mark.parametrize(
    "wire", [JsonServerCodec(WORKSPACES), CborServerCodec(WORKSPACES), QueryServerCodec(STS, is_default=True)]
)
def test_errors_keep_their_status_and_details_in_every_protocol(
    wire: JsonServerCodec | CborServerCodec | QueryServerCodec,
) -> None:
    """A server error keeps its status and details in each protocol."""
    error = InternalFailure("it broke", status=500, details={"ResourceId": "ws-1"})
    response = wire.write_error(error, "id")
    assert (response.status, b"ws-1" in response.body) == (500, True)
    assert wire.service in (STS, WORKSPACES)


def test_emulator_exception_is_an_internal_failure(caplog: pytest.LogCaptureFixture) -> None:
    """An exception in an operation gives InternalFailure with a request id, and only the log has the reason."""
    caplog.set_level(logging.ERROR, "wsclient.testing")
    broken = Caller()
    directory_id, bundle_id = broken.aws.add_directory(), broken.aws.add_bundle("mine")
    broken.aws._world.durations = None  # type: ignore[assignment]  # causes the exception
    members = {"DirectoryId": directory_id, "UserName": "a", "BundleId": bundle_id}
    response = broken.post("CreateWorkspaces", json.dumps({"Workspaces": [members]}).encode())
    assert (response.status, type_of(response)) == (500, "InternalFailure")
    assert "NoneType" not in response.body.decode()
    assert "unexpected exception in the emulated operation CreateWorkspaces" in caplog.text
