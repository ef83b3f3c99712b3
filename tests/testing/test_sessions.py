"""Temporary credentials of the emulator's STS: principal, expiration and restrictions."""

# Reads private state of the emulator.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest

from tests.support.emulators import FORM
from tests.support.virtual_time import NOON, WallClock
from wsclient._core.http import HttpRequest
from wsclient._core.protocols.xml import Element, parse_xml
from wsclient.credentials import Credentials
from wsclient.signing import SigV4Signer
from wsclient.testing import Emulator
from wsclient.testing._server.dispatcher import handle_request

ROLE = "arn:aws:iam::210987654321:role/Admin"


@pytest.fixture
def aws() -> Emulator:
    """Give an emulator of its own to each test, at a standing clock."""
    return Emulator(clock=WallClock())


def ask(aws: Emulator, credentials: Credentials, action: str, **members: object) -> Element:
    """Return STS's answer to a caller."""
    body = urlencode({"Action": action, "Version": "2011-06-15", **members}).encode()
    headers = (("host", "localhost"), ("content-type", FORM))
    added = SigV4Signer("sts", aws.region).sign("POST", "https://localhost/", headers, body, credentials, NOON)
    return parse_xml(handle_request(aws._world, HttpRequest("POST", "/", (*headers, *added.items()), body)).body)


def credentials_of(document: Element, action: str) -> Credentials:
    """Return the credentials in an answer."""
    result = document.child(f"{action}Result")
    value = result.child("Credentials") if result else None
    assert value is not None, document
    values = {child.tag: child.text for child in value.children}
    expiration = datetime.fromisoformat(values["Expiration"])
    return Credentials(values["AccessKeyId"], values["SecretAccessKey"], values["SessionToken"], expiration=expiration)


def code_of(document: Element) -> tuple[str | None, str | None]:
    """Return code and message of an error."""
    error = document.child("Error")
    return (error.child_text("Code"), error.child_text("Message")) if error else (None, None)


def test_session_durations_and_defaults(aws: Emulator) -> None:
    """By default a role's session lasts an hour and a user's twelve; DurationSeconds changes it."""
    role = {"RoleArn": ROLE, "RoleSessionName": "me"}
    lengths = [
        credentials_of(ask(aws, aws.credentials, action, **members), action).expiration
        for action, members in (
            ("AssumeRole", role),
            ("AssumeRole", role | {"DurationSeconds": "7200"}),
            ("GetSessionToken", {}),
            ("GetSessionToken", {"DurationSeconds": "900"}),
        )
    ]
    assert lengths == [NOON + timedelta(seconds=seconds) for seconds in (3600, 7200, 43_200, 900)]


def test_chained_role_session_lasts_at_most_an_hour(aws: Emulator) -> None:
    """A session of a role that assumes another role gets an hour, and more is refused."""
    role = {"RoleArn": ROLE, "RoleSessionName": "me"}
    first = credentials_of(ask(aws, aws.credentials, "AssumeRole", **role), "AssumeRole")
    assert credentials_of(ask(aws, first, "AssumeRole", **role), "AssumeRole").expiration == NOON + timedelta(hours=1)
    code, message = code_of(ask(aws, first, "AssumeRole", **role, DurationSeconds="3601"))
    assert (code, "role chaining" in str(message)) == ("ValidationError", True)


def test_get_session_token_needs_long_term_keys(aws: Emulator) -> None:
    """GetSessionToken needs long-term keys."""
    session = credentials_of(ask(aws, aws.credentials, "GetSessionToken"), "GetSessionToken")
    assert code_of(ask(aws, session, "GetSessionToken"))[0] == "AccessDenied"
    identity = ask(aws, session, "GetCallerIdentity").child("GetCallerIdentityResult")
    assert identity is not None
    assert identity.child_text("Arn") == "arn:aws:iam::123456789012:user/emulator"


@pytest.mark.parametrize("arn", ["arn:aws:iam::210987654321:user/Admin", "arn:aws:iam::2109876:role/Admin", "x" * 30])
def test_only_a_roles_arn_can_be_assumed(aws: Emulator, arn: str) -> None:
    """AssumeRole rejects an ARN that is not a role's."""
    assert code_of(ask(aws, aws.credentials, "AssumeRole", RoleArn=arn, RoleSessionName="me"))[0] == "ValidationError"


def test_source_identity_is_returned(aws: Emulator) -> None:
    """The source identity of a request is in its answer."""
    members = {"RoleArn": ROLE, "RoleSessionName": "me", "SourceIdentity": "mary"}
    result = ask(aws, aws.credentials, "AssumeRole", **members).child("AssumeRoleResult")
    assert result is not None
    assert result.child_text("SourceIdentity") == "mary"
