"""Pickling of credentials providers: those that can move to another process, and those that refuse."""

import asyncio
import copy
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.aws_home import CANARY, aws_home, error_text, keys
from wsclient import ClientConfig, Credentials, CredentialsProvider, StsClient, WorkSpacesClient, credentials
from wsclient.credentials import (
    AssumeRoleProvider,
    BotocoreSessionProvider,
    CachedProvider,
    ChainProvider,
    CliCache,
    ContainerProvider,
    EnvironmentProvider,
    ImdsProvider,
    LoginProvider,
    ProcessProvider,
    ProfileProvider,
    SamlProvider,
    ScopedCredentialsProvider,
    SessionTokenProvider,
    SsoProvider,
    StaticProvider,
    WebIdentityProvider,
    default_chain,
)
from wsclient.errors import ConfigurationError

ROLE = "arn:aws:iam::123456789012:role/Desktops"
SAML = "arn:aws:iam::123456789012:saml-provider/Bank"
KEYS = Credentials("AKIAEXAMPLE123456789", CANARY)


def token_of_the_day() -> str:
    """Stand for a function that gets a token where it is called."""
    return "token"


class Vault:
    """A provider of the caller's own, without a cache."""

    async def get_credentials(self) -> Credentials:
        """Return credentials."""
        return KEYS


SAFE: dict[str, Callable[[], CredentialsProvider]] = {
    "AssumeRoleProvider": lambda: AssumeRoleProvider(role_arn=ROLE, source=ProfileProvider("base"), tags={"a": "b"}),
    "CachedProvider": lambda: CachedProvider(Vault()),
    "ChainProvider": lambda: ChainProvider([EnvironmentProvider(), ProfileProvider("base")]),
    "ContainerProvider": ContainerProvider,
    "EnvironmentProvider": EnvironmentProvider,
    "ImdsProvider": lambda: ImdsProvider(attempts=2),
    "LoginProvider": lambda: LoginProvider(profile="base"),
    "ProcessProvider": lambda: ProcessProvider("vault print"),
    "ProfileProvider": lambda: ProfileProvider("base", cache=CliCache("sessions")),
    "SamlProvider": lambda: SamlProvider(role_arn=ROLE, principal_arn=SAML, assertion=token_of_the_day),
    "ScopedCredentialsProvider": lambda: ScopedCredentialsProvider(EnvironmentProvider(), duration_seconds=60),
    "SessionTokenProvider": lambda: SessionTokenProvider(source=EnvironmentProvider()),
    "SsoProvider": lambda: SsoProvider(
        account_id="123456789012", role_name="Admin", start_url="https://x.awsapps.com/start", region="us-east-1"
    ),
    "WebIdentityProvider": lambda: WebIdentityProvider(role_arn=ROLE, token_file="token.jwt"),
    "default_chain": lambda: default_chain(profile="base"),
}
UNSAFE: dict[str, Callable[[], object]] = {
    "AssumeRoleProvider": lambda: AssumeRoleProvider(role_arn=ROLE, source=KEYS),
    "BotocoreSessionProvider": lambda: BotocoreSessionProvider(StaticProvider(KEYS)),
    "CachedProvider": lambda: CachedProvider(StaticProvider(KEYS)),
    "ChainProvider": lambda: ChainProvider([EnvironmentProvider(), StaticProvider(KEYS)]),
    "ContainerProvider": lambda: ContainerProvider(uri="http://127.0.0.1/", token=CANARY),
    "EnvironmentProvider": lambda: EnvironmentProvider({"AWS_SECRET_ACCESS_KEY": CANARY}),
    "ProfileProvider": lambda: ProfileProvider("base", environ={"AWS_SECRET_ACCESS_KEY": CANARY}),
    "ScopedCredentialsProvider": lambda: ScopedCredentialsProvider(StaticProvider(KEYS), duration_seconds=60),
    "SessionTokenProvider": lambda: SessionTokenProvider(source=KEYS),
    "StaticProvider": lambda: StaticProvider(KEYS),
    "default_chain": lambda: default_chain(environ={"AWS_SECRET_ACCESS_KEY": CANARY}),
}


def test_pickling_tables_cover_every_provider() -> None:
    """No public provider is left out of these tables."""
    public = {name for name in credentials.__all__ if name.endswith("Provider") and name != "CredentialsProvider"}
    assert public <= SAFE.keys() | UNSAFE.keys()


@pytest.mark.parametrize("name", SAFE)
def test_provider_pickles_with_its_arguments(name: str) -> None:
    """The other end of a pickle is a provider of the same kind, made of the same, that travels on in the same bytes."""
    provider = SAFE[name]()
    data = pickle.dumps(provider)
    there = pickle.loads(data)
    assert type(there) is type(provider)
    assert pickle.dumps(there) == data


@pytest.mark.parametrize("name", UNSAFE)
def test_provider_with_secrets_rejects_pickling(name: str) -> None:
    """Pickling what was made of secrets is refused with what to do instead, and shows none."""
    with pytest.raises(ConfigurationError, match=r"not pickled: .* (Make|make|Send)") as caught:
        pickle.dumps(UNSAFE[name]())
    assert CANARY not in error_text(caught.value)


def test_pickled_provider_has_no_cached_credentials(tmp_path: Path) -> None:
    """Credentials that a provider has cached are not in its pickle; there it reads that machine's files anew."""
    home = aws_home(tmp_path, credentials=f"[base]\n{keys(CANARY)}")
    provider = CachedProvider(ProfileProvider("base", home=home))
    assert asyncio.run(provider.get_credentials()).access_key_id == CANARY
    data = pickle.dumps(provider)
    assert CANARY.encode() not in data
    aws_home(tmp_path, credentials=f"[base]\n{keys('AKIATHERE')}")
    assert asyncio.run(pickle.loads(data).get_credentials()).access_key_id == "AKIATHERE"
    assert asyncio.run(copy.copy(provider).get_credentials()).access_key_id == CANARY


@pytest.mark.parametrize("kind", [WorkSpacesClient, StsClient])
def test_client_rejects_pickling_and_names_the_alternative(kind: type[WorkSpacesClient | StsClient]) -> None:
    """A client is not pickled; its config and a provider are, and make the same client elsewhere."""
    client = kind(region="eu-west-1", credentials=EnvironmentProvider())
    with pytest.raises(ConfigurationError, match=r"Pickle client\.config and a credentials provider"):
        pickle.dumps(client)
    config: ClientConfig = pickle.loads(pickle.dumps(client.config))
    assert kind(config=config, credentials=EnvironmentProvider()).endpoint == client.endpoint
