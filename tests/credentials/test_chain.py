from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any
from unittest.mock import AsyncMock, Mock

import pytest

from tests.support.aws_home import CANARY, aws_home, error_text, keys, outcome
from wsclient.config import system_environment, system_home
from wsclient.credentials import (
    ChainProvider,
    Credentials,
    CredentialsProvider,
    EnvironmentProvider,
    ProfileProvider,
    StaticProvider,
    default_chain,
)
from wsclient.credentials._coerce import as_provider
from wsclient.errors import ConfigurationError, CredentialsError, CredentialsRefreshError, NoCredentialsError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path

NO_INSTANCE = {"AWS_EC2_METADATA_DISABLED": "true"}
PAIR = {"AWS_ACCESS_KEY_ID": "ENVIRONMENT", "AWS_SECRET_ACCESS_KEY": CANARY}


class Scripted:
    """Provider with scripted answers, in order; the last answer repeats."""

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)
        self.calls = 0
        self.invalidated: list[str] = []

    async def get_credentials(self) -> Credentials:
        """Give, or raise, the next answer."""
        self.calls += 1
        answer: Any = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        await asyncio.sleep(0)
        if isinstance(answer, Exception):
            raise answer
        value: Credentials = answer
        return value

    def invalidate(self, access_key_id: str) -> None:
        """Note the key."""
        self.invalidated.append(access_key_id)


def _credentials(provider: CredentialsProvider) -> Credentials:
    return asyncio.run(provider.get_credentials())


def _none(name: str = "x", why: str = "nothing here") -> NoCredentialsError:
    return NoCredentialsError([(name, why)])


def test_first_provider_with_credentials_is_kept() -> None:
    """After a provider has returned credentials, the chain calls only that provider, even when it fails later."""
    first, second, third = Scripted(_none()), Scripted(Credentials("B", "b"), _none("b", "gone")), Scripted(_none())
    chain = ChainProvider([first, second, third])
    assert _credentials(chain) == Credentials("B", "b")
    with pytest.raises(NoCredentialsError, match="gone"):
        _credentials(chain)
    assert (first.calls, second.calls, third.calls) == (1, 2, 0)


def test_concurrent_callers_share_one_search() -> None:
    """Callers that arrive during a search of the chain share its result: credentials or an error."""

    async def ask(chain: ChainProvider) -> list[object]:
        return await asyncio.gather(*(chain.get_credentials() for _ in range(100)), return_exceptions=True)

    first, second = Scripted(_none()), Scripted(Credentials("B", "b"))
    found = asyncio.run(ask(ChainProvider([first, second])))
    assert found == [Credentials("B", "b")] * 100
    assert (first.calls, second.calls) == (1, 1)
    errors = asyncio.run(ask(ChainProvider([first])))
    assert {str(error) for error in errors} == {str(_none())}
    assert first.calls == 2


def test_no_credentials_error_lists_every_provider_with_its_reason() -> None:
    """With no credentials anywhere, the error lists every provider in order; the next call asks again."""
    later = Scripted(_none("second", "not now"), Credentials("A", "a"))
    chain = ChainProvider([Scripted(_none("first", "not set up")), Scripted(NoCredentialsError([])), later])
    with pytest.raises(NoCredentialsError) as caught:
        _credentials(chain)
    assert caught.value.tried == (
        ("first", "not set up"),
        ("Scripted", "raised NoCredentialsError without a reason"),
        ("second", "not now"),
    )
    assert _credentials(chain) == Credentials("A", "a")


def test_empty_chain_raises_no_credentials_error() -> None:
    """An empty chain raises NoCredentialsError, which says that the chain has no provider."""
    with pytest.raises(NoCredentialsError, match="the chain has no provider"):
        _credentials(ChainProvider([]))


@pytest.mark.parametrize("error", [CredentialsError("half"), ConfigurationError("malformed"), OSError("refused")])
def test_failing_provider_ends_the_search(error: Exception) -> None:
    """Any other error is the caller's to see: the next provider would be another identity."""
    second = Scripted(Credentials("A", "a"))
    with pytest.raises(type(error)) as caught:
        _credentials(ChainProvider([Scripted(error), second]))
    assert str(caught.value) == str(error)
    assert second.calls == 0


