"""Credentials between wsclient and boto3, both ways."""

# botocore has no types; aiobotocore's shapes are made by hand, since it pins another botocore.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

import asyncio
import sys
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

import boto3
import botocore.session
import pytest
from botocore.credentials import Credentials as BotocoreCredentials
from botocore.credentials import RefreshableCredentials

import wsclient
from tests.support.aws_home import CANARY, aws_home, error_text
from wsclient.credentials import AssumeRoleProvider, Credentials, LoginProvider, as_botocore, botocore_session
from wsclient.credentials._coerce import as_provider, is_botocore_session
from wsclient.credentials.botocore import BotocoreSessionProvider
from wsclient.errors import ConfigurationError, CredentialsRefreshError, NoCredentialsError
from wsclient.testing import Emulator

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROLE = "arn:aws:iam::123456789012:role/bridge"


@pytest.fixture(scope="module")
def aws() -> Iterator[Emulator]:
    """Return one emulator for the module."""
    with Emulator() as emulator:
        yield emulator


class Rotating:
    """Credential provider that returns a different complete set on each call."""

    def __init__(self) -> None:
        self.fetches = 0

    async def get_credentials(self) -> Credentials:
        """Give the next set."""
        self.fetches += 1
        return Credentials(
            f"KEY{self.fetches}", f"secret{self.fetches}", f"token{self.fetches}", account_id="123456789012"
        )

    def invalidate(self, access_key_id: str) -> None:
        """Forget nothing."""


def test_boto3_signs_with_a_provider_of_wsclient(aws: Emulator) -> None:
    """A boto3 client made from our session calls the emulator as the role that our provider assumed."""
    role = AssumeRoleProvider(role_arn=ROLE, source=aws.credentials, role_session_name="bridge")
    sts = wsclient.StsRouting(endpoint_url=aws.endpoint_url)
    client = wsclient.WorkSpacesClient(
        config=wsclient.ClientConfig.load("workspaces", environ={"HOME": "/nonexistent"}, region=aws.region),
        credentials=role,
        sts=sts,
        tls=wsclient.TLSPolicy(ca_file=aws.ca_file),
    )
    session: Any = boto3.Session(botocore_session=botocore_session(client._pipeline.credentials, region=aws.region))
    reference = session.client("sts", endpoint_url=aws.endpoint_url, verify=aws.ca_file)
    arns = {reference.get_caller_identity()["Arn"] for _ in range(3)}
    assert arns == {"arn:aws:sts::123456789012:assumed-role/bridge/bridge"}
    assert sum(call.operation == "AssumeRole" for call in aws.calls) == 1


def test_frozen_credentials_are_consistent_across_threads() -> None:
    """However many threads ask, key, secret and token of a frozen set belong together."""
    credentials: Any = as_botocore(Rotating())
    found: list[Any] = []

    def ask() -> None:
        found.extend(credentials.get_frozen_credentials() for _ in range(50))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = [item.access_key.removeprefix("KEY") for item in found]
    assert len(set(numbers)) == 400
    parts = [(item.secret_key, item.token) for item in found]
    assert parts == [(f"secret{number}", f"token{number}") for number in numbers]
    assert credentials.access_key.startswith("KEY")
    assert credentials.secret_key.startswith("secret")
    assert credentials.token.startswith("token")
    assert (credentials.account_id, credentials.method) == ("123456789012", "wsclient")
    assert isinstance(credentials, BotocoreCredentials)


def test_a_provider_s_error_reaches_boto3() -> None:
    """An error raised by a wsclient provider propagates to the caller of boto3."""

    class Broken:
        async def get_credentials(self) -> Credentials:
            raise CredentialsRefreshError("the source is down")

    credentials: Any = as_botocore(Broken())
    with pytest.raises(CredentialsRefreshError, match="the source is down"):
        credentials.get_frozen_credentials()


class Frozen:
    """Stand-in for the frozen credentials that botocore returns."""

    access_key, secret_key, token, account_id = "ASIAAIO", "secret", "token", None


class AioCredentials:
    """aiobotocore's credentials: what blocks in botocore is a coroutine here."""

    __module__ = "aiobotocore.credentials"

    async def get_frozen_credentials(self) -> Frozen:
        """Give the keys."""
        return Frozen()


class AioSession:
    """A session of aiobotocore's shape."""

    __module__ = "aiobotocore.session"
    found: ClassVar[Any] = AioCredentials()

    async def get_credentials(self) -> Any:
        """Find credentials."""
        return self.found


def test_sessions_of_boto3_botocore_and_their_async_variants_are_accepted(aws: Emulator) -> None:
    """boto3's and botocore's sessions, and those whose methods are coroutines, sign wsclient's calls."""
    boto: Any = boto3.Session(
        aws_access_key_id=aws.credentials.access_key_id, aws_secret_access_key=aws.credentials.secret_access_key
    )
    core: Any = botocore.session.Session()
    core.set_credentials(aws.credentials.access_key_id, aws.credentials.secret_access_key)
    for session in (boto, core):
        assert is_botocore_session(session)
        client = wsclient.StsClient(
            config=wsclient.ClientConfig.load("sts", environ={"HOME": "/nonexistent"}, region=aws.region),
            endpoint_url=aws.endpoint_url,
            credentials=session,
            tls=wsclient.TLSPolicy(ca_file=aws.ca_file),
        )
        assert asyncio.run(client.whoami()).account_id == aws.account_id
    provider = as_provider(AioSession())
    assert isinstance(provider, BotocoreSessionProvider)
    for _ in range(2):
        assert asyncio.run(provider.get_credentials()) == Credentials("ASIAAIO", "secret", "token")
    assert not is_botocore_session(boto3.Session)
    assert not is_botocore_session(Frozen())


