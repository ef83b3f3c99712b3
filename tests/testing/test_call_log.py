"""The emulator's call log: all facts about a call, without secrets."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from tests.support.emulator_calls import refusal
from tests.support.emulators import Caller
from tests.support.virtual_time import NOON
from wsclient._core.http import HttpRequest
from wsclient.endpoints._types import EndpointKind

if TYPE_CHECKING:
    from wsclient.testing import CallRecord

MARY = "arn:aws:iam::123456789012:user/mary"


@pytest.fixture
def caller() -> Caller:
    """Give an emulator of its own to each test, with mary at the caller."""
    caller = Caller()
    return Caller(caller.aws, credentials=caller.aws.add_user("mary"))


def last(caller: Caller) -> CallRecord:
    """Return the last call."""
    return caller.aws.calls[-1]


def sts(caller: Caller, operation: str, **members: str) -> CallRecord:
    """Call STS and return the call's log record."""
    caller.form(urlencode({"Action": operation, "Version": "2011-06-15", **members}).encode())
    return last(caller)


def test_call_log_records_parameters_and_outcome(caller: Caller) -> None:
    """A record has caller, operation, parameters, endpoint, time and outcome."""
    caller.aws.advance(minutes=1)
    members = {"GroupName": "g", "UserRules": [{"ipRule": "203.0.113.0/24"}], "Tags": [{"Key": "a", "Value": "b"}]}
    caller.call("CreateIpGroup", members)
    call = last(caller)
    assert (call.service, call.operation, call.parameters) == ("workspaces", "CreateIpGroup", members)
    assert (call.caller, call.account, call.region) == (MARY, "123456789012", "us-west-2")
    assert (call.status, call.error, call.at) == (200, None, NOON + timedelta(minutes=1))
    assert (call.host, call.endpoint, call.vpc_endpoint) == ("localhost", EndpointKind.CUSTOM, None)


def test_call_log_records_failed_items(caller: Caller) -> None:
    """Failed items of a successful call are logged by WorkSpace id, or by directory and user for creations."""
    running, gone = caller.aws.add_workspaces(1)[0], "ws-000000000"
    caller.call("RebootWorkspaces", {"RebootWorkspaceRequests": [{"WorkspaceId": item} for item in (running, gone)]})
    assert (last(caller).error, last(caller).failures) == (None, {gone: "ResourceNotFound.Workspace"})
    requested = {"DirectoryId": caller.aws.directory_id, "UserName": "jane", "BundleId": caller.aws.bundle_id}
    caller.call("CreateWorkspaces", {"Workspaces": [requested, requested]})
    assert last(caller).failures == {f"{caller.aws.directory_id}/jane": "ResourceExists.WorkSpace"}


def test_call_log_records_rejected_calls(caller: Caller) -> None:
    """A rejected call is logged with its parameters and the error's status."""
    assert refusal(caller, "DeleteIpGroup", {"GroupId": "wsipg-123456789"}) == "ResourceNotFoundException"
    call = last(caller)
    assert (call.status, call.error, call.parameters) == (
        400,
        "ResourceNotFoundException",
        {"GroupId": "wsipg-123456789"},
    )
    assert refusal(caller, "DescribeWorkspaces", {"Limit": 1000, "Nonsense": "x"}) == "ValidationException"
    assert last(caller).parameters == {"Limit": 1000}


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
    caller: Caller, operation: str, members: dict[str, str], shown: dict[str, object]
) -> None:
    """Codes, tokens and assertions are replaced in the log by a marker."""
    call = sts(caller, operation, **members)
    assert call.parameters == shown
    assert "hunter2" not in repr(call)


def test_call_log_omits_unknown_parameters(caller: Caller) -> None:
    """Parameters of an unknown operation, and unparsable bodies, are not logged, since they may hold secrets."""
    assert refusal(caller, "InventWorkspaces", {"Secret": "hunter2"}) == "UnknownOperationException"
    assert (last(caller).operation, last(caller).parameters) == ("InventWorkspaces", {})
    caller.post("DescribeWorkspaces", b"hunter2")
    assert (last(caller).error, last(caller).parameters) == ("SerializationException", {})


@pytest.mark.parametrize(
    ("members", "shown"),
    [
        ({"WorkspaceIds": "ws-1"}, {"WorkspaceIds": None}),
        ({"WorkspaceIds": [["ws-1"]], "Limit": "x"}, {"WorkspaceIds": [["ws-1"]], "Limit": "x"}),
    ],
)
def test_call_log_of_wrong_types_keeps_valid_members(
    caller: Caller, members: dict[str, object], shown: dict[str, object]
) -> None:
    """A request with values of wrong types is rejected, and logged with the valid members."""
    assert refusal(caller, "DescribeWorkspaces", members) == "SerializationException"
    assert last(caller).parameters == shown


def test_call_log_of_an_unsigned_request_has_no_caller(caller: Caller) -> None:
    """A request without a signature has no caller, and its host all the same."""
    caller.answer(HttpRequest("POST", "/", (("host", "localhost:1"), ("x-amz-target", "WorkspacesService.X")), b"{}"))
    call = last(caller)
    assert (call.caller, call.account, call.host, call.status) == (None, None, "localhost", 400)
    caller.answer(HttpRequest("GET", "/", (("host", "s3.us-west-2.amazonaws.com"),), b""))
    assert (last(caller).host, last(caller).endpoint) == ("s3.us-west-2.amazonaws.com", None)


def test_call_log_names_the_session_arn(caller: Caller) -> None:
    """The caller of a role's session is the session."""
    sts(caller, "AssumeRole", RoleArn="arn:aws:iam::123456789012:role/caller", RoleSessionName="nightly")
    key = next(reversed(caller.aws._world.keys.issued.values()))
    Caller(caller.aws, credentials=key.credentials).call("DescribeWorkspaces")
    assert last(caller).caller == "arn:aws:sts::123456789012:assumed-role/caller/nightly"