def test_foreign_credentials_object_is_rejected() -> None:
    """A provider that returns another SDK's credentials is an error with their type, not their content."""
    with pytest.raises(
        CredentialsError, match=r"Scripted.get_credentials\(\) must return Credentials, not tuple"
    ) as caught:
        _credentials(ChainProvider([Scripted((CANARY, CANARY))]))
    assert CANARY not in error_text(caught.value)


def test_invalidate_reaches_only_the_provider_in_use() -> None:
    """Invalidate goes to the provider that gave the credentials, if it has such a method."""
    idle, winner = Scripted(_none()), Scripted(Credentials("A", "a"))
    chain = ChainProvider([idle, winner])
    chain.invalidate("A")
    _credentials(chain)
    chain.invalidate("A")
    assert (idle.invalidated, winner.invalidated) == ([], ["A"])
    fixed = ChainProvider([StaticProvider(Credentials("A", "a"))])
    _credentials(fixed)
    fixed.invalidate("A")
    assert _credentials(fixed) == Credentials("A", "a")


def test_chosen_provider_is_logged_once_with_a_masked_key(caplog: pytest.LogCaptureFixture) -> None:
    """20 concurrent callers cause one DEBUG line: the provider's name and the last four characters of its key."""
    caplog.set_level(logging.DEBUG, "wsclient")
    credentials = Credentials(f"AKIA{CANARY}WXYZ", CANARY, CANARY)
    chain = ChainProvider([Scripted(_none()), Scripted(credentials)])

    async def ask_together() -> None:
        await asyncio.gather(*(chain.get_credentials() for _ in range(20)))

    asyncio.run(ask_together())
    assert [record.getMessage() for record in caplog.records] == ["Scripted returned credentials, access key ...WXYZ"]
    assert [(record.name, record.levelname) for record in caplog.records] == [("wsclient.credentials", "DEBUG")]
    assert CANARY not in caplog.text + repr(chain) + repr([vars(record) for record in caplog.records])


def _found(home: Path, environ: dict[str, str], profile: str | None = None) -> str:
    """Return the access key that the default chain finds, on a machine outside EC2."""
    chain = default_chain(environ={**NO_INSTANCE, **environ}, home=home, profile=profile)
    return _credentials(chain).access_key_id


def test_environment_keys_precede_aws_profile(tmp_path: Path) -> None:
    """AWS_PROFILE says which profile comes after the keys of the environment."""
    home = aws_home(tmp_path, credentials=f"[dev]\n{keys('PROFILE')}[default]\n{keys('DEFAULT')}")
    assert _found(home, {**PAIR, "AWS_PROFILE": "dev"}) == "ENVIRONMENT"
    assert _found(home, {"AWS_PROFILE": "dev"}) == "PROFILE"
    assert _found(home, {}) == "DEFAULT"


def test_profile_argument_precedes_environment_keys(tmp_path: Path) -> None:
    """profile= beats keys in the environment, even half of them, and they are no way out when it has none."""
    home = aws_home(tmp_path, "[profile bare]\n", f"[dev]\n{keys('PROFILE')}")
    for environ in (PAIR, {"AWS_ACCESS_KEY_ID": "HALF"}):
        assert _found(home, environ, "dev") == "PROFILE"
        with pytest.raises(NoCredentialsError, match="profile bare: has no aws_access_key_id"):
            _found(home, environ, "bare")


def test_incomplete_environment_keys_do_not_fall_back(tmp_path: Path) -> None:
    """Half a pair in the environment is an error, though the files have keys."""
    home = aws_home(tmp_path, credentials=f"[default]\n{keys('DEFAULT')}")
    with pytest.raises(CredentialsError, match="AWS_SECRET_ACCESS_KEY is not"):
        _found(home, {"AWS_ACCESS_KEY_ID": "HALF"})


def test_web_identity_of_the_environment_precedes_file_keys(tmp_path: Path) -> None:
    """A web identity role of the environment precedes keys in files; key variables and profile= precede the role."""
    home = aws_home(tmp_path, credentials=f"[default]\n{keys('DEFAULT')}")
    role = {"AWS_WEB_IDENTITY_TOKEN_FILE": str(tmp_path / "none"), "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/x"}
    for environ in (role, {**role, "AWS_PROFILE": "default"}):
        with pytest.raises(CredentialsRefreshError, match=r"token file .*none cannot be read"):
            _found(home, environ)
    with pytest.raises(ConfigurationError, match="set AWS_ROLE_ARN"):
        _found(home, {**role, "AWS_ROLE_ARN": ""})
    with pytest.raises(ConfigurationError, match=r"^AWS_ROLE_ARN must be like"):
        _found(home, {**role, "AWS_ROLE_ARN": "x"})
    assert _found(home, {**role, **PAIR}) == "ENVIRONMENT"
    assert _found(home, role, "default") == "DEFAULT"
    assert _found(home, {"AWS_WEB_IDENTITY_TOKEN_FILE": ""}) == "DEFAULT"


