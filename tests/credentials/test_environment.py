from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import httpx
import pytest

import wsclient
from tests.support.aws_home import CANARY, error_text, outcome
from wsclient.config import ClientConfig, system_environment
from wsclient.credentials import Credentials, EnvironmentProvider, default_chain
from wsclient.errors import CredentialsError, NoCredentialsError

CONFIG = ClientConfig.load("workspaces", environ={"HOME": "/nonexistent"})
PAIR = {"AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": CANARY}


def _credentials(environ: dict[str, str]) -> Credentials:
    return asyncio.run(EnvironmentProvider(environ).get_credentials())


def test_key_and_secret_variables_are_enough() -> None:
    """Key and secret are enough; white space around them is not part of them."""
    assert (
        _credentials(PAIR)
        == _credentials({name: f" {value}\n" for name, value in PAIR.items()})
        == Credentials("AKIA", CANARY)
    )


@pytest.mark.parametrize("name", ["AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"])
def test_both_session_token_variables_are_read(name: str) -> None:
    """Both names of the token's variable are read."""
    assert _credentials({**PAIR, name: "token"}).session_token == "token"


def test_expiration_and_account_variables_are_read() -> None:
    """Expiry and account are read where they are set."""
    found = _credentials(
        {**PAIR, "AWS_CREDENTIAL_EXPIRATION": "2026-01-02T03:04:05Z", "AWS_ACCOUNT_ID": "123456789012"}
    )
    assert found.expiration == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert found.account_id == "123456789012"


@pytest.mark.parametrize(
    ("text", "offset"), [("2026-01-02T03:04:05+02:00", 2), ("2026-01-02T03:04:05", 0), ("20260102T030405Z", 0)]
)
def test_expiration_variable_defaults_to_utc(text: str, offset: int) -> None:
    """A time says its zone, or is UTC."""
    expected = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=offset)))
    assert _credentials({**PAIR, "AWS_CREDENTIAL_EXPIRATION": text}).expiration == expected


def test_malformed_expiration_is_rejected_without_quoting_it() -> None:
    """An expiration that isn't an ISO 8601 time is an error that names the variable and doesn't show the value."""
    with pytest.raises(CredentialsError, match="AWS_CREDENTIAL_EXPIRATION must be an ISO 8601 time") as caught:
        _credentials({**PAIR, "AWS_CREDENTIAL_EXPIRATION": CANARY})
    assert CANARY not in error_text(caught.value)


@pytest.mark.parametrize("environ", [{}, dict.fromkeys(PAIR, ""), dict.fromkeys(PAIR, " "), {"AWS_SESSION_TOKEN": "x"}])
def test_no_credentials_without_key_variables(environ: dict[str, str]) -> None:
    """If both keys are unset or empty, NoCredentialsError is raised, even with a session token set."""
    with pytest.raises(NoCredentialsError) as caught:
        _credentials(environ)
    assert caught.value.tried == (("environment", "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set"),)


