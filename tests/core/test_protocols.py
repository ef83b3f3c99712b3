"""The wire protocols where AWS is not at its best: errors of every shape, nulls, garbage, bombs."""

import pickle
import threading
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsclient import errors
from wsclient._core.errors import THROTTLING_CODES
from wsclient._core.http import HttpResponse
from wsclient._core.model.operations import AnyOperation
from wsclient._core.protocols import codec_for
from wsclient._core.protocols.codec import retry_after, service_error
from wsclient._core.protocols.xml import XmlError, parse_xml
from wsclient._core.redaction import Secrets
from wsclient._core.service_errors import COMMON_ERRORS
from wsclient._generated.sts import operations as sts_operations
from wsclient._generated.sts import structures as sts
from wsclient._generated.sts.service import SERVICE as STS
from wsclient._generated.workspaces import operations as workspaces_operations
from wsclient._generated.workspaces import structures as s
from wsclient._generated.workspaces.service import SERVICE as WORKSPACES

JSON = codec_for(WORKSPACES)
QUERY = codec_for(STS)
DESCRIBE = workspaces_operations.DESCRIBE_WORKSPACES


def _answer(body: bytes, status: int = 200, **headers: str) -> HttpResponse:
    return HttpResponse(status, tuple((key.replace("_", "-"), value) for key, value in headers.items()), body)


def _error(response: HttpResponse, model: AnyOperation | None = DESCRIBE) -> errors.ServiceError:
    return service_error(JSON.error_facts(response), response, WORKSPACES, "DescribeWorkspaces", model)


def test_null_members_parse_as_absent() -> None:
    """Null members read as absent everywhere: None for a value, an empty list for a list, nothing within a list."""
    body = b'{"Workspaces":null,"NextToken":null}'
    assert JSON.parse(DESCRIBE, _answer(body, x_amzn_requestid="id")) == s.DescribeWorkspacesResult()
    body = b'{"Workspaces":[{"WorkspaceId":null,"State":"AVAILABLE","ModificationStates":null},null]}'
    (workspace,) = JSON.parse(DESCRIBE, _answer(body, x_amzn_requestid="id")).workspaces
    assert workspace.workspace_id == ""
    assert workspace.to_dict() == {"State": "AVAILABLE"}
    assert workspace.modification_states == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Welcome to the captive portal</html>",
        b'{"Workspaces":[{"Work',
        b'{"Workspaces":{}}',
        b'{"Workspaces":[{"WorkspaceId":5}]}',
        b"[]",
        b"null",
        b'"text"',
        b"\xff\xfe",
        b"\x1f\x8b\x08\x00",
        b"[" * 100_000,
        b'{"New":' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    ],
)
def test_unreadable_response_is_never_an_empty_success(body: bytes) -> None:
    """HTML, truncated, mistyped, compressed, deeply nested or no JSON under HTTP 200 is never an empty success."""
    with pytest.raises(errors.ResponseParseError) as caught:
        JSON.parse(DESCRIBE, _answer(body, x_amzn_requestid="id"))
    error = caught.value
    assert error.is_ambiguous
    assert error.status == 200
    assert error.first_bytes == body[:512]
    assert error.headers == (("x-amzn-requestid", "id"),)
    assert "captive" not in str(error)


def test_nesting_that_exceeds_the_stack_is_an_error() -> None:
    """In a thread with a small stack, deep nesting raises the same error; CPython 3.14 bounds it by the stack alone."""
    body = b'{"Workspaces":[' + b'{"x":[' * 20_000 + b"]}" * 20_000 + b"]}"
    before = threading.stack_size(256 * 1024)
    try:
        with ThreadPoolExecutor(1) as pool, pytest.raises(errors.ResponseParseError, match="nested too deeply"):
            pool.submit(JSON.parse, DESCRIBE, _answer(body, x_amzn_requestid="id")).result()
    finally:
        threading.stack_size(before)


def test_empty_body_succeeds_for_an_operation_without_output() -> None:
    """An empty body is a success for an operation that answers nothing anyway."""
    response = _answer(b"", x_amzn_requestid="id")
    assert JSON.parse(workspaces_operations.CREATE_TAGS, response) == s.CreateTagsResult()


