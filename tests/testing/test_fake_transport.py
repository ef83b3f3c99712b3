"""FakeTransport: programmed responses, recorded requests, and errors for mistakes in a test."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import httpx
import pytest

from wsclient._core.errors import ConfigurationError
from wsclient._core.http import HttpResponse
from wsclient._core.protocols.aws_json import JsonCodec
from wsclient._core.protocols.aws_query import QueryCodec
from wsclient._core.service_errors import ThrottlingException
from wsclient._generated.sts.operations import GET_CALLER_IDENTITY
from wsclient._generated.sts.service import SERVICE as STS
from wsclient._generated.sts.structures import GetCallerIdentityResponse
from wsclient._generated.workspaces.errors import ResourceNotFoundException
from wsclient._generated.workspaces.operations import DESCRIBE_WORKSPACES
from wsclient._generated.workspaces.service import SERVICE as WORKSPACES
from wsclient._generated.workspaces.structures import (
    DescribeWorkspacesRequest,
    DescribeWorkspacesResult,
    Workspace,
)
from wsclient.testing import FakeRequest, FakeTransport, UnexpectedCallError

if TYPE_CHECKING:
    from wsclient.testing import Answer

CODEC = JsonCodec(WORKSPACES)


def call(fake: FakeTransport, operation: str = "DescribeWorkspaces", body: bytes = b"{}") -> HttpResponse:
    """Make a call of WorkSpaces through an httpx client, as wsclient does."""
    headers = {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": f"WorkspacesService.{operation}",
        "authorization": "AWS4-HMAC-SHA256 secret",
        "x-amz-security-token": "secret",
    }
    return send(fake, headers, body)


def send(fake: FakeTransport, headers: dict[str, str], body: bytes) -> HttpResponse:
    """Send a request through the transport."""

    async def post() -> httpx.Response:
        async with httpx.AsyncClient(transport=fake) as client:
            return await client.post("https://workspaces.us-west-2.amazonaws.com/", headers=headers, content=body)

    answer = asyncio.run(post())
    return HttpResponse(answer.status_code, tuple(answer.headers.multi_items()), answer.content)


def ids(response: HttpResponse) -> list[str | None]:
    """Return the ids of the WorkSpaces in an answer, as wsclient's codec reads it."""
    return [workspace.workspace_id for workspace in CODEC.parse(DESCRIBE_WORKSPACES, response).workspaces]


def test_single_response_answers_every_call() -> None:
    """A single response answers every call, each time with a new request id."""
    fake = FakeTransport({"DescribeWorkspaces": {"Workspaces": [{"WorkspaceId": "ws-1"}]}})
    first, second = call(fake), call(fake)
    assert ids(first) == ids(second) == ["ws-1"]
    assert CODEC.request_id(first) != CODEC.request_id(second)


def test_structures_and_functions_are_responses() -> None:
    """A typed result is written as AWS writes it; a function sees the request and may answer in any of the ways."""

    def by_request(request: FakeRequest) -> Answer:
        return DescribeWorkspacesResult(workspaces=[Workspace(workspace_id=str(request.input["BundleId"]))])

    fake = FakeTransport({"DescribeWorkspaces": by_request})
    assert ids(call(fake, body=b'{"BundleId":"wsb-1"}')) == ["wsb-1"]


def test_misspelt_operation_is_rejected() -> None:
    """A misspelled operation name is rejected, since it would never match; names newer than the model are accepted."""
    with pytest.raises(ConfigurationError, match="'describe_workspaces' is not the name of an operation; did you mean"):
        FakeTransport({"describe_workspaces": {}})
    assert FakeTransport({"DescribeNewThings": {}}).left == ()


def test_list_of_responses_is_used_in_order_then_raises() -> None:
    """Each response of a list is returned once; a further call raises UnexpectedCallError."""
    fake = FakeTransport({"DescribeWorkspaces": [{"NextToken": "t"}, {"Workspaces": []}]})
    assert fake.left == ("DescribeWorkspaces", "DescribeWorkspaces")
    assert CODEC.parse(DESCRIBE_WORKSPACES, call(fake)).next_token == "t"
    assert ids(call(fake)) == []
    assert list(fake.left) == []
    with pytest.raises(UnexpectedCallError, match="no response left for DescribeWorkspaces"):
        call(fake)


def test_service_error_is_returned_as_a_response() -> None:
    """An error of AWS's comes as bytes, so that the client's own reading of errors is tested."""
    error = ResourceNotFoundException("gone", details={"ResourceId": "ws-1"})
    facts = CODEC.error_facts(call(FakeTransport({"DescribeWorkspaces": error})))
    assert (facts.code, facts.message, facts.details) == ("ResourceNotFoundException", "gone", {"ResourceId": "ws-1"})
    throttled = call(FakeTransport({"DescribeWorkspaces": ThrottlingException("slow down", status=429)}))
    assert throttled.status == 429


