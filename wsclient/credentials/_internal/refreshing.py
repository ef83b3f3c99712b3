"""Base of providers whose credentials expire: cache, refresh, and single-flight per provider."""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar, Final, Self

from wsclient._core.credentials import Credentials
from wsclient._core.lazy_imports import LazyModule
from wsclient._core.tracebacks import without_locals
from wsclient.credentials._internal.base import PicklableProvider
from wsclient.credentials._internal.cache import CredentialsCache
from wsclient.credentials._internal.context import ProviderContext
from wsclient.credentials._internal.context_factory import provider_context

if TYPE_CHECKING:
    from datetime import datetime

    from wsclient.credentials._internal import cli_cache
else:
    cli_cache = LazyModule("wsclient.credentials._internal.cli_cache")

DISK_MARGIN: Final = timedelta(minutes=15)
"""Minimum remaining lifetime of credentials read from disk; the AWS CLI uses the same margin."""


class RefreshingProvider(PicklableProvider, ABC):
    """Base of providers whose credentials expire: caches the credentials of _fetch() and refreshes them in time.

    A provider by itself uses this machine's environment and network. A client makes a copy with with_context(): the
    copy uses the client's settings (STS routing, TLS, proxy) in its own calls and shares the cached credentials.

    is_early is False if a refresh prompts a person: the refresh then waits for the mandatory window, the last minute.
    disk stores the credentials between runs.
    """

    name: ClassVar[str]
    """Name of the source in error messages and log lines."""
    is_strict: ClassVar[bool] = False
    """True if a failed refresh is raised even when cached credentials could stay in use."""

    def __init__(self, *, is_early: bool = True, disk: cli_cache.CliCache | None = None) -> None:
        self._cache = CredentialsCache(self.name, is_strict=self.is_strict, is_early=is_early)
        self._disk = disk
        self._context: ProviderContext | None = None

    @without_locals
    async def get_credentials(self) -> Credentials:
        """Return the cached credentials, or fetch new ones if a refresh is due."""
        if self._context is None:
            self._context = provider_context()
        # The copy that starts a refresh uses its own context; callers of the other copies wait for the same result.
        context = self._context
        return await self._cache.get(lambda: self._load_or_fetch(context), context.time)

    def invalidate(self, access_key_id: str) -> None:
        """Force a refresh if access_key_id, which the service rejected, is still the cached key."""
        self._cache.invalidate(access_key_id)

    def with_context(self, context: ProviderContext) -> Self:
        """Return a copy that shares the cached credentials and uses context in its own calls."""
        # A shallow copy: the cache object is shared, so that all clients of a provider refresh once.
        bound = copy.copy(self)
        bound._context = context  # noqa: SLF001 - a copy of this one
        return bound

    def _uncached(self) -> Self:
        """Return a copy with a cache of its own, in memory only; for a provider that prompts nobody."""
        duplicate = copy.copy(self)
        duplicate._cache = CredentialsCache(self.name, is_strict=self.is_strict)  # noqa: SLF001 - as above
        duplicate._disk = duplicate._context = None  # noqa: SLF001 - as above
        return duplicate

    @abstractmethod
    async def _fetch(self, context: ProviderContext) -> Credentials:
        """Fetch credentials from the source.

        Raises NoCredentialsError if the source is not set up here, CredentialsRefreshError if it fails,
        ConfigurationError or CredentialsError if its configuration is wrong.
        """

    def _disk_key(self) -> str:
        """Return the cache key of these credentials on disk; providers with a disk cache override this."""
        raise NotImplementedError

    async def _load_or_fetch(self, context: ProviderContext) -> Credentials:
        """Return the stored credentials if they are usable, or fetch new ones and store them."""
        if self._disk is None:
            return await self._fetch(context)
        key = self._disk_key()
        stored = await self._disk.load(key)
        if stored is not None and self._is_usable(stored, context.time.clock.now()):
            return stored
        fresh = await self._fetch(context)
        await self._disk.store(key, fresh)
        return fresh

    def _is_usable(self, stored: Credentials, now: datetime) -> bool:
        """Return whether stored credentials are valid for more than DISK_MARGIN and not rejected by the service."""
        expiration = stored.expiration
        return (
            expiration is not None
            and expiration - now > DISK_MARGIN
            and stored.access_key_id != self._cache.rejected_key
        )
