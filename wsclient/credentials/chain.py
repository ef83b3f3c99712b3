"""Providers one after another, and the order in which wsclient asks them."""

from __future__ import annotations

import inspect
import logging
from typing import TYPE_CHECKING

from wsclient._errors import ConfigurationError, CredentialsError, NoCredentialsError
from wsclient.config import system_environment
from wsclient.credentials._types import Credentials, CredentialsProvider, masked_key
from wsclient.credentials.environment import EnvironmentProvider
from wsclient.credentials.profile import ProfileProvider
from wsclient.credentials.static import StaticProvider

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

logger = logging.getLogger("wsclient.credentials")

SESSION_PACKAGES = frozenset({"aioboto3", "aiobotocore", "boto3", "botocore"})
WEB_IDENTITY = "AWS_WEB_IDENTITY_TOKEN_FILE"


class ChainProvider:
    """Asks providers in turn; the first that has credentials is the one from then on.

    Who raises NoCredentialsError has none, and the next is asked. Any other error means that a provider was set up
    and is broken: it is raised, for the next provider would be another identity. Nothing is remembered of a round in
    which nobody had any, so that the next call asks again.
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
                credentials = _checked(await provider.get_credentials(), provider)
            except NoCredentialsError as error:
                tried += error.tried or [(type(provider).__name__, "it gave no reason")]
                continue
            winner = self._settle(provider, credentials)
            return credentials if winner is provider else await winner.get_credentials()
        raise NoCredentialsError(tried)

    def invalidate(self, access_key_id: str) -> None:
        """Tell the provider that was chosen, when it caches, that the service rejected this key."""
        invalidate = getattr(self._winner, "invalidate", None)
        if invalidate is not None:
            invalidate(access_key_id)

    def _settle(self, provider: CredentialsProvider, credentials: Credentials) -> CredentialsProvider:
        """Return the provider to stay with: this one, unless who asked at the same time has settled on another."""
        if self._winner is None:
            self._winner = provider
            key = masked_key(credentials.access_key_id)
            logger.debug("%s gave the credentials, access key %s", type(provider).__name__, key)
        return self._winner


class _WebIdentityRefusal:
    """Stands where other AWS SDKs take the role that the environment names, so that no file's keys stand in for it."""

    async def get_credentials(self) -> Credentials:
        """Raise CredentialsError: there is something, and it is out of reach."""
        raise CredentialsError(
            f"{WEB_IDENTITY} asks for the credentials of a role, which wsclient does not support yet; pass "
            "credentials= or profile=, or unset it. No other credentials were looked for"
        )


def default_chain(
    *, environ: Mapping[str, str] | None = None, home: Path | None = None, profile: str | None = None
) -> ChainProvider:
    """Return the chain that is asked when nobody says otherwise: environment, then profile.

    environ and home stand in for the process's own. An explicit profile goes before keys in the environment, which
    are then not looked at; AWS_PROFILE only says which profile is asked after them. A role that the environment asks
    for by AWS_WEB_IDENTITY_TOKEN_FILE goes before the profile, and is refused.
    """
    environ = system_environment() if environ is None else environ
    of_profile = ProfileProvider(profile, environ=environ, home=home)
    if profile is not None:
        return ChainProvider([of_profile])
    refusal = [_WebIdentityRefusal()] if environ.get(WEB_IDENTITY) else []
    return ChainProvider([EnvironmentProvider(environ), *refusal, of_profile])


def resolve_provider(
    credentials: Credentials | CredentialsProvider | None,
    *,
    environ: Mapping[str, str] | None = None,
    home: Path | None = None,
    profile: str | None = None,
) -> CredentialsProvider:
    """Return the provider that a client's credentials= means: fixed credentials, a provider, or the default chain.

    Raises ConfigurationError for anything else, sessions of other SDKs among it.
    """
    if credentials is None:
        return default_chain(environ=environ, home=home, profile=profile)
    if isinstance(credentials, Credentials):
        return StaticProvider(credentials)
    if _is_provider(credentials):
        return credentials
    raise ConfigurationError(
        "credentials= takes wsclient.Credentials(access_key_id, secret_access_key, ...) or an object with "
        f"`async def get_credentials(self)` that returns one, not {_described(credentials)}"
    )


def _checked(credentials: object, provider: object) -> Credentials:
    if isinstance(credentials, Credentials):
        return credentials
    raise CredentialsError(
        f"{type(provider).__name__}.get_credentials() gave a {type(credentials).__name__}, not wsclient.Credentials"
    )


def _is_provider(value: object) -> bool:
    # Sessions of other SDKs have a get_credentials too, some even a coroutine, which gives something else.
    return (
        isinstance(value, CredentialsProvider)
        and not isinstance(value, type)
        and _may_be_async(value.get_credentials)
        and not _is_session(value)
    )


def _may_be_async(method: Callable[..., object]) -> bool:
    """Tell whether a call may be awaited: only of a plain function is it known that it may not."""
    method = inspect.unwrap(method)
    return inspect.iscoroutinefunction(method) or not inspect.isroutine(method)


def _is_session(value: object) -> bool:
    return any(base.__module__.partition(".")[0] in SESSION_PACKAGES for base in type(value).__mro__)


def _described(value: object) -> str:
    if isinstance(value, type):
        return f"the class {value.__name__}: make an object of it"
    kind = f"{type(value).__module__}.{type(value).__qualname__}".removeprefix("builtins.")
    return f"a {kind}" + (", which is not supported yet" if _is_session(value) else "")
