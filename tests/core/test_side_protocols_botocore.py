"""Requests and responses of EC2, Directory Service and IAM, compared with botocore's own serializers and parsers."""
# botocore's cached properties have no types.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false

import json
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

import pytest
from botocore.model import OperationModel
from botocore.parsers import create_parser
from botocore.serialize import create_serializer
from hypothesis import HealthCheck, given, settings

from tests.support.models import corrected, json_body, normal, service_model, values, xml_body
from wsclient._codegen.facts import DROPPED_MEMBERS
from wsclient._core.http import HttpResponse
from wsclient._core.model.sensitive import has_sensitive_output
from wsclient._core.protocols import codec_for
from wsclient._generated.ds.service import SERVICE as DS
from wsclient._generated.ec2.service import SERVICE as EC2
from wsclient._generated.iam.service import SERVICE as IAM
from wsclient.errors import ResponseParseError, ServiceError

SERVICES = {service.name: service for service in (EC2, DS, IAM)}
CASES = [(service.name, name) for service in SERVICES.values() for name in service.operations]
MODELS = {name: service_model(name) for name in SERVICES}
EXAMPLES = settings(max_examples=15, suppress_health_check=list(HealthCheck))
FROM_AWS = (("x-amzn-requestid", "id"), ("content-type", "application/x-amz-json-1.1"))


def fields(body: Any) -> dict[str, str]:
    """Return botocore's form fields as text."""
    return {key: str(value) for key, value in body.items()}


def ec2_body(operation: OperationModel, value: dict[str, Any]) -> bytes:
    """Return a value as EC2 sends it: members and the request id directly in the root, lists of items."""
    shape = operation.output_shape
    members = "" if shape is None else _content(shape, value)
    name = f"{operation.name}Response"
    return f'<{name} xmlns="http://ec2/"><requestId>id-1</requestId>{members}</{name}>'.encode()


def _content(shape: Any, value: Any) -> str:
    if shape.type_name == "structure":
        names = {name: shape.members[name].serialization.get("name", name) for name in value}
        return "".join(f"<{tag}>{_content(shape.members[name], value[name])}</{tag}>" for name, tag in names.items())
    if shape.type_name == "list":
        return "".join(f"<item>{_content(shape.member, item)}</item>" for item in value)
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return str(value).lower() if isinstance(value, bool) else escape(str(value))


@pytest.mark.parametrize(("service", "name"), CASES)
def test_side_service_requests_equal_botocores(service: str, name: str) -> None:
    """A request has botocore's fields and headers, however lists nest and whatever is empty."""
    operation, ours = MODELS[service].operation_model(name), SERVICES[service]
    serializer = create_serializer(ours.protocol, include_validation=False)
    codec = codec_for(ours)

    @EXAMPLES
    @given(values(operation.input_shape, output=False))
    def compare(parameters: dict[str, Any]) -> None:
        reference = serializer.serialize_to_request(parameters, operation)
        typed = codec.serialize(name, ours.operations[name].input.from_dict(parameters), None)
        for payload in (typed, codec.serialize_raw(name, parameters)):
            if ours.protocol == "json":
                assert json.loads(payload.body) == json.loads(reference["body"])
            else:
                sent = dict(parse_qsl(payload.body.decode(), keep_blank_values=True, strict_parsing=True))
                assert sent == fields(reference["body"])
            assert dict(payload.headers) == {key.lower(): value for key, value in reference["headers"].items()}

    compare()


@pytest.mark.parametrize(("service", "name"), CASES)
def test_side_service_responses_equal_botocores(service: str, name: str) -> None:
    """A response reads as botocore reads it, without the members that are secrets."""
    operation, ours = MODELS[service].operation_model(name), SERVICES[service]
    if operation.output_shape is None:
        answer = codec_for(ours).parse(ours.operations[name], HttpResponse(200, (), ec2_body(operation, {})))
        assert normal(answer.to_dict()) == {}
        return
    parser = create_parser(ours.protocol)
    codec = codec_for(ours)

    @EXAMPLES
    @given(values(operation.output_shape, output=True))
    def compare(answer: dict[str, Any]) -> None:
        bodies = {"json": lambda: json_body(answer), "ec2": lambda: ec2_body(operation, answer)}
        body = bodies.get(ours.protocol, lambda: xml_body(operation, answer))()
        reference = parser.parse({"body": body, "headers": {}, "status_code": 200}, operation.output_shape)
        reference.pop("ResponseMetadata")
        read = codec.parse(ours.operations[name], HttpResponse(200, FROM_AWS, body))
        assert normal(read.to_dict()) == normal(without_secrets(corrected(operation.output_shape, reference)))

    compare()


