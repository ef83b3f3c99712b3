"""to_boto3(): what botocore's parser returns for the same bytes, for every operation; to_dict() is for JSON."""
# botocore's cached properties have no types.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.parsers import create_parser
from hypothesis import HealthCheck, given, settings

from tests.support.models import json_body, operations, required, service_model, values, xml_body
from tests.support.scale import IS_FULL
from wsclient import types
from wsclient._codegen.members import ALWAYS_SENT
from wsclient._core.http import HttpResponse
from wsclient._core.model.structures import Output, ResponseMetadata, attach_metadata
from wsclient._core.protocols import codec_for
from wsclient._generated.sts.service import SERVICE as STS
from wsclient._generated.workspaces.service import SERVICE as WORKSPACES

EXAMPLES = settings(max_examples=25 if IS_FULL else 3, suppress_health_check=list(HealthCheck))
HEADERS = (("x-amzn-requestid", "id-1"), ("content-type", "application/x-amz-json-1.1"))
METADATA = ResponseMetadata(request_id="id-1", attempts=2, headers=HEADERS)
SAMPLES: dict[str, object] = {
    "string": "x",
    "integer": 1,
    "boolean": True,
    "timestamp": datetime(2026, 3, 1, tzinfo=UTC),
}


def _complete(shape: Any, value: Any) -> Any:
    """Return an answer as AWS sends it: what AWS requires or always sends is there, and is not empty."""
    if shape.type_name == "list":
        return [_complete(shape.member, item) for item in value]
    if shape.type_name == "map":
        return {key: _complete(shape.value, item) for key, item in value.items()}
    if shape.type_name != "structure":
        return value
    members = {name: _complete(shape.members[name], item) for name, item in value.items()}
    for name in {*required(shape), *ALWAYS_SENT.get(shape.name, ())}:
        if members.get(name) in (None, "", {}, datetime(1970, 1, 1, tzinfo=UTC)):
            members[name] = _sample(shape.members[name])
    return members


def _sample(shape: Any) -> object:
    if shape.type_name == "structure":
        needed = required(shape) or [next(name for name, each in shape.members.items() if each.type_name == "string")]
        return _complete(shape, {name: _sample(shape.members[name]) for name in needed})
    return [] if shape.type_name == "list" else SAMPLES[shape.type_name]


def _types(value: object) -> object:
    """Return the builtin types in a value: an enumeration's member equals its text, but boto3 returns the text."""
    if isinstance(value, dict):
        return {key: _types(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_types(item) for item in value]
    return "datetime" if isinstance(value, datetime) else type(value).__name__


def _compare(ours: Output, reference: dict[str, Any]) -> None:
    reference["ResponseMetadata"]["RetryAttempts"] = METADATA.attempts - 1  # botocore's endpoint adds it
    result = attach_metadata(ours, METADATA).to_boto3()
    assert result == reference
    assert _types(result) == _types(reference)
    json.dumps(ours.to_dict())


@pytest.mark.parametrize("name", operations("workspaces"))
def test_workspaces_to_dict_equals_boto3(name: str) -> None:
    """For every operation of WorkSpaces: times, blobs, empty lists, absent members and ResponseMetadata."""
    operation = service_model("workspaces").operation_model(name)

    @EXAMPLES
    @given(values(operation.output_shape, output=True))
    def compare(answer: dict[str, Any]) -> None:
        body = json_body(_complete(operation.output_shape, answer))
        raw = {"body": body, "headers": dict(HEADERS), "status_code": 200}
        reference = create_parser("json").parse(raw, operation.output_shape)
        ours = codec_for(WORKSPACES).parse(WORKSPACES.operations[name], HttpResponse(200, HEADERS, body))
        _compare(ours, reference)

    compare()


@pytest.mark.parametrize("name", operations("sts"))
def test_sts_to_dict_equals_boto3(name: str) -> None:
    """The same for every operation of STS, whose answers are XML."""
    operation = service_model("sts").operation_model(name)

    @EXAMPLES
    @given(values(operation.output_shape, output=True))
    def compare(answer: dict[str, Any]) -> None:
        body = xml_body(operation, _complete(operation.output_shape, answer))
        raw = {"body": body, "headers": dict(HEADERS), "status_code": 200}
        reference = create_parser("query").parse(raw, operation.output_shape)
        ours = codec_for(STS).parse(STS.operations[name], HttpResponse(200, HEADERS, body))
        _compare(ours, reference)

    compare()


def test_request_to_dict_is_accepted_by_boto3() -> None:
    """A request's dict has plain texts, and no member that was left out."""
    request = types.CreateTagsRequest(resource_id="ws-1", tags=[types.Tag(key="team")])
    assert request.to_boto3() == {"ResourceId": "ws-1", "Tags": [{"Key": "team"}]}
    logo = types.DefaultImportClientBrandingAttributes(logo=b"\x00\x01")
    assert logo.to_boto3() == {"Logo": b"\x00\x01"}
    assert logo.to_dict() == {"Logo": "AAE="}