def test_unknown_members_and_enum_values_are_accepted() -> None:
    """Unknown members are left aside and unknown enumeration values stay usable."""
    body = b'{"Workspaces":[{"State":"HIBERNATING","Mood":{"deep":[1]}}],"Weather":1}'
    (workspace,) = JSON.parse(DESCRIBE, _answer(body, x_amzn_requestid="id")).workspaces
    assert workspace.state == "HIBERNATING"
    assert workspace.state.is_unknown


STATUSES = [300, 302, 304, 400, 401, 403, 404, 407, 408, 409, 413, 418, 425, 429, 500, 502, 503, 504, 520, 524, 599]

NO_AWS_ERRORS = [b"", b"<html>x</html>", b'{"__type":', b"[]", b'{"code":503}', b'{"message":"Forbidden"}']


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("body", NO_AWS_ERRORS)
def test_error_not_from_aws_leaves_the_outcome_unknown(body: bytes, status: int) -> None:
    """An error that AWS did not recognisably send is named after its status, and leaves the outcome unknown."""
    error = _error(_answer(body, status))
    assert type(error) is errors.ServiceError
    assert error.code == f"HTTP{status}"
    assert not error.is_from_aws
    assert error.is_ambiguous
    assert error.may_have_been_sent
    assert not error.is_throttling
    assert error.is_transient == (status >= 500 or status in {408, 425, 429})
    assert "html" not in str(error)


@pytest.mark.parametrize("code", ["ValidationException", "ResourceNotFoundException", "ThrottlingException", "Made.Up"])
@pytest.mark.parametrize("status", STATUSES)
def test_a_code_without_a_request_id_leaves_the_outcome_unknown(code: str, status: int) -> None:
    """AWS sends a request id with every response: a code alone, which a gateway may send as well, proves nothing."""
    error = _error(_answer(b'{"__type":"%s"}' % code.encode(), status))
    assert (error.code, error.is_from_aws, error.is_ambiguous) == (code, False, True)


PROVEN = [
    ("x-amzn-requestid", "id"),
    ("content-type", "application/x-amz-json-1.1"),
    ("content-type", "application/x-amz-json-1.1; charset=utf-8"),
]
OTHER_JSON = [b'{"status":"UP"}', b'{"message":"ok"}', b'{"workspaces":[]}', b'{"Error":null}']


@pytest.mark.parametrize("body", OTHER_JSON)
@pytest.mark.parametrize(
    ("header", "value"), [*PROVEN, ("content-type", "application/json"), ("content-type", "text/html")]
)
def test_json_of_another_server_is_no_success(body: bytes, header: str, value: str) -> None:
    """JSON without one member of the operation's output is an error, whatever its headers say."""
    with pytest.raises(errors.ResponseParseError) as caught:
        JSON.parse(DESCRIBE, HttpResponse(200, ((header, value),), body))
    assert caught.value.is_ambiguous
    with pytest.raises(errors.ResponseParseError):
        JSON.parse_raw("DescribeWorkspaces", HttpResponse(200, ((header, value),), body))


@pytest.mark.parametrize("body", [b"", b"{}", b'{"status":"UP"}'])
def test_success_without_members_needs_a_request_id_or_content_type(body: bytes) -> None:
    """An operation whose output has no member succeeds only with a request id or the protocol's content type."""
    for header in PROVEN:
        assert JSON.parse(workspaces_operations.CREATE_TAGS, HttpResponse(200, (header,), body)) == s.CreateTagsResult()
    for headers in ((), (("content-type", "text/html"),), (("content-type", "application/json"),)):
        with pytest.raises(errors.ResponseParseError):
            JSON.parse(workspaces_operations.CREATE_TAGS, HttpResponse(200, headers, body))
        with pytest.raises(errors.ResponseParseError):
            JSON.parse_raw("CreateTags", HttpResponse(200, headers, body))


BLANK_IDS = ["", " ", "\xa0", "-", "\u200b"]
REBOOT = workspaces_operations.REBOOT_WORKSPACES
FAILED_NONE = b'{"FailedRequests":[]}'