def without_secrets(value: Any) -> Any:
    """Return a response of botocore without the members that wsclient drops."""
    dropped = {name for names in DROPPED_MEMBERS.values() for name in names}
    if isinstance(value, dict):
        return {name: without_secrets(item) for name, item in value.items() if name not in dropped}
    return [without_secrets(item) for item in value] if isinstance(value, list) else value


def test_ec2_errors_equal_botocores() -> None:
    """An error of EC2 has botocore's code, message and request id; DryRunOperation is one."""
    body = (
        b"<Response><Errors><Error><Code>DryRunOperation</Code><Message>m &amp; m</Message></Error></Errors>"
        b"<RequestID>id-1</RequestID></Response>"
    )
    reference = create_parser("ec2").parse({"body": body, "headers": {}, "status_code": 412}, None)
    ours = codec_for(EC2).error_facts(HttpResponse(412, (), body))
    assert (ours.code, ours.message) == (reference["Error"]["Code"], reference["Error"]["Message"])
    assert ours.request_id == reference["ResponseMetadata"]["RequestId"] == "id-1"
    assert EC2.errors.get("DryRunOperation", ServiceError) is ServiceError


def test_the_request_id_of_ec2_is_found_in_the_body() -> None:
    """EC2's request id is in the header or at the head of the body; of other services a body is not searched."""
    body = b"<DescribeVpcsResponse><requestId>0a-B1</requestId></DescribeVpcsResponse>"
    assert codec_for(EC2).request_id(HttpResponse(200, (), body)) == "0a-B1"
    assert codec_for(EC2).request_id(HttpResponse(200, (("x-amzn-requestid", "h"),), body)) == "h"
    assert codec_for(EC2).request_id(HttpResponse(200, (), b"<html>")) is None
    assert codec_for(IAM).request_id(HttpResponse(200, (), body)) is None


def test_a_raw_response_of_ec2_has_lists_and_no_request_id() -> None:
    """raw() reads what the model lacks: items are lists, also of one, and the request id is metadata."""
    body = b"<NewResponse><requestId>r</requestId><aSet><item><b>1</b></item></aSet><c>d</c></NewResponse>"
    assert codec_for(EC2).parse_raw("New", HttpResponse(200, (), body)) == {"aSet": [{"b": "1"}], "c": "d"}


def test_proxy_page_is_no_ec2_response() -> None:
    """A page of a proxy is rejected, whatever its status."""
    with pytest.raises(ResponseParseError):
        codec_for(EC2).parse(EC2.operations["DescribeVpcs"], HttpResponse(200, (), b"<html><body/></html>"))


def test_large_ec2_response_is_within_the_limits() -> None:
    """50,000 elements, of 1,000 interfaces, are within the bounds of EC2, and 200,000 are not."""
    item = "<item><networkInterfaceId>eni-1</networkInterfaceId></item>"
    for count, is_read in ((25_000, True), (100_000, False)):
        inner = f"<networkInterfaceSet>{item * count}</networkInterfaceSet>"
        body = f"<DescribeNetworkInterfacesResponse>{inner}</DescribeNetworkInterfacesResponse>".encode()
        operation = EC2.operations["DescribeNetworkInterfaces"]
        if is_read:
            answer: Any = codec_for(EC2).parse(operation, HttpResponse(200, (), body))
            assert len(answer.network_interfaces) == count
        else:
            with pytest.raises(ResponseParseError):
                codec_for(EC2).parse(operation, HttpResponse(200, (), body))


def test_radius_shared_secret_is_never_kept() -> None:
    """A RADIUS server's shared secret is in no value, repr or error, readable or not, of a response."""
    operation = DS.operations["DescribeDirectories"]
    radius = {"RadiusStatus": "Completed", "RadiusSettings": {"SharedSecret": "hunter22-secret", "RadiusPort": 1812}}
    body = json.dumps({"DirectoryDescriptions": [radius | {"OwnerDirectoryDescription": radius}]}).encode()
    answer = codec_for(DS).parse(operation, HttpResponse(200, FROM_AWS, body))
    assert "RadiusPort" in str(answer.to_dict())
    assert "hunter22" not in f"{answer!r}{answer.to_dict()}"
    # The pipeline keeps no bytes of an unreadable response of an operation that may carry secrets.
    assert has_sensitive_output(operation)
    assert not has_sensitive_output(EC2.operations["DescribeVpcs"])
