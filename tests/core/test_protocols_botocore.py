"""Every operation's request and answer, compared with botocore's own serializer and parser."""
# botocore's cached properties have no types.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false

import json
from typing import Any
from urllib.parse import parse_qsl

import pytest
from botocore.parsers import create_parser
from botocore.serialize import create_serializer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.models import corrected, json_body, normal, operations, service_model, values, xml_body
from wsclient._core.http import HttpResponse
from wsclient._core.protocols import codec_for
from wsclient._generated.sts.service import SERVICE as STS
from wsclient._generated.workspaces.service import SERVICE as WORKSPACES
from wsclient.errors import ResponseParseError

WORKSPACES_MODEL = service_model("workspaces")
STS_MODEL = service_model("sts")
EXAMPLES = settings(max_examples=20, suppress_health_check=list(HealthCheck))


def test_compared_operations_are_those_of_the_clients() -> None:
    """The operations compared here are exactly those that the clients have."""
    assert set(operations("workspaces")) == set(WORKSPACES.operations)
    assert set(operations("sts")) == set(STS.operations)


@pytest.mark.parametrize("name", operations("workspaces"))
def test_workspaces_requests(name: str) -> None:
    """A WorkSpaces request has botocore's JSON and headers."""
    operation = WORKSPACES_MODEL.operation_model(name)
    serializer = create_serializer("json", include_validation=False)
    codec = codec_for(WORKSPACES)

    @EXAMPLES
    @given(values(operation.input_shape, output=False))
    def compare(parameters: dict[str, Any]) -> None:
        reference = serializer.serialize_to_request(parameters, operation)
        ours = codec.serialize(name, WORKSPACES.operations[name].input.from_dict(parameters), None)
        assert json.loads(ours.body) == json.loads(reference["body"])
        assert dict(ours.headers) == {key.lower(): value for key, value in reference["headers"].items()}

    compare()


@pytest.mark.parametrize("name", operations("workspaces"))
def test_workspaces_answers(name: str) -> None:
    """A WorkSpaces answer reads as botocore reads it, whatever is absent, null, empty or newer than the model."""
    operation = WORKSPACES_MODEL.operation_model(name)
    parser = create_parser("json")
    codec = codec_for(WORKSPACES)
    new_values: st.SearchStrategy[Any] = st.sampled_from([None, 1, [{}]])
    novelties = st.dictionaries(st.sampled_from(["NewMember", "Other"]), new_values)
    members = st.sets(st.sampled_from(sorted(operation.output_shape.members) or ["x"]))

    @EXAMPLES
    @given(
        values(operation.output_shape, output=True),
        novelties,
        members,
    )
    def compare(answer: dict[str, Any], new: dict[str, Any], nulls: set[str]) -> None:
        body = json_body(answer | new | dict.fromkeys(nulls & set(operation.output_shape.members)))
        reference = parser.parse({"body": body, "headers": {}, "status_code": 200}, operation.output_shape)
        reference.pop("ResponseMetadata")
        response = HttpResponse(200, FROM_AWS, body)
        known = set(operation.output_shape.members)
        sent = json.loads(body)
        if known and sent and known.isdisjoint(sent):
            # It has no member of the operation: another program's JSON, which botocore accepts as an empty success.
            with pytest.raises(ResponseParseError):
                codec.parse(WORKSPACES.operations[name], response)
            return
        ours = codec.parse(WORKSPACES.operations[name], response)
        assert normal(ours.to_dict()) == normal(corrected(operation.output_shape, reference))

    compare()


@pytest.mark.parametrize("name", operations("sts"))
def test_sts_requests(name: str) -> None:
    """An STS request has botocore's form fields and headers."""
    operation = STS_MODEL.operation_model(name)
    serializer = create_serializer("query", include_validation=False)
    codec = codec_for(STS)

    @EXAMPLES
    @given(values(operation.input_shape, output=False))
    def compare(parameters: dict[str, Any]) -> None:
        reference = serializer.serialize_to_request(parameters, operation)
        ours = codec.serialize(name, STS.operations[name].input.from_dict(parameters), None)
        fields = dict(parse_qsl(ours.body.decode(), keep_blank_values=True, strict_parsing=True))
        assert fields == {key: str(value) for key, value in reference["body"].items()}
        assert dict(ours.headers) == {key.lower(): value for key, value in reference["headers"].items()}

    compare()


@pytest.mark.parametrize("name", operations("sts"))
def test_sts_answers(name: str) -> None:
    """An STS answer reads as botocore reads it."""
    operation = STS_MODEL.operation_model(name)
    parser = create_parser("query")
    codec = codec_for(STS)

    @EXAMPLES
    @given(values(operation.output_shape, output=True))
    def compare(answer: dict[str, Any]) -> None:
        body = xml_body(operation, answer)
        reference = parser.parse({"body": body, "headers": {}, "status_code": 200}, operation.output_shape)
        reference.pop("ResponseMetadata")
        ours = codec.parse(STS.operations[name], HttpResponse(200, (), body))
        assert normal(ours.to_dict()) == normal(corrected(operation.output_shape, reference))

    compare()


FROM_AWS = (("x-amzn-requestid", "id"), ("content-type", "application/x-amz-json-1.1"))

TYPES = [
    "ResourceNotFoundException",
    "com.amazonaws.workspaces#ResourceNotFoundException",
    "ResourceNotFoundException:http://internal.amazon.com/coral/x/",
    "ns#ResourceNotFoundException:http://x/",
]


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("message", ["message", "Message"])
def test_json_errors(kind: str, message: str) -> None:
    """An error's code and message are found where botocore finds them."""
    body = json.dumps({"__type": kind, message: "m"}).encode()
    reference = create_parser("json").parse({"body": body, "headers": {}, "status_code": 400}, None)["Error"]
    ours = codec_for(WORKSPACES).error_facts(HttpResponse(400, (), body))
    assert ours.message == reference["Message"] == "m"
    assert ours.code == "ResourceNotFoundException"
    assert reference["Code"].split(":")[0] == ours.code


@pytest.mark.parametrize("wrapper", ["ErrorResponse", "Response"])
def test_xml_errors(wrapper: str) -> None:
    """An STS error's code, message and request id are found where botocore finds them, in both forms there are."""
    error = "<Error><Type>Sender</Type><Code>ExpiredToken</Code><Message>m &amp; m</Message></Error>"
    inner = error if wrapper == "ErrorResponse" else f"<Errors>{error}</Errors>"
    body = (
        f'<{wrapper} xmlns="https://sts.amazonaws.com/doc/2011-06-15/">{inner}<RequestId>id-1</RequestId></{wrapper}>'
    )
    reference = create_parser("query").parse({"body": body.encode(), "headers": {}, "status_code": 400}, None)
    ours = codec_for(STS).error_facts(HttpResponse(400, (), body.encode()))
    if wrapper == "ErrorResponse":
        assert (reference["Error"]["Code"], reference["Error"]["Message"]) == (ours.code, ours.message)
        assert reference["ResponseMetadata"]["RequestId"] == ours.request_id
    assert (ours.code, ours.message, ours.request_id, ours.fault) == ("ExpiredToken", "m & m", "id-1", "client")
