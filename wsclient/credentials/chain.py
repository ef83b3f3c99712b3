"""Providers one after another, and the order in which wsclient asks them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from wsclient._errors import ConfigurationError, NoCredentialsError
from wsclient.config import system_environment, system_home
from wsclient.credentials._types import Credentials, CredentialsProvider
from wsclient.credentials.environment import EnvironmentProvider
from wsclient.credentials.profile import ProfileProvider
from wsclient.credentials.static import StaticProvider

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

logger = logging.getLogger("wsclient.credentials")


class ChainProvider:
    """Asks providers in turn; the first that has credentials is the one from then on.

    A provider that has none raises NoCredentialsError, and the next is asked. Any other error means that a provider
    was meant to have some and is broken: it is raised, for the next provider would be another identity.
    """

    def __init__(self, providers: Sequence[CredentialsProvider]) -> None:
        self._providers = tuple(providers)
        self._winner: CredentialsProvider | None = None

    async def get_credentials(self) -> Credentials:
        """Return the credentials of the first provider that has some; else NoCredentialsError tells who had none."""
        if self._winner is not None:
            return await self._winner.get_credentials()
        tried: list[tuple[str, str]] = []
        for provider in self._providers:
            try:
                credentials = await provider.get_credentials()
            except NoCredentialsError as error:
                tried += error.tried
                continue
            logger.debug("credentials of %s, access key ...%s", _name(provider), credentials.access_key_id[-4:])
            self._winner = provider
            return credentials
        raise NoCredentialsError(tried)


def default_chain(
    *, environ: Mapping[str, str] | None = None, home: Path | None = None, profile: str | None = None
) -> ChainProvider:
    """Return the chain that is asked when nobody says otherwise: environment, then profile.

    environ and home stand in for the process's own. An explicit profile goes before keys in the environment, which
    are then not looked at; AWS_PROFILE only says which profile is asked after them.
    """
    environ = system_environment() if environ is None else environ
    home = system_home(environ) if home is None else home
    if profile is not None:
        return ChainProvider([ProfileProvider(profile, environ, home)])
    chosen = environ.get("AWS_PROFILE") or environ.get("AWS_DEFAULT_PROFILE") or "default"
    return ChainProvider([EnvironmentProvider(environ), ProfileProvider(chosen, environ, home)])


def resolve_provider(
    credentials: Credentials | CredentialsProvider | None,
    *,
    environ: Mapping[str, str] | None = None,
    home: Path | None = None,
    profile: str | None = None,
) -> CredentialsProvider:
    """Return the provider that a client's credentials= means: fixed credentials, a provider, or the default chain."""
    if credentials is None:
        return default_chain(environ=environ, home=home, profile=profile)
    if isinstance(credentials, Credentials):
        return StaticProvider(credentials)
    if isinstance(credentials, CredentialsProvider) and not isinstance(credentials, type) and _is_ours(credentials):
        return credentials
    raise ConfigurationError(
        "credentials= takes wsclient.Credentials(access_key_id, secret_access_key, ...) or an object with "
        f"`async def get_credentials(self)` that returns one, not {_described(credentials)}"
    )


def _is_ours(provider: object) -> bool:
    # Sessions of other SDKs have a get_credentials too, which gives something else.
    return not type(provider).__module__.startswith(("boto", "aioboto", "aiobotocore"))


def _described(value: object) -> str:
    return f"the class {value.__name__}" if isinstance(value, type) else f"a {type(value).__name__}"


def _name(provider: CredentialsProvider) -> str:
    return type(provider).__name__
