"""The credentials= argument: STS's typed structure."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

import wsclient
from tests.support.aws_home import CANARY
from wsclient.credentials import AssumeRoleProvider, Credentials
from wsclient.credentials._coerce import as_provider
from wsclient.errors import ConfigurationError
from wsclient.testing import FakeTransport
from wsclient.types import sts

UNTIL = datetime(2026, 3, 1, tzinfo=UTC)


def test_credentials_of_an_sts_response_are_converted() -> None:
    """Key, secret, token and expiration of STS's structure become Credentials."""
    issued = sts.Credentials(access_key_id="ASIA", secret_access_key="s", session_token="t", expiration=UNTIL)
    assert asyncio.run(as_provider(issued).get_credentials()) == Credentials("ASIA", "s", "t", UNTIL)


def test_sts_response_is_accepted_as_credentials_and_source() -> None:
    """They sign a client's calls, and source= of a role has the same type."""
    issued = sts.Credentials(access_key_id="ASIA", secret_access_key="s", session_token="t", expiration=UNTIL)
    AssumeRoleProvider(role_arn="arn:aws:iam::210987654321:role/x", source=issued)
    transport = FakeTransport({"DescribeWorkspaces": {}})
    client = wsclient.WorkSpacesClient(region="us-west-2", credentials=issued, transport=transport)
    asyncio.run(client.describe_workspaces().first_page())
    (request,) = transport.requests
    assert request.operation == "DescribeWorkspaces"


@pytest.mark.parametrize("missing", ["access_key_id", "secret_access_key", "session_token"])
def test_incomplete_sts_credentials_are_refused(missing: str) -> None:
    """The error names the missing member and has no secret."""
    names = ("access_key_id", "secret_access_key", "session_token")
    members = {name: "" if name == missing else CANARY for name in names}
    with pytest.raises(ConfigurationError, match=f"have no {missing}") as caught:
        as_provider(sts.Credentials(**members, expiration=UNTIL))
    assert CANARY not in str(caught.value)
