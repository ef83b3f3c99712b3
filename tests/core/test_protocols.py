"""The wire protocols where AWS is not at its best: errors of every shape, nulls, garbage, bombs."""

import pickle

import msgspec
import pytest

from wsclient import errors
from wsclient._core.errors import THROTTLING_CODES
from wsclient._core.http import HttpResponse
from wsclient._core.model.operations import AnyOperation
from wsclient._core.protocols import codec_for
from wsclient._core.protocols.codec import redact, retry_after, service_error
from wsclient._core.protocols.xml import XmlError, parse_xml
from wsclient._core.service_errors import COMMON_ERRORS
from wsclient._generated.sts import operations as sts_operations
from wsclient._generated.sts import structures as sts
from wsclient._generated.workspaces import operations as workspaces_operations
from wsclient._generated.workspaces import structures as s
from wsclient.credentials import Credentials

WORKSPACES = workspaces_operations.SERVICE
STS = sts_operations.SERVICE
JSON = codec_for(WORKSPACES)
QUERY = codec_for(STS)
DESCRIBE = workspaces_operations.DESCRIBE_WORKSPACES


def _answer(body: bytes, status: int = 200, **headers: str) -> HttpResponse:
    return HttpResponse(status, tuple((key.replace("_", "-"), value) for key, value in headers.items()), body)


def _error(response: HttpResponse, model: AnyOperation | None = DESCRIBE) -> errors.ServiceError:
    return service_error(JSON.error_facts(response), response, WORKSPACES, "DescribeWorkspaces", model)


def test_null_is_absent() -> None:
    """Null members read as absent everywhere: None for a value, an empty list for a list, nothing within a list."""
    body = b'{"Workspaces":null,"NextToken":null}'
    assert JSON.parse(DESCRIBE, _answer(body)) == s.DescribeWorkspacesResult()
    body = b'{"Workspaces":[{"WorkspaceId":null,"State":"AVAILABLE","ModificationStates":null},null]}'
    (workspace,) = JSON.parse(DESCRIBE, _answer(body)).workspaces
    assert workspace.workspace_id is None
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
        b'{"Workspaces":[' + b'{"x":[' * 5000 + b"]}" * 5000 + b"]}",
        b'{"New":' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    ],
)
def test_unreadable_answers(body: bytes) -> None:
    """HTML, truncated, mistyped, compressed, deeply nested or no JSON under HTTP 200 is never an empty success."""
    with pytest.raises(errors.ResponseParseError) as caught:
        JSON.parse(DESCRIBE, _answer(body, x_amzn_requestid="id"))
    error = caught.value
    assert error.is_ambiguous
    assert error.status == 200
    assert error.first_bytes == body[:512]
    assert error.headers == (("x-amzn-requestid", "id"),)
    assert "captive" not in str(error)


def test_an_operation_without_answer_members_may_answer_nothing() -> None:
    """An empty body is a success for an operation that answers nothing anyway."""
    assert JSON.parse(workspaces_operations.CREATE_TAGS, _answer(b"")) == s.CreateTagsResult()


def test_values_newer_than_the_model() -> None:
    """Unknown members are left aside and unknown enumeration values stay usable."""
    body = b'{"Workspaces":[{"State":"HIBERNATING","Mood":{"deep":[1]}}],"Weather":1}'
    (workspace,) = JSON.parse(DESCRIBE, _answer(body)).workspaces
    assert workspace.state == "HIBERNATING"
    assert workspace.state.is_unknown


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (500, "InternalServerError", errors.InternalFailure),
        (502, "BadGateway", errors.ServiceError),
        (503, "ServiceUnavailable", errors.ServiceUnavailable),
        (504, "GatewayTimeout", errors.ServiceError),
        (403, "Forbidden", errors.ServiceError),
        (429, "TooManyRequests", errors.ServiceError),
        (599, "HTTP599", errors.ServiceError),
    ],
)
@pytest.mark.parametrize("body", [b"", b"<html>x</html>", b'{"__type":', b"[]"])
def test_errors_without_aws_words(body: bytes, status: int, code: str, kind: type[errors.ServiceError]) -> None:
    """An error whose body says nothing is named after its HTTP status, and the retry facts follow that."""
    error = _error(_answer(body, status))
    assert type(error) is kind
    assert error.code == code
    assert error.is_throttling == (status == 429)
    assert error.is_ambiguous == (status in {500, 502, 504})
    assert error.is_transient == (status in {500, 502, 503, 504})
    assert "html" not in str(error)


def test_modeled_common_and_unknown_codes() -> None:
    """A code becomes its modeled class, else the class all services share, else ServiceError."""
    body = b'{"__type":"ResourceInUseException","message":"m","ResourceId":"ws-1"}'
    error = _error(_answer(body, 400, x_amzn_requestid="id-1"))
    assert isinstance(error, errors.ResourceInUseException)
    assert (error.resource_id, error.message, error.request_id, error.fault) == ("ws-1", "m", "id-1", "client")
    assert str(error) == ("ResourceInUseException in DescribeWorkspaces: m [HTTP 400, request id id-1, attempts 0]")
    assert type(_error(_answer(b'{"__type":"ThrottlingException"}', 400))) is errors.ThrottlingException
    assert type(_error(_answer(b'{"__type":"NovelException"}', 400))) is errors.ServiceError


@pytest.mark.parametrize("code", sorted(THROTTLING_CODES))
def test_throttling_codes(code: str) -> None:
    """Every throttling code is a ThrottlingException that keeps its own code, throttling whatever the status."""
    error = _error(_answer(b'{"__type":"%s"}' % code.encode(), 400))
    assert isinstance(error, errors.ThrottlingException)
    assert (error.code, error.is_throttling, error.is_ambiguous) == (code, True, False)


