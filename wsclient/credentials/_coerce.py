"""as_provider: conversion of the credentials= argument to a provider."""

from __future__ import annotations

import inspect
import sys
from typing import TYPE_CHECKING

from wsclient._core.absence import present
from wsclient._core.credentials import Credentials, CredentialsProvider
from wsclient._core.errors import ConfigurationError
from wsclient._core.tracebacks import without_locals
from wsclient.credentials._internal.base import describe_type
from wsclient.credentials.static import StaticProvider

if TYPE_CHECKING:
    from collections.abc import Callable


SESSION_PACKAGES = frozenset({"aioboto3", "aiobotocore", "boto3", "botocore"})


def as_provider(credentials: object) -> CredentialsProvider:
    """Return the provider for a credentials= argument: Credentials, a provider, or a boto3 or botocore session.

    Credentials may also be those of an STS response. A provider without invalidate() is wrapped in CachedProvider.
    Raises ConfigurationError for any other value.
    """
    if isinstance(credentials, Credentials):
        return StaticProvider(credentials)
    # Only a program that has called STS has its structures.
    sts = sys.modules.get("wsclient._generated.sts.structures")
    if sts is not None and isinstance(credentials, sts.Credentials):
        return StaticProvider(_from_sts(credentials))
    if is_botocore_session(credentials):
        from wsclient.credentials.botocore import BotocoreSessionProvider  # noqa: PLC0415 - few programs pass a session

        return BotocoreSessionProvider(credentials)
    if not isinstance(credentials, CredentialsProvider) or not _is_usable(credentials):
        raise ConfigurationError(
            "credentials= must be wsclient.Credentials(access_key_id, secret_access_key, ...), a boto3 or botocore "
            "session, or an object with `async def get_credentials(self)` that returns wsclient.Credentials, not "
            f"{describe_type(credentials)}"
        )
    if hasattr(credentials, "invalidate"):
        return credentials
    from wsclient.credentials.cached import CachedProvider  # noqa: PLC0415 - most providers cache themselves

    return CachedProvider(credentials)


@without_locals
def _from_sts(issued: object) -> Credentials:
    names = ("access_key_id", "secret_access_key", "session_token")
    missing = [name for name in names if not getattr(issued, name)]
    if missing:
        raise ConfigurationError(f"credentials=: the STS Credentials have no {' and no '.join(missing)}")
    members = {name: getattr(issued, name) for name in names}
    return Credentials(**members, expiration=present(getattr(issued, "expiration", None)))


def is_botocore_session(value: object) -> bool:
    """Return whether a value is a boto3, botocore, aioboto3 or aiobotocore session, without importing any of them.

    An object of another class is one if it has a session's methods: it creates clients, and its get_credentials() is
    not an async function, as that of a provider is.
    """
    method = getattr(value, "get_credentials", None)
    if isinstance(value, type) or not callable(method):
        return False
    if any(base.__module__.partition(".")[0] in SESSION_PACKAGES for base in type(value).__mro__):
        return True
    creates_clients = any(callable(getattr(value, name, None)) for name in ("client", "create_client"))
    return creates_clients and not inspect.iscoroutinefunction(inspect.unwrap(method))


def _is_usable(provider: CredentialsProvider) -> bool:
    return not isinstance(provider, type) and _may_be_async(provider.get_credentials)


def _may_be_async(method: Callable[..., object]) -> bool:
    """Return False only for a plain sync function: any other callable may return an awaitable."""
    method = inspect.unwrap(method)
    return inspect.iscoroutinefunction(method) or not inspect.isroutine(method)