class WrappedSession:
    """Session of a program's own class, which wraps one of boto3."""

    def __init__(self, session: Any) -> None:
        self._session = session

    def get_credentials(self) -> object:
        """Return botocore's credentials, which a session returns without waiting."""
        return self._session.get_credentials()

    def client(self, service: str) -> object:
        """Return a client, which only a session creates."""
        return self._session.client(service)


class ProviderWithClient:
    """Provider that has a client of its own, and gives credentials by an async function."""

    def client(self) -> None:
        """Return nothing."""

    async def get_credentials(self) -> Credentials:
        """Return credentials."""
        return Credentials("AKIA", "secret")


def test_session_is_recognized_by_its_methods() -> None:
    """A wrapper that creates clients and has a session's get_credentials() is taken; a provider stays a provider."""
    session = boto3.Session(aws_access_key_id="AKIAWRAPPED", aws_secret_access_key="secret")
    provider = as_provider(WrappedSession(session))
    assert isinstance(provider, BotocoreSessionProvider)
    assert asyncio.run(provider.get_credentials()).access_key_id == "AKIAWRAPPED"
    assert not is_botocore_session(ProviderWithClient())
    assert not isinstance(as_provider(ProviderWithClient()), BotocoreSessionProvider)


class Slow:
    """A session whose credentials are refreshed in a thread, which is noted."""

    __module__ = "boto3.session"

    def __init__(self) -> None:
        self.threads: list[int] = []
        self.failure: Exception | None = None
        self.refreshed = 0

    def get_credentials(self) -> Any:
        """Return refreshable credentials that are due for a refresh now, and then every 10 minutes."""
        self.threads.append(threading.get_ident())
        return RefreshableCredentials(
            "OLD", "old", "old", datetime.now(UTC), self._refresh, "test", mandatory_timeout=60, advisory_timeout=60
        )

    def _refresh(self) -> dict[str, str]:
        self.threads.append(threading.get_ident())
        if self.failure is not None:
            raise self.failure
        self.refreshed += 1
        ends = (datetime.now(UTC) + timedelta(minutes=10)).isoformat()
        return {"access_key": f"NEW{self.refreshed}", "secret_key": "new", "token": "new", "expiry_time": ends}


def test_blocking_session_refreshes_once_in_a_thread() -> None:
    """Botocore's blocking refresh leaves the event loop alone, and 1,000 askers wait for the same one."""
    session = Slow()
    provider = as_provider(session)

    async def main() -> set[str]:
        found = await asyncio.gather(*(provider.get_credentials() for _ in range(1000)))
        again = await provider.get_credentials()
        return {item.access_key_id for item in [*found, again]}

    assert asyncio.run(main()) == {"NEW1"}
    assert session.refreshed == 1
    assert threading.get_ident() not in session.threads


def test_session_failure_is_a_typed_error_without_its_text() -> None:
    """Botocore's errors may quote secrets: ours names their class. A session without credentials has none."""
    session = Slow()
    session.failure = ValueError(CANARY)
    with pytest.raises(CredentialsRefreshError, match="the botocore session could not load credentials: ") as failed:
        asyncio.run(as_provider(session).get_credentials())
    assert CANARY not in error_text(failed.value)
    empty = AioSession()
    empty.found = None  # type: ignore[misc]  # an instance's own
    with pytest.raises(NoCredentialsError, match="the botocore session: has no credentials"):
        asyncio.run(as_provider(empty).get_credentials())
    assert as_provider(session).invalidate("x") is False  # type: ignore[attr-defined]  # it caches


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        ("MissingDependencyException", r"it needs the CRT: pip install 'botocore\[crt\]'"),
        ("UnknownCredentialError", r"too old for it: pip install --upgrade 'botocore\[crt\]'"),
        ("LoginRefreshRequired", "log in again with: aws login --profile me"),
    ],
)
def test_a_login_session_that_botocore_cannot_use_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: str, told: str
) -> None:
    """Aws login needs a new botocore and its CRT, which another login does not bring."""

    def load(_: LoginProvider) -> object:
        raise type(failure, (Exception,), {})

    monkeypatch.setattr(LoginProvider, "_load", load)
    home = aws_home(tmp_path, "[profile me]\nlogin_session = arn:aws:iam::123456789012:user/me\n")
    provider = wsclient.credentials.ProfileProvider("me", environ={}, home=home)
    with pytest.raises(CredentialsRefreshError, match=f"botocore raised {failure}; .*{told}$") as failed:
        asyncio.run(provider.get_credentials())
    assert not failed.value.can_heal


def test_without_botocore_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without botocore, the errors of the bridge and of LoginProvider name the extra to install."""
    for name in ("botocore", "botocore.session", "botocore.credentials"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ConfigurationError, match=r"pip install 'wsclient\[botocore\]'"):
        botocore_session(Rotating())
    with pytest.raises(CredentialsRefreshError, match=r"pip install 'wsclient\[botocore\]'"):
        asyncio.run(LoginProvider(profile="me").get_credentials())
