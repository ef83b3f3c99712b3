"""The base of providers that first find out which other provider it is that gives the credentials."""

from __future__ import annotations

import asyncio
import copy
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Self

import msgspec

from wsclient._core.credentials import invalidate_key
from wsclient.credentials._internal.base import PicklableProvider, bind
from wsclient.credentials._internal.cache import SingleFlight, unwrap
from wsclient.credentials._internal.context_factory import provider_context

if TYPE_CHECKING:
    from wsclient._core.credentials import Credentials, CredentialsProvider
    from wsclient.credentials._internal.context import ProviderContext


class Selection(msgspec.Struct, frozen=True):
    """The provider that was found, and the credentials that it gave when it had to be asked for them."""

    provider: CredentialsProvider
    credentials: Credentials | None = None


class _Choice(msgspec.Struct):
    """Which provider was chosen, and the search for it while that goes on."""

    provider: CredentialsProvider | None = None
    search: SingleFlight[Selection | Exception] = msgspec.field(default_factory=SingleFlight["Selection | Exception"])


class DelegatingProvider(PicklableProvider, ABC):
    """Base of providers that choose another provider and pass calls on to it.

    Concurrent callers share one search. A failed search is not remembered: the next caller starts another. Copies made
    by with_context() share the choice.
    """

    def __init__(self, surroundings: ProviderContext | None = None) -> None:
        self._surroundings: ProviderContext | None = surroundings
        self._choice = _Choice()
        self._bound: tuple[CredentialsProvider, CredentialsProvider] | None = None

    async def get_credentials(self) -> Credentials:
        """Return the credentials of the chosen provider."""
        surroundings = self._world()
        if self._choice.provider is not None:
            return await self._bind_once(surroundings, self._choice.provider).get_credentials()
        search = self._choice.search.start(lambda: self._search(surroundings))
        found = unwrap(await asyncio.shield(search))
        return found.credentials or await self._bind_once(surroundings, found.provider).get_credentials()

    def invalidate(self, access_key_id: str) -> bool:
        """Tell the chosen provider that the service rejected this key; return whether it may give another now."""
        return self._choice.provider is not None and invalidate_key(self._choice.provider, access_key_id)

    def with_context(self, surroundings: ProviderContext) -> Self:
        """Return the same provider, with the same choice, whose own calls go by these surroundings."""
        other = copy.copy(self)
        other._surroundings = surroundings  # noqa: SLF001 - a copy of this one
        other._bound = None  # noqa: SLF001 - as above
        return other

    @abstractmethod
    async def _choose(self, surroundings: ProviderContext) -> Selection:
        """Return the provider that gives the credentials; raises what get_credentials is to raise."""

    def _world(self) -> ProviderContext:
        if self._surroundings is None:
            self._surroundings = provider_context()
        return self._surroundings

    async def _search(self, surroundings: ProviderContext) -> Selection | Exception:
        try:
            found = await self._choose(surroundings)
        except Exception as error:  # noqa: BLE001 - every waiter is to see it
            return error
        self._choice.provider = found.provider
        return found

    def _bind_once(self, surroundings: ProviderContext, chosen: CredentialsProvider) -> CredentialsProvider:
        if self._bound is None or self._bound[0] is not chosen:
            self._bound = chosen, bind(chosen, surroundings)
        return self._bound[1]