@pytest.mark.parametrize("name", ["x-amzn-requestid", "x-amz-request-id"])
@pytest.mark.parametrize("blank", BLANK_IDS)
def test_blank_request_id_does_not_count(blank: str, name: str) -> None:
    """A header without a letter or digit isn't a request id, for successes and errors of either protocol."""
    for body in (b"{}", FAILED_NONE):
        with pytest.raises(errors.ResponseParseError):
            JSON.parse(REBOOT, HttpResponse(200, ((name, blank),), body))
    assert not _error(HttpResponse(400, ((name, blank),), b'{"__type":"ThrottlingException"}')).is_from_aws
    assert QUERY.request_id(HttpResponse(400, ((name, blank),), b"")) is None


@pytest.mark.parametrize("code", ["", " ", "#", ":", ":http://x", "503", "slow down", "a,b", "\u0430bc", "x" * 200])
@pytest.mark.parametrize("header", [True, False])
def test_invalid_error_code_leaves_the_outcome_unknown(code: str, *, header: bool) -> None:
    """A number, sentence or blank in place of an error code is from a gateway, even with a request id."""
    named = {"x_amzn_errortype": code} if header else {}
    body = b"" if header else msgspec.json.encode({"__type": code})
    for status in (302, 400, 403, 413, 429, 503, 520):
        error = _error(_answer(body, status, x_amzn_requestid="id", **named))
        assert (error.is_from_aws, error.is_ambiguous, error.is_throttling) == (False, True, False)


@given(
    st.sampled_from(["InternalFailure", "InternalServerException", "InternalServerError", "InternalServiceFault"]),
    st.integers(300, 599),
)
def test_internal_failure_leaves_the_outcome_unknown(code: str, status: int) -> None:
    """An internal failure leaves the outcome unknown under every status."""
    error = _error(_answer(b'{"__type":"%s"}' % code.encode(), status, x_amzn_requestid="id"))
    assert (error.is_from_aws, error.is_ambiguous) == (True, True)


@given(st.integers(500, 599), st.sampled_from(["Novel", "ServiceUnavailable", "ThrottlingException"]))
def test_a_server_error_leaves_the_outcome_unknown(status: int, code: str) -> None:
    """So does any other error of the server, except throttling and 503, with which the service did not begin."""
    error = _error(_answer(b'{"__type":"%s"}' % code.encode(), status, x_amzn_requestid="id"))
    assert error.is_ambiguous == (status != 503 and code != "ThrottlingException")


@pytest.mark.parametrize("status", [201, 202, 203, 204, 205, 206, 226, 299])
def test_success_status_is_200_only(status: int) -> None:
    """Any other success is a proxy's or gateway's, such as a part of the response: the outcome is unknown."""
    response = HttpResponse(status, (("x-amzn-requestid", "id"),), FAILED_NONE)
    with pytest.raises(errors.ResponseParseError):
        JSON.parse(REBOOT, response)
    with pytest.raises(errors.ResponseParseError):
        JSON.parse_raw("RebootWorkspaces", response)
    xml = b"<GetCallerIdentityResponse/>"
    with pytest.raises(errors.ResponseParseError):
        QUERY.parse(sts_operations.GET_CALLER_IDENTITY, HttpResponse(status, response.headers, xml))


def test_http_200_with_an_error_code_is_rejected() -> None:
    """HTTP 200 with an error code header, or with __type and no member of the operation, raises ResponseParseError."""
    tagged = (("x-amzn-requestid", "id"), ("x-amzn-errortype", "ValidationException"))
    typed = b'{"__type":"ValidationException"}'
    for operation, headers, body in (
        (REBOOT, tagged, FAILED_NONE),
        (workspaces_operations.CREATE_TAGS, tagged, b"{}"),
        (workspaces_operations.CREATE_TAGS, tagged[:1], typed),
    ):
        with pytest.raises(errors.ResponseParseError):
            JSON.parse(operation, HttpResponse(200, headers, body))


