"""Errors of unreadable and error responses keep no secret: neither those that were sent, nor those that STS issues."""

from __future__ import annotations

import asyncio
import json
import logging
import pickle
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

import httpx
import pytest

import wsclient
from tests.support.aws_home import error_text
from tests.support.bare_clients import NO_SETTINGS
from wsclient._core.model.sensitive import has_sensitive_output
from wsclient._generated.sts.operations import OPERATIONS as STS_OPERATIONS
from wsclient._generated.workspaces.operations import OPERATIONS as WORKSPACES_OPERATIONS
from wsclient.errors import ResponseParseError, WsclientError

ISSUED = "canaryIssued/Secret+"
KEYS = wsclient.Credentials("AKIACANARYKEY", "canarySecret/Key+", "canarySession/Token+==")
SENT = (KEYS.access_key_id, KEYS.secret_access_key, KEYS.session_token or "")
ROLE = "arn:aws:iam::210987654321:role/x"

Call = Callable[[Any], Awaitable[object]]
STS_CALLS: dict[str, Call] = {
    "AssumeRole": lambda sts: sts.assume_role(role_arn=ROLE, role_session_name="me", token_code="314159"),
    "DecodeAuthorizationMessage": lambda sts: sts.decode_authorization_message(encoded_message="x"),
    "GetSessionToken": lambda sts: sts.get_session_token(),
    "GetFederationToken": lambda sts: sts.get_federation_token(name="me"),
    "raw": lambda sts: sts.raw("AssumeRole", {"TokenCode": "314159"}),
    "raw, not in the model": lambda sts: sts.raw("GetNovelToken"),
}


def _failure(service: str, call: Call, response: httpx.Response) -> WsclientError:
    async def run() -> WsclientError:
        make = wsclient.StsClient if service == "sts" else wsclient.WorkSpacesClient
        transport = httpx.MockTransport(lambda request: response)
        retry = wsclient.RetryPolicy(max_attempts=1)
        async with make(config=NO_SETTINGS, credentials=KEYS, transport=transport, retry=retry) as client:
            with pytest.raises(WsclientError) as failed:
                await call(client)
        return failed.value

    return asyncio.run(run())


def _shown(error: WsclientError) -> str:
    return error_text(error) + repr(pickle.dumps(error)) + repr(vars(pickle.loads(pickle.dumps(error))))


@pytest.mark.parametrize("name", STS_CALLS)
def test_unreadable_sts_response_keeps_no_body(name: str) -> None:
    """An unreadable response to an operation that issues credentials leaves no byte of its body in the error."""
    body = f"<AssumeRoleResponse><SecretAccessKey>{ISSUED}</SecretAccessKey>"
    error = _failure("sts", STS_CALLS[name], httpx.Response(200, text=body))
    assert isinstance(error, ResponseParseError)
    assert error.first_bytes == b""
    assert ISSUED not in _shown(error)


def test_sensitive_operations_are_known() -> None:
    """All of STS that issues credentials or tokens is sensitive; no operation of WorkSpaces is; unknown ones are."""
    issuing = {name for name, operation in STS_OPERATIONS.items() if has_sensitive_output(operation)}
    assert issuing == {
        "AssumeRole",
        "AssumeRoleWithSAML",
        "AssumeRoleWithWebIdentity",
        "AssumeRoot",
        "DecodeAuthorizationMessage",
        "GetDelegatedAccessToken",
        "GetFederationToken",
        "GetScopedCredentials",
        "GetSessionToken",
        "GetWebIdentityToken",
    }
    assert not any(has_sensitive_output(operation) for operation in WORKSPACES_OPERATIONS.values())
    assert has_sensitive_output(None)


def _repeated(secret: str) -> list[str]:
    return [secret, quote(secret, safe=""), json.dumps(secret)[1:-1].replace("/", "\\/"), quote(quote(secret, safe=""))]


@pytest.mark.parametrize("status", [200, 302, 400, 503])
@pytest.mark.parametrize("secret", SENT)
def test_repeated_request_secrets_are_removed_from_errors(
    secret: str, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Credentials that a response repeats, plain or escaped, are in no text, attribute, pickle or log of the error."""
    for written in _repeated(secret):
        body = json.dumps({"__type": f"a {written}", "message": f"m {written}", written: written, "Detail": written})
        headers = {"x-amzn-requestid": f"id {written}", "x-other": written, "location": f"https://{written}.example/"}
        for content in (body, body[: 520 - len(written) // 2].rjust(520), "x" * (512 - len(written) + 5) + written):
            with caplog.at_level(logging.DEBUG):
                error = _failure(
                    "workspaces",
                    lambda ws: ws.describe_workspaces(),
                    httpx.Response(status, text=content, headers=headers),
                )
            assert isinstance(error, ResponseParseError) == (status == 200)
            shown = _shown(error) + "".join(f"{vars(record)!r}" for record in caplog.records)
            assert not [form for form in _repeated(secret) if form in shown]
            assert secret[: len(secret) // 2] not in shown


def test_sensitive_members_are_removed_from_errors() -> None:
    """Sensitive members are redacted, also in raw requests and in members newer than the model."""
    text = "<ErrorResponse><Error><Code>No</Code><Message>code 314159 of the security of token99</Message></Error>"
    response = httpx.Response(400, text=f"{text}</ErrorResponse>")
    calls: list[Call] = [
        lambda sts: sts.assume_role(role_arn=ROLE, role_session_name="me", token_code="314159"),
        lambda sts: sts.raw("AssumeRole", {"TokenCode": "314159", "New": [{"MyPassword": "token99"}]}),
        lambda sts: sts.raw("Novel", {"TokenCode": "314159"}),
    ]
    for call in calls:
        assert "code [redacted] of the security" in str(_failure("sts", call, response))