def test_429_is_throttling_unless_the_operation_models_the_code() -> None:
    """Under HTTP 429 a code that is none of the operation's own means throttling."""
    operation = workspaces_operations.CREATE_WORKSPACES
    modeled = b'{"__type":"ResourceLimitExceededException"}'
    assert not _error(_answer(modeled, 429), operation).is_throttling
    assert _error(_answer(b'{"__type":"SomethingElse"}', 429), operation).is_throttling


@pytest.mark.parametrize(
    ("value", "seconds"), [("1500", 1.5), ("0", 0.0), ("-1", None), ("soon", None), ("", None), ("\uff11", None)]
)
def test_retry_after(value: str, seconds: float | None) -> None:
    """x-amz-retry-after is in milliseconds; what is negative or no number is ignored."""
    assert retry_after(_answer(b"", 503, x_amz_retry_after=value)) == seconds


def test_a_redirect_is_an_error_that_names_the_host() -> None:
    """A redirect says where it pointed, without user name or path, and that nobody follows it."""
    error = _error(_answer(b"", 307, location="https://user:pass@evil.example/path?token=x"))
    assert "redirects to evil.example" in str(error)
    assert "pass" not in str(error)
    assert "token" not in str(error)


def test_the_canonical_string_is_cut_out_of_messages() -> None:
    """AWS repeats the signed headers, session token included, when a signature is wrong; the error does not."""
    text = "The request signature is wrong.\n\nThe Canonical String for this request should have been\n'POST\n/\ntoken'"
    body = msgspec.json.encode({"__type": "InvalidSignatureException", "message": text})
    assert _error(_answer(body, 403)).message == "The request signature is wrong."


def test_secrets_are_cut_out_of_messages() -> None:
    """Whatever the request was signed with does not come back in an error's message."""
    credentials = Credentials("AKIDEXAMPLE", "hunter2", "tokentoken")
    text = redact("AKIDEXAMPLE used hunter2 with tokentoken", credentials)
    assert text == "[redacted] used [redacted] with [redacted]"
    assert redact(None, credentials) is None


def test_extra_members_and_raw_requests() -> None:
    """With extra, members newer than the model are sent too; raw requests are sent as they are."""
    request = s.DescribeWorkspacesRequest(limit=1)
    payload = JSON.serialize("DescribeWorkspaces", request, {"Novel": [1]})
    assert msgspec.json.decode(payload.body) == {"Limit": 1, "Novel": [1]}
    assert msgspec.json.decode(JSON.serialize_raw("Novel", {"a": None}).body) == {"a": None}
    form = QUERY.serialize("GetSessionToken", sts.GetSessionTokenRequest(duration_seconds=900), {"New": True, "N": []})
    assert form.body == b"Action=GetSessionToken&Version=2011-06-15&DurationSeconds=900&New=true&N="


@pytest.mark.parametrize("value", [object(), "\ud800", {1, object()}, float("nan") * 1j])
def test_requests_without_a_wire_form(value: object) -> None:
    """A value that JSON cannot hold is a RequestValidationError, before anything is sent."""
    with pytest.raises(errors.RequestValidationError, match="cannot be serialized"):
        JSON.serialize_raw("Novel", {"a": value})
    with pytest.raises(errors.RequestValidationError, match="cannot be serialized"):
        JSON.serialize("DescribeWorkspaces", s.DescribeWorkspacesRequest(), {"a": value})


def test_lone_surrogates_have_no_form() -> None:
    """A string with a lone surrogate is refused by the query protocol as well."""
    with pytest.raises(errors.RequestValidationError, match="lone surrogate"):
        QUERY.serialize_raw("AssumeRole", {"RoleArn": "\ud800"})


IDENTITY = b"""<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <GetCallerIdentityResult><Account>1</Account></GetCallerIdentityResult>
  <ResponseMetadata><RequestId>id</RequestId></ResponseMetadata>
</GetCallerIdentityResponse>"""


def test_sts_answers_raw() -> None:
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


def test_an_sts_answer_of_a_wrong_type() -> None:
    """A number that is none makes the answer unreadable."""
    result = b"<AssumeRoleResult><PackedPolicySize>x</PackedPolicySize></AssumeRoleResult>"
    body = b"<AssumeRoleResponse>" + result + b"</AssumeRoleResponse>"
    with pytest.raises(errors.ResponseParseError, match="PackedPolicySize"):
        QUERY.parse(sts_operations.ASSUME_ROLE, _answer(body))


def test_entities_are_never_expanded() -> None:
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


def test_sts_errors_without_xml() -> None:
    """An STS error that is no XML says nothing but its request id."""
    facts = QUERY.error_facts(_answer(b"<html", 500, x_amzn_requestid="id"))
    assert (facts.code, facts.message, facts.request_id) == (None, None, "id")
    assert QUERY.error_facts(_answer(b"<ErrorResponse/>", 500)).code is None


def test_every_common_error_is_public() -> None:
    """Each class that a common code leads to is in wsclient.errors, and pickles with all it says."""
    for code, kind in COMMON_ERRORS.items():
        assert getattr(errors, kind.__name__) is kind
        error = kind("m", code=code, status=400, request_id="r", operation="o", retry_after=1.0, details={"a": "b"})
        copy = pickle.loads(pickle.dumps(error))
        assert type(copy) is kind
        assert copy.__dict__ == error.__dict__
        assert str(copy) == str(error)