@given(
    form=st.sampled_from([b"%s", b"\\u0046%s"]), space=st.sampled_from([b"", b" ", b"\n"]), is_first_empty=st.booleans()
)
def test_duplicate_response_member_is_rejected(form: bytes, space: bytes, *, is_first_empty: bool) -> None:
    """A response that contains a member twice is ambiguous and raises ResponseParseError."""
    other = form % (b"FailedRequests" if form == b"%s" else b"ailedRequests")
    values = [b"[]", b'[{"WorkspaceId":"ws-1","ErrorCode":"X"}]']
    first, second = values if is_first_empty else reversed(values)
    body = b'{"FailedRequests":%s%s,"%s":%s}' % (space, first, other, second)
    with pytest.raises(errors.ResponseParseError, match="twice"):
        JSON.parse(REBOOT, _answer(body, x_amzn_requestid="id"))
    with pytest.raises(errors.ResponseParseError, match="twice"):
        JSON.parse_raw("RebootWorkspaces", _answer(body, x_amzn_requestid="id"))


def test_content_type_prefix_is_not_enough() -> None:
    """A content type that begins like the protocol's is another one."""
    for kind in ("application/x-amz-json-1.10", "application/x-amz-json-1.1evil", "application/x-amz-json-1.0"):
        with pytest.raises(errors.ResponseParseError):
            JSON.parse(REBOOT, HttpResponse(200, (("content-type", kind),), b"{}"))


def test_responses_of_moto_and_alike_are_accepted() -> None:
    """application/json with a known member, and text/html with a request id as moto sends, are successes."""
    body = b'{"Workspaces":[]}'
    html = (("content-type", "text/html"), ("x-amzn-requestid", "id"))
    for headers in ((("content-type", "application/json"),), html):
        assert JSON.parse(DESCRIBE, HttpResponse(200, headers, body)).workspaces == []
        assert JSON.parse_raw("DescribeWorkspaces", HttpResponse(200, headers, body)) == {"Workspaces": []}


def test_error_class_of_modeled_common_and_unknown_codes() -> None:
    """A code becomes its modeled class, else the class all services share, else ServiceError."""
    body = b'{"__type":"ResourceInUseException","message":"m","ResourceId":"ws-1"}'
    error = _error(_answer(body, 400, x_amzn_requestid="id-1"))
    assert isinstance(error, errors.ResourceInUseException)
    assert (error.resource_id, error.message, error.request_id, error.fault) == ("ws-1", "m", "id-1", "client")
    assert str(error) == ("ResourceInUseException in DescribeWorkspaces: m [HTTP 400, request id id-1, attempts 0]")
    assert type(_error(_answer(b'{"__type":"ThrottlingException"}', 400))) is errors.ThrottlingException
    assert type(_error(_answer(b'{"__type":"NovelException"}', 400))) is errors.ServiceError


@pytest.mark.parametrize("code", sorted(THROTTLING_CODES))
def test_throttling_codes_raise_throttling_exception(code: str) -> None:
    """Every throttling code is a ThrottlingException that keeps its own code, throttling whatever the status."""
    error = _error(_answer(b'{"__type":"%s"}' % code.encode(), 400, x_amzn_requestid="id"))
    assert isinstance(error, errors.ThrottlingException)
    assert (error.code, error.is_throttling, error.is_ambiguous) == (code, True, False)


def test_429_is_throttling_unless_the_operation_models_the_code() -> None:
    """Under HTTP 429 a code that the operation doesn't model means throttling."""
    operation = workspaces_operations.CREATE_WORKSPACES
    modeled = b'{"__type":"ResourceLimitExceededException"}'
    assert not _error(_answer(modeled, 429, x_amzn_requestid="id"), operation).is_throttling
    assert _error(_answer(b'{"__type":"SomethingElse"}', 429, x_amzn_requestid="id"), operation).is_throttling
    internal = _error(_answer(b'{"__type":"InternalFailure"}', 429, x_amzn_requestid="id"), operation)
    assert (internal.is_throttling, internal.is_ambiguous) == (True, True)