def test_no_credentials_error_says_where_the_chain_looked(tmp_path: Path) -> None:
    """The error of the default chain names environment and files, and what to do."""
    with pytest.raises(NoCredentialsError) as caught:
        _found(tmp_path, {})
    assert [name for name, _ in caught.value.tried] == ["environment", "profile default"]
    assert "Pass credentials=" in str(caught.value)


def test_default_chain_reads_the_process_environment() -> None:
    """The default chain of the process itself begins with its environment."""
    chain = default_chain()
    environment, profile = chain._providers[:2]
    assert outcome(environment) == outcome(EnvironmentProvider(system_environment()))
    assert isinstance(profile, ProfileProvider)
    assert profile._home == system_home(system_environment())


def test_credentials_and_providers_are_accepted() -> None:
    """Credentials and providers are both accepted by as_provider()."""
    credentials = Credentials("A", "a")
    assert _credentials(as_provider(credentials)) is credentials
    provider = Scripted(credentials)
    assert as_provider(provider) is provider


class Uncached:
    """A provider that does not cache: it has no invalidate."""

    def __init__(self, expiration: datetime | None) -> None:
        self.calls = 0
        self.expiration = expiration

    async def get_credentials(self) -> Credentials:
        """Give another set each time."""
        self.calls += 1
        await asyncio.sleep(0)
        return Credentials(f"KEY{self.calls}", "secret", "token", self.expiration)


def test_uncached_provider_is_called_once_for_concurrent_callers() -> None:
    """Concurrent callers share a call; expiring credentials are kept until expiry, others are fetched again."""

    async def ask(provider: CredentialsProvider) -> list[str]:
        together = await asyncio.gather(*(provider.get_credentials() for _ in range(1000)))
        return sorted({item.access_key_id for item in [*together, await provider.get_credentials()]})

    later = datetime.now(UTC) + timedelta(hours=1)
    assert asyncio.run(ask(as_provider(Uncached(later)))) == ["KEY1"]
    assert asyncio.run(ask(as_provider(Uncached(None)))) == ["KEY1", "KEY2"]


def _traced(method: Callable[[Any], Coroutine[Any, Any, Credentials]]) -> Any:
    @wraps(method)
    def call(self: object) -> Coroutine[Any, Any, Credentials]:
        return method(self)

    return call


class Decorated:
    """A provider whose method only hands out what can be awaited."""

    @_traced
    async def get_credentials(self) -> Credentials:
        """Give the same credentials always."""
        return Credentials("A", "a")


def test_decorated_or_mock_provider_is_accepted() -> None:
    """An object whose get_credentials returns an awaitable is a provider, even if the method isn't an `async def`."""
    mock: Any = Mock(spec=["get_credentials"], get_credentials=AsyncMock(return_value=Credentials("A", "a")))
    for provider in (Decorated(), mock):
        assert _credentials(as_provider(provider)) == Credentials("A", "a")


class Blocking:
    """Invalid provider: its get_credentials is synchronous."""

    def get_credentials(self) -> Credentials:
        """Answer."""
        return Credentials("A", CANARY)


@pytest.mark.parametrize(
    ("value", "described"),
    [
        (("AKIA", CANARY), "a tuple"),
        ({"aws_secret_access_key": CANARY}, "a dict"),
        (CANARY, "a str"),
        (EnvironmentProvider, "the class EnvironmentProvider: pass an instance"),
        (Credentials, "the class Credentials: pass an instance"),
        (Blocking(), "Blocking"),
        (lambda: Credentials("A", CANARY), "a function"),
    ],
)
def test_unsupported_credentials_value_is_rejected_with_accepted_types(value: object, described: str) -> None:
    """An unsupported value of credentials= is an error that lists the accepted types and doesn't show the value."""
    with pytest.raises(ConfigurationError, match=r"must be wsclient.Credentials") as caught:
        as_provider(value)
    assert described in str(caught.value)
    assert CANARY not in error_text(caught.value)
