from __future__ import annotations

import asyncio
import pickle
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.aws_home import CANARY, error_text
from wsclient._core.credentials import make_credentials, masked_key
from wsclient.credentials import Credentials, StaticProvider
from wsclient.errors import ConfigurationError, CredentialsError


def test_credentials_repr_hides_secret_and_token() -> None:
    """The repr has the end of the access key, kind, expiry and account; neither secret nor token."""
    until = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    shown = repr(Credentials(f"AKIA{CANARY}WXYZ", CANARY, CANARY, until, "123456789012"))
    assert shown == (
        "Credentials(access_key_id='...WXYZ', temporary, expiration=2026-01-02T03:04:05+00:00, "
        "account_id='123456789012')"
    )
    assert repr(Credentials("AKIAAAAAWXYZ", CANARY)) == "Credentials(access_key_id='...WXYZ', long-term)"


@pytest.mark.parametrize(("key", "shown"), [("AKIAIOSFODNN7WXYZ", "...WXYZ"), ("12345678", "..."), ("", "...")])
def test_masked_key_shows_at_most_four_characters(key: str, shown: str) -> None:
    """Four characters tell keys apart; of a short one nothing is shown."""
    assert masked_key(key) == shown


@pytest.mark.parametrize("bad", ["", f"{CANARY}\n", f"{CANARY} x", f"{CANARY}é", 5, b"x"])
@pytest.mark.parametrize("position", [0, 1, 2])
def test_malformed_credentials_are_rejected_without_quoting_them(bad: object, position: int) -> None:
    """Empty, padded, non-ASCII and non-text parts are errors that name the part and not its value."""
    parts: list[Any] = ["AKIA", "secret", "token"]
    parts[position] = bad
    name = ("access_key_id", "secret_access_key", "session_token")[position]
    with pytest.raises(ConfigurationError, match=f"Credentials.{name}") as caught:
        Credentials(*parts)
    assert CANARY not in error_text(caught.value)
    with pytest.raises(CredentialsError, match=f"the vault: Credentials.{name}") as found:
        make_credentials("the vault", *parts)
    assert CANARY not in error_text(found.value)


def test_naive_expiration_is_rejected() -> None:
    """An expiration without a time zone raises ConfigurationError."""
    with pytest.raises(ConfigurationError, match="aware datetime"):
        Credentials("AKIA", "secret", expiration=datetime(2026, 1, 1))  # noqa: DTZ001 - the point of the test


def test_credentials_pickle() -> None:
    """A set of credentials survives pickle, equal."""
    credentials = Credentials("AKIA", "secret", "token", datetime(2026, 1, 1, tzinfo=UTC), "123456789012")
    assert pickle.loads(pickle.dumps(credentials)) == credentials


async def _credentials(provider: StaticProvider) -> Credentials:
    return await provider.get_credentials()


def test_static_provider_returns_its_credentials() -> None:
    """Fixed credentials come back as they are, and are not in the provider's repr."""
    credentials = Credentials("AKIA", CANARY)
    provider = StaticProvider(credentials)
    assert asyncio.run(_credentials(provider)) is credentials
    assert CANARY not in repr(provider)