@pytest.mark.parametrize(
    ("value", "seconds"), [("1500", 1.5), ("0", 0.0), ("-1", None), ("soon", None), ("", None), ("\uff11", None)]
)
def test_retry_after_header_is_in_milliseconds(value: str, seconds: float | None) -> None:
    """x-amz-retry-after is in milliseconds; what is negative or no number is ignored."""
    assert retry_after(_answer(b"", 503, x_amz_retry_after=value)) == seconds


def test_a_redirect_is_an_error_that_names_the_host() -> None:
    """The error for a redirect names the target host, without user name and path."""
    error = _error(_answer(b"", 307, location="https://user:pass@evil.example/path?token=x"))
    assert "redirects to evil.example" in str(error)
    assert "pass" not in str(error)
    assert "token" not in str(error)


def test_canonical_request_is_removed_from_error_messages() -> None:
    """AWS repeats the signed headers, session token included, when a signature is wrong; the error does not."""
    text = "The request signature is wrong.\n\nThe Canonical String for this request should have been\n'POST\n/\ntoken'"
    body = msgspec.json.encode({"__type": "InvalidSignatureException", "message": text})
    assert _error(_answer(body, 403)).message == "The request signature is wrong."


def test_secrets_are_removed_from_error_texts() -> None:
    """Whatever the request was signed with comes back in no text of an error: code, message, request id, details."""
    secrets = Secrets(["AKIDEXAMPLE", "hunter2", "tokentoken"])
    body = msgspec.json.encode(
        {"__type": "hunter2", "message": "AKIDEXAMPLE used hunter2 with tokentoken", "a": "=tokentoken", "hunter2": "x"}
    )
    answer = _answer(body, 400, x_amzn_requestid="id-hunter2")
    error = service_error(JSON.error_facts(answer), answer, WORKSPACES, "DescribeWorkspaces", None, secrets)
    assert error.message == "[redacted] used [redacted] with [redacted]"
    assert (error.code, error.request_id) == ("[redacted]", "id-[redacted]")
    assert error.details == {"a": "=[redacted]", "[redacted]": "x"}
    redirect = _answer(b"", 302, location="https://tokentoken.example?hunter2")
    error = service_error(JSON.error_facts(redirect), redirect, WORKSPACES, "DescribeWorkspaces", None, secrets)
    assert "redirects to [redacted].example;" in error.message


def test_extra_members_and_raw_requests() -> None:
    """With extra, members newer than the model are sent too; raw requests are sent as they are."""
    request = s.DescribeWorkspacesRequest(limit=1)
    payload = JSON.serialize("DescribeWorkspaces", request, {"Novel": [1]})
    assert msgspec.json.decode(payload.body) == {"Limit": 1, "Novel": [1]}
    assert msgspec.json.decode(JSON.serialize_raw("Novel", {"a": None}).body) == {"a": None}
    form = QUERY.serialize("GetSessionToken", sts.GetSessionTokenRequest(duration_seconds=900), {"New": True, "N": []})
    assert form.body == b"Action=GetSessionToken&Version=2011-06-15&DurationSeconds=900&New=true&N="


@pytest.mark.parametrize("value", [object(), "\ud800", {1, object()}, float("nan") * 1j])
def test_unserializable_request_is_rejected_before_sending(value: object) -> None:
    """A value that JSON cannot hold is a RequestValidationError, before anything is sent."""
    with pytest.raises(errors.RequestValidationError, match="cannot be serialized"):
        JSON.serialize_raw("Novel", {"a": value})
    with pytest.raises(errors.RequestValidationError, match="cannot be serialized"):
        JSON.serialize("DescribeWorkspaces", s.DescribeWorkspacesRequest(), {"a": value})


def test_lone_surrogate_is_rejected_by_the_query_protocol() -> None:
    """A string with a lone surrogate is refused by the query protocol as well."""
    with pytest.raises(errors.RequestValidationError, match="lone surrogate"):
        QUERY.serialize_raw("AssumeRole", {"RoleArn": "\ud800"})


IDENTITY = b"""<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <GetCallerIdentityResult><Account>1</Account></GetCallerIdentityResult>
  <ResponseMetadata><RequestId>id</RequestId></ResponseMetadata>
</GetCallerIdentityResponse>"""


