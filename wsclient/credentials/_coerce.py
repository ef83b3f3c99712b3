"""What a caller may hand in as credentials, and how that becomes a provider."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from wsclient._core.credentials import Credentials, CredentialsProvider
from wsclient._core.errors import ConfigurationError
from wsclient.credentials._internal.base import describe_type
from wsclient.credentials.static import StaticProvider

if TYPE_CHECKING:
    from collections.abc import Callable


SESSION_PACKAGES = frozenset({"aioboto3", "aiobotocore", "boto3", "botocore"})


def as_provider(credentials: object) -> CredentialsProvider:
    """Return the provider that a caller's argument means: fixed credentials, a provider, or a session of botocore's.

    Raises ConfigurationError for anything else.
    """
    if isinstance(credentials, Credentials):
        return StaticProvider(credentials)
    if is_botocore_session(credentials):
        from wsclient.credentials.botocore import BotocoreSessionProvider  # noqa: PLC0415 - few have such a session

        return BotocoreSessionProvider(credentials)
    if not isinstance(credentials, CredentialsProvider) or not _is_usable(credentials):
        raise ConfigurationError(
            "credentials= takes wsclient.Credentials(access_key_id, secret_access_key, ...), a boto3 or botocore "
            "session, or an object with `async def get_credentials(self)` that returns wsclient.Credentials, not "
            f"{describe_type(credentials)}"
        )
    if hasattr(credentials, "invalidate"):
        return credentials
    from wsclient.credentials.cached import CachedProvider  # noqa: PLC0415 - most providers cache themselves

    return CachedProvider(credentials)


def is_botocore_session(value: object) -> bool:
    """Tell whether a value is a session of boto3, botocore, aioboto3 or aiobotocore, none of which is imported."""
    if isinstance(value, type) or not hasattr(value, "get_credentials"):
        return False
    return any(base.__module__.partition(".")[0] in SESSION_PACKAGES for base in type(value).__mro__)


def _is_usable(provider: CredentialsProvider) -> bool:
    return not isinstance(provider, type) and _may_be_async(provider.get_credentials)


def _may_be_async(method: Callable[..., object]) -> bool:
    """Tell whether a call may be awaited: only of a plain function is it known that it may not."""
    method = inspect.unwrap(method)
    return inspect.iscoroutinefunction(method) or not inspect.isroutine(method)
