"""The emulator's call log: all facts about a call, without secrets."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from tests.support.emulator_calls import refusal
from tests.support.emulators import Desk
from tests.support.virtual_time import NOON
from wsclient._core.http import HttpRequest
from wsclient.endpoints._types import EndpointKind

if TYPE_CHECKING:
    from wsclient.testing import CallRecord

MARY = "arn:aws:iam::123456789012:user/mary"


@pytest.fixture
def desk() -> Desk:
    """Give an emulator of its own to each test, with mary at the desk."""
    desk = Desk()
    return Desk(desk.aws, credentials=desk.aws.add_user("mary"))


def last(desk: Desk) -> CallRecord:
    """Return the last call."""
    return desk.aws.calls[-1]


def sts(desk: Desk, operation: str, **members: str) -> CallRecord:
    """Call STS and return the call's log record."""
    desk.form(urlencode({"Action": operation, "Version": "2011-06-15", **members}).encode())
    return last(desk)


def test_call_log_records_parameters_and_outcome(desk: Desk) -> None:
    """A record has caller, operation, parameters, endpoint, time and outcome."""
    desk.aws.advance(minutes=1)
    members = {"GroupName": "g", "UserRules": [{"ipRule": "203.0.113.0/24"}], "Tags": [{"Key": "a", "Value": "b"}]}
    desk.call("CreateIpGroup", members)
    call = last(desk)
    assert (call.service, call.operation, call.parameters) == ("workspaces", "CreateIpGroup", members)
    assert (call.caller, call.account, call.region) == (MARY, "123456789012", "us-west-2")
    assert (call.status, call.error, call.at) == (200, None, NOON + timedelta(minutes=1))
    assert (call.host, call.endpoint, call.vpc_endpoint) == ("localhost", EndpointKind.CUSTOM, None)


def test_call_log_records_failed_items(desk: Desk) -> None:
    """Failed items of a successful call are logged by WorkSpace id, or by directory and user for creations."""
    running, gone = desk.aws.add_workspaces(1)[0], "ws-000000000"
    desk.call("RebootWorkspaces", {"RebootWorkspaceRequests": [{"WorkspaceId": item} for item in (running, gone)]})
    assert (last(desk).error, last(desk).failures) == (None, {gone: "ResourceNotFound.Workspace"})
    requested = {"DirectoryId": desk.aws.directory_id, "UserName": "jane", "BundleId": desk.aws.bundle_id}
    desk.call("CreateWorkspaces", {"Workspaces": [requested, requested]})
    assert last(desk).failures == {f"{desk.aws.directory_id}/jane": "ResourceExists.WorkSpace"}


def test_call_log_records_rejected_calls(desk: Desk) -> None:
    """A rejected call is logged with its parameters and the error's status."""
    assert refusal(desk, "DeleteIpGroup", {"GroupId": "wsipg-123456789"}) == "ResourceNotFoundException"
    call = last(desk)
    assert (call.status, call.error, call.parameters) == (
        400,
        "ResourceNotFoundException",
        {"GroupId": "wsipg-123456789"},
    )
    assert refusal(desk, "DescribeWorkspaces", {"Limit": 1000, "Nonsense": "x"}) == "ValidationException"
    assert last(desk).parameters == {"Limit": 1000}


@pytest.mark.parametrize(
    ("operation", "members", "shown"),
    [
        (
            "GetSessionToken",
            {"DurationSeconds": "900", "TokenCode": "hunter2"},
            {"DurationSeconds": 900, "TokenCode": "(removed)"},
        ),
        ("DecodeAuthorizationMessage", {"EncodedMessage": "hunter2"}, {"EncodedMessage": "(removed)"}),
        ("GetDelegatedAccessToken", {"TradeInToken": "hunter2"}, {"TradeInToken": "(removed)"}),
        (
            "AssumeRoleWithWebIdentity",
            {"RoleArn": "a" * 20, "RoleSessionName": "me", "WebIdentityToken": "hunter2"},
            {"RoleArn": "a" * 20, "RoleSessionName": "me", "WebIdentityToken": "(removed)"},
        ),
        (
            "AssumeRole",
            {"ProvidedContexts.member.1.ProviderArn": "p", "ProvidedContexts.member.1.ContextAssertion": "hunter2"},
            {"ProvidedContexts": [{"ProviderArn": "p", "ContextAssertion": "(removed)"}]},
        ),
    ],
)  # fmt: skip
def test_call_log_redacts_secrets(
    desk: Desk, operation: str, members: dict[str, str], shown: dict[str, object]
) -> None:
    """Codes, tokens and assertions are replaced in the log by a marker."""
    call = sts(desk, operation, **members)
    assert call.parameters == shown
    assert "hunter2" not in repr(call)


def test_call_log_omits_unknown_parameters(desk: Desk) -> None:
    """Parameters of an unknown operation, and unparsable bodies, are not logged, since they may hold secrets."""
    assert refusal(desk, "InventWorkspaces", {"Secret": "hunter2"}) == "UnknownOperationException"
    assert (last(desk).operation, last(desk).parameters) == ("InventWorkspaces", {})
    desk.post("DescribeWorkspaces", b"hunter2")
    assert (last(desk).error, last(desk).parameters) == ("SerializationException", {})


@pytest.mark.parametrize(
    ("members", "shown"),
    [
        ({"WorkspaceIds": "ws-1"}, {"WorkspaceIds": None}),
        ({"WorkspaceIds": [["ws-1"]], "Limit": "x"}, {"WorkspaceIds": [["ws-1"]], "Limit": "x"}),
    ],
)
def test_call_log_of_wrong_types_keeps_valid_members(
    desk: Desk, members: dict[str, object], shown: dict[str, object]
) -> None:
    """A request with values of wrong types is rejected, and logged with the valid members."""
    assert refusal(desk, "DescribeWorkspaces", members) == "SerializationException"
    assert last(desk).parameters == shown


def test_call_log_of_an_unsigned_request_has_no_caller(desk: Desk) -> None:
    """A request without a signature has no caller, and its host all the same."""
    desk.answer(HttpRequest("POST", "/", (("host", "localhost:1"), ("x-amz-target", "WorkspacesService.X")), b"{}"))
    call = last(desk)
    assert (call.caller, call.account, call.host, call.status) == (None, None, "localhost", 400)
    desk.answer(HttpRequest("GET", "/", (("host", "s3.us-west-2.amazonaws.com"),), b""))
    assert (last(desk).host, last(desk).endpoint) == ("s3.us-west-2.amazonaws.com", None)


def test_call_log_names_the_session_arn(desk: Desk) -> None:
    """The caller of a role's session is the session."""
    sts(desk, "AssumeRole", RoleArn="arn:aws:iam::123456789012:role/desk", RoleSessionName="nightly")
    key = next(reversed(desk.aws._world.keys.issued.values()))
    Desk(desk.aws, credentials=key.credentials).call("DescribeWorkspaces")
    assert last(desk).caller == "arn:aws:sts::123456789012:assumed-role/desk/nightly"
