"""The credentials= argument: STS's typed structure."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from tests.support.aws_home import CANARY
from wsclient.credentials import Credentials
from wsclient.credentials._coerce import as_provider
from wsclient.errors import ConfigurationError
from wsclient.types import sts

UNTIL = datetime(2026, 3, 1, tzinfo=UTC)


def test_the_credentials_of_an_sts_response_are_taken() -> None:
    """Key, secret, token and expiration of STS's structure become Credentials."""
    issued = sts.Credentials(access_key_id="ASIA", secret_access_key="s", session_token="t", expiration=UNTIL)
    assert asyncio.run(as_provider(issued).get_credentials()) == Credentials("ASIA", "s", "t", UNTIL)


@pytest.mark.parametrize("missing", ["access_key_id", "secret_access_key", "session_token"])
def test_incomplete_sts_credentials_are_refused(missing: str) -> None:
    """The error names the missing member and has no secret."""
    members = {name: CANARY for name in ("access_key_id", "secret_access_key", "session_token") if name != missing}
    with pytest.raises(ConfigurationError, match=f"have no {missing}") as caught:
        as_provider(sts.Credentials(**members, expiration=UNTIL))
    assert CANARY not in str(caught.value)