def test_raw_sts_response_is_strings_and_lists() -> None:
    """A raw STS answer is the result as strings, lists where AWS has member elements."""
    assert QUERY.parse_raw("GetCallerIdentity", _answer(IDENTITY)) == {"Account": "1"}
    body = b"<NewResponse><NewResult><L><member>a</member><member><B>c</B></member></L></NewResult></NewResponse>"
    assert QUERY.parse_raw("New", _answer(body)) == {"L": ["a", {"B": "c"}]}
    assert QUERY.parse_raw("New", _answer(b"<NewResponse/>")) == {}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>portal</html>",
        b"not xml",
        b"<GetCallerIdentityResponse><Get",
        b"<GetCallerIdentityResponse>" + b"<a>" * 100 + b"</a>" * 100 + b"</GetCallerIdentityResponse>",
        b'<!DOCTYPE x [<!ENTITY a "b">]><GetCallerIdentityResponse/>',
    ],
)
def test_unreadable_sts_answers(body: bytes) -> None:
    """HTML, truncated, deeply nested XML and document types are refused."""
    with pytest.raises(errors.ResponseParseError):
        QUERY.parse(sts_operations.GET_CALLER_IDENTITY, _answer(body))
    with pytest.raises(errors.ResponseParseError):
        QUERY.parse_raw("GetCallerIdentity", _answer(body))


def test_invalid_number_in_an_sts_response_is_rejected() -> None:
    """An invalid number in an STS response raises ResponseParseError."""
    result = b"<AssumeRoleResult><PackedPolicySize>x</PackedPolicySize></AssumeRoleResult>"
    body = b"<AssumeRoleResponse>" + result + b"</AssumeRoleResponse>"
    with pytest.raises(errors.ResponseParseError, match="PackedPolicySize"):
        QUERY.parse(sts_operations.ASSUME_ROLE, _answer(body))


def test_xml_entities_are_never_expanded() -> None:
    """A billion laughs, an external entity and a parameter entity end before anything is expanded or fetched."""
    laughs = b'<!DOCTYPE l [<!ENTITY a "ha">' + b"".join(
        b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(9)
    )
    for bomb in (
        laughs + b"]><l>&j;</l>",
        b'<!DOCTYPE l SYSTEM "file:///etc/passwd"><l/>',
        b'<!DOCTYPE l [<!ENTITY % p SYSTEM "https://h.example/"> %p;]><l/>',
    ):
        with pytest.raises(XmlError, match="document type"):
            parse_xml(bomb)


def test_sts_error_without_xml_has_no_code() -> None:
    """An STS error that isn't XML has a request id, but neither code nor message."""
    facts = QUERY.error_facts(_answer(b"<html", 500, x_amzn_requestid="id"))
    assert (facts.code, facts.message, facts.request_id) == (None, None, "id")
    assert QUERY.error_facts(_answer(b"<ErrorResponse/>", 500)).code is None


def test_error_details_are_texts_only() -> None:
    """A detail that has members of its own is left out, in both protocols: a detail is a text."""
    xml = b"<ErrorResponse><Error><Code>C</Code><Top>t</Top><Nested> <Foo>f</Foo> </Nested></Error></ErrorResponse>"
    assert QUERY.error_facts(_answer(xml, 400)).details == {"Top": "t"}
    assert JSON.error_facts(_answer(b'{"__type":"C","Top":"t","Nested":{"Foo":"f"}}', 400)).details == {"Top": "t"}


def test_every_common_error_is_public() -> None:
    """Each class that a common code leads to is in wsclient.errors, and pickles with all it says."""
    for code, kind in COMMON_ERRORS.items():
        assert getattr(errors, kind.__name__) is kind
        error = kind("m", code=code, status=400, request_id="r", operation="o", retry_after=1.0, details={"a": "b"})
        copy = pickle.loads(pickle.dumps(error))
        assert type(copy) is kind
        assert copy.__dict__ == error.__dict__
        assert str(copy) == str(error)
