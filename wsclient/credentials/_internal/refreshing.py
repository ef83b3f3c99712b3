"""The base of every provider whose credentials expire: it caches, refreshes and asks its source once."""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar, Final, Self

from wsclient.credentials._internal.base import PicklableProvider
from wsclient.credentials._internal.cache import CredentialsCache
from wsclient.credentials._internal.context_factory import provider_context

if TYPE_CHECKING:
    from datetime import datetime

    from wsclient._core.credentials import Credentials
    from wsclient.credentials._internal.cli_cache import CliCache
    from wsclient.credentials._internal.context import ProviderContext

DISK_MARGIN: Final = timedelta(minutes=15)
"""What credentials on disk must still be good for; the AWS CLI's own margin."""


class RefreshingProvider(PicklableProvider, ABC):
    """Base of providers whose credentials expire: caches the credentials of _fetch() and refreshes them in time.

    A provider by itself uses this machine's environment and network. A client makes a copy with with_context(): the copy
    uses the client's settings (STS routing, TLS, proxy) in its own calls and shares the cached credentials.

    is_early is False when a person has to help, who is asked as late as can be; disk keeps credentials between runs.
    """

    name: ClassVar[str]
    """What messages and log lines call it."""
    is_strict: ClassVar[bool] = False
    """Whether a failed refresh is raised although credentials are still there."""

    def __init__(self, *, is_early: bool = True, disk: CliCache | None = None) -> None:
        self._cache = CredentialsCache(self.name, is_strict=self.is_strict, is_early=is_early)
        self._disk = disk
        self._rejected: str | None = None
        self._surroundings: ProviderContext | None = None

    async def get_credentials(self) -> Credentials:
        """Return the cached credentials, or new ones when it is time."""
        if self._surroundings is None:
            self._surroundings = provider_context()
        world = self._surroundings
        return await self._cache.get(lambda: self._found(world), world.time)

    def invalidate(self, access_key_id: str) -> None:
        """Drop the cached credentials when this, which the service rejected, is still their key."""
        self._rejected = access_key_id
        self._cache.invalidate(access_key_id)

    def with_context(self, surroundings: ProviderContext) -> Self:
        """Return the same provider, with the same cached credentials, whose own calls go by these surroundings."""
        bound = copy.copy(self)
        bound._surroundings = surroundings  # noqa: SLF001 - a copy of this one
        return bound

    @abstractmethod
    async def _fetch(self, surroundings: ProviderContext) -> Credentials:
        """Get credentials from the source.

        Raises NoCredentialsError when there is no such source here, CredentialsRefreshError when it fails,
        ConfigurationError or CredentialsError when it is set up wrongly.
        """

    def _disk_key(self) -> str:
        """Return the name under which the disk keeps these credentials; a provider that has a disk says."""
        raise NotImplementedError

    async def _found(self, surroundings: ProviderContext) -> Credentials:
        """Return what the disk has, when that is good for a while, else what the source gives."""
        if self._disk is None:
            return await self._fetch(surroundings)
        key = self._disk_key()
        kept = await self._disk.load(key)
        if kept is not None and self._is_good(kept, surroundings.time.clock.now()):
            return kept
        fresh = await self._fetch(surroundings)
        await self._disk.store(key, fresh)
        return fresh

    def _is_good(self, kept: Credentials, now: datetime) -> bool:
        """Tell whether credentials from the disk will do: not those that the service rejected, nor nearly expired."""
        expiration = kept.expiration
        return expiration is not None and expiration - now > DISK_MARGIN and kept.access_key_id != self._rejected