@pytest.mark.parametrize(
    ("there", "missing"),
    [("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), ("AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID")],
)
def test_incomplete_key_variables_are_an_error(there: str, missing: str) -> None:
    """One variable without the other is an error that says which is missing, never the next provider's turn."""
    with pytest.raises(CredentialsError, match=f"{there} is set and {missing} is not") as caught:
        _credentials({there: CANARY, missing: ""})
    assert not isinstance(caught.value, NoCredentialsError)
    assert CANARY not in error_text(caught.value)


def test_malformed_secret_variable_is_rejected_without_quoting_it() -> None:
    """A secret that no secret can be is an error of the environment, without the secret."""
    with pytest.raises(CredentialsError, match=r"environment: Credentials.secret_access_key") as caught:
        _credentials({**PAIR, "AWS_SECRET_ACCESS_KEY": f"{CANARY} {CANARY}"})
    assert CANARY not in error_text(caught.value)


def _changing(**more: str) -> tuple[EnvironmentProvider, dict[str, str]]:
    environ = {**PAIR, **more}
    return EnvironmentProvider(environ), environ


def _now(provider: EnvironmentProvider) -> str:
    return asyncio.run(provider.get_credentials()).access_key_id


def test_non_expiring_keys_are_reread_after_a_rejection() -> None:
    """Without an expiration the first set stays, until the service rejects its key and the variables have another."""
    provider, environ = _changing()
    assert not provider.invalidate("AKIA")
    environ |= {"AWS_ACCESS_KEY_ID": "AKIANEW", "AWS_SECRET_ACCESS_KEY": "new"}
    assert provider.invalidate("AKIAOLDER"), "the rejection of an older key reads nothing"
    assert _now(provider) == "AKIA"
    assert provider.invalidate("AKIA")
    assert _now(provider) == "AKIANEW"
    assert provider.invalidate("AKIA"), "the rejection of an older key arrives late: there is a new one already"
    assert not provider.invalidate("AKIANEW")
    assert CANARY not in repr(provider)


def test_expiring_keys_are_reread_before_expiration() -> None:
    """With an expiration, what the variables have now is what signs, and an equal set stays the same object."""
    provider, environ = _changing(AWS_CREDENTIAL_EXPIRATION="2026-01-02T03:04:05Z", AWS_SESSION_TOKEN="old")
    first = asyncio.run(provider.get_credentials())
    assert asyncio.run(provider.get_credentials()) is first
    environ |= {"AWS_ACCESS_KEY_ID": "AKIANEW", "AWS_CREDENTIAL_EXPIRATION": "2026-01-02T04:04:05Z"}
    assert _now(provider) == "AKIANEW"


@pytest.mark.parametrize("missing", [PAIR, ["AWS_SECRET_ACCESS_KEY"]])
def test_credentials_stay_in_use_after_variables_are_unset(
    missing: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Variables that are taken away, or half renewed, do not end what the service may accept for hours."""
    provider, environ = _changing(AWS_CREDENTIAL_EXPIRATION="2026-01-02T03:04:05Z")
    for name in missing:
        del environ[name]
    assert _now(provider) == "AKIA"
    assert not provider.invalidate("AKIA")
    assert "the rejected credentials stay in use" in caplog.text
    assert CANARY not in caplog.text


def test_variables_set_later_are_read() -> None:
    """A provider that found nothing, or half a pair, reads again at each call."""
    environ: dict[str, str] = {}
    provider = EnvironmentProvider(environ)
    for name, value in PAIR.items():
        with pytest.raises(CredentialsError):
            _now(provider)
        assert not provider.invalidate("AKIA")
        environ[name] = value
    assert _now(provider) == "AKIA"


def test_retried_call_signs_with_new_variables() -> None:
    """A call whose key has expired is retried with the variables' new values, through the default chain."""
    environ = {**PAIR, "AWS_SESSION_TOKEN": "old", "HOME": "/nonexistent", "AWS_EC2_METADATA_DISABLED": "true"}
    signed: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        signed.append(request.headers["authorization"].split("Credential=")[1].split("/")[0])
        if signed[-1] == "AKIA":
            environ.update(AWS_ACCESS_KEY_ID="AKIANEW")
            body = {"__type": "ExpiredTokenException", "message": "expired"}
            return httpx.Response(400, json=body, headers={"x-amzn-requestid": "x"})
        return httpx.Response(200, json={}, headers={"x-amzn-requestid": "x"})

    chain = default_chain(environ=environ)
    client = wsclient.WorkSpacesClient(
        region="us-west-2", credentials=chain, transport=httpx.MockTransport(answer), config=CONFIG
    )
    asyncio.run(client.describe_workspaces().first_page())
    assert signed == ["AKIA", "AKIANEW"]


def test_environ_defaults_to_the_process() -> None:
    """Without an environment the process's own is read."""
    assert outcome(EnvironmentProvider()) == outcome(EnvironmentProvider(system_environment()))