def test_other_exceptions_are_raised_unchanged() -> None:
    """An exception of httpx in place of a response is raised unchanged."""
    fake = FakeTransport({"DescribeWorkspaces": [httpx.ConnectError("no route"), {"Workspaces": []}]})
    with pytest.raises(httpx.ConnectError, match="no route"):
        call(fake)
    assert ids(call(fake)) == []


def test_recorded_requests_have_no_signature() -> None:
    """Recorded requests have service, operation, input and URL, but no signature or session token."""
    fake = FakeTransport({"DescribeWorkspaces": {}})
    call(fake, body=json.dumps(DescribeWorkspacesRequest(limit=3).to_dict()).encode())
    (request,) = fake.requests
    assert (request.service, request.operation, request.input) == ("workspaces", "DescribeWorkspaces", {"Limit": 3})
    assert request.url == "https://workspaces.us-west-2.amazonaws.com/"
    assert "secret" not in repr(request)


def test_sts_responses_are_xml() -> None:
    """The same answers work for STS, in its own protocol."""
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    fake = FakeTransport(
        {
            "GetCallerIdentity": GetCallerIdentityResponse(account="123456789012"),
            "AssumeRole": {"Credentials": {"AccessKeyId": "ASIAEXAMPLE", "Expiration": at}},
        }
    )
    codec = QueryCodec(STS)
    payload = codec.serialize_raw("GetCallerIdentity", {})
    response = send(fake, dict(payload.headers), payload.body)
    assert codec.parse(GET_CALLER_IDENTITY, response).account == "123456789012"
    payload = codec.serialize_raw("AssumeRole", {"RoleArn": "arn", "DurationSeconds": 900})
    assert b"2026-03-01T12:00:00Z" in send(fake, dict(payload.headers), payload.body).body
    assert fake.requests[1].input == {"RoleArn": "arn", "DurationSeconds": 900}


def test_call_without_response_lists_the_programmed_operations() -> None:
    """A call without a programmed response raises UnexpectedCallError with the programmed operations."""
    with pytest.raises(
        UnexpectedCallError, match="no response for DescribeTags; it has responses for: DescribeWorkspaces"
    ):
        call(FakeTransport({"DescribeWorkspaces": {}}), "DescribeTags")
    with pytest.raises(UnexpectedCallError, match="responses for: none"):
        call(FakeTransport({}))
    with pytest.raises(UnexpectedCallError, match="is not a call to WorkSpaces or STS"):
        send(FakeTransport({}), {"content-type": "text/plain"}, b"")


def test_a_misspelt_member_of_an_answer_is_refused() -> None:
    """A response with a member that the model does not have is rejected when it is programmed or returned."""
    with pytest.raises(
        ConfigurationError, match="DescribeWorkspaces has no member WorkSpaces; did you mean Workspaces"
    ):
        FakeTransport({"DescribeWorkspaces": [{"WorkSpaces": []}]})
    with pytest.raises(ConfigurationError, match=r"no member Workspaces\[1\].WorkspaceID; did you mean WorkspaceId"):
        FakeTransport({"DescribeWorkspaces": {"Workspaces": [Workspace(), {"WorkspaceID": "ws-1"}]}})
    with pytest.raises(ConfigurationError, match=r"no member Workspaces\[0\].WorkspaceProperties.RunMode"):
        FakeTransport({"DescribeWorkspaces": {"Workspaces": [{"WorkspaceProperties": {"RunMode": "MANUAL"}}]}})
    with pytest.raises(ConfigurationError, match="has no member Xyz"):
        call(FakeTransport({"DescribeWorkspaces": lambda _: {"Xyz": 1}}))


def test_operations_newer_than_the_model_can_be_answered() -> None:
    """For an operation that is not in the model, any response members are accepted."""
    answer = call(FakeTransport({"DescribeMoons": {"Moons": [1]}}), "DescribeMoons")
    assert json.loads(answer.body) == {"Moons": [1]}


def test_fake_transport_repr_names_its_operations() -> None:
    """A failing assertion shows which operations have responses."""
    assert repr(FakeTransport({"DescribeWorkspaces": {}, "DescribeTags": []})) == (
        "<FakeTransport of DescribeWorkspaces, DescribeTags>"
    )
    assert repr(FakeTransport({})) == "<FakeTransport of no operation>"
